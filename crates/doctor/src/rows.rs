//! What was seen, row by row, with its source and age. Nothing is concluded here.

use jiff::Timestamp;

use crate::admin::{Admin, Alert, Project, SpendLimit};
use crate::answer::Answer;
use crate::observations::{Observations, Reading};
use crate::precedence::who_uses_what;

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Ok,
    /// Not as it should be.
    Fail,
    /// Good to know.
    Info,
    /// Not to be known from here.
    Unknown,
}

impl Mark {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Fail => "FAIL",
            Self::Info => "info",
            Self::Unknown => "??",
        }
    }
}

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How it stands.
    pub mark: Mark,
    /// What was looked at.
    pub what: String,
    /// What was seen.
    pub seen: String,
    /// Who says so.
    pub source: String,
    /// When it was so; `None` where it is so at this moment.
    pub at: Option<Timestamp>,
}

fn row(mark: Mark, what: impl Into<String>, seen: impl Into<String>, source: &str) -> Row {
    Row {
        mark,
        what: what.into(),
        seen: seen.into(),
        source: source.to_owned(),
        at: None,
    }
}

/// Projects that get rows of their own; the rest is counted.
const MOST_PROJECTS: usize = 20;

/// All rows.
pub(crate) fn of(o: &Observations) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(why) = &o.unreachable {
        rows.push(row(Mark::Fail, "reachable", why.clone(), "this computer"));
    }
    rows.extend(o.answers.iter().map(answer));
    let not_seen =
        |(what, why): &(&str, String)| row(Mark::Unknown, *what, why.clone(), "this computer");
    rows.extend(o.not_seen.iter().map(not_seen));
    if let Some(organization) = o.billed_organization() {
        let project = o
            .billed_project()
            .map_or(String::new(), |id| format!(", project {id}"));
        rows.push(row(
            Mark::Info,
            "who is billed",
            format!("organization {organization}{project}"),
            "response headers",
        ));
    }
    if let Some(budget) = &o.key_budget {
        let left = budget
            .left
            .map_or("no limit".to_owned(), |left| format!("${left} left"));
        rows.push(row(
            Mark::Info,
            budget.layer.clone(),
            left,
            "the provider's key endpoint",
        ));
    }
    rows.push(balance(o));
    match &o.admin {
        Reading::Known(admin) => {
            let first = rows.len();
            administration(o, admin, &mut rows);
            // They were read in this very look.
            for row in rows.iter_mut().skip(first) {
                row.at = Some(o.now);
            }
        }
        Reading::Unknown(why) => {
            rows.push(row(
                Mark::Unknown,
                "limits, alerts, costs",
                why.clone(),
                "administration API",
            ));
        }
    }
    variables(o, &mut rows);
    rows
}

/// What is set, and which library uses what of it.
fn variables(o: &Observations, rows: &mut Vec<Row>) {
    for setting in &o.settings {
        let odd = setting.key().and_then(|key| key.odd);
        let mark = if odd.is_some() {
            Mark::Fail
        } else {
            Mark::Info
        };
        rows.push(row(
            mark,
            setting.name.clone(),
            setting.shown(),
            &setting.origin.to_string(),
        ));
    }
    for (libraries, what) in who_uses_what(o) {
        rows.push(row(
            Mark::Info,
            "libraries",
            format!("{libraries}: {what}"),
            "their own sources",
        ));
    }
}

fn answer(answer: &Answer) -> Row {
    let mark = if answer.is_served() {
        Mark::Ok
    } else {
        Mark::Fail
    };
    let request = answer
        .headers
        .request_id
        .as_ref()
        .map_or(String::new(), |id| format!("  {id}"));
    Row {
        at: Some(answer.at),
        ..row(
            mark,
            answer.asked.name(),
            format!("{}{request}", answer.said()),
            "the provider",
        )
    }
}

