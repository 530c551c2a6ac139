//! The law of kept codes: what a reader makes of a message, today's table makes of the code it kept.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{self, EasyPost, Shippo, Standard},
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
use support::{read, report};

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
        let report = report(source, &body);
        scans += report.scans.len();
        check(&report, source.as_str());
    }
    assert!(scans > 50, "{scans}");
}

#[test]
fn every_scan_of_every_recorded_delivery_is_read_again() {
    let mut reports_read = 0;
    for (folder, source) in [("easypost", EasyPost), ("shippo", Shippo)] {
        for (file, body) in support::recorded::files(folder) {
            let Ok(CarrierParsed::Reports(reports)) = read(source, &support::numbered(body)) else { continue };
            reports_read += reports.len();
            reports.iter().for_each(|report| check(report, &file));
        }
    }
    assert!(support::recorded::folder().is_none() || reports_read >= 7, "{reports_read}");
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
    match source {
        EasyPost => {
            json!({ "description": "tracker.updated", "result": { "object": "Tracker", "tracking_code": "1Z4X82V70341608270",
            "carrier": "UPS", "status": general, "status_detail": finer, "updated_at": "2026-11-16T17:00:00Z",
            "signed_by": is_signed.then_some("A"), "tracking_details": [
                { "datetime": "2026-11-16T10:00:00Z", "status": finer, "status_detail": general, "carrier_code": "AR" },
                { "datetime": "2026-11-16T11:00:00Z", "status": general, "status_detail": finer, "carrier_code": "AR" }] } })
        }
        Shippo => json!({ "event": "track_updated", "data": { "carrier": "ups", "tracking_number": "1Z4X82V70341608270",
            "tracking_status": { "status": general, "substatus": { "code": finer }, "status_date": "2026-11-16T10:00:00Z" } } }),
        Standard => json!({ "type": "parcel.reported", "timestamp": "2026-11-16T17:00:00Z", "data": { "carrier": "ups",
            "number": "1Z4X82V70341608270", "scans": [
                { "at": "2026-11-16T10:00:00Z", "status": general, "sub": finer.get(..27).unwrap_or(finer), "code": finer }] } }),
    }
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
        let Ok(CarrierParsed::Reports(reports)) = read(source, body(source, &general, &finer, is_signed).to_string().as_bytes()) else {
            return Ok(());
        };
        for scan in &reports[0].scans {
            // Of words that nobody knows, nothing is decided.
            let meaning = read_again(source.as_str(), scan).unwrap_or((Status::Pending, SubStatus::other()));
            prop_assert_eq!(meaning, (scan.status, scan.sub.clone()), "{}", scan.code);
        }
    }
}
