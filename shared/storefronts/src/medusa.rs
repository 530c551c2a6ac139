//! Medusa (v2): its core sends no webhooks. A subscriber in the store (MEDUSA.md) posts the whole order as Medusa has it, in the
//! envelope and under the signature of Standard Webhooks.

use crate::{
    Answers, Parsed, Reader, StorefrontReport, Topic,
    amounts::{self, rounded},
    contact::{self, TEXT_CHARS_MAX},
    number, parcels, source_id, unknown,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, RefundReport, Totals},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified, standard};

pub(crate) const READER: Reader = Reader {
    verify: standard::verify,
    greeting: |_| false,
    parse,
    parse_answer: None,
    sign: |delivery, message_id, secret| {
        standard::sign(secret, message_id, delivery.now, delivery.body).into_iter().flatten().collect()
    },
    headers_read: &[],
    keys_path: None,
    answers: Answers::usual(None),
    proof: "Standard Webhooks, signed by a subscriber in the store",
    topics: &[
        Topic { name: "order.placed", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.updated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.canceled", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.completed", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.fulfillment_created", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order.fulfillment_canceled", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "order-edit.confirmed", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "shipment.created", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "delivery.created", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "payment.captured", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "payment.refunded", used_for: "order, its fulfilments, its refunds" },
        // Put out of sight by the shop: to its customer nothing happened.
        Topic { name: "order.archived", used_for: "" },
    ],
};

