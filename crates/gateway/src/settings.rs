//! How the gateway behaves, and where calls go.

use std::time::Duration;

pub(crate) use accounts::Served;

/// The status of a refusal for want of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalStatus {
    /// 429, as OpenAI answers. Some clients retry it whatever the headers say.
    TooManyRequests,
    /// 402, which no client retries.
    PaymentRequired,
}

/// How much a refusal tells the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Everything: for callers who own their key.
    Full,
    /// Code and request id, no amounts: for callers who are somebody's customers.
    CodeOnly,
}

/// Which accounts serve some models, in this order.
#[derive(Clone, Debug)]
pub struct RouteRule {
    /// The models (a trailing `*` stands for anything).
    pub models: Vec<String>,
    /// The accounts' names.
    pub upstreams: Vec<String>,
}

/// Every bound of a call, and how refusals look.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The status of a refusal for want of money.
    pub refusal_status: RefusalStatus,
    /// How much a refusal tells.
    pub disclosure: Disclosure,
    /// What links in refusals begin with; without a trailing slash.
    pub public_url: String,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// The largest answer, in bytes. A larger one is cut off and its call charged its hold.
    pub answer_limit: usize,
    /// The fewest output tokens a call is fitted down to.
    pub fit_floor: u64,
    /// How long a client may take to send its request.
    pub request_timeout: Duration,
    /// How long a call may take from its hold to the end of its answer.
    pub call_timeout: Duration,
    /// How often a call is sent at most, to one account after the other. One: never anew.
    pub most_attempts: u8,
    /// How long a call waits, in all, for an account that is soon back, where no other is left.
    pub retry_budget: Duration,
    /// How long a provider may pause in the middle of an answer.
    pub idle_timeout: Duration,
    /// How long an answer is still read after its client has gone, so that its usage is known.
    pub drain_after_disconnect: Duration,
}
