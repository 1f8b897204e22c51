//! "Did you mean": the known word that a misspelt one was probably meant to be.

/// The nearest of the known words, if it is near enough to be worth saying.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near_enough = (word.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|one| (strsim::osa_distance(word, one), one))
        .filter(|(distance, _)| *distance <= near_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, one)| one)
}

/// The end of a sentence about an unknown word: a guess, or all that is known.
pub(crate) fn or_all<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
) -> String {
    let known = known.into_iter();
    match nearest(word, known.clone()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => format!("known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_guessed_and_a_strange_one_is_not() {
        let known = ["listen", "public_url", "node"];
        assert_eq!(nearest("lisen", known), Some("listen"));
        assert_eq!(nearest("publicurl", known), Some("public_url"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(or_all("nod", known), "did you mean `node`?");
        assert_eq!(
            or_all("colour", known),
            "known are listen, public_url, node"
        );
    }
}
