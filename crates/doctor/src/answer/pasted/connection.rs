//! A text that tells of no answer at all: the connection failed before there was one.

/// What libraries and systems write of it, in lower case, and what it means.
const SAYS: [(&str, &str); 14] = [
    ("enotfound", "the name of the host is not known"),
    ("eai_again", "the name of the host is not known"),
    (
        "name or service not known",
        "the name of the host is not known",
    ),
    ("nodename nor servname", "the name of the host is not known"),
    (
        "could not resolve host",
        "the name of the host is not known",
    ),
    ("econnrefused", "nobody listens at the address"),
    ("connection refused", "nobody listens at the address"),
    (
        "certificate_verify_failed",
        "the host's certificate is not trusted here, as where a proxy opens connections",
    ),
    (
        "self-signed certificate",
        "the host's certificate is not trusted here, as where a proxy opens connections",
    ),
    ("etimedout", "no answer came in the time allowed"),
    ("apitimeouterror", "no answer came in the time allowed"),
    ("connect timeout", "no answer came in the time allowed"),
    ("apiconnectionerror", "the library got no connection"),
    (
        "unsupportedprotocol",
        "the base URL does not begin with https:// or http://",
    ),
];

/// Why there was no answer, if the text says so and holds no status.
#[must_use]
pub fn why(text: &str) -> Option<&'static str> {
    if super::status::of(text).is_some() {
        return None;
    }
    let lower = text.to_lowercase();
    let found = SAYS.iter().find(|(words, _)| lower.contains(words));
    found.map(|(_, why)| *why)
}
