//! An alert: one thing worth telling, with its figures and its texts.

use ids::{AlertId, OrganizationId, RequestId};
use ledger::{Book, Time};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::Kind;

/// One thing worth telling, before it is known how it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What it is about.
    pub kind: Kind,
    /// What it is told once for: the same text again is the same alert, and is not told again.
    pub once: String,
    /// The journal's entry whose Book has the figures; zero where no entry says it.
    pub seq: u64,
    /// When it came about.
    pub at: Time,
    /// A few words, for the subject of a mail.
    pub subject: String,
    /// One sentence or two with all that matters.
    pub sentence: String,
    /// What else is to be known: a name and a value, a line each.
    pub lines: Vec<(&'static str, String)>,
    /// Where the server shows it: a path of its API.
    pub path: String,
    /// The command that shows or changes it.
    pub command: String,
    /// Where the budget it is about has targets of its own, they are told.
    pub budget: Option<[u8; 16]>,
    /// The figures for programs. Amounts are decimal strings in fields that end in `_usd`.
    pub data: Map<String, Value>,
}

/// An alert as it is kept and sent: the same bytes in every attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Made from the organization and what it is told once for, so it is the same wherever it is made again.
    pub id: AlertId,
    /// Whose.
    pub organization: OrganizationId,
    /// What it is about: see [`Kind::name`].
    pub kind: String,
    /// The entry that its figures are of.
    pub seq: u64,
    /// When it came about.
    pub at: Time,
    /// A few words.
    pub subject: String,
    /// For people: one sentence, an empty line, the rest.
    pub text: String,
    /// For programs: a JSON object.
    pub payload: String,
}

/// Who is meant, in a text and in a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The organization.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
}

impl Whose {
    /// The organization of a Book.
    #[must_use]
    pub fn of(book: &Book, id: OrganizationId) -> Self {
        let name = book
            .organization()
            .map_or_else(|| id.to_string(), |found| found.name.to_string());
        Self { id, name }
    }
}

impl Draft {
    /// The alert, with links that begin with `public_url`.
    #[must_use]
    pub fn finish(self, whose: &Whose, public_url: &str) -> Alert {
        let id = id(whose.id, &self.once);
        let link = format!("{public_url}{}", self.path);
        let mut lines: Vec<String> = vec![self.sentence.clone(), String::new()];
        lines.push(format!("organization: {} ({})", whose.name, whose.id));
        lines.extend(
            self.lines
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        if self.seq > 0 {
            lines.push(format!(
                "as of: entry {} of the journal, {}",
                self.seq, self.at
            ));
        }
        lines.push(format!("look: {link}"));
        lines.push(format!("command: {}", self.command));
        lines.push(format!("alert: {id}"));
        let mut data = self.data;
        data.insert("alert_id".to_owned(), json!(id.to_string()));
        data.insert(
            "organization".to_owned(),
            json!({"id": whose.id.to_string(), "name": whose.name}),
        );
        data.insert("sentence".to_owned(), json!(self.sentence));
        data.insert(
            "as_of_entry".to_owned(),
            json!(Some(self.seq).filter(|seq| *seq > 0)),
        );
        data.insert("url".to_owned(), json!(link));
        let payload = json!({
            "type": self.kind.name(),
            "timestamp": self.at.to_string(),
            "data": data,
        });
        Alert {
            id,
            organization: whose.id,
            kind: self.kind.name().to_owned(),
            seq: self.seq,
            at: self.at,
            subject: format!("[Seawall] {}", self.subject),
            text: lines.join("\n"),
            payload: payload.to_string(),
        }
    }
}

fn id(organization: OrganizationId, once: &str) -> AlertId {
    let mut hash = Sha256::new();
    hash.update(b"alert\n");
    hash.update(organization.to_bytes());
    hash.update(once.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    AlertId::from_bytes(bytes)
}

/// A call that an alert names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub(crate) struct Call {
    pub(crate) request: String,
    /// Nano-dollars that were held.
    pub(crate) held: i64,
    /// Nano-dollars that were charged.
    pub(crate) charged: i64,
    /// Why, where it was presumed.
    pub(crate) why: Option<String>,
}

impl Call {
    pub(crate) fn new(request: RequestId, held: money::Nanos, charged: money::Nanos) -> Self {
        Self {
            request: request.to_string(),
            held: held.get(),
            charged: charged.get(),
            why: None,
        }
    }
}
