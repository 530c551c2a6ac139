//! A parcel: a set of scans, and what they amount to in whatever order they came.
//!
//! What is kept is a set (scans, the times at which sources spoke, episodes); everything else is computed from it, so that
//! the order and the number of deliveries cannot matter. The rules are those of the fold in `history`, of the deadlines in
//! `watch`, and of the expected day in `expected`.

mod expected;
mod history;
mod milestone;
mod watch;

use crate::{
    carrier,
    id::{CarrierCode, OrderId, ParcelKey, TrackingNumber},
    order::ParcelName,
    scan::Scan,
    status::{Actor, Cause, Status, SubStatus, cause, who_must_act},
};
pub use expected::{Basis, Expected, ExpectedShown};
pub use history::{ATTEMPT_DAYS_MAX, Folded, LABEL_GRACE, RECYCLED_AFTER, SCAN_KINDS_MAX, SCANS_NEWEST_MAX};
use jiff::{Timestamp, civil::Date};
pub use milestone::Milestone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
pub use watch::{Thresholds, Watch};

/// Other orders remembered of one parcel (several orders in one box).
pub const OTHER_ORDERS_MAX: usize = 8;
/// Sources remembered of one parcel; more than two are not known to happen.
pub const SOURCES_MAX: usize = 6;
/// Episodes kept of one parcel.
pub const EPISODES_MAX: usize = 24;
/// The longest service name kept.
const SERVICE_CHARS_MAX: usize = 40;

/// What one message of a carrier or aggregator said about one parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelReport {
    /// `easypost`, `shippo`, `standard`.
    pub source: String,
    /// Who carries it, in our code.
    pub carrier: CarrierCode,
    /// Its number.
    pub number: TrackingNumber,
    /// The source's own time of this message.
    pub reported_at: Timestamp,
    /// When our door took it: what lies beyond is from the future. Absent in messages of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// Every scan it told.
    pub scans: Vec<Scan>,
    /// Whether these scans are all that the source knows, so that one it told before and does not tell now is taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_full_history: bool,
    /// The day it is expected at the door, if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Date>,
    /// The carrier's product, in its words (`Ground`), if said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The carrier that brings it to the door under another number, if the parcel was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_mile: Option<ParcelName>,
    /// Status codes we could not read: counted, and shown to the operator, never to the customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_codes: Vec<String>,
}

/// What a source said of the arrival, and when: enough to know whether it took "delivered" back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// The earliest of its messages that told of a delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_first_at: Option<Timestamp>,
    /// The latest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_last_at: Option<Timestamp>,
    /// The latest full history without one: when it was told, and its oldest scan. A history that begins after the delivery
    /// is that of another life of the number and takes nothing back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undelivered_at: Option<(Timestamp, Timestamp)>,
}

/// A kind of trouble that time or a person brings, not a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeKind {
    /// Its customer says that it did not arrive, whatever the carrier says.
    Disputed,
    /// Nobody has seen it for so long that it is likely lost.
    PresumedLost,
    /// The carrier said "delivered" and took it back.
    DeliveryRetracted,
    /// The carrier had it and has not scanned it for days.
    NoMovement,
    /// A label was made but the carrier never scanned the parcel.
    LabelWithoutScan,
    /// The expected day has passed.
    OverduePromise,
}

impl EpisodeKind {
    /// Every kind, the gravest first.
    pub const ALL: [Self; 6] = [
        Self::Disputed,
        Self::PresumedLost,
        Self::DeliveryRetracted,
        Self::NoMovement,
        Self::LabelWithoutScan,
        Self::OverduePromise,
    ];

    /// The word in JSON, letters and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::PresumedLost => "presumed_lost",
            Self::DeliveryRetracted => "delivery_retracted",
            Self::NoMovement => "no_movement",
            Self::OverduePromise => "overdue_promise",
            Self::LabelWithoutScan => "label_without_scan",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Who must do something about it.
    #[must_use]
    pub fn actor(self) -> Actor {
        match self {
            Self::Disputed | Self::PresumedLost | Self::DeliveryRetracted | Self::NoMovement | Self::LabelWithoutScan => {
                Actor::Merchant
            }
            Self::OverduePromise => Actor::Nobody,
        }
    }

    /// What it comes from.
    #[must_use]
    pub fn cause(self) -> Cause {
        match self {
            Self::Disputed => Cause::Other,
            Self::LabelWithoutScan => Cause::Merchant,
            Self::PresumedLost | Self::DeliveryRetracted | Self::NoMovement | Self::OverduePromise => Cause::Carrier,
        }
    }

