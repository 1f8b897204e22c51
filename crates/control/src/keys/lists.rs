//! What a key may be restricted to. Read strictly: a restriction that matches nothing must not be taken for one that
//! matches all.

use std::net::IpAddr;

use crate::error::ApiError;

type Names = Option<Vec<Box<str>>>;

/// Model names, each with a `*` at most at its end.
pub(super) fn models(list: Option<Vec<String>>) -> Result<Names, ApiError> {
    let wrong = |name: &str| name.trim_end_matches('*').contains('*') || name.ends_with("**");
    read("models", list, |name| {
        if name.trim().is_empty() || wrong(name) {
            Some("must hold model names, each with a `*` at most at its end, such as \"gpt-5*\"")
        } else {
            None
        }
    })
}

/// Addresses and networks.
pub(super) fn ip_allow(list: Option<Vec<String>>) -> Result<Names, ApiError> {
    read("ip_allow", list, |network| {
        if is_network(network) {
            None
        } else {
            Some("must hold addresses or networks, such as \"192.0.2.7\" or \"10.0.0.0/8\"")
        }
    })
}

fn read(
    field: &str,
    list: Option<Vec<String>>,
    problem: impl Fn(&str) -> Option<&'static str>,
) -> Result<Names, ApiError> {
    let Some(list) = list else { return Ok(None) };
    if list.is_empty() {
        return Err(ApiError::invalid(
            field,
            "must not be empty: leave it out, or send null, to allow all",
        ));
    }
    if let Some(problem) = list.iter().find_map(|item| problem(item)) {
        return Err(ApiError::invalid(field, problem));
    }
    Ok(Some(list.into_iter().map(Into::into).collect()))
}

fn is_network(text: &str) -> bool {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let widest = if address.is_ipv4() { 32 } else { 128 };
    prefix.is_none_or(|bits| {
        bits.bytes().all(|b| b.is_ascii_digit()) && bits.parse::<u8>().is_ok_and(|b| b <= widest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_networks_are_allowed_as_networks() {
        for text in [
            "192.0.2.7",
            "10.0.0.0/8",
            "0.0.0.0/0",
            "::1",
            "2001:db8::/32",
            "::/128",
        ] {
            assert!(is_network(text), "{text}");
        }
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0/8",
            "localhost",
            "::/129",
            "10.0.0.0/+8",
            "1.2.3.4 ",
        ] {
            assert!(!is_network(text), "{text}");
        }
    }

    #[test]
    fn a_star_stands_only_at_the_end_of_a_model() {
        let fine = |name: &str| models(Some(vec![name.to_owned()])).is_ok();
        assert!(fine("gpt-5*") && fine("*") && fine("o3"));
        assert!(!fine("") && !fine(" ") && !fine("*-mini") && !fine("gpt**"));
        assert!(models(Some(Vec::new())).is_err());
    }
}
