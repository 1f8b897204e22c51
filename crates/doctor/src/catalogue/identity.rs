//! D09, D10, D11, D24, D29: who calls, and who is billed for it.

use diagnosis::Cause;

use super::pages;
use crate::answer::Answer;
use crate::finding::{Confidence, Finding};
use crate::key::KeyKind;
use crate::observations::Observations;
use crate::precedence::{ORGANIZATION, PROJECT, proxies};

/// Two names of an organization or project that can be compared: an id and a slug cannot.
fn differ(one: &str, other: &str) -> bool {
    let is_id = |name: &str| name.starts_with("org-") || name.starts_with("proj_");
    one != other && is_id(one) == is_id(other)
}

/// Every place that names an organization or a project.
fn named(o: &Observations) -> Vec<String> {
    let of = |setting: &crate::Setting| {
        format!(
            "{} is {} in {}",
            setting.name,
            setting.shown(),
            setting.origin
        )
    };
    let names: Vec<&str> = ORGANIZATION
        .iter()
        .chain(&PROJECT)
        .chain(&["OPENAI_CUSTOM_HEADERS"])
        .copied()
        .collect();
    o.set(&names).map(of).collect()
}

pub(super) fn d09(o: &Observations) -> Option<Finding> {
    let told = |said: &Option<String>, billed: Option<&str>, what: &str| {
        let (said, billed) = (said.as_deref()?, billed?);
        differ(said, billed).then(|| {
            format!(
                "the money is in {what} {said}, and the provider bills {billed} (its own header)"
            )
        })
    };
    let organization = told(
        &o.told.organization,
        o.billed_organization(),
        "organization",
    );
    let project = told(&o.told.project, o.billed_project(), "project");
    let stranger = o.admin.known().and_then(|admin| {
        let projects = admin.projects.known()?;
        let billed = o.billed_project()?;
        let known = projects.iter().any(|project| project.id == billed);
        (!known && !projects.is_empty()).then(|| {
            format!("the admin key's organization has no project {billed}, to which the calls are billed")
        })
    });
    let confidence = if organization.is_some() || project.is_some() {
        Confidence::Certain
    } else if stranger.is_some() {
        Confidence::VeryLikely
    } else {
        return None;
    };
    let key = o.account.key.as_ref().map(|(key, _)| key.kind);
    let legacy = (key == Some(KeyKind::LegacyUser)).then(|| {
        "the key is a legacy user key: it bills the person's default organization unless a header says otherwise".to_owned()
    });
    let mut finding = Finding::new(
        confidence,
        "Another organization or project is billed than the one with the money.",
    )
    .because_all(organization)
    .because_all(project)
    .because_all(stranger)
    .because_all(legacy)
    .because_all(named(o))
    .fix_where(
        "Make a key in the project that has the money, and use that one.",
        pages::keys(o.account.provider),
    );
    if key == Some(KeyKind::LegacyUser) {
        finding = finding.fix_at(
            "Or choose that organization as your default.",
            pages::PROFILE,
        );
    }
    if !named(o).is_empty() {
        finding = finding.fix("Unset the variables that name another organization or project.");
    }
    Some(finding)
}

pub(super) fn d10(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[
        Cause::MismatchedOrganization,
        Cause::MismatchedProject,
        Cause::InvalidOrganization,
        Cause::NoOrganization,
    ])?;
    let named = named(o);
    let unknown = named.is_empty().then(|| {
        "no variable that is known here sets such a header; look at the program's own settings"
            .to_owned()
    });
    Some(
        Finding::new(
            denial.sure(),
            "A header names an organization or project that does not fit the key.",
        )
        .because(denial.said())
        .because_all(named)
        .against(unknown)
        .fix("Unset OPENAI_ORG_ID, OPENAI_ORGANIZATION and OPENAI_PROJECT_ID, or make them those of the key: a project key needs none of them."),
    )
}

