//! What the tests of this crate share: signing a body and opening it again, as a door would.
#![allow(dead_code, missing_docs, reason = "each test file is a program of its own and uses a part")]

#[path = "../../../signatures/tests/recorded/mod.rs"]
pub mod recorded;
pub mod shapes;

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

/// The private key that tests sign with where a source signs with one, and its public half as a key set.
pub const PRIVATE_KEY: &str = include_str!("../../../signatures/tests/keys/rsa_tests_only.pem");
pub const KEY_SET: &str = include_str!("../../../signatures/tests/keys/rsa_tests_only.jwks.json");

/// What a source signs with, and what is verified with: the same, unless it has a key of its own.
pub fn secrets(source: CarrierSource) -> (&'static str, &'static str) {
    if source.keys_url().is_some() { (PRIVATE_KEY, KEY_SET) } else { (SECRET, SECRET) }
}

/// When a body says that it was sent: the US post signs a time that stands in the body.
pub fn sent_at(source: CarrierSource, body: &[u8]) -> Timestamp {
    let envelope: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let said = envelope["timestamp"].as_str().filter(|_| source == CarrierSource::Usps);
    said.and_then(|text| text.parse().ok()).unwrap_or_else(now)
}

/// Signs a body as the source would, lets it in and reads it.
pub fn read(source: CarrierSource, body: &[u8]) -> Result<CarrierParsed, BadDelivery> {
    let nothing: [(&str, &str); 0] = [];
    if source == CarrierSource::ShipEngine {
        // Signing with a private key takes a hundred times as long as all else; `proved.rs` does it.
        let signed_at = [("x-shipengine-timestamp", now().to_string())];
        return source.parse(&signatures::kept(&signed_at, body, now()));
    }
    let (private, public) = secrets(source);
    let now = sent_at(source, body);
    let delivery = Delivery { method: "POST", path: PATH, query: "", headers: &nothing, body, now };
    let headers = source.sign(&delivery, "msg_1", private);
    let headers: Vec<(&str, String)> = headers.into_iter().collect();
    match source.verify(Delivery { headers: &headers, ..delivery }, &[public.to_owned()]) {
        Ok(verified) => source.parse(&verified),
        // An envelope that is none cannot be signed; its reader has to stand it all the same.
        Err(Refusal::Unsigned) if source == CarrierSource::Usps => source.parse(&signatures::kept(&nothing, body, now)),
        Err(refusal) => panic!("{source}: {refusal}"),
    }
}

/// Reads what a source answered.
pub fn answer(source: CarrierSource, body: &[u8]) -> Result<CarrierParsed, BadDelivery> {
    source.parse_answer(&signatures::answered(body, now()))
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

/// The names of all events in `events/carrier_webhook`, each with its source, which is how it begins; those that are answers to a
/// question are left out.
pub fn every_name() -> Vec<(CarrierSource, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/carrier_webhook");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter(|name| !name.contains("_answer"));
    let mut names: Vec<_> = names.map(|name| (name.split('_').next().unwrap().parse().unwrap(), name)).collect();
    names.sort_by(|(_, a), (_, b)| a.cmp(b));
    names
}

/// Every event in `events/carrier_webhook` with its source.
pub fn every_event() -> Vec<(CarrierSource, Vec<u8>)> {
    every_name().into_iter().map(|(source, name)| (source, event(&name))).collect()
}

/// The folders of payloads recorded by others that are there, each with its source.
pub fn recorded_folders() -> Vec<(&'static str, CarrierSource)> {
    let Some(path) = recorded::folder() else { return Vec::new() };
    let folder = |source: &CarrierSource| match source {
        CarrierSource::SeventeenTrack => Some(("17track", *source)),
        CarrierSource::Standard => None,
        _ => Some((source.as_str(), *source)),
    };
    CarrierSource::ALL.iter().filter_map(folder).filter(|(name, _)| path.join(name).is_dir()).collect()
}

/// A recorded body with a number: EasyPost's samples have the tracking number `1`, which is none.
pub fn numbered(body: Vec<u8>) -> Vec<u8> {
    let body = String::from_utf8(body).unwrap();
    let body = body.replace("\"tracking_code\": \"1\"", "\"tracking_code\": \"1Z9\"");
    body.replace("\"tracking_code\":\"1\"", "\"tracking_code\":\"1Z9\"").into_bytes()
}
