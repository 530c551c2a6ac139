//! EasyPost: tracker events with their whole history, signed in one of two ways.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    place::zone_of,
    status::{Status, SubStatus},
};
use jiff::{Timestamp, fmt::rfc2822};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, List, Mac, Part, Refusal, Verified};
use unicode_normalization::UnicodeNormalization as _;

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |delivery, _, secret| sign(delivery, secret),
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(Some(7)),
    proof: "HMAC-SHA256 of time, method, path and body (v2), or of the body (v1)",
    topics: &[
        Topic { name: "tracker.created", used_for: "scans, expected day" },
        Topic { name: "tracker.updated", used_for: "scans, expected day" },
        Topic { name: "batch.*, shipment.*, refund.*, insurance.*, report.*", used_for: "" },
    ],
    codes,
};

const SIGNATURE: &str = "X-Hmac-Signature";
const SIGNATURE_V2: &str = "x-hmac-signature-v2";
const TIME_V2: &str = "x-timestamp";
const PATH_V2: &str = "x-path";
const PREFIX: &str = "hmac-sha256-hex=";

/// The second scheme signs time, method, path and body; the first, the body alone. When the second is there it must be
/// right: falling back would let anybody turn a fresh delivery into a lasting one.
pub(crate) fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let keys = signatures::keys(secrets, key);
    if let Some(claimed) = delivery.headers.get(SIGNATURE_V2) {
        let header = |name| delivery.headers.get(name).ok_or(Refusal::BadSignature);
        let (at, path) = (header(TIME_V2)?, header(PATH_V2)?);
        let method = delivery.method.to_ascii_uppercase();
        let verified = signatures::sealed(delivery, &[at, &method, path], &[mac(claimed)?], &keys)?;
        if !leads_here(path, delivery.path) {
            return Err(Refusal::BadSignature);
        }
        signatures::fresh(rfc2822::parse(at).map_err(|_| Refusal::BadSignature)?.timestamp().as_second(), delivery.now)?;
        return Ok(verified);
    }
    let claimed = delivery.headers.get(SIGNATURE).ok_or(Refusal::Unsigned)?;
    signatures::sealed(delivery, &[], &[mac(claimed)?], &keys)
}

/// Both signatures, as EasyPost sends them.
pub(crate) fn sign(delivery: &Delivery<'_>, secret: &str) -> Vec<(&'static str, String)> {
    let Some(key) = key(secret) else { return Vec::new() };
    let Ok(at) = rfc2822::to_string(&delivery.now.to_zoned(jiff::tz::TimeZone::UTC)) else { return Vec::new() };
    let written = |before: &[&str]| format!("{PREFIX}{}", signatures::seal(&key, before, delivery.body).to_hex());
    vec![
        (SIGNATURE, written(&[])),
        (SIGNATURE_V2, written(&[&at, &delivery.method.to_ascii_uppercase(), delivery.path])),
        (PATH_V2, delivery.path.to_owned()),
        (TIME_V2, at),
    ]
}

fn key(secret: &str) -> Option<Key> {
    Key::new(secret.nfkd().collect::<String>().into_bytes())
}

fn mac(claimed: &str) -> Result<Mac, Refusal> {
    claimed.trim().strip_prefix(PREFIX).and_then(Mac::from_hex).ok_or(Refusal::BadSignature)
}

