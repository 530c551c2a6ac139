//! Tests: the laws of announcing.

use super::*;
use crate::letter::Purpose;
use crate::{
    id::{OrderId, ParcelKey},
    parcel::{Destination, ParcelReport},
    scan::Scan,
    status::{Status, SubStatus},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn parcel_key() -> ParcelKey {
    ParcelKey { shop: "demo".parse().unwrap(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() }
}

fn order_id() -> OrderId {
    OrderId::of(&"demo".parse().unwrap(), "standard", "1")
}

fn scan(minute: i64, status: Status, sub: &str) -> Scan {
    let scan = Scan::new(Timestamp::from_second(1_790_000_000 + minute * 60).unwrap(), status, SubStatus::new(sub));
    Scan { text: format!("{status} {sub}"), ..scan }
}

/// What happens to a parcel: a carrier tells something, or its order is known.
#[derive(Debug, Clone)]
enum Happening {
    Told(Scan),
    Linked,
    Described,
}

/// What a storefront says of a parcel: a fulfilment names it, and its order is described. Either may come first.
const KNOWN: [Happening; 2] = [Happening::Linked, Happening::Described];

fn happen(parcel: Parcel, happening: &Happening) -> Parcel {
    match happening {
        Happening::Told(scan) => parcel.told(&ParcelReport::new("standard", &parcel_key(), scan.at, vec![scan.clone()])),
        Happening::Linked => parcel.linked(order_id(), Timestamp::from_second(1_790_000_000).unwrap()),
        Happening::Described => parcel.described(&order_id(), &Destination::default()),
    }
}

/// Plays a history and collects every letter to the customer, failing when one is announced twice. The staff is told how
/// things stand, which does depend on what was heard first.
fn letters(history: &[Happening]) -> BTreeMap<String, LetterKind> {
    let mut before: Option<Parcel> = None;
    let mut out = BTreeMap::new();
    let mut order_is_described = false;
    for happening in history {
        let mut after = happen(before.clone().unwrap_or_else(|| Parcel::new(parcel_key())), happening);
        // As the desk does it: a parcel linked to an order that is described already is told so at once.
        order_is_described |= matches!(happening, Happening::Described);
        if order_is_described {
            after = after.described(&order_id(), &Destination::default());
        }
        for announcement in announce(&Change::Parcel { before, after: after.clone() }) {
            if let Announcement::Letter(letter) = announcement
                && letter.kind.purpose() != Purpose::Staff
            {
                assert!(out.insert(letter.id.to_string(), letter.kind).is_none(), "announced twice");
            }
        }
        before = Some(after);
    }
    out
}

fn any_history() -> impl Strategy<Value = (Vec<Happening>, Vec<Happening>)> {
    let statuses = prop::sample::select(Status::ALL.to_vec());
    let subs = prop::sample::select(vec!["other", "damaged", "notice_left", "delayed_weather"]);
    let scans = prop::collection::vec((0i64..9000, statuses, subs), 1..14);
    scans.prop_flat_map(|scans| {
        let mut history: Vec<_> = scans.into_iter().map(|(m, status, sub)| Happening::Told(scan(m, status, sub))).collect();
        history.extend(KNOWN);
        let thrice: Vec<_> = history.iter().chain(&history).chain(&history).cloned().collect();
        (Just(history), Just(thrice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn any_permutation_with_repeats_announces_the_same_letters((history, shuffled) in any_history()) {
        prop_assert_eq!(letters(&history), letters(&shuffled));
    }
}

#[test]
fn a_parcel_without_an_order_announces_nothing_until_it_has_one() {
    let delivered = Happening::Told(scan(1, Status::Delivered, "at_door"));
    assert!(letters(std::slice::from_ref(&delivered)).is_empty());
    assert!(letters(&[delivered.clone(), Happening::Linked]).is_empty(), "there is nobody to write to yet");
    let kinds: Vec<_> = letters(&[delivered, Happening::Linked, Happening::Described]).into_values().collect();
    assert!(kinds.contains(&LetterKind::Delivered) && kinds.contains(&LetterKind::ReviewRequest), "{kinds:?}");
    // What is asked later is off until a shop wants it.
    let on: Vec<_> = kinds.into_iter().filter(|kind| kind.is_on_by_default()).collect();
    assert_eq!(on, [LetterKind::Delivered]);
}

#[test]
fn a_second_failed_attempt_on_another_day_is_announced_too() {
    let day = 24 * 60;
    let history = [
        Happening::Linked,
        Happening::Described,
        Happening::Told(scan(0, Status::AttemptFailed, "notice_left")),
        Happening::Told(scan(30, Status::AttemptFailed, "recipient_unavailable")),
        Happening::Told(scan(day, Status::AttemptFailed, "notice_left")),
    ];
    assert_eq!(letters(&history).len(), 2);
}
