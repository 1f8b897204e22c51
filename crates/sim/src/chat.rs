//! Chat completions: what is asked, how long the answer is, and its bytes, whole or as a stream.

pub(crate) mod ask;
pub(crate) mod memo;
pub(crate) mod plain;
pub(crate) mod plan;
pub(crate) mod prompt;
pub(crate) mod stream;

/// What identifies one answer in its own bytes.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// `chatcmpl-…`.
    pub(crate) id: String,
    /// Seconds since 1970.
    pub(crate) created: u64,
}

/// The members that every chunk and every answer carries, from `{"id":` up to and with `"choices":[`.
pub(crate) fn opening(json: &mut crate::json::Json, object: &str, label: &Label, ask: &ask::Ask) {
    json.raw("{\"id\":")
        .string(&label.id)
        .raw(",\"object\":")
        .string(object);
    json.raw(",\"created\":")
        .number(label.created)
        .raw(",\"model\":")
        .string(&ask.model);
    json.raw(",\"service_tier\":").string(ask.tier.name());
    json.raw(",\"system_fingerprint\":\"fp_5eaa5eaa5e\",\"choices\":[");
}
