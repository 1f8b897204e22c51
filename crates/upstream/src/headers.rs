//! Which headers pass through, in both directions.

use http::HeaderMap;
use http::header::{self, HeaderName};

/// Meant for one connection, not for the end (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Say who the caller is to us, or belong to the account that pays at the provider; neither is the provider's to see.
/// An answer must not be compressed, because its usage is read.
const OURS: [HeaderName; 10] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::CONTENT_LENGTH,
    header::ACCEPT_ENCODING,
    header::EXPECT,
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("openai-organization"),
    HeaderName::from_static("openai-project"),
];

/// Removes what a client's request must not carry to a provider.
pub(crate) fn clean_request(headers: &mut HeaderMap) {
    remove_listed(headers);
    for name in HOP_BY_HOP.iter().chain(&OURS) {
        headers.remove(name);
    }
    let ours: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("x-seawall-"))
        .cloned()
        .collect();
    for name in ours {
        headers.remove(name);
    }
}

/// Removes what a provider's answer must not carry to a client.
pub(crate) fn clean_response(headers: &mut HeaderMap) {
    remove_listed(headers);
    for name in HOP_BY_HOP
        .iter()
        .chain(&[header::SET_COOKIE, header::CONTENT_LENGTH])
    {
        headers.remove(name);
    }
}

/// The `connection` header may name further headers of its kind.
fn remove_listed(headers: &mut HeaderMap) {
    let Some(listed) = headers
        .get(header::CONNECTION)
        .and_then(|value| value.to_str().ok())
    else {
        return;
    };
    let listed: Vec<HeaderName> = listed
        .split(',')
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in listed {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_hop_by_hop_headers_stay_here() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "api-key",
            "x-api-key",
            "cookie",
            "openai-organization",
            "openai-project",
            "connection",
            "te",
            "x-named",
            "x-seawall-fit",
            "x-sim-tag",
            "x-stainless-lang",
            "content-type",
        ] {
            headers.insert(HeaderName::from_static(name), "x-named".parse().unwrap());
        }
        clean_request(&mut headers);
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-type", "x-sim-tag", "x-stainless-lang"]);
    }
}
