//! What stands in a cell: times, amounts, names, as exports write them.

use crate::table::{BadRow, Row};
use domain::{
    address::{EmailAddress, Phone},
    dial,
    money::{Currency, Money},
};
use jiff::{Timestamp, Zoned, civil::DateTime, fmt::strtime, tz::TimeZone};

/// The longest text that is kept of a cell.
const TEXT_CHARS_MAX: usize = 255;
/// The longest text that is tried as a phone number.
const PHONE_BYTES_MAX: usize = 40;
/// The earliest and the latest possible time: what lies outside is a misprint.
const POSSIBLE: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// A moment, and whether it was written with its zone. Without one it is read as UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Whether the zone is written.
    pub zone_known: bool,
    /// Whether it is a day without a time.
    pub is_day: bool,
}

/// `2024-11-05 10:22:01 -0500`, `2024-11-05T10:22:01Z`, `2024-11-05 10:22`, `2024-11-05`.
///
/// # Errors
/// When the cell is filled and holds no time.
pub fn moment(row: &Row, column: &'static str) -> Result<Option<Moment>, BadRow> {
    let Some(text) = row.filled(column) else { return Ok(None) };
    let moment = read_moment(text).filter(|moment| POSSIBLE.contains(&moment.at.as_second()));
    moment.map(Some).ok_or_else(|| row.bad(column, "is no time such as 2024-11-05 10:22:01 -0500"))
}

fn read_moment(text: &str) -> Option<Moment> {
    let known = |at| Moment { at, zone_known: true, is_day: false };
    for form in ["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"] {
        if let Ok(at) = strtime::parse(form, text).and_then(|parts| parts.to_timestamp()) {
            return Some(known(at));
        }
    }
    let bare = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(at) = bare.parse::<Timestamp>() {
        return Some(known(at));
    }
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(known(zoned.timestamp()));
    }
    let wall = bare.parse::<DateTime>().or_else(|_| strtime::parse("%Y-%m-%d %H:%M", bare).and_then(|parts| parts.to_datetime()));
    let at = wall.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Moment { at, zone_known: bare != text, is_day: !bare.contains(':') })
}

/// An amount in major units; empty: none. In a file with semicolons, `12,50` is one too.
///
/// # Errors
/// When the cell is filled and holds none.
pub fn money(row: &Row, column: &'static str, currency: Currency) -> Result<Option<Money>, BadRow> {
    let Some(text) = row.filled(column) else { return Ok(None) };
    let with_point = match text.split_once(',') {
        Some((whole, fraction)) if row.has_decimal_commas && !fraction.contains(['.', ',']) => format!("{whole}.{fraction}"),
        _ => text.to_owned(),
    };
    Money::parse_major(&with_point, currency).map(Some).map_err(|error| row.bad(column, error.to_string()))
}

/// A text of bounded length, without what a terminal or a mail would obey.
#[must_use]
pub fn text(row: &Row, column: &str) -> Option<String> {
    let text = row.filled(column)?;
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS_MAX).collect();
    Some(kept.trim().to_owned()).filter(|kept| !kept.is_empty())
}

/// The same of a cell that a spreadsheet was to leave alone: exports write `'01234` for the postal code 01234.
#[must_use]
pub fn unquoted(row: &Row, column: &str) -> Option<String> {
    let text = text(row, column)?;
    Some(text.strip_prefix('\'').unwrap_or(&text).to_owned()).filter(|text| !text.is_empty())
}

/// An ISO 3166 alpha-2 code.
#[must_use]
pub fn country(row: &Row, column: &str) -> Option<String> {
    let code = row.filled(column)?;
    let is_one = code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    is_one.then(|| code.to_ascii_uppercase())
}

/// The first of these cells that is an address one can write to. As at a checkout, what cannot be right is left out.
#[must_use]
pub fn email(row: &Row, columns: &[&str]) -> Option<EmailAddress> {
    columns.iter().find_map(|column| row.filled(column)?.parse().ok())
}

/// The first of these cells that is a number which could ring.
#[must_use]
pub fn phone(row: &Row, columns: &[&str], country: Option<&str>) -> Option<Phone> {
    let texts = columns.iter().filter_map(|column| unquoted(row, column)).filter(|text| text.len() <= PHONE_BYTES_MAX);
    texts.into_iter().find_map(|text| dial::read(&text, country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_exports_write_it() {
        let read = |text| read_moment(text).map(|moment| (moment.at.to_string(), moment.zone_known, moment.is_day));
        let utc = |text: &str, known, day| Some((text.to_owned(), known, day));
        assert_eq!(read("2024-11-05 10:22:01 -0500"), utc("2024-11-05T15:22:01Z", true, false));
        assert_eq!(read("2024-11-05T10:22:01+09:00"), utc("2024-11-05T01:22:01Z", true, false));
        assert_eq!(read("2024-11-05T10:22:01Z"), utc("2024-11-05T10:22:01Z", true, false));
        assert_eq!(read("2024-11-05 10:22:01 UTC"), utc("2024-11-05T10:22:01Z", true, false));
        assert_eq!(read("2024-11-05 10:22:01"), utc("2024-11-05T10:22:01Z", false, false));
        assert_eq!(read("2024-11-05 10:22"), utc("2024-11-05T10:22:00Z", false, false));
        assert_eq!(read("2024-11-05"), utc("2024-11-05T00:00:00Z", false, true));
        assert_eq!(read("05/11/2024"), None, "which month it is nobody knows");
        assert_eq!(read("45601.43"), None);
        assert_eq!(read("soon"), None);
    }
}
