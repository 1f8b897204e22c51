//! How those who are told are described to clients.

use utoipa::ToSchema;

use crate::openapi::schema::words;

words! {
    /// How somebody is told.
    Channel = &::alerts::Channel::ALL.map(::alerts::Channel::name);
}

/// Somebody to tell: `to` with `email`, else `url`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"kind": "webhook", "url": "https://example.org/hook"}))]
pub(crate) struct NewTarget {
    kind: Channel,
    /// A mailbox.
    #[schema(nullable = false)]
    to: Option<String>,
    /// An address, or `env:NAME` for one that stands in that variable of the server.
    #[schema(nullable = false)]
    url: Option<String>,
}
