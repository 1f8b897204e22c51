//! What was bought at providers, looked at from time to time, beside the calls: whoever is told of accounts hears of it before it
//! runs out. It stops nothing.

use std::time::Duration;

use accounts::Upstreams;
use alerts::{Alerts, UpstreamBalance};
use projections::RequestLog;
use teller::Clock as _;

use crate::clock::SystemClock;

/// It is looked at on the hour of the start: what lasts for days does not run out unseen within one.
const EVERY: Duration = Duration::from_secs(3_600);

/// Looks for ever, first at once; meant to be dropped. Without days it does nothing.
pub(super) async fn watch(upstreams: Upstreams, log: RequestLog, (alerts, days): (Alerts, u32)) {
    if days == 0 {
        return;
    }
    loop {
        look((&upstreams, &log), &alerts, days).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn look(from: (&Upstreams, &RequestLog), alerts: &Alerts, days: u32) {
    for entry in from.0.entries() {
        let (name, now) = (&entry.draft.name, SystemClock.now());
        match control::upstream_standing(from, name, (days, now)).await {
            Ok(None) => {}
            Ok(Some(standing)) => alerts.upstream_balance(&UpstreamBalance {
                upstream: name.to_string(),
                bought: standing.bought,
                left: standing.left,
                per_day: standing.per_day,
                runs_out: standing.runs_out,
                purchases: standing.purchases,
                at: now,
            }),
            Err(error) => {
                tracing::warn!(upstream = name.as_str(), %error, "what is left at a provider is not known");
            }
        }
    }
}
