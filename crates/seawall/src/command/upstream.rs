//! `seawall upstream`: the accounts at providers. A credential comes from stdin, a variable or a file of whoever types, and
//! never from the command line, where everybody on the machine can read it.

pub(crate) mod balance;
pub(crate) mod doctor;
mod homes;
mod parking;

use std::io::Read as _;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::client::encoded;
use super::print::{self, Table};
use super::{Answer, Client, limit};
use crate::config::secret::SecretRef;
use crate::environment::Environment;
use crate::exit::Failure;

/// The longest credential that is read from stdin, in bytes.
const LONGEST: u64 = 16 * 1024;

#[derive(Debug, Subcommand)]
pub(crate) enum UpstreamCommand {
    /// All accounts, in the order in which they are tried
    List,
    /// One account
    Show {
        /// Its name
        name: String,
    },
    /// Make an account; calls can be sent there at once
    Create(CreateArgs),
    /// Change an account that was made so; the next call sees it
    Set(SetArgs),
    /// Delete an account that was made so, with its credentials
    Delete {
        /// Its name
        name: String,
    },
    /// Credit that was bought at a provider
    #[command(subcommand)]
    Credit(balance::BoughtCommand),
    /// What is left of what was bought at a provider, and when it runs out
    Balance {
        /// Its name
        name: String,
    },
    /// Take an account out of use; the next call is not sent there
    Park(parking::ParkArgs),
    /// Take an account back into use, whoever parked it
    Unpark {
        /// Its name
        name: String,
    },
    /// Ask the provider now whether what is parked serves again; where nothing is, whether it takes the key
    Probe {
        /// Its name
        name: String,
    },
    /// Find out why its provider refuses, with what the server knows; `seawall doctor` needs no server
    Doctor(doctor::DoctorArgs),
    /// Encrypt every credential by the key of now, after `secrets.key` has changed
    Rewrap,
}

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// What it is to be called
    name: String,
    /// openai, openrouter, anthropic, azure or compatible
    #[arg(long)]
    kind: String,
    /// Which compatible one: groq, together, mistral, deepseek, xai, gemini, vllm or ollama
    #[arg(long)]
    provider: Option<String>,
    #[command(flatten)]
    what: WhatArgs,
}

#[derive(Args, Debug)]
pub(crate) struct SetArgs {
    /// Its name
    name: String,
    #[command(flatten)]
    what: WhatArgs,
}

/// What can be said of an account, now or later.
#[derive(Args, Debug)]
struct WhatArgs {
    /// Where it is, such as `https://api.openai.com/v1` [default: the provider's usual address]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Of Azure: the version of its older API, whose paths name a deployment
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// Where to read the credential here: `-` for stdin, `env:NAME` or `file:/path`
    #[arg(long, value_name = "WHERE", value_parser = Place::parse)]
    key_from: Option<Place>,
    /// Where to read a key that may read limits and costs, likewise
    #[arg(long, value_name = "WHERE", value_parser = Place::parse)]
    admin_key_from: Option<Place>,
    /// The tier that its calls run in where they leave it open: default, flex or priority
    #[arg(long, value_name = "TIER")]
    service_tier: Option<String>,
    /// A model it serves, once for each; `NAME=THEIRS` where the provider has another name for it, and `*` at the end for
    /// anything
    #[arg(long = "model", value_name = "NAME", conflicts_with = "serves")]
    models: Vec<String>,
    /// `any` model that has a price, or those that the provider has `listed`
    #[arg(long, value_name = "WHICH")]
    serves: Option<String>,
}

/// Where a credential is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Stdin,
    Reference(SecretRef),
}

impl Place {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        SecretRef::parse(text)
            .map(Self::Reference)
            .map_err(|problem| format!("{problem}; or `-` for stdin"))
    }

    fn read(&self, environment: &Environment) -> Result<String, Failure> {
        match self {
            Self::Reference(reference) => reference
                .resolve(environment)
                .map(|secret| secret.reveal().to_owned())
                .map_err(Failure::usage),
            Self::Stdin => {
                let mut text = String::new();
                std::io::stdin()
                    .lock()
                    .take(LONGEST)
                    .read_to_string(&mut text)
                    .map_err(|error| Failure::usage(format!("stdin cannot be read: {error}")))?;
                match text.trim() {
                    "" => Err(Failure::usage("there is no credential on stdin")),
                    text => Ok(text.to_owned()),
                }
            }
        }
    }
}

