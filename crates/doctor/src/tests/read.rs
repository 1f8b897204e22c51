//! The administration API's bodies.

use super::situation::dollars;
use crate::admin_read as read;
use crate::{Alert, ModelPermissions, SpendLimit};

#[test]
fn a_limit_is_in_cents_and_stops_only_where_it_is_enforcing() {
    let body = br#"{"object":"organization.spend_limit","threshold_amount":3000,"currency":"USD","interval":"month","enforcement":{"status":"enforcing"}}"#;
    let threshold = dollars("30");
    let limit = |enforcing| {
        Ok(Some(SpendLimit {
            threshold,
            enforcing,
        }))
    };
    assert_eq!(read::limit(body), limit(true));
    let body = br#"{"threshold_amount":3000,"enforcement":{"status":"inactive"}}"#;
    assert_eq!(read::limit(body), limit(false));
    assert_eq!(read::limit(br#"{"threshold_amount":null}"#), Ok(None));
    assert!(read::limit(b"<html>").is_err());
}

#[test]
fn lists_are_read_and_a_missing_member_is_an_error() {
    let body = br#"{"object":"list","data":[{"id":"alert_1","threshold_amount":2050}]}"#;
    let threshold = dollars("20.50");
    assert_eq!(read::alerts(body), Ok(vec![Alert { threshold }]));
    assert!(read::alerts(br#"{"data":[{"id":"alert_1"}]}"#).is_err());
    let body = br#"{"data":[{"id":"key_1","name":"bot","redacted_value":"sk-proj-...x9Fq","owner_project_access":"inactive"}],"has_more":false}"#;
    let keys = read::keys(body).unwrap().data;
    assert_eq!(
        (keys[0].tail.as_str(), keys[0].owner_active),
        ("x9Fq", false)
    );
    let body = br#"{"data":[{"id":"proj_1","name":"chat","status":"archived"}],"has_more":true,"last_id":"proj_1"}"#;
    let page = read::projects(body).unwrap();
    assert!(page.has_more);
    assert_eq!(page.data[0].status.as_deref(), Some("archived"));
}

#[test]
fn permissions_are_a_list_of_either_kind() {
    let read = |mode: &str| {
        let body = format!(r#"{{"mode":"{mode}","model_ids":["a"]}}"#);
        read::model_permissions(body.as_bytes()).unwrap().unwrap()
    };
    let allows = |permissions: &ModelPermissions| (permissions.allow("a"), permissions.allow("b"));
    assert_eq!(allows(&read("allow_list")), (true, false));
    assert_eq!(allows(&read("deny_list")), (false, true));
}

#[test]
fn costs_are_summed_by_whoever_asks_and_read_to_the_nano_dollar() {
    let body = br#"{"object":"page","data":[{"object":"bucket","results":[{"amount":{"value":0.06,"currency":"usd"},"project_id":"proj_1"},{"amount":{"value":1.5e-05}}]}],"has_more":true,"next_page":"p2"}"#;
    let (costs, next) = read::costs(body).unwrap();
    assert_eq!(
        costs,
        [
            (Some("proj_1".to_owned()), dollars("0.06")),
            (None, dollars("0.000015"))
        ]
    );
    assert_eq!(next.as_deref(), Some("p2"));
    assert!(read::costs(br#"{"data":[{"results":[{"project_id":"x"}]}]}"#).is_err());
}

#[test]
fn amounts_are_read_with_and_without_an_exponent() {
    for (text, amount) in [
        ("0", "0"),
        ("12", "12"),
        ("0.5", "0.5"),
        ("-0.95", "-0.95"),
        ("1e2", "100"),
        ("1.25E+1", "12.5"),
        ("1e-9", "0.000000001"),
        ("1e-10", "0"),
        ("0.0600000000000000012", "0.06"),
    ] {
        assert_eq!(read::dollars(text), Some(dollars(amount)), "{text}");
    }
    for text in ["", "x", "1e", "1e99", "--1", "1.2.3"] {
        assert_eq!(read::dollars(text), None, "{text}");
    }
}

#[test]
fn what_a_key_may_spend_is_the_layer_that_blocks_first() {
    let body = br#"{"data":{"label":"x","limit":10,"limit_remaining":4.5,"limit_reset":"weekly",
        "effective_budget":{"scope":"workspace","remaining_usd":-0.5,"resets_at":"2026-12-01T00:00:00Z"}}}"#;
    let budget = crate::key_budget(body).unwrap();
    assert_eq!(budget.left, Some(dollars("-0.5")));
    assert_eq!(budget.layer, "the limit of workspace");
    let budget = crate::key_budget(br#"{"data":{"limit_remaining":null}}"#).unwrap();
    assert_eq!(budget.left, None);
    assert_eq!(crate::key_budget(b"[]"), None);
}

#[test]
fn a_balance_is_what_was_bought_less_what_was_used() {
    let balance = crate::credits(br#"{"data":{"total_credits":20,"total_usage":20.95}}"#).unwrap();
    assert_eq!(balance.left, dollars("-0.95"));
    let body = br#"{"object":"credit_summary","total_available":4.97,"grants":{"data":[{"expires_at":1793577600.0},{"expires_at":1790000000}]}}"#;
    let balance = crate::credit_grants(body).unwrap();
    assert_eq!(balance.left, dollars("4.97"));
    let body = br#"{"total_available":1,"grants":{"data":[{"expires_at":1790000000},{"expires_at":1780000000}]}}"#;
    let ends = crate::credit_grants(body).unwrap().expires_at.unwrap();
    assert_eq!(ends.as_second(), 1_790_000_000);
}
