//! A stream being read: what goes on to the client, and what it says of its cost.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use catalog::Usage;
use diagnosis::Verdict;
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt;
use ledger::PresumeReason;
use projections::Outcome;
use tokio::time::{Instant, timeout_at};
use upstream::Answer;
use wire::error::ProviderError;
use wire::sse::{ChatEvent, Splitter, annotated_event, chat_event, is_comment, strip_usage};

use super::changed::Changed;
use crate::call::Streaming;
use crate::call::attempt::UnderWay;
use crate::call::failed::Failed;
use crate::step::park;
use crate::step::settle::{Ending, envelope};
use crate::tell::diagnosis::diagnosed;
use crate::tell::{Retry, Told, headers};

/// The longest event that is taken.
const LONGEST_EVENT: usize = 8 << 20;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The provider ended it.
    Complete,
    /// The connection to the provider broke.
    Broken,
    /// It is larger than is taken, or one of its events is.
    TooLong,
    /// It took too long, or paused too long.
    TimedOut,
}

pub(super) struct Metered {
    call: UnderWay,
    upstream: Answer,
    splitter: Splitter,
    strip: bool,
    /// Pieces that go out as they came.
    whole: Option<Bytes>,
    /// Pieces that had to be joined or changed.
    joined: BytesMut,
    seen: Seen,
    read: usize,
    /// How much of what was read has been seen as events.
    seen_to: usize,
    status: StatusCode,
    provider_request: Option<Box<str>>,
    cancelled: bool,
    /// How it ended, where that was seen before its beginning went out.
    ended: Option<End>,
}

/// What the stream has said so far.
#[derive(Default)]
struct Seen {
    usage: Option<Usage>,
    done: bool,
    error_code: Option<Box<str>>,
    /// The first error, as the client is told it.
    error_json: Option<Box<str>>,
    /// What the first error means.
    verdict: Option<Verdict>,
    /// Whether there was anything but comments before any error.
    output: bool,
}

impl Metered {
    pub(super) fn new(
        call: UnderWay,
        upstream: Answer,
        (stream, status, provider_request): (Streaming, StatusCode, Option<Box<str>>),
    ) -> Self {
        Self {
            call,
            upstream,
            splitter: Splitter::new(LONGEST_EVENT),
            strip: stream == Streaming::WithoutUsage,
            whole: None,
            joined: BytesMut::new(),
            seen: Seen::default(),
            read: 0,
            seen_to: 0,
            status,
            provider_request,
            cancelled: false,
            ended: None,
        }
    }

    pub(super) const fn call(&self) -> &UnderWay {
        &self.call
    }

    pub(super) const fn deadline(&self) -> Instant {
        self.call.deadline
    }

    pub(super) fn output_len(&self) -> usize {
        self.whole
            .as_ref()
            .map_or(0, Bytes::len)
            .saturating_add(self.joined.len())
    }

    /// Whether the stream said that it is complete.
    pub(super) const fn is_done(&self) -> bool {
        self.seen.done
    }

    pub(super) fn has_output(&self) -> bool {
        self.output_len() > 0
    }

    /// What goes out next, in one piece.
    pub(super) fn take_output(&mut self) -> Bytes {
        match self.whole.take() {
            Some(whole) if self.joined.is_empty() => whole,
            Some(whole) => {
                let mut piece = BytesMut::from(&*whole);
                piece.extend_from_slice(&self.joined.split());
                piece.freeze()
            }
            None => self.joined.split().freeze(),
        }
    }

