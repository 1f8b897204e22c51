//! How amounts, times, ids and words appear in the description of the API. Each is a schema of its own, so that a
//! generated client has a type for it.

use std::borrow::Cow;

use ids::{
    AlertId, BudgetId, EntryId, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId,
    TargetId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::show::{At, Text, Usd};

fn text(about: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
}

/// A string that is one of these words.
pub(crate) fn one_of(words: &[&str], about: &str) -> RefOr<Schema> {
    text(about.trim())
        .enum_values(Some(words.iter().copied()))
        .into()
}

/// Names lists of words. They stand in answers as plain strings, so nothing but the description uses these types.
macro_rules! words {
    ($($(#[doc = $about:literal])+ $name:ident = $words:expr;)+) => {$(
        $(#[doc = $about])+
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::openapi::schema::one_of($words, concat!($($about),+))
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}
pub(crate) use words;

impl PartialSchema for Usd {
    fn schema() -> RefOr<Schema> {
        text("An amount in US dollars as a decimal string, exact to the nano-dollar. Never a number: a float is not money.")
            .pattern(Some(r"^-?[0-9]+\.[0-9]{2,9}$"))
            .examples([json!("12.50")])
            .into()
    }
}

impl ToSchema for Usd {}

/// An amount in a request, where decimals may be left out.
#[derive(Debug)]
pub(crate) enum UsdAsked {}

impl PartialSchema for UsdAsked {
    fn schema() -> RefOr<Schema> {
        text("An amount in US dollars as a decimal string with at most nine decimals.")
            .pattern(Some(r"^-?[0-9]+(\.[0-9]{1,9})?$"))
            .examples([json!("12.50")])
            .into()
    }
}

impl ToSchema for UsdAsked {}

/// Any JSON.
#[derive(Debug)]
pub(crate) enum Anything {}

impl PartialSchema for Anything {
    fn schema() -> RefOr<Schema> {
        let any = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
        any.description(Some("Any JSON.")).into()
    }
}

impl ToSchema for Anything {}

fn moment(about: &str) -> RefOr<Schema> {
    text(about)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples([json!("2026-11-22T14:00:00Z")])
        .into()
}

impl PartialSchema for At {
    fn schema() -> RefOr<Schema> {
        moment("A moment in RFC 3339, in UTC.")
    }
}

impl ToSchema for At {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }
}

/// What a [`Text`] is the text of.
pub(crate) trait Shown {
    const NAME: &'static str;
    fn schema() -> RefOr<Schema>;
}

impl<T: Shown> PartialSchema for Text<T> {
    fn schema() -> RefOr<Schema> {
        T::schema()
    }
}

impl<T: Shown> ToSchema for Text<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

impl Shown for Timestamp {
    const NAME: &'static str = "Time";

    fn schema() -> RefOr<Schema> {
        At::schema()
    }
}

impl Shown for Date {
    const NAME: &'static str = "Date";

    fn schema() -> RefOr<Schema> {
        text("A day of the calendar.")
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .examples([json!("2026-11-22")])
            .into()
    }
}

/// Characters of an id behind its prefix.
const ID: &str = "[0-7][0-9a-hjkmnp-tv-z]{25}";

macro_rules! ids {
    ($($id:ident, $param:literal, $what:literal;)+) => {
        $(impl Shown for $id {
            const NAME: &'static str = stringify!($id);

            fn schema() -> RefOr<Schema> {
                let about = concat!("The id of ", $what, ". Ids sort by age.");
                text(about).pattern(Some(format!("^{}_{ID}$", Self::PREFIX))).into()
            }
        })+

        /// Every kind of id with the name of its place in paths.
        pub(super) fn ids() -> Vec<(&'static str, &'static str, RefOr<Schema>)> {
            vec![$(($param, $id::NAME, <$id as Shown>::schema())),+]
        }
    };
}

ids! {
    OrganizationId, "org", "an organization";
    ProjectId, "project", "a project";
    KeyId, "key", "an API key";
    LotId, "lot", "a lot of credit";
    LimitId, "limit", "a hard limit";
    RequestId, "request", "a call";
    EntryId, "entry", "an entry of the ledger";
    BudgetId, "budget", "a budget";
    AlertId, "alert", "an alert";
    TargetId, "target", "where alerts go to";
}
