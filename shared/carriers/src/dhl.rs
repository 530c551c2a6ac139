//! DHL's unified push: shipments of all its companies, known by a token that we chose. It says in sentences what happened.

mod rules;

use crate::{
    Answers, CarrierParsed, CodeMeaning, Reader, Topic,
    clock::{Told, Untimely},
    meaning::{self, Gathered, Heard, Meaning, Message, Place, Row, SERVICE_CHARS_MAX},
    unknown,
};
use domain::{
    calendar::Zone,
    carrier,
    id::CarrierCode,
    parcel::ParcelReport,
    status::{Status as S, SubStatus},
};
use jiff::{Timestamp, civil::Date};
use rules::{EXPRESS, rules_of};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Either, Field, List, Part, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    parse,
    parse_answer: Some(parse_answer),
    grant: None,
    sign: |_, _, secret| vec![(TOKEN, secret.to_owned())],
    reread,
    headers_read: &[],
    keys_url: None,
    answers: Answers::usual(None),
    proof: "the secret itself, as `X-Doorstep-Token`",
    topics: &[
        Topic { name: "subscription.validate", used_for: "answered, so that pushes begin" },
        Topic { name: "subscription.push", used_for: "scans, expected day" },
        Topic { name: "subscription.ready", used_for: "" },
    ],
    codes,
};

/// Whoever subscribes chooses header and token; ours is told to merchants: `hook.authentication.header` of the subscription.
const TOKEN: &str = "X-Doorstep-Token";
/// The longest hello; DHL's have less than 200 bytes.
const HELLO_BYTES_MAX: usize = 2048;
/// The longest id of a subscription and the longest secret of a hello.
const HELLO_CHARS_MAX: usize = 200;

/// A hello says nothing of a parcel and may come before DHL uses the token; all that follows from it is that we ask DHL itself
/// about the subscription that it names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    scope: String,
    #[serde(rename = "self")]
    link: String,
    secret: String,
}

impl Hello {
    fn is_one(delivery: &Delivery<'_>) -> bool {
        let hello = (delivery.body.len() <= HELLO_BYTES_MAX).then(|| delivery.unproved::<Self>()).flatten();
        hello.is_some_and(|hello| hello.scope == VALIDATE && subscription(&hello.link).is_some() && !hello.secret.is_empty())
    }
}

fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    match signatures::password(delivery, TOKEN, secrets) {
        Err(Refusal::Unsigned) => signatures::hello(delivery, secrets, Hello::is_one),
        decided => decided,
    }
}

const VALIDATE: &str = "subscription.validate";

