//! Tests: the rules of returns, case by case.

use super::*;
use crate::{
    address::Customer,
    id::ParcelKey,
    money::Money,
    order::{FulfilmentReport, FulfilmentState, OrderReport, ParcelName, Payment, Totals},
    parcel::ParcelReport,
    scan::Scan,
    status::{Status, SubStatus},
};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn line(id: &str, quantity: u32, sku: &str) -> Line {
    Line {
        id: id.parse().unwrap(),
        title: format!("thing {id}"),
        variant: None,
        sku: Some(sku.into()),
        quantity,
        paid: Money::of(1000 * i64::from(quantity), "EUR".parse().unwrap()),
        ships: true,
        final_sale: false,
    }
}

fn order() -> Order {
    let shop: ShopId = "demo".parse().unwrap();
    let id = OrderId::of(&shop, "standard", "1");
    let report = OrderReport {
        source: "standard".into(),
        source_id: "1".into(),
        reported_at: at("2026-11-01T10:00:00Z"),
        placed_at: at("2026-11-01T10:00:00Z"),
        number: "#1".into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: Customer::default(),
        ship_to: None,
        lines: vec![line("a", 3, "A"), line("b", 1, "FINAL")],
        totals: Totals { total: Money::of(4000, "EUR".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    };
    let sent = FulfilmentReport {
        source: "standard".into(),
        order_source_id: "1".into(),
        id: "f".parse().unwrap(),
        reported_at: at("2026-11-02T10:00:00Z"),
        created_at: at("2026-11-02T10:00:00Z"),
        state: FulfilmentState::Open,
        lines: vec![("a".parse().unwrap(), 3), ("b".parse().unwrap(), 1)],
        parcels: vec![ParcelName::read(Some("UPS"), "1Z999").unwrap()],
    };
    Order::new(shop, id).told(report).unwrap().fulfilled(sent).unwrap()
}

fn parcels(scans: &[(&str, Status)]) -> Vec<Parcel> {
    let key: ParcelKey = order().parcels().into_keys().next().unwrap();
    let scans = scans.iter().map(|(when, status)| Scan::new(at(when), *status, SubStatus::other())).collect();
    let report = ParcelReport::new("standard", &key, at("2026-12-31T10:00:00Z"), scans);
    vec![Parcel::new(key).linked(order().id, at("2026-11-02T10:00:00Z")).told(&report)]
}

fn delivered() -> Vec<Parcel> {
    parcels(&[("2026-11-05T15:00:00Z", Status::Delivered)])
}

fn policy() -> ReturnPolicy {
    ReturnPolicy { window_days: 14, final_sale_skus: vec!["FINAL".into()], ..ReturnPolicy::default() }
}

fn request(wanted: &[(&str, u32)], when: &str) -> ReturnRequest {
    ReturnRequest {
        id: "nonce123".parse().unwrap(),
        lines: wanted
            .iter()
            .map(|(id, quantity)| ReturnLine { line: id.parse().unwrap(), quantity: *quantity, reason: ReturnReason::TooSmall })
            .collect(),
        outcome: Outcome::Refund,
        note: None,
        requested_at: at(when),
    }
}

#[track_caller]
fn check(parcels: &[Parcel], request: &ReturnRequest, want: &Verdict) {
    assert_eq!(judge(&order(), parcels, &policy(), &Calendar::default(), request), *want);
}

#[test]
fn the_window_is_open_on_its_last_day_and_shut_on_the_next() {
    check(&delivered(), &request(&[("a", 1)], "2026-11-19T23:59:59Z"), &Verdict::Approve);
    let last_day = "2026-11-19".parse().unwrap();
    let shut = DeclineReason::WindowClosed { title: "thing a".into(), last_day };
    check(&delivered(), &request(&[("a", 1)], "2026-11-20T00:00:00Z"), &Verdict::Decline(vec![shut]));
}

#[test]
fn final_sale_and_too_many_are_both_named() {
    let want =
        vec![DeclineReason::TooMany { title: "thing a".into(), left: 3 }, DeclineReason::FinalSale { title: "thing b".into() }];
    check(&delivered(), &request(&[("a", 4), ("b", 1)], "2026-11-10T00:00:00Z"), &Verdict::Decline(want));
}

#[test]
fn what_is_still_on_its_way_cannot_come_back_yet() {
    let moving = parcels(&[("2026-11-03T10:00:00Z", Status::InTransit)]);
    let early = DeclineReason::NotDelivered { title: "thing a".into() };
    check(&moving, &request(&[("a", 1)], "2026-11-10T00:00:00Z"), &Verdict::Decline(vec![early]));
}

#[test]
fn a_parcel_nobody_ever_scanned_is_a_persons_matter() {
    check(&parcels(&[]), &request(&[("a", 1)], "2026-11-10T00:00:00Z"), &Verdict::Hold(HoldReason::DeliveryUnknown));
}

#[test]
fn what_was_never_packed_cannot_come_back_yet() {
    let mut partly = order();
    for fulfilment in partly.fulfilments.values_mut() {
        fulfilment.lines.retain(|(id, _)| id.as_str() == "b");
    }
    let asked = request(&[("a", 1)], "2026-11-10T00:00:00Z");
    let verdict = judge(&partly, &delivered(), &policy(), &Calendar::default(), &asked);
    assert_eq!(verdict, Verdict::Decline(vec![DeclineReason::NotDelivered { title: "thing a".into() }]));
}

#[test]
fn damage_is_held_for_a_person() {
    let mut asked = request(&[("a", 1)], "2026-11-10T00:00:00Z");
    asked.lines[0].reason = ReturnReason::Damaged;
    check(&delivered(), &asked, &Verdict::Hold(HoldReason::ReasonNeedsPerson));
}

#[test]
fn a_declined_hold_gives_its_pieces_back() {
    let mut asked = request(&[("a", 2)], "2026-11-10T00:00:00Z");
    asked.lines[0].reason = ReturnReason::Damaged;
    let now = at("2026-11-10T00:00:00Z");
    let (reserved, held) = ask(&order(), &delivered(), &policy(), &Calendar::default(), 1, asked, now);
    assert_eq!(reserved.returning.values().sum::<u32>(), 2);
    let (free, declined) = answer(&reserved, &held, Answer::Decline { why: "photo shows wear".into() }, now).unwrap();
    assert!(free.returning.is_empty());
    assert!(answer(&free, &declined, Answer::Approve, now).is_none(), "an answer stays");
}

proptest! {
    /// RT-01: however many requests are made, no more comes back than was bought.
    #[test]
    fn no_more_comes_back_than_was_bought(asks in prop::collection::vec(0u32..5, 1..12)) {
        let mut current = order();
        for quantity in asks {
            let asked = request(&[("a", quantity)], "2026-11-10T00:00:00Z");
            let (next, _) = ask(&current, &delivered(), &policy(), &Calendar::default(), 1, asked, at("2026-11-10T00:00:00Z"));
            current = next;
            prop_assert!(current.returning.values().sum::<u32>() <= 3);
        }
    }
}

#[test]
fn a_last_leg_does_not_keep_a_return_waiting() {
    let order = order();
    let mut parcels = delivered();
    let line = &order.report.as_ref().unwrap().lines[0];
    let before = delivered_on(&order, &parcels, &Calendar::default(), line);
    assert!(matches!(before, Arrival::On(_)));
    // The shop named the second carrier's number too: it never gets scans of its own.
    let leg = ParcelKey { number: "9400".parse().unwrap(), ..parcels[0].key.clone() };
    let main = crate::order::ParcelName { carrier: parcels[0].key.carrier.clone(), number: parcels[0].key.number.clone() };
    let mut both = order.clone();
    for fulfilment in both.fulfilments.values_mut() {
        fulfilment.parcels.push(crate::order::ParcelName { carrier: leg.carrier.clone(), number: leg.number.clone() });
    }
    parcels.push(Parcel::new(leg.clone()));
    assert_eq!(delivered_on(&both, &parcels, &Calendar::default(), line), Arrival::NotYet);
    parcels.pop();
    parcels.push(Parcel::new(leg).as_leg_of(main));
    assert_eq!(delivered_on(&both, &parcels, &Calendar::default(), line), before);
}
