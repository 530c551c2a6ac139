//! What a source's API answers when it is asked for a parcel: the same reports as its deliveries, and nothing where nothing is known.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    BadDelivery, CarrierParsed,
    CarrierSource::{
        self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Shippo, Standard, Ups, Usps,
    },
};
use domain::{parcel::ParcelReport, status::Status};
use serde_json::{Value, json};
use support::{
    answer, event, now,
    shapes::{LENIENT, NUMBER, body, row},
};

fn answered(source: CarrierSource, body: &Value) -> Result<Vec<ParcelReport>, BadDelivery> {
    match answer(source, body.to_string().as_bytes())? {
        CarrierParsed::Reports(reports) => Ok(reports),
        other => panic!("{other:?}"),
    }
}

/// What a source answers where it would deliver this.
fn as_answer(source: CarrierSource, delivery: &Value) -> Value {
    match source {
        EasyPost => delivery["result"].clone(),
        Shippo | ShipEngine | Karrio => delivery["data"].clone(),
        AfterShip => json!({ "meta": { "code": 200 }, "data": { "tracking": delivery["msg"] } }),
        SeventeenTrack => json!({ "code": 0, "data": { "accepted": [delivery["data"]], "rejected": [] } }),
        FedEx | Usps | Dhl => delivery.clone(),
        Ups | Sendcloud | Standard => unreachable!(),
    }
}

#[test]
fn an_answer_says_what_a_delivery_says() {
    for source in LENIENT {
        let at = ["2026-11-15T10:00:00Z", "2026-11-16T10:00:00Z"];
        let delivery = body(source, &at.map(|at| row(source, &json!(at), at, "Reno")));
        let delivered = support::report(source, &support::shapes::written(source, &delivery));
        let reports = answered(source, &as_answer(source, &delivery)).unwrap();
        assert_eq!(reports.len(), 1, "{source}");
        let heard = ParcelReport { reported_at: delivered.reported_at, ..reports[0].clone() };
        assert_eq!(heard, delivered, "{source}");
        assert!(reports[0].is_full_history && reports[0].scans.len() == 2, "{source}");
        // It was said when we heard it, unless the source says since when it is so.
        let own = match source {
            EasyPost => Some("2026-11-16T17:00:00Z".parse().unwrap()),
            Shippo => Some(at[1].parse().unwrap()),
            _ => None,
        };
        assert_eq!(reports[0].reported_at, own.unwrap_or(now()), "{source}");
    }
}

#[test]
fn nothing_known_yet_is_no_report() {
    let check = |source: CarrierSource, body: Value| assert_eq!(answered(source, &body), Ok(vec![]), "{source} {body}");
    for source in LENIENT {
        check(source, as_answer(source, &body(source, &[])));
    }
    check(EasyPost, json!({ "trackers": [], "has_more": false }));
    check(EasyPost, json!({ "error": { "code": "TRACKER.NOT_FOUND", "message": "The tracker was not found" } }));
    check(AfterShip, json!({ "meta": { "code": 4004, "message": "Tracking does not exist." }, "data": {} }));
    check(AfterShip, json!({ "meta": { "code": 200 }, "data": { "trackings": [] } }));
    check(AfterShip, json!({ "data": { "tracking": { "tracking_number": NUMBER, "tag": "Pending", "subtag": "Pending_001" } } }));
    check(ShipEngine, json!({ "tracking_number": NUMBER, "status_code": "NY", "events": [] }));
    check(ShipEngine, json!({ "request_id": "1", "errors": [{ "error_code": "tracking_not_found", "message": "none" }] }));
    check(Karrio, json!({ "tracking_number": NUMBER, "carrier_name": "ups", "status": "pending", "events": [] }));
    check(Karrio, json!({ "errors": [{ "code": "not_found", "message": "No tracker" }] }));
    check(
        SeventeenTrack,
        json!({ "code": 0, "data": { "accepted": [], "rejected": [{ "number": NUMBER, "error": { "code": -18_019_909, "message": "no" } }] } }),
    );
    let warning = json!([{ "code": "TW0001", "message": "none" }]);
    check(Ups, json!({ "trackResponse": { "shipment": [{ "inquiryNumber": NUMBER, "warnings": warning }] } }));
    check(Ups, json!({ "response": { "errors": [{ "code": "151018", "message": "Invalid tracking number" }] } }));
    let unknown =
        json!({ "trackingNumberInfo": { "trackingNumber": NUMBER }, "error": { "code": "TRACKING.TRACKINGNUMBER.NOTFOUND" } });
    check(FedEx, json!({ "output": { "completeTrackResults": [{ "trackingNumber": NUMBER, "trackResults": [unknown] }] } }));
    check(Usps, json!({ "apiVersion": "v3", "error": { "code": "404", "message": "none" } }));
    check(Usps, json!({ "error": { "code": "400", "message": "The tracking information is not available" } }));
    check(Dhl, json!({ "title": "No result found", "status": 404, "detail": "none" }));
}

