//! What the tests of this crate share: signing a body and opening it again, as a door would.
#![allow(dead_code, missing_docs, reason = "each test file is a program of its own and uses a part")]

#[path = "../../../signatures/tests/recorded/mod.rs"]
pub mod recorded;

use carriers::{BadDelivery, CarrierParsed, CarrierSource, Delivery, Refusal};
use domain::parcel::ParcelReport;
use jiff::Timestamp;
use std::path::Path;

pub const SECRET: &str = "whsec_RG9vcnN0ZXAgdGVzdHMgb25seSwgbm90IGEgc2VjcmV0";
pub const PATH: &str = "/webhooks/demo/carrier/easypost";

pub fn now() -> Timestamp {
    "2026-11-16T17:12:04Z".parse().unwrap()
}

/// Verifies a body with these headers.
pub fn verify(
    source: CarrierSource,
    headers: &[(&str, String)],
    body: &[u8],
    at: Timestamp,
    secrets: &[&str],
) -> Result<(), Refusal> {
    verify_at(source, PATH, "", headers, body, at, secrets)
}

/// Verifies a body with these headers at a path.
pub fn verify_at(
    source: CarrierSource,
    path: &str,
    query: &str,
    headers: &[(&str, String)],
    body: &[u8],
    at: Timestamp,
    secrets: &[&str],
) -> Result<(), Refusal> {
    let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
    let delivery = Delivery { method: "POST", path, query, headers: &headers, body, now: at };
    source.verify(delivery, &secrets).map(|_| ())
}

/// Signs a body as the source would, lets it in and reads it.
pub fn read(source: CarrierSource, body: &[u8]) -> Result<CarrierParsed, BadDelivery> {
    let nothing: [(&str, &str); 0] = [];
    let delivery = Delivery { method: "POST", path: PATH, query: "", headers: &nothing, body, now: now() };
    let headers = source.sign(&delivery, "msg_1", SECRET);
    let verified = source.verify(Delivery { headers: &headers, ..delivery }, &[SECRET.to_owned()]).unwrap();
    source.parse(&verified)
}

/// The one report of a body.
#[track_caller]
pub fn report(source: CarrierSource, body: &[u8]) -> ParcelReport {
    match read(source, body).unwrap() {
        CarrierParsed::Reports(reports) if reports.len() == 1 => reports.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

pub fn event(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/carrier_webhook").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every event in `events/carrier_webhook` with its source, which is how its name begins.
pub fn every_event() -> Vec<(CarrierSource, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/carrier_webhook");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let source = |name: &str| name.split('_').next().unwrap().parse().unwrap();
    names.iter().map(|name| name.to_str().unwrap()).map(|name| (source(name), event(name))).collect()
}

/// A recorded body with a number: EasyPost's samples have the tracking number `1`, which is none.
pub fn numbered(body: Vec<u8>) -> Vec<u8> {
    let body = String::from_utf8(body).unwrap();
    let body = body.replace("\"tracking_code\": \"1\"", "\"tracking_code\": \"1Z9\"");
    body.replace("\"tracking_code\":\"1\"", "\"tracking_code\":\"1Z9\"").into_bytes()
}
