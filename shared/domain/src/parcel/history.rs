//! The fold: which of the scans count, which life of the number they belong to, and where they say the parcel is.

use super::{Episode, EpisodeKind, Parcel, Problem};
use crate::{
    calendar::Zone,
    scan::{Scan, ScanId},
    status::{Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// The newest scans kept. A long history (5,000 scans are known) keeps these, and of each kind the first and the last.
pub const SCANS_NEWEST_MAX: usize = 40;
/// Kinds (status and sub-status) of which the first and last scan are kept beside the newest.
pub const SCAN_KINDS_MAX: usize = 40;
/// Days on which failed attempts are kept apart; carriers give up after three to five.
pub const ATTEMPT_DAYS_MAX: usize = 10;
/// How long after its end a number may be given to another parcel: a label or an acceptance later than this begins a new
/// life. Carriers rest numbers for longer; stray scans come for weeks.
pub const RECYCLED_AFTER: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How far before its label a scan may lie and still count: shops hand over first and book later, over a long weekend at most.
pub const LABEL_GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an order's parcel must have been silent, its end never heard of, until its number is taken for another's.
const SILENT_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Scans of two sources within this time, of one status and town, are one scan told twice.
const TWIN_WITHIN: SignedDuration = SignedDuration::from_mins(90);

/// What the scans amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Where it is.
    pub status: Status,
    /// The finer word.
    pub sub: SubStatus,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it arrived, if it did and nothing took that back.
    pub delivered_at: Option<Timestamp>,
}

impl Folded {
    fn nothing() -> Self {
        Self { status: Status::Pending, sub: SubStatus::other(), since: None, delivered_at: None }
    }

    /// Where it is after a scan that leads.
    fn after(&self, scan: &Scan) -> Self {
        // Delivered at the end of the way back is delivered to the sender.
        let back = scan.status == Status::Delivered && self.status == Status::Returning;
        let (status, sub) = if back { (Status::Returned, SubStatus::new("to_sender")) } else { (scan.status, scan.sub.clone()) };
        let since = if status == self.status { self.since.or(Some(scan.at)) } else { Some(scan.at) };
        let delivered_at = match status {
            Status::Delivered => self.delivered_at.or(Some(scan.at)),
            Status::Returning | Status::Returned | Status::Exception => None,
            _ => self.delivered_at,
        };
        Self { status, sub, since, delivered_at }
    }

    /// Whether the carrier itself calls this trouble.
    pub(super) fn is_trouble(&self) -> bool {
        matches!(self.status, Status::Exception | Status::AttemptFailed | Status::Returning | Status::Returned | Status::Expired)
    }

    /// Since when its life is over, if it is.
    fn over_since(&self) -> Option<Timestamp> {
        match self.status {
            Status::Delivered | Status::Returned | Status::Cancelled | Status::Expired => self.since,
            Status::Pending
            | Status::InfoReceived
            | Status::InTransit
            | Status::Exception
            | Status::OutForDelivery
            | Status::AttemptFailed
            | Status::AvailableForPickup
            | Status::Returning => None,
        }
    }

    /// Whether something at this moment is so long after the end of this life that it begins another.
    fn is_over_by(&self, at: Timestamp) -> bool {
        self.over_since().is_some_and(|since| at.duration_since(since) >= RECYCLED_AFTER)
    }
}

/// The fold on its way through the scans of one life, oldest first.
struct Fold {
    at: Folded,
    /// Whether the carrier has had it.
    moved: bool,
}

impl Fold {
    fn nothing() -> Self {
        Self { at: Folded::nothing(), moved: false }
    }

    /// Takes the next scan, which changes something only if it may lead.
    fn take(&mut self, scan: &Scan) {
        if leads(&self.at, scan, self.moved) {
            self.moved |= scan.status.is_physical();
            self.at = self.at.after(scan);
        }
    }
}

/// The current life of a number: its scans without twins, and what they amount to.
pub(super) struct Life<'a> {
    pub(super) scans: Vec<&'a Scan>,
    pub(super) at: Folded,
    /// Of the scans, those that are taken back.
    retracted: bool,
}

impl Life<'_> {
    /// Whether a scan of this life may say where the parcel is and be told to people.
    pub(super) fn counts(&self, scan: &Scan) -> bool {
        counts(scan, self.retracted)
    }
}

fn counts(scan: &Scan, retracted: bool) -> bool {
    let is_taken_back = retracted && scan.status == Status::Delivered;
    !scan.is_early && !is_taken_back
}

impl Parcel {
    /// What the scans amount to.
    ///
    /// Scans are read by time. An unknown scan changes nothing; what is delivered stays so unless a later scan says that
    /// it comes back or was found damaged or lost, or a full history of the same source no longer knows of the delivery; a
    /// voided or given-up parcel lives again with the next real scan; a label long after the end begins a new life.
    #[must_use]
    pub fn folded(&self) -> Folded {
        self.life().at
    }

