//! Tests: whoever is heard first, the shop, the carrier or the storefront's correction, a parcel ends under who really has it,
//! and its customer is told everything once.

use super::*;
use crate::{
    announce::{Announcement, Change, announce},
    id::{LetterId, ShopId, TrackingNumber},
    letter::LetterKind,
    order::{FulfilmentReport, FulfilmentState, OrderReport, ParcelName, Payment, Totals},
    parcel::ParcelReport,
    scan::Scan,
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A number that is proven to be USPS's, and whose form FedEx has, too.
const NUMBER: &str = "9261290100130739274000";

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn key(carrier: &str) -> ParcelKey {
    ParcelKey { shop: shop(), carrier: carrier.parse().unwrap(), number: NUMBER.parse().unwrap() }
}

fn prior() -> Vec<CarrierCode> {
    ["fedex", "dhl_express"].map(|code| code.parse().unwrap()).to_vec()
}

fn described(order: &str) -> OrderReport {
    OrderReport {
        source: "standard".into(),
        source_id: order.into(),
        reported_at: minute(0),
        placed_at: minute(0),
        number: format!("#{order}"),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: crate::address::Customer::default(),
        ship_to: None,
        lines: Vec::new(),
        totals: Totals { total: crate::money::Money::of(1, "USD".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    }
}

/// Version `version` of the fulfilment `id`, which names the number with this word for its carrier.
fn sent(order: &str, id: &str, version: i64, word: &str) -> FulfilmentReport {
    FulfilmentReport {
        source: "standard".into(),
        order_source_id: order.into(),
        id: id.parse().unwrap(),
        reported_at: minute(10 + version),
        created_at: minute(10),
        state: FulfilmentState::Open,
        lines: Vec::new(),
        parcels: vec![ParcelName::read(Some(word), NUMBER).unwrap()],
    }
}

fn scanned(carrier: &str, at: i64, status: Status) -> ParcelReport {
    ParcelReport::new("easypost", &key(carrier), minute(at), vec![Scan::new(minute(at), status, SubStatus::other())])
}

/// One message to the house.
#[derive(Debug, Clone)]
enum Message {
    Order(OrderReport),
    Sent(FulfilmentReport),
    Carrier(ParcelReport),
}

/// The rows of a house without its machines: what both desks do with them, one message at a time.
#[derive(Debug, Default)]
struct House {
    orders: BTreeMap<OrderId, Order>,
    parcels: BTreeMap<ParcelKey, Parcel>,
    letters: Vec<(LetterId, LetterKind)>,
}

impl House {
    fn after(messages: &[Message]) -> Self {
        messages.iter().fold(Self::default(), |mut house, message| {
            match message.clone() {
                Message::Order(report) => house.order(&report.source_id.clone(), |order| order.told(report.clone()).unwrap()),
                Message::Sent(report) => {
                    house.order(&report.order_source_id.clone(), |order| order.fulfilled(report.clone()).unwrap());
                }
                Message::Carrier(report) => house.carrier(&report),
            }
            house
        })
    }

    fn parcel(&self, key: &ParcelKey) -> Parcel {
        self.parcels.get(key).cloned().unwrap_or_else(|| Parcel::new(key.clone()))
    }

    fn read(&self, keys: &[ParcelKey]) -> Vec<Parcel> {
        keys.iter().map(|key| self.parcel(key)).collect()
    }

    fn commit(&mut self, before: Option<Parcel>, after: Parcel) {
        for told in announce(&Change::Parcel { before, after: after.clone() }) {
            // As the ledger takes them: a parcel that is the order's once more announces its label once more, under one id.
            if let Announcement::Letter(letter) = told
                && !self.letters.iter().any(|(id, _)| *id == letter.id)
            {
                self.letters.push((letter.id, letter.kind));
            }
        }
        self.parcels.insert(after.key.clone(), after);
    }

    /// What the desk of orders does.
    fn order(&mut self, source_id: &str, change: impl Fn(Order) -> Order) {
        let id = OrderId::of(&shop(), "standard", source_id);
        let before = self.orders.get(&id).cloned().unwrap_or_else(|| Order::new(shop(), id.clone()));
        let mut after = change(before.clone());
        if after == before {
            return;
        }
        if after.fulfilments != before.fulfilments {
            after = after.resolved(&prior());
            let gained = self.read(&linking::gained(&before, &after));
            let found = self.read(&sought(&after, &gained, &prior()));
            after = corrected(after, &gained, &found);
        }
        for key in linking::touched(&before, &after) {
            let parcel = self.parcel(&key);
            let known = self.parcels.get(&key).cloned();
            self.commit(known, linking::tied(&after, parcel, None));
        }
        self.orders.insert(id, after);
    }

    /// What the desk of parcels does.
    fn carrier(&mut self, report: &ParcelReport) {
        let key = ParcelKey { shop: shop(), carrier: report.carrier.clone(), number: report.number.clone() };
        let known = self.parcels.get(&key).cloned();
        let before = self.parcel(&key);
        let mut after = before.clone().told(report);
        if after == before {
            return;
        }
        let named = self.read(&claims(&after, &prior()));
        if let Some((order, key)) = claimant(&named) {
            let named: Vec<Parcel> = named.into_iter().filter(|parcel| parcel.key == key).collect();
            let order = corrected(self.orders[&order].clone(), &named, std::slice::from_ref(&after));
            if order != self.orders[&order.id] {
                after = linking::tied(&order, after, None);
                self.commit(Some(named[0].clone()), linking::tied(&order, named[0].clone(), None));
                self.orders.insert(order.id.clone(), order);
            }
        }
        self.commit(known, after);
    }

    /// What people see: the parcels of each order with where they are.
    fn seen(&self) -> Vec<(OrderId, ParcelKey, Status, bool)> {
        let keys = self.orders.values().flat_map(|order| order.parcels().into_keys().map(|key| (order.id.clone(), key)));
        let shown = keys.map(|(order, key)| {
            let parcel = self.parcel(&key);
            (order, key, parcel.folded().status, parcel.is_standing())
        });
        shown.collect()
    }

    fn shipped(&self) -> usize {
        self.letters.iter().filter(|(_, kind)| *kind == LetterKind::Shipped).count()
    }

    fn parcels_of(&self, order: &str) -> Vec<String> {
        let order = &self.orders[&OrderId::of(&shop(), "standard", order)];
        order.parcels().into_keys().map(|key| key.carrier.to_string()).collect()
    }
}

fn usual() -> [Message; 3] {
    [
        Message::Order(described("1")),
        Message::Sent(sent("1", "f", 0, "FedEx")),
        Message::Carrier(scanned("usps", 60, Status::InTransit)),
    ]
}

#[test]
fn a_parcel_that_another_carrier_scans_is_that_ones_whoever_is_heard_first() {
    let [order, sent, scan] = usual();
    for messages in [[&order, &sent, &scan], [&scan, &sent, &order], [&sent, &scan, &order], [&order, &scan, &sent]] {
        let house = House::after(&messages.map(Clone::clone));
        assert_eq!(house.parcels_of("1"), ["usps"]);
        assert_eq!(house.shipped(), 1);
        assert!(!house.parcel(&key("fedex")).is_standing());
    }
}

#[test]
fn what_the_storefront_says_again_means_the_corrected_parcel() {
    let [order, first, scan] = usual();
    let house =
        House::after(&[order, first, scan, Message::Sent(sent("1", "f", 5, "FedEx")), Message::Sent(sent("1", "g", 1, "Other"))]);
    assert_eq!(house.parcels_of("1"), ["usps"]);
    let order = house.orders.values().next().unwrap();
    let meant = order.parcel_of(&ParcelName { carrier: "fedex".parse().unwrap(), number: NUMBER.parse().unwrap() });
    assert_eq!(meant, key("usps"));
    assert_eq!(house.shipped(), 1);
}

#[test]
fn a_number_without_a_carrier_keeps_what_the_shops_list_said_when_it_came() {
    let untold = |number: &str| {
        let mut report = sent("1", "f", 0, "");
        report.parcels = vec![ParcelName::read(None, number).unwrap()];
        Order::new(shop(), OrderId::of(&shop(), "standard", "1")).fulfilled(report).unwrap()
    };
    let carriers = |codes: &[&str]| codes.iter().map(|code| code.parse().unwrap()).collect::<Vec<CarrierCode>>();
    let of = |order: &Order| order.parcels().into_keys().map(|key| key.carrier.to_string()).collect::<Vec<_>>();
    let order = untold("12345678901234").resolved(&carriers(&["hermes_germany"]));
    assert_eq!(of(&order), ["hermes_germany"]);
    assert_eq!(of(&order.clone().resolved(&carriers(&["dpd"]))), ["hermes_germany"], "the list has changed since");
    // Also when nobody could tell.
    let nobodys = untold("12345678901234").resolved(&[]);
    assert_eq!(of(&nobodys.resolved(&carriers(&["dpd"]))), ["unknown"]);
    // A word of the storefront's goes before it.
    let said = order.fulfilled(FulfilmentReport {
        parcels: vec![ParcelName::read(Some("GLS"), "12345678901234").unwrap()],
        ..sent("1", "f", 9, "")
    });
    assert_eq!(of(&said.unwrap()), ["gls"]);
}

#[test]
fn a_number_once_forgotten_leaves_no_decision_behind() {
    let [order, first, scan] = usual();
    let mut other = sent("1", "f", 7, "UPS");
    other.parcels = vec![ParcelName::read(Some("UPS"), "1Z999AA10123456784").unwrap()];
    let house = House::after(&[order, first, scan, Message::Sent(other)]);
    assert_eq!(house.parcels_of("1"), ["ups"]);
    assert!(house.orders.values().next().unwrap().carriers.is_empty());
    assert!(!house.parcel(&key("usps")).is_standing());
}

#[test]
fn a_parcel_of_another_order_is_not_taken() {
    let house = House::after(&[
        Message::Order(described("1")),
        Message::Sent(sent("1", "f", 0, "USPS")),
        Message::Carrier(scanned("usps", 60, Status::InTransit)),
        Message::Order(described("2")),
        Message::Sent(sent("2", "f", 0, "FedEx")),
        Message::Carrier(scanned("usps", 90, Status::Delivered)),
    ]);
    assert_eq!((house.parcels_of("1"), house.parcels_of("2")), (vec!["usps".to_owned()], vec!["fedex".to_owned()]));
    assert_eq!(house.shipped(), 1);
}

#[test]
fn an_earlier_life_of_the_number_and_a_scanned_parcel_change_nothing() {
    // Scanned a month before the label.
    let old = scanned("usps", -40_000, Status::Delivered);
    let house = House::after(&[Message::Carrier(old), Message::Order(described("1")), Message::Sent(sent("1", "f", 0, "FedEx"))]);
    assert_eq!(house.parcels_of("1"), ["fedex"]);
    // Who was named has it: the other one hands over, or takes part of the way.
    let [order, first, scan] = usual();
    let house = House::after(&[order, first, Message::Carrier(scanned("fedex", 30, Status::InTransit)), scan]);
    assert_eq!(house.parcels_of("1"), ["fedex"]);
    // A label alone is no scan.
    let [order, first, _] = usual();
    let house = House::after(&[order, first, Message::Carrier(scanned("usps", 60, Status::InfoReceived))]);
    assert_eq!(house.parcels_of("1"), ["fedex"]);
}

#[test]
fn what_is_looked_for_is_bounded() {
    let [_, Message::Sent(mut report), _] = usual() else { unreachable!() };
    report.parcels = (0..80).map(|n| ParcelName::read(Some("FedEx"), &format!("92612901001307392{n:05}")).unwrap()).collect();
    let order = Order::new(shop(), OrderId::of(&shop(), "standard", "1")).fulfilled(report).unwrap();
    let gained: Vec<Parcel> = order.parcels().into_keys().map(Parcel::new).collect();
    assert_eq!(sought(&order, &gained, &prior()).len(), SOUGHT_MAX);
}

/// Everything that one order's storefront and one carrier may say of one parcel.
fn any_messages() -> impl Strategy<Value = (Vec<Message>, Vec<Message>)> {
    let words = prop::sample::select(vec!["FedEx", "Other", "USPS", "DHL", "", "UPS"]);
    let fulfilments = prop::sample::select(vec!["f", "g"]);
    let sends = prop::collection::vec(
        (fulfilments, 0i64..6, words).prop_map(|(id, version, word)| Message::Sent(sent("1", id, version, word))),
        1..5,
    );
    let statuses = prop::sample::select(vec![Status::InfoReceived, Status::InTransit, Status::OutForDelivery, Status::Delivered]);
    let scans = prop::collection::vec(
        (30i64..600, statuses).prop_map(|(at, status)| Message::Carrier(scanned("usps", at, status))),
        0..5,
    );
    // What is heard under the wrong name is never a scan of somebody who has it.
    let labels =
        prop::collection::vec((0i64..30).prop_map(|at| Message::Carrier(scanned("fedex", at, Status::InfoReceived))), 0..2);
    (sends, scans, labels).prop_flat_map(|(sends, scans, labels)| {
        let all: Vec<Message> = [Message::Order(described("1"))].into_iter().chain(sends).chain(scans).chain(labels).collect();
        let twice: Vec<Message> = all.iter().chain(all.iter().step_by(2)).cloned().collect();
        (Just(all), Just(twice).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_the_messages_ends_alike((messages, shuffled) in any_messages()) {
        let (house, other) = (House::after(&messages), House::after(&shuffled));
        prop_assert_eq!(house.seen(), other.seen());
        prop_assert_eq!((house.shipped() > 0, other.shipped() > 0), (house.shipped() == 1, other.shipped() == 1), "told twice");
        prop_assert_eq!(house.shipped(), other.shipped());
        let was_scanned = house.parcel(&key("usps")).was_scanned();
        if was_scanned {
            prop_assert_eq!(house.parcels_of("1"), ["usps"]);
            let moved = house.parcel(&key("usps")).scans.iter().any(|scan| scan.status == Status::InTransit);
            prop_assert_eq!(house.shipped(), usize::from(moved));
        }
        for house in [&house, &other] {
            let standing = house.parcels.values().filter(|parcel| parcel.is_standing()).count();
            prop_assert_eq!(standing, 1, "one parcel of the one number");
        }
    }
}

#[test]
fn every_number_of_the_test_is_what_it_says() {
    let number: TrackingNumber = NUMBER.parse().unwrap();
    let may_be: Vec<_> = carrier::others(&number, &"usps".parse().unwrap(), &prior());
    for word in ["fedex", "unknown", "dhl_express", "ups"] {
        assert!(may_be.iter().any(|code| code.as_str() == word), "{word}: {may_be:?}");
    }
}
