//! D07 to D11, D17 to D20, D24 to D26, D29, D30: who calls, whom, and with what.

use diagnosis::Provider;
use serde_json::json;

use super::situation::{Situation, at, chat, error, fine, image, only, organization, situation};
use crate::{Model, Observations};

const WRONG: &str = "invalid_request_error";

pub(super) fn unknown_key(masked: &str) -> Observations {
    let message = format!(
        "Incorrect API key provided: {masked}. You can find your API key at https://platform.openai.com/account/api-keys."
    );
    fine().denied(chat(), 401, &error(WRONG, "invalid_api_key", &message))
}

fn asked_for(model: &str, shutdown: Option<&str>, o: Observations) -> Observations {
    let mut o = o;
    o.model = Some(Model {
        name: model.to_owned(),
        shutdown: shutdown.map(|day| day.parse().unwrap()),
    });
    o
}

fn told(organization: &str, o: Observations) -> Observations {
    let mut o = o;
    o.told.organization = Some(organization.to_owned());
    o
}

fn in_the_playground(o: Observations) -> Observations {
    let mut o = o;
    o.told.playground_works = true;
    o
}

pub(super) fn denied(status: u16, kind: &str, code: &str, message: &str) -> Observations {
    fine().denied(chat(), status, &error(kind, code, message))
}

fn models() -> Vec<Situation> {
    let verify = "Your organization must be verified to use the model `gpt-image-2`.";
    let no_access = "Project `proj_bot` does not have access to model `gpt-image-2`";
    let mut listed = asked_for("gpt-image-1", None, fine());
    listed.models = Some(vec!["gpt-5-nano".to_owned()]);
    let mut there = listed.clone();
    there.models = Some(vec!["gpt-5-nano".to_owned(), "gpt-image-1".to_owned()]);
    vec![
        situation(
            "D07",
            fine().denied(image(), 403, &error(WRONG, "", verify)),
            fine().denied(image(), 403, &error(WRONG, "model_not_found", no_access)),
        ),
        situation(
            "D08",
            fine().denied(image(), 403, &error(WRONG, "model_not_found", no_access)),
            fine().denied(image(), 403, &error(WRONG, "", verify)),
        ),
        situation(
            "D08",
            asked_for("gpt-image-1", Some("2026-10-23"), fine()),
            asked_for("gpt-image-2", Some("2026-12-01"), fine()),
        ),
        situation(
            "D08",
            asked_for("gpt-image-2", None, fine())
                .admin(organization("1").project(|project| project.models = only(&["gpt-5-nano"]))),
            asked_for("gpt-5-nano", None, fine())
                .admin(organization("1").project(|project| project.models = only(&["gpt-5-nano"]))),
        ),
        situation("D08", listed, there),
    ]
}

fn identities() -> Vec<Situation> {
    let strange = organization("1").project(|project| project.id = "proj_theirs".to_owned());
    let mismatch = "OpenAI-Organization header should match organization for API key";
    vec![
        situation("D09", told("org-money", fine()), told("org-acme", fine())),
        // A slug and an id cannot be compared.
        situation(
            "D09",
            told("org-money", fine()),
            told("user-dev6cy", fine()),
        ),
        situation(
            "D09",
            fine().admin(strange),
            fine().admin(organization("1")),
        ),
        situation(
            "D10",
            denied(401, WRONG, "mismatched_organization", mismatch)
                .variable("OPENAI_ORG_ID", "org-old"),
            unknown_key("sk-proj-************************************x9Fq"),
        ),
        situation(
            "D11",
            unknown_key("sk-Eyftb****...****99vW"),
            unknown_key("sk-proj-****...****x9Fq"),
        ),
    ]
}

fn keys() -> Vec<Situation> {
    let scopes =
        "You have insufficient permissions for this operation. Missing scopes: model.request";
    let unnamed = || {
        denied(
            429,
            "insufficient_quota",
            "insufficient_quota",
            "You exceeded your current quota",
        )
    };
    vec![
        situation(
            "D24",
            denied(403, WRONG, "missing_scope", scopes),
            denied(
                401,
                WRONG,
                "mismatched_project",
                "OpenAI-Project header should match project for API key",
            ),
        ),
        situation(
            "D24",
            fine().key("sk-admin-0123456789abcdefghijT3BlbkFJx9Fq"),
            fine().key("sk-svcacct-0123456789abcdefghijT3BlbkFJx9Fq"),
        ),
        situation("D29", in_the_playground(unnamed()), unnamed()).beside_another(),
        situation(
            "D30",
            fine().admin(organization("1").project(|project| {
                if let crate::Reading::Known(keys) = &mut project.keys {
                    keys[0].owner_active = false;
                }
            })),
            fine().admin(organization("1")),
        ),
        situation(
            "D30",
            fine().admin(organization("1").project(|project| {
                if let crate::Reading::Known(keys) = &mut project.keys {
                    keys[0].expires_at = Some("2026-11-22T11:59:59Z".parse().unwrap());
                }
            })),
            fine().admin(organization("1").project(|project| {
                if let crate::Reading::Known(keys) = &mut project.keys {
                    keys[0].expires_at = Some("2026-11-22T12:00:01Z".parse().unwrap());
                }
            })),
        ),
    ]
}

fn standing() -> Vec<Situation> {
    let inactive = "Your account is not active, please check your billing details on our website.";
    let closed = "Your access was terminated due to violation of our policies.";
    vec![
        situation(
            "D17",
            denied(429, "billing_not_active", "", inactive),
            denied(
                429,
                "insufficient_quota",
                "credit_balance_exhausted",
                "You have no credits remaining.",
            ),
        ),
        situation(
            "D18",
            denied(429, "access_terminated", "", closed),
            denied(429, "billing_not_active", "", inactive),
        ),
        situation(
            "D25",
            denied(
                401,
                WRONG,
                "",
                "Your IP address is not authorized to access this resource.",
            ),
            denied(401, WRONG, "", "Invalid Authentication"),
        ),
        situation(
            "D26",
            denied(
                400,
                WRONG,
                "",
                "Invalid service_tier argument: The requested service tier is not allowed for this project.",
            ),
            denied(
                400,
                WRONG,
                "",
                "Invalid service_tier argument: 'fastest' is none.",
            ),
        ),
    ]
}

fn rates() -> Vec<Situation> {
    let rate = "Rate limit reached for gpt-4o in organization org-acme on tokens per min (TPM): Limit 30000, Used 22999, Requested 12528.";
    let google = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "You exceeded your current quota, please check your plan and billing details",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "55s"}]}});
    let azure = error(
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    );
    let gemini = || {
        at(
            Provider::Compatible,
            "https://generativelanguage.googleapis.com/v1beta/openai",
        )
    };
    vec![
        situation(
            "D19",
            denied(429, "tokens", "rate_limit_exceeded", rate),
            denied(
                429,
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota",
            ),
        ),
        situation(
            "D20",
            gemini().denied(chat(), 429, &google),
            denied(
                429,
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota",
            ),
        ),
        situation(
            "D20",
            at(Provider::Azure, "https://acme.openai.azure.com/openai/v1").denied(
                chat(),
                429,
                &azure,
            ),
            fine().denied(chat(), 429, &azure),
        ),
    ]
}

pub(super) fn situations() -> Vec<Situation> {
    let mut all = models();
    all.extend(identities());
    all.extend(keys());
    all.extend(standing());
    all.extend(rates());
    all
}
