//! Connections that are kept for the next call.
//!
//! A connection that nobody uses is not watched. Whether the provider has closed it is seen when it is taken out, and one
//! that stays here too long is closed by the sweeper, which runs as long as any is kept.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use http::uri::{Authority, Scheme};
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use crate::connection::Connection;

/// How long an idle connection is kept.
const KEPT: Duration = Duration::from_secs(60);
/// Idle connections kept for one host.
const MOST: usize = 512;

/// Where connections lead.
pub(crate) type Host = (Scheme, Authority);

/// The connections that are kept.
#[derive(Default)]
pub(crate) struct Idle {
    kept: Mutex<Kept>,
    sweeper: TaskTracker,
}

#[derive(Default)]
struct Kept {
    /// The longest idle first.
    by_host: HashMap<Host, VecDeque<(Instant, Connection)>>,
    swept: bool,
}

impl Idle {
    /// One that can be used at once: the one that was used last, because it is the least likely to have been closed.
    pub(crate) async fn take(&self, host: &Host) -> Option<Connection> {
        loop {
            let mut connection = self.pop(host)?;
            let free = poll_fn(|context| Poll::Ready(connection.is_free(context))).await;
            if free {
                return Some(connection);
            }
        }
    }

    fn pop(&self, host: &Host) -> Option<Connection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (_since, connection) = kept.by_host.get_mut(host)?.pop_back()?;
        Some(connection)
    }

    /// Keeps one for the next call. Where there are enough, it is closed.
    pub(crate) fn keep(self: &Arc<Self>, host: &Host, connection: Connection) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.by_host.contains_key(host) {
            kept.by_host.insert(host.clone(), VecDeque::new());
        }
        let Some(here) = kept.by_host.get_mut(host).filter(|here| here.len() < MOST) else {
            drop(kept);
            return drop(connection);
        };
        here.push_back((Instant::now(), connection));
        if !std::mem::replace(&mut kept.swept, true) {
            drop(kept);
            self.sweeper.spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Closes what was idle too long; says whether anything is left.
    fn close_old(&self) -> bool {
        let mut old = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for here in kept.by_host.values_mut() {
            let count = here.partition_point(|(since, _)| since.elapsed() >= KEPT);
            old.extend(here.drain(..count));
        }
        kept.by_host.retain(|_, here| !here.is_empty());
        kept.swept = !kept.by_host.is_empty();
        let left = kept.swept;
        // Closing takes a while; nobody has to wait for it.
        drop(kept);
        drop(old);
        left
    }
}

async fn sweep(idle: Weak<Idle>) {
    loop {
        sleep(KEPT).await;
        if !idle.upgrade().is_some_and(|idle| idle.close_old()) {
            return;
        }
    }
}

impl std::fmt::Debug for Idle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}
