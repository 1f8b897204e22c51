//! Everything that the calls of one simulated provider share.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Account;
use crate::bill::Bill;
use crate::chat::memo::Memo;
use crate::fault::queue::Queue;
use crate::ledger::Ledger;
use crate::prices::Prices;
use crate::refusal::Refusals;
use crate::{Options, SimError};

/// The shared state. Calls add to it and read from it; none waits for another.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) prices: Prices,
    pub(crate) refusals: Refusals,
    pub(crate) faults: Queue,
    pub(crate) account: Account,
    pub(crate) bill: Bill,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) memo: Memo,
    pub(crate) seed: u64,
    pub(crate) latency: Duration,
    pub(crate) chunk_delay: Duration,
    pub(crate) clock: fn() -> u64,
}

impl Provider {
    /// Reads prices and refusals, and opens the ledger.
    pub(crate) fn new(options: &Options) -> Result<Self, SimError> {
        Ok(Self {
            prices: Prices::read(options.prices.as_deref())?,
            refusals: Refusals::read()?,
            faults: Queue::default(),
            account: Account::default(),
            bill: Bill::default(),
            ledger: Arc::new(Ledger::open(options.seed, options.ledger.as_deref())?),
            memo: Memo::default(),
            seed: options.seed,
            latency: options.latency,
            chunk_delay: options.chunk_delay,
            clock: options.clock,
        })
    }
}
