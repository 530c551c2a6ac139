//! Money that went back, as the storefront tells it: each refund once, whatever the number of messages about it.

use super::{Order, OrderRefusal};
use crate::{
    id::{LineId, RefundId},
    money::Money,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Refunds kept of one order.
pub const REFUNDS_MAX: usize = 100;

/// What one storefront message said about one refund of an order. It may come before the order itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundReport {
    /// `shopify`, `stripe`.
    pub source: String,
    /// The order it belongs to.
    pub order_source_id: String,
    /// The source's id of the refund.
    pub id: RefundId,
    /// When it was made.
    pub refunded_at: Timestamp,
    /// What went back.
    pub amount: Money,
    /// For which lines and how many of each; empty when the source does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(LineId, u32)>,
}

/// A refund as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// When it was made: the earliest time told, for some storefronts tell none and their order's last change stands for it.
    pub refunded_at: Timestamp,
    /// The time of the version kept.
    pub told_at: Timestamp,
    /// What went back.
    pub amount: Money,
    /// For which lines and how many of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(LineId, u32)>,
}

impl Order {
    /// The order after a report about a refund. Any order, any repeats, the same end: of two versions of one refund the later
    /// one holds, then the larger; it was made when the first one was told.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn refunded(mut self, report: RefundReport) -> Result<Self, OrderRefusal> {
        let told_at = report.refunded_at;
        let mut new = Refund { refunded_at: told_at, told_at, amount: report.amount, lines: report.lines };
        let order = |refund: &Refund| (refund.told_at, refund.amount.minor, refund.amount.currency.code(), refund.lines.clone());
        if let Some(kept) = self.refunds.get(&report.id) {
            let refunded_at = kept.refunded_at.min(told_at);
            if order(kept) >= order(&new) {
                new = kept.clone();
            }
            new.refunded_at = refunded_at;
        }
        self.refunds.insert(report.id, new);
        if self.refunds.len() > REFUNDS_MAX {
            return Err(OrderRefusal::TooMany { what: "refunds", max: REFUNDS_MAX });
        }
        Ok(self)
    }

    /// What went back in all, by currency: one, unless its storefront pays back in another.
    #[must_use]
    pub fn refunded_in_all(&self) -> Vec<Money> {
        let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
        for refund in self.refunds.values() {
            let currency = refund.amount.currency;
            let sum = sums.entry(currency.code()).or_insert(Money::of(0, currency));
            *sum = Money::of(sum.minor.saturating_add(refund.amount.minor), currency);
        }
        sums.into_values().collect()
    }
}
