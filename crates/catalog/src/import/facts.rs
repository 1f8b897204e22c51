//! What price files do not say and a bound needs: which tokenizer, how many tokens a picture has, what a tool costs.
//!
//! Everything here is OpenAI's and has its source beside it.

use crate::model::Tokenizer;

/// By the beginning of the name, the first that fits; tiktoken 0.14, `model.py`. Later families are not in it: their input is
/// bounded by bytes alone.
const TOKENIZERS: [(&str, Tokenizer); 8] = [
    ("gpt-5", Tokenizer::O200k),
    ("gpt-4.1", Tokenizer::O200k),
    ("gpt-4o", Tokenizer::O200k),
    ("o1", Tokenizer::O200k),
    ("o3", Tokenizer::O200k),
    ("o4-mini", Tokenizer::O200k),
    ("gpt-4", Tokenizer::Cl100k),
    ("gpt-3.5-turbo", Tokenizer::Cl100k),
];

/// The tokenizer of a text model of OpenAI's, where it is public.
pub(crate) fn tokenizer(name: &str) -> Option<Tokenizer> {
    let row = TOKENIZERS
        .into_iter()
        .find(|(start, _)| name.starts_with(start));
    row.map(|(_, tokenizer)| tokenizer)
}

/// The most tokens of pictures, by quality: of a square, an upright and a wide one.
type Table = [(&'static str, [u64; 3]); 3];

/// The sizes of the columns.
pub(crate) const SIZES: [&str; 3] = ["1024x1024", "1024x1536", "1536x1024"];

/// OpenAI's image guide, "models before gpt-image-2".
const BEFORE_2: Table = [
    ("low", [272, 408, 400]),
    ("medium", [1056, 1584, 1568]),
    ("high", [4160, 6240, 6208]),
];

/// From gpt-image-2 on OpenAI publishes dollars per image, not tokens. These are the least that cost more than anything that
/// rounds to those dollars: $0.006 is at most $0.0065, and at $30 per 1M 217 tokens cost $0.00651.
const FROM_2: Table = [
    ("low", [217, 184, 184]),
    ("medium", [1784, 1384, 1384]),
    ("high", [7050, 5517, 5517]),
];

const PICTURES: [(&str, &Table); 7] = [
    ("gpt-image-2.5-sunburst", &FROM_2),
    ("gpt-image-2.5-flare", &FROM_2),
    ("gpt-image-2", &FROM_2),
    ("gpt-image-1.5", &BEFORE_2),
    ("chatgpt-image-latest", &BEFORE_2),
    ("gpt-image-1-mini", &BEFORE_2),
    ("gpt-image-1", &BEFORE_2),
];

/// Size, quality and the most tokens of an image model's pictures; a dated snapshot has its model's.
pub(crate) fn pictures(name: &str) -> Option<Vec<(String, String, u64)>> {
    let (_, table) = PICTURES.iter().find(|(model, _)| {
        let rest = name.strip_prefix(model);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("-20"))
    })?;
    let rows = table.iter().flat_map(|(quality, tokens)| {
        let sizes = SIZES.iter().zip(tokens);
        sizes.map(|(size, tokens)| ((*size).to_owned(), (*quality).to_owned(), *tokens))
    });
    Some(rows.collect())
}

/// The most text an image model writes beside a picture, where it writes any. How much at most is not published. This is
/// generous, and more than it shows as an overrun.
pub(crate) const TEXT_OUTPUT_AT_MOST: u64 = 2048;

/// A search of stored files at OpenAI, in dollars: $2.50 per 1,000 (its price page, and a constant in LiteLLM's code).
pub(crate) const FILE_SEARCH: &str = "0.0025";
