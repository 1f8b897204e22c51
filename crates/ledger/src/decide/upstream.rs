//! The Book of an upstream account's caps: what an organization's Book is made of, with as little of it as there can be.
//!
//! The caps are its limits. Every call through the account is held under its one key. Nothing is bought in it, so its one lot is
//! all that a Book can count: what a cap lets pass, credit never stops.

use ids::OrganizationId;

use super::{Decision, check_name};
use crate::book::MOST_EVER;
use crate::{
    Book, CreateUpstream, CreditFact, DirectoryFact, Fact, KeyCreated, LotKind, Rejection,
};

/// The zone in which its calendar windows are, unless they name another: that of providers' own months.
const ZONE: &str = "UTC";

/// Begins it, all at once: a Book without its key or its lot would refuse every call.
pub(super) fn create(book: &Book, ask: &CreateUpstream) -> Result<Decision, Rejection> {
    let id = OrganizationId::of_upstream(&ask.name);
    match book.organization() {
        Some(organization) if organization.id == id => return Ok(Decision::done(Vec::new())),
        Some(_) => return Err(Rejection::Exists("organization")),
        None => check_name(&ask.name)?,
    }
    let key = KeyCreated {
        id: id.upstream_key(),
        project: id.upstream_project(),
        name: ask.name.clone(),
        hash: ask.hash,
        hint: "".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    Ok(Decision::done(vec![
        Fact::Directory(DirectoryFact::OrganizationCreated {
            id,
            name: ask.name.clone(),
            time_zone: ZONE.into(),
        }),
        Fact::Directory(DirectoryFact::ProjectCreated {
            id: id.upstream_project(),
            name: ask.name.clone(),
            default_max_output: None,
        }),
        Fact::Directory(DirectoryFact::KeyCreated(key)),
        Fact::Credit(CreditFact::Added {
            lot: id.upstream_lot(),
            kind: LotKind::Grant,
            amount: MOST_EVER,
            lapses_at: None,
            priority: 0,
            note: "what a Book can count: nothing is bought here".into(),
        }),
    ]))
}
