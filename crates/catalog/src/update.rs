//! A newer catalogue on top of an older one, so that what calls cost before stays known.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Catalog;
use crate::alias;
use crate::error::CatalogError;
use crate::model::{Chat, Image, Model};
use crate::prices::{ChatPrices, ImagePrices};
use crate::service::{Service, ServicePrices};

impl Catalog {
    /// This catalogue with a newer one's prices from its dates on.
    ///
    /// A model that both have keeps its lists, and a list that says something else than the last of them is added. What else
    /// is known of it (its window, its end) is the newer one's. A model or section that the newer one does not have stays.
    ///
    /// # Errors
    /// A [`CatalogError`] where a newer list would begin before one that there is: what was in force is never rewritten.
    pub fn updated(&self, newer: &Self) -> Result<Self, CatalogError> {
        let (old, new) = (self.by_name(), newer.by_name());
        let mut models: BTreeMap<&str, Model> = BTreeMap::new();
        for (name, model) in &old {
            models.insert(name, alone(name, model));
        }
        for (name, model) in &new {
            let model = alone(name, model);
            let merged = match models.remove(name) {
                Some(old) => merged(old, model),
                None => model,
            };
            models.insert(name, merged);
        }
        let together = |a: &str, b: &str| {
            let same = |all: &BTreeMap<&str, &Model>| {
                let pair = all.get(a).zip(all.get(b));
                pair.is_some_and(|(a, b)| std::ptr::eq(*a, *b))
            };
            same(&old) || same(&new)
        };
        let models = alias::grouped(models.into_values().collect(), together);
        Self::of(newer.version(), models)
    }
}

/// The model under one name of its own.
fn alone(name: &str, model: &Model) -> Model {
    Model {
        names: vec![name.to_owned()],
        ..model.clone()
    }
}

fn merged(old: Model, new: Model) -> Model {
    let services = new.services.into_iter().map(|service| {
        let before = old.services.iter().find(|old| old.task == service.task);
        match before {
            Some(before) => Service {
                prices: on_top(&before.prices, service.prices),
                ..service
            },
            None => service,
        }
    });
    let mut services: Vec<Service> = services.collect();
    for service in old.services {
        if services.iter().all(|new| new.task != service.task) {
            services.push(service);
        }
    }
    services.sort_by_key(Service::task);
    Model {
        names: new.names,
        shutdown: new.shutdown.or(old.shutdown),
        routes: if new.chat.is_some() {
            new.routes
        } else {
            old.routes
        },
        chat: match (old.chat, new.chat) {
            (Some(old), Some(new)) => Some(Chat {
                prices: on_top(&old.prices, new.prices),
                ..new
            }),
            (old, new) => new.or(old),
        },
        image: match (old.image, new.image) {
            (Some(old), Some(new)) => Some(Image {
                prices: on_top(&old.prices, new.prices),
                ..new
            }),
            (old, new) => new.or(old),
        },
        services,
    }
}

/// A price list with its beginning.
trait Dated: Clone + PartialEq {
    fn from(&self) -> Timestamp;
    fn since(&self, from: Timestamp) -> Self;
}

macro_rules! dated {
    ($($list:ty),*) => {$(
        impl Dated for $list {
            fn from(&self) -> Timestamp {
                self.from
            }

            fn since(&self, from: Timestamp) -> Self {
                Self { from, ..self.clone() }
            }
        }
    )*};
}

dated!(ChatPrices, ImagePrices, ServicePrices);

/// The older lists, and of the newer ones those that say something else than the one before them.
fn on_top<T: Dated>(old: &[T], new: Vec<T>) -> Vec<T> {
    let mut lists = old.to_vec();
    for list in new {
        let same = lists
            .last()
            .is_some_and(|last| last.since(list.from()) == list);
        // One that is there already, from the same day, is no change either.
        if !same && !lists.contains(&list) {
            lists.push(list);
        }
    }
    lists
}
