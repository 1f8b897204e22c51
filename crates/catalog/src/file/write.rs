//! Models in, the TOML text of a price file out. What is written is read back as the same models: a test holds it.

use std::fmt::{self, Write as _};

use jiff::{Timestamp, tz::TimeZone};
use money::{Nanos, Price};

use crate::model::{Chat, Image, Model, Tokenizer};
use crate::prices::{
    ChatPrices, ImageOutput, ImagePrices, ImageTokens, MediaRates, PerImage, Rates, TierRates,
};
use crate::service::{Service, ServicePrices};
use crate::unit::Unit;

/// A whole price file. `head` is a comment above it, line by line without the `#`.
pub(crate) fn write(head: &str, version: &str, models: &[Model]) -> String {
    let mut out = String::new();
    for line in head.lines() {
        line_of(&mut out, format_args!("# {line}"));
    }
    line_of(&mut out, format_args!("version = {}", quoted(version)));
    for model in models {
        of_model(&mut out, model);
    }
    out
}

/// Writing to a string cannot fail.
fn line_of(out: &mut String, line: fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(line);
    out.push('\n');
}

fn of_model(out: &mut String, model: &Model) {
    let names: Vec<String> = model.names().map(quoted).collect();
    line_of(out, format_args!("\n[[model]]"));
    line_of(out, format_args!("names = [{}]", names.join(", ")));
    if let Some(day) = model.shutdown() {
        line_of(out, format_args!("shutdown = {day}"));
    }
    if let Some(chat) = &model.chat {
        of_chat(out, model, chat);
    }
    if let Some(image) = &model.image {
        of_image(out, image);
    }
    for service in model.services() {
        of_service(out, service);
    }
}

fn of_chat(out: &mut String, model: &Model, chat: &Chat) {
    line_of(out, format_args!("[model.chat]"));
    if model.routes != super::usual_routes() {
        let routes = model.routes.iter().map(|route| quoted(route.as_str()));
        let routes: Vec<String> = routes.collect();
        line_of(out, format_args!("routes = [{}]", routes.join(", ")));
    }
    line_of(out, format_args!("context = {}", chat.context));
    line_of(out, format_args!("max_output = {}", chat.max_output));
    of_tokenizer(out, chat.tokenizer);
    let least = chat.bytes_per_token_at_least;
    line_of(out, format_args!("bytes_per_token_at_least = {least}"));
    for list in &chat.prices {
        of_chat_prices(out, list);
    }
}

fn of_tokenizer(out: &mut String, tokenizer: Option<Tokenizer>) {
    let word = match tokenizer {
        Some(Tokenizer::O200k) => "o200k",
        Some(Tokenizer::Cl100k) => "cl100k",
        None => return,
    };
    line_of(out, format_args!("tokenizer = \"{word}\""));
}

fn of_chat_prices(out: &mut String, list: &ChatPrices) {
    line_of(out, format_args!("[[model.chat.prices]]"));
    line_of(out, format_args!("from = {}", day(list.from)));
    of_tiers(out, &list.rates);
    let tools = list.tools.table();
    let sold: Vec<String> = tools
        .into_iter()
        .filter_map(|(unit, price)| price.map(|price| pair(unit.as_str(), price)))
        .collect();
    if !sold.is_empty() {
        line_of(out, format_args!("tools = {{ {} }}", sold.join(", ")));
    }
    if let Some(long) = &list.long_context {
        line_of(out, format_args!("[model.chat.prices.long_context]"));
        line_of(out, format_args!("above = {}", long.above));
        of_tiers(out, &long.rates);
    }
}

fn of_tiers(out: &mut String, tiers: &TierRates) {
    let rows = [
        ("standard", Some(&tiers.standard)),
        ("flex", tiers.flex.as_ref()),
        ("priority", tiers.priority.as_ref()),
        ("batch", tiers.batch.as_ref()),
    ];
    for (name, rates) in rows {
        if let Some(rates) = rates {
            line_of(out, format_args!("{name} = {{ {} }}", of_rates(rates)));
        }
    }
}

