//! An order: what the storefront says was bought, folded by the storefront's own clock.

mod changes;
mod refunds;
mod stages;

pub use changes::CONTENTS_MAX;
pub use refunds::{REFUNDS_MAX, Refund, RefundReport};
pub use stages::{STAGES_MAX, Stage, StageReport};

use crate::{
    address::{Address, Customer},
    answer::CustomerAnswer,
    carrier,
    id::{CarrierCode, FulfilmentId, LineId, OrderId, OrderKey, ParcelKey, RefundId, ShopId, TrackingNumber},
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
    /// What was paid for all of them after discounts, as the storefront states it (with or without tax as it does).
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

/// A parcel as a storefront names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ParcelName {
    /// Who carries it.
    pub carrier: CarrierCode,
    /// Its number.
    pub number: TrackingNumber,
}

impl ParcelName {
    /// The name of a parcel from a storefront's carrier text (often missing) and number.
    ///
    /// # Errors
    /// When the number is not one.
    pub fn read(company: Option<&str>, number: &str) -> Result<Self, crate::id::BadId> {
        let number = TrackingNumber::read(number)?;
        let named = company.map(carrier::code).filter(|code| code.as_str() != "unknown" && code.as_str() != "other");
        let carrier = named.unwrap_or_else(|| carrier::guess(&number));
        Ok(Self { carrier, number })
    }
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
    /// When its customer's data was erased: what still comes of it is stripped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_at: Option<Timestamp>,
}

/// A stretch in which an order should have been packed and was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotPacked {
    /// When its time was over.
    pub opened_at: Timestamp,
    /// When it was packed after all, or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
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
            redacted_at: None,
        }
    }

    /// Where it is kept.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        OrderKey { shop: self.shop.clone(), order: self.id.clone() }
    }

    /// The order after a report. Reports may come in any order and any number of times: the end is the same.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn told(mut self, mut report: OrderReport) -> Result<Self, OrderRefusal> {
        if self.redacted_at.is_some() {
            (report.customer, report.ship_to) = Default::default();
        }
        if report.lines.len() > LINES_MAX {
            return Err(OrderRefusal::TooMany { what: "lines", max: LINES_MAX });
        }
        if report.payment.confirms() {
            self.confirmed_at = earliest(self.confirmed_at, report.reported_at);
        }
        if let Some(at) = report.cancelled_at {
            self.cancelled_at = earliest(self.cancelled_at, at);
        }
        let newer = self.report.as_ref().is_none_or(|kept| supersedes((report.reported_at, &report), (kept.reported_at, kept)));
        self.remember_content(&report);
        if newer {
            let email = |report: &OrderReport| report.customer.email.clone();
            if self.report.as_ref().is_some_and(|kept| email(kept) != email(&report)) {
                self.mail_bounced_at = None;
            }
            self.report = Some(report);
        }
        Ok(self.settled())
    }

    /// The order after a delivery was read again with better tables: of one version of the source's, the new reading holds.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn reread(mut self, report: OrderReport) -> Result<Self, OrderRefusal> {
        if self.report.as_ref().is_some_and(|kept| kept.reported_at == report.reported_at) {
            self.report = None;
        }
        self.told(report)
    }

    /// The order without anything that tells who its customer is. What was bought and where its parcels are stays.
    #[must_use]
    pub fn redacted(mut self, at: Timestamp) -> Self {
        self.redacted_at = earliest(self.redacted_at, at);
        if let Some(report) = &mut self.report {
            let country = report.ship_to.take().and_then(|to| to.country);
            report.customer = Customer::default();
            report.ship_to = country.map(|country| Address { country: Some(country), ..Address::default() });
        }
        self.answers.clear();
        // Links in old mails open nothing any more.
        self.link_epoch = self.link_epoch.saturating_add(1);
        self
    }

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

    /// The order after its customer's mailbox refused its confirmation.
    #[must_use]
    pub fn bounced(mut self, bounced_at: Timestamp) -> Self {
        self.mail_bounced_at = earliest(self.mail_bounced_at, bounced_at);
        self
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

    /// The parcels that are this order's now, each with the moment its label was made.
    #[must_use]
    pub fn parcels(&self) -> BTreeMap<ParcelKey, Timestamp> {
        let mut out: BTreeMap<ParcelKey, Timestamp> = BTreeMap::new();
        for fulfilment in self.fulfilments.values().filter(|f| f.state == FulfilmentState::Open) {
            for name in &fulfilment.parcels {
                let key = ParcelKey { shop: self.shop.clone(), carrier: name.carrier.clone(), number: name.number.clone() };
                let at = out.entry(key).or_insert(fulfilment.created_at);
                *at = (*at).min(fulfilment.created_at);
            }
        }
        out
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

    /// Parcels that carry a line; every parcel when the source does not say which lines are where.
    #[must_use]
    pub fn parcels_with(&self, line: &LineId) -> BTreeSet<ParcelKey> {
        self.fulfilments
            .values()
            .filter(|fulfilment| fulfilment.carries(line))
            .flat_map(|f| &f.parcels)
            .map(|name| ParcelKey { shop: self.shop.clone(), carrier: name.carrier.clone(), number: name.number.clone() })
            .collect()
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
    fn settled(mut self) -> Self {
        if !self.waits_for_packing()
            && let Some(late) = self.not_packed.as_mut().filter(|late| late.closed_at.is_none())
        {
            let packed = self.fulfilments.values().map(|f| f.created_at).max();
            late.closed_at = self.cancelled_at.or(packed).map(|at| at.max(late.opened_at));
        }
        self
    }

    /// Whether the customer may rely on it: paid for and not cancelled.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.confirmed_at.is_some() && self.cancelled_at.is_none()
    }

    /// The order after somebody who knows its number and address asked for its link at this moment, or `None` when enough
    /// were sent or this very request was granted before.
    #[must_use]
    pub fn link_asked(mut self, now: Timestamp) -> Option<Self> {
        if self.links_sent_at.contains(&now) {
            return None;
        }
        let within = |hours: i64| {
            let from = now.as_second() - hours * 3600;
            self.links_sent_at.iter().filter(|at| at.as_second() > from).count()
        };
        if within(1) >= LINKS_PER_HOUR_MAX || within(24) >= LINKS_PER_DAY_MAX {
            return None;
        }
        self.links_sent_at.push(now);
        if self.links_sent_at.len() > LINKS_PER_DAY_MAX {
            self.links_sent_at.remove(0);
        }
        Some(self)
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
