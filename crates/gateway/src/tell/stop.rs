//! Why a call does not go on, and how that is said.

use std::time::Duration;

use axum::response::Response;
use catalog::Unpriced;
use http::StatusCode;
use ids::RequestId;
use ledger::{CheckKind, KeyProblem, Shortfall, Traits};
use money::Bound;
use projections::{Decided, Decision, Left, Refused};
use teller::{Bar, Standing, Unavailable};
use wire::request::BadRequest;

use super::{Retry, Told, about, headers, key, shortfall};
use crate::call::Known;
use crate::step::authenticate::Caller;
use crate::step::count;
use crate::step::read::Route;
use crate::{Disclosure, Gateway};

/// What a refused call had asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// The most it can cost.
    pub(crate) bound: Bound,
    /// The pictures it asks for, where its cost is that of so many equal ones.
    pub(crate) pictures: Option<u64>,
    /// What else limits looked at.
    pub(crate) traits: Traits,
    /// The upstream account it was to go to.
    pub(crate) upstream: Box<str>,
}

/// A key that may not be used, or not for this, or not from there.
#[derive(Clone, Debug)]
pub(crate) struct Barred {
    /// Whose it is.
    pub(crate) caller: Caller,
    pub(crate) why: Bar,
    /// The Book that says so.
    pub(crate) standing: Standing,
}

/// Why a call does not go on.
#[derive(Debug)]
pub(crate) enum Stop {
    NoKey,
    AdminKey,
    /// The key may not be used; who it belongs to, where that is known.
    Key(KeyProblem, Option<Box<Caller>>),
    /// The same of a call that goes on record, with what it rests on.
    Barred(Box<Barred>),
    BodyTooLarge(usize),
    BodyCut,
    /// The path is not metered; only a check gets here with it.
    NotMetered(String),
    BodySlow(Duration),
    BadRequest(BadRequest),
    /// `x-seawall-tags` cannot be read, for this reason.
    BadTags(&'static str),
    /// `x-seawall-dry-run` says neither yes nor no.
    UnclearDryRun,
    UnknownModel(String),
    /// The model is of another kind than the route.
    WrongRoute(String),
    /// The model has no price now.
    Unpriced(String),
    /// Something the call asks for has no price.
    Unmetered(String, Unpriced),
    NoUpstream(String),
    /// The money does not suffice for what was asked for.
    Money(Box<Shortfall>, Box<Wish>),
    Unavailable(Unavailable),
    /// Our own fault.
    Fault(String),
}

impl From<BadRequest> for Stop {
    fn from(bad: BadRequest) -> Self {
        Self::BadRequest(bad)
    }
}

impl From<Unavailable> for Stop {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}

impl Stop {
    /// Whether it is a refusal by the caps of the account, so that another one may take the call. Nothing was sent.
    pub(crate) fn is_of_the_account(&self) -> bool {
        let of_cap = |shortfall: &Shortfall| {
            let mut kinds = shortfall.checks.iter().map(|check| check.kind);
            kinds.any(|kind| matches!(kind, CheckKind::UpstreamCap(_)))
        };
        matches!(self, Self::Money(shortfall, _) if of_cap(shortfall))
    }

    /// Whether only held money is in the way.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Money(shortfall, _) if shortfall.transient)
    }
}

pub(super) const INVALID: &str = "invalid_request_error";

/// Tells the client why the call does not go on, and writes down what was refused to a known key.
pub(crate) fn stopped(
    gateway: &Gateway,
    (request, route): (RequestId, Route),
    known: &Known,
    stop: Stop,
) -> Response {
    let caller = match &stop {
        Stop::Key(_, Some(caller)) => Some(Caller::clone(caller)),
        Stop::Barred(barred) => Some(barred.caller.clone()),
        _ => known.caller.clone(),
    };
    let known = Known {
        caller,
        ..known.clone()
    };
    let full = gateway.settings().disclosure == Disclosure::Full;
    let left = match &stop {
        Stop::Money(shortfall, _) if full => shortfall::left(shortfall),
        _ => None,
    };
    let (needed, decision_seq) = match &stop {
        Stop::Money(shortfall, _) => (Some(shortfall.needed), Some(shortfall.seq)),
        Stop::Barred(barred) => (None, Some(barred.standing.seq)),
        _ => (None, None),
    };
    let decided = decided(gateway, &stop);
    let told = tell(gateway, request, &known, stop);
    count::stopped(gateway, route, known.model.as_deref(), told.code);
    let (organization, project, key) = about(&known);
    if let Some(organization) = organization {
        let body = told.kept_body(gateway, request);
        gateway.parts().log.refused(Refused {
            organization,
            project,
            key,
            request,
            at: gateway.now(),
            route: route.path().into(),
            model: known.model.as_deref().map(Box::from),
            code: told.code.into(),
            http_status: told.status.as_u16(),
            needed,
            decision_seq,
            decided,
            left: left.map(|(amount, binding)| Left {
                amount: amount.at_least_zero(),
                binding: binding.into(),
            }),
            details_json: String::from_utf8(body).ok().map(String::into_boxed_str),
        });
    }
    let mut response = told.into_response(gateway, request);
    headers::decision(response.headers_mut(), "refused");
    if let Some((left, binding)) = left {
        headers::left(response.headers_mut(), left, binding);
    }
    response
}

