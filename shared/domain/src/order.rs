//! An order: what the storefront says was bought, folded by the storefront's own clock.

mod changes;
mod naming;
mod packing;
mod privacy;
mod reading;
mod refunds;
mod stages;
mod told;

pub use changes::CONTENTS_MAX;
pub use naming::{DecidedBy, DecidedCarrier, ParcelName};
pub use packing::NotPacked;
pub use refunds::{REFUNDS_MAX, Refund, RefundReport};
pub use stages::{STAGES_MAX, Stage, StageReport};
pub use told::StorefrontReport;

use crate::{
    address::{Address, Customer},
    answer::CustomerAnswer,
    id::{FulfilmentId, LineId, OrderId, OrderKey, RefundId, ShopId, TrackingNumber},
    money::Money,
    parcel::Destination,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Lines kept of one order (Shopify allows 500 in a checkout).
pub const LINES_MAX: usize = 500;
/// Fulfilments kept of one order.
pub const FULFILMENTS_MAX: usize = 100;
/// Parcels of one order; together with the order they fit one DynamoDB transaction of 100 items.
pub const PARCELS_MAX: usize = 80;
/// Links mailed for one order within an hour and within a day, however often somebody asks (guards a victim's mailbox).
pub const LINKS_PER_HOUR_MAX: usize = 3;
/// See [`LINKS_PER_HOUR_MAX`].
pub const LINKS_PER_DAY_MAX: usize = 10;

/// What is known of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Nothing came yet.
    Pending,
    /// Money is reserved; the shop treats the order as placed.
    Authorized,
    /// Part of it came.
    PartlyPaid,
    /// All of it came.
    Paid,
    /// Part of it went back.
    PartlyRefunded,
    /// All of it went back.
    Refunded,
    /// It will not come.
    Voided,
}

impl Payment {
    /// Whether the customer has a confirmed order (money came or is reserved, even if some of it went back later).
    #[must_use]
    pub fn confirms(self) -> bool {
        match self {
            Self::Authorized | Self::PartlyPaid | Self::Paid | Self::PartlyRefunded | Self::Refunded => true,
            Self::Pending | Self::Voided => false,
        }
    }
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The storefront's id.
    pub id: LineId,
    /// What it is.
    pub title: String,
    /// Colour, size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Stock keeping unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// How many were bought.
    pub quantity: u32,
    /// What the customer paid for all of them: after discounts, with tax, so that giving a line back can be exact.
    pub paid: Money,
    /// Whether it is sent in a parcel.
    pub ships: bool,
    /// Marked by the shop as not returnable.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub final_sale: bool,
}

/// The sums of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// What the customer pays in all.
    pub total: Money,
    /// Of it for shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Money>,
    /// Of it tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// Taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
}

/// What one storefront message said about one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReport {
    /// `shopify`, `woocommerce`, `standard`.
    pub source: String,
    /// The source's id.
    pub source_id: String,
    /// The source's own time of this version of the order: the clock by which reports are folded.
    pub reported_at: Timestamp,
    /// When the order was placed.
    pub placed_at: Timestamp,
    /// The number people say: `#1001`.
    pub number: String,
    /// What is known of the payment.
    pub payment: Payment,
    /// When it was cancelled, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// Who bought.
    #[serde(default)]
    pub customer: Customer,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<Address>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// The sums.
    pub totals: Totals,
    /// What was chosen at checkout, as the shop calls it (`Express`): transit rules may speak of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<String>,
    /// When the shop or storefront promised it, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<jiff::civil::Date>,
}

/// Whether a fulfilment counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentState {
    /// It stands.
    Open,
    /// It was taken back: its parcels are no longer this order's.
    Cancelled,
}

/// What one storefront message said about one fulfilment of an order. It may come before the order itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentReport {
    /// `shopify`, `woocommerce`, `standard`.
    pub source: String,
    /// The order it belongs to.
    pub order_source_id: String,
    /// The source's id of the fulfilment.
    pub id: FulfilmentId,
    /// The source's own time of this version.
    pub reported_at: Timestamp,
    /// When it was made: from here the carrier has time for a first scan.
    pub created_at: Timestamp,
    /// Whether it stands.
    pub state: FulfilmentState,
    /// Which lines and how many of each; empty when the source does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(LineId, u32)>,
    /// Its parcels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<ParcelName>,
}

/// A fulfilment as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// The clock of the version kept.
    pub reported_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it stands.
    pub state: FulfilmentState,
    /// Which lines and how many of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(LineId, u32)>,
    /// Its parcels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<ParcelName>,
}

impl Fulfilment {
    /// Whether it stands and has some of this line.
    fn carries(&self, line: &LineId) -> bool {
        self.state == FulfilmentState::Open && (self.lines.is_empty() || self.lines.iter().any(|(id, _)| id == line))
    }
}

