//! Hundreds of calls of every kind, while limits, credit and keys are edited and the gateway is stopped and killed in
//! between: what the client was told is what is on record, and each decision made again is the one on record (P6).

mod cast;
mod draw;

use serde_json::Value;

use crate::dice::{Dice, size};
use crate::http::Answer;
use crate::stage::{Setting, Stage};
use crate::usd::{self, nanos};
use cast::Cast;

/// Calls between two starts.
const AT_ONCE: u64 = 45;

/// A call that was made.
#[derive(Debug)]
pub(crate) struct Made {
    id: String,
    /// What the client got, as far as it stayed.
    answer: Option<Answer>,
    what: String,
}

impl Made {
    fn of(what: &str, answer: Answer) -> Self {
        Self {
            id: answer.must("x-request-id").to_owned(),
            answer: Some(answer),
            what: what.to_owned(),
        }
    }

    /// The error as it came, on its own or as a stream's last event.
    fn error(answer: &Answer) -> Value {
        if answer.status >= 400 {
            return answer.error();
        }
        let events = answer.events();
        let events = events.iter().rev().take(2);
        let read = events.filter_map(|event| serde_json::from_str::<Value>(event).ok());
        read.map(|mut event| event["error"].take())
            .find(|error| !error.is_null())
            .unwrap_or(Value::Null)
    }
}

/// What is on record of a call.
struct Record {
    row: Value,
    explanation: Value,
}

async fn record(stage: &Stage, made: &Made) -> Record {
    stage.told(&made.id).await;
    Record {
        row: stage.get(&format!("requests/{}", made.id)).await,
        explanation: stage
            .get(&format!("requests/{}/explanation", made.id))
            .await,
    }
}

/// Everything the client was told is on record, field by field.
fn assert_as_told(made: &Made, record: &Record) {
    let Some(answer) = &made.answer else { return };
    let (what, row) = (&made.what, &record.row);
    let context = || format!("{what}: {row:#}\n{answer:?}");
    assert_eq!(row["http_status"], answer.status, "{}", context());
    let error = Made::error(answer);
    assert_eq!(row["error"], error, "{}", context());
    assert_eq!(record.explanation["request"], *row, "{}", context());
    let remedies = &error["details"]["remedies"];
    if remedies.is_array() {
        assert_eq!(record.explanation["would_have_fitted"], *remedies);
    }
    let refused = row["outcome"] == "refused";
    let decision = match (refused, row["fitted"].is_object()) {
        (true, _) => "refused",
        // A provider's refusal has no tokens that could have been lowered.
        (false, true) if row["outcome"] != "provider_refused" && answer.status < 400 => "fitted",
        (false, true) => answer.must("x-seawall-decision"),
        (false, false) => "served",
    };
    assert_eq!(answer.must("x-seawall-decision"), decision, "{}", context());
    let granted = answer.header("x-seawall-fitted").map(str::to_owned);
    let fitted = row["fitted"]["granted_units"].as_u64();
    assert_eq!(
        granted,
        fitted.map(|units| units.to_string()),
        "{}",
        context()
    );
    assert_eq!(
        answer.header("x-seawall-upstream"),
        row["upstream"].as_str()
    );
    for (header, member) in [
        ("x-seawall-cost-usd", "cost_usd"),
        ("x-seawall-headroom-usd", "headroom_usd"),
        ("x-seawall-binding", "binding"),
    ] {
        // A stream's figures are trailers; its head says how things stood when its money was held.
        let last = answer
            .trailers
            .get(header)
            .or_else(|| answer.headers.get(header));
        let told = last.map(|value| value.to_str().unwrap());
        match (told, row[member].as_str()) {
            (Some(told), Some(kept)) if member.ends_with("usd") => {
                assert_eq!(nanos(told), nanos(kept), "{header} {}", context());
            }
            // Refused, nothing is charged, and nothing is said of it.
            (None, Some("0.00")) if refused && member == "cost_usd" => {}
            (told, kept) => assert_eq!(told, kept, "{header} {}", context()),
        }
    }
}

