//! What the words of carriers mean to us, and the few steps that reading a scan is the same for every source.

use crate::{CarrierParsed, CodeMeaning, clock::Untimely};
use domain::{
    calendar::Zone,
    carrier,
    id::{CarrierCode, TrackingNumber},
    order::ParcelName,
    parcel::ParcelReport,
    place::zone_of,
    scan::{CODE_CHARS_MAX, Scan, ScanId, TEXT_CHARS_MAX},
    status::{Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
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
/// Parcels told by one message: DHL subscribes to ten at a time, 17TRACK answers for forty, UPS for the two hundred packages that a
/// shipment may have.
const REPORTS_MAX: usize = 200;
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

/// A word of a source and what it means: a row of its table.
pub(crate) type Row = (&'static str, Status, &'static str);

/// What a word means by a table.
pub(crate) fn of(table: &[Row], word: Option<&str>) -> Option<Meaning> {
    let word = word?;
    table.iter().find(|(known, ..)| *known == word).map(|(_, status, sub)| Meaning::of(*status, sub))
}

/// What two words mean by a table for each: the finer one decides; when it is not known, the general one holds, less surely.
pub(crate) fn of_two(general: (&[Row], Option<&str>), finer: (&[Row], Option<&str>)) -> Meaning {
    match (of(general.0, general.1), of(finer.0, finer.1)) {
        (_, Some(meaning)) => meaning,
        (Some(meaning), None) if finer.1.is_none() => meaning,
        (Some(meaning), None) => Meaning::unsure(meaning.status),
        (None, None) => Meaning::none(),
    }
}

/// The rows of a table as the codes that scans keep, each before it a word that it stands under.
pub(crate) fn codes(table: &[Row], code_of: impl Fn(&str) -> String) -> Vec<CodeMeaning> {
    let code = |(word, status, sub): &Row| CodeMeaning { code: code_of(word), status: *status, sub: SubStatus::new(sub) };
    table.iter().map(code).collect()
}

/// A rule for sources that write in sentences: what it is called in a code, the words of which one is in the sentence, in lower
/// case, and what they mean.
pub(crate) type Rule = (&'static str, &'static [&'static str], Status, &'static str);

/// The first rule that a sentence keeps.
pub(crate) fn rule(rules: &'static [Rule], text: &str) -> Option<&'static Rule> {
    let text = text.to_lowercase();
    rules.iter().find(|(_, words, ..)| words.iter().any(|word| text.contains(word)))
}

/// What a rule means by its name.
pub(crate) fn ruled(rules: &'static [Rule], name: &str) -> Option<Meaning> {
    rules.iter().find(|(known, ..)| *known == name).map(|(_, _, status, sub)| Meaning::of(*status, sub))
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
    /// A place whose source names its fields otherwise.
    pub(crate) fn of(city: &Field, state: &Field, country: &Field) -> Self {
        Self { city: city.clone(), state: state.clone(), country: country.clone() }
    }

    /// `Reno, NV, US`.
    pub(crate) fn line(&self) -> String {
        [&self.city, &self.state, &self.country].into_iter().filter_map(Field::text).collect::<Vec<_>>().join(", ")
    }

    /// The time it keeps; `home` is the country that the source leaves out.
    pub(crate) fn zone(&self, home: Option<&str>) -> Option<Zone> {
        zone_of(self.country.text().or(home)?, self.state.text())
    }
}

/// The zone of a place written as a line, `Cardiff, GB` or `Reno, NV, US`: its country comes last, its region before.
pub(crate) fn zone_of_line(line: &str) -> Option<Zone> {
    let mut parts = line.rsplit(',').map(str::trim);
    let country = parts.next()?;
    zone_of(country, parts.next())
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

/// The carrier that brings a parcel to the door under another number; nothing when that number is none, or the parcel's own.
pub(crate) fn last_mile(carrier: &Field, number: &Field, own: &TrackingNumber) -> Option<ParcelName> {
    let (carrier, number) = name(carrier, number, "").ok()?;
    (number != *own).then_some(ParcelName { carrier, number })
}

/// When something was said.
#[derive(Clone, Copy)]
pub(crate) struct Heard {
    /// The source's own time of it.
    pub(crate) own: Option<Timestamp>,
    /// Whether it is the answer to a question of ours: then it was said when we heard it.
    pub(crate) is_asked: bool,
    pub(crate) received_at: Timestamp,
}

impl Heard {
    /// Of a delivery.
    pub(crate) fn delivered(own: Option<Timestamp>, received_at: Timestamp) -> Self {
        Self { own, is_asked: false, received_at }
    }

    /// Of an answer.
    pub(crate) fn asked(own: Option<Timestamp>, received_at: Timestamp) -> Self {
        Self { own, is_asked: true, received_at }
    }
}

/// What a message says of a parcel beside its scans.
pub(crate) struct Message {
    /// Whose it is.
    pub(crate) source: &'static str,
    /// Of which parcel.
    pub(crate) parcel: (CarrierCode, TrackingNumber),
    pub(crate) heard: Heard,
    pub(crate) is_full_history: bool,
    pub(crate) expected: Option<Date>,
    pub(crate) service: Option<String>,
    pub(crate) last_mile: Option<ParcelName>,
}

/// Refuses a message about more parcels than [`REPORTS_MAX`], so that no body of a megabyte becomes ten thousand messages of ours.
pub(crate) fn bounded(reports: Vec<ParcelReport>, path: &str) -> Result<Vec<ParcelReport>, BadDelivery> {
    if reports.len() <= REPORTS_MAX { Ok(reports) } else { Err(BadDelivery::bad(path, "are too many")) }
}

/// What an answer to a question says: of parcels of which nothing is known yet, nothing; of several lives of one number, the
/// one with the newest scan.
pub(crate) fn answer(reports: Vec<ParcelReport>) -> CarrierParsed {
    CarrierParsed::Reports(newest_lives(reports.into_iter().filter(|report| !report.scans.is_empty()).collect()))
}

/// What an answer says that holds an error instead of a parcel: nothing when the source just does not know the number.
///
/// # Errors
/// When it is another error: asking again may help.
pub(crate) fn nothing_or(is_not_found: bool, path: &str) -> Result<CarrierParsed, BadDelivery> {
    if is_not_found {
        Ok(CarrierParsed::Reports(Vec::new()))
    } else {
        Err(BadDelivery::bad(path, "says that the question failed"))
    }
}

/// Of several reports of one parcel, the one with the newest scan: carriers use their numbers again, and the older life would
/// take back what the newer one says. In the order in which they were told.
pub(crate) fn newest_lives(reports: Vec<ParcelReport>) -> Vec<ParcelReport> {
    let name = |report: &ParcelReport| (report.carrier.clone(), report.number.clone());
    let newest = |report: &ParcelReport| report.scans.iter().map(|scan| scan.at).max();
    let mut best = BTreeMap::new();
    for (index, report) in reports.iter().enumerate() {
        let seen = best.entry(name(report)).or_insert((newest(report), index));
        *seen = (*seen).max((newest(report), index));
    }
    let keep: BTreeSet<usize> = best.into_values().map(|(_, index)| index).collect();
    reports.into_iter().enumerate().filter(|(index, _)| keep.contains(index)).map(|(_, report)| report).collect()
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
        let scan = Scan { text: still(&scan.text), place: still(&scan.place), ..scan }.bounded();
        if self.seen.insert(scan.id()) {
            self.scans.push(scan);
        }
    }

    /// Tells a scan, and remembers what of it is not known.
    pub(crate) fn tell(
        &mut self,
        moment: Result<(Timestamp, bool), Untimely>,
        (meaning, code): (Meaning, String),
        text: &Field,
        place: String,
    ) {
        self.wonder(&code, meaning);
        let (at, zone_known) = match moment {
            Ok(moment) => moment,
            Err(why) => return self.lose(&code, why),
        };
        self.add(scan(at, zone_known, (meaning, code), text.text().unwrap_or_default(), place));
    }

    /// Tells what a source says of the parcel itself, when its history lacks it: a voided label, a lost parcel.
    ///
    /// The moment is that of the last scan (a second later where a tie would hide it), not of the message, so that telling the
    /// same state again is the same scan. Of a parcel without any scan it is that of the message; without one, nothing is told:
    /// every question of ours would make another scan of it.
    pub(crate) fn tell_state(&mut self, (meaning, code): (Meaning, String), said_at: Option<Timestamp>) {
        if code.is_empty() {
            return;
        }
        self.wonder(&code, meaning);
        let tells = |scan: &Scan| {
            scan.status == meaning.status && (meaning.status != Status::Exception || scan.sub.code() == meaning.sub)
        };
        if meaning.status == Status::Pending || self.scans.iter().any(tells) {
            return;
        }
        let at = match self.scans.iter().max_by_key(|scan| scan.sort_key()) {
            Some(last) => {
                let tie_hides = last.status.rank() >= meaning.status.rank();
                last.at.checked_add(SignedDuration::from_secs(tie_hides.into())).ok()
            }
            None => said_at,
        };
        let zone_known = self.scans.last().is_none_or(|scan| scan.zone_known);
        if let Some(at) = at {
            self.add(scan(at, zone_known, (meaning, code), "", String::new()));
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
        self.is_whole_of(list.rows().count(), list.iter().count())
    }

    /// The same of several lists: of so many things in them, so many were rows.
    pub(crate) fn is_whole_of(&self, rows: usize, things: usize) -> bool {
        rows > 0 && rows == things && !self.has_lost
    }

    /// The report of these scans. A message without a time of its own is of the time of its last scan: of when it came, an old one
    /// that comes late would take back what a newer one told.
    pub(crate) fn report(self, message: Message) -> ParcelReport {
        let heard = message.heard;
        let said_at = heard.own.or_else(|| heard.is_asked.then_some(heard.received_at));
        let last_at = self.scans.iter().map(|scan| scan.at).max();
        let (scans, unknown_codes) = self.finish();
        let (carrier, number) = message.parcel;
        ParcelReport {
            source: message.source.to_owned(),
            carrier,
            number,
            reported_at: said_at.or(last_at).unwrap_or(heard.received_at),
            received_at: None,
            scans,
            is_full_history: message.is_full_history,
            expected: message.expected,
            service: message.service,
            last_mile: message.last_mile,
            unknown_codes,
        }
    }

    pub(crate) fn finish(self) -> (Vec<Scan>, Vec<String>) {
        (newest(self.scans), self.unknown.into_iter().collect())
    }
}

fn scan(at: Timestamp, zone_known: bool, (meaning, code): (Meaning, String), text: &str, place: String) -> Scan {
    Scan {
        at,
        status: meaning.status,
        sub: meaning.sub(),
        code,
        text: text.to_owned(),
        place,
        zone_known,
        source: String::new(),
        is_early: false,
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
fn still(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.replace(turns, "")
}

/// A sentence as a scan keeps it: what is read from it can be read again.
pub(crate) fn kept(text: &Field) -> String {
    still(text.text().unwrap_or_default()).chars().take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::status::SUB_STATUSES;

    /// Holds when every code of a source is in the vocabulary, stands once, fits what a scan keeps, and is read again as it says.
    pub(crate) fn check_codes(codes: &[CodeMeaning], reread: fn(&str, &str) -> Option<(Status, SubStatus)>) {
        let mut seen = BTreeSet::new();
        for row in codes {
            check(row.status, row.sub.code());
            assert!(seen.insert(&row.code), "{} stands twice", row.code);
            assert!(row.code.chars().count() <= CODE_CHARS_MAX, "{} is too long", row.code);
            assert_eq!(
                reread(&row.code, "").unwrap_or((Status::Pending, SubStatus::other())),
                (row.status, row.sub.clone()),
                "{}",
                row.code
            );
        }
    }

    /// Holds when every word of a table stands once.
    pub(crate) fn check_table(table: &[Row]) {
        let words: BTreeSet<_> = table.iter().map(|(word, ..)| word).collect();
        assert_eq!(words.len(), table.len());
        table.iter().for_each(|(_, status, sub)| check(*status, sub));
    }

    /// Holds when when a finer word that a table gives is one of those that pages and letters know.
    pub(crate) fn check(status: Status, sub: &str) {
        let (_, subs) = SUB_STATUSES.iter().find(|(known, _)| *known == status).unwrap();
        assert!(sub == "other" || subs.contains(&sub), "{status} {sub} is not in the vocabulary");
    }
}