fn of_rates(rates: &Rates) -> String {
    let MediaRates {
        audio_input,
        cached_audio_input,
        image_input,
        cached_image_input,
        audio_output,
        image_output,
    } = rates.media;
    let rows = [
        ("input", Some(rates.input)),
        ("cached_input", rates.cached_input),
        ("cache_write", rates.cache_write),
        ("cache_write_1h", rates.cache_write_1h),
        ("cache_write_12h", rates.cache_write_12h),
        ("output", Some(rates.output)),
        ("reasoning", rates.reasoning),
        ("audio_input", audio_input),
        ("cached_audio_input", cached_audio_input),
        ("image_input", image_input),
        ("cached_image_input", cached_image_input),
        ("audio_output", audio_output),
        ("image_output", image_output),
    ];
    let sold = rows.into_iter();
    let sold: Vec<String> = sold
        .filter_map(|(name, price)| price.map(|price| pair(name, price)))
        .collect();
    sold.join(", ")
}

fn of_image(out: &mut String, image: &Image) {
    line_of(out, format_args!("[model.image]"));
    of_tokenizer(out, image.tokenizer);
    for ImagePrices { from, output } in &image.prices {
        line_of(out, format_args!("[[model.image.prices]]"));
        line_of(out, format_args!("from = {}", day(*from)));
        match output {
            ImageOutput::ByToken(tokens) => of_tokens(out, tokens),
            ImageOutput::PerImage(rows) => of_pictures(out, rows),
            ImageOutput::PerPixel(price) => {
                line_of(out, format_args!("{}", pair("per_pixel", *price)));
            }
        }
    }
}

fn of_tokens(out: &mut String, tokens: &ImageTokens) {
    let rows = [
        ("text_input", Some(tokens.text_input)),
        ("cached_text_input", tokens.cached_text_input),
        ("image_input", tokens.image_input),
        ("cached_image_input", tokens.cached_image_input),
        ("image_output", Some(tokens.image_output)),
        ("text_output", tokens.text_output),
    ];
    for (name, price) in rows {
        if let Some(price) = price {
            line_of(out, format_args!("{}", pair(name, price)));
        }
    }
    if tokens.text_output_at_most > 0 {
        let most = tokens.text_output_at_most;
        line_of(out, format_args!("text_output_at_most = {most}"));
    }
    line_of(out, format_args!("output_tokens = ["));
    for (size, quality, tokens) in &tokens.table {
        let (size, quality) = (quoted(size), quoted(quality));
        line_of(
            out,
            format_args!("    {{ size = {size}, quality = {quality}, tokens = {tokens} }},"),
        );
    }
    line_of(out, format_args!("]"));
}

fn of_pictures(out: &mut String, rows: &[PerImage]) {
    line_of(out, format_args!("per_image = ["));
    for row in rows {
        let (size, quality) = (quoted(&row.size), quoted(&row.quality));
        // A price is read for one picture with nine decimals, or per million with nine: whichever is exact.
        let price = match row.price.get().checked_rem(1_000_000) {
            Some(0) => pair(
                "price",
                Price::new(row.price.get().div_euclid(1_000_000)).unwrap_or(row.price),
            ),
            _ => pair("per_million", row.price),
        };
        line_of(
            out,
            format_args!("    {{ size = {size}, quality = {quality}, {price} }},"),
        );
    }
    line_of(out, format_args!("]"));
}

fn of_service(out: &mut String, service: &Service) {
    let task = service.task().as_str();
    line_of(out, format_args!("[model.{task}]"));
    if let Some(context) = service.context {
        line_of(out, format_args!("context = {context}"));
    }
    if let Some(most) = service.max_output {
        line_of(out, format_args!("max_output = {most}"));
    }
    of_tokenizer(out, service.tokenizer);
    for ServicePrices { from, units } in &service.prices {
        let units: Vec<String> = units.iter().map(of_unit).collect();
        line_of(out, format_args!("[[model.{task}.prices]]"));
        line_of(out, format_args!("from = {}", day(*from)));
        line_of(out, format_args!("units = {{ {} }}", units.join(", ")));
    }
}

fn of_unit((unit, price): &(Unit, Price)) -> String {
    pair(unit.as_str(), *price)
}

/// Dollars per million.
fn pair(name: &str, price: Price) -> String {
    let dollars = Nanos::new(price.get()).to_string();
    // `2.50` is money; a price is as short as it can be.
    let short = dollars.trim_end_matches('0').trim_end_matches('.');
    format!("{name} = \"{short}\"")
}

/// The day a list begins at, or the moment where it is not midnight in UTC.
fn day(from: Timestamp) -> String {
    let moment = from.to_zoned(TimeZone::UTC);
    if moment.time() == jiff::civil::Time::midnight() {
        moment.date().to_string()
    } else {
        from.to_string()
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
