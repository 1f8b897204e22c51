//! Failures by name: what a test asks the provider to do wrong. It says what, never does it.

pub(crate) mod queue;

use std::sync::Arc;
use std::time::Duration;

use crate::refusal::{Refusal, Refusals};

/// The longest wait that can be asked for.
pub(crate) const LONGEST: Duration = Duration::from_secs(600);

/// One way to fail.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Refuse as a real provider does; bill nothing.
    Refuse(Arc<Refusal>),
    /// Answer rightly, after so long.
    Slow(Duration),
    /// Close the connection before any byte.
    DropBefore,
    /// Close after status line and headers.
    DropHeaders,
    /// Close in the middle of the answer.
    DropMid,
    /// Send everything before the usage, then close.
    DropBeforeUsage,
    /// Answer rightly, without usage.
    NoUsage,
    /// Say half the output that is billed.
    LieUsage,
    /// Answer 200 with something that is not JSON.
    Garbage,
    /// Answer 200 with an event stream that is not JSON.
    GarbageStream,
    /// Accept and never answer.
    Hang,
    /// Stream without end.
    Endless,
    /// Break a stream off with an error event: its bytes, ready to send.
    ErrorMidStream(&'static str),
}

/// The way of the provider that is simulated.
const OPENAI_MID_STREAM: &str = "{\"error\":{\"message\":\"Your account is not active, please check your billing \
     details on our website.\",\"type\":\"billing_not_active\",\"param\":null,\"code\":\"billing_not_active\"}}";
/// The way of a broker: the error beside the choices of a chunk.
const OPENROUTER_MID_STREAM: &str = "{\"id\":\"gen-sim\",\"object\":\"chat.completion.chunk\",\"created\":0,\
     \"model\":\"sim\",\"error\":{\"code\":402,\"message\":\"Insufficient credits\",\"metadata\":{\"error_type\":\
     \"payment_required\",\"provider_code\":null}},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\
     \"finish_reason\":\"error\"}]}";

/// The names that take nothing behind them, with what they stand for.
const PLAIN: [(&str, Fault); 12] = [
    ("drop:before", Fault::DropBefore),
    ("drop:headers", Fault::DropHeaders),
    ("drop:mid", Fault::DropMid),
    ("drop:before_usage", Fault::DropBeforeUsage),
    ("no_usage", Fault::NoUsage),
    ("lie:usage", Fault::LieUsage),
    ("garbage", Fault::Garbage),
    ("garbage:stream", Fault::GarbageStream),
    ("hang", Fault::Hang),
    ("endless", Fault::Endless),
    ("error:mid_stream", Fault::ErrorMidStream(OPENAI_MID_STREAM)),
    (
        "error:mid_stream_openrouter",
        Fault::ErrorMidStream(OPENROUTER_MID_STREAM),
    ),
];

impl Fault {
    /// The fault of this name; `None` for a name that is none.
    pub(crate) fn named(name: &str, refusals: &Refusals) -> Option<Self> {
        if let Some(code) = name.strip_prefix("refuse:") {
            return refusals
                .get(code)
                .map(|refusal| Self::Refuse(Arc::clone(refusal)));
        }
        if let Some(millis) = name.strip_prefix("slow:") {
            let wait = Duration::from_millis(millis.parse().ok()?);
            return (wait <= LONGEST).then_some(Self::Slow(wait));
        }
        PLAIN
            .iter()
            .find(|(plain, _)| *plain == name)
            .map(|(_, fault)| fault.clone())
    }

    /// The fault that a model name such as `sim/drop:mid` asks for.
    pub(crate) fn of_model(model: &str, refusals: &Refusals) -> Option<Self> {
        Self::named(model.strip_prefix("sim/")?, refusals)
    }

    /// Its name, as the ledger writes it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Refuse(refusal) => format!("refuse:{}", refusal.name),
            Self::Slow(wait) => format!("slow:{}", wait.as_millis()),
            plain => PLAIN
                .iter()
                .find(|(_, fault)| same_plain(fault, plain))
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }

    /// Whether it wants a wait of its own before the answer.
    pub(crate) fn wait(&self) -> Duration {
        if let Self::Slow(wait) = self {
            *wait
        } else {
            Duration::ZERO
        }
    }
}

/// Whether these are the same fault; those that carry something carry the same.
fn same_plain(one: &Fault, other: &Fault) -> bool {
    match (one, other) {
        (Fault::ErrorMidStream(one), Fault::ErrorMidStream(other)) => one == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// Every name that can be asked for, for people who look for one.
pub(crate) fn names(refusals: &Refusals) -> Vec<String> {
    let mut names: Vec<String> = PLAIN.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.push("slow:MILLISECONDS".to_owned());
    names.extend(refusals.names().iter().map(|code| format!("refuse:{code}")));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_understood_and_told_back() {
        let refusals = Refusals::read().unwrap();
        for name in names(&refusals) {
            let name = name.replace("MILLISECONDS", "250");
            assert_eq!(Fault::named(&name, &refusals).unwrap().name(), name);
            assert!(Fault::of_model(&format!("sim/{name}"), &refusals).is_some());
        }
        for wrong in [
            "",
            "refuse:",
            "refuse:nonsense",
            "slow:",
            "slow:600001",
            "drop",
            "DROP:MID",
        ] {
            assert!(Fault::named(wrong, &refusals).is_none(), "{wrong}");
        }
    }
}
