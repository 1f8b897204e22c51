//! `seawall alerts`: who is told of what, what was told, and whether it arrived.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::credit::OrgArg;
use super::notify::{self, NotifyArgs};
use super::print::{self, Table};
use super::{Answer, Client, amount, client, find};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// What was told of late, and whether it arrived
    List(OrgArg),
    /// Whom an organization tells, and when
    Show(OrgArg),
    /// Change whom an organization tells, and when
    Set(SetArgs),
    /// Send an alert that tells nothing to everybody who would be told
    Test(OrgArg),
}

#[derive(Args, Debug)]
pub(crate) struct SetArgs {
    #[command(flatten)]
    whose: OrgArg,
    /// Tell when less credit than this is left, in dollars; `off`: never
    #[arg(long, value_name = "USD", value_parser = amount_or_off, allow_negative_numbers = true)]
    balance_low: Option<Low>,
    /// Tell so many days before credit lapses; 0: never
    #[arg(long, value_name = "DAYS")]
    lapse_notice_days: Option<u32>,
    #[command(flatten)]
    notify: NotifyArgs,
}

/// An amount, or none.
#[derive(Clone, Copy, Debug)]
struct Low(Option<Nanos>);

fn amount_or_off(text: &str) -> Result<Low, String> {
    if text == "off" {
        return Ok(Low(None));
    }
    amount::not_negative(text).map(|amount| Low(Some(amount)))
}

pub(crate) async fn run(client: &Client, command: AlertsCommand) -> Result<Answer, Failure> {
    match command {
        AlertsCommand::List(whose) => list(client, whose).await,
        AlertsCommand::Show(whose) => {
            let json = client.get(&path(client, &whose).await?).await?;
            Ok(settings(json))
        }
        AlertsCommand::Set(args) => {
            let path = path(client, &args.whose).await?;
            let mut body = Map::new();
            body.extend(args.balance_low.map(|Low(amount)| {
                let amount = amount.map(|amount| amount.to_string());
                ("balance_low_usd".to_owned(), json!(amount))
            }));
            let days = args.lapse_notice_days;
            body.extend(days.map(|days| ("lapse_notice_days".to_owned(), json!(days))));
            body.extend(args.notify.list().map(|list| ("notify".to_owned(), list)));
            let json = client.put(&path, body.into()).await?;
            Ok(settings(json))
        }
        AlertsCommand::Test(whose) => {
            let organization = find::organization(client, whose.org.as_deref()).await?;
            let body = json!({"organization": find::id(&organization)});
            let json = client.post("alerts/test", body).await?;
            let text = format!(
                "a test is on its way as {}; see what became of it with `seawall alerts list`\n",
                find::id(&json)
            );
            Ok(Answer {
                text,
                json,
                schema: "alerts_test",
            })
        }
    }
}

async fn path(client: &Client, whose: &OrgArg) -> Result<String, Failure> {
    let organization = find::organization(client, whose.org.as_deref()).await?;
    Ok(format!("organizations/{}/alerts", find::id(&organization)))
}

fn settings(json: Value) -> Answer {
    let mut facts = notify::facts(&json);
    let low = match json.get("balance_low_usd") {
        Some(Value::Null) | None => "never".to_owned(),
        Some(_) => print::field(&json, "balance_low_usd"),
    };
    facts.push(("when less credit is left than", low));
    facts.push((
        "days before credit lapses",
        print::field(&json, "lapse_notice_days"),
    ));
    Answer {
        text: print::facts(&facts),
        json,
        schema: "alert_settings",
    }
}

async fn list(client: &Client, whose: OrgArg) -> Result<Answer, Failure> {
    let organization = find::organization(client, whose.org.as_deref()).await?;
    let query = client::with("alerts", "organization", find::id(&organization));
    // One page: they are newest first, and what is asked for is what happened of late.
    let page = client.get(&query).await?;
    let all = page.get("data").and_then(Value::as_array);
    let all = all.map(Vec::as_slice).unwrap_or_default();
    let mut table = Table::new(&["at", "state", "attempts", "what", "last error"]);
    for alert in all {
        let deliveries = alert.get("deliveries").and_then(Value::as_array);
        let deliveries = deliveries.map(Vec::as_slice).unwrap_or_default();
        let attempts = deliveries
            .iter()
            .filter_map(|one| one.get("attempts")?.as_u64());
        let error = deliveries
            .iter()
            .find_map(|one| one.get("last_error")?.as_str());
        let mut row = print::fields(alert, &["at", "state"]);
        row.push(attempts.max().unwrap_or(0).to_string());
        row.extend(print::fields(alert, &["subject"]));
        row.push(error.unwrap_or("–").to_owned());
        table.row(row);
    }
    let text = table.or("nothing was told yet; try the way with `seawall alerts test`");
    Ok(Answer {
        text,
        json: json!({"data": all}),
        schema: "alerts",
    })
}
