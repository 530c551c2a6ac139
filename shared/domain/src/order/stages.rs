//! Stages of the shop floor that an order goes through: held, released, picked, packed.

use super::{Order, OrderRefusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Stages kept of one order: it may be held and released a few times.
pub const STAGES_MAX: usize = 30;

/// What the shop floor is at with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is held back for a check.
    OnHold,
    /// The check is over.
    Released,
    /// Somebody collects the items.
    Picking,
    /// Everything is in its box.
    Packed,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::OnHold, Self::Released, Self::Picking, Self::Packed];

    /// The word in JSON and in keys.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnHold => "on_hold",
            Self::Released => "released",
            Self::Picking => "picking",
            Self::Packed => "packed",
        }
    }
}

/// What one storefront message said about the shop floor. It may come before the order itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReport {
    /// `standard`.
    pub source: String,
    /// The order it belongs to.
    pub order_source_id: String,
    /// Which stage.
    pub stage: Stage,
    /// When it was reached, by the source's own clock.
    pub reached_at: Timestamp,
}

impl Order {
    /// The order after a report about a stage of the shop floor. Any order, any repeats, the same end.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn staged(mut self, report: &StageReport) -> Result<Self, OrderRefusal> {
        let reached = (report.reached_at, report.stage);
        if self.stages.len() >= STAGES_MAX && !self.stages.contains(&reached) {
            return Err(OrderRefusal::TooMany { what: "stages", max: STAGES_MAX });
        }
        self.stages.insert(reached);
        Ok(self)
    }
}
