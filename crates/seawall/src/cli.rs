//! The command line. What is not here is refused by the parser, with a guess.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::command;
use crate::config::quantity;

/// A hard stop on what AI APIs can cost.
#[derive(Debug, Parser)]
#[command(name = "seawall", version, arg_required_else_help = true, after_help = AFTER)]
pub(crate) struct Cli {
    /// The result as JSON, with a `schema` field
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "Commands that talk to a running server find it by SEAWALL_URL (default http://127.0.0.1:8080)\n\
and open it with SEAWALL_ADMIN_KEY. Names work in the place of ids where they are unambiguous.\n\
Exit codes: 0 fine, 1 internal, 2 usage, 3 configuration, 4 cannot reach, 5 not found, 6 not permitted,\n\
10 a finding that somebody must act on.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway
    Serve(ServeArgs),
    /// Run the gateway on a simulated provider, with an organization to try it on
    Demo(ListenArgs),
    /// Run the simulated provider alone
    Sim(SimArgs),
    /// Write a seawall.toml to begin with
    Init(InitArgs),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// What is left, and what stops first
    Status,
    /// Organizations
    #[command(subcommand)]
    Org(command::org::OrgCommand),
    /// Projects
    #[command(subcommand)]
    Project(command::project::ProjectCommand),
    /// API keys of projects
    #[command(subcommand)]
    Key(command::key::KeyCommand),
    /// Credit: money added
    #[command(subcommand)]
    Credit(command::credit::CreditCommand),
    /// An organization's credit balance
    Balance(command::credit::OrgArg),
    /// Hard limits
    #[command(subcommand)]
    Limit(command::limit::LimitCommand),
    /// Budgets, which only tell
    #[command(subcommand)]
    Budget(command::budget::BudgetCommand),
    /// Who is told of what, and what was told
    #[command(subcommand)]
    Alerts(command::alerts::AlertsCommand),
    /// The least of all that stops, and which it is
    Headroom(command::headroom::HeadroomArgs),
    /// Calls of late, or one of them
    Requests(command::requests::RequestsArgs),
    /// What a call would get, nothing held
    Check(command::check::CheckArgs),
    /// Why a call went as it did, with the decision made again
    Explain(command::explain::ExplainArgs),
    /// What calls cost, by the hour or day
    Usage(command::usage::UsageArgs),
    /// Make the request log, its sums and the audit log anew from the journals, while calls go on
    Rebuild,
    /// Hold what a provider billed against what went through its account
    Reconcile(command::reconcile::ReconcileArgs),
    /// Who changed what
    Audit(command::audit::AuditArgs),
    /// Accounts at providers, which calls are sent to
    #[command(subcommand)]
    Upstream(command::upstream::UpstreamCommand),
    /// Prices
    #[command(subcommand)]
    Price(command::price::PriceCommand),
    /// Why a provider refuses: looks at the environment, the key, the account; needs no server
    Doctor(Box<crate::doctor::DoctorArgs>),
    /// Look whether a store says the truth, entry by entry
    Verify(VerifyArgs),
    /// Copy the store into a file, also while its server runs
    Backup(BackupArgs),
    /// Print the manual page, or write one for each command
    Man(crate::man::ManArgs),
    /// Print a completion script
    Completions(CompletionsArgs),
}

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// The configuration file [default: seawall.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ListenArgs {
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct SimArgs {
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9001")]
    pub(crate) listen: String,
    /// How long an answer takes before its first byte, such as 50ms
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = quantity::duration)]
    pub(crate) latency: Duration,
    /// How long a stream pauses before each further chunk
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = quantity::duration)]
    pub(crate) chunk_delay: Duration,
    /// A price table that replaces the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// A file that a line is appended to for each call
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// What answer lengths and ids are drawn from
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
}

#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Where to write it
    #[arg(value_name = "FILE", default_value = "seawall.toml")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is wrong with the configuration, if anything
    Check(ConfigArgs),
    /// Print the configuration in force; secrets as references
    Show(ConfigArgs),
}

