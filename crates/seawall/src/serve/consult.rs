//! The doctor of a running server: what it knows of its accounts, lent to the engine that the command line has, too.

use std::sync::Arc;
use std::time::Duration;

use accounts::{Entry, Origin, Upstreams};
use catalog::Catalog;
use control::Examination;
use futures_util::future::BoxFuture;
use serde_json::Value;
use teller::Clock as _;
use tokio::sync::Mutex;
use upstream::Secret;

use crate::clock::SystemClock;
use crate::config::secret::SecretRef;
use crate::config::{Config, Upstream};
use crate::doctor::{Case, examine_served};
use crate::environment::Environment;

/// How long an examination may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Examines one account at a time.
pub(super) struct Consulting {
    upstreams: Upstreams,
    /// Those of the configuration, whose credentials are read where they are named.
    configured: Vec<Upstream>,
    environment: Environment,
    catalog: Arc<Catalog>,
    one_at_a_time: Mutex<()>,
}

impl Consulting {
    pub(super) fn new(
        config: &Config,
        environment: &Environment,
        (upstreams, catalog): (&Upstreams, &Arc<Catalog>),
    ) -> Self {
        Self {
            upstreams: upstreams.clone(),
            configured: config.upstreams.clone(),
            environment: environment.clone(),
            catalog: Arc::clone(catalog),
            one_at_a_time: Mutex::new(()),
        }
    }

    /// The two credentials, and where the first comes from.
    fn credentials(&self, entry: &Entry) -> (Option<Secret>, Option<Secret>, String) {
        let name = entry.draft.name.as_str();
        if entry.origin == Origin::Api {
            let (key, admin) = (self.upstreams.api_key(name), self.upstreams.admin_key(name));
            return (key, admin, "made at run time".to_owned());
        }
        let own = self.configured.iter().find(|one| one.name() == name);
        let resolve = |reference: Option<&SecretRef>| {
            let resolved = reference.map(|reference| reference.resolve(&self.environment));
            resolved
                .and_then(Result::ok)
                .map(|secret| Secret::new(secret.reveal()))
        };
        let source = own.and_then(|own| own.api_key.as_ref());
        let source = source.map_or_else(|| "the configuration".to_owned(), ToString::to_string);
        let key = resolve(own.and_then(|own| own.api_key.as_ref()));
        let admin = resolve(own.and_then(|own| own.admin_key.as_ref()));
        (key, admin, source)
    }

    async fn one(&self, name: &str, how: Examination) -> Result<Value, String> {
        let _alone = self.one_at_a_time.lock().await;
        let entry = self.upstreams.entry(name);
        let entry = entry.ok_or_else(|| "it is not there any more".to_owned())?;
        if let Some(problem) = entry.problem {
            return Err(problem);
        }
        let (key, admin_key, source) = self.credentials(&entry);
        let parks = self.upstreams.parks_of(&entry, SystemClock.now());
        let case = Case {
            draft: &entry.draft,
            key: key.as_ref(),
            admin_key: admin_key.as_ref(),
            source,
            parks: &parks,
            model: how.model,
            probe_chat: how.probe_chat,
            probe_images: how.probe_images,
        };
        let examined = tokio::time::timeout(PATIENCE, examine_served(case, &self.catalog));
        examined.await.unwrap_or_else(|_elapsed| {
            Err("the provider takes longer than three minutes".to_owned())
        })
    }
}

impl control::Doctor for Consulting {
    fn examine<'a>(
        &'a self,
        upstream: &'a str,
        how: Examination,
    ) -> BoxFuture<'a, Result<Value, String>> {
        Box::pin(self.one(upstream, how))
    }
}
