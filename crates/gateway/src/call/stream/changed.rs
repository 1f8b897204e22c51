//! Events that go out otherwise than they came, within a piece that else is passed on untouched.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Changes to one piece of a stream, in its order.
pub(super) struct Changed {
    /// Where in the stream the piece begins.
    begin: usize,
    changes: Vec<(Range<usize>, Vec<u8>)>,
}

impl Changed {
    pub(super) const fn new(begin: usize) -> Self {
        Self {
            begin,
            changes: Vec::new(),
        }
    }

    /// Puts something in the place of an event; `span` is where it stands in the stream. One whose beginning has gone out
    /// with an earlier piece stays as it is.
    pub(super) fn put(&mut self, span: Range<usize>, instead: Vec<u8>) {
        let start = span.start.checked_sub(self.begin);
        let end = span.end.checked_sub(self.begin);
        if let (Some(start), Some(end)) = (start, end) {
            self.changes.push((start..end, instead));
        }
    }

    /// The piece with all of them.
    pub(super) fn apply(self, piece: Bytes) -> Bytes {
        if self.changes.is_empty() {
            return piece;
        }
        let mut changed = BytesMut::with_capacity(piece.len().saturating_mul(2));
        let mut done = 0;
        for (span, instead) in self.changes {
            changed.extend_from_slice(piece.get(done..span.start).unwrap_or_default());
            changed.extend_from_slice(&instead);
            done = span.end;
        }
        changed.extend_from_slice(piece.get(done..).unwrap_or_default());
        changed.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_piece_is_changed_and_what_began_before_it_is_not() {
        let piece = Bytes::from_static(b"ab|error|cd|error|e");
        let mut changed = Changed::new(100);
        changed.put(95..102, b"never".to_vec());
        changed.put(103..108, b"first".to_vec());
        changed.put(112..117, b"2".to_vec());
        assert_eq!(changed.apply(piece.clone()), "ab|first|cd|2|e");
        assert_eq!(Changed::new(0).apply(piece.clone()), piece);
    }
}
