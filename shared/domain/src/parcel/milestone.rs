//! Moments of a parcel that are worth a message.

use super::{EpisodeKind, Parcel};
use crate::{calendar::Zone, status::Status};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// A moment worth a message, with what tells several of one kind apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    /// A label was made for it.
    LabelMade,
    /// The carrier has it.
    Shipped,
    /// It is on the vehicle.
    OutForDelivery,
    /// It waits where it can be collected.
    ReadyForPickup,
    /// It arrived.
    Delivered,
    /// Somebody tried on this day and failed.
    AttemptFailed(Date),
    /// The carrier says that something went wrong, by its code. Each code is told once.
    Problem(String),
    /// It is expected on this day now.
    NewDay(Date),
    /// Time brought trouble, counted from this moment.
    Stuck(EpisodeKind, Timestamp),
    /// That trouble is over.
    Moving(EpisodeKind, Timestamp),
}

impl Parcel {
    /// Moments worth a message, each with when it happened. A function of the *set* of what is known: neither order nor
    /// repeats can change it, and a late scan never takes one away.
    #[must_use]
    pub fn milestones(&self) -> BTreeMap<Milestone, Timestamp> {
        let mut out = BTreeMap::new();
        let life = self.life();
        for scan in life.scans.iter().filter(|scan| life.counts(scan)) {
            let milestone = match scan.status {
                Status::InTransit => Milestone::Shipped,
                Status::OutForDelivery => Milestone::OutForDelivery,
                Status::Delivered => Milestone::Delivered,
                Status::AttemptFailed => Milestone::AttemptFailed(Zone::utc().date_of(scan.at)),
                Status::Exception => Milestone::Problem(scan.sub.code().to_owned()),
                Status::Returning => Milestone::Problem("returning".to_owned()),
                Status::Returned => Milestone::Problem("returned".to_owned()),
                Status::AvailableForPickup => Milestone::ReadyForPickup,
                Status::InfoReceived => Milestone::LabelMade,
                Status::Pending | Status::Expired | Status::Cancelled => continue,
            };
            let at = out.entry(milestone).or_insert(scan.at);
            *at = (*at).min(scan.at);
        }
        if let (Some(day), Some(expected)) = (self.new_day(), self.expected) {
            out.insert(Milestone::NewDay(day), expected.said_at);
        }
        for episode in self.episodes().into_iter().filter(|episode| episode.kind.is_told()) {
            out.insert(Milestone::Stuck(episode.kind, episode.since), episode.opened_at);
            // Most ends speak for themselves: "out for delivery", "delivered". Moving on, or arriving after all, does not.
            let mut after = life.scans.iter().filter(|scan| scan.at > episode.since && scan.status.is_physical());
            // A day that has passed is made good by arriving or by a new day, and both have letters of their own.
            let moves_on =
                episode.kind != EpisodeKind::OverduePromise && after.next().is_some_and(|scan| scan.status == Status::InTransit);
            if let Some(closed_at) = episode.closed_at.filter(|_| moves_on || episode.kind == EpisodeKind::DeliveryRetracted) {
                out.insert(Milestone::Moving(episode.kind, episode.since), closed_at);
            }
        }
        out
    }
}