/// Whether a signed path is this door's. A proxy may have taken a prefix off (the base path of a custom domain), so what
/// EasyPost called may be longer; it is never shorter.
fn leads_here(signed: &str, seen: &str) -> bool {
    let signed = signed.split('?').next().unwrap_or_default();
    seen.starts_with('/') && signed.ends_with(seen)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    description: Field,
    created_at: Field,
    result: Part<Tracker>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracker {
    object: Field,
    tracking_code: Field,
    carrier: Field,
    status: Field,
    status_detail: Field,
    updated_at: Field,
    signed_by: Field,
    est_delivery_date: Field,
    carrier_detail: Part<CarrierDetail>,
    tracking_details: List<Part<Detail>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CarrierDetail {
    service: Field,
    est_delivery_date_local: Field,
    destination_location: Field,
    destination_tracking_location: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    datetime: Field,
    message: Field,
    description: Field,
    status: Field,
    status_detail: Field,
    tracking_location: Part<Place>,
}

pub(crate) fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.description.text().unwrap_or_default();
    if !matches!(topic, "tracker.created" | "tracker.updated") {
        return Ok(unknown(topic));
    }
    let tracker = event.result.required("result")?;
    if tracker.object.text() != Some("Tracker") {
        return Ok(unknown(topic));
    }
    let received_at = verified.received_at();
    let said_at = said_at(tracker, received_at).or_else(|| clock::own(&event.created_at, received_at));
    let said_at = said_at.ok_or_else(|| match tracker.updated_at.or(&event.created_at).text() {
        Some(_) => BadDelivery::bad("result.updated_at", clock::IMPOSSIBLE),
        None => BadDelivery::missing("result.updated_at"),
    })?;
    Ok(CarrierParsed::Reports(vec![report(tracker, "result.", Heard::delivered(Some(said_at), received_at))?]))
}

/// One tracker, or those of a number: the list that a question for a number is answered with.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Trackers {
    object: Field,
    trackers: List<Part<Tracker>>,
    error: Part<ErrorBody>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Field,
}

fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let received_at = answered.received_at();
    let read = |tracker: &Tracker, path: &str| report(tracker, path, Heard::asked(said_at(tracker, received_at), received_at));
    let list: Trackers = answered.json()?;
    if let Some(error) = list.error.get() {
        return meaning::nothing_or(error.code.text().is_some_and(|code| code.ends_with("NOT_FOUND")), "error");
    }
    if list.trackers.is_given() {
        let reports = list.trackers.rows().map(|(at, tracker)| read(tracker, &format!("trackers[{at}].")));
        return Ok(meaning::answer(meaning::bounded(reports.collect::<Result<_, _>>()?, "trackers")?));
    }
    if list.object.text() != Some("Tracker") {
        return Err(BadDelivery::bad("object", "is no tracker"));
    }
    Ok(meaning::answer(vec![read(&answered.json()?, "")?]))
}

fn said_at(tracker: &Tracker, received_at: Timestamp) -> Option<Timestamp> {
    clock::own(&tracker.updated_at, received_at)
}

/// What a tracker says; `path` is where it stands.
fn report(tracker: &Tracker, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let parcel = meaning::name(&tracker.carrier, &tracker.tracking_code, &format!("{path}tracking_code"))?;
    let nothing = CarrierDetail::default();
    let carrier_detail = tracker.carrier_detail.get().unwrap_or(&nothing);
    let shipment = Shipment {
        is_signed: tracker.signed_by.text().is_some(),
        home: (parcel.0.as_str() == "usps").then_some("US"),
        carrier_detail,
        received_at: heard.received_at,
    };
    let mut gathered = Gathered::default();
    for (_, detail) in tracker.tracking_details.rows() {
        shipment.gather(&mut gathered, detail);
    }
    gathered.tell_state(shipment.read(&tracker.status, &tracker.status_detail), heard.own);
    let is_full_history = gathered.is_whole(&tracker.tracking_details);
    Ok(gathered.report(Message {
        source: "easypost",
        parcel,
        heard,
        is_full_history,
        expected: carrier_detail.est_delivery_date_local.date().or_else(|| tracker.est_delivery_date.date()),
        service: carrier_detail.service.cut(SERVICE_CHARS_MAX),
        // EasyPost names no second carrier. `carrier_detail.alternate_identifier` may hold another number, is `null` in every
        // payload recorded, and is of a kind and a carrier that it does not tell.
        last_mile: None,
    }))
}

/// What of a tracker the reading of its scans depends on.
struct Shipment<'a> {
    is_signed: bool,
    /// The country that its carrier leaves out of places at home.
    home: Option<&'static str>,
    carrier_detail: &'a CarrierDetail,
    received_at: Timestamp,
}

