//! Every cause of a provider's error and every provider that is known, from the tables that diagnose.

use diagnosis::{Cause, Page, Provider, Retry, Scope, Whose};

/// A section for every cause.
pub(super) fn all() -> String {
    Cause::all().map(section).collect()
}

fn section(cause: Cause) -> String {
    let mut text = format!(
        "\n### `{}`\n{}\n\n- Whose matter: {}. It closes: {}. Asking again: {}.\n- What to do: {}\n",
        cause.as_str(),
        cause.sentence(),
        whose(cause.whose()),
        closed(cause.scope()),
        again(cause),
        cause.remedy(Provider::Compatible),
    );
    let own = |provider: Provider| {
        let said = cause.remedy(provider);
        (said != cause.remedy(Provider::Compatible)).then_some((provider.name()?, said))
    };
    for (name, remedy) in Provider::all().filter_map(own) {
        text.push_str(&format!("- At {name}: {remedy}\n"));
    }
    let pages = |provider: Provider| Some((provider.name()?, cause.page(provider)?));
    let pages: Vec<String> = Provider::all()
        .filter_map(pages)
        .map(|(name, page)| format!("[{name}]({page})"))
        .collect();
    if !pages.is_empty() {
        text.push_str(&format!("- Where: {}.\n", pages.join(" · ")));
    }
    if !cause.may_be().is_empty() {
        let others: Vec<String> = cause
            .may_be()
            .iter()
            .map(|other| format!("[`{0}`](#{0})", other.as_str()))
            .collect();
        text.push_str(&format!(
            "- May be, likeliest first: {}.\n",
            others.join(", ")
        ));
    }
    text
}

const fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::Account => "that of the account at the provider",
        Whose::Configuration => "that of whoever configures Seawall",
        Whose::Caller => "the caller's",
        Whose::Provider => "the provider's",
        Whose::Unknown => "nobody can say",
    }
}

const fn closed(scope: Scope) -> &'static str {
    match scope {
        Scope::Request => "this call alone",
        Scope::Model => "the model",
        Scope::Deployment => "the deployment",
        Scope::Key => "the key",
        Scope::Project => "the project",
        Scope::Organization => "the organization",
        Scope::Account => "the account",
    }
}

fn again(cause: Cause) -> &'static str {
    match cause.retry() {
        Retry::Never => "only with another request",
        Retry::After(_) => "after a while",
        Retry::Elsewhere => "elsewhere at once, here when that was changed",
        Retry::FewerTokens(_) => "with fewer tokens",
    }
}

/// A row for every provider.
pub(super) fn providers() -> String {
    let mut text =
        "\n| provider | credit | rates | keys | status |\n|---|---|---|---|---|\n".to_owned();
    for provider in Provider::all() {
        let Some(name) = provider.name() else {
            continue;
        };
        let page = |page: Page, what: &str| match provider.page(page) {
            Some(address) => format!("[{what}]({address})"),
            None => "–".to_owned(),
        };
        text.push_str(&format!(
            "| {name} | {} | {} | {} | {} |\n",
            page(Page::Billing, "credit"),
            page(Page::Rates, "rates"),
            page(Page::Keys, "keys"),
            page(Page::Status, "status"),
        ));
    }
    text
}
