//! The line to a provider: one request, its whole answer, within bounds.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Bytes;

use super::patient::Patient;
use crate::exit::Failure;

/// The largest answer that is read, in bytes.
const LARGEST: usize = 8 << 20;
/// How long an answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How long a picture may take.
pub(super) const PATIENCE_FOR_PICTURES: Duration = Duration::from_secs(180);

/// Which of a patient's credentials opens a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Caller,
    Admin,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) status: u16,
    pub(super) headers: doctor::Headers,
    pub(super) body: Bytes,
}

pub(super) struct Line<'a> {
    client: upstream::Client,
    patient: &'a Patient,
}

impl<'a> Line<'a> {
    pub(super) fn open(patient: &'a Patient) -> Result<Self, Failure> {
        let client =
            upstream::Client::new().map_err(|error| Failure::internal(error.to_string()))?;
        Ok(Self { client, patient })
    }

    pub(super) async fn get(&self, who: As, route: &str) -> Result<Came, String> {
        self.ask(who, (Method::GET, route), Bytes::new(), PATIENCE)
            .await
    }

    pub(super) async fn post(
        &self,
        route: &str,
        body: &serde_json::Value,
        patience: Duration,
    ) -> Result<Came, String> {
        let body = Bytes::from(body.to_string());
        self.ask(As::Caller, (Method::POST, route), body, patience)
            .await
    }

    /// The error is a sentence for people, and names no credential: it comes from the connection.
    async fn ask(
        &self,
        who: As,
        (method, route): (Method, &str),
        body: Bytes,
        patience: Duration,
    ) -> Result<Came, String> {
        let credential = match who {
            As::Caller => self.patient.key.as_deref(),
            As::Admin => self.patient.admin_key.as_deref(),
        };
        let mut headers = self.own_headers(who, credential)?;
        if method == Method::POST {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        // Their language wants the credential in a header of its own.
        let bearer = credential.filter(|_| own_header(self.patient.kind).is_none());
        let account = self.patient.open(bearer)?;
        let asked = self
            .client
            .probe(&account, (method, route), (headers, body), patience);
        let answer = asked.await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let mut said = doctor::Headers::default();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                said.take(name.as_str(), value);
            }
        }
        let whole = Limited::new(answer.into_body(), LARGEST).collect();
        let whole = tokio::time::timeout(patience, whole).await;
        let body = whole
            .map_err(|_elapsed| format!("no whole answer within {} seconds", patience.as_secs()))?
            .map_err(|error| format!("the answer broke off or is larger than 8 MiB: {error}"))?;
        Ok(Came {
            status,
            headers: said,
            body: body.to_bytes(),
        })
    }

    fn own_headers(&self, who: As, credential: Option<&str>) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        let value = |text: &str| {
            HeaderValue::from_str(text)
                .map_err(|_invalid| "a header holds letters that cannot be sent".to_owned())
        };
        if let Some((name, credential)) = own_header(self.patient.kind).zip(credential) {
            let mut value = value(credential)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        if self.patient.kind == upstream::Kind::Anthropic {
            let name = HeaderName::from_static("anthropic-version");
            headers.insert(name, HeaderValue::from_static("2023-06-01"));
        }
        if who == As::Caller {
            for (name, text) in &self.patient.along {
                headers.insert(HeaderName::from_static(name), value(text)?);
            }
        }
        Ok(headers)
    }
}

/// The header of a credential where it is no bearer.
const fn own_header(kind: upstream::Kind) -> Option<HeaderName> {
    match kind {
        upstream::Kind::Anthropic => Some(HeaderName::from_static("x-api-key")),
        upstream::Kind::Azure => Some(HeaderName::from_static("api-key")),
        upstream::Kind::OpenAi | upstream::Kind::OpenRouter | upstream::Kind::Compatible => None,
    }
}
