//! `GET /v1/organization/usage/completions`: what chats used, by the day, project, key and model.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::costs::{key_id, project_of};
use super::days::{self, DAY, Days, Query};
use crate::provider::Provider;
use crate::rejection::Rejection;
use crate::usage::{ChatUsage, Usage};

/// Days on a page where nobody says, and at most.
const PAGE: (u64, u64) = (7, 31);

/// What one result is of: project, key, model.
type Group = (Option<String>, Option<String>, Option<String>);

#[derive(Default)]
struct Sum {
    input: u64,
    cached: u64,
    output: u64,
    requests: u64,
}

impl Sum {
    fn add(&mut self, usage: ChatUsage) {
        self.input += usage.prompt;
        self.cached += usage.cached;
        self.output += usage.completion;
        self.requests += 1;
    }
}

pub(super) fn answer(provider: &Provider, query: Query<'_>) -> Result<String, Rejection> {
    let days = Days::asked(query, (provider.clock)(), PAGE)?;
    let lines = days::billed(provider);
    let buckets = days.starts().map(|start| {
        let mut sums: BTreeMap<Group, Sum> = BTreeMap::new();
        for line in days::of_day(&lines, start) {
            let call = line.call();
            let Some(Usage::Chat(usage)) = call.usage else {
                continue;
            };
            let project = provider.account.with(|said| project_of(said, line));
            let group = (
                Some(project).filter(|_| query.groups_by("project_id")),
                key_id(&call.key).filter(|_| query.groups_by("api_key_id")),
                Some(call.model.to_string()).filter(|_| query.groups_by("model")),
            );
            sums.entry(group).or_default().add(usage);
        }
        let results: Vec<Value> = sums.iter().map(result).collect();
        json!({"object": "bucket", "start_time": start, "end_time": start + DAY, "results": results})
            .to_string()
    });
    let buckets: Vec<String> = buckets.collect();
    Ok(format!(
        r#"{{"object":"page","data":[{}],{}}}"#,
        buckets.join(","),
        days.end()
    ))
}

fn result(((project, key, model), sum): (&Group, &Sum)) -> Value {
    json!({"object": "organization.usage.completions.result", "project_id": project, "api_key_id": key,
        "model": model, "input_tokens": sum.input, "input_cached_tokens": sum.cached,
        "output_tokens": sum.output, "num_model_requests": sum.requests})
}
