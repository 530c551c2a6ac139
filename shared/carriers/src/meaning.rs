//! What the words of carriers mean to us, and the few steps that reading a scan is the same for every source.

use crate::clock::Untimely;
use domain::{
    calendar::Zone,
    carrier,
    id::{CarrierCode, TrackingNumber},
    place::zone_of,
    scan::{CODE_CHARS_MAX, Scan, ScanId},
    status::{Status, SubStatus},
};
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Codes we could not read that are kept of one report; one is enough to look for it.
const UNKNOWN_CODES_MAX: usize = 20;
/// The longest of them: a code and why it was not read.
const UNKNOWN_CHARS_MAX: usize = 72;
/// The newest scans told of one report, besides the first and the last of each status: far more than a parcel keeps, and at
/// their longest less than half of the largest message a queue takes.
pub(crate) const SCANS_MAX: usize = 200;
/// The longest name of a service told; a parcel keeps no longer one.
pub(crate) const SERVICE_CHARS_MAX: usize = 40;

/// What a pair of words means, and whether we know the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) status: Status,
    pub(crate) sub: &'static str,
    pub(crate) is_known: bool,
}

impl Meaning {
    pub(crate) fn of(status: Status, sub: &'static str) -> Self {
        Self { status, sub, is_known: true }
    }

    /// The general word is known, the finer one is not: the general one holds.
    pub(crate) fn unsure(status: Status) -> Self {
        Self { status, sub: "other", is_known: false }
    }

    /// Not even the general word is known: a scan that changes nothing.
    pub(crate) fn none() -> Self {
        Self::unsure(Status::Pending)
    }

    pub(crate) fn sub(self) -> SubStatus {
        SubStatus::new(self.sub)
    }

    /// As a code is read again; nothing when not even its general word is known.
    pub(crate) fn again(self) -> Option<(Status, SubStatus)> {
        (self != Self::none()).then(|| (self.status, self.sub()))
    }
}

/// A town as carriers write it. Streets and postal codes are not read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) city: Field,
    pub(crate) state: Field,
    pub(crate) country: Field,
}

impl Place {
    /// `Reno, NV, US`.
    pub(crate) fn line(&self) -> String {
        [&self.city, &self.state, &self.country].into_iter().filter_map(Field::text).collect::<Vec<_>>().join(", ")
    }

    /// The time it keeps; `home` is the country that the source leaves out.
    pub(crate) fn zone(&self, home: Option<&str>) -> Option<Zone> {
        zone_of(self.country.text().or(home)?, self.state.text())
    }
}

/// Between the two words of a code.
const BETWEEN: char = '/';
/// Before what refined the meaning that the words alone have.
const REFINED: char = '+';

/// Two words of a source as the code that a scan keeps, `in_transit/arrived_at_facility`, with what else decided its meaning,
/// `delivered/arrived_at_destination+signed`. It is read again by [`words`], so that nothing in the words may look like what
/// stands between them, and what refines them is never cut off.
pub(crate) fn code(general: &Field, finer: &Field, refined: Option<&str>) -> String {
    let word = |field: &Field| field.text().map(|text| text.replace([BETWEEN, REFINED], "_"));
    let end = refined.map(|refined| format!("{REFINED}{refined}")).unwrap_or_default();
    let general = word(general).unwrap_or_default();
    let finer = word(finer).map(|finer| format!("{BETWEEN}{finer}")).unwrap_or_default();
    let room = CODE_CHARS_MAX.saturating_sub(end.chars().count());
    (general + &finer).chars().take(room).chain(end.chars()).collect()
}