/// Whatever happened, what is sent is the order as it is then.
fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let kind = standard::kind(verified)?;
    if !READER.topics.iter().any(|topic| topic.name == kind && !topic.used_for.is_empty()) {
        return Ok(unknown(&kind));
    }
    let (read_at, body) = standard::open(verified)?;
    order(&body, read_at)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderBody {
    id: Field,
    display_id: Field,
    custom_display_id: Field,
    status: Field,
    payment_status: Field,
    created_at: Field,
    canceled_at: Field,
    updated_at: Field,
    email: Field,
    locale: Field,
    currency_code: Field,
    total: Field,
    tax_total: Field,
    discount_total: Field,
    shipping_total: Field,
    items: List<Part<Item>>,
    shipping_address: Part<Place>,
    billing_address: Part<Place>,
    shipping_methods: List<Part<ShippingMethod>>,
    fulfillments: List<Part<Fulfillment>>,
    payment_collections: List<Part<PaymentCollection>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Field,
    title: Field,
    product_title: Field,
    variant_title: Field,
    variant_sku: Field,
    quantity: Field,
    total: Field,
    requires_shipping: Field,
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
    province: Field,
    postal_code: Field,
    country_code: Field,
    phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingMethod {
    name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fulfillment {
    id: Field,
    created_at: Field,
    canceled_at: Field,
    labels: List<Part<Label>>,
    items: List<Part<Packed>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Label {
    tracking_number: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Packed {
    line_item_id: Field,
    quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PaymentCollection {
    currency_code: Field,
    payments: List<Part<Paid>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Paid {
    currency_code: Field,
    refunds: List<Part<Refund>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refund {
    id: Field,
    amount: Field,
    created_at: Field,
}

/// `read_at` is when the subscriber began to read the order: Medusa does not change an order's `updated_at` when it is paid for,
/// packed or sent.
fn order(body: &OrderBody, read_at: Timestamp) -> Result<Parsed, BadDelivery> {
    let id = source_id(&body.id, "data.id")?;
    let currency: Currency = body.currency_code.read("data.currency_code")?;
    let nowhere = Place::default();
    let billing = body.billing_address.get().unwrap_or(&nowhere);
    let to = body.shipping_address.get().unwrap_or(&nowhere);
    let rows = body.items.required_rows("data.items")?;
    let lines: Vec<Line> = rows.map(|(at, item)| line(item, at, currency)).collect::<Result<_, _>>()?;
    let cancelled_at = match body.canceled_at.time("data.canceled_at")? {
        None if body.status.text() == Some("canceled") => Some(body.updated_at.time("data.updated_at")?.unwrap_or(read_at)),
        told => told,
    };
    let report = OrderReport {
        source: "medusa".to_owned(),
        source_id: id.clone(),
        reported_at: read_at,
        placed_at: body.created_at.required_time("data.created_at")?,
        number: number(body.custom_display_id.or(&body.display_id), "data.display_id")?,
        payment: payment(body.payment_status.text()),
        cancelled_at,
        customer: Customer {
            first_name: to.first_name.or(&billing.first_name).cut(TEXT_CHARS_MAX),
            last_name: to.last_name.or(&billing.last_name).cut(TEXT_CHARS_MAX),
            email: contact::email([body.email.text()]),
            phone: contact::phone([to.phone.text()], to.country_code.text())
                .or_else(|| contact::phone([billing.phone.text()], billing.country_code.text())),
            locale: contact::locale(body.locale.text()),
        },
        ship_to: body.shipping_address.get().and_then(address),
        // A line that an edit took out stays in the list with nothing of it.
        lines: lines.into_iter().filter(|line| line.quantity > 0).collect(),
        totals: Totals {
            total: amounts::required(&body.total, "data.total", currency)?,
            shipping: rounded(&body.shipping_total, "data.shipping_total", currency)?,
            tax: rounded(&body.tax_total, "data.tax_total", currency)?,
            discount: rounded(&body.discount_total, "data.discount_total", currency)?,
        },
        shipping_method: body.shipping_methods.rows().next().and_then(|(_, method)| method.name.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    };
    let mut reports = Vec::new();
    for (at, row) in body.fulfillments.rows() {
        reports.push(StorefrontReport::Fulfilment(fulfilment(row, at, &report)?));
    }
    for (n, collection) in body.payment_collections.rows() {
        for (m, paid) in collection.payments.rows() {
            let path = format!("data.payment_collections[{n}].payments[{m}]");
            let code = paid.currency_code.or(&collection.currency_code).or(&body.currency_code);
            for (at, row) in paid.refunds.rows() {
                let refund = refund(row, &format!("{path}.refunds[{at}]"), &id, code)?;
                reports.extend(refund.map(StorefrontReport::Refund));
            }
        }
    }
    reports.insert(0, StorefrontReport::Order(report));
    Ok(Parsed::Reports(reports))
}

fn payment(status: Option<&str>) -> Payment {
    match status {
        Some("authorized" | "partially_authorized") => Payment::Authorized,
        Some("captured") => Payment::Paid,
        Some("partially_captured") => Payment::PartlyPaid,
        Some("partially_refunded") => Payment::PartlyRefunded,
        Some("refunded") => Payment::Refunded,
        Some("canceled") => Payment::Voided,
        _ => Payment::Pending,
    }
}

/// An item's `total` is after discounts and with tax. Medusa writes what JavaScript counts (`42.480000000000004`).
fn line(item: &Item, at: usize, currency: Currency) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("data.items[{at}].{name}");
    let title = item.product_title.or(&item.title);
    Ok(Line {
        id: item.id.read(&path("id"))?,
        title: title.cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("title")))?,
        variant: item.variant_title.cut(TEXT_CHARS_MAX).filter(|variant| !variant.to_lowercase().starts_with("default ")),
        sku: item.variant_sku.cut(TEXT_CHARS_MAX),
        quantity: amounts::pieces(&item.quantity, &path("quantity"))?,
        paid: amounts::required(&item.total, &path("total"), currency)?,
        ships: item.requires_shipping.text() != Some("false"),
        final_sale: false,
    })
}

fn fulfilment(row: &Fulfillment, at: usize, order: &OrderReport) -> Result<FulfilmentReport, BadDelivery> {
    let path = |name: &str| format!("data.fulfillments[{at}].{name}");
    let items = row.items.rows().map(|(at, item)| (at, &item.line_item_id, &item.quantity));
    let mut lines = parcels::contents(items, &path("items"), "line_item_id")?;
    for (id, quantity) in &mut lines {
        // Of a set, each part is an item of its own: no more of a line is in it than was bought.
        if let Some(line) = order.lines.iter().find(|line| line.id == *id) {
            *quantity = (*quantity).min(line.quantity);
        }
    }
    let is_cancelled = row.canceled_at.time(&path("canceled_at"))?.is_some();
    Ok(FulfilmentReport {
        source: "medusa".to_owned(),
        order_source_id: order.source_id.clone(),
        id: row.id.read(&path("id"))?,
        reported_at: order.reported_at,
        created_at: row.created_at.required_time(&path("created_at"))?,
        state: if is_cancelled { FulfilmentState::Cancelled } else { FulfilmentState::Open },
        lines,
        parcels: parcels::named(row.labels.rows().map(|(_, label)| (None, label.tracking_number.text()))),
    })
}

fn refund(row: &Refund, path: &str, order_id: &str, code: &Field) -> Result<Option<RefundReport>, BadDelivery> {
    let path = |name: &str| format!("{path}.{name}");
    let amount: Money = amounts::required(&row.amount, &path("amount"), code.read(&path("currency_code"))?)?;
    if amount.minor <= 0 {
        return Ok(None);
    }
    Ok(Some(RefundReport {
        source: "medusa".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        refunded_at: row.created_at.required_time(&path("created_at"))?,
        amount,
        lines: Vec::new(), // A refund of Medusa's is of a payment; it knows no lines.
    }))
}

fn address(place: &Place) -> Option<Address> {
    let address = Address {
        name: contact::name(&place.first_name, &place.last_name).cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.address_1.cut(TEXT_CHARS_MAX),
        street_more: place.address_2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.province.cut(TEXT_CHARS_MAX),
        postal_code: place.postal_code.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country_code.text()),
    };
    (address != Address::default()).then_some(address)
}
