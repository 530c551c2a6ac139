//! Stripe's refunds. Each has an id and a status; of a charge only the sum of all that went back is told.

use super::{
    order_id,
    units::{required_amount, second},
};
use crate::{Parsed, StorefrontReport};
use domain::{
    money::{Currency, Money},
    order::RefundReport,
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Either, Field, List, Part};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refund {
    id: Field,
    amount: Field,
    currency: Field,
    created: Field,
    payment_intent: Either<Named>,
    status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    id: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Charge {
    payment_intent: Either<Named>,
    refunds: Part<Refunds>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refunds {
    pub(super) data: List<Part<Refund>>,
}

/// A refund as an event about it tells it. One of a charge that no payment intent made is of no session, and so of no order.
pub(super) fn read(refund: &Refund, told_at: Timestamp) -> Result<Parsed, BadDelivery> {
    let Some(payment_intent) = refund.payment_intent.id(|named| &named.id).filter(|id| super::is_intent(id)) else {
        return Ok(Parsed::Reports(Vec::new()));
    };
    let order_id = order_id(payment_intent, "data.object.payment_intent")?;
    let report = report(refund, &order_id, Some(told_at), "data.object.")?;
    Ok(Parsed::Reports(report.map(StorefrontReport::Refund).into_iter().collect()))
}

/// The refunds that are listed in a charge; none when it lists none.
pub(super) fn listed(charge: &Charge) -> Result<Option<Parsed>, BadDelivery> {
    let Some(payment_intent) = charge.payment_intent.id(|named| &named.id).filter(|id| super::is_intent(id)) else {
        return Ok(None);
    };
    let order_id = order_id(payment_intent, "data.object.payment_intent")?;
    let mut reports = Vec::new();
    for (at, refund) in charge.refunds.get().iter().flat_map(|refunds| refunds.data.rows()) {
        let report = report(refund, &order_id, None, &format!("data.object.refunds.data[{at}]."))?;
        reports.extend(report.map(StorefrontReport::Refund));
    }
    Ok((!reports.is_empty()).then_some(Parsed::Reports(reports)))
}

/// Money went back when a refund succeeded. Weeks later a bank may send it back: an event about that takes it back, as a later
/// report of nothing. One that is pending is nothing yet.
pub(super) fn report(
    refund: &Refund,
    order_id: &str,
    told_at: Option<Timestamp>,
    path: &str,
) -> Result<Option<RefundReport>, BadDelivery> {
    let path = |name: &str| format!("{path}{name}");
    let currency: Currency = refund.currency.read(&path("currency"))?;
    let created_at = second(&refund.created, &path("created"))?;
    let (amount, refunded_at) = match (refund.status.text(), told_at) {
        (Some("succeeded"), _) => (required_amount(&refund.amount, &path("amount"), currency)?, created_at),
        (Some("failed" | "canceled"), Some(told_at)) => (Money::of(0, currency), told_at.max(created_at)),
        _ => return Ok(None),
    };
    Ok(Some(RefundReport {
        source: "stripe".to_owned(),
        order_source_id: order_id.to_owned(),
        id: refund.id.read(&path("id"))?,
        refunded_at,
        amount,
        lines: Vec::new(), // A refund of Stripe's is of a payment; it knows no lines.
    }))
}
