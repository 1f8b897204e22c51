//! `seawall price`: what models cost. What concerns price files alone needs no server, and is in `price_file`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::client::with;
use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::{Exit, Failure};
use crate::price_file::{self, FileCommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PriceCommand {
    /// All models, or those of a name
    List {
        /// Only this model
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
    },
    /// One model
    Show {
        /// Its name
        model: String,
    },
    #[command(flatten)]
    File(FileCommand),
}

pub(crate) async fn run(client: &Client, command: PriceCommand) -> Result<Answer, Failure> {
    match command {
        PriceCommand::File(command) => price_file::run(&command),
        PriceCommand::List { model } => {
            let path = model.map_or_else(
                || "prices".to_owned(),
                |model| with("prices", "model", &model),
            );
            let all = client.list(&path).await?;
            let text = table(&all);
            Ok(Answer {
                text,
                json: json!({"data": all}),
                schema: "prices",
            })
        }
        PriceCommand::Show { model } => {
            let all = client.list(&with("prices", "model", &model)).await?;
            let Some(one) = all.into_iter().next() else {
                return Err(Failure::new(
                    Exit::NotFound,
                    format!("`{model}` has no price; a call to it is refused"),
                ));
            };
            // Prices have too many shapes for a table; as they are they can be read, too.
            let text = format!("{one:#}\n");
            Ok(Answer {
                text,
                json: one,
                schema: "price",
            })
        }
    }
}

/// One row for each model: what its standard tier costs per million tokens.
fn table(all: &[Value]) -> String {
    let mut table = Table::new(&["model", "input", "cached", "output", "shutdown"]);
    for one in all {
        let first = one
            .get("names")
            .and_then(|names| names.get(0))
            .and_then(Value::as_str);
        let mut row = vec![first.unwrap_or_default().to_owned()];
        row.extend(rates(one));
        row.push(print::field(one, "shutdown_on"));
        table.row(row);
    }
    let table = table.or("no such model");
    format!(
        "dollars per million tokens, standard tier; `seawall price show MODEL` has the rest\n\n{table}"
    )
}

/// Input, cached input and output, of whichever kind of model it is.
fn rates(model: &Value) -> [String; 3] {
    if let Some(rates) = model.pointer("/chat/prices/standard") {
        return ["input", "cached_input", "output"].map(|name| rate(rates, name));
    }
    match model.pointer("/image/prices/by_token") {
        Some(rates) => {
            ["text_input", "cached_text_input", "image_output"].map(|name| rate(rates, name))
        }
        None => ["–"; 3].map(str::to_owned),
    }
}

fn rate(rates: &Value, name: &str) -> String {
    print::field(rates, &format!("{name}_per_million_usd"))
}
