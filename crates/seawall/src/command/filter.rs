//! What lists of calls, of what they cost and of changes can be narrowed to.

use clap::Args;
use serde_json::Value;

use super::client::{Client, with};
use super::find;
use crate::exit::Failure;

/// Parameters of a query; those without a value are left out.
pub(crate) type Parameters = [(&'static str, Option<String>); 3];

/// Whose calls.
#[derive(Args, Debug)]
pub(crate) struct CallsArgs {
    /// Only calls of a project
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only calls of a key
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Only calls of a model
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
}

impl CallsArgs {
    pub(crate) async fn parameters(self, client: &Client) -> Result<Parameters, Failure> {
        let project = match &self.project {
            Some(wanted) => Some(find::project(client, wanted, None).await?),
            None => None,
        };
        let key = match &self.key {
            Some(wanted) => Some(find::key(client, wanted, None).await?),
            None => None,
        };
        let id = |found| find::id(&found).to_owned();
        Ok([
            ("project", project.map(id)),
            ("key", key.map(id)),
            ("model", self.model),
        ])
    }
}

/// Of which time, and which page of that.
#[derive(Args, Debug)]
pub(crate) struct TimeArgs {
    /// Not before this time
    #[arg(long, value_name = "TIME")]
    from: Option<jiff::Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    to: Option<jiff::Timestamp>,
    /// Where an earlier page ended
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

impl TimeArgs {
    pub(crate) fn parameters(self) -> Parameters {
        let time = |time: jiff::Timestamp| time.to_string();
        [
            ("from", self.from.map(time)),
            ("to", self.to.map(time)),
            ("cursor", self.cursor),
        ]
    }
}

/// The id of the organization that was named, if one was.
pub(crate) async fn organization(
    client: &Client,
    wanted: Option<&str>,
) -> Result<Option<String>, Failure> {
    match wanted {
        Some(wanted) => {
            let found = find::organization(client, Some(wanted)).await?;
            Ok(Some(find::id(&found).to_owned()))
        }
        None => Ok(None),
    }
}

/// The path with what was asked for.
pub(crate) fn path(
    path: &str,
    parameters: impl IntoIterator<Item = (&'static str, Option<String>)>,
) -> String {
    parameters
        .into_iter()
        .fold(path.to_owned(), |path, (name, value)| match value {
            Some(value) => with(&path, name, &value),
            None => path,
        })
}

/// How to ask for the `earlier` or `later` ones that a page of a list has not; empty where it is the last.
pub(crate) fn next_page(page: &Value, which: &str) -> String {
    let cursor = page.get("next_cursor").and_then(Value::as_str);
    cursor.map_or_else(String::new, |cursor| {
        format!("{which} ones: --cursor {cursor}\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_is_not_in_the_path() {
        let asked = [
            ("a", None),
            ("b", Some("1 2".to_owned())),
            ("c", Some("3".to_owned())),
        ];
        assert_eq!(path("usage", asked), "usage?b=1%202&c=3");
    }
}
