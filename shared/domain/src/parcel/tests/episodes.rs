//! Tests: trouble that time brings, on business calendars, opened once and closed by the next scan.

use super::*;
use crate::{calendar::Calendar, settings::ParcelRules};
use jiff::SignedDuration;

pub(super) fn watch() -> Watch {
    let rules = ParcelRules::default();
    Watch {
        thresholds: Thresholds {
            label_without_scan_days: rules.label_without_scan_days,
            no_movement_days: 2,
            presumed_lost_days: rules.presumed_lost_days_domestic,
            overdue_hours: rules.overdue_hours,
        },
        origin: Calendar::default(),
        carrier: Calendar::default(),
        destination: Calendar::default(),
    }
}

/// The demo parcel of an order whose label was made at this moment.
fn labelled(when: &str) -> Parcel {
    Parcel::new(key()).linked(order(1), at(when))
}

fn open(parcel: &Parcel) -> Vec<EpisodeKind> {
    parcel.episodes().into_iter().filter(|episode| episode.closed_at.is_none()).map(|episode| episode.kind).collect()
}

fn moved(parcel: Parcel, when: &str) -> Parcel {
    parcel.told(&report(vec![scan(when, Status::InTransit, "arrived")]))
}

#[test]
fn field_2_47_a_label_without_a_scan_is_flagged_and_clears_with_the_next_scan() {
    let parcel = labelled("2026-11-02T09:00:00Z").armed(&watch()); // a Monday
    let due = parcel.timer_due_at.unwrap();
    assert_eq!(due, at("2026-11-06T00:00:00Z"));

    let early = parcel.clone().looked_at(&watch(), at("2026-11-03T09:00:00Z"));
    assert_eq!((early.problem(), early.timer_due_at), (None, Some(due)));

    let late = parcel.looked_at(&watch(), due);
    assert_eq!((open(&late), late.actor()), (vec![EpisodeKind::LabelWithoutScan], Actor::Merchant));
    assert_eq!(late.needs_merchant_since(), Some(due));
    let twice = late.clone().looked_at(&watch(), due + SignedDuration::from_hours(5));
    assert_eq!(twice.episodes, late.episodes);

    let scanned = moved(twice, "2026-11-07T09:00:00Z");
    assert_eq!((scanned.problem(), scanned.needs_merchant_since()), (None, None));
    assert_eq!(scanned.episodes[0].closed_at, Some(at("2026-11-07T09:00:00Z")));
}

#[test]
fn field_3_2_a_friday_scan_is_not_stuck_before_tuesday_has_ended() {
    let parcel = moved(labelled("2026-11-12T09:00:00Z"), "2026-11-13T17:00:00Z"); // a Friday
    let due = at("2026-11-18T00:00:00Z"); // the end of Tuesday
    assert_eq!(parcel.next_look_at(&watch()), Some(due));
    let before = parcel.clone().looked_at(&watch(), due - SignedDuration::from_secs(1));
    assert_eq!(open(&before), []);
    let stuck = parcel.clone().looked_at(&watch(), due);
    assert_eq!(open(&stuck), [EpisodeKind::NoMovement]);
    // One message for it, and one when it moves again.
    let told = |parcel: &Parcel| {
        parcel.milestones().keys().filter(|m| matches!(m, Milestone::Stuck(..) | Milestone::Moving(..))).count()
    };
    assert_eq!(told(&stuck), 1);
    let again = moved(stuck, "2026-11-18T08:00:00Z");
    assert_eq!((open(&again), told(&again)), (vec![], 2));
    assert_eq!(again.clone().looked_at(&watch(), at("2026-11-18T09:00:00Z")).episodes.len(), 1);

    // A public holiday at any of the three places shifts it by one day.
    for place in 0..3 {
        let mut holiday = watch();
        let calendar = [&mut holiday.origin, &mut holiday.carrier, &mut holiday.destination].into_iter().nth(place).unwrap();
        calendar.holidays.push(jiff::civil::date(2026, 11, 16));
        assert_eq!(parcel.next_look_at(&holiday), Some(at("2026-11-19T00:00:00Z")));
    }
}