    /// Whether its customer is told. A label nobody scanned is the shop's business; a dispute the customer knows of.
    #[must_use]
    pub fn is_told(self) -> bool {
        match self {
            Self::PresumedLost | Self::DeliveryRetracted | Self::NoMovement | Self::OverduePromise => true,
            Self::Disputed | Self::LabelWithoutScan => false,
        }
    }
}

/// A stretch of trouble. Closed ones stay, so that the history can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// Which trouble.
    pub kind: EpisodeKind,
    /// From when it is counted: the last scan, the label; of an overdue promise, the day itself as midnight UTC. With the
    /// kind, its name.
    pub since: Timestamp,
    /// When it became one.
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
    /// When the order's storefront says the label was made.
    pub label_at: Timestamp,
    /// What the order says of its destination, once its storefront has described it; so that there is somebody to write to.
    /// A fulfilment may be heard of before its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described: Option<Destination>,
}

/// What of an order's destination a parcel has to know. No person can be told from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// ISO 3166 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The day the shop or its storefront promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Date>,
}

/// A parcel as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Where it is kept.
    pub key: ParcelKey,
    /// Its order, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<OrderLink>,
    /// Other orders that named it: several in one box, or earlier lives of a number that carriers use again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub other_orders: BTreeSet<OrderId>,
    /// What was scanned, sorted, bounded, without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<Scan>,
    /// What each source said of the arrival.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tellings: BTreeMap<String, Telling>,
    /// When the carrier expects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The day our own history of the lane makes likely, from its first scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane_day: Option<Date>,
    /// The carrier's product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Who brings it to the door under another number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_mile: Option<ParcelName>,
    /// The parcel this number is only the last leg of: what is told of this one belongs to that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg_of: Option<ParcelName>,
    /// Trouble that time or a person brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<Episode>,
    /// When the armed timer is due, if one is armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_due_at: Option<Timestamp>,
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
    /// Time or a person brought it.
    Episode(Episode),
}

impl Problem {
    /// The stable code: a sub-status, a status or the kind of an episode.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Carrier { status, sub, .. } if sub.code() == "other" => status.code(),
            Self::Carrier { sub, .. } => sub.code(),
            Self::Episode(episode) => episode.kind.code(),
        }
    }

    /// Since when it is one.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        match self {
            Self::Carrier { since, .. } => *since,
            Self::Episode(episode) => episode.opened_at,
        }
    }

    /// Who must act.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Carrier { status, sub, .. } => who_must_act(*status, sub),
            Self::Episode(episode) => episode.kind.actor(),
        }
    }

    /// What it comes from.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::Carrier { status, sub, .. } => cause(*status, sub).unwrap_or(Cause::Other),
            Self::Episode(episode) => episode.kind.cause(),
        }
    }
}

impl ParcelReport {
    /// What a source told of a parcel at a moment: these scans, one event each, and nothing else.
    #[must_use]
    pub fn new(source: &str, parcel: &ParcelKey, reported_at: Timestamp, scans: Vec<Scan>) -> Self {
        Self {
            source: source.to_owned(),
            carrier: parcel.carrier.clone(),
            number: parcel.number.clone(),
            reported_at,
            received_at: None,
            scans,
            is_full_history: false,
            expected: None,
            service: None,
            last_mile: None,
            unknown_codes: Vec::new(),
        }
    }

    /// The report of a last leg as one of the whole parcel: what a source knows of the one number takes nothing back of what
    /// it told of the other.
    #[must_use]
    pub fn of_leg(&self) -> Self {
        let scans = self.scans.iter().cloned().map(|scan| Scan { source: self.source.clone(), ..scan }).collect();
        Self { source: leg_source(&self.source, &self.number), scans, last_mile: None, ..self.clone() }
    }
}

fn leg_source(source: &str, number: &TrackingNumber) -> String {
    format!("{source}/{number}")
}

impl Parcel {
    /// A parcel of which nothing is known yet.
    #[must_use]
    pub fn new(key: ParcelKey) -> Self {
        Self {
            key,
            link: None,
            other_orders: BTreeSet::new(),
            scans: Vec::new(),
            tellings: BTreeMap::new(),
            expected: None,
            lane_day: None,
            service: None,
            last_mile: None,
            leg_of: None,
            episodes: Vec::new(),
            timer_due_at: None,
        }
    }

