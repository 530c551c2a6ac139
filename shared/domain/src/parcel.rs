//! A parcel: a set of scans, and what they amount to in whatever order they came.

use crate::{
    calendar::Calendar,
    carrier,
    id::{OrderId, ParcelKey},
    scan::{Scan, ScanId},
    status::{Actor, Status, SubStatus, who_must_act},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The newest scans kept. A long history (5,000 scans are known) keeps these, and of each kind the first and the last.
pub const SCANS_NEWEST_MAX: usize = 40;
/// Kinds (status and sub-status) of which the first and last scan are kept beside the newest.
pub const SCAN_KINDS_MAX: usize = 40;
/// Days on which failed attempts are kept apart; carriers give up after three to five.
pub const ATTEMPT_DAYS_MAX: usize = 10;

/// What one message of a carrier or aggregator said about one parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelReport {
    /// `easypost`, `shippo`, `standard`.
    pub source: String,
    /// Who carries it, in our code.
    pub carrier: crate::id::CarrierCode,
    /// Its number.
    pub number: crate::id::TrackingNumber,
    /// The source's own time of this message.
    pub reported_at: Timestamp,
    /// Every scan it told.
    pub scans: Vec<Scan>,
    /// The day it is expected at the door, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Date>,
    /// Status codes we could not read: counted, and shown to the operator, never to the customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_codes: Vec<String>,
}

/// When the parcel is expected, as first and as last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The first promise.
    pub first: Date,
    /// When it was given.
    pub first_said_at: Timestamp,
    /// The current one.
    pub current: Date,
    /// When it was given.
    pub said_at: Timestamp,
}

/// A kind of trouble that time brings, not a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeKind {
    /// A label was made but the carrier never scanned the parcel.
    LabelWithoutScan,
}

/// A stretch of trouble. Closed ones stay, so that the history can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// Which trouble.
    pub kind: EpisodeKind,
    /// When it began to count.
    pub opened_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

/// Which order a parcel belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLink {
    /// The order.
    pub order: OrderId,
    /// False once the order names another number instead of this one.
    pub active: bool,
    /// Whether the order's storefront has described it, so that there is somebody to write to. A fulfilment may be heard of
    /// before its order.
    #[serde(default)]
    pub described: bool,
}

/// A parcel as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Where it is kept.
    pub key: ParcelKey,
    /// Its order, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<OrderLink>,
    /// When its label was made, as the storefront said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_at: Option<Timestamp>,
    /// What was scanned, sorted, bounded, without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<Scan>,
    /// When it is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Trouble that time brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<Episode>,
    /// When the armed timer is due, if one is armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_due_at: Option<Timestamp>,
}

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

/// A moment worth a message, with what tells several of one kind apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// The carrier has it.
    Shipped,
    /// It is on the vehicle.
    OutForDelivery,
    /// It arrived.
    Delivered,
    /// Somebody tried on this day and failed.
    AttemptFailed(Date),
    /// Something went wrong, by its code.
    Problem(String),
}

/// Something open that a page or a list must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The carrier said so.
    Carrier {
        /// Its status.
        status: Status,
        /// The finer word.
        sub: SubStatus,
        /// Since when.
        since: Timestamp,
    },
    /// Time brought it.
    Episode(Episode),
}

impl Parcel {
    /// A parcel of which nothing is known yet.
    #[must_use]
    pub fn new(key: ParcelKey) -> Self {
        Self { key, link: None, label_at: None, scans: Vec::new(), expected: None, episodes: Vec::new(), timer_due_at: None }
    }

    /// The parcel after a report. Reports may come in any order and any number of times: the end is the same.
    #[must_use]
    pub fn told(mut self, report: &ParcelReport) -> Self {
        let mut scans = std::mem::take(&mut self.scans);
        scans.extend(report.scans.iter().cloned().map(Scan::bounded));
        self.scans = kept(scans);
        if let Some(date) = report.expected {
            self.expected = Some(fold_expected(self.expected, date, report.reported_at));
        }
        self.settle_episodes();
        self
    }

    /// The parcel as one of this order's, its label made at `label_at`. A parcel that carries another order too (two orders
    /// in one box) keeps its first one: one parcel, one set of messages.
    #[must_use]
    pub fn linked(mut self, order: OrderId, label_at: Timestamp) -> Self {
        if !self.link.as_ref().is_some_and(|link| link.active) {
            self.link = Some(OrderLink { order, active: true, described: false });
        }
        self.label_at = Some(self.label_at.map_or(label_at, |known| known.min(label_at)));
        self
    }

