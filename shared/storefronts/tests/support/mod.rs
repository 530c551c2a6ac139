//! What the tests of this crate share: signing a body and opening it again, as a door would.
#![allow(dead_code, missing_docs, reason = "each test file is a program of its own and uses a part")]

#[path = "../../../signatures/tests/recorded/mod.rs"]
pub mod recorded;

use jiff::Timestamp;
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
        Storefront::Standard => "X-None",
    }
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
    let Parsed::Reports(reports) = read(storefront, topic, body).unwrap() else { panic!("{topic} is not read") };
    let values = reports.iter().map(|report| match report {
        StorefrontReport::Order(report) => serde_json::json!({ "order": report }),
        StorefrontReport::Fulfilment(report) => serde_json::json!({ "fulfilment": report }),
        StorefrontReport::Stage(report) => serde_json::json!({ "stage": report }),
        StorefrontReport::Refund(report) => serde_json::json!({ "refund": report }),
        StorefrontReport::Privacy(request) => serde_json::json!({ "privacy": request }),
    });
    values.collect()
}

pub fn event(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/storefront_webhook").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
