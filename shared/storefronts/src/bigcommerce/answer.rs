//! An order of BigCommerce as it was fetched: `{order, products, shipping_addresses, shipments, refunds}`, the answers of its
//! API (v2; refunds v3) under one roof.

use crate::{
    Parsed, StorefrontReport,
    amounts::{self, less, rounded, sum_of},
    contact::{self, TEXT_CHARS_MAX},
    number, parcels,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, RefundReport, Totals},
};
use jiff::{Timestamp, fmt::rfc2822};
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified};

/// Names of carriers that say that nobody named one.
const NO_CARRIERS: [&str; 4] = ["custom", "manual", "other", "shipperhq"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fetched {
    order: Part<OrderBody>,
    products: List<Part<Product>>,
    shipping_addresses: List<Part<Place>>,
    shipments: List<Part<Shipment>>,
    refunds: List<Part<Refund>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderBody {
    id: Field,
    status_id: Field,
    payment_status: Field,
    date_created: Field,
    date_modified: Field,
    currency_code: Field,
    default_currency_code: Field,
    total_inc_tax: Field,
    total_tax: Field,
    shipping_cost_inc_tax: Field,
    discount_amount: Field,
    coupon_discount: Field,
    order_is_digital: Field,
    customer_locale: Field,
    billing_address: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    first_name: Field,
    last_name: Field,
    company: Field,
    street_1: Field,
    street_2: Field,
    city: Field,
    state: Field,
    zip: Field,
    country_iso2: Field,
    email: Field,
    phone: Field,
    shipping_method: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Product {
    id: Field,
    name: Field,
    sku: Field,
    r#type: Field,
    quantity: Field,
    total_inc_tax: Field,
    applied_discounts: List<Part<Discount>>,
    product_options: List<Part<Choice>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Discount {
    amount: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    display_value: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shipment {
    id: Field,
    date_created: Field,
    tracking_number: Field,
    tracking_carrier: Field,
    shipping_provider: Field,
    items: List<Part<Packed>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Packed {
    order_product_id: Field,
    quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refund {
    id: Field,
    created: Field,
    total_amount: Field,
    items: List<Part<RefundedItem>>,
    payments: List<Part<RefundPayment>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefundedItem {
    item_type: Field,
    item_id: Field,
    quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefundPayment {
    amount: Field,
    is_declined: Field,
}

pub(super) fn read(answered: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let fetched: Fetched = answered.json()?;
    let body = fetched.order.required("order")?;
    let status: u8 = body.status_id.read("order.status_id")?;
    // Incomplete: a checkout that was left, or whose payment failed. Should it become an order, we are told.
    if status == 0 {
        return Ok(Parsed::Reports(Vec::new()));
    }
    let report = order(&fetched, body, status)?;
    let (id, currency) = (report.source_id.clone(), report.totals.total.currency);
    let mut reports = vec![StorefrontReport::Order(report)];
    for (at, row) in fetched.shipments.rows() {
        reports.push(StorefrontReport::Fulfilment(shipment(row, at, &id, answered.received_at())?));
    }
    for (at, row) in fetched.refunds.rows() {
        reports.extend(refund(row, at, &id, currency, answered.received_at())?.map(StorefrontReport::Refund));
    }
    Ok(Parsed::Reports(reports))
}

fn order(fetched: &Fetched, body: &OrderBody, status: u8) -> Result<OrderReport, BadDelivery> {
    let id = super::order_id(&body.id, "order.id")?;
    // `default_currency_code` is the one that the customer pays in, `currency_code` the one that prices were shown in.
    let currency: Currency = body.default_currency_code.or(&body.currency_code).read("order.default_currency_code")?;
    let placed_at =
        moment(&body.date_created, "order.date_created")?.ok_or_else(|| BadDelivery::missing("order.date_created"))?;
    let reported_at = moment(&body.date_modified, "order.date_modified")?.unwrap_or(placed_at);
    let nowhere = Place::default();
    let billing = body.billing_address.get().unwrap_or(&nowhere);
    let to = fetched.shipping_addresses.rows().next().map(|(_, place)| place);
    let rows = fetched.products.required_rows("products")?;
    Ok(OrderReport {
        source: "bigcommerce".to_owned(),
        source_id: id.to_owned(),
        reported_at,
        placed_at,
        number: number(&body.id, "order.id")?,
        payment: payment(status, body.payment_status.text().unwrap_or_default()),
        cancelled_at: matches!(status, 5 | 6).then_some(reported_at),
        customer: Customer {
            first_name: billing.first_name.cut(TEXT_CHARS_MAX),
            last_name: billing.last_name.cut(TEXT_CHARS_MAX),
            email: contact::email([billing.email.text(), to.and_then(|place| place.email.text())]),
            phone: contact::phone([billing.phone.text()], billing.country_iso2.text())
                .or_else(|| to.and_then(|place| contact::phone([place.phone.text()], place.country_iso2.text()))),
            locale: contact::locale(body.customer_locale.text()),
        },
        ship_to: to.and_then(address),
        lines: rows.map(|(at, row)| line(row, at, currency, body.order_is_digital.is_true())).collect::<Result<_, _>>()?,
        totals: Totals {
            total: amounts::required(&body.total_inc_tax, "order.total_inc_tax", currency)?,
            shipping: rounded(&body.shipping_cost_inc_tax, "order.shipping_cost_inc_tax", currency)?,
            tax: rounded(&body.total_tax, "order.total_tax", currency)?,
            discount: sum_of(
                [
                    rounded(&body.discount_amount, "order.discount_amount", currency)?,
                    rounded(&body.coupon_discount, "order.coupon_discount", currency)?,
                ],
                "order.coupon_discount",
            )?,
        },
        shipping_method: to.and_then(|place| place.shipping_method.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    })
}

/// The status is the shop's own word and wins where it is plain; the payment's is empty for what is paid outside the shop.
fn payment(status: u8, payment_status: &str) -> Payment {
    match (status, payment_status) {
        (4, _) => Payment::Refunded,
        (14, _) => Payment::PartlyRefunded,
        (_, "refunded") => Payment::Refunded,
        (_, "partially refunded") => Payment::PartlyRefunded,
        (_, "captured" | "paid" | "capture pending") => Payment::Paid,
        (_, "declined" | "void" | "voided" | "void pending") | (5 | 6, _) => Payment::Voided,
        (_, "authorized") => Payment::Authorized,
        // Shipped, partly shipped, awaiting pickup, awaiting shipment, completed, awaiting fulfilment, disputed.
        (2 | 3 | 8 | 9 | 10 | 11 | 13, _) => Payment::Paid,
        _ => Payment::Pending,
    }
}

/// A product's `total_inc_tax` is before the discounts that are listed beside it.
fn line(row: &Product, at: usize, currency: Currency, is_digital: bool) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("products[{at}].{name}");
    let total = amounts::required(&row.total_inc_tax, &path("total_inc_tax"), currency)?;
    let mut off = Money::of(0, currency);
    for (n, discount) in row.applied_discounts.rows() {
        let path = path(&format!("applied_discounts[{n}].amount"));
        off = amounts::sum(off, amounts::required(&discount.amount, &path, currency)?, &path)?;
    }
    let choices: Vec<&str> = row.product_options.rows().filter_map(|(_, choice)| choice.display_value.text()).collect();
    Ok(Line {
        id: row.id.read(&path("id"))?,
        title: row.name.cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("name")))?,
        variant: Field::of(&choices.join(" / ")).cut(TEXT_CHARS_MAX),
        sku: row.sku.cut(TEXT_CHARS_MAX),
        quantity: amounts::pieces(&row.quantity, &path("quantity"))?,
        paid: less(total, off),
        ships: !is_digital && row.r#type.text().is_none_or(|kind| kind == "physical"),
        final_sale: false,
    })
}

/// A shipment has no clock of its own: it is as it was when we asked.
fn shipment(row: &Shipment, at: usize, order_id: &str, asked_at: Timestamp) -> Result<FulfilmentReport, BadDelivery> {
    let path = |name: &str| format!("shipments[{at}].{name}");
    let carrier = [row.tracking_carrier.text(), row.shipping_provider.text()]
        .into_iter()
        .flatten()
        .find(|name| !NO_CARRIERS.iter().any(|none| name.eq_ignore_ascii_case(none)));
    let items = row.items.rows().map(|(at, item)| (at, &item.order_product_id, &item.quantity));
    Ok(FulfilmentReport {
        source: "bigcommerce".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        reported_at: asked_at,
        created_at: moment(&row.date_created, &path("date_created"))?.unwrap_or(asked_at),
        state: FulfilmentState::Open,
        lines: parcels::contents(items, &path("items"), "order_product_id")?,
        parcels: parcels::named([(carrier, row.tracking_number.text())]),
    })
}

/// What went back is what the payments that were not declined sent; a refund without payments says only its sum.
fn refund(
    row: &Refund,
    at: usize,
    order_id: &str,
    currency: Currency,
    asked_at: Timestamp,
) -> Result<Option<RefundReport>, BadDelivery> {
    let path = |name: &str| format!("refunds[{at}].{name}");
    let mut amount = None;
    for (n, one) in row.payments.rows() {
        let path = path(&format!("payments[{n}].amount"));
        let one =
            if one.is_declined.is_true() { Money::of(0, currency) } else { amounts::required(&one.amount, &path, currency)? };
        amount = sum_of([amount, Some(one)], &path)?;
    }
    let amount = match amount {
        Some(amount) => amount,
        None => amounts::required(&row.total_amount, &path("total_amount"), currency)?,
    };
    if amount.minor <= 0 {
        return Ok(None);
    }
    let products = row.items.rows().filter(|(_, item)| item.item_type.text() == Some("PRODUCT"));
    Ok(Some(RefundReport {
        source: "bigcommerce".to_owned(),
        order_source_id: order_id.to_owned(),
        id: row.id.read(&path("id"))?,
        refunded_at: moment(&row.created, &path("created"))?.unwrap_or(asked_at),
        amount,
        lines: parcels::contents(products.map(|(at, item)| (at, &item.item_id, &item.quantity)), &path("items"), "item_id")?,
    }))
}

/// A time as mails write it (v2), or as RFC 3339 does (v3).
fn moment(field: &Field, path: &str) -> Result<Option<Timestamp>, BadDelivery> {
    const MAILS: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let read = |text: &str| {
        let mail = MAILS.parse_timestamp(text).ok();
        let told = || field.lenient_time().map(|(at, _)| at);
        mail.or_else(told).ok_or_else(|| BadDelivery::bad(path, "is not a time (RFC 2822 or RFC 3339)"))
    };
    field.text().map(read).transpose()
}

fn address(place: &Place) -> Option<Address> {
    let address = Address {
        name: contact::name(&place.first_name, &place.last_name).cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.street_1.cut(TEXT_CHARS_MAX),
        street_more: place.street_2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.state.cut(TEXT_CHARS_MAX),
        postal_code: place.zip.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country_iso2.text()),
    };
    (address != Address::default()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_a_payment() {
        let check = |status, told, want| assert_eq!(payment(status, told), want, "{status} {told}");
        check(1, "", Payment::Pending);
        check(7, "", Payment::Pending);
        check(12, "held for review", Payment::Pending);
        check(11, "", Payment::Paid);
        check(11, "authorized", Payment::Authorized);
        check(7, "captured", Payment::Paid);
        check(2, "", Payment::Paid);
        check(10, "partially refunded", Payment::PartlyRefunded);
        check(4, "captured", Payment::Refunded);
        check(14, "captured", Payment::PartlyRefunded);
        check(5, "", Payment::Voided);
        check(5, "captured", Payment::Paid);
        check(5, "refunded", Payment::Refunded);
        check(6, "authorized", Payment::Voided);
        check(11, "declined", Payment::Voided);
        check(200, "", Payment::Pending);
    }

    #[test]
    fn times_are_read_as_mails_write_them() {
        let check = |text: &str, want: Option<&str>| {
            let at = moment(&Field::of(text), "at").ok().flatten();
            assert_eq!(at.map(|at| at.to_string()).as_deref(), want, "{text}");
        };
        check("Tue, 20 Nov 2012 00:00:00 +0000", Some("2012-11-20T00:00:00Z"));
        check("Mon, 16 Nov 2026 18:00:00 +0200", Some("2026-11-16T16:00:00Z"));
        check("Fri, 16 Nov 2026 18:00:00 +0000", Some("2026-11-16T18:00:00Z"));
        check("2026-11-16T18:00:00+00:00", Some("2026-11-16T18:00:00Z"));
        check("", None);
        check("yesterday", None);
    }
}
