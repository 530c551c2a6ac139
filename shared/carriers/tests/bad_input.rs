//! What becomes of input that should not be: one test for each row of the table in the module's documentation.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{
        self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Shippo, Standard, Ups, Usps,
    },
};
use domain::{
    parcel::ParcelReport,
    scan::{PLACE_CHARS_MAX, TEXT_CHARS_MAX},
    status::Status,
};
use serde_json::{Value, json};
use support::{
    read, report,
    shapes::{HISTORIES, LENIENT, NUMBER, body, code, label, row, saying, written},
};

fn report_of(source: CarrierSource, body: &Value) -> ParcelReport {
    report(source, &written(source, body))
}

fn told(source: CarrierSource, rows: &[Value]) -> ParcelReport {
    report_of(source, &body(source, rows))
}

fn refused(source: CarrierSource, body: &Value) -> String {
    read(source, &written(source, body)).unwrap_err().to_string()
}

const GOOD: &str = "2026-11-16T10:00:00Z";

#[test]
fn a_scan_without_a_time_or_at_an_impossible_one_is_counted_or_refused() {
    let good = |source| row(source, &json!(GOOD), "a", "Reno");
    let cases = [
        (json!(null), "without a time", "`data.scans[0].at` is missing"),
        (json!("  "), "without a time", "`data.scans[0].at` is missing"),
        (json!("noon"), "at an impossible time", "`data.scans[0].at` is not a time"),
        (json!(0), "at an impossible time", "`data.scans[0].at` is not a time"),
        (json!("2026-13-01T00:00:00Z"), "at an impossible time", "`data.scans[0].at` is not a time"),
        (json!("0000-01-01T00:00:00Z"), "at an impossible time", "`data.scans[0].at` is before 2000 or more than a year ahead"),
        (json!("1970-01-01T00:00:00Z"), "at an impossible time", "`data.scans[0].at` is before 2000 or more than a year ahead"),
        (json!("9999-01-01T00:00:00Z"), "at an impossible time", "`data.scans[0].at` is before 2000 or more than a year ahead"),
    ];
    for (at, counted, problem) in cases {
        for source in LENIENT {
            let told = told(source, &[row(source, &at, "b", "Reno"), good(source)]);
            assert_eq!(told.scans.len(), 1, "{source} {at}");
            assert_eq!(told.unknown_codes, [format!("{} {counted}", code(source))], "{source} {at}");
            assert!(!told.is_full_history, "{source} {at}");
        }
        assert_eq!(refused(Standard, &body(Standard, &[row(Standard, &at, "b", "Reno"), good(Standard)])), problem);
    }
    for source in HISTORIES {
        let told = told(source, &[good(source)]);
        assert!(told.is_full_history && told.unknown_codes.is_empty() && told.scans.len() == 1, "{source}");
    }
    // Of UPS' one event nothing is left then; and it is never a history.
    let lost = told(Ups, &[row(Ups, &json!("2026-02-30T10:00:00Z"), "b", "Reno")]);
    assert_eq!((lost.scans.len(), lost.unknown_codes.as_slice()), (0, ["I/005 at an impossible time".to_owned()].as_slice()));
    assert_eq!(told(Ups, &[row(Ups, &json!(null), "b", "Reno")]).unknown_codes, ["I/005 without a time"]);
    let good = told(Ups, &[good(Ups)]);
    assert!(!good.is_full_history && good.unknown_codes.is_empty() && good.scans.len() == 1);
}

#[test]
fn a_message_of_an_impossible_time_is_of_the_next_best_one() {
    let at = |time: &str, created: Value| {
        let mut body = body(EasyPost, &[row(EasyPost, &json!(GOOD), "a", "Reno")]);
        body["result"]["updated_at"] = json!(time);
        body["created_at"] = created;
        body
    };
    let created = at("9999-01-01T00:00:00Z", json!("2026-11-16T12:00:00Z"));
    assert_eq!(report_of(EasyPost, &created).reported_at.to_string(), "2026-11-16T12:00:00Z");
    let problem = "`result.updated_at` is before 2000 or more than a year ahead";
    assert_eq!(refused(EasyPost, &at("1970-01-01T00:00:00Z", json!(null))), problem);
    assert_eq!(refused(EasyPost, &at("", json!(null))), "`result.updated_at` is missing");

    let mut shippo = body(Shippo, &[row(Shippo, &json!(GOOD), "a", "Reno")]);
    shippo["data"]["tracking_status"]["object_updated"] = json!("9999-01-01T00:00:00Z");
    assert_eq!(report_of(Shippo, &shippo).reported_at.to_string(), GOOD);
    shippo["data"]["tracking_status"]["status_date"] = json!("1970-01-01T00:00:00Z");
    assert_eq!(report_of(Shippo, &shippo).reported_at.to_string(), GOOD);

    let mut standard = body(Standard, &[]);
    standard["data"]["updated_at"] = json!("9999-01-01T00:00:00Z");
    assert_eq!(refused(Standard, &standard), "`data.updated_at` is before 2000 or more than a year ahead");
    standard["data"]["updated_at"] = json!(null);
    standard["timestamp"] = json!("0000-01-01T00:00:00Z");
    assert_eq!(refused(Standard, &standard), "`timestamp` is before 2000 or more than a year ahead");
}

