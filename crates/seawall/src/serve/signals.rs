//! The signals that ask the program to stop.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Failure;

/// Within this time after a signal a further one is the same one, sent to the process and to its group.
const SAME: Duration = Duration::from_millis(500);

/// SIGXFSZ, on Linux and macOS.
const FILE_TOO_LARGE: i32 = 25;

/// SIGTERM and SIGINT. From its making on they no longer end the process by themselves, and neither does a file that may
/// not grow any more (`ulimit -f`): to whoever writes it that is an error like a full disk.
#[derive(Debug)]
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Kept so that it is caught; nobody waits for it.
    _file_too_large: Signal,
}

impl Signals {
    pub(crate) fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::internal(format!("cannot wait for signals: {error}")))
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            _file_too_large: listen(SignalKind::from_raw(FILE_TOO_LARGE))?,
        })
    }

    /// Waits for the next one. One that came meanwhile counts.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits, after one, for a second one that was meant as such.
    pub(crate) async fn second(&mut self) {
        let mut same = std::pin::pin!(tokio::time::sleep(SAME));
        loop {
            tokio::select! {
                () = &mut same => break,
                () = self.next() => {}
            }
        }
        self.next().await;
    }
}
