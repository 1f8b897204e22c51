//! What is said of a key that may not be used.

use std::net::IpAddr;

use http::StatusCode;
use ledger::KeyProblem;

use super::Told;
use super::stop::{INVALID, Stop};

pub(super) fn tell(stop: Stop) -> Told {
    let unauthorized = |message: &str| {
        Told::new(
            StatusCode::UNAUTHORIZED,
            (INVALID, "invalid_api_key"),
            message.to_owned(),
        )
    };
    let forbidden = |code, message| Told::new(StatusCode::FORBIDDEN, (INVALID, code), message);
    match stop {
        Stop::NoKey => unauthorized(
            "No API key was sent. Send a Seawall project key as `Authorization: Bearer sk-sw-…`; with an OpenAI SDK, set \
             OPENAI_API_KEY to it.",
        ),
        Stop::AdminKey => unauthorized(
            "This is an admin key of Seawall: it administers, and cannot call models. Use a project key (sk-sw-…).",
        ),
        Stop::Key(KeyProblem::Frozen(reason), _) => {
            let why = if reason.is_empty() {
                String::new()
            } else {
                format!(" ({reason})")
            };
            forbidden(
                "api_key_frozen",
                format!(
                    "This API key is frozen{why}. An admin can release it: seawall key unfreeze."
                ),
            )
        }
        Stop::Key(KeyProblem::ModelNotAllowed(model), _) => forbidden(
            "model_not_found",
            format!(
                "This API key may not be used for model {model:?}. An admin can change its models."
            ),
        ),
        Stop::Key(KeyProblem::Revoked, _) => {
            unauthorized("This API key was revoked. Ask an admin for a new one.")
        }
        Stop::Key(KeyProblem::Expired(at), _) => unauthorized(&format!(
            "This API key expired at {at}. Ask an admin for a new one."
        )),
        Stop::Key(KeyProblem::ProjectArchived, _) => {
            unauthorized("The project of this API key is archived. Use a key of another project.")
        }
        _ => unauthorized(
            "Incorrect API key provided: Seawall knows no such key. A project key looks like sk-sw-…; a provider's own \
             key (sk-proj-…) belongs into Seawall's configuration, not into the client.",
        ),
    }
}

pub(super) fn tell_address(address: Option<IpAddr>) -> Told {
    let from = address.map_or_else(
        || "an unknown address".to_owned(),
        |address| address.to_string(),
    );
    Told::new(
        StatusCode::FORBIDDEN,
        (INVALID, "ip_not_allowed"),
        format!("This API key may not be used from {from}. An admin can change its ip_allow."),
    )
}
