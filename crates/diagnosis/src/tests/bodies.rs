//! Every body that was seen or documented, taken as bytes, with what it means.
//!
//! A file a provider, in `tests/bodies/` of the crate. An error begins with `### name | provider | endpoint` and goes on as it went over the
//! wire: status, headers, an empty line, the body. Behind `=>` stands what it means: cause, what it closes, whether it was
//! billed, how well that is known, whether another attempt can help.

use crate::table::idle;
use crate::{Billed, Cause, Endpoint, Provider, Retry, Symptom, Verdict, diagnose};
use wire::error::ProviderError;

const FILES: [&str; 8] = [
    include_str!("../../tests/bodies/openai.txt"),
    include_str!("../../tests/bodies/openrouter.txt"),
    include_str!("../../tests/bodies/anthropic.txt"),
    include_str!("../../tests/bodies/azure.txt"),
    include_str!("../../tests/bodies/google.txt"),
    include_str!("../../tests/bodies/others.txt"),
    include_str!("../../tests/bodies/streams.txt"),
    // Texts that people have in place of a body.
    include_str!("../../tests/bodies/pasted.txt"),
];

/// 2026-08-22, noon.
const NOW: i64 = 1_787_400_000_000_000;

struct Case<'a> {
    name: &'a str,
    provider: Provider,
    endpoint: Endpoint,
    status: u16,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    expected: &'a str,
}

fn cases() -> Vec<Case<'static>> {
    let of_file = |file: &'static str| file.split("### ").skip(1).map(case);
    FILES.into_iter().flat_map(of_file).collect()
}

fn case(text: &str) -> Case<'_> {
    let (title, rest) = text.split_once('\n').unwrap();
    let [name, provider, endpoint] = title.split(" | ").collect::<Vec<_>>()[..] else {
        panic!("{title}");
    };
    let (head, rest) = rest.split_once("\n\n").unwrap_or_else(|| panic!("{title}"));
    let (body, expected) = rest
        .split_once("\n=> ")
        .unwrap_or_else(|| panic!("{title}"));
    let (status, headers) = head.split_once('\n').unwrap_or((head, ""));
    Case {
        name,
        provider: Provider::all()
            .find(|known| known.name() == Some(provider))
            .unwrap_or(Provider::Compatible),
        endpoint: match endpoint {
            "text" => Endpoint::Text,
            "images" => Endpoint::Images,
            "batches" => Endpoint::Batches,
            _ => Endpoint::Unknown,
        },
        status: status.parse().unwrap(),
        headers: headers
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .collect(),
        body,
        expected: expected.lines().next().unwrap(),
    }
}

impl Case<'_> {
    fn error(&self) -> ProviderError {
        ProviderError::read(self.status, self.body.as_bytes())
    }

    fn symptom<'a>(&'a self, error: &'a ProviderError) -> Symptom<'a> {
        Symptom {
            endpoint: self.endpoint,
            kind: error.kind.as_deref(),
            code: error.code.as_deref(),
            reason: error.reason.as_deref(),
            message: &error.message,
            cap: error.cap.as_deref(),
            wait: error.wait.as_deref(),
            headers: &self.headers,
            now: NOW,
            ..Symptom::bare(self.provider, self.status)
        }
    }
}

fn spelt(verdict: &Verdict) -> String {
    let billed = match verdict.billed {
        Billed::No => "no",
        Billed::Maybe => "maybe",
    };
    let more = match verdict.retry {
        Retry::After(Some(wait)) => format!(" {wait:?}"),
        Retry::FewerTokens(Some(tokens)) => format!(" {tokens}"),
        Retry::After(None) | Retry::FewerTokens(None) | Retry::Never | Retry::Elsewhere => {
            String::new()
        }
    };
    format!(
        "{} | {} | {billed} | {} | {}{more}",
        verdict.cause.as_str(),
        verdict.scope.as_str(),
        verdict.confidence.as_str(),
        verdict.retry.as_str()
    )
}

#[test]
fn every_body_means_what_it_was_seen_to_mean() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let told = spelt(&diagnose(&case.symptom(&case.error())));
        if told != case.expected {
            wrong.push_str(&format!(
                "{}: {told}\n   instead of {}\n",
                case.name, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_cause_has_a_body_that_shows_it() {
    let seen: Vec<&str> = cases()
        .iter()
        .map(|case| case.expected.split(" | ").next().unwrap())
        .collect();
    let without: Vec<&str> = Cause::all()
        .map(Cause::as_str)
        .filter(|name| !seen.contains(name))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn every_row_of_the_table_decides_for_some_body() {
    let cases = cases();
    let errors: Vec<ProviderError> = cases.iter().map(Case::error).collect();
    let both = cases.iter().zip(&errors);
    let idle = idle(both.map(|(case, error)| case.symptom(error)));
    assert!(idle.is_empty(), "{idle:#?}");
}