    /// Reads one piece of the stream: its end, or `None` where it goes on.
    pub(super) fn poll_upstream(&mut self, context: &mut Context<'_>) -> Poll<Option<End>> {
        if let Some(end) = self.ended.take() {
            return Poll::Ready(Some(end));
        }
        Poll::Ready(
            match ready!(Pin::new(&mut self.upstream).poll_frame(context)) {
                None => Some(self.ended()),
                Some(Err(_broken)) => Some(End::Broken),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.take(data),
                    // Trailers of the provider have no place in an event stream.
                    Err(_trailers) => None,
                },
            },
        )
    }

    /// What comes after the last blank line is no event, and goes out as it is.
    fn ended(&mut self) -> End {
        let splitter = std::mem::replace(&mut self.splitter, Splitter::new(LONGEST_EVENT));
        if let Some(rest) = splitter.finish() {
            let looked = self.seen.look(&rest, &self.call, self.strip);
            if self.strip {
                let told = looked.instead.as_deref().unwrap_or(&rest);
                self.joined.extend_from_slice(told);
            }
        }
        End::Complete
    }

    fn take(&mut self, data: Bytes) -> Option<End> {
        if self.read == 0 && !data.is_empty() {
            let held = &self.call.held;
            let after = held.began.instant.elapsed();
            held.gateway.parts().metrics.first_token(after);
        }
        let begin = self.read;
        self.read = self.read.saturating_add(data.len());
        if self.read > self.call.held.gateway.settings().answer_limit {
            return Some(End::TooLong);
        }
        let (seen, joined, strip) = (&mut self.seen, &mut self.joined, self.strip);
        let (call, seen_to) = (&self.call, &mut self.seen_to);
        let mut changed = Changed::new(begin);
        let cut = self.splitter.push(&data, |event| {
            let start = *seen_to;
            let looked = seen.look(event, call, strip || start >= begin);
            *seen_to = start.saturating_add(event.len());
            if strip && looked.keep {
                let told = looked.instead.as_deref().unwrap_or(event);
                match strip_usage(told) {
                    Some(stripped) => joined.extend_from_slice(&stripped),
                    None => joined.extend_from_slice(told),
                }
            } else if let Some(instead) = looked.instead {
                changed.put(start..*seen_to, instead);
            }
        });
        if !strip {
            self.pass_on(changed.apply(data));
        }
        cut.is_err().then_some(End::TooLong)
    }

    fn pass_on(&mut self, data: Bytes) {
        if self.whole.is_none() && self.joined.is_empty() {
            self.whole = Some(data);
        } else {
            self.joined.extend_from_slice(&data);
        }
    }

    /// Where the stream did not end well, says so in the way SDKs understand: one last event.
    pub(super) fn tell_end(&mut self, end: &End) {
        let (provider, name) = (
            self.call.served.account.provider_name(),
            self.call.served.account.name(),
        );
        let charged = "What was held for this call is charged until the provider's bill is known.";
        let (code, message) = match end {
            End::Complete => return,
            End::Broken if self.seen.done => return,
            End::Broken => (
                "upstream_disconnected",
                format!(
                    "{provider} (upstream {name:?}) broke off in the middle of its answer. {charged}"
                ),
            ),
            End::TooLong => (
                "upstream_answer_too_large",
                format!(
                    "The answer of {provider} (upstream {name:?}) is larger than this Seawall takes. {charged}"
                ),
            ),
            End::TimedOut => (
                "upstream_timeout",
                format!(
                    "{provider} (upstream {name:?}) did not complete its answer in time. {charged}"
                ),
            ),
        };
        let mut told = Told::new(StatusCode::BAD_GATEWAY, ("server_error", code), message);
        told.retry = Retry::Unsaid;
        let body = told.body(&self.call.held.gateway, self.call.held.request);
        self.seen.error_json = self.seen.error_json.take().or_else(|| envelope(&body));
        self.seen.error_code.get_or_insert_with(|| code.into());
        // A half event must not swallow ours.
        self.joined.extend_from_slice(b"\n\n");
        self.joined.extend_from_slice(b"data: ");
        self.joined.extend_from_slice(&body);
        self.joined.extend_from_slice(b"\n\n");
    }

    /// Ends the hold, and answers the trailers that say what it came to.
    pub(super) async fn settle(self: Box<Self>, end: End) -> HeaderMap {
        if self.seen.done && !self.has_failed() {
            let call = &self.call;
            park::served(&call.held.gateway, &call.served, call.meter.model());
        }
        let ending = self.ending(end);
        let cost = self.call.held.settle(ending).await;
        let mut trailers = HeaderMap::new();
        if let Some(cost) = cost {
            headers::settled(&mut trailers, &cost);
        }
        trailers
    }

    /// What the stream's end means for its hold and for the record.
    fn ending(&self, end: End) -> Ending {
        let (seen, status) = (&self.seen, self.status.as_u16());
        let metered = seen
            .usage
            .as_ref()
            .and_then(|usage| self.call.meter.usage(usage));
        let ending = match (metered, end) {
            (Some(metered), _) => Ending::of_answer(Some(metered), status),
            (None, End::Complete) if seen.done => Ending::of_answer(None, status),
            (None, End::TimedOut) => Ending::presumed(PresumeReason::TimedOut, status),
            (None, _) => Ending::presumed(PresumeReason::CutOff, status),
        };
        let ending = match &seen.error_code {
            Some(code) => Ending {
                outcome: Some(Outcome::Failed),
                error_json: seen.error_json.clone(),
                ..ending.code(Some(code))
            },
            None => ending,
        };
        let ending = ending.known_to_provider_as(self.provider_request.clone());
        if self.cancelled {
            ending.cancelled()
        } else {
            ending
        }
    }

    /// Whether there was anything but comments before any error.
    pub(super) const fn has_said_something(&self) -> bool {
        self.seen.output
    }

    /// Whether the provider said that it failed.
    pub(super) const fn has_failed(&self) -> bool {
        self.seen.error_code.is_some()
    }

    /// Its end was read with its beginning.
    pub(super) const fn end_later(&mut self, end: End) {
        self.ended = Some(end);
    }

    /// An attempt that came to nothing, with what the client would be told of it.
    pub(super) fn into_failed(
        self: Box<Self>,
        end: End,
        (head, body): (Parts, Bytes),
    ) -> Box<Failed> {
        Box::new(Failed {
            ending: self.ending(end),
            verdict: self.seen.verdict,
            call: self.call,
            head,
            body,
        })
    }

    /// The call, where nothing is known of its stream.
    pub(super) fn into_call(self: Box<Self>) -> (UnderWay, Option<Box<str>>) {
        (self.call, self.provider_request)
    }

    /// The client has gone: reads on alone, so that the usage at the end is known, and ends the hold.
    pub(super) async fn drain(mut self: Box<Self>, until: Instant) {
        // A client that saw the end and closed its connection at once has not gone early.
        self.cancelled = !self.seen.done;
        let end = loop {
            match timeout_at(until, self.upstream.frame()).await {
                Err(_elapsed) if self.seen.done => break End::Complete,
                Err(_elapsed) => break End::TimedOut,
                Ok(None) => break self.ended(),
                Ok(Some(Err(_broken))) => break End::Broken,
                Ok(Some(Ok(frame))) => {
                    let end = frame.into_data().ok().and_then(|data| self.take(data));
                    self.take_output();
                    if let Some(end) = end {
                        break end;
                    }
                }
            }
        };
        self.settle(end).await;
    }
}

