//! What a refusal rests on besides money: tokens, end user, tags, and what each check counts. Codes and the order of fields
//! are those of every file ever written.

use ids::Subject;
use ledger::{Check, Measure, Time, Traits};

use crate::Decided;

/// Tokens of the input and of each unit, end user, tags.
type TraitFields = (u64, u64, Option<String>, Vec<String>);
/// What it counts, of whom, whether it freezes.
type CheckFields = (u8, Option<String>, bool);
/// Traits; tokens needed and at least; when it fits; whether the key was frozen; the checks in their order.
pub(super) type Fields = (TraitFields, (u64, u64), Option<i64>, bool, Vec<CheckFields>);

pub(super) fn fields(decided: &Decided) -> Fields {
    let (traits, shortfall) = (&decided.traits, &decided.shortfall);
    let tags = traits.tags.iter().map(|tag| hex(*tag)).collect();
    (
        (
            traits.tokens,
            traits.tokens_per_unit,
            traits.end_user.map(hex),
            tags,
        ),
        (shortfall.needed_tokens, shortfall.least_needed_tokens),
        shortfall.fits_at.map(Time::micros),
        shortfall.froze_key,
        shortfall.checks.iter().map(check_fields).collect(),
    )
}

pub(super) fn read(fields: Fields, decided: &mut Decided) -> Option<()> {
    let ((tokens, tokens_per_unit, end_user, tags), needed, fits_at, froze_key, checks) = fields;
    let end_user = match end_user {
        Some(text) => Some(subject(&text)?),
        None => None,
    };
    let tags: Option<Vec<Subject>> = tags.iter().map(|tag| subject(tag)).collect();
    decided.traits = Traits {
        tokens,
        tokens_per_unit,
        end_user,
        tags: tags?,
    };
    let shortfall = &mut decided.shortfall;
    (shortfall.needed_tokens, shortfall.least_needed_tokens) = needed;
    shortfall.fits_at = fits_at.map(Time::from_micros);
    shortfall.froze_key = froze_key;
    for (check, (measure, of, freezes)) in shortfall.checks.iter_mut().zip(checks) {
        check.measure = match measure {
            0 => Measure::Usd,
            1 => Measure::Requests,
            2 => Measure::Tokens,
            _ => return None,
        };
        check.subject = match of {
            Some(text) => Some(subject(&text)?),
            None => None,
        };
        check.freezes = freezes;
    }
    Some(())
}

fn check_fields(check: &Check) -> CheckFields {
    let measure = match check.measure {
        Measure::Usd => 0,
        Measure::Requests => 1,
        Measure::Tokens => 2,
    };
    (measure, check.subject.map(hex), check.freezes)
}

fn hex(subject: Subject) -> String {
    let digits = subject.to_bytes().map(|byte| format!("{byte:02x}"));
    digits.concat()
}

fn subject(text: &str) -> Option<Subject> {
    let number = u128::from_str_radix(text, 16).ok()?;
    (text.len() == 32).then(|| Subject::from_bytes(number.to_be_bytes()))
}
