//! A moment as the console shows it, and how long ago it was.

use jiff::{Timestamp, tz::TimeZone};
use letters::words;
use windows::ago::ago;

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

/// A moment behind us, with how long ago it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// "4 minutes ago".
    pub ago: String,
    /// When exactly.
    pub at: Moment,
}

impl Past {
    /// This moment as of now, by the clocks of this zone.
    #[must_use]
    pub fn of(at: Timestamp, now: Timestamp, zone: &TimeZone) -> Self {
        Self { ago: ago(at, now), at: Moment::of(at, zone) }
    }
}
