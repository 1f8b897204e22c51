//! `seawall budget`: tripwires on spending. They only tell; a hard limit stops.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::find::ScopeArgs;
use super::notify::{self, NotifyArgs};
use super::per::PerArgs;
use super::print::{self, Table};
use super::{Answer, Client, amount, client};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum BudgetCommand {
    /// Those of an organization, a project or a key; without either all
    List {
        #[command(flatten)]
        of: ScopeArgs,
    },
    /// One of them
    Show {
        /// Its id
        budget: String,
    },
    /// Have somebody told when spending reaches parts of an amount; nothing is stopped
    Create(CreateArgs),
    /// Change one
    Set(SetArgs),
    /// Take one away
    Delete {
        /// Its id
        budget: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// How much, in dollars
    #[arg(value_name = "USD", value_parser = amount::positive, allow_negative_numbers = true)]
    amount: Nanos,
    #[command(flatten)]
    per: PerArgs,
    /// At which percentages of it to tell, such as 50,80,100
    #[arg(long, value_name = "PERCENT", value_delimiter = ',')]
    threshold: Vec<u16>,
    #[command(flatten)]
    notify: NotifyArgs,
}

#[derive(Args, Debug)]
pub(crate) struct SetArgs {
    /// Its id
    budget: String,
    /// How much it is to be, in dollars
    #[arg(long, value_name = "USD", value_parser = amount::positive, allow_negative_numbers = true)]
    amount: Option<Nanos>,
    /// At which percentages of it to tell
    #[arg(long, value_name = "PERCENT", value_delimiter = ',')]
    threshold: Vec<u16>,
    #[command(flatten)]
    notify: NotifyArgs,
}

pub(crate) async fn run(client: &Client, command: BudgetCommand) -> Result<Answer, Failure> {
    let json = match command {
        BudgetCommand::List { of } => return list(client, of).await,
        BudgetCommand::Show { budget } => client.get(&path(&budget)).await?,
        BudgetCommand::Create(args) => create(client, args).await?,
        BudgetCommand::Set(args) => {
            let mut body = Map::new();
            let amount = args.amount.map(|amount| json!(amount.to_string()));
            body.extend(amount.map(|amount| ("amount_usd".to_owned(), amount)));
            tell(&mut body, &args.threshold, &args.notify);
            client.patch(&path(&args.budget), body.into()).await?
        }
        BudgetCommand::Delete { budget } => {
            let one = client.get(&path(&budget)).await?;
            client.delete(&path(&budget)).await?;
            one
        }
    };
    Ok(Answer {
        text: one(&json),
        json,
        schema: "budget",
    })
}

async fn create(client: &Client, args: CreateArgs) -> Result<Value, Failure> {
    let mut body = args.per.body(client).await?;
    body.insert("amount_usd".to_owned(), json!(args.amount.to_string()));
    tell(&mut body, &args.threshold, &args.notify);
    client.post("budgets", body.into()).await
}

fn tell(body: &mut Map<String, Value>, thresholds: &[u16], notify: &NotifyArgs) {
    if !thresholds.is_empty() {
        body.insert("thresholds".to_owned(), json!(thresholds));
    }
    body.extend(notify.list().map(|list| ("notify".to_owned(), list)));
}

fn path(budget: &str) -> String {
    format!("budgets/{}", client::encoded(budget))
}

async fn list(client: &Client, of: ScopeArgs) -> Result<Answer, Failure> {
    let all = of.list(client, "budgets").await?;
    let mut table = Table::new(&[
        "of",
        "budget",
        "per",
        "spent",
        "tells at",
        "reached",
        "begins anew",
        "id",
    ]);
    for budget in &all {
        let mut row = vec![print::scope_of(budget)];
        row.extend(print::fields(budget, &["amount_usd"]));
        row.push(print::window_of(budget));
        row.extend(print::fields(budget, &["spent_usd"]));
        row.push(percents(budget, "thresholds"));
        row.push(percents(budget, "crossed"));
        row.extend(print::fields(budget, &["resets_at", "id"]));
        table.row(row);
    }
    let text = table.or(
        "no budget yet; have somebody told with `seawall budget create USD --project PROJECT --per month --email ADDRESS`",
    );
    Ok(Answer {
        text,
        json: json!({"data": all}),
        schema: "budgets",
    })
}

fn one(budget: &Value) -> String {
    let mut facts = vec![
        ("of", print::scope_of(budget)),
        ("per", print::window_of(budget)),
    ];
    for (name, field) in [("budget", "amount_usd"), ("spent", "spent_usd")] {
        facts.push((name, print::field(budget, field)));
    }
    facts.push(("tells at", percents(budget, "thresholds")));
    facts.push(("reached", percents(budget, "crossed")));
    facts.push((
        "effect",
        "alerts only: it stops nothing, a hard limit would".to_owned(),
    ));
    facts.extend(notify::facts(budget));
    for (name, field) in [("begins anew", "resets_at"), ("id", "id")] {
        facts.push((name, print::field(budget, field)));
    }
    print::facts(&facts)
}

fn percents(budget: &Value, name: &str) -> String {
    let all = budget.get(name).and_then(Value::as_array);
    let all: Vec<String> = all
        .into_iter()
        .flatten()
        .map(|percent| format!("{percent} %"))
        .collect();
    if all.is_empty() {
        "–".to_owned()
    } else {
        all.join(", ")
    }
}
