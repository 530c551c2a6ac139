//! Shopify: orders and fulfilments as its Admin REST API writes them, any field of which a subscription may leave out.

use crate::{
    Answers, Parsed, Reader, StorefrontReport, Topic,
    contact::{self, TEXT_CHARS_MAX},
    number, parcels, source_id, unknown,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, Totals},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, List, Mac, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: |_| false,
    parse,
    parse_answer: Some(|answered| order(&answered.json()?)),
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    headers_read: &["x-shopify-topic"],
    keys_path: None,
    answers: Answers::usual(Some(5)),
    proof: "HMAC-SHA256 of the body",
    topics: &[
        Topic { name: "orders/create", used_for: "order" },
        Topic { name: "orders/paid", used_for: "order" },
        Topic { name: "orders/updated", used_for: "order, its fulfilments" },
        Topic { name: "orders/cancelled", used_for: "order" },
        Topic { name: "orders/fulfilled", used_for: "order, its fulfilments" },
        Topic { name: "orders/partially_fulfilled", used_for: "order, its fulfilments" },
        Topic { name: "fulfillments/create", used_for: "fulfilment, its parcels" },
        Topic { name: "fulfillments/update", used_for: "fulfilment, its parcels" },
    ],
};

const SIGNATURE: &str = "X-Shopify-Hmac-Sha256";

/// Base64 of the HMAC of the body under the app's client secret. Shopify signs no time: repeats are the desk's to bear.
pub(crate) fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let claimed = delivery.headers.get(SIGNATURE).ok_or(Refusal::Unsigned)?;
    let mac = Mac::from_base64(claimed).ok_or(Refusal::BadSignature)?;
    signatures::sealed(delivery, &[], &[mac], &signatures::keys(secrets, key))
}

pub(crate) fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&key(secret)?, &[], delivery.body).to_base64()))
}

fn key(secret: &str) -> Option<Key> {
    Key::new(secret.as_bytes().to_vec())
}

