//! On what an amount is, and in which time: the same for a hard limit and a budget.

use clap::Args;
use serde_json::{Map, Value, json};

use super::Client;
use super::find::ScopeArgs;
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct PerArgs {
    #[command(flatten)]
    of: ScopeArgs,
    /// In which time: a calendar day, week or month, or in total
    #[arg(long, value_parser = ["day", "week", "month", "total"])]
    per: String,
    /// Where days and months begin. Without: the organization's time zone
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

impl PerArgs {
    /// The members `scope` and `window` of a request that sets it.
    pub(crate) async fn body(self, client: &Client) -> Result<Map<String, Value>, Failure> {
        if self.of.is_empty() {
            // A ceiling on everything by a slip of the keyboard would stop everything.
            return Err(Failure::usage("say on what: --org, --project or --key"));
        }
        let (kind, id) = self.of.find(client).await?;
        let mut window = Map::new();
        window.insert("kind".to_owned(), json!(self.per));
        let zone = self.time_zone;
        window.extend(zone.map(|zone| ("time_zone".to_owned(), json!(zone))));
        let mut body = Map::new();
        body.insert("scope".to_owned(), json!({"kind": kind, "id": id}));
        body.insert("window".to_owned(), window.into());
        Ok(body)
    }
}