#[test]
fn a_history_that_is_not_there_or_not_wholly_read_is_not_the_full_one() {
    let full = |source, rows: &[Value]| told(source, rows).is_full_history;
    for source in LENIENT {
        let good = row(source, &json!(GOOD), "a", "Reno");
        assert!(full(source, std::slice::from_ref(&good)), "{source}");
        assert!(!full(source, &[]), "{source}");
        assert!(!full(source, &[json!(null), good.clone()]), "{source}");
        let new = saying(source, good.clone(), "BEAMED", "");
        assert!(!full(source, &[new, good.clone()]), "{source}");
    }
    for source in [EasyPost, Shippo, AfterShip, ShipEngine, Karrio, SeventeenTrack, FedEx, Dhl] {
        // A new finer word of a known general one loses nothing.
        let good = row(source, &json!(GOOD), "a", "Reno");
        let known = if source == SeventeenTrack { "InTransit_Teleported" } else { "teleported" };
        let general = code(source).split('/').next().unwrap();
        assert!(full(source, &[saying(source, good.clone(), general, known), good]), "{source}");
    }
    // What it says now may be the arrival, under a new word or at a time that cannot be.
    let mut new = body(EasyPost, &[row(EasyPost, &json!(GOOD), "a", "Reno")]);
    new["result"]["status"] = json!("beamed");
    assert!(!report_of(EasyPost, &new).is_full_history);
    let mut new = body(Shippo, &[row(Shippo, &json!(GOOD), "a", "Reno")]);
    new["data"]["tracking_status"]["status_date"] = json!(null);
    assert!(!report_of(Shippo, &new).is_full_history);
    let mut part = body(Standard, &[row(Standard, &json!(GOOD), "a", "Reno")]);
    part["data"]["full_history"] = json!(null);
    assert!(!report_of(Standard, &part).is_full_history);
    part["data"]["full_history"] = json!("perhaps");
    assert_eq!(refused(Standard, &part), "`data.full_history` is not true or false");
}

#[test]
fn a_very_long_text_is_cut() {
    for source in CarrierSource::ALL.iter().copied() {
        let long = "é𝄞".repeat(25_000);
        let mut body = body(source, &[row(source, &json!(GOOD), &long, &long)]);
        let own = "X".repeat(100_000);
        match source {
            EasyPost => body["result"]["carrier_detail"] = json!({ "service": own }),
            Shippo => body["data"]["servicelevel"] = json!({ "name": own }),
            AfterShip => body["msg"]["shipment_type"] = json!(own),
            Karrio => body["data"]["info"] = json!({ "shipment_service": own }),
            SeventeenTrack => body["data"]["track_info"]["misc_info"] = json!({ "service_type": own }),
            FedEx => {
                body["output"]["completeTrackResults"][0]["trackResults"][0]["serviceDetail"] = json!({ "description": own });
            }
            Sendcloud => body["parcel"]["shipment"] = json!({ "name": own }),
            Usps => body["mailClass"] = json!(own),
            Dhl => body["shipments"][0]["details"] = json!({ "product": { "productName": own } }),
            Standard => body["data"]["service"] = json!(own),
            // They name no service.
            ShipEngine | Ups => {}
        }
        let report = report_of(source, &body);
        assert_eq!(report.scans[0].text.chars().count(), TEXT_CHARS_MAX, "{source}");
        assert!(report.scans[0].place.chars().count() <= PLACE_CHARS_MAX, "{source}");
        assert_eq!(report.service.map(|name| name.len()), (!matches!(source, ShipEngine | Ups)).then_some(40), "{source}");
    }
}

