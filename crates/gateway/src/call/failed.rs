//! An attempt that failed before anything of its answer went on to the client: what it means, and how it would be told.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use diagnosis::{Billed, Cause, Retry, Scope, Verdict};
use http::response::Parts;
use projections::Tried;
use wire::error::{Note, annotated};

use super::attempt::UnderWay;
use crate::step::settle::{Before, Closed, Ending};
use crate::tell::{self, Told};

/// An attempt that failed, its money still held.
pub(super) struct Failed {
    pub(super) call: UnderWay,
    pub(super) ending: Ending,
    /// `None`: there was no answer that could be understood.
    pub(super) verdict: Option<Verdict>,
    /// How the client is told if this is the end.
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

/// A failure that may be what the client is told in the end. Its hold has ended.
pub(super) struct Failure {
    closed: Closed,
    ending: Ending,
    head: Parts,
    body: Bytes,
    /// Whether asking again can help no client.
    is_final: bool,
}

impl Failed {
    /// There was no answer, or none that could be taken.
    pub(super) fn untold(call: UnderWay, ending: Ending, told: Told) -> Box<Self> {
        let (gateway, request) = (&call.held.gateway, call.held.request);
        let body = Bytes::from(told.body(gateway, request));
        let (head, _same) = told.into_response(gateway, request).into_parts();
        Box::new(Self {
            call,
            ending,
            verdict: None,
            head,
            body,
        })
    }

    /// Whether it may go better at another account, now.
    pub(super) fn helps_elsewhere(&self) -> bool {
        let Some(verdict) = self.verdict else {
            return true;
        };
        match verdict.cause {
            // About the request, but as this account's rate, or balance, has it; or nothing the request can do about.
            Cause::TooLargeForRate | Cause::WorstCaseTooLarge | Cause::ServerFailure => true,
            _ => verdict.scope != Scope::Request,
        }
    }

    /// Whether it may go better at this very account, and when: where it turned the call away unbilled, for a while.
    pub(super) fn passes(&self) -> Option<std::time::Duration> {
        let verdict = self.verdict?;
        if verdict.billed == Billed::Maybe || !self.helps_elsewhere() {
            return None;
        }
        match (verdict.retry, verdict.cause) {
            (Retry::After(Some(wait)), _) => Some(wait),
            (Retry::After(None), Cause::Overloaded | Cause::SlowDown) => Some(tell::BREATH),
            _ => None,
        }
    }

    /// For the record.
    pub(super) fn tried(&self) -> Tried {
        Tried {
            number: self.call.held.hold.id().attempt,
            status: self.verdict.is_some().then_some(self.ending.http_status),
            code: self.ending.error_code.clone(),
            cause: self.verdict.map(|verdict| verdict.cause.as_str().into()),
        }
    }

    /// Ends its hold. What comes back is what there is to tell if nothing goes better, and what all attempts came to.
    pub(super) async fn close(self) -> (Failure, Before) {
        let tried = self.tried();
        let Self {
            call,
            ending,
            verdict,
            mut head,
            body,
        } = self;
        tell::headers::served(&mut head.headers, call.served.account.name(), call.fitted);
        let (closed, mut before) = call.held.close(&ending).await;
        before.tried.push(tried);
        let failure = Failure {
            closed,
            ending,
            head,
            body,
            is_final: verdict.is_some_and(|verdict| tell::is_final(&verdict)),
        };
        (failure, before)
    }
}

impl Failure {
    /// The one of two that the client is told: the first, unless asking again can help only as the other one says.
    pub(super) fn or(self, later: Self) -> Self {
        if self.is_final && !later.is_final {
            later
        } else {
            self
        }
    }

    pub(super) const fn is_final(&self) -> bool {
        self.is_final
    }

    /// Tells the client, and writes the call down. `after` are sentences of ours behind the message.
    pub(super) fn tell(self, all: Before, after: &str) -> Response {
        let Self {
            closed,
            ending,
            mut head,
            body,
            ..
        } = self;
        let note = Note {
            before: "",
            after,
            diagnosis: None,
        };
        let told = Some(&note).filter(|note| !note.after.is_empty());
        let told = told.and_then(|note| annotated(&body, note).map(Bytes::from));
        let body = told.unwrap_or(body);
        tell::headers::attempts(&mut head.headers, all.tried.len());
        if let Some(cost) = closed.ended(ending.told(&body), all) {
            tell::headers::settled(&mut head.headers, &cost);
        }
        Response::from_parts(head, Body::from(body))
    }
}
