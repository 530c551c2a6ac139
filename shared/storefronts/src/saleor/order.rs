//! An order of Saleor's, as the query of SALEOR.md asks for it.

use crate::{
    Parsed, StorefrontReport,
    amounts::{self, rounded},
    contact::{self, TEXT_CHARS_MAX},
    number, parcels, source_id,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, RefundReport, Totals},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    issued_at: Field,
    order: Part<OrderBody>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OrderBody {
    id: Field,
    number: Field,
    created: Field,
    updated_at: Field,
    status: Field,
    payment_status: Field,
    authorize_status: Field,
    charge_status: Field,
    user_email: Field,
    language_code_enum: Field,
    shipping_method_name: Field,
    shipping_address: Part<Place>,
    billing_address: Part<Place>,
    lines: List<Part<OrderLine>>,
    fulfillments: List<Part<Fulfillment>>,
    transactions: List<Part<Transaction>>,
    total: Part<TaxedMoney>,
    undiscounted_total: Part<TaxedMoney>,
    shipping_price: Part<TaxedMoney>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Place {
    first_name: Field,
    last_name: Field,
    company_name: Field,
    #[serde(rename = "streetAddress1")]
    street: Field,
    #[serde(rename = "streetAddress2")]
    street_more: Field,
    city: Field,
    country_area: Field,
    postal_code: Field,
    country: Part<Country>,
    phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Country {
    code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OrderLine {
    id: Field,
    product_name: Field,
    variant_name: Field,
    product_sku: Field,
    quantity: Field,
    is_shipping_required: Field,
    total_price: Part<TaxedMoney>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Fulfillment {
    id: Field,
    status: Field,
    created: Field,
    tracking_number: Field,
    lines: List<Part<Packed>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Packed {
    quantity: Field,
    order_line: Part<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    id: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Transaction {
    events: List<Part<TransactionEvent>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TransactionEvent {
    id: Field,
    r#type: Field,
    created_at: Field,
    amount: Part<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TaxedMoney {
    gross: Part<Amount>,
    tax: Part<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Amount {
    amount: Field,
    currency: Field,
}

impl TaxedMoney {
    fn gross(&self, path: &str, currency: Currency) -> Result<Option<Money>, BadDelivery> {
        self.gross.get().map_or(Ok(None), |sum| rounded(&sum.amount, &format!("{path}.gross.amount"), currency))
    }
}

pub(super) fn read(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let event: Body = verified.json()?;
    let body = event.order.required("order")?;
    // Not an order yet: staff still write it.
    if body.status.text() == Some("DRAFT") {
        return Ok(Parsed::Reports(Vec::new()));
    }
    let report = order(body)?;
    // A parcel's number may change without a new time of its order.
    let told_at = event.issued_at.time("issuedAt")?.unwrap_or(report.reported_at).max(report.reported_at);
    let id = report.source_id.clone();
    let mut reports = vec![StorefrontReport::Order(report)];
    for (at, row) in body.fulfillments.rows() {
        reports.extend(fulfilment(row, at, &id, told_at)?.map(StorefrontReport::Fulfilment));
    }
    for (n, transaction) in body.transactions.rows() {
        for (at, row) in transaction.events.rows() {
            let path = format!("order.transactions[{n}].events[{at}]");
            reports.extend(refund(row, &path, &id)?.map(StorefrontReport::Refund));
        }
    }
    Ok(Parsed::Reports(reports))
}

fn order(body: &OrderBody) -> Result<OrderReport, BadDelivery> {
    let total = body.total.required("order.total")?;
    let gross = total.gross.required("order.total.gross")?;
    let currency: Currency = gross.currency.read("order.total.gross.currency")?;
    let reported_at = body.updated_at.required_time("order.updatedAt")?;
    let nowhere = Place::default();
    let billing = body.billing_address.get().unwrap_or(&nowhere);
    let to = body.shipping_address.get().unwrap_or(&nowhere);
    let country = |place: &Place| place.country.get().and_then(|country| country.code.text().map(str::to_owned));
    let rows = body.lines.required_rows("order.lines")?;
    let paid = amounts::required(&gross.amount, "order.total.gross.amount", currency)?;
    let before = body.undiscounted_total.get().map_or(Ok(None), |of| of.gross("order.undiscountedTotal", currency))?;
    Ok(OrderReport {
        source: "saleor".to_owned(),
        source_id: source_id(&body.id, "order.id")?,
        reported_at,
        placed_at: body.created.required_time("order.created")?,
        number: number(&body.number, "order.number")?,
        payment: payment(body),
        cancelled_at: matches!(body.status.text(), Some("CANCELED" | "EXPIRED")).then_some(reported_at),
        customer: Customer {
            first_name: billing.first_name.or(&to.first_name).cut(TEXT_CHARS_MAX),
            last_name: billing.last_name.or(&to.last_name).cut(TEXT_CHARS_MAX),
            email: contact::email([body.user_email.text()]),
            phone: contact::phone([to.phone.text()], country(to).as_deref())
                .or_else(|| contact::phone([billing.phone.text()], country(billing).as_deref())),
            locale: body.language_code_enum.text().and_then(locale),
        },
        ship_to: body.shipping_address.get().and_then(address),
        lines: rows.map(|(at, row)| line(row, at, currency)).collect::<Result<_, _>>()?,
        totals: Totals {
            total: paid,
            shipping: body.shipping_price.get().map_or(Ok(None), |of| of.gross("order.shippingPrice", currency))?,
            tax: total.tax.get().map_or(Ok(None), |tax| rounded(&tax.amount, "order.total.tax.amount", currency))?,
            discount: before.map(|before| amounts::less(before, paid)),
        },
        shipping_method: body.shipping_method_name.cut(crate::METHOD_CHARS_MAX),
        promised: None,
    })
}

/// `paymentStatus` knows what was charged and went back; what is only reserved, `authorizeStatus` knows.
fn payment(body: &OrderBody) -> Payment {
    match (body.payment_status.text(), body.charge_status.text(), body.authorize_status.text()) {
        (Some("FULLY_REFUNDED"), ..) => Payment::Refunded,
        (Some("PARTIALLY_REFUNDED"), ..) => Payment::PartlyRefunded,
        (Some("FULLY_CHARGED"), ..) | (_, Some("FULL" | "OVERCHARGED"), _) => Payment::Paid,
        (Some("PARTIALLY_CHARGED"), ..) | (_, Some("PARTIAL"), _) => Payment::PartlyPaid,
        (Some("REFUSED" | "CANCELLED"), ..) => Payment::Voided,
        (_, _, Some("FULL")) => Payment::Authorized,
        _ => Payment::Pending,
    }
}

/// `PT_BR` is `pt-BR`, `ZH_HANS` is `zh-Hans`.
fn locale(code: &str) -> Option<String> {
    let mut parts = code.split('_');
    let mut out = parts.next()?.to_ascii_lowercase();
    for part in parts {
        out.push('-');
        match part.len() {
            4 => {
                out.push_str(part.get(..1)?);
                out.push_str(&part.get(1..)?.to_ascii_lowercase());
            }
            _ => out.push_str(part),
        }
    }
    contact::locale(Some(&out))
}

/// A line's total is after discounts; its gross is with tax.
fn line(row: &OrderLine, at: usize, currency: Currency) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("order.lines[{at}].{name}");
    let paid = row.total_price.required(&path("totalPrice"))?.gross(&path("totalPrice"), currency)?;
    Ok(Line {
        id: row.id.read(&path("id"))?,
        title: row.product_name.cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("productName")))?,
        variant: row.variant_name.cut(TEXT_CHARS_MAX),
        sku: row.product_sku.cut(TEXT_CHARS_MAX),
        quantity: amounts::pieces(&row.quantity, &path("quantity"))?,
        paid: paid.ok_or_else(|| BadDelivery::missing(path("totalPrice.gross.amount")))?,
        ships: row.is_shipping_required.text() != Some("false"),
        final_sale: false,
    })
}

/// Saleor also keeps what was returned, replaced or refunded as fulfilments, and what waits for approval: none of them is sent.
fn fulfilment(row: &Fulfillment, at: usize, order_id: &str, told_at: Timestamp) -> Result<Option<FulfilmentReport>, BadDelivery> {
    let path = |name: &str| format!("order.fulfillments[{at}].{name}");
    let state = match row.status.text() {
        Some("FULFILLED") => FulfilmentState::Open,
        Some("CANCELED") => FulfilmentState::Cancelled,
        _ => return Ok(None),
    };
    let nothing = Field::default();
    let lines =
        row.lines.rows().map(|(at, packed)| (at, packed.order_line.get().map_or(&nothing, |line| &line.id), &packed.quantity));
    Ok(Some(FulfilmentReport {
        source: "saleor".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        reported_at: told_at,
        created_at: row.created.required_time(&path("created"))?,
        state,
        lines: parcels::contents(lines, &path("lines"), "orderLine.id")?,
        parcels: parcels::named([(None, row.tracking_number.text())]),
    }))
}

fn refund(row: &TransactionEvent, path: &str, order_id: &str) -> Result<Option<RefundReport>, BadDelivery> {
    if row.r#type.text() != Some("REFUND_SUCCESS") {
        return Ok(None);
    }
    let path = |name: &str| format!("{path}.{name}");
    let sum = row.amount.required(&path("amount"))?;
    let amount = amounts::required(&sum.amount, &path("amount.amount"), sum.currency.read(&path("amount.currency"))?)?;
    if amount.minor <= 0 {
        return Ok(None);
    }
    Ok(Some(RefundReport {
        source: "saleor".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        refunded_at: row.created_at.required_time(&path("createdAt"))?,
        amount,
        lines: Vec::new(), // A transaction is of an order; it knows no lines.
    }))
}

fn address(place: &Place) -> Option<Address> {
    let country = place.country.get().and_then(|country| country.code.text());
    let address = Address {
        name: contact::name(&place.first_name, &place.last_name).cut(TEXT_CHARS_MAX),
        company: place.company_name.cut(TEXT_CHARS_MAX),
        street: place.street.cut(TEXT_CHARS_MAX),
        street_more: place.street_more.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.country_area.cut(TEXT_CHARS_MAX),
        postal_code: place.postal_code.cut(TEXT_CHARS_MAX),
        country: contact::country(country),
    };
    (address != Address::default()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_as_bcp_47_does() {
        let check = |code, want| assert_eq!(locale(code).as_deref(), want, "{code}");
        check("EN", Some("en"));
        check("EN_GB", Some("en-GB"));
        check("PT_BR", Some("pt-BR"));
        check("ZH_HANS_CN", Some("zh-Hans-CN"));
        check("ÄÖ_éééé", None);
        check("_", None);
    }
}