/// How a call was refused on its Book, with all it takes to decide it again.
fn decided(gateway: &Gateway, stop: &Stop) -> Option<Decision> {
    match stop {
        Stop::Money(shortfall, wish) => Some(Decision::Money(Box::new(Decided {
            bound: wish.bound,
            pictures: wish.pictures,
            traits: wish.traits.clone(),
            upstream: wish.upstream.clone(),
            catalog: gateway.parts().catalog.version().into(),
            shortfall: Shortfall::clone(shortfall),
        }))),
        Stop::Barred(barred) => Some(Decision::Key(Box::new(projections::Barred {
            at: barred.standing.at,
            seq: barred.standing.seq,
            why: match &barred.why {
                Bar::Key(problem) => projections::Bar::Key(problem.clone()),
                Bar::Address(address) => projections::Bar::Address(*address),
            },
        }))),
        _ => None,
    }
}

pub(crate) fn tell(gateway: &Gateway, request: RequestId, known: &Known, stop: Stop) -> Told {
    match stop {
        Stop::Money(shortfall, wish) => {
            shortfall::tell(gateway, request, known, (&shortfall, *wish))
        }
        Stop::Barred(barred) => match barred.why {
            Bar::Key(problem) => key::tell(Stop::Key(problem, None)),
            Bar::Address(address) => key::tell_address(address),
        },
        Stop::NoKey | Stop::AdminKey | Stop::Key(..) => key::tell(stop),
        Stop::Unavailable(Unavailable::RolledBack(why)) => {
            tracing::error!(%request, %why, "a call could not be decided");
            let message = "Seawall's store has lost a part of this organization's ledger, so Seawall neither grants nor \
                           refuses until its operator has looked: seawall org rollback. Nothing was charged."
                .to_owned();
            Told::new(
                StatusCode::SERVICE_UNAVAILABLE,
                ("server_error", "store_rolled_back"),
                message,
            )
        }
        Stop::Unavailable(why) => {
            tracing::error!(%request, %why, "a call could not be decided");
            let message = "Seawall cannot read its ledger now, so it neither grants nor refuses. Nothing was charged. \
                           Try again in a moment."
                .to_owned();
            let mut told = Told::new(
                StatusCode::SERVICE_UNAVAILABLE,
                ("server_error", "store_unavailable"),
                message,
            );
            told.retry = Retry::After(1);
            told
        }
        Stop::Fault(why) => {
            tracing::error!(%request, why, "a call failed by our own fault");
            let message = format!(
                "Seawall failed on this call; it is our fault, not yours. Request id: {request}"
            );
            Told::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                ("server_error", "internal_error"),
                message,
            )
        }
        other => tell_request(other),
    }
}

fn tell_request(stop: Stop) -> Told {
    let bad = |code, message: String| Told::new(StatusCode::BAD_REQUEST, (INVALID, code), message);
    let no_model = |message: String| {
        let mut told = Told::new(StatusCode::NOT_FOUND, (INVALID, "model_not_found"), message);
        told.param = Some("model".to_owned());
        told
    };
    match stop {
        Stop::BodyTooLarge(limit) => Told::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            (INVALID, "request_too_large"),
            format!(
                "The request body is larger than {limit} bytes, the most this Seawall takes (gateway.body_limit)."
            ),
        ),
        Stop::NotMetered(path) => Told::new(
            StatusCode::NOT_FOUND,
            (INVALID, "endpoint_not_metered"),
            format!("{path} is not metered by Seawall, so a call to it is refused."),
        ),
        Stop::BodyCut => bad(
            "request_incomplete",
            "The request body ended before it was complete.".to_owned(),
        ),
        Stop::BodySlow(patience) => Told::new(
            StatusCode::REQUEST_TIMEOUT,
            (INVALID, "request_timeout"),
            format!(
                "The request body did not arrive within {} seconds.",
                patience.as_secs()
            ),
        ),
        Stop::BadRequest(problem) => {
            let code = match problem {
                BadRequest::NotMetered { .. } => "parameter_not_metered",
                _ => "invalid_request",
            };
            let mut told = bad(code, problem.to_string());
            told.param = problem.param().map(str::to_owned);
            told
        }
        Stop::UnclearDryRun => bad(
            "invalid_request",
            "The header x-seawall-dry-run must be 1 (say what this call would get) or 0 (make it). Nothing was sent."
                .to_owned(),
        ),
        Stop::BadTags(why) => bad("invalid_request", bad_tags(why)),
        Stop::UnknownModel(model) => no_model(format!(
            "Model {model:?} is not in Seawall's catalogue, so it has no price and is refused. GET /v1/models lists what \
             there is; an operator can add a model with its prices to the catalogue."
        )),
        Stop::WrongRoute(model) => no_model(format!(
            "Model {model:?} has no price on this route: it is of another kind."
        )),
        Stop::Unpriced(model) => no_model(format!(
            "Model {model:?} has no price that is in force now, so it is refused."
        )),
        Stop::NoUpstream(model) => no_model(format!(
            "No upstream of this Seawall serves model {model:?}. An operator can add one to the configuration ([[upstream]])."
        )),
        Stop::Unmetered(model, unpriced) => bad(
            "parameter_not_metered",
            format!("This call to {model:?} cannot be priced, so it is refused: {unpriced}."),
        ),
        _ => Told::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ("server_error", "internal_error"),
            String::new(),
        ),
    }
}

fn bad_tags(why: &str) -> String {
    format!(
        "The header x-seawall-tags cannot be read: {why} Write it as x-seawall-tags: team=red, app=web. Nothing was sent."
    )
}
