//! The configuration in force, to read. Secrets appear as the references they were given by.

use std::fmt::Write as _;

use accounts::{Models, Offer};
use serde_json::{Value, json};

use super::settings::{self, Kind, SETTINGS, Setting};
use super::{Config, Route, Upstream};

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// What an upstream serves, as the file says it; `None`: anything.
fn models(models: &Models) -> Option<String> {
    let offers = match models {
        Models::Any => return None,
        Models::Listed => return Some(quoted("listed")),
        Models::Configured(offers) => offers,
    };
    let one = |offer: &Offer| match &offer.as_ {
        None => quoted(&offer.model),
        Some(to) => format!(
            "{{ model = {}, as = {} }}",
            quoted(&offer.model),
            quoted(to)
        ),
    };
    let offers: Vec<String> = offers.iter().map(one).collect();
    Some(format!("[{}]", offers.join(", ")))
}

fn shown(offer: &Offer) -> Value {
    match &offer.as_ {
        None => json!(offer.model),
        Some(to) => json!({"model": offer.model, "as": to}),
    }
}

/// As a file that could be used as it is.
pub(super) fn toml(config: &Config) -> String {
    let mut lines: Vec<String> = Vec::new();
    for section in settings::sections() {
        lines.push(format!("[{section}]"));
        for setting in SETTINGS
            .iter()
            .filter(|setting| setting.section() == section)
        {
            lines.push(line(config, setting));
        }
        lines.push(String::new());
    }
    for upstream in &config.upstreams {
        lines.push("[[upstream]]".to_owned());
        lines.extend(
            fields(upstream)
                .into_iter()
                .map(|(name, text)| format!("{name} = {}", quoted(&text))),
        );
        lines.extend(models(&upstream.draft.models).map(|models| format!("models = {models}")));
        lines.push(String::new());
    }
    for Route { models, upstreams } in &config.routes {
        lines.push(format!(
            "[[route]]\nmodels = {}\nupstreams = {}\n",
            list(models),
            list(upstreams)
        ));
    }
    lines.join("\n")
}

fn line(config: &Config, setting: &Setting) -> String {
    let value = config.values().get(setting.name);
    let mut line = String::new();
    if value.text.is_empty() {
        return format!("# {} =", setting.key());
    }
    let text = match setting.kind {
        Kind::Count { .. } => value.text.clone(),
        Kind::Text | Kind::Duration | Kind::Size | Kind::UsdOrOff | Kind::Choice(_) => {
            quoted(&value.text)
        }
    };
    let _written = write!(line, "{} = {text}  # {}", setting.key(), value.origin).is_ok();
    line
}

fn fields(upstream: &Upstream) -> Vec<(&'static str, String)> {
    let reference = |name, secret: &Option<super::secret::SecretRef>| {
        secret.as_ref().map(|secret| (name, secret.to_string()))
    };
    let draft = &upstream.draft;
    let mut fields = vec![
        ("name", draft.name.to_string()),
        ("kind", draft.profile.kind.name().to_owned()),
    ];
    let provider = draft.profile.provider;
    fields.extend(provider.map(|provider| ("provider", provider.to_owned())));
    fields.push(("base_url", draft.base_url.clone()));
    fields.extend(
        draft
            .api_version
            .clone()
            .map(|version| ("api_version", version)),
    );
    fields.extend(reference("api_key", &upstream.api_key));
    fields.extend(reference("admin_key", &upstream.admin_key));
    fields.extend(
        draft
            .service_tier
            .clone()
            .map(|tier| ("service_tier", tier)),
    );
    fields
}

/// As JSON: each setting with its value and where that comes from.
pub(super) fn json(config: &Config) -> Value {
    let settings: serde_json::Map<_, _> = SETTINGS
        .iter()
        .map(|setting| {
            let value = config.values().get(setting.name);
            let shown = json!({"value": value.text, "from": value.origin.to_string(), "says": setting.says});
            (setting.name.to_owned(), shown)
        })
        .collect();
    let upstreams: Vec<Value> = config
        .upstreams
        .iter()
        .map(|upstream| {
            let mut object: serde_json::Map<_, _> = fields(upstream)
                .into_iter()
                .map(|(name, text)| (name.to_owned(), Value::String(text)))
                .collect();
            let models = match &upstream.draft.models {
                Models::Any => Value::Null,
                Models::Listed => json!("listed"),
                Models::Configured(offers) => offers.iter().map(shown).collect(),
            };
            object.insert("models".to_owned(), models);
            Value::Object(object)
        })
        .collect();
    let routes: Vec<Value> = config
        .routes
        .iter()
        .map(|route| json!({"models": route.models, "upstreams": route.upstreams}))
        .collect();
    json!({
        "schema": "seawall.config/1",
        "file": config.file.as_ref().map(|path| path.display().to_string()),
        "settings": settings,
        "upstreams": upstreams,
        "routes": routes,
    })
}
