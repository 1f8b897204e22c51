//! `seawall price import`, `diff` and `history`: price files, read where the command runs. No server is asked, and none is
//! changed: what is written here becomes a server's by `catalog.file`.

mod show;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use catalog::Catalog;
use catalog::import::{self, Format, Report, USUAL_PROVIDERS, Wanted};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::clock;
use crate::command::Answer;
use crate::exit::{Exit, Failure};

/// The largest price file that is read: LiteLLM's has 3 MB.
const LARGEST: u64 = 64 << 20;

#[derive(Debug, Subcommand)]
pub(crate) enum FileCommand {
    /// Read a price file of LiteLLM's or models.dev's, and say what is in it; asks no server
    Import(ImportArgs),
    /// What a price file would change; asks no server
    Diff(Source),
    /// Every price list that a model has had, in a price file; asks no server
    History(HistoryArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// `model_prices_and_context_window.json` of LiteLLM's
    Litellm,
    /// `api.json` of models.dev
    #[value(name = "models.dev")]
    ModelsDev,
    /// Our own, as `catalog.file` takes it
    Seawall,
}

#[derive(Args, Debug)]
pub(crate) struct Source {
    /// The price file
    file: PathBuf,
    /// Whose layout it has [default: ours where its name ends in .toml, else LiteLLM's]
    #[arg(long, value_name = "LAYOUT")]
    format: Option<Layout>,
    /// A provider whose models are taken, as the file names it; may be given several times [default: openai,
    /// text-completion-openai, anthropic]
    #[arg(long, value_name = "NAME")]
    provider: Vec<String>,
    /// The day from which its prices count, in UTC [default: today]
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// The older prices [default: those this program is shipped with]
    #[arg(long, value_name = "FILE")]
    onto: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    source: Source,
    /// What the catalogue is to be called; it stands in every charge [default: the day]
    #[arg(long = "as", value_name = "VERSION")]
    called: Option<String>,
    /// The price file to write: the older prices with the newer ones on top. It must not exist, unless it is that of --onto
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing, only say what would change
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    /// The model's name
    model: String,
    /// The price file [default: the prices this program is shipped with]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What a source is, and what could not be read of it.
struct Read {
    older: Catalog,
    newer: Catalog,
    report: Report,
    from: Date,
}

pub(crate) fn run(command: &FileCommand) -> Result<Answer, Failure> {
    match command {
        FileCommand::Import(args) => import(args),
        FileCommand::Diff(source) => diff(source),
        FileCommand::History(args) => history(args),
    }
}

fn import(args: &ImportArgs) -> Result<Answer, Failure> {
    let read = read(&args.source, args.called.as_deref())?;
    let both = read.older.updated(&read.newer);
    let both = both.map_err(|error| {
        wrong(format!(
            "the newer prices cannot be put on top of the older ones: {}; give a later day with --from",
            error.message()
        ))
    })?;
    let written = match &args.out {
        Some(out) if !args.dry_run => {
            let head = format!(
                "The prices of {} on top of older ones, by `seawall price import`.",
                args.source.file.display()
            );
            write(out, args.source.onto.as_deref(), &both.to_toml(&head))?;
            Some(out.as_path())
        }
        _ => None,
    };
    let at = midnight(read.from)?;
    let differences = read.older.differences(&both, at);
    let mut text = show::summary(&both, &differences);
    text.push_str(&read.report.to_string());
    match written {
        Some(out) => {
            text.push_str(&out.display().to_string());
            text.push_str(
                " is written; a server takes it by `catalog.file` in its configuration\n",
            );
        }
        None => text.push_str("nothing is written\n"),
    }
    let json = json!({
        "version": both.version(), "models": both.models().count(),
        "differences": show::differences_json(&differences), "report": show::report_json(&read.report),
        "written": written.map(|out| out.display().to_string()),
    });
    Ok(Answer {
        text,
        json,
        schema: "price_import",
    })
}

fn diff(source: &Source) -> Result<Answer, Failure> {
    let read = read(source, None)?;
    let differences = read.older.differences(&read.newer, midnight(read.from)?);
    Ok(Answer {
        text: show::differences(&differences),
        json: json!({ "data": show::differences_json(&differences), "report": show::report_json(&read.report) }),
        schema: "price_differences",
    })
}

fn history(args: &HistoryArgs) -> Result<Answer, Failure> {
    let catalog = match &args.file {
        Some(path) => ours(path)?,
        None => Catalog::builtin(),
    };
    let Some(model) = catalog.model(&args.model) else {
        let missing = format!(
            "`{}` has no price there; a call to it is refused",
            args.model
        );
        return Err(Failure::new(Exit::NotFound, missing));
    };
    Ok(Answer {
        text: show::history(model),
        json: json!({ "names": model.names().collect::<Vec<_>>(), "lists": show::history_json(model) }),
        schema: "price_history",
    })
}

fn read(source: &Source, version: Option<&str>) -> Result<Read, Failure> {
    let from = source.from.unwrap_or_else(clock::today);
    let older = match &source.onto {
        Some(path) => ours(path)?,
        None => Catalog::builtin(),
    };
    let own = source
        .file
        .extension()
        .is_some_and(|ending| ending == "toml");
    let layout = source.format.unwrap_or(if own {
        Layout::Seawall
    } else {
        Layout::Litellm
    });
    let format = match layout {
        Layout::Litellm => Format::Litellm,
        Layout::ModelsDev => Format::ModelsDev,
        Layout::Seawall => {
            let newer = ours(&source.file)?;
            let report = Report::default();
            return Ok(Read {
                older,
                newer,
                report,
                from,
            });
        }
    };
    let day = from.to_string();
    let usual = USUAL_PROVIDERS.map(str::to_owned);
    let wanted = Wanted {
        from: midnight(from)?,
        version: version.unwrap_or(&day),
        providers: if source.provider.is_empty() {
            &usual
        } else {
            &source.provider
        },
    };
    let imported = import::import(&text(&source.file)?, format, &wanted);
    let imported =
        imported.map_err(|error| wrong(format!("{}: {error}", source.file.display())))?;
    Ok(Read {
        older,
        newer: imported.catalog,
        report: imported.report,
        from,
    })
}

fn midnight(day: Date) -> Result<jiff::Timestamp, Failure> {
    let begin = day.to_zoned(TimeZone::UTC);
    let begin = begin.map_err(|error| Failure::usage(format!("--from: {error}")))?;
    Ok(begin.timestamp())
}

/// A price file of our own layout.
fn ours(path: &Path) -> Result<Catalog, Failure> {
    Catalog::parse(&text(path)?).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(format!(
            "{}:{line}:{column}: {}",
            path.display(),
            error.message()
        ))
    })
}

