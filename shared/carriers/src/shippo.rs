//! Shippo: a tracker's current status and history, signed when the account asked for it and else known by a secret URL.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    status::{Status, SubStatus},
};
use jiff::Timestamp;
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
    answers: Answers::usual(Some(3)),
    proof: "HMAC-SHA256 of time and body, or `?token=` in the address",
    topics: &[
        Topic { name: "track_updated", used_for: "scans, expected day" },
        Topic { name: "transaction_*, batch_*", used_for: "" },
    ],
    codes,
};

/// Shippo's documentation and its own code name the header differently; both are read.
const SIGNATURES: [&str; 2] = ["Shippo-Auth-Signature", "Shippo-Signature"];
/// What Shippo documents for accounts that it does not sign for: a secret in the URL of the webhook.
const TOKEN: &str = "token";

/// `t=<seconds>,v1=<hex>` over `t.body`; a signature that is there must be right, whatever the URL says.
pub(crate) fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let Some(claimed) = SIGNATURES.into_iter().find_map(|name| delivery.headers.get(name)) else {
        return signatures::token(delivery, TOKEN, secrets);
    };
    let pairs: Vec<_> = claimed.split(',').filter_map(|pair| pair.trim().split_once('=')).collect();
    let mut times = pairs.iter().filter(|(name, _)| *name == "t").map(|(_, at)| *at);
    // Two times are two headers joined into one; we cannot know which signature belongs to which.
    let (Some(at), None) = (times.next(), times.next()) else { return Err(Refusal::BadSignature) };
    let macs: Vec<Mac> = pairs.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| Mac::from_hex(hex)).collect();
    let verified = signatures::sealed(delivery, &[at, "."], &macs, &signatures::keys(secrets, Key::of_text))?;
    signatures::fresh(at.parse().map_err(|_| Refusal::BadSignature)?, delivery.now)?;
    Ok(verified)
}

pub(crate) fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    let at = delivery.now.as_second().to_string();
    let mac = signatures::seal(&Key::of_text(secret)?, &[&at, "."], delivery.body).to_hex();
    Some((SIGNATURES[0], format!("t={at},v1={mac}")))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    event: Field,
    data: Part<Track>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Track {
    carrier: Field,
    tracking_number: Field,
    tracking_status: Part<StatusBody>,
    tracking_history: List<Part<StatusBody>>,
    eta: Field,
    servicelevel: Part<ServiceLevel>,
    address_to: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ServiceLevel {
    name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusBody {
    status: Field,
    substatus: Part<Substatus>,
    status_date: Field,
    status_details: Field,
    object_updated: Field,
    location: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Substatus {
    code: Field,
    text: Field,
}

pub(crate) fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.event.text().unwrap_or_default();
    if topic != "track_updated" {
        return Ok(unknown(topic));
    }
    let track = event.data.required("data")?;
    Ok(CarrierParsed::Reports(vec![report(track, "data.", Heard::delivered(None, verified.received_at()))?]))
}

/// A track that we asked for stands bare. Of a number that Shippo has never heard of it says that it knows nothing.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    Ok(meaning::answer(vec![report(&answered.json()?, "", Heard::asked(None, answered.received_at()))?]))
}

fn report(track: &Track, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let received_at = heard.received_at;
    let parcel = meaning::name(&track.carrier, &track.tracking_number, &format!("{path}tracking_number"))?;
    let destination = || track.address_to.get().and_then(|place| place.zone(None));
    let mut gathered = Gathered::default();
    for (_, body) in track.tracking_history.rows() {
        gather(&mut gathered, body, destination, received_at);
    }
    let current = track.tracking_status.get();
    if let Some(body) = current {
        gather(&mut gathered, body, destination, received_at);
    }
    let is_full_history = gathered.is_whole(&track.tracking_history);
    // Shippo's message has no time of its own.
    let said_at = current.and_then(|body| {
        let scanned_at = || time_of(body, destination, received_at).ok().map(|(at, _)| at);
        clock::own(&body.object_updated, received_at).or_else(scanned_at)
    });
    Ok(gathered.report(Message {
        source: "shippo",
        parcel,
        heard: Heard { own: said_at, ..heard },
        is_full_history,
        expected: track.eta.date(),
        service: track.servicelevel.get().and_then(|level| level.name.cut(SERVICE_CHARS_MAX)),
        // Shippo's tracks have no field for a second carrier or number.
        last_mile: None,
    }))
}

fn gather(gathered: &mut Gathered, body: &StatusBody, destination: impl FnOnce() -> Option<Zone>, received_at: Timestamp) {
    let nothing = Substatus::default();
    let substatus = body.substatus.get().unwrap_or(&nothing);
    let moment = time_of(body, destination, received_at);
    for (nth, meaning) in meaning(body.status.text(), substatus.code.text()).into_iter().enumerate() {
        let code = meaning::code(&body.status, &substatus.code, refinement(nth));
        let place = body.location.get().map(Place::line).unwrap_or_default();
        gathered.tell(moment, (meaning, code), body.status_details.or(&substatus.text), place);
    }
}

/// The moment of a scan. Shippo documents that its `Z` is UTC, so that it is believed; the ladder is for times without.
fn time_of(
    body: &StatusBody,
    destination: impl FnOnce() -> Option<Zone>,
    received_at: Timestamp,
) -> Result<(Timestamp, bool), clock::Untimely> {
    let here = || body.location.get().and_then(|place| place.zone(None));
    Told::read(&body.status_date)?.resolve(here, destination, received_at)
}

/// What tells the scans apart that one pair of words makes: nothing for the first, then `2`.
fn refinement(nth: usize) -> Option<&'static str> {
    (nth > 0).then_some(SECOND)
}

