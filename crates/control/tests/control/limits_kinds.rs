//! Hard limits of a model, an end user or a tag; of requests and tokens; in windows that roll; for a time; in shadow.

use ids::SubjectKind;
use ledger::Traits;
use serde_json::{Value, json};
use teller::HoldAnswer;

use crate::house::House;

struct Bot {
    house: House,
    organization: String,
    project: String,
    key: String,
}

impl Bot {
    async fn new() -> Self {
        let house = House::new().await;
        let organization = house.organization("Acme").await;
        let project = house.project(&organization, "bot").await;
        let key = house.key(&project, "ci").await;
        house.credit(&organization, "50").await;
        Self {
            house,
            organization,
            project,
            key,
        }
    }

    /// Traits of a call for this end user.
    fn user(&self, name: &str) -> Traits {
        Traits {
            end_user: Some(self.house.pepper.subject(SubjectKind::EndUser, name)),
            ..Traits::default()
        }
    }

    async fn limit(&self, body: Value) -> Value {
        let made = self.house.post("/limits", body).await;
        made.id();
        made.body
    }

    async fn show(&self, limit: &Value) -> Value {
        let path = format!("/limits/{}", limit["id"].as_str().unwrap());
        self.house.get(&path).await.body
    }

    async fn is_granted(&self, amount: &str, traits: Traits) -> bool {
        let asked = (amount, traits);
        let answer = self.house.try_hold(&self.organization, &self.key, asked);
        match answer.await.1 {
            HoldAnswer::Granted(..) => true,
            HoldAnswer::Refused(..) => false,
            HoldAnswer::Rejected(why) => panic!("{why:?}"),
        }
    }
}

#[tokio::test]
async fn a_limit_on_a_model_stops_that_model_only() {
    let bot = Bot::new().await;
    let on = |model: &str| {
        json!({
            "scope": {"kind": "model", "organization_id": bot.organization, "project_id": bot.project, "model": model},
            "amount_usd": "1", "window": {"kind": "day"},
        })
    };
    let other = bot.limit(on("o3*")).await;
    assert_eq!(
        other["scope"],
        json!({
            "kind": "model", "organization_id": bot.organization, "project_id": bot.project, "name": "bot",
            "model": "o3*",
        })
    );
    assert!(bot.is_granted("2", Traits::default()).await);
    let mine = bot.limit(on("gpt-5*")).await;
    let path = format!("/headroom?key={}", bot.key);
    let headroom = bot.house.get(&path).await.body;
    assert_eq!(headroom["binding"], "credit_balance");
    let headroom = bot
        .house
        .get(&format!("{path}&model=gpt-5-mini"))
        .await
        .body;
    assert_eq!(
        (
            &headroom["headroom_usd"],
            &headroom["binding"],
            &headroom["binding_limit_id"]
        ),
        (&json!("1.00"), &json!("model_hard_limit"), &mine["id"])
    );
    assert!(!bot.is_granted("2", Traits::default()).await);
    assert!(bot.is_granted("1", Traits::default()).await);
    assert_eq!(bot.show(&mine).await["held_usd"], "1.00");
    assert_eq!(bot.show(&other).await["held_usd"], "0.00");
}