pub(crate) async fn run(
    client: &Client,
    command: UpstreamCommand,
    environment: &Environment,
) -> Result<Answer, Failure> {
    match command {
        UpstreamCommand::List => {
            let all = client.list("upstreams").await?;
            Ok(Answer {
                text: table(&all),
                json: json!({"data": all}),
                schema: "upstreams",
            })
        }
        UpstreamCommand::Show { name } => client.get(&path(&name)).await.map(one),
        UpstreamCommand::Create(args) => {
            let mut body = fields(&args.what, environment)?;
            body.insert("name".to_owned(), json!(args.name));
            body.insert("kind".to_owned(), json!(args.kind));
            let provider = args.provider;
            body.extend(provider.map(|provider| ("provider".to_owned(), json!(provider))));
            client.post("upstreams", body.into()).await.map(one)
        }
        UpstreamCommand::Set(args) => {
            let body = fields(&args.what, environment)?;
            client.patch(&path(&args.name), body.into()).await.map(one)
        }
        UpstreamCommand::Delete { name } => {
            client.delete(&path(&name)).await?;
            Ok(Answer {
                text: format!("{name} is deleted, with its credentials\n"),
                json: json!({"name": name, "deleted": true}),
                schema: "upstream_deleted",
            })
        }
        UpstreamCommand::Credit(command) => balance::run(client, command).await,
        UpstreamCommand::Balance { name } => balance::show(client, &name).await,
        UpstreamCommand::Park(args) => {
            let (name, body) = args.body();
            let to = format!("{}/park", path(&name));
            client.post(&to, body).await.map(one)
        }
        UpstreamCommand::Unpark { name } => {
            let to = format!("{}/unpark", path(&name));
            client.post(&to, json!({})).await.map(one)
        }
        UpstreamCommand::Probe { name } => {
            let to = format!("{}/probe", path(&name));
            client.post(&to, json!({})).await.map(parking::probed)
        }
        UpstreamCommand::Doctor(args) => {
            let (name, body) = args.body();
            let to = format!("{}/doctor", path(&name));
            client.post(&to, body).await.map(doctor::report)
        }
        UpstreamCommand::Rewrap => {
            let json = client.post("secrets/rewrap", json!({})).await?;
            let count = print::field(&json, "rewrapped");
            Ok(Answer {
                text: format!(
                    "credentials that were encrypted by another key: {count}; now by the key of now\n"
                ),
                json,
                schema: "rewrapped",
            })
        }
    }
}

fn path(name: &str) -> String {
    format!("upstreams/{}", encoded(name))
}

fn fields(what: &WhatArgs, environment: &Environment) -> Result<Map<String, Value>, Failure> {
    let mut body = Map::new();
    let texts = [
        ("base_url", &what.base_url),
        ("api_version", &what.api_version),
        ("service_tier", &what.service_tier),
        ("serves", &what.serves),
    ];
    for (name, text) in texts {
        body.extend(text.as_ref().map(|text| (name.to_owned(), json!(text))));
    }
    if what.key_from == Some(Place::Stdin) && what.admin_key_from == Some(Place::Stdin) {
        return Err(Failure::usage(
            "only one of the two keys can come from stdin",
        ));
    }
    for (name, place) in [
        ("api_key", &what.key_from),
        ("admin_key", &what.admin_key_from),
    ] {
        if let Some(place) = place {
            body.insert(name.to_owned(), json!(place.read(environment)?));
        }
    }
    if !what.models.is_empty() {
        let models = what.models.iter().map(|text| match text.split_once('=') {
            Some((model, to)) => json!({"model": model, "as": to}),
            None => json!({"model": text}),
        });
        body.insert("models".to_owned(), models.collect());
    }
    Ok(body)
}

