//! The US post's tracking subscriptions: a tracking written as a text into an envelope, of which text and time are signed.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row, Rule, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    place::zone_of,
    status::{Status as S, SubStatus},
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
    answers: Answers::usual(None),
    proof: "HMAC-SHA256 of the envelope's time and payload",
    topics: &[
        Topic { name: "TRACKING", used_for: "scans, expected day" },
        Topic { name: "any other `subscriptionType`", used_for: "" },
    ],
    codes,
};

/// The second is what older subscriptions get.
const SIGNATURES: [&str; 2] = ["X-HMAC", "hmac-header"];

/// What of the envelope is signed: the exact texts, after JSON's escapes. Anything else in the body is not proved, so that
/// [`parse`] reads nothing else but the subscription's type, which only parks.
#[derive(Deserialize)]
struct Sealed {
    timestamp: String,
    payload: String,
}

fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let claimed = SIGNATURES.into_iter().find_map(|name| delivery.headers.get(name)).ok_or(Refusal::Unsigned)?;
    let claimed = Mac::from_base64(claimed).ok_or(Refusal::BadSignature)?;
    let sealed: Sealed = delivery.unproved().ok_or(Refusal::BadSignature)?;
    let message = [sealed.timestamp.as_str(), &sealed.payload];
    let verified = signatures::sealed_over(delivery, &message, &[claimed], &signatures::keys(secrets, Key::of_text))?;
    let (signed_at, _) = Field::of(&sealed.timestamp).lenient_time().ok_or(Refusal::BadSignature)?;
    signatures::fresh(signed_at.as_second(), delivery.now)?;
    Ok(verified)
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    let sealed: Sealed = delivery.unproved()?;
    Some((SIGNATURES[0], signatures::seal(&Key::of_text(secret)?, &[&sealed.timestamp, &sealed.payload], b"").to_base64()))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Envelope {
    subscription_type: Field,
    timestamp: Field,
    payload: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Tracking {
    tracking_number: Field,
    status: Field,
    status_category: Field,
    expected_delivery_time_stamp: Field,
    expected_delivery_date: Field,
    mail_class: Field,
    destination_state: Field,
    tracking_events: List<Part<TrackEvent>>,
    error: Part<ErrorBody>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TrackEvent {
    event_type: Field,
    event_code: Field,
    event_timestamp: Field,
    #[serde(rename = "GMTTimestamp")]
    gmt_timestamp: Field,
    #[serde(rename = "GMTOffset")]
    gmt_offset: Field,
    event_city: Field,
    event_state: Field,
    event_country: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Field,
    message: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let envelope: Envelope = verified.json()?;
    let topic = envelope.subscription_type.text().unwrap_or_default();
    if topic != "TRACKING" {
        return Ok(unknown(topic));
    }
    let received_at = verified.received_at();
    let payload = envelope.payload.ok_or_else(|| BadDelivery::missing("payload"))?;
    let tracking: Tracking = signatures::json_within(&payload, "payload")?;
    // A subscription to scans has the fields of one event where the other has those of the tracking.
    let event: TrackEvent = signatures::json_within(&payload, "payload")?;
    let heard = Heard::delivered(clock::own(&envelope.timestamp, received_at), received_at);
    Ok(CarrierParsed::Reports(vec![report(&tracking, Some(&event), "payload.", heard)?]))
}

/// A question for a number is answered with what a delivery has as its payload.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let tracking: Tracking = answered.json()?;
    if let Some(error) = tracking.error.get() {
        let said = error.message.text().unwrap_or_default().to_lowercase();
        let is_not_found = error.code.text() == Some("404") || said.contains("not available") || said.contains("not found");
        return meaning::nothing_or(is_not_found, "error");
    }
    Ok(meaning::answer(vec![report(&tracking, None, "", Heard::asked(None, answered.received_at()))?]))
}

fn report(tracking: &Tracking, alone: Option<&TrackEvent>, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let parcel = meaning::name(&Field::of("usps"), &tracking.tracking_number, &format!("{path}trackingNumber"))?;
    let destination = || zone_of("US", tracking.destination_state.text());
    let alone = alone.filter(|event| event.event_code.text().is_some() || event.event_type.text().is_some());
    let mut gathered = Gathered::default();
    for event in tracking.tracking_events.rows().map(|(_, event)| event).chain(alone) {
        let place = Place::of(&event.event_city, &event.event_state, &event.event_country);
        let said = read(&event.event_code, &event.event_type);
        gathered.tell(event.time(&place, destination, heard.received_at), said, &event.event_type, place.line());
    }
    if alone.is_none() {
        gathered.tell_state(read(&tracking.status_category, &tracking.status), heard.own);
    }
    let is_full_history = gathered.is_whole(&tracking.tracking_events);
    let expected = tracking.expected_delivery_time_stamp.or(&tracking.expected_delivery_date);
    Ok(gathered.report(Message {
        source: "usps",
        parcel,
        heard,
        is_full_history,
        expected: expected.date(),
        service: Field::of(&plain(&tracking.mail_class)).cut(SERVICE_CHARS_MAX),
        last_mile: None,
    }))
}

impl TrackEvent {
    /// Greenwich; else the clock of the place with its offset, or by the place. Places at home have no country.
    fn time(
        &self,
        place: &Place,
        destination: impl FnOnce() -> Option<Zone>,
        received_at: Timestamp,
    ) -> Result<(Timestamp, bool), Untimely> {
        let told = match Told::read(&self.gmt_timestamp) {
            Err(Untimely::Missing) => Told::read(&self.event_timestamp).map(|told| told.with_offset(&self.gmt_offset)),
            told => told.map(Told::in_utc),
        };
        told?.resolve(|| place.zone(Some("US")), destination, received_at)
    }
}

/// A name without the marks for print that the post writes into it: `USPS Ground Advantage<SUP>&#153;</SUP>`.
fn plain(field: &Field) -> String {
    let mut rest = field.text().unwrap_or_default();
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find(['<', '&']) {
        let (before, mark) = rest.split_at(at);
        out.push_str(before);
        let end = if mark.starts_with('<') { '>' } else { ';' };
        let inside = mark.split_once(end).map(|(mark, rest)| (&mark[1..], rest));
        rest = match inside.filter(|(mark, _)| mark.len() <= 8 && !mark.contains(char::is_whitespace)) {
            Some((mark, after)) => {
                out.push_str(if mark == "amp" { "&" } else { "" });
                after
            }
            None => {
                out.push_str(&mark[..1]);
                &mark[1..]
            }
        };
    }
    out + rest
}

/// The event's code, or the category of the whole, and what its sentence adds to it.
fn read(word: &Field, sentence: &Field) -> (Meaning, String) {
    let plain = of_code(&meaning::code(word, &Field::default(), None));
    let rule = meaning::rule(RULES, sentence.text().unwrap_or_default());
    // A sentence refines its code, or stands for one that is not known; it never contradicts.
    let refines = |(_, _, status, sub): &&Rule| {
        plain == Meaning::none() || (plain.status == *status && plain.sub == "other" && *sub != "other")
    };
    let refined = rule.filter(refines).map(|(name, ..)| *name);
    let code = meaning::code(word, &Field::default(), refined);
    (of_code(&code), code)
}

/// The meaning of a kept code.
fn of_code(code: &str) -> Meaning {
    let (word, finer, refined) = meaning::words(code);
    match refined {
        Some(name) => meaning::ruled(RULES, name).unwrap_or(Meaning::none()),
        None if finer.is_some() => Meaning::none(),
        None => meaning::of(EVENTS, word).or_else(|| meaning::of(CATEGORIES, word)).unwrap_or(Meaning::none()),
    }
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    let rules = RULES.iter().map(|(name, _, status, sub)| CodeMeaning {
        code: format!("?+{name}"),
        status: *status,
        sub: SubStatus::new(sub),
    });
    [meaning::codes(EVENTS, str::to_owned), meaning::codes(CATEGORIES, str::to_owned), rules.collect()].concat()
}

/// The codes of events that are seen in payloads. There are many more, of which the post lists no meaning that we could hold it
/// to: their sentences tell.
const EVENTS: &[Row] = &[
    ("GX", S::InfoReceived, "label_created"),
    ("MA", S::InfoReceived, "label_created"),
    ("03", S::InTransit, "accepted"),
    ("OA", S::InTransit, "accepted"),
    ("07", S::InTransit, "arrived"),
    ("10", S::InTransit, "arrived"),
    ("A1", S::InTransit, "arrived"),
    ("SF", S::InTransit, "departed"),
    ("T1", S::InTransit, "departed"),
    ("TL", S::InTransit, "other"),
    ("OF", S::OutForDelivery, "on_vehicle"),
    ("01", S::Delivered, "other"),
];

/// The category of the whole.
const CATEGORIES: &[Row] = &[
    ("Pre-Shipment", S::InfoReceived, "label_created"),
    ("Accepted", S::InTransit, "accepted"),
    ("In Transit", S::InTransit, "other"),
    ("Out for Delivery", S::OutForDelivery, "on_vehicle"),
    ("Available for Pickup", S::AvailableForPickup, "post_office"),
    ("Delivery Attempt", S::AttemptFailed, "other"),
    ("Delivered", S::Delivered, "other"),
    ("Delivered to Agent", S::Delivered, "other"),
    ("Returned to Sender", S::Returned, "to_sender"),
    ("Alert", S::Exception, "other"),
];

/// What sentences say, the more telling first.
const RULES: &[Rule] = &[
    ("back", &["delivered, to original sender", "returned to sender"], S::Returned, "to_sender"),
    ("returning", &["return to sender", "being returned"], S::Returning, "in_transit"),
    ("locker", &["parcel locker"], S::Delivered, "locker"),
    ("po_box", &["delivered, po box", "delivered, p.o. box"], S::Delivered, "po_box"),
    ("reception", &["delivered, front desk", "delivered, reception", "mail room"], S::Delivered, "reception"),
    ("neighbour", &["delivered, neighbor", "delivered to neighbor", "left with neighbor"], S::Delivered, "to_neighbour"),
    ("safe", &["delivered, garage", "other door", "delivered, in/at safe"], S::Delivered, "safe_place"),
    ("door", &["in/at mailbox", "front door", "porch", "left with individual"], S::Delivered, "at_door"),
    ("collected", &["picked up at post office", "individual picked up"], S::Delivered, "collected"),
    ("delivered", &["delivered"], S::Delivered, "other"),
    ("notice", &["notice left"], S::AttemptFailed, "notice_left"),
    ("closed", &["business closed"], S::AttemptFailed, "business_closed"),
    ("no_access", &["no access", "receptacle blocked", "no secure location"], S::AttemptFailed, "no_access"),
    ("absent", &["no authorized recipient"], S::AttemptFailed, "recipient_unavailable"),
    ("attempt", &["delivery attempt"], S::AttemptFailed, "other"),
    ("pickup", &["available for pickup", "ready for pickup"], S::AvailableForPickup, "post_office"),
    ("out", &["out for delivery"], S::OutForDelivery, "on_vehicle"),
    ("refused", &["refused"], S::Exception, "refused"),
    ("moved", &["moved, left no address", "forward expired"], S::Exception, "customer_moved"),
    ("address", &["insufficient address", "no such number", "addressee unknown", "vacant"], S::Exception, "address_incorrect"),
    ("unclaimed", &["unclaimed"], S::Exception, "unclaimed"),
    ("undeliverable", &["undeliverable"], S::Exception, "undeliverable"),
    ("held", &["held at post office", "being held"], S::Exception, "held"),
    ("missent", &["missent"], S::Exception, "missorted"),
    ("weather", &["weather", "natural disaster"], S::Exception, "delayed_weather"),
    ("late", &["arriving late", "delayed"], S::Exception, "delayed_carrier"),
    ("damaged", &["damaged"], S::Exception, "damaged"),
    ("cleared", &["customs clearance complete", "cleared customs", "released by customs"], S::InTransit, "customs_cleared"),
    ("customs", &["customs"], S::InTransit, "customs_started"),
    ("forwarded", &["forwarded"], S::InTransit, "forwarded"),
    ("rescheduled", &["rescheduled"], S::InTransit, "rescheduled"),
    ("label", &["label created", "pre-shipment", "awaiting item"], S::InfoReceived, "label_created"),
    ("accepted", &["accepted", "acceptance", "picked up", "possession of item"], S::InTransit, "accepted"),
    ("departed", &["departed"], S::InTransit, "departed"),
    ("arrived", &["arrived", "arrival"], S::InTransit, "arrived"),
    ("transit", &["in transit", "processed", "processing"], S::InTransit, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(EVENTS);
        meaning::tests::check_table(CATEGORIES);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn a_sentence_refines_its_code_and_stands_for_a_new_one() {
        let check = |code: &str, sentence: &str, want: &str, status: S, sub: &'static str| {
            let (meaning, kept) = read(&Field::of(code), &Field::of(sentence));
            assert_eq!((kept.as_str(), meaning), (want, Meaning::of(status, sub)), "{code} {sentence}");
        };
        check("01", "Delivered, Parcel Locker", "01+locker", S::Delivered, "locker");
        check("01", "Delivered, Front Door/Porch", "01+door", S::Delivered, "at_door");
        check("01", "Delivered", "01", S::Delivered, "other");
        check("01", "Delivered, To Original Sender", "01", S::Delivered, "other");
        check("07", "Arrived at Post Office", "07", S::InTransit, "arrived");
        check("02", "Notice Left (No Authorized Recipient Available)", "02+notice", S::AttemptFailed, "notice_left");
        check("09", "Returned to Sender", "09+back", S::Returned, "to_sender");
        check("", "Delivered, PO Box", "+po_box", S::Delivered, "po_box");
        check("Delivered", "Delivered, In/At Mailbox", "Delivered+door", S::Delivered, "at_door");
        let (meaning, kept) = read(&Field::of("ZZ"), &Field::of("Beamed up"));
        assert_eq!((meaning, kept.as_str()), (Meaning::none(), "ZZ"));
        assert_eq!(["", "ZZ", "01+2", "01/02"].map(reread), [const { None }; 4]);
    }

    #[test]
    fn a_name_is_without_its_marks_for_print() {
        let check = |text: &str, want: &str| assert_eq!(plain(&Field::of(text)), want, "{text}");
        check("USPS Ground Advantage<SUP>&#153;</SUP>", "USPS Ground Advantage");
        check("Priority Mail<SUP>&reg;</SUP> &amp; more", "Priority Mail & more");
        check("Media Mail", "Media Mail");
        check("A & B", "A & B");
        check("", "");
    }
}
