//! What the provider of an account says it billed. Every request goes to the account's own address, with its admin key where
//! the administration is asked, and costs nothing.

mod anthropic;
mod openai;
mod openrouter;

use std::time::Duration;

use accounts::Entry;
use http_body_util::{BodyExt as _, Limited};
use money::Nanos;
use reconcile::{Ours, Theirs, Whose};
use tokio::time::{Instant, timeout};
use upstream::{Account, Client, Kind};

use super::ask::Asked;
use super::names::Names;
use crate::app::App;
use crate::error::ApiError;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long all of them may take together.
const ALL: Duration = Duration::from_secs(100);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 8 << 20;
/// Pages of one report.
const MOST_PAGES: usize = 200;

/// What was found out.
#[derive(Debug)]
pub(super) struct Report {
    /// What was billed and used.
    pub(super) theirs: Theirs,
    /// Which lines of it are the account's.
    pub(super) whose: Whose,
    /// What is left of the credit there, where the provider tells.
    pub(super) left: Option<Nanos>,
    /// What could not be found out, a sentence each.
    pub(super) missing: Vec<String>,
}

/// Asks the provider of an account. Presumed calls of ours that it can be asked about one by one learn what they cost.
pub(super) async fn ask(
    app: &App,
    (entry, asked): (&Entry, &Asked),
    (names, ours): (&Names, &mut Ours),
) -> Result<Report, ApiError> {
    let name = entry.draft.name.as_str();
    let kind = entry.draft.profile.kind;
    let administration = || {
        app.upstreams.administration(name).ok_or_else(|| {
            ApiError::conflict(
                "no_provider_admin_key",
                format!(
                    "The provider tells its costs only to an admin key, and the upstream `{name}` has none. Make one at the \
                     provider and give it as `admin_key` in seawall.toml, or by `seawall upstream set {name} \
                     --admin-key-from`."
                ),
            )
        })
    };
    let line = |account| Line {
        client: &app.client,
        account,
        until: Instant::now() + ALL,
    };
    match kind {
        Kind::OpenAi => openai::ask(&line(administration()?), (entry, asked), names).await,
        Kind::Anthropic => anthropic::ask(&line(administration()?), asked, names).await,
        Kind::OpenRouter => {
            let served = entry.served.as_ref();
            let account = served.map(|served| served.account.clone());
            let account = account.ok_or_else(|| not_told(name))?;
            openrouter::ask((&line(account), app), ours).await
        }
        Kind::Azure | Kind::Compatible => Err(not_told(name)),
    }
}

fn not_told(name: &str) -> ApiError {
    ApiError::conflict(
        "provider_tells_no_costs",
        format!(
            "The upstream `{name}` is of a kind whose provider has no interface that tells what it billed, or it is not in \
             use. Compare `seawall usage --group-by model,upstream` with its invoice."
        ),
    )
}

/// The way to one account.
pub(super) struct Line<'a> {
    client: &'a Client,
    account: Account,
    until: Instant,
}

/// An answer.
pub(super) struct Came {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Line<'_> {
    /// Asks for a route; the error is one for whoever asked us.
    pub(super) async fn get(&self, route: &str) -> Result<Came, ApiError> {
        let asked = async {
            let answer = self.client.get(&self.account, route, PATIENCE).await;
            let answer = answer.map_err(|error| error.to_string())?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body =
                body.map_err(|_cut| "its answer broke off, or is larger than 8 MiB".to_owned())?;
            Ok(Came {
                status,
                body: body.to_bytes().into(),
            })
        };
        let left = self.until.saturating_duration_since(Instant::now());
        match timeout(left.min(PATIENCE), asked).await {
            Ok(came) => came.map_err(|why: String| self.failed(&why)),
            Err(_elapsed) => Err(self.failed("it did not answer in time")),
        }
    }

    /// A good answer's body.
    pub(super) async fn good(&self, route: &str) -> Result<Vec<u8>, ApiError> {
        let came = self.get(route).await?;
        if came.status == 200 {
            return Ok(came.body);
        }
        let path = route.split('?').next().unwrap_or(route);
        Err(self.failed(&format!("it answered {path} with {}", came.status)))
    }

    /// All pages of a report. `with` puts the page's name into the route.
    pub(super) async fn pages<T>(
        &self,
        route: &str,
        (parameter, read): (
            &str,
            impl Fn(&[u8]) -> Result<reconcile::read::Page<T>, String>,
        ),
    ) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        for _page in 0..MOST_PAGES {
            let sign = if route.contains('?') { '&' } else { '?' };
            let page = next.map_or_else(
                || route.to_owned(),
                |next| format!("{route}{sign}{parameter}={}", encoded(&next)),
            );
            let body = self.good(&page).await?;
            let (items, following) = read(&body).map_err(|why| self.failed(&why))?;
            all.extend(items);
            next = following;
            if next.is_none() {
                return Ok(all);
            }
        }
        Err(self.failed(&format!("its report has more than {MOST_PAGES} pages")))
    }

    /// Nothing that the provider wrote is repeated.
    pub(super) fn failed(&self, why: &str) -> ApiError {
        let name = self.account.name();
        ApiError::new(
            axum::http::StatusCode::BAD_GATEWAY,
            "provider_not_asked",
            format!(
                "The provider of `{name}` did not tell what it billed: {why}. Nothing was posted. Look whether the key may \
                 read costs, and repeat the request."
            ),
        )
    }
}

/// A text as one value of a query.
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    let letter = |b: u8| {
        if plain(b) {
            char::from(b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    text.bytes().map(letter).collect()
}
