//! Every setting that is one value: its name, default, shape and meaning. The one list from which the file is checked,
//! the environment read, `config show` printed and the table of docs/configuration.md tested.

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A whole number and a unit of time.
    Duration,
    /// A whole number and a unit of bytes.
    Size,
    /// A whole number from 1, or from 0 where the flag says so.
    Count { zero: bool },
    /// An amount in dollars, or `off`.
    UsdOrOff,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Section and key, with a dot between.
    pub(crate) name: &'static str,
    /// As it would be written; empty where there is none.
    pub(crate) default: &'static str,
    pub(crate) kind: Kind,
    /// What it means, for whoever reads the reference.
    pub(crate) says: &'static str,
}

const fn setting(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    says: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        kind,
        says,
    }
}

const COUNT: Kind = Kind::Count { zero: false };
const COUNT_OR_NONE: Kind = Kind::Count { zero: true };

/// All of them, in the order of the reference.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "server.listen",
        "127.0.0.1:8080",
        Kind::Text,
        "Address and port of the one listener. One that is not a loopback address needs an admin key that was set.",
    ),
    setting(
        "server.metrics_listen",
        "",
        Kind::Text,
        "Address and port of a listener of its own for `/metrics`, which takes 16 connections. Default: none.",
    ),
    setting(
        "server.public_url",
        "",
        Kind::Text,
        "What links in refusals begin with. Default: `http://` and the address listened on.",
    ),
    setting(
        "server.node",
        "main",
        Kind::Text,
        "The node's name. It stays the same from run to run, so that a restart knows its own open holds.",
    ),
    setting(
        "server.header_timeout",
        "10s",
        Kind::Duration,
        "How long a new connection may take until its first request's head is complete.",
    ),
    setting(
        "server.idle_timeout",
        "75s",
        Kind::Duration,
        "How long a connection may take until the head of a further request is complete.",
    ),
    setting(
        "server.write_timeout",
        "60s",
        Kind::Duration,
        "How long a client may take nothing at all of its answer. Then its connection is closed.",
    ),
    setting(
        "server.most_headers",
        "100",
        COUNT,
        "Header lines of one request.",
    ),
    setting(
        "server.most_connections",
        "16384",
        COUNT,
        "Connections at one time; further ones wait to be accepted.",
    ),
    setting(
        "server.stop_within",
        "30s",
        Kind::Duration,
        "How long running calls may go on after the signal to stop. What is left then is closed, and charged in full.",
    ),
    setting(
        "store.url",
        "sqlite:seawall.db",
        Kind::Text,
        "Where the journals are: `sqlite:` and a path.",
    ),
    setting(
        "store.durability",
        "full",
        Kind::Choice(&["full", "relaxed"]),
        "`full`: what was acknowledged survives power loss. `relaxed`: only the end of the process.",
    ),
    setting(
        "store.snapshot_every",
        "10000",
        COUNT,
        "Entries after which a snapshot of an organization is kept.",
    ),
    setting(
        "store.idle_after",
        "15m",
        Kind::Duration,
        "How long an organization stays in memory without being asked.",
    ),
    setting(
        "store.archive_after_days",
        "90",
        COUNT_OR_NONE,
        "Days after which entries are moved, many together and compressed, within the store. 0: never. Nothing is forgotten.",
    ),
    setting(
        "store.remember_bytes",
        "64MiB",
        Kind::Size,
        "What is remembered, beside the store, of the entries it acknowledged, at most. `0B`: nothing.",
    ),
    setting(
        "store.remember_for",
        "10m",
        Kind::Duration,
        "How far back that goes.",
    ),
    setting(
        "secrets.key",
        "",
        Kind::Text,
        "What credentials given at run time are encrypted with: 32 bytes in base64, by reference (`env:NAME`, `file:/path`). Without it none can be given.",
    ),
    setting(
        "secrets.old_key",
        "",
        Kind::Text,
        "The key of before, by reference: what it encrypted still opens. `seawall upstream rewrap` makes it unneeded.",
    ),
    setting(
        "errors.refusal_status",
        "429",
        Kind::Choice(&["429", "402"]),
        "The HTTP status of a refusal for money. A transient refusal is always 429.",
    ),
    setting(
        "errors.disclosure",
        "full",
        Kind::Choice(&["full", "code_only"]),
        "`code_only`: a refusal tells the caller its code and request id, and no amounts.",
    ),
    setting(
        "gateway.wait_for_held",
        "5s",
        Kind::Duration,
        "How long a call waits when only held money is in its way. `0s`: not at all.",
    ),
    setting(
        "gateway.most_waiting",
        "1000",
        COUNT_OR_NONE,
        "Calls of one organization that may wait so at one time.",
    ),
    setting(
        "gateway.hold_for",
        "2m",
        Kind::Duration,
        "How long a hold lasts unless its living call renews it; then it is presumed.",
    ),
    setting(
        "gateway.fit_floor",
        "16",
        COUNT,
        "Output tokens below which a call is refused instead of fitted.",
    ),
    setting(
        "gateway.body_limit",
        "32MiB",
        Kind::Size,
        "The largest body of a call.",
    ),
    setting(
        "gateway.answer_limit",
        "256MiB",
        Kind::Size,
        "The largest answer. A larger one is cut off, and its call charged its hold.",
    ),
    setting(
        "gateway.request_timeout",
        "60s",
        Kind::Duration,
        "How long a caller may take to send the body of a call.",
    ),
    setting(
        "gateway.idle_timeout",
        "5m",
        Kind::Duration,
        "How long a provider may pause in the middle of a stream. For everything else there is `gateway.call_timeout`.",
    ),
    setting(
        "gateway.call_timeout",
        "10m",
        Kind::Duration,
        "How long a call may take in all, with the time a provider takes to begin its answer.",
    ),
    setting(
        "gateway.most_attempts",
        "4",
        COUNT,
        "How often a call is sent at most, to one upstream account after the other. 1: never anew.",
    ),
    setting(
        "gateway.retry_budget",
        "10s",
        Kind::Duration,
        "How long a call waits, in all, for an account that is soon back, where no other is left. 0s: not at all.",
    ),
    setting(
        "gateway.drain_after_disconnect",
        "60s",
        Kind::Duration,
        "How long an answer is still read, for its usage, after the caller went away.",
    ),
    setting(
        "parking.probe",
        "cheapest",
        Kind::Choice(&["cheapest", "free"]),
        "How an account that is parked is asked whether it serves again. `cheapest`: where only that shows it, by one chat of at \
         most 16 tokens, and for an image model by one small picture; while it is refused it costs nothing. `free`: by the list \
         of models alone; what that does not show stays parked until its time, or until somebody unparks it.",
    ),
    setting(
        "parking.probe_after",
        "5s",
        Kind::Duration,
        "How long after it was parked an account is probed first; never less than `100ms`. Each pause is twice as long as the one \
         before.",
    ),
    setting(
        "parking.longest_pause",
        "15m",
        Kind::Duration,
        "The longest pause between two probes.",
    ),
    setting(
        "parking.probe_usd_per_day",
        "0.10",
        Kind::UsdOrOff,
        "What the probes of a day (UTC) may cost at most, at the provider and charged to no organization: dollars; `off`: any \
         amount.",
    ),
    setting(
        "requests.most_rows",
        "1000000",
        COUNT,
        "Rows the request log keeps; the oldest go first.",
    ),
    setting(
        "requests.keep_days",
        "30",
        COUNT,
        "Days the request log keeps a row.",
    ),
    setting(
        "requests.keep_usage_days",
        "400",
        COUNT,
        "Days the sums by the hour are kept; never fewer than a row.",
    ),
    setting(
        "requests.most_refusals_per_second",
        "10",
        COUNT,
        "Refusals listed per second, key and code; further ones are counted.",
    ),
    setting(
        "alerts.most_waiting",
        "10000",
        COUNT,
        "Deliveries of alerts that may wait; what comes beyond is kept as failed, and shown.",
    ),
    setting(
        "alerts.give_up_after",
        "72h",
        Kind::Duration,
        "How long a delivery of an alert is tried, with pauses that grow to three hours; 40 attempts at most.",
    ),
    setting(
        "alerts.attempt_timeout",
        "15s",
        Kind::Duration,
        "How long a receiver may take to answer.",
    ),
    setting(
        "alerts.keep_days",
        "30",
        COUNT,
        "Days that alerts are listed.",
    ),
    setting(
        "alerts.upstreams_to",
        "",
        Kind::Text,
        "The organization that is told of upstream accounts, `org_…`. Default: every one that is told of anything; name your own \
         where the others are customers.",
    ),
    setting(
        "alerts.upstream_lasts_days",
        "7",
        COUNT,
        "What was bought at a provider and lasts, at the pace of the last week, for fewer days is told. It is looked at every hour. \
         0: never.",
    ),
    setting(
        "alerts.email.smtp",
        "",
        Kind::Text,
        "The mail server: `smtp://user@host:587` (STARTTLS; in the clear on a loopback address only) or `smtps://user@host:465`.",
    ),
    setting(
        "alerts.email.password",
        "",
        Kind::Text,
        "The user's password there, by reference: `env:NAME` or `file:/path`.",
    ),
    setting(
        "alerts.email.from",
        "",
        Kind::Text,
        "The address that mail comes from.",
    ),
    setting(
        "organizations.spend_guard_usd_per_minute",
        "5000",
        Kind::UsdOrOff,
        "What each key of a new organization may spend in any minute before it is frozen: dollars, or `off`. \
         Organizations that are there already keep theirs.",
    ),
    setting(
        "catalog.file",
        "",
        Kind::Text,
        "A price file that replaces the compiled-in one.",
    ),
];

