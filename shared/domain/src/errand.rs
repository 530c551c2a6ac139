//! An errand: one act in the outside world that is not a letter.

use crate::id::{LetterId, OrderKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What has to be done outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// The same for the same reason, so that doing it twice can be seen.
    pub id: LetterId,
    /// Whose and about what.
    pub order: OrderKey,
    /// What.
    pub kind: ErrandKind,
    /// When the thing happened that asks for it.
    pub occurred_at: Timestamp,
}

/// The kinds of errand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ErrandKind {
    /// Tell the merchant's own systems by a signed webhook (Standard Webhooks).
    TellMerchant {
        /// `order.confirmed`, `parcel.delivered`: dot-delimited, past tense.
        event: String,
        /// The parcel or return it is about, when it is not the order itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
    },
}
