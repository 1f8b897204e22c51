//! `/headroom`: what can be spent before calls stop, and everything that can stop them.

use axum::Json;
use axum::extract::State;
use ids::{Pepper, SubjectKind};
use ledger::{Book, Check, KeyProblem, Measure, ProjectState, Time, Traits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, look};
use crate::error::ApiError;
use crate::openapi::operation::{self, Operation};
use crate::openapi::words;
use crate::query::Params;
use crate::scope::{Place, ScopeView, WindowView};
use crate::show::{At, LimitRef, Text, Usd, two_ways};

/// One thing that can stop a call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Constraint {
    /// See [`ledger::CheckKind::name`].
    #[schema(value_type = words::CheckName)]
    kind: &'static str,
    limit_id: Option<LimitRef>,
    scope: ScopeView,
    #[schema(value_type = words::Measure)]
    measure: &'static str,
    /// Null for the credit balance, whose ceiling is what is left; as all amounts in USD where the measure is another.
    limit_usd: Option<Usd>,
    /// In requests or tokens; null, as all such amounts, where the measure is usd.
    limit: Option<i64>,
    window: Option<WindowView>,
    spent_usd: Option<Usd>,
    spent: Option<i64>,
    held_usd: Option<Usd>,
    held: Option<i64>,
    left_usd: Option<Usd>,
    left: Option<i64>,
    resets_at: Option<At>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Headroom)]
pub(crate) struct View {
    headroom_usd: Usd,
    /// The name of the constraint with the least left.
    #[schema(value_type = words::CheckName)]
    binding: &'static str,
    /// Which limit that is; null for the credit balance.
    binding_limit_id: Option<LimitRef>,
    constraints: Vec<Constraint>,
    /// Why calls stop whatever is left: a key that is frozen, revoked or expired, an archived project. Else null.
    stopped_by: Option<Stop>,
}

/// What stops calls apart from money.
#[derive(Debug, Serialize, ToSchema)]
struct Stop {
    #[schema(value_type = words::StopCode)]
    code: &'static str,
    message: String,
}

impl Constraint {
    fn of(check: &Check, book: &Book) -> Self {
        let both = |amount| two_ways(check.measure, amount);
        let (limit_usd, limit) = both(check.ceiling);
        let (spent_usd, spent) = both(Some(check.spent));
        let (held_usd, held) = both(Some(check.held));
        let (left_usd, left) = both(Some(check.left));
        Self {
            kind: check.name(),
            limit_id: check.kind.limit().map(Text),
            scope: ScopeView::of(check.scope, book),
            measure: check.measure.name(),
            limit_usd,
            limit,
            window: check.window.as_ref().map(WindowView::of),
            spent_usd,
            spent,
            held_usd,
            held,
            left_usd,
            left,
            resets_at: check.resets_at.map(At),
        }
    }
}

fn stop(place: Place, book: &Book, now: Time) -> Option<Stop> {
    let stop = |code, message: String| Some(Stop { code, message });
    let archived = || {
        let message = "The project is archived: no key of it may call.";
        stop("project_archived", message.to_owned())
    };
    match place {
        Place::Organization(_) | Place::Upstream(_) => None,
        Place::Project(id) => match book.project(id)?.state {
            ProjectState::Active => None,
            ProjectState::Archived { .. } => archived(),
        },
        Place::Key(id) => match book.usable_key(id, now).err()? {
            KeyProblem::Frozen(reason) => {
                stop("key_frozen", format!("The key is frozen: {reason}."))
            }
            KeyProblem::Expired(at) => stop("key_expired", format!("The key expired at {at}.")),
            KeyProblem::ProjectArchived => archived(),
            KeyProblem::Revoked => stop("key_revoked", "The key is revoked.".to_owned()),
            KeyProblem::Unknown | KeyProblem::ModelNotAllowed(_) => None,
        },
    }
}

/// A call that is asked about, for the limits that count only some.
struct Call {
    model: String,
    traits: Traits,
}

impl Call {
    /// `None` where nothing of it is named.
    fn read(params: &mut Params, pepper: &Pepper) -> Result<Option<Self>, ApiError> {
        let model = params.text("model")?;
        let end_user = params.text("end_user")?;
        let tag = params.text("tag")?;
        if model.is_none() && end_user.is_none() && tag.is_none() {
            return Ok(None);
        }
        let subject = |kind, text: &String| pepper.subject(kind, text);
        let tags = tag.iter().map(|tag| subject(SubjectKind::Tag, tag));
        let traits = Traits {
            end_user: end_user.map(|user| subject(SubjectKind::EndUser, &user)),
            tags: tags.collect(),
            ..Traits::default()
        };
        let model = model.unwrap_or_default();
        Ok(Some(Self { model, traits }))
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    mut params: Params,
) -> Result<Json<View>, ApiError> {
    let place = Place::read_any(&app, &mut params)?;
    let call = Call::read(&mut params, &app.pepper)?;
    params.finish()?;
    let place = place.ok_or_else(|| {
        ApiError::bad(
            "missing_parameter",
            "Say whose headroom: add ?organization=org_…, ?project=proj_… or ?key=key_….",
        )
    })?;
    let question = move |book: &Book, now: Time| {
        let (project, key) = place.within(book)?;
        let checks = match &call {
            Some(call) => book.checks_of_call(project, key, (&call.model, &call.traits)),
            None => book.checks(project, key),
        };
        // The first of equals, which is the narrowest; what is spent is always checked against the credit balance.
        let money = checks.iter().filter(|check| check.measure == Measure::Usd);
        let binding = money.min_by_key(|check| check.left)?;
        Some(View {
            headroom_usd: Usd(binding.left.usd().at_least_zero()),
            binding: binding.name(),
            binding_limit_id: binding.kind.limit().map(Text),
            constraints: checks
                .iter()
                .map(|check| Constraint::of(check, book))
                .collect(),
            stopped_by: stop(place, book, now),
        })
    };
    let teller = place.teller(&app).await?;
    look(&teller, place.what(), question).await.map(Json)
}

/// How this is described to clients.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        operation::get(
            "/headroom",
            "getHeadroom",
            "What can be spent before calls stop, and all that can stop them.",
        )
        .one_place()
        .query_text(
            "upstream",
            "Instead of these: what the caps of this upstream account let through, whoever calls.",
        )
        .query_text("model", "With the limits on this model.")
        .query_text("end_user", "With the limits on this end user.")
        .query_text("tag", "With the limits on this tag, such as `team=red`.")
        .answers::<View>(),
    ]
}
