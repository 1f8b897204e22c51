//! One call of the run beside its line in the provider's ledger.

use std::fmt;

use serde_json::Value;

use super::drawn::{Drawn, Way};
use crate::http::{Answer, Broken};
use crate::stage::Stage;
use crate::usd::{self, dollars, nanos};

/// A call that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) tag: String,
    drawn: Drawn,
    /// The key that only this call used, where it had one.
    pub(super) key: Option<String>,
    /// What Seawall calls it, where the client learnt that.
    pub(super) request: Option<String>,
    answer: Option<Answer>,
    broken: Option<Broken>,
}

/// What the calls come to, in nano-dollars.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) exact: u64,
    pub(super) presumed: u64,
    pub(super) refused: u64,
    pub(super) nothing: u64,
    pub(super) lied: u64,
    pub(super) charged: i64,
    pub(super) billed: i64,
    exact_amount: i64,
    presumed_charged: i64,
    presumed_billed: i64,
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} calls charged as billed: ${}; {} presumed: ${} charged, ${} billed; {} lied about; {} refused by us; \
             {} neither billed nor charged",
            self.exact,
            dollars(self.exact_amount),
            self.presumed,
            dollars(self.presumed_charged),
            dollars(self.presumed_billed),
            self.lied,
            self.refused,
            self.nothing,
        )
    }
}

impl Ended {
    pub(super) fn new(
        tag: String,
        drawn: Drawn,
        key: Option<String>,
        answer: Result<Option<Answer>, Broken>,
    ) -> Self {
        let (answer, broken) = match answer {
            Ok(answer) => (answer, None),
            Err(broken) => (None, Some(broken)),
        };
        let request = answer
            .as_ref()
            .map(|answer| answer.must("x-request-id").to_owned());
        Self {
            tag,
            drawn,
            key,
            request,
            answer,
            broken,
        }
    }

    /// Holds the call against its line, and adds it up.
    pub(super) async fn compare(
        &self,
        stage: &Stage,
        line: Option<&Value>,
        request: Option<&str>,
        sums: &mut Sums,
    ) {
        // The gateway breaks a connection only where the provider broke a stream off.
        assert!(self.broken.is_none() || line.is_some(), "{self:?}");
        let Some(line) = line else {
            return self.compare_unsent(stage, request, sums).await;
        };
        let Some(request) = request else {
            panic!("the provider has {line}, and we have no request of it: {self:?}");
        };
        let told = stage.told(request).await;
        let bill = usd::of(line, "usd");
        sums.charged += told.charged;
        sums.billed += bill;
        let delivered = line["usage_delivered"] == true;
        if delivered && line["usage"] == line["usage_said"] {
            assert_eq!(told.charged, bill, "{told:?} for {line}: {self:?}");
            assert!(!told.presumed, "{told:?} for {line}: {self:?}");
            self.assert_cost_told(bill);
            sums.exact += 1;
            sums.exact_amount += bill;
        } else if delivered {
            // A provider that says less than it bills: what it said is all that anybody can know.
            // It halves each count, rounding down; what that loses is less than two tokens' price.
            assert!(
                told.charged * 2 + 100_000 >= bill,
                "{told:?} for {line}: {self:?}"
            );
            sums.lied += 1;
        } else if turned_away(line) {
            assert_eq!(
                (told.charged, told.presumed),
                (0, false),
                "{line}: {self:?}"
            );
            sums.nothing += 1;
        } else if failed_for_nothing(line) && told.charged == 0 {
            // What a provider says before it begins, such as that it is overloaded, is known not to be billed.
            assert!(!told.presumed, "{told:?} for {line}: {self:?}");
            sums.nothing += 1;
        } else {
            assert!(told.presumed, "{told:?} for {line}: {self:?}");
            assert!(told.charged >= bill, "{told:?} for {line}: {self:?}");
            sums.presumed += 1;
            sums.presumed_charged += told.charged;
            sums.presumed_billed += bill;
        }
    }

    /// A call that never came to the provider: the tight key's when it was refused, or one whose client left in time.
    async fn compare_unsent(&self, stage: &Stage, request: Option<&str>, sums: &mut Sums) {
        match (&self.drawn.way, &self.answer) {
            (Way::LeaveEarly(_), _) => {
                if let Some(request) = request {
                    let told = stage.told(request).await;
                    assert_eq!((told.charged, told.presumed), (0, false), "{self:?}");
                }
                sums.nothing += 1;
            }
            (Way::Tight, Some(answer)) => {
                assert_eq!(answer.status, 429, "{self:?}");
                let code = answer.code();
                assert!(
                    code == "api_key_spend_limit_exceeded" || code == "in_flight_budget_exhausted",
                    "{self:?}"
                );
                sums.refused += 1;
            }
            _ => panic!("the provider never saw {self:?}"),
        }
    }

    /// Where the client was told a cost, the ledger is never lower, and here it is the same.
    fn assert_cost_told(&self, bill: i64) {
        let answer = self.answer.as_ref().filter(|answer| answer.whole);
        let cost = answer.and_then(|answer| answer.header("x-seawall-cost-usd"));
        let trailer = answer.and_then(|answer| answer.trailers.get("x-seawall-cost-usd"));
        let trailer = trailer.map(|value| value.to_str().unwrap());
        if let Some(cost) = cost.or(trailer) {
            assert_eq!(nanos(cost), bill, "{self:?}");
        }
    }
}

/// Whether the provider turned the call away before any work was done: nothing is billed, and everybody can see it.
fn turned_away(line: &Value) -> bool {
    let status = line["status"].as_u64().unwrap_or_default();
    usd::of(line, "usd") == 0 && (400..500).contains(&status)
}

/// Whether the provider failed without a bill in a way that nobody else can see through.
fn failed_for_nothing(line: &Value) -> bool {
    usd::of(line, "usd") == 0 && line["status"].as_u64().is_some_and(|status| status >= 500)
}
