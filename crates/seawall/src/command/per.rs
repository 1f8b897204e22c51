//! On what an amount is, and in which time: the same for a hard limit and a budget.

use clap::Args;
use serde_json::{Map, Value, json};

use super::Client;
use super::find::ScopeArgs;
use crate::config::quantity;
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct PerArgs {
    #[command(flatten)]
    of: ScopeArgs,
    /// In which time: a calendar day, week or month, or in total: `day`, `week`, `month`, `total`; of a hard limit also the last so long, such as `60s`, `5m` or `1h`
    #[arg(long, visible_alias = "window", value_name = "TIME", value_parser = window)]
    per: Value,
    /// Where days and months begin. Without: the organization's time zone
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

/// Reads a window, as a request has it.
fn window(text: &str) -> Result<Value, String> {
    if ["day", "week", "month", "total"].contains(&text) {
        return Ok(json!({"kind": text}));
    }
    let length = quantity::duration(text).map_err(|_not_a_duration| {
        "must be day, week, month, total, or a length such as 60s, 5m or 1h".to_owned()
    })?;
    if length.as_secs() == 0 || length.subsec_nanos() > 0 {
        return Err("must be whole seconds, and one at least".to_owned());
    }
    Ok(json!({"kind": "rolling", "seconds": length.as_secs()}))
}

impl PerArgs {
    /// The members `scope` and `window` of a request that sets it.
    pub(crate) async fn body(self, client: &Client) -> Result<Map<String, Value>, Failure> {
        if self.of.is_empty() {
            // A ceiling on everything by a slip of the keyboard would stop everything.
            return Err(Failure::usage("say on what: --org, --project or --key"));
        }
        let (kind, id) = self.of.find(client).await?;
        Ok(self.on(json!({"kind": kind, "id": id})))
    }

    /// The same for what is on something else than was named.
    pub(crate) fn on(self, scope: Value) -> Map<String, Value> {
        let mut window = self.per;
        if let Some(zone) = self.time_zone {
            window["time_zone"] = json!(zone);
        }
        let members = [("scope", scope), ("window", window)];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        members.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_of_the_calendar_or_so_long() {
        assert_eq!(window("month"), Ok(json!({"kind": "month"})));
        for (text, seconds) in [("60s", 60), ("5m", 300), ("1h", 3600)] {
            let rolling = json!({"kind": "rolling", "seconds": seconds});
            assert_eq!(window(text), Ok(rolling));
        }
        for text in ["fortnight", "60", "500ms", "0s", "1500ms"] {
            assert!(window(text).is_err(), "{text}");
        }
    }
}