/// The last letters of the key that the provider says it was given.
pub(super) fn refused_tail(denial: &Answer) -> Option<String> {
    let message = &denial.error.as_ref()?.message;
    let masked = message
        .split_whitespace()
        .find(|word| word.contains("**"))?;
    let masked = masked.trim_end_matches(['.', ',', '"', '\'']);
    let tail: String = masked.rsplit('*').next()?.to_owned();
    (tail.chars().count() == 4).then_some(tail)
}

pub(super) fn d11(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::InvalidKey])?;
    let refused = refused_tail(denial)?;
    let (configured, source) = o.account.key.as_ref()?;
    let tail = configured.tail.as_ref()?;
    if *tail == refused {
        return None;
    }
    let others: Vec<String> = o
        .settings
        .iter()
        .filter(|setting| setting.key().and_then(|key| key.tail.as_ref()) == Some(&refused))
        .map(|setting| {
            format!(
                "the key that ends in {refused} is {} of {}",
                setting.name, setting.origin
            )
        })
        .collect();
    let nowhere = others.is_empty().then(|| {
        format!("no key that ends in {refused} is in the variables and files seen here: it is an editor's, a vault's, another user's or an older process's")
    });
    Some(
        Finding::new(Confidence::Certain, "Another key is sent than the one that was set.")
            .because(denial.said())
            .because(format!("{source} holds a key that ends in {tail}"))
            .because_all(others)
            .because_all(nowhere)
            .fix("Remove the other key from where it is set, then restart the program, its editor or its container: they keep the environment they were started with."),
    )
}

pub(super) fn d24(o: &Observations) -> Option<Finding> {
    let denial = o.denied_by(&[Cause::MissingScope]);
    let key = o.account.key.as_ref();
    let wrong_kind = key.filter(|(key, _)| {
        matches!(
            key.kind,
            KeyKind::Admin | KeyKind::AnthropicAdmin | KeyKind::Session | KeyKind::SeawallAdmin
        )
    });
    if denial.is_none() && wrong_kind.is_none() {
        return None;
    }
    let kind =
        wrong_kind.map(|(key, source)| format!("{source} holds {key}: {}", key.kind.words()));
    // A restricted key may be kept from the list of models and make every call it is for.
    let served = o.text_served() && wrong_kind.is_none();
    let confidence = match denial {
        _ if wrong_kind.is_some() => Confidence::Certain,
        Some(denial) if !served => denial.sure(),
        _ => Confidence::Possible,
    };
    let bare =
        denial.filter(|denial| denial.sure() == Confidence::Possible && wrong_kind.is_none());
    let nameless = bare.map(|_| {
        "the answer names no permission; a firewall or a proxy in between may have written it"
            .to_owned()
    });
    let through = bare.map(|_| proxies(o)).unwrap_or_default();
    Some(
        Finding::new(confidence, "The key is of a kind that may not make this call.")
            .because_all(denial.map(Answer::said))
            .because_all(kind)
            .against(served.then(|| "a text call with it was served".to_owned()))
            .against(nameless.into_iter().chain(through))
            .fix_where(
                "Use a project's key that has the scope. An admin key belongs into OPENAI_ADMIN_KEY and opens administration only.",
                pages::keys(o.account.provider),
            ),
    )
}

pub(super) fn d29(o: &Observations) -> Option<Finding> {
    if !o.told.playground_works {
        return None;
    }
    let denial = o.denials().next()?;
    let billed = o.billed_organization().map(|organization| {
        let project = o.billed_project().unwrap_or("unknown");
        format!("the program's calls are billed to organization {organization}, project {project}")
    });
    Some(
        Finding::new(
            Confidence::Likely,
            "The playground uses the organization and project chosen on its page; your program uses those of its key.",
        )
        .because("the playground works, by your word")
        .because(denial.said())
        .because_all(billed)
        .because_all(named(o))
        .fix("Compare the organization and project at the top left of the playground with those above. Where they differ, make a key there (D09); where they are the same, another key is sent (D11)."),
    )
}
