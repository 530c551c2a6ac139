//! One order, and the sample of every kind of letter about it.

use crate::{Email, Facts, Sms, email, sms};
use domain::locale::Locale;
use domain::{
    address::{Address, Customer},
    id::{LetterId, OrderId},
    letter::{About, Channel, Letter, LetterKind},
    money::Money,
    order::{FulfilmentReport, FulfilmentState, Line, Order, OrderReport, Payment, Totals},
    parcel::{EpisodeKind, Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{AnsweredBy, DeclineReason, HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::{Brand, ShopSettings},
    status::{Status, SubStatus},
};
use jiff::Timestamp;

use super::situations::stuck_as;
pub(super) use super::situations::{TOLD, all, four, solved, stuck};

pub(super) const LINK: &str = "https://post.demo.example/o/AQEBZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y";

pub(super) const PREFERENCES: &str = "https://post.demo.example/p/AQICZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything a letter needs, owned.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) letter: Letter,
    pub(super) settings: ShopSettings,
    pub(super) order: Order,
    pub(super) parcels: Vec<Parcel>,
    pub(super) return_: Return,
    pub(super) link: String,
    pub(super) carries: Vec<Letter>,
    pub(super) locale: Locale,
    pub(super) may_promote: bool,
}

impl Sample {
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            letter: &self.letter,
            settings: &self.settings,
            order: &self.order,
            parcel: self.parcels.first(),
            parcels: &self.parcels,
            return_: Some(&self.return_),
            link: &self.link,
            carries: &self.carries,
            locale: self.locale,
            preferences_link: Some(PREFERENCES).filter(|_| self.letter.kind != LetterKind::PersonNeeded),
            may_promote: self.may_promote,
        }
    }

    pub(super) fn in_language(mut self, locale: Locale) -> Self {
        self.locale = locale;
        self
    }

    /// Whether this kind is sent on a channel at all.
    pub(super) fn uses(&self, channel: Channel) -> bool {
        self.letter.kind.channels().contains(&channel)
    }

    #[track_caller]
    pub(super) fn email(&self) -> Email {
        email(&self.facts()).unwrap()
    }

    #[track_caller]
    pub(super) fn sms(&self) -> Sms {
        sms(&self.facts()).unwrap()
    }

    pub(super) fn report(&mut self) -> &mut OrderReport {
        self.order.report.as_mut().unwrap()
    }

    /// The letter is about this moment of the parcel.
    pub(super) fn about(mut self, detail: &str, occurred_at: &str) -> Self {
        self.letter.about = About::Parcel { parcel: self.parcels[0].key.clone(), detail: detail.to_owned() };
        self.letter.occurred_at = at(occurred_at);
        self
    }

    /// The carrier's source says something at this moment.
    pub(super) fn said(self, when: &str, expected: Option<&str>, scans: Vec<Scan>) -> Self {
        self.heard(when, |report| ParcelReport { expected: expected.map(|day| day.parse().unwrap()), scans, ..report })
    }

    /// The carrier's source tells its whole history, without a delivery.
    pub(super) fn taken_back(self, when: &str) -> Self {
        let scans = vec![scan("2026-11-24T17:10:00Z", Status::InTransit, "accepted", "Accepted")];
        self.heard(when, |report| ParcelReport { is_full_history: true, scans, ..report })
    }

    fn heard(mut self, when: &str, change: impl FnOnce(ParcelReport) -> ParcelReport) -> Self {
        let parcel = self.parcels.remove(0);
        let report = change(ParcelReport {
            source: "easypost".into(),
            carrier: parcel.key.carrier.clone(),
            number: parcel.key.number.clone(),
            reported_at: at(when),
            scans: Vec::new(),
            expected: None,
            unknown_codes: Vec::new(),
            received_at: None,
            is_full_history: false,
            service: None,
            last_mile: None,
        });
        self.parcels.insert(0, parcel.told(&report));
        self
    }

    /// The letter is about the return.
    pub(super) fn for_return(mut self, detail: &str) -> Self {
        self.letter.about = About::Return { return_: self.return_.request.id.clone(), detail: detail.to_owned() };
        self.letter.occurred_at = at("2026-11-28T10:05:00Z");
        self
    }

    /// Only the first line was sent.
    pub(super) fn partly(mut self) -> Self {
        let fulfilment = self.order.fulfilments.values_mut().next().unwrap();
        fulfilment.lines.truncate(1);
        self
    }

    pub(super) fn scanned(mut self, scans: Vec<Scan>) -> Self {
        self.parcels[0].scans.extend(scans);
        self
    }
}

