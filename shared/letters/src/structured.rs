//! What mail programs read: schema.org JSON-LD about the order or the parcel.

use crate::{clean, kinds::TITLE_CHARS_MAX, scene::Scene};
use domain::{address::Address, money::Money, order::Line, parcel::Parcel};
use serde::Serialize;

/// Items told to mail programs; they show a few.
const ITEMS_TOLD_MAX: usize = 10;

#[derive(Serialize)]
#[serde(tag = "@type")]
struct Order {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    merchant: Organization,
    #[serde(rename = "orderNumber")]
    number: String,
    #[serde(rename = "orderStatus", skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(rename = "priceCurrency", skip_serializing_if = "Option::is_none")]
    currency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    #[serde(rename = "orderDate", skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(rename = "acceptedOffer", skip_serializing_if = "Vec::is_empty")]
    offers: Vec<Offer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct Organization {
    name: String,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct Offer {
    #[serde(rename = "itemOffered")]
    item: Product,
    price: String,
    #[serde(rename = "priceCurrency")]
    currency: &'static str,
    #[serde(rename = "eligibleQuantity")]
    quantity: QuantitativeValue,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct Product {
    name: String,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct QuantitativeValue {
    value: u32,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct ParcelDelivery {
    #[serde(rename = "@context")]
    context: &'static str,
    carrier: Organization,
    #[serde(rename = "trackingNumber")]
    number: String,
    #[serde(rename = "trackingUrl")]
    url: String,
    #[serde(rename = "expectedArrivalUntil", skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(rename = "deliveryAddress", skip_serializing_if = "Option::is_none")]
    address: Option<PostalAddress>,
    #[serde(rename = "itemShipped", skip_serializing_if = "Vec::is_empty")]
    items: Vec<Product>,
    #[serde(rename = "partOfOrder")]
    order: Order,
}

#[derive(Serialize)]
#[serde(tag = "@type")]
struct PostalAddress {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "streetAddress", skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(rename = "addressLocality", skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(rename = "addressRegion", skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(rename = "postalCode", skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(rename = "addressCountry", skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

const CONTEXT: &str = "http://schema.org";

/// The order as JSON-LD.
pub(crate) fn order(scene: &Scene) -> Result<String, serde_json::Error> {
    let report = scene.report;
    let (price, currency) = amount(report.totals.total);
    let offer = |line: &Line| {
        let (price, currency) = amount(line.paid);
        Offer { item: product(line), price, currency, quantity: QuantitativeValue { value: line.quantity } }
    };
    told(&Order {
        context: Some(CONTEXT),
        status: Some("http://schema.org/OrderProcessing"),
        currency: Some(currency),
        price: Some(price),
        date: Some(report.placed_at.to_string()),
        offers: report.lines.iter().filter(|line| line.quantity > 0).take(ITEMS_TOLD_MAX).map(offer).collect(),
        url: Some(scene.facts.link.to_owned()),
        ..bare_order(scene)
    })
}

/// The parcels a message tells of as JSON-LD: one by itself, several as a list.
pub(crate) fn parcels(scene: &Scene) -> Result<String, serde_json::Error> {
    let all: Vec<ParcelDelivery> = scene.told.iter().map(|it| parcel(scene, it)).collect();
    match all.as_slice() {
        [one] => told(one),
        all => told(&all),
    }
}

/// A parcel; without an expected day where none would be honest.
fn parcel(scene: &Scene, parcel: &Parcel) -> ParcelDelivery {
    ParcelDelivery {
        context: CONTEXT,
        carrier: Organization { name: parcel.carrier_name() },
        number: parcel.key.number.to_string(),
        url: scene.facts.link.to_owned(),
        expected: parcel
            .expected_to_show()
            .filter(|expected| expected.current >= scene.day())
            .map(|expected| expected.current.to_string()),
        address: scene.report.ship_to.as_ref().map(postal),
        items: scene.lines_in(parcel).into_iter().take(ITEMS_TOLD_MAX).map(|(line, _)| product(line)).collect(),
        order: bare_order(scene),
    }
}

fn bare_order(scene: &Scene) -> Order {
    Order {
        context: None,
        merchant: Organization { name: scene.shop.clone() },
        number: scene.number.clone(),
        status: None,
        currency: None,
        price: None,
        date: None,
        offers: Vec::new(),
        url: None,
    }
}

fn product(line: &Line) -> Product {
    Product { name: clean::line(&line.title, TITLE_CHARS_MAX) }
}

fn postal(address: &Address) -> PostalAddress {
    let tame = |field: &Option<String>| field.as_deref().map(|text| clean::line(text, 80)).filter(|text| !text.is_empty());
    PostalAddress {
        name: tame(&address.name),
        street: tame(&address.street),
        city: tame(&address.city),
        region: tame(&address.region),
        postal_code: tame(&address.postal_code),
        country: tame(&address.country),
    }
}

/// "10.00" and "USD".
fn amount(money: Money) -> (String, &'static str) {
    let text = money.to_string();
    let number = text.split_once(' ').map_or(text.as_str(), |(number, _)| number);
    (number.to_owned(), money.currency.code())
}

/// JSON that cannot end the script element it stands in.
fn told(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    Ok(json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}