fn balance(o: &Observations) -> Row {
    match &o.balance {
        Some(balance) => {
            let mark = if balance.left.is_positive() {
                Mark::Ok
            } else {
                Mark::Fail
            };
            let ends = balance.expires_at.map_or(String::new(), |at| {
                format!(", ends {}", at.strftime("%Y-%m-%d"))
            });
            row(
                mark,
                "credit balance",
                format!("${}{ends}", balance.left),
                &balance.source,
            )
        }
        None => row(
            Mark::Unknown,
            "credit balance",
            "no API gives it to a key; look at the billing page and say --balance",
            "the provider",
        ),
    }
}

/// What the administration API says; a row that could not be read says why.
const ADMIN: &str = "administration API";

fn administration(o: &Observations, admin: &Admin, rows: &mut Vec<Row>) {
    let spent = admin.spent.known().copied();
    rows.push(limit("organization's hard limit", &admin.limit, spent));
    rows.push(alerts("organization's alerts", &admin.alerts));
    match &admin.spent {
        Reading::Known(spent) => rows.push(row(
            Mark::Info,
            "costs this month",
            format!("${spent}"),
            ADMIN,
        )),
        Reading::Unknown(why) => {
            rows.push(row(Mark::Unknown, "costs this month", why.clone(), ADMIN));
        }
    }
    match &admin.projects {
        Reading::Known(projects) => {
            for one in projects.iter().take(MOST_PROJECTS) {
                project(o, one, rows);
            }
            let more = projects.len().saturating_sub(MOST_PROJECTS);
            if more > 0 {
                rows.push(row(
                    Mark::Info,
                    "projects",
                    format!("and {more} more"),
                    ADMIN,
                ));
            }
        }
        Reading::Unknown(why) => rows.push(row(Mark::Unknown, "projects", why.clone(), ADMIN)),
    }
}

fn limit(
    what: impl Into<String>,
    limit: &Reading<Option<SpendLimit>>,
    spent: Option<money::Nanos>,
) -> Row {
    let used = spent.map_or(String::new(), |spent| format!("; spent ${spent}"));
    match limit {
        Reading::Unknown(why) => row(Mark::Unknown, what, why.clone(), ADMIN),
        Reading::Known(None) => row(Mark::Ok, what, "none set", ADMIN),
        Reading::Known(Some(limit)) => {
            let full = limit.enforcing && spent.is_some_and(|spent| spent >= limit.threshold);
            let state = if limit.enforcing {
                "enforcing"
            } else {
                "inactive, stops nothing"
            };
            let mark = if full { Mark::Fail } else { Mark::Ok };
            row(
                mark,
                what,
                format!("${}/month, {state}{used}", limit.threshold),
                ADMIN,
            )
        }
    }
}

fn alerts(what: impl Into<String>, alerts: &Reading<Vec<Alert>>) -> Row {
    match alerts {
        Reading::Unknown(why) => row(Mark::Unknown, what, why.clone(), ADMIN),
        Reading::Known(all) if all.is_empty() => row(Mark::Info, what, "none", ADMIN),
        Reading::Known(all) => {
            let each: Vec<String> = all
                .iter()
                .map(|alert| format!("${}", alert.threshold))
                .collect();
            row(
                Mark::Info,
                what,
                format!("at {}: e-mail only, never stop anything", each.join(", ")),
                ADMIN,
            )
        }
    }
}

fn project(o: &Observations, project: &Project, rows: &mut Vec<Row>) {
    let billed = o.billed_project_known() == Some(project);
    let state = if project.archived { ", archived" } else { "" };
    let is_billed = if billed { ", is billed" } else { "" };
    let spent = project
        .spent
        .map_or(String::new(), |spent| format!("; spent ${spent}"));
    rows.push(row(
        Mark::Info,
        format!("project {}", project.id),
        format!("\"{}\"{state}{is_billed}{spent}", project.name),
        ADMIN,
    ));
    if !billed {
        return;
    }
    rows.push(limit("its hard limit", &project.limit, project.spent));
    rows.push(alerts("its alerts", &project.alerts));
    if let Reading::Known(Some(models)) = &project.models {
        let how = if models.only_listed {
            "only"
        } else {
            "all but"
        };
        rows.push(row(
            Mark::Info,
            "its models",
            format!("{how} {}", models.models.join(", ")),
            ADMIN,
        ));
    }
}
