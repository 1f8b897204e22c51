//! A courier whose every attempt is seen, and goes as the test says.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use alerts::{Courier, Letter, Sent};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// An attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) letter: Letter,
    pub(crate) at: Instant,
}

impl Attempt {
    pub(crate) fn kind(&self) -> &str {
        &self.letter.alert.kind
    }

    pub(crate) fn data(&self) -> Value {
        let payload: Value = serde_json::from_str(&self.letter.alert.payload).unwrap();
        payload["data"].clone()
    }
}

/// What is to become of the next attempts at an address; `None`: no answer ever.
type Plans = HashMap<String, VecDeque<Option<Sent>>>;

#[derive(Clone)]
pub(crate) struct Seen {
    plans: Arc<Mutex<Plans>>,
    tell: mpsc::UnboundedSender<Attempt>,
}

impl Seen {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Attempt>) {
        let (tell, heard) = mpsc::unbounded_channel();
        let plans = Arc::default();
        (Self { plans, tell }, heard)
    }

    /// The next attempts at this address go so; those after them are delivered.
    pub(crate) fn plan(&self, address: &str, sent: impl IntoIterator<Item = Option<Sent>>) {
        let mut plans = self.plans.lock().unwrap();
        plans.entry(address.to_owned()).or_default().extend(sent);
    }
}

impl Courier for Seen {
    fn send(&self, letter: Letter) -> BoxFuture<'static, Sent> {
        let planned = {
            let mut plans = self.plans.lock().unwrap();
            let plan = plans.get_mut(&letter.target.shown());
            plan.and_then(VecDeque::pop_front)
        };
        let at = Instant::now();
        self.tell.send(Attempt { letter, at }).ok();
        match planned {
            None => std::future::ready(Sent::Delivered).boxed(),
            Some(Some(sent)) => std::future::ready(sent).boxed(),
            Some(None) => std::future::pending().boxed(),
        }
    }
}

/// It did not work, and may later.
pub(crate) fn down() -> Option<Sent> {
    Some(Sent::Later {
        error: "the receiver answered 503".to_owned(),
        after: None,
    })
}
