//! What usages cost by the catalogue, for a comparison with somebody else's arithmetic (`tests/prices`).
//!
//! A line in is `MODEL<TAB>SECTION<TAB>field=count,field=count,…`; a line out is the cost in nano-dollars, or `-` and why there
//! is none. With a file as an argument the prices are those that are imported from it, with every provider of it that is
//! named after it; without one, those that the program is shipped with.

use std::error::Error;
use std::io::{BufRead as _, Write as _};

use catalog::import::{Format, Wanted, import};
use catalog::{Catalog, Charge, Model, SearchContext, Shape, Task, Tier, Unpriced, Usage};
use jiff::Timestamp;

const AT: &str = "2026-11-22T12:00:00Z";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let catalog = match arguments.split_first() {
        None => Catalog::builtin(),
        Some((path, providers)) => {
            let wanted = Wanted {
                from: "2026-01-01T00:00:00Z".parse()?,
                version: "compared",
                providers,
            };
            let text = std::fs::read_to_string(path)?;
            import(&text, Format::Litellm, &wanted)?.catalog
        }
    };
    let at: Timestamp = AT.parse()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut parts = line.split('\t');
        let (Some(name), Some(section), Some(fields)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("not three fields: {line}").into());
        };
        let (usage, size, quality) = read(fields)?;
        let shape = Shape {
            size: size.as_deref(),
            quality: quality.as_deref(),
        };
        match catalog.model(name) {
            None => writeln!(out, "- no such model")?,
            Some(model) => match cost(model, section, (&usage, shape, at)) {
                None => writeln!(out, "- no such section")?,
                Some(Ok(charge)) => writeln!(out, "{}", charge.total.get())?,
                Some(Err(why)) => writeln!(out, "- {why}")?,
            },
        }
    }
    out.flush()?;
    Ok(())
}

type Asked<'a> = (&'a Usage, Shape<'a>, Timestamp);

fn cost(
    model: &Model,
    section: &str,
    (usage, shape, at): Asked<'_>,
) -> Option<Result<Charge, Unpriced>> {
    if section == "image" {
        return Some(model.image()?.prices_at(at)?.cost(usage, shape));
    }
    if let Some(task) = Task::ALL.into_iter().find(|task| task.as_str() == section) {
        return Some(model.service(task)?.prices_at(at)?.cost(usage));
    }
    // `text` is whichever route it writes text along: all of them have one price list.
    let route = model.routes().first().filter(|_| section == "text")?;
    Some(model.text(*route)?.prices_at(at)?.cost(usage))
}

type Described = (Usage, Option<String>, Option<String>);

fn read(fields: &str) -> Result<Described, Box<dyn Error>> {
    let mut usage = Usage::NOTHING;
    let (mut size, mut quality) = (None, None);
    for field in fields.split(',').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').ok_or("a field is name=value")?;
        match name {
            "tier" => usage.tier = Tier::read(value),
            "size" => size = Some(value.to_owned()),
            "quality" => quality = Some(value.to_owned()),
            "search_context" => usage.tools.search_context = context(value)?,
            _ => *count(&mut usage, name)? = value.parse()?,
        }
    }
    Ok((usage, size, quality))
}

fn context(word: &str) -> Result<SearchContext, String> {
    match word {
        "low" => Ok(SearchContext::Low),
        "medium" => Ok(SearchContext::Medium),
        "high" => Ok(SearchContext::High),
        _ => Err(format!("no such search context: {word}")),
    }
}

fn count<'u>(usage: &'u mut Usage, name: &str) -> Result<&'u mut u64, String> {
    Ok(match name {
        "text_input" => &mut usage.text_input,
        "cached_input" => &mut usage.cached_input,
        "cache_write" => &mut usage.cache_write,
        "cache_write_1h" => &mut usage.cache_write_1h,
        "cache_write_12h" => &mut usage.cache_write_12h,
        "image_input" => &mut usage.image_input,
        "audio_input" => &mut usage.audio_input,
        "cached_audio_input" => &mut usage.cached_audio_input,
        "output" => &mut usage.output,
        "reasoning" => &mut usage.reasoning,
        "image_output" => &mut usage.image_output,
        "audio_output" => &mut usage.audio_output,
        "images" => &mut usage.images,
        "pixels" => &mut usage.pixels,
        "input_seconds" => &mut usage.input_seconds,
        "output_seconds" => &mut usage.output_seconds,
        "input_characters" => &mut usage.input_characters,
        "queries" => &mut usage.queries,
        "web_searches" => &mut usage.tools.web_searches,
        "file_searches" => &mut usage.tools.file_searches,
        "code_sessions" => &mut usage.tools.code_sessions,
        other => return Err(format!("no such field of a usage: {other}")),
    })
}
