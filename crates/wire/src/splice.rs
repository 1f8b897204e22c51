//! Edits of a text that leave all other bytes as they are.

use std::ops::Range;

/// Replacements of parts of a text, not yet done.
#[derive(Debug, Default)]
pub(crate) struct Splices(Vec<(Range<usize>, Vec<u8>)>);

impl Splices {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts `with` where `span` is. Spans must not overlap; of two insertions at one place the first comes first.
    pub(crate) fn replace(&mut self, span: Range<usize>, with: impl Into<Vec<u8>>) {
        self.0.push((span, with.into()));
    }

    /// Puts `with` in at this offset.
    pub(crate) fn insert(&mut self, at: usize, with: impl Into<Vec<u8>>) {
        self.replace(at..at, with);
    }

    /// The text with all of them done.
    pub(crate) fn apply(mut self, text: &[u8]) -> Vec<u8> {
        // What is put in stands before what is replaced at the same place.
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let added: usize = self.0.iter().map(|(_, with)| with.len()).sum();
        let mut edited = Vec::with_capacity(text.len().saturating_add(added));
        let mut done = 0;
        for (span, with) in self.0 {
            edited.extend_from_slice(text.get(done..span.start).unwrap_or_default());
            edited.extend_from_slice(&with);
            done = span.end;
        }
        edited.extend_from_slice(text.get(done..).unwrap_or_default());
        edited
    }
}
