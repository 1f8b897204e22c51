//! What is to be asked about a park: the cheapest that proves that the account serves again.
//!
//! The list of models proves only that the key is taken. A billing stop shows in a call that costs money alone, so one chat
//! is asked for; it is not billed while it is refused. That pictures are made again only a picture proves, but where the
//! chat is refused nobody need ask for one.

use accounts::{Models, Park, Place, Served};
use catalog::Catalog;
use diagnosis::Cause;
use ledger::Time;
use upstream::Kind;

/// Something that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The list of models. It costs nothing.
    Key,
    /// A chat of the first of these models that the provider has.
    Chat(Vec<String>),
    /// A picture of this model.
    Picture(String),
}

/// What is to be asked, in order; each only where the one before was served. Empty: nothing can be.
pub(super) fn all(catalog: &Catalog, (park, served): (&Park, &Served), now: Time) -> Vec<Question> {
    if shows_in_the_list(park.cause) {
        return vec![Question::Key];
    }
    let known = park
        .model
        .as_deref()
        .and_then(|name| Some((name, catalog.model(name)?)));
    let chats = cheapest_chats(catalog, served, now);
    match known {
        Some((name, model)) if model.chat().is_some() => {
            vec![Question::Chat(vec![name.to_owned()])]
        }
        Some((name, model)) if model.image().is_some() => {
            let picture = matches!(park.place, Place::Model { .. }) || chats.is_empty();
            let chat = (!chats.is_empty()).then_some(Question::Chat(chats));
            let picture = picture.then(|| Question::Picture(name.to_owned()));
            chat.into_iter().chain(picture).collect()
        }
        _ if chats.is_empty() => Vec::new(),
        _ => vec![Question::Chat(chats)],
    }
}

/// What the provider says of every request of the key's, also of one that costs nothing.
fn shows_in_the_list(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::InvalidKey
            | Cause::InvalidOrganization
            | Cause::MismatchedOrganization
            | Cause::MismatchedProject
            | Cause::NoOrganization
            | Cause::IpNotAllowed
            | Cause::RegionNotSupported
            | Cause::AccessTerminated
            | Cause::AccountDeactivated
    )
}

/// The chat models that the account is known to serve, the cheapest first. Of one that serves anything only the catalogue
/// could know, and that is of OpenAI's.
fn cheapest_chats(catalog: &Catalog, served: &Served, now: Time) -> Vec<String> {
    let knows = match &served.models {
        Models::Any => served.account.kind() == Kind::OpenAi,
        Models::Listed => served
            .listing()
            .is_some_and(|listing| listing.names.is_some()),
        Models::Configured(_) => true,
    };
    if !knows {
        return Vec::new();
    }
    let at = now.to_timestamp();
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut priced: Vec<_> = catalog
        .models()
        .filter(|model| model.shutdown().is_none_or(|day| day > today))
        .filter_map(|model| {
            let mut names = model.names().filter(|name| !name.ends_with('*'));
            let name = names.find(|name| served.serves(name) && !served.is_off(name, now))?;
            let rates = model.chat()?.prices_at(at)?.rates.standard;
            Some((rates.output, rates.input, name))
        })
        .collect();
    priced.sort_unstable();
    priced
        .into_iter()
        .take(super::MOST_MODELS)
        .map(|(_, _, name)| name.to_owned())
        .collect()
}