    /// The parcel after a report. Reports may come in any order and any number of times: the end is the same.
    #[must_use]
    pub fn told(mut self, report: &ParcelReport) -> Self {
        let heard_at = report.received_at.unwrap_or(report.reported_at);
        let mut scans = std::mem::take(&mut self.scans);
        scans.extend(report.scans.iter().cloned().map(|scan| {
            let source = if scan.source.is_empty() { report.source.clone() } else { scan.source.clone() };
            Scan { source, ..scan.bounded().heard(heard_at) }
        }));
        self.scans = history::kept(scans);
        self.note_telling(report);
        if let Some(date) = report.expected {
            self.expected = Some(expected::folded(self.expected, date, report.reported_at));
        }
        let service = report.service.as_ref().map(|name| name.trim().chars().take(SERVICE_CHARS_MAX).collect::<String>());
        self.service = self.service.max(service.filter(|name| !name.is_empty()));
        let own = (&self.key.carrier, &self.key.number);
        let handed = report.last_mile.clone().filter(|name| (&name.carrier, &name.number) != own);
        self.last_mile = self.last_mile.max(handed);
        self.settled()
    }

    fn note_telling(&mut self, report: &ParcelReport) {
        let is_known = self.tellings.contains_key(&report.source);
        if !is_known && self.tellings.len() >= SOURCES_MAX {
            return;
        }
        let delivered = report.scans.iter().any(|scan| scan.status == Status::Delivered);
        let oldest = report.scans.iter().filter(|scan| scan.status.is_physical()).map(|scan| scan.at).min();
        let at = report.reported_at;
        if delivered {
            let telling = self.tellings.entry(report.source.clone()).or_default();
            telling.delivered_first_at = Some(telling.delivered_first_at.map_or(at, |known| known.min(at)));
            telling.delivered_last_at = telling.delivered_last_at.max(Some(at));
        } else if let Some(oldest) = oldest.filter(|_| report.is_full_history) {
            let telling = self.tellings.entry(report.source.clone()).or_default();
            telling.undelivered_at = telling.undelivered_at.max(Some((at, oldest)));
        }
    }

    /// The parcel as one of this order's, its label made at `label_at`.
    ///
    /// A parcel that carries another order too (two orders in one box) keeps its first one: one parcel, one set of messages.
    /// A number that the carrier uses again, long after its last life ended, goes to the new order.
    #[must_use]
    pub fn linked(mut self, order: OrderId, label_at: Timestamp) -> Self {
        let link = OrderLink { order: order.clone(), active: true, label_at, described: None };
        match self.link.take() {
            None => self.link = Some(link),
            Some(mut known) if known.order == order => {
                known.label_at = known.label_at.min(label_at);
                known.active = true;
                self.link = Some(known);
            }
            Some(known) => {
                self.link = Some(known);
                let known_order = self.link.as_ref().filter(|l| l.active).map(|l| l.order.clone());
                let other = match known_order {
                    Some(_) if !self.is_over_by(label_at) => order,
                    _ => self.link.replace(link).map_or(order, |old| old.order),
                };
                if self.other_orders.len() < OTHER_ORDERS_MAX {
                    self.other_orders.insert(other);
                }
            }
        }
        self.settled()
    }

    /// The parcel after this order was described: from now on there is somebody to write to.
    #[must_use]
    pub fn described(mut self, order: &OrderId, destination: &Destination) -> Self {
        if let Some(link) = self.link.as_mut().filter(|link| link.order == *order) {
            link.described = Some(destination.clone());
        }
        self
    }

    /// The parcel after its order named another number instead. A link to some other order is left alone.
    #[must_use]
    pub fn unlinked(mut self, order: &OrderId) -> Self {
        if let Some(link) = self.link.as_mut().filter(|link| link.order == *order) {
            link.active = false;
        }
        self.other_orders.remove(order);
        self
    }

    /// The parcel with what was told of its last leg before anybody knew that it is one.
    #[must_use]
    pub fn with_leg(mut self, leg: &Self) -> Self {
        let mut scans = std::mem::take(&mut self.scans);
        scans.extend(leg.scans.iter().cloned());
        self.scans = history::kept(scans);
        for (source, telling) in &leg.tellings {
            let of_leg = leg_source(source, &leg.key.number);
            if self.tellings.len() < SOURCES_MAX {
                self.tellings.entry(of_leg).or_insert(*telling);
            }
        }
        self.settled()
    }

    /// The parcel as the last leg of another one.
    #[must_use]
    pub fn as_leg_of(mut self, main: ParcelName) -> Self {
        self.leg_of = Some(main);
        self
    }

    /// The parcel with the day that the history of its lane makes likely. The first one stays.
    #[must_use]
    pub fn likely_on(mut self, day: Option<Date>) -> Self {
        self.lane_day = self.lane_day.or(day);
        self
    }

