//! E01 to E08, E11: what is wrong on this side, before any money matters.

use diagnosis::{Cause, Provider};

use super::identity::refused_tail;
use super::pages::{self, name};
use crate::answer::Answer;
use crate::finding::{Confidence, Finding};
use crate::key::KeyKind;
use crate::observations::Observations;
use crate::precedence::{ADDRESS, ORGANIZATION, PROJECT, proxies};
use crate::setting::{Setting, Value};

pub(super) fn e01(o: &Observations) -> Option<Finding> {
    if o.account.key.is_some() || o.account.provider == Provider::Compatible {
        return None;
    }
    let missing = o.not_seen.iter().find(|(what, _)| *what == "key");
    // An error that was pasted comes from somewhere that had a key.
    if !o.answers.is_empty() {
        return None;
    }
    Some(
        Finding::new(Confidence::Certain, "There is no API key here.")
            .because(missing.map_or_else(
            || "OPENAI_API_KEY is neither in the environment nor in an .env file on the way up from here".to_owned(),
            |(_, why)| why.clone(),
        ))
            .fix_where("Set OPENAI_API_KEY where your program reads it, and run this command there.", pages::keys(o.account.provider)),
    )
}

/// What is wrong with an address that a library puts its paths behind.
fn misshapen(url: &str) -> Option<&'static str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Some("does not begin with https:// or http://");
    };
    let path = rest
        .split_once('/')
        .map_or("", |(_, path)| path)
        .trim_end_matches('/');
    let ends = [
        "chat/completions",
        "completions",
        "images/generations",
        "responses",
        "models",
        "messages",
    ];
    if ends.iter().any(|end| path.ends_with(end)) {
        return Some("ends in the path of a call, which the library adds once more");
    }
    if path.contains("v1/v1") {
        return Some("has /v1 twice");
    }
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let pages = [
        "platform.openai.com",
        "openai.com",
        "www.openai.com",
        "chat.openai.com",
        "chatgpt.com",
    ];
    if pages.contains(&host.as_str()) {
        return Some("is an address of web pages; the API is at api.openai.com");
    }
    if (host == "api.openai.com" || host.ends_with(".api.openai.com")) && path != "v1" {
        return Some("does not end in /v1, as api.openai.com needs");
    }
    if host.ends_with(".azure.com") && url.starts_with("http://") {
        return Some("begins with http://, and Azure answers on https:// alone");
    }
    (host == "openrouter.ai" && path != "api/v1")
        .then_some("does not end in /api/v1, as openrouter.ai needs")
}

/// What stands before the paths of a library, where it is not `OpenAI`'s.
const ADDRESSES: [(Provider, &str); 4] = [
    (Provider::OpenRouter, "https://openrouter.ai/api/v1"),
    (Provider::Anthropic, "https://api.anthropic.com"),
    (Provider::Groq, "https://api.groq.com/openai/v1"),
    (Provider::Together, "https://api.together.xyz/v1"),
];

fn usual_address(provider: Provider) -> &'static str {
    let known = ADDRESSES.iter().find(|(of, _)| *of == provider);
    known.map_or("https://api.openai.com/v1", |(_, address)| *address)
}

pub(super) fn e02(o: &Observations) -> Option<Finding> {
    let wrong = |setting: &Setting| {
        let what = misshapen(setting.text()?)?;
        Some(format!(
            "{} is {} in {}: it {what}",
            setting.name,
            setting.shown(),
            setting.origin
        ))
    };
    let mut evidence: Vec<String> = o.set(&ADDRESS).filter_map(wrong).collect();
    let redirects = |answer: &&Answer| (300..400).contains(&answer.status);
    if let Some(answer) = o.answers.iter().find(redirects) {
        evidence.push(format!(
            "the address redirects (HTTP {}); a key does not follow to another one",
            answer.status
        ));
    }
    if evidence.is_empty() {
        // Where an error was pasted, its account may have no address that is known here.
        let known = Some(&o.account.base_url).filter(|url| !url.is_empty());
        let what = misshapen(known?)?;
        evidence.push(format!("the base URL is {}: it {what}", o.account.base_url));
    }
    Some(
        Finding::new(
            Confidence::VeryLikely,
            "The base URL leads to paths that do not exist, or elsewhere.",
        )
        .because_all(evidence)
        .fix(format!(
            "Use {}, or leave the variable out.",
            usual_address(o.account.provider)
        )),
    )
}

/// Two settings that are to say the same and do not.
fn contradiction(one: &Setting, other: &Setting) -> bool {
    match (&one.value, &other.value) {
        (Value::Key(one), Value::Key(other)) => !one.is_same_key(other),
        (Value::Text(one), Value::Text(other)) => one != other,
        (Value::Key(_), _) | (Value::Text(_), _) | (Value::Headers(_) | Value::Hidden, _) => false,
    }
}

fn told(setting: &Setting) -> String {
    format!(
        "{} in {} is {}",
        setting.name,
        setting.origin,
        setting.shown()
    )
}

pub(super) fn e03(o: &Observations) -> Option<Finding> {
    let mut evidence = Vec::new();
    for (at, setting) in o.settings.iter().enumerate() {
        let earlier = o
            .settings
            .iter()
            .take(at)
            .find(|other| other.name == setting.name);
        if let Some(earlier) = earlier.filter(|earlier| contradiction(earlier, setting)) {
            evidence.push(format!("{}; {}", told(earlier), told(setting)));
        }
    }
    if evidence.is_empty() {
        return None;
    }
    Some(
        Finding::new(Confidence::Certain, "The environment and an .env file say different things.")
            .warns()
            .because_all(evidence)
            .because("libraries that read .env leave a variable alone that is already set, unless they are told to override; programs that do not read .env have the other")
            .fix("Keep one of them. Editors, containers and services keep the environment they were started with; restart them."),
    )
}