const SECOND: &str = "2";

/// The meaning of a code that a scan of ours keeps.
pub(crate) fn reread(code: &str) -> Option<(Status, SubStatus)> {
    let (status, substatus, refined) = meaning::words(code);
    let nth = match refined {
        None => 0,
        Some(SECOND) => 1,
        Some(_) => return None,
    };
    meaning(Some(status?), substatus).get(nth)?.again()
}

/// The table of Shippo's words. A substatus counts only under its own status: Shippo is known to send `DELIVERED` with
/// `information_received`, and the status is the one that is right. An unclaimed parcel is a problem first, and then comes back.
fn meaning(status: Option<&str>, substatus: Option<&str>) -> Vec<Meaning> {
    use Status as S;
    let is_known = substatus.is_none_or(|code| SUBSTATUSES.contains(&code));
    let meanings = match (status, substatus.unwrap_or_default()) {
        (None | Some("UNKNOWN"), _) => vec![Meaning::of(S::Pending, "other")],
        (Some("PRE_TRANSIT"), "information_received") => vec![Meaning::of(S::InfoReceived, "label_created")],
        (Some("PRE_TRANSIT"), _) => vec![Meaning::of(S::InfoReceived, "other")],
        (Some("TRANSIT"), code) => vec![match code {
            "out_for_delivery" => Meaning::of(S::OutForDelivery, "on_vehicle"),
            "delivery_scheduled" => Meaning::of(S::OutForDelivery, "appointment_scheduled"),
            "pickup_available" => Meaning::of(S::AvailableForPickup, "pickup_point"),
            "delivery_attempted" => Meaning::of(S::AttemptFailed, "other"),
            "notice_left" => Meaning::of(S::AttemptFailed, "notice_left"),
            "location_inaccessible" => Meaning::of(S::AttemptFailed, "no_access"),
            "delayed" => Meaning::of(S::Exception, "delayed_carrier"),
            "package_held" => Meaning::of(S::Exception, "held"),
            "package_damaged" => Meaning::of(S::Exception, "damaged"),
            "address_issue" => Meaning::of(S::Exception, "address_incorrect"),
            "contact_carrier" | "reschedule_delivery" => Meaning::of(S::Exception, "other"),
            "package_forwarded" => Meaning::of(S::InTransit, "forwarded"),
            "delivery_rescheduled" => Meaning::of(S::InTransit, "rescheduled"),
            "package_accepted" => Meaning::of(S::InTransit, "accepted"),
            "package_arrived" => Meaning::of(S::InTransit, "arrived"),
            "package_departed" => Meaning::of(S::InTransit, "departed"),
            _ => Meaning::of(S::InTransit, "other"),
        }],
        (Some("DELIVERED"), _) => vec![Meaning::of(S::Delivered, "other")],
        (Some("RETURNED"), "package_unclaimed") => {
            vec![Meaning::of(S::Exception, "unclaimed"), Meaning::of(S::Returning, "in_transit")]
        }
        (Some("RETURNED"), _) => vec![Meaning::of(S::Returning, "in_transit")],
        (Some("FAILURE"), "package_disposed") => vec![Meaning::of(S::Exception, "destroyed")],
        (Some("FAILURE"), "package_lost") => vec![Meaning::of(S::Exception, "lost")],
        (Some("FAILURE"), _) => vec![Meaning::of(S::Exception, "undeliverable")],
        (Some(_), _) => vec![Meaning::none()],
    };
    meanings.into_iter().map(|meaning| Meaning { is_known: meaning.is_known && is_known, ..meaning }).collect()
}

/// Every substatus that Shippo documents. Others are counted, so that a new one is noticed.
const SUBSTATUSES: [&str; 27] = [
    "information_received",
    "address_issue",
    "contact_carrier",
    "delayed",
    "delivery_attempted",
    "delivery_rescheduled",
    "delivery_scheduled",
    "location_inaccessible",
    "notice_left",
    "out_for_delivery",
    "package_accepted",
    "package_arrived",
    "package_damaged",
    "package_departed",
    "package_forwarded",
    "package_held",
    "package_processed",
    "package_processing",
    "pickup_available",
    "reschedule_delivery",
    "delivered",
    "return_to_sender",
    "package_unclaimed",
    "package_undeliverable",
    "package_disposed",
    "package_lost",
    "other",
];

/// Every status that Shippo documents.
const STATUSES: [&str; 6] = ["UNKNOWN", "PRE_TRANSIT", "TRANSIT", "DELIVERED", "RETURNED", "FAILURE"];

