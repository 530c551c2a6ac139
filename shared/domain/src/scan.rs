//! One thing a carrier said about a parcel.

use crate::{
    id::digest,
    status::{Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest text kept of a carrier's sentence; the longest seen in real histories has 124 characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// The longest place kept.
pub const PLACE_CHARS_MAX: usize = 80;
/// The longest raw code kept.
pub const CODE_CHARS_MAX: usize = 48;

/// A scan: when, what it means to us, and what the carrier literally said (kept, so that history can be re-read when
/// the mapping improves).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// When it happened, by the carrier's clock.
    pub at: Timestamp,
    /// What it means.
    pub status: Status,
    /// The finer word.
    pub sub: SubStatus,
    /// The carrier's or aggregator's own code, as received.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The carrier's sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Town, region, country; never a street.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// False when the source gave a time without saying in which zone.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub zone_known: bool,
    /// Which source told it (`easypost`): the table by which `code` is read again when the mapping improves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// True while its time had not come when it was told: it is kept, but cannot lead (see [`EARLY_TOLERANCE`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_early: bool,
}

/// How far a carrier's clock may be ahead of ours before its scan is one from the future.
pub const EARLY_TOLERANCE: SignedDuration = SignedDuration::from_mins(15);
/// The same for a time whose zone nobody said: local times east of UTC look up to 14 hours ahead.
pub const EARLY_TOLERANCE_WITHOUT_ZONE: SignedDuration = SignedDuration::from_hours(14);

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_yes(flag: &bool) -> bool {
    *flag
}

/// What makes two deliveries of one scan the same scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScanId([u8; 8]);

impl Scan {
    /// A scan of which no more is known than when it was and what it means.
    #[must_use]
    pub fn new(at: Timestamp, status: Status, sub: SubStatus) -> Self {
        Self {
            at,
            status,
            sub,
            code: String::new(),
            text: String::new(),
            place: String::new(),
            zone_known: true,
            source: String::new(),
            is_early: false,
        }
    }

    /// Cuts every text to its bound, so that a hostile carrier cannot grow a row.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        cut(&mut self.code, CODE_CHARS_MAX);
        cut(&mut self.text, TEXT_CHARS_MAX);
        cut(&mut self.place, PLACE_CHARS_MAX);
        self
    }

    /// The scan as heard at `heard_at`: marked when its time has not come yet.
    #[must_use]
    pub fn heard(mut self, heard_at: Timestamp) -> Self {
        self.is_early = self.at.duration_since(heard_at) > self.tolerance();
        self
    }

    /// The moment from which it can lead.
    #[must_use]
    pub fn leads_from(&self) -> Timestamp {
        self.at.checked_sub(self.tolerance()).unwrap_or(self.at)
    }

    fn tolerance(&self) -> SignedDuration {
        if self.zone_known { EARLY_TOLERANCE } else { EARLY_TOLERANCE_WITHOUT_ZONE }
    }

    /// The town of its place, folded: what comes before the first comma.
    #[must_use]
    pub fn town(&self) -> String {
        fold(self.place.split(',').next().unwrap_or_default())
    }

    /// The identity: minute, meaning, what was said and where. Case and spaces do not matter.
    #[must_use]
    pub fn id(&self) -> ScanId {
        let minute = self.at.as_second().div_euclid(60).to_string();
        let said = if self.code.is_empty() { fold(&self.text) } else { fold(&self.code) };
        ScanId(digest::<8>(&["scan", &minute, self.status.code(), self.sub.code(), &said, &fold(&self.place)]))
    }

    /// The order in which scans are told: by time, then by rank, then by id, so that it is total.
    #[must_use]
    pub fn sort_key(&self) -> (Timestamp, u8, ScanId) {
        (self.at, self.status.rank(), self.id())
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn cut(text: &mut String, chars_max: usize) {
    if let Some((at, _)) = text.char_indices().nth(chars_max) {
        text.truncate(at);
    }
}