/// What came of looking at an event.
struct Looked {
    /// Whether it is for a client that did not ask for the usage.
    keep: bool,
    /// What the client gets in its place.
    instead: Option<Vec<u8>>,
}

impl Seen {
    /// Learns from an event. `held` says that nothing of it has gone out yet.
    fn look(&mut self, event: &[u8], call: &UnderWay, held: bool) -> Looked {
        let (keep, instead) = match chat_event(event) {
            ChatEvent::Done => {
                self.done = true;
                (true, None)
            }
            ChatEvent::Usage {
                usage,
                choices_empty,
            } => {
                // Some providers report on the way; the last report counts.
                self.usage = usage.or(self.usage);
                (!choices_empty, None)
            }
            ChatEvent::Error(error) => (true, self.failed((event, held), error, call)),
            ChatEvent::Other => (true, None),
        };
        self.output |= self.error_code.is_none() && !is_comment(event);
        Looked { keep, instead }
    }

    /// The provider gave up. Answers what the client is told instead of its bare words.
    fn failed(
        &mut self,
        (event, held): (&[u8], bool),
        error: ProviderError,
        call: &UnderWay,
    ) -> Option<Vec<u8>> {
        let diagnosed = diagnosed(&call.held.gateway, call.place(), &HeaderMap::new(), &error);
        if self.verdict.is_none() {
            let refusal = (&diagnosed.verdict, &error);
            park::refused(
                &call.held.gateway,
                (&call.served, call.meter.model()),
                refusal,
            );
            self.verdict = Some(diagnosed.verdict);
        }
        let note = diagnosed.note().filter(|_| held);
        let told = note.and_then(|note| annotated_event(event, &note));
        let code = error
            .code
            .or(error.kind)
            .unwrap_or_else(|| "upstream_error".to_owned());
        self.error_code = Some(code.into());
        let kept = self.error_json.take();
        let as_told = told.as_deref().unwrap_or(event);
        self.error_json = kept.or_else(|| envelope(data_of(as_told)));
        told
    }
}

/// What an event of one line says, without the word before it.
fn data_of(event: &[u8]) -> &[u8] {
    let event = event.trim_ascii();
    event
        .strip_prefix(b"data:")
        .unwrap_or(event)
        .trim_ascii_start()
}