pub(crate) fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    match verified.header("X-Shopify-Topic").unwrap_or_default() {
        // The topics whose body is the whole order.
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/cancelled"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => order(&verified.json()?),
        "fulfillments/create" | "fulfillments/update" => {
            let body: FulfillmentBody = verified.json()?;
            let order_id = source_id(&body.order_id, "order_id")?;
            let report = fulfilment(&body, &order_id, None, "")?;
            Ok(Parsed::Reports(vec![StorefrontReport::Fulfilment(report)]))
        }
        topic => Ok(unknown(topic)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderBody {
    id: Field,
    name: Field,
    order_number: Field,
    created_at: Field,
    updated_at: Field,
    cancelled_at: Field,
    financial_status: Field,
    currency: Field,
    email: Field,
    contact_email: Field,
    phone: Field,
    customer_locale: Field,
    total_price: Field,
    total_tax: Field,
    total_discounts: Field,
    total_shipping_price_set: Part<PriceSet>,
    shipping_lines: List<Part<ShippingLine>>,
    customer: Part<Person>,
    billing_address: Part<Place>,
    shipping_address: Part<Place>,
    line_items: List<Part<LineItem>>,
    fulfillments: List<Part<FulfillmentBody>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PriceSet {
    shop_money: Part<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Amount {
    amount: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingLine {
    price: Field,
    title: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    first_name: Field,
    last_name: Field,
    email: Field,
    phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    name: Field,
    first_name: Field,
    last_name: Field,
    company: Field,
    address1: Field,
    address2: Field,
    city: Field,
    province: Field,
    province_code: Field,
    zip: Field,
    country_code: Field,
    phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineItem {
    id: Field,
    title: Field,
    name: Field,
    variant_title: Field,
    sku: Field,
    quantity: Field,
    price: Field,
    total_discount: Field,
    discount_allocations: List<Part<Amount>>,
    requires_shipping: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FulfillmentBody {
    id: Field,
    order_id: Field,
    status: Field,
    created_at: Field,
    updated_at: Field,
    tracking_company: Field,
    tracking_number: Field,
    tracking_numbers: List<Field>,
    line_items: List<Part<FulfilledItem>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FulfilledItem {
    id: Field,
    quantity: Field,
}

fn order(body: &OrderBody) -> Result<Parsed, BadDelivery> {
    let id = source_id(&body.id, "id")?;
    let currency: Currency = body.currency.read("currency")?;
    let reported_at = body.updated_at.required_time("updated_at")?;
    // An order always has a name; a subscription may leave it out and keep the bare number.
    let bare = body.order_number.text().map(|number| Field::of(&format!("#{number}"))).unwrap_or_default();
    let lines =
        body.line_items.required_rows("line_items")?.map(|(at, item)| line(item, at, currency)).collect::<Result<_, _>>()?;
    let report = OrderReport {
        source: "shopify".to_owned(),
        source_id: id.clone(),
        reported_at,
        placed_at: body.created_at.required_time("created_at")?,
        number: number(body.name.or(&bare), "name")?,
        payment: payment(body.financial_status.text()),
        cancelled_at: body.cancelled_at.time("cancelled_at")?,
        customer: customer(body),
        ship_to: body.shipping_address.get().and_then(address),
        lines,
        totals: Totals {
            total: body.total_price.required_money("total_price", currency)?,
            shipping: shipping(body, currency)?,
            tax: body.total_tax.money("total_tax", currency)?,
            discount: body.total_discounts.money("total_discounts", currency)?,
        },
        shipping_method: body.shipping_lines.rows().next().and_then(|(_, line)| line.title.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    };
    let mut reports = vec![StorefrontReport::Order(report)];
    for (at, embedded) in body.fulfillments.rows() {
        let report = fulfilment(embedded, &id, Some(reported_at), &format!("fulfillments[{at}]."))?;
        reports.push(StorefrontReport::Fulfilment(report));
    }
    Ok(Parsed::Reports(reports))
}

/// `otherwise` is the time to use when a subscription left the fulfilment's own out of an order.
fn fulfilment(
    body: &FulfillmentBody,
    order_id: &str,
    otherwise: Option<Timestamp>,
    path: &str,
) -> Result<FulfilmentReport, BadDelivery> {
    let time = |field: &Field, name: &str| {
        let path = format!("{path}{name}");
        field.time(&path)?.or(otherwise).ok_or_else(|| BadDelivery::missing(path))
    };
    let state = match body.status.text() {
        Some("cancelled" | "error" | "failure") => FulfilmentState::Cancelled,
        _ => FulfilmentState::Open,
    };
    let mut lines = Vec::new();
    for (at, item) in body.line_items.rows() {
        let quantity: u32 = item.quantity.read(&format!("{path}line_items[{at}].quantity"))?;
        if quantity > 0 {
            lines.push((item.id.read(&format!("{path}line_items[{at}].id"))?, quantity));
        }
    }
    let numbers: Vec<_> = body.tracking_numbers.iter().filter_map(Field::text).collect();
    let numbers = if numbers.is_empty() { body.tracking_number.text().into_iter().collect() } else { numbers };
    Ok(FulfilmentReport {
        source: "shopify".to_owned(),
        order_source_id: order_id.to_owned(),
        id: body.id.read(&format!("{path}id"))?,
        reported_at: time(&body.updated_at, "updated_at")?,
        created_at: time(&body.created_at, "created_at")?,
        state,
        lines,
        parcels: parcels::named(numbers.into_iter().map(|number| (body.tracking_company.text(), Some(number)))),
    })
}

fn line(item: &LineItem, at: usize, currency: Currency) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("line_items[{at}].{name}");
    let quantity: u32 = item.quantity.read(&path("quantity"))?;
    let too_large = |error| BadDelivery::bad(path("price"), format!("is not readable: {error}"));
    let price = item.price.required_money(&path("price"), currency)?.times(quantity).map_err(too_large)?;
    let mut off = 0i64;
    let mut allocated = false;
    for (n, allocation) in item.discount_allocations.rows() {
        let amount = allocation.amount.required_money(&path(&format!("discount_allocations[{n}].amount")), currency)?;
        off = off.saturating_add(amount.minor);
        allocated = true;
    }
    if !allocated {
        off = item.total_discount.money(&path("total_discount"), currency)?.map_or(0, |money| money.minor);
    }
    Ok(Line {
        id: item.id.read(&path("id"))?,
        title: item.title.or(&item.name).cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("title")))?,
        variant: item.variant_title.cut(TEXT_CHARS_MAX).filter(|variant| variant != "Default Title"),
        sku: item.sku.cut(TEXT_CHARS_MAX),
        quantity,
        paid: Money::of(price.minor.saturating_sub(off).max(0), currency),
        ships: item.requires_shipping.text() != Some("false"),
        final_sale: false, // Shopify's lines carry no tags; a shop lists such SKUs in its return policy.
    })
}

fn payment(status: Option<&str>) -> Payment {
    match status {
        Some("authorized") => Payment::Authorized,
        Some("partially_paid") => Payment::PartlyPaid,
        Some("paid") => Payment::Paid,
        Some("partially_refunded") => Payment::PartlyRefunded,
        Some("refunded") => Payment::Refunded,
        Some("voided") => Payment::Voided,
        _ => Payment::Pending,
    }
}

fn shipping(body: &OrderBody, currency: Currency) -> Result<Option<Money>, BadDelivery> {
    if let Some(amount) = body.total_shipping_price_set.get().and_then(|set| set.shop_money.get()) {
        return amount.amount.money("total_shipping_price_set.shop_money.amount", currency);
    }
    let mut sum = None;
    for (at, line) in body.shipping_lines.rows() {
        let path = format!("shipping_lines[{at}].price");
        if let Some(price) = line.price.money(&path, currency)? {
            let add =
                |sum: Money| sum.checked_add(price).map_err(|error| BadDelivery::bad(path, format!("is not readable: {error}")));
            sum = Some(sum.map_or(Ok(price), add)?);
        }
    }
    Ok(sum)
}

fn customer(body: &OrderBody) -> Customer {
    let none = Person::default();
    let nowhere = Place::default();
    let person = body.customer.get().unwrap_or(&none);
    let billing = body.billing_address.get().unwrap_or(&nowhere);
    let to = body.shipping_address.get().unwrap_or(&nowhere);
    Customer {
        first_name: person.first_name.or(&billing.first_name).cut(TEXT_CHARS_MAX),
        last_name: person.last_name.or(&billing.last_name).cut(TEXT_CHARS_MAX),
        email: contact::email([body.email.text(), body.contact_email.text(), person.email.text()]),
        phone: contact::phone(
            [body.phone.text(), to.phone.text(), person.phone.text()],
            to.country_code.or(&billing.country_code).text(),
        ),
        locale: contact::locale(body.customer_locale.text()),
    }
}

fn address(place: &Place) -> Option<Address> {
    let joined = [place.first_name.text(), place.last_name.text()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let address = Address {
        name: place.name.or(&Field::of(&joined)).cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.address1.cut(TEXT_CHARS_MAX),
        street_more: place.address2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.province_code.or(&place.province).cut(TEXT_CHARS_MAX),
        postal_code: place.zip.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country_code.text()),
    };
    (address != Address::default()).then_some(address)
}
