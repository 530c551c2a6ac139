//! A moment as the console shows it.

use jiff::{Timestamp, tz::TimeZone};
use letters::words;

/// A moment for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// For people.
    pub words: String,
    /// For machines.
    pub machine: String,
}

impl Moment {
    /// This moment by the clocks of this zone.
    #[must_use]
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self { words: words::moment(at, zone), machine: at.to_string() }
    }
}
