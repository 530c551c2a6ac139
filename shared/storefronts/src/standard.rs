//! Our own format, for storefronts we do not know: documented in STANDARD.md, and strict where the others are lenient.

use crate::{
    Answers, Parsed, Reader, StorefrontReport, Topic,
    contact::{self, TEXT_CHARS_MAX},
    number, parcels, source_id, unknown,
};
use domain::{
    address::{Address, Customer},
    id::LineId,
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, OrderReport, Payment, RefundReport, Stage, StageReport, Totals},
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
    proof: "Standard Webhooks: HMAC-SHA256 of id, time and body",
    topics: &[
        Topic { name: "order.reported", used_for: "order" },
        Topic { name: "fulfilment.reported", used_for: "fulfilment, its parcels" },
        Topic { name: "order.stage_reached", used_for: "stage of the shop floor" },
        Topic { name: "order.refunded", used_for: "refund" },
    ],
};

pub(crate) fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let report = match standard::kind(verified)?.as_str() {
        "order.reported" => {
            let (sent_at, data) = standard::open(verified)?;
            StorefrontReport::Order(order(&data, sent_at)?)
        }
        "fulfilment.reported" => {
            let (sent_at, data) = standard::open(verified)?;
            StorefrontReport::Fulfilment(fulfilment(&data, sent_at)?)
        }
        "order.stage_reached" => {
            let (sent_at, data) = standard::open(verified)?;
            StorefrontReport::Stage(stage(&data, sent_at)?)
        }
        "order.refunded" => {
            let (sent_at, data) = standard::open(verified)?;
            StorefrontReport::Refund(refund(&data, sent_at)?)
        }
        kind => return Ok(unknown(kind)),
    };
    Ok(Parsed::Reports(vec![report]))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrderData {
    id: Field,
    number: Field,
    placed_at: Field,
    updated_at: Field,
    cancelled_at: Field,
    payment: Field,
    customer: Part<Person>,
    ship_to: Part<Place>,
    lines: List<Part<LineData>>,
    totals: Part<TotalsData>,
    shipping_method: Field,
    promised: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    first_name: Field,
    last_name: Field,
    email: Field,
    phone: Field,
    phone_country: Field,
    locale: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    name: Field,
    company: Field,
    street: Field,
    street_more: Field,
    city: Field,
    region: Field,
    postal_code: Field,
    country: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineData {
    id: Field,
    title: Field,
    variant: Field,
    sku: Field,
    quantity: Field,
    paid: Part<Amount>,
    ships: Field,
    final_sale: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Amount {
    amount: Field,
    currency: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TotalsData {
    total: Part<Amount>,
    shipping: Part<Amount>,
    tax: Part<Amount>,
    discount: Part<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FulfilmentData {
    order_id: Field,
    id: Field,
    created_at: Field,
    updated_at: Field,
    state: Field,
    lines: List<Part<PackedLine>>,
    parcels: List<Part<ParcelData>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PackedLine {
    id: Field,
    quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StageData {
    order_id: Field,
    stage: Field,
    reached_at: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefundData {
    order_id: Field,
    id: Field,
    refunded_at: Field,
    amount: Part<Amount>,
    lines: List<Part<PackedLine>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ParcelData {
    carrier: Field,
    number: Field,
}

fn order(data: &OrderData, sent_at: Timestamp) -> Result<OrderReport, BadDelivery> {
    let totals = data.totals.required("data.totals")?;
    let total = totals.total.required("data.totals.total")?;
    let currency: Currency = total.currency.read("data.totals.total.currency")?;
    let ship_to = data.ship_to.get().map(address).filter(|address| *address != Address::default());
    let promised = match data.promised.text() {
        Some(text) => Some(text.parse().map_err(|_| BadDelivery::bad("data.promised", "is not a date (YYYY-MM-DD)"))?),
        None => None,
    };
    Ok(OrderReport {
        source: "standard".to_owned(),
        source_id: source_id(&data.id, "data.id")?,
        reported_at: data.updated_at.time("data.updated_at")?.unwrap_or(sent_at),
        placed_at: data.placed_at.required_time("data.placed_at")?,
        number: number(&data.number, "data.number")?,
        payment: payment(&data.payment)?,
        cancelled_at: data.cancelled_at.time("data.cancelled_at")?,
        customer: customer(data, ship_to.as_ref()),
        ship_to,
        lines: data.lines.required_rows("data.lines")?.map(|(at, row)| line(row, at, currency)).collect::<Result<_, _>>()?,
        totals: Totals {
            total: amount(total, "data.totals.total", currency)?,
            shipping: totals.shipping.get().map(|sum| amount(sum, "data.totals.shipping", currency)).transpose()?,
            tax: totals.tax.get().map(|sum| amount(sum, "data.totals.tax", currency)).transpose()?,
            discount: totals.discount.get().map(|sum| amount(sum, "data.totals.discount", currency)).transpose()?,
        },
        shipping_method: data.shipping_method.cut(crate::METHOD_CHARS_MAX),
        promised,
    })
}

fn fulfilment(data: &FulfilmentData, sent_at: Timestamp) -> Result<FulfilmentReport, BadDelivery> {
    let state = match data.state.text() {
        None | Some("open") => FulfilmentState::Open,
        Some("cancelled") => FulfilmentState::Cancelled,
        Some(_) => return Err(BadDelivery::bad("data.state", "is neither open nor cancelled")),
    };
    let mut names = Vec::new();
    for (at, parcel) in data.parcels.rows() {
        let path = format!("data.parcels[{at}].number");
        let named = parcels::named([(parcel.carrier.text(), Some(parcel.number.required(&path)?))]);
        if named.is_empty() {
            return Err(BadDelivery::bad(path, "is not a tracking number"));
        }
        names.extend(named);
    }
    Ok(FulfilmentReport {
        source: "standard".to_owned(),
        order_source_id: source_id(&data.order_id, "data.order_id")?,
        id: data.id.read("data.id")?,
        reported_at: data.updated_at.time("data.updated_at")?.unwrap_or(sent_at),
        created_at: data.created_at.required_time("data.created_at")?,
        state,
        lines: packed(&data.lines)?,
        parcels: names,
    })
}

fn stage(data: &StageData, sent_at: Timestamp) -> Result<StageReport, BadDelivery> {
    let named = data.stage.required("data.stage")?;
    let stage = Stage::ALL.into_iter().find(|stage| stage.code() == named);
    Ok(StageReport {
        source: "standard".to_owned(),
        order_source_id: source_id(&data.order_id, "data.order_id")?,
        stage: stage.ok_or_else(|| BadDelivery::bad("data.stage", "is none of on_hold, released, picking, packed"))?,
        reached_at: data.reached_at.time("data.reached_at")?.unwrap_or(sent_at),
    })
}

/// Nothing (`0.00`) takes a refund back that did not arrive after all; less than nothing is a mistake.
fn refund(data: &RefundData, sent_at: Timestamp) -> Result<RefundReport, BadDelivery> {
    let sum = data.amount.required("data.amount")?;
    let amount = amount(sum, "data.amount", sum.currency.read("data.amount.currency")?)?;
    if amount.minor < 0 {
        return Err(BadDelivery::bad("data.amount.amount", "is less than nothing: write what went back without a sign"));
    }
    Ok(RefundReport {
        source: "standard".to_owned(),
        order_source_id: source_id(&data.order_id, "data.order_id")?,
        id: data.id.read("data.id")?,
        refunded_at: data.refunded_at.time("data.refunded_at")?.unwrap_or(sent_at),
        amount,
        lines: packed(&data.lines)?,
    })
}

fn packed(lines: &List<Part<PackedLine>>) -> Result<Vec<(LineId, u32)>, BadDelivery> {
    parcels::contents(lines.rows().map(|(at, line)| (at, &line.id, &line.quantity)), "data.lines", "id")
}

fn payment(field: &Field) -> Result<Payment, BadDelivery> {
    Ok(match field.required("data.payment")? {
        "pending" => Payment::Pending,
        "authorized" => Payment::Authorized,
        "partly_paid" => Payment::PartlyPaid,
        "paid" => Payment::Paid,
        "partly_refunded" => Payment::PartlyRefunded,
        "refunded" => Payment::Refunded,
        "voided" => Payment::Voided,
        _ => {
            let words = "is none of pending, authorized, partly_paid, paid, partly_refunded, refunded, voided";
            return Err(BadDelivery::bad("data.payment", words));
        }
    })
}

fn line(row: &LineData, at: usize, currency: Currency) -> Result<Line, BadDelivery> {
    let path = |name: &str| format!("data.lines[{at}].{name}");
    Ok(Line {
        id: row.id.read(&path("id"))?,
        title: row.title.cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("title")))?,
        variant: row.variant.cut(TEXT_CHARS_MAX),
        sku: row.sku.cut(TEXT_CHARS_MAX),
        quantity: row.quantity.read(&path("quantity"))?,
        paid: amount(row.paid.required(&path("paid"))?, &path("paid"), currency)?,
        ships: row.ships.text() != Some("false"),
        final_sale: row.final_sale.is_true(),
    })
}

/// Every amount of an order is of the currency of its total.
fn amount(sum: &Amount, path: &str, currency: Currency) -> Result<Money, BadDelivery> {
    let said: Currency = sum.currency.read(&format!("{path}.currency"))?;
    if said != currency {
        return Err(BadDelivery::bad(format!("{path}.currency"), "is not the currency of the total"));
    }
    sum.amount.required_money(&format!("{path}.amount"), currency)
}

fn customer(data: &OrderData, ship_to: Option<&Address>) -> Customer {
    let Some(person) = data.customer.get() else { return Customer::default() };
    let country = person.phone_country.text().or(ship_to.and_then(|address| address.country.as_deref()));
    Customer {
        first_name: person.first_name.cut(TEXT_CHARS_MAX),
        last_name: person.last_name.cut(TEXT_CHARS_MAX),
        email: contact::email([person.email.text()]),
        phone: contact::phone([person.phone.text()], country),
        locale: contact::locale(person.locale.text()),
    }
}

fn address(place: &Place) -> Address {
    Address {
        name: place.name.cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.street.cut(TEXT_CHARS_MAX),
        street_more: place.street_more.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.region.cut(TEXT_CHARS_MAX),
        postal_code: place.postal_code.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country.text()),
    }
}
