//! One thing that a storefront said, of whatever kind.

use super::{FulfilmentReport, OrderReport, RefundReport, StageReport};
use crate::privacy::PrivacyRequest;

/// One thing that a storefront said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorefrontReport {
    /// About an order.
    Order(OrderReport),
    /// About one of its fulfilments.
    Fulfilment(FulfilmentReport),
    /// About the shop floor.
    Stage(StageReport),
    /// About money that went back.
    Refund(RefundReport),
    /// About a person's data.
    Privacy(PrivacyRequest),
}
