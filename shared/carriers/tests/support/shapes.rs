//! The same parcel in the form of every source, so that one test asks the same of all of them.

use super::now;
use carriers::CarrierSource::{
    self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Shippo, Standard, Ups, Usps,
};
use serde_json::{Value, json};

/// Those that tell a whole history, and are read leniently.
pub const LENIENT: [CarrierSource; 9] = [EasyPost, Shippo, AfterShip, ShipEngine, Karrio, SeventeenTrack, FedEx, Usps, Dhl];
/// Those that tell a whole history.
pub const HISTORIES: [CarrierSource; 10] =
    [EasyPost, Shippo, AfterShip, ShipEngine, Karrio, SeventeenTrack, FedEx, Usps, Dhl, Standard];

/// A number that every source takes.
pub const NUMBER: &str = "1Z4X82V70341608270";

/// A body of a source with these rows of its own form, its last row as what it says now where it repeats that. UPS and Sendcloud
/// tell the last row alone.
pub fn body(source: CarrierSource, rows: &[Value]) -> Value {
    let last = rows.last().cloned().unwrap_or_default();
    match source {
        EasyPost => {
            json!({ "description": "tracker.updated", "result": { "object": "Tracker", "tracking_code": NUMBER,
            "carrier": "UPS", "status": "unknown", "updated_at": "2026-11-16T17:00:00Z", "tracking_details": rows } })
        }
        Shippo => json!({ "event": "track_updated", "data": { "carrier": "ups", "tracking_number": NUMBER,
            "tracking_status": last, "tracking_history": rows } }),
        AfterShip => json!({ "event": "tracking_update", "ts": 1_794_848_400, "msg": { "slug": "ups",
            "tracking_number": NUMBER, "checkpoints": rows } }),
        ShipEngine => json!({ "resource_type": "API_TRACK", "data": { "carrier_code": "ups", "tracking_number": NUMBER,
            "events": rows } }),
        Karrio => json!({ "event": "tracker_updated", "data": { "carrier_name": "ups", "tracking_number": NUMBER,
            "events": rows } }),
        SeventeenTrack => json!({ "event": "TRACKING_UPDATED", "data": { "number": NUMBER, "carrier": 100_002, "track_info": {
            "tracking": { "providers": [{ "provider": { "key": 100_002, "name": "UPS" }, "events": rows }] } } } }),
        Ups | Sendcloud => last,
        FedEx => json!({ "output": { "completeTrackResults": [{ "trackingNumber": NUMBER, "trackResults": [
            { "trackingNumberInfo": { "trackingNumber": NUMBER }, "scanEvents": rows }] }] } }),
        Usps => json!({ "trackingNumber": NUMBER, "trackingEvents": rows }),
        Dhl => json!({ "scope": "subscription.push", "shipments": [{ "id": NUMBER, "service": "express", "events": rows }] }),
        Standard => json!({ "type": "parcel.reported", "timestamp": "2026-11-16T17:00:00Z", "data": { "carrier": "ups",
            "number": NUMBER, "full_history": true, "scans": rows } }),
    }
}

