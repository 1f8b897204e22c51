//! Step 1: whose call is this?
//!
//! A yes may come from memory, because the decision on the hold looks at the key again. A no never does: it is said only
//! after the Book was asked at the journal's head, so that a key made or unfrozen a moment ago is never refused.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request;
use http::{HeaderMap, header};
use ids::{ApiKey, KeyHash};
use ledger::KeyProblem;
use teller::{Bar, KeyView, Standing, Teller};

use crate::Gateway;
use crate::tell::{Barred, Stop};

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) teller: Teller,
    pub(crate) key: KeyView,
}

pub(crate) async fn authenticate(
    gateway: &Gateway,
    request: &request::Parts,
) -> Result<Caller, Stop> {
    let presented = presented(&request.headers).ok_or(Stop::NoKey)?;
    let key = ApiKey::parse(presented).map_err(|_shape| not_a_project_key(presented))?;
    let hash = gateway.parts().pepper.hash(key.reveal());
    let teller = gateway.parts().tellers.by_short(key.organization()).await?;
    let teller = teller.ok_or_else(|| Stop::Key(KeyProblem::Unknown, None))?;
    let now = gateway.now();
    let address = request
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let known = teller.view().and_then(|view| view.key(hash).cloned());
    let usable =
        |key: &KeyView| key.expires_at.is_none_or(|at| at > now) && key.allows_address(address);
    let key = match known.filter(usable) {
        Some(key) => key,
        None => ask(&teller, hash, address).await?,
    };
    Ok(Caller { teller, key })
}

/// The credential of a request. Never kept.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            let (scheme, key) = value.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        });
    let key = bearer.or_else(|| {
        headers
            .get("x-api-key")
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    });
    key.filter(|key| !key.is_empty())
}

fn not_a_project_key(presented: &str) -> Stop {
    if presented.starts_with("sk-sw-admin-") {
        Stop::AdminKey
    } else {
        Stop::Key(KeyProblem::Unknown, None)
    }
}

/// Asks the Book itself. A key that may not be used is named with its view, for the record.
async fn ask(teller: &Teller, hash: KeyHash, address: Option<IpAddr>) -> Result<KeyView, Stop> {
    let answer = teller.ask(move |book, now| {
        let key = book.key_by_hash(hash)?;
        let view = KeyView::of(book, key);
        let standing = Standing {
            seq: book.head().seq,
            at: now,
        };
        let why = match book.usable_key(key.id, now) {
            Err(problem) => Some(Bar::Key(problem)),
            Ok(_) if !view.allows_address(address) => Some(Bar::Address(address)),
            Ok(_) => None,
        };
        Some((view, standing, why))
    });
    let Some((key, standing, why)) = answer.await? else {
        return Err(Stop::Key(KeyProblem::Unknown, None));
    };
    match why {
        None => Ok(key),
        Some(why) => Err(Stop::Barred(Box::new(Barred {
            caller: Caller {
                teller: teller.clone(),
                key,
            },
            why,
            standing,
        }))),
    }
}