impl Shipment<'_> {
    /// What two words mean, and the code that says it.
    fn read(&self, status: &Field, detail: &Field) -> (Meaning, String) {
        let meaning = meaning(status.text(), detail.text(), self.is_signed);
        let refined = (meaning.sub == SIGNED).then_some(SIGNED);
        (meaning, meaning::code(status, detail, refined))
    }

    fn gather(&self, gathered: &mut Gathered, detail: &Detail) {
        let nowhere = Place::default();
        let place = detail.tracking_location.get().unwrap_or(&nowhere);
        let said = self.read(&detail.status, &detail.status_detail);
        gathered.tell(self.time_of(&detail.datetime, place), said, detail.message.or(&detail.description), place.line());
    }

    /// The moment of a scan.
    ///
    /// `EasyPost` ends every time with `Z`. Where it knows the place well enough it has done the sum, and the moment is right:
    /// in its own sample of a `FedEx` tracker a scan in Edison, NJ, US read as local time would lie hours after the message
    /// that tells it. Where it does not, `Z` stands behind the carrier's local time: a `USPS` tracker that somebody published
    /// repeats the clock time of the post office in its message, and a place without a country beside it. So `Z` counts at
    /// a place with town and country, and is a local time elsewhere: that of the town's state, with the country that the
    /// carrier leaves out at home; else that of the destination. Of a scan without a town we cannot tell which of the two
    /// was done, so that its zone is never known.
    fn time_of(&self, datetime: &Field, place: &Place) -> Result<(Timestamp, bool), clock::Untimely> {
        let told = Told::read(datetime)?;
        let has_town = place.city.text().is_some();
        if has_town && place.country.text().is_some() {
            return told.resolve(|| place.zone(None), || self.destination(), self.received_at);
        }
        let local = told.without_zulu(datetime);
        let (at, is_known) = local.resolve(|| place.zone(self.home), || self.destination(), self.received_at)?;
        Ok((at, is_known && (has_town || local == told)))
    }

    /// The time of where it goes to: as parts, or as one line in the two forms seen, `CHARLESTON SC, 29401` of the US post and
    /// `BROOKLYN HGTS NY US`.
    fn destination(&self) -> Option<Zone> {
        let place = self.carrier_detail.destination_tracking_location.get();
        place.and_then(|place| place.zone(self.home)).or_else(|| {
            let line = self.carrier_detail.destination_location.text()?;
            let mut words =
                line.split([' ', ',']).filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()));
            let last = words.next_back()?;
            if last == "US" { zone_of(last, words.next_back()) } else { zone_of(self.home?, Some(last)) }
        })
    }
}

/// The meaning of a code that a scan of ours keeps.
pub(crate) fn reread(code: &str) -> Option<(Status, SubStatus)> {
    let (status, detail, refined) = meaning::words(code);
    let is_signed = match refined {
        None => false,
        Some(SIGNED) => true,
        Some(_) => return None,
    };
    meaning(Some(status?), detail, is_signed).again()
}

fn codes() -> Vec<CodeMeaning> {
    let row = |status: &str, detail: &str| {
        let (code, meaning) = (format!("{status}/{detail}"), meaning(Some(status), Some(detail), false));
        CodeMeaning { code, status: meaning.status, sub: meaning.sub() }
    };
    STATUSES.iter().flat_map(|status| DETAILS.iter().map(move |detail| row(status, detail))).collect()
}

/// What an arrival is when the tracker has a `signed_by`, which stands beside the history and not in it.
const SIGNED: &str = "signed";

