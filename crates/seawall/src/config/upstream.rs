//! Upstreams and routes: whom calls are sent to, and which first.

use accounts::{Draft, Given, Models, Offer, Origin, Trust, UpstreamName};
use upstream::{Kind, Secret};

use super::error::ConfigError;
use super::guess;
use super::secret::SecretRef;
use super::table::{ModelsField, Row};
use crate::environment::Environment;

/// An account at a provider.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    pub(crate) draft: Draft,
    /// Only a compatible one may be without.
    pub(crate) api_key: Option<SecretRef>,
    pub(crate) admin_key: Option<SecretRef>,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// The upstreams that serve some models, in order.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) models: Vec<String>,
    pub(crate) upstreams: Vec<String>,
}

/// The upstreams of the file.
pub(crate) fn read(rows: &[Row]) -> Result<Vec<Upstream>, ConfigError> {
    let mut upstreams: Vec<Upstream> = Vec::new();
    for row in rows {
        let upstream = one(row)?;
        if upstreams
            .iter()
            .any(|other| other.name() == upstream.name())
        {
            return Err(row.wrong("name", format!("`{}` is there twice", upstream.name())));
        }
        upstreams.push(upstream);
    }
    Ok(upstreams)
}

fn one(row: &Row) -> Result<Upstream, ConfigError> {
    let wrong = |field| move |problem: String| row.wrong(field, problem);
    let name = row.required("name")?;
    let name = name
        .parse()
        .map_err(|problem: &str| row.wrong("name", problem))?;
    let kind = row.required("kind")?;
    let kind = Kind::named(kind).ok_or_else(|| {
        let known = Kind::ALL.map(Kind::name);
        row.wrong(
            "kind",
            format!("`{kind}` is unknown; {}", guess::or_all(kind, known)),
        )
    })?;
    let profile = Draft::profile(kind, row.text("provider")).map_err(wrong("provider"))?;
    if profile.base_url.is_none() {
        row.required("base_url")?;
    }
    let api_version = row.text("api_version");
    Draft::check_api_version(kind, api_version).map_err(wrong("api_version"))?;
    let given = (row.text("base_url"), api_version);
    let base_url = Draft::base_url(profile, given, Trust::File).map_err(wrong("base_url"))?;
    let reference = |name| match row.text(name) {
        Some(text) => SecretRef::parse(text)
            .map(Some)
            .map_err(|message| row.wrong(name, message)),
        None => Ok(None),
    };
    let api_key = reference("api_key")?;
    if api_key.is_none() && profile.needs_key {
        row.required("api_key")?;
    }
    let tier = row.text("service_tier").map(Draft::tier).transpose();
    Ok(Upstream {
        draft: Draft {
            name,
            profile,
            base_url,
            api_version: api_version.map(str::to_owned),
            service_tier: tier.map_err(wrong("service_tier"))?,
            models: models(row)?,
        },
        api_key,
        admin_key: reference("admin_key")?,
        origin: Origin::File,
    })
}

fn models(row: &Row) -> Result<Models, ConfigError> {
    let read = match row.models() {
        None => return Ok(Models::Any),
        Some(ModelsField::Listed) => return Ok(Models::Listed),
        Some(ModelsField::Offers(offers)) => offers
            .iter()
            .map(|(model, as_)| Offer::new(model, as_.as_deref()))
            .collect::<Result<Vec<_>, _>>()
            .and_then(Models::configured),
    };
    read.map_err(|problem| row.wrong("models", problem))
}

fn patterns(row: &Row) -> Result<Option<Vec<String>>, ConfigError> {
    let Some(models) = row.list("models") else {
        return Ok(None);
    };
    // A star elsewhere would look as if it meant something.
    let wrong = models
        .iter()
        .find(|model| model.is_empty() || model.strip_suffix('*').unwrap_or(model).contains('*'));
    match wrong {
        Some(model) => Err(row.wrong(
            "models",
            format!("`{model}`: a name, or the beginning of names and a `*` at the end"),
        )),
        None => Ok(Some(models.to_vec())),
    }
}

/// The routes of the file, over these upstreams.
pub(crate) fn routes(rows: &[Row], upstreams: &[Upstream]) -> Result<Vec<Route>, ConfigError> {
    rows.iter()
        .map(|row| {
            row.required_list("models")?;
            let models = patterns(row)?.unwrap_or_default();
            let names = row.required_list("upstreams")?;
            let known: Vec<&str> = upstreams.iter().map(Upstream::name).collect();
            let unknown = |name: &&String| !known.contains(&name.as_str());
            for name in names.iter().filter(unknown) {
                // One that is made at run time may be called so; one that is nearly another's was meant to be that.
                if let Some(guess) = guess::nearest(name, known.iter().copied()) {
                    return Err(row.wrong(
                        "upstreams",
                        format!("no upstream is called `{name}`; did you mean `{guess}`?"),
                    ));
                }
                name.parse::<UpstreamName>()
                    .map_err(|problem| row.wrong("upstreams", format!("`{name}`: {problem}")))?;
            }
            Ok(Route {
                models,
                upstreams: names.to_vec(),
            })
        })
        .collect()
}

