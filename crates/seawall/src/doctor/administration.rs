//! What OpenAI's administration API is asked, with the admin key and nothing but `GET`.

use doctor::{Admin, Project, Reading, admin_read};
use jiff::{Timestamp, tz::TimeZone};
use money::Nanos;

use super::line::{As, Line};

/// Pages of a list that are fetched at most.
const MOST_PAGES: usize = 20;
/// Projects that are looked into; of the others only name and costs are known. The one that is billed always is.
const MOST_PROJECTS: usize = 20;

/// Reads all of it. What cannot be read says why.
pub(super) async fn run(line: &Line<'_>, now: Timestamp, billed: Option<&str>) -> Admin {
    let limit = read(line, "/organization/spend_limit", limit_or_none).await;
    let alerts = read(
        line,
        "/organization/spend_alerts?limit=100",
        |status, body| good(status, body).and_then(admin_read::alerts),
    )
    .await;
    let costs = costs(line, now).await;
    let projects = match projects(line).await {
        Ok(items) => Reading::Known(known(line, items, &costs, billed).await),
        Err(why) => Reading::Unknown(why),
    };
    let spent = match costs {
        Ok(costs) => Reading::Known(sum(costs.iter())),
        Err(why) => Reading::Unknown(why),
    };
    Admin {
        limit,
        alerts,
        projects,
        spent,
    }
}

async fn read<T>(
    line: &Line<'_>,
    route: &str,
    understand: impl FnOnce(u16, &[u8]) -> Result<T, String>,
) -> Reading<T> {
    let came = line.get(As::Admin, route).await;
    match came.and_then(|came| understand(came.status, &came.body)) {
        Ok(value) => Reading::Known(value),
        Err(why) => Reading::Unknown(why),
    }
}

/// The body of a good answer.
fn good(status: u16, body: &[u8]) -> Result<&[u8], String> {
    if status == 200 {
        return Ok(body);
    }
    let error = wire::error::ProviderError::read(status, body);
    let message: String = error.message.chars().take(200).collect();
    Err(format!("HTTP {status} {message}"))
}

fn limit_or_none(status: u16, body: &[u8]) -> Result<Option<doctor::SpendLimit>, String> {
    if status == 404 {
        return Ok(None);
    }
    good(status, body).and_then(admin_read::limit)
}

type Costs = Vec<(Option<String>, Nanos)>;

fn sum<'a>(costs: impl Iterator<Item = &'a (Option<String>, Nanos)>) -> Nanos {
    costs.fold(Nanos::ZERO, |sum, (_, amount)| sum.saturating_add(*amount))
}

/// The costs since the first of the month.
async fn costs(line: &Line<'_>, now: Timestamp) -> Result<Costs, String> {
    let first = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let start = first
        .to_zoned(TimeZone::UTC)
        .map_err(|error| error.to_string())?;
    let start = start.timestamp().as_second();
    let route = format!(
        "/organization/costs?start_time={start}&bucket_width=1d&limit=31&group_by=project_id"
    );
    let mut all = Costs::new();
    let mut page: Option<String> = None;
    for _page in 0..MOST_PAGES {
        let route = page.as_ref().map_or_else(
            || route.clone(),
            |page| crate::command::client::with(&route, "page", page),
        );
        let came = line.get(As::Admin, &route).await?;
        let (costs, next) = good(came.status, &came.body).and_then(admin_read::costs)?;
        all.extend(costs);
        page = next;
        if page.is_none() {
            return Ok(all);
        }
    }
    Err(format!("more than {MOST_PAGES} pages"))
}

/// Every item of a list, page after page.
async fn paged<T>(
    line: &Line<'_>,
    route: &str,
    understand: impl Fn(&[u8]) -> Result<admin_read::Page<T>, String>,
) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    for _page in 0..MOST_PAGES {
        let route = after.as_ref().map_or_else(
            || route.to_owned(),
            |after| crate::command::client::with(route, "after", after),
        );
        let came = line.get(As::Admin, &route).await?;
        let page = good(came.status, &came.body).and_then(&understand)?;
        all.extend(page.data);
        after = page.last_id.filter(|_| page.has_more);
        if after.is_none() {
            break;
        }
    }
    // What is not on these pages is not claimed not to be; what is on them is known.
    Ok(all)
}

async fn projects(line: &Line<'_>) -> Result<Vec<admin_read::ProjectItem>, String> {
    let route = "/organization/projects?limit=100&include_archived=true";
    paged(line, route, admin_read::projects).await
}

async fn known(
    line: &Line<'_>,
    items: Vec<admin_read::ProjectItem>,
    costs: &Result<Costs, String>,
    billed: Option<&str>,
) -> Vec<Project> {
    let mut all = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let near = at < MOST_PROJECTS || billed == Some(&item.id);
        let spent = costs.as_ref().ok().map(|costs| {
            let own = |cost: &&(Option<String>, Nanos)| cost.0.as_ref() == Some(&item.id);
            sum(costs.iter().filter(own))
        });
        all.push(if near {
            project(line, item, spent).await
        } else {
            not_looked_into(item, spent)
        });
    }
    all
}

fn not_looked_into(item: admin_read::ProjectItem, spent: Option<Nanos>) -> Project {
    let why = || format!("only {MOST_PROJECTS} projects are looked into");
    Project {
        archived: item.status.as_deref() == Some("archived"),
        name: item.name.unwrap_or_default(),
        id: item.id,
        keys: Reading::Unknown(why()),
        limit: Reading::Unknown(why()),
        alerts: Reading::Unknown(why()),
        models: Reading::Unknown(why()),
        spent,
    }
}

async fn project(line: &Line<'_>, item: admin_read::ProjectItem, spent: Option<Nanos>) -> Project {
    let id = crate::command::client::encoded(&item.id);
    let of = |what: &str| format!("/organization/projects/{id}/{what}");
    let keys = match paged(line, &of("api_keys?limit=100"), admin_read::keys).await {
        Ok(keys) => Reading::Known(keys),
        Err(why) => Reading::Unknown(why),
    };
    let limit = read(line, &of("spend_limit"), limit_or_none).await;
    let alerts = read(line, &of("spend_alerts?limit=100"), |status, body| {
        good(status, body).and_then(admin_read::alerts)
    })
    .await;
    let models = read(line, &of("model_permissions"), |status, body| {
        if status == 404 {
            return Ok(None);
        }
        good(status, body).and_then(admin_read::model_permissions)
    })
    .await;
    Project {
        keys,
        limit,
        alerts,
        models,
        ..not_looked_into(item, spent)
    }
}
