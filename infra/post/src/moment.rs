//! Moments as people of the shop read them.

use domain::calendar::Zone;
use jiff::Timestamp;

/// A moment to the minute, where the shop is.
#[must_use]
pub fn shown(at: Timestamp, zone: &Zone) -> String {
    zone.time_zone().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The name of the shop's zone.
#[must_use]
pub fn zone_name(zone: &Zone) -> &str {
    zone.time_zone().iana_name().unwrap_or("UTC")
}
