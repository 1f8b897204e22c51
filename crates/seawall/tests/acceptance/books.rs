//! What the books say: balances, lots, limits and requests, and the laws that hold for them at every moment.

use serde_json::Value;

use crate::patience::{eventually, try_eventually};
use crate::stage::Stage;
use crate::usd;

/// Sums of an organization's credit, in nano-dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) spent: i64,
    pub(crate) held: i64,
    pub(crate) left: i64,
    pub(crate) owed: i64,
}

/// What a limit counts, in nano-dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) amount: i64,
    pub(crate) spent: i64,
    pub(crate) held: i64,
    pub(crate) left: i64,
}

impl Counted {
    pub(crate) fn read(limit: &Value) -> Self {
        Self {
            amount: usd::of(limit, "amount_usd"),
            spent: usd::of(limit, "spent_usd"),
            held: usd::of(limit, "held_usd"),
            left: usd::of(limit, "left_usd"),
        }
    }

    /// P1, for a limit that was never lowered.
    pub(crate) fn assert_kept(self) {
        assert!(
            self.spent + self.held <= self.amount,
            "past the limit: {self:?}"
        );
        assert_eq!(self.left, self.amount - self.spent - self.held, "{self:?}");
    }
}

/// What the request log says of one call.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) charged: i64,
    pub(crate) presumed: bool,
    pub(crate) outcome: String,
}

impl Told {
    pub(crate) fn read(row: &Value) -> Self {
        Self {
            charged: usd::of(row, "cost_usd"),
            presumed: row["presumed"].as_bool().unwrap_or(false),
            outcome: row["outcome"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl Stage {
    pub(crate) async fn balance(&self, organization: &str) -> Balance {
        let sums = self
            .get(&format!("organizations/{organization}/balance"))
            .await;
        Balance {
            spent: usd::of(&sums, "spent_usd"),
            held: usd::of(&sums, "held_usd"),
            left: usd::of(&sums, "left_usd"),
            owed: usd::of(&sums, "owed_usd"),
        }
    }

    /// The balance once no call of the organization runs any more.
    pub(crate) async fn settled(&self, organization: &str) -> Balance {
        let at_rest = async || {
            let balance = self.balance(organization).await;
            (balance.held == 0).then_some(balance)
        };
        match try_eventually(at_rest).await {
            Some(balance) => balance,
            None => panic!("still held: {:#?}", self.running(organization).await),
        }
    }

    /// The calls that the log knows to run.
    async fn running(&self, organization: &str) -> Vec<Value> {
        let mut rows = self
            .list(&format!("requests?organization={organization}"))
            .await;
        rows.retain(|row| !is_final(row));
        rows
    }

    pub(crate) async fn counted(&self, limit: &str) -> Counted {
        Counted::read(&self.get(&format!("limits/{limit}")).await)
    }

    /// What the request log says once it says how the call ended. It follows the journal and may lag behind it.
    pub(crate) async fn told(&self, request: &str) -> Told {
        let path = format!("requests/{request}");
        eventually("the request log to tell", async || {
            let answer = self.administer(http::Method::GET, &path, None).await;
            let row = (answer.status == 200).then(|| answer.json())?;
            is_final(&row).then(|| Told::read(&row))
        })
        .await
    }

    /// P3: to the nano-dollar, for every lot of an organization, and for their sums where it is at rest.
    pub(crate) async fn assert_balanced(&self, organization: &str) {
        let credits = format!("organizations/{organization}/credits?limit=200");
        for lot in self.list(&credits).await {
            assert_identity(&lot);
        }
        assert_identity(
            &self
                .get(&format!("organizations/{organization}/balance"))
                .await,
        );
    }
}

/// Whether the call has ended, by the log and by each of its attempts.
pub(crate) fn is_final(row: &Value) -> bool {
    let attempts = row["attempts"].as_array().unwrap();
    let open = attempts
        .iter()
        .any(|attempt| attempt["closed_at"].is_null());
    row["outcome"].is_string() && row["finished_at"].is_string() && !open
}

/// added = spent + held + lapsed + voided + left − owed, and no part is negative.
fn assert_identity(sums: &Value) {
    let parts = [
        "spent_usd",
        "held_usd",
        "lapsed_usd",
        "voided_usd",
        "left_usd",
        "owed_usd",
    ]
    .map(|member| usd::of(sums, member));
    assert!(parts.iter().all(|part| *part >= 0), "{sums}");
    let [spent, held, lapsed, voided, left, owed] = parts;
    assert_eq!(
        usd::of(sums, "added_usd"),
        spent + held + lapsed + voided + left - owed,
        "{sums}"
    );
    assert!(owed == 0 || left == 0 || sums["id"].is_null(), "{sums}");
}