pub(super) fn e04(o: &Observations) -> Option<Finding> {
    let mut evidence = Vec::new();
    for names in [&ORGANIZATION[..], &PROJECT[..], &ADDRESS[..2]] {
        let all: Vec<&Setting> = o.set(names).collect();
        for (at, setting) in all.iter().enumerate() {
            let earlier = all
                .iter()
                .take(at)
                .find(|earlier| earlier.name != setting.name);
            if let Some(earlier) = earlier.filter(|earlier| contradiction(earlier, setting)) {
                evidence.push(format!("{}; {}", told(earlier), told(setting)));
            }
        }
    }
    if evidence.is_empty() {
        return None;
    }
    Some(
        Finding::new(Confidence::Certain, "Two variables for one thing disagree, so libraries call and bill differently.")
            .warns()
            .because_all(evidence)
            .because("the official libraries read OPENAI_ORG_ID and OPENAI_BASE_URL; LangChain and LiteLLM read OPENAI_ORGANIZATION and OPENAI_API_BASE as well")
            .fix("Set both to the same, or unset the one nobody needs."),
    )
}

pub(super) fn e05(o: &Observations) -> Option<Finding> {
    let odd = |setting: &Setting| {
        let odd = setting.key()?.odd?;
        Some(format!("{} in {}: {odd}", setting.name, setting.origin))
    };
    let evidence: Vec<String> = o.settings.iter().filter_map(odd).collect();
    if evidence.is_empty() {
        return None;
    }
    Some(
        Finding::new(Confidence::VeryLikely, "A key is not written as it must be.")
            .because_all(evidence)
            .fix("Write the key alone: no quotes where the file is read by a container, no `Bearer`, no white space."),
    )
}

pub(super) fn e06(o: &Observations) -> Option<Finding> {
    let (key, source) = o.account.key.as_ref()?;
    let fits = match (key.kind, o.account.provider) {
        (KeyKind::OpenRouter, provider) => {
            provider == Provider::OpenRouter || provider == Provider::Compatible
        }
        (KeyKind::Anthropic, provider) => {
            provider == Provider::Anthropic || provider == Provider::Compatible
        }
        (KeyKind::Seawall | KeyKind::Groq | KeyKind::Gemini | KeyKind::XAi, provider) => {
            provider == Provider::Compatible || !o.account.base_url.contains("api.openai.com")
        }
        (KeyKind::Project | KeyKind::ServiceAccount, provider) => {
            provider != Provider::OpenRouter && provider != Provider::Anthropic
        }
        (
            KeyKind::Admin
            | KeyKind::LegacyUser
            | KeyKind::Session
            | KeyKind::AnthropicAdmin
            | KeyKind::SeawallAdmin
            | KeyKind::Unknown,
            _,
        ) => true,
    };
    if fits {
        return None;
    }
    Some(
        Finding::new(Confidence::VeryLikely, "The key is another provider's than the address it is sent to.")
            .because(format!("{source} holds {key}, a {}, and goes to {}", key.kind.words(), o.account.base_url))
            .fix("Give the key its own base URL, or the address a key of its own. A key that was sent to a stranger should be replaced."),
    )
}

pub(super) fn e07(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::InvalidKey])?;
    if super::identity::d11(o).is_some() {
        return None;
    }
    let same = refused_tail(denial).zip(o.account.key.as_ref());
    let same =
        same.map(|(tail, (_, source))| format!("it is the key of {source}, which ends in {tail}"));
    let finding = Finding::new(
        denial.sure(),
        format!(
            "{} does not know the key: it was deleted, replaced, or cut off when it was copied.",
            name(o)
        ),
    )
    .because(denial.said())
    .because_all(same);
    let text = "Make a new key and set it in the same place.";
    Some(finding.fix_where(text, pages::keys(o.account.provider)))
}

pub(super) fn e08(o: &Observations) -> Option<Finding> {
    let why = o.unreachable.as_ref()?;
    // An address that is none is reached by nobody; then E02 is the verdict.
    let confidence = if e02(o).is_some() {
        Confidence::Likely
    } else {
        Confidence::Certain
    };
    Some(
        Finding::new(
            confidence,
            format!("{} cannot be reached from here.", name(o)),
        )
        .because(why.clone())
        .because_all(
            proxies(o)
                .into_iter()
                .map(|through| format!("{through}; doctor goes the straight way")),
        )
        .because_all(o.denials().next().map(Answer::said))
        .fix_where(
            "Look at the network, the proxy and the base URL; then at the provider's status page.",
            pages::status(o.account.provider),
        ),
    )
}

pub(super) fn e11(o: &Observations) -> Option<Finding> {
    let denial = o
        .denials()
        .find(|answer| answer.refused_by_seawall.is_some())?;
    let id = denial.refused_by_seawall.as_deref()?;
    Some(
        Finding::new(
            Confidence::Certain,
            "Seawall refused this call, not the provider: nothing was sent, and no limit at the provider is to blame.",
        )
        .because(denial.said())
        .because("the error's details say `refused_by: seawall`")
        .fix(format!(
            "Ask the one who runs it: `seawall explain {id}` shows which limit it was, its figures, and who can change it."
        )),
    )
}
