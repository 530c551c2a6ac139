//! Packing: how much of an order is in parcels, what waits, and what was not packed in time.

use super::{FulfilmentState, Line, Order};
use crate::id::LineId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stretch in which an order should have been packed and was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotPacked {
    /// When its time was over.
    pub opened_at: Timestamp,
    /// When it was packed after all, or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl Order {
    /// When a first part of it was handed over while more was still to be packed, if that was so.
    #[must_use]
    pub fn partly_shipped_at(&self) -> Option<Timestamp> {
        let open = || self.fulfilments.values().filter(|fulfilment| fulfilment.state == FulfilmentState::Open);
        let first = open().map(|fulfilment| fulfilment.created_at).min()?;
        let report = self.report.as_ref()?;
        let with_first = |line: &Line| open().any(|fulfilment| fulfilment.created_at <= first && fulfilment.carries(&line.id));
        let rest = report.lines.iter().any(|line| line.ships && line.quantity > 0 && !with_first(line));
        rest.then_some(first)
    }

    /// How many of each line are in standing fulfilments; lines a source does not list are not counted.
    #[must_use]
    pub fn packed(&self) -> BTreeMap<LineId, u32> {
        let mut out = BTreeMap::new();
        for fulfilment in self.fulfilments.values().filter(|f| f.state == FulfilmentState::Open) {
            for (line, quantity) in &fulfilment.lines {
                let sum: &mut u32 = out.entry(line.clone()).or_default();
                *sum = sum.saturating_add(*quantity);
            }
        }
        out
    }

    /// Whether everything that is sent in parcels has been packed. A source that lists no lines packs everything at once.
    #[must_use]
    pub fn is_all_packed(&self) -> bool {
        let standing: Vec<_> = self.fulfilments.values().filter(|f| f.state == FulfilmentState::Open).collect();
        if standing.is_empty() {
            return false;
        }
        if standing.iter().any(|f| f.lines.is_empty()) {
            return true;
        }
        let packed = self.packed();
        self.report
            .iter()
            .flat_map(|r| &r.lines)
            .filter(|l| l.ships)
            .all(|l| packed.get(&l.id).copied().unwrap_or(0) >= l.quantity)
    }

    /// Whether some of a line was handed over; a fulfilment that lists no lines has all of them.
    #[must_use]
    pub fn is_sent(&self, line: &LineId) -> bool {
        self.fulfilments.values().any(|f| f.carries(line))
    }

    /// Whether it waits for being packed: to be relied on, with something that ships and is not in a parcel yet.
    #[must_use]
    pub fn waits_for_packing(&self) -> bool {
        let ships = self.report.iter().flat_map(|report| &report.lines).any(|line| line.ships);
        self.is_live() && ships && !self.is_all_packed()
    }

    /// The order with its timer armed if it needs one and has none. `pack_by` is the moment at which its time is over.
    #[must_use]
    pub fn armed(mut self, pack_by: Timestamp) -> Self {
        if self.timer_due_at.is_none() && self.not_packed.is_none() && self.waits_for_packing() {
            self.timer_due_at = Some(pack_by);
        }
        self
    }

    /// The order after its timer fired: still not packed, it becomes a problem. Firing twice or late is harmless.
    #[must_use]
    pub fn looked_at(mut self, pack_by: Timestamp, now: Timestamp) -> Self {
        self.timer_due_at = None;
        if self.not_packed.is_none() && self.waits_for_packing() {
            if pack_by <= now {
                self.not_packed = Some(NotPacked { opened_at: pack_by, closed_at: None });
            } else {
                self.timer_due_at = Some(pack_by);
            }
        }
        self
    }

    /// The order with "not packed in time" closed once it is packed or cancelled.
    pub(super) fn settled(mut self) -> Self {
        if !self.waits_for_packing()
            && let Some(late) = self.not_packed.as_mut().filter(|late| late.closed_at.is_none())
        {
            let packed = self.fulfilments.values().map(|f| f.created_at).max();
            late.closed_at = self.cancelled_at.or(packed).map(|at| at.max(late.opened_at));
        }
        self
    }
}