fn codes() -> Vec<CodeMeaning> {
    let row = |status: &str, substatus: &str| {
        let code = format!("{status}/{substatus}");
        let meaning = meaning(Some(status), Some(substatus)).into_iter().next()?;
        Some(CodeMeaning { code, status: meaning.status, sub: meaning.sub() })
    };
    STATUSES.iter().flat_map(|status| SUBSTATUSES.iter().filter_map(move |substatus| row(status, substatus))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every status that Shippo documents.
    #[test]
    fn every_meaning_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        for status in STATUSES {
            for substatus in SUBSTATUSES.into_iter().map(Some).chain([None]) {
                let meanings = meaning(Some(status), substatus);
                // There are two words for the scans of one pair.
                assert!(meanings.len() <= 2);
                for (nth, meaning) in meanings.into_iter().enumerate() {
                    meaning::tests::check(meaning.status, meaning.sub);
                    let words = (Field::of(status), Field::of(substatus.unwrap_or_default()));
                    let code = meaning::code(&words.0, &words.1, refinement(nth));
                    assert_eq!(reread(&code), Some((meaning.status, meaning.sub())), "{code}");
                }
            }
        }
        assert_eq!(["", "/delivered", "VANISHED", "TRANSIT/delayed+2", "TRANSIT+signed"].map(reread), [const { None }; 5]);
    }

    #[test]
    fn every_word_of_shippo_has_its_meaning() {
        use Status as S;
        let check = |status: &str, substatus: &str, want: &[(S, &str)]| {
            let got: Vec<_> = meaning(Some(status), Some(substatus).filter(|code| !code.is_empty()))
                .into_iter()
                .map(|meaning| (meaning.status, meaning.sub, meaning.is_known))
                .collect();
            let want: Vec<_> = want.iter().map(|(status, sub)| (*status, *sub, true)).collect();
            assert_eq!(got, want, "{status}/{substatus}");
        };
        check("UNKNOWN", "other", &[(S::Pending, "other")]);
        check("PRE_TRANSIT", "information_received", &[(S::InfoReceived, "label_created")]);
        check("PRE_TRANSIT", "", &[(S::InfoReceived, "other")]);
        check("TRANSIT", "", &[(S::InTransit, "other")]);
        check("TRANSIT", "address_issue", &[(S::Exception, "address_incorrect")]);
        check("TRANSIT", "contact_carrier", &[(S::Exception, "other")]);
        check("TRANSIT", "delayed", &[(S::Exception, "delayed_carrier")]);
        check("TRANSIT", "delivery_attempted", &[(S::AttemptFailed, "other")]);
        check("TRANSIT", "delivery_rescheduled", &[(S::InTransit, "rescheduled")]);
        check("TRANSIT", "delivery_scheduled", &[(S::OutForDelivery, "appointment_scheduled")]);
        check("TRANSIT", "location_inaccessible", &[(S::AttemptFailed, "no_access")]);
        check("TRANSIT", "notice_left", &[(S::AttemptFailed, "notice_left")]);
        check("TRANSIT", "out_for_delivery", &[(S::OutForDelivery, "on_vehicle")]);
        check("TRANSIT", "package_accepted", &[(S::InTransit, "accepted")]);
        check("TRANSIT", "package_arrived", &[(S::InTransit, "arrived")]);
        check("TRANSIT", "package_damaged", &[(S::Exception, "damaged")]);
        check("TRANSIT", "package_departed", &[(S::InTransit, "departed")]);
        check("TRANSIT", "package_forwarded", &[(S::InTransit, "forwarded")]);
        check("TRANSIT", "package_held", &[(S::Exception, "held")]);
        check("TRANSIT", "package_processed", &[(S::InTransit, "other")]);
        check("TRANSIT", "package_processing", &[(S::InTransit, "other")]);
        check("TRANSIT", "pickup_available", &[(S::AvailableForPickup, "pickup_point")]);
        check("TRANSIT", "reschedule_delivery", &[(S::Exception, "other")]);
        check("DELIVERED", "delivered", &[(S::Delivered, "other")]);
        check("DELIVERED", "information_received", &[(S::Delivered, "other")]);
        check("TRANSIT", "delivered", &[(S::InTransit, "other")]);
        check("RETURNED", "return_to_sender", &[(S::Returning, "in_transit")]);
        check("RETURNED", "package_unclaimed", &[(S::Exception, "unclaimed"), (S::Returning, "in_transit")]);
        check("FAILURE", "package_undeliverable", &[(S::Exception, "undeliverable")]);
        check("FAILURE", "package_disposed", &[(S::Exception, "destroyed")]);
        check("FAILURE", "package_lost", &[(S::Exception, "lost")]);
    }

    #[test]
    fn new_words_are_wondered_at_and_change_as_little_as_they_can() {
        assert_eq!(meaning(Some("TRANSIT"), Some("teleported")), [Meaning::unsure(Status::InTransit)]);
        assert_eq!(meaning(Some("VANISHED"), None), [Meaning::none()]);
    }
}
