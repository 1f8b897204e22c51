//! `seawall limit`: hard limits, the owner's ceilings.

mod create;
pub(super) mod show;

use clap::Subcommand;
use serde_json::{Map, Value, json};

use self::create::CreateArgs;
use super::amount::{self, Counted};
use super::find::ScopeArgs;
use super::{Answer, Client, client, print};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum LimitCommand {
    /// Those of an organization, a project, a key or an upstream; without either all
    List {
        #[command(flatten)]
        of: ScopeArgs,
        /// What may go through an upstream
        #[arg(long, value_name = "NAME", conflicts_with_all = ["org", "project", "key"])]
        upstream: Option<String>,
    },
    /// One of them
    Show {
        /// Its id
        limit: String,
    },
    /// Set a ceiling
    Create(CreateArgs),
    /// What a ceiling would have refused of the calls of the last days; sets nothing
    Preview {
        #[command(flatten)]
        ceiling: CreateArgs,
        /// Of how many days, up to 90
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
        days: u32,
    },
    /// Raise or lower one
    Set {
        /// Its id
        limit: String,
        /// How much it is to be: dollars, or how many requests or tokens
        #[arg(value_parser = amount::counted, allow_negative_numbers = true)]
        amount: Counted,
        /// Whether what was used so far still counts
        #[arg(long, value_parser = ["keep", "reset"])]
        used: Option<String>,
        /// Until when, such as 2027-01-01T00:00:00Z; then it is again what it was. Without: for good
        #[arg(long, value_name = "TIME")]
        until: Option<jiff::Timestamp>,
    },
    /// Take one away
    Delete {
        /// Its id
        limit: String,
    },
}

pub(crate) async fn run(client: &Client, command: LimitCommand) -> Result<Answer, Failure> {
    let json = match command {
        LimitCommand::List { of, upstream } => return list(client, of, upstream).await,
        LimitCommand::Show { limit } => client.get(&path(&limit)).await?,
        LimitCommand::Create(args) => {
            let body = args.body(client).await?;
            client.post("limits", body.into()).await?
        }
        LimitCommand::Preview { ceiling, days } => return preview(client, ceiling, days).await,
        LimitCommand::Set {
            limit,
            amount,
            used,
            until,
        } => {
            let mut body = Map::new();
            let now = client.get(&path(&limit)).await?;
            let measure = now.get("measure").and_then(Value::as_str);
            let (name, amount) = amount.member(measure.unwrap_or("usd"))?;
            body.insert(name.to_owned(), amount);
            let until = until.map(|until| json!(until.to_string()));
            body.extend(until.map(|until| ("until_at".to_owned(), until)));
            body.extend(used.map(|used| ("used".to_owned(), json!(used))));
            client.patch(&path(&limit), body.into()).await?
        }
        LimitCommand::Delete { limit } => {
            let one = client.get(&path(&limit)).await?;
            client.delete(&path(&limit)).await?;
            one
        }
    };
    Ok(Answer {
        text: show::one(&json),
        json,
        schema: "limit",
    })
}

async fn preview(client: &Client, ceiling: CreateArgs, days: u32) -> Result<Answer, Failure> {
    let mut body = ceiling.body(client).await?;
    body.insert("days".to_owned(), json!(days));
    let json = client.post("limits/preview", body.into()).await?;
    let count = |name| json.get(name).and_then(Value::as_u64).unwrap_or_default();
    let sentence = format!(
        "At {}, {} of the {} calls of the last {days} days would have been refused or cut down.",
        show::spoken(&json),
        count("would_refuse"),
        count("calls"),
    );
    let which = |name| {
        let call = json.get(name).filter(|call| !call.is_null());
        call.map_or_else(
            || "none".to_owned(),
            |call| {
                format!(
                    "{}  {}",
                    print::field(call, "at"),
                    print::field(call, "request_id")
                )
            },
        )
    };
    let facts = [
        ("of", show::of(&json)),
        (
            "refused, cost",
            print::field(&json, "would_refuse_cost_usd"),
        ),
        ("refused first", which("first")),
        ("refused last", which("last")),
        ("refuses none from", show::amount(&json, "refuses_none_at")),
    ];
    // What is not on record may have been over it, too.
    let unknown = match count("undescribed") {
        0 => String::new(),
        calls => format!(
            "\n{calls} further calls are left out: whether it counts them is not on record.\n"
        ),
    };
    Ok(Answer {
        text: format!("{sentence}\n\n{}{unknown}", print::facts(&facts)),
        json,
        schema: "limit_preview",
    })
}

fn path(limit: &str) -> String {
    format!("limits/{}", client::encoded(limit))
}

async fn list(client: &Client, of: ScopeArgs, upstream: Option<String>) -> Result<Answer, Failure> {
    let on = |name: &str| client::with("limits", "upstream", name);
    let all = match upstream {
        Some(name) => client.list(&on(&name)).await?,
        None => {
            let mut all = of.list(client, "limits").await?;
            if of.is_empty() {
                for upstream in client.list("upstreams").await? {
                    let name = print::field(&upstream, "name");
                    all.extend(client.list(&on(&name)).await?);
                }
            }
            all
        }
    };
    Ok(Answer {
        text: show::table(&all),
        json: json!({"data": all}),
        schema: "limits",
    })
}
