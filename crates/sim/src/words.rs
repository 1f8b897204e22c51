//! The text of an answer: words that are one token each, so that an answer of N words has N tokens.

use std::sync::LazyLock;

/// Each is one token of o200k with a blank before it; the first is one without, too.
const WORDS: [&str; 16] = [
    "the", "sea", "wall", "holds", "and", "every", "wave", "that", "comes", "in", "from", "open",
    "water", "will", "stop", "here",
];
/// How many words are written out once, for all answers.
const READY: usize = 4_096;

/// The ready text, and where each of its words ends.
static TEXT: LazyLock<(String, Vec<usize>)> = LazyLock::new(|| {
    let mut text = String::new();
    let mut ends = vec![0];
    for at in 0..READY {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(WORDS[at % WORDS.len()]);
        ends.push(text.len());
    }
    (text, ends)
});

/// Appends the words from number `from` up to, not including, number `to`. Joined piece by piece, they make the same
/// text as written at once. None needs an escape in JSON.
pub(crate) fn append(out: &mut String, from: u64, to: u64) {
    let (text, ends) = &*TEXT;
    let place = |at: u64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| ends.get(at))
            .copied()
    };
    if let (Some(start), Some(end)) = (place(from), place(to))
        && let Some(piece) = text.get(start..end)
    {
        out.push_str(piece);
        return;
    }
    for at in from..to {
        if at > 0 {
            out.push(' ');
        }
        let word = usize::try_from(at % 16).unwrap_or(0);
        out.push_str(WORDS[word]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    #[test]
    fn an_answer_of_n_words_has_n_tokens() {
        for n in [0, 1, 2, 15, 16, 17, 100, 4_095, 4_096, 4_097, 9_000] {
            let mut text = String::new();
            append(&mut text, 0, n);
            assert_eq!(tokens::count(&text), n);
        }
    }

    #[test]
    fn pieces_join_to_the_whole() {
        let (mut whole, mut pieces) = (String::new(), String::new());
        append(&mut whole, 0, 4_200);
        for at in (0..4_200).step_by(7) {
            append(&mut pieces, at, at + 7);
        }
        assert_eq!(whole, pieces);
    }
}
