//! 17TRACK: a number with the events of each carrier that has it, known by a plain digest of the body and the key.

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{self, Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    parcel::ParcelReport,
    place::zone_of,
    status::{Status as S, SubStatus},
};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Either, Field, List, Mac, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |delivery, _, secret| vec![(SIGNATURE, signatures::digest(secret, delivery.body).to_hex())],
    reread: |code, _| reread(code),
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "SHA-256 of body and key",
    topics: &[
        Topic { name: "TRACKING_UPDATED", used_for: "scans, expected day, last leg" },
        Topic { name: "TRACKING_STOPPED", used_for: "" },
    ],
    codes,
};

const SIGNATURE: &str = "sign";

fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let claimed = delivery.headers.get(SIGNATURE).ok_or(Refusal::Unsigned)?;
    signatures::digested(delivery, Mac::from_hex(claimed).ok_or(Refusal::BadSignature)?, secrets)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    event: Field,
    data: Part<Tracked>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracked {
    number: Field,
    carrier: Field,
    track_info: Part<TrackInfo>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackInfo {
    shipping_info: Part<ShippingInfo>,
    latest_status: Part<LatestStatus>,
    time_metrics: Part<TimeMetrics>,
    misc_info: Part<MiscInfo>,
    tracking: Part<Tracking>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShippingInfo {
    recipient_address: Part<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LatestStatus {
    status: Field,
    sub_status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TimeMetrics {
    estimated_delivery_date: Part<Estimate>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Estimate {
    from: Field,
    to: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MiscInfo {
    service_type: Field,
    local_number: Field,
    local_provider: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracking {
    providers: List<Part<Provider>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Provider {
    provider: Part<ProviderName>,
    latest_sync_time: Field,
    events: List<Part<TrackEvent>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProviderName {
    key: Field,
    name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackEvent {
    time_iso: Field,
    time_utc: Field,
    time_raw: Either<RawTime>,
    description: Field,
    location: Field,
    stage: Field,
    sub_status: Field,
    address: Part<Place>,
}

/// The carrier's own writing, in parts or as it stands.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawTime {
    date: Field,
    time: Field,
    timezone: Field,
}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let event: Event = verified.json()?;
    let topic = event.event.text().unwrap_or_default();
    // That 17TRACK stops asking is said of its own work, not of the parcel.
    if topic != "TRACKING_UPDATED" {
        return Ok(unknown(topic));
    }
    Ok(CarrierParsed::Reports(vec![report(
        event.data.required("data")?,
        "data.",
        Heard::delivered(None, verified.received_at()),
    )?]))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    code: Field,
    data: Part<Answered>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answered {
    accepted: List<Part<Tracked>>,
}

/// What is rejected is a number that was never registered or of which nothing is known yet.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let answer: Answer = answered.json()?;
    if answer.code.text() != Some("0") {
        return meaning::nothing_or(false, "code");
    }
    let data = answer.data.required("data")?;
    let read = |(at, tracked): (usize, &Tracked)| {
        report(tracked, &format!("data.accepted[{at}]."), Heard::asked(None, answered.received_at()))
    };
    Ok(meaning::answer(meaning::bounded(data.accepted.rows().map(read).collect::<Result<_, _>>()?, "data.accepted")?))
}

fn report(tracked: &Tracked, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
    let received_at = heard.received_at;
    let nothing = TrackInfo::default();
    let info = tracked.track_info.get().unwrap_or(&nothing);
    let providers: Vec<&Provider> =
        info.tracking.get().into_iter().flat_map(|tracking| tracking.providers.rows()).map(|(_, provider)| provider).collect();
    let parcel = meaning::name(&carrier_of(&tracked.carrier, &providers), &tracked.number, &format!("{path}number"))?;
    let destination = || info.shipping_info.get()?.recipient_address.get()?.zone(None);
    let mut gathered = Gathered::default();
    for event in providers.iter().flat_map(|provider| provider.events.rows()).map(|(_, event)| event) {
        let moment = event.time().and_then(|told| told.resolve(|| event.zone(), destination, received_at));
        gathered.tell(moment, event.read(), &event.description, event.place());
    }
    // When 17TRACK last asked the carriers.
    let asked_at = providers.iter().filter_map(|provider| clock::own(&provider.latest_sync_time, received_at)).max();
    if let Some(latest) = info.latest_status.get() {
        gathered.tell_state(read(&latest.status, &latest.sub_status), asked_at);
    }
    let rows = providers.iter().map(|provider| provider.events.rows().count()).sum();
    let is_full_history = gathered.is_whole_of(rows, providers.iter().map(|provider| provider.events.iter().count()).sum());
    let estimate = info.time_metrics.get().and_then(|metrics| metrics.estimated_delivery_date.get());
    let misc = info.misc_info.get();
    Ok(gathered.report(Message {
        source: "seventeentrack",
        last_mile: misc.and_then(|misc| meaning::last_mile(&misc.local_provider, &misc.local_number, &parcel.1)),
        parcel,
        heard: Heard { own: asked_at, ..heard },
        is_full_history,
        expected: estimate.and_then(|estimate| estimate.to.date().or_else(|| estimate.from.date())),
        service: misc.and_then(|misc| misc.service_type.cut(SERVICE_CHARS_MAX)),
    }))
}

/// The name of the carrier that the number was registered with. 17TRACK's own keys are numbers; those of the carriers that the
/// house knows are listed, for messages that name nobody.
fn carrier_of(key: &Field, providers: &[&Provider]) -> Field {
    let names = || providers.iter().filter_map(|provider| provider.provider.get());
    let named = names().find(|name| key.text().is_some() && name.key == *key).or_else(|| names().next());
    let known = || KEYS.iter().find(|(known, _)| key.text() == Some(known)).map(|(_, carrier)| Field::of(carrier));
    named.map(|name| name.name.clone()).filter(|name| name.text().is_some()).or_else(known).unwrap_or_default()
}

const KEYS: [(&str, &str); 9] = [
    ("100001", "dhl_express"),
    ("100002", "ups"),
    ("100003", "fedex"),
    ("100005", "gls"),
    ("100007", "dpd"),
    ("21051", "usps"),
    ("3011", "china_post"),
    ("7041", "dhl_germany"),
    ("11031", "royal_mail"),
];

impl TrackEvent {
    /// UTC; a text with its offset; the carrier's own writing.
    fn time(&self) -> Result<Told, Untimely> {
        if self.time_utc.text().is_some() {
            return Told::read(&self.time_utc).map(Told::in_utc);
        }
        if self.time_iso.text().is_some() {
            return Told::read(&self.time_iso);
        }
        match self.time_raw.part.get() {
            Some(raw) => Ok(Told::of_two(&raw.date, &raw.time)?.with_offset(&raw.timezone)),
            None => Told::read(&self.time_raw.field),
        }
    }

    fn place(&self) -> String {
        let parts = self.address.get().map(Place::line).unwrap_or_default();
        // Of an address that has only a country, the line that the carrier wrote says more.
        let has_town = self.address.get().is_some_and(|address| address.city.text().is_some());
        if has_town { parts } else { self.location.text().map_or(parts, str::to_owned) }
    }

    fn zone(&self) -> Option<Zone> {
        let address = self.address.get()?;
        let line = self.location.text().unwrap_or_default();
        let state = address.state.text().or_else(|| line.rsplit(',').next().map(str::trim));
        zone_of(address.country.text()?, state)
    }

    /// The sub-status, whose first half is the status; before there were any, the stage.
    fn read(&self) -> (Meaning, String) {
        let general = self.sub_status.text().and_then(|word| word.split('_').next()).map(Field::of).unwrap_or_default();
        read(general.or(&self.stage), &self.sub_status)
    }
}

fn read(status: &Field, sub_status: &Field) -> (Meaning, String) {
    let code = meaning::code(status, sub_status, None);
    (of_code(&code), code)
}

/// The meaning of a kept code.
fn of_code(code: &str) -> Meaning {
    let (status, sub_status, _) = meaning::words(code);
    meaning::of_two((STATUSES, status), (SUB_STATUSES, sub_status))
}

fn reread(code: &str) -> Option<(S, SubStatus)> {
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    let with_status = |sub: &str| format!("{}/{sub}", sub.split('_').next().unwrap_or_default());
    [meaning::codes(STATUSES, str::to_owned), meaning::codes(SUB_STATUSES, with_status)].concat()
}

/// The nine statuses, and the stages that an event has without one.
const STATUSES: &[Row] = &[
    ("NotFound", S::Pending, "other"),
    ("InfoReceived", S::InfoReceived, "other"),
    ("InTransit", S::InTransit, "other"),
    ("Expired", S::Expired, "other"),
    ("AvailableForPickup", S::AvailableForPickup, "pickup_point"),
    ("OutForDelivery", S::OutForDelivery, "on_vehicle"),
    ("DeliveryFailure", S::AttemptFailed, "other"),
    ("Delivered", S::Delivered, "other"),
    ("Exception", S::Exception, "other"),
    ("PickedUp", S::InTransit, "picked_up"),
    ("Departure", S::InTransit, "departed"),
    ("Arrival", S::InTransit, "arrived"),
    ("Returning", S::Returning, "in_transit"),
    ("Returned", S::Returned, "to_sender"),
];

const SUB_STATUSES: &[Row] = &[
    ("NotFound_Other", S::Pending, "other"),
    ("NotFound_InvalidCode", S::Pending, "other"),
    ("InfoReceived", S::InfoReceived, "label_created"),
    ("InTransit_PickedUp", S::InTransit, "picked_up"),
    ("InTransit_Other", S::InTransit, "other"),
    ("InTransit_Departure", S::InTransit, "departed"),
    ("InTransit_Arrival", S::InTransit, "arrived"),
    ("InTransit_CustomsProcessing", S::InTransit, "customs_started"),
    ("InTransit_CustomsReleased", S::InTransit, "customs_cleared"),
    ("InTransit_CustomsRequiringInformation", S::Exception, "customs_info_required"),
    ("Expired_Other", S::Expired, "other"),
    ("AvailableForPickup_Other", S::AvailableForPickup, "pickup_point"),
    ("OutForDelivery_Other", S::OutForDelivery, "on_vehicle"),
    ("DeliveryFailure_Other", S::AttemptFailed, "other"),
    ("DeliveryFailure_NoBody", S::AttemptFailed, "recipient_unavailable"),
    ("DeliveryFailure_Security", S::AttemptFailed, "no_access"),
    ("DeliveryFailure_Rejected", S::Exception, "refused"),
    ("DeliveryFailure_InvalidAddress", S::Exception, "address_incorrect"),
    ("Delivered_Other", S::Delivered, "other"),
    ("Exception_Other", S::Exception, "other"),
    ("Exception_Returning", S::Returning, "in_transit"),
    ("Exception_Returned", S::Returned, "to_sender"),
    ("Exception_NoBody", S::Exception, "unclaimed"),
    ("Exception_Security", S::Exception, "security"),
    ("Exception_Damage", S::Exception, "damaged"),
    ("Exception_Rejected", S::Exception, "refused"),
    ("Exception_Delayed", S::Exception, "delayed_carrier"),
    ("Exception_Lost", S::Exception, "lost"),
    ("Exception_Destroyed", S::Exception, "destroyed"),
    ("Exception_Cancel", S::Cancelled, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(STATUSES);
        meaning::tests::check_table(SUB_STATUSES);
        meaning::tests::check_codes(&codes(), |code, _| reread(code));
    }

    #[test]
    fn a_new_half_leaves_the_other() {
        assert_eq!(of_code("InTransit/InTransit_Beamed"), Meaning::unsure(S::InTransit));
        assert_eq!(of_code("Departure"), Meaning::of(S::InTransit, "departed"));
        assert_eq!(of_code("Beamed/Beamed_Up"), Meaning::none());
        assert_eq!(["", "Beamed", "in_transit/lost"].map(reread), [const { None }; 3]);
    }
}
