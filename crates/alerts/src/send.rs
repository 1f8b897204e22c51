//! Sending one alert to one target.
//!
//! A [`Courier`] makes one attempt and says how it went; when to try again is not its business.

mod email;
mod http;
mod slack;
mod webhook;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use ids::{Pepper, TargetId};
use ledger::Time;

pub use email::MailServer;
pub use webhook::secret;

use crate::OpenError;
use crate::alert::Alert;
use crate::target::{Channel, Target, is_reference, read_url};
use email::Mail;
use http::Http;

/// One alert on its way to one target.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What is said.
    pub alert: Alert,
    /// To whom.
    pub target: Target,
    /// When this attempt is made.
    pub now: Time,
}

/// How an attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The receiver has it.
    Delivered,
    /// It may work later; not before that long, where the receiver said so.
    Later {
        /// What went wrong, without any secret.
        error: String,
        /// How long to wait at least.
        after: Option<Duration>,
    },
    /// It will not work however often it is tried.
    Refused {
        /// What went wrong, without any secret.
        error: String,
    },
    /// The receiver wants nothing any more.
    Gone {
        /// What it said.
        error: String,
    },
}

impl Sent {
    fn later(error: impl Into<String>) -> Self {
        Self::Later {
            error: error.into(),
            after: None,
        }
    }
}

/// Somebody who makes attempts.
pub trait Courier: Send + Sync + 'static {
    /// Makes one. It ends by itself in the time it is given, or is dropped.
    fn send(&self, letter: Letter) -> BoxFuture<'static, Sent>;
}

/// Reads what `env:NAME` and `file:/path` name. Only the program may look at its environment.
pub trait Secrets: Send + Sync + 'static {
    /// The secret, or why there is none; the error does not repeat it.
    ///
    /// # Errors
    /// A sentence.
    fn resolve(&self, reference: &str) -> Result<String, String>;
}

/// Webhook, Slack and mail.
#[derive(Clone)]
pub struct Couriers {
    http: Http,
    mail: Option<Arc<Mail>>,
    pepper: Pepper,
    secrets: Arc<dyn Secrets>,
}

impl fmt::Debug for Couriers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Couriers")
            .field("mail", &self.mail.is_some())
            .finish_non_exhaustive()
    }
}

impl Couriers {
    /// With the system's certificates. What it takes to sign comes with the pepper.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn prepare(
        mail: Option<MailServer>,
        secrets: Arc<dyn Secrets>,
    ) -> Result<impl FnOnce(Pepper) -> Self, OpenError> {
        let http = Http::new()?;
        let mail = mail.map(Mail::new).transpose()?.map(Arc::new);
        Ok(move |pepper| Self {
            http,
            mail,
            pepper,
            secrets,
        })
    }
}

impl Courier for Couriers {
    fn send(&self, letter: Letter) -> BoxFuture<'static, Sent> {
        let Self {
            http,
            mail,
            pepper,
            secrets,
        } = self.clone();
        Box::pin(async move {
            match letter.target.channel {
                Channel::Webhook => {
                    let secret = secret(&pepper, letter.target.id);
                    webhook::send(&http, &letter, &secret).await
                }
                Channel::Slack => match address(&letter.target, &*secrets) {
                    Ok(address) => slack::send(&http, &letter, &address).await,
                    Err(error) => Sent::later(error),
                },
                Channel::Email => match mail {
                    Some(mail) => mail.send(&letter).await,
                    None => Sent::later("no mail server is configured: set alerts.email.smtp"),
                },
            }
        })
    }
}

/// The address itself. What a reference names is read anew each time, so that it can be changed.
fn address(target: &Target, secrets: &dyn Secrets) -> Result<String, String> {
    if !is_reference(&target.address) {
        return Ok(target.address.clone());
    }
    let address = secrets.resolve(&target.address)?;
    match read_url(&address) {
        Ok(_url) => Ok(address),
        Err(problem) => Err(format!("what {} names {problem}", target.address)),
    }
}

/// The key of a webhook's secret, by its target.
fn key(pepper: &Pepper, target: TargetId) -> [u8; 32] {
    pepper
        .hash(&format!("webhook secret of {target}"))
        .to_bytes()
}
