//! What a request asks for behind the question mark, and pages of lists.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::error::ApiError;
use crate::show::List;

/// Things on a page where the request does not say.
const USUAL: usize = 100;
/// The most things on a page.
const MOST: usize = 1000;

/// Parameters that were not taken yet.
#[derive(Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        Ok(Self {
            pairs,
            known: Vec::new(),
        })
    }
}

/// Which part of a list is wanted.
#[derive(Debug)]
pub(crate) struct Page<C> {
    /// The last thing of the page before.
    pub(crate) cursor: Option<C>,
    /// How many things.
    pub(crate) limit: usize,
}

impl Params {
    /// A parameter's text. Given twice is refused: one of the two would be ignored.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, ApiError> {
        self.known.push(name);
        let Some(at) = self.pairs.iter().position(|(other, _)| other == name) else {
            return Ok(None);
        };
        let (_, text) = self.pairs.swap_remove(at);
        if self.pairs.iter().any(|(other, _)| other == name) {
            return Err(invalid(name, "is given twice; give it once"));
        }
        Ok(Some(text))
    }

    /// A parameter that is read by its type. `expected` continues the sentence that its name begins.
    pub(crate) fn read<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, ApiError> {
        self.text(name)?
            .map(|text| text.parse().map_err(|_wrong| invalid(name, expected)))
            .transpose()
    }

    /// `cursor` and `limit`.
    pub(crate) fn page<C: FromStr>(&mut self) -> Result<Page<C>, ApiError> {
        let cursor = self.read("cursor", "must be the next_cursor of the page before")?;
        let limit = self.read("limit", "must be a whole number from 1 to 1000")?;
        let limit = limit.unwrap_or(USUAL);
        if limit == 0 || limit > MOST {
            return Err(invalid("limit", "must be a whole number from 1 to 1000"));
        }
        Ok(Page { cursor, limit })
    }

    /// Refuses what nobody asked for: a misspelt filter must not show everything.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        let Some((name, _)) = self.pairs.first() else {
            return Ok(());
        };
        let message = if self.known.is_empty() {
            format!("`{name}` is not a parameter here: this request takes none.")
        } else {
            format!(
                "`{name}` is not a parameter here. The parameters are: {}.",
                self.known.join(", ")
            )
        };
        Err(ApiError::bad("unknown_parameter", message).with("parameter", name.as_str()))
    }
}

pub(crate) fn invalid(name: &str, problem: &str) -> ApiError {
    ApiError::bad("invalid_parameter", format!("`{name}` {problem}.")).with("parameter", name)
}

impl<C: Ord + Copy> Page<C> {
    /// The page of things that come in the order of their ids.
    pub(crate) fn cut<T>(
        &self,
        things: impl Iterator<Item = T>,
        id: impl Fn(&T) -> C,
    ) -> (Vec<T>, Option<C>) {
        let after = |thing: &T| self.cursor.is_none_or(|cursor| id(thing) > cursor);
        let mut things = things.filter(after);
        let page: Vec<T> = things.by_ref().take(self.limit).collect();
        let more = things.next().is_some();
        let next = page.last().filter(|_| more).map(&id);
        (page, next)
    }
}

impl<T> List<T> {
    /// A page, and where the next one begins.
    pub(crate) fn new(data: Vec<T>, next: Option<impl ToString>) -> Self {
        let next_cursor = next.map(|next| next.to_string());
        Self { data, next_cursor }
    }
}
