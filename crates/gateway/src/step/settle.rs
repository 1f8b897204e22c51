//! Step 8: the hold ends, and the call is written down.

use std::time::Duration;

use ids::{OrganizationId, RequestId};
use ledger::{Headroom, PresumeReason, Receipt, ReleaseReason, Settlement};
use money::Nanos;
use projections::{Left, Outcome, Remark, Tried};
use serde_json::Value;
use teller::LiveHold;
use tokio::time::Instant;

use super::count::{Began, Counted, Tally};
use super::meter::Metered;
use crate::Gateway;

/// An error that is longer, in bytes, is not written down.
const LONGEST_ENVELOPE: usize = 16 * 1024;

/// How a call went, for the ledger and for the request log.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) settlement: Settlement,
    /// Where the ledger alone would not tell.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) http_status: u16,
    pub(crate) error_code: Option<Box<str>>,
    pub(crate) provider_request_id: Option<Box<str>>,
    /// The error as the client is told it, where there is one and it is JSON.
    pub(crate) error_json: Option<Box<str>>,
}

impl Ending {
    /// An answer whose usage is priced, or that has none.
    pub(crate) fn of_answer(metered: Option<Metered>, http_status: u16) -> Self {
        let settlement = match metered {
            Some(Metered { charge, tokens }) => Settlement::Metered { charge, tokens },
            None => Settlement::Presume(PresumeReason::NoUsage),
        };
        // The client was served, whatever is known of the cost.
        Self {
            outcome: Some(Outcome::Served),
            ..Self::plain(settlement, http_status)
        }
    }

    pub(crate) const fn released(reason: ReleaseReason, http_status: u16) -> Self {
        Self::plain(Settlement::Release(reason), http_status)
    }

    pub(crate) const fn presumed(reason: PresumeReason, http_status: u16) -> Self {
        Self::plain(Settlement::Presume(reason), http_status)
    }

    const fn plain(settlement: Settlement, http_status: u16) -> Self {
        Self {
            settlement,
            outcome: None,
            http_status,
            error_code: None,
            provider_request_id: None,
            error_json: None,
        }
    }

    /// With the error's body as the client is told it. What is no error object in JSON is not kept.
    pub(crate) fn told(self, body: &[u8]) -> Self {
        Self {
            error_json: envelope(body),
            ..self
        }
    }

    pub(crate) fn code(self, code: Option<&str>) -> Self {
        Self {
            error_code: code.map(Box::from),
            ..self
        }
    }

    pub(crate) fn known_to_provider_as(self, request: Option<Box<str>>) -> Self {
        Self {
            provider_request_id: request,
            ..self
        }
    }

    /// The client went away before the answer was complete.
    pub(crate) fn cancelled(self) -> Self {
        Self {
            outcome: Some(Outcome::Cancelled),
            ..self
        }
    }
}

/// A call whose money is held.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) gateway: Gateway,
    pub(crate) organization: OrganizationId,
    pub(crate) request: RequestId,
    pub(crate) began: Began,
    /// When it left, if it did.
    pub(crate) sent_at: Option<Instant>,
    pub(crate) counted: Counted,
    pub(crate) hold: LiveHold,
    pub(crate) before: Before,
}

/// What came of the call's earlier attempts, each of which had a hold of its own.
#[derive(Debug)]
pub(crate) struct Before {
    /// As they are written down, first to last.
    pub(crate) tried: Vec<Tried>,
    /// What they are charged: those that the provider may have billed.
    pub(crate) charged: Nanos,
    /// How long they waited for their providers.
    provider: Duration,
}

/// What a call that is over came to.
#[derive(Debug)]
pub(crate) struct Cost {
    /// What it is charged, over all attempts.
    pub(crate) charged: Nanos,
    /// What is left after it.
    pub(crate) headroom: Option<Headroom>,
}

/// A hold that has ended, whose call has not been told so yet.
#[derive(Debug)]
pub(crate) struct Closed {
    gateway: Gateway,
    organization: OrganizationId,
    request: RequestId,
    began: Began,
    counted: Counted,
    /// `None` where the call never left.
    provider: Option<Duration>,
    /// `None` where the teller has ended: the hold will be presumed.
    receipt: Option<Receipt>,
}

