//! How many tokens an image has, by size and quality.

use serde::Deserialize;

/// Which table of tokens per image a model follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SizeTable {
    /// The published table of the models before gpt-image-2.
    Classic,
    /// gpt-image-2 and later, for which only dollars per image are published, rounded to a tenth of a cent: the
    /// numbers of tokens that no image at the published dollars can exceed, at $30 per million.
    Rounded,
}

/// The sizes that are sold, in the order of the columns below.
pub(crate) const SIZES: [&str; 3] = ["1024x1024", "1024x1536", "1536x1024"];
/// The qualities that are sold, in the order of the rows below.
pub(crate) const QUALITIES: [&str; 3] = ["low", "medium", "high"];

const CLASSIC: [[u64; 3]; 3] = [
    [272, 408, 400],
    [1_056, 1_584, 1_568],
    [4_160, 6_240, 6_208],
];
const ROUNDED: [[u64; 3]; 3] = [
    [217, 184, 184],
    [1_784, 1_384, 1_384],
    [7_050, 5_517, 5_517],
];

/// Why an image cannot be made: the member that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSold {
    Size,
    Quality,
}

impl SizeTable {
    /// Output tokens of one image. `auto` or nothing stands for the dearest choice that is left.
    pub(crate) fn tokens(self, size: Option<&str>, quality: Option<&str>) -> Result<u64, NotSold> {
        let table = match self {
            Self::Classic => CLASSIC,
            Self::Rounded => ROUNDED,
        };
        let columns = chosen(&SIZES, size).ok_or(NotSold::Size)?;
        let rows = chosen(&QUALITIES, quality).ok_or(NotSold::Quality)?;
        let prices = table
            .iter()
            .enumerate()
            .filter(|(row, _)| rows.contains(row))
            .flat_map(|(_, row)| {
                row.iter()
                    .enumerate()
                    .filter(|(column, _)| columns.contains(column))
                    .map(|(_, tokens)| *tokens)
            });
        Ok(prices.max().unwrap_or(0))
    }
}

/// The places that a word chooses: one, or all of them for `auto`; `None` for a word that is not sold.
fn chosen(names: &[&str; 3], word: Option<&str>) -> Option<std::ops::Range<usize>> {
    match word {
        None | Some("auto") => Some(0..3),
        Some(word) => names
            .iter()
            .position(|name| *name == word)
            .map(|at| at..at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_follow_the_published_tables_and_auto_is_the_dearest() {
        for (table, size, quality, tokens) in [
            (SizeTable::Classic, Some("1024x1024"), Some("low"), Ok(272)),
            (
                SizeTable::Classic,
                Some("1536x1024"),
                Some("high"),
                Ok(6_208),
            ),
            (SizeTable::Classic, None, None, Ok(6_240)),
            (SizeTable::Classic, Some("auto"), Some("auto"), Ok(6_240)),
            (SizeTable::Classic, Some("1024x1024"), None, Ok(4_160)),
            (SizeTable::Classic, None, Some("medium"), Ok(1_584)),
            (SizeTable::Rounded, Some("1024x1536"), Some("low"), Ok(184)),
            (SizeTable::Rounded, None, None, Ok(7_050)),
            (
                SizeTable::Classic,
                Some("512x512"),
                None,
                Err(NotSold::Size),
            ),
            (SizeTable::Classic, None, Some("hd"), Err(NotSold::Quality)),
        ] {
            assert_eq!(table.tokens(size, quality), tokens, "{size:?} {quality:?}");
        }
    }

    #[test]
    fn rounded_tokens_are_the_least_that_cover_every_amount_that_rounds_to_the_published_one() {
        let thousandths = [[6, 5, 5], [53, 41, 41], [211, 165, 165]];
        for (tokens, published) in ROUNDED.iter().flatten().zip(thousandths.iter().flatten()) {
            // $30 per million tokens is 30 millionths each; half a thousandth above is where the next figure begins.
            let next: u64 = published * 1_000 + 500;
            assert_eq!(*tokens, next.div_ceil(30));
        }
    }
}