/// The table of `EasyPost`'s words: the status, refined or overridden by its detail.
fn meaning(status: Option<&str>, detail: Option<&str>, is_signed: bool) -> Meaning {
    use Status as S;
    let Some(status) = status else { return Meaning::of(S::Pending, "other") };
    let detail = detail.unwrap_or("unknown");
    let meaning = match status {
        "unknown" | "error" => Meaning::of(S::Pending, "other"),
        "pre_transit" if detail == "awaiting_information" => Meaning::of(S::InfoReceived, "other"),
        "pre_transit" => Meaning::of(S::InfoReceived, "label_created"),
        "in_transit" => match detail {
            "received_at_origin_facility" => Meaning::of(S::InTransit, "accepted"),
            "arrived_at_facility" | "received_at_destination_facility" | "arrived_at_destination" => {
                Meaning::of(S::InTransit, "arrived")
            }
            "departed_facility" | "departed_origin_facility" => Meaning::of(S::InTransit, "departed"),
            "transferred_to_destination_carrier" => Meaning::of(S::InTransit, "handed_to_partner"),
            "delayed" => Meaning::of(S::Exception, "delayed_carrier"),
            "weather_delay" => Meaning::of(S::Exception, "delayed_weather"),
            "held" => Meaning::of(S::Exception, "held"),
            "missorted" => Meaning::of(S::Exception, "missorted"),
            "damaged" => Meaning::of(S::Exception, "damaged"),
            "lost" => Meaning::of(S::Exception, "lost"),
            "address_correction" => Meaning::of(S::Exception, "address_incorrect"),
            "transit_exception" | "delivery_exception" => Meaning::of(S::Exception, "other"),
            "refused" => Meaning::of(S::Exception, "refused"),
            "return" => Meaning::of(S::Returning, "in_transit"),
            "expired" => Meaning::of(S::Expired, "other"),
            _ => Meaning::of(S::InTransit, "other"),
        },
        "out_for_delivery" => Meaning::of(S::OutForDelivery, "on_vehicle"),
        "available_for_pickup" => Meaning::of(S::AvailableForPickup, "pickup_point"),
        "delivered" if is_signed => Meaning::of(S::Delivered, SIGNED),
        "delivered" => Meaning::of(S::Delivered, "at_door"),
        "return_to_sender" => Meaning::of(S::Returning, "in_transit"),
        "failure" => match detail {
            "lost" => Meaning::of(S::Exception, "lost"),
            "damaged" => Meaning::of(S::Exception, "damaged"),
            "refused" => Meaning::of(S::Exception, "refused"),
            "expired" => Meaning::of(S::Expired, "other"),
            _ => Meaning::of(S::Exception, "undeliverable"),
        },
        "cancelled" => Meaning::of(S::Cancelled, "voided"),
        _ => Meaning::none(),
    };
    Meaning { is_known: meaning.is_known && DETAILS.contains(&detail), ..meaning }
}

/// Every detail that EasyPost documents. Others are counted, so that a new one is noticed.
const DETAILS: [&str; 28] = [
    "address_correction",
    "arrived_at_destination",
    "arrived_at_facility",
    "arrived_at_pickup_location",
    "awaiting_information",
    "cancelled",
    "damaged",
    "delayed",
    "delivery_exception",
    "departed_facility",
    "departed_origin_facility",
    "expired",
    "failure",
    "held",
    "in_transit",
    "label_created",
    "lost",
    "missorted",
    "out_for_delivery",
    "received_at_destination_facility",
    "received_at_origin_facility",
    "refused",
    "return",
    "status_update",
    "transferred_to_destination_carrier",
    "transit_exception",
    "unknown",
    "weather_delay",
];

