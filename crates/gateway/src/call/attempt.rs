//! One attempt: a call at one account, from leaving to its answer, or to the failure that another account may make good.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::HeaderMap;
use ledger::{Check, Grant, Headroom};
use tokio::time::Instant;

use super::failed::Failed;
use super::{Streaming, plain, stream};
use crate::settings::Served;
use crate::step::meter::Meter;
use crate::step::send::{self, Outgoing};
use crate::step::settle::Held;
use crate::tell;

/// An attempt whose money is held, ready to leave.
pub(super) struct Attempt {
    pub(super) held: Held,
    pub(super) outgoing: Outgoing,
    pub(super) meter: Meter,
    pub(super) grant: Grant,
    pub(super) stream: Streaming,
}

/// What an attempt may do.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// When the whole call must be over.
    pub(super) deadline: Instant,
    /// How long the provider has to begin its answer.
    pub(super) patience: Duration,
    /// Whether another account could still be asked.
    pub(super) more: bool,
    /// Whether no other account serves the model at all.
    pub(super) alone: bool,
}

/// A call that has left.
pub(super) struct UnderWay {
    pub(super) held: Held,
    pub(super) meter: Meter,
    pub(super) served: Arc<Served>,
    /// The output tokens granted, where they are fewer than asked for.
    pub(super) fitted: Option<u64>,
    /// The limits on requests and tokens that count it.
    rates: Vec<Check>,
    /// What the key could spend beside the hold.
    pub(super) headroom: Headroom,
    /// When the whole call must be over.
    pub(super) deadline: Instant,
    /// Whether no other account serves the model at all.
    pub(super) alone: bool,
}

impl Attempt {
    /// Steps 6 to 8. An attempt that fails before anything of its answer went on to the client comes back.
    pub(super) async fn make(self, terms: Terms) -> Result<Response, Box<Failed>> {
        let Self {
            mut held,
            outgoing,
            meter,
            grant,
            stream,
        } = self;
        held.sent_at = Some(Instant::now());
        let gateway = held.gateway.clone();
        let under_way = UnderWay {
            fitted: grant.fitted.then_some(grant.units),
            rates: held.hold.rates().to_vec(),
            headroom: grant.headroom,
            served: Arc::clone(&outgoing.served),
            deadline: terms.deadline,
            alone: terms.alone,
            meter,
            held,
        };
        match send::send(&gateway, outgoing, terms.patience).await {
            Ok(answer) if !answer.status().is_success() => {
                Err(plain::refused(under_way, answer).await)
            }
            Ok(answer) if stream != Streaming::No && is_event_stream(&answer) => {
                stream::begin(under_way, answer, (stream, terms.more)).await
            }
            Ok(answer) => plain::answer(under_way, answer).await,
            Err(error) => {
                let (ending, told) = tell::unanswered(&under_way.served.account, &error);
                Err(Failed::untold(under_way, ending, told))
            }
        }
    }
}

impl UnderWay {
    /// By whom the call was served, and what is left of the limits that count calls like it.
    pub(super) fn tell_served(&self, headers: &mut HeaderMap) {
        tell::headers::served(headers, self.served.account.name(), self.fitted);
        tell::headers::attempts(headers, self.held.before.tried.len().saturating_add(1));
        tell::rates::tell(headers, &self.rates, self.held.gateway.now());
    }

    /// Whom it is at, for what.
    pub(super) fn place(&self) -> tell::Place<'_> {
        tell::Place {
            account: &self.served.account,
            route: self.meter.route(),
            model: self.meter.model(),
            alone: self.alone,
        }
    }
}

fn is_event_stream(answer: &http::Response<upstream::Answer>) -> bool {
    let kind = answer
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("text/event-stream"))
}
