//! ShipEngine and ShipStation's second API: a parcel with all its events, signed with a private key whose public half they publish.

mod details;

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row},
    unknown,
};
use details::DETAILS;
use domain::{
    parcel::ParcelReport,
    status::{Status as S, SubStatus},
};
use jiff::Timestamp;
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, List, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |delivery, _, secret| sign(delivery, secret).unwrap_or_default(),
    reread: |code, _| reread(code),
    headers_read: &[TIME],
    keys_url: Some("https://api.shipengine.com/jwks"),
    // As its documentation asks for.
    answers: Answers { unsigned: 404, bad_signature: 401, stale: 400, within_s: None },
    proof: "RSA-SHA256 of time and body, under its published keys",
    topics: &[
        Topic { name: "API_TRACK", used_for: "scans, expected day" },
        Topic { name: "TRACK_EVENT_V2", used_for: "scans, expected day" },
        Topic { name: "API_BATCH, API_RATE, API_REPORT_COMPLETE, BATCH_PROCESSED_V2, ORDER_NOTIFY, SHIP_NOTIFY", used_for: "" },
    ],
    codes,
};

const KEY_ID: &str = "x-shipengine-rsa-sha256-key-id";
const SIGNATURE: &str = "x-shipengine-rsa-sha256-signature";
const TIME: &str = "x-shipengine-timestamp";

/// The secrets are key sets. A key that none of them has is not known yet: new ones are published before they are used.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let header = |name| delivery.headers.get(name).ok_or(Refusal::Unsigned);
    let (key_id, claimed, at) = (header(KEY_ID)?, header(SIGNATURE)?, header(TIME)?);
    let verified = signatures::rsa_signed(delivery, &[at, "."], claimed, key_id, secrets)?;
    let (signed_at, _) = Field::of(at).lenient_time().ok_or(Refusal::BadSignature)?;
    signatures::fresh(signed_at.as_second(), delivery.now)?;
    Ok(verified)
}

