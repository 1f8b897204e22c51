//! The HTTP status in a text: behind the words that introduce one, before the words that go with one, or out of the name
//! of the class that a library raised. Any other number of three digits is none: texts are full of limits and lines.

/// What stands right before a status, in lower case.
const BEFORE: [&str; 10] = [
    "code",
    "status",
    "http",
    "response",
    "http/1.0",
    "http/1.1",
    "http/2",
    "http/2.0",
    "http/3",
    "http_status",
];
/// What stands there as well, and before other numbers too.
const BEFORE_MAYBE: [&str; 2] = ["error", "exception"];
/// What stands right behind one, in lower case.
const BEHIND: [&str; 15] = [
    "too many requests",
    "unauthorized",
    "forbidden",
    "bad request",
    "not found",
    "payment required",
    "internal server",
    "bad gateway",
    "service unavailable",
    "service temporarily",
    "gateway time",
    "unprocessable",
    "conflict",
    "client error",
    "server error",
];
/// Statuses of the classes that libraries raise; behind the name stands `Error` or `Exception`.
const CLASSES: [(&str, u16); 12] = [
    ("RateLimit", 429),
    ("BadRequest", 400),
    ("InvalidRequest", 400),
    ("Authentication", 401),
    ("PermissionDenied", 403),
    ("NotFound", 404),
    ("PaymentRequired", 402),
    ("Conflict", 409),
    ("UnprocessableEntity", 422),
    ("InternalServer", 500),
    ("ServiceUnavailable", 503),
    ("Overloaded", 529),
];

/// How surely a number is a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Surely {
    ByItsPlace,
    ByItsWords,
}

/// The status of an error in the text: of the surest the last, because what came last is what the program ended with.
/// Without one, the last that begins an answer of another kind.
pub(super) fn of(text: &str) -> Option<u16> {
    let failed = numbers(text).filter(|(_, number)| (400..600).contains(number));
    let failed = failed.filter_map(|(at, number)| Some((surely(text, at)?, at, number)));
    let failed = failed.max().map(|(_, _, number)| number);
    failed.or_else(|| class(text)).or_else(|| {
        let answer = |at: usize| word_before(text, at).starts_with("http/");
        let all = numbers(text).filter(|(at, number)| (200..400).contains(number) && answer(*at));
        all.last().map(|(_, number)| number)
    })
}

/// Every number of three digits that is no part of a longer word, with its place.
fn numbers(text: &str) -> impl Iterator<Item = (usize, u16)> {
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '$');
    text.split(move |letter| !part(letter))
        .filter_map(move |word| {
            let digits = word.trim_end_matches('.');
            let three = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.parse().ok().filter(|_| three)?;
            let at = word.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
            Some((at, number))
        })
}

fn surely(text: &str, at: usize) -> Option<Surely> {
    let word = word_before(text, at);
    let behind = text.get(at..)?.get(3..)?;
    let behind: String = behind.trim_start().chars().take(24).collect();
    let behind = behind.to_ascii_lowercase();
    let ends = |words: &[&str]| words.iter().any(|known| word.ends_with(known));
    if ends(&BEFORE) || BEHIND.iter().any(|words| behind.starts_with(words)) {
        return Some(Surely::ByItsWords);
    }
    let line = text.get(..at)?.rsplit('\n').next()?;
    let begins = line.trim_start_matches([' ', '\t', '"', '\'']).is_empty();
    (ends(&BEFORE_MAYBE) || begins).then_some(Surely::ByItsPlace)
}

/// The word in front of a place, in lower case, without what stands between.
fn word_before(text: &str, at: usize) -> String {
    let between = |letter: char| {
        letter.is_whitespace()
            || matches!(
                letter,
                ':' | '=' | '[' | '(' | '"' | '\'' | '<' | '`' | '\\' | '>'
            )
    };
    let before = text.get(..at).unwrap_or_default().trim_end_matches(between);
    let of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '.');
    let without = before.trim_end_matches(of_word);
    let word = before.get(without.len()..).unwrap_or_default();
    word.to_ascii_lowercase()
}

/// The class that is named last.
fn class(text: &str) -> Option<u16> {
    let named = |(name, status): &(&str, u16)| {
        let places = text.match_indices(name).filter(|(at, _)| {
            let before = text.get(..*at).and_then(|text| text.chars().next_back());
            let behind = text.get(*at..).and_then(|text| text.strip_prefix(name));
            let whole = before.is_none_or(|letter| !letter.is_alphanumeric());
            let ends = |behind: &str| {
                ["Error", "Exception"]
                    .iter()
                    .any(|end| behind.starts_with(end))
            };
            whole && behind.is_some_and(ends)
        });
        places.last().map(|(at, _)| (at, *status))
    };
    CLASSES
        .iter()
        .filter_map(named)
        .max()
        .map(|(_, status)| status)
}
