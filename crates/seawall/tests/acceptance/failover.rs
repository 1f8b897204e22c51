//! Several accounts for one model: what one of them refuses another one serves, within the same call, each attempt with a
//! hold of its own.

mod providers;
mod storm;

use serde_json::{Value, json};

use crate::call::Call;
use crate::patience::eventually;
use crate::process::{Ended, Start};
use crate::rogue::{self, Manner, Rogue};
use crate::stage::{ADMIN_KEY, PROVIDER_KEY, Setting, Stage};
use crate::usd;
use providers::{Provider, account};

const DOLLAR: i64 = 1_000_000_000;

fn explain(stage: &Stage, id: &str) -> Ended {
    Start::new(&["explain", id])
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder())
}

/// What the attempts of a call came to: account, state, code.
async fn attempts(stage: &Stage, id: &str) -> Vec<[String; 3]> {
    stage.told(id).await;
    let row = stage.get(&format!("requests/{id}")).await;
    let all = row["attempts"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    all.map(|one| ["upstream", "state", "error_code"].map(|member| text(&one[member])))
        .collect()
}

#[tokio::test]
async fn a_model_without_a_second_home_is_named_at_the_start_by_the_check_and_in_the_list() {
    let second = Provider::raise();
    let stage = Setting::default()
        .unprobed()
        .config(&second.upstream("second", "[\"gpt-5*\"]"))
        .raise();
    let check = Start::new(&["config", "check"])
        .env("SIM_KEY", PROVIDER_KEY)
        .run(stage.folder());
    assert!(check.status.success(), "{check:?}");
    for said in [stage.gateway.said(), check.stderr] {
        let line = said
            .lines()
            .find(|line| line.contains("served by one upstream only"));
        let line = line.unwrap_or_default();
        assert!(line.contains("gpt-image-1 (`openai`)"), "{said}");
        assert!(!line.contains("second"), "{line}");
    }
    let [first, second] = ["openai", "second"].map(|name| format!("upstreams/{name}"));
    let alone = stage.get(&first).await["only_home_of"].to_string();
    assert!(alone.contains("\"gpt-image-1\""), "{alone}");
    assert_eq!(stage.get(&second).await["only_home_of"], json!([]));
}

#[tokio::test]
async fn a_provider_that_has_run_dry_stops_no_chat_and_its_pictures_say_why() {
    let second = Provider::raise();
    let stage = Setting::default()
        .config(&second.upstream("second", "[\"gpt-5*\"]"))
        .config("[parking]\nprobe_after = \"100ms\"")
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let first = &stage.sim;
    // Money here, nothing there: chat is told 429 insufficient_quota, pictures 400 billing_hard_limit_reached.
    account(
        &stage.http,
        first.address,
        &json!({"spend_limit": {"threshold_amount": 0}}),
    )
    .await;
    let chat = stage.call(&tenant.secret, &Call::chat().tag("chat")).await;
    assert_eq!(chat.status, 200, "{chat:?}");
    assert_eq!(chat.must("x-seawall-upstream"), "second");
    assert_eq!(chat.must("x-seawall-attempts"), "2");
    let stream = stage.call(&tenant.secret, &Call::stream(true)).await;
    assert_eq!(
        (stream.status, stream.must("x-seawall-upstream")),
        (200, "second")
    );
    assert!(stream.events().contains(&"[DONE]"), "{stream:?}");
    // The first account is parked by now, so it is not asked.
    assert_eq!(stream.header("x-seawall-attempts"), None, "{stream:?}");

    let picture = stage.call(&tenant.secret, &Call::image()).await;
    assert_eq!(
        (picture.status, &*picture.code()),
        (400, "billing_hard_limit_reached")
    );
    let error = picture.error();
    let said = error["message"].as_str().unwrap();
    assert!(
        said.starts_with("Refused by OpenAI, not by Seawall: "),
        "{said}"
    );
    assert!(
        said.contains(" No other upstream here serves gpt-image-1."),
        "{said}"
    );
    assert_eq!(
        error["details"]["diagnosis"]["cause"],
        "billing_on_image_path"
    );

    let id = chat.must("x-request-id");
    let all = attempts(&stage, id).await;
    assert_eq!(all[0][..2], ["openai", "released"], "{all:?}");
    assert_eq!(all[1], ["second", "settled", "-"], "{all:?}");
    let explained = explain(&stage, id).stdout;
    assert!(
        explained.contains("1 to openai: held $") && explained.contains("; met 429 "),
        "{explained}"
    );
    assert!(explained.contains("2 to second: held $"), "{explained}");
    let explanation = stage.get(&format!("requests/{id}/explanation")).await;
    assert_eq!(explanation["replay"]["result"], "same", "{explanation}");

    let doctor = Start::new(&["doctor", "--json", "--probe-chat"])
        .env("SIM_KEY", PROVIDER_KEY)
        .run(stage.folder());
    assert_eq!(doctor.status.code(), Some(10), "{doctor:?}");
    let report: Value = serde_json::from_str(&doctor.stdout).unwrap();
    let finding = &report["accounts"][0]["findings"][0];
    assert_eq!(finding["id"], "D03", "{report}");

    account(&stage.http, first.address, &json!({})).await;
    eventually("traffic at the first account again", async || {
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        (answer.must("x-seawall-upstream") == "openai").then_some(())
    })
    .await;
    stage.settled(&tenant.organization).await;
    stage.assert_balanced(&tenant.organization).await;
}

#[tokio::test]
async fn what_another_account_may_serve_goes_there_and_what_nobody_would_serve_does_not() {
    for (fault, code, state) in [
        (
            "refuse:insufficient_quota",
            "insufficient_quota",
            "released",
        ),
        (
            "refuse:project_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "released",
        ),
        ("refuse:invalid_api_key", "invalid_api_key", "released"),
        (
            "refuse:rate_limit_exceeded",
            "rate_limit_exceeded",
            "released",
        ),
        (
            "refuse:rate_limit_too_large",
            "rate_limit_exceeded",
            "released",
        ),
        (
            "refuse:server_is_overloaded",
            "server_is_overloaded",
            "released",
        ),
        ("refuse:model_not_found", "model_not_found", "released"),
        // The work may have been done, so it may be billed.
        ("refuse:server_error", "server_error", "presumed"),
        ("drop:before", "upstream_disconnected", "presumed"),
        ("drop:mid", "upstream_disconnected", "presumed"),
        ("refuse:service_tier_not_allowed", "-", "released"),
    ] {
        let second = Provider::raise();
        let stage = Setting::default()
            .unprobed()
            .config(&second.upstream("second", "[\"gpt-5*\"]"))
            .raise();
        let tenant = stage.tenant(5 * DOLLAR).await;
        providers::fault(&stage.http, stage.sim.address, fault, 1).await;
        let answer = stage.call(&tenant.secret, &Call::chat().tag("call")).await;
        let got = (answer.status, answer.must("x-seawall-upstream"));
        assert_eq!(got, (200, "second"), "{fault}: {answer:?}");
        let id = answer.must("x-request-id");
        let all = attempts(&stage, id).await;
        assert_eq!(all[0][..2], ["openai", state], "{fault}: {all:?}");
        assert!(code == "-" || all[0][2] == code, "{fault}: {all:?}");
        // What the call cost is said with what the first attempt is charged.
        let told = stage.told(id).await;
        let said = usd::nanos(answer.must("x-seawall-cost-usd"));
        assert_eq!(said, told.charged, "{fault}: {told:?}");
        assert_eq!(told.presumed, state == "presumed", "{fault}: {told:?}");
        let balance = stage.settled(&tenant.organization).await;
        assert_eq!((balance.held, balance.spent), (0, told.charged), "{fault}");
        stage.assert_balanced(&tenant.organization).await;
        // A request that has to change has to change everywhere.
        let wrong = Call::chat().sim("output-tokens", "many");
        let answer = stage.call(&tenant.secret, &wrong).await;
        let got = (answer.status, answer.header("x-seawall-attempts"));
        assert_eq!(got, (400, None), "{answer:?}");
    }
}

#[tokio::test]
async fn a_call_that_fails_everywhere_is_told_the_first_refusal_and_where_it_was() {
    let second = Provider::raise();
    let stage = Setting::default()
        .unprobed()
        .config(&second.upstream("second", "[\"gpt-5*\"]"))
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let both = Call::chat().sim("fault", "refuse:insufficient_quota");
    let answer = stage.call(&tenant.secret, &both).await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (429, "insufficient_quota")
    );
    assert_eq!(answer.must("x-seawall-upstream"), "openai");
    assert_eq!(answer.must("x-seawall-attempts"), "2");
    assert_eq!(answer.must("x-should-retry"), "false");
    let said = answer.error()["message"].as_str().unwrap().to_owned();
    let where_it_was =
        " Seawall asked, in this order: openai (insufficient_quota), second (insufficient_quota).";
    assert!(said.ends_with(where_it_was), "{said}");
    assert!(!said.contains("No other upstream"), "{said}");
    let id = answer.must("x-request-id");
    let told = stage.told(id).await;
    assert_eq!(
        (told.charged, told.outcome.as_str()),
        (0, "provider_refused")
    );
    assert_eq!(attempts(&stage, id).await.len(), 2);
}