#[test]
fn silence_that_the_carrier_explains_is_not_stuck_but_may_be_a_loss() {
    let parcel = moved(labelled("2026-11-02T09:00:00Z"), "2026-11-03T09:00:00Z").told(&report(vec![scan(
        "2026-11-03T12:00:00Z",
        Status::Exception,
        "delayed_weather",
    )]));
    let kinds: Vec<_> = parcel.deadlines(&watch()).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [EpisodeKind::PresumedLost]);
    let lost = parcel.looked_at(&watch(), at("2026-11-10T09:00:00Z"));
    assert_eq!(lost.problem().map(|problem| problem.code().to_owned()).as_deref(), Some("presumed_lost"));
    assert_eq!(lost.actor(), Actor::Merchant);
    assert_eq!(moved(lost, "2026-11-11T09:00:00Z").problem(), None);
}

#[test]
fn a_day_that_has_passed_is_overdue_until_it_is_there_or_a_new_day_is_named() {
    let said = |when: &str, n| ParcelReport {
        expected: Some(jiff::civil::date(2026, 11, n)),
        ..report(vec![scan(when, Status::InTransit, "arrived")])
    };
    let parcel = labelled("2026-11-02T09:00:00Z").told(&said("2026-11-03T09:00:00Z", 4));
    let morning_after = at("2026-11-05T09:00:00Z");
    assert_eq!(parcel.next_look_at(&watch()), Some(morning_after));
    let late = parcel.looked_at(&watch(), morning_after);
    assert_eq!((open(&late), late.actor()), (vec![EpisodeKind::OverduePromise], Actor::Nobody));
    assert_eq!(late.needs_merchant_since(), None, "nobody has to do anything yet");
    assert_eq!(open(&moved(late.clone(), "2026-11-05T12:00:00Z")), [EpisodeKind::OverduePromise], "still late");
    assert_eq!(open(&late.clone().told(&said("2026-11-05T12:00:00Z", 4))), [EpisodeKind::OverduePromise], "the old day again");
    assert_eq!(open(&late.clone().told(&said("2026-11-05T12:00:00Z", 6))), []);
    assert_eq!(open(&late.told(&report(vec![scan("2026-11-05T12:00:00Z", Status::Delivered, "at_door")]))), []);
}

#[test]
fn a_quick_parcel_costs_one_timer() {
    let mut parcel = labelled("2026-11-02T09:00:00Z").armed(&watch());
    let armed = parcel.timer_due_at;
    for (when, status) in [
        ("2026-11-03T09:00:00Z", Status::InTransit),
        ("2026-11-04T07:00:00Z", Status::OutForDelivery),
        ("2026-11-04T15:00:00Z", Status::Delivered),
    ] {
        parcel = parcel.told(&report(vec![scan(when, status, "other")])).armed(&watch());
        assert_eq!(parcel.timer_due_at, armed);
    }
    let looked = parcel.looked_at(&watch(), armed.unwrap());
    assert_eq!((looked.timer_due_at, looked.episodes.len()), (None, 0), "it is over, nobody looks again");
}

#[test]
fn a_timer_after_the_first_scan_is_armed_again_for_the_next_deadline() {
    let parcel = moved(labelled("2026-11-02T09:00:00Z").armed(&watch()), "2026-11-05T09:00:00Z");
    let looked = parcel.clone().looked_at(&watch(), parcel.timer_due_at.unwrap());
    assert_eq!(looked.timer_due_at, Some(at("2026-11-10T00:00:00Z")));
}

#[test]
fn a_parcel_nobody_stands_behind_is_not_watched() {
    let parcel = labelled("2026-11-02T09:00:00Z").unlinked(&order(1));
    assert_eq!(parcel.next_look_at(&watch()), None);
    assert_eq!(parcel.looked_at(&watch(), at("2026-12-02T09:00:00Z")).episodes, []);
    assert_eq!(told(&[scan("2026-11-02T09:00:00Z", Status::InTransit, "arrived")]).next_look_at(&watch()), None);
}

