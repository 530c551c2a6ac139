//! Awkward deliveries: what may be missing, what must not be, and what no body may do.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    BadDelivery, CarrierParsed,
    CarrierSource::{self, EasyPost, Shippo, Standard},
};
use domain::status::Status;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{event, read, report};

fn tracker(status: &str, detail: &str, history: &Value) -> Value {
    json!({ "description": "tracker.updated", "created_at": "2026-11-18T10:00:01Z", "result": {
        "object": "Tracker", "tracking_code": "1Z4X82V70341608270", "carrier": "UPS", "status": status, "status_detail": detail,
        "updated_at": "2026-11-18T10:00:00Z", "tracking_details": history } })
}

fn detail(at: &str, status: &str, detail: &str) -> Value {
    json!({ "datetime": at, "status": status, "status_detail": detail, "carrier_code": "AA", "message": "m", "tracking_location": { "city": "Reno" } })
}

fn scans(source: CarrierSource, body: &Value) -> Vec<(String, Status, String)> {
    let report = report(source, body.to_string().as_bytes());
    report.scans.into_iter().map(|scan| (scan.at.to_string(), scan.status, scan.sub.code().to_owned())).collect()
}

#[test]
fn a_status_that_the_history_lacks_is_told_once_and_after_the_last_scan() {
    let history = json!([
        detail("2026-11-17T10:00:00Z", "pre_transit", "label_created"),
        detail("2026-11-18T09:00:00Z", "out_for_delivery", "unknown")
    ]);
    let last = |status, sub| scans(EasyPost, &tracker(status, sub, &history)).split_off(2);
    assert_eq!(last("out_for_delivery", "out_for_delivery"), []);
    assert_eq!(last("cancelled", "cancelled"), [("2026-11-18T09:00:00Z".to_owned(), Status::Cancelled, "voided".to_owned())]);
    // At the same moment the higher rank would hide it.
    assert_eq!(last("failure", "lost"), [("2026-11-18T09:00:01Z".to_owned(), Status::Exception, "lost".to_owned())]);
    assert_eq!(last("unknown", "unknown"), []);
    let nothing = scans(EasyPost, &tracker("pre_transit", "label_created", &json!([])));
    assert_eq!(nothing, [("2026-11-18T10:00:00Z".to_owned(), Status::InfoReceived, "label_created".to_owned())]);
}

#[test]
fn another_problem_than_the_history_tells_is_told() {
    let history =
        json!([detail("2026-11-17T10:00:00Z", "in_transit", "delayed"), detail("2026-11-18T09:00:00Z", "in_transit", "unknown")]);
    assert_eq!(scans(EasyPost, &tracker("in_transit", "delayed", &history)).len(), 2);
    assert_eq!(scans(EasyPost, &tracker("in_transit", "damaged", &history)).len(), 3);
}

#[test]
fn unknown_words_are_counted_and_never_lose_a_delivery() {
    let history = json!([detail("2026-11-17T10:00:00Z", "beamed", "up"), detail("", "in_transit", "unknown"), null, 7]);
    let report = report(EasyPost, tracker("in_transit", "teleported", &history).to_string().as_bytes());
    assert_eq!(report.scans[0].status, Status::Pending);
    assert_eq!(report.unknown_codes, ["beamed/up", "in_transit/teleported", "in_transit/unknown without a time"]);
}

#[test]
fn a_zone_is_known_when_it_was_said_and_the_place_was_known() {
    let known = |at: &str, city: Value| {
        let history = json!([{ "datetime": at, "status": "in_transit", "status_detail": "unknown", "tracking_location": { "city": city, "country": "US" } }]);
        report(EasyPost, tracker("in_transit", "unknown", &history).to_string().as_bytes()).scans[0].zone_known
    };
    assert!(known("2026-11-17T10:00:00Z", json!("Reno")));
    assert!(!known("2026-11-17T10:00:00", json!("Reno")));
    assert!(!known("2026-11-17T10:00:00Z", json!(null)));
}

