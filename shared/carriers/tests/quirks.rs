//! What each source does otherwise than one would think: each a sentence of what is known of it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]
#![allow(clippy::needless_pass_by_value, reason = "a test writes its values down where it hands them over")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Ups, Usps},
    reread,
};
use domain::{
    id::ParcelKey,
    parcel::{Milestone, Parcel, ParcelReport},
    status::Status,
};
use serde_json::{Value, json};
use support::{
    answer, event, now, read,
    shapes::{self, body, row, written},
};

fn report(source: CarrierSource, body: &Value) -> ParcelReport {
    support::report(source, &written(source, body))
}

/// The moment of the one scan of a body with this row, and whether its zone is known.
fn moment(source: CarrierSource, row: &Value) -> (String, bool) {
    let scan = report(source, &body(source, std::slice::from_ref(row))).scans.swap_remove(0);
    (scan.at.to_string(), scan.zone_known)
}

/// A row with these fields instead of its own.
fn with(source: CarrierSource, fields: Value) -> Value {
    let mut row = row(source, &json!("2026-07-01T10:00:00"), "a", "Reno");
    for (name, value) in fields.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[track_caller]
fn check(source: CarrierSource, fields: Value, want: &str, known: bool) {
    assert_eq!(moment(source, &with(source, fields.clone())), (want.to_owned(), known), "{source} {fields}");
}

#[test]
fn aftership_tells_the_clock_of_the_place_unless_there_is_an_offset() {
    let there =
        |country: &str, state: Value, time: &str| json!({ "checkpoint_time": time, "country_iso3": country, "state": state });
    check(AfterShip, there("DEU", json!(null), "2026-07-01T10:00:00"), "2026-07-01T08:00:00Z", true);
    check(AfterShip, there("USA", json!("FL"), "2026-07-01T10:00:00"), "2026-07-01T14:00:00Z", true);
    check(AfterShip, there("USA", json!(null), "2026-07-01T10:00:00"), "2026-07-01T10:00:00Z", false);
    check(AfterShip, there("USA", json!(null), "2026-07-01T10:00:00+05:30"), "2026-07-01T04:30:00Z", true);
    check(AfterShip, there("GBR", json!(null), "2026-07-01"), "2026-06-30T23:00:00Z", true);
    // What 2026-01 renamed; and the destination, where the place says too little.
    check(AfterShip, json!({ "country_iso3": null, "country_region": "JPN" }), "2026-07-01T01:00:00Z", true);
    let mut body = body(AfterShip, &[with(AfterShip, json!({ "country_iso3": null }))]);
    body["msg"]["destination_country_iso3"] = json!("NZL");
    let scan = report(AfterShip, &body).scans.swap_remove(0);
    assert_eq!((scan.at.to_string().as_str(), scan.zone_known), ("2026-07-01T10:00:00Z", false));
    body["msg"]["destination_country_iso3"] = json!("FRA");
    assert_eq!(report(AfterShip, &body).scans[0].at.to_string(), "2026-07-01T08:00:00Z");
}

#[test]
fn aftership_estimates_in_three_ways() {
    let expected = |fields: Value| {
        let mut body = body(AfterShip, &[]);
        for (name, value) in fields.as_object().unwrap() {
            body["msg"][name] = value.clone();
        }
        report(AfterShip, &body).expected.map(|day| day.to_string())
    };
    let own = json!({ "estimated_delivery_date": "2026-11-18" });
    assert_eq!(expected(json!({ "aftership_estimated_delivery_date": own })).as_deref(), Some("2026-11-18"));
    assert_eq!(
        expected(json!({ "aftership_estimated_delivery_date": own, "expected_delivery": "2026-11-19" })).as_deref(),
        Some("2026-11-19")
    );
    for courier in [json!("2026-11-20T10:00:00"), json!({ "estimated_delivery_date": "2026-11-20" })] {
        let fields = json!({ "courier_estimated_delivery_date": courier, "expected_delivery": "2026-11-19" });
        assert_eq!(expected(fields).as_deref(), Some("2026-11-20"));
    }
    let latest = json!({ "latest_estimated_delivery": { "datetime": "2026-11-21" }, "expected_delivery": "2026-11-19" });
    assert_eq!(expected(latest).as_deref(), Some("2026-11-21"));
    assert_eq!(expected(json!({})), None);
}

#[test]
fn the_second_of_a_message_is_its_own() {
    let at = |ts: Value| {
        let mut body = body(AfterShip, &[row(AfterShip, &json!("2026-11-16T10:00:00Z"), "a", "Reno")]);
        body["ts"] = ts;
        report(AfterShip, &body).reported_at.to_string()
    };
    assert_eq!(at(json!(1_794_848_400)), "2026-11-16T17:00:00Z");
    assert_eq!(at(json!("1794848400")), "2026-11-16T17:00:00Z");
    // Without a possible one it is of its last scan.
    for nothing in [json!(null), json!(0), json!(-1), json!(99_999_999_999_i64), json!("soon"), json!(i64::MAX)] {
        assert_eq!(at(nothing), "2026-11-16T10:00:00Z");
    }
}

#[test]
fn shipengine_means_utc_and_tells_the_local_clock_beside_it() {
    check(ShipEngine, json!({ "occurred_at": "2026-07-01T10:00:00Z" }), "2026-07-01T10:00:00Z", true);
    check(ShipEngine, json!({ "occurred_at": "2026-07-01T10:00:00", "state_province": "TX" }), "2026-07-01T10:00:00Z", true);
    let local = json!({ "occurred_at": null, "carrier_occurred_at": "2026-07-01T10:00:00", "state_province": "TX" });
    check(ShipEngine, local, "2026-07-01T15:00:00Z", true);
    let nowhere = json!({ "occurred_at": null, "carrier_occurred_at": "2026-07-01T10:00:00" });
    check(ShipEngine, nowhere, "2026-07-01T10:00:00Z", false);
}

#[test]
fn shipengine_names_accounts_and_carriers() {
    let carrier = |code: Value, url: &str| {
        let mut body = body(ShipEngine, &[row(ShipEngine, &json!("2026-07-01T10:00:00Z"), "a", "Reno")]);
        body["data"]["carrier_code"] = code;
        body["resource_url"] = json!(url);
        report(ShipEngine, &body).carrier.to_string()
    };
    assert_eq!(carrier(json!("stamps_com"), ""), "usps");
    assert_eq!(carrier(json!("ups_walleted"), ""), "ups");
    assert_eq!(carrier(json!("canada_post"), ""), "canada_post");
    assert_eq!(carrier(json!(null), "https://api.shipengine.com/v1/tracking?carrier_code=endicia&tracking_number=1"), "usps");
    // Else the number tells.
    assert_eq!(carrier(json!(null), ""), "ups");
}

#[test]
fn karrio_ends_local_times_with_a_z() {
    let at = |date: &str, time: &str, timestamp: Value, location: &str| json!({ "date": date, "time": time, "timestamp": timestamp, "location": location });
    // The clock of Memphis with a `Z` behind it; the sum done; and no timestamp at all.
    let local = json!("2026-07-01T21:14:00.000Z");
    check(Karrio, at("2026-07-01", "09:14 PM", local.clone(), "Memphis, TN"), "2026-07-02T02:14:00Z", true);
    check(Karrio, at("2026-07-01", "04:14 PM", local.clone(), "Memphis, TN"), "2026-07-01T21:14:00Z", true);
    check(Karrio, at("2026-07-01", "09:14 PM", json!(null), "Leeds, GB"), "2026-07-01T20:14:00Z", true);
    check(Karrio, at("2026-07-01", "", json!(null), "Leeds, GB"), "2026-06-30T23:00:00Z", true);
    check(Karrio, at("2026-07-01", "09:14 PM", local, "Memphis"), "2026-07-01T21:14:00Z", false);
    check(Karrio, at("", "", json!("2026-07-01T21:14:00+02:00"), ""), "2026-07-01T19:14:00Z", true);
}

#[test]
fn karrio_has_events_without_a_word_of_its_own() {
    let event = json!({ "date": "2026-07-01", "code": "DP", "description": "Departed", "location": "Reno, NV, US" });
    let mut body = body(Karrio, &[event]);
    body["data"]["status"] = json!("in_transit");
    body["data"]["test_mode"] = json!(true);
    let told = report(Karrio, &body);
    let words: Vec<_> = told.scans.iter().map(|scan| (scan.status, scan.code.as_str())).collect();
    assert_eq!(words, [(Status::Pending, "/DP"), (Status::InTransit, "in_transit")]);
    assert_eq!(told.unknown_codes, ["/DP"]);
    assert!(!told.is_full_history);
}

#[test]
fn seventeentrack_tells_one_moment_in_three_ways() {
    let at = |utc: Value, iso: Value, raw: Value| json!({ "time_utc": utc, "time_iso": iso, "time_raw": raw });
    let (utc, iso) = (json!("2026-07-01T18:34:00Z"), json!("2026-07-01T14:34:00-04:00"));
    check(SeventeenTrack, at(utc, json!("2026-07-01T01:00:00"), json!(null)), "2026-07-01T18:34:00Z", true);
    check(SeventeenTrack, at(json!("2026-07-01T18:34:00"), json!(null), json!(null)), "2026-07-01T18:34:00Z", true);
    check(SeventeenTrack, at(json!(null), iso, json!(null)), "2026-07-01T18:34:00Z", true);
    let parts = |zone: &str| json!({ "date": "2026-07-01", "time": "14:34:00", "timezone": zone });
    check(SeventeenTrack, at(json!(null), json!(null), parts("-04:00")), "2026-07-01T18:34:00Z", true);
    check(SeventeenTrack, at(json!(null), json!(null), parts("")), "2026-07-01T14:34:00Z", false);
    check(SeventeenTrack, at(json!(null), json!(null), json!("2026-07-01 14:34")), "2026-07-01T14:34:00Z", false);
}

#[test]
fn seventeentrack_has_the_events_of_several_carriers() {
    let told = support::report(SeventeenTrack, &event("seventeentrack_delivered.json"));
    assert_eq!((told.carrier.as_str(), told.scans.len(), told.is_full_history), ("china_post", 5, true));
    assert_eq!(told.last_mile.unwrap().carrier.as_str(), "usps");
    // The local number may be the number itself, or none.
    let mut body: Value = serde_json::from_slice(&event("seventeentrack_delivered.json")).unwrap();
    for number in [json!("LZ482130755CN"), json!(null), json!("-")] {
        body["data"]["track_info"]["misc_info"]["local_number"] = number;
        assert_eq!(report(SeventeenTrack, &body).last_mile, None);
    }
    // A carrier that nobody names is known by its key.
    body["data"]["track_info"]["tracking"]["providers"] = json!([]);
    assert_eq!(report(SeventeenTrack, &body).carrier.as_str(), "china_post");
    let stopped = read(SeventeenTrack, &event("seventeentrack_stopped.json")).unwrap();
    assert_eq!(stopped, CarrierParsed::Unknown { topic: "TRACKING_STOPPED".to_owned() });
}

#[test]
fn ups_writes_its_clocks_in_parts_and_leaves_some_blank() {
    let at = |gmt: (&str, &str), offset: &str, state: &str| {
        let mut row = row(Ups, &json!(null), "a", "Town");
        row["localActivityDate"] = json!("20260701");
        row["localActivityTime"] = json!("091519");
        (row["gmtActivityDate"], row["gmtActivityTime"]) = (json!(gmt.0), json!(gmt.1));
        row["gmtOffset"] = json!(offset);
        row["activityLocation"]["stateProvince"] = json!(state);
        moment(Ups, &row)
    };
    let known = |at: &str| (at.to_owned(), true);
    assert_eq!(at(("20260701", "131519"), "", ""), known("2026-07-01T13:15:19Z"));
    assert_eq!(at(("", ""), "-04.00", ""), known("2026-07-01T13:15:19Z"));
    assert_eq!(at(("20260701", ""), "-04.00", ""), known("2026-07-01T13:15:19Z"));
    assert_eq!(at(("", ""), "", "NC"), known("2026-07-01T13:15:19Z"));
    assert_eq!(at(("", ""), "", ""), ("2026-07-01T09:15:19Z".to_owned(), false));
}

#[test]
fn ups_calls_more_than_arrivals_a_delivery() {
    let said = |kind: &str, code: &str, digits: &str| {
        let mut alert: Value = serde_json::from_slice(&event("ups_delivered.json")).unwrap();
        alert["receivedBy"] = json!("");
        alert["activityStatus"] = json!({ "type": kind, "code": code, "descriptionCode": digits, "description": "x" });
        let told = report(Ups, &alert);
        (told.scans[0].status, told.expected.is_some(), told.unknown_codes.len())
    };
    assert_eq!(said("D", "FS", "011"), (Status::Delivered, false, 0));
    assert_eq!(said("D", "FS", ""), (Status::Delivered, false, 0));
    assert_eq!(said("D", "OT", "021"), (Status::OutForDelivery, true, 0));
    assert_eq!(said("D", "", "071"), (Status::InTransit, true, 0));
    assert_eq!(said("D", "ZZ", "999"), (Status::InTransit, true, 1));
    assert_eq!(said("", "", ""), (Status::Pending, true, 0));
}

#[test]
fn ups_hands_over_to_the_post_under_another_number() {
    let last_mile = |number: &str| {
        let mut alert: Value = serde_json::from_slice(&event("ups_transferred.json")).unwrap();
        alert["alternateTrackingNumber"] = json!(number);
        alert["trackingNumber"] = json!(" 1Z7A41V90312840657");
        report(Ups, &alert).last_mile.map(|name| format!("{}/{}", name.carrier, name.number))
    };
    assert_eq!(last_mile("92612999904821307550184417").as_deref(), Some("usps/92612999904821307550184417"));
    assert_eq!(last_mile("1Z7A41V90312840666"), None);
    assert_eq!(last_mile("REF 20"), None);
    assert_eq!(last_mile(""), None);
}

#[test]
fn fedex_writes_a_day_alone_as_midnight_in_memphis() {
    let at = |date: &str, state: &str| json!({ "date": date, "scanLocation": { "city": "Town", "stateOrProvinceCode": state, "countryCode": "US" } });
    check(FedEx, at("2026-08-15T00:00:00-06:00", "NY"), "2026-08-15T04:00:00Z", true);
    check(FedEx, at("2026-08-15T00:00:00-06:00", "CA"), "2026-08-15T07:00:00Z", true);
    check(FedEx, at("2026-08-15T00:00:00", "MN"), "2026-08-15T05:00:00Z", true);
    check(FedEx, at("2026-08-15T00:00:01-06:00", "NY"), "2026-08-15T06:00:01Z", true);
    let expected = |estimate: Value, window: Value, standard: Value| {
        let mut body = body(FedEx, &[]);
        let result = &mut body["output"]["completeTrackResults"][0]["trackResults"][0];
        result["dateAndTimes"] = json!([{ "type": "SHIP", "dateTime": "2026-11-01T00:00:00-06:00" }, { "type": "ESTIMATED_DELIVERY", "dateTime": estimate }]);
        result["estimatedDeliveryTimeWindow"] = json!({ "window": { "ends": window } });
        result["standardTransitTimeWindow"] = json!({ "window": { "ends": standard } });
        report(FedEx, &body).expected.map(|day| day.to_string())
    };
    let days = ["2026-11-17T00:00:00-06:00", "2026-11-18T20:00:00-08:00", "2026-11-19T00:00:00-06:00"].map(|day| json!(day));
    assert_eq!(expected(days[0].clone(), days[1].clone(), days[2].clone()).as_deref(), Some("2026-11-18"));
    assert_eq!(expected(days[0].clone(), json!(""), days[2].clone()).as_deref(), Some("2026-11-17"));
    assert_eq!(expected(json!(""), json!(null), days[2].clone()).as_deref(), Some("2026-11-19"));
    assert_eq!(expected(json!(null), json!(null), json!(null)), None);
}

#[test]
fn fedex_knows_several_lives_of_one_number_and_several_numbers() {
    let mut body: Value = serde_json::from_slice(&event("fedex_recycled.json")).unwrap();
    let results = &mut body["output"]["completeTrackResults"][0]["trackResults"];
    results.as_array_mut().unwrap().reverse();
    let told = report(FedEx, &body);
    assert_eq!(told, support::report(FedEx, &event("fedex_recycled.json")), "whatever their order");
    assert_eq!(told.scans.len(), 5);
    body["output"]["completeTrackResults"][0]["trackResults"][0]["trackingNumberInfo"]["trackingNumber"] = json!("482130759927");
    let CarrierParsed::Reports(reports) = read(FedEx, body.to_string().as_bytes()).unwrap() else { panic!() };
    assert_eq!(reports.len(), 2);
}

#[test]
fn the_us_post_knows_greenwich_and_leaves_its_country_out() {
    let at = |gmt: Value, offset: Value, state: Value, country: Value| json!({ "GMTTimestamp": gmt, "eventTimestamp": "2026-07-01T10:00:00", "GMTOffset": offset, "eventState": state, "eventCountry": country });
    let none = || json!(null);
    check(Usps, at(json!("2026-07-01T14:00:40Z"), none(), json!("CA"), none()), "2026-07-01T14:00:40Z", true);
    check(Usps, at(none(), json!("-05:00"), none(), none()), "2026-07-01T15:00:00Z", true);
    check(Usps, at(none(), none(), json!("CA"), none()), "2026-07-01T17:00:00Z", true);
    check(Usps, at(none(), none(), none(), json!("JP")), "2026-07-01T01:00:00Z", true);
    check(Usps, at(none(), none(), none(), none()), "2026-07-01T10:00:00Z", false);
}

#[test]
fn the_us_post_tells_little_or_one_scan_or_something_else() {
    let told = support::report(Usps, &event("usps_scan.json"));
    assert_eq!((told.scans.len(), told.is_full_history), (1, false));
    let told = support::report(Usps, &event("usps_status_only.json"));
    assert_eq!((told.scans[0].status, told.scans[0].sub.code(), told.is_full_history), (Status::Exception, "held", false));
    let parse = |body: Value| read(Usps, body.to_string().as_bytes());
    let other = json!({ "subscriptionType": "SCAN_EXTRACT", "timestamp": now().to_string(), "payload": "x" });
    assert_eq!(parse(other), Ok(CarrierParsed::Unknown { topic: "SCAN_EXTRACT".to_owned() }));
    let envelope = |payload: &str| json!({ "subscriptionType": "TRACKING", "timestamp": now().to_string(), "payload": payload });
    let problem = |payload: &str| parse(envelope(payload)).unwrap_err().to_string();
    assert_eq!(problem("{"), "`payload` is not JSON at its line 1, column 1");
    assert_eq!(problem("[]"), "`payload` is not a JSON object");
    assert_eq!(problem("{}"), "`payload.trackingNumber` is missing");
}

#[test]
fn dhl_writes_no_zone_and_repeats_its_newest_event() {
    let at = |time: &str, country: &str| json!({ "timestamp": time, "location": { "address": { "countryCode": country, "addressLocality": "Town" } } });
    check(Dhl, at("2026-07-01T10:00:00", "DE"), "2026-07-01T08:00:00Z", true);
    check(Dhl, at("2026-07-01T10:00:00Z", "DE"), "2026-07-01T10:00:00Z", true);
    check(Dhl, at("2026-07-01T10:00:00+02:00", ""), "2026-07-01T08:00:00Z", true);
    check(Dhl, at("2026-07-01T10:00:00", ""), "2026-07-01T10:00:00Z", false);
    let told = support::report(Dhl, &event("dhl_in_delivery.json"));
    assert_eq!(told.scans.len(), 4, "the same clock with a `Z` behind it is the same event");
    let mut body: Value = serde_json::from_slice(&event("dhl_in_delivery.json")).unwrap();
    body["shipments"][0]["status"]["timestamp"] = json!("2026-11-16T12:00:00");
    assert_eq!(report(Dhl, &body).scans.len(), 5);
}

#[test]
fn dhl_says_in_one_delivery_what_happened_to_several_shipments() {
    let mut body: Value = serde_json::from_slice(&event("dhl_delivered_neighbour.json")).unwrap();
    let mut other = body["shipments"][0].clone();
    other["id"] = json!(4_821_307_559_u64);
    other["service"] = json!("express");
    body["shipments"].as_array_mut().unwrap().push(other);
    let CarrierParsed::Reports(reports) = read(Dhl, body.to_string().as_bytes()).unwrap() else { panic!() };
    let names: Vec<_> = reports.iter().map(|report| format!("{}/{}", report.carrier, report.number)).collect();
    assert_eq!(names, ["dhl_germany/00340434161094821307", "dhl_express/4821307559"]);
    body["shipments"] = json!([]);
    assert_eq!(read(Dhl, body.to_string().as_bytes()), Ok(CarrierParsed::Reports(vec![])));
}

#[test]
fn dhl_has_a_signature_beside_its_events() {
    let mut body: Value = serde_json::from_slice(&event("dhl_refused.json")).unwrap();
    let shipment = &mut body["shipments"][0];
    shipment["details"]["proofOfDelivery"] = json!({ "timestamp": "2026-11-16T10:00:00", "signed": { "name": "A" } });
    shipment["events"][0] = json!({ "timestamp": "2026-11-16T10:05:00", "statusCode": "delivered", "status": "Delivered" });
    shipment["status"] = shipment["events"][0].clone();
    let told = report(Dhl, &body);
    assert_eq!((told.scans[0].code.as_str(), told.scans[0].sub.code()), ("delivered+signed", "signed"));
    assert_eq!(told.service, None, "an unknown product is none");
    assert_eq!(reread("dhl", "delivered+signed", "").unwrap().1.code(), "signed");
}

/// The parcel after what was said, in this order and in the other.
fn told(reports: &[ParcelReport]) -> Parcel {
    let key = ParcelKey { shop: "demo".parse().unwrap(), carrier: reports[0].carrier.clone(), number: reports[0].number.clone() };
    let forwards = reports.iter().fold(Parcel::new(key.clone()), Parcel::told);
    assert_eq!(forwards, reports.iter().rev().chain(reports).fold(Parcel::new(key), Parcel::told));
    forwards
}

#[test]
fn what_comes_after_an_arrival_is_late_or_takes_it_back() {
    let said = |source, rows: &[(&str, &str, &str)]| {
        let rows: Vec<_> = rows
            .iter()
            .map(|(at, general, finer)| shapes::saying(source, row(source, &json!(at), at, "Reno"), general, finer))
            .collect();
        report(source, &body(source, &rows))
    };
    let way = ("2026-11-15T10:00:00Z", "InTransit", "InTransit_003");
    let arrival = ("2026-11-16T10:00:00Z", "Delivered", "Delivered_001");
    let late = ("2026-11-16T10:30:00Z", "InTransit", "InTransit_007");
    assert_eq!(told(&[said(AfterShip, &[way, arrival, late])]).folded().status, Status::Delivered);
    // The whole history, told later, without it.
    let taken_back = ParcelReport { reported_at: "2026-11-16T17:10:00Z".parse().unwrap(), ..said(AfterShip, &[way, late]) };
    assert_eq!(told(&[said(AfterShip, &[way, arrival]), taken_back]).folded().status, Status::InTransit);
    let back = ("2026-11-16T12:00:00Z", "Exception", "Exception_010");
    assert_eq!(told(&[said(AfterShip, &[way, arrival, back])]).folded().status, Status::Returning);
    let home = ("2026-11-16T13:00:00Z", "Exception", "Exception_011");
    assert_eq!(told(&[said(AfterShip, &[way, back, home])]).folded().status, Status::Returned);
    // A label that was voided and used all the same.
    let voided = ("2026-11-15T10:00:00Z", "MV", "");
    let used = ("2026-11-15T12:00:00Z", "I", "005");
    assert_eq!(told(&[said(Ups, &[voided])]).folded().status, Status::Cancelled);
    assert_eq!(told(&[said(Ups, &[voided]), said(Ups, &[used])]).folded().status, Status::InTransit);
    let failed = ("2026-11-16T10:00:00Z", "DE", "08");
    let day = jiff::civil::date(2026, 11, 16);
    assert!(told(&[said(FedEx, &[failed])]).milestones().contains_key(&Milestone::AttemptFailed(day)));
}

#[test]
fn an_answer_takes_back_an_arrival_that_the_source_no_longer_knows() {
    let rows = |ats: &[(&str, &str, &str)]| -> Vec<Value> {
        ats.iter()
            .map(|(at, general, finer)| shapes::saying(ShipEngine, row(ShipEngine, &json!(at), at, "Reno"), general, finer))
            .collect()
    };
    let (way, arrival) = (("2026-11-15T10:00:00Z", "IT", ""), ("2026-11-16T10:00:00Z", "DE", ""));
    let delivered = report(ShipEngine, &body(ShipEngine, &rows(&[way, arrival])));
    let delivered = ParcelReport { reported_at: "2026-11-16T11:00:00Z".parse().unwrap(), ..delivered };
    let answered = body(ShipEngine, &rows(&[way]))["data"].to_string();
    let CarrierParsed::Reports(answers) = answer(ShipEngine, answered.as_bytes()).unwrap() else { panic!() };
    assert_eq!(told(std::slice::from_ref(&delivered)).folded().status, Status::Delivered);
    assert_eq!(told(&[delivered, answers[0].clone()]).folded().status, Status::InTransit);
}

#[test]
fn sendcloud_says_when_it_speaks_where_the_carrier_did_not_say_when() {
    let said = |own: Value, carriers: Value| {
        let mut body = body(Sendcloud, &[row(Sendcloud, &json!("2026-11-16T10:00:00Z"), "a", "")]);
        body["timestamp"] = own;
        body["carrier_status_change_timestamp"] = carriers;
        report(Sendcloud, &body)
    };
    let (eleven, ten) = (json!(1_794_826_800_123_i64), json!(1_794_823_200_000_i64));
    let told = said(eleven.clone(), ten.clone());
    assert_eq!(
        (told.reported_at.to_string(), told.scans[0].at.to_string()),
        ("2026-11-16T11:00:00.123Z".into(), "2026-11-16T10:00:00Z".into())
    );
    assert!(told.scans[0].zone_known && !told.is_full_history);
    assert_eq!(said(eleven.clone(), json!(null)).scans[0].at.to_string(), "2026-11-16T11:00:00.123Z");
    assert_eq!(said(json!(null), ten).reported_at.to_string(), "2026-11-16T10:00:00Z");
    // What is there and cannot be is counted, not replaced: seconds, a text.
    for carriers in [json!(1_794_823_200), json!("2026-11-16T10:00:00Z"), json!(i64::MAX)] {
        let told = said(eleven.clone(), carriers);
        assert_eq!((told.scans.len(), told.unknown_codes.as_slice()), (0, ["62990 at an impossible time".to_owned()].as_slice()));
    }
    assert_eq!(said(json!(null), json!(null)).unknown_codes, ["62990 without a time"]);
}

#[test]
fn sendcloud_tells_of_a_parcel_before_it_has_a_number() {
    let said = |status: &str, number: Value| {
        let mut body =
            body(Sendcloud, &[shapes::saying(Sendcloud, row(Sendcloud, &json!("2026-11-16T10:00:00Z"), "a", ""), status, "")]);
        body["parcel"]["tracking_number"] = number;
        read(Sendcloud, &written(Sendcloud, &body))
    };
    for status in ["999", "1", "1001", "1002", "2000"] {
        for number in [json!(""), json!(null)] {
            assert_eq!(said(status, number), Ok(CarrierParsed::Reports(vec![])), "{status}");
        }
    }
    // What moves has one, and of a status that nobody knows we would like to hear.
    for status in ["22", "11", "62996", "10"] {
        assert_eq!(said(status, json!("")).unwrap_err().to_string(), "`parcel.tracking_number` is missing", "{status}");
    }
    let rule = "`parcel.tracking_number` is not readable: a tracking number must be 3 to 48 of A-Z 0-9";
    assert_eq!(said("1", json!("12")).unwrap_err().to_string(), rule);
}

#[test]
fn a_status_of_sendcloud_that_nobody_knows_changes_nothing_and_is_counted() {
    let mut body: Value = serde_json::from_slice(&event("sendcloud_delivered.json")).unwrap();
    body["parcel"]["status"] = json!({ "id": 63011, "message": "Delivered" });
    let told = report(Sendcloud, &body);
    assert_eq!((told.scans[0].status, told.unknown_codes.as_slice()), (Status::Pending, ["63011".to_owned()].as_slice()));
}

#[test]
fn a_return_that_sendcloud_brings_to_the_shop_is_no_arrival() {
    let told = report(Sendcloud, &serde_json::from_slice(&event("sendcloud_return_delivered.json")).unwrap());
    let key = ParcelKey { shop: "demo".parse().unwrap(), carrier: told.carrier.clone(), number: told.number.clone() };
    let parcel = Parcel::new(key).told(&told);
    assert_eq!((parcel.folded().status, parcel.folded().delivered_at), (Status::Returned, None));
    assert!(!parcel.milestones().contains_key(&Milestone::Delivered));
}

#[test]
fn every_source_has_its_words_for_the_table_in_the_docs() {
    for source in CarrierSource::ALL.iter().copied() {
        let codes = source.codes();
        assert!(!codes.is_empty(), "{source}");
        for row in &codes {
            assert_eq!(
                reread(source.as_str(), &row.code, "").map_or(Status::Pending, |(status, _)| status),
                row.status,
                "{source} {}",
                row.code
            );
        }
        assert!(!source.proof().is_empty() && source.topics().iter().any(|topic| !topic.used_for.is_empty()), "{source}");
        let can_be_asked = !matches!(answer(source, b"{}"), Err(error) if error.to_string().starts_with("`source`"));
        assert_eq!(can_be_asked, !matches!(source, CarrierSource::Standard | Sendcloud), "{source}");
    }
    let within = |source: CarrierSource| source.answers().within_s;
    assert_eq!([EasyPost, CarrierSource::Shippo, AfterShip].map(within), [Some(7), Some(3), None]);
}