fn text(path: &Path) -> Result<String, Failure> {
    let cannot =
        |error: std::io::Error| wrong(format!("{} cannot be read: {error}", path.display()));
    let length = std::fs::metadata(path).map_err(cannot)?.len();
    if length > LARGEST {
        let message = format!(
            "{} has more than 64 MiB, which no price file has",
            path.display()
        );
        return Err(wrong(message));
    }
    std::fs::read_to_string(path).map_err(cannot)
}

/// Writes a file that is not there, or replaces the one whose prices are in it, whole or not at all.
fn write(out: &Path, onto: Option<&Path>, text: &str) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let message = match error.kind() {
            std::io::ErrorKind::AlreadyExists => format!(
                "{} is there already, and stays as it is; to put these prices on top of its own, give it as --onto, too",
                out.display()
            ),
            _ => format!("cannot write {}: {error}", out.display()),
        };
        wrong(message)
    };
    if onto == Some(out) {
        let beside = out.with_extension("toml.new");
        let mut file = std::fs::File::create(&beside).map_err(cannot)?;
        file.write_all(text.as_bytes()).map_err(cannot)?;
        file.sync_all().map_err(cannot)?;
        return std::fs::rename(&beside, out).map_err(cannot);
    }
    let mut file = std::fs::File::create_new(out).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Configuration, message)
}

#[cfg(test)]
mod tests;