    /// The parcel after its customer said that it did not arrive. Said again, nothing changes while it is open.
    #[must_use]
    pub fn disputed(mut self, at: Timestamp) -> Self {
        let open = self.episodes.iter().any(|e| e.kind == EpisodeKind::Disputed && e.closed_at.is_none());
        if !open {
            self.open(Episode { kind: EpisodeKind::Disputed, since: at, opened_at: at, closed_at: None });
        }
        self
    }

    /// The parcel after a person of the shop settled the dispute.
    #[must_use]
    pub fn dispute_settled(mut self, at: Timestamp) -> Self {
        for episode in self.episodes.iter_mut().filter(|e| e.kind == EpisodeKind::Disputed && e.closed_at.is_none()) {
            episode.closed_at = Some(at);
        }
        self
    }

    fn open(&mut self, episode: Episode) {
        let known = self.episodes.iter().any(|e| e.kind == episode.kind && e.since == episode.since);
        if !known && self.episodes.len() < EPISODES_MAX {
            self.episodes.push(episode);
            self.episodes.sort_by_key(|e| (e.opened_at, e.kind));
        }
    }

    /// Whether an order stands behind it now.
    #[must_use]
    pub fn is_standing(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.active)
    }

    /// When its label was made, as the storefront said.
    #[must_use]
    pub fn label_at(&self) -> Option<Timestamp> {
        self.link.as_ref().map(|link| link.label_at)
    }

    /// Every episode, closed ones too: those kept, and a delivery that was taken back.
    #[must_use]
    pub fn episodes(&self) -> Vec<Episode> {
        let mut out: Vec<Episode> = self.retraction().into_iter().chain(self.episodes.iter().copied()).collect();
        out.sort_by_key(|episode| (episode.opened_at, episode.kind));
        out
    }

    /// Every stretch of trouble with its begin and end, closed ones too, the oldest first: what the carrier said, and what time
    /// or a person brought.
    #[must_use]
    pub fn problem_history(&self) -> Vec<(Problem, Option<Timestamp>)> {
        let mut out = self.carrier_problems();
        out.extend(self.episodes().into_iter().map(|episode| (Problem::Episode(episode), episode.closed_at)));
        out.sort_by(|(a, _), (b, _)| (a.since(), a.code()).cmp(&(b.since(), b.code())));
        out
    }

    /// Everything that is open, the gravest first: what a carrier says goes before what only time says, but for a parcel that
    /// is likely lost or that its customer misses.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let now = self.folded();
        let mut open: Vec<Episode> = self.episodes().into_iter().filter(|episode| episode.closed_at.is_none()).collect();
        open.sort_by_key(|episode| (episode.kind, episode.opened_at));
        let is_grave = |episode: &Episode| matches!(episode.kind, EpisodeKind::Disputed | EpisodeKind::PresumedLost);
        let (grave, others): (Vec<Episode>, Vec<Episode>) = open.into_iter().partition(is_grave);
        let carrier = now.since.filter(|_| now.is_trouble());
        let carrier = carrier.map(|since| Problem::Carrier { status: now.status, sub: now.sub, since });
        grave.into_iter().map(Problem::Episode).chain(carrier).chain(others.into_iter().map(Problem::Episode)).collect()
    }

    /// The gravest open problem: what a page tells.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.problems().into_iter().next()
    }

    /// Who must act on the problem that is told.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.problem().map_or(Actor::Nobody, |problem| problem.actor())
    }

    /// Since when a person of the shop should look at it, for any open problem; `None` keeps it off the worklist.
    #[must_use]
    pub fn needs_merchant_since(&self) -> Option<Timestamp> {
        if self.leg_of.is_some() || self.link.as_ref().is_some_and(|link| !link.active) {
            return None;
        }
        let of_merchant = |problem: &Problem| problem.actor() == Actor::Merchant;
        self.problems().iter().filter(|problem| of_merchant(problem)).map(Problem::since).min()
    }

    /// The parcel with every scan read again by today's tables: `read` gives the meaning of a scan, or `None` to leave it.
    #[must_use]
    pub fn reread(mut self, read: impl Fn(&Scan) -> Option<(Status, SubStatus)>) -> Self {
        let scans = std::mem::take(&mut self.scans).into_iter().map(|scan| match read(&scan) {
            Some((status, sub)) => Scan { status, sub, ..scan },
            None => scan,
        });
        self.scans = history::kept(scans.collect());
        self.settled()
    }

    /// The carrier's page for this parcel, when we know its address.
    #[must_use]
    pub fn carrier_url(&self) -> Option<String> {
        carrier::tracking_url(&self.key.carrier, &self.key.number)
    }

    /// The carrier's name for people.
    #[must_use]
    pub fn carrier_name(&self) -> String {
        carrier::display_name(&self.key.carrier)
    }
}

#[cfg(test)]
mod tests;
