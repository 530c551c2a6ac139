//! Days and moments in words.

use domain::parcel::{Basis, ExpectedShown};
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

/// The expected day, who says it, and that it moved when it did: "Friday 27 November, says the carrier (at first it was
/// Thursday 26 November)".
#[must_use]
pub fn expected(expected: ExpectedShown) -> String {
    let told = format!("{}, {}", day(expected.current), expected_by(expected.by));
    if expected.current == expected.first { told } else { format!("{told} (at first it was {})", day(expected.first)) }
}

/// Who says the expected day, as it stands after the day and a comma.
#[must_use]
pub fn expected_by(by: Basis) -> &'static str {
    match by {
        Basis::Carrier => "says the carrier",
        Basis::Lane => "going by how long parcels to your country usually take",
        Basis::Promise => "as promised by the shop",
    }
}
