//! Lists of what a Book has on its organization, projects and keys: hard limits and budgets.

use std::str::FromStr;

use ids::{BudgetId, LimitId};
use ledger::{Book, Budget, Limit, LimitOrigin, Scope, Time};
use teller::Teller;

use super::Place;
use crate::app::{App, look};
use crate::error::ApiError;
use crate::query::Params;
use crate::show::List;

/// Something that is on exactly one scope, and has an id that lists are in the order of.
pub(crate) trait Placed: Sized + 'static {
    type Id: FromStr + Ord + Copy + ToString + Send + 'static;
    /// What several of them are called.
    const SEVERAL: &'static str;
    /// Whether an upstream account can have them.
    const ON_UPSTREAMS: bool;

    fn all(book: &Book) -> impl Iterator<Item = &Self>;
    fn id(&self) -> Self::Id;
    fn scope(&self) -> Scope;
}

impl Placed for Limit {
    type Id = LimitId;
    const SEVERAL: &'static str = "hard limits";
    const ON_UPSTREAMS: bool = true;

    /// Without the organization's spend guard, which stops no call.
    fn all(book: &Book) -> impl Iterator<Item = &Self> {
        book.limits()
            .filter(|limit| limit.origin != LimitOrigin::Guard)
    }

    fn id(&self) -> LimitId {
        self.id
    }

    fn scope(&self) -> Scope {
        self.scope
    }
}

impl Placed for Budget {
    type Id = BudgetId;
    const SEVERAL: &'static str = "budgets";
    const ON_UPSTREAMS: bool = false;

    fn all(book: &Book) -> impl Iterator<Item = &Self> {
        book.budgets()
    }

    fn id(&self) -> BudgetId {
        self.id
    }

    fn scope(&self) -> Scope {
        self.scope
    }
}

/// A page of those on exactly the organization, project or key that is named; an organization's list has all of them.
/// With the teller of whom they are.
pub(crate) async fn list<T: Placed, V: Send + 'static>(
    app: &App,
    mut params: Params,
    show: impl Fn(&T, &Book) -> V + Send + 'static,
) -> Result<(Teller, List<V>), ApiError> {
    let place = if T::ON_UPSTREAMS {
        Place::read_any(app, &mut params)?
    } else {
        Place::read(&mut params)?
    };
    let page = params.page::<T::Id>()?;
    params.finish()?;
    let place = place.ok_or_else(|| {
        let several = T::SEVERAL;
        ApiError::bad(
            "missing_parameter",
            format!("Say whose {several}: add ?organization=org_…, ?project=proj_… or ?key=key_…."),
        )
    })?;
    let question = move |book: &Book, _now: Time| {
        if matches!(place, Place::Upstream(_)) && book.organization().is_none() {
            // No cap was ever set.
            return Some((Vec::new(), None));
        }
        place.within(book)?;
        let wanted = |thing: &&T| match place {
            Place::Organization(_) | Place::Upstream(_) => true,
            Place::Project(_) | Place::Key(_) => thing.scope() == place.scope(),
        };
        let (things, next) = page.cut(T::all(book).filter(wanted), |thing| thing.id());
        let views = things.into_iter().map(|thing| show(thing, book));
        Some((views.collect(), next))
    };
    let teller = place.teller(app).await?;
    let (data, next) = look(&teller, place.what(), question).await?;
    Ok((teller, List::new(data, next)))
}