/// Every status that `EasyPost` documents.
const STATUSES: [&str; 10] = [
    "unknown",
    "pre_transit",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "available_for_pickup",
    "return_to_sender",
    "failure",
    "cancelled",
    "error",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_easypost_has_its_meaning() {
        use Status as S;
        let check = |status: &str, detail: &str, want: (S, &str)| {
            let got = meaning(Some(status), Some(detail), false);
            assert_eq!((got.status, got.sub, got.is_known), (want.0, want.1, true), "{status}/{detail}");
        };
        check("unknown", "unknown", (S::Pending, "other"));
        check("error", "unknown", (S::Pending, "other"));
        check("pre_transit", "label_created", (S::InfoReceived, "label_created"));
        check("pre_transit", "status_update", (S::InfoReceived, "label_created"));
        check("pre_transit", "awaiting_information", (S::InfoReceived, "other"));
        check("in_transit", "in_transit", (S::InTransit, "other"));
        check("in_transit", "unknown", (S::InTransit, "other"));
        check("in_transit", "received_at_origin_facility", (S::InTransit, "accepted"));
        check("in_transit", "arrived_at_facility", (S::InTransit, "arrived"));
        check("in_transit", "received_at_destination_facility", (S::InTransit, "arrived"));
        check("in_transit", "departed_facility", (S::InTransit, "departed"));
        check("in_transit", "departed_origin_facility", (S::InTransit, "departed"));
        check("in_transit", "transferred_to_destination_carrier", (S::InTransit, "handed_to_partner"));
        check("in_transit", "delayed", (S::Exception, "delayed_carrier"));
        check("in_transit", "weather_delay", (S::Exception, "delayed_weather"));
        check("in_transit", "held", (S::Exception, "held"));
        check("in_transit", "missorted", (S::Exception, "missorted"));
        check("in_transit", "damaged", (S::Exception, "damaged"));
        check("in_transit", "address_correction", (S::Exception, "address_incorrect"));
        check("in_transit", "transit_exception", (S::Exception, "other"));
        check("in_transit", "delivery_exception", (S::Exception, "other"));
        check("in_transit", "return", (S::Returning, "in_transit"));
        check("in_transit", "refused", (S::Exception, "refused"));
        check("in_transit", "expired", (S::Expired, "other"));
        check("out_for_delivery", "out_for_delivery", (S::OutForDelivery, "on_vehicle"));
        check("available_for_pickup", "arrived_at_pickup_location", (S::AvailableForPickup, "pickup_point"));
        check("delivered", "arrived_at_destination", (S::Delivered, "at_door"));
        check("return_to_sender", "return", (S::Returning, "in_transit"));
        check("failure", "failure", (S::Exception, "undeliverable"));
        check("failure", "lost", (S::Exception, "lost"));
        check("failure", "damaged", (S::Exception, "damaged"));
        check("failure", "refused", (S::Exception, "refused"));
        check("failure", "expired", (S::Expired, "other"));
        check("cancelled", "cancelled", (S::Cancelled, "voided"));
        assert_eq!(meaning(Some("delivered"), None, true), Meaning::of(S::Delivered, "signed"));
        assert_eq!(meaning(None, None, true), Meaning::of(S::Pending, "other"));
    }

    #[test]
    fn every_meaning_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        for status in STATUSES {
            for detail in DETAILS.into_iter().map(Some).chain([None]) {
                for is_signed in [false, true] {
                    let nothing = CarrierDetail::default();
                    let shipment =
                        Shipment { is_signed, home: None, carrier_detail: &nothing, received_at: Timestamp::UNIX_EPOCH };
                    let (meaning, code) = shipment.read(&Field::of(status), &Field::of(detail.unwrap_or_default()));
                    meaning::tests::check(meaning.status, meaning.sub);
                    assert_eq!(reread(&code), Some((meaning.status, meaning.sub())), "{code}");
                }
            }
        }
        assert_eq!(["", "/lost", "beamed/up", "OR", "delivered/unknown+2"].map(reread), [const { None }; 5]);
    }

    #[test]
    fn new_words_are_wondered_at_and_change_as_little_as_they_can() {
        assert_eq!(meaning(Some("in_transit"), Some("teleported"), false), Meaning::unsure(Status::InTransit));
        assert_eq!(meaning(Some("vanished"), Some("unknown"), false), Meaning::none());
    }

    #[test]
    fn a_signed_path_leads_to_the_door_it_was_sent_to() {
        assert!(leads_here("/webhooks/demo/carrier/easypost", "/webhooks/demo/carrier/easypost"));
        assert!(leads_here("/hooks/webhooks/demo/carrier/easypost?a=1", "/webhooks/demo/carrier/easypost"));
        assert!(!leads_here("/webhooks/other/carrier/easypost", "/webhooks/demo/carrier/easypost"));
        assert!(!leads_here("/easypost", "/webhooks/demo/carrier/easypost"));
        assert!(!leads_here("/anything", ""));
    }
}