/// The binding check of a refusal for money is the one the client was told.
fn assert_binding(made: &Made, record: &Record) {
    let told = &record.row["error"]["details"];
    let checks = record.explanation["checks"].as_array();
    let binding = checks.and_then(|checks| checks.iter().find(|check| check["binding"] == true));
    let (true, Some(binding)) = (told["refused_by"] == "seawall", binding) else {
        return;
    };
    assert_eq!(binding["kind"], told["binding"], "{}", made.what);
    for member in [
        "scope",
        "limit_usd",
        "window",
        "spent_usd",
        "held_usd",
        "left_usd",
        "needed_usd",
        "resets_at",
    ] {
        assert_eq!(binding[member], told[member], "{} {member}", made.what);
    }
}

/// What a stream's head says is left is what the checks of its decision leave beside its hold.
fn assert_head(made: &Made, record: &Record) {
    let Some(answer) = made
        .answer
        .as_ref()
        .filter(|answer| !answer.trailers.is_empty())
    else {
        return;
    };
    let checks = record.explanation["checks"].as_array().unwrap();
    let least = checks
        .iter()
        .map(|check| usd::of(check, "left_usd"))
        .min()
        .unwrap();
    let beside = (least - usd::of(&record.row, "held_usd")).max(0);
    let told = nanos(answer.must("x-seawall-headroom-usd"));
    assert_eq!(told, beside, "{}: {}", made.what, record.explanation);
}

/// The decision made again; what never came to a Book cannot be.
fn assert_same_again(made: &Made, record: &Record) {
    let code = record.row["error_code"].as_str().unwrap_or_default();
    let asked_no_book = record.row["decision_seq"].is_null();
    let expected = if asked_no_book {
        "not_recorded"
    } else {
        "same"
    };
    let replay = &record.explanation["replay"];
    assert_eq!(
        replay["result"], expected,
        "{} ({code}): {replay}",
        made.what
    );
    if asked_no_book {
        assert!(
            made.what.starts_with("bad "),
            "{}: {}",
            made.what,
            record.row
        );
    }
}

async fn assert_on_record(stage: &Stage, made: &Made) {
    let record = record(stage, made).await;
    assert_as_told(made, &record);
    assert_binding(made, &record);
    assert_head(made, &record);
    assert_same_again(made, &record);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_clients_were_told_is_on_record_and_every_decision_comes_out_again() {
    let setting = Setting::default().config("[gateway]\nwait_for_held = \"100ms\"");
    // Refusals above a rate are counted and not listed; here each has to be there.
    let setting = setting.config("[requests]\nmost_refusals_per_second = 100000");
    let mut stage = setting.raise();
    let mut dice = Dice::new("record");
    let cast = Cast::new(&stage).await;
    let most = size("SEAWALL_TEST_TOLD", 450);
    let mut all: Vec<Made> = Vec::new();
    for round in 0.. {
        let mut fresh = Vec::new();
        for _ in 0..AT_ONCE {
            fresh.extend(draw::call(&stage, &cast, &mut dice).await);
            if dice.within(0..=3) == 0 {
                cast.edit(&stage, &mut dice).await;
            }
        }
        for made in &fresh {
            assert_on_record(&stage, made).await;
        }
        all.extend(fresh);
        if u64::try_from(all.len()).unwrap() >= most {
            break;
        }
        if round % 2 == 0 {
            stage.stop_gateway().await;
        } else {
            all.extend(draw::under_way(&stage, &cast, round).await);
            stage.gateway.kill();
        }
        stage.start_again();
    }
    // Long after, with other limits and other runs in between.
    for made in all.iter().step_by(5) {
        assert_on_record(&stage, made).await;
    }
    draw::assert_each_kind_was_drawn(&all);
    stage.settled(&cast.organization).await;
}
