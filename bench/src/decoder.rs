//! Reads one HTTP/1.1 answer out of the bytes that have arrived so far.
//!
//! It resumes where it stopped, so an answer that comes in twenty pieces costs no more than one that comes whole: the
//! load generator shares its cores with what it measures. It keeps no bytes and never reads a socket.

use memchr::memmem;

/// Where an answer's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// After this many bytes.
    Length(usize),
    /// After the chunk of size nought and the trailers.
    Chunked,
}

/// What the head of an answer said.
#[derive(Clone, Copy, Debug)]
struct Head {
    status: u16,
    framing: Framing,
    close: bool,
    body_at: usize,
}

/// An answer that has arrived whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body without its transfer coding.
    pub body: Vec<u8>,
    /// How many bytes of the buffer the answer took.
    pub taken: usize,
    /// Whether the other side wants the connection closed.
    pub close: bool,
}

/// Bytes that are not an HTTP/1.1 answer of a kind a provider sends.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an HTTP/1.1 answer: {0}")]
pub struct Malformed(&'static str);

/// The state of reading one answer. Make a new one for the next.
#[derive(Debug, Default)]
pub struct Decoder {
    head: Option<Head>,
    chunk_at: usize,
    body: Vec<u8>,
}

impl Decoder {
    /// Reads on. `arrived` is everything that has arrived for this answer, from its first byte; `None` asks for more.
    ///
    /// # Errors
    /// [`Malformed`] where the bytes can no longer become an answer.
    pub fn advance(&mut self, arrived: &[u8]) -> Result<Option<Answer>, Malformed> {
        let head = match self.head {
            Some(head) => head,
            None => match read_head(arrived)? {
                None => return Ok(None),
                Some(head) => {
                    self.chunk_at = head.body_at;
                    *self.head.insert(head)
                }
            },
        };
        let taken = match head.framing {
            Framing::Length(length) => {
                let end = head.body_at + length;
                let Some(body) = arrived.get(head.body_at..end) else {
                    return Ok(None);
                };
                self.body.extend_from_slice(body);
                end
            }
            Framing::Chunked => match self.advance_chunks(arrived)? {
                None => return Ok(None),
                Some(end) => end,
            },
        };
        let body = std::mem::take(&mut self.body);
        Ok(Some(Answer {
            status: head.status,
            body,
            taken,
            close: head.close,
        }))
    }

    /// Takes every chunk that is complete; answers where the last chunk and the trailers end, once they have arrived.
    fn advance_chunks(&mut self, arrived: &[u8]) -> Result<Option<usize>, Malformed> {
        loop {
            let rest = arrived.get(self.chunk_at..).unwrap_or_default();
            let Some(line_end) = memmem::find(rest, b"\r\n") else {
                return Ok(None);
            };
            let line = rest.get(..line_end).unwrap_or_default();
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let size = std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| usize::from_str_radix(digits.trim(), 16).ok())
                .ok_or(Malformed("chunk size"))?;
            if size == 0 {
                return Ok(end_of_trailers(arrived, self.chunk_at + line_end + 2));
            }
            let start = line_end + 2;
            let Some(chunk) = rest.get(start..start + size + 2) else {
                return Ok(None);
            };
            let Some(data) = chunk.strip_suffix(b"\r\n") else {
                return Err(Malformed("end of a chunk"));
            };
            self.body.extend_from_slice(data);
            self.chunk_at += start + size + 2;
        }
    }
}

/// The trailers end with an empty line, which is all there is where none were sent.
fn end_of_trailers(arrived: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        let rest = arrived.get(at..)?;
        let line_end = memmem::find(rest, b"\r\n")?;
        at += line_end + 2;
        if line_end == 0 {
            return Some(at);
        }
    }
}

fn read_head(arrived: &[u8]) -> Result<Option<Head>, Malformed> {
    let Some(end) = memmem::find(arrived, b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = arrived.get(..end).unwrap_or_default();
    let text = std::str::from_utf8(text).map_err(|_not_text| Malformed("head is not text"))?;
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3))
        .and_then(|digits| digits.parse().ok())
        .ok_or(Malformed("status line"))?;
    let mut framing = None;
    let mut close = false;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            let length = value
                .parse()
                .map_err(|_not_a_number| Malformed("content-length"))?;
            framing = Some(Framing::Length(length));
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            framing = Some(Framing::Chunked);
        } else if name.eq_ignore_ascii_case("connection") {
            close = value.eq_ignore_ascii_case("close");
        }
    }
    let framing = framing.ok_or(Malformed("neither a length nor chunks"))?;
    Ok(Some(Head {
        status,
        framing,
        close,
        body_at: end + 4,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to cut the bytes in two gives the same answer, and no cut gives one early.
    fn check(bytes: &[u8], expected: &Answer) {
        for cut in 0..expected.taken {
            let mut decoder = Decoder::default();
            assert_eq!(decoder.advance(&bytes[..cut]), Ok(None), "cut at {cut}");
            assert_eq!(
                decoder.advance(bytes).unwrap().as_ref(),
                Some(expected),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_sized_answer_is_read_however_it_arrives() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200";
        let body = b"hello".to_vec();
        check(
            bytes,
            &Answer {
                status: 200,
                body,
                taken: 43,
                close: false,
            },
        );
    }

    #[test]
    fn chunks_and_trailers_are_read_however_they_arrive() {
        let bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nwall\r\n3;x=y\r\n, y\r\n0\r\nx-cost: 1\r\n\r\n";
        let answer = Answer {
            status: 200,
            body: b"wall, y".to_vec(),
            taken: bytes.len(),
            close: false,
        };
        check(bytes, &answer);
    }

    #[test]
    fn a_closing_refusal_says_so() {
        let bytes =
            b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let answer = Decoder::default().advance(bytes).unwrap().unwrap();
        assert_eq!((answer.status, answer.close), (429, true));
    }

    #[test]
    fn what_is_not_an_answer_is_an_error_and_not_a_wait() {
        for bytes in [
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
        ] {
            assert!(
                Decoder::default().advance(bytes.as_bytes()).is_err(),
                "{bytes:?}"
            );
        }
    }
}
