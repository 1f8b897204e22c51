//! How many output tokens would still be taken, where a message says so.

/// The most output tokens the message leaves room for; `message` is in lower case.
///
/// `OpenRouter` says what a call can afford. A context that is too small is told with its size and the prompt's, so what
/// is left of it is the answer.
pub(crate) fn left(message: &str) -> Option<u64> {
    number_after(message, "can only afford ").or_else(|| {
        let context = number_after(message, "maximum context length is ")?;
        let (before, _) = message.split_once(" in the messages")?;
        let prompt: String = before
            .rsplit(|character: char| !character.is_ascii_digit())
            .next()?
            .to_owned();
        context.checked_sub(prompt.parse().ok()?)
    })
}

fn number_after(message: &str, phrase: &str) -> Option<u64> {
    let (_, rest) = message.split_once(phrase)?;
    let end = rest
        .find(|character: char| !character.is_ascii_digit() && character != ',')
        .unwrap_or(rest.len());
    let (digits, _) = rest.split_at(end);
    digits.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn what_is_left_is_read_where_it_is_said() {
        for (message, tokens) in [
            (
                "you requested up to 4096 tokens, but can only afford 4000.",
                Some(4_000),
            ),
            ("can only afford 12,000 tokens", Some(12_000)),
            (
                "this model's maximum context length is 8192 tokens. however, you requested 8204 tokens (12 in the \
                 messages, 8192 in the completion).",
                Some(8_180),
            ),
            (
                "maximum context length is 10 tokens (12 in the messages)",
                None,
            ),
            ("maximum context length is 8192 tokens", None),
            ("can only afford nothing", None),
            ("can only afford 99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(left(message), tokens, "{message}");
        }
    }
}
