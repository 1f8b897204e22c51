//! What people read of a refusal.

use ids::RequestId;
use ledger::{Check, CheckKind, Window};

use super::Case;

impl Case<'_> {
    pub(super) fn definitive(&self, request: RequestId) -> String {
        let not = self.not_the_cause();
        let not = if not.is_empty() {
            String::new()
        } else {
            let names: Vec<String> = not.iter().map(|name| name.replace('_', " ")).collect();
            format!(" Not the cause: {}.", names.join(", "))
        };
        format!(
            "Refused by Seawall, not by the model provider (insufficient_quota): {}. {}; this request may cost up to ${}{}. \
             {}{}{not} Details: seawall explain {request}",
            self.what_stops(),
            self.figures(),
            self.least().usd(),
            self.cut_down(),
            self.advice(),
            self.frozen(),
        )
    }

    pub(super) fn transient(&self) -> String {
        format!(
            "Refused by Seawall for the moment, not by the model provider: running calls hold the money this one needs{}. {}; \
             this request may cost up to ${}{}. Try again in a few seconds: running calls give back what they do not use.",
            self.of_cap(),
            self.figures(),
            self.least().usd(),
            self.cut_down(),
        )
    }

    /// Whose money running calls hold, where it is not the organization's own.
    fn of_cap(&self) -> String {
        if self.is_cap() {
            let (kind, name) = self.scope_name();
            format!(" of what the upstream cap on {kind} {name:?} lets through")
        } else {
            String::new()
        }
    }

    /// What the ceiling is called.
    pub(super) fn ceiling_word(&self) -> &'static str {
        if self.is_cap() {
            "upstream cap"
        } else {
            "hard limit"
        }
    }

    /// Where the key was frozen for it, that it was and how it comes back.
    pub(super) fn frozen(&self) -> String {
        if !self.shortfall.froze_key {
            return String::new();
        }
        let key = self.known.caller.as_ref();
        let key = key.map_or_else(String::new, |caller| format!(" {}", caller.key.key));
        format!(
            " That limit freezes the key, so this API key is frozen now. An admin can release it: seawall key unfreeze{key}."
        )
    }

    fn cut_down(&self) -> String {
        if self.shortfall.least_needed < self.shortfall.needed {
            format!(
                " even with the fewest output tokens (${} with those it asks for)",
                self.shortfall.needed
            )
        } else {
            String::new()
        }
    }

    pub(super) fn what_stops(&self) -> String {
        let (kind, name) = self.scope_name();
        let ceiling = self.check.ceiling.unwrap_or_default();
        let ceiling = format!("{}{}", self.spoken(ceiling), per_window(self.check));
        match (self.check.kind, self.mark) {
            (CheckKind::CreditBalance, _) => {
                format!("the credit balance of organization {name:?} does not suffice")
            }
            (CheckKind::ApprovedUsageLimit(_), _) => {
                format!("organization {name:?} would pass its approved usage limit of {ceiling}")
            }
            (CheckKind::ModelLimit(_), _) => format!(
                "the calls of {kind} {name:?} to {} would pass their hard limit of {ceiling}",
                self.known.model.as_deref().unwrap_or("this model"),
            ),
            (CheckKind::EndUserLimit(_), mark) => format!(
                "{} would pass the hard limit of {ceiling} that {kind} {name:?} has for {}",
                mark.map_or_else(
                    || "the end user of this call".to_owned(),
                    |text| format!("end user {text:?}")
                ),
                if self.check.subject.is_some() {
                    "each end user"
                } else {
                    "this end user"
                },
            ),
            (CheckKind::TagLimit(_), mark) => format!(
                "the calls with {} would pass the hard limit of {ceiling} that {kind} {name:?} has for {}",
                mark.map_or_else(
                    || "one of the tags of this call".to_owned(),
                    |text| format!("the tag {text:?}")
                ),
                if self.check.subject.is_some() {
                    "each tag"
                } else {
                    "this tag"
                },
            ),
            (CheckKind::HardLimit(_), _) => {
                format!("{kind} {name:?} would pass its hard limit of {ceiling}")
            }
            (CheckKind::UpstreamCap(_), _) => format!(
                "all calls through {kind} {name:?} together would pass the upstream cap of {ceiling} that is set here"
            ),
        }
    }

    fn figures(&self) -> String {
        let [spent, held, left] =
            [self.check.spent, self.check.held, self.check.left].map(|sum| self.spoken(sum));
        if self.check.kind == CheckKind::CreditBalance {
            format!("Held {held}, left {left}")
        } else {
            format!("Spent {spent}, held {held}, left {left}")
        }
    }

    /// What can be done, as one sentence of alternatives.
    fn advice(&self) -> String {
        let first = match self.check.kind {
            CheckKind::CreditBalance => format!("Add at least ${} of credit", self.short().usd()),
            CheckKind::ApprovedUsageLimit(_) => {
                format!(
                    "Ask the operator to approve at least ${}",
                    self.enough().usd()
                )
            }
            CheckKind::HardLimit(_)
            | CheckKind::ModelLimit(_)
            | CheckKind::EndUserLimit(_)
            | CheckKind::TagLimit(_)
            | CheckKind::UpstreamCap(_) => format!(
                "Raise that {} to at least ${}",
                self.ceiling_word(),
                self.enough().usd()
            ),
        };
        let second = self.ask_for_less();
        match self.shortfall.fits_at {
            Some(at) => format!("{first}, {second}, or wait until {at}."),
            None => format!("{first}, or {second}."),
        }
    }

    pub(super) fn ask_for_less(&self) -> String {
        match (self.fewer_pictures(), self.what_would_fit()) {
            (Some((pictures, cost)), _) => format!("ask for n={pictures} (up to ${cost})"),
            (None, Some(units)) => format!("ask for at most {units} output tokens"),
            (None, None) => "ask for less".to_owned(),
        }
    }
}

fn per_window(check: &Check) -> String {
    match &check.window {
        None | Some(Window::Total) => String::new(),
        Some(Window::Day { time_zone }) => format!(" per day ({time_zone})"),
        Some(Window::Week { time_zone }) => format!(" per week ({time_zone})"),
        Some(Window::Month { time_zone }) => format!(" per month ({time_zone})"),
        Some(Window::Rolling(rolling)) => format!(" in any {} seconds", rolling.seconds),
    }
}
