//! The Book of an upstream account's caps: begun with the first cap, and what its caps are.

use ids::{KeyHash, OrganizationId};
use ledger::{Book, CreateUpstream, DirectoryCommand, Outcome, Time};
use teller::Teller;

use crate::app::App;
use crate::error::ApiError;
use crate::limits::view::View;

/// The account's Book, which begins now where it has not.
///
/// Calls are held in it from here on, so that no call that begins after its first cap was told of is missed.
pub(crate) async fn begin(app: &App, name: &str) -> Result<Teller, ApiError> {
    exists(app, name)?;
    let teller = app.book(OrganizationId::of_upstream(name))?;
    let command = DirectoryCommand::CreateUpstream(CreateUpstream {
        name: name.into(),
        // Of no secret at all: nobody can call with this key.
        hash: KeyHash::from_bytes(app.ids.random()),
    });
    // That there is such a Book is no change that anybody asked for, so it has no cause and is not among the changes.
    match teller.command(command.into(), None).await? {
        Outcome::Done { .. } => {}
        Outcome::Rejected(rejection) => return Err(rejection.into()),
        _ => return Err(ApiError::internal("a command was answered like a call")),
    }
    app.upstreams.has_caps(name);
    Ok(teller)
}

/// An account that was deleted keeps its caps, and shows them; one that never was has none.
pub(crate) fn exists(app: &App, name: &str) -> Result<(), ApiError> {
    let known = app.upstreams.entry(name).is_some() || app.upstreams.book_of_caps(name).is_some();
    if known {
        Ok(())
    } else {
        Err(ApiError::not_found("upstream"))
    }
}

/// Its caps, as `/limits` shows them.
pub(super) async fn of(app: &App, name: &str) -> Result<Vec<View>, ApiError> {
    let Some(book) = app.upstreams.book_of_caps(name) else {
        return Ok(Vec::new());
    };
    let caps = |book: &Book, _now: Time| {
        let caps = book.limits().map(|limit| View::of(limit, book));
        caps.collect()
    };
    Ok(app.book(book)?.ask(caps).await?)
}
