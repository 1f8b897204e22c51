//! OpenAI: costs by project, key and line item, and usage to tell a price from a call.

use std::collections::BTreeSet;

use accounts::Entry;
use reconcile::read;
use reconcile::{Billed, Theirs, Used, Whose};

use super::{Line, Report, encoded};
use crate::error::ApiError;
use crate::reconciliations::ask::{Asked, second};
use crate::reconciliations::names::Names;

/// Projects whose keys are looked through.
const MOST_PROJECTS: usize = 100;
/// Characters of a key that lists show at its end.
const SHOWN: usize = 4;

pub(super) async fn ask(
    line: &Line<'_>,
    (entry, asked): (&Entry, &Asked),
    names: &Names,
) -> Result<Report, ApiError> {
    let (start, end) = (second(asked.from), second(asked.to));
    let span = format!("start_time={start}&end_time={end}&bucket_width=1d");
    let costs = format!(
        "/organization/costs?{span}&limit=180&group_by=project_id&group_by=api_key_id&group_by=line_item"
    );
    let billed = line.pages(&costs, ("page", read::costs)).await?;
    let mut billed: Vec<Billed> = billed
        .into_iter()
        .filter(|cost| cost.day < asked.to)
        .collect();
    for cost in &mut billed {
        cost.model = cost.model.as_deref().map(|model| names.theirs(model));
    }
    let usage = format!(
        "/organization/usage/completions?{span}&limit=31&group_by=api_key_id&group_by=model"
    );
    let mut missing = Vec::new();
    let mut used: Vec<Used> = match line.pages(&usage, ("page", read::usage)).await {
        Ok(used) => used,
        Err(_not_told) => {
            missing.push(
                "The provider did not tell how many tokens were used, so a changed price cannot be told from calls past \
                 Seawall."
                    .to_owned(),
            );
            Vec::new()
        }
    };
    for one in &mut used {
        one.model = names.theirs(&one.model);
    }
    let keys = match &asked.provider_key {
        Some(key) => [key.clone()].into(),
        None => own_keys(line, entry, &billed).await?,
    };
    Ok(Report {
        theirs: Theirs {
            billed: Some(billed),
            used,
        },
        whose: Whose::Keys(keys),
        left: None,
        missing,
    })
}

/// The provider's id of the account's key, by the end that lists show of it.
async fn own_keys(
    line: &Line<'_>,
    entry: &Entry,
    billed: &[Billed],
) -> Result<BTreeSet<String>, ApiError> {
    if billed.iter().all(|cost| cost.key.is_none()) {
        return Ok(BTreeSet::new());
    }
    let hint = entry.api_key_hint.as_deref().unwrap_or_default();
    let end = hint.trim_start_matches('…');
    let mut found = BTreeSet::new();
    if end.chars().count() == SHOWN {
        let projects: BTreeSet<&str> = billed
            .iter()
            .filter_map(|cost| cost.project.as_deref())
            .collect();
        for project in projects.into_iter().take(MOST_PROJECTS) {
            let route = format!(
                "/organization/projects/{}/api_keys?limit=100",
                encoded(project)
            );
            // A project that cannot be looked into has no key that is known; the others may.
            let keys = line
                .pages(&route, ("after", read::keys))
                .await
                .unwrap_or_default();
            found.extend(
                keys.into_iter()
                    .filter(|key| key.shown.ends_with(end))
                    .map(|key| key.id),
            );
        }
    }
    match found.len() {
        1 => Ok(found),
        0 => Err(unknown(
            billed,
            "none of the keys that the provider lists ends like it",
        )),
        _ => Err(unknown(
            billed,
            "several of the keys that the provider lists end like it",
        )),
    }
}

fn unknown(billed: &[Billed], why: &str) -> ApiError {
    let keys: BTreeSet<&str> = billed
        .iter()
        .filter_map(|cost| cost.key.as_deref())
        .collect();
    let keys: Vec<&str> = keys.into_iter().take(20).collect();
    ApiError::conflict(
        "provider_key_unknown",
        format!(
            "Which key of the provider's this account uses is not known: {why}. Name its id, as the provider has it, as \
             `provider_key`; the bill has {}.",
            keys.join(", ")
        ),
    )
}
