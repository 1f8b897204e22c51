//! Retention: once a day, old entries go where they take less room.

use std::time::Duration;

use teller::Tellers;

const A_DAY: Duration = Duration::from_secs(86_400);
/// A start has other things to do first.
const AT_FIRST: Duration = Duration::from_secs(600);

/// Works for ever; meant to be dropped. Without days it does nothing.
pub(super) async fn keep(tellers: Tellers, after_days: u32) {
    if after_days == 0 {
        return;
    }
    tokio::time::sleep(AT_FIRST).await;
    loop {
        let now = tellers.settings().clock.now();
        let before = now.plus_seconds(i64::from(after_days).saturating_mul(-86_400));
        if let Err(error) = tellers.archive(before).await {
            tracing::warn!(%error, "old entries were not archived");
        }
        tokio::time::sleep(A_DAY).await;
    }
}
