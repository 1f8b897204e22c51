//! The checks of a decision with the names of what they are on, and what is left there now: in the Book that decided, which is
//! the organization's or that of an upstream account's caps.

use ids::OrganizationId;
use ledger::{Book, Check, Measure, Quantity};
use money::Nanos;
use projections::Row;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::ApiError;
use crate::limits;
use crate::scope::{ScopeView, WindowView};
use crate::show::two_ways;

/// The checks a decision rests on.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    /// In the order key, project, organization, credit balance.
    pub(super) checks: Vec<Check>,
    /// What had to fit: for a refusal, the least the call could be cut down to.
    pub(super) needed: Nanos,
    /// The same in tokens.
    pub(super) needed_tokens: u64,
    /// The place of the one that stopped the call, or that left least.
    pub(super) binding: usize,
    /// Where they are from.
    pub(super) source: &'static str,
    /// Whether only held money was in the way.
    pub(super) transient: bool,
}

impl Checked {
    pub(super) fn binding(&self) -> Option<&Check> {
        self.checks.get(self.binding)
    }

    /// What had to fit where so much is left of this measure.
    pub(super) fn needed_of(&self, measure: Measure) -> Quantity {
        match measure {
            Measure::Usd => self.needed.into(),
            Measure::Requests => Quantity::new(1),
            Measure::Tokens => Quantity::count(self.needed_tokens),
        }
    }

    fn verdict(&self, check: &Check) -> &'static str {
        let needed = self.needed_of(check.measure);
        if needed <= check.left {
            "pass"
        } else if needed <= check.left_without_holds() {
            "stops_for_now"
        } else {
            "stops"
        }
    }

    fn show(&self, book: &Book) -> Vec<Value> {
        let lines = self.checks.iter().enumerate().map(|(place, check)| {
            let usd = |amount: Quantity| two_ways(check.measure, Some(amount)).0;
            let number = |amount: Quantity| two_ways(check.measure, Some(amount)).1;
            let needed = self.needed_of(check.measure);
            json!({
                "kind": check.name(), "limit_id": check.kind.limit().map(|id| id.to_string()),
                "scope": ScopeView::of(check.scope, book), "of": limits::of_which(check, book),
                "measure": check.measure.name(),
                "limit_usd": check.ceiling.and_then(usd), "limit": check.ceiling.and_then(number),
                "window": check.window.as_ref().map(WindowView::of),
                "spent_usd": usd(check.spent), "held_usd": usd(check.held), "left_usd": usd(check.left),
                "spent": number(check.spent), "held": number(check.held), "left": number(check.left),
                "needed_usd": usd(needed), "needed": number(needed),
                "resets_at": check.resets_at.map(|at| at.to_string()),
                "verdict": self.verdict(check), "binding": place == self.binding, "source": self.source,
            })
        });
        lines.collect()
    }

    /// What is left now where it was decided, for comparison. The same key's checks, with today's limits.
    fn now(&self, row: &Row, book: &Book) -> Value {
        let (project, key) = match book.organization() {
            Some(upstream) if book.is_of_upstream() => (
                Some(upstream.id.upstream_project()),
                Some(upstream.id.upstream_key()),
            ),
            _ => (row.project, row.key),
        };
        let checks = book.checks(project, key);
        let stops = checks
            .iter()
            .find(|check| self.needed_of(check.measure) > check.left);
        let kind = self.binding().map(|check| check.kind);
        let same = checks.iter().find(|check| Some(check.kind) == kind);
        json!({
            "left_usd": same.and_then(|check| two_ways(check.measure, Some(check.left)).0),
            "limit_usd": same.and_then(|check| two_ways(check.measure, check.ceiling).0),
            "left": same.and_then(|check| two_ways(check.measure, Some(check.left)).1),
            "limit": same.and_then(|check| two_ways(check.measure, check.ceiling).1),
            "would_fit": stops.is_none(), "stopped_by": stops.map(Check::name),
            "decision_seq": book.head().seq,
        })
    }
}

/// Names, the checks, and how things stand now; all from the Books at their heads.
pub(super) async fn named(
    app: &App,
    row: &Row,
    (checked, on): (Option<&Checked>, OrganizationId),
) -> Result<(Value, Value, Value), ApiError> {
    let (row, checked) = (row.clone(), checked.cloned());
    let (own, caller) = (app.teller(row.organization)?, row.clone());
    let shown = move |book: &Book| {
        let checks = checked.as_ref().map(|checked| checked.show(book));
        let now = checked.as_ref().map(|checked| checked.now(&row, book));
        (json!(checks), json!(now))
    };
    if on == own.organization() {
        let answer = own.ask(move |book, _now| (names(&caller, book), shown(book)));
        let (names, (checks, now)) = answer.await?;
        return Ok((names, checks, now));
    }
    let names = own.ask(move |book, _now| names(&caller, book)).await?;
    let (checks, now) = app.book(on)?.ask(move |book, _now| shown(book)).await?;
    Ok((names, checks, now))
}

fn names(row: &Row, book: &Book) -> Value {
    let key = row.key.and_then(|key| book.key(key));
    let project = row.project.and_then(|project| book.project(project));
    json!({
        "organization": book.organization().map(|organization| &organization.name),
        "project": project.map(|project| &project.name),
        "key": key.map(|key| &key.name), "key_hint": key.map(|key| &key.hint),
    })
}
