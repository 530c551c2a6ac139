//! WooCommerce: orders as its REST API writes them, PHP's habits included, and the tracking numbers plugins add.

use crate::{
    Answers, Parsed, Reader, StorefrontReport, Topic,
    amounts::{self, rounded},
    contact::{self, TEXT_CHARS_MAX},
    html, number, parcels, source_id, unknown,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, RefundReport, Totals},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, List, Mac, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: is_ping,
    parse,
    parse_answer: Some(|answered| order(&answered.json()?)),
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    headers_read: &["x-wc-webhook-topic"],
    keys_path: None,
    answers: Answers::usual(Some(60)),
    proof: "HMAC-SHA256 of the body",
    topics: &[
        Topic { name: "order.created", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.updated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.restored", used_for: "order, its fulfilments, its refunds" },
        // Only an id, without a time: an order in the bin was not cancelled, and may be taken out of it again.
        Topic { name: "order.deleted", used_for: "" },
    ],
};

const SIGNATURE: &str = "X-WC-Webhook-Signature";
const TOPIC: &str = "X-WC-Webhook-Topic";
/// Where the plugins Shipment Tracking and Advanced Shipment Tracking keep their list.
const TRACKING_KEY: &str = "_wc_shipment_tracking_items";
/// All numbers of an order are one fulfilment: the list in the newest order is the truth, so a number that was replaced or
/// taken away is gone from it.
const FULFILMENT_ID: &str = "shipment-tracking";

/// Base64 of the HMAC of the body. The key is the webhook's secret as WordPress decodes it: a secret typed `a&b` is kept
/// as `a&amp;b` and signs as `a&b`.
pub(crate) fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::sealed_body(delivery, SIGNATURE, Mac::from_base64, &signatures::keys(secrets, key))
}

pub(crate) fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&key(secret)?, &[], delivery.body).to_base64()))
}

fn key(secret: &str) -> Option<Key> {
    Key::new(html::wp_specialchars_decoded(secret).into_bytes())
}

/// What is posted, unsigned, when a webhook is made: `webhook_id=142` and no topic.
pub(crate) fn is_ping(delivery: &Delivery<'_>) -> bool {
    let id = delivery.body.strip_prefix(b"webhook_id=").unwrap_or_default();
    (1..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit) && delivery.headers.get(TOPIC).is_none()
}

