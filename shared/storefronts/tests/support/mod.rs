//! What the tests of this crate share: signing a body and opening it again, as a door would.
#![allow(dead_code, missing_docs, reason = "each test file is a program of its own and uses a part")]

use jiff::Timestamp;
use std::path::{Path, PathBuf};
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
pub fn verify(storefront: Storefront, headers: &[(&str, String)], body: &[u8], at: Timestamp, secrets: &[&str]) -> Result<(), Refusal> {
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
    });
    values.collect()
}

pub fn event(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/storefront_webhook").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where payloads recorded by others lie, outside this repository; `None` on machines that do not have them.
pub fn recorded() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/payloads");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Every file of one source.
pub fn recorded_files(source: &str) -> Vec<(String, Vec<u8>)> {
    let Some(path) = recorded() else { return Vec::new() };
    let files = std::fs::read_dir(path.join(source)).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect()
}

/// The vectors of `signature_test_vectors.json` for one provider: secret, headers, body.
pub fn recorded_vectors(provider: &str) -> Vec<(String, Vec<(String, String)>, Vec<u8>)> {
    let Some(path) = recorded() else { return Vec::new() };
    let text = std::fs::read_to_string(path.join("signature_test_vectors.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut out = Vec::new();
    for vector in all["vectors"].as_array().unwrap().iter().filter(|vector| vector["provider"] == provider) {
        // Some secrets carry a remark in brackets.
        let secret = vector["secret"].as_str().unwrap().split(" (").next().unwrap().to_owned();
        let headers = vector["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        let body = match vector["body_file"].as_str() {
            Some(file) => std::fs::read(path.join(file)).unwrap(),
            None => vector["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        out.push((secret, headers, body));
    }
    assert!(!out.is_empty(), "{provider} has vectors");
    out
}
