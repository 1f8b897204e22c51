//! What is parked is there after a restart, follows whose an account is, and holds of no other account than it was said of.

use std::sync::{Arc, Mutex};

use accounts::{
    Change, Closed, Models, News, Outcome, Pauses, Refusal, Served, Until, Upstreams, keep_parked,
};
use diagnosis::{Billed, Cause, Confidence, Verdict};
use journal::Store as _;
use ledger::Time;
use tokio_util::sync::CancellationToken;
use upstream::Secret;

use crate::office::{NOW, Office, PLANTED, create, name};

fn verdict(cause: Cause) -> Verdict {
    Verdict {
        cause,
        scope: cause.scope(),
        billed: Billed::No,
        confidence: Confidence::Certain,
        retry: cause.retry(),
        refusal: true,
    }
}

fn served(upstreams: &Upstreams, name: &str) -> Arc<Served> {
    upstreams.entry(name).unwrap().served.unwrap()
}

fn refuse(upstreams: &Upstreams, name: &str, cause: Cause) {
    let served = served(upstreams, name);
    let words = format!("no, {PLANTED}");
    let said = Refusal::new(&served.account, 429, (None, Some("no_money")), &words);
    upstreams.refused_saying((&served, "gpt-5"), (&verdict(cause), Some(&said)), NOW);
}

fn closed(upstreams: &Upstreams, name: &str, now: Time) -> Option<Closed> {
    upstreams.closed(&served(upstreams, name), "o3", now)
}

fn heard(upstreams: &Upstreams, name: &str, organization: &str) {
    let mut headers = http::HeaderMap::new();
    headers.insert("openai-organization", organization.parse().unwrap());
    served(upstreams, name).heard(&headers);
}

/// Writes down what is parked, as a server that stops does.
async fn write(upstreams: &Upstreams) {
    let stop = CancellationToken::new();
    stop.cancel();
    keep_parked(upstreams.clone(), stop).await;
}

#[tokio::test]
async fn what_is_parked_is_there_after_a_restart_with_whose_the_accounts_are_and_no_credential() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    upstreams.create(create("second"), NOW).await.unwrap();
    for account in ["configured", "second"] {
        heard(&upstreams, account, "org-1");
    }
    refuse(&upstreams, "second", Cause::CreditExhausted);
    write(&upstreams).await;
    let kept = office.store.record("parking").await.unwrap().unwrap();
    let kept = String::from_utf8(kept.bytes).unwrap();
    assert!(
        kept.contains("no_money") && !kept.contains("planted"),
        "{kept}"
    );

    let again = office.open((Some('A'), None)).await;
    for account in ["configured", "second"] {
        let closed = closed(&again, account, NOW.plus_seconds(86_400)).unwrap();
        assert_eq!(
            (closed.cause, closed.until),
            (Cause::CreditExhausted, Until::Probed)
        );
        assert_eq!((closed.since, closed.refusal.unwrap().status), (NOW, 429));
    }
    assert_eq!(again.unpark("configured", NOW.plus_seconds(5)).unwrap(), 1);
    write(&again).await;
    let third = office.open((Some('A'), None)).await;
    assert!(closed(&third, "second", NOW).is_none());
}

#[tokio::test]
async fn an_account_with_another_key_is_open_and_one_with_other_models_is_not() {
    let office = Office::new();
    let upstreams = office.open((Some('A'), None)).await;
    upstreams.create(create("made"), NOW).await.unwrap();
    refuse(&upstreams, "made", Cause::InvalidKey);
    let change = Change {
        models: Some(Models::Listed),
        ..Change::default()
    };
    upstreams
        .change(&name("made"), (change, NOW))
        .await
        .unwrap();
    assert!(closed(&upstreams, "made", NOW).is_some());
    let old = served(&upstreams, "made");
    let change = Change {
        api_key: Some(Secret::new("sk-another-0123456789-wxyz")),
        ..Change::default()
    };
    upstreams
        .change(&name("made"), (change, NOW))
        .await
        .unwrap();
    assert!(closed(&upstreams, "made", NOW).is_none());
    // A call of before that ends now speaks of the key of before.
    upstreams.refused(&old, "gpt-5", &verdict(Cause::InvalidKey), NOW);
    assert!(closed(&upstreams, "made", NOW).is_none());
    write(&upstreams).await;
    assert!(closed(&office.open((Some('A'), None)).await, "made", NOW).is_none());
}

#[tokio::test]
async fn two_nodes_take_up_each_other_s_parks_when_they_write() {
    let office = Office::new();
    let (here, there) = (
        office.open((Some('A'), None)).await,
        office.open((Some('A'), None)).await,
    );
    refuse(&here, "configured", Cause::CreditExhausted);
    write(&here).await;
    write(&there).await;
    assert!(closed(&there, "configured", NOW).is_some());
    there.unpark("configured", NOW.plus_seconds(1)).unwrap();
    write(&there).await;
    write(&here).await;
    assert!(closed(&here, "configured", NOW.plus_seconds(1)).is_none());
}

#[tokio::test]
async fn what_is_due_is_probed_by_the_account_that_was_refused_and_told_when_it_is_back() {
    let upstreams = Office::new().open((Some('A'), None)).await;
    refuse(&upstreams, "configured", Cause::CreditExhausted);
    let soon = Pauses {
        first: std::time::Duration::from_secs(1),
        longest: std::time::Duration::from_secs(1),
    };
    let due = upstreams.due(&soon, NOW.plus_seconds(9));
    assert!(
        due.is_empty(),
        "nobody else serves it, so it is asked anyway"
    );
    upstreams.unpark("configured", NOW).unwrap();
    upstreams.create(create("second"), NOW).await.unwrap();
    let told: Arc<Mutex<Vec<News>>> = Arc::default();
    let hears = Arc::clone(&told);
    assert!(upstreams.on_parking(move |_upstreams, news| hears.lock().unwrap().push(news.clone())));
    let pauses = Pauses {
        first: std::time::Duration::from_secs(30),
        longest: std::time::Duration::from_secs(60),
    };
    refuse(&upstreams, "configured", Cause::CreditExhausted);
    assert!(upstreams.due(&pauses, NOW.plus_seconds(29)).is_empty());
    let due = upstreams.due(&pauses, NOW.plus_seconds(30));
    let (park, who) = due.first().unwrap();
    assert_eq!(who.account.name(), "configured");
    let said = "chat, gpt-5: served".to_owned();
    upstreams.probed(
        &park.place,
        (who, &Outcome::Served { said }),
        NOW.plus_seconds(30),
    );
    assert!(closed(&upstreams, "configured", NOW.plus_seconds(30)).is_none());
    let back: Vec<bool> = told
        .lock()
        .unwrap()
        .iter()
        .map(|news| news.is_back)
        .collect();
    assert_eq!(back, [false, true]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_parks_nobody_and_stops_nobody() {
    let office = Office::new();
    let put = office
        .store
        .put_record("parking", 0, b"{\"form\": 9}".to_vec());
    assert!(put.await.unwrap());
    let upstreams = office.open((Some('A'), None)).await;
    refuse(&upstreams, "configured", Cause::CreditExhausted);
    write(&upstreams).await;
    assert!(closed(&office.open((Some('A'), None)).await, "configured", NOW).is_some());
}