/// Only a test has a private key to sign with; its name is that of the test's key set.
fn sign(delivery: &Delivery<'_>, private_key: &str) -> Option<Vec<(&'static str, String)>> {
    let at = Timestamp::from_second(delivery.now.as_second()).ok()?.to_string();
    let claimed = signatures::rsa_seal(private_key, &[&at, "."], delivery.body)?;
    Some(vec![(SIGNATURE, claimed), (KEY_ID, "doorstep-tests".to_owned()), (TIME, at)])
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    resource_type: Field,
    resource_url: Field,
    data: Part<Track>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Track {
    tracking_number: Field,
    carrier_code: Field,
    status_code: Field,
    status_detail_code: Field,
    estimated_delivery_date: Field,
    events: List<Part<TrackEvent>>,
    errors: List<Part<ErrorBody>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackEvent {
    occurred_at: Field,
    carrier_occurred_at: Field,
    description: Field,
    city_locality: Field,
    state_province: Field,
    country_code: Field,
    status_code: Field,
    status_detail_code: Field,
    signer: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    error_code: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.resource_type.text().unwrap_or_default();
    if !matches!(topic, "API_TRACK" | "TRACK_EVENT_V2") {
        return Ok(unknown(topic));
    }
    let track = event.data.required("data")?;
    let signed_at = verified.header(TIME).and_then(|at| clock::own(&Field::of(at), verified.received_at()));
    let carrier = track.carrier_code.or(&Field::of(carrier_of(&event.resource_url))).clone();
    Ok(CarrierParsed::Reports(vec![report(track, &carrier, "data.", Heard::delivered(signed_at, verified.received_at()))?]))
}

/// A question for a parcel is answered with what a delivery has as its data.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let track: Track = answered.json()?;
    if track.tracking_number.text().is_none()
        && let Some((_, error)) = track.errors.rows().next()
    {
        return meaning::nothing_or(error.error_code.text().is_some_and(|code| code.contains("not_found")), "errors");
    }
    Ok(meaning::answer(vec![report(&track, &track.carrier_code, "", Heard::asked(None, answered.received_at()))?]))
}

/// The carrier in the address of a resource: `…/tracking?carrier_code=usps&tracking_number=…`. Some carriers' data lack it.
fn carrier_of(resource_url: &Field) -> &str {
    let query = resource_url.text().and_then(|url| url.split_once('?')).map(|(_, query)| query).unwrap_or_default();
    query.split('&').find_map(|pair| pair.strip_prefix("carrier_code=")).unwrap_or_default()
}

/// ShipEngine's names for other people's accounts with a carrier.
const ACCOUNTS: [(&str, &str); 6] = [
    ("stamps_com", "usps"),
    ("endicia", "usps"),
    ("ups_walleted", "ups"),
    ("fedex_walleted", "fedex"),
    ("dhl_express_walleted", "dhl_express"),
    ("dhl_express_worldwide", "dhl_express"),
];

fn report(track: &Track, carrier: &Field, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let account = ACCOUNTS.iter().find(|(name, _)| carrier.text() == Some(name)).map(|(_, carrier)| Field::of(carrier));
    let carrier = account.as_ref().unwrap_or(carrier);
    let parcel = meaning::name(carrier, &track.tracking_number, &format!("{path}tracking_number"))?;
    let mut gathered = Gathered::default();
    for (_, event) in track.events.rows() {
        let place = Place::of(&event.city_locality, &event.state_province, &event.country_code);
        let said = read(&event.status_code, &event.status_detail_code, event.signer.text().is_some());
        gathered.tell(event.time(&place, heard.received_at), said, &event.description, place.line());
    }
    gathered.tell_state(read(&track.status_code, &track.status_detail_code, false), heard.own);
    let is_full_history = gathered.is_whole(&track.events);
    Ok(gathered.report(Message {
        source: "shipengine",
        parcel,
        heard,
        is_full_history,
        // Of the day at the door; its clock and its missing offset mean nothing.
        expected: track.estimated_delivery_date.date(),
        service: None,
        last_mile: None,
    }))
}

impl TrackEvent {
    /// The first is in UTC whether it says so or not; the second is the carrier's clock at the place.
    fn time(&self, place: &Place, received_at: Timestamp) -> Result<(Timestamp, bool), clock::Untimely> {
        let told = match Told::read(&self.occurred_at) {
            Err(clock::Untimely::Missing) => Told::read(&self.carrier_occurred_at),
            told => told.map(Told::in_utc),
        };
        told?.resolve(|| place.zone(None), || None, received_at)
    }
}

/// Details that say nothing of their own.
const SILENT: [&str; 2] = ["CARRIER_STATUS_NOT_MAPPED", "POST_TRANSIT_STATUS"];

/// What an arrival is when somebody signed, which stands beside the two words.
const SIGNED: &str = "signed";

fn read(status: &Field, detail: &Field, is_signed: bool) -> (Meaning, String) {
    let plain = meaning::code(status, detail, None);
    let is_plain_arrival = of_code(&plain) == Meaning::of(S::Delivered, "other");
    let code = if is_signed && is_plain_arrival { meaning::code(status, detail, Some(SIGNED)) } else { plain };
    (of_code(&code), code)
}

/// The meaning of a kept code.
fn of_code(code: &str) -> Meaning {
    let (status, detail, refined) = meaning::words(code);
    let meaning = meaning::of_two((STATUSES, status), (DETAILS, detail.filter(|detail| !SILENT.contains(detail))));
    match refined {
        None => meaning,
        Some(SIGNED) if meaning.status == S::Delivered => Meaning { sub: SIGNED, ..meaning },
        Some(_) => Meaning::none(),
    }
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

/// Each detail under the status that it is told with most.
fn codes() -> Vec<CodeMeaning> {
    let under = |detail: &str| {
        let meaning = meaning::of(DETAILS, Some(detail));
        let general = STATUSES.iter().rev().find(|(_, status, _)| meaning.is_some_and(|meaning| meaning.status == *status));
        format!("{}/{detail}", general.map_or("UN", |(word, ..)| word))
    };
    let silent = |silent: &str| meaning::codes(STATUSES, |status| format!("{status}/{silent}"));
    let silent = SILENT.into_iter().flat_map(silent).collect();
    [meaning::codes(STATUSES, str::to_owned), meaning::codes(DETAILS, under), silent].concat()
}

/// The status holds where no detail says more.
const STATUSES: &[Row] = &[
    ("UN", S::Pending, "other"),
    ("NY", S::InfoReceived, "other"),
    ("AC", S::InTransit, "accepted"),
    ("IT", S::InTransit, "other"),
    ("DE", S::Delivered, "other"),
    ("EX", S::Exception, "other"),
    ("AT", S::AttemptFailed, "other"),
    ("SP", S::AvailableForPickup, "pickup_point"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(STATUSES);
        meaning::tests::check_table(DETAILS);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn the_detail_goes_before_the_status_and_a_new_one_leaves_it() {
        assert_eq!(of_code("EX/RETURN_TO_SENDER"), Meaning::of(S::Returning, "in_transit"));
        assert_eq!(of_code("IT/TELEPORTED"), Meaning::unsure(S::InTransit));
        assert_eq!(of_code("IT/CARRIER_STATUS_NOT_MAPPED"), Meaning::of(S::InTransit, "other"));
        assert_eq!(of_code("XX"), Meaning::none());
        assert_eq!(of_code("DE+signed"), Meaning::of(S::Delivered, "signed"));
        assert_eq!(["", "/TELEPORTED", "XX/TELEPORTED", "DE+2", "in_transit"].map(reread), [const { None }; 5]);
        // A signature says nothing of a parcel that is not there yet, or with a neighbour.
        let said = |detail: &str| read(&Field::of("DE"), &Field::of(detail), true).1;
        assert_eq!(said("DELIVERED_TO_NEIGHBOUR"), "DE/DELIVERED_TO_NEIGHBOUR");
        assert_eq!(said("DELIVERED"), "DE/DELIVERED+signed");
        assert_eq!(read(&Field::of("IT"), &Field::default(), true).1, "IT");
    }

    #[test]
    fn the_carrier_stands_in_the_address_when_nowhere_else() {
        let check = |url: &str, want: &str| assert_eq!(carrier_of(&Field::of(url)), want, "{url}");
        check("https://api.shipengine.com/v1/tracking?carrier_code=usps&tracking_number=1", "usps");
        check("https://api.shipstation.com/v2/labels/se-1/track", "");
        check("", "");
    }
}
