//! AfterShip Tracking: a tracking with all its checkpoints, signed over the body alone.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told},
    country,
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    status::{Status as S, SubStatus},
};
use jiff::civil::Date;
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Either, Field, Key, List, Mac, Part, Refusal, Verified};

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
        Topic { name: "tracking_update", used_for: "scans, expected day, last leg" },
        Topic { name: "edd_revise", used_for: "expected day, scans" },
        Topic { name: "tracking_pending_time", used_for: "scans" },
    ],
    codes,
};

const SIGNATURE: &str = "aftership-hmac-sha256";

/// The secret is used as it is shown. The time stands in the body and nobody but the body signs it, so that an old delivery may
/// come again; a report told twice changes nothing.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    signatures::sealed_body(delivery, SIGNATURE, Mac::from_base64, &signatures::keys(secrets, Key::of_text))
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&Key::of_text(secret)?, &[], delivery.body).to_base64()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    event: Field,
    ts: Field,
    msg: Part<Tracking>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracking {
    tracking_number: Field,
    slug: Field,
    tag: Field,
    subtag: Field,
    updated_at: Field,
    shipment_type: Field,
    destination_country_iso3: Field,
    destination_country_region: Field,
    destination_state: Field,
    expected_delivery: Field,
    courier_estimated_delivery_date: Either<Estimate>,
    aftership_estimated_delivery_date: Either<Estimate>,
    latest_estimated_delivery: Part<Latest>,
    last_mile: Part<Leg>,
    checkpoints: List<Part<Checkpoint>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Estimate {
    estimated_delivery_date: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Latest {
    datetime: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Leg {
    slug: Field,
    tracking_number: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Checkpoint {
    checkpoint_time: Field,
    message: Field,
    city: Field,
    state: Field,
    country_iso3: Field,
    /// What `country_iso3` is called since 2026-01.
    country_region: Field,
    tag: Field,
    subtag: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.event.text().unwrap_or_default();
    if !matches!(topic, "tracking_update" | "edd_revise" | "tracking_pending_time") {
        return Ok(unknown(topic));
    }
    let said_at = clock::own_seconds(&event.ts, verified.received_at());
    let tracking = event.msg.required("msg")?;
    Ok(CarrierParsed::Reports(vec![report(tracking, "msg.", Heard::delivered(said_at, verified.received_at()))?]))
}

/// What one question is answered with: a tracking in an envelope, a list of them, or since 2024-07 the tracking itself.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    meta: Part<Meta>,
    data: Part<Data>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    code: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    tracking: Part<Tracking>,
    trackings: List<Part<Tracking>>,
}

fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let received_at = answered.received_at();
    let read = |tracking: &Tracking, path: String| report(tracking, &path, Heard::asked(None, received_at));
    let answer: Answer = answered.json()?;
    if let Some(code) = answer.meta.get().and_then(|meta| meta.code.text()).filter(|code| !code.starts_with("20")) {
        // 404 and 4004: there is no such tracking.
        return meaning::nothing_or(matches!(code, "404" | "4004"), "meta");
    }
    let Some(data) = answer.data.get() else {
        return Ok(meaning::answer(vec![read(&answered.json()?, String::new())?]));
    };
    let one = data.tracking.get().map(|tracking| read(tracking, "data.tracking.".to_owned()));
    let list = data.trackings.rows().map(|(at, tracking)| read(tracking, format!("data.trackings[{at}].")));
    Ok(meaning::answer(meaning::bounded(one.into_iter().chain(list).collect::<Result<_, _>>()?, "data.trackings")?))
}

fn report(tracking: &Tracking, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let parcel = meaning::name(&tracking.slug, &tracking.tracking_number, &format!("{path}tracking_number"))?;
    let received_at = heard.received_at;
    let heard = Heard { own: heard.own.or_else(|| clock::own(&tracking.updated_at, received_at)), ..heard };
    let mut gathered = Gathered::default();
    for (_, checkpoint) in tracking.checkpoints.rows() {
        let place = checkpoint.place();
        // A time has an offset when the carrier gave one; else it is that of the carrier's clock there.
        let moment = Told::read(&checkpoint.checkpoint_time)
            .and_then(|told| told.resolve(|| place.zone(None), || tracking.destination(), received_at));
        gathered.tell(moment, read(&checkpoint.tag, &checkpoint.subtag), &checkpoint.message, place.line());
    }
    gathered.tell_state(read(&tracking.tag, &tracking.subtag), heard.own);
    let is_full_history = gathered.is_whole(&tracking.checkpoints);
    let leg = tracking.last_mile.get();
    Ok(gathered.report(Message {
        source: "aftership",
        last_mile: leg.and_then(|leg| meaning::last_mile(&leg.slug, &leg.tracking_number, &parcel.1)),
        parcel,
        heard,
        is_full_history,
        expected: tracking.expected(),
        service: tracking.shipment_type.cut(SERVICE_CHARS_MAX),
    }))
}

impl Tracking {
    /// The day of the newest estimate; the carrier's; AfterShip's own.
    fn expected(&self) -> Option<Date> {
        let of = |estimate: &Either<Estimate>| {
            estimate.field.date().or_else(|| estimate.part.get().and_then(|part| part.estimated_delivery_date.date()))
        };
        let latest = self.latest_estimated_delivery.get().and_then(|latest| latest.datetime.date());
        latest
            .or_else(|| of(&self.courier_estimated_delivery_date))
            .or_else(|| self.expected_delivery.date())
            .or_else(|| of(&self.aftership_estimated_delivery_date))
    }

    fn destination(&self) -> Option<Zone> {
        let country = two_letters(self.destination_country_iso3.or(&self.destination_country_region));
        Place::of(&Field::default(), &self.destination_state, &country).zone(None)
    }
}

impl Checkpoint {
    fn place(&self) -> Place {
        Place::of(&self.city, &self.state, &two_letters(self.country_iso3.or(&self.country_region)))
    }
}

fn two_letters(country: &Field) -> Field {
    Field::of(country.text().map(country::alpha_2).unwrap_or_default())
}

fn read(tag: &Field, subtag: &Field) -> (Meaning, String) {
    let code = meaning::code(tag, subtag, None);
    (of_code(&code), code)
}

/// The meaning of a kept code.
fn of_code(code: &str) -> Meaning {
    let (tag, subtag, _) = meaning::words(code);
    meaning::of_two((TAGS, tag), (SUBTAGS, subtag))
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    let with_tag = |subtag: &str| format!("{}/{subtag}", subtag.split('_').next().unwrap_or_default());
    [meaning::codes(TAGS, str::to_owned), meaning::codes(SUBTAGS, with_tag)].concat()
}

/// The tag holds where no subtag says more.
const TAGS: &[Row] = &[
    ("Pending", S::Pending, "other"),
    ("InfoReceived", S::InfoReceived, "other"),
    ("InTransit", S::InTransit, "other"),
    ("OutForDelivery", S::OutForDelivery, "on_vehicle"),
    ("AttemptFail", S::AttemptFailed, "other"),
    ("Delivered", S::Delivered, "other"),
    ("AvailableForPickup", S::AvailableForPickup, "pickup_point"),
    ("Exception", S::Exception, "other"),
    ("Expired", S::Expired, "other"),
];

/// AfterShip's texts once had 010 and 011 the other way round; today's are these.
const SUBTAGS: &[Row] = &[
    ("Pending_001", S::Pending, "other"),
    ("Pending_002", S::Pending, "other"),
    ("Pending_003", S::Pending, "other"),
    ("Pending_004", S::Pending, "other"),
    ("Pending_005", S::Pending, "other"),
    ("Pending_006", S::Pending, "other"),
    ("InfoReceived_001", S::InfoReceived, "label_created"),
    ("InTransit_001", S::InTransit, "other"),
    ("InTransit_002", S::InTransit, "accepted"),
    ("InTransit_003", S::InTransit, "arrived"),
    ("InTransit_004", S::InTransit, "arrived_destination_country"),
    ("InTransit_005", S::InTransit, "customs_cleared"),
    ("InTransit_006", S::InTransit, "customs_started"),
    ("InTransit_007", S::InTransit, "departed"),
    ("InTransit_008", S::InTransit, "problem_resolved"),
    ("InTransit_009", S::InTransit, "forwarded"),
    ("OutForDelivery_001", S::OutForDelivery, "on_vehicle"),
    // Of before there was a tag for it.
    ("OutForDelivery_002", S::AvailableForPickup, "pickup_point"),
    ("OutForDelivery_003", S::OutForDelivery, "customer_contacted"),
    ("OutForDelivery_004", S::OutForDelivery, "appointment_scheduled"),
    ("AttemptFail_001", S::AttemptFailed, "other"),
    ("AttemptFail_002", S::AttemptFailed, "recipient_unavailable"),
    ("AttemptFail_003", S::AttemptFailed, "business_closed"),
    ("Delivered_001", S::Delivered, "at_door"),
    ("Delivered_002", S::Delivered, "collected"),
    ("Delivered_003", S::Delivered, "signed"),
    ("Delivered_004", S::Delivered, "cod_paid"),
    ("Delivered_005", S::Delivered, "to_neighbour"),
    ("AvailableForPickup_001", S::AvailableForPickup, "pickup_point"),
    ("Exception_001", S::Exception, "other"),
    ("Exception_002", S::Exception, "customer_moved"),
    ("Exception_003", S::Exception, "refused"),
    ("Exception_004", S::Exception, "delayed_customs"),
    ("Exception_005", S::Exception, "delayed_external"),
    ("Exception_006", S::Exception, "duties_unpaid"),
    ("Exception_007", S::Exception, "address_incorrect"),
    ("Exception_008", S::Exception, "unclaimed"),
    ("Exception_009", S::Exception, "rejected_by_carrier"),
    ("Exception_010", S::Returning, "in_transit"),
    ("Exception_011", S::Returned, "to_sender"),
    ("Exception_012", S::Exception, "damaged"),
    ("Exception_013", S::Exception, "lost"),
    ("Exception_016", S::Exception, "delayed_carrier"),
    ("Exception_017", S::Exception, "delayed_weather"),
    ("Exception_018", S::Exception, "customs_info_required"),
    ("Exception_019", S::Exception, "delayed_external"),
    ("Exception_020", S::Cancelled, "other"),
    ("Exception_021", S::Exception, "destroyed"),
    ("Expired_001", S::Expired, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(TAGS);
        meaning::tests::check_table(SUBTAGS);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn a_new_subtag_means_its_tag_and_is_wondered_at() {
        assert_eq!(of_code("Exception/Exception_099"), Meaning::unsure(S::Exception));
        assert_eq!(of_code("Beamed/Beamed_001"), Meaning::none());
        assert_eq!(of_code("Beamed/Exception_011"), Meaning::of(S::Returned, "to_sender"));
        assert_eq!(of_code("Delivered"), Meaning::of(S::Delivered, "other"));
        assert_eq!(["", "/Beamed_001", "in_transit/lost"].map(reread), [const { None }; 3]);
    }
}
