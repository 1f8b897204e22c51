//! Faults, and how they meet the calls.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::watch;

use super::Line;
use crate::{AppendError, StoreError};

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The next append happens if it can, and its answer is lost: [`AppendError::Ambiguous`].
    AnswerLost,
    /// The next append is lost before it happens, which its caller cannot know: [`AppendError::Ambiguous`].
    AppendLost,
    /// The next append does not happen and says so: [`AppendError::Unavailable`].
    AppendUnavailable,
    /// The next head cannot be read.
    HeadUnavailable,
    /// The next entries cannot be read.
    ReadUnavailable,
}

impl Fault {
    pub(super) fn meet_append(
        self,
        append: impl FnOnce() -> Result<(), AppendError>,
    ) -> Result<(), AppendError> {
        if self == Self::AnswerLost {
            let _lost = append().is_ok();
        }
        Err(match self {
            Self::AnswerLost | Self::AppendLost => AppendError::Ambiguous("no answer".to_owned()),
            Self::AppendUnavailable | Self::HeadUnavailable | Self::ReadUnavailable => {
                AppendError::Unavailable(unavailable().to_string())
            }
        })
    }
}

pub(super) fn unavailable() -> StoreError {
    StoreError::Unavailable("a fault was injected".to_owned())
}

/// The faults of one line that have not met their call yet.
#[derive(Debug, Default)]
pub(super) struct Faults {
    of_append: VecDeque<Fault>,
    of_head: usize,
    of_read: usize,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        match fault {
            Fault::AnswerLost | Fault::AppendLost | Fault::AppendUnavailable => {
                self.of_append.push_back(fault);
            }
            Fault::HeadUnavailable => self.of_head = self.of_head.saturating_add(1),
            Fault::ReadUnavailable => self.of_read = self.of_read.saturating_add(1),
        }
    }

    pub(super) fn next_of_append(&mut self) -> Option<Fault> {
        self.of_append.pop_front()
    }

    pub(super) fn next_of_head(&mut self) -> bool {
        take_one(&mut self.of_head)
    }

    pub(super) fn next_of_read(&mut self) -> bool {
        take_one(&mut self.of_read)
    }
}

fn take_one(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

/// Lets calls pass while no stall stands.
#[derive(Debug, Default)]
pub(super) struct Gate {
    stalls: watch::Sender<usize>,
}

impl Gate {
    pub(super) async fn passed(&self) {
        let mut stalls = self.stalls.subscribe();
        // The sender is our own, so it cannot be gone.
        let _open = stalls.wait_for(|stalls| *stalls == 0).await.is_ok();
    }
}

/// Holds calls back as long as it stands.
#[derive(Debug)]
pub struct Stall {
    line: Arc<Line>,
    gate: fn(&Line) -> &Gate,
}

impl Stall {
    pub(super) fn of(line: Arc<Line>, gate: fn(&Line) -> &Gate) -> Self {
        gate(&line)
            .stalls
            .send_modify(|stalls| *stalls = stalls.saturating_add(1));
        Self { line, gate }
    }

    /// Lets go what was held back. Dropping it does the same.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Stall {
    fn drop(&mut self) {
        (self.gate)(&self.line)
            .stalls
            .send_modify(|stalls| *stalls = stalls.saturating_sub(1));
    }
}
