//! What a request says of an account.

use accounts::{Change, Create, Draft, Models, Offer, Trust};
use upstream::{Kind, Secret};

use crate::error::ApiError;
use crate::fields::{Fields, FromJson};

/// The kinds by their words.
const KINDS: [(&str, Kind); 5] = [
    ("openai", Kind::OpenAi),
    ("openrouter", Kind::OpenRouter),
    ("anthropic", Kind::Anthropic),
    ("azure", Kind::Azure),
    ("compatible", Kind::Compatible),
];

/// What an account serves where it is not told one by one.
#[derive(Clone, Copy)]
enum Serves {
    Any,
    Listed,
}

const SERVES: [(&str, Serves); 2] = [("any", Serves::Any), ("listed", Serves::Listed)];

impl FromJson for Secret {
    fn from_json(value: serde_json::Value) -> Result<Self, String> {
        String::from_json(value).map(|text| Self::new(&text))
    }
}

pub(super) fn create(fields: &mut Fields) -> Result<Create, ApiError> {
    let name: String = fields.required("name")?;
    let name = name
        .parse()
        .map_err(|problem| ApiError::invalid("name", format!("must be {problem}")))?;
    let kind = fields.word("kind", &KINDS)?.ok_or_else(|| {
        ApiError::bad("missing_field", "`kind` is missing. Add it to the request.")
            .with("field", "kind")
    })?;
    let provider: Option<String> = fields.optional("provider")?;
    let profile = Draft::profile(kind, provider.as_deref())
        .map_err(|problem| ApiError::invalid("provider", problem))?;
    let api_version: Option<String> = fields.optional("api_version")?;
    Draft::check_api_version(kind, api_version.as_deref())
        .map_err(|problem| ApiError::invalid("api_version", problem))?;
    let given: Option<String> = fields.optional("base_url")?;
    let given = (given.as_deref(), api_version.as_deref());
    let base_url = Draft::base_url(profile, given, Trust::Api)
        .map_err(|problem| ApiError::invalid("base_url", problem))?;
    Ok(Create {
        api_key: fields.optional("api_key")?,
        admin_key: fields.optional("admin_key")?,
        draft: Draft {
            name,
            profile,
            base_url,
            api_version,
            service_tier: tier(fields.optional("service_tier")?)?,
            models: models(fields)?.unwrap_or(Models::Any),
        },
    })
}

/// What is to be changed; `None`: nothing.
pub(super) fn change(fields: &mut Fields) -> Result<Option<Change>, ApiError> {
    let change = Change {
        base_url: fields.given("base_url")?,
        api_version: fields.change("api_version")?,
        service_tier: fields.change("service_tier")?.map(tier).transpose()?,
        models: models(fields)?,
        api_key: fields.given("api_key")?,
        admin_key: fields.change("admin_key")?,
    };
    let asked = change.base_url.is_some()
        || change.api_version.is_some()
        || change.service_tier.is_some()
        || change.models.is_some()
        || change.api_key.is_some()
        || change.admin_key.is_some();
    Ok(asked.then_some(change))
}

fn tier(text: Option<String>) -> Result<Option<String>, ApiError> {
    let read = |text: String| Draft::tier(&text);
    text.map(read)
        .transpose()
        .map_err(|problem| ApiError::invalid("service_tier", problem))
}

/// Either one by one (`models`), or by a word (`serves`).
fn models(fields: &mut Fields) -> Result<Option<Models>, ApiError> {
    let offers = fields.objects("models")?;
    let serves = fields.word("serves", &SERVES)?;
    match (offers, serves) {
        (Some(_), Some(_)) => Err(ApiError::invalid(
            "serves",
            "cannot be given together with `models`; give one of the two",
        )),
        (None, None) => Ok(None),
        (None, Some(Serves::Any)) => Ok(Some(Models::Any)),
        (None, Some(Serves::Listed)) => Ok(Some(Models::Listed)),
        (Some(offers), None) => {
            let offers: Result<Vec<Offer>, ApiError> = offers.into_iter().map(offer).collect();
            let models = Models::configured(offers?);
            models
                .map(Some)
                .map_err(|problem| ApiError::invalid("models", problem))
        }
    }
}

fn offer(mut fields: Fields) -> Result<Offer, ApiError> {
    let path = fields.path("model");
    let model: String = fields.required("model")?;
    let as_: Option<String> = fields.optional("as")?;
    fields.finish()?;
    Offer::new(&model, as_.as_deref()).map_err(|problem| ApiError::invalid(&path, problem))
}
