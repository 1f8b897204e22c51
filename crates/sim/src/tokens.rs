//! Counts tokens with the real tokenizer of the current models, o200k.

/// Tokens of this text.
pub(crate) fn count(text: &str) -> u64 {
    u64::try_from(bpe_openai::o200k_base().count(text)).unwrap_or(u64::MAX)
}
