//! A server at work, and how it ends: nothing is let go of before the calls that use it have ended.

use std::sync::Arc;
use std::time::Duration;

use teller::Clock as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::open::Server;
use super::{balances, retention};
use crate::clock::SystemClock;

/// How long the store may take to be told what is left to tell when the server stops.
const STORE_GRACE: Duration = Duration::from_secs(20);

impl Server {
    /// Serves until `stop`, then lets running calls finish and lets go of everything.
    pub(crate) async fn serve(self, stop: CancellationToken) {
        let follower = TaskTracker::new();
        self.look_after(&follower, &stop);
        let (log, store) = (self.log.clone(), self.store);
        let following = stop.clone();
        follower.spawn(async move {
            tokio::select! {
                () = log.follow(store) => {}
                () = following.cancelled() => {}
            }
        });
        let parking = accounts::keep_parked(self.upstreams.clone(), stop.clone());
        follower.spawn(parking);
        let (prober, probing_ends) = (self.prober, stop.clone());
        follower.spawn(async move { prober.run(probing_ends).await });
        let listing = accounts::keep_listed(self.upstreams, self.client, || SystemClock.now());
        let listing_ends = stop.clone();
        follower.spawn(async move { listing_ends.run_until_cancelled(listing).await });
        // It goes on until the calls have ended, so that what they cost is still told.
        let scrapers = self.metrics.map(|(listener, _, served)| {
            let (accepting, over) = (Arc::clone(&served), CancellationToken::new());
            let until = over.clone();
            follower.spawn(async move {
                accepting.accept(listener, until.cancelled()).await;
            });
            (served, over)
        });
        let (telling, courier) = (self.alerts, self.courier);
        let told_to_stop = CancellationToken::new();
        let stop_telling = told_to_stop.clone();
        follower.spawn(async move { telling.run(courier, stop_telling).await });
        let readiness = self.readiness;
        let asked = async {
            stop.cancelled().await;
            readiness.stop();
        };
        self.connections.accept(self.listener, asked).await;
        self.calls.close();
        let finished = async {
            self.connections.ended().await;
            self.calls.wait().await;
        };
        if tokio::time::timeout(self.stop_within, finished)
            .await
            .is_err()
        {
            tracing::warn!(
                count = self.calls.len(),
                "calls were still running and are charged what they held"
            );
            self.connections.end().await;
        }
        if let Some((scrapers, over)) = scrapers {
            over.cancel();
            scrapers.end().await;
        }
        // A store that is away keeps what it should still be told; the holds of those calls are presumed at the next start.
        if tokio::time::timeout(STORE_GRACE, self.tellers.stop())
            .await
            .is_err()
        {
            tracing::warn!(
                "the store did not answer while stopping; open holds are presumed at the next start"
            );
        }
        // What the last calls brought about is in the journal, and told at the next start.
        told_to_stop.cancel();
        follower.close();
        follower.wait().await;
        self.log.close().await;
    }

    /// What is done from time to time, whoever calls.
    fn look_after(&self, follower: &TaskTracker, stop: &CancellationToken) {
        let retention = retention::keep(self.tellers.clone(), self.archive_after_days);
        let keeping = stop.clone();
        follower.spawn(async move { keeping.run_until_cancelled(retention).await });
        let told = (self.alerts.clone(), self.upstreams_last_days);
        let balances = balances::watch(self.upstreams.clone(), self.log.clone(), told);
        let looking = stop.clone();
        follower.spawn(async move { looking.run_until_cancelled(balances).await });
    }
}
