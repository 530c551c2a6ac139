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

/// The first scan of a tracker at a place, bound for another: its moment and whether the zone is known.
fn moment(carrier: &str, at: &str, place: &Value, carrier_detail: &Value) -> (String, bool) {
    let history = json!([{ "datetime": at, "status": "in_transit", "status_detail": "unknown", "tracking_location": place }]);
    let mut body = tracker("in_transit", "unknown", &history);
    body["result"]["carrier"] = json!(carrier);
    body["result"]["carrier_detail"] = carrier_detail.clone();
    let scan = report(EasyPost, body.to_string().as_bytes()).scans.swap_remove(0);
    (scan.at.to_string(), scan.zone_known)
}

#[test]
fn the_z_of_easypost_counts_where_it_knows_the_place() {
    let check = |carrier: &str, at: &str, place: Value, there: Value, want: &str, known: bool| {
        assert_eq!(moment(carrier, at, &place, &there), (want.to_owned(), known), "{carrier} {at} {place}");
    };
    let reno = || json!({ "city": "Reno", "state": "NV", "country": "US" });
    check("UPS", "2026-07-01T10:00:00Z", reno(), json!(null), "2026-07-01T10:00:00Z", true);
    check("UPS", "2026-07-01T10:00:00-04:00", reno(), json!(null), "2026-07-01T14:00:00Z", true);
    check("UPS", "2026-07-01T10:00:00", reno(), json!(null), "2026-07-01T17:00:00Z", true);
    // The US post leaves its own country out, and the hour is that of the town.
    let pittsburgh = || json!({ "city": "PITTSBURGH", "state": "PA", "country": null });
    check("USPS", "2026-07-01T14:27:00Z", pittsburgh(), json!(null), "2026-07-01T18:27:00Z", true);
    check("USPS", "2026-01-15T14:27:00Z", pittsburgh(), json!(null), "2026-01-15T19:27:00Z", true);
    check("UPS", "2026-07-01T14:27:00Z", pittsburgh(), json!(null), "2026-07-01T14:27:00Z", false);
    check("USPS", "2026-07-01T14:27:00-04:00", pittsburgh(), json!(null), "2026-07-01T18:27:00Z", true);
    // A town without a state: the destination's time, in the forms in which it is named.
    let depot = || json!({ "city": "CITY OF INDUSTRY CA DISTRIBUTION CENTER" });
    let to = |place: Value| json!({ "destination_tracking_location": place });
    check("USPS", "2026-07-01T20:24:00Z", depot(), to(pittsburgh()), "2026-07-02T00:24:00Z", false);
    check(
        "USPS",
        "2026-07-01T20:24:00Z",
        depot(),
        json!({ "destination_location": "CHARLESTON SC, 29401" }),
        "2026-07-02T00:24:00Z",
        false,
    );
    check(
        "UPS",
        "2026-07-01T20:24:00Z",
        depot(),
        json!({ "destination_location": "BROOKLYN HGTS NY US" }),
        "2026-07-02T00:24:00Z",
        false,
    );
    // Without its country it may as well be Seychelles.
    check(
        "UPS",
        "2026-07-01T20:24:00Z",
        depot(),
        json!({ "destination_location": "CHARLESTON SC" }),
        "2026-07-01T20:24:00Z",
        false,
    );
    // Without a town nobody knows whether the sum was done.
    check("UPS", "2026-07-01T10:00:00Z", json!({ "country": "US" }), json!(null), "2026-07-01T10:00:00Z", false);
    check("DHL", "2026-07-01T10:00:00Z", json!({ "country": "DE" }), json!(null), "2026-07-01T08:00:00Z", false);
    check("DHL", "2026-07-01T10:00:00", json!({ "country": "DE" }), json!(null), "2026-07-01T08:00:00Z", true);
    check("DHL", "2026-07-01T10:00:00Z", json!(null), json!(null), "2026-07-01T10:00:00Z", false);
}

#[test]
fn local_times_follow_the_clocks_of_their_place_on_the_days_they_change() {
    let check = |at: &str, state: &str, country: &str, want: &str| {
        let place = || json!({ "city": "Town", "state": state, "country": country });
        assert_eq!(moment("UPS", at, &place(), &json!(null)), (want.to_owned(), true), "{at} {state} {country}");
        let shippo = json!({ "event": "track_updated", "data": { "carrier": "ups", "tracking_number": "1Z4X82V70341608270",
            "tracking_status": { "status": "TRANSIT", "status_date": at, "location": place() } } });
        let standard = json!({ "type": "parcel.reported", "timestamp": "2026-11-16T17:00:00Z", "data": { "number": "1Z4X82V70341608270",
            "scans": [{ "at": at, "status": "in_transit", "place": format!("Town, {state}, {country}") }] } });
        for (source, body) in [(Shippo, shippo), (Standard, standard)] {
            let report = report(source, body.to_string().as_bytes());
            assert_eq!(
                (report.scans[0].at.to_string().as_str(), report.scans[0].zone_known),
                (want, true),
                "{source} {at} {state}"
            );
        }
    };
    check("2026-03-08T02:30:00", "NY", "US", "2026-03-08T07:30:00Z");
    check("2026-11-01T01:30:00", "NY", "US", "2026-11-01T05:30:00Z");
    check("2026-03-29T01:30:00", "", "GB", "2026-03-29T01:30:00Z");
    check("2026-10-25T01:30:00", "", "GB", "2026-10-25T00:30:00Z");
    check("2026-03-29T02:30:00", "", "DE", "2026-03-29T01:30:00Z");
    check("2026-10-25T02:30:00", "", "DE", "2026-10-25T00:30:00Z");
    check("2026-03-08T02:30:00", "AZ", "US", "2026-03-08T09:30:00Z");
    check("2026-07-01T02:30:00", "AZ", "US", "2026-07-01T09:30:00Z");
}