pub(super) fn scan(when: &str, status: Status, sub: &str, text: &str) -> Scan {
    Scan {
        at: at(when),
        status,
        sub: SubStatus::new(sub),
        code: String::new(),
        text: text.into(),
        place: "Berlin".into(),
        zone_known: true,
        source: String::new(),
        is_early: false,
    }
}

pub(super) fn settings() -> ShopSettings {
    let mut settings = ShopSettings {
        brand: Brand {
            name: "Demo Shop".into(),
            colour: "#1f5f4a".into(),
            shop_url: Some("https://demo.example".into()),
            language: Locale::En,
            public_url: Some("https://post.demo.example".into()),
            support_email: Some("help@demo.example".into()),
            support_phone: Some("+1 555 0100".into()),
            support_hours: Some("Monday to Friday, 9 to 17".into()),
        },
        mail: Default::default(),
        sms: Default::default(),
        whatsapp: Default::default(),
        letters: Default::default(),
        promotion: None,
        calendar: Default::default(),
        promise: Default::default(),
        parcels: Default::default(),
        returns: Default::default(),
        webhooks_out: Default::default(),
        sources: Default::default(),
    };
    settings.calendar.zone = "Europe/Berlin".to_owned().try_into().unwrap();
    settings.returns.how_to_send_back =
        "Pack the items well and put the order number in the box.\nSend it to Demo Shop, Returns, Musterweg 2, 10115 Berlin, and keep the receipt.".into();
    settings
}

fn line(id: &str, title: &str, variant: Option<&str>, quantity: u32, minor: i64) -> Line {
    Line {
        id: id.parse().unwrap(),
        title: title.into(),
        variant: variant.map(Into::into),
        sku: None,
        quantity,
        paid: Money::of(minor, "USD".parse().unwrap()),
        ships: true,
        final_sale: false,
    }
}

