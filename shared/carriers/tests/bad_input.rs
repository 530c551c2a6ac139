//! What becomes of input that should not be: one test for each row of the table in the module's documentation.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{self, EasyPost, Shippo, Standard},
};
use domain::{
    parcel::ParcelReport,
    scan::{PLACE_CHARS_MAX, TEXT_CHARS_MAX},
    status::Status,
};
use serde_json::{Value, json};
use support::{read, report};

/// A body of a source with these rows of its own form, its last row as what it says now.
fn body(source: CarrierSource, rows: &[Value]) -> Value {
    let now = rows.last().cloned().unwrap_or_default();
    match source {
        EasyPost => {
            json!({ "description": "tracker.updated", "result": { "object": "Tracker", "tracking_code": "1Z4X82V70341608270",
            "carrier": "UPS", "status": "unknown", "updated_at": "2026-11-16T17:00:00Z", "tracking_details": rows } })
        }
        Shippo => json!({ "event": "track_updated", "data": { "carrier": "ups", "tracking_number": "1Z4X82V70341608270",
            "tracking_status": now, "tracking_history": rows } }),
        Standard => json!({ "type": "parcel.reported", "timestamp": "2026-11-16T17:00:00Z", "data": { "carrier": "ups",
            "number": "1Z4X82V70341608270", "full_history": true, "scans": rows } }),
    }
}

/// A row in transit, in the form of its source.
fn row(source: CarrierSource, at: &Value, text: &str, place: &str) -> Value {
    match source {
        EasyPost => json!({ "datetime": at, "status": "in_transit", "status_detail": "arrived_at_facility", "message": text,
            "tracking_location": { "city": place, "country": "US" } }),
        Shippo => {
            json!({ "status_date": at, "status": "TRANSIT", "substatus": { "code": "package_arrived" }, "status_details": text,
            "location": { "city": place, "country": "US" } })
        }
        Standard => json!({ "at": at, "status": "in_transit", "sub": "arrived", "text": text, "place": place }),
    }
}

fn told(source: CarrierSource, rows: &[Value]) -> ParcelReport {
    report(source, body(source, rows).to_string().as_bytes())
}

fn refused(source: CarrierSource, body: &Value) -> String {
    read(source, body.to_string().as_bytes()).unwrap_err().to_string()
}

const GOOD: &str = "2026-11-16T10:00:00Z";

