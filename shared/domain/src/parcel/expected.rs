//! The expected day: who says so, which of several is shown, and when none would be honest.

use super::Parcel;
use crate::{
    scan::Scan,
    status::{Cause, Status, cause},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// When the carrier expects the parcel, as first and as last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The first day it named.
    pub first: Date,
    /// When it said so.
    pub first_said_at: Timestamp,
    /// The current one.
    pub current: Date,
    /// When it said so.
    pub said_at: Timestamp,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The carrier, of this very parcel.
    Carrier,
    /// Our own history of the lane: by this day eight of ten arrived.
    Lane,
    /// The shop's or storefront's promise.
    Promise,
}

impl Basis {
    /// The word in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Lane => "lane",
            Self::Promise => "promise",
        }
    }
}

/// The expected day as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedShown {
    /// What the customer was told first: the promise when there was one.
    pub first: Date,
    /// What is true now.
    pub current: Date,
    /// Who says so.
    pub by: Basis,
    /// Why it moved, where the carrier gave a cause since it was first named.
    pub because: Option<Cause>,
}

pub(super) fn folded(known: Option<Expected>, date: Date, said_at: Timestamp) -> Expected {
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

impl Parcel {
    /// The expected day, whether or not it may be shown. The rule: what the carrier says of this parcel goes before what its
    /// lane makes likely, and that before what the shop promised everybody.
    #[must_use]
    pub fn expected_day(&self) -> Option<ExpectedShown> {
        let promise = self.link.as_ref().and_then(|link| link.described.as_ref()).and_then(|to| to.promised);
        let carrier = self.expected.map(|expected| (expected.first, expected.current, Basis::Carrier));
        let lane = self.lane_day.map(|day| (day, day, Basis::Lane));
        let (first, current, by) = carrier.or(lane).or(promise.map(|day| (day, day, Basis::Promise)))?;
        // A promise was there from the start; a carrier's day cannot have moved for what happened before it was named.
        let named_at = self.expected.map(|expected| expected.first_said_at).filter(|_| promise.is_none());
        Some(ExpectedShown { first: promise.unwrap_or(first), current, by, because: self.delay_cause(named_at) })
    }

    /// The expected day to show; hidden when it would not be honest: on the vehicle, arrived, going back, in trouble or
    /// after a failed try.
    #[must_use]
    pub fn expected_to_show(&self) -> Option<ExpectedShown> {
        match self.folded().status {
            Status::Pending | Status::InfoReceived | Status::InTransit => self.expected_day(),
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

    /// The new day its customer should be told of: the carrier moved its own day, or named one after the promise. Shown days
    /// only: nobody is told a day that the page would hide.
    #[must_use]
    pub fn new_day(&self) -> Option<Date> {
        let shown = self.expected_to_show().filter(|shown| shown.by == Basis::Carrier)?;
        let own_first = self.expected.map_or(shown.current, |expected| expected.first);
        (shown.current != own_first || shown.current > shown.first).then_some(shown.current)
    }

    /// What the last delay that the carrier admitted since a moment comes from.
    fn delay_cause(&self, since: Option<Timestamp>) -> Option<Cause> {
        let life = self.life();
        let is_since = |scan: &&&Scan| since.is_none_or(|since| scan.at >= since);
        let mut delays = life.scans.iter().filter(|s| s.status == Status::Exception && life.counts(s)).filter(is_since);
        delays.next_back().and_then(|scan| cause(scan.status, &scan.sub)).filter(|cause| *cause != Cause::Other)
    }
}
