//! Sendcloud: what one parcel is now, a status a delivery and no history, signed over the body alone.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::status::{Status as S, SubStatus};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, Mac, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: None,
    grant: None,
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "HMAC-SHA256 of the body",
    topics: &[
        Topic { name: "parcel_status_changed", used_for: "one scan" },
        Topic { name: "return_created", used_for: "" },
        Topic { name: "integration_*, test_webhook", used_for: "" },
    ],
    codes,
};

const SIGNATURE: &str = "Sendcloud-Signature";

/// Hexadecimal digits of the HMAC of the body, under the integration's secret key or its webhook signature key as it is shown. The
/// time stands in the body and nobody but the body signs it, so that an old delivery may come again; one told twice changes nothing.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::sealed_body(delivery, SIGNATURE, Mac::from_hex, &signatures::keys(secrets, Key::of_text))
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&Key::of_text(secret)?, &[], delivery.body).to_hex()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    action: Field,
    timestamp: Field,
    /// Since when the carrier says so; it may be null.
    carrier_status_change_timestamp: Field,
    parcel: Part<Parcel>,
}

/// Whom and where it goes to is not read: the country is the destination's and not the scan's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Parcel {
    tracking_number: Field,
    carrier: Part<Carrier>,
    status: Part<Status>,
    shipment: Part<Shipment>,
    is_return: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Carrier {
    code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    id: Field,
    message: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shipment {
    name: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.action.text().unwrap_or_default();
    if topic != "parcel_status_changed" {
        return Ok(unknown(topic));
    }
    let parcel = event.parcel.required("parcel")?;
    let status = parcel.status.required("parcel.status")?;
    let said = read(&status.id, parcel.is_return.is_true());
    // Before its label is made a parcel has no number, and Sendcloud tells of it all the same (seen with 1001).
    if parcel.tracking_number.text().is_none() && said.0.is_known && !has_left(said.0.status) {
        return Ok(CarrierParsed::Reports(Vec::new()));
    }
    let carrier = parcel.carrier.get().map(|carrier| carrier.code.clone()).unwrap_or_default();
    let received_at = verified.received_at();
    let mut gathered = Gathered::default();
    let moment = event.carrier_status_change_timestamp.or(&event.timestamp);
    gathered.tell(resolve(moment, received_at), said, &status.message, String::new());
    Ok(CarrierParsed::Reports(vec![gathered.report(Message {
        source: "sendcloud",
        parcel: meaning::name(&carrier, &parcel.tracking_number, "parcel.tracking_number")?,
        heard: Heard::delivered(resolve(&event.timestamp, received_at).ok().map(|(at, _)| at), received_at),
        is_full_history: false,
        expected: None,
        service: parcel.shipment.get().and_then(|shipment| shipment.name.cut(SERVICE_CHARS_MAX)),
        last_mile: None,
    })]))
}

/// Whether something of this status cannot be without a number.
fn has_left(status: S) -> bool {
    !matches!(status, S::Pending | S::InfoReceived | S::Cancelled)
}

/// Milliseconds since 1970.
fn resolve(field: &Field, received_at: Timestamp) -> Result<(Timestamp, bool), Untimely> {
    let milliseconds = field.text().ok_or(Untimely::Missing)?.parse().map_err(|_| Untimely::Impossible)?;
    let at = Timestamp::from_millisecond(milliseconds).map_err(|_| Untimely::Impossible)?;
    Told::Moment(at).resolve(|| None, || None, received_at)
}

/// What a parcel's status is refined by when the parcel goes from the customer to the shop.
const RETURN: &str = "return";

/// What a status means, and the code that a scan keeps of it.
fn read(id: &Field, is_return: bool) -> (Meaning, String) {
    let code = meaning::code(id, &Field::default(), is_return.then_some(RETURN));
    (of_code(&code), code)
}

/// The meaning of a kept code: of the status in it, and of which way the parcel went.
fn of_code(code: &str) -> Meaning {
    let (id, way) = match meaning::words(code) {
        (id, None, way @ (None | Some(RETURN))) => (id, way),
        _ => return Meaning::none(),
    };
    match (meaning::of(STATUSES, id), way) {
        (Some(meaning), Some(_)) => back(meaning),
        (Some(meaning), None) => meaning,
        (None, _) => Meaning::none(),
    }
}

/// The same of a return: what arrives with the shop is nothing that arrived with the customer, and its way there is the way back. Its
/// label and its troubles are what they are of any parcel.
fn back(there: Meaning) -> Meaning {
    match there.status {
        S::InTransit | S::AttemptFailed | S::AvailableForPickup => Meaning::of(S::Returning, "in_transit"),
        S::OutForDelivery => Meaning::of(S::Returning, "out_for_delivery"),
        S::Delivered => Meaning::of(S::Returned, "to_sender"),
        S::Pending | S::Expired | S::InfoReceived | S::Exception | S::Returning | S::Returned | S::Cancelled => there,
    }
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

/// Every status, and those that mean something else of a return.
fn codes() -> Vec<CodeMeaning> {
    let of_return = |row: CodeMeaning| {
        let code = format!("{}+{RETURN}", row.code);
        let meaning = of_code(&code);
        (meaning.status != row.status).then(|| CodeMeaning { code, status: meaning.status, sub: meaning.sub() })
    };
    let there = meaning::codes(STATUSES, str::to_owned);
    let back = there.iter().cloned().filter_map(of_return);
    there.iter().cloned().chain(back).collect()
}

/// Every status of which the number is known, with what Sendcloud calls it. Its documentation has the words alone; the numbers are those
/// of its API's list as others wrote it down (to 2001: two shop plugins; 62991, 62992, 62996: one shop's notes; the rest of 62989 to
/// 62995 was told and not seen). Others (an invalid address, a forced delivery) are counted until theirs are known.
const STATUSES: &[Row] = &[
    // Announced.
    ("1", S::InfoReceived, "label_created"),
    // En route to sorting center.
    ("3", S::InTransit, "other"),
    // Delivery delayed.
    ("4", S::Exception, "delayed_carrier"),
    // Sorted.
    ("5", S::InTransit, "other"),
    // Not sorted.
    ("6", S::InTransit, "other"),
    // Being sorted: it is at the hub.
    ("7", S::InTransit, "arrived"),
    // Delivery attempt failed: documented as nobody at home.
    ("8", S::AttemptFailed, "recipient_unavailable"),
    // Delivered.
    ("11", S::Delivered, "other"),
    // Awaiting customer pickup.
    ("12", S::AvailableForPickup, "pickup_point"),
    // Announced: not collected.
    ("13", S::InfoReceived, "awaiting_pickup"),
    // Error collecting.
    ("15", S::InfoReceived, "pickup_failed"),
    // Shipment picked up by driver.
    ("22", S::InTransit, "picked_up"),
    // Unable to deliver.
    ("80", S::Exception, "undeliverable"),
    // Parcel en route.
    ("91", S::InTransit, "other"),
    // Driver en route.
    ("92", S::OutForDelivery, "on_vehicle"),
    // Shipment collected by customer.
    ("93", S::Delivered, "collected"),
    // No label.
    ("999", S::Pending, "other"),
    // Ready to send.
    ("1000", S::InfoReceived, "label_created"),
    // Being announced: there is no label yet.
    ("1001", S::Pending, "other"),
    // Announcement failed: neither is there, and the shop sees it in Sendcloud.
    ("1002", S::Pending, "other"),
    // Unknown status: the carrier's own page says more.
    ("1337", S::Pending, "other"),
    // Cancelled upstream.
    ("1998", S::Cancelled, "voided"),
    // Cancellation requested: a wish, which the carrier may not grant.
    ("1999", S::Pending, "other"),
    // Cancelled.
    ("2000", S::Cancelled, "voided"),
    // Submitting cancellation request.
    ("2001", S::Pending, "other"),
    // At customs.
    ("62989", S::InTransit, "customs_started"),
    // At sorting centre.
    ("62990", S::InTransit, "arrived"),
    // Refused by recipient.
    ("62991", S::Exception, "refused"),
    // Returned to sender: whether it turns around or is there is not said. What is delivered after it is back.
    ("62992", S::Returning, "in_transit"),
    // Delivery method changed.
    ("62993", S::InTransit, "other"),
    // Delivery date changed.
    ("62994", S::InTransit, "rescheduled"),
    // Delivery address changed.
    ("62995", S::InTransit, "forwarded"),
    // Exception.
    ("62996", S::Exception, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(STATUSES);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
        assert_eq!(["", "10", "11/return", "11+signed", "+return", "10+return"].map(reread), [const { None }; 6]);
    }

    #[test]
    fn what_arrives_with_the_shop_never_arrived_with_the_customer() {
        let said = |id: &str, is_return| {
            let (meaning, code) = read(&Field::of(id), is_return);
            (meaning.status, meaning.sub, code)
        };
        assert_eq!(said("11", false), (S::Delivered, "other", "11".to_owned()));
        assert_eq!(said("11", true), (S::Returned, "to_sender", "11+return".to_owned()));
        assert_eq!(said("92", true), (S::Returning, "out_for_delivery", "92+return".to_owned()));
        assert_eq!(said("12", true), (S::Returning, "in_transit", "12+return".to_owned()));
        assert_eq!(said("1", true), (S::InfoReceived, "label_created", "1+return".to_owned()));
        let arrives = |(id, ..): &&Row| matches!(read(&Field::of(id), true).0.status, S::Delivered | S::AvailableForPickup);
        assert_eq!(STATUSES.iter().find(arrives), None);
    }
}