/// The general word, the finer one and what refined them, of a code.
pub(crate) fn words(code: &str) -> (Option<&str>, Option<&str>, Option<&str>) {
    let (words, refined) = split(code, REFINED);
    let (general, finer) = split(words, BETWEEN);
    (Some(general).filter(|word| !word.is_empty()), finer, refined)
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The name of the parcel; the number's own form tells the carrier when the source does not.
pub(crate) fn name(carrier: &Field, number: &Field, number_path: &str) -> Result<(CarrierCode, TrackingNumber), BadDelivery> {
    let text = number.required(number_path)?;
    let number =
        TrackingNumber::read(text).map_err(|error| BadDelivery::bad(number_path, format!("is not readable: {error}")))?;
    let named = carrier.text().map(carrier::code).filter(|code| !matches!(code.as_str(), "unknown" | "other"));
    Ok((named.unwrap_or_else(|| carrier::guess(&number)), number))
}

/// Scans and what could not be read of them, as they are gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) scans: Vec<Scan>,
    seen: BTreeSet<ScanId>,
    unknown: BTreeSet<String>,
    /// Of some row, not even the time or the general word was read.
    has_lost: bool,
}

impl Gathered {
    /// Adds a scan unless the same one was added.
    pub(crate) fn add(&mut self, scan: Scan) {
        let scan = Scan { text: still(scan.text), place: still(scan.place), ..scan }.bounded();
        if self.seen.insert(scan.id()) {
            self.scans.push(scan);
        }
    }

    /// Remembers a code whose meaning is not wholly known.
    pub(crate) fn wonder(&mut self, code: &str, meaning: Meaning) {
        self.has_lost |= meaning == Meaning::none();
        if !meaning.is_known && !code.is_empty() {
            self.note(code);
        }
    }

    /// Remembers a scan that cannot be told for its time.
    pub(crate) fn lose(&mut self, code: &str, why: Untimely) {
        self.has_lost = true;
        self.note(format!("{code} {}", why.words()).trim_start());
    }

    fn note(&mut self, words: &str) {
        if self.unknown.len() < UNKNOWN_CODES_MAX {
            self.unknown.insert(words.chars().take(UNKNOWN_CHARS_MAX).collect());
        }
    }

    /// Whether these scans are the whole of a history that came as this list: it tells something, and nothing in it was lost.
    /// Of a list that we read in part, what is missing may be the very scan that would be taken for taken back.
    pub(crate) fn is_whole<T>(&self, list: &List<Part<T>>) -> bool {
        let rows = list.rows().count();
        rows > 0 && rows == list.iter().count() && !self.has_lost
    }

    pub(crate) fn finish(self) -> (Vec<Scan>, Vec<String>) {
        (newest(self.scans), self.unknown.into_iter().collect())
    }
}

/// The newest scans, and the first and last of each status, so that the label, the acceptance and the arrival of a history
/// without end are among them. In the order in which they were told.
fn newest(scans: Vec<Scan>) -> Vec<Scan> {
    if scans.len() <= SCANS_MAX {
        return scans;
    }
    let mut by_time: Vec<usize> = (0..scans.len()).collect();
    by_time.sort_by_cached_key(|index| scans[*index].sort_key());
    let mut ends: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for index in &by_time {
        let status = scans[*index].status.code();
        ends.entry(status).and_modify(|(_, last)| *last = *index).or_insert((*index, *index));
    }
    let mut keep: BTreeSet<usize> = by_time.iter().rev().take(SCANS_MAX).copied().collect();
    keep.extend(ends.into_values().flat_map(|(first, last)| [first, last]));
    scans.into_iter().enumerate().filter(|(index, _)| keep.contains(index)).map(|(_, scan)| scan).collect()
}

/// A text without the marks that turn the direction of what is written around it. Letters of any script keep their own.
fn still(text: String) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(turns) { text.replace(turns, "") } else { text }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::status::SUB_STATUSES;

    /// Holds when a finer word that a table gives is one of those that pages and letters know.
    pub(crate) fn check(status: Status, sub: &str) {
        let (_, subs) = SUB_STATUSES.iter().find(|(known, _)| *known == status).unwrap();
        assert!(sub == "other" || subs.contains(&sub), "{status} {sub} is not in the vocabulary");
    }
}
