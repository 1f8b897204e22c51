//! Calls of every kind, drawn.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Made;
use super::cast::{Cast, whole};
use crate::call::Call;
use crate::dice::Dice;
use crate::http::Http;
use crate::patience::eventually;
use crate::stage::Stage;

const REFUSED_THERE: [&str; 4] = [
    "refuse:insufficient_quota",
    "refuse:billing_hard_limit_reached",
    "refuse:rate_limit_rpm",
    "refuse:server_error",
];
const FAILED: [&str; 5] = [
    "drop:before",
    "drop:headers",
    "drop:mid",
    "garbage",
    "no_usage",
];
const BROKEN_OFF: [&str; 4] = [
    "error:mid_stream",
    "error:mid_stream_openrouter",
    "drop:mid",
    "drop:before_usage",
];

/// Makes a call; where it takes two, both.
pub(super) async fn call(stage: &Stage, cast: &Cast, dice: &mut Dice) -> Vec<Made> {
    let secret = &cast.key.secret;
    let (what, secret, call) = match dice.within(0..=15) {
        0..=4 => ("chat", secret, chat(dice)),
        5 | 6 => {
            let call = Call::stream(dice.within(0..=1) == 0).max(dice.within(20..=2_000));
            let call = call.sim("output-tokens", 15).header("te", "trailers");
            ("stream", secret, call)
        }
        7 => ("image", secret, Call::image()),
        8 | 9 => {
            let (what, key) = dice.pick(&cast.odd);
            (*what, &key.secret, Call::chat())
        }
        10 => (
            "refused there",
            secret,
            Call::chat().sim("fault", dice.pick(&REFUSED_THERE)),
        ),
        11 => (
            "failed",
            secret,
            Call::chat().sim("fault", dice.pick(&FAILED)),
        ),
        12 => {
            let call = Call::stream(true)
                .sim("output-tokens", 60)
                .header("te", "trailers");
            (
                "broken off",
                secret,
                call.sim("fault", dice.pick(&BROKEN_OFF)),
            )
        }
        13 => return vec![leaves(stage, secret).await],
        14 if dice.within(0..=2) == 0 => return both_want_the_same(stage, cast).await,
        14 => ("chat", secret, chat(dice)),
        _ => ("bad request", secret, bad(dice)),
    };
    let answer = stage.call(secret, &call).await;
    vec![Made::of(what, answer)]
}

fn chat(dice: &mut Dice) -> Call {
    let call = Call::chat().max(dice.within(20..=2_000));
    let call = call.sim("output-tokens", dice.within(1..=60));
    if dice.within(0..=3) == 0 {
        call.header("x-seawall-fit", "never")
    } else {
        call
    }
}

/// What no Book is asked about.
fn bad(dice: &mut Dice) -> Call {
    let call = Call::chat();
    match dice.within(0..=2) {
        0 => call.model("gpt-of-nobody"),
        1 => call.with("n", (-1).into()),
        _ => call.without("messages"),
    }
}

/// The client goes away in the middle of a stream, and what is left of it is read on without it.
async fn leaves(stage: &Stage, secret: &str) -> Made {
    let call = Call::stream(true)
        .sim("output-tokens", 40)
        .sim("chunk-delay-ms", 5);
    let ask = call.ask(secret);
    let sent = stage.http.send_and_leave(stage.gateway.address, &ask, 1);
    let answer = sent.await.unwrap();
    Made {
        id: answer.must("x-request-id").to_owned(),
        // Where it was refused before it began, it had the whole answer.
        answer: (answer.status != 200).then_some(answer),
        what: "left".to_owned(),
    }
}

/// A call holds what a second one needs, which waits in vain.
async fn both_want_the_same(stage: &Stage, cast: &Cast) -> Vec<Made> {
    cast.make_room(stage).await;
    let first = whole().sim("latency-ms", 1_000);
    let (first, second) = tokio::join!(stage.call(&cast.calm.secret, &first), async {
        eventually("the first call to hold its money", async || {
            (stage.counted(&cast.room).await.held > 0).then_some(())
        })
        .await;
        stage.call(&cast.calm.secret, &whole()).await
    });
    vec![Made::of("chat", first), Made::of("second", second)]
}

/// A call that is at the provider when the gateway is killed.
pub(super) async fn under_way(stage: &Stage, cast: &Cast, round: u64) -> Vec<Made> {
    cast.make_room(stage).await;
    let tag = format!("killed in {round}");
    let ask = whole()
        .sim("latency-ms", 60_000)
        .tag(&tag)
        .ask(&cast.calm.secret);
    // No use of the stage's own connections, which outlive this one.
    let (http, to) = (Http::new(), stage.gateway.address);
    // Dropped with the connection when the gateway is about to die anyway.
    let mut clients = JoinSet::new();
    clients.spawn(async move { http.send(to, &ask).await });
    eventually("the call to hold its money", async || {
        (stage.counted(&cast.room).await.held > 0).then_some(())
    })
    .await;
    let path = format!("requests?organization={}", cast.calm.organization);
    let mut running = stage.list(&path).await;
    running.retain(|row| row["outcome"].is_null());
    assert_eq!(running.len(), 1, "{running:?}");
    let id = crate::tenant::id(&running[0]);
    let what = "killed".to_owned();
    let answer = None;
    vec![Made { id, answer, what }]
}

/// What the client was told, by its code, or by the decision.
fn kind(made: &Made) -> String {
    let Some(answer) = &made.answer else {
        return made.what.clone();
    };
    let error = Made::error(answer);
    match error["code"].as_str().or(error["type"].as_str()) {
        Some("invalid_api_key") => made.what.clone(),
        Some(code) => code.to_owned(),
        None => answer.must("x-seawall-decision").to_owned(),
    }
}

pub(super) fn assert_each_kind_was_drawn(made: &[Made]) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for made in made {
        *kinds.entry(kind(made)).or_default() += 1;
    }
    println!("{kinds:#?}");
    // Another seed may do without some.
    let all = [
        "served",
        "fitted",
        "credit_balance_exhausted",
        "api_key_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "in_flight_budget_exhausted",
        "api_key_frozen",
        "revoked",
        "expired",
        "archived",
        "ip_not_allowed",
        "model_not_found",
        "billing_hard_limit_reached",
        "insufficient_quota",
        "upstream_disconnected",
        "billing_not_active",
        "left",
        "killed",
        "invalid_request",
    ];
    let missing: Vec<&str> = all
        .into_iter()
        .filter(|kind| !kinds.contains_key(*kind))
        .collect();
    assert!(missing.len() <= 3, "no {missing:?}: {kinds:#?}");
}