/// A row that says that a parcel came to a place on its way, in the form of its source.
pub fn row(source: CarrierSource, at: &Value, text: &str, place: &str) -> Value {
    let in_us = json!({ "city": place, "country": "US", "countryCode": "US" });
    let row = match source {
        EasyPost => json!({ "datetime": at, "message": text, "tracking_location": in_us }),
        Shippo => json!({ "status_date": at, "status_details": text, "location": in_us }),
        AfterShip => json!({ "checkpoint_time": at, "message": text, "city": place, "country_iso3": "USA" }),
        ShipEngine => json!({ "occurred_at": at, "description": text, "city_locality": place, "country_code": "US" }),
        Karrio => json!({ "timestamp": at, "description": text, "location": place }),
        SeventeenTrack => json!({ "time_utc": at, "description": text, "location": place, "address": in_us }),
        Ups => {
            let digits = at.as_str().unwrap_or_default().replace(['-', ':', 'Z'], "");
            let (date, clock) = digits.split_once('T').unwrap_or((&digits, ""));
            json!({ "trackingNumber": NUMBER, "gmtActivityDate": date, "gmtActivityTime": clock,
                "activityStatus": { "description": text }, "activityLocation": in_us })
        }
        Sendcloud => {
            let milliseconds = at.as_str().and_then(|at| at.parse().ok()).map(jiff::Timestamp::as_millisecond);
            json!({ "action": "parcel_status_changed", "carrier_status_change_timestamp": milliseconds.map_or(at.clone(), Value::from),
                "parcel": { "tracking_number": NUMBER, "carrier": { "code": "ups" }, "status": { "message": text } } })
        }
        FedEx => json!({ "date": at, "eventDescription": text, "scanLocation": in_us }),
        Usps => json!({ "GMTTimestamp": at, "eventType": text, "eventCity": place }),
        Dhl => json!({ "timestamp": at, "description": text,
            "location": { "address": { "countryCode": "US", "addressLocality": place } } }),
        Standard => json!({ "at": at, "text": text, "place": place }),
    };
    match source {
        EasyPost => saying(source, row, "in_transit", "arrived_at_facility"),
        Shippo => saying(source, row, "TRANSIT", "package_arrived"),
        AfterShip => saying(source, row, "InTransit", "InTransit_003"),
        ShipEngine => saying(source, row, "IT", "HUB_SCAN_IN"),
        Karrio => saying(source, row, "in_transit", ""),
        SeventeenTrack => saying(source, row, "Arrival", ""),
        Ups => saying(source, row, "I", "005"),
        Sendcloud => saying(source, row, "62990", ""),
        FedEx => saying(source, row, "AR", ""),
        Usps => saying(source, row, "10", ""),
        Dhl => saying(source, row, "transit", ""),
        Standard => saying(source, row, "in_transit", "arrived"),
    }
}

/// The row with these two words instead of its own.
pub fn saying(source: CarrierSource, mut row: Value, general: &str, finer: &str) -> Value {
    let (general_field, finer_field) = match source {
        EasyPost => ("status", "status_detail"),
        Shippo => ("status", "substatus"),
        AfterShip => ("tag", "subtag"),
        ShipEngine => ("status_code", "status_detail_code"),
        Karrio => ("status", "reason"),
        SeventeenTrack => ("stage", "sub_status"),
        Ups => {
            row["activityStatus"]["type"] = json!(general);
            row["activityStatus"]["descriptionCode"] = json!(finer);
            return row;
        }
        Sendcloud => {
            row["parcel"]["status"]["id"] = json!(general);
            return row;
        }
        FedEx => ("eventType", "exceptionCode"),
        Usps => ("eventCode", "additionalProp"),
        Dhl => ("statusCode", "typeCode"),
        Standard => ("status", "sub"),
    };
    row[general_field] = json!(general);
    row[finer_field] = if source == Shippo { json!({ "code": finer }) } else { json!(finer) };
    row
}

/// The code that a scan of such a row keeps.
pub fn code(source: CarrierSource) -> &'static str {
    match source {
        EasyPost => "in_transit/arrived_at_facility",
        Shippo => "TRANSIT/package_arrived",
        AfterShip => "InTransit/InTransit_003",
        ShipEngine => "IT/HUB_SCAN_IN",
        Karrio => "in_transit",
        SeventeenTrack => "Arrival",
        Ups => "I/005",
        Sendcloud => "62990",
        FedEx => "AR",
        Usps => "10",
        Dhl => "transit",
        Standard => "in_transit/arrived",
    }
}

/// The general word of a label that was made.
pub fn label(source: CarrierSource) -> &'static str {
    match source {
        EasyPost => "pre_transit",
        Shippo => "PRE_TRANSIT",
        AfterShip | SeventeenTrack => "InfoReceived",
        ShipEngine => "NY",
        Karrio => "pending",
        Ups => "M",
        Sendcloud => "1",
        FedEx => "OC",
        Usps => "GX",
        Dhl => "pre-transit",
        Standard => "info_received",
    }
}

/// A body as bytes: the US post writes its own into an envelope.
pub fn written(source: CarrierSource, body: &Value) -> Vec<u8> {
    match source {
        Usps => json!({ "subscriptionType": "TRACKING", "timestamp": now().to_string(), "payload": body.to_string() }),
        _ => body.clone(),
    }
    .to_string()
    .into_bytes()
}
