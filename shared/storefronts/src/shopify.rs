//! Shopify: orders, fulfilments and refunds as its Admin REST API writes them, any field of which a subscription may leave out.

mod body;
mod order;
mod privacy;
mod refund;

use crate::{Answers, Parsed, Reader, StorefrontReport, Topic, parcels, source_id, unknown};
use body::FulfillmentBody;
use domain::{
    order::{FulfilmentReport, FulfilmentState},
    privacy::PrivacyWish,
};
use jiff::Timestamp;
use signatures::{BadDelivery, Delivery, Field, Key, Mac, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: |_| false,
    parse,
    parse_answer: Some(|answered| order::read(&answered.json()?)),
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    headers_read: &["x-shopify-topic"],
    keys_path: None,
    answers: Answers::usual(Some(5)),
    proof: "HMAC-SHA256 of the body",
    topics: &[
        Topic { name: "orders/create", used_for: "order" },
        Topic { name: "orders/paid", used_for: "order" },
        Topic { name: "orders/updated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "orders/cancelled", used_for: "order, its refunds" },
        Topic { name: "orders/fulfilled", used_for: "order, its fulfilments" },
        Topic { name: "orders/partially_fulfilled", used_for: "order, its fulfilments" },
        Topic { name: "fulfillments/create", used_for: "fulfilment, its parcels" },
        Topic { name: "fulfillments/update", used_for: "fulfilment, its parcels" },
        Topic { name: "refunds/create", used_for: "refund" },
        Topic { name: "customers/data_request", used_for: "request for a person's data" },
        Topic { name: "customers/redact", used_for: "erasure of a person's data" },
        Topic { name: "shop/redact", used_for: "erasure of a shop that left" },
        // It tells only what was added and removed; the order as it is now comes beside it as `orders/updated`.
        Topic { name: "orders/edited", used_for: "" },
        // Only an id. Shopify lets a shop delete what is archived, cancelled or a test: to its customer nothing happened.
        Topic { name: "orders/delete", used_for: "" },
    ],
};

const SIGNATURE: &str = "X-Shopify-Hmac-Sha256";

/// Base64 of the HMAC of the body under the app's client secret. Shopify signs no time: repeats are the desk's to bear.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::sealed_body(delivery, SIGNATURE, Mac::from_base64, &signatures::keys(secrets, key))
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&key(secret)?, &[], delivery.body).to_base64()))
}

fn key(secret: &str) -> Option<Key> {
    Key::new(secret.as_bytes().to_vec())
}

fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    match verified.header("X-Shopify-Topic").unwrap_or_default() {
        // The topics whose body is the whole order.
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/cancelled"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => order::read(&verified.json()?),
        "fulfillments/create" | "fulfillments/update" => {
            let body: FulfillmentBody = verified.json()?;
            let order_id = source_id(&body.order_id, "order_id")?;
            let report = fulfilment(&body, &order_id, None, "")?;
            Ok(Parsed::Reports(vec![StorefrontReport::Fulfilment(report)]))
        }
        "refunds/create" => refund::read(&verified.json()?),
        "customers/data_request" => privacy::read(verified, PrivacyWish::CustomerData),
        "customers/redact" => privacy::read(verified, PrivacyWish::CustomerErasure),
        "shop/redact" => privacy::read(verified, PrivacyWish::ShopErasure),
        topic => Ok(unknown(topic)),
    }
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
    // The lists of numbers and of URLs may differ in length, and the single number is the first of the list.
    let numbers: Vec<_> = body.tracking_numbers.iter().filter_map(Field::text).collect();
    let numbers = if numbers.is_empty() { body.tracking_number.text().into_iter().collect() } else { numbers };
    let rows = body.line_items.rows().map(|(at, item)| (at, &item.id, &item.quantity));
    Ok(FulfilmentReport {
        source: "shopify".to_owned(),
        order_source_id: order_id.to_owned(),
        id: body.id.read(&format!("{path}id"))?,
        reported_at: time(&body.updated_at, "updated_at")?,
        created_at: time(&body.created_at, "created_at")?,
        state: if body.stands() { FulfilmentState::Open } else { FulfilmentState::Cancelled },
        lines: parcels::contents(rows, &format!("{path}line_items"), "id")?,
        parcels: parcels::named(numbers.into_iter().map(|number| (body.tracking_company.text(), Some(number)))),
    })
}