#[test]
fn a_scan_without_a_time_or_at_an_impossible_one_is_counted_or_refused() {
    let good = |source| row(source, &json!(GOOD), "a", "Reno");
    let code = |source| if source == EasyPost { "in_transit/arrived_at_facility" } else { "TRANSIT/package_arrived" };
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
        for source in [EasyPost, Shippo] {
            let told = told(source, &[row(source, &at, "b", "Reno"), good(source)]);
            assert_eq!(told.scans.len(), 1, "{source} {at}");
            assert_eq!(told.unknown_codes, [format!("{} {counted}", code(source))], "{source} {at}");
            assert!(!told.is_full_history, "{source} {at}");
        }
        assert_eq!(refused(Standard, &body(Standard, &[row(Standard, &at, "b", "Reno"), good(Standard)])), problem);
    }
    for source in CarrierSource::ALL {
        let told = told(source, &[good(source)]);
        assert!(told.is_full_history && told.unknown_codes.is_empty() && told.scans.len() == 1, "{source}");
    }
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
    assert_eq!(report(EasyPost, created.to_string().as_bytes()).reported_at.to_string(), "2026-11-16T12:00:00Z");
    let problem = "`result.updated_at` is before 2000 or more than a year ahead";
    assert_eq!(refused(EasyPost, &at("1970-01-01T00:00:00Z", json!(null))), problem);
    assert_eq!(refused(EasyPost, &at("", json!(null))), "`result.updated_at` is missing");

    let mut shippo = body(Shippo, &[row(Shippo, &json!(GOOD), "a", "Reno")]);
    shippo["data"]["tracking_status"]["object_updated"] = json!("9999-01-01T00:00:00Z");
    assert_eq!(report(Shippo, shippo.to_string().as_bytes()).reported_at.to_string(), GOOD);
    shippo["data"]["tracking_status"]["status_date"] = json!("1970-01-01T00:00:00Z");
    assert_eq!(report(Shippo, shippo.to_string().as_bytes()).reported_at.to_string(), GOOD);

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
    for source in [EasyPost, Shippo] {
        let good = row(source, &json!(GOOD), "a", "Reno");
        assert!(full(source, std::slice::from_ref(&good)), "{source}");
        assert!(!full(source, &[]), "{source}");
        assert!(!full(source, &[json!(null), good.clone()]), "{source}");
        let mut new = good.clone();
        new["status"] = json!("BEAMED");
        assert!(!full(source, &[new, good.clone()]), "{source}");
        // A new finer word of a known general one loses nothing.
        let mut finer = good.clone();
        finer["status_detail"] = json!("teleported");
        finer["substatus"] = json!({ "code": "teleported" });
        assert!(full(source, &[finer, good]), "{source}");
    }
    // What it says now may be the arrival, under a new word or at a time that cannot be.
    let mut new = body(EasyPost, &[row(EasyPost, &json!(GOOD), "a", "Reno")]);
    new["result"]["status"] = json!("beamed");
    assert!(!report(EasyPost, new.to_string().as_bytes()).is_full_history);
    let mut new = body(Shippo, &[row(Shippo, &json!(GOOD), "a", "Reno")]);
    new["data"]["tracking_status"]["status_date"] = json!(null);
    assert!(!report(Shippo, new.to_string().as_bytes()).is_full_history);
    let mut part = body(Standard, &[row(Standard, &json!(GOOD), "a", "Reno")]);
    part["data"]["full_history"] = json!(null);
    assert!(!report(Standard, part.to_string().as_bytes()).is_full_history);
    part["data"]["full_history"] = json!("perhaps");
    assert_eq!(refused(Standard, &part), "`data.full_history` is not true or false");
}

#[test]
fn a_very_long_text_is_cut() {
    for source in CarrierSource::ALL {
        let long = "é𝄞".repeat(25_000);
        let mut body = body(source, &[row(source, &json!(GOOD), &long, &long)]);
        let own = "X".repeat(100_000);
        body["result"]["carrier_detail"] = json!({ "service": own });
        body["data"]["servicelevel"] = json!({ "name": own });
        body["data"]["service"] = json!(own);
        let report = report(source, body.to_string().as_bytes());
        assert_eq!(report.scans[0].text.chars().count(), TEXT_CHARS_MAX, "{source}");
        assert!(report.scans[0].place.chars().count() <= PLACE_CHARS_MAX, "{source}");
        assert_eq!(report.service.unwrap().len(), 40, "{source}");
    }
}

#[test]
fn an_unknown_carrier_keeps_its_name_and_a_missing_one_is_told_by_its_number() {
    let pointer = |source| if source == EasyPost { "/result/carrier" } else { "/data/carrier" };
    for source in CarrierSource::ALL {
        let carrier = |written: Value| {
            let mut body = body(source, &[row(source, &json!(GOOD), "a", "Reno")]);
            *body.pointer_mut(pointer(source)).unwrap() = written;
            report(source, body.to_string().as_bytes()).carrier.to_string()
        };
        assert_eq!(carrier(json!("Zippy Parcels Ltd.")), "zippy_parcels_ltd");
        assert_eq!(carrier(json!("快递")), "ups");
        assert_eq!(carrier(json!("unknown")), "ups");
        assert_eq!(carrier(json!({})), "ups");
        assert_eq!(carrier(json!("Z".repeat(100_000))).len(), 40);
    }
}

