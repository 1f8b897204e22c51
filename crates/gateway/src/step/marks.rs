//! Whom a call is made for and what its application wrote on it: what limits on end users and tags look at.
//!
//! **Invariant:** the texts themselves are told to nobody but the caller they came from, and are kept nowhere. What is
//! decided on, written down and shown later are their keyed hashes.

use http::HeaderMap;
use ids::{Pepper, SubjectKind};
use ledger::Traits;

use super::read::Facts;
use crate::tell::Stop;

/// Where an application writes tags that are none of the provider's business: `team=red, app=web`.
pub(crate) const TAGS: &str = "x-seawall-tags";
/// The most tags of a call, those of its `metadata` included.
const MOST: usize = 16;
/// The longest tag of the header, in bytes.
const LONGEST: usize = 256;

/// The texts of a call.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    pub(crate) end_user: Option<String>,
    /// `name=value`, ascending, each once.
    pub(crate) tags: Vec<String>,
}

impl Marks {
    /// What the body and the headers say. Always all of it: whether a limit looks at it is known to the Book alone, and
    /// what would be remembered of that could be out of date.
    pub(crate) fn read(facts: &Facts<'_>, headers: &HeaderMap) -> Result<Self, Stop> {
        let (end_user, pairs) = facts.marks();
        let pairs = pairs
            .iter()
            .map(|pair| format!("{}={}", pair.name, pair.value));
        let mut tags: Vec<String> = pairs.collect();
        for line in headers.get_all(TAGS) {
            let line = std::str::from_utf8(line.as_bytes());
            let line = line.map_err(|_not_text| Stop::BadTags("It is not written in UTF-8."))?;
            for tag in line.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                tags.push(tag_of(tag)?);
            }
        }
        tags.sort_unstable();
        tags.dedup();
        if tags.len() > MOST {
            return Err(Stop::BadTags(
                "A call can have 16 tags at most, those of its metadata included.",
            ));
        }
        Ok(Self {
            end_user: end_user.map(str::to_owned),
            tags,
        })
    }

    /// What a hold says of them.
    pub(crate) fn traits(&self, pepper: &Pepper) -> Traits {
        let end_user = self.end_user.as_deref();
        let tags = self.tags.iter();
        let mut tags: Vec<_> = tags
            .map(|tag| pepper.subject(SubjectKind::Tag, tag))
            .collect();
        tags.sort_unstable();
        tags.dedup();
        Traits {
            tokens: 0,
            tokens_per_unit: 0,
            end_user: end_user.map(|text| pepper.subject(SubjectKind::EndUser, text)),
            tags,
        }
    }
}

/// One tag of the header.
fn tag_of(text: &str) -> Result<String, Stop> {
    if text.len() > LONGEST {
        return Err(Stop::BadTags("A tag in it is longer than 256 bytes."));
    }
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok(format!("{}={}", name.trim(), value.trim()))
        }
        _ => Err(Stop::BadTags("A tag in it is not of the form name=value.")),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::step::read::Route;

    fn marks(body: &str, lines: &[&str]) -> Result<Marks, Stop> {
        let body = format!(
            r#"{{"model":"gpt-5-mini","messages":[{{"role":"user","content":"hi"}}]{body}}}"#
        );
        let facts = Facts::read(Route::Chat, body.as_bytes())?;
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(TAGS, HeaderValue::from_str(line).unwrap());
        }
        Marks::read(&facts, &headers)
    }

    #[test]
    fn tags_come_from_metadata_and_from_the_header_each_once() {
        let body = r#","user":"anna","safety_identifier":"s-1","metadata":{"team":"red","n":3,"app":"web"}"#;
        let read = marks(body, &["team=red, env = prod,", "zone=a=b"]).unwrap();
        assert_eq!(read.end_user.as_deref(), Some("s-1"));
        assert_eq!(read.tags, ["app=web", "env=prod", "team=red", "zone=a=b"]);
    }

    #[test]
    fn tags_that_are_too_many_too_long_or_no_tags_are_refused() {
        let many: Vec<String> = (0..17).map(|n| format!("t{n}=1")).collect();
        let sixteen = many[..16].join(",");
        assert!(marks("", &[&sixteen]).is_ok());
        let long = format!("t={}", "x".repeat(255));
        for (body, line) in [
            ("", &*many.join(",")),
            (r#","metadata":{"team":"red"}"#, &*sixteen),
            ("", &*long),
            ("", "team"),
            ("", "=red"),
        ] {
            let refused = matches!(marks(body, &[line]), Err(Stop::BadTags(_)));
            assert!(refused, "{body} {line}");
        }
    }

    #[test]
    fn equal_texts_have_equal_subjects_and_a_user_is_no_tag() {
        let pepper = Pepper::from_bytes([7; 32]);
        let both = marks(r#","user":"a=b","metadata":{"a":"b"}"#, &["c=d"]);
        let traits = both.unwrap().traits(&pepper);
        let again = marks(r#","user":"a=b","metadata":{"c":"d"}"#, &["a=b"]);
        assert_eq!(traits, again.unwrap().traits(&pepper));
        assert!(traits.tags.is_sorted() && traits.tags.len() == 2);
        assert!(!traits.tags.contains(&traits.end_user.unwrap()));
    }
}