/// An order as kept. Before the storefront has described it, only its fulfilments may be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Whose.
    pub shop: ShopId,
    /// Our name of it.
    pub id: OrderId,
    /// The newest description, by the storefront's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<OrderReport>,
    /// The earliest moment at which a report said it is paid for; never taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// The earliest moment at which a report said it is cancelled; never taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// Its fulfilments by the source's id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fulfilments: BTreeMap<FulfilmentId, Fulfilment>,
    /// Pieces of each line that are coming back or may be: reserved by returns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returning: BTreeMap<LineId, u32>,
    /// Moments at which a link was asked for and granted, newest last, bounded by [`LINKS_PER_DAY_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links_sent_at: Vec<Timestamp>,
    /// Raised to make every link sent so far worthless.
    #[serde(default)]
    pub link_epoch: u8,
    /// What its customer answered to trouble, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<CustomerAnswer>,
    /// The day by which the shop's own rules promised it, as they were when it was first described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<jiff::civil::Date>,
    /// That it was not packed in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_packed: Option<NotPacked>,
    /// When the armed timer is due, if one is armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_due_at: Option<Timestamp>,
    /// When its customer's mailbox refused its confirmation, until the storefront names another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_bounced_at: Option<Timestamp>,
    /// Stages of the shop floor, each time one was reached.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stages: BTreeSet<(Timestamp, Stage)>,
    /// What was ordered and where it goes, as a fingerprint of each that was ever told, with the earliest report of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contents: BTreeMap<String, Timestamp>,
    /// Money that went back, by the storefront's id of the refund.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<RefundId, Refund>,
    /// When it was found although no webhook had told of it; what happened long before is no news then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_at: Option<Timestamp>,
    /// When its customer's data was erased: what still comes of it is stripped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_at: Option<Timestamp>,
    /// Who carries the numbers whose carrier was decided here: nobody named one, or a scan showed another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub carriers: BTreeMap<TrackingNumber, DecidedCarrier>,
}

/// Why a report could not be folded into an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    /// More than [`LINES_MAX`], [`FULFILMENTS_MAX`] or [`PARCELS_MAX`].
    #[error("the order has more {what} than the {max} that are kept")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: usize,
    },
}

impl Order {
    /// An order of which nothing is known yet.
    #[must_use]
    pub fn new(shop: ShopId, id: OrderId) -> Self {
        Self {
            shop,
            id,
            report: None,
            confirmed_at: None,
            cancelled_at: None,
            fulfilments: BTreeMap::new(),
            returning: BTreeMap::new(),
            links_sent_at: Vec::new(),
            link_epoch: 0,
            answers: Vec::new(),
            promise: None,
            not_packed: None,
            timer_due_at: None,
            mail_bounced_at: None,
            stages: BTreeSet::new(),
            contents: BTreeMap::new(),
            refunds: BTreeMap::new(),
            found_at: None,
            redacted_at: None,
            carriers: BTreeMap::new(),
        }
    }

    /// Where it is kept.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        OrderKey { shop: self.shop.clone(), order: self.id.clone() }
    }

    /// The order after a report about one of its fulfilments. Any order, any repeats, the same end.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn fulfilled(mut self, report: FulfilmentReport) -> Result<Self, OrderRefusal> {
        let new = Fulfilment {
            reported_at: report.reported_at,
            created_at: report.created_at,
            state: report.state,
            lines: report.lines,
            parcels: report.parcels,
        };
        let newer =
            self.fulfilments.get(&report.id).is_none_or(|kept| supersedes((new.reported_at, &new), (kept.reported_at, kept)));
        if newer {
            self.fulfilments.insert(report.id, new);
        }
        if self.fulfilments.len() > FULFILMENTS_MAX {
            return Err(OrderRefusal::TooMany { what: "fulfilments", max: FULFILMENTS_MAX });
        }
        if self.parcels().len() > PARCELS_MAX {
            return Err(OrderRefusal::TooMany { what: "parcels", max: PARCELS_MAX });
        }
        Ok(self.settled())
    }

    /// The order with the day that the shop's rules promise. The first one stays, whatever the rules become.
    #[must_use]
    pub fn promising(mut self, day: Option<jiff::civil::Date>) -> Self {
        self.promise = self.promise.or(day);
        self
    }

    /// The day by which it is promised: by its storefront, which knows what was said at checkout, or by the shop's rules.
    #[must_use]
    pub fn promised(&self) -> Option<jiff::civil::Date> {
        self.report.as_ref().and_then(|report| report.promised).or(self.promise)
    }

    /// What a parcel has to know of where it goes; `None` until the storefront has described the order.
    #[must_use]
    pub fn destination(&self) -> Option<Destination> {
        self.report.as_ref()?;
        let country = self.ship_to().and_then(|to| to.country.clone());
        Some(Destination { country, promised: self.promised() })
    }

    /// Whether the customer may rely on it: paid for and not cancelled.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.confirmed_at.is_some() && self.cancelled_at.is_none()
    }
}

fn earliest(known: Option<Timestamp>, new: Timestamp) -> Option<Timestamp> {
    Some(known.map_or(new, |k| k.min(new)))
}

/// Whether a version goes before the one that is kept: by the source's clock, and between two of the same second
/// (WooCommerce counts in seconds) by the text of their content, so that every delivery order picks the same one.
fn supersedes<T: std::fmt::Debug>(new: (Timestamp, &T), kept: (Timestamp, &T)) -> bool {
    new.0.cmp(&kept.0).then_with(|| format!("{:?}", new.1).cmp(&format!("{:?}", kept.1))).is_gt()
}

#[cfg(test)]
mod tests;