#[derive(Args, Debug)]
pub(crate) struct ConfigArgs {
    /// The configuration file [default: seawall.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// A store's file in the place of the configured one, such as a backup
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Have a running server look at its store; the admin key opens it
    #[arg(long, value_name = "URL", conflicts_with_all = ["store", "config"])]
    pub(crate) url: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// The file to write, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// For which shell
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("seawall").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_the_contract_shows_is_understood() {
        for line in [
            "serve",
            "serve --config seawall.toml --listen 127.0.0.1:0",
            "demo",
            "sim --listen 127.0.0.1:9001 --latency 50ms --prices p.toml --ledger l.jsonl --seed 7",
            "init",
            "status --json",
            "config check --config seawall.toml",
            "config show",
            "org list",
            "org create acme --time-zone Europe/Berlin",
            "org set acme --approved-usage-limit 500",
            "project create chat --org acme --default-max-output 1000",
            "project archive chat",
            "key create bot --project chat --model gpt-5-mini --expires-at 2027-01-01T00:00:00Z",
            "key freeze bot --reason leaked",
            "key rotate bot --overlap 1h",
            "credit add 20.00 --org acme --kind purchase --note first",
            "credit void lot_00000000000000000000000000 --org acme",
            "balance --org acme",
            "limit create 10.00 --project image-bot --per month",
            "limit create 5 --key bot --measure requests --per 60s --freeze-key",
            "limit create 1 --org acme --each-end-user --window day --shadow",
            "limit create 1 --project chat --end-user anna --per 1h --until 2027-01-01T00:00:00Z",
            "limit create 9000 --project chat --tag team=red --measure tokens --per day",
            "limit create 9 --org acme --model gpt-5* --per total",
            "limit create 9 --org acme --each-tag --per week",
            "limit set lim_00000000000000000000000000 15 --until 2027-01-01T00:00:00Z",
            "credit charge-back lot_00000000000000000000000000 5.00 --note disputed",
            "org create acme --spend-guard 200",
            "org set acme --spend-guard off",
            "rebuild --json",
            "limit preview 10.00 --project image-bot --per month --days 30",
            "limit set lim_00000000000000000000000000 15 --used keep",
            "budget create 50.00 --project web --per month --threshold 50,80,100 --webhook https://example.org/hook",
            "budget set bud_00000000000000000000000000 --amount 60 --email ops@example.org --slack env:SLACK_URL",
            "budget set bud_00000000000000000000000000 --nobody",
            "budget list --org acme",
            "alerts list --org acme",
            "alerts set --org acme --email ops@example.org --balance-low 10 --lapse-notice-days 14",
            "alerts show",
            "alerts test",
            "headroom --key bot",
            "requests",
            "requests req_00000000000000000000000000",
            "check --key bot --path /v1/chat/completions --body -",
            "explain req_00000000000000000000000000 --json",
            "usage --bucket hour --group-by project,model --from 2026-11-01T00:00:00Z",
            "audit --org acme --actor first",
            "price list --model gpt-5-mini",
            "verify --config seawall.toml",
            "verify --store backup.db --json",
            "verify --url http://127.0.0.1:8080",
            "org rollback acme",
            "org accept-rollback acme --entry 40",
            "backup --to backup.db",
            "man --dir man1",
            "completions bash",
        ] {
            let parsed = parse(line);
            assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
        }
    }

    #[test]
    fn what_the_contract_shows_of_upstreams_is_understood() {
        for line in [
            "upstream create groq --kind compatible --provider groq --key-from env:GROQ_API_KEY --model gpt-oss-*=openai/gpt-oss-*",
            "upstream set groq --key-from - --serves listed",
            "upstream list --json",
            "upstream park groq --until 2026-12-01T00:00:00Z --note moving",
            "upstream unpark groq",
            "upstream probe groq --json",
            "upstream doctor groq --probe-chat --model gpt-oss-120b",
            "upstream rewrap",
            "upstream credit add openai 50 --bought-at 2026-11-20T09:00:00Z --note card",
            "upstream credit delete openai 0123456789abcdef0123",
            "upstream balance openai --json",
            "reconcile --upstream openai --from 2026-11-15 --to 2026-11-22 --post",
        ] {
            let parsed = parse(line);
            assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
        }
    }

    #[test]
    fn what_is_not_understood_ends_with_2_and_help_with_0() {
        for line in [
            "serv",
            "serve --listne x",
            "limit create 10.00",
            "limit preview 10.00 --project a --per month --days 0",
            "limit create ten --project a --per month",
            "limit create 10 --project a --key b --per month",
            "limit create 10 --project a --per fortnight",
            "limit create 10 --project a --per 500ms",
            "limit create 10 --project a --model x --each-tag --per day",
            "limit create 10 --project a --measure calls --per day",
            "credit charge-back lot_00000000000000000000000000 0",
            "org create acme --spend-guard never",
            "sim --latency 50",
            "credit add -5 --org acme",
            "key create bot",
            "upstream create groq --kind compatible --key-from gsk_0123456789",
            "upstream set groq --model a --serves any",
            "upstream credit add openai -5",
            "reconcile --from yesterday",
            "",
        ] {
            assert_eq!(
                parse(line).err().map(|error| error.exit_code()),
                Some(2),
                "{line}"
            );
        }
        for line in ["--help", "help", "--version", "limit --help"] {
            assert_eq!(
                parse(line).err().map(|error| error.exit_code()),
                Some(0),
                "{line}"
            );
        }
    }

    #[test]
    fn no_flag_takes_a_secret() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                let harmless =
                    !["secret", "password", "token", "admin_key", "api_key"].contains(&name);
                assert!(harmless, "{} --{name}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
