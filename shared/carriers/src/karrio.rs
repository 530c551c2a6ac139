//! Karrio: trackers of a server of one's own, known by a secret that it sends along as what looks like the id of an event.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    place::zone_of,
    status::{Status as S, SubStatus},
};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, List, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |_, _, secret| vec![(SECRET, secret.to_owned())],
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "the secret itself, as `X-Event-Id`",
    topics: &[
        Topic { name: "tracker_created", used_for: "scans, expected day" },
        Topic { name: "tracker_updated", used_for: "scans, expected day" },
        Topic { name: "shipment_*, pickup_*, order_*, batch_*", used_for: "" },
    ],
    codes,
};

/// Nothing is signed, and nothing is sent twice.
const SECRET: &str = "X-Event-Id";

fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::password(delivery, SECRET, secrets)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    event: Field,
    data: Part<Tracker>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracker {
    carrier_name: Field,
    tracking_number: Field,
    status: Field,
    estimated_delivery: Field,
    info: Part<Info>,
    events: List<Part<TrackEvent>>,
    errors: List<Part<ErrorBody>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Info {
    shipment_service: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackEvent {
    date: Field,
    time: Field,
    timestamp: Field,
    status: Field,
    reason: Field,
    code: Field,
    description: Field,
    location: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.event.text().unwrap_or_default();
    if !matches!(topic, "tracker_created" | "tracker_updated") {
        return Ok(unknown(topic));
    }
    let tracker = event.data.required("data")?;
    Ok(CarrierParsed::Reports(vec![report(tracker, "data.", Heard::delivered(None, verified.received_at()))?]))
}

/// A question for a tracker is answered with what a delivery has as its data.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let tracker: Tracker = answered.json()?;
    if tracker.tracking_number.text().is_none()
        && let Some((_, error)) = tracker.errors.rows().next()
    {
        return meaning::nothing_or(error.code.text() == Some("not_found"), "errors");
    }
    Ok(meaning::answer(vec![report(&tracker, "", Heard::asked(None, answered.received_at()))?]))
}

fn report(tracker: &Tracker, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let parcel = meaning::name(&tracker.carrier_name, &tracker.tracking_number, &format!("{path}tracking_number"))?;
    let is_of_us = matches!(parcel.0.as_str(), "usps" | "ups" | "fedex");
    let mut gathered = Gathered::default();
    for (_, event) in tracker.events.rows() {
        let moment = event.time().and_then(|told| told.resolve(|| event.zone(is_of_us), || None, heard.received_at));
        // Events of servers older than 2025 have only the carrier's own code, of which Karrio itself has several readings.
        let said = read(&event.status, event.reason.or(&event.code));
        gathered.tell(moment, said, &event.description, event.location.text().unwrap_or_default().to_owned());
    }
    gathered.tell_state(read(&tracker.status, &Field::default()), None);
    let is_full_history = gathered.is_whole(&tracker.events);
    Ok(gathered.report(Message {
        source: "karrio",
        parcel,
        heard,
        is_full_history,
        expected: tracker.estimated_delivery.date(),
        service: tracker.info.get().and_then(|info| info.shipment_service.cut(SERVICE_CHARS_MAX)),
        last_mile: None,
    }))
}

impl TrackEvent {
    /// Karrio ends its timestamp with `Z` and means the carrier's clock: it is the date and time beside it, put together. Only when
    /// it differs from them did somebody do the sum.
    fn time(&self) -> Result<Told, Untimely> {
        let local = Told::of_two(&self.date, &self.time);
        match (Told::read(&self.timestamp), local) {
            (Ok(told), Ok(local)) if told.without_zulu(&self.timestamp).wall() == local.wall() => Ok(local),
            (Ok(told @ Told::Moment(_)), _) => Ok(told),
            (_, Ok(local)) => Ok(local),
            (Ok(told), _) => Ok(told),
            (Err(Untimely::Missing), Err(why)) | (Err(why), _) => Err(why),
        }
    }

    /// The zone of a line of which the last part may be a country or a state: `Memphis, TN` is not in Tunisia. Two letters after a
    /// town are a state when the carrier is one of the United States and they are one of theirs; else nobody can tell.
    fn zone(&self, is_of_us: bool) -> Option<Zone> {
        let line = self.location.text()?;
        let last = line.rsplit(',').next()?.trim();
        let state = zone_of("US", Some(last));
        match (state, line.matches(',').count()) {
            (Some(state), 0 | 1) => is_of_us.then_some(state),
            _ => meaning::zone_of_line(line),
        }
    }
}

fn read(status: &Field, reason: &Field) -> (Meaning, String) {
    let code = meaning::code(status, reason, None);
    (of_code(&code), code)
}

/// The meaning of a kept code. A reason says why something went wrong, and nothing where nothing did: carriers' own codes stand
/// in its place then, and are not counted.
fn of_code(code: &str) -> Meaning {
    let (status, reason, refined) = meaning::words(code);
    let Some(general) = meaning::of(STATUSES, status).filter(|_| refined.is_none()) else { return Meaning::none() };
    let is_trouble = matches!(general.status, S::AttemptFailed | S::Exception);
    meaning::of(REASONS, reason).filter(|_| is_trouble).unwrap_or(general)
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    [meaning::codes(STATUSES, str::to_owned), meaning::codes(REASONS, |reason| format!("delivery_failed/{reason}"))].concat()
}

const STATUSES: &[Row] = &[
    ("pending", S::InfoReceived, "other"),
    ("picked_up", S::InTransit, "picked_up"),
    ("in_transit", S::InTransit, "other"),
    ("on_hold", S::Exception, "held"),
    ("delivery_delayed", S::Exception, "delayed_carrier"),
    ("delivery_failed", S::AttemptFailed, "other"),
    ("out_for_delivery", S::OutForDelivery, "on_vehicle"),
    ("ready_for_pickup", S::AvailableForPickup, "pickup_point"),
    ("delivered", S::Delivered, "other"),
    ("return_to_sender", S::Returning, "in_transit"),
    ("cancelled", S::Cancelled, "other"),
    ("unknown", S::Pending, "other"),
];

/// Why a delivery failed, is late or held.
const REASONS: &[Row] = &[
    ("carrier_damaged_parcel", S::Exception, "damaged"),
    ("carrier_sorting_error", S::Exception, "missorted"),
    ("carrier_address_not_found", S::Exception, "address_incorrect"),
    ("carrier_parcel_lost", S::Exception, "lost"),
    ("carrier_not_enough_time", S::Exception, "delayed_carrier"),
    ("carrier_vehicle_issue", S::Exception, "delayed_carrier"),
    ("consignee_refused", S::Exception, "refused"),
    ("consignee_business_closed", S::AttemptFailed, "business_closed"),
    ("consignee_not_available", S::AttemptFailed, "recipient_unavailable"),
    ("consignee_not_home", S::AttemptFailed, "recipient_unavailable"),
    ("consignee_incorrect_address", S::Exception, "address_incorrect"),
    ("consignee_access_restricted", S::AttemptFailed, "no_access"),
    ("customs_delay", S::Exception, "delayed_customs"),
    ("customs_documentation", S::Exception, "customs_info_required"),
    ("customs_duties_unpaid", S::Exception, "duties_unpaid"),
    ("weather_delay", S::Exception, "delayed_weather"),
    ("natural_disaster", S::Exception, "delayed_external"),
    ("delivery_exception_hold", S::Exception, "held"),
    ("delivery_exception_undeliverable", S::Exception, "undeliverable"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(STATUSES);
        meaning::tests::check_table(REASONS);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn a_reason_counts_only_where_something_went_wrong() {
        assert_eq!(of_code("delivery_failed/consignee_refused"), Meaning::of(S::Exception, "refused"));
        assert_eq!(of_code("delivery_delayed/weather_delay"), Meaning::of(S::Exception, "delayed_weather"));
        assert_eq!(of_code("delivered/consignee_not_home"), Meaning::of(S::Delivered, "other"));
        assert_eq!(of_code("in_transit/DP"), Meaning::of(S::InTransit, "other"));
        assert_eq!(of_code("/DP"), Meaning::none());
        assert_eq!(["", "/DP", "beamed", "in_transit+2"].map(reread), [const { None }; 4]);
    }

    #[test]
    fn two_letters_after_a_town_are_a_state_or_nobody_can_tell() {
        let check = |line: &str, is_of_us: bool, want: Option<&str>| {
            let event = TrackEvent { location: Field::of(line), ..TrackEvent::default() };
            assert_eq!(event.zone(is_of_us).map(String::from).as_deref(), want, "{line}");
        };
        check("Memphis, TN", true, Some("America/Chicago"));
        check("Memphis, TN", false, None);
        check("Reno, NV, US", false, Some("America/Los_Angeles"));
        check("Tunis, 1000, TN", false, Some("Africa/Tunis"));
        check("Leeds, GB", false, Some("Europe/London"));
        check("Leeds, GB", true, Some("Europe/London"));
        check("", true, None);
    }
}
