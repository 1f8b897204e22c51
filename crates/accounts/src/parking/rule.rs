//! Until when a refusal closes what it closes. Pure: a verdict, how often it came in a row, the time.

use std::time::Duration;

use diagnosis::{Cause, Confidence, Retry, Scope, Verdict};
use ledger::Time;

use super::{Until, after};

/// The shortest a refusal closes anything for, and the first back-off where the provider does not say how long.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest back-off where the provider does not say how long.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// The longest that a rate closes anything for, whatever the provider says. None is counted by more than a day.
const LONGEST_RATE: Duration = Duration::from_secs(24 * 60 * 60);

/// Until when; `None`: it closes nothing for the next call. `before` is how often in a row it was the same already.
pub(crate) fn until(verdict: &Verdict, before: u32, now: Time) -> Option<Until> {
    if !verdict.refusal || verdict.scope == Scope::Request || is_of_the_call(verdict.cause) {
        return None;
    }
    match verdict.retry {
        Retry::Never | Retry::FewerTokens(_) => None,
        Retry::After(told) => {
            let wait = told.unwrap_or_else(|| back_off(before)).max(SHORTEST);
            // A resume date of money may be a month away; a rate that says so is mistaken.
            let most = if verdict.cause.is_money() {
                wait
            } else {
                LONGEST_RATE
            };
            Some(Until::At(after(now, wait.min(most))))
        }
        // A status alone does not close an account until a person comes.
        Retry::Elsewhere
            if is_for_good(verdict.cause) && verdict.confidence == Confidence::Certain =>
        {
            Some(Until::Person)
        }
        Retry::Elsewhere => Some(Until::Probed),
    }
}

/// One second, then twice as long each time, up to a minute.
fn back_off(before: u32) -> Duration {
    let times = 2_u32.saturating_pow(before.min(16));
    SHORTEST.saturating_mul(times).min(LONGEST_BACK_OFF)
}

/// What another call to the same model need not meet. A caller could close an account for everybody with these.
fn is_of_the_call(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::InFlightBudget
            | Cause::WorstCaseTooLarge
            | Cause::TooLargeForRate
            | Cause::ContextTooLong
            | Cause::ContentRefused
            | Cause::ServiceTierNotAllowed
            | Cause::MalformedRequest
            | Cause::ServerFailure
            | Cause::Unknown
            // It stands back for a while (`Served::take_off`), and is still asked where nobody else serves the model.
            | Cause::ModelNotAvailable
    )
}

/// What nothing but another credential, or a person at the provider, ends.
fn is_for_good(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::AccountDeactivated
            | Cause::AccessTerminated
            | Cause::InvalidKey
            | Cause::InvalidOrganization
            | Cause::MismatchedOrganization
            | Cause::MismatchedProject
            | Cause::NoOrganization
    )
}

#[cfg(test)]
mod tests {
    use diagnosis::Billed;

    use super::*;

    const SCOPES: [Scope; 7] = [
        Scope::Request,
        Scope::Model,
        Scope::Deployment,
        Scope::Key,
        Scope::Project,
        Scope::Organization,
        Scope::Account,
    ];
    const NOW: Time = Time::from_micros(1_000_000);

    fn verdict(cause: Cause, scope: Scope, retry: Retry) -> Verdict {
        Verdict {
            cause,
            scope,
            billed: Billed::No,
            confidence: Confidence::Certain,
            retry,
            refusal: cause.is_refusal(),
        }
    }

    fn said(verdict: &Verdict) -> String {
        match until(verdict, 0, NOW) {
            None => "open".to_owned(),
            Some(Until::Person) => "person".to_owned(),
            Some(Until::Probed) => "probed".to_owned(),
            Some(Until::At(at)) => {
                let wait = (at.micros() - NOW.micros()) / 1_000_000;
                format!("{wait} s")
            }
        }
    }