impl Before {
    /// There were none.
    pub(crate) const NOTHING: Self = Self {
        tried: Vec::new(),
        charged: Nanos::ZERO,
        provider: Duration::ZERO,
    };
}

impl Held {
    /// Ends the hold, and the call with it. `None` where the teller has ended: the hold will be presumed.
    pub(crate) async fn settle(self, ending: Ending) -> Option<Cost> {
        let (closed, before) = self.close(&ending).await;
        closed.ended(ending, before)
    }

    /// Ends the hold alone. Whoever does that goes on to another attempt, or [ends](Closed::ended) the call.
    pub(crate) async fn close(self, ending: &Ending) -> (Closed, Before) {
        let read = Instant::now();
        let receipt = self.hold.settle(ending.settlement.clone()).await;
        let provider = self
            .sent_at
            .map(|sent| read.saturating_duration_since(sent));
        if provider.is_some() {
            let metrics = &self.gateway.parts().metrics;
            self.counted
                .attempted(metrics, &Tally::of(ending), receipt.as_ref());
        }
        let overrun = receipt.as_ref().map(|receipt| receipt.overrun);
        if let (Some(overrun), Some(receipt)) =
            (overrun.filter(|overrun| overrun.is_positive()), &receipt)
        {
            tracing::warn!(
                request = %self.request,
                charged_usd = %receipt.charged,
                overrun_usd = %overrun,
                "a call cost more than was held for it: the bound was wrong, or the provider did not keep to its terms"
            );
        }
        let mut before = self.before;
        before.provider = before.provider.saturating_add(provider.unwrap_or_default());
        if let Some(receipt) = &receipt {
            before.charged = before.charged.saturating_add(receipt.charged);
        }
        let closed = Closed {
            gateway: self.gateway,
            organization: self.organization,
            request: self.request,
            began: self.began,
            counted: self.counted,
            provider,
            receipt,
        };
        (closed, before)
    }
}

impl Closed {
    /// The call is over and goes on record; `all` are its attempts, this one included.
    pub(crate) fn ended(self, ending: Ending, all: Before) -> Option<Cost> {
        if self.provider.is_some() {
            let metrics = &self.gateway.parts().metrics;
            self.counted.ended(
                metrics,
                Tally::of(&ending).outcome(),
                (self.began, all.provider),
            );
        }
        let at = self.gateway.now();
        let micros = at.micros().saturating_sub(self.began.at.micros());
        self.gateway.parts().log.remark(Remark {
            organization: self.organization,
            request: self.request,
            at,
            outcome: ending.outcome,
            http_status: Some(ending.http_status),
            error_code: ending.error_code,
            provider_request_id: ending.provider_request_id,
            duration_ms: u64::try_from(micros.div_euclid(1000)).ok(),
            left: self.receipt.as_ref().and_then(left),
            error_json: ending.error_json,
            tried: all.tried,
        });
        Some(Cost {
            charged: all.charged,
            headroom: self.receipt?.headroom,
        })
    }
}

/// A body as text, where it is an object with an error in it and not too long to be kept.
pub(crate) fn envelope(body: &[u8]) -> Option<Box<str>> {
    let text = std::str::from_utf8(body).ok()?;
    if text.len() > LONGEST_ENVELOPE {
        return None;
    }
    let read: Value = serde_json::from_str(text).ok()?;
    read.get("error")?;
    Some(text.into())
}

/// What the client is told is left, as [`crate::tell::headers::settled`] says it.
fn left(receipt: &Receipt) -> Option<Left> {
    let left = receipt.headroom.as_ref()?;
    Some(Left {
        amount: left.amount.at_least_zero(),
        binding: left.name().into(),
    })
}

/// Writes down that the client went away before it had the answer.
pub(crate) fn remark_cancelled(
    gateway: &Gateway,
    organization: OrganizationId,
    request: RequestId,
) {
    gateway.parts().log.remark(Remark {
        organization,
        request,
        at: gateway.now(),
        outcome: Some(Outcome::Cancelled),
        http_status: None,
        error_code: None,
        provider_request_id: None,
        duration_ms: None,
        left: None,
        error_json: None,
        tried: Vec::new(),
    });
}
