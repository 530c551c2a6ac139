//! Tests: the laws and cases of an order; those of its erasure, its refunds and of reading again are in `laws`.

mod laws;

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

#[test]
fn a_change_is_what_came_after_the_first_content_in_whatever_order_it_is_heard() {
    let of = |minute, quantity| {
        let mut report = report(minute, Payment::Paid, false, "Boots");
        report.lines[0].quantity = quantity;
        report
    };
    // Bought one, then two; the second report of the same content is no change, and neither is another name of the line.
    let told = [of(0, 1), of(5, 2), of(9, 2), OrderReport { lines: report(7, Payment::Paid, false, "Shoes").lines, ..of(1, 1) }];
    let changes = |order: &Order| order.changes().into_iter().map(|(_, at)| at.to_string()).collect::<Vec<_>>();
    for shift in 0..told.len() {
        let heard = told.iter().cycle().skip(shift).take(told.len());
        let order = heard.fold(new(), |order, report| order.told(report.clone()).unwrap());
        assert_eq!(changes(&order), ["2026-11-01T10:05:00Z"], "heard from the {shift}th on");
    }
    let elsewhere =
        |minute| OrderReport { ship_to: Some(Address { city: Some("Leipzig".into()), ..Address::default() }), ..of(minute, 1) };
    assert_eq!(changes(&new().told(of(0, 1)).unwrap().told(elsewhere(3)).unwrap()), ["2026-11-01T10:03:00Z"]);
}

#[test]
fn stages_are_kept_once_each_within_a_bound() {
    let stage = |minute: usize| StageReport {
        source: "standard".into(),
        order_source_id: "1".into(),
        stage: Stage::Picking,
        reached_at: format!("2026-11-01T10:{minute:02}:00Z").parse().unwrap(),
    };
    let full = (0..STAGES_MAX).fold(new(), |order, minute| order.staged(&stage(minute)).unwrap().staged(&stage(minute)).unwrap());
    assert_eq!(full.stages.len(), STAGES_MAX);
    assert_eq!(full.clone().staged(&stage(0)).unwrap(), full, "a repeat is no stage more");
    assert!(full.staged(&stage(STAGES_MAX)).is_err());
}

#[test]
fn a_part_is_sent_when_something_that_ships_is_not_in_the_first_fulfilment() {
    let mut two_lines = report(0, Payment::Paid, false, "Boots");
    two_lines.lines.push(Line { id: "2".parse().unwrap(), ..two_lines.lines[0].clone() });
    let order = new().told(two_lines).unwrap();
    assert_eq!(order.partly_shipped_at(), None);
    let first = order.fulfilled(shipped("f1", 0, "1Z1", FulfilmentState::Open)).unwrap();
    let at = first.partly_shipped_at();
    assert_eq!(at.map(|at| at.to_string()).as_deref(), Some("2026-11-02T10:00:00Z"));
    // The rest a day later does not make it untrue.
    let mut rest = shipped("f2", 5, "1Z2", FulfilmentState::Open);
    rest.created_at = "2026-11-03T10:00:00Z".parse().unwrap();
    rest.lines = vec![("2".parse().unwrap(), 1)];
    assert_eq!(first.fulfilled(rest).unwrap().partly_shipped_at(), at);
}

#[test]
fn what_was_over_long_before_an_order_was_found_is_no_news() {
    let found_at: Timestamp = "2026-11-17T12:00:00Z".parse().unwrap();
    let ago = |hours| found_at - jiff::SignedDuration::from_hours(hours);
    let new = || Order::new("demo".parse().unwrap(), OrderId::of(&"demo".parse().unwrap(), "shopify", "1"));
    let found = new().found(report(1, Payment::Paid, false, "Mug"), found_at).unwrap();
    assert!(found.knew_too_late(ago(13)) && !found.knew_too_late(ago(12)) && !found.knew_too_late(found_at));
    // What a webhook told before is news as ever; found again it stays what it was.
    let told = new().told(report(1, Payment::Paid, false, "Mug")).unwrap();
    let again = told.clone().found(report(1, Payment::Paid, false, "Mug"), found_at).unwrap();
    assert_eq!(again, told);
    assert_eq!(found.clone().found(report(1, Payment::Paid, false, "Mug"), ago(-5)).unwrap(), found);
    assert!(!told.knew_too_late(ago(1000)));
}