#[tokio::test]
async fn an_account_without_room_for_a_moment_is_asked_again_where_there_is_no_other() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    providers::fault(
        &stage.http,
        stage.sim.address,
        "refuse:server_is_overloaded",
        1,
    )
    .await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(
        (answer.status, answer.must("x-seawall-attempts")),
        (200, "2")
    );
    // Nobody is asked thrice, and what may have been billed is not repeated where it failed.
    providers::fault(
        &stage.http,
        stage.sim.address,
        "refuse:server_is_overloaded",
        3,
    )
    .await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(
        (answer.status, answer.must("x-seawall-attempts")),
        (503, "2")
    );
    let failed = Call::chat().sim("fault", "refuse:server_error");
    let answer = stage.call(&tenant.secret, &failed).await;
    assert_eq!(
        (answer.status, answer.header("x-seawall-attempts")),
        (500, None)
    );
    stage.settled(&tenant.organization).await;
    stage.assert_balanced(&tenant.organization).await;
}

#[tokio::test]
async fn each_attempt_is_priced_as_what_its_account_serves() {
    let second = Provider::raise();
    // gpt-5-nano is the cheaper one, and what the second account bills.
    let stage = Setting::default()
        .unprobed()
        .config(&second.upstream(
            "second",
            "[{ model = \"gpt-5-mini\", as = \"gpt-5-nano\" }]",
        ))
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    providers::fault(
        &stage.http,
        stage.sim.address,
        "refuse:insufficient_quota",
        1,
    )
    .await;
    let answer = stage.call(&tenant.secret, &Call::chat().tag("nano")).await;
    assert_eq!(
        (answer.status, answer.must("x-seawall-upstream")),
        (200, "second")
    );
    let id = answer.must("x-request-id");
    let told = stage.told(id).await;
    let line = second.line(&stage.http, "nano").await;
    assert_eq!(told.charged, usd::of(&line, "usd"), "{line}");
    let row = stage.get(&format!("requests/{id}")).await;
    let held = |number: usize| usd::of(&row["attempts"][number], "held_usd");
    assert!(held(1) < held(0), "{row}");
}

