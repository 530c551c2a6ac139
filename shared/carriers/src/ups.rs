//! UPS Track Alert: one event at a time, known by a secret of ours that UPS sends along, or by a token it got from us.

mod tables;

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    carrier,
    id::TrackingNumber,
    order::ParcelName,
    parcel::ParcelReport,
    status::{Status as S, SubStatus},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, List, Part, Refusal, Verified};
use tables::{DIGITS, LETTERS, TYPES};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: Some(signatures::grant),
    sign: |_, _, secret| vec![(CREDENTIAL, secret.to_owned())],
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "the secret itself, as `credential` or `x-api-key`, or a token that our door gave for it",
    topics: &[
        Topic { name: "a package's activity", used_for: "one scan, expected day, last leg" },
        Topic { name: "anything else", used_for: "" },
    ],
    codes,
};

/// What UPS repeats of the subscription (first version).
const CREDENTIAL: &str = "credential";
/// What it sends when it is set up in its portal (second version), beside a token or without one.
const API_KEY: &str = "x-api-key";
const AUTHORIZATION: &str = "authorization";

/// A token that is there must be right: falling back to a name beside it would make the token worth nothing. Of a secret that is
/// a client's, `id:secret`, the id alone is no proof, so that `x-api-key` must be a whole secret.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    if let Some(header) = delivery.headers.get(AUTHORIZATION) {
        let (scheme, token) = header.trim().split_once(' ').ok_or(Refusal::BadSignature)?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        return if is_bearer { signatures::granted(delivery, token, secrets) } else { Err(Refusal::BadSignature) };
    }
    let header = if delivery.headers.get(CREDENTIAL).is_some() { CREDENTIAL } else { API_KEY };
    signatures::password(delivery, header, secrets)
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Alert {
    tracking_number: Field,
    local_activity_date: Field,
    local_activity_time: Field,
    activity_location: Part<ActivityLocation>,
    activity_status: Part<ActivityStatus>,
    scheduled_delivery_date: Field,
    gmt_activity_date: Field,
    gmt_activity_time: Field,
    gmt_offset: Field,
    alternate_tracking_number: Field,
    received_by: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ActivityLocation {
    city: Field,
    state_province: Field,
    country: Field,
    country_code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ActivityStatus {
    r#type: Field,
    code: Field,
    description: Field,
    /// Of an alert.
    description_code: Field,
    /// Of an answer, which also has `simplifiedTextDescription`.
    status_code: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let alert: Alert = verified.json()?;
    let Some(status) = alert.activity_status.get() else {
        return Ok(unknown(""));
    };
    let received_at = verified.received_at();
    let parcel = meaning::name(&Field::of("ups"), &alert.tracking_number, "trackingNumber")?;
    let nowhere = ActivityLocation::default();
    let place = alert.activity_location.get().unwrap_or(&nowhere).place();
    let clocks = Clocks {
        gmt: (&alert.gmt_activity_date, &alert.gmt_activity_time),
        local: (&alert.local_activity_date, &alert.local_activity_time),
        offset: &alert.gmt_offset,
    };
    let mut gathered = Gathered::default();
    let said = read(status, alert.received_by.text().is_some());
    let has_arrived = said.0.status == S::Delivered;
    gathered.tell(clocks.resolve(&place, received_at), said, &status.description, place.line());
    Ok(CarrierParsed::Reports(vec![gathered.report(Message {
        source: "ups",
        last_mile: postal(&alert.alternate_tracking_number, &parcel.1),
        parcel,
        heard: Heard::delivered(None, received_at),
        is_full_history: false,
        // With an arrival UPS repeats the day it first planned.
        expected: day(&alert.scheduled_delivery_date).filter(|_| !has_arrived),
        service: None,
    })]))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    track_response: Part<TrackResponse>,
    response: Part<Failure>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure {
    errors: List<Part<ErrorBody>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackResponse {
    shipment: List<Part<Shipment>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Shipment {
    inquiry_number: Field,
    package: List<Part<Package>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Package {
    tracking_number: Field,
    current_status: Part<ActivityStatus>,
    activity: List<Part<Activity>>,
    delivery_date: List<Part<DeliveryDate>>,
    delivery_information: Part<DeliveryInformation>,
    alternate_tracking_number: List<Part<AlternateNumber>>,
    service: Part<Service>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Activity {
    date: Field,
    time: Field,
    gmt_date: Field,
    gmt_time: Field,
    gmt_offset: Field,
    location: Part<Location>,
    status: Part<ActivityStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    address: Part<ActivityLocation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DeliveryDate {
    r#type: Field,
    date: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DeliveryInformation {
    received_by: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AlternateNumber {
    number: Field,
    r#type: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Service {
    description: Field,
}

/// A question for a number is answered with a shipment of all its packages, each with its whole history. Of a number that is not
/// known there is a warning where the packages would be.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let answer: Answer = answered.json()?;
    if let Some((_, error)) = answer.response.get().and_then(|failure| failure.errors.rows().next()) {
        // "Invalid tracking number" and "tracking information not found".
        return meaning::nothing_or(matches!(error.code.text(), Some("151018" | "TW0001")), "response.errors");
    }
    let mut reports = Vec::new();
    for (nth, shipment) in answer.track_response.required("trackResponse")?.shipment.rows() {
        for (at, package) in shipment.package.rows() {
            let path = format!("trackResponse.shipment[{nth}].package[{at}].trackingNumber");
            reports.push(package.report(&shipment.inquiry_number, &path, answered.received_at())?);
        }
    }
    Ok(meaning::answer(meaning::bounded(reports, "trackResponse.shipment")?))
}

impl Package {
    fn report(&self, inquiry: &Field, path: &str, received_at: Timestamp) -> Result<ParcelReport, BadDelivery> {
        let parcel = meaning::name(&Field::of("ups"), self.tracking_number.or(inquiry), path)?;
        let is_signed = self.delivery_information.get().is_some_and(|told| told.received_by.text().is_some());
        let (nowhere, nothing) = (ActivityLocation::default(), ActivityStatus::default());
        let mut gathered = Gathered::default();
        for (_, activity) in self.activity.rows() {
            let place = activity.location.get().and_then(|location| location.address.get()).unwrap_or(&nowhere).place();
            let clocks = Clocks {
                gmt: (&activity.gmt_date, &activity.gmt_time),
                local: (&activity.date, &activity.time),
                offset: &activity.gmt_offset,
            };
            let status = activity.status.get().unwrap_or(&nothing);
            gathered.tell(clocks.resolve(&place, received_at), read(status, is_signed), &status.description, place.line());
        }
        if let Some(status) = self.current_status.get() {
            gathered.tell_state(read(status, is_signed), None);
        }
        let is_full_history = gathered.is_whole(&self.activity);
        let alternate = self.alternate_tracking_number.rows().find(|(_, other)| other.r#type.text() == Some("USPS_PIC"));
        Ok(gathered.report(Message {
            source: "ups",
            last_mile: alternate.and_then(|(_, other)| postal(&other.number, &parcel.1)),
            parcel,
            heard: Heard::asked(None, received_at),
            is_full_history,
            expected: self.expected(),
            service: self.service.get().and_then(|service| service.description.cut(SERVICE_CHARS_MAX)),
        }))
    }

    /// The day it is scheduled for, or was moved to, which counts more. `DEL` is the day on which it came.
    fn expected(&self) -> Option<Date> {
        let of = |kind: &str| {
            self.delivery_date.rows().find(|(_, date)| date.r#type.text() == Some(kind)).and_then(|(_, date)| day(&date.date))
        };
        of("RDD").or_else(|| of("SDD"))
    }
}

/// The clocks that UPS writes beside each other. Each may be blank.
struct Clocks<'a> {
    gmt: (&'a Field, &'a Field),
    local: (&'a Field, &'a Field),
    offset: &'a Field,
}

impl Clocks<'_> {
    /// Greenwich when both halves are there; else the local one with its offset, or that of the place.
    fn resolve(&self, place: &Place, received_at: Timestamp) -> Result<(Timestamp, bool), Untimely> {
        let has_gmt = self.gmt.0.text().is_some() && self.gmt.1.text().is_some();
        let told = if has_gmt {
            Told::of_two(self.gmt.0, self.gmt.1)?.in_utc()
        } else {
            Told::of_two(self.local.0, self.local.1)?.with_offset(self.offset)
        };
        told.resolve(|| place.zone(None), || None, received_at)
    }
}

impl ActivityLocation {
    fn place(&self) -> Place {
        Place::of(&self.city, &self.state_province, self.country_code.or(&self.country))
    }
}

fn day(field: &Field) -> Option<Date> {
    field.text()?.parse().ok()
}

/// The US post's number of a parcel that it brings for UPS: other numbers beside are UPS' own.
fn postal(number: &Field, own: &TrackingNumber) -> Option<ParcelName> {
    let read = TrackingNumber::read(number.text()?).ok()?;
    if carrier::guess(&read).as_str() != "usps" {
        return None;
    }
    meaning::last_mile(&Field::of("usps"), number, own)
}

/// What an arrival is when somebody took it, whose name stands beside the words.
const SIGNED: &str = "signed";

/// UPS' three words as a code: the type, the three digits, and after them the two letters. An alert and an answer of one scan make
/// the same code.
fn read(status: &ActivityStatus, is_signed: bool) -> (Meaning, String) {
    let digits = status.description_code.or(&status.status_code);
    let letters = status.code.text().filter(|code| code.len() <= 4 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
    let code = meaning::code(&status.r#type, digits, letters);
    let meaning = of_code(&code);
    if !(is_signed && meaning.is_known && (meaning.status, meaning.sub) == (S::Delivered, "other")) {
        return (meaning, code);
    }
    let code = meaning::code(&status.r#type, digits, Some(&format!("{}{SIGNED}", letters.unwrap_or_default())));
    (of_code(&code), code)
}

/// The meaning of a kept code: the digits decide, then the letters, then the type.
fn of_code(code: &str) -> Meaning {
    let (kind, digits, letters) = meaning::words(code);
    let (letters, is_signed) = match letters.and_then(|letters| letters.strip_suffix(SIGNED)) {
        Some(letters) => (Some(letters).filter(|letters| !letters.is_empty()), true),
        None => (letters, false),
    };
    let known = meaning::of(DIGITS, digits).or_else(|| meaning::of(LETTERS, letters));
    let meaning = known.unwrap_or_else(|| match meaning::of(TYPES, kind) {
        // The type alone is general: what it leaves open is counted.
        Some(meaning) if digits.is_some() || letters.is_some() => Meaning { is_known: false, ..meaning },
        Some(meaning) => meaning,
        None => Meaning::none(),
    });
    match (is_signed, meaning.status) {
        (true, S::Delivered) => Meaning { sub: SIGNED, ..meaning },
        (true, _) => Meaning::none(),
        (false, _) => meaning,
    }
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    [
        meaning::codes(TYPES, str::to_owned),
        meaning::codes(DIGITS, |digits| format!("I/{digits}")),
        meaning::codes(LETTERS, |letters| format!("I+{letters}")),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        [TYPES, LETTERS, DIGITS].into_iter().for_each(meaning::tests::check_table);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn the_digits_decide_then_the_letters_then_the_type() {
        assert_eq!(of_code("I/021+OT"), Meaning::of(S::OutForDelivery, "on_vehicle"));
        assert_eq!(of_code("D/021+OT"), Meaning::of(S::OutForDelivery, "on_vehicle"));
        assert_eq!(of_code("D+FS"), Meaning::of(S::Delivered, "other"));
        assert_eq!(of_code("X/003+SR"), Meaning::of(S::InfoReceived, "label_created"));
        assert_eq!(of_code("X/999+ZZ"), Meaning::unsure(S::Exception));
        assert_eq!(of_code("MV"), Meaning::of(S::Cancelled, "voided"));
        // A delivery type alone is no arrival.
        assert_eq!(of_code("D"), Meaning::of(S::InTransit, "other"));
        assert_eq!(of_code("D/999"), Meaning::unsure(S::InTransit));
        assert_eq!(of_code("D/011+FSsigned"), Meaning::of(S::Delivered, "signed"));
        assert_eq!(["", "Q", "Q/999+ZZ", "I/021+OTsigned"].map(reread), [const { None }; 4]);
    }

    #[test]
    fn what_comes_between_the_words_is_never_taken_for_more() {
        let said = |code: &str| {
            let status = ActivityStatus { r#type: Field::of("D"), code: Field::of(code), ..ActivityStatus::default() };
            read(&status, false).1
        };
        assert_eq!(said("FS"), "D+FS");
        assert_eq!(said("FS+signed"), "D");
        assert_eq!(said("signed"), "D");
    }
}
