//! All prices of a model side by side, and what is different between two catalogues.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use money::Price;

use crate::Catalog;
use crate::model::Model;
use crate::prices::{ImageOutput, ImageTokens, TierRates};
use crate::unit::Unit;

/// The prices of a model by what they are of, such as `standard input_tokens` or `above 272000 flex output_tokens`.
pub type Listing = BTreeMap<String, Price>;

/// What is different for one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Only the newer catalogue has it.
    New,
    /// Only the older catalogue has it.
    Gone,
    /// It costs something else: what of it, the older and the newer price; `None`: it has none.
    Changed(Vec<(String, Option<Price>, Option<Price>)>),
}

impl Model {
    /// When each of its price lists begins, the first one first, each moment once.
    #[must_use]
    pub fn beginnings(&self) -> Vec<Timestamp> {
        let text = self.chat.iter().flat_map(|chat| &chat.prices);
        let image = self.image.iter().flat_map(|image| &image.prices);
        let services = self.services.iter().flat_map(|service| &service.prices);
        let all = text
            .map(|list| list.from)
            .chain(image.map(|list| list.from))
            .chain(services.map(|list| list.from));
        let all: BTreeSet<Timestamp> = all.collect();
        all.into_iter().collect()
    }

    /// Everything that it costs at a moment, one row for each price that a charge can have. What has no price of its own and
    /// is charged like something else is not a row.
    #[must_use]
    pub fn listing(&self, at: Timestamp) -> Listing {
        let mut all = Listing::new();
        if let Some(list) = self.chat.as_ref().and_then(|chat| chat.prices_at(at)) {
            tiers(&mut all, "", &list.rates);
            if let Some(long) = &list.long_context {
                tiers(&mut all, &format!("above {} ", long.above), &long.rates);
            }
            let tools =
                Unit::all().filter_map(|unit| list.tools.price(unit).map(|price| (unit, price)));
            all.extend(tools.map(|(unit, price)| (unit.to_string(), price)));
        }
        if let Some(list) = self.image.as_ref().and_then(|image| image.prices_at(at)) {
            pictures(&mut all, &list.output);
        }
        for service in &self.services {
            let task = service.task().as_str();
            let units = service
                .prices_at(at)
                .into_iter()
                .flat_map(|list| &list.units);
            all.extend(units.map(|(unit, price)| (format!("{task} {unit}"), *price)));
        }
        all
    }
}

fn tiers(all: &mut Listing, before: &str, tiers: &TierRates) {
    let rows = [
        ("standard", Some(&tiers.standard)),
        ("flex", tiers.flex.as_ref()),
        ("priority", tiers.priority.as_ref()),
        ("batch", tiers.batch.as_ref()),
    ];
    for (tier, rates) in rows {
        let Some(rates) = rates else { continue };
        for unit in Unit::all() {
            // Cached input and reasoning without a price of their own are charged as the others.
            let own = if unit == Unit::CachedInput {
                rates.cached_input
            } else if unit == Unit::Reasoning {
                rates.reasoning
            } else {
                rates.price(unit)
            };
            if let Some(price) = own {
                all.insert(format!("{before}{tier} {unit}"), price);
            }
        }
    }
}

fn pictures(all: &mut Listing, output: &ImageOutput) {
    match output {
        ImageOutput::ByToken(tokens) => {
            let priced =
                Unit::all().filter_map(|unit| token(tokens, unit).map(|price| (unit, price)));
            all.extend(priced.map(|(unit, price)| (format!("image {unit}"), price)));
        }
        ImageOutput::PerImage(rows) => {
            let named = rows.iter();
            all.extend(named.map(|row| (format!("image {} {}", row.size, row.quality), row.price)));
        }
        ImageOutput::PerPixel(price) => {
            all.insert(format!("image {}", Unit::Pixel), *price);
        }
    }
}

fn token(tokens: &ImageTokens, unit: Unit) -> Option<Price> {
    if unit == Unit::CachedInput {
        tokens.cached_text_input
    } else if unit == Unit::CachedImageInput {
        tokens.cached_image_input
    } else {
        tokens.price(unit)
    }
}

impl Catalog {
    /// What a newer catalogue has otherwise at a moment, by name. A change of the window or of a date is none of a price.
    #[must_use]
    pub fn differences(&self, newer: &Self, at: Timestamp) -> BTreeMap<String, Difference> {
        let (old, new) = (self.by_name(), newer.by_name());
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let different = names.into_iter().filter_map(|name| {
            let difference = match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => changed(&old.listing(at), &new.listing(at))?,
                (Some(_), None) => Difference::Gone,
                (None, _) => Difference::New,
            };
            Some((name.to_owned(), difference))
        });
        different.collect()
    }

    /// Each name with its model.
    pub(crate) fn by_name(&self) -> BTreeMap<&str, &Model> {
        let models = self.models();
        let names = models.flat_map(|model| model.names().map(move |name| (name, model)));
        names.collect()
    }
}

fn changed(old: &Listing, new: &Listing) -> Option<Difference> {
    let whats: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let pair = |what: &String| (old.get(what).copied(), new.get(what).copied());
    let rows: Vec<_> = whats
        .into_iter()
        .map(|what| (what, pair(what)))
        .filter(|(_, (old, new))| old != new)
        .map(|(what, (old, new))| (what.clone(), old, new))
        .collect();
    (!rows.is_empty()).then_some(Difference::Changed(rows))
}