pub(crate) fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    match verified.header(TOPIC).unwrap_or_default() {
        "order.created" | "order.updated" | "order.restored" => order(&verified.json()?),
        topic => Ok(unknown(topic)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderBody {
    id: Field,
    number: Field,
    status: Field,
    currency: Field,
    date_created_gmt: Field,
    date_modified_gmt: Field,
    date_paid_gmt: Field,
    total: Field,
    total_tax: Field,
    shipping_total: Field,
    shipping_tax: Field,
    discount_total: Field,
    billing: Part<Place>,
    shipping: Part<Place>,
    line_items: List<Part<LineItem>>,
    shipping_lines: List<Part<ShippingLine>>,
    refunds: List<Part<Refund>>,
    meta_data: List<Part<Meta>>,
    // What stands in place of an order when the webhook's owner may not read it.
    code: Field,
    message: Field,
    data: Part<ErrorData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    first_name: Field,
    last_name: Field,
    company: Field,
    address_1: Field,
    address_2: Field,
    city: Field,
    state: Field,
    postcode: Field,
    country: Field,
    email: Field,
    phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineItem {
    id: Field,
    name: Field,
    parent_name: Field,
    sku: Field,
    quantity: Field,
    total: Field,
    total_tax: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingLine {
    method_title: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refund {
    id: Field,
    total: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorData {
    status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    key: Field,
    /// Anything at all; of a list, the rows that look like tracking.
    value: List<Part<TrackingItem>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackingItem {
    tracking_provider: Field,
    custom_tracking_provider: Field,
    tracking_number: Field,
    date_shipped: Field,
}

fn order(body: &OrderBody) -> Result<Parsed, BadDelivery> {
    if let (None, Some(_), Some(_), Some(error)) = (body.id.text(), body.code.text(), body.message.text(), body.data.get()) {
        let status = error.status.text().and_then(|text| text.parse::<u16>().ok()).unwrap_or_default();
        return Err(BadDelivery::bad(
            "body",
            format!("is a REST error (status {status}) in place of an order: the owner of the webhook may not read orders"),
        ));
    }
    let id = source_id(&body.id, "id")?;
    let currency: Currency = body.currency.read("currency")?;
    let reported_at = required_gmt(&body.date_modified_gmt, "date_modified_gmt")?;
    let is_paid = gmt(&body.date_paid_gmt, "date_paid_gmt")?.is_some();
    let status = body.status.required("status")?;
    let nowhere = Place::default();
    let billing = body.billing.get().unwrap_or(&nowhere);
    let shipping = body.shipping.get().filter(|place| place.address_1.or(&place.city).text().is_some());
    // WooCommerce does not say which lines are sent; an order with neither a shipping line nor an address has none.
    let ships = body.shipping_lines.rows().next().is_some() || shipping.is_some();
    let lines = body
        .line_items
        .required_rows("line_items")?
        .map(|(at, item)| line(item, at, currency, ships))
        .collect::<Result<_, _>>()?;
    let report = OrderReport {
        source: "woocommerce".to_owned(),
        source_id: id.clone(),
        reported_at,
        placed_at: required_gmt(&body.date_created_gmt, "date_created_gmt")?,
        number: number(body.number.or(&body.id), "number")?,
        payment: payment(status, is_paid, body.refunds.rows().next().is_some()),
        cancelled_at: (status == "cancelled").then_some(reported_at),
        customer: Customer {
            first_name: billing.first_name.cut(TEXT_CHARS_MAX),
            last_name: billing.last_name.cut(TEXT_CHARS_MAX),
            email: contact::email([billing.email.text()]),
            phone: contact::phone(
                [billing.phone.text(), shipping.and_then(|place| place.phone.text())],
                billing.country.or(&shipping.unwrap_or(&nowhere).country).text(),
            ),
            locale: None, // WooCommerce's core does not know it.
        },
        ship_to: address(shipping.unwrap_or(billing)),
        lines,
        totals: Totals {
            total: amounts::required(&body.total, "total", currency)?,
            shipping: amounts::sum_of(
                [
                    rounded(&body.shipping_total, "shipping_total", currency)?,
                    rounded(&body.shipping_tax, "shipping_tax", currency)?,
                ],
                "shipping_tax",
            )?,
            tax: rounded(&body.total_tax, "total_tax", currency)?,
            discount: rounded(&body.discount_total, "discount_total", currency)?,
        },
        shipping_method: body.shipping_lines.rows().next().and_then(|(_, line)| line.method_title.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    };
    let mut reports = vec![StorefrontReport::Order(report)];
    reports.extend(tracking(body, &id, reported_at).map(StorefrontReport::Fulfilment));
    for (at, row) in body.refunds.rows() {
        reports.extend(refund(row, at, &id, reported_at, currency)?.map(StorefrontReport::Refund));
    }
    Ok(Parsed::Reports(reports))
}

/// One of the refunds in an order, written as what is taken off its total (`-10.00`). The order does not say when it was made,
/// nor for which lines: its time is that of the order that tells it. One of nothing put goods back only.
fn refund(
    row: &Refund,
    at: usize,
    order_id: &str,
    reported_at: Timestamp,
    currency: Currency,
) -> Result<Option<RefundReport>, BadDelivery> {
    let path = |name: &str| format!("refunds[{at}].{name}");
    // A refund without a sum is no reason to lose its order.
    let Some(total) = rounded(&row.total, &path("total"), currency)?.filter(|total| total.minor != 0) else { return Ok(None) };
    Ok(Some(RefundReport {
        source: "woocommerce".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        refunded_at: reported_at,
        amount: Money::of(total.minor.saturating_abs(), currency),
        lines: Vec::new(),
    }))
}

fn payment(status: &str, is_paid: bool, is_refunded_in_part: bool) -> Payment {
    match status {
        "processing" | "completed" if is_refunded_in_part => Payment::PartlyRefunded,
        "processing" | "completed" => Payment::Paid,
        "refunded" => Payment::Refunded,
        "failed" => Payment::Voided,
        "cancelled" if !is_paid => Payment::Voided,
        "pending" | "on-hold" | "checkout-draft" => Payment::Pending,
        // Cancelled after payment, or a status of a plugin.
        _ if is_paid => Payment::Paid,
        _ => Payment::Pending,
    }
}

/// A line's `paid` is what the customer paid for it: `total` (after discounts) and `total_tax`, which WooCommerce always
/// keeps apart, whether the shop's prices include tax or not.
fn line(item: &LineItem, at: usize, currency: Currency, ships: bool) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("line_items[{at}].{name}");
    let total = amounts::required(&item.total, &path("total"), currency)?;
    let tax = rounded(&item.total_tax, &path("total_tax"), currency)?.unwrap_or(Money::of(0, currency));
    let name = Field::of(&html::decoded(item.name.required(&path("name"))?));
    let parent = Field::of(&html::decoded(item.parent_name.text().unwrap_or_default()));
    let (title, variant) = match (&parent, name.text().zip(parent.text()).and_then(|(name, parent)| name.strip_prefix(parent))) {
        (parent, Some(rest)) => (parent, Field::of(rest.trim_matches([' ', '-', '–', ',']))),
        _ => (&name, Field::default()),
    };
    Ok(Line {
        id: item.id.read(&path("id"))?,
        title: title.cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("name")))?,
        variant: variant.cut(TEXT_CHARS_MAX),
        sku: item.sku.cut(TEXT_CHARS_MAX),
        quantity: amounts::pieces(&item.quantity, &path("quantity"))?,
        paid: amounts::sum(total, tax, &path("total_tax"))?,
        ships,
        final_sale: false,
    })
}

/// The order's numbers, when a plugin keeps any. An emptied list is a fulfilment taken back.
fn tracking(body: &OrderBody, order_id: &str, reported_at: Timestamp) -> Option<FulfilmentReport> {
    let (_, meta) = body.meta_data.rows().find(|(_, meta)| meta.key.text() == Some(TRACKING_KEY))?;
    let items: Vec<_> = meta.value.rows().map(|(_, item)| item).collect();
    let parcels = parcels::named(
        items.iter().map(|item| (item.custom_tracking_provider.or(&item.tracking_provider).text(), item.tracking_number.text())),
    );
    // The day of the last one: the others were linked when they were the last, and a parcel keeps its earliest day.
    let shipped = items.iter().filter_map(|item| Timestamp::from_second(item.date_shipped.text()?.parse().ok()?).ok()).max();
    Some(FulfilmentReport {
        source: "woocommerce".to_owned(),
        order_source_id: order_id.to_owned(),
        id: FULFILMENT_ID.parse().ok()?,
        reported_at,
        created_at: shipped.map_or(reported_at, |at| at.min(reported_at)),
        state: if parcels.is_empty() { FulfilmentState::Cancelled } else { FulfilmentState::Open },
        lines: Vec::new(), // No plugin says it in a way that others share.
        parcels,
    })
}

/// A `_gmt` time: UTC, written without saying so.
fn gmt(field: &Field, path: &str) -> Result<Option<Timestamp>, BadDelivery> {
    let read = |_| field.lenient_time().map(|(at, _)| at).ok_or_else(|| BadDelivery::bad(path, "is not a time"));
    field.text().map(read).transpose()
}

fn required_gmt(field: &Field, path: &str) -> Result<Timestamp, BadDelivery> {
    gmt(field, path)?.ok_or_else(|| BadDelivery::missing(path))
}

fn address(place: &Place) -> Option<Address> {
    let address = Address {
        name: contact::name(&place.first_name, &place.last_name).cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.address_1.cut(TEXT_CHARS_MAX),
        street_more: place.address_2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.state.cut(TEXT_CHARS_MAX),
        postal_code: place.postcode.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country.text()),
    };
    (address != Address::default()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_a_payment() {
        let check = |status, is_paid, in_part, want| assert_eq!(payment(status, is_paid, in_part), want, "{status}");
        check("pending", false, false, Payment::Pending);
        check("on-hold", false, false, Payment::Pending);
        check("checkout-draft", false, false, Payment::Pending);
        check("processing", true, false, Payment::Paid);
        check("completed", true, false, Payment::Paid);
        check("processing", false, false, Payment::Paid);
        check("completed", true, true, Payment::PartlyRefunded);
        check("refunded", true, true, Payment::Refunded);
        check("failed", false, false, Payment::Voided);
        check("cancelled", false, false, Payment::Voided);
        check("cancelled", true, false, Payment::Paid);
        check("awaiting-pickup", true, false, Payment::Paid);
        check("quote", false, false, Payment::Pending);
    }
}
