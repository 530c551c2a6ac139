//! Tests: laws of what comes late. What is forgotten stays forgotten, each refund counts once, and a delivery read again changes
//! the reading of its own version only.

use super::*;
use crate::answer::{CustomerAnswer, Wish};

/// A word that tells who the customer is, wherever it stands.
const PERSON: &str = "Mustermann";

/// A report with a person in every place that can hold one.
fn personal(minute: u8, title: &str, mark: u8) -> OrderReport {
    let address = Address {
        name: Some(format!("Erika {PERSON}")),
        street: Some(format!("{PERSON}weg {mark}")),
        city: Some("Leipzig".into()),
        country: Some("DE".into()),
        ..Address::default()
    };
    let customer = Customer { email: Some(format!("{PERSON}{mark}@example.com").parse().unwrap()), ..Customer::default() };
    OrderReport { customer, ship_to: Some(address), ..report(minute, Payment::Paid, false, title) }
}

fn refund(id: &str, minute: u8, minor: i64, currency: &str) -> RefundReport {
    RefundReport {
        source: "standard".into(),
        order_source_id: "1".into(),
        id: id.parse().unwrap(),
        refunded_at: format!("2026-11-05T10:{minute:02}:00Z").parse().unwrap(),
        amount: Money::of(minor, currency.parse().unwrap()),
        lines: Vec::new(),
    }
}

fn answer(id: u8) -> CustomerAnswer {
    CustomerAnswer {
        id: format!("answer{id:02}").parse().unwrap(),
        parcel: None,
        wish: Wish::Neighbour { note: format!("Leave it with {PERSON}") },
        answered_at: format!("2026-11-03T10:{id:02}:00Z").parse().unwrap(),
        done_at: None,
    }
}

/// Everything that may come to an order.
#[derive(Debug, Clone)]
enum Coming {
    Report(OrderReport),
    Reread(OrderReport),
    Fulfilment(FulfilmentReport),
    Refund(RefundReport),
    Answer(CustomerAnswer),
    AnswerDone(u8),
    LinkAsked(Timestamp),
    Bounced(Timestamp),
    Forget(Timestamp),
}

fn come(order: Order, coming: &Coming) -> Order {
    let before = order.clone();
    match coming.clone() {
        Coming::Report(report) => order.told(report).unwrap(),
        Coming::Reread(report) => order.reread(report).unwrap(),
        Coming::Fulfilment(report) => order.fulfilled(report).unwrap(),
        Coming::Refund(report) => order.refunded(report).unwrap(),
        Coming::Answer(answer) => order.answered(answer).unwrap().unwrap_or(before),
        Coming::AnswerDone(id) => order.answer_done(&answer(id).id, at(9)).unwrap_or(before),
        Coming::LinkAsked(now) => order.link_asked(now).unwrap_or(before),
        Coming::Bounced(now) => order.bounced(now),
        Coming::Forget(now) => order.redacted(now),
    }
}

fn at(minute: u8) -> Timestamp {
    format!("2026-11-04T10:{minute:02}:00Z").parse().unwrap()
}

fn any_coming() -> impl Strategy<Value = Coming> {
    prop_oneof![
        (0u8..5, "[ab]", 0u8..3).prop_map(|(minute, title, mark)| Coming::Report(personal(minute, &title, mark))),
        ("[xy]", 0u8..5, "1Z[0-9]{2}").prop_map(|(id, m, n)| Coming::Fulfilment(shipped(&id, m, &n, FulfilmentState::Open))),
        ("[pq]", 0u8..3, 1i64..4).prop_map(|(id, minute, minor)| Coming::Refund(refund(&id, minute, minor, "USD"))),
        (0u8..4).prop_map(|id| Coming::Answer(answer(id))),
        (0u8..4).prop_map(Coming::AnswerDone),
        (0u8..9).prop_map(|minute| Coming::LinkAsked(at(minute))),
        (0u8..9).prop_map(|minute| Coming::Bounced(at(minute))),
    ]
}

/// What comes, and the same with the wish to be forgotten somewhere in it, any number of times.
fn any_life() -> impl Strategy<Value = (Vec<Coming>, Vec<Coming>)> {
    let wishes = prop::collection::vec(0u8..60, 1..3);
    (prop::collection::vec(any_coming(), 0..14), wishes).prop_flat_map(|(life, wishes)| {
        let wishes = wishes.into_iter().map(|minute| Coming::Forget(at(minute)));
        let all: Vec<Coming> = life.into_iter().chain(wishes).collect();
        (Just(all.clone()), Just(all).prop_shuffle())
    })
}

fn live(life: &[Coming]) -> Order {
    life.iter().fold(new(), come)
}

