//! The law of kept codes: what a reader makes of a message, today's table makes of the code it kept.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{
        self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Shippo, Standard, Ups, Usps,
    },
    reread,
};
use domain::{
    id::ParcelKey,
    parcel::{Parcel, ParcelReport},
    scan::Scan,
    status::{SUB_STATUSES, Status, SubStatus},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{read, shapes};

fn read_again(source: &str, scan: &Scan) -> Option<(Status, SubStatus)> {
    reread(source, &scan.code, &scan.text)
}

/// The law, for reports whose general words are all known.
fn check(report: &ParcelReport, name: &str) {
    for scan in &report.scans {
        let meaning = Some((scan.status, scan.sub.clone()));
        assert_eq!(read_again(&report.source, scan), meaning, "{name}: `{}`", scan.code);
        assert_eq!(read_again(&format!("{}/{}", report.source, report.number), scan), meaning, "{name}: `{}`", scan.code);
        let (_, subs) = SUB_STATUSES.iter().find(|(status, _)| *status == scan.status).unwrap();
        assert!(scan.sub.code() == "other" || subs.contains(&scan.sub.code()), "{name}: {} {}", scan.status, scan.sub.code());
    }
    // And so after it was kept.
    let key = ParcelKey { shop: "demo".parse().unwrap(), carrier: report.carrier.clone(), number: report.number.clone() };
    for scan in Parcel::new(key).told(report).scans {
        assert_eq!(read_again(&scan.source, &scan), Some((scan.status, scan.sub.clone())), "{name}: `{}`", scan.code);
    }
}

#[test]
fn every_scan_of_every_event_is_read_again_from_what_is_kept_of_it() {
    let mut scans = 0;
    for (source, body) in support::every_event() {
        let Ok(CarrierParsed::Reports(reports)) = read(source, &body) else { continue };
        for report in reports {
            scans += report.scans.len();
            check(&report, source.as_str());
        }
    }
    assert!(scans > 150, "{scans}");
}

#[test]
fn every_scan_of_every_recorded_delivery_is_read_again() {
    let mut reports_read = 0;
    for (folder, source) in support::recorded_folders() {
        for (file, body) in support::recorded::files(folder) {
            let body = support::numbered(body);
            for parsed in [read(source, &body), support::answer(source, &body)] {
                let Ok(CarrierParsed::Reports(reports)) = parsed else { continue };
                reports_read += reports.len();
                // Of an event without a word of Karrio's own nothing is decided.
                let known = |report: &&ParcelReport| report.scans.iter().all(|scan| scan.status != Status::Pending);
                reports.iter().filter(known).for_each(|report| check(report, &file));
            }
        }
    }
    assert!(support::recorded::folder().is_none() || reports_read >= 25, "{reports_read}");
}

#[test]
fn a_code_of_another_source_or_time_is_left_alone() {
    assert_eq!(reread("easypost", "in_transit/lost", ""), Some((Status::Exception, SubStatus::new("lost"))));
    assert_eq!(reread("easypost/RN482130751GB", "in_transit/lost", ""), Some((Status::Exception, SubStatus::new("lost"))));
    assert_eq!(reread("shippo", "RETURNED/package_unclaimed", ""), Some((Status::Exception, SubStatus::new("unclaimed"))));
    assert_eq!(reread("shippo", "RETURNED/package_unclaimed+2", ""), Some((Status::Returning, SubStatus::new("in_transit"))));
    assert_eq!(reread("standard", "delivered/to_neighbour EVKNR", ""), Some((Status::Delivered, SubStatus::new("to_neighbour"))));
    // A scan kept before its source was, or with the carrier's own code.
    for (source, code) in
        [("", "in_transit/lost"), ("aftership", "in_transit/lost"), ("easypost", "OR"), ("shippo", "in_transit/lost")]
    {
        assert_eq!(reread(source, code, "Lost"), None, "{source} {code}");
    }
}

fn body(source: CarrierSource, general: &str, finer: &str, is_signed: bool) -> Value {
    let at = json!("2026-11-16T10:00:00Z");
    let said =
        |general: &str, finer: &str, text: &str| shapes::saying(source, shapes::row(source, &at, text, "Reno"), general, finer);
    let rows = match source {
        Standard => vec![said(general, finer.get(..27).unwrap_or(finer), "")],
        _ => vec![said(finer, general, finer), said(general, finer, finer)],
    };
    let mut body = shapes::body(source, &rows);
    match source {
        EasyPost => body["result"]["signed_by"] = json!(is_signed.then_some("A")),
        ShipEngine => body["data"]["events"][0]["signer"] = json!(is_signed.then_some("A")),
        Ups => {
            body["receivedBy"] = json!(is_signed.then_some("A"));
            body["activityStatus"]["code"] = json!(finer);
        }
        FedEx => {
            let result = &mut body["output"]["completeTrackResults"][0]["trackResults"][0];
            result["deliveryDetails"] = json!({ "signedByName": is_signed.then_some("A") });
            result["scanEvents"][0]["derivedStatusCode"] = json!(finer);
            result["latestStatusDetail"] = json!({ "code": general, "derivedCode": finer });
        }
        // A return, which it says beside the status.
        Sendcloud => body["parcel"]["is_return"] = json!(is_signed),
        Usps => body["statusCategory"] = json!(general),
        Dhl => {
            let person = if is_signed { json!({ "name": "A" }) } else { json!(null) };
            body["shipments"][0]["details"] = json!({ "proofOfDelivery": { "signed": person } });
        }
        AfterShip => body["msg"]["tag"] = json!(general),
        Shippo | Karrio | SeventeenTrack | Standard => {}
    }
    body
}

/// Words that are known, near known ones, or look like what stands between words.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "in_transit",
        "delivered",
        "failure",
        "lost",
        "return",
        "available_for_pickup",
        "transferred_to_destination_carrier",
        "received_at_origin_facility",
        "TRANSIT",
        "RETURNED",
        "DELIVERED",
        "package_unclaimed",
        "exception",
        "signed",
        "",
        "InTransit",
        "Exception_011",
        "AvailableForPickup_001",
        "DE",
        "IT",
        "DL",
        "07",
        "01",
        "D",
        "FS",
        "011",
        "FSsigned",
        "transit",
        "failure",
        "Out for delivery",
        "Delivered, Parcel Locker",
        "HELD_BY_CARRIER_FOR_CLEARANCE_PRE_PROCESSING",
        "UNDELIVERABLE_RETURNED_TO_SENDER",
        "InTransit_CustomsRequiringInformation",
        "Delivered",
        "delivery_failed",
        "consignee_refused",
        "+signed",
        "11",
        "92+return",
        "OK",
    ]);
    let joined = (known.clone(), "[/+ 2]{0,2}", known.clone()).prop_map(|(a, between, b)| format!("{a}{between}{b}"));
    prop_oneof![known.prop_map(str::to_owned), joined, "[a-z_]{0,60}", "\\PC{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn whatever_the_words_are_they_mean_the_same_again(
        source in prop::sample::select(CarrierSource::ALL.to_vec()), general in word(), finer in word(), is_signed: bool,
    ) {
        let body = shapes::written(source, &body(source, &general, &finer, is_signed));
        let Ok(CarrierParsed::Reports(reports)) = read(source, &body) else { return Ok(()) };
        for scan in reports.iter().flat_map(|report| &report.scans) {
            // Of words that nobody knows, nothing is decided.
            let meaning = read_again(source.as_str(), scan).unwrap_or((Status::Pending, SubStatus::other()));
            prop_assert_eq!(meaning, (scan.status, scan.sub.clone()), "{}", scan.code);
        }
    }
}
