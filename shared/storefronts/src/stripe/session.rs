//! A session of Stripe Checkout as it was fetched, with its lines, their products, its payment and the newest charge of it.

use super::{
    order_id, refund,
    units::{amount, required_amount, second},
};
use crate::{
    Parsed, StorefrontReport, amounts,
    contact::{self, TEXT_CHARS_MAX},
    number,
};
use domain::{
    address::{Address, Customer},
    money::Currency,
    order::{Line, OrderReport, Payment, Totals},
};
use serde::Deserialize;
use signatures::{BadDelivery, Either, Field, List, Part, Verified};

/// Characters at the end of an id that are the number of an order which the shop gave none.
const TAIL_CHARS: usize = 8;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Session {
    id: Field,
    mode: Field,
    status: Field,
    payment_status: Field,
    created: Field,
    currency: Field,
    amount_total: Field,
    client_reference_id: Field,
    metadata: Part<Metadata>,
    locale: Field,
    customer_email: Field,
    customer_details: Part<Person>,
    shipping_details: Part<Person>,
    collected_information: Part<Collected>,
    shipping_cost: Part<ShippingCost>,
    total_details: Part<TotalDetails>,
    line_items: Part<LineItems>,
    payment_intent: Either<PaymentIntent>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    order_number: Field,
    order_id: Field,
    sku: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Collected {
    shipping_details: Part<Person>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    name: Field,
    email: Field,
    phone: Field,
    address: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    line1: Field,
    line2: Field,
    city: Field,
    state: Field,
    postal_code: Field,
    country: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingCost {
    amount_total: Field,
    shipping_rate: Either<ShippingRate>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingRate {
    display_name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TotalDetails {
    amount_discount: Field,
    amount_tax: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineItems {
    data: List<Part<LineItem>>,
    has_more: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineItem {
    id: Field,
    description: Field,
    quantity: Field,
    amount_total: Field,
    price: Part<Price>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Price {
    metadata: Part<Metadata>,
    product: Either<Product>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Product {
    name: Field,
    shippable: Field,
    metadata: Part<Metadata>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PaymentIntent {
    id: Field,
    status: Field,
    latest_charge: Either<Charge>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Charge {
    refunded: Field,
    amount_refunded: Field,
    receipt_number: Field,
    refunds: Part<refund::Refunds>,
}

/// A session that sold nothing (yet) is no order: one that only keeps a card, is open, or ran out of time.
pub(super) fn read(answered: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let session: Session = answered.json()?;
    if session.mode.text() == Some("setup") || matches!(session.status.text(), Some("open" | "expired")) {
        return Ok(Parsed::Reports(Vec::new()));
    }
    let id = match session.payment_intent.id(|intent| &intent.id).filter(|id| super::is_intent(id)) {
        Some(payment_intent) => order_id(payment_intent, "payment_intent")?,
        None => order_id(&session.id, "id")?,
    };
    let mut reports = vec![StorefrontReport::Order(order(&session, &id, answered)?)];
    let refunds = session.charge().and_then(|charge| charge.refunds.get());
    for (at, row) in refunds.iter().flat_map(|refunds| refunds.data.rows()) {
        let path = format!("payment_intent.latest_charge.refunds.data[{at}].");
        reports.extend(refund::report(row, &id, None, &path)?.map(StorefrontReport::Refund));
    }
    Ok(Parsed::Reports(reports))
}

impl Session {
    fn charge(&self) -> Option<&Charge> {
        self.payment_intent.part.get()?.latest_charge.part.get()
    }

    /// Where it goes: older versions of the API say it of the session, newer ones of what was collected in it.
    fn ship_to(&self) -> Option<&Person> {
        let older = self.shipping_details.get();
        let newer = || self.collected_information.get()?.shipping_details.get();
        older.filter(|person| person.address.get().is_some()).or_else(newer)
    }
}

fn order(session: &Session, id: &str, answered: &Verified<'_>) -> Result<OrderReport, BadDelivery> {
    let currency: Currency = session.currency.read("currency")?;
    let ship_to = session.ship_to().and_then(address);
    let items = session.line_items.required("line_items")?;
    if items.has_more.is_true() {
        return Err(BadDelivery::bad("line_items.has_more", "is true: the rest of its lines must be fetched too"));
    }
    let is_shipped = ship_to.is_some() || session.shipping_cost.get().is_some();
    let lines = items
        .data
        .required_rows("line_items.data")?
        .map(|(at, item)| line(item, at, currency, is_shipped))
        .collect::<Result<_, _>>()?;
    let nobody = Person::default();
    let person = session.customer_details.get().unwrap_or(&nobody);
    let country = person.address.get().and_then(|place| place.country.text());
    let costs = session.shipping_cost.get();
    let details = session.total_details.get();
    Ok(OrderReport {
        source: "stripe".to_owned(),
        source_id: id.to_owned(),
        // Nothing in a session says when it last changed: it is as it was when we asked.
        reported_at: answered.received_at(),
        placed_at: second(&session.created, "created")?,
        number: order_number(session, id)?,
        payment: payment(session, currency)?,
        cancelled_at: None, // A session that is complete cannot be cancelled; its money can go back.
        customer: Customer {
            // One field holds the whole name. It is not taken apart: which word is the first name depends on the country.
            first_name: person.name.or(session.ship_to().map_or(&nobody.name, |to| &to.name)).cut(TEXT_CHARS_MAX),
            last_name: None,
            email: contact::email([person.email.text(), session.customer_email.text()]),
            phone: contact::phone(
                [person.phone.text(), session.ship_to().and_then(|to| to.phone.text())],
                country.or(ship_to.as_ref().and_then(|to| to.country.as_deref())),
            ),
            // `auto` is what the browser said, which the session does not keep.
            locale: contact::locale(session.locale.text().filter(|locale| *locale != "auto")),
        },
        ship_to,
        lines,
        totals: Totals {
            total: required_amount(&session.amount_total, "amount_total", currency)?,
            shipping: costs
                .map(|costs| amount(&costs.amount_total, "shipping_cost.amount_total", currency))
                .transpose()?
                .flatten(),
            tax: details.map(|of| amount(&of.amount_tax, "total_details.amount_tax", currency)).transpose()?.flatten(),
            discount: details
                .map(|of| amount(&of.amount_discount, "total_details.amount_discount", currency))
                .transpose()?
                .flatten(),
        },
        shipping_method: costs
            .and_then(|costs| costs.shipping_rate.part.get())
            .and_then(|rate| rate.display_name.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    })
}

/// The number people say: what the shop wrote into the session, else the one on Stripe's receipt, else the end of the id.
fn order_number(session: &Session, id: &str) -> Result<String, BadDelivery> {
    let none = Metadata::default();
    let metadata = session.metadata.get().unwrap_or(&none);
    let receipt = session.charge().map(|charge| charge.receipt_number.clone()).unwrap_or_default();
    let told = metadata.order_number.or(&metadata.order_id).or(&session.client_reference_id).or(&receipt);
    let start = id.char_indices().rev().nth(TAIL_CHARS - 1).map_or(0, |(at, _)| at);
    number(told.or(&Field::of(id.get(start..).unwrap_or(id))), "client_reference_id")
}

fn payment(session: &Session, currency: Currency) -> Result<Payment, BadDelivery> {
    if let Some(charge) = session.charge() {
        let path = "payment_intent.latest_charge.amount_refunded";
        let went_back = amount(&charge.amount_refunded, path, currency)?.is_some_and(|amount| amount.minor > 0);
        match (charge.refunded.is_true(), went_back) {
            (true, _) => return Ok(Payment::Refunded),
            (false, true) => return Ok(Payment::PartlyRefunded),
            (false, false) => {}
        }
    }
    let intent = session.payment_intent.part.get().and_then(|intent| intent.status.text());
    Ok(match (session.payment_status.text(), intent) {
        (Some("paid" | "no_payment_required"), _) => Payment::Paid,
        // Reserved, and taken by the shop later.
        (_, Some("requires_capture")) => Payment::Authorized,
        // The session is complete, and the payment that was under way did not come.
        (_, Some("requires_payment_method" | "canceled")) => Payment::Voided,
        _ => Payment::Pending,
    })
}

/// A line's `amount_total` is after discounts and with tax.
fn line(item: &LineItem, at: usize, currency: Currency, is_shipped: bool) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("line_items.data[{at}].{name}");
    let (none, plain) = (Price::default(), Product::default());
    let price = item.price.get().unwrap_or(&none);
    let product = price.product.part.get().unwrap_or(&plain);
    let sku = |metadata: &Part<Metadata>| metadata.get().and_then(|metadata| metadata.sku.cut(TEXT_CHARS_MAX));
    Ok(Line {
        id: item.id.read(&path("id"))?,
        title: item.description.or(&product.name).cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("description")))?,
        variant: None,
        sku: sku(&price.metadata).or_else(|| sku(&product.metadata)),
        quantity: amounts::pieces(&item.quantity, &path("quantity"))?,
        paid: required_amount(&item.amount_total, &path("amount_total"), currency)?,
        ships: match product.shippable.text() {
            Some("true") => true,
            Some("false") => false,
            _ => is_shipped,
        },
        final_sale: false,
    })
}

fn address(person: &Person) -> Option<Address> {
    let place = person.address.get()?;
    let address = Address {
        name: person.name.cut(TEXT_CHARS_MAX),
        company: None,
        street: place.line1.cut(TEXT_CHARS_MAX),
        street_more: place.line2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.state.cut(TEXT_CHARS_MAX),
        postal_code: place.postal_code.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country.text()),
    };
    (address != Address::default()).then_some(address)
}