proptest! {
    #[test]
    fn who_is_forgotten_stays_so_whatever_comes_in_whatever_order((life, shuffled) in any_life()) {
        let (order, other) = (live(&life), live(&shuffled));
        prop_assert_eq!(&order, &other);
        let kept = serde_json::to_string(&order).unwrap();
        prop_assert!(!kept.contains(PERSON) && !kept.contains("Leipzig"), "{}", kept);
        prop_assert!(order.answers.is_empty() && order.contents.is_empty() && order.mail_bounced_at.is_none());
        prop_assert_eq!(order.link_epoch, 1);
        let again = life.iter().fold(order.clone(), come);
        prop_assert_eq!(order, again);
    }

    #[test]
    fn what_is_read_again_brings_nobody_back((life, _) in any_life(), minute in 0u8..6, title in "[ab]") {
        let order = come(live(&life), &Coming::Reread(personal(minute, &title, 0)));
        prop_assert!(!serde_json::to_string(&order).unwrap().contains(PERSON));
    }

    #[test]
    fn refunds_in_any_order_with_any_repeats_end_alike(
        (told, shuffled) in prop::collection::vec(("[pqr]", 0u8..3, 1i64..4, prop::sample::select(vec!["USD", "EUR"])), 1..8).prop_flat_map(|told| {
            let twice: Vec<_> = told.iter().chain(&told).cloned().collect();
            (Just(told), Just(twice).prop_shuffle())
        }),
    ) {
        let refunds = |told: &[(String, u8, i64, &str)]| {
            told.iter().fold(new(), |order, (id, minute, minor, currency)| order.refunded(refund(id, *minute, *minor, currency)).unwrap())
        };
        prop_assert_eq!(refunds(&told), refunds(&shuffled));
    }

    #[test]
    fn reading_again_changes_the_reading_of_its_own_version_only(minutes in prop::collection::vec(0u8..5, 1..5), again in 0u8..6) {
        let order = minutes.iter().fold(new(), |order, minute| order.told(personal(*minute, "Boots", 0)).unwrap());
        let newest = *minutes.iter().max().unwrap();
        let better = OrderReport { shipping_method: Some("Express".into()), ..personal(again, "Boots", 1) };
        let read = order.clone().reread(better.clone()).unwrap();
        prop_assert_eq!(&read, &read.clone().reread(better.clone()).unwrap(), "read twice");
        if again < newest {
            prop_assert_eq!(&read.report, &order.report);
        } else {
            prop_assert_eq!(read.report.as_ref(), Some(&better));
        }
        if again <= newest {
            prop_assert_eq!(read.changes().len(), order.changes().len(), "nobody is told of a change");
        }
    }
}

#[test]
fn a_refund_counts_once_and_currencies_are_not_mixed() {
    let order = [refund("p", 0, 100, "USD"), refund("p", 0, 100, "USD"), refund("q", 1, 50, "USD"), refund("r", 1, 7, "EUR")]
        .into_iter()
        .fold(new(), |order, refund| order.refunded(refund).unwrap());
    let sums: Vec<String> = order.refunded_in_all().iter().map(ToString::to_string).collect();
    assert_eq!(sums, [Money::of(7, "EUR".parse().unwrap()), Money::of(150, "USD".parse().unwrap())].map(|sum| sum.to_string()));
    let full = (0..REFUNDS_MAX).fold(new(), |order, n| order.refunded(refund(&format!("r{n}"), 0, 1, "USD")).unwrap());
    assert!(full.clone().refunded(refund("r0", 0, 1, "USD")).is_ok(), "a repeat is none more");
    assert!(full.refunded(refund("another", 0, 1, "USD")).is_err());
}

#[test]
fn the_country_stays_and_what_was_bought() {
    let order = new().told(personal(0, "Boots", 0)).unwrap().redacted(at(1));
    let report = order.report.as_ref().unwrap();
    assert_eq!((report.lines[0].title.as_str(), report.number.as_str()), ("Boots", "#1"));
    assert_eq!(order.destination().and_then(|to| to.country).as_deref(), Some("DE"));
    assert_eq!(order.redacted(at(0)).redacted_at, Some(at(0)), "the first wish counts");
}

#[test]
fn a_better_reading_is_no_change_of_the_order() {
    let misread = OrderReport { ship_to: None, ..personal(0, "Boots", 0) };
    let order = new().told(misread).unwrap().reread(personal(0, "Boots", 0)).unwrap();
    assert!(order.changes().is_empty());
    assert!(order.ship_to().is_some());
    // A version that nobody could read before is news like any other.
    let order = order.reread(personal(5, "Boots", 1)).unwrap();
    assert_eq!(order.changes().len(), 1);
}
