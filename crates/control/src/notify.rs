//! `notify`: whom a budget, or an organization, tells.
//!
//! Addresses may be secrets, and are people's: they are kept in the alerts' file and never in a journal.

pub(crate) mod contract;

use ::alerts::{Channel, Owner, Target, Wanted};
use ids::{OrganizationId, TargetId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::show::{TargetRef, Text};

/// Targets of one budget, or of one organization.
const MOST: usize = 10;

/// A target as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Target)]
pub(crate) struct View {
    id: TargetRef,
    #[schema(value_type = contract::Channel)]
    kind: &'static str,
    /// A mailbox; else null.
    to: Option<String>,
    /// An address; of a Slack one that was given literally only the host and the last four characters. Of mail null.
    url: Option<String>,
    /// Why nothing is sent there any more.
    disabled: Option<String>,
    /// What a webhook is signed with. Only when it is new, else null.
    secret: Option<String>,
}

/// Reads the list, where there is one.
pub(crate) fn read(app: &App, fields: &mut Fields) -> Result<Option<Vec<Wanted>>, ApiError> {
    let Some(objects) = fields.objects("notify")? else {
        return Ok(None);
    };
    if objects.len() > MOST {
        return Err(ApiError::invalid("notify", "has more than 10 targets"));
    }
    let read = |object| one(app, object);
    objects
        .into_iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn one(app: &App, mut target: Fields) -> Result<Wanted, ApiError> {
    let words = Channel::ALL.map(|channel| (channel.name(), channel));
    let kind = target.path("kind");
    let channel = target
        .word("kind", &words)?
        .ok_or_else(|| crate::limits::window::missing(&kind))?;
    let name = match channel {
        Channel::Email => "to",
        Channel::Webhook | Channel::Slack => "url",
    };
    if channel == Channel::Email && !app.alerts.can_mail() {
        return Err(ApiError::bad(
            "no_mail_server",
            "No mail can be sent: set `alerts.email.smtp` and `alerts.email.from` in the configuration and start the server \
             again, or name a webhook.",
        )
        .with("field", kind));
    }
    let path = target.path(name);
    let address: String = target.required(name)?;
    target.finish()?;
    Wanted::new(channel, &address).map_err(|problem| ApiError::invalid(&path, problem))
}

/// Puts targets in the place of those there are; shows all, and of the new ones the secrets.
pub(crate) async fn put(
    app: &App,
    owner: Owner,
    wanted: Vec<Wanted>,
) -> Result<Vec<View>, ApiError> {
    let before = app.alerts.targets(owner).await?;
    let wanted = wanted
        .into_iter()
        .map(|wanted| (TargetId::from_bytes(app.ids.id()), wanted))
        .collect();
    let after = app.alerts.put_targets(owner, wanted).await?;
    let is_new = |target: &Target| before.iter().all(|old| old.id != target.id);
    Ok(after
        .into_iter()
        .map(|target| {
            let mut view = View::of(&target);
            if target.channel == Channel::Webhook && is_new(&target) {
                view.secret = Some(::alerts::secret(&app.pepper, target.id));
            }
            view
        })
        .collect())
}

/// The targets there are.
pub(crate) async fn views(app: &App, owner: Owner) -> Result<Vec<View>, ApiError> {
    let targets = app.alerts.targets(owner).await?;
    Ok(targets.iter().map(View::of).collect())
}

/// An organization as the owner of targets, or one of its budgets.
pub(crate) const fn owner(organization: OrganizationId, budget: Option<[u8; 16]>) -> Owner {
    Owner {
        organization,
        budget,
    }
}

impl View {
    fn of(target: &Target) -> Self {
        let address = Some(target.shown());
        let (to, url) = match target.channel {
            Channel::Email => (address, None),
            Channel::Webhook | Channel::Slack => (None, address),
        };
        Self {
            id: Text(target.id),
            kind: target.channel.name(),
            to,
            url,
            disabled: target.disabled.clone(),
            secret: None,
        }
    }
}
