//! What the demo says when it is ready: what there is, and what to paste.

use std::path::Path;

use super::history::{Project, Reach, Seeded};
use crate::command::headroom;
use crate::command::print::field;

/// A call that is answered.
const CHAT: &str = r#"curl -sS -i "$OPENAI_BASE_URL/chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" \
      -H 'Content-Type: application/json' \
      -d '{"model":"gpt-5-mini","messages":[{"role":"user","content":"What is a sea wall for?"}]}'"#;
/// A call that does not fit.
const IMAGES: &str = r#"curl -sS -i "$OPENAI_BASE_URL/images/generations" -H "Authorization: Bearer $IMAGE_BOT_KEY" \
      -H 'Content-Type: application/json' \
      -d '{"model":"gpt-image-1","prompt":"a sea wall","n":2,"size":"1024x1536","quality":"high"}'"#;

/// Everything in one text, so that who reads it reads all of it.
pub(super) fn text(reach: &Reach, seeded: &Seeded, (folder, took): (&Path, i64)) -> String {
    let Reach { url, admin_key } = reach;
    let Seeded {
        chat,
        image_bot,
        balance,
        limit,
        calls,
    } = seeded;
    let spent = field(limit, "spent_usd");
    let left = field(limit, "left_usd");
    let ceiling = field(limit, "amount_usd");
    let version = env!("CARGO_PKG_VERSION");
    let folder = folder.display();
    let millis = took / 1000;
    format!(
        "listening on {url}

  Seawall {version}, demo. Answers come from a simulated provider in this process and cost nothing real.
  Everything is in {folder} and goes with this program.

  organization acme      credit balance {credit} · hard limit $120.00 a month
    project chat         headroom {chat}
    project image-bot    headroom {image_bot} ({ceiling} a month, {spent} spent)
  The {spent} were spent a moment ago: {calls} calls of image-bot through this gateway.

  Paste into a second terminal:

    export OPENAI_BASE_URL={url}/v1
    export OPENAI_API_KEY={chat_key}    # project chat
    export IMAGE_BOT_KEY={image_key}    # project image-bot

  A call that is answered; its headers say what it cost and what is left:

    {CHAT}

  Two images that do not fit into the {left} left. There is credit, and no other limit is near; the refusal says so:

    {IMAGES}

  To look around, and to raise the hard limit:

    export SEAWALL_URL={url} SEAWALL_ADMIN_KEY={admin_key}
    seawall status
    seawall limit list

  Ready in {seconds}.{millis:03} s. Ctrl-C stops.",
        credit = field(balance, "left_usd"),
        chat = sentence(chat),
        image_bot = sentence(image_bot),
        chat_key = chat.secret,
        image_key = image_bot.secret,
        seconds = millis / 1000,
        millis = millis % 1000,
    )
}

fn sentence(of: &Project) -> String {
    headroom::sentence(&of.headroom)
}
