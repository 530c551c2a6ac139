//! What is to be told again: a report of any kind, the aggregate it is about, and what it makes of it.

use contracts::{ToOrders, ToTracking};
use domain::{
    id::{OrderKey, ParcelKey, ShopId},
    order::{FulfilmentReport, Order, OrderReport, RefundReport, StageReport},
    parcel::{Parcel, ParcelReport},
};
use serde_json::Value as Json;

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// About an order.
    Order(OrderReport),
    /// About a fulfilment of an order.
    Fulfilment(FulfilmentReport),
    /// About money that went back.
    Refund(RefundReport),
    /// About the shop floor.
    Stage(StageReport),
    /// About a parcel.
    Parcel(ParcelReport),
}

/// The name of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An order.
    Order(OrderKey),
    /// A parcel.
    Parcel(ParcelKey),
}

/// An aggregate as it is kept, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aggregate {
    /// An order.
    Order(Order),
    /// A parcel.
    Parcel(Parcel),
}

/// A message for the desk that folds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// For `orders`.
    Orders(ToOrders),
    /// For `tracking`.
    Tracking(ToTracking),
}

impl Told {
    /// The aggregate it is about.
    #[must_use]
    pub fn key(&self, shop: &ShopId) -> Key {
        let order = |source: &str, id: &str| OrderKey::of(shop.clone(), source, id);
        match self {
            Self::Order(report) => Key::Order(order(&report.source, &report.source_id)),
            Self::Fulfilment(report) => Key::Order(order(&report.source, &report.order_source_id)),
            Self::Refund(report) => Key::Order(order(&report.source, &report.order_source_id)),
            Self::Stage(report) => Key::Order(order(&report.source, &report.order_source_id)),
            Self::Parcel(report) => {
                Key::Parcel(ParcelKey { shop: shop.clone(), carrier: report.carrier.clone(), number: report.number.clone() })
            }
        }
    }

    /// The message that makes its desk do what [`Aggregate::told`] does.
    #[must_use]
    pub fn message(self, shop: &ShopId) -> Message {
        let shop = shop.clone();
        match self {
            // Of one version of the source's, today's reading holds.
            Self::Order(report) => Message::Orders(ToOrders::OrderReread { shop, report }),
            Self::Fulfilment(report) => Message::Orders(ToOrders::FulfilmentReported { shop, report }),
            Self::Refund(report) => Message::Orders(ToOrders::RefundReported { shop, report }),
            Self::Stage(report) => Message::Orders(ToOrders::StageReported { shop, report }),
            Self::Parcel(report) => Message::Tracking(ToTracking::ParcelReported { shop, report }),
        }
    }
}

impl Aggregate {
    /// The aggregate after a report, as its desk folds it.
    ///
    /// # Errors
    /// When its desk would refuse it.
    pub fn told(&self, told: &Told) -> Result<Self, String> {
        let order =
            |folded: Result<Order, domain::order::OrderRefusal>| folded.map(Self::Order).map_err(|refusal| refusal.to_string());
        match (self.clone(), told.clone()) {
            (Self::Order(kept), Told::Order(report)) => order(kept.reread(report)),
            (Self::Order(kept), Told::Fulfilment(report)) => order(kept.fulfilled(report)),
            (Self::Order(kept), Told::Refund(report)) => order(kept.refunded(report)),
            (Self::Order(kept), Told::Stage(report)) => order(kept.staged(&report)),
            // What is told of a last leg belongs to the whole parcel, which is what was loaded.
            (Self::Parcel(kept), Told::Parcel(report)) => {
                let is_own = (&kept.key.carrier, &kept.key.number) == (&report.carrier, &report.number);
                let report = if is_own { report } else { report.of_leg() };
                Ok(Self::Parcel(kept.told(&report)))
            }
            (Self::Order(_), Told::Parcel(_)) | (Self::Parcel(_), _) => {
                Err("an order is no parcel: this is a mistake of this program".to_owned())
            }
        }
    }

    /// Whether a report differs from what is kept of the same thing at the same moment of its source's clock, and cannot
    /// take its place. Of orders it can; of a fulfilment and a refund, the desk keeps one of the two by its own rule.
    #[must_use]
    pub fn outlives(&self, told: &Told) -> bool {
        match (self, told) {
            (Self::Order(kept), Told::Fulfilment(report)) => kept.fulfilments.get(&report.id).is_some_and(|kept| {
                let same = kept.created_at == report.created_at
                    && kept.state == report.state
                    && kept.lines == report.lines
                    && kept.parcels == report.parcels;
                kept.reported_at == report.reported_at && !same
            }),
            (Self::Order(kept), Told::Refund(report)) => kept.refunds.get(&report.id).is_some_and(|kept| {
                let same = kept.amount == report.amount && kept.lines == report.lines;
                kept.refunded_at == report.refunded_at && !same
            }),
            _ => false,
        }
    }

    /// How people call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Order(order) => match &order.report {
                Some(report) => format!("order {} ({})", crate::difference::plain(&report.number), order.id),
                None => format!("order {}, not described yet", order.id),
            },
            Self::Parcel(parcel) => format!("parcel {}/{}", parcel.key.carrier, parcel.key.number),
        }
    }

    /// What there is to say of a new one in one line.
    #[must_use]
    pub fn gist(&self) -> String {
        match self {
            Self::Order(order) => {
                let described = order.report.as_ref().map(|report| {
                    let payment = serde_json::to_value(report.payment).unwrap_or_default();
                    let (lines, total) = (report.lines.len(), report.totals.total);
                    let lines = many(lines, "line");
                    format!("{lines}, {total}, {}, placed {}", payment.as_str().unwrap_or_default(), report.placed_at)
                });
                let cancelled = order.cancelled_at.map(|_| "cancelled".to_owned());
                let count = |count: usize, what: &str| (count > 0).then(|| many(count, what));
                let parts = [
                    described,
                    cancelled,
                    count(order.fulfilments.len(), "fulfilment"),
                    count(order.parcels().len(), "parcel"),
                    count(order.refunds.len(), "refund"),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
            Self::Parcel(parcel) => {
                let folded = parcel.folded();
                let since = folded.since.map(|at| format!(" since {at}")).unwrap_or_default();
                format!(
                    "{}, {}.{}{since}",
                    many(parcel.scans.len(), "scan"),
                    folded.status,
                    crate::difference::plain(folded.sub.code())
                )
            }
        }
    }

    /// As JSON, for the difference.
    #[must_use]
    pub fn json(&self) -> Json {
        let json = match self {
            Self::Order(order) => serde_json::to_value(order),
            Self::Parcel(parcel) => serde_json::to_value(parcel),
        };
        // Neither has a map with keys that are not text.
        json.unwrap_or_default()
    }
}

fn many(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