#[tokio::test]
async fn each_end_user_counts_apart_and_no_name_is_kept_or_shown() {
    let bot = Bot::new().await;
    let scope = json!({"kind": "end_user", "organization_id": bot.organization});
    let each = json!({"scope": scope, "amount_usd": "1", "window": {"kind": "day"}});
    let each = bot.limit(each).await;
    let subject = |name: &str| {
        let subject = bot.house.pepper.subject(SubjectKind::EndUser, name);
        subject.to_string()
    };
    for (name, amount) in [("alice@example.org", "0.25"), ("bob@example.org", "0.75")] {
        let asked = (amount, bot.user(name));
        bot.house
            .spend_for(&bot.organization, &bot.key, asked)
            .await;
    }
    assert!(!bot.is_granted("0.26", bot.user("bob@example.org")).await);
    assert!(bot.is_granted("0.26", bot.user("carol@example.org")).await);
    let shown = bot.show(&each).await;
    assert_eq!(
        (&shown["scope"]["each"], &shown["scope"]["value"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        (&shown["left_usd"], &shown["spent_usd"]),
        (&Value::Null, &json!("1.00"))
    );
    let subjects = &shown["subjects"];
    assert_eq!(subjects["count"], 3);
    let expected = json!({
        "subject": subject("bob@example.org"), "name": null, "spent_usd": "0.75", "spent": null, "held_usd": "0.00",
        "held": null, "left_usd": "0.25", "left": null,
    });
    assert_eq!(subjects["top"][0], expected);

    let scope = json!({"kind": "end_user", "organization_id": bot.organization, "value": "dora@example.org"});
    let one = json!({"scope": scope, "amount_usd": "1", "window": {"kind": "total"}});
    let one = bot.limit(one).await;
    assert_eq!(
        one["scope"],
        json!({
            "kind": "end_user", "organization_id": bot.organization, "name": "Acme", "each": false, "value": null,
            "subject": subject("dora@example.org"),
        })
    );
    let path = format!("/organizations/{}/ledger?limit=1000", bot.organization);
    let ledger = bot.house.get(&path).await.body.to_string();
    assert!(!ledger.contains("example.org"), "{ledger}");
}

#[tokio::test]
async fn a_tag_is_shown_by_its_name_where_a_limit_names_it() {
    let bot = Bot::new().await;
    let scope = |value: Value| json!({"kind": "tag", "project_id": bot.project, "value": value});
    let named =
        json!({"scope": scope(json!("team=red")), "amount_usd": "5", "window": {"kind": "day"}});
    let named = bot.limit(named).await;
    assert_eq!(named["scope"]["value"], "team=red");
    let each = json!({"scope": scope(Value::Null), "amount_usd": "3", "window": {"kind": "day"}});
    let each = bot.limit(each).await;
    let tags = ["team=blue", "team=red"].map(|tag| bot.house.pepper.subject(SubjectKind::Tag, tag));
    for (tag, amount) in tags.into_iter().zip(["1", "2"]) {
        let traits = Traits {
            tags: vec![tag],
            ..Traits::default()
        };
        bot.house
            .spend_for(&bot.organization, &bot.key, (amount, traits))
            .await;
    }
    assert_eq!(bot.show(&named).await["spent_usd"], "2.00");
    let top = bot.show(&each).await["subjects"]["top"].clone();
    assert_eq!(
        (&top[0]["name"], &top[1]["name"]),
        (&json!("team=red"), &Value::Null)
    );
}

#[tokio::test]
async fn an_explanation_says_which_calls_a_check_is_of_and_how_many_tokens_were_needed() {
    let bot = Bot::new().await;
    let tag = |value: Value| json!({"kind": "tag", "project_id": bot.project, "value": value});
    for (scope, measure, amount) in [
        (tag(json!("team=red")), "usd", json!({"amount_usd": "5"})),
        (tag(Value::Null), "usd", json!({"amount_usd": "3"})),
        (
            json!({"kind": "key", "id": bot.key}),
            "tokens",
            json!({"amount": 900}),
        ),
    ] {
        let mut body = json!({"scope": scope, "measure": measure, "window": {"kind": "day"}});
        let amount = amount.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(amount);
        bot.limit(body).await;
    }
    let traits = Traits {
        tokens: 300,
        tags: vec![bot.house.pepper.subject(SubjectKind::Tag, "team=red")],
        ..Traits::default()
    };
    let asked = bot
        .house
        .try_hold(&bot.organization, &bot.key, ("1", traits));
    let (request, HoldAnswer::Granted(_hold, _)) = asked.await else {
        panic!("it was not granted");
    };
    let path = format!("/requests/{request}/explanation");
    let told = bot.house.get(&path).await.body;
    let lines = told["checks"].as_array().unwrap().iter();
    let lines = lines.map(|line| {
        let figures = ["kind", "of", "needed_usd", "needed"];
        figures.map(|figure| line[figure].clone())
    });
    let expected = [
        [
            json!("api_key_token_limit"),
            Value::Null,
            Value::Null,
            json!(300),
        ],
        [
            json!("tag_hard_limit"),
            json!("tag team=red in project bot"),
            json!("1.00"),
            Value::Null,
        ],
        [
            json!("tag_hard_limit"),
            json!("tag team=red in project bot"),
            json!("1.00"),
            Value::Null,
        ],
        [
            json!("credit_balance"),
            Value::Null,
            json!("1.00"),
            Value::Null,
        ],
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected, "{told}");
}

#[tokio::test]
async fn requests_in_a_window_that_rolls_are_plain_numbers() {
    let bot = Bot::new().await;
    let limit = bot
        .limit(json!({
            "scope": {"kind": "key", "id": bot.key}, "measure": "requests", "amount": 2,
            "window": {"kind": "rolling", "seconds": 60},
        }))
        .await;
    assert_eq!(limit["window"], json!({"kind": "rolling", "seconds": 60}));
    bot.house.spend(&bot.organization, &bot.key, "1").await;
    let shown = bot.show(&limit).await;
    let figures = [
        "measure",
        "amount",
        "spent",
        "held",
        "left",
        "amount_usd",
        "spent_usd",
        "left_usd",
    ];
    assert_eq!(
        figures.map(|name| shown[name].clone()),
        [
            json!("requests"),
            json!(2),
            json!(1),
            json!(0),
            json!(1),
            Value::Null,
            Value::Null,
            Value::Null
        ]
    );
    let headroom = bot
        .house
        .get(&format!("/headroom?key={}", bot.key))
        .await
        .body;
    assert_eq!(headroom["headroom_usd"], "49.00");
    let constraint = &headroom["constraints"][0];
    assert_eq!(
        (
            &constraint["kind"],
            &constraint["limit"],
            &constraint["left"],
            &constraint["left_usd"]
        ),
        (
            &json!("api_key_request_limit"),
            &json!(2),
            &json!(1),
            &Value::Null
        )
    );
    bot.house.spend(&bot.organization, &bot.key, "1").await;
    assert!(!bot.is_granted("1", Traits::default()).await);
    // A window of 64 slots lets go at most one of them late.
    bot.house.clock.set("2026-11-22T14:01:01Z");
    assert!(bot.is_granted("1", Traits::default()).await);

    let path = format!("/limits/{}", limit["id"].as_str().unwrap());
    let money = bot.house.patch(&path, json!({"amount_usd": "5"})).await;
    assert_eq!(
        (money.code(), &money.body["error"]["details"]["field"]),
        ("invalid_field", &json!("amount_usd"))
    );
    let changed = bot.house.patch(&path, json!({"amount": 9})).await.body;
    assert_eq!(changed["amount"], 9);
}

#[tokio::test]
async fn a_raise_for_a_time_goes_back_by_itself() {
    let bot = Bot::new().await;
    let limit = bot
        .limit(json!({
            "scope": {"kind": "project", "id": bot.project}, "amount_usd": "1", "window": {"kind": "total"},
        }))
        .await;
    let path = format!("/limits/{}", limit["id"].as_str().unwrap());
    let raise = json!({"amount_usd": "5", "until_at": "2026-11-22T16:00:00Z"});
    let raised = bot.house.patch(&path, raise).await.body;
    assert_eq!(raised["amount_usd"], "5.00");
    assert_eq!(
        raised["raised"],
        json!({"until_at": "2026-11-22T16:00:00Z", "back_to_usd": "1.00", "back_to": null})
    );
    assert!(bot.is_granted("2", Traits::default()).await);
    let alone = json!({"until_at": "2026-11-22T17:00:00Z"});
    assert_eq!(bot.house.patch(&path, alone).await.code(), "invalid_field");
    let over = json!({"amount_usd": "5", "until_at": "2026-11-22T13:00:00Z"});
    let over = bot.house.patch(&path, over).await;
    assert_eq!(over.body["error"]["details"]["field"], "until_at");
    bot.house.clock.set("2026-11-22T16:00:01Z");
    let after = bot.show(&limit).await;
    assert_eq!(
        (&after["amount_usd"], &after["raised"], &after["left_usd"]),
        (&json!("1.00"), &Value::Null, &json!("-1.00"))
    );
}

#[tokio::test]
async fn a_limit_with_an_end_is_gone_after_it() {
    let bot = Bot::new().await;
    let limit = bot
        .limit(json!({
            "scope": {"kind": "project", "id": bot.project}, "amount_usd": "1", "window": {"kind": "total"},
            "until_at": "2026-11-22T16:00:00Z",
        }))
        .await;
    assert_eq!(limit["until_at"], "2026-11-22T16:00:00Z");
    assert!(!bot.is_granted("2", Traits::default()).await);
    bot.house.clock.set("2026-11-22T16:00:01Z");
    assert!(bot.is_granted("2", Traits::default()).await);
    let path = format!("/limits/{}", limit["id"].as_str().unwrap());
    assert_eq!(bot.house.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_shadow_stops_nothing_and_counts_what_it_would_have_stopped() {
    let bot = Bot::new().await;
    let limit = bot
        .limit(json!({
            "scope": {"kind": "key", "id": bot.key}, "amount_usd": "1", "window": {"kind": "total"}, "mode": "shadow",
            "on_trip": "freeze_key",
        }))
        .await;
    assert_eq!(
        limit["warnings"],
        json!(["In shadow mode it only counts: no key is frozen."])
    );
    assert!(bot.is_granted("2", Traits::default()).await);
    let shown = bot.show(&limit).await;
    assert_eq!(
        (&shown["mode"], &shown["would_have_stopped"]),
        (&json!("shadow"), &json!(1))
    );
    let headroom = bot
        .house
        .get(&format!("/headroom?key={}", bot.key))
        .await
        .body;
    assert_eq!(headroom["constraints"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_limit_that_freezes_its_key_freezes_it() {
    let bot = Bot::new().await;
    bot.limit(json!({
        "scope": {"kind": "project", "id": bot.project}, "amount_usd": "1", "window": {"kind": "day"},
        "on_trip": "freeze_key",
    }))
    .await;
    assert!(!bot.is_granted("2", Traits::default()).await);
    let key = bot.house.get(&format!("/keys/{}", bot.key)).await.body;
    assert_eq!(key["state"], "frozen", "{key}");
}

#[tokio::test]
async fn a_limit_that_can_never_bind_is_set_with_a_warning() {
    let bot = Bot::new().await;
    let tight = bot
        .limit(json!({
            "scope": {"kind": "organization", "id": bot.organization}, "amount_usd": "5", "window": {"kind": "month"},
        }))
        .await;
    assert_eq!(tight["warnings"], json!([]));
    let loose = bot
        .limit(json!({
            "scope": {"kind": "project", "id": bot.project}, "amount_usd": "10", "window": {"kind": "month"},
        }))
        .await;
    let id = tight["id"].as_str().unwrap();
    let warning = format!(
        "It can never bind: the hard limit on organization Acme allows $5.00 per month ({id}), and stops calls before it."
    );
    assert_eq!(loose["warnings"], json!([warning]));
}

#[tokio::test]
async fn a_project_of_another_organization_is_not_found() {
    let bot = Bot::new().await;
    let other = bot.house.organization("Other").await;
    let body = json!({
        "scope": {"kind": "model", "organization_id": other, "project_id": bot.project, "model": "o3"},
        "amount_usd": "1", "window": {"kind": "day"},
    });
    assert_eq!(bot.house.post("/limits", body).await.status, 404);
}
