//! Step 6: to the provider.
//!
//! What leaves here allows no more than what is held: max tokens are those of the grant, and a stream is asked for its
//! usage.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use upstream::{Answer, MaxTokens, SendError};
use wire::chat::{Edit, MaxMember, MaxOutput};

use super::bound::Terms;
use super::read::{Facts, Route};
use crate::Gateway;
use crate::settings::Served;

/// A call ready to leave.
pub(crate) struct Outgoing {
    pub(crate) route: Route,
    /// As the client calls it.
    pub(crate) model: String,
    pub(crate) served: Arc<Served>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The body as the provider gets it: the very bytes of the client but for what has to change. The model goes by the name
/// that the provider knows it by.
///
/// Max tokens go along where the caller gave some, where the project's default stands in for them, and where they were
/// lowered; else the model's own maximum is what was held.
pub(crate) fn edited(
    body: &Bytes,
    facts: &Facts<'_>,
    terms: &Terms,
    (units, fitted): (u64, bool),
    served: &Served,
) -> Bytes {
    let model = served.name_of(facts.model());
    let edited = match facts {
        Facts::Images(facts) => facts.with_model(&model),
        Facts::Chat(facts) => {
            let profile = served.account.profile();
            let named =
                facts.max_output.is_some() || terms.default_max_output().is_some() || fitted;
            let edit = Edit {
                model: Some(&model),
                max_output: named.then_some(MaxOutput {
                    tokens: units,
                    member: max_member(profile.max_tokens),
                }),
                include_usage: facts.stream && profile.asks_for_usage,
                only_max_tokens: profile.max_tokens == MaxTokens::OnlyOlder,
            };
            facts.edited(&edit)
        }
    };
    match edited {
        Cow::Borrowed(_same) => body.clone(),
        Cow::Owned(edited) => Bytes::from(edited),
    }
}

const fn max_member(reads: MaxTokens) -> MaxMember {
    match reads {
        MaxTokens::Newer => MaxMember::MaxCompletionTokens,
        MaxTokens::Older | MaxTokens::OnlyOlder => MaxMember::MaxTokens,
    }
}

/// Sends the call and waits so long for the beginning of its answer.
pub(crate) async fn send(
    gateway: &Gateway,
    outgoing: Outgoing,
    patience: Duration,
) -> Result<Response<Answer>, SendError> {
    let Outgoing {
        route,
        model,
        served,
        mut headers,
        body,
    } = outgoing;
    // The body is JSON whatever the client called it: it was read as such.
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    let client = &gateway.parts().client;
    client
        .post(
            &served.account,
            (route.behind_base(), &served.name_of(&model)),
            (headers, body),
            patience,
        )
        .await
}
