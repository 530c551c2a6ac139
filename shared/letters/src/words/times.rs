//! Days and moments in words.

use domain::parcel::ExpectedShown;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// "Thursday 26 November".
#[must_use]
pub fn day(date: Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// "Thursday 26 November 2026", for a last day that may be far away.
#[must_use]
pub fn day_with_year(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// "Thu 26 Nov, 14:05" by the clocks of this zone.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%a %-d %b, %H:%M").to_string()
}

/// The expected day, and that it moved when it did: "Friday 27 November (at first it was Thursday 26 November)".
#[must_use]
pub fn expected(expected: ExpectedShown) -> String {
    if expected.current == expected.first {
        day(expected.current)
    } else {
        format!("{} (at first it was {})", day(expected.current), day(expected.first))
    }
}
