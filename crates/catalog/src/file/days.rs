//! Days and moments of a price file: when a list begins, when a model ends.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::{Spanned, value::Datetime};

use super::Reader;
use crate::error::CatalogError;

const DAY: &str = "a day such as 2026-11-01 is expected here";

impl Reader<'_> {
    /// The beginning of a list, which has to be later than the one before.
    pub(super) fn after(
        &self,
        day: &Spanned<Datetime>,
        before: Option<Timestamp>,
    ) -> Result<Timestamp, CatalogError> {
        let begin = match day.get_ref() {
            // A list that was set while a server ran counts from that very moment.
            Datetime { time: Some(_), .. } => day
                .get_ref()
                .to_string()
                .parse()
                .map_err(|_other| self.wrong(day, DAY)),
            _ => {
                let begin = self.date(day)?.to_zoned(TimeZone::UTC);
                begin
                    .map(|begin| begin.timestamp())
                    .map_err(|error| self.wrong(day, error.to_string()))
            }
        }?;
        if before.is_some_and(|before| begin <= before) {
            return Err(self.wrong(day, "price lists must be sorted by `from`, each day once"));
        }
        Ok(begin)
    }

    pub(super) fn date(&self, day: &Spanned<Datetime>) -> Result<Date, CatalogError> {
        let Datetime {
            date: Some(date),
            time: None,
            offset: None,
        } = day.get_ref()
        else {
            return Err(self.wrong(day, DAY));
        };
        let parts = i16::try_from(date.year)
            .ok()
            .zip(i8::try_from(date.month).ok())
            .zip(i8::try_from(date.day).ok());
        parts
            .and_then(|((year, month), day)| Date::new(year, month, day).ok())
            .ok_or_else(|| self.wrong(day, "there is no such day"))
    }
}
