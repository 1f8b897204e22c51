//! The price file: TOML text in, models out. The only place that knows how the file is laid out.

mod days;
mod rows;
mod sections;
mod write;

use std::collections::BTreeSet;

use toml::Spanned;

use self::rows::{FileRow, ModelRow};
pub(crate) use self::write::write;
use crate::error::CatalogError;
use crate::model::{Model, Route};
use crate::service::Task;

/// The version and the models of a price file.
pub(crate) fn read(text: &str) -> Result<(String, Vec<Model>), CatalogError> {
    let file: FileRow = toml::from_str(text).map_err(|error| {
        CatalogError::at(
            text,
            error.span().map_or(0, |span| span.start),
            error.message(),
        )
    })?;
    let mut reader = Reader {
        text,
        names: BTreeSet::new(),
    };
    let models = file
        .model
        .into_iter()
        .map(|row| reader.model(row))
        .collect::<Result<_, _>>()?;
    Ok((file.version, models))
}

struct Reader<'a> {
    text: &'a str,
    names: BTreeSet<String>,
}

impl Reader<'_> {
    fn wrong<T>(&self, place: &Spanned<T>, message: impl Into<String>) -> CatalogError {
        CatalogError::at(self.text, place.span().start, message)
    }

    fn model(&mut self, row: ModelRow) -> Result<Model, CatalogError> {
        if row.names.get_ref().is_empty() {
            return Err(self.wrong(&row.names, "a model needs a name"));
        }
        let services = [
            (Task::Embedding, row.embedding),
            (Task::Speech, row.speech),
            (Task::Transcription, row.transcription),
            (Task::Moderation, row.moderation),
            (Task::Rerank, row.rerank),
        ];
        let served = services.iter().any(|(_, section)| section.is_some());
        if row.chat.is_none() && row.image.is_none() && !served {
            return Err(self.wrong(
                &row.names,
                "a model needs a section: `chat`, `image`, `embedding`, `speech`, `transcription`, `moderation` or \
                 `rerank`",
            ));
        }
        let mut names = Vec::new();
        for name in row.names.into_inner() {
            let inner = name.get_ref().trim_end_matches('*');
            if inner.contains('*') || name.get_ref().len().saturating_sub(inner.len()) > 1 {
                return Err(self.wrong(&name, "a name can have one `*`, at its end"));
            }
            if !self.names.insert(name.get_ref().clone()) {
                return Err(self.wrong(&name, format!("{:?} is there twice", name.get_ref())));
            }
            names.push(name.into_inner());
        }
        let shutdown = row.shutdown.map(|day| self.date(&day)).transpose()?;
        let routes = row.chat.as_ref().and_then(|chat| chat.routes.as_deref());
        let routes = routes.map_or_else(usual_routes, sections::routes);
        let chat = row.chat.map(|row| self.chat(row)).transpose()?;
        let image = row.image.map(|row| self.image(row)).transpose()?;
        let services = services
            .into_iter()
            .filter_map(|(task, row)| row.map(|row| self.service(task, row)));
        Ok(Model {
            names,
            shutdown,
            routes: if chat.is_some() { routes } else { Vec::new() },
            chat,
            image,
            services: services.collect::<Result<_, _>>()?,
        })
    }
}

/// What a text model can be asked along where its section does not say.
fn usual_routes() -> Vec<Route> {
    vec![Route::Chat, Route::Responses]
}