/// The setting of this name.
pub(crate) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The sections, in order.
pub(crate) fn sections() -> Vec<&'static str> {
    let mut sections: Vec<_> = SETTINGS.iter().map(|setting| setting.section()).collect();
    sections.dedup();
    sections
}

impl Setting {
    pub(crate) fn section(&self) -> &'static str {
        self.name
            .rsplit_once('.')
            .map_or("", |(section, _)| section)
    }

    pub(crate) fn key(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, key)| key)
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!(
            "SEAWALL_{}__{}",
            self.section().replace('.', "__").to_uppercase(),
            self.key().to_uppercase()
        )
    }
}

/// The table of the book's reference.
#[cfg(test)]
pub(crate) fn table() -> String {
    let mut text = "| setting | default | what it is |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let default = match setting.default {
            "" => "–".to_owned(),
            default => format!("`{default}`"),
        };
        text.push_str(&format!(
            "| `{}` | {default} | {} |\n",
            setting.name, setting.says
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_stands_together() {
        let sections = sections();
        let mut unique = sections.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(sections.len(), unique.len());
    }

    #[test]
    fn a_variable_is_named_after_section_and_key() {
        assert_eq!(
            find("server.listen").unwrap().variable(),
            "SEAWALL_SERVER__LISTEN"
        );
        assert_eq!(
            find("alerts.email.smtp").unwrap().variable(),
            "SEAWALL_ALERTS__EMAIL__SMTP"
        );
    }
}