#[test]
fn an_unknown_carrier_keeps_its_name_and_a_missing_one_is_told_by_its_number() {
    for (source, pointer) in [
        (EasyPost, "/result/carrier"),
        (Shippo, "/data/carrier"),
        (AfterShip, "/msg/slug"),
        (ShipEngine, "/data/carrier_code"),
        (Karrio, "/data/carrier_name"),
        (SeventeenTrack, "/data/track_info/tracking/providers/0/provider/name"),
        (Standard, "/data/carrier"),
    ] {
        let carrier = |written: Value| {
            let mut body = body(source, &[row(source, &json!(GOOD), "a", "Reno")]);
            *body.pointer_mut(pointer).unwrap() = written;
            report_of(source, &body).carrier.to_string()
        };
        assert_eq!(carrier(json!("Zippy Parcels Ltd.")), "zippy_parcels_ltd");
        assert_eq!(carrier(json!("快递")), "ups");
        assert_eq!(carrier(json!("unknown")), "ups");
        assert_eq!(carrier(json!({})), "ups");
        assert_eq!(carrier(json!("Z".repeat(100_000))).len(), 40);
    }
    // A carrier that speaks for itself names nobody; DHL names one of its companies.
    let carrier = |source| told(source, &[row(source, &json!(GOOD), "a", "Reno")]).carrier.to_string();
    assert_eq!([Ups, FedEx, Usps, Dhl].map(carrier), ["ups", "fedex", "usps", "dhl_express"]);
}

#[test]
fn a_history_without_end_is_told_by_its_newest_scans_and_the_ends_of_each_status() {
    for source in HISTORIES {
        let at =
            |minute: usize| json!(format!("2026-11-{:02}T{:02}:{:02}:00Z", 1 + minute / 1440, minute / 60 % 24, minute % 60));
        let mut rows: Vec<_> = (1..5000).rev().map(|minute| row(source, &at(minute), &"x".repeat(300), "Reno")).collect();
        let finer = if matches!(source, EasyPost | Standard) { "label_created" } else { "" };
        rows.push(saying(source, row(source, &at(0), "label", "Reno"), label(source), finer));
        let told = told(source, &rows);
        assert_eq!(told.scans.len(), 200 + 2, "{source}");
        assert!(told.is_full_history, "{source}");
        let minutes: Vec<_> = told.scans.iter().map(|scan| scan.at.to_string()).collect();
        // In the order in which they were told, which is the newest first here.
        assert_eq!((minutes[0].as_str(), minutes[199].as_str()), ("2026-11-04T11:19:00Z", "2026-11-04T08:00:00Z"), "{source}");
        assert_eq!(minutes[200..], ["2026-11-01T00:01:00Z", "2026-11-01T00:00:00Z"], "{source}");
        assert_eq!(told.scans[201].status, Status::InfoReceived, "{source}");
        assert!(serde_json::to_string(&told).unwrap().len() < 200_000, "{source}");
    }
}

#[test]
fn a_number_that_is_none_is_refused() {
    let rule = "is not readable: a tracking number must be 3 to 48 of A-Z 0-9";
    for (source, pointer, path) in [
        (EasyPost, "/result/tracking_code", "`result.tracking_code`"),
        (Shippo, "/data/tracking_number", "`data.tracking_number`"),
        (AfterShip, "/msg/tracking_number", "`msg.tracking_number`"),
        (ShipEngine, "/data/tracking_number", "`data.tracking_number`"),
        (Karrio, "/data/tracking_number", "`data.tracking_number`"),
        (SeventeenTrack, "/data/number", "`data.number`"),
        (Ups, "/trackingNumber", "`trackingNumber`"),
        (Usps, "/trackingNumber", "`payload.trackingNumber`"),
        (Dhl, "/shipments/0/id", "`shipments[0].id`"),
        (Standard, "/data/number", "`data.number`"),
    ] {
        let body = |number: &Value| {
            let mut body = body(source, &[row(source, &json!(GOOD), "a", "Reno")]);
            *body.pointer_mut(pointer).unwrap() = number.clone();
            body
        };
        for number in [json!("1".repeat(300)), json!("📦📦📦"), json!("رقم"), json!("<script>"), json!(1.5), json!("12")]
        {
            assert_eq!(refused(source, &body(&number)), format!("{path} {rule}"), "{source} {number}");
        }
        assert_eq!(refused(source, &body(&json!(null))), format!("{path} is missing"), "{source}");
        let number = json!(9_205_590_164_917_312_751_u64);
        assert_eq!(report_of(source, &body(&number)).number.as_str(), "9205590164917312751");
    }
    // FedEx repeats the number that was asked for.
    let mut fedex = body(FedEx, &[]);
    fedex["output"]["completeTrackResults"][0]["trackResults"][0]["trackingNumberInfo"] = json!(null);
    assert_eq!(report_of(FedEx, &fedex).number.as_str(), NUMBER);
    fedex["output"]["completeTrackResults"][0]["trackingNumber"] = json!("12");
    assert_eq!(refused(FedEx, &fedex), format!("`output.completeTrackResults[0].trackingNumber` {rule}"));
}