#[test]
fn the_day_at_the_door_is_the_local_one() {
    let with = |local: Value, utc: Value| {
        let mut body = tracker("in_transit", "unknown", &json!([]));
        body["result"]["carrier_detail"] = json!({ "est_delivery_date_local": local });
        body["result"]["est_delivery_date"] = utc;
        report(EasyPost, body.to_string().as_bytes()).expected.map(|day| day.to_string())
    };
    assert_eq!(with(json!("2026-11-19"), json!("2026-11-20T03:00:00Z")).as_deref(), Some("2026-11-19"));
    assert_eq!(with(json!(null), json!("2026-11-20T00:00:00Z")).as_deref(), Some("2026-11-20"));
    assert_eq!(with(json!(null), json!(null)), None);
}

#[test]
fn the_status_of_shippo_goes_before_its_substatus() {
    let body = json!({ "event": "track_updated", "data": { "carrier": "usps", "tracking_number": "9400111899223817352218",
        "tracking_status": { "status": "DELIVERED", "substatus": { "code": "information_received" }, "status_date": "2026-11-18T10:00:00Z" } } });
    assert_eq!(scans(Shippo, &body), [("2026-11-18T10:00:00Z".to_owned(), Status::Delivered, "other".to_owned())]);
}

#[test]
fn a_shippo_message_that_knows_nothing_yet_is_a_report_without_scans() {
    let body = json!({ "event": "track_updated", "data": { "carrier": "usps", "tracking_number": "9400111899223817352218",
        "tracking_status": null, "tracking_history": [], "eta": null } });
    let report = report(Shippo, body.to_string().as_bytes());
    assert_eq!((report.scans.len(), report.expected, report.reported_at), (0, None, support::now()));
}

#[track_caller]
fn check_bad(source: CarrierSource, body: &Value, want: &str) {
    assert_eq!(read(source, body.to_string().as_bytes()).unwrap_err().to_string(), want);
}

