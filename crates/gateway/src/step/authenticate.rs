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
use teller::{KeyView, Teller};

use crate::Gateway;
use crate::tell::Stop;

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
    let known = teller.view().and_then(|view| view.key(hash).cloned());
    let key = match known.filter(|key| key.expires_at.is_none_or(|at| at > now)) {
        Some(key) => key,
        None => ask(&teller, hash).await?,
    };
    if let Some(allowed) = &key.ip_allow {
        let address = request
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        if !address.is_some_and(|address| allowed.iter().any(|network| contains(network, address)))
        {
            return Err(Stop::AddressNotAllowed(address));
        }
    }
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
async fn ask(teller: &Teller, hash: KeyHash) -> Result<KeyView, Stop> {
    let answer = teller.ask(move |book, now| {
        let key = book.key_by_hash(hash).ok_or((KeyProblem::Unknown, None))?;
        let view = KeyView::of(book, key);
        match book.usable_key(key.id, now) {
            Ok(_) => Ok(view),
            Err(problem) => Err((problem, Some(view))),
        }
    });
    answer.await?.map_err(|(problem, key)| {
        Stop::Key(
            problem,
            key.map(|key| {
                Box::new(Caller {
                    teller: teller.clone(),
                    key,
                })
            }),
        )
    })
}

/// Whether an address is in a network, written `address` or `address/bits`. What cannot be read contains nothing.
fn contains(network: &str, address: IpAddr) -> bool {
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(base), Some(bits)) = (base.trim().parse::<IpAddr>(), bits) else {
        return false;
    };
    match (base, address.to_canonical()) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(bits))
                .unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(bits))
                .unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_networks_only() {
        for (network, address, inside) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "10.0.0.1", false),
            ("10.0.0.0/x", "10.0.0.1", false),
            ("somewhere", "10.0.0.1", false),
        ] {
            assert_eq!(
                contains(network, address.parse().unwrap()),
                inside,
                "{address} in {network}"
            );
        }
    }
}
