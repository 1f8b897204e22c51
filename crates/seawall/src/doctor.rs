//! `seawall doctor`: why a provider refuses, on whatever the user has: an environment, an error that was copied, a key, an
//! admin key. Needs no server. Looks and asks here; what follows from it is the crate `doctor`'s to say.
//!
//! All that is printed or written passes the redactor, which knows every secret that was set.

mod administration;
mod args;
mod bundle;
mod dotenv;
mod line;
mod patient;
mod probe;
mod served;
mod surroundings;

use std::io::Read as _;
use std::path::Path;

use ::doctor::{
    Balance, Model, Observations, Reading, Redactor, Report, examine, read_pasted, unreachable_by,
};
use catalog::Catalog;
use diagnosis::Provider;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

pub(crate) use args::DoctorArgs;
use args::WatchArgs;
use line::Line;
use patient::Patient;
pub(crate) use served::{Case, examine_served};
use surroundings::Surroundings;

use crate::clock::{self, Stopwatch};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::say;

/// An error that was copied is not larger, in bytes.
const LARGEST_ERROR: u64 = 4 << 20;
/// The shortest wait between two looks.
const SHORTEST_WAIT: std::time::Duration = std::time::Duration::from_millis(100);

pub(crate) async fn run(
    args: DoctorArgs,
    in_json: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    let around = Surroundings::look(environment, &here);
    let patients = wanted(&args, patient::all(&args.config, environment, &around)?)?;
    let keys = |one: &Patient| [one.key.clone(), one.admin_key.clone()];
    let keys: Vec<String> = patients.iter().flat_map(keys).flatten().collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let redactor = around.redactor(&keys);
    let pasted = args.error.as_deref().map(pasted).transpose()?;
    let catalog = Catalog::builtin();
    let office = Office {
        args: &args,
        around: &around,
        catalog: &catalog,
        redactor: &redactor,
    };
    let reports = match pasted {
        Some(text) => office.of_pasted(&redactor.clean(&text), &patients),
        None => office.watched(&patients).await?,
    };
    if let Some(path) = &args.bundle {
        bundle::write(path, &reports, &redactor)?;
        say::note(format!(
            "{} is written; read it before you send it",
            path.display()
        ));
    }
    told(&reports, in_json, &redactor)
}

/// The patients that were asked for.
fn wanted(args: &DoctorArgs, all: Vec<Patient>) -> Result<Vec<Patient>, Failure> {
    let Some(name) = &args.upstream else {
        return Ok(all);
    };
    let known: Vec<String> = all.iter().map(|one| one.account.name.clone()).collect();
    let found: Vec<Patient> = all
        .into_iter()
        .filter(|one| one.account.name == *name)
        .collect();
    if found.is_empty() {
        let known = known.join(", ");
        let message = format!("there is no upstream `{name}` here; there is {known}");
        return Err(Failure::new(Exit::NotFound, message));
    }
    Ok(found)
}

fn pasted(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LARGEST_ERROR)
            .read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path);
        file.and_then(|file| file.take(LARGEST_ERROR).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Failure::new(
            Exit::NotFound,
            format!("{} cannot be read: {error}", path.display()),
        )
    })?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let message = format!(
            "there is no error in {}; copy the whole of what the program or curl printed",
            path.display()
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What every look needs.
struct Office<'a> {
    args: &'a DoctorArgs,
    around: &'a Surroundings,
    catalog: &'a Catalog,
    redactor: &'a Redactor,
}