#[test]
fn what_cannot_be_read_is_named_and_never_quoted() {
    check_bad(EasyPost, &json!({ "description": "tracker.updated" }), "`result` is missing");
    let number = |number: Value| {
        let mut body = tracker("in_transit", "unknown", &json!([]));
        body["result"]["tracking_code"] = number;
        body
    };
    check_bad(EasyPost, &number(json!(null)), "`result.tracking_code` is missing");
    let rule = "`result.tracking_code` is not readable: a tracking number must be 3 to 48 of A-Z 0-9";
    check_bad(EasyPost, &number(json!("<script>")), rule);
    check_bad(EasyPost, &json!([]), "`body` is not a JSON object");
    check_bad(Shippo, &json!({ "event": "track_updated" }), "`data` is missing");
    check_bad(Shippo, &json!({ "event": "track_updated", "data": { "carrier": "usps" } }), "`data.tracking_number` is missing");
    let standard: Value = serde_json::from_slice(&event("standard_parcel_reported.json")).unwrap();
    let with = |path: &str, value: Value| {
        let mut body = standard.clone();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    check_bad(Standard, &with("/data/scans/2/status", json!("lost")), "`data.scans[2].status` is none of the twelve statuses");
    check_bad(Standard, &with("/data/scans/2/at", json!("noon")), "`data.scans[2].at` is not a time");
    check_bad(Standard, &with("/data/scans/2/at", json!(null)), "`data.scans[2].at` is missing");
    check_bad(Standard, &with("/data/scans/2/sub", json!("At Door")), "`data.scans[2].sub` is not 1 to 40 of a-z 0-9 _");
    check_bad(Standard, &with("/data/scans", json!(null)), "`data.scans` is missing");
    check_bad(Standard, &with("/data/expected", json!("soon")), "`data.expected` is not a date (YYYY-MM-DD)");
    check_bad(Standard, &with("/timestamp", json!(null)), "`timestamp` is missing");
    assert_eq!(read(EasyPost, b"{").unwrap_err(), BadDelivery::NotJson { line: 1, column: 1 });
}

#[test]
fn what_we_do_not_read_is_parked_by_its_topic() {
    let check = |source, body: &Value, want: &str| {
        assert_eq!(read(source, body.to_string().as_bytes()).unwrap(), CarrierParsed::Unknown { topic: want.to_owned() });
    };
    check(EasyPost, &json!({ "description": "batch.created", "result": { "object": "Batch" } }), "batch.created");
    check(EasyPost, &json!({ "description": "tracker.updated", "result": { "object": "Shipment" } }), "tracker.updated");
    check(EasyPost, &json!({}), "");
    check(Shippo, &json!({ "event": "transaction_created", "data": {} }), "transaction_created");
    check(Standard, &json!({ "type": "parcel.lost_in_thought" }), "parcel.lost_in_thought");
}

#[test]
fn a_history_longer_than_any_is_read() {
    let many: Vec<_> = (0..5000)
        .map(|n| {
            detail(&format!("2026-11-{:02}T{:02}:{:02}:00Z", 1 + n / 1440 % 28, n / 60 % 24, n % 60), "in_transit", "unknown")
        })
        .collect();
    assert_eq!(scans(EasyPost, &tracker("in_transit", "unknown", &json!(many))).len(), 5000);
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let example = include_str!("../../storefronts/STANDARD.md").split("```json\n").nth(3).unwrap().split("```").next().unwrap();
    assert_eq!(report(Standard, example.as_bytes()).scans.len(), 1);
}

#[test]
fn recorded_deliveries_are_read_or_refused_by_name() {
    let mut read_well = 0;
    for (folder, source) in [("easypost", EasyPost), ("shippo", Shippo)] {
        for (file, body) in support::recorded::files(folder) {
            // EasyPost's samples have the tracking number `1`, which is none.
            let body = String::from_utf8(body).unwrap().replace("\"tracking_code\": \"1\"", "\"tracking_code\": \"1Z9\"");
            let body = body.replace("\"tracking_code\":\"1\"", "\"tracking_code\":\"1Z9\"").into_bytes();
            match read(source, &body) {
                Ok(CarrierParsed::Reports(reports)) => {
                    read_well += 1;
                    assert_eq!(reports[0].unknown_codes, [""; 0], "{file}");
                    println!("{folder}/{file}: {} scans", reports[0].scans.len());
                }
                Ok(CarrierParsed::Unknown { topic }) => println!("{folder}/{file}: unknown `{topic}`"),
                Err(error) => println!("{folder}/{file}: {error}"),
            }
        }
    }
    assert!(support::recorded::folder().is_none() || read_well >= 7, "{read_well}");
}

const EVENTS: [&str; 5] = [
    "easypost_delivered.json",
    "easypost_exception.json",
    "shippo_delivered.json",
    "shippo_returned.json",
    "standard_parcel_reported.json",
];

/// Replaces the `at`-th value in a JSON tree.
fn replaced(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replaced(item, at, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replaced(field, at, new)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_parser(source in prop::sample::select(CarrierSource::ALL.to_vec()), body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(source, &body);
    }

    #[test]
    fn no_cut_or_changed_byte_breaks_a_parser(
        source in prop::sample::select(CarrierSource::ALL.to_vec()), file in prop::sample::select(EVENTS.to_vec()), at in 0usize..6_000, byte: u8, cut: bool,
    ) {
        let mut body = event(file);
        let at = at % body.len();
        if cut { body.truncate(at) } else { body[at] = byte }
        let _ = read(source, &body);
    }

    #[test]
    fn no_value_of_another_kind_breaks_a_parser(
        source in prop::sample::select(CarrierSource::ALL.to_vec()),
        file in prop::sample::select(EVENTS.to_vec()),
        at in 0usize..200,
        new in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("é\u{0}𝄞"), json!([]), json!([[1]]), json!({}), json!({ "a": { "b": [] } }),
            json!("2026-99-99T00:00:00Z"), json!("9999-12-30T22:00:00Z"), json!("-009999-01-02T01:59:59Z"), json!("2026-1é-9"),
        ]),
    ) {
        let mut body: Value = serde_json::from_slice(&event(file)).unwrap();
        replaced(&mut body, &mut at.clone(), &new);
        let _ = read(source, body.to_string().as_bytes());
    }
}