#[tokio::test]
async fn where_the_next_account_costs_more_than_is_left_the_refusal_stays_the_providers_and_says_so()
 {
    let second = Provider::raise();
    let stage = Setting::default()
        .unprobed()
        .config(&second.upstream("second", "[{ model = \"gpt-5-nano\", as = \"gpt-5\" }]"))
        .raise();
    let call = Call::chat()
        .model("gpt-5-nano")
        .header("x-seawall-fit", "never");
    let worst = stage.worst_case(&call).await;
    let tenant = stage.tenant(worst).await;
    providers::fault(
        &stage.http,
        stage.sim.address,
        "refuse:insufficient_quota",
        1,
    )
    .await;
    let answer = stage.call(&tenant.secret, &call).await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (429, "insufficient_quota")
    );
    let said = answer.error()["message"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("Refused by OpenAI, not by Seawall: "),
        "{said}"
    );
    let untried = " Seawall did not send it to upstream \"second\": there it may take up to $";
    assert!(said.contains(untried), "{said}");
    assert!(second.line_or_none(&stage.http, "nano").await.is_none());
    let told = stage.told(answer.must("x-request-id")).await;
    assert_eq!(
        (told.charged, told.outcome.as_str()),
        (0, "provider_refused")
    );
    let balance = stage.settled(&tenant.organization).await;
    assert_eq!((balance.held, balance.spent), (0, 0));
}

#[tokio::test]
async fn a_stream_whose_first_word_is_an_error_has_not_begun_and_goes_elsewhere() {
    let error =
        ": thinking\n\ndata: {\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}\n\n";
    let cut = "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let head = "content-type: text/event-stream\r\n";
    let rogue = Rogue::raise(vec![
        ("first", Manner::Says(rogue::ok(head, error.as_bytes()))),
        (
            "later",
            Manner::Says(rogue::ok(head, [cut, error].concat().as_bytes())),
        ),
        ("nothing", Manner::Says(rogue::ok(head, b""))),
    ])
    .await;
    let routes = rogue
        .config()
        .replace("[\"rogue\"]", "[\"rogue\", \"openai\"]");
    let stage = Setting::default().unprobed().config(&routes).raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (manner, upstream, attempts_there) in [
        ("first", "openai", 2),
        ("later", "rogue", 1),
        ("nothing", "openai", 2),
    ] {
        let call = Call::stream(true)
            .model("gpt-5-nano")
            .header("x-rogue", manner);
        let answer = stage.call(&tenant.secret, &call).await;
        assert_eq!(answer.status, 200, "{manner}: {answer:?}");
        assert_eq!(answer.must("x-seawall-upstream"), upstream, "{manner}");
        let id = answer.must("x-request-id");
        let all = attempts(&stage, id).await;
        assert_eq!(all.len(), attempts_there, "{manner}: {all:?}");
        assert_eq!(all[0][1], "presumed", "{manner}: {all:?}");
        let whole = answer.events().contains(&"[DONE]");
        assert_eq!(whole, upstream == "openai", "{manner}: {answer:?}");
        // What was refused is parked, and the next manner is to be met there again.
        stage.act("upstreams/rogue/unpark").await;
    }
    stage.settled(&tenant.organization).await;
    stage.assert_balanced(&tenant.organization).await;
}
