//! One order in every situation a letter tells of.

use crate::{Email, Facts, Sms, email, sms};
use domain::{
    address::{Address, Customer},
    id::{LetterId, OrderId},
    letter::{About, Letter, LetterKind},
    money::Money,
    order::{FulfilmentReport, FulfilmentState, Line, Order, OrderReport, Payment, Totals},
    parcel::{Episode, EpisodeKind, Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{AnsweredBy, DeclineReason, HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::{Brand, ShopSettings},
    status::{Status, SubStatus},
};
use jiff::Timestamp;

pub(super) const LINK: &str = "https://post.demo.example/o/AQEBZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y";

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
        }
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
            public_url: Some("https://post.demo.example".into()),
            support_email: Some("help@demo.example".into()),
            support_phone: Some("+1 555 0100".into()),
            support_hours: Some("Monday to Friday, 9 to 17".into()),
        },
        mail: Default::default(),
        sms: Default::default(),
        calendar: Default::default(),
        promise: Default::default(),
        parcels: Default::default(),
        returns: Default::default(),
        webhooks_out: Default::default(),
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
    let order = if kind == LetterKind::OrderConfirmed { order } else { order.fulfilled(fulfilment).unwrap() };
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
        LetterKind::ReturnApproved => ReturnState::Approved { at: answered, by: AnsweredBy::Person },
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
    let sample = Sample { letter, settings: settings(), order, parcels, return_, link: LINK.into() };
    let out = || scan("2026-11-26T07:05:00Z", Status::OutForDelivery, "on_vehicle", "Out for delivery");
    match kind {
        LetterKind::OrderConfirmed | LetterKind::OrderLink => sample,
        LetterKind::Shipped => sample.about("", "2026-11-24T17:10:00Z"),
        LetterKind::OutForDelivery => sample.scanned(vec![out()]).about("", "2026-11-26T07:05:00Z"),
        LetterKind::Delivered => {
            let end = scan("2026-11-26T13:05:00Z", Status::Delivered, "to_neighbour", "Left with Müller");
            sample.scanned(vec![out(), end]).about("", "2026-11-26T13:05:00Z")
        }
        LetterKind::AttemptFailed => {
            let tried = scan("2026-11-26T13:05:00Z", Status::AttemptFailed, "notice_left", "DELIVERY ATTEMPTED - NOTICE LEFT");
            sample.scanned(vec![out(), tried]).about("2026-11-26", "2026-11-26T13:05:00Z")
        }
        LetterKind::DeliveryProblem => {
            let damaged = scan("2026-11-25T13:05:00Z", Status::Exception, "damaged", "The package was damaged in transit");
            sample.scanned(vec![damaged]).about("damaged", "2026-11-25T13:05:00Z")
        }
        LetterKind::NewDay => {
            let late = scan("2026-11-25T13:05:00Z", Status::Exception, "delayed_weather", "Severe weather");
            let on = scan("2026-11-25T20:40:00Z", Status::InTransit, "departed", "Departed from facility");
            let sample = sample.scanned(vec![late, on]).said("2026-11-25T20:45:00Z", Some("2026-11-27"), Vec::new());
            sample.about("2026-11-27", "2026-11-25T20:45:00Z")
        }
        LetterKind::ProblemSolved => solved(EpisodeKind::NoMovement),
        LetterKind::ReturnReceived | LetterKind::ReturnApproved | LetterKind::ReturnDeclined => sample,
    }
}

/// Trouble that its customer is told of.
pub(super) const TOLD: [EpisodeKind; 4] =
    [EpisodeKind::PresumedLost, EpisodeKind::DeliveryRetracted, EpisodeKind::NoMovement, EpisodeKind::OverduePromise];

/// The parcel of the order, in trouble that time or a later word brought.
pub(super) fn stuck(kind: EpisodeKind) -> Sample {
    let mut it = sample(LetterKind::Shipped);
    it.letter.kind = LetterKind::DeliveryProblem;
    if kind == EpisodeKind::DeliveryRetracted {
        let end = scan("2026-11-26T13:05:00Z", Status::Delivered, "at_door", "Delivered");
        let it = it.said("2026-11-26T13:10:00Z", None, vec![end]).taken_back("2026-11-26T18:30:00Z");
        return it.about(kind.code(), "2026-11-26T18:30:00Z");
    }
    let (since, opened_at) = match kind {
        EpisodeKind::OverduePromise => ("2026-11-26T23:00:00Z", "2026-11-27T08:00:00Z"),
        EpisodeKind::PresumedLost => ("2026-11-24T17:10:00Z", "2026-12-01T17:10:00Z"),
        _ => ("2026-11-24T17:10:00Z", "2026-11-27T17:10:00Z"),
    };
    it.parcels[0].episodes.push(Episode { kind, since: at(since), opened_at: at(opened_at), closed_at: None });
    it.about(kind.code(), opened_at)
}

/// The same when it is over.
pub(super) fn solved(kind: EpisodeKind) -> Sample {
    let mut it = stuck(kind);
    it.letter.kind = LetterKind::ProblemSolved;
    let when = "2026-12-02T06:40:00Z";
    let it = match kind {
        EpisodeKind::DeliveryRetracted => {
            it.said(when, None, vec![scan("2026-11-26T13:05:00Z", Status::Delivered, "at_door", "Delivered")])
        }
        _ => it.said(when, Some("2026-12-03"), vec![scan(when, Status::InTransit, "arrived", "Arrived at facility")]),
    };
    it.about(kind.code(), when)
}

/// Every kind of letter, and of those about trouble and its end one for each cause.
pub(super) fn all() -> Vec<Sample> {
    let kinds = LetterKind::ALL.into_iter().map(sample);
    kinds.chain(TOLD.into_iter().map(stuck)).chain(TOLD.into_iter().map(solved)).collect()
}
