//! Webhooks as Standard Webhooks has them: who has the secret can tell that an alert is ours, and when it was sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue};
use ids::{Pepper, TargetId};
use sha2::Sha256;

use super::http::Http;
use super::{Letter, Sent, key};

/// The secret of a webhook, as its receiver keeps it: `whsec_…`. It follows from the installation's pepper and the
/// target's id, so it is kept nowhere.
#[must_use]
pub fn secret(pepper: &Pepper, target: TargetId) -> String {
    format!("whsec_{}", STANDARD.encode(key(pepper, target)))
}

pub(super) async fn send(http: &Http, letter: &Letter, secret: &str) -> Sent {
    let body = letter.alert.payload.clone();
    let Some(headers) = headers(letter, secret, &body) else {
        return Sent::later("the signature cannot be written");
    };
    http.post(&letter.target.address, headers, Bytes::from(body))
        .await
}

/// Of a retry only the time and the signature differ.
fn headers(letter: &Letter, secret: &str, body: &str) -> Option<HeaderMap> {
    let id = letter.alert.id.to_string();
    let timestamp = letter.now.micros().div_euclid(1_000_000).to_string();
    let signature = sign(secret, &format!("{id}.{timestamp}.{body}"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value).ok()?,
        );
    }
    Some(headers)
}

fn sign(secret: &str, content: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(content.as_bytes());
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        // The example of the specification's own libraries.
        let content = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        assert_eq!(
            sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", content).as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn every_target_has_a_secret_of_its_own() {
        let pepper = Pepper::from_bytes([1; 32]);
        let of = |byte| secret(&pepper, TargetId::from_bytes([byte; 16]));
        assert_ne!(of(1), of(2));
        assert_eq!(of(1).len(), "whsec_".len() + 44);
        assert_ne!(
            of(1),
            secret(&Pepper::from_bytes([2; 32]), TargetId::from_bytes([1; 16]))
        );
    }
}
