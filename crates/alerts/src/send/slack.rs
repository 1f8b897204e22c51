//! Messages to Slack, by an incoming webhook.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::http::Http;
use super::{Letter, Sent};

/// Slack takes 3,000 characters in a block of text.
const MOST: usize = 2900;

pub(super) async fn send(http: &Http, letter: &Letter, address: &str) -> Sent {
    let body = message(&letter.alert.text).to_string();
    http.post(address, HeaderMap::new(), Bytes::from(body))
        .await
}

/// The sentence as the text that notifications show, and all of it in blocks.
fn message(text: &str) -> Value {
    let (sentence, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let section =
        |text: &str| json!({"type": "section", "text": {"type": "mrkdwn", "text": escaped(text)}});
    let mut blocks = vec![section(sentence)];
    if !rest.is_empty() {
        blocks.push(section(rest));
    }
    json!({"text": escaped(sentence), "blocks": blocks})
}

/// The three characters that mean something to Slack, so that a name cannot mention anybody.
fn escaped(text: &str) -> String {
    let text: String = text.chars().take(MOST).collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_sentence_first_and_mentions_nobody() {
        let message = message("Project \"<!channel>\" stopped.\n\nspent: $1.00\nlook: x?a&b");
        assert_eq!(message["text"], "Project \"&lt;!channel&gt;\" stopped.");
        assert_eq!(message["blocks"][0]["text"]["text"], message["text"]);
        assert_eq!(
            message["blocks"][1]["text"]["text"],
            "spent: $1.00\nlook: x?a&amp;b"
        );
    }
}
