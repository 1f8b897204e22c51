//! One row of the table of errors, and whether an error fits it.

use crate::wait;
use crate::{Cause, Confidence, Endpoint, Provider, Scope, Symptom};

/// One row: everything it names has to be so. Written as a chain of conditions, tried from top to bottom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) cause: Cause,
    providers: &'static [Provider],
    endpoints: &'static [Endpoint],
    statuses: &'static [u16],
    kind: Option<&'static str>,
    code: Option<&'static str>,
    /// A part of the message, in any capitals.
    message: Option<&'static str>,
    /// A part of the ceiling's name, in any capitals.
    cap: Option<&'static str>,
    with_wait: bool,
    confidence: Option<Confidence>,
    /// Where it is not the cause's own.
    pub(super) scope: Option<Scope>,
}

pub(super) const fn row(cause: Cause) -> Row {
    Row {
        cause,
        providers: &[],
        endpoints: &[],
        statuses: &[],
        kind: None,
        code: None,
        message: None,
        cap: None,
        with_wait: false,
        confidence: None,
        scope: None,
    }
}

impl Row {
    pub(super) const fn by(self, providers: &'static [Provider]) -> Self {
        Self { providers, ..self }
    }

    pub(super) const fn at(self, endpoints: &'static [Endpoint]) -> Self {
        Self { endpoints, ..self }
    }

    pub(super) const fn status(self, statuses: &'static [u16]) -> Self {
        Self { statuses, ..self }
    }

    pub(super) const fn kind(self, kind: &'static str) -> Self {
        Self {
            kind: Some(kind),
            ..self
        }
    }

    /// The code, or the finer one of the extras.
    pub(super) const fn code(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// In lower case.
    pub(super) const fn says(self, message: &'static str) -> Self {
        Self {
            message: Some(message),
            ..self
        }
    }

    /// In lower case.
    pub(super) const fn cap(self, cap: &'static str) -> Self {
        Self {
            cap: Some(cap),
            ..self
        }
    }

    /// It says when to come back, which no stop does that a person has to lift.
    pub(super) const fn with_wait(self) -> Self {
        Self {
            with_wait: true,
            ..self
        }
    }

    pub(super) const fn is(self, confidence: Confidence) -> Self {
        Self {
            confidence: Some(confidence),
            ..self
        }
    }

    pub(super) const fn closes(self, scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// How well a cause is known by what this row looks at.
    pub(super) fn confidence(&self) -> Confidence {
        let by_what = if self.code.is_some() || self.kind.is_some() {
            Confidence::Certain
        } else if self.message.is_some() || self.cap.is_some() {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        self.confidence.unwrap_or(by_what)
    }

    /// `message` is the symptom's in lower case.
    pub(super) fn fits(&self, symptom: &Symptom<'_>, message: &str) -> bool {
        let among = |code| symptom.reason == Some(code) || symptom.code == Some(code);
        let of_cap = |part| {
            let cap = symptom.cap.unwrap_or_default().to_ascii_lowercase();
            cap.contains(part)
        };
        (self.providers.is_empty() || self.providers.contains(&symptom.provider))
            && (self.endpoints.is_empty() || self.endpoints.contains(&symptom.endpoint))
            && (self.statuses.is_empty() || self.statuses.contains(&symptom.told_status()))
            && self.kind.is_none_or(|kind| symptom.kind == Some(kind))
            && self.code.is_none_or(among)
            && self.message.is_none_or(|part| message.contains(part))
            && self.cap.is_none_or(of_cap)
            && (!self.with_wait || wait::is_told(symptom, message))
    }
}
