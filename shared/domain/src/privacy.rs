//! What a storefront asks of us about a person's data: to hand it out, or to forget it.

use crate::address::EmailAddress;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Orders of one request that are taken; Shopify lists those of one customer.
pub const REQUEST_ORDERS_MAX: usize = 1000;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyWish {
    /// A customer wants to see what is kept: a person of the shop answers.
    CustomerData,
    /// A customer wants to be forgotten.
    CustomerErasure,
    /// The shop has left: everything of it may go. The operator does it.
    ShopErasure,
}

impl PrivacyWish {
    /// The word in JSON, rows and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CustomerData => "customer_data",
            Self::CustomerErasure => "customer_erasure",
            Self::ShopErasure => "shop_erasure",
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyRequest {
    /// `shopify`.
    pub source: String,
    /// What is asked.
    pub wish: PrivacyWish,
    /// The source's ids of the orders it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<String>,
    /// Whom it is about, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// When it came.
    pub requested_at: Timestamp,
}
