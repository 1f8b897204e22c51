//! A refusal for want of requests or tokens: unlike one for want of money it mostly ends by waiting, so clients are told
//! for how long.

use ids::RequestId;
use ledger::{Measure, Window};

use super::{Case, RETRY_AFTER};
use crate::tell::Retry;

impl Case<'_> {
    /// When the call may come again. Only what can never fit, and what is frozen, is not worth it.
    pub(super) fn again(&self) -> Retry {
        let shortfall = self.shortfall;
        if shortfall.froze_key || self.never_fits() {
            return Retry::No;
        }
        if shortfall.transient {
            return Retry::After(RETRY_AFTER);
        }
        let window = self.check.window.as_ref();
        match (shortfall.fits_at, window) {
            (Some(at), _) => {
                let micros = at.micros().saturating_sub(shortfall.at.micros());
                let micros = u64::try_from(micros).unwrap_or(0);
                Retry::After(micros.div_ceil(1_000_000).max(1))
            }
            // Running calls are in the way; each leaves so long after its end.
            (None, Some(Window::Rolling(rolling))) => Retry::After(u64::from(rolling.seconds)),
            (None, _) => Retry::No,
        }
    }

    /// Whether the whole of the limit is less than the call needs.
    pub(super) fn never_fits(&self) -> bool {
        self.check
            .ceiling
            .is_some_and(|ceiling| self.least() > ceiling)
    }

    pub(super) fn of_rate(&self, request: RequestId) -> String {
        let check = self.check;
        let needs = if self.shortfall.least_needed_tokens < self.shortfall.needed_tokens
            && check.measure == Measure::Tokens
        {
            " even with the fewest output tokens"
        } else {
            ""
        };
        format!(
            "Refused by Seawall, not by the model provider: {}. Used {}, held {}, left {}; this request needs up to {}{needs}. \
             {}{} Details: seawall explain {request}",
            self.what_stops(),
            self.spoken(check.spent),
            self.spoken(check.held),
            self.spoken(check.left),
            self.spoken(self.least()),
            self.what_helps(),
            self.frozen(),
        )
    }

    fn what_helps(&self) -> String {
        let raise = format!(
            "raise that {} to at least {}",
            self.ceiling_word(),
            self.spoken(self.enough())
        );
        match self.again() {
            Retry::After(seconds) => {
                let s = if seconds == 1 { "" } else { "s" };
                format!("Try again in {seconds} second{s}, or {raise}.")
            }
            Retry::No | Retry::Unsaid
                if self.never_fits() && self.check.measure == Measure::Tokens =>
            {
                format!(
                    "It can never fit, so trying again does not help: {}, or {raise}.",
                    self.ask_for_less()
                )
            }
            Retry::No | Retry::Unsaid => {
                format!("Trying again does not help: {raise}.")
            }
        }
    }
}
