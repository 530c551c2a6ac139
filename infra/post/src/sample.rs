//! One order of two parcels and a held return, as tests look at it.

use crate::Dossier;
use domain::{
    address::Customer,
    dispatch::Recipient,
    id::{CarrierCode, LetterId, OrderId, ParcelKey, ShopId},
    letter::{About, Channel, Letter, LetterKind, LetterRecord, LetterState},
    link::OrderLinks,
    money::Money,
    order::{FulfilmentReport, FulfilmentState, Line, Order, OrderReport, ParcelName, Payment, Totals},
    parcel::{Destination, Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::{Brand, ShopSettings},
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use store::LedgerRow;

pub(crate) const FIRST: &str = "1Z999AA101";
pub(crate) const SECOND: &str = "1Z999AA102";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of the day on which tests look.
pub(crate) fn now() -> Timestamp {
    at("2026-11-20T12:00:00Z")
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn ups() -> CarrierCode {
    "ups".parse().unwrap()
}

pub(crate) fn parcel_key(number: &str) -> ParcelKey {
    ParcelKey { shop: shop(), carrier: ups(), number: number.parse().unwrap() }
}

pub(crate) fn dossier() -> Dossier {
    let mut settings = ShopSettings::undecided(Brand::named("Demo Outdoor"));
    settings.calendar.zone = "America/New_York".to_owned().try_into().unwrap();
    let order = order();
    let parcels = vec![parcel(&order, FIRST, Status::InTransit), parcel(&order, SECOND, Status::InTransit)];
    let recipient = Recipient { email_refuses: false, phone_stopped: false, mails_today: 0, texts_today: 0, preferences: None };
    let returns = vec![held(&order)];
    Dossier { order, settings, parcels, returns, ledger: Vec::new(), recipient, breaker_is_open: false }
}

pub(crate) fn links() -> OrderLinks {
    let base = "https://post.demo.example";
    OrderLinks { page: format!("{base}/o/page"), preferences: format!("{base}/p/choose") }
}

fn order() -> Order {
    let money = Money { minor: 4500, currency: "USD".parse().unwrap() };
    let customer = Customer {
        first_name: Some("Jon".to_owned()),
        email: Some("jon@doe.example".parse().unwrap()),
        phone: Some("+15555550171".parse().unwrap()),
        ..Customer::default()
    };
    let line = Line {
        id: "1".parse().unwrap(),
        title: "Rain jacket".to_owned(),
        variant: None,
        sku: None,
        quantity: 2,
        paid: money,
        ships: true,
        final_sale: false,
    };
    let report = OrderReport {
        source: "shopify".to_owned(),
        source_id: "1".to_owned(),
        reported_at: at("2026-11-18T09:00:00Z"),
        placed_at: at("2026-11-18T09:00:00Z"),
        number: "#1001".to_owned(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer,
        ship_to: None,
        lines: vec![line],
        totals: Totals { total: money, shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    };
    let fulfilment = FulfilmentReport {
        source: "shopify".to_owned(),
        order_source_id: "1".to_owned(),
        id: "f1".parse().unwrap(),
        reported_at: at("2026-11-18T15:00:00Z"),
        created_at: at("2026-11-18T15:00:00Z"),
        state: FulfilmentState::Open,
        lines: Vec::new(),
        parcels: [FIRST, SECOND].map(|number| ParcelName { carrier: ups(), number: number.parse().unwrap() }).into(),
    };
    Order::new(shop(), OrderId::of(&shop(), "shopify", "1")).told(report).unwrap().fulfilled(fulfilment).unwrap()
}

fn parcel(order: &Order, number: &str, status: Status) -> Parcel {
    let scan = Scan {
        code: "DP".into(),
        source: "easypost".into(),
        ..Scan::new(at("2026-11-19T08:00:00Z"), status, SubStatus::new("departed"))
    };
    let report = ParcelReport::new("easypost", &parcel_key(number), scan.at, vec![scan]);
    let label_at = at("2026-11-18T15:00:00Z");
    Parcel::new(parcel_key(number)).linked(order.id.clone(), label_at).described(&order.id, &Destination::default()).told(&report)
}

fn held(order: &Order) -> Return {
    let request = ReturnRequest {
        id: "r0000001".parse().unwrap(),
        lines: vec![ReturnLine { line: "1".parse().unwrap(), quantity: 1, reason: ReturnReason::Damaged }],
        outcome: Outcome::Refund,
        note: None,
        requested_at: at("2026-11-20T10:00:00Z"),
    };
    let state = ReturnState::Held { why: HoldReason::ReasonNeedsPerson };
    Return { shop: shop(), order: order.id.clone(), request, settings_version: 1, state }
}

/// A letter of the order, `hour` hours after midnight of the day before tests look.
pub(crate) fn letter(kind: LetterKind, about: About, hour: i8) -> Letter {
    let id = LetterId::of("test", kind.code(), &hour.to_string());
    Letter { id, kind, order: order().key(), about, occurred_at: at(&format!("2026-11-19T{hour:02}:00:00Z")) }
}

pub(crate) fn row(letter: Letter, channel: Channel, state: LetterState) -> LedgerRow {
    LedgerRow { record: LetterRecord { letter, channel, state }, version: 1, taken: None }
}