#[test]
fn shippo_means_its_z_and_lends_other_times_the_zone_of_place_or_destination() {
    let at = |at: &str, location: Value, to: Value| {
        let body = json!({ "event": "track_updated", "data": { "carrier": "usps", "tracking_number": "9400111899223817352218", "address_to": to,
            "tracking_status": { "status": "TRANSIT", "status_date": at, "location": location } } });
        let scan = report(Shippo, body.to_string().as_bytes()).scans.swap_remove(0);
        (scan.at.to_string(), scan.zone_known)
    };
    let town = json!({ "city": "Portland", "state": "OR", "country": "US" });
    assert_eq!(at("2026-07-01T10:00:00Z", town.clone(), json!(null)), ("2026-07-01T10:00:00Z".to_owned(), true));
    assert_eq!(at("2026-07-01T10:00:00", town.clone(), json!(null)), ("2026-07-01T17:00:00Z".to_owned(), true));
    assert_eq!(at("2026-07-01T10:00:00", json!(null), town), ("2026-07-01T17:00:00Z".to_owned(), false));
    assert_eq!(at("2026-07-01T10:00:00", json!(null), json!(null)), ("2026-07-01T10:00:00Z".to_owned(), false));
}

#[test]
fn the_product_of_the_carrier_is_told() {
    let mut body = tracker("in_transit", "unknown", &json!([]));
    body["result"]["carrier_detail"] = json!({ "service": "Ground", "alternate_identifier": "9205590164917312751089" });
    let told = report(EasyPost, body.to_string().as_bytes());
    assert_eq!((told.service.as_deref(), told.last_mile), (Some("Ground"), None));
    assert_eq!(report(Shippo, &event("shippo_returned.json")).service.as_deref(), Some("Ground Advantage"));
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
    check_bad(Standard, &with("/data/scans/2/sub", json!("At Door")), "`data.scans[2].sub` is not 1 to 27 of a-z 0-9 _");
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
fn the_example_of_the_documentation_is_read() {
    let example = include_str!("../../storefronts/STANDARD.md").split("```json\n").nth(3).unwrap().split("```").next().unwrap();
    assert_eq!(report(Standard, example.as_bytes()).scans.len(), 1);
}

/// Every recorded payload of every source, as a delivery and as an answer: read, parked, or refused by the name of what is wrong.
#[test]
fn recorded_payloads_are_read_or_refused_by_name() {
    let mut read_well = 0;
    for (folder, source) in support::recorded_folders() {
        for (file, body) in support::recorded::files(folder) {
            let body = support::numbered(body);
            for (how, parsed) in [("delivery", read(source, &body)), ("answer", support::answer(source, &body))] {
                match parsed {
                    Ok(CarrierParsed::Reports(reports)) => {
                        read_well += reports.len();
                        for report in &reports {
                            let is_exact = matches!(source, EasyPost | Shippo);
                            assert!(!is_exact || report.unknown_codes.is_empty(), "{file}: {:?}", report.unknown_codes);
                            println!(
                                "{folder}/{file} as {how}: {} scans, not known {:?}",
                                report.scans.len(),
                                report.unknown_codes
                            );
                        }
                    }
                    Ok(other) => println!("{folder}/{file} as {how}: {other:?}"),
                    Err(error) => {
                        let text = error.to_string();
                        assert!(text.starts_with('`') || text.starts_with("the body is not JSON"), "{folder}/{file}: {text}");
                        println!("{folder}/{file} as {how}: {text}");
                    }
                }
            }
        }
    }
    assert!(support::recorded::folder().is_none() || read_well >= 30, "{read_well}");
}

/// An event of a source, of the US post without its envelope: `written` puts it into one.
fn unwrapped(source: CarrierSource, file: &str) -> Value {
    let body: Value = serde_json::from_slice(&event(file)).unwrap();
    match source {
        CarrierSource::Usps => serde_json::from_str(body["payload"].as_str().unwrap()).unwrap(),
        _ => body,
    }
}

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
        source in prop::sample::select(CarrierSource::ALL.to_vec()), (_, file) in prop::sample::select(support::every_name()),
        at in 0usize..6_000, byte: u8, cut: bool,
    ) {
        let mut body = event(&file);
        let at = at % body.len();
        if cut { body.truncate(at) } else { body[at] = byte }
        let _ = (read(source, &body), support::answer(source, &body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_value_of_another_kind_breaks_a_parser(
        (source, file) in prop::sample::select(support::every_name()),
        at in 0usize..400,
        new in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("é\u{0}𝄞"), json!([]), json!([[1]]), json!({}), json!({ "a": { "b": [] } }),
            json!("2026-99-99T00:00:00Z"), json!("9999-12-30T22:00:00Z"), json!("-009999-01-02T01:59:59Z"), json!("2026-1é-9"), json!("-99.99"),
            json!("é AM"), json!("99999999"), json!("a<b&c"), json!("+signed"), json!(9_223_372_036_854_775_807_i64), json!([null, {}, "x"]),
        ]),
    ) {
        let mut body = unwrapped(source, &file);
        replaced(&mut body, &mut at.clone(), &new);
        let bytes = support::shapes::written(source, &body);
        for parsed in [read(source, &bytes), support::answer(source, body.to_string().as_bytes())] {
            let Ok(CarrierParsed::Reports(reports)) = parsed else { continue };
            for scan in reports.iter().flat_map(|report| &report.scans) {
                prop_assert!(scan.code.chars().count() <= 48 && scan.text.chars().count() <= 200 && scan.place.chars().count() <= 80);
            }
        }
    }
}