    /// What there is to show of the current life, oldest first: without what a second source told of the same scan, without
    /// an earlier life of the number. Scans that cannot lead (from the future, taken back) are among them.
    #[must_use]
    pub fn history(&self) -> Vec<&Scan> {
        self.life().scans
    }

    /// The parcel as an order sees it that named it at `label_at`, and may since have lost it to another order to which the
    /// carrier gave the same number again.
    #[must_use]
    pub fn as_of(mut self, label_at: Timestamp) -> Self {
        if self.label_at().is_some_and(|own| own.duration_since(label_at) >= RECYCLED_AFTER) {
            if let Some(link) = self.link.as_mut() {
                link.label_at = label_at;
            }
            self.episodes.clear();
            (self.expected, self.lane_day, self.last_mile) = (None, None, None);
        }
        self
    }

    /// Whether this parcel's life is over for so long, or it is silent for so long, that a label made at this moment is that
    /// of another parcel.
    pub(super) fn is_over_by(&self, label_at: Timestamp) -> bool {
        let last = self.scans.iter().map(|scan| scan.at).max().max(self.label_at());
        self.folded().is_over_by(label_at) || last.is_some_and(|last| label_at.duration_since(last) >= SILENT_FOR)
    }

    /// The life of the number that its order is about: the scans from shortly before its label to the beginning of the next
    /// life. Without an order, the last one.
    pub(super) fn life(&self) -> Life<'_> {
        let retracted = self.retraction().is_some_and(|episode| episode.closed_at.is_none());
        let from = self.label_at().and_then(|label_at| label_at.checked_sub(LABEL_GRACE).ok());
        let is_twin = twins(&self.scans);
        let mut scans: Vec<&Scan> = Vec::with_capacity(self.scans.len());
        let mut fold = Fold::nothing();
        for (scan, is_twin) in self.scans.iter().zip(is_twin) {
            if is_twin || from.is_some_and(|from| scan.at < from) {
                continue;
            }
            if begins_life(scan) && fold.at.is_over_by(scan.at) {
                if from.is_some() {
                    break;
                }
                scans.clear();
                fold = Fold::nothing();
            }
            scans.push(scan);
            if counts(scan, retracted) {
                fold.take(scan);
            }
        }
        let mut at = fold.at;
        if at.status == Status::Pending && self.label_at().is_some() {
            at = Folded {
                status: Status::InfoReceived,
                sub: SubStatus::new("label_created"),
                since: self.label_at(),
                delivered_at: None,
            };
        }
        Life { scans, at, retracted }
    }

    /// The delivery that its only sources took back: open while no later message tells of one.
    pub(super) fn retraction(&self) -> Option<Episode> {
        let delivered_at = self.scans.iter().filter(|scan| scan.status == Status::Delivered).map(|scan| scan.at).max()?;
        let told = || self.tellings.values().filter(|telling| telling.delivered_first_at.is_some());
        let taken_back = |telling: &super::Telling| {
            let (at, oldest) = telling.undelivered_at?;
            (Some(at) > telling.delivered_first_at && oldest <= delivered_at).then_some(at)
        };
        // One source that stands by it is enough.
        let opened_at = told().map(taken_back).collect::<Option<Vec<_>>>()?.into_iter().max()?;
        let again = told().filter_map(|telling| telling.delivered_last_at).max().filter(|again| *again > opened_at);
        Some(Episode { kind: EpisodeKind::DeliveryRetracted, since: delivered_at, opened_at, closed_at: again })
    }

    /// What the carrier called trouble, each with the scan that ended it.
    pub(super) fn carrier_problems(&self) -> Vec<(Problem, Option<Timestamp>)> {
        let life = self.life();
        let mut out: Vec<(Problem, Option<Timestamp>)> = Vec::new();
        let mut fold = Fold::nothing();
        for scan in life.scans.iter().filter(|scan| life.counts(scan)) {
            let before = fold.at.clone();
            fold.take(scan);
            let at = &fold.at;
            if (before.status, &before.sub) == (at.status, &at.sub) {
                continue;
            }
            if let Some((_, closed_at)) = out.last_mut().filter(|(_, closed_at)| closed_at.is_none()) {
                *closed_at = Some(scan.at);
            }
            if at.is_trouble() {
                out.push((Problem::Carrier { status: at.status, sub: at.sub.clone(), since: scan.at }, None));
            }
        }
        out
    }

    /// Whether the carrier ever had it.
    #[must_use]
    pub fn was_scanned(&self) -> bool {
        self.first_scan_at().is_some()
    }

    /// When the carrier first had it in its hands.
    #[must_use]
    pub fn first_scan_at(&self) -> Option<Timestamp> {
        self.physical_scans().min()
    }

    /// When the carrier last had it in its hands.
    #[must_use]
    pub fn last_scan_at(&self) -> Option<Timestamp> {
        self.physical_scans().max()
    }

    fn physical_scans(&self) -> impl Iterator<Item = Timestamp> {
        let life = self.life();
        let times: Vec<_> = life.scans.iter().filter(|s| s.status.is_physical() && life.counts(s)).map(|s| s.at).collect();
        times.into_iter()
    }

    /// The moment from which the carrier should have scanned it: the label's.
    #[must_use]
    pub fn label_made_at(&self) -> Option<Timestamp> {
        let told = self.life().scans.iter().filter(|s| s.status == Status::InfoReceived).map(|s| s.at).min();
        match (self.label_at(), told) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// Whether a scan may be the first of a parcel: a label or the acceptance.
fn begins_life(scan: &Scan) -> bool {
    scan.status == Status::InfoReceived
        || (scan.status == Status::InTransit && matches!(scan.sub.code(), "accepted" | "picked_up"))
}

/// Whether a scan changes where the parcel is, given everything before it.
fn leads(at: &Folded, scan: &Scan, moved: bool) -> bool {
    match (at.status, scan.status) {
        (_, Status::Pending) => false,
        (Status::Delivered, Status::Delivered | Status::Returning | Status::Returned) => true,
        (Status::Delivered, Status::Exception) => matches!(scan.sub.code(), "damaged" | "lost"),
        (Status::Delivered, _) => false,
        (Status::Returned, Status::Returned) => true,
        (Status::Returned, _) => false,
        // On the way back, the carrier's ordinary scans do not make it come again.
        (Status::Returning, Status::Returning | Status::Returned | Status::Delivered | Status::Exception) => true,
        (Status::Returning, _) => false,
        (Status::Cancelled, new) => new.is_physical() || new == Status::Cancelled,
        (Status::Expired, _) => true,
        // A manifest that is told late does not take the parcel out of the carrier's hands.
        (_, Status::InfoReceived) => !moved,
        _ => true,
    }
}

/// Of each scan, whether another source told the same one: of one status, within an hour and a half, in one town where both
/// name one. The source first by name is believed, so that the answer depends on the set alone.
fn twins(scans: &[Scan]) -> Vec<bool> {
    let mut is_twin = vec![false; scans.len()];
    let sources: BTreeSet<&str> = scans.iter().map(|scan| scan.source.as_str()).collect();
    for source in sources.iter().skip(1) {
        let told_by = |index: &usize| scans[*index].source == *source;
        for index in (0..scans.len()).filter(told_by) {
            let scan = &scans[index];
            let same = |(other_index, other): (usize, &Scan)| {
                !is_twin[other_index]
                    && other.source.as_str() < *source
                    && other.status == scan.status
                    && scan.at.duration_since(other.at).abs() <= TWIN_WITHIN
                    && (scan.place.is_empty() || other.place.is_empty() || scan.town() == other.town())
            };
            is_twin[index] = scans.iter().enumerate().any(same);
        }
    }
    is_twin
}

/// The scans that are kept of all that are known: the newest, and of each kind the first and last. A function of the set.
pub(super) fn kept(scans: Vec<Scan>) -> Vec<Scan> {
    let mut by_id: BTreeMap<ScanId, Scan> = BTreeMap::new();
    for scan in scans {
        match by_id.entry(scan.id()) {
            std::collections::btree_map::Entry::Vacant(vacant) => {
                vacant.insert(scan);
            }
            std::collections::btree_map::Entry::Occupied(mut known) => {
                // Told twice: one of the two, always the same one; early only while both were.
                let is_early = known.get().is_early && scan.is_early;
                let rank = |s: &Scan| (s.at, s.source.clone(), s.text.clone(), s.place.clone());
                if rank(&scan) < rank(known.get()) {
                    known.insert(scan);
                }
                known.get_mut().is_early = is_early;
            }
        }
    }
    let mut scans: Vec<Scan> = by_id.into_values().collect();
    scans.sort_by_cached_key(Scan::sort_key);
    if scans.len() <= SCANS_NEWEST_MAX {
        return scans;
    }
    let mut keep: BTreeSet<usize> = (scans.len() - SCANS_NEWEST_MAX..scans.len()).collect();
    let mut kinds: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut attempt_days: BTreeMap<Date, usize> = BTreeMap::new();
    for (index, scan) in scans.iter().enumerate() {
        let kind = (scan.status.code(), scan.sub.code());
        kinds.entry(kind).and_modify(|(_, last)| *last = index).or_insert((index, index));
        if scan.status == Status::AttemptFailed {
            attempt_days.entry(Zone::utc().date_of(scan.at)).or_insert(index);
        }
    }
    // Bounded by name, not by time, so that the choice depends on the set alone.
    keep.extend(kinds.values().take(SCAN_KINDS_MAX).flat_map(|(first, last)| [*first, *last]));
    keep.extend(attempt_days.values().take(ATTEMPT_DAYS_MAX));
    let mut index = 0;
    scans.retain(|_| {
        index += 1;
        keep.contains(&(index - 1))
    });
    scans
}
