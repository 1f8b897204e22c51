//! An account at a provider that is out of use, and one that is back.
//!
//! It is in no journal, because no organization's money changes by it, and in no request log, because the probe that ends it
//! is nobody's call. So `accounts` tells the moment it happens, and what was told is remembered under the time it began.

use ledger::Time;
use serde_json::json;

use super::words::fields;
use crate::Kind;
use crate::alert::Draft;

/// What became of an account at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamNews {
    /// The account's name.
    pub upstream: String,
    /// Whether it is in use again.
    pub is_back: bool,
    /// What is closed: `model`, `account`, `project` or `organization`.
    pub closes: &'static str,
    /// The model that was refused.
    pub model: Option<String>,
    /// Why the provider refuses, by its stable name.
    pub cause: &'static str,
    /// The same as a sentence.
    pub means: &'static str,
    /// What to do about it, with the page where that is done.
    pub remedy: String,
    /// What ends it: the end of a sentence, such as `until a probe is served`.
    pub until: String,
    /// Since when.
    pub since: Time,
    /// Now.
    pub at: Time,
}

/// An account was parked, or is back.
#[must_use]
pub fn upstream(news: &UpstreamNews) -> Draft {
    let name = &news.upstream;
    let what = match (news.closes, &news.model) {
        ("model", Some(model)) => format!("{model} of upstream \"{name}\""),
        ("model" | "account", _) => format!("Upstream \"{name}\""),
        (closes, _) => {
            format!("Upstream \"{name}\", with every account of its {closes} at the provider,")
        }
    };
    let (kind, word, sentence) = if news.is_back {
        let sentence = format!(
            "{what} is in use again; it was parked since {}.",
            news.since
        );
        (Kind::UpstreamBack, "in use again", sentence)
    } else {
        let sentence = format!(
            "{what} is parked {}: no call is sent there. {}",
            news.until, news.means
        );
        (Kind::UpstreamParked, "parked", sentence)
    };
    let mut lines = vec![("cause", news.cause.to_owned())];
    if !news.is_back {
        lines.push(("what to do", news.remedy.clone()));
    }
    Draft {
        kind,
        once: format!(
            "{}:{name}:{}:{}:{}",
            kind.name(),
            news.closes,
            news.model.as_deref().unwrap_or_default(),
            news.since.micros()
        ),
        seq: 0,
        at: news.at,
        subject: format!("upstream {name} is {word}"),
        sentence,
        lines,
        path: format!("/api/v1/upstreams/{name}"),
        command: format!("seawall upstream show {name}"),
        budget: None,
        data: fields(json!({
            "upstream": name,
            "closes": news.closes,
            "model": news.model,
            "cause": news.cause,
            "since_at": news.since.to_string(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(closes: &'static str, is_back: bool) -> UpstreamNews {
        UpstreamNews {
            upstream: "openai".to_owned(),
            is_back,
            closes,
            model: Some("gpt-image-1".to_owned()),
            cause: "credit_exhausted",
            means: "Its balance is used up.",
            remedy: "Buy.".to_owned(),
            until: "until a probe is served".to_owned(),
            since: Time::from_micros(0),
            at: Time::from_micros(60_000_000),
        }
    }

    #[test]
    fn what_is_parked_and_what_is_back_is_said_in_one_sentence() {
        for (closes, is_back, sentence) in [
            (
                "model",
                false,
                "gpt-image-1 of upstream \"openai\" is parked until a probe is served: no call is sent there. Its balance is used \
                 up.",
            ),
            (
                "organization",
                false,
                "Upstream \"openai\", with every account of its organization at the provider, is parked until a probe is \
                 served: no call is sent there. Its balance is used up.",
            ),
            (
                "account",
                true,
                "Upstream \"openai\" is in use again; it was parked since 1970-01-01T00:00:00Z.",
            ),
        ] {
            assert_eq!(upstream(&news(closes, is_back)).sentence, sentence);
        }
    }

    #[test]
    fn each_time_it_is_parked_is_told_once_and_so_is_its_end() {
        let once = |news: &UpstreamNews| upstream(news).once;
        let parked = news("account", false);
        let later = UpstreamNews {
            at: Time::from_micros(120_000_000),
            ..parked.clone()
        };
        let again = UpstreamNews {
            since: Time::from_micros(1),
            ..parked.clone()
        };
        assert_eq!(once(&parked), once(&later));
        assert_ne!(once(&parked), once(&again));
        assert_ne!(once(&parked), once(&news("account", true)));
    }
}
