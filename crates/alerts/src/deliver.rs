//! Bringing what waits in the outbox to where it is to go: at least once, and never two attempts at one target at a time, so
//! that a slow receiver keeps only itself waiting.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use ids::TargetId;
use ledger::Time;
use tokio_util::sync::CancellationToken;

use crate::AlertError;
use crate::file::{Done, Waiting};
use crate::handle::Inner;
use crate::send::{Courier, Letter, Sent};

/// How long attempts under way may go on after the stop. What is not known to have arrived then is sent again.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait after a failure of the file, and at most where nothing is due.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(3600);

type Attempts<'a> = FuturesUnordered<BoxFuture<'a, TargetId>>;

pub(crate) async fn run(inner: &Inner, courier: &dyn Courier, stop: CancellationToken) {
    let mut attempts: Attempts<'_> = FuturesUnordered::new();
    let mut busy: HashSet<TargetId> = HashSet::new();
    loop {
        let pause = match begin((inner, courier), &mut attempts, &mut busy).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "alerts cannot be sent");
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            Some(target) = attempts.next() => {
                busy.remove(&target);
            }
            () = inner.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    let all = async { while attempts.next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("alerts were still being sent; they are sent again at the next start");
    }
}

/// Begins what is due and has a place; says how long nothing more is.
async fn begin<'a>(
    (inner, courier): (&'a Inner, &'a dyn Courier),
    attempts: &mut Attempts<'a>,
    busy: &mut HashSet<TargetId>,
) -> Result<Duration, AlertError> {
    let now = inner.clock.now();
    for waiting in inner.file.waiting().await? {
        if busy.contains(&waiting.target) {
            continue;
        }
        if waiting.next_at > now {
            let micros = waiting.next_at.micros().saturating_sub(now.micros());
            let pause = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
            return Ok(pause.min(LONGEST));
        }
        if attempts.len() >= inner.options.most_at_once {
            // One that ends makes a place.
            return Ok(LONGEST);
        }
        busy.insert(waiting.target);
        attempts.push(attempt(inner, courier, waiting).boxed());
    }
    Ok(LONGEST)
}

async fn attempt(inner: &Inner, courier: &dyn Courier, waiting: Waiting) -> TargetId {
    let result = async {
        let Some((alert, target)) = inner.file.letter(waiting.alert, waiting.target).await? else {
            let error = "the target was removed".to_owned();
            return record(inner, waiting, Done::Failed { error }).await;
        };
        let now = inner.clock.now();
        let channel = target.channel;
        let letter = Letter { alert, target, now };
        let patience = inner.options.attempt_timeout;
        let sent = tokio::time::timeout(patience, courier.send(letter)).await;
        let sent = sent.unwrap_or_else(|_elapsed| Sent::Later {
            error: format!("no answer within {} seconds", patience.as_secs()),
            after: None,
        });
        let done = judge(inner, waiting, sent, inner.clock.now());
        let ended = match done {
            Done::Delivered => "delivered",
            Done::Later { .. } => "again",
            Done::Failed { .. } | Done::Gone { .. } => "failed",
        };
        (inner.count)(channel.name(), ended);
        record(inner, waiting, done).await
    };
    if let Err(error) = result.await {
        // It is sent again, under the same id.
        tracing::warn!(%error, alert = %waiting.alert, "how an alert's delivery went cannot be kept");
        tokio::time::sleep(PAUSE).await;
    }
    waiting.target
}

async fn record(inner: &Inner, waiting: Waiting, done: Done) -> Result<(), AlertError> {
    let gone = matches!(done, Done::Gone { .. });
    if let Done::Failed { error } | Done::Gone { error } = &done {
        tracing::warn!(alert = %waiting.alert, target = %waiting.target, %error, "an alert was not delivered");
    }
    inner.file.record(waiting, done, inner.clock.now()).await?;
    if gone {
        inner.marks.follow(inner.file.followed().await?);
    }
    Ok(())
}

fn judge(inner: &Inner, waiting: Waiting, sent: Sent, now: Time) -> Done {
    let (error, after) = match sent {
        Sent::Delivered => return Done::Delivered,
        Sent::Refused { error } => return Done::Failed { error },
        Sent::Gone { error } => return Done::Gone { error },
        Sent::Later { error, after } => (error, after),
    };
    let attempts = waiting.attempts.saturating_add(1);
    let pause = inner.options.pause(attempts).max(after.unwrap_or_default());
    let later = |time: Time, by: Duration| {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Time::from_micros(time.micros().saturating_add(micros))
    };
    let at = later(now, pause);
    let over = later(waiting.made_at, inner.options.give_up_after);
    if attempts >= inner.options.most_attempts || at > over {
        let error = format!("given up after {attempts} attempts; the last: {error}");
        return Done::Failed { error };
    }
    Done::Later { error, at }
}
