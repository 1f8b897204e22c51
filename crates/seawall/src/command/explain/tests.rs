use serde_json::json;

use super::text;

#[test]
fn a_refusal_is_explained_line_by_line() {
    let json = json!({
        "id": "req_01", "why": "The project hard limit left $0.38; the request may cost up to $0.41.",
        "request": {
            "outcome": "refused", "started_at": "2026-11-22T07:38:12.418Z", "route": "/v1/images/generations",
            "model": "gpt-image-1", "upstream": null, "error_code": "project_spend_limit_exceeded", "attempts": [],
        },
        "names": {"organization": "acme", "project": "image-bot", "key": "bot-prod", "key_hint": "x9Fq"},
        "decision_seq": 41,
        "checks": [
            {
                "kind": "project_hard_limit", "scope": {"kind": "project", "name": "image-bot"}, "limit_usd": "10.00",
                "window": {"kind": "month"}, "spent_usd": "9.62", "held_usd": "0.00", "left_usd": "0.38",
                "needed_usd": "0.41", "verdict": "stops", "binding": true,
            },
            {
                "kind": "credit_balance", "scope": {"kind": "organization", "name": "acme"}, "limit_usd": null,
                "window": null, "spent_usd": "45.00", "held_usd": "0.00", "left_usd": "22.14", "needed_usd": "0.41",
                "verdict": "pass", "binding": false,
            },
        ],
        "needed": {
            "needed_usd": "0.41", "least_needed_usd": "0.41", "units": 0, "per_million_usd": "0.00", "pictures": 2,
            "catalog": "2026-11-01.2",
        },
        "would_have_fitted": [
            {"do": "raise_limit", "to_at_least_usd": "10.03"}, {"do": "reduce_request", "n": 1, "needs_usd": "0.21"},
            {"do": "wait", "until": "2026-12-01T00:00:00Z"},
        ],
        "who_can_change": {
            "who": "admin", "last_change": {"seq": 30, "at": "2026-11-03T10:00:00Z", "actor": "first"},
        },
        "entries": [], "replay": {"result": "same"},
        "now": {"left_usd": "0.38", "would_fit": false, "stopped_by": "project_hard_limit"},
    });
    let expected = "\
REFUSED here   2026-11-22T07:38:12.418Z   /v1/images/generations   gpt-image-1   never sent upstream
acme / image-bot / key bot-prod (…x9Fq)   code project_spend_limit_exceeded

Why  The project hard limit left $0.38; the request may cost up to $0.41.

  check               of                            limit   spent   held    left  needed  result
  project hard limit  project image-bot  $10.00 per month   $9.62  $0.00   $0.38   $0.41  stops  <- binding
  credit balance      organization acme                 –  $45.00  $0.00  $22.14   $0.41  pass

Needed                  $0.41 = 2 pictures and their prompt (prices 2026-11-01.2)
Would have fitted with  a hard limit of at least $10.03, or n=1 ($0.21), or a wait until 2026-12-01T00:00:00Z
Who can change it       an administrator; set last by first at 2026-11-03T10:00:00Z (entry 30)
Ledger                  no entry: nothing held, nothing charged
Made again              same: decided again after entry 41 of the journal, it comes out as recorded
Now                     left $0.38; it would be stopped by the project hard limit
";
    assert_eq!(text(&json), expected);
}

#[test]
fn a_served_call_is_explained_with_its_attempt_and_its_bill() {
    let json = json!({
        "id": "req_02", "why": "The most it could cost, $0.0123, fitted everywhere. It cost $0.0041.",
        "request": {
            "outcome": "served", "started_at": "2026-11-22T07:38:12Z", "route": "/v1/chat/completions",
            "model": "gpt-5-mini", "upstream": "openai", "duration_ms": 812, "fitted": {"granted_units": 90, "asked_units": 100},
            "attempts": [{
                "number": 1, "upstream": "openai", "state": "settled", "reason": null, "held_usd": "0.0123",
                "cost_usd": "0.0041",
                "fees": [{"unit": "output_tokens", "quantity": 90, "per_million_usd": "2.00"}],
            }],
        },
        "names": {"organization": "acme", "project": "chat", "key": "bot", "key_hint": "7Qm2"},
        "decision_seq": 8, "checks": [], "needed": {"needed_usd": "0.0123", "units": 90, "catalog": "2026-11"},
        "would_have_fitted": [], "who_can_change": null,
        "entries": [{"seq": 9, "kind": "hold_taken"}, {
            "seq": 10, "kind": "hold_settled",
            "fields": {"draws": [
                {"lot_id": "lot_1", "amount_usd": "0.20"}, {"lot_id": "lot_2", "amount_usd": "0.02"},
            ]},
        }],
        "replay": {"result": "differs", "differences": [{"what": "amount", "recorded": "1", "replayed": "2"}]},
        "now": null,
    });
    let expected = "\
SERVED, fitted   2026-11-22T07:38:12Z   /v1/chat/completions   gpt-5-mini   upstream openai   812 ms
acme / chat / key bot (…7Qm2)

Why  The most it could cost, $0.0123, fitted everywhere. It cost $0.0041.

Needed                  $0.0123 for at most 90 units (prices 2026-11)
Attempts                1 to openai: held $0.0123, settled, charged $0.0041
                        90 output tokens at $2.00 a million
Ledger                  entry 9 hold taken, entry 10 hold settled
Paid by                 $0.20 of lot_1, $0.02 of lot_2
Made again              DIFFERS from what is recorded
                        amount: recorded 1, now 2
";
    assert_eq!(text(&json), expected);
}

/// Nothing of ours bound: who can change it is told by whose matter the provider's refusal is.
#[test]
fn who_can_change_a_refusal_of_the_provider_is_not_our_administrator() {
    let of = |cause: &str| {
        let json = json!({
            "request": {"outcome": "provider_refused", "upstream": "openai", "error": {"details": {"diagnosis": {"cause": cause}}}},
            "who_can_change": {"who": "admin", "last_change": {"seq": 30, "at": "2026-11-03T10:00:00Z", "actor": "first"}},
        });
        let text = text(&json);
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Who can change it"));
        line.map(|line| line.trim().to_owned())
    };
    let told = |who: &str| Some(who.to_owned());
    assert_eq!(
        of("billing_on_image_path"),
        told("the owner of the account behind upstream openai, at the provider")
    );
    assert_eq!(
        of("invalid_key"),
        told("whoever configures upstream openai and its credential")
    );
    assert_eq!(of("content_refused"), told("whoever sends the call"));
    assert_eq!(of("unknown"), None);
}
