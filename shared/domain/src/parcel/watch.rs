//! Deadlines of a parcel: when somebody has to look, what has become a problem by then, and how it closes by itself.

use super::{Episode, EpisodeKind, Parcel};
use crate::{calendar::Calendar, status::Status};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// After how long silence becomes a problem, for one parcel: the shop's rules with what its lane and service change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Business days a label may be without a scan.
    pub label_without_scan_days: u32,
    /// Business days between two scans.
    pub no_movement_days: u32,
    /// Days after the last scan until it is presumed lost; calendar days, as carriers count them.
    pub presumed_lost_days: u32,
    /// Hours after the end of the expected day until it is overdue: late scans come, and nobody wants that letter at midnight.
    pub overdue_hours: u32,
}

/// By what a parcel is watched: thresholds, and the calendars of origin, carrier and destination together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// After how long.
    pub thresholds: Thresholds,
    /// Where it is packed.
    pub origin: Calendar,
    /// When the carrier works.
    pub carrier: Calendar,
    /// Where it arrives: whose midnight ends the expected day.
    pub destination: Calendar,
}

impl Watch {
    /// When so many days have passed on which all three work.
    fn after_business_days(&self, from: Timestamp, days: u32) -> Timestamp {
        Calendar::joint(&[&self.origin, &self.carrier, &self.destination]).after_business_days(from, days)
    }
}

impl Parcel {
    /// Everything that becomes a problem by itself unless something happens: which, counted from when, at which moment.
    #[must_use]
    pub fn deadlines(&self, watch: &Watch) -> Vec<(EpisodeKind, Timestamp, Timestamp)> {
        let mut out = Vec::new();
        if !self.is_standing() || self.leg_of.is_some() {
            return out;
        }
        let limits = watch.thresholds;
        let now = self.folded();
        let last = self.last_scan_at();
        match now.status {
            Status::Pending | Status::InfoReceived => {
                if let Some(at) = self.label_made_at().filter(|_| last.is_none()) {
                    let due = watch.after_business_days(at, limits.label_without_scan_days);
                    out.push((EpisodeKind::LabelWithoutScan, at, due));
                }
            }
            // While the carrier itself says what is wrong, silence is explained; a loss is not.
            Status::InTransit | Status::OutForDelivery | Status::Exception | Status::AttemptFailed => {
                if let Some(at) = last {
                    if matches!(now.status, Status::InTransit | Status::OutForDelivery) {
                        let due = watch.after_business_days(at, limits.no_movement_days);
                        out.push((EpisodeKind::NoMovement, at, due));
                    }
                    let due = at.checked_add(SignedDuration::from_hours(i64::from(limits.presumed_lost_days) * 24));
                    out.extend(due.ok().map(|due| (EpisodeKind::PresumedLost, at, due)));
                }
            }
            Status::AvailableForPickup
            | Status::Returning
            | Status::Returned
            | Status::Delivered
            | Status::Cancelled
            | Status::Expired => return out,
        }
        if let Some(expected) = self.expected_day() {
            let end = watch.destination.end_of(expected.current);
            let due = end.checked_add(SignedDuration::from_hours(limits.overdue_hours.into()));
            out.extend(due.ok().map(|due| (EpisodeKind::OverduePromise, midnight(expected.current), due)));
        }
        let known = |kind: EpisodeKind, since: Timestamp| self.episodes.iter().any(|e| e.kind == kind && e.since == since);
        out.retain(|(kind, since, _)| !known(*kind, *since));
        out
    }

    /// When somebody has to look next: the nearest deadline, or the moment at which a scan from the future may lead.
    #[must_use]
    pub fn next_look_at(&self, watch: &Watch) -> Option<Timestamp> {
        let deadlines = self.deadlines(watch).into_iter().map(|(_, _, due)| due);
        let early = self.scans.iter().filter(|scan| scan.is_early).map(crate::scan::Scan::leads_from);
        deadlines.chain(early.filter(|_| self.is_standing())).min()
    }

    /// The parcel with its timer armed if it needs one and has none. An armed timer stays as it is: when it is due, somebody
    /// looks, and arms the next one. So a parcel that moves on costs no timer for each scan.
    #[must_use]
    pub fn armed(mut self, watch: &Watch) -> Self {
        if self.timer_due_at.is_none() {
            self.timer_due_at = self.next_look_at(watch);
        }
        self
    }

    /// The parcel after its timer fired: what is due by now becomes a problem, and the next deadline is armed. Firing twice,
    /// late or for a parcel that moved on is harmless.
    #[must_use]
    pub fn looked_at(mut self, watch: &Watch, now: Timestamp) -> Self {
        self.timer_due_at = None;
        for scan in self.scans.iter_mut().filter(|scan| scan.leads_from() <= now) {
            scan.is_early = false;
        }
        self = self.settled();
        for (kind, since, due) in self.deadlines(watch) {
            if due <= now {
                self.open(Episode { kind, since, opened_at: due, closed_at: None });
            }
        }
        self.settled().armed(watch)
    }

    /// The parcel with its episodes closed by what happened since. Nobody has to help, and nothing is closed twice.
    pub(super) fn settled(mut self) -> Self {
        if self.episodes.is_empty() {
            return self;
        }
        let life = self.life();
        let next = |since: Timestamp| {
            let moves = life.scans.iter().filter(|scan| scan.status.is_physical() && life.counts(scan));
            moves.map(|scan| scan.at).filter(|at| *at > since).min()
        };
        let is_over = matches!(
            life.at.status,
            Status::Delivered | Status::AvailableForPickup | Status::Returning | Status::Returned | Status::Cancelled
        );
        let arrived = life.at.since.filter(|_| is_over);
        let later_day = |since: Timestamp| {
            self.expected.filter(|expected| midnight(expected.current) > since).map(|expected| expected.said_at)
        };
        let closes: Vec<Option<Timestamp>> = self
            .episodes
            .iter()
            .map(|episode| match episode.kind {
                EpisodeKind::LabelWithoutScan => self.first_scan_at().or(arrived),
                EpisodeKind::NoMovement | EpisodeKind::PresumedLost => next(episode.since),
                // Late stays late until it is there, or a later day is named.
                EpisodeKind::OverduePromise => arrived.or_else(|| later_day(episode.since)),
                EpisodeKind::Disputed | EpisodeKind::DeliveryRetracted => None,
            })
            .collect();
        for (episode, closed_at) in self.episodes.iter_mut().zip(closes) {
            let closed_at = closed_at.map(|at| at.max(episode.opened_at));
            episode.closed_at = match (episode.closed_at, closed_at) {
                (Some(known), Some(new)) => Some(known.min(new)),
                (known, new) => known.or(new),
            };
        }
        self
    }
}

/// A civil day as a moment, to name an episode by.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