/// The id at the end of a subscription's address at DHL.
fn subscription(link: &str) -> Option<&str> {
    let id = link.strip_prefix("https://api-eu.dhl.com/tracking/push/v1/subscription/")?;
    let is_id =
        (1..=HELLO_CHARS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    is_id.then_some(id)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Push {
    scope: Field,
    #[serde(rename = "self")]
    link: Field,
    secret: Field,
    shipments: List<Part<Shipment>>,
    /// Of an answer that holds an error.
    status: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Shipment {
    id: Field,
    /// What DHL Express' own API calls it.
    shipment_tracking_number: Field,
    service: Field,
    destination: Part<Located>,
    status: Either<Event>,
    estimated_time_of_delivery: Field,
    estimated_delivery_time_frame: Part<TimeFrame>,
    details: Part<Details>,
    events: List<Part<Event>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Located {
    address: Part<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    country_code: Field,
    address_locality: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    timestamp: Field,
    /// Of DHL Express' own API, instead of a timestamp.
    date: Field,
    time: Field,
    location: Part<Located>,
    status_code: Field,
    type_code: Field,
    status: Field,
    description: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TimeFrame {
    estimated_through: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Details {
    product: Part<Product>,
    proof_of_delivery: Part<Proof>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Product {
    product_name: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Proof {
    signed: Part<Person>,
}

/// Who signed is not read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {}

fn parse(verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let push: Push = verified.json()?;
    match push.scope.text().unwrap_or_default() {
        VALIDATE => {
            let id =
                subscription(push.link.required("self")?).ok_or_else(|| BadDelivery::bad("self", "is no subscription of DHL"))?;
            let proof = push.secret.required("secret")?;
            let is_short = proof.chars().count() <= HELLO_CHARS_MAX;
            let proof = is_short.then(|| proof.to_owned()).ok_or_else(|| BadDelivery::bad("secret", "is too long"))?;
            Ok(CarrierParsed::Handshake { subscription: id.to_owned(), proof })
        }
        "subscription.push" => {
            // A shipment told without any time is of when it was told.
            let heard = Heard::delivered(Some(verified.received_at()), verified.received_at());
            Ok(CarrierParsed::Reports(reports(&push.shipments, heard)?))
        }
        scope => Ok(unknown(scope)),
    }
}

/// A question for a number is answered with shipments as a push has them: of several companies, when they share the number.
fn parse_answer(answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
    let answer: Push = answered.json()?;
    if !answer.shipments.is_given() {
        return meaning::nothing_or(answer.status.text() == Some("404"), "shipments");
    }
    Ok(meaning::answer(reports(&answer.shipments, Heard::asked(None, answered.received_at()))?))
}

fn reports(shipments: &List<Part<Shipment>>, heard: Heard) -> Result<Vec<ParcelReport>, BadDelivery> {
    let report = |(at, shipment): (usize, &Shipment)| shipment.report(&format!("shipments[{at}].id"), heard);
    meaning::bounded(shipments.rows().map(report).collect::<Result<_, _>>()?, "shipments")
}

impl Shipment {
    fn report(&self, path: &str, heard: Heard) -> Result<ParcelReport, BadDelivery> {
        let of_express = if self.shipment_tracking_number.text().is_some() { "express" } else { "" };
        let (guessed, number) = meaning::name(&Field::default(), self.id.or(&self.shipment_tracking_number), path)?;
        let parcel = (company(self.service.or(&Field::of(of_express)), guessed), number);
        let proof = self.details.get().and_then(|details| details.proof_of_delivery.get());
        let is_signed = proof.is_some_and(|proof| proof.signed.get().is_some());
        let destination = || self.destination.get()?.place().zone(None);
        let mut gathered = Gathered::default();
        for (_, event) in self.events.rows() {
            event.tell(&mut gathered, is_signed, destination, heard.received_at);
        }
        if let Some(now) = self.status.part.get() {
            if now.timestamp.text().is_none() {
                gathered.tell_state(now.read(is_signed), heard.own);
            } else if !self.events.rows().any(|(_, event)| event.is_told_by(now)) {
                now.tell(&mut gathered, is_signed, destination, heard.received_at);
            }
        }
        let is_full_history = gathered.is_whole(&self.events);
        // What DHL says has no time of its own, unless it says nothing else.
        let last_at = gathered.scans.iter().map(|scan| scan.at).max();
        let product = self.details.get().and_then(|details| details.product.get());
        let product =
            product.map(|product| &product.product_name).filter(|name| !name.text().unwrap_or_default().starts_with("UNKNOWN"));
        Ok(gathered.report(Message {
            source: "dhl",
            parcel,
            heard: Heard { own: last_at.filter(|_| !heard.is_asked), ..heard },
            is_full_history,
            expected: self.expected(),
            service: product.and_then(|name| name.cut(SERVICE_CHARS_MAX)),
            last_mile: None,
        }))
    }

    fn expected(&self) -> Option<Date> {
        let frame = || self.estimated_delivery_time_frame.get()?.estimated_through.date();
        self.estimated_time_of_delivery.date().or_else(frame)
    }
}

/// The company of DHL that a service is one of; without a service, what the number's form says, or the one that people mean.
fn company(service: &Field, guessed: CarrierCode) -> CarrierCode {
    let Some(service) = service.text() else {
        return if guessed.as_str() == "unknown" { carrier::code("dhl") } else { guessed };
    };
    match service {
        "express" => carrier::code("dhl_express"),
        "parcel-de" => carrier::code("dhl_germany"),
        "post-de" => carrier::code("deutsche_post"),
        service if service.starts_with("ecommerce") => carrier::code("dhl_ecommerce"),
        other => carrier::code(&format!("dhl {other}")),
    }
}

impl Located {
    /// The town. DHL may write a street before it, which nobody needs to know: what has a digit in it is left out.
    fn place(&self) -> Place {
        let Some(address) = self.address.get() else { return Place::default() };
        let line = address.address_locality.text().unwrap_or_default();
        let parts = line.split(',').map(str::trim).filter(|part| !part.contains(|c: char| c.is_ascii_digit()));
        let town = parts.collect::<Vec<_>>().join(", ");
        Place::of(&Field::of(&town), &Field::default(), &address.country_code)
    }
}

impl Event {
    fn tell(&self, gathered: &mut Gathered, is_signed: bool, destination: impl FnOnce() -> Option<Zone>, received_at: Timestamp) {
        let place = self.location.get().map(Located::place).unwrap_or_default();
        let moment = self.time().and_then(|told| told.resolve(|| place.zone(None), destination, received_at));
        gathered.tell(moment, self.read(is_signed), self.sentence(), place.line());
    }

    /// The clock of the place, mostly without an offset.
    fn time(&self) -> Result<Told, Untimely> {
        if self.timestamp.text().is_some() { Told::read(&self.timestamp) } else { Told::of_two(&self.date, &self.time) }
    }

    /// Whether this event is what the shipment says of itself: DHL repeats the newest one there, and may put a `Z` behind its local
    /// time.
    fn is_told_by(&self, now: &Self) -> bool {
        let clock = |event: &Self| event.timestamp.cut(19);
        clock(self) == clock(now) && self.status_code == now.status_code
    }

    fn sentence(&self) -> &Field {
        self.description.or(&self.status)
    }

    fn read(&self, is_signed: bool) -> (Meaning, String) {
        let plain = meaning::code(&self.status_code, &self.type_code, None);
        let meaning = of_code(&plain);
        let rules = if self.type_code.text().is_some() { &[] } else { rules_of(self.status_code.text().unwrap_or_default()) };
        let rule = [self.status.text(), Some(meaning::kept(self.sentence()).as_str())]
            .into_iter()
            .flatten()
            .find_map(|text| meaning::rule(rules, text));
        let refined = match rule {
            Some((name, ..)) => Some(*name),
            None => (is_signed && (meaning.status, meaning.sub) == (S::Delivered, "other")).then_some(SIGNED),
        };
        let code = meaning::code(&self.status_code, &self.type_code, refined);
        (of_code(&code), code)
    }
}

/// What an arrival is when the shipment has a signature, which stands beside its events.
const SIGNED: &str = "signed";

/// The meaning of a kept code: what the sentence said, then the letters of DHL Express, then the status.
fn of_code(code: &str) -> Meaning {
    let (status, letters, refined) = meaning::words(code);
    let known = meaning::of(STATUSES, status);
    let plain = match (known, letters) {
        (_, Some(letters)) => match (meaning::of(EXPRESS, Some(letters)), known) {
            (Some(meaning), _) => meaning,
            (None, Some(general)) => Meaning::unsure(general.status),
            (None, None) => Meaning::none(),
        },
        (Some(meaning), None) => meaning,
        (None, None) => Meaning::none(),
    };
    match refined {
        None => plain,
        Some(SIGNED) if plain.status == S::Delivered => Meaning { sub: SIGNED, ..plain },
        Some(name) => meaning::ruled(rules_of(status.unwrap_or_default()), name).unwrap_or(Meaning::none()),
    }
}

/// A sentence that no rule knew when it came may be known to one by now.
fn reread(code: &str, text: &str) -> Option<(S, SubStatus)> {
    let (status, letters, refined) = meaning::words(code);
    if let (Some(status), None, None) = (status, letters, refined)
        && let Some((_, _, status, sub)) = meaning::rule(rules_of(status), text)
    {
        return Some((*status, SubStatus::new(sub)));
    }
    of_code(code).again()
}

fn codes() -> Vec<CodeMeaning> {
    let ruled = STATUSES.iter().flat_map(|(general, ..)| {
        rules_of(general).iter().map(move |(name, _, status, sub)| CodeMeaning {
            code: format!("{general}+{name}"),
            status: *status,
            sub: SubStatus::new(sub),
        })
    });
    let express = |letters: &str| format!("/{letters}");
    [meaning::codes(STATUSES, str::to_owned), meaning::codes(EXPRESS, express), ruled.collect()].concat()
}

/// What of a shipment can be told without its sentence. The status goes before it: DHL's own sample has a parcel before its way
/// that says `DELIVERED`.
const STATUSES: &[Row] = &[
    ("pre-transit", S::InfoReceived, "other"),
    ("transit", S::InTransit, "other"),
    ("delivered", S::Delivered, "other"),
    ("failure", S::Exception, "undeliverable"),
    ("unknown", S::Pending, "other"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_in_the_vocabulary_and_is_read_again_from_its_code() {
        meaning::tests::check_table(STATUSES);
        meaning::tests::check_table(EXPRESS);
        meaning::tests::check_codes(&codes(), reread);
    }

    fn said(status: &str, sentence: &str) -> (String, Meaning) {
        let event = Event { status_code: Field::of(status), status: Field::of(sentence), ..Event::default() };
        let (meaning, code) = event.read(false);
        assert_eq!(reread(&code, sentence), meaning.again(), "{code}");
        (code, meaning)
    }

    #[test]
    fn sentences_tell_what_the_status_does_not() {
        let check = |status: &str, sentence: &str, want: S, sub: &'static str| {
            assert_eq!(said(status, sentence).1, Meaning::of(want, sub), "{status}: {sentence}");
        };
        check("transit", "Processed", S::InTransit, "other");
        check("transit", "The shipment is OUT FOR DELIVERY", S::OutForDelivery, "on_vehicle");
        check("transit", "Shipment is with courier", S::OutForDelivery, "on_vehicle");
        check("transit", "Die Sendung ist in Zustellung", S::OutForDelivery, "on_vehicle");
        check("transit", "De bezorger is onderweg", S::OutForDelivery, "on_vehicle");
        check("transit", "Ready for collection at the ServicePoint", S::AvailableForPickup, "pickup_point");
        check("transit", "Posted by the sender at the PACKSTATION", S::InTransit, "accepted");
        check("transit", "Abholbereit in der Packstation 145", S::AvailableForPickup, "locker");
        check("transit", "Customs status updated", S::InTransit, "customs_started");
        check("transit", "Clearance processing complete", S::InTransit, "customs_cleared");
        check("transit", "The shipment is being returned to the sender", S::Returning, "in_transit");
        check("transit", "Delivery attempted; recipient not home", S::AttemptFailed, "recipient_unavailable");
        check("pre-transit", "DELIVERED", S::InfoReceived, "other");
        check("unknown", "Delivered", S::Pending, "other");
        check("delivered", "Delivered", S::Delivered, "other");
        check("delivered", "Zugestellt an Nachbarn", S::Delivered, "to_neighbour");
        check("failure", "Recipient refused the shipment", S::Exception, "refused");
        check("failure", "Something else", S::Exception, "undeliverable");
        assert_eq!(said("beamed", "out for delivery"), ("beamed".to_owned(), Meaning::none()));
        assert_eq!(said("transit", "Out for delivery").0, "transit+out_for_delivery");
    }

    #[test]
    fn a_sentence_is_read_again_by_the_rules_of_today() {
        // As one was kept before there was a rule for it.
        assert_eq!(reread("transit", "Out for delivery"), Some((S::OutForDelivery, SubStatus::new("on_vehicle"))));
        assert_eq!(reread("transit+out_for_delivery", ""), Some((S::OutForDelivery, SubStatus::new("on_vehicle"))));
        assert_eq!(reread("/OK", "Out for delivery"), Some((S::Delivered, SubStatus::other())));
        assert_eq!(["", "beamed", "transit+refused", "transit+2"].map(|code| reread(code, "")), [const { None }; 4]);
    }

    #[test]
    fn a_service_is_one_of_dhls_companies() {
        let check = |service: &str, want: &str| {
            assert_eq!(company(&Field::of(service), "unknown".parse().unwrap()).as_str(), want, "{service}");
        };
        check("express", "dhl_express");
        check("parcel-de", "dhl_germany");
        check("ecommerce-europe", "dhl_ecommerce");
        check("parcel-nl", "dhl_benelux");
        check("", "dhl_express");
    }

    #[test]
    fn a_street_is_left_out_of_a_place() {
        let check = |line: &str, want: &str| {
            let body = format!(r#"{{"address":{{"countryCode":"NL","addressLocality":"{line}"}}}}"#);
            assert_eq!(signatures::json_within::<Located>(&body, "").unwrap().place().line(), want, "{line}");
        };
        check("Oderweg 2, AMSTERDAM", "AMSTERDAM, NL");
        check("AMSTERDAM", "AMSTERDAM, NL");
        check("Oderweg 2", "NL");
    }
}
