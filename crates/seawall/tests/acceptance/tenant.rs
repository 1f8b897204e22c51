//! Who makes the calls: an organization with credit, a project, a key, and the limits on them.

use serde_json::{Value, json};

use crate::http::Answer;
use crate::stage::Stage;
use crate::{call::Call, usd};

/// An organization with one project and one key.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    pub(crate) organization: String,
    pub(crate) project: String,
    pub(crate) key: String,
    pub(crate) secret: String,
}

/// A key and its secret.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// What a limit is on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On<'a> {
    Organization(&'a str),
    Project(&'a str),
    Key(&'a str),
}

impl On<'_> {
    fn scope(self) -> Value {
        let (kind, id) = match self {
            Self::Organization(id) => ("organization", id),
            Self::Project(id) => ("project", id),
            Self::Key(id) => ("key", id),
        };
        json!({"kind": kind, "id": id})
    }
}

/// The text of an id.
pub(crate) fn id(object: &Value) -> String {
    match object["id"].as_str() {
        Some(id) => id.to_owned(),
        None => panic!("no id in {object}"),
    }
}

impl Stage {
    /// An organization with so much credit (nano-dollars; none at all for 0), a project and a key.
    pub(crate) async fn tenant(&self, credit: i64) -> Tenant {
        let organization = id(&self.create("organizations", &json!({"name": "acme"})).await);
        if credit > 0 {
            self.credit(&organization, credit).await;
        }
        let project = self.project(&organization, json!({"name": "chat"})).await;
        let key = self.key(&project, json!({"name": "bot"})).await;
        Tenant {
            organization,
            project,
            key: key.id,
            secret: key.secret,
        }
    }

    /// Adds credit; answers the lot's id.
    pub(crate) async fn credit(&self, organization: &str, nanos: i64) -> String {
        let body =
            json!({"amount_usd": usd::dollars(nanos), "kind": "purchase", "note": "for the test"});
        id(&self
            .create(&format!("organizations/{organization}/credits"), &body)
            .await)
    }

    pub(crate) async fn project(&self, organization: &str, body: Value) -> String {
        id(&self
            .create(&format!("organizations/{organization}/projects"), &body)
            .await)
    }

    pub(crate) async fn key(&self, project: &str, body: Value) -> Key {
        let key = self
            .create(&format!("projects/{project}/keys"), &body)
            .await;
        Key {
            id: id(&key),
            secret: key["secret"].as_str().unwrap().to_owned(),
        }
    }

    /// A hard limit in US dollars that never begins anew; answers its id.
    pub(crate) async fn limit(&self, on: On<'_>, nanos: i64) -> String {
        let body = json!({
            "scope": on.scope(), "amount_usd": usd::dollars(nanos), "measure": "usd",
            "window": {"kind": "total"}, "mode": "enforce",
        });
        id(&self.create("limits", &body).await)
    }

    pub(crate) async fn change_limit(&self, limit: &str, nanos: i64) {
        let body = json!({"amount_usd": usd::dollars(nanos)});
        self.patch(&format!("limits/{limit}"), &body).await;
    }

    /// A call that must get an answer.
    pub(crate) async fn call(&self, secret: &str, call: &Call) -> Answer {
        self.send(&call.ask(secret)).await
    }

    /// What a call costs at most, by the gateway's own word: under a limit of nothing it is refused with the figure.
    pub(crate) async fn worst_case(&self, call: &Call) -> i64 {
        let tenant = self.tenant(1_000_000_000_000).await;
        self.limit(On::Key(&tenant.key), 0).await;
        let call = call.clone().header("x-seawall-fit", "never");
        let answer = self.call(&tenant.secret, &call).await;
        assert_eq!(answer.code(), "api_key_spend_limit_exceeded", "{answer:?}");
        usd::of(&answer.error()["details"], "needed_usd")
    }
}
