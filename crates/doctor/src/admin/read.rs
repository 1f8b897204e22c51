//! Bodies of the administration API to what they say. A member that is missing is an error here, never nought.

use jiff::Timestamp;
use money::Nanos;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::admin::{Alert, ApiKey, ModelPermissions, SpendLimit};

/// Nano-dollars in a cent.
const PER_CENT: i64 = 10_000_000;

/// Why a body was not understood.
pub type Misread = String;

fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Misread> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is not understood: {error}"))
}

#[derive(Deserialize)]
struct Limit {
    threshold_amount: Option<i64>,
    enforcement: Option<Enforcement>,
}

#[derive(Deserialize)]
struct Enforcement {
    status: String,
}

/// A hard limit; `None` where none is set.
///
/// # Errors
/// A sentence.
pub fn limit(body: &[u8]) -> Result<Option<SpendLimit>, Misread> {
    let limit: Limit = object(body)?;
    let Some(cents) = limit.threshold_amount else {
        return Ok(None);
    };
    let enforcing = limit
        .enforcement
        .is_some_and(|enforcement| enforcement.status == "enforcing");
    Ok(Some(SpendLimit {
        threshold: of_cents(cents)?,
        enforcing,
    }))
}

fn of_cents(cents: i64) -> Result<Nanos, Misread> {
    let nanos = cents.checked_mul(PER_CENT);
    nanos
        .map(Nanos::new)
        .ok_or_else(|| format!("{cents} cents are too many"))
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// Whether there is another.
    #[serde(default)]
    pub has_more: bool,
    /// After whom that one begins.
    pub last_id: Option<String>,
}

#[derive(Deserialize)]
struct AlertItem {
    threshold_amount: i64,
}

/// Alerts.
///
/// # Errors
/// A sentence.
pub fn alerts(body: &[u8]) -> Result<Vec<Alert>, Misread> {
    let page: Page<AlertItem> = object(body)?;
    let alert = |item: AlertItem| {
        let threshold = of_cents(item.threshold_amount)?;
        Ok(Alert { threshold })
    };
    page.data.into_iter().map(alert).collect()
}

/// A project as its list shows it.
#[derive(Debug, Deserialize)]
pub struct ProjectItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `active` or `archived`.
    pub status: Option<String>,
}

/// A page of projects.
///
/// # Errors
/// A sentence.
pub fn projects(body: &[u8]) -> Result<Page<ProjectItem>, Misread> {
    object(body)
}

#[derive(Deserialize)]
struct KeyItem {
    name: Option<String>,
    redacted_value: String,
    owner_project_access: Option<String>,
    expires_at: Option<i64>,
}

/// A page of a project's keys.
///
/// # Errors
/// A sentence.
pub fn keys(body: &[u8]) -> Result<Page<ApiKey>, Misread> {
    let page: Page<KeyItem> = object(body)?;
    let key = |item: KeyItem| {
        let letters = item.redacted_value.chars().count();
        ApiKey {
            name: item.name.unwrap_or_default(),
            tail: item
                .redacted_value
                .chars()
                .skip(letters.saturating_sub(4))
                .collect(),
            owner_active: item.owner_project_access.as_deref() != Some("inactive"),
            expires_at: item
                .expires_at
                .and_then(|at| Timestamp::from_second(at).ok()),
        }
    };
    Ok(Page {
        data: page.data.into_iter().map(key).collect(),
        has_more: page.has_more,
        last_id: page.last_id,
    })
}

#[derive(Deserialize)]
struct Permissions {
    mode: Option<String>,
    #[serde(default)]
    model_ids: Vec<String>,
}

/// Which models may be used; `None` where all may.
///
/// # Errors
/// A sentence.
pub fn model_permissions(body: &[u8]) -> Result<Option<ModelPermissions>, Misread> {
    let permissions: Permissions = object(body)?;
    Ok(permissions.mode.map(|mode| ModelPermissions {
        only_listed: mode == "allow_list",
        models: permissions.model_ids,
    }))
}

#[derive(Deserialize)]
struct Costs<'a> {
    #[serde(borrow)]
    data: Vec<Bucket<'a>>,
    #[serde(default)]
    has_more: bool,
    next_page: Option<String>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(borrow)]
    results: Vec<Cost<'a>>,
}

#[derive(Deserialize)]
struct Cost<'a> {
    #[serde(borrow)]
    amount: Amount<'a>,
    project_id: Option<String>,
}

#[derive(Deserialize)]
struct Amount<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Costs, each with the project that caused it.
pub type ByProject = Vec<(Option<String>, Nanos)>;

/// Costs by project, and where the next page begins.
///
/// # Errors
/// A sentence.
pub fn costs(body: &[u8]) -> Result<(ByProject, Option<String>), Misread> {
    let costs: Costs<'_> = object(body)?;
    let next = costs.next_page.filter(|_| costs.has_more);
    let all = costs.data.into_iter().flat_map(|bucket| bucket.results);
    let one = |cost: Cost<'_>| {
        let text = cost.amount.value.get().trim_matches('"');
        let amount = dollars(text).ok_or_else(|| format!("`{text}` is not an amount"))?;
        Ok((cost.project_id, amount))
    };
    Ok((all.map(one).collect::<Result<_, Misread>>()?, next))
}

/// A decimal number of dollars as JSON writes it, with an exponent too. What is finer than a nano-dollar is cut off:
/// this is evidence, and nobody is charged by it.
#[must_use]
pub fn dollars(text: &str) -> Option<Nanos> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.trim_start_matches('+').parse().ok()?;
    let (sign, digits) = mantissa
        .strip_prefix('-')
        .map_or(("", mantissa), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let all = format!("{whole}{fraction}");
    if !(-40..=20).contains(&point) || all.len() > 60 {
        return None;
    }
    let before = usize::try_from(point).unwrap_or(0);
    let zeros = usize::try_from(point.checked_neg()?).unwrap_or(0);
    let padded = format!("{}{all:0<before$}", "0".repeat(zeros));
    let (whole, fraction) = padded.split_at_checked(before)?;
    let fraction: String = fraction.chars().take(9).collect();
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { &fraction };
    format!("{sign}{whole}.{fraction}").parse().ok()
}
