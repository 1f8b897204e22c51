//! Waiting for something to become so: it is asked for again and again, and an answer that never comes fails the test.

use std::future::Future;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{sleep, timeout};

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions, so that the asking does not take the processor from what is asked about.
const PAUSE: Duration = Duration::from_millis(3);

/// Asks until there is an answer.
pub(crate) async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    match try_eventually(ask).await {
        Some(answer) => answer,
        None => panic!("asked for {PATIENCE:?} in vain for {what}"),
    }
}

/// The same, for who has more to say when there is none.
pub(crate) async fn try_eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, asking).await.ok()
}

/// Waits for one thing.
pub(crate) async fn within<T>(what: &str, thing: impl Future<Output = T>) -> T {
    match timeout(PATIENCE, thing).await {
        Ok(answer) => answer,
        Err(_late) => panic!("waited {PATIENCE:?} in vain for {what}"),
    }
}

/// One at a time: tests that open hundreds of connections or keep every core busy.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}
