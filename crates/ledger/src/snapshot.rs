//! A Book as bytes, so that a start need not read a journal from its beginning.

use crate::codec::{Canonical, DecodeError, Reader};
use crate::{Book, Entry};

/// The version of the form this program writes. A snapshot of another version is not an error, just not used: the
/// journal says the same.
const VERSION: u8 = 4;

/// Writes and reads snapshots.
#[derive(Debug)]
pub struct Snapshot;

impl Snapshot {
    /// The Book's bytes: a version, the SHA-256 of what follows, the canonical encoding.
    #[must_use]
    pub fn encode(book: &Book) -> Vec<u8> {
        let mut body = Vec::with_capacity(4096);
        book.write(&mut body);
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&Entry::hash(&body));
        bytes.append(&mut body);
        bytes
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    /// [`DecodeError`] for another version, for damage, and for anything [`Snapshot::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Book, DecodeError> {
        let mut reader = Reader::new(bytes);
        match u8::read(&mut reader)? {
            VERSION => {}
            version => return Err(DecodeError::UnknownVersion(version)),
        }
        let hash: [u8; 32] = Canonical::read(&mut reader)?;
        let body = bytes.get(33..).unwrap_or_default();
        if Entry::hash(body) != hash {
            return Err(DecodeError::NotCanonical("snapshot hash"));
        }
        let book = Book::read(&mut reader)?;
        reader.finish()?;
        Ok(book)
    }
}
