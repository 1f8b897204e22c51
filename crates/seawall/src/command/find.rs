//! Names in the place of ids, where they are unambiguous.

use serde_json::Value;

use super::client::{Client, encoded, with};
use crate::exit::{Exit, Failure};

/// Whether the text is an id of this kind and not a name.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    let rest = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The id of a thing.
pub(crate) fn id(thing: &Value) -> &str {
    thing.get("id").and_then(Value::as_str).unwrap_or("")
}

/// The name of a thing.
pub(crate) fn name(thing: &Value) -> &str {
    thing.get("name").and_then(Value::as_str).unwrap_or("")
}

/// The one thing of this name.
fn the_one(what: &str, wanted: &str, all: &[Value]) -> Result<Value, Failure> {
    let same: Vec<&Value> = all.iter().filter(|thing| name(thing) == wanted).collect();
    match same.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let names: Vec<&str> = all.iter().map(name).collect();
            let hint = match names.as_slice() {
                [] => format!("there is no {what} yet"),
                names => format!("there are {}", names.join(", ")),
            };
            Err(Failure::new(
                Exit::NotFound,
                format!("no {what} is called `{wanted}`; {hint}"),
            ))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|thing| id(thing)).collect();
            let count = several.len();
            Err(Failure::usage(format!(
                "{count} {what}s are called `{wanted}`; use the id of one: {}",
                ids.join(", ")
            )))
        }
    }
}

/// An organization by name or id; without either the only one there is.
pub(crate) async fn organization(client: &Client, wanted: Option<&str>) -> Result<Value, Failure> {
    if let Some(wanted) = wanted.filter(|wanted| is_id(wanted, "org")) {
        return client
            .get(&format!("organizations/{}", encoded(wanted)))
            .await;
    }
    let all = client.list("organizations").await?;
    match (wanted, all.as_slice()) {
        (Some(wanted), all) => the_one("organization", wanted, all),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Failure::new(
            Exit::NotFound,
            "there is no organization yet; make one with `seawall org create NAME`",
        )),
        (None, all) => {
            // Two of one name are told apart by their ids only.
            let shared =
                |one: &Value| all.iter().filter(|other| name(other) == name(one)).count() > 1;
            let called = |one| {
                let id = if shared(one) { one.get("id") } else { None };
                id.and_then(Value::as_str).unwrap_or_else(|| name(one))
            };
            let names: Vec<&str> = all.iter().map(called).collect();
            Err(Failure::usage(format!(
                "say which with --org: {}",
                names.join(", ")
            )))
        }
    }
}

/// The projects of one organization, or of all.
pub(crate) async fn projects(client: &Client, org: Option<&str>) -> Result<Vec<Value>, Failure> {
    let organizations = match org {
        Some(_) => vec![organization(client, org).await?],
        None => client.list("organizations").await?,
    };
    let mut all = Vec::new();
    for organization in &organizations {
        all.extend(
            client
                .list(&format!("organizations/{}/projects", id(organization)))
                .await?,
        );
    }
    Ok(all)
}

/// A project by name or id.
pub(crate) async fn project(
    client: &Client,
    wanted: &str,
    org: Option<&str>,
) -> Result<Value, Failure> {
    if is_id(wanted, "proj") {
        return client.get(&format!("projects/{}", encoded(wanted))).await;
    }
    the_one("project", wanted, &projects(client, org).await?)
}

/// The keys of one project, or of all.
pub(crate) async fn keys(client: &Client, within: Option<&str>) -> Result<Vec<Value>, Failure> {
    let projects = match within {
        Some(wanted) => vec![project(client, wanted, None).await?],
        None => projects(client, None).await?,
    };
    let mut all = Vec::new();
    for project in &projects {
        all.extend(
            client
                .list(&format!("projects/{}/keys", id(project)))
                .await?,
        );
    }
    Ok(all)
}

/// A key by name or id.
pub(crate) async fn key(
    client: &Client,
    wanted: &str,
    within: Option<&str>,
) -> Result<Value, Failure> {
    if is_id(wanted, "key") {
        return client.get(&format!("keys/{}", encoded(wanted))).await;
    }
    the_one("key", wanted, &keys(client, within).await?)
}

/// What a hard limit or a headroom is of.
#[derive(Clone, Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct ScopeArgs {
    /// The whole organization
    #[arg(long, value_name = "NAME")]
    pub(crate) org: Option<String>,
    /// A project
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// An API key
    #[arg(long, value_name = "NAME")]
    pub(crate) key: Option<String>,
}

impl ScopeArgs {
    /// Whether nothing was named.
    pub(crate) const fn is_empty(&self) -> bool {
        self.org.is_none() && self.project.is_none() && self.key.is_none()
    }

    /// Kind and id of what was named; if nothing was, the only organization there is.
    pub(crate) async fn find(&self, client: &Client) -> Result<(&'static str, String), Failure> {
        if let Some(wanted) = &self.project {
            let project = project(client, wanted, None).await?;
            return Ok(("project", id(&project).to_owned()));
        }
        if let Some(wanted) = &self.key {
            let key = key(client, wanted, None).await?;
            return Ok(("key", id(&key).to_owned()));
        }
        let organization = organization(client, self.org.as_deref()).await?;
        Ok(("organization", id(&organization).to_owned()))
    }

    /// The path with what was named as a query parameter.
    pub(crate) async fn query(&self, client: &Client, path: &str) -> Result<String, Failure> {
        let (kind, id) = self.find(client).await?;
        Ok(with(path, kind, &id))
    }

    /// The list at this path of what was named; if nothing was, of every organization.
    pub(crate) async fn list(&self, client: &Client, path: &str) -> Result<Vec<Value>, Failure> {
        if !self.is_empty() {
            return client.list(&self.query(client, path).await?).await;
        }
        let mut all = Vec::new();
        for organization in client.list("organizations").await? {
            let path = with(path, "organization", id(&organization));
            all.extend(client.list(&path).await?);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_taken_where_it_is_unambiguous() {
        let all = [
            json!({"id": "proj_1", "name": "chat"}),
            json!({"id": "proj_2", "name": "bot"}),
            json!({"id": "proj_3", "name": "bot"}),
        ];
        let the_one = |name| the_one("project", name, &all);
        assert_eq!(id(&the_one("chat").unwrap()), "proj_1");
        let several = the_one("bot").unwrap_err();
        assert_eq!(several.exit, Exit::Usage);
        assert_eq!(
            several.message,
            "2 projects are called `bot`; use the id of one: proj_2, proj_3"
        );
        let none = the_one("chatt").unwrap_err();
        assert_eq!(none.exit, Exit::NotFound);
        assert_eq!(
            none.message,
            "no project is called `chatt`; there are chat, bot, bot"
        );
    }

    #[test]
    fn an_id_is_told_from_a_name() {
        assert!(is_id("proj_01jd8z00000000000000000000", "proj"));
        assert!(!is_id("proj_x", "proj"));
        assert!(!is_id("image-bot", "proj"));
    }
}
