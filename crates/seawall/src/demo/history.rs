//! The organization of the demo and what it has spent, made the way anybody would: over the API, and by calls.

use http::Method;
use serde_json::{Value, json};

use crate::command::{Client, find};
use crate::exit::Failure;

/// How to reach the demo's gateway.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) url: String,
    pub(super) admin_key: String,
}

/// What was made.
pub(super) struct Seeded {
    pub(super) chat: Project,
    pub(super) image_bot: Project,
    /// `GET balance`.
    pub(super) balance: Value,
    /// The hard limit on image-bot.
    pub(super) limit: Value,
    /// Calls that image-bot made.
    pub(super) calls: usize,
}

/// A project with a key, and what is left for it.
pub(super) struct Project {
    pub(super) secret: String,
    pub(super) headroom: Value,
}

/// An image call: how many, which size, which quality, of what.
struct Images(u64, &'static str, &'static str, &'static str);

/// What image-bot did with $9.62 of its $10.00.
const CALLS: &[Images] = &[
    Images(
        10,
        "1024x1536",
        "high",
        "A harbour wall of granite blocks in a storm, seen from the sea, oil on canvas",
    ),
    Images(
        10,
        "1024x1536",
        "high",
        "The same harbour wall on a calm morning, a heron on its end, oil on canvas",
    ),
    Images(
        10,
        "1024x1536",
        "high",
        "A breakwater under construction, cranes, workers, early photograph, sepia",
    ),
    Images(
        8,
        "1024x1536",
        "high",
        "Waves running up a curved sea wall and falling back, woodcut, two colours",
    ),
    Images(
        1,
        "1024x1024",
        "medium",
        "A small lighthouse at the end of a mole, flat icon, blue and white",
    ),
    Images(
        7,
        "1024x1024",
        "low",
        "A flood gate, closed, flat icon, blue and white",
    ),
    Images(
        1,
        "1536x1024",
        "low",
        "A long sea wall from above, beach on one side, road and small houses on the other, morning light, long shadows, \
        few colours, flat shapes, no text, no people, no cars, room for a title in the upper third of the picture, edges plain, as on the cover of small books",
    ),
];

/// Makes organization, projects, keys, credit and hard limits, and spends.
pub(super) async fn make(client: &Client, reach: &Reach) -> Result<Seeded, Failure> {
    let organization = client
        .post("organizations", json!({"name": "acme"}))
        .await?;
    let organization = find::id(&organization).to_owned();
    for (amount, kind, note) in [
        ("20.00", "purchase", "bought when calls stopped"),
        ("11.76", "purchase", "before"),
    ] {
        let credit = json!({"amount_usd": amount, "kind": kind, "note": note});
        client
            .post(&format!("organizations/{organization}/credits"), credit)
            .await?;
    }
    let (chat, chat_secret) = project(client, &organization, "chat").await?;
    let (image_bot, image_secret) = project(client, &organization, "image-bot").await?;
    hard_limit(client, ("organization", &organization), "120.00").await?;
    let limit = hard_limit(client, ("project", &image_bot), "10.00").await?;
    let caller = Client::new(&reach.url, &image_secret)?;
    for images in CALLS {
        caller
            .send(Method::POST, "/v1/images/generations", Some(images.body()))
            .await?;
    }
    let headroom = |id: String| async move { client.get(&format!("headroom?project={id}")).await };
    Ok(Seeded {
        chat: Project {
            secret: chat_secret,
            headroom: headroom(chat).await?,
        },
        image_bot: Project {
            secret: image_secret,
            headroom: headroom(image_bot).await?,
        },
        balance: client
            .get(&format!("organizations/{organization}/balance"))
            .await?,
        limit: client.get(&format!("limits/{}", find::id(&limit))).await?,
        calls: CALLS.len(),
    })
}

/// A project with a key: its id and the key's secret.
async fn project(
    client: &Client,
    organization: &str,
    name: &str,
) -> Result<(String, String), Failure> {
    let path = format!("organizations/{organization}/projects");
    let project = client.post(&path, json!({"name": name})).await?;
    let id = find::id(&project).to_owned();
    let key = client
        .post(&format!("projects/{id}/keys"), json!({"name": name}))
        .await?;
    let secret = key
        .get("secret")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ok((id, secret.to_owned()))
}

async fn hard_limit(
    client: &Client,
    (kind, id): (&str, &str),
    amount: &str,
) -> Result<Value, Failure> {
    let limit = json!({
        "scope": {"kind": kind, "id": id}, "amount_usd": amount, "measure": "usd",
        "window": {"kind": "month"}, "mode": "enforce",
    });
    client.post("limits", limit).await
}

impl Images {
    fn body(&self) -> Value {
        let Self(n, size, quality, prompt) = self;
        json!({"model": "gpt-image-1", "n": n, "size": size, "quality": quality, "prompt": prompt})
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, ImageTerms, Shape, image_bound};
    use money::Nanos;

    use super::*;

    #[test]
    fn the_calls_cost_exactly_what_the_thread_says() {
        let catalog = Catalog::builtin();
        let model = catalog
            .model("gpt-image-1")
            .and_then(|model| model.image())
            .unwrap();
        let prices = model
            .prices_at("2026-11-22T00:00:00Z".parse().unwrap())
            .unwrap();
        // Size and quality are given, so the most a picture can cost is what it does cost; the prompt is billed once.
        let worth = |Images(_, size, quality, _): &Images, n, prompt_tokens_at_most| {
            let shape = Shape {
                size: Some(size),
                quality: Some(quality),
            };
            image_bound(
                prices,
                &ImageTerms {
                    prompt_tokens_at_most,
                    shape,
                    n,
                    partial_images: 0,
                },
            )
            .unwrap()
            .worst()
        };
        let sum = CALLS.iter().fold(Nanos::ZERO, |sum, call| {
            let prompt =
                worth(call, 1, model.prompt_by_count(call.3)).saturating_sub(worth(call, 1, 0));
            sum.saturating_add(worth(call, call.0, 0))
                .saturating_add(prompt)
        });
        assert_eq!(sum.to_string(), "9.62");
    }
}
