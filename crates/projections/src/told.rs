//! What the journal does not know and the gateway says.

use ids::{KeyId, OrganizationId, ProjectId, RequestId};
use ledger::Time;
use money::Nanos;

use crate::{Decision, Left, Outcome};

/// Details longer than this many bytes are not kept: half an object is none.
const LONGEST_DETAILS: usize = 16 * 1024;

/// More attempts than a call may have.
const MOST_TRIED: usize = 255;

/// A provider's codes and ids are cut to this many bytes.
const LONGEST_TEXT: usize = 256;

/// More about a call than its money. Before or after the call's entries; where several are made, each field that a later
/// one says stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whose call.
    pub organization: OrganizationId,
    /// Which.
    pub request: RequestId,
    /// When the call was over.
    pub at: Time,
    /// How it ended, where the journal alone would not tell.
    pub outcome: Option<Outcome>,
    /// The HTTP status the client got.
    pub http_status: Option<u16>,
    /// The code of the error the client got, ours or the provider's.
    pub error_code: Option<Box<str>>,
    /// What the provider calls the request.
    pub provider_request_id: Option<Box<str>>,
    /// From the first byte of the request to the last of the answer, in milliseconds.
    pub duration_ms: Option<u64>,
    /// What the client was told is left.
    pub left: Option<Left>,
    /// The error exactly as the client was told, as JSON. What is longer than 16 KiB is not kept.
    pub error_json: Option<Box<str>>,
    /// Its attempts that failed, first to last, as far as this says anything of them.
    pub tried: Vec<Tried>,
}

/// What came of an attempt that failed, which its hold does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which; the first is 1.
    pub number: u8,
    /// The HTTP status of the provider's answer, where there was one.
    pub status: Option<u16>,
    /// The code of its error, the provider's or ours.
    pub code: Option<Box<str>>,
    /// What it means, by the name of the cause.
    pub cause: Option<Box<str>>,
}

/// Something that happened to an organization's journal itself, which is in no journal: the store lost a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Whose journal.
    pub organization: OrganizationId,
    /// When it was noticed, or accepted.
    pub at: Time,
    /// The last entry that it is about.
    pub seq: u64,
    /// Who did it.
    pub actor: Box<str>,
    /// What, such as `entries_restored`.
    pub action: &'static str,
    /// What changed, as a JSON object of `{from, to}`.
    pub changes_json: Box<str>,
}

/// A call that Seawall refused. It is in no journal, because nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Whose call.
    pub organization: OrganizationId,
    /// The key's project, where the key is known.
    pub project: Option<ProjectId>,
    /// The key, where it is known.
    pub key: Option<KeyId>,
    /// The call.
    pub request: RequestId,
    /// When it was decided.
    pub at: Time,
    /// The route, such as `/v1/chat/completions`.
    pub route: Box<str>,
    /// The model as the client named it, where it named one.
    pub model: Option<Box<str>>,
    /// The refusal's code.
    pub code: Box<str>,
    /// The HTTP status.
    pub http_status: u16,
    /// What the call could have cost at most.
    pub needed: Option<Nanos>,
    /// The refusal exactly as the client was told, as JSON. What is longer than 16 KiB is not kept.
    pub details_json: Option<Box<str>>,
    /// The number of the journal's last entry when it was decided.
    pub decision_seq: Option<u64>,
    /// How it was decided, where its Book was asked. Kept only with `details_json`.
    pub decided: Option<Decision>,
    /// What the client was told is left.
    pub left: Option<Left>,
}

impl Remark {
    /// This remark with its texts cut to what is kept.
    pub(crate) fn bounded(mut self) -> Self {
        self.error_code = self.error_code.map(cut);
        self.provider_request_id = self.provider_request_id.map(cut);
        self.tried.truncate(MOST_TRIED);
        for tried in &mut self.tried {
            tried.code = tried.code.take().map(cut);
        }
        self.error_json = self.error_json.filter(|json| json.len() <= LONGEST_DETAILS);
        self
    }
}

impl Refused {
    /// This refusal with its texts cut to what is kept.
    pub(crate) fn bounded(mut self) -> Self {
        self.code = cut(self.code);
        self.route = cut(self.route);
        self.model = self.model.map(cut);
        self.details_json = self
            .details_json
            .filter(|details| details.len() <= LONGEST_DETAILS);
        self
    }
}

fn cut(text: Box<str>) -> Box<str> {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    text.get(..end).unwrap_or("").into()
}
