//! FedEx Advanced Integrated Visibility: what the Track API would answer, pushed, and signed over the body alone.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    status::{Status as S, SubStatus},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, List, Mac, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "HMAC-SHA256 of the body",
    topics: &[
        Topic { name: "output.completeTrackResults", used_for: "scans, expected day" },
        Topic { name: "anything else", used_for: "" },
    ],
    codes,
};

const SIGNATURE: &str = "fdx-signature";

/// FedEx writes that the signature is base64, and its example makes it hexadecimal. It signs no time.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::sealed_body(delivery, SIGNATURE, Mac::from_either, &signatures::keys(secrets, Key::of_text))
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&Key::of_text(secret)?, &[], delivery.body).to_base64()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    output: Part<Output>,
    errors: List<Part<ErrorBody>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Output {
    complete_track_results: List<Part<CompleteResult>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CompleteResult {
    tracking_number: Field,
    track_results: List<Part<TrackResult>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TrackResult {
    tracking_number_info: Part<NumberInfo>,
    latest_status_detail: Part<LatestStatus>,
    date_and_times: List<Part<DateAndTime>>,
    estimated_delivery_time_window: Part<TimeWindow>,
    standard_transit_time_window: Part<TimeWindow>,
    delivery_details: Part<DeliveryDetails>,
    service_detail: Part<ServiceDetail>,
    recipient_information: Part<Recipient>,
    scan_events: List<Part<ScanEvent>>,
    error: Part<ErrorBody>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NumberInfo {
    tracking_number: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LatestStatus {
    code: Field,
    derived_code: Field,
    ancillary_details: List<Part<Ancillary>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ancillary {
    reason: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DateAndTime {
    r#type: Field,
    date_time: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TimeWindow {
    window: Part<Window>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Window {
    ends: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DeliveryDetails {
    signed_by_name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServiceDetail {
    description: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Recipient {
    address: Part<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    city: Field,
    state_or_province_code: Field,
    country_code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScanEvent {
    date: Field,
    event_type: Field,
    event_description: Field,
    exception_code: Field,
    exception_description: Field,
    derived_status_code: Field,
    scan_location: Part<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let envelope: Envelope = verified.json()?;
    match envelope.output.get().filter(|output| output.complete_track_results.is_given()) {
        Some(output) => {
            Ok(CarrierParsed::Reports(meaning::newest_lives(reports(output, Heard::delivered(None, verified.received_at()))?)))
        }
        None => Ok(unknown("")),
    }
}

/// A question is answered in the same words as a delivery.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let envelope: Envelope = answered.json()?;
    if let Some((_, error)) = envelope.errors.rows().next() {
        return meaning::nothing_or(is_not_found(error), "errors");
    }
    Ok(meaning::answer(reports(envelope.output.required("output")?, Heard::asked(None, answered.received_at()))?))
}

fn is_not_found(error: &ErrorBody) -> bool {
    error.code.text().is_some_and(|code| code.ends_with(".NOTFOUND"))
}

/// Every result with something in it: of a number that is not known there is an error in its place.
fn reports(output: &Output, heard: Heard) -> Result<Vec<ParcelReport>, BadDelivery> {
    let mut reports = Vec::new();
    for (nth, complete) in output.complete_track_results.rows() {
        for (at, result) in complete.track_results.rows() {
            let has_scans = result.scan_events.rows().next().is_some();
            match result.error.get().filter(|error| error.code.text().is_some() && !has_scans) {
                Some(error) if is_not_found(error) => {}
                Some(_) => {
                    let path = format!("output.completeTrackResults[{nth}].trackResults[{at}].error");
                    return Err(BadDelivery::bad(path, "says that the question failed"));
                }
                None => {
                    let path = format!("output.completeTrackResults[{nth}].trackingNumber");
                    reports.push(result.report(&complete.tracking_number, &path, heard)?);
                }
            }
        }
    }
    meaning::bounded(reports, "output.completeTrackResults")
}

impl TrackResult {
    fn report(&self, asked: &Field, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
        let own = self.tracking_number_info.get().map(|info| info.tracking_number.clone()).unwrap_or_default();
        let parcel = meaning::name(&Field::of("fedex"), own.or(asked), path)?;
        let is_signed = self.delivery_details.get().is_some_and(|details| details.signed_by_name.text().is_some());
        let destination = || self.recipient_information.get()?.address.get()?.place().zone(None);
        let nowhere = Address::default();
        let mut gathered = Gathered::default();
        for (_, event) in self.scan_events.rows() {
            let place = event.scan_location.get().unwrap_or(&nowhere).place();
            let said = read(&event.event_type, &event.exception_code, &event.derived_status_code, is_signed);
            // Of a delay the reason says more than the event's own words.
            let text = event.exception_description.or(&event.event_description);
            gathered.tell(event.time(&place, destination, heard.received_at), said, text, place.line());
        }
        if let Some(latest) = self.latest_status_detail.get() {
            let reason = latest.ancillary_details.rows().next().map(|(_, detail)| detail.reason.clone()).unwrap_or_default();
            gathered.tell_state(read(&latest.code, &reason, &latest.derived_code, is_signed), None);
        }
        let is_full_history = gathered.is_whole(&self.scan_events);
        Ok(gathered.report(Message {
            source: "fedex",
            parcel,
            heard,
            is_full_history,
            expected: self.expected(),
            service: self.service_detail.get().and_then(|service| service.description.cut(SERVICE_CHARS_MAX)),
            last_mile: None,
        }))
    }

    /// The day of the estimate, or of the service's own promise. A day alone is written as midnight in Memphis, so that only the
    /// day that is written counts.
    fn expected(&self) -> Option<Date> {
        let window = |window: &Part<TimeWindow>| window.get()?.window.get()?.ends.date();
        let told = self.date_and_times.rows().find(|(_, date)| date.r#type.text() == Some("ESTIMATED_DELIVERY"));
        window(&self.estimated_delivery_time_window)
            .or_else(|| told.and_then(|(_, date)| date.date_time.date()))
            .or_else(|| window(&self.standard_transit_time_window))
    }
}

impl ScanEvent {
    /// With an offset, or by the clock of the place. Midnight in Memphis is a day alone, wherever it was scanned.
    fn time(
        &self,
        place: &Place,
        destination: impl FnOnce() -> Option<Zone>,
        received_at: Timestamp,
    ) -> Result<(Timestamp, bool), Untimely> {
        let told = match self.date.text().and_then(|text| text.strip_suffix(MEMPHIS_MIDNIGHT)) {
            Some(day) => Told::read(&Field::of(day)),
            None => Told::read(&self.date),
        };
        told?.resolve(|| place.zone(None), destination, received_at)
    }
}

const MEMPHIS_MIDNIGHT: &str = "T00:00:00-06:00";

impl Address {
    fn place(&self) -> Place {
        Place::of(&self.city, &self.state_or_province_code, &self.country_code)
    }
}

/// What an arrival is when somebody signed, which stands beside the history and not in it.
const SIGNED: &str = "signed";

/// The event and its exception; the status that FedEx derives from them is kept where the event is a new one.
fn read(event: &Field, exception: &Field, derived: &Field, is_signed: bool) -> (Meaning, String) {
    let plain = meaning::code(event, exception, None);
    let meaning = of_code(&plain);
    if meaning == Meaning::none() {
        let derived = derived.text().filter(|code| meaning::of(DERIVED, Some(code)).is_some());
        let code = meaning::code(event, exception, derived);
        return (of_code(&code), code);
    }
    if is_signed && meaning == Meaning::of(S::Delivered, "other") {
        let code = meaning::code(event, exception, Some(SIGNED));
        return (of_code(&code), code);
    }
    (meaning, plain)
}

/// The meaning of a kept code.
fn of_code(code: &str) -> Meaning {
    let (event, exception, refined) = meaning::words(code);
    let meaning = match (meaning::of(EVENTS, event), exception) {
        (Some(_), Some(exception)) if event == Some(FAILED) => {
            meaning::of(EXCEPTIONS, Some(exception)).unwrap_or(Meaning::unsure(S::AttemptFailed))
        }
        (Some(meaning), _) => meaning,
        (None, _) => Meaning::none(),
    };
    match refined {
        None => meaning,
        Some(SIGNED) if meaning.status == S::Delivered => Meaning { sub: SIGNED, ..meaning },
        Some(derived) if meaning == Meaning::none() => {
            meaning::of(DERIVED, Some(derived)).map_or(Meaning::none(), |general| Meaning::unsure(general.status))
        }
        Some(_) => Meaning::none(),
    }
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    let known = |(_, status, _): &&Row| *status != S::Pending;
    let derived = DERIVED.iter().filter(known).map(|(code, status, _)| CodeMeaning {
        code: format!("?+{code}"),
        status: *status,
        sub: SubStatus::other(),
    });
    let failed = |exception: &str| format!("{FAILED}/{exception}");
    [meaning::codes(EVENTS, str::to_owned), meaning::codes(EXCEPTIONS, failed), derived.collect()].concat()
}

/// The event whose exception decides.
const FAILED: &str = "DE";

const EVENTS: &[Row] = &[
    ("OC", S::InfoReceived, "label_created"),
    ("MD", S::InfoReceived, "label_created"),
    ("EP", S::InfoReceived, "label_created"),
    ("PU", S::InTransit, "picked_up"),
    ("PX", S::InTransit, "picked_up"),
    ("AP", S::InTransit, "picked_up"),
    ("OF", S::InTransit, "arrived"),
    ("AR", S::InTransit, "arrived"),
    ("AA", S::InTransit, "arrived"),
    ("AF", S::InTransit, "arrived"),
    ("FD", S::InTransit, "arrived"),
    ("SF", S::InTransit, "arrived"),
    ("AX", S::InTransit, "arrived"),
    ("AC", S::InTransit, "arrived"),
    ("DP", S::InTransit, "departed"),
    ("LO", S::InTransit, "departed"),
    ("EA", S::InTransit, "departed"),
    ("EO", S::InTransit, "departed"),
    ("IT", S::InTransit, "other"),
    ("IX", S::InTransit, "other"),
    ("PF", S::InTransit, "other"),
    ("PL", S::InTransit, "other"),
    ("PM", S::InTransit, "other"),
    ("TR", S::InTransit, "other"),
    // It comes on time, or early.
    ("AO", S::InTransit, "edd_updated"),
    ("AE", S::InTransit, "edd_updated"),
    ("CC", S::InTransit, "customs_cleared"),
    ("CP", S::InTransit, "customs_cleared"),
    ("OD", S::OutForDelivery, "on_vehicle"),
    ("ED", S::OutForDelivery, "on_vehicle"),
    ("AD", S::OutForDelivery, "on_vehicle"),
    ("HL", S::AvailableForPickup, "depot"),
    ("HP", S::AvailableForPickup, "depot"),
    ("HA", S::Exception, "held"),
    ("DL", S::Delivered, "other"),
    (FAILED, S::AttemptFailed, "other"),
    ("SE", S::Exception, "other"),
    ("CD", S::Exception, "delayed_customs"),
    ("DY", S::Exception, "delayed_carrier"),
    ("DD", S::Exception, "delayed_carrier"),
    ("PY", S::Exception, "delayed_carrier"),
    ("CA", S::Cancelled, "other"),
    ("RD", S::Cancelled, "voided"),
    ("RS", S::Returning, "in_transit"),
    ("RT", S::Returning, "requested"),
];

/// Why a delivery failed.
const EXCEPTIONS: &[Row] = &[
    ("03", S::Exception, "address_incorrect"),
    ("07", S::Exception, "refused"),
    ("08", S::AttemptFailed, "recipient_unavailable"),
];

/// The few that FedEx derives, as a fallback. `IN` is a label made (initiated), not a parcel that is in.
const DERIVED: &[Row] = &[
    ("IN", S::InfoReceived, "other"),
    ("PU", S::InTransit, "other"),
    ("IT", S::InTransit, "other"),
    ("OD", S::OutForDelivery, "other"),
    ("HL", S::AvailableForPickup, "other"),
    ("DL", S::Delivered, "other"),
    ("DE", S::AttemptFailed, "other"),
    ("SE", S::Exception, "other"),
    ("DY", S::Exception, "other"),
    ("CA", S::Cancelled, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        [EVENTS, EXCEPTIONS, DERIVED].into_iter().for_each(meaning::tests::check_table);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn a_new_event_means_what_fedex_derives_from_it() {
        let said = |event: &str, exception: &str, derived: &str, is_signed: bool| {
            let (meaning, code) = read(&Field::of(event), &Field::of(exception), &Field::of(derived), is_signed);
            assert_eq!(of_code(&code), meaning);
            (code, meaning)
        };
        assert_eq!(said("DE", "07", "DE", false), ("DE/07".to_owned(), Meaning::of(S::Exception, "refused")));
        assert_eq!(said("DE", "A47", "DE", false), ("DE/A47".to_owned(), Meaning::unsure(S::AttemptFailed)));
        assert_eq!(said("DY", "A52", "DY", false), ("DY/A52".to_owned(), Meaning::of(S::Exception, "delayed_carrier")));
        assert_eq!(said("ZZ", "", "IT", false), ("ZZ+IT".to_owned(), Meaning::unsure(S::InTransit)));
        assert_eq!(said("ZZ", "", "ZZ", false), ("ZZ".to_owned(), Meaning::none()));
        assert_eq!(said("OC", "", "IN", false), ("OC".to_owned(), Meaning::of(S::InfoReceived, "label_created")));
        assert_eq!(said("DL", "", "DL", true), ("DL+signed".to_owned(), Meaning::of(S::Delivered, "signed")));
        assert_eq!(said("IT", "", "IT", true).0, "IT");
        assert_eq!(["", "ZZ", "ZZ+ZZ", "IT+signed", "IT+DL"].map(reread), [const { None }; 5]);
    }
}