#[test]
fn a_history_without_end_is_told_by_its_newest_scans_and_the_ends_of_each_status() {
    for source in CarrierSource::ALL {
        let at =
            |minute: usize| json!(format!("2026-11-{:02}T{:02}:{:02}:00Z", 1 + minute / 1440, minute / 60 % 24, minute % 60));
        let mut rows: Vec<_> = (1..5000).rev().map(|minute| row(source, &at(minute), &"x".repeat(300), "Reno")).collect();
        let mut label = row(source, &at(0), "label", "Reno");
        label["status"] = json!(match source {
            EasyPost => "pre_transit",
            Shippo => "PRE_TRANSIT",
            Standard => "info_received",
        });
        rows.push(label);
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
        (Standard, "/data/number", "`data.number`"),
    ] {
        for number in [json!("1".repeat(300)), json!("📦📦📦"), json!("رقم"), json!("<script>"), json!(1.5), json!("12")]
        {
            let mut body = body(source, &[]);
            *body.pointer_mut(pointer).unwrap() = number.clone();
            assert_eq!(refused(source, &body), format!("{path} {rule}"), "{source} {number}");
        }
        let mut body = body(source, &[]);
        *body.pointer_mut(pointer).unwrap() = json!(9_205_590_164_917_312_751_u64);
        assert_eq!(report(source, body.to_string().as_bytes()).number.as_str(), "9205590164917312751");
    }
}

#[test]
fn any_script_is_kept_and_turns_nothing_around_it() {
    for source in CarrierSource::ALL {
        let text = "\u{202e}وصل الطرد 📦\u{2066}👩‍👩‍👧\u{200f}";
        let told = told(source, &[row(source, &json!(GOOD), text, "\u{202b}תל אביב")]);
        assert_eq!(told.scans[0].text, "وصل الطرد 📦👩‍👩‍👧", "{source}");
        assert!(told.scans[0].place.starts_with("תל אביב"), "{source}");
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
                    Ok(CarrierParsed::Reports(reports)) => assert_eq!(reports.len(), 1),
                    Ok(CarrierParsed::Unknown { .. }) => {}
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
            other => assert_eq!((source, other.unwrap_err().to_string()), (Standard, "`type` is missing".to_owned())),
        }
    }
}

#[test]
fn a_weight_or_quantity_is_not_read() {
    for weight in [json!(-1), json!("heavy"), json!(null), json!([1]), json!(1e300)] {
        let rows = [row(EasyPost, &json!(GOOD), "a", "Reno")];
        let mut body = body(EasyPost, &rows);
        body["result"]["weight"] = weight;
        assert_eq!(report(EasyPost, body.to_string().as_bytes()), told(EasyPost, &rows));
    }
}

#[test]
fn a_last_mile_is_a_carrier_and_a_number_or_refused() {
    let with = |leg: Value| {
        let mut body = body(Standard, &[row(Standard, &json!(GOOD), "a", "Reno")]);
        body["data"]["last_mile"] = leg;
        body
    };
    let leg = |leg: Value| report(Standard, with(leg).to_string().as_bytes()).last_mile;
    let name = leg(json!({ "carrier": "Royal Mail", "number": "RN 4821 3075 1GB" })).unwrap();
    assert_eq!((name.carrier.as_str(), name.number.as_str()), ("royal_mail", "RN482130751GB"));
    assert_eq!(leg(json!({ "number": "RN482130751GB" })).unwrap().carrier.as_str(), "royal_mail");
    assert_eq!(leg(json!(null)), None);
    assert_eq!(leg(json!("RN482130751GB")), None);
    assert_eq!(refused(Standard, &with(json!({ "carrier": "Royal Mail" }))), "`data.last_mile.number` is missing");
    let rule = "`data.last_mile.number` is not readable: a tracking number must be 3 to 48 of A-Z 0-9";
    assert_eq!(refused(Standard, &with(json!({ "number": "-1" }))), rule);
}