#[test]
fn another_error_is_one_so_that_we_ask_again() {
    let check = |source: CarrierSource, body: Value, want: &str| {
        assert_eq!(answered(source, &body).unwrap_err().to_string(), want, "{source}");
    };
    check(EasyPost, json!({ "error": { "code": "RATE_LIMITED" } }), "`error` says that the question failed");
    check(EasyPost, json!({ "object": "Shipment" }), "`object` is no tracker");
    check(AfterShip, json!({ "meta": { "code": 429 }, "data": {} }), "`meta` says that the question failed");
    check(ShipEngine, json!({ "errors": [{ "error_code": "unauthorized" }] }), "`errors` says that the question failed");
    check(Karrio, json!({ "errors": [{ "code": "throttled" }] }), "`errors` says that the question failed");
    check(SeventeenTrack, json!({ "code": -18_010_002 }), "`code` says that the question failed");
    check(Ups, json!({ "response": { "errors": [{ "code": "250003" }] } }), "`response.errors` says that the question failed");
    check(Ups, json!({}), "`trackResponse` is missing");
    check(FedEx, json!({ "errors": [{ "code": "NOT.AUTHORIZED.ERROR" }] }), "`errors` says that the question failed");
    check(FedEx, json!({}), "`output` is missing");
    check(Usps, json!({ "error": { "code": "401", "message": "who?" } }), "`error` says that the question failed");
    check(Dhl, json!({ "title": "Too many", "status": 429 }), "`shipments` says that the question failed");
    check(Shippo, json!({ "detail": "no" }), "`tracking_number` is missing");
    check(Standard, json!({}), "`source` cannot be asked for a parcel");
}

#[test]
fn of_several_lives_of_one_number_the_newest_is_told() {
    let life = |source, year: &str| {
        as_answer(source, &body(source, &[row(source, &json!(format!("{year}-11-01T10:00:00Z")), year, "Reno")]))
    };
    let list = json!({ "trackers": [life(EasyPost, "2024"), life(EasyPost, "2026"), life(EasyPost, "2025")] });
    let reports = answered(EasyPost, &list).unwrap();
    assert_eq!((reports.len(), reports[0].scans[0].text.as_str()), (1, "2026"));
    let trackings: Vec<_> = ["2026", "2024"].map(|year| life(AfterShip, year)["data"]["tracking"].clone()).into();
    let reports = answered(AfterShip, &json!({ "data": { "trackings": trackings } })).unwrap();
    assert_eq!((reports.len(), reports[0].scans[0].text.as_str()), (1, "2026"));
    // The tracking itself, as newer versions answer.
    let bare = life(AfterShip, "2026")["data"]["tracking"].clone();
    assert_eq!(answered(AfterShip, &bare).unwrap().len(), 1);
}