/// Order #1001: three lines, one parcel on its way with all of them.
pub(super) fn sample(kind: LetterKind) -> Sample {
    let shop: domain::id::ShopId = "demo".parse().unwrap();
    let id = OrderId::of(&shop, "standard", "1001");
    let usd = |minor| Money::of(minor, "USD".parse().unwrap());
    let placed_at = at("2026-11-23T09:30:00Z");
    let report = OrderReport {
        source: "standard".into(),
        source_id: "1001".into(),
        reported_at: placed_at,
        placed_at,
        number: "#1001".into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: Customer {
            first_name: Some("Jon".into()),
            last_name: Some("Doe".into()),
            email: Some("jon@doe.example".parse().unwrap()),
            ..Customer::default()
        },
        ship_to: Some(Address {
            name: Some("Jon Doe".into()),
            street: Some("Beispielallee 7".into()),
            street_more: Some("2nd floor".into()),
            city: Some("Berlin".into()),
            postal_code: Some("10115".into()),
            country: Some("DE".into()),
            ..Address::default()
        }),
        lines: vec![
            line("1", "Wool socks", Some("Forest green / M"), 2, 2400),
            line("2", "Enamel mug", None, 1, 1450),
            line("3", "Gift card with a handwritten note & a ribbon", None, 1, 5000),
        ],
        totals: Totals { total: usd(9540), shipping: Some(usd(490)), tax: Some(usd(200)), discount: Some(usd(600)) },
        shipping_method: None,
        promised: Some("2026-11-26".parse().unwrap()),
    };
    let order = Order::new(shop.clone(), id.clone()).told(report).unwrap();
    let parcel_name = domain::order::ParcelName::read(Some("UPS"), "1Z999AA10123456784").unwrap();
    let fulfilment = FulfilmentReport {
        source: "standard".into(),
        order_source_id: "1001".into(),
        id: "f1".parse().unwrap(),
        reported_at: at("2026-11-24T08:00:00Z"),
        created_at: at("2026-11-24T08:00:00Z"),
        state: FulfilmentState::Open,
        lines: ["1", "2", "3"].iter().zip([2, 1, 1]).map(|(id, n)| (id.parse().unwrap(), n)).collect(),
        parcels: vec![parcel_name],
    };
    let unsent = matches!(
        kind,
        LetterKind::OrderConfirmed
            | LetterKind::OrderHeld
            | LetterKind::OrderReleased
            | LetterKind::OrderChanged
            | LetterKind::Picking
    );
    let order = if unsent { order } else { order.fulfilled(fulfilment).unwrap() };
    let parcels: Vec<Parcel> = order
        .parcels()
        .into_iter()
        .map(|(key, label_at)| {
            let report = ParcelReport {
                source: "easypost".into(),
                carrier: key.carrier.clone(),
                number: key.number.clone(),
                reported_at: at("2026-11-24T18:00:00Z"),
                scans: vec![scan("2026-11-24T17:10:00Z", Status::InTransit, "accepted", "Accepted")],
                expected: Some("2026-11-26".parse().unwrap()),
                unknown_codes: Vec::new(),
                received_at: None,
                is_full_history: false,
                service: None,
                last_mile: None,
            };
            Parcel::new(key).linked(id.clone(), label_at).told(&report)
        })
        .collect();
    let request = ReturnRequest {
        id: "r1234567".parse().unwrap(),
        lines: vec![
            ReturnLine { line: "1".parse().unwrap(), quantity: 1, reason: ReturnReason::TooSmall },
            ReturnLine { line: "2".parse().unwrap(), quantity: 1, reason: ReturnReason::Damaged },
        ],
        outcome: Outcome::Refund,
        note: None,
        requested_at: at("2026-11-28T10:00:00Z"),
    };
    let answered = at("2026-11-28T10:05:00Z");
    let state = match kind {
        LetterKind::ReturnApproved
        | LetterKind::ReturnLabel
        | LetterKind::ReturnOnItsWay
        | LetterKind::ReturnArrived
        | LetterKind::ReturnInspected
        | LetterKind::ReturnRefunded
        | LetterKind::ReturnCredited
        | LetterKind::ReturnExchanged => ReturnState::Approved { at: answered, by: AnsweredBy::Person },
        LetterKind::ReturnDeclined => ReturnState::Declined {
            at: answered,
            by: AnsweredBy::Policy,
            reasons: vec![
                DeclineReason::WindowClosed { title: "Wool socks".into(), last_day: "2026-12-26".parse().unwrap() },
                DeclineReason::FinalSale { title: "Enamel mug".into() },
            ],
        },
        _ => ReturnState::Held { why: HoldReason::ReasonNeedsPerson },
    };
    let return_ = Return { shop, order: id, request, settings_version: 1, state };
    let letter = Letter {
        id: LetterId::of("test", kind.code(), ""),
        kind,
        order: order.key(),
        about: About::Order,
        occurred_at: placed_at,
    };
    let sample = Sample {
        letter,
        settings: settings(),
        order,
        parcels,
        return_,
        link: LINK.into(),
        carries: Vec::new(),
        locale: Locale::En,
        may_promote: false,
    };
    let out = || scan("2026-11-26T07:05:00Z", Status::OutForDelivery, "on_vehicle", "Out for delivery");
    let end = |sub: &str, text: &str| scan("2026-11-26T13:05:00Z", Status::Delivered, sub, text);
    let trouble = |sample: Sample, code: &str, text: &str| {
        let scanned = scan("2026-11-25T13:05:00Z", Status::Exception, code, text);
        sample.scanned(vec![scanned]).about(code, "2026-11-25T13:05:00Z")
    };
    match kind {
        LetterKind::OrderConfirmed
        | LetterKind::OrderHeld
        | LetterKind::OrderReleased
        | LetterKind::OrderChanged
        | LetterKind::OrderCancelled
        | LetterKind::Picking
        | LetterKind::Packed
        | LetterKind::OrderLink
        | LetterKind::PreferencesChanged
        | LetterKind::ThankYou
        | LetterKind::RatingRequest
        | LetterKind::ReviewRequest
        | LetterKind::Replenishment
        | LetterKind::AllDelivered => sample,
        LetterKind::PersonNeeded => sample.for_return(""),
        LetterKind::OrderPartlyShipped => sample.partly(),
        LetterKind::LabelMade => sample.about("", "2026-11-24T08:00:00Z"),
        LetterKind::Shipped => sample.about("", "2026-11-24T17:10:00Z"),
        LetterKind::ArrivingSoon => sample.about("", "2026-11-25T08:00:00Z"),
        LetterKind::OutForDelivery => sample.scanned(vec![out()]).about("", "2026-11-26T07:05:00Z"),
        LetterKind::ReadyForPickup | LetterKind::PickupReminder => {
            let waits = scan("2026-11-26T13:05:00Z", Status::AvailableForPickup, "pickup_point", "Ready for collection");
            sample.scanned(vec![out(), waits]).about("", "2026-11-26T13:05:00Z")
        }
        LetterKind::Delivered => sample.scanned(vec![out(), end("at_door", "Front door")]).about("", "2026-11-26T13:05:00Z"),
        LetterKind::DeliveredToNeighbour => {
            sample.scanned(vec![out(), end("to_neighbour", "Left with Müller")]).about("", "2026-11-26T13:05:00Z")
        }
        LetterKind::AttemptFailed => {
            let tried = scan("2026-11-26T13:05:00Z", Status::AttemptFailed, "notice_left", "DELIVERY ATTEMPTED - NOTICE LEFT");
            sample.scanned(vec![out(), tried]).about("2026-11-26", "2026-11-26T13:05:00Z")
        }
        LetterKind::Delayed => trouble(sample, "delayed_weather", "Severe weather"),
        LetterKind::Stalled => stuck_as(EpisodeKind::NoMovement, kind),
        LetterKind::Customs => trouble(sample, "customs_info_required", "Clearance event"),
        LetterKind::PaymentDue => trouble(sample, "duties_unpaid", "Duties due"),
        LetterKind::AddressProblem => trouble(sample, "address_incorrect", "Bad address"),
        LetterKind::Damaged | LetterKind::DeliveryProblem => {
            let code = if kind == LetterKind::Damaged { "damaged" } else { "held" };
            trouble(sample, code, "The package was damaged in transit")
        }
        LetterKind::Lost => trouble(sample, "lost", ""),
        LetterKind::Returning => {
            let back = scan("2026-11-27T15:00:00Z", Status::Returning, "in_transit", "Return to sender");
            sample.scanned(vec![back]).about("returning", "2026-11-27T15:00:00Z")
        }
        LetterKind::ReturnedToSender => {
            let back = scan("2026-11-29T15:00:00Z", Status::Returned, "to_sender", "Returned");
            sample.scanned(vec![back]).about("returned", "2026-11-29T15:00:00Z")
        }
        LetterKind::NewDay => {
            let late = scan("2026-11-25T13:05:00Z", Status::Exception, "delayed_weather", "Severe weather");
            let on = scan("2026-11-25T20:40:00Z", Status::InTransit, "departed", "Departed from facility");
            let sample = sample.scanned(vec![late, on]).said("2026-11-25T20:45:00Z", Some("2026-11-27"), Vec::new());
            sample.about("2026-11-27", "2026-11-25T20:45:00Z")
        }
        LetterKind::ProblemSolved => solved(EpisodeKind::NoMovement),
        LetterKind::ReturnRefunded | LetterKind::ReturnCredited => sample.for_return("2900 EUR"),
        LetterKind::ReturnWindowClosing => sample.for_return("2026-12-26"),
        LetterKind::ReturnReceived
        | LetterKind::ReturnApproved
        | LetterKind::ReturnDeclined
        | LetterKind::ReturnNeedsInformation
        | LetterKind::ReturnLabel
        | LetterKind::ReturnOnItsWay
        | LetterKind::ReturnArrived
        | LetterKind::ReturnInspected
        | LetterKind::ReturnExchanged => sample.for_return(""),
    }
}