    /// The parcel after this order was described: from now on there is somebody to write to.
    #[must_use]
    pub fn described(mut self, order: &OrderId) -> Self {
        if let Some(link) = self.link.as_mut().filter(|link| link.order == *order) {
            link.described = true;
        }
        self
    }

    /// The parcel after its order named another number instead. A link to some other order is left alone.
    #[must_use]
    pub fn unlinked(mut self, order: &OrderId) -> Self {
        if let Some(link) = self.link.as_mut().filter(|link| link.order == *order) {
            link.active = false;
        }
        self
    }

    /// What the scans amount to.
    ///
    /// Scans are read by time. An unknown scan changes nothing; what is delivered stays so unless a later scan says that
    /// it comes back or was found damaged or lost; a voided or given-up parcel lives again with the next real scan.
    #[must_use]
    pub fn folded(&self) -> Folded {
        let mut at = Folded { status: Status::Pending, sub: SubStatus::other(), since: None, delivered_at: None };
        for scan in &self.scans {
            if !leads(&at, scan) {
                continue;
            }
            // Delivered at the end of the way back is delivered to the sender.
            let back = scan.status == Status::Delivered && at.status == Status::Returning;
            let (status, sub) =
                if back { (Status::Returned, SubStatus::new("to_sender")) } else { (scan.status, scan.sub.clone()) };
            let since = if status == at.status { at.since.or(Some(scan.at)) } else { Some(scan.at) };
            let delivered_at = match status {
                Status::Delivered => at.delivered_at.or(Some(scan.at)),
                Status::Returning | Status::Returned | Status::Exception if at.delivered_at.is_some() => None,
                _ => at.delivered_at,
            };
            at = Folded { status, sub, since, delivered_at };
        }
        if at.status == Status::Pending && self.label_at.is_some() {
            at = Folded {
                status: Status::InfoReceived,
                sub: SubStatus::new("label_created"),
                since: self.label_at,
                delivered_at: None,
            };
        }
        at
    }

    /// Whether the carrier ever had it.
    #[must_use]
    pub fn was_scanned(&self) -> bool {
        self.scans.iter().any(|scan| scan.status.is_physical())
    }

    /// The moment from which the carrier should have scanned it: the label's.
    #[must_use]
    pub fn label_made_at(&self) -> Option<Timestamp> {
        let told = self.scans.iter().filter(|s| s.status == Status::InfoReceived).map(|s| s.at).min();
        match (self.label_at, told) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Moments worth a message, each with when it happened. A function of the *set* of scans: neither their order nor
    /// repeats can change it, and a late scan never takes one away.
    #[must_use]
    pub fn milestones(&self) -> BTreeMap<Milestone, Timestamp> {
        let mut out = BTreeMap::new();
        for scan in &self.scans {
            let milestone = match scan.status {
                Status::InTransit => Milestone::Shipped,
                Status::OutForDelivery => Milestone::OutForDelivery,
                Status::Delivered => Milestone::Delivered,
                Status::AttemptFailed => Milestone::AttemptFailed(crate::calendar::Zone::utc().date_of(scan.at)),
                Status::Exception => Milestone::Problem(scan.sub.code().to_owned()),
                Status::Returning | Status::Returned => Milestone::Problem("returning".to_owned()),
                Status::Pending | Status::Expired | Status::InfoReceived | Status::AvailableForPickup | Status::Cancelled => {
                    continue;
                }
            };
            let at = out.entry(milestone).or_insert(scan.at);
            *at = (*at).min(scan.at);
        }
        out
    }

    /// The open problem, if there is one; a carrier's word goes before the clock's.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let now = self.folded();
        if let (Status::Exception | Status::AttemptFailed | Status::Returning | Status::Returned | Status::Expired, Some(since)) =
            (now.status, now.since)
        {
            return Some(Problem::Carrier { status: now.status, sub: now.sub, since });
        }
        self.episodes.iter().find(|episode| episode.closed_at.is_none()).copied().map(Problem::Episode)
    }

