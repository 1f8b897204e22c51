//! What a hard limit is on, as the API shows it.

use ids::Subject;
use ledger::{Book, Calls, Check, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::contract;
use crate::scope::ScopeView;
use crate::show::{KeyRef, OrganizationRef, ProjectRef, Text};

/// In the words in which it was asked for. What a kind does not have is left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitOn)]
pub(super) struct LimitOn {
    #[schema(value_type = contract::LimitKind)]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What people call the organization, project, key or upstream; of a narrower kind, that which it is within.
    name: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<OrganizationRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<ProjectRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<KeyRef>,
    /// The model, or its beginning and `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Box<str>>,
    /// Whether each end user, or each tag, counts apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<bool>,
    /// The tag. Null where each counts apart, and of an end user, who is known by a keyed hash only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    value: Option<Option<Box<str>>>,
    /// The first digits of the keyed hash that stands for the end user or the tag; null where each counts apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    subject: Option<Option<Text<Subject>>>,
}

impl LimitOn {
    pub(super) fn of((scope, calls): (Scope, &Calls), book: &Book) -> Self {
        let within = ScopeView::of(scope, book);
        let whole = kind(calls).is_none();
        let (model, told) = match calls {
            Calls::All | Calls::EachKey => (None, None),
            Calls::Model(model) => (Some(model.clone()), None),
            Calls::EachEndUser | Calls::EachTag => (None, Some((None, None))),
            Calls::EndUser(subject) => (None, Some((None, Some(*subject)))),
            Calls::Tag(tag) => (None, Some((Some(tag.name.clone()), Some(tag.subject)))),
        };
        let narrow = book.organization().filter(|_| !whole);
        Self {
            kind: kind(calls).unwrap_or(within.kind),
            id: (whole && !book.is_of_upstream()).then_some(within.id),
            name: within.name,
            organization_id: narrow.map(|found| Text(found.id)),
            project_id: match scope {
                Scope::Project(id) if !whole => Some(Text(id)),
                _ => None,
            },
            key_id: match scope {
                Scope::Key(id) if !whole => Some(Text(id)),
                _ => None,
            },
            model,
            each: told.is_some().then_some(calls.apart()),
            subject: told.as_ref().map(|(_, subject)| subject.map(Text)),
            value: told.map(|(value, _)| value),
        }
    }
}

/// What narrows a scope; `None` where all calls count.
fn kind(calls: &Calls) -> Option<&'static str> {
    match calls {
        Calls::All | Calls::EachKey => None,
        Calls::Model(_) => Some("model"),
        Calls::EndUser(_) | Calls::EachEndUser => Some("end_user"),
        Calls::Tag(_) | Calls::EachTag => Some("tag"),
    }
}

/// The same within a sentence: "model gpt-4o in project bot".
pub(super) fn spoken((scope, calls): (Scope, &Calls), book: &Book) -> String {
    let within = ScopeView::of(scope, book).spoken();
    match calls {
        Calls::All => within,
        Calls::EachKey => format!("each key in {within}"),
        Calls::Model(model) => format!("model {model} in {within}"),
        Calls::EndUser(subject) => format!("end user {subject} in {within}"),
        Calls::EachEndUser => format!("each end user in {within}"),
        Calls::Tag(tag) => format!("tag {} in {within}", tag.name),
        Calls::EachTag => format!("each tag in {within}"),
    }
}

/// Which calls a check is about, where it does not count all on its scope: of a limit that counts each apart, the one whose
/// figures it has. `None` also where the limit is gone.
pub(crate) fn of_which(check: &Check, book: &Book) -> Option<String> {
    let limit = book.limit(check.kind.limit()?)?;
    kind(&limit.calls)?;
    let within = ScopeView::of(limit.scope, book).spoken();
    Some(match (&limit.calls, check.subject) {
        (Calls::EachTag, Some(subject)) => {
            let name = super::subjects::name(subject, book);
            let name = name.unwrap_or_else(|| subject.to_string().into());
            format!("tag {name} in {within}")
        }
        (Calls::EachEndUser, Some(subject)) => format!("end user {subject} in {within}"),
        (calls, _) => spoken((limit.scope, calls), book),
    })
}