#[test]
fn a_dispute_is_opened_once_and_settled_by_a_person() {
    let parcel = labelled("2026-11-01T09:00:00Z").told(&report(vec![scan("2026-11-03T15:00:00Z", Status::Delivered, "at_door")]));
    let disputed = parcel.disputed(at("2026-11-04T09:00:00Z"));
    assert_eq!(disputed.clone().disputed(at("2026-11-04T10:00:00Z")), disputed);
    assert_eq!((disputed.folded().status, disputed.actor()), (Status::Delivered, Actor::Merchant));
    assert_eq!(disputed.needs_merchant_since(), Some(at("2026-11-04T09:00:00Z")));
    let settled = disputed.dispute_settled(at("2026-11-05T09:00:00Z"));
    assert_eq!(settled.problem(), None);
    assert!(settled.milestones().keys().all(|m| !matches!(m, Milestone::Stuck(..) | Milestone::Moving(..))));
}

#[test]
fn what_a_carrier_calls_trouble_has_a_begin_and_an_end() {
    let parcel = told(&[
        scan("2026-11-02T09:00:00Z", Status::InTransit, "accepted"),
        scan("2026-11-03T09:00:00Z", Status::Exception, "delayed_customs"),
        scan("2026-11-03T20:00:00Z", Status::Exception, "delayed_customs"),
        scan("2026-11-04T09:00:00Z", Status::Exception, "duties_unpaid"),
        scan("2026-11-05T09:00:00Z", Status::InTransit, "customs_cleared"),
        scan("2026-11-06T09:00:00Z", Status::AttemptFailed, "notice_left"),
    ]);
    let told: Vec<_> = parcel
        .problem_history()
        .into_iter()
        .map(|(problem, closed_at)| (problem.code().to_owned(), problem.since(), closed_at, problem.cause(), problem.actor()))
        .collect();
    let day = |n: u32| at(&format!("2026-11-0{n}T09:00:00Z"));
    assert_eq!(
        told,
        [
            ("delayed_customs".to_owned(), day(3), Some(day(4)), Cause::Customs, Actor::Nobody),
            ("duties_unpaid".to_owned(), day(4), Some(day(5)), Cause::Customs, Actor::Customer),
            ("notice_left".to_owned(), day(6), None, Cause::Customer, Actor::Customer),
        ]
    );
}

#[test]
fn thresholds_are_those_of_shop_service_and_lane() {
    use crate::settings::{Brand, ParcelRule, ShopSettings};
    let mut settings = ShopSettings::undecided(Brand::named("Demo"));
    settings.calendar.country = Some("US".into());
    settings.parcels.different = vec![
        ParcelRule {
            carriers: vec!["ups".into()],
            services: vec!["ground saver".into()],
            no_movement_days: Some(9),
            ..ParcelRule::default()
        },
        ParcelRule {
            countries: vec!["NZ".into()],
            presumed_lost_days: Some(45),
            no_movement_days: Some(12),
            ..ParcelRule::default()
        },
    ];
    let to = |country: &str, service: Option<&str>| {
        let to = Destination { country: Some(country.into()), ..Destination::default() };
        let mut parcel = labelled("2026-11-02T09:00:00Z").described(&order(1), &to);
        parcel.service = service.map(str::to_owned);
        let limits = settings.watch(&parcel).thresholds;
        (limits.no_movement_days, limits.presumed_lost_days)
    };
    assert_eq!(to("US", None), (3, 7));
    assert_eq!(to("DE", None), (5, 20));
    assert_eq!(to("US", Some("Ground Saver")), (9, 7));
    assert_eq!(to("NZ", Some("Ground Saver")), (9, 45), "the first rule that names a figure gives it");
    assert_eq!(to("NZ", None), (12, 45));
}