impl Office<'_> {
    /// What is known before anything is asked.
    fn admitted(&self, patient: &Patient, now: Timestamp) -> Observations {
        let told = &self.args.told;
        let mut o = Observations::new(now, patient.account.clone());
        o.settings = self.around.settings();
        let missing = patient.missing.iter();
        o.not_seen.extend(missing.map(|why| ("key", why.clone())));
        o.model = self.args.model.as_ref().map(|name| Model {
            name: name.clone(),
            shutdown: self.catalog.model(name).and_then(catalog::Model::shutdown),
        });
        o.balance = told.balance.map(|left| Balance {
            left,
            expires_at: told.credit_ends.and_then(|day| {
                let end = day.to_zoned(TimeZone::UTC).ok()?;
                Some(end.timestamp())
            }),
            source: "you".to_owned(),
        });
        o.told.organization.clone_from(&told.organization);
        o.told.project.clone_from(&told.project);
        o.told.playground_works = told.playground_works;
        o.told.topped_up_at = told.topped_up.and_then(|ago| now.checked_sub(ago).ok());
        o
    }

    /// Diagnoses an error that was copied. It belongs to the account of its provider, if there is one here.
    fn of_pasted(&self, text: &str, patients: &[Patient]) -> Vec<Report> {
        let now = clock::now();
        let provider = patients
            .first()
            .map_or(Provider::OpenAi, |one| one.account.provider);
        let answer = read_pasted(text, provider, now);
        let own = |one: &&Patient| one.account.provider == answer.provider;
        let patient = patients.iter().find(own).or_else(|| patients.first());
        let Some(patient) = patient else {
            return Vec::new();
        };
        let mut o = self.admitted(patient, now);
        if o.account.provider != answer.provider {
            // Nobody here has an account there; what is set here says nothing of it.
            o.account.provider = answer.provider;
            o.account.key = None;
            "the provider of the pasted error".clone_into(&mut o.account.name);
            o.account.base_url.clear();
        }
        o.admin = Reading::Unknown("not asked: --error opens no connection".to_owned());
        match unreachable_by(text) {
            Some(why) => o.unreachable = Some(format!("the pasted error says that {why}")),
            None => o.answers = vec![answer],
        }
        vec![examine(&o)]
    }

    /// Looks once, or until nothing is found or the time is over.
    async fn watched(&self, patients: &[Patient]) -> Result<Vec<Report>, Failure> {
        let WatchArgs {
            watch,
            every,
            at_most,
        } = &self.args.watch;
        let clock = Stopwatch::start();
        loop {
            let mut reports = Vec::new();
            for patient in patients {
                reports.push(self.look(patient).await?);
            }
            let verdict = reports.iter().find_map(|report| report.findings.first());
            let Some(verdict) = verdict.filter(|_| *watch) else {
                return Ok(reports);
            };
            let every = (*every).max(SHORTEST_WAIT);
            if clock.elapsed().saturating_add(every) > *at_most {
                return Ok(reports);
            }
            say::note(self.redactor.clean(&format!(
                "{} s: {} ({}); looking again in {} s",
                clock.elapsed().as_secs(),
                verdict.verdict,
                verdict.id,
                every.as_secs()
            )));
            tokio::time::sleep(every).await;
        }
    }

    async fn look(&self, patient: &Patient) -> Result<Report, Failure> {
        let mut o = self.admitted(patient, clock::now());
        let line = Line::open(patient)?;
        probe::run(&line, (&self.args.probes, self.catalog), &mut o).await;
        o.admin = match (patient.kind, &patient.admin_key) {
            (upstream::Kind::OpenAi, Some(_)) => {
                let billed = o.billed_project().map(str::to_owned);
                Reading::Known(administration::run(&line, o.now, billed.as_deref()).await)
            }
            (upstream::Kind::OpenAi, None) => Reading::Unknown(
                "not to be read without OPENAI_ADMIN_KEY; one that may only read is enough"
                    .to_owned(),
            ),
            _ => Reading::Unknown("this provider has none that is read here".to_owned()),
        };
        // Ages are told as of the end of the look.
        o.now = clock::now();
        Ok(examine(&o))
    }
}

/// Prints the reports; ends with 10 where something was found.
fn told(reports: &[Report], in_json: bool, redactor: &Redactor) -> Result<(), Failure> {
    if in_json {
        let all: Vec<_> = reports.iter().map(Report::to_json).collect();
        say::json("doctor", bundle::clean(&json!({"accounts": all}), redactor))?;
    } else {
        let all: Vec<String> = reports.iter().map(Report::to_text).collect();
        say::result(&redactor.clean(&all.join("\n")))?;
    }
    let found = reports
        .iter()
        .map(|report| report.findings.len())
        .sum::<usize>();
    if found == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Finding,
        format!("{found} found; each says what to do"),
    ))
}
