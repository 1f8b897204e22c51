//! The journal, entry by entry.

use ids::{BudgetId, LimitId, LotId, OrganizationId};
use ledger::{Calls, ChargeBack, Command, CreateBudget, LimitTerms, Scope, Window};
use serde_json::{Value, json};

use crate::calls::usd;
use crate::house::House;

async fn a_busy_organization(house: &House) -> String {
    let body = json!({"name": "Acme", "approved_usage_limit_usd": "100"});
    let organization = house.post("/organizations", body).await.id();
    let project = house.project(&organization, "bot").await;
    let key = house.key(&project, "ci").await;
    house.credit(&organization, "5").await;
    house.spend(&organization, &key, "0.25").await;
    organization
}

#[tokio::test]
async fn entries_show_what_happened_by_whom_and_are_chained() {
    let house = House::new().await;
    let organization = a_busy_organization(&house).await;
    let list = house
        .get(&format!("/organizations/{organization}/ledger"))
        .await
        .body;
    let entries = list["data"].as_array().unwrap();
    let kinds: Vec<&str> = entries
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "organization_created",
            "limit_created",
            "project_created",
            "key_created",
            "credit_added",
            "hold_taken",
            "hold_settled",
        ]
    );
    let mut previous = json!("0".repeat(64));
    for (at, entry) in entries.iter().enumerate() {
        assert_eq!(entry["seq"], at + 1);
        assert_eq!(entry["previous_hash"], previous);
        assert_eq!(entry["recorded_at"], "2026-11-22T14:00:00Z");
        previous = entry["hash"].clone();
    }
    assert_eq!(entries[4]["actor"], "admin");
    assert_eq!(entries[4]["fields"]["amount_usd"], "5.00");
    assert_eq!(entries[5]["actor"], Value::Null);
    assert_eq!(entries[5]["fields"]["amount_usd"], "0.25");
    assert_eq!(entries[6]["fields"]["charge"]["amount_usd"], "0.25");
    assert_eq!(
        entries[1]["fields"]["window"],
        json!({"kind": "month", "time_zone": "UTC"})
    );
    assert_eq!(
        entries[1]["fields"]["span"]["ends_at"],
        "2026-12-01T00:00:00Z"
    );
    let head = journal::Store::head(&house.store, organization.parse().unwrap())
        .await
        .unwrap();
    let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(previous, json!(hash));
}

#[tokio::test]
async fn entries_are_read_page_by_page_in_both_orders() {
    let house = House::new().await;
    let organization = a_busy_organization(&house).await;
    for (order, expected) in [
        ("asc", vec![1, 2, 3, 4, 5, 6, 7]),
        ("desc", vec![7, 6, 5, 4, 3, 2, 1]),
    ] {
        for limit in [1, 2, 3, 7, 100] {
            let mut seen = Vec::new();
            let first = format!("/organizations/{organization}/ledger?order={order}&limit={limit}");
            let mut path = first.clone();
            loop {
                let page = house.get(&path).await.body;
                let entries = page["data"].as_array().unwrap().iter();
                seen.extend(entries.map(|one| one["seq"].as_u64().unwrap()));
                let Some(cursor) = page["next_cursor"].as_str() else {
                    break;
                };
                path = format!("{first}&cursor={cursor}");
            }
            assert_eq!(seen, expected, "{order} {limit}");
        }
    }
    let wrong = house
        .get(&format!("/organizations/{organization}/ledger?order=up"))
        .await;
    assert_eq!(wrong.code(), "invalid_parameter");
}

#[tokio::test]
async fn no_entry_shows_the_hash_of_a_key() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let project = house.project(&organization, "bot").await;
    let made = house
        .post(&format!("/projects/{project}/keys"), json!({"name": "ci"}))
        .await
        .body;
    let secret = made["secret"].as_str().unwrap();
    let hash: String = house
        .pepper
        .hash(secret)
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = house
        .get(&format!("/organizations/{organization}/ledger"))
        .await
        .body
        .to_string();
    assert!(!list.contains(&hash) && !list.contains(secret));
}

/// A budget, a limit on a model and a chargeback, straight through a teller.
async fn commanded(house: &House, organization: &str, lot: LotId) {
    let id: OrganizationId = organization.parse().unwrap();
    let teller = house.tellers.of(id).unwrap();
    let cause = || {
        Some(ledger::Cause {
            actor: "ops".into(),
            idempotency: None,
        })
    };
    let budget = CreateBudget {
        id: BudgetId::from_bytes([8; 16]),
        scope: Scope::Organization,
        amount: usd("1.00"),
        window: Window::Total,
        thresholds: vec![50],
    };
    let limit = LimitTerms::hard_limit(
        LimitId::from_bytes([9; 16]),
        Scope::Organization,
        usd("7.00"),
        Window::Total,
    );
    let chargeback = ChargeBack {
        lot,
        amount: usd("2.00"),
        note: "dispute 9".into(),
    };
    for command in [
        Command::CreateBudget(budget),
        Command::CreateLimit(limit.of_calls(Calls::Model("gpt-5*".into()))),
        Command::ChargeBack(chargeback),
    ] {
        teller.command(command, cause()).await.unwrap();
    }
}

/// What no route makes yet is shown all the same: another program may have written it.
#[tokio::test]
async fn budgets_limits_on_models_and_chargebacks_are_shown_with_all_they_say() {
    let house = House::new().await;
    let organization = a_busy_organization(&house).await;
    let lot = house
        .get(&format!("/organizations/{organization}/credits"))
        .await
        .body["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let key = house
        .get(&format!("/organizations/{organization}/ledger"))
        .await
        .body["data"][3]["fields"]["key_id"]
        .clone();
    commanded(&house, &organization, lot.parse().unwrap()).await;
    house
        .spend(&organization, key.as_str().unwrap(), "0.60")
        .await;
    let list = house
        .get(&format!("/organizations/{organization}/ledger?order=desc"))
        .await
        .body;
    let entries = list["data"].as_array().unwrap();
    let shown = |kind: &str| {
        let entry = entries.iter().find(|one| one["kind"] == kind);
        entry.map(|one| one["fields"].clone()).unwrap_or_default()
    };
    let crossed = shown("budget_threshold_crossed");
    assert_eq!(crossed["percent"], 50, "{list}");
    assert_eq!(crossed["spent_usd"], "0.60", "{list}");
    assert_eq!(shown("budget_created")["thresholds"], json!([50]), "{list}");
    assert_eq!(shown("limit_created")["model"], "gpt-5*", "{list}");
    assert_eq!(shown("credit_charged_back")["amount_usd"], "2.00", "{list}");
    let audit = house
        .get(&format!("/audit?organization={organization}"))
        .await
        .body;
    let actions: Vec<&str> = audit["data"]
        .as_array()
        .unwrap()
        .iter()
        .take(3)
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["credit_charged_back", "limit_created", "budget_created"]
    );
}