#[test]
fn any_script_is_kept_and_turns_nothing_around_it() {
    for source in CarrierSource::ALL.iter().copied() {
        let text = "\u{202e}وصل الطرد 📦\u{2066}👩‍👩‍👧\u{200f}";
        let told = told(source, &[row(source, &json!(GOOD), text, "\u{202b}תל אביב")]);
        assert_eq!(told.scans[0].text, "وصل الطرد 📦👩‍👩‍👧", "{source}");
        // Sendcloud names no place.
        assert!(source == Sendcloud || told.scans[0].place.starts_with("תל אביב"), "{source}");
    }
}

/// Every value of a JSON tree, by its pointer.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| pointers(item, &format!("{at}/{n}"), out)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| pointers(field, &format!("{at}/{name}"), out)),
        _ => {}
    }
}

#[test]
fn nothing_and_numbers_in_any_field_are_read_parked_or_refused_by_name() {
    for (source, body) in support::every_event() {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let mut all = Vec::new();
        pointers(&body, "", &mut all);
        for pointer in all {
            for new in [json!(null), json!(-1)] {
                let mut bent = body.clone();
                *bent.pointer_mut(&pointer).unwrap() = new;
                match read(source, bent.to_string().as_bytes()) {
                    Ok(CarrierParsed::Reports(reports)) => assert!(reports.len() <= 1, "{source} {pointer}"),
                    Ok(CarrierParsed::Unknown { .. } | CarrierParsed::Handshake { .. }) => {}
                    Err(error) => assert!(error.to_string().starts_with('`'), "{pointer}: {error}"),
                }
            }
        }
        let mut nothing = body;
        let mut all = Vec::new();
        pointers(&nothing, "", &mut all);
        for pointer in all.iter().rev().filter(|pointer| !pointer.is_empty()) {
            if let Some(value) = nothing.pointer_mut(pointer).filter(|value| !value.is_object() && !value.is_array()) {
                *value = Value::Null;
            }
        }
        match read(source, nothing.to_string().as_bytes()) {
            Ok(CarrierParsed::Unknown { topic }) => assert_eq!((source == Standard, topic.as_str()), (false, "")),
            // These have no word for their topic: an empty parcel is one without a number.
            other => {
                let want = match source {
                    Ups => "`trackingNumber` is missing",
                    FedEx => "`output.completeTrackResults[0].trackingNumber` is missing",
                    _ => "`type` is missing",
                };
                assert_eq!((other.unwrap_err().to_string().as_str(), source == Standard), (want, !matches!(source, Ups | FedEx)));
            }
        }
    }
}

#[test]
fn more_parcels_than_anybody_tells_at_once_are_refused() {
    let mut body = body(Dhl, &[row(Dhl, &json!(GOOD), "a", "Reno")]);
    let shipment = body["shipments"][0].clone();
    let many = |count: usize| (0..count).map(|at| json!({ "id": format!("JD{at:010}"), "events": shipment["events"] })).collect();
    body["shipments"] = Value::Array(many(200));
    let CarrierParsed::Reports(reports) = read(Dhl, &written(Dhl, &body)).unwrap() else { panic!() };
    assert_eq!(reports.len(), 200);
    body["shipments"] = Value::Array(many(201));
    assert_eq!(refused(Dhl, &body), "`shipments` are too many");
}

#[test]
fn a_weight_or_quantity_is_not_read() {
    for weight in [json!(-1), json!("heavy"), json!(null), json!([1]), json!(1e300)] {
        let rows = [row(EasyPost, &json!(GOOD), "a", "Reno")];
        let mut body = body(EasyPost, &rows);
        body["result"]["weight"] = weight;
        assert_eq!(report_of(EasyPost, &body), told(EasyPost, &rows));
    }
}

#[test]
fn a_last_mile_is_a_carrier_and_a_number_or_refused() {
    let with = |leg: Value| {
        let mut body = body(Standard, &[row(Standard, &json!(GOOD), "a", "Reno")]);
        body["data"]["last_mile"] = leg;
        body
    };
    let leg = |leg: Value| report_of(Standard, &with(leg)).last_mile;
    let name = leg(json!({ "carrier": "Royal Mail", "number": "RN 4821 3075 1GB" })).unwrap();
    assert_eq!((name.carrier.as_str(), name.number.as_str()), ("royal_mail", "RN482130751GB"));
    assert_eq!(leg(json!({ "number": "RN482130751GB" })).unwrap().carrier.as_str(), "royal_mail");
    assert_eq!(leg(json!(null)), None);
    assert_eq!(leg(json!("RN482130751GB")), None);
    assert_eq!(refused(Standard, &with(json!({ "carrier": "Royal Mail" }))), "`data.last_mile.number` is missing");
    let rule = "`data.last_mile.number` is not readable: a tracking number must be 3 to 48 of A-Z 0-9";
    assert_eq!(refused(Standard, &with(json!({ "number": "-1" }))), rule);
}
