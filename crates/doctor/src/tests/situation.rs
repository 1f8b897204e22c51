//! Situations: what would be seen.

use diagnosis::Provider;
use jiff::Timestamp;
use money::Nanos;
use serde_json::{Value, json};

use crate::{
    Account, Admin, Alert, Answer, ApiKey, Asked, Balance, Headers, ModelPermissions, Observations,
    Origin, Project, Reading, Setting, Shown, SpendLimit,
};

/// The key of the tests.
pub(super) const KEY: &str = "sk-proj-0123456789abcdefghijT3BlbkFJx9Fq";

/// A row, where it is found, and where it is not.
pub(super) struct Situation {
    pub(super) id: &'static str,
    pub(super) there: Observations,
    pub(super) beside: Observations,
    /// Whether it comes first in its own situation.
    pub(super) is_verdict: bool,
}

pub(super) fn situation(id: &'static str, there: Observations, beside: Observations) -> Situation {
    Situation {
        id,
        there,
        beside,
        is_verdict: true,
    }
}

impl Situation {
    /// It explains another finding, which comes first.
    pub(super) fn beside_another(self) -> Self {
        Self {
            is_verdict: false,
            ..self
        }
    }
}

pub(super) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// An account with which nothing is wrong.
pub(super) fn fine() -> Observations {
    let account = Account {
        name: "OpenAI".to_owned(),
        provider: Provider::OpenAi,
        base_url: "https://api.openai.com/v1".to_owned(),
        key: Some((Shown::of(KEY), "OPENAI_API_KEY".to_owned())),
    };
    Observations::new(now(), account).served(Asked::Models)
}

pub(super) fn at(provider: Provider, base_url: &str) -> Observations {
    let mut o = fine();
    o.account.provider = provider;
    base_url.clone_into(&mut o.account.base_url);
    o.account.key = Some((Shown::of("0123456789abcdef0123"), "THEIR_KEY".to_owned()));
    o.answers.clear();
    o
}

pub(super) fn chat() -> Asked {
    Asked::Chat("gpt-5-nano".to_owned())
}

pub(super) fn image() -> Asked {
    Asked::Image("gpt-image-2".to_owned())
}

/// OpenAI's envelope.
pub(super) fn error(kind: &str, code: &str, message: &str) -> Value {
    let code = Some(code).filter(|code| !code.is_empty());
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

pub(super) fn dollars(amount: &str) -> Nanos {
    amount.parse().unwrap()
}

impl Observations {
    pub(super) fn served(self, asked: Asked) -> Self {
        self.answered(asked, 200, &json!({"object": "list"}), headers(&[]))
    }

    pub(super) fn denied(self, asked: Asked, status: u16, body: &Value) -> Self {
        self.answered(asked, status, body, headers(&[]))
    }

    pub(super) fn answered(
        mut self,
        asked: Asked,
        status: u16,
        body: &Value,
        headers: Headers,
    ) -> Self {
        let provider = self.account.provider;
        let body = body.to_string();
        let answer = Answer::read(asked, provider, (status, headers), body.as_bytes(), now());
        self.answers.push(answer);
        self
    }

    pub(super) fn variable(self, name: &str, value: &str) -> Self {
        self.set_in(name, Origin::Process, value)
    }

    pub(super) fn set_in(mut self, name: &str, origin: Origin, value: &str) -> Self {
        self.settings
            .push(Setting::of(name, origin, value).unwrap());
        self
    }

    pub(super) fn key(mut self, key: &str) -> Self {
        self.account.key = Some((Shown::of(key), "OPENAI_API_KEY".to_owned()));
        self
    }

    pub(super) fn admin(mut self, admin: Admin) -> Self {
        self.admin = Reading::Known(admin);
        self
    }

    pub(super) fn balance(mut self, left: &str, expires_at: Option<&str>) -> Self {
        self.balance = Some(Balance {
            left: dollars(left),
            expires_at: expires_at.map(|at| at.parse().unwrap()),
            source: "the billing page".to_owned(),
        });
        self
    }
}

pub(super) fn headers(all: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::default();
    headers.take("openai-organization", "org-acme");
    headers.take("openai-project", "proj_bot");
    for (name, value) in all {
        headers.take(name, value);
    }
    headers
}

/// An organization that has spent so much, with one project that has spent all of it.
pub(super) fn organization(spent: &str) -> Admin {
    let key = ApiKey {
        name: "bot".to_owned(),
        tail: "x9Fq".to_owned(),
        owner_active: true,
        expires_at: None,
    };
    let project = Project {
        id: "proj_bot".to_owned(),
        name: "image-bot".to_owned(),
        archived: false,
        keys: Reading::Known(vec![key]),
        limit: Reading::Known(None),
        alerts: Reading::Known(Vec::new()),
        models: Reading::Known(None),
        spent: Some(dollars(spent)),
    };
    Admin {
        limit: Reading::Known(None),
        alerts: Reading::Known(Vec::new()),
        projects: Reading::Known(vec![project]),
        spent: Reading::Known(dollars(spent)),
    }
}

pub(super) fn limit(amount: &str, enforcing: bool) -> Reading<Option<SpendLimit>> {
    Reading::Known(Some(SpendLimit {
        threshold: dollars(amount),
        enforcing,
    }))
}

impl Admin {
    pub(super) fn limited(self, amount: &str, enforcing: bool) -> Self {
        Self {
            limit: limit(amount, enforcing),
            ..self
        }
    }

    pub(super) fn alert(self, amount: &str) -> Self {
        let threshold = dollars(amount);
        Self {
            alerts: Reading::Known(vec![Alert { threshold }]),
            ..self
        }
    }

    pub(super) fn project(mut self, change: impl FnOnce(&mut Project)) -> Self {
        if let Reading::Known(projects) = &mut self.projects {
            change(&mut projects[0]);
        }
        self
    }
}

pub(super) fn only(models: &[&str]) -> Reading<Option<ModelPermissions>> {
    Reading::Known(Some(ModelPermissions {
        only_listed: true,
        models: models.iter().map(|model| (*model).to_owned()).collect(),
    }))
}