fn one(json: Value) -> Answer {
    let mut facts = json.clone();
    if let Value::Object(facts) = &mut facts {
        facts.remove("standing_back");
        facts.remove("only_home_of");
        facts.remove("caps");
        facts.remove("parks");
    }
    let mut text = print::object(&facts);
    for model in items(&json, "models") {
        text.push_str(&format!("serves {}\n", offer(model)));
    }
    for cap in items(&json, "caps") {
        text.push_str(&limit::show::cap(cap));
    }
    for park in items(&json, "parks") {
        text.push_str(&parking::said(park));
    }
    for model in items(&json, "standing_back") {
        let [model, until] = ["model", "until_at"].map(|name| print::field(model, name));
        text.push_str(&format!(
            "the provider said it has no {model}; asked last until {until}\n"
        ));
    }
    text.extend(homes::of(&json));
    if let Some(listing) = json.get("listing").filter(|listing| !listing.is_null()) {
        let [models, at] = ["models", "listed_at"].map(|name| print::field(listing, name));
        text.push_str(&match listing.get("models") {
            Some(Value::Number(_)) => format!("the provider lists {models} models, as of {at}\n"),
            _ => "the provider has listed nothing yet; until then it counts as serving all\n"
                .to_owned(),
        });
        if let Some(problem) = listing.get("problem").and_then(Value::as_str) {
            text.push_str(&format!(
                "its list did not come when it was asked for last: {problem}\n"
            ));
        }
    }
    Answer {
        text,
        json,
        schema: "upstream",
    }
}

fn items<'v>(json: &'v Value, name: &str) -> &'v [Value] {
    let items = json.get(name).and_then(Value::as_array);
    items.map(Vec::as_slice).unwrap_or_default()
}

fn offer(model: &Value) -> String {
    let [name, to] = ["model", "as"].map(|name| print::field(model, name));
    if name == to {
        name
    } else {
        format!("{name} as {to}")
    }
}

fn table(all: &[Value]) -> String {
    let mut table = Table::new(&["name", "kind", "from", "state", "key", "serves", "base url"]);
    for one in all {
        let mut row = print::fields(
            one,
            &["name", "kind", "from", "state", "api_key_hint", "serves"],
        );
        if let (Some(provider), Some(kind)) =
            (one.get("provider").and_then(Value::as_str), row.get_mut(1))
        {
            provider.clone_into(kind);
        }
        let names = items(one, "models");
        if let (false, Some(serves)) = (names.is_empty(), row.get_mut(5)) {
            *serves = names.iter().map(offer).collect::<Vec<_>>().join(", ");
        }
        row.push(print::field(one, "base_url"));
        table.row(row);
    }
    let mut text = table.or("no upstream yet; make one with `seawall upstream create`");
    for one in all {
        let name = print::field(one, "name");
        for park in items(one, "parks") {
            text.push_str(&format!("{name}: {}", parking::said(park)));
        }
        text.extend(homes::of(one).map(|line| format!("{name}: {line}")));
        if let Some(problem) = one.get("problem").and_then(Value::as_str) {
            text.push_str(&format!("{name}: {problem}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_read_where_it_is_and_never_taken_as_itself() {
        let environment = Environment::from([("KEY", "sk-very-secret")]);
        assert_eq!(Place::parse("-"), Ok(Place::Stdin));
        let read = Place::parse("env:KEY").unwrap().read(&environment);
        assert_eq!(read.ok().as_deref(), Some("sk-very-secret"));
        let refused = Place::parse("sk-very-secret").unwrap_err();
        assert!(
            refused.contains("never as itself") && !refused.contains("sk-very"),
            "{refused}"
        );
        assert!(
            Place::parse("env:NONE")
                .unwrap()
                .read(&environment)
                .is_err()
        );
    }

    #[test]
    fn models_are_named_with_the_provider_s_name_behind_them() {
        let what = WhatArgs {
            base_url: None,
            api_version: None,
            key_from: None,
            admin_key_from: None,
            service_tier: None,
            models: vec!["gpt-5".to_owned(), "gpt-*=openai/gpt-*".to_owned()],
            serves: None,
        };
        let body = fields(&what, &Environment::default()).unwrap();
        let models = json!([{"model": "gpt-5"}, {"model": "gpt-*", "as": "openai/gpt-*"}]);
        assert_eq!(Value::from(body), json!({"models": models}));
    }
}
