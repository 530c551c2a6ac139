//! Shopify's refunds: what went back is the sum of the transactions that succeeded. The subtotals of its lines are not it: a shop
//! may refund more or less than they say, shipping too, or put goods back without any money.

use super::body::RefundBody;
use crate::{Parsed, StorefrontReport, amounts, parcels, source_id};
use domain::{
    money::{Currency, Money},
    order::RefundReport,
};
use jiff::Timestamp;
use signatures::{BadDelivery, Field};

/// A refund alone, as `refunds/create` tells it. Without money it is known, and nothing to report.
pub(super) fn read(body: &RefundBody) -> Result<Parsed, BadDelivery> {
    let order_id = source_id(&body.order_id, "order_id")?;
    let report = report(body, &order_id, None, &Field::default(), "")?;
    Ok(Parsed::Reports(report.map(StorefrontReport::Refund).into_iter().collect()))
}

/// `otherwise` and `currency` are the order's, for what a subscription left out of a refund in it.
pub(super) fn report(
    body: &RefundBody,
    order_id: &str,
    otherwise: Option<Timestamp>,
    currency: &Field,
    path: &str,
) -> Result<Option<RefundReport>, BadDelivery> {
    let mut amount: Option<Money> = None;
    for (at, transaction) in body.transactions.rows().filter(|(_, transaction)| transaction.went_back()) {
        let path = |name: &str| format!("{path}transactions[{at}].{name}");
        let currency: Currency = transaction.currency.or(currency).read(&path("currency"))?;
        let one = amounts::required(&transaction.amount, &path("amount"), currency)?;
        amount = amounts::sum_of([amount, Some(one)], &path("amount"))?;
    }
    let Some(amount) = amount.filter(|amount| amount.minor > 0) else { return Ok(None) };
    let created_at = format!("{path}created_at");
    let rows = body.refund_line_items.rows().map(|(at, item)| (at, &item.line_item_id, &item.quantity));
    Ok(Some(RefundReport {
        source: "shopify".to_owned(),
        order_source_id: order_id.to_owned(),
        id: body.id.read(&format!("{path}id"))?,
        refunded_at: body.created_at.time(&created_at)?.or(otherwise).ok_or_else(|| BadDelivery::missing(created_at))?,
        amount,
        lines: parcels::contents(rows, &format!("{path}refund_line_items"), "line_item_id")?,
    }))
}