    /// Who must act on the open problem.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.problem() {
            None => Actor::Nobody,
            Some(Problem::Carrier { status, sub, .. }) => who_must_act(status, &sub),
            Some(Problem::Episode(Episode { kind: EpisodeKind::LabelWithoutScan, .. })) => Actor::Merchant,
        }
    }

    /// Since when a person of the shop should look at it; `None` keeps it off the worklist.
    #[must_use]
    pub fn needs_merchant_since(&self) -> Option<Timestamp> {
        if self.link.as_ref().is_some_and(|link| !link.active) {
            return None;
        }
        match (self.actor(), self.problem()) {
            (Actor::Merchant, Some(Problem::Carrier { since, .. })) => Some(since),
            (Actor::Merchant, Some(Problem::Episode(episode))) => Some(episode.opened_at),
            _ => None,
        }
    }

    /// The expected day to show; hidden when it would not be honest: arrived, going back, in trouble or after a failed try.
    #[must_use]
    pub fn expected_to_show(&self) -> Option<Expected> {
        match self.folded().status {
            Status::Pending | Status::InfoReceived | Status::InTransit => self.expected,
            Status::OutForDelivery
            | Status::AvailableForPickup
            | Status::AttemptFailed
            | Status::Exception
            | Status::Delivered
            | Status::Returning
            | Status::Returned
            | Status::Cancelled
            | Status::Expired => None,
        }
    }

    /// The parcel with its timer armed if it needs one: a label without a scan is looked at after `days` business days.
    #[must_use]
    pub fn armed(mut self, calendar: &Calendar, days: u32) -> Self {
        let waits = !self.was_scanned() && self.episodes.is_empty() && self.link.as_ref().is_some_and(|link| link.active);
        let due = self.label_made_at().filter(|_| waits).map(|at| calendar.after_business_days(at, days));
        if due.is_some() && self.timer_due_at.is_none() {
            self.timer_due_at = due;
        }
        self
    }

    /// The parcel after its timer fired: still without a scan, it becomes a problem; else nothing happened. Firing
    /// twice, late or for a parcel that moved on is harmless.
    #[must_use]
    pub fn looked_at(mut self, calendar: &Calendar, days: u32, now: Timestamp) -> Self {
        self.timer_due_at = None;
        let due = self.label_made_at().map(|at| calendar.after_business_days(at, days));
        let standing = self.link.as_ref().is_some_and(|link| link.active);
        match due {
            Some(due) if due <= now && standing && !self.was_scanned() && self.episodes.is_empty() => {
                self.episodes.push(Episode { kind: EpisodeKind::LabelWithoutScan, opened_at: due, closed_at: None });
            }
            Some(due) if due > now && standing && !self.was_scanned() => self.timer_due_at = Some(due),
            _ => {}
        }
        self
    }

    /// The carrier's page for this parcel, when we know its address.
    #[must_use]
    pub fn carrier_url(&self) -> Option<String> {
        let number = self.key.number.as_str();
        let url = match self.key.carrier.as_str() {
            "ups" => format!("https://www.ups.com/track?tracknum={number}"),
            "usps" => format!("https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
            "fedex" => format!("https://www.fedex.com/fedextrack/?trknbr={number}"),
            "dhl_express" | "dhl_germany" | "dhl_ecommerce" => {
                format!("https://www.dhl.com/en/express/tracking.html?AWB={number}")
            }
            "royal_mail" => format!("https://www.royalmail.com/track-your-item#/tracking-results/{number}"),
            _ => return None,
        };
        Some(url)
    }

    /// The carrier's name for people.
    #[must_use]
    pub fn carrier_name(&self) -> String {
        carrier::display_name(&self.key.carrier)
    }

    fn settle_episodes(&mut self) {
        let first_scan = self.scans.iter().filter(|s| s.status.is_physical()).map(|s| s.at).min();
        if let Some(at) = first_scan {
            for episode in self.episodes.iter_mut().filter(|e| e.closed_at.is_none()) {
                episode.closed_at = Some(at);
            }
        }
    }
}

/// Whether a scan changes where the parcel is, given everything before it.
fn leads(at: &Folded, scan: &Scan) -> bool {
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
        (Status::Cancelled | Status::Expired, new) => new.is_physical() || new == Status::Cancelled,
        _ => true,
    }
}

/// The scans that are kept of all that are known: the newest, and of each kind the first and last. A function of the set.
fn kept(mut scans: Vec<Scan>) -> Vec<Scan> {
    scans.sort_by_cached_key(Scan::sort_key);
    let mut seen: BTreeSet<ScanId> = BTreeSet::new();
    scans.retain(|scan| seen.insert(scan.id()));
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
            attempt_days.entry(crate::calendar::Zone::utc().date_of(scan.at)).or_insert(index);
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

fn fold_expected(known: Option<Expected>, date: Date, said_at: Timestamp) -> Expected {
    let new = Expected { first: date, first_said_at: said_at, current: date, said_at };
    let Some(mut known) = known else { return new };
    if (said_at, date) < (known.first_said_at, known.first) {
        (known.first, known.first_said_at) = (date, said_at);
    }
    if (said_at, date) > (known.said_at, known.current) {
        (known.current, known.said_at) = (date, said_at);
    }
    known
}

#[cfg(test)]
mod tests;
