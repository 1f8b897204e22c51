//! A call whose money is held goes on to its end, whatever becomes of its client.
//!
//! As long as the client is there the call runs in the client's own task, which costs no hand-over. When the client goes
//! away, what is left of the call gets a task of its own.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ids::{OrganizationId, RequestId};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{Ready, Streaming, run};
use crate::Gateway;
use crate::step::settle;

/// A call on its way. Its answer is `None` where it ended without one: that is a fault of ours.
pub(super) struct Going {
    /// `None` once it has ended.
    call: Option<BoxFuture<'static, Option<Response>>>,
    gateway: Gateway,
    of: (OrganizationId, RequestId),
    whole: bool,
    /// Set once the client has gone.
    left: Arc<AtomicBool>,
    /// Whoever stops the server waits for it.
    _counted: TaskTrackerToken,
}

/// Steps 6 to 8.
pub(super) fn going(ready: Ready) -> Going {
    let gateway = ready.journey.gateway().clone();
    let held = &ready.attempt.held;
    Going {
        of: (held.organization, held.request),
        whole: ready.attempt.stream == Streaming::No,
        left: ready.journey.client_left(),
        _counted: gateway.parts().tasks.token(),
        gateway,
        // Nothing of a call that panicked is used any more; its hold is presumed.
        call: Some(
            AssertUnwindSafe(run(ready))
                .catch_unwind()
                .map(Result::ok)
                .boxed(),
        ),
    }
}

impl Future for Going {
    type Output = Option<Response>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Response>> {
        let Some(call) = &mut self.call else {
            return Poll::Ready(None);
        };
        let answer = call.as_mut().poll(context);
        if answer.is_ready() {
            self.call = None;
        }
        answer
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let Some(call) = self.call.take() else {
            return;
        };
        self.left.store(true, Ordering::Relaxed);
        let (gateway, (organization, request)) = (self.gateway.clone(), self.of);
        let whole = self.whole;
        self.gateway.parts().tasks.spawn(async move {
            // A stream's body that nobody takes reads itself to its end, and says itself that the client had gone.
            drop(call.await);
            if whole {
                settle::remark_cancelled(&gateway, organization, request);
            }
        });
    }
}
