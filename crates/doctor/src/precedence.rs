//! Which variable wins for which library. Stale ones are used silently, so it is said of each.

use crate::observations::Observations;
use crate::setting::Setting;

/// Variables that name an organization.
pub(crate) const ORGANIZATION: [&str; 3] = [
    "OPENAI_ORG_ID",
    "OPENAI_ORGANIZATION",
    "OPENAI_ORGANIZATION_ID",
];
/// Variables that name a project.
pub(crate) const PROJECT: [&str; 2] = ["OPENAI_PROJECT_ID", "OPENAI_PROJECT"];
/// Variables that name an address; the first two are for the same.
pub(crate) const ADDRESS: [&str; 3] = [
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "AZURE_OPENAI_ENDPOINT",
];

/// What a library reads, the first one that is set counting.
struct Library {
    name: &'static str,
    organization: &'static [&'static str],
    project: &'static [&'static str],
    address: &'static [&'static str],
}

/// From the libraries' own sources.
#[rustfmt::skip] // One row a line.
const LIBRARIES: [Library; 6] = [
    Library { name: "openai (Python, Node)", organization: &["OPENAI_ORG_ID"], project: &["OPENAI_PROJECT_ID"], address: &["OPENAI_BASE_URL"] },
    Library { name: "langchain-openai (Python)", organization: &["OPENAI_ORG_ID", "OPENAI_ORGANIZATION"], project: &["OPENAI_PROJECT_ID"], address: &["OPENAI_API_BASE", "OPENAI_BASE_URL"] },
    Library { name: "@langchain/openai (Node)", organization: &["OPENAI_ORGANIZATION", "OPENAI_ORG_ID"], project: &["OPENAI_PROJECT_ID"], address: &["OPENAI_API_BASE", "OPENAI_BASE_URL"] },
    Library { name: "litellm", organization: &["OPENAI_ORGANIZATION"], project: &[], address: &["OPENAI_BASE_URL", "OPENAI_API_BASE"] },
    Library { name: "llama-index", organization: &[], project: &[], address: &["OPENAI_API_BASE"] },
    Library { name: "@ai-sdk/openai", organization: &[], project: &[], address: &["OPENAI_BASE_URL"] },
];

/// The proxies that libraries go through to the account's address, each as a sentence without its full stop. None where
/// `NO_PROXY` names the host, as the usual libraries have it.
pub(crate) fn proxies(o: &Observations) -> Vec<String> {
    let names: &[&str] = if o.account.base_url.starts_with("http://") {
        &[
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "OPENAI_PROXY",
        ]
    } else {
        &[
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
            "OPENAI_PROXY",
        ]
    };
    let excepted = o.set(&["NO_PROXY", "no_proxy"]).filter_map(Setting::text);
    let mut hosts = excepted.flat_map(|all| all.split(',')).map(str::trim);
    if hosts.any(|except| is_excepted(&o.account.base_url, except)) {
        return Vec::new();
    }
    let through = |proxy: &Setting| {
        let shown = proxy.shown();
        format!(
            "libraries go through {shown} ({} in {})",
            proxy.name, proxy.origin
        )
    };
    o.set(names).map(through).collect()
}

fn is_excepted(url: &str, except: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let except = except.trim_start_matches("*.").trim_start_matches('.');
    let within = || {
        host.strip_suffix(except)
            .is_some_and(|before| before.ends_with('.'))
    };
    except == "*" || !except.is_empty() && (host == except || within())
}

fn first<'a>(o: &'a Observations, names: &[&str]) -> Option<&'a Setting> {
    names
        .iter()
        .find_map(|name| o.settings.iter().find(|setting| setting.name == *name))
}

/// A sentence for each group of libraries that behave alike. Empty where no variable but the key is set.
pub(crate) fn who_uses_what(o: &Observations) -> Vec<(String, String)> {
    let said = |library: &Library| {
        let parts = [
            ("organization", first(o, library.organization)),
            ("project", first(o, library.project)),
            ("address", first(o, library.address)),
        ];
        let parts = parts.iter().filter_map(|(what, setting)| {
            let setting = (*setting)?;
            Some(format!(
                "{what} {} ({} of {})",
                setting.shown(),
                setting.name,
                setting.origin
            ))
        });
        parts.collect::<Vec<_>>().join(", ")
    };
    let mut groups: Vec<(String, String)> = Vec::new();
    for library in &LIBRARIES {
        let what = said(library);
        match groups.iter_mut().find(|(_, known)| *known == what) {
            Some((names, _)) => {
                names.push_str(", ");
                names.push_str(library.name);
            }
            None => groups.push((library.name.to_owned(), what)),
        }
    }
    if groups.iter().all(|(_, what)| what.is_empty()) {
        return Vec::new();
    }
    for (_, what) in &mut groups {
        if what.is_empty() {
            "no organization, project or address of these variables".clone_into(what);
        }
    }
    groups
}
