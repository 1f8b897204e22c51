//! Everything that was seen of one account, before anything is concluded from it.

use diagnosis::{Cause, Provider};
use jiff::{Timestamp, civil::Date};
use money::Nanos;

use crate::admin::{Admin, Project};
use crate::answer::Answer;
use crate::key::Shown;
use crate::setting::Setting;

/// Something that was read, or why it could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// It was read.
    Known(T),
    /// It was not, for this reason.
    Unknown(String),
}

impl<T> Reading<T> {
    /// What was read.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// The account that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name in the configuration, or what people call the provider.
    pub name: String,
    /// Whose it is.
    pub provider: Provider,
    /// What stands before the path of a call, without a secret in it.
    pub base_url: String,
    /// The key that is used, and where it came from.
    pub key: Option<(Shown, String)>,
}

/// What the user says, because nothing else can know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The organization that has the money.
    pub organization: Option<String>,
    /// The project that should be billed.
    pub project: Option<String>,
    /// When credit was bought or a limit raised last.
    pub topped_up_at: Option<Timestamp>,
    /// Whether the provider's own playground serves what is refused here.
    pub playground_works: bool,
}

/// Credit at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What is left by the provider's own account of it; below zero where more was used than bought.
    pub left: Nanos,
    /// When credit runs out of time: the latest of all.
    pub expires_at: Option<Timestamp>,
    /// Who says so.
    pub source: String,
}

/// What `OpenRouter` says a key may spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBudget {
    /// What is left of the layer that blocks first.
    pub left: Option<Nanos>,
    /// The name of that layer.
    pub layer: String,
    /// When it begins anew.
    pub resets: Option<String>,
}

/// The model that calls are made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// The day the provider shuts it down, by the catalogue.
    pub shutdown: Option<Date>,
}

/// All that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observations {
    /// When.
    pub now: Timestamp,
    /// Which account.
    pub account: Account,
    /// The variables that are set, those of the process first, then file by file, the nearest first.
    pub settings: Vec<Setting>,
    /// What the provider answered.
    pub answers: Vec<Answer>,
    /// Why there is no answer at all.
    pub unreachable: Option<String>,
    /// The models the provider lists.
    pub models: Option<Vec<String>>,
    /// The model that is asked about.
    pub model: Option<Model>,
    /// What the administration API says.
    pub admin: Reading<Admin>,
    /// Credit, where somebody tells it.
    pub balance: Option<Balance>,
    /// What the key may spend, where the provider tells it.
    pub key_budget: Option<KeyBudget>,
    /// What the user says.
    pub told: Told,
    /// What was to be looked at and could not be, and why.
    pub not_seen: Vec<(&'static str, String)>,
}

impl Observations {
    /// Of this account, nothing seen yet.
    #[must_use]
    pub fn new(now: Timestamp, account: Account) -> Self {
        Self {
            now,
            account,
            settings: Vec::new(),
            answers: Vec::new(),
            unreachable: None,
            models: None,
            model: None,
            admin: Reading::Unknown("not read".to_owned()),
            balance: None,
            key_budget: None,
            told: Told::default(),
            not_seen: Vec::new(),
        }
    }

    /// The answers that are errors.
    pub fn denials(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| !answer.is_served())
    }

    pub(crate) fn denied_by(&self, causes: &[Cause]) -> Option<&Answer> {
        self.denials()
            .find(|answer| answer.cause.is_some_and(|cause| causes.contains(&cause)))
    }

    /// The first answer that was refused for want of money.
    pub(crate) fn billing_denial(&self) -> Option<&Answer> {
        self.denials().find(|answer| answer.is_billing())
    }

    /// An error whose code says which of the billing stops it is.
    pub(crate) fn definite(&self) -> Option<&Answer> {
        self.denied_by(&[
            Cause::CreditExhausted,
            Cause::OrganizationSpendLimit,
            Cause::ProjectSpendLimit,
            Cause::OrganizationUsageLimit,
            Cause::BillingNotActive,
            Cause::KeyLimit,
            Cause::GuardrailLimit,
            Cause::GatewayLimit,
        ])
    }

    /// A text call that cost money was served.
    pub(crate) fn text_served(&self) -> bool {
        let served = |answer: &&Answer| answer.is_served() && answer.asked.is_text();
        self.answers.iter().any(|answer| served(&answer))
    }

    /// The organization that the provider bills, by its own header.
    #[must_use]
    pub fn billed_organization(&self) -> Option<&str> {
        let of = |answer: &Answer| answer.headers.organization.is_some();
        let answer = self.answers.iter().find(|answer| of(answer))?;
        answer.headers.organization.as_deref()
    }

    /// The project that the provider bills, by its own header.
    #[must_use]
    pub fn billed_project(&self) -> Option<&str> {
        let of = |answer: &Answer| answer.headers.project.is_some();
        let answer = self.answers.iter().find(|answer| of(answer))?;
        answer.headers.project.as_deref()
    }

    /// What the administration API says of the project that is billed: the one of the headers, or where no call was made
    /// the one that lists the key.
    pub(crate) fn billed_project_known(&self) -> Option<&Project> {
        let projects = self.admin.known()?.projects.known()?;
        if let Some(id) = self.billed_project() {
            return projects.iter().find(|project| project.id == id);
        }
        let tail = self.account.key.as_ref()?.0.tail.as_ref()?;
        let lists = |project: &&Project| {
            let mut keys = project.keys.known().into_iter().flatten();
            keys.any(|key| key.tail == *tail)
        };
        projects.iter().find(lists)
    }

    /// All settings of these names.
    pub(crate) fn set<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Setting> {
        let named = |setting: &&Setting| names.contains(&setting.name.as_str());
        self.settings.iter().filter(move |setting| named(setting))
    }
}
