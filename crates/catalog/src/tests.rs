//! What the catalogue promises, tried out.

use jiff::Timestamp;

use crate::{Catalog, Chat, ChatPrices, Image, ImagePrices};

mod bound;
mod builtin;
mod cost;
mod import;
mod input;
mod more;
mod parse;
mod units;
mod update;
mod write;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn chat(name: &str) -> Chat {
    Catalog::builtin()
        .model(name)
        .unwrap()
        .chat()
        .unwrap()
        .clone()
}

fn chat_prices(name: &str) -> ChatPrices {
    chat(name).prices_at(now()).unwrap().clone()
}

fn image(name: &str) -> Image {
    Catalog::builtin()
        .model(name)
        .unwrap()
        .image()
        .unwrap()
        .clone()
}

fn image_prices(name: &str) -> ImagePrices {
    image(name).prices_at(now()).unwrap().clone()
}
