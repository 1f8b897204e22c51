//! Seawall, the program: configuration, command line, start and stop.
//!
//! The only crate that reads the clock, the environment and the operating system's randomness; everything below is
//! handed what it needs. It decides nothing about money.

mod backup;
mod cli;
mod clock;
mod command;
mod config;
mod demo;
mod doctor;
mod environment;
mod exit;
mod init;
mod man;
mod price_file;
mod progress;
mod random;
#[cfg(test)]
mod reference;
mod say;
mod serve;
mod sim;
mod verify;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use tokio::runtime::{Builder, Runtime};

use cli::{Cli, Command, ConfigArgs, ConfigCommand};
use command::price::PriceCommand;
use config::{Config, Sources};
use environment::Environment;
use exit::{Exit, Failure};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help is a result and goes to stdout; what was called wrongly goes to stderr. The parser knows which.
            let _printed = error.print().is_ok();
            let usage = error.exit_code() != 0;
            return if usage {
                Exit::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::note(format!("error: {failure}"));
            failure.exit.into()
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let environment = Environment::of_this_process();
    match cli.command {
        Command::Serve(args) => stays(&environment, serve::run(args, &environment)),
        Command::Demo(args) => stays(&environment, demo::run(args, &environment)),
        Command::Sim(args) => stays(&environment, sim::run(args)),
        Command::Init(args) => {
            init::run(&args.file)?;
            say::note(format!(
                "{} is written; `seawall serve` reads it",
                args.file.display()
            ));
            Ok(())
        }
        Command::Config(command) => configuration(command, cli.json, &environment),
        Command::Verify(args) => match &args.url {
            Some(url) => {
                let runtime = Builder::new_current_thread().enable_all().build();
                started(runtime)?.block_on(verify::ask(url, cli.json, &environment))
            }
            None => verify::run(args, cli.json, &environment),
        },
        Command::Backup(args) => backup::run(args, cli.json, &environment),
        Command::Doctor(args) => {
            let runtime = Builder::new_current_thread().enable_all().build();
            started(runtime)?.block_on(doctor::run(*args, cli.json, &environment))
        }
        Command::Price(PriceCommand::File(command)) => tell(price_file::run(&command)?, cli.json),
        Command::Man(args) => man::run(&args, Cli::command()),
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "seawall", &mut script);
            say::result(&String::from_utf8_lossy(&script))
        }
        command => {
            let client = command::Client::of(&environment)?;
            let runtime = Builder::new_current_thread().enable_all().build();
            let answer = started(runtime)?.block_on(ask(&client, command, &environment))?;
            let finding = command::check::finding(&answer)
                .and_then(|()| command::reconcile::finding(&answer))
                .and_then(|()| command::upstream::balance::finding(&answer))
                .and_then(|()| command::upstream::doctor::finding(&answer));
            tell(answer, cli.json)?;
            finding
        }
    }
}

/// Prints an answer, for people or for programs.
fn tell(answer: command::Answer, json: bool) -> Result<(), Failure> {
    if json {
        say::json(answer.schema, answer.json)
    } else {
        say::result(&answer.text)
    }
}

/// Runs a program that stays, on all cores, with logging.
fn stays(
    environment: &Environment,
    program: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    serve::start_log(environment);
    let runtime = started(Builder::new_multi_thread().enable_all().build())?;
    let ended = runtime.block_on(program);
    // What was to end has ended; a thread that still blocks must not keep the process.
    runtime.shutdown_timeout(Duration::ZERO);
    ended
}

fn started(runtime: std::io::Result<Runtime>) -> Result<Runtime, Failure> {
    runtime.map_err(|error| Failure::internal(format!("the runtime cannot start: {error}")))
}

fn configuration(
    command: ConfigCommand,
    json: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let load = |args: ConfigArgs| {
        Config::load(
            Sources {
                file: args.config,
                flags: Vec::new(),
            },
            environment,
        )
        .map_err(Failure::from)
    };
    match command {
        ConfigCommand::Show(args) => {
            let config = load(args)?;
            if json {
                say::json("config", config.to_json())
            } else {
                say::result(&config.to_toml())
            }
        }
        ConfigCommand::Check(args) => {
            let config = load(args)?;
            let (given, mut warnings) = config.open_upstreams(environment)?;
            let upstreams = given.len().saturating_sub(warnings.len());
            config.open_vault(environment)?;
            config.open_mail(environment)?;
            if !config.server.listen.ip().is_loopback()
                && environment.get("SEAWALL_ADMIN_KEY").is_none()
            {
                warnings.push(
                    "others can reach this listener: the first start needs SEAWALL_ADMIN_KEY"
                        .to_owned(),
                );
            }
            let catalog = serve::read_catalog(&config)?;
            warnings.extend(serve::homes_of(&config, given, &catalog)?);
            let file = config
                .file
                .as_ref()
                .map_or("no file".to_owned(), |path| path.display().to_string());
            if json {
                let result = serde_json::json!({
                    "file": file, "upstreams": upstreams, "models": catalog.models().count(),
                    "catalog": catalog.version(), "warnings": warnings,
                });
                return say::json("config_check", result);
            }
            warnings.into_iter().for_each(say::note);
            say::result(&format!(
                "{file}: fine; upstreams: {}; prices {}, {} models\n",
                upstreams,
                catalog.version(),
                catalog.models().count()
            ))
        }
    }
}

/// The commands that ask a running server.
async fn ask(
    client: &command::Client,
    wanted: Command,
    environment: &Environment,
) -> Result<command::Answer, Failure> {
    match wanted {
        Command::Status => command::status::run(client).await,
        Command::Org(wanted) => command::org::run(client, wanted).await,
        Command::Project(wanted) => command::project::run(client, wanted).await,
        Command::Key(wanted) => command::key::run(client, wanted).await,
        Command::Credit(wanted) => command::credit::run(client, wanted).await,
        Command::Balance(wanted) => command::credit::balance(client, wanted).await,
        Command::Limit(wanted) => command::limit::run(client, wanted).await,
        Command::Budget(wanted) => command::budget::run(client, wanted).await,
        Command::Alerts(wanted) => command::alerts::run(client, wanted).await,
        Command::Headroom(wanted) => command::headroom::run(client, wanted).await,
        Command::Requests(wanted) => command::requests::run(client, wanted).await,
        Command::Check(wanted) => command::check::run(client, wanted).await,
        Command::Explain(wanted) => command::explain::run(client, wanted).await,
        Command::Usage(wanted) => command::usage::run(client, wanted).await,
        Command::Rebuild => command::rebuild::run(client).await,
        Command::Reconcile(wanted) => command::reconcile::run(client, wanted).await,
        Command::Audit(wanted) => command::audit::run(client, wanted).await,
        Command::Upstream(wanted) => command::upstream::run(client, wanted, environment).await,
        Command::Price(wanted) => command::price::run(client, wanted).await,
        Command::Serve(_)
        | Command::Demo(_)
        | Command::Sim(_)
        | Command::Init(_)
        | Command::Config(_)
        | Command::Verify(_)
        | Command::Backup(_)
        | Command::Doctor(_)
        | Command::Man(_)
        | Command::Completions(_) => Err(Failure::internal("this command asks no server")),
    }
}