/// Without any in the file: those whose usual variables are set.
pub(crate) fn of_environment(environment: &Environment) -> Vec<Upstream> {
    [
        ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", Kind::OpenAi),
        (
            "OPENROUTER_API_KEY",
            "OPENROUTER_ADMIN_KEY",
            Kind::OpenRouter,
        ),
        ("ANTHROPIC_API_KEY", "ANTHROPIC_ADMIN_KEY", Kind::Anthropic),
    ]
    .into_iter()
    .filter(|(key, _, _)| environment.get(key).is_some())
    .filter_map(|(key, admin, kind)| {
        let profile = Draft::profile(kind, None).ok()?;
        Some(Upstream {
            draft: Draft {
                name: kind.name().parse().ok()?,
                profile,
                base_url: profile.base_url.unwrap_or_default().to_owned(),
                api_version: None,
                service_tier: None,
                models: Models::Any,
            },
            api_key: Some(SecretRef::Environment(key.to_owned())),
            admin_key: environment
                .get(admin)
                .map(|_set| SecretRef::Environment(admin.to_owned())),
            origin: Origin::Environment,
        })
    })
    .collect()
}

impl Upstream {
    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.draft.name.as_str()
    }

    /// Whether calls can be sent there by this version.
    pub(crate) const fn is_called(&self) -> bool {
        self.draft.profile.kind.is_called()
    }

    /// Fetches the credential, where calls are sent there, and the admin key, without which calls go all the same.
    pub(crate) fn open(&self, environment: &Environment) -> Result<Given, ConfigError> {
        let api_key = self.api_key.as_ref().filter(|_| self.is_called());
        let api_key = api_key.map(|reference| reference.resolve(environment));
        let api_key = api_key.transpose().map_err(|message| {
            ConfigError::new(format!("upstream `{}`: api_key: {message}", self.name()))
        })?;
        let admin_key = self.admin_key.as_ref();
        let admin_key = admin_key.and_then(|reference| reference.resolve(environment).ok());
        Ok(Given {
            admin_key: admin_key.map(|secret| Secret::new(secret.reveal())),
            draft: self.draft.clone(),
            origin: self.origin,
            api_key: api_key.map(|secret| Secret::new(secret.reveal())),
            has_admin_key: self.admin_key.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::file::{self, Source};

    fn upstreams(text: &str) -> Result<Vec<Upstream>, String> {
        let path = Path::new("s.toml");
        let file = file::read(Source { path, text }).map_err(|error| error.to_string())?;
        let upstreams = read(&file.upstreams).map_err(|error| error.to_string())?;
        routes(&file.routes, &upstreams).map_err(|error| error.to_string())?;
        Ok(upstreams)
    }

    const GOOD: &str = "[[upstream]]\nname = \"openai\"\nkind = \"openai\"\napi_key = \"env:K\"\n";

    #[test]
    fn an_upstream_has_the_address_of_its_kind_unless_it_says_another() {
        let read = upstreams(&format!("{GOOD}\n[[upstream]]\nname = \"sim\"\nkind = \"compatible\"\nbase_url = \"http://127.0.0.1:1/v1/\"\nmodels = [\"sim/*\"]\n")).unwrap();
        assert_eq!(read[0].draft.base_url, "https://api.openai.com/v1");
        assert_eq!(read[0].draft.models, Models::Any);
        assert_eq!(read[1].draft.base_url, "http://127.0.0.1:1/v1");
        let offers = vec![Offer::new("sim/*", None).unwrap()];
        assert_eq!(read[1].draft.models, Models::Configured(offers));
    }

    #[test]
    fn a_provider_of_the_table_brings_its_address_and_models_their_names_there() {
        let row = |lines: &str| format!("[[upstream]]\nname = \"a\"\n{lines}\n");
        let read = |lines: &str| upstreams(&row(lines)).map(|mut read| read.remove(0));
        let groq = read(
            "kind = \"compatible\"\nprovider = \"groq\"\napi_key = \"env:K\"\nmodels = \"listed\"",
        )
        .unwrap();
        assert_eq!(groq.draft.base_url, "https://api.groq.com/openai/v1");
        assert_eq!(groq.draft.models, Models::Listed);
        let azure = read(
            "kind = \"azure\"\nbase_url = \"https://r.openai.azure.com\"\napi_key = \"env:K\"\napi_version = \"2024-10-21\"\n\
             models = [\"o3\", { model = \"gpt-5\", as = \"eu\" }]",
        )
        .unwrap();
        assert_eq!(azure.draft.base_url, "https://r.openai.azure.com/openai");
        let offers = vec![
            Offer::new("o3", None).unwrap(),
            Offer::new("gpt-5", Some("eu")).unwrap(),
        ];
        assert_eq!(azure.draft.models, Models::Configured(offers));
        for (lines, said) in [
            (
                "kind = \"openai\"\nprovider = \"groq\"",
                "upstream.provider: is one of groq, ",
            ),
            (
                "kind = \"compatible\"\nprovider = \"grok\"",
                "upstream.provider: is one of groq, ",
            ),
            (
                "kind = \"openai\"\napi_key = \"env:K\"\napi_version = \"1\"",
                "upstream.api_version: is for kind `azure` alone",
            ),
            (
                "kind = \"openai\"\napi_key = \"env:K\"\nmodels = [{ model = \"a\", az = \"b\" }]",
                "upstream.models: must be \"listed\"",
            ),
            (
                "kind = \"openai\"\napi_key = \"env:K\"\nmodels = []",
                "upstream.models: names no model",
            ),
        ] {
            let error = read(lines).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_upstream_is_said_with_its_place() {
        for (text, said) in [
            (
                "[[upstream]]\nkind = \"openai\"",
                "s.toml:1:1: this [[upstream]] lacks `name`",
            ),
            (
                "[[upstream]]\nname = \"a\"",
                "s.toml:1:1: this [[upstream]] lacks `kind`",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"",
                "s.toml:1:1: this [[upstream]] lacks `api_key`",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"azure\"",
                "s.toml:1:1: this [[upstream]] lacks `base_url`",
            ),
            (
                "[[upstream]]\nname = \"a b\"\nkind = \"openai\"",
                "s.toml:2:8: upstream.name: letters, digits, `-`, `_` and `.`, at most 64 of them",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"opnai\"",
                "s.toml:3:8: upstream.kind: `opnai` is unknown; did you mean `openai`?",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"sk-123456\"",
                "s.toml:4:11: upstream.api_key: a secret is given by reference, env:NAME or file:/path, never as itself",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\nbase_url = \"api.openai.com\"",
                "s.toml:4:12: upstream.base_url: `api.openai.com` is not an address such as https://api.openai.com/v1",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"env:K\"\nservice_tier = \"fast\"",
                "s.toml:5:16: upstream.service_tier: `fast` is not one of default, flex, priority",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"env:K\"\nmodels = [\"*-mini\"]",
                "s.toml:5:10: upstream.models: `*-mini`: a name, or the beginning of names and a `*` at the end",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkin = \"openai\"",
                "s.toml:3:1: unknown key `upstream.kin`: did you mean `kind`?",
            ),
            (
                "[[upstream]]\nname = 7",
                "s.toml:2:8: upstream.name: must be a text in quotes",
            ),
            (
                "[[upstream]]\nname = \"a\"\nmodels = \"gpt-*\"",
                "s.toml:3:10: upstream.models: must be \"listed\", or a list such as [\"gpt-*\", { model = \"gpt-5\", as = \"my-deployment\" }]",
            ),
            (
                "[upstream]\nname = \"a\"",
                "s.toml:1:1: write [[upstream]] on a line of its own, once for each upstream",
            ),
        ] {
            assert_eq!(upstreams(text).unwrap_err(), said);
        }
        assert_eq!(
            upstreams(&format!("{GOOD}{GOOD}")).unwrap_err(),
            "s.toml:6:8: upstream.name: `openai` is there twice"
        );
    }

    #[test]
    fn a_route_names_upstreams_that_are_there() {
        let route = |lines: &str| upstreams(&format!("{GOOD}[[route]]\n{lines}"));
        assert!(route("models = [\"gpt-*\"]\nupstreams = [\"openai\"]").is_ok());
        assert!(
            route("models = [\"gpt-*\"]\nupstreams = [\"openai\", \"made-later\"]").is_ok(),
            "it may be made at run time"
        );
        for (lines, said) in [
            (
                "upstreams = [\"openai\"]",
                "s.toml:5:1: this [[route]] lacks `models`",
            ),
            (
                "models = [\"gpt-*\"]",
                "s.toml:5:1: this [[route]] lacks `upstreams`",
            ),
            (
                "models = [\"gpt-*\"]\nupstreams = [\"made later\"]",
                "s.toml:7:13: route.upstreams: `made later`: letters, digits, `-`, `_` and `.`, at most 64 of them",
            ),
            (
                "models = [\"gpt-*\"]\nupstreams = [\"openia\"]",
                "s.toml:7:13: route.upstreams: no upstream is called `openia`; did you mean `openai`?",
            ),
        ] {
            assert_eq!(route(lines).unwrap_err(), said);
        }
    }

    #[test]
    fn the_usual_variables_become_upstreams() {
        let environment = Environment::from([("OPENAI_API_KEY", "a"), ("ANTHROPIC_API_KEY", "b")]);
        let found = of_environment(&environment);
        let names: Vec<_> = found
            .iter()
            .map(|one| (one.name(), one.is_called()))
            .collect();
        assert_eq!(names, [("openai", true), ("anthropic", false)]);
    }

    #[test]
    fn a_credential_that_is_not_there_names_upstream_and_variable() {
        let upstream = upstreams(GOOD).unwrap().remove(0);
        let why = upstream.open(&Environment::default()).err().unwrap();
        assert_eq!(
            why.to_string(),
            "upstream `openai`: api_key: the environment variable K is not set"
        );
    }
}
