//! Tests: the laws and cases of an order.

use super::*;
use proptest::prelude::*;

fn report(minute: u8, payment: Payment, cancelled: bool, title: &str) -> OrderReport {
    let at: Timestamp = format!("2026-11-01T10:{minute:02}:00Z").parse().unwrap();
    OrderReport {
        source: "standard".into(),
        source_id: "1".into(),
        reported_at: at,
        placed_at: "2026-11-01T10:00:00Z".parse().unwrap(),
        number: "#1".into(),
        payment,
        cancelled_at: cancelled.then_some(at),
        customer: Customer::default(),
        ship_to: None,
        lines: vec![Line {
            id: "1".parse().unwrap(),
            title: title.into(),
            variant: None,
            sku: None,
            quantity: 1,
            paid: Money::of(100, "USD".parse().unwrap()),
            ships: true,
            final_sale: false,
        }],
        totals: Totals { total: Money::of(100, "USD".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    }
}

fn shipped(id: &str, minute: u8, number: &str, state: FulfilmentState) -> FulfilmentReport {
    FulfilmentReport {
        source: "standard".into(),
        order_source_id: "1".into(),
        id: id.parse().unwrap(),
        reported_at: format!("2026-11-02T10:{minute:02}:00Z").parse().unwrap(),
        created_at: "2026-11-02T10:00:00Z".parse().unwrap(),
        state,
        lines: vec![("1".parse().unwrap(), 1)],
        parcels: vec![ParcelName::read(Some("UPS"), number).unwrap()],
    }
}

fn new() -> Order {
    let shop: ShopId = "demo".parse().unwrap();
    let id = OrderId::of(&shop, "standard", "1");
    Order::new(shop, id)
}

#[derive(Debug, Clone)]
enum Told {
    Order(OrderReport),
    Fulfilment(FulfilmentReport),
}

fn fold(told: &[Told]) -> Order {
    told.iter().cloned().fold(new(), |order, told| match told {
        Told::Order(r) => order.told(r).unwrap(),
        Told::Fulfilment(r) => order.fulfilled(r).unwrap(),
    })
}

fn any_told() -> impl Strategy<Value = Told> {
    let payment = prop::sample::select(vec![Payment::Pending, Payment::Authorized, Payment::Paid, Payment::Voided]);
    prop_oneof![
        (0u8..6, payment, any::<bool>(), "[ab]").prop_map(|(m, p, c, t)| Told::Order(report(m, p, c, &t))),
        ("[xy]", 0u8..6, "1Z[0-9]{2}", any::<bool>()).prop_map(|(id, m, n, open)| {
            Told::Fulfilment(shipped(&id, m, &n, if open { FulfilmentState::Open } else { FulfilmentState::Cancelled }))
        }),
    ]
}

proptest! {
    #[test]
    fn any_order_of_reports_with_repeats_ends_in_the_same_order(
        (told, shuffled) in prop::collection::vec(any_told(), 1..8).prop_flat_map(|told| {
            let twice: Vec<_> = told.iter().chain(&told).cloned().collect();
            (Just(told), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(fold(&told), fold(&shuffled));
    }
}

#[test]
fn a_late_pending_report_does_not_take_back_a_payment() {
    let order = fold(&[Told::Order(report(2, Payment::Paid, false, "a")), Told::Order(report(1, Payment::Pending, false, "a"))]);
    assert!(order.is_live());
    assert_eq!(order.report.unwrap().payment, Payment::Paid);
}

#[test]
fn a_changed_number_leaves_only_the_new_parcel() {
    let order = fold(&[
        Told::Fulfilment(shipped("x", 1, "1ZOLD", FulfilmentState::Open)),
        Told::Fulfilment(shipped("x", 2, "1ZNEW", FulfilmentState::Open)),
    ]);
    let numbers: Vec<_> = order.parcels().into_keys().map(|k| k.number.to_string()).collect();
    assert_eq!(numbers, ["1ZNEW"]);
}

#[test]
fn links_are_bounded_by_hour_and_day() {
    let mut order = new();
    let now: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
    for second in 0..LINKS_PER_HOUR_MAX {
        let asked_at = now + jiff::SignedDuration::from_secs(i64::try_from(second).unwrap());
        order = order.link_asked(asked_at).unwrap();
    }
    assert!(order.clone().link_asked(now + jiff::SignedDuration::from_mins(1)).is_none());
    let later = now + jiff::SignedDuration::from_hours(2);
    assert!(order.link_asked(later).is_some());
}
