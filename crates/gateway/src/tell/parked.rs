//! A call that is not sent because an administrator parked every account that serves its model.

use accounts::{Closed, Until};
use http::StatusCode;
use serde_json::json;

use super::Told;

pub(super) fn tell(model: &str, accounts: &[(Box<str>, Closed)]) -> Told {
    let mut message = format!("No upstream of this Seawall takes calls to model {model:?} now.");
    for (name, closed) in accounts {
        let since = closed.since.to_timestamp();
        let until = match closed.until {
            Until::At(at) => format!("until {}", at.to_timestamp()),
            Until::Probed | Until::Person => "until it is unparked".to_owned(),
        };
        message.push_str(&format!(
            " Upstream {name:?} was parked by an administrator at {since}, {until}."
        ));
    }
    message.push_str(" Nothing was sent and nothing is charged.");
    let listed = accounts.iter().map(|(name, closed)| {
        let until = match closed.until {
            Until::At(at) => Some(at.to_timestamp().to_string()),
            Until::Probed | Until::Person => None,
        };
        let since = closed.since.to_timestamp().to_string();
        json!({ "upstream": name, "since_at": since, "until_at": until })
    });
    let parked: Vec<_> = listed.collect();
    let words = ("server_error", "upstream_parked");
    let mut told = Told::new(StatusCode::SERVICE_UNAVAILABLE, words, message);
    told.details = Some(json!({ "refused_by": "seawall", "parked": parked }));
    told
}
