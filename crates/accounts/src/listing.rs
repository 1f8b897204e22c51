//! What providers list for the accounts that are to serve what is listed: asked beside the calls, one account after the
//! other, never on a call's way.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use ledger::Time;
use serde_json::Value;
use tokio::time::timeout;
use upstream::{Account, Client};

use crate::models::Models;
use crate::served::Served;
use crate::upstreams::Upstreams;

/// How old a list may become before the provider is asked again, in seconds.
const FRESH_FOR: i64 = 600;
/// How long after a list that did not come it is asked for again, in seconds.
const AGAIN_AFTER: i64 = 60;
/// How often it is looked whether a list is to be asked for.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How long a provider may take for its list.
const PATIENCE: Duration = Duration::from_secs(15);
/// The largest list that is read, in bytes.
const LARGEST: usize = 4 << 20;
/// Models that are taken of a list.
const MOST_NAMES: usize = 10_000;

/// What a provider listed for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The models; `None`: it never came.
    pub names: Option<Arc<HashSet<Box<str>>>>,
    /// When they were listed.
    pub listed_at: Option<Time>,
    /// When it was asked last.
    pub asked_at: Time,
    /// Why it did not come then, where it did not; the list of before stays.
    pub problem: Option<String>,
}

impl Listing {
    /// A list that came.
    pub(crate) fn of(names: impl IntoIterator<Item = String>, at: Time) -> Self {
        let names = names.into_iter().map(String::into_boxed_str);
        Self {
            names: Some(Arc::new(names.take(MOST_NAMES).collect())),
            listed_at: Some(at),
            asked_at: at,
            problem: None,
        }
    }

    /// A list that did not come, after this one.
    fn failed(before: Option<&Self>, problem: String, at: Time) -> Self {
        Self {
            names: before.and_then(|before| before.names.clone()),
            listed_at: before.and_then(|before| before.listed_at),
            asked_at: at,
            problem: Some(problem),
        }
    }

    fn is_due(&self, now: Time) -> bool {
        let after = if self.problem.is_some() {
            AGAIN_AFTER
        } else {
            FRESH_FOR
        };
        self.asked_at.plus_seconds(after) <= now
    }
}

/// Keeps the lists of all accounts that need one. Works for ever; meant to be dropped.
pub async fn keep_listed(upstreams: Upstreams, client: Client, now: impl Fn() -> Time + Send) {
    loop {
        for served in upstreams.served().iter() {
            if served.models == Models::Listed && served.account.kind().is_called() {
                look(served, &client, now()).await;
            }
        }
        // A new account is listed at once; the clock's turn comes where nothing changes.
        let _elapsed = timeout(LOOK_EVERY, upstreams.changed()).await.is_err();
    }
}

async fn look(served: &Served, client: &Client, now: Time) {
    let before = served.listing();
    if before.as_ref().is_some_and(|listing| !listing.is_due(now)) {
        return;
    }
    let listing = match ask(client, &served.account).await {
        Ok(names) => Listing::of(names, now),
        Err(problem) => {
            tracing::warn!(
                upstream = served.account.name(),
                problem,
                "an upstream's models were not listed"
            );
            Listing::failed(before.as_deref(), problem, now)
        }
    };
    served.put_listing(listing);
}

/// Asks a provider; the error is a sentence without its end, and without anything the provider wrote.
async fn ask(client: &Client, account: &Account) -> Result<Vec<String>, String> {
    let asked = async {
        let answer = client.get(account, "/models", PATIENCE).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        if !status.is_success() {
            return Err(format!("the provider answered {}", status.as_u16()));
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|_cut| "its list broke off, or is larger than 4 MiB".to_owned())?;
        read(&body.to_bytes()).ok_or_else(|| "its list is not one of models".to_owned())
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_elapsed| {
        Err(format!(
            "it took longer than {} seconds",
            PATIENCE.as_secs()
        ))
    })
}

/// The ids of a list of models: OpenAI's form, or the bare list that one provider answers.
fn read(body: &[u8]) -> Option<Vec<String>> {
    let list: Value = serde_json::from_slice(body).ok()?;
    let items = match (&list, list.get("data")) {
        (Value::Array(items), _) | (_, Some(Value::Array(items))) => items.as_slice(),
        // A server that has loaded no model says so.
        (_, Some(Value::Null)) => &[],
        _ => return None,
    };
    let id = |item: &Value| {
        let id = item.get("id")?.as_str()?;
        // Google's names are resources, and calls take them without their beginning.
        Some(id.strip_prefix("models/").unwrap_or(id).to_owned())
    };
    items.iter().map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_models_is_read_in_every_form_that_was_seen() {
        for (body, ids) in [
            (
                r#"{"object":"list","data":[{"id":"a","object":"model"},{"id":"b"}]}"#,
                Some(vec!["a", "b"]),
            ),
            (
                r#"[{"id":"meta/llama","type":"chat"}]"#,
                Some(vec!["meta/llama"]),
            ),
            (
                r#"{"data":[{"id":"models/gemini-2.5-pro"}]}"#,
                Some(vec!["gemini-2.5-pro"]),
            ),
            (r#"{"object":"list","data":null}"#, Some(vec![])),
            (r#"{"error":{"message":"no"}}"#, None),
            (r#"{"data":[{"name":"a"}]}"#, None),
            ("<html>", None),
        ] {
            let read = read(body.as_bytes());
            let read = read
                .as_ref()
                .map(|ids| ids.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(read, ids, "{body}");
        }
    }

    #[test]
    fn a_list_that_does_not_come_leaves_the_one_of_before_and_is_asked_for_sooner() {
        let at = |seconds: i64| Time::from_micros(0).plus_seconds(seconds);
        let first = Listing::of(["a".to_owned()], at(0));
        assert!(!first.is_due(at(599)) && first.is_due(at(600)));
        let second = Listing::failed(Some(&first), "no".to_owned(), at(600));
        assert_eq!(
            (second.names.clone(), second.listed_at),
            (first.names, Some(at(0)))
        );
        assert!(!second.is_due(at(659)) && second.is_due(at(660)));
    }
}