    /// Cause; what it says with: no figure; 30 s; 400 days; somebody must change something.
    #[rustfmt::skip]
    const TABLE: &[(&str, [&str; 4])] = &[
        ("credit_exhausted", ["1 s", "30 s", "34560000 s", "probed"]),
        ("organization_spend_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("project_spend_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("organization_usage_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("billing_unspecified", ["1 s", "30 s", "34560000 s", "probed"]),
        ("billing_on_image_path", ["1 s", "30 s", "34560000 s", "probed"]),
        ("billing_not_active", ["1 s", "30 s", "34560000 s", "probed"]),
        ("key_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("guardrail_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("gateway_limit", ["1 s", "30 s", "34560000 s", "probed"]),
        ("in_flight_budget", ["open"; 4]),
        ("worst_case_too_large", ["open"; 4]),
        ("invalid_key", ["1 s", "30 s", "86400 s", "person"]),
        ("missing_scope", ["1 s", "30 s", "86400 s", "probed"]),
        ("invalid_organization", ["1 s", "30 s", "86400 s", "person"]),
        ("mismatched_organization", ["1 s", "30 s", "86400 s", "person"]),
        ("mismatched_project", ["1 s", "30 s", "86400 s", "person"]),
        ("no_organization", ["1 s", "30 s", "86400 s", "person"]),
        ("ip_not_allowed", ["1 s", "30 s", "86400 s", "probed"]),
        ("region_not_supported", ["1 s", "30 s", "86400 s", "probed"]),
        ("access_terminated", ["1 s", "30 s", "86400 s", "person"]),
        ("account_deactivated", ["1 s", "30 s", "86400 s", "person"]),
        ("model_not_available", ["open"; 4]),
        ("organization_not_verified", ["1 s", "30 s", "86400 s", "probed"]),
        ("service_tier_not_allowed", ["open"; 4]),
        ("content_refused", ["open"; 4]),
        ("request_rate", ["1 s", "30 s", "86400 s", "probed"]),
        ("token_rate", ["1 s", "30 s", "86400 s", "probed"]),
        ("rate", ["1 s", "30 s", "86400 s", "probed"]),
        ("too_large_for_rate", ["open"; 4]),
        ("slow_down", ["1 s", "30 s", "86400 s", "probed"]),
        ("overloaded", ["1 s", "30 s", "86400 s", "probed"]),
        ("server_failure", ["open"; 4]),
        ("context_too_long", ["open"; 4]),
        ("malformed_request", ["open"; 4]),
        ("unknown", ["open"; 4]),
    ];

    #[test]
    fn every_cause_with_every_scope_and_every_retry_closes_as_the_table_says() {
        let days = Duration::from_secs(400 * 24 * 60 * 60);
        let waits = [
            Retry::After(None),
            Retry::After(Some(Duration::from_secs(30))),
            Retry::After(Some(days)),
            Retry::Elsewhere,
        ];
        let names: Vec<&str> = Cause::all().map(Cause::as_str).collect();
        let table: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, table, "a new cause needs its row");
        for (cause, (name, closes)) in Cause::all().zip(TABLE) {
            for scope in SCOPES {
                for (retry, expected) in waits.into_iter().zip(closes) {
                    let verdict = verdict(cause, scope, retry);
                    let expected = if scope == Scope::Request {
                        "open"
                    } else {
                        expected
                    };
                    assert_eq!(said(&verdict), *expected, "{name} {scope:?} {retry:?}");
                }
                for retry in [Retry::Never, Retry::FewerTokens(Some(1))] {
                    let verdict = verdict(cause, scope, retry);
                    assert_eq!(said(&verdict), "open", "{name} {scope:?} {retry:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_that_only_a_status_speaks_against_is_probed_and_not_closed_for_good() {
        let mut likely = verdict(Cause::InvalidKey, Scope::Key, Retry::Elsewhere);
        likely.confidence = Confidence::Likely;
        assert_eq!(said(&likely), "probed");
    }

    #[test]
    fn a_back_off_doubles_to_a_minute() {
        let seconds: Vec<u64> = (0..9).map(|n| back_off(n).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(back_off(u32::MAX).as_secs(), 60);
    }
}