#[test]
fn ups_answers_with_every_package_of_a_shipment() {
    let package = |number: &str| {
        json!({ "trackingNumber": number, "service": { "description": "UPS Ground" },
            "deliveryDate": [{ "type": "SDD", "date": "20261117" }, { "type": "RDD", "date": "20261118" }],
            "deliveryInformation": { "receivedBy": "GARZA" },
            "alternateTrackingNumber": [{ "number": "92612999904821307550184417", "type": "USPS_PIC" }],
            "currentStatus": { "type": "D", "code": "FS", "description": "DELIVERED", "statusCode": "011" },
            "activity": [
                { "date": "20261116", "time": "105500", "status": { "type": "D", "code": "FS", "description": "DELIVERED", "statusCode": "011" },
                  "location": { "address": { "city": "LAREDO", "stateProvince": "TX", "country": "US", "countryCode": "US" } } },
                { "date": "20261114", "time": "193200", "gmtDate": "20261115", "gmtTime": "01:32:00", "gmtOffset": "-06:00",
                  "status": { "type": "I", "code": "OR", "description": "Origin Scan", "statusCode": "005" },
                  "location": { "address": { "city": "Austin", "stateProvince": "TX", "country": "US" } } }] })
    };
    let packages = ["1Z7A41V90312840657", "1Z7A41V90312840666"].map(package);
    let reports = answered(
        Ups,
        &json!({ "trackResponse": { "shipment": [{ "inquiryNumber": "1Z7A41V90312840657", "package": packages }] } }),
    )
    .unwrap();
    assert_eq!(reports.len(), 2);
    let told = &reports[0];
    let scans: Vec<_> =
        told.scans.iter().map(|scan| (scan.at.to_string(), scan.status, scan.code.as_str(), scan.zone_known)).collect();
    assert_eq!(
        scans,
        [
            ("2026-11-16T16:55:00Z".to_owned(), Status::Delivered, "D/011+FSsigned", true),
            ("2026-11-15T01:32:00Z".to_owned(), Status::InTransit, "I/005+OR", true),
        ]
    );
    assert_eq!(told.expected.unwrap().to_string(), "2026-11-18");
    assert_eq!(told.service.as_deref(), Some("UPS Ground"));
    assert_eq!(told.last_mile.as_ref().unwrap().number.as_str(), "92612999904821307550184417");
    assert!(told.is_full_history);
    // An alert of the same scan is the same scan.
    let alert = support::report(Ups, &event("ups_delivered.json"));
    assert_eq!(alert.scans[0].code, told.scans[0].code);
}

#[test]
fn recorded_answers_say_what_they_say() {
    let Some(_) = support::recorded::folder() else { return };
    let check = |source: CarrierSource, folder: &str, file: &str, want: &[(usize, Status)]| {
        let body = support::recorded::files(folder).into_iter().find(|(name, _)| name == file).unwrap().1;
        let Ok(CarrierParsed::Reports(reports)) = answer(source, &support::numbered(body)) else { panic!("{file}") };
        let newest = |report: &ParcelReport| report.scans.iter().max_by_key(|scan| scan.sort_key()).unwrap().status;
        let got: Vec<_> = reports.iter().map(|report| (report.scans.len(), newest(report))).collect();
        assert_eq!(got, want, "{file}");
    };
    check(FedEx, "fedex", "track_api_duplicate_tracking_number.json", &[(8, Status::Delivered)]);
    check(FedEx, "fedex", "track_api_response.json", &[(1, Status::InTransit)]);
    check(FedEx, "fedex", "aiv_webhook_envelope.derived.json", &[(17, Status::Delivered)]);
    check(Ups, "ups", "track_api_not_found.json", &[]);
    check(Usps, "usps", "tracking_v3_response.json", &[(12, Status::Delivered)]);
    check(Dhl, "dhl", "unified_tracking_error_404.json", &[]);
    check(Dhl, "dhl", "unified_tracking_response.json", &[(1, Status::InfoReceived)]);
    check(Dhl, "dhl", "mydhl_express_tracking_response.json", &[(2, Status::Delivered)]);
    check(EasyPost, "easypost", "tracker_retrieve_response.json", &[(2, Status::InfoReceived)]);
}
