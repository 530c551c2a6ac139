//! Tests: the laws and cases of a parcel.

use super::*;
use proptest::prelude::*;

fn key() -> ParcelKey {
    ParcelKey { shop: "demo".parse().unwrap(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() }
}

fn order() -> OrderId {
    OrderId::of(&"demo".parse().unwrap(), "standard", "1")
}

fn scan(at: &str, status: Status, sub: &str) -> Scan {
    Scan {
        at: at.parse().unwrap(),
        status,
        sub: SubStatus::new(sub),
        code: String::new(),
        text: format!("{status} {sub}"),
        place: String::new(),
        zone_known: true,
        source: String::new(),
        is_early: false,
    }
}

fn report(scans: Vec<Scan>) -> ParcelReport {
    let reported_at = scans.iter().map(|s| s.at).max().unwrap_or_default();
    ParcelReport {
        source: "standard".into(),
        carrier: key().carrier,
        number: key().number,
        reported_at,
        scans,
        expected: None,
        unknown_codes: Vec::new(),
        received_at: None,
        is_full_history: false,
        service: None,
        last_mile: None,
    }
}

fn told(scans: &[Scan]) -> Parcel {
    scans.iter().fold(Parcel::new(key()), |parcel, scan| parcel.told(&report(vec![scan.clone()])))
}

#[track_caller]
fn check(scans: &[(&str, Status, &str)], want: (Status, &str)) {
    let scans: Vec<_> = scans.iter().map(|(at, status, sub)| scan(at, *status, sub)).collect();
    let folded = told(&scans).folded();
    assert_eq!((folded.status, folded.sub.code()), want);
}

#[test]
fn a_late_scan_never_moves_a_parcel_back() {
    check(
        &[
            ("2026-11-03T15:00:00Z", Status::Delivered, "at_door"),
            ("2026-11-02T09:00:00Z", Status::InTransit, "arrived"),
            ("2026-11-04T09:00:00Z", Status::InTransit, "departed"),
        ],
        (Status::Delivered, "at_door"),
    );
}

#[test]
fn an_unknown_scan_changes_nothing() {
    check(
        &[("2026-11-02T09:00:00Z", Status::OutForDelivery, "on_vehicle"), ("2026-11-02T10:00:00Z", Status::Pending, "other")],
        (Status::OutForDelivery, "on_vehicle"),
    );
}

#[test]
fn delivered_on_the_way_back_is_returned() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Returning, "in_transit"), ("2026-11-05T10:00:00Z", Status::Delivered, "at_door")],
        (Status::Returned, "to_sender"),
    );
}

#[test]
fn a_voided_label_that_is_scanned_lives_again() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Cancelled, "voided"), ("2026-11-03T10:00:00Z", Status::InTransit, "accepted")],
        (Status::InTransit, "accepted"),
    );
}

#[test]
fn a_parcel_found_damaged_after_delivery_says_so() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Delivered, "at_door"), ("2026-11-03T10:00:00Z", Status::Exception, "damaged")],
        (Status::Exception, "damaged"),
    );
}

#[test]
fn five_thousand_scans_stay_a_small_row() {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let scans: Vec<_> = (0..5000)
        .map(|n| Scan {
            at: start + jiff::SignedDuration::from_mins(n),
            ..scan("2026-01-01T00:00:00Z", Status::InTransit, "arrived")
        })
        .collect();
    let parcel = Parcel::new(key()).told(&report(scans));
    assert_eq!(parcel.scans.len(), SCANS_NEWEST_MAX + 1);
    assert_eq!(parcel.milestones()[&Milestone::Shipped], start);
}

pub(crate) fn any_scan() -> impl Strategy<Value = Scan> {
    let subs = prop::sample::select(vec!["other", "arrived", "damaged", "lost", "notice_left", "at_door"]);
    (0i64..60 * 24 * 6, prop::sample::select(Status::ALL.to_vec()), subs).prop_map(|(minute, status, sub)| Scan {
        at: Timestamp::from_second(1_790_000_000 + minute * 600).unwrap(),
        ..scan("2026-01-01T00:00:00Z", status, sub)
    })
}

fn any_history() -> impl Strategy<Value = (Vec<Scan>, Vec<Scan>)> {
    prop::collection::vec(any_scan(), 1..90).prop_flat_map(|scans| {
        let twice: Vec<_> = scans.iter().chain(scans.iter().step_by(2)).cloned().collect();
        (Just(scans), Just(twice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn any_permutation_with_repeats_ends_in_the_same_parcel((scans, shuffled) in any_history()) {
        let all_at_once = Parcel::new(key()).told(&report(scans.clone()));
        let one_by_one = told(&shuffled);
        prop_assert_eq!(&all_at_once.scans, &one_by_one.scans);
        prop_assert_eq!(all_at_once.folded(), one_by_one.folded());
        prop_assert_eq!(all_at_once.milestones(), one_by_one.milestones());
    }

    #[test]
    fn the_expected_day_does_not_depend_on_the_order_of_reports(
        (said, shuffled) in prop::collection::vec((0i64..9, 1i8..28), 1..7).prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
    ) {
        let fold = |said: &[(i64, i8)]| said.iter().fold(Parcel::new(key()), |parcel, (at, day)| {
            parcel.told(&ParcelReport {
                reported_at: Timestamp::from_second(1_790_000_000 + at).unwrap(),
                expected: Some(jiff::civil::date(2026, 11, *day)),
                ..report(Vec::new())
            })
        });
        prop_assert_eq!(fold(&said).expected, fold(&shuffled).expected);
    }
}
