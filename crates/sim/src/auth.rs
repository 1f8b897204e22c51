//! Bearer keys. Any key is a good one, so that a test may plant its own; no key is stored or logged.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Where Anthropic's clients put their key.
const API_KEY: &str = "x-api-key";

/// The first bytes of a key that its mask shows.
const SHOWN_FIRST: usize = 8;
/// The last ones.
const SHOWN_LAST: usize = 4;

/// The key of a request; otherwise what stood where one should be.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, &str> {
    let key = headers.get(API_KEY).and_then(|value| value.to_str().ok());
    if let Some(key) = key.filter(|key| !key.trim().is_empty()) {
        return Ok(key.trim());
    }
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (scheme, key) = given.split_once(' ').unwrap_or(("", given));
    if scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty() {
        Ok(key.trim())
    } else {
        Err(key)
    }
}

/// The end of a key, by which the lists of an administration API name it: its last four letters, or none of a short key.
pub(crate) fn tail(key: &str) -> Box<str> {
    let len = key.chars().count();
    if len <= SHOWN_FIRST + SHOWN_LAST {
        return "".into();
    }
    let letters: String = key.chars().skip(len - SHOWN_LAST).collect();
    letters.into()
}

/// The key of a request in the header that one provider's administration API takes.
pub(crate) fn x_api_key(headers: &HeaderMap) -> Result<&str, &str> {
    let given = headers.get("x-api-key");
    let given = given.and_then(|value| value.to_str().ok());
    given.filter(|key| !key.trim().is_empty()).ok_or("")
}

/// A key as the provider shows it: both ends, stars between. A short one is all stars.
pub(crate) fn masked(key: &str) -> String {
    let shown = |at: usize, len: usize| at < SHOWN_FIRST || at >= len - SHOWN_LAST;
    let len = key.chars().count();
    if len <= SHOWN_FIRST + SHOWN_LAST {
        return "*".repeat(len);
    }
    let stars = key
        .chars()
        .enumerate()
        .map(|(at, letter)| if shown(at, len) { letter } else { '*' });
    // A letter that JSON would escape has no place in a key.
    stars
        .map(|letter| {
            if letter == '"' || letter == '\\' || letter.is_control() {
                '*'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_mask_shows_both_ends_and_nothing_of_a_short_key() {
        assert_eq!(masked("sk-Eyftb0123456789vW99"), "sk-Eyftb**********vW99");
        assert_eq!(masked("secret"), "******");
        assert_eq!(masked("sk-12345\"6789012"), "sk-12345****9012");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn only_a_bearer_with_a_key_is_let_in() {
        for (given, key) in [
            (Some("Bearer sk-1"), Ok("sk-1")),
            (Some("bearer sk-1"), Ok("sk-1")),
            (Some("Bearer "), Err("")),
            (Some("Basic abc"), Err("abc")),
            (Some("sk-1"), Err("sk-1")),
            (None, Err("")),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert(AUTHORIZATION, HeaderValue::from_static(given));
            }
            assert_eq!(bearer(&headers), key, "{given:?}");
        }
    }
}
