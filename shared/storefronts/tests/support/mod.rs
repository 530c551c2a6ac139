//! What the tests of this crate share: signing a body and opening it again, as a door would.
#![allow(dead_code, missing_docs, reason = "each test file is a program of its own and uses a part")]

#[path = "../../../signatures/tests/recorded/mod.rs"]
pub mod recorded;

use domain::order::{FulfilmentReport, OrderReport, RefundReport};
use jiff::Timestamp;
use serde_json::Value;
use std::path::Path;
use storefronts::{BadDelivery, Delivery, Parsed, Refusal, Storefront, StorefrontReport};

pub const SECRET: &str = "whsec_RG9vcnN0ZXAgdGVzdHMgb25seSwgbm90IGEgc2VjcmV0";

pub fn now() -> Timestamp {
    "2026-11-16T17:12:04Z".parse().unwrap()
}

pub fn topic_header(storefront: Storefront) -> &'static str {
    match storefront {
        Storefront::Shopify => "X-Shopify-Topic",
        Storefront::WooCommerce => "X-WC-Webhook-Topic",
        // The others say it in the body.
        _ => "X-None",
    }
}

/// A topic of the source whose body is the file's.
pub fn topic(file: &str) -> &'static str {
    let topics: [(&str, &str); 12] = [
        ("shopify_orders_paid", "orders/paid"),
        ("shopify_orders_cancelled", "orders/cancelled"),
        ("shopify_orders_edited", "orders/edited"),
        ("shopify_orders_delete", "orders/delete"),
        ("shopify_orders", "orders/updated"),
        ("shopify_fulfillments", "fulfillments/update"),
        ("shopify_refunds", "refunds/create"),
        ("shopify_customers_data_request", "customers/data_request"),
        ("shopify_customers_redact", "customers/redact"),
        ("shopify_shop_redact", "shop/redact"),
        ("woocommerce_order_deleted", "order.deleted"),
        ("woocommerce", "order.updated"),
    ];
    topics.into_iter().find(|(start, _)| file.starts_with(start)).map_or("", |(_, topic)| topic)
}

/// The storefront whose name a file begins with.
pub fn source(file: &str) -> Storefront {
    file.split('_').next().unwrap().parse().unwrap()
}

/// Every recorded event, and whether it is an answer of an API.
pub fn events() -> Vec<(String, bool)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/storefront_webhook");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), name.contains("_answer"))).collect()
}

/// Reads a recorded event, or something made of one, as what it is.
pub fn read_as(file: &str, body: &[u8]) -> Result<Parsed, BadDelivery> {
    if file.contains("_answer") { answer(source(file), body) } else { read(source(file), topic(file), body) }
}

/// Reads what the storefront's API answered a minute later.
pub fn answer(storefront: Storefront, body: &[u8]) -> Result<Parsed, BadDelivery> {
    let asked_at = "2026-11-27T08:00:00Z".parse().unwrap();
    storefront.parse_answer(&signatures::answered(body, asked_at))
}

/// Verifies a body with these headers.
pub fn verify(
    storefront: Storefront,
    headers: &[(&str, String)],
    body: &[u8],
    at: Timestamp,
    secrets: &[&str],
) -> Result<(), Refusal> {
    let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
    let delivery = Delivery { method: "POST", path: "/", query: "", headers: &headers, body, now: at };
    storefront.verify(delivery, &secrets).map(|_| ())
}

/// Signs a body as the storefront would, lets it in and reads it.
pub fn read(storefront: Storefront, topic: &str, body: &[u8]) -> Result<Parsed, BadDelivery> {
    let nothing: [(&str, &str); 0] = [];
    let delivery = Delivery { method: "POST", path: "/", query: "", headers: &nothing, body, now: now() };
    let mut headers = storefront.sign(&delivery, "msg_1", SECRET);
    headers.push((topic_header(storefront), topic.to_owned()));
    let verified = storefront.verify(Delivery { headers: &headers, ..delivery }, &[SECRET.to_owned()]).unwrap();
    storefront.parse(&verified)
}

/// The reports of a body as JSON, for snapshots.
pub fn reports(storefront: Storefront, topic: &str, body: &[u8]) -> serde_json::Value {
    written(read(storefront, topic, body).unwrap())
}

/// Reports as JSON, for snapshots.
pub fn written(parsed: Parsed) -> serde_json::Value {
    let reports = all(parsed);
    let values = reports.iter().map(|report| match report {
        StorefrontReport::Order(report) => serde_json::json!({ "order": report }),
        StorefrontReport::Fulfilment(report) => serde_json::json!({ "fulfilment": report }),
        StorefrontReport::Stage(report) => serde_json::json!({ "stage": report }),
        StorefrontReport::Refund(report) => serde_json::json!({ "refund": report }),
        StorefrontReport::Privacy(request) => serde_json::json!({ "privacy": request }),
    });
    values.collect()
}

/// The reports of what must have some.
pub fn all(parsed: Parsed) -> Vec<StorefrontReport> {
    match parsed {
        Parsed::Reports(reports) => reports,
        other => panic!("no reports: {other:?}"),
    }
}

/// The order in some reports.
pub fn order(parsed: Parsed) -> OrderReport {
    let order = all(parsed).into_iter().find_map(|report| if let StorefrontReport::Order(it) = report { Some(it) } else { None });
    order.unwrap()
}

/// The fulfilments in some reports.
pub fn fulfilments(parsed: Parsed) -> Vec<FulfilmentReport> {
    let it = |report| if let StorefrontReport::Fulfilment(it) = report { Some(it) } else { None };
    all(parsed).into_iter().filter_map(it).collect()
}

/// The refunds in some reports.
pub fn refunds(parsed: Parsed) -> Vec<RefundReport> {
    let it = |report| if let StorefrontReport::Refund(it) = report { Some(it) } else { None };
    all(parsed).into_iter().filter_map(it).collect()
}

/// A recorded event as a tree.
pub fn tree(name: &str) -> Value {
    serde_json::from_slice(&event(name)).unwrap()
}

/// The tree with another value at a place that is there.
#[must_use]
pub fn with(mut body: Value, path: &str, value: Value) -> Value {
    *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    body
}

/// The tree with a field more.
#[must_use]
pub fn and(mut body: Value, key: &str, value: Value) -> Value {
    body.as_object_mut().unwrap().insert(key.to_owned(), value);
    body
}

/// The tree with a field less.
#[must_use]
pub fn without(mut body: Value, key: &str) -> Value {
    body.as_object_mut().unwrap().remove(key);
    body
}

pub fn event(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/storefront_webhook").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
