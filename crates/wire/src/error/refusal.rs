//! Our own refusal, in `OpenAI`'s envelope, so that every client understands it.

use serde::Serialize;

/// `{"error": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Envelope<'a, D> {
    /// What is in it.
    pub error: Body<'a, D>,
}

/// The members `OpenAI`'s clients know, and `details` beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Body<'a, D> {
    /// What people read.
    pub message: &'a str,
    /// The class clients branch on, such as `insufficient_quota`.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The member of the request that is to blame; `null` where none is.
    pub param: Option<&'a str>,
    /// What exactly it was; `null` where there is no code.
    pub code: Option<&'a str>,
    /// The proof. Left out where there is none, or it is not to be disclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<D>,
}

impl<D: Serialize> Envelope<'_, D> {
    /// The body of an answer.
    ///
    /// # Errors
    /// Only if the details cannot be written as JSON, such as a map whose keys are no strings.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The same as one event of a stream, which official clients understand in the middle of an answer.
    ///
    /// # Errors
    /// As [`Self::to_body`].
    pub fn to_event(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut event = b"data: ".to_vec();
        serde_json::to_writer(&mut event, self)?;
        event.extend_from_slice(b"\n\n");
        Ok(event)
    }
}
