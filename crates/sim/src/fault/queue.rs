//! Faults that wait for a call: first come, first served, each for so many calls.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Fault;

/// How many can wait.
const MOST: usize = 10_000;

/// A fault, and which calls it is for.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) fault: Fault,
    /// Only calls of this model.
    pub(crate) model: Option<String>,
    /// Only calls to this path. Without one: every path that costs money, no other.
    pub(crate) path: Option<String>,
    /// For so many calls.
    pub(crate) times: u64,
}

/// The waiting faults. A call with none waiting takes no lock.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    count: AtomicUsize,
    waiting: Mutex<Vec<Waiting>>,
}

impl Queue {
    /// Adds one at the end; `false` when there are too many already.
    pub(crate) fn add(&self, fault: Waiting) -> bool {
        self.change(|waiting| {
            let room = waiting.len() < MOST;
            if room {
                waiting.push(fault);
            }
            room
        })
    }

    /// Takes the first one that is for this call.
    pub(crate) fn take(&self, model: &str, path: &str, costs_money: bool) -> Option<Fault> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.change(|waiting| {
            let at = waiting.iter().position(|one| {
                one.model.as_deref().is_none_or(|wanted| wanted == model)
                    && one
                        .path
                        .as_deref()
                        .map_or(costs_money, |wanted| wanted == path)
            })?;
            let one = &mut waiting[at];
            let fault = one.fault.clone();
            one.times = one.times.saturating_sub(1);
            if one.times == 0 {
                waiting.remove(at);
            }
            Some(fault)
        })
    }

    /// What waits now.
    pub(crate) fn list(&self) -> Vec<Waiting> {
        self.change(|waiting| waiting.clone())
    }

    /// Forgets them all.
    pub(crate) fn clear(&self) {
        self.change(Vec::clear);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Waiting>) -> T) -> T {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut waiting);
        self.count.store(waiting.len(), Ordering::Release);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(fault: Fault, model: Option<&str>, path: Option<&str>, times: u64) -> Waiting {
        Waiting {
            fault,
            model: model.map(Into::into),
            path: path.map(Into::into),
            times,
        }
    }

    #[test]
    fn a_fault_waits_for_its_calls_and_then_is_gone() {
        let queue = Queue::default();
        assert!(queue.add(waiting(Fault::Hang, Some("a"), None, 2)));
        assert!(queue.add(waiting(Fault::Garbage, None, Some("/v1/models"), 1)));
        let taken = |model, path, money| queue.take(model, path, money).map(|fault| fault.name());
        assert_eq!(taken("b", "/v1/chat/completions", true), None);
        assert_eq!(
            taken("a", "/v1/chat/completions", true).as_deref(),
            Some("hang")
        );
        assert_eq!(taken("a", "/v1/models", false).as_deref(), Some("garbage"));
        assert_eq!(taken("a", "/v1/models", false), None);
        assert_eq!(
            taken("a", "/v1/images/generations", true).as_deref(),
            Some("hang")
        );
        assert!(queue.list().is_empty());
    }
}
