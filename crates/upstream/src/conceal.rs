//! Takes a credential out of what its provider answers. Some repeat the key that they do not accept, or the header it came
//! in; a client, the request log and whoever reads an error are none of theirs.
//!
//! An answer that does not hold it passes through as the very bytes, without a copy; what may be its beginning at the end
//! of a piece waits for the next piece.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use memchr::memmem::Finder;

use crate::secret::Secret;

/// A shorter credential is not looked for, in bytes: it would take ordinary words out of answers.
const SHORTEST: usize = 12;

/// A credential to look for. Cheap to clone; no `Debug` of what it is.
#[derive(Clone)]
pub(crate) struct Needle(Option<Arc<Known>>);

struct Known {
    finder: Finder<'static>,
    instead: Vec<u8>,
}

impl Needle {
    /// Looks for this one. In its place stands how its owner knows it again.
    pub(crate) fn of(key: Option<&Secret>) -> Self {
        let key = key.filter(|key| key.reveal().len() >= SHORTEST);
        Self(key.map(|key| {
            let plain = |letter: &char| letter.is_alphanumeric() || *letter == '…';
            let instead: String = key.hint().chars().filter(plain).collect();
            Arc::new(Known {
                finder: Finder::new(key.reveal()).into_owned(),
                instead: instead.into_bytes(),
            })
        }))
    }

    /// Takes headers out that hold it.
    pub(crate) fn clean(&self, headers: &mut HeaderMap) {
        let Some(known) = &self.0 else {
            return;
        };
        let holds = |value: &http::HeaderValue| known.finder.find(value.as_bytes()).is_some();
        let told: Vec<_> = headers
            .iter()
            .filter(|(_, value)| holds(value))
            .map(|(name, _)| name.clone())
            .collect();
        for name in told {
            headers.remove(name);
        }
    }
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Needle")
    }
}

/// A body as it passes, piece by piece.
pub(crate) struct Concealer {
    needle: Needle,
    /// The end of what came, where it may be the beginning of the credential. Shorter than that.
    held: BytesMut,
}

impl Concealer {
    pub(crate) fn new(needle: Needle) -> Self {
        Self {
            needle,
            held: BytesMut::new(),
        }
    }

    /// Whether something of the body is still here.
    pub(crate) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// What goes on of a piece; may be empty.
    pub(crate) fn pass(&mut self, piece: Bytes) -> Bytes {
        let Some(known) = self.needle.0.clone() else {
            return piece;
        };
        if self.held.is_empty() && known.finder.find(&piece).is_none() {
            let keep = beginning(&piece, known.finder.needle());
            let mut piece = piece;
            let end = piece.split_off(piece.len().saturating_sub(keep));
            self.held.extend_from_slice(&end);
            return piece;
        }
        self.held.extend_from_slice(&piece);
        let whole = self.held.split();
        let mut told = BytesMut::with_capacity(whole.len());
        let mut rest: &[u8] = &whole;
        while let Some((before, behind)) = known
            .finder
            .find(rest)
            .and_then(|at| rest.split_at_checked(at))
        {
            told.extend_from_slice(before);
            told.extend_from_slice(&known.instead);
            rest = behind
                .get(known.finder.needle().len()..)
                .unwrap_or_default();
        }
        let keep = beginning(rest, known.finder.needle());
        let (out, end) = rest.split_at(rest.len().saturating_sub(keep));
        told.extend_from_slice(out);
        self.held.extend_from_slice(end);
        told.freeze()
    }

    /// What is left at the end of the body: it was none after all.
    pub(crate) fn rest(&mut self) -> Option<Bytes> {
        self.holds().then(|| self.held.split().freeze())
    }
}

/// How many bytes at the end may be the beginning of the needle.
fn beginning(piece: &[u8], needle: &[u8]) -> usize {
    let longest = needle.len().saturating_sub(1).min(piece.len());
    let end = piece.len().saturating_sub(longest);
    let end = piece.get(end..).unwrap_or_default();
    let Some(first) = needle.first() else {
        return 0;
    };
    let places = memchr::memchr_iter(*first, end);
    let begins = |at: usize| end.get(at..).filter(|end| needle.starts_with(end));
    places
        .filter_map(begins)
        .map(<[u8]>::len)
        .next()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-sk-proj-0123456789x9Fq";

    fn concealer() -> Concealer {
        Concealer::new(Needle::of(Some(&Secret::new(KEY))))
    }

    fn passed(pieces: &[&[u8]]) -> Vec<u8> {
        let mut concealer = concealer();
        let mut told = Vec::new();
        for piece in pieces {
            told.extend_from_slice(&concealer.pass(Bytes::copy_from_slice(piece)));
        }
        told.extend(concealer.rest().unwrap_or_default());
        told
    }

    #[test]
    fn a_credential_is_taken_out_however_the_answer_is_cut_into_pieces() {
        let said = format!("no: {KEY}, sk-sk-{KEY}{KEY} and sk-sk-proj-01");
        let told = "no: …x9Fq, sk-sk-…x9Fq…x9Fq and sk-sk-proj-01";
        let bytes = said.as_bytes();
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(
                    String::from_utf8(passed(&pieces)).unwrap(),
                    told,
                    "{first} {second}"
                );
            }
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(String::from_utf8(passed(&single)).unwrap(), told);
    }

    #[test]
    fn what_does_not_hold_it_is_the_very_bytes_at_once() {
        let mut concealer = concealer();
        let piece = Bytes::from_static(b"data: {\"choices\":[]}\n\n");
        let told = concealer.pass(piece.clone());
        assert_eq!(told.as_ptr(), piece.as_ptr());
        assert!(!concealer.holds());
        let mut nothing = Concealer::new(Needle::of(None));
        assert_eq!(nothing.pass(piece.clone()), piece);
        let mut short = Concealer::new(Needle::of(Some(&Secret::new("data"))));
        assert_eq!(short.pass(piece.clone()), piece);
    }

    #[test]
    fn a_header_that_holds_it_is_taken_out() {
        let mut headers = HeaderMap::new();
        headers.insert("x-echo", format!("Bearer {KEY}").parse().unwrap());
        headers.insert("x-request-id", "req_1".parse().unwrap());
        Needle::of(Some(&Secret::new(KEY))).clean(&mut headers);
        assert_eq!(headers.keys().collect::<Vec<_>>(), ["x-request-id"]);
    }
}
