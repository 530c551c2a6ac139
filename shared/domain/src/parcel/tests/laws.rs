//! Tests: laws over generated histories. Whatever comes, in any order and any number of times, ends alike.

use super::*;
use proptest::prelude::*;

/// Everything that may happen to a parcel, each with its own moment.
fn any_scan() -> impl Strategy<Value = Scan> {
    let subs = prop::sample::select(vec!["other", "accepted", "arrived", "damaged", "lost", "notice_left", "at_door"]);
    let places = prop::sample::select(vec!["", "Reno, NV", "RENO", "Sparks, NV"]);
    let statuses = prop::sample::select(Status::ALL.to_vec());
    (0i64..120 * 24 * 6, statuses, subs, places, any::<bool>()).prop_map(|(step, status, sub, place, zone_known)| Scan {
        at: Timestamp::from_second(1_790_000_000 + step * 600).unwrap(),
        place: place.into(),
        zone_known,
        ..scan("2026-01-01T00:00:00Z", status, sub)
    })
}

/// Reports of two sources, full histories and single events, some told by a clock that is ahead or behind.
fn any_report() -> impl Strategy<Value = ParcelReport> {
    let scans = prop::collection::vec(any_scan(), 0..8);
    (scans, prop::sample::select(vec!["easypost", "shippo"]), any::<bool>(), -48i64..48, prop::option::of(1i8..28)).prop_map(
        |(scans, source, is_full_history, ahead_hours, day)| {
            let base = report(scans);
            let skew = jiff::SignedDuration::from_hours(ahead_hours);
            ParcelReport {
                source: source.into(),
                is_full_history,
                received_at: Some(base.reported_at + skew),
                expected: day.map(|day| jiff::civil::date(2026, 11, day)),
                ..base
            }
        },
    )
}

fn any_history() -> impl Strategy<Value = (Vec<ParcelReport>, Vec<ParcelReport>)> {
    prop::collection::vec(any_report(), 1..25).prop_flat_map(|reports| {
        let twice: Vec<_> = reports.iter().chain(reports.iter().step_by(2)).cloned().collect();
        (Just(reports), Just(twice).prop_shuffle())
    })
}

fn play(reports: &[ParcelReport]) -> Parcel {
    reports.iter().fold(Parcel::new(key()), |parcel, report| parcel.told(report))
}

proptest! {
    #[test]
    fn any_order_with_any_repeats_ends_in_the_same_parcel((reports, shuffled) in any_history()) {
        prop_assert_eq!(play(&reports), play(&shuffled));
    }

    #[test]
    fn a_repeat_changes_nothing((reports, _) in any_history()) {
        let parcel = play(&reports);
        for report in &reports {
            prop_assert_eq!(parcel.clone().told(report), parcel.clone());
        }
    }

    #[test]
    fn linking_sooner_or_later_ends_alike((reports, _) in any_history(), cut in 0usize..25) {
        let made = Timestamp::from_second(1_790_000_000).unwrap();
        let (before, after) = reports.split_at(cut.min(reports.len()));
        let between = after.iter().fold(play(before).linked(order(1), made), |parcel, report| parcel.told(report));
        prop_assert_eq!(between, play(&reports).linked(order(1), made));
    }

    #[test]
    fn an_unknown_scan_never_changes_where_it_is((reports, _) in any_history(), unread in any_scan()) {
        let parcel = play(&reports);
        let pending = Scan { status: Status::Pending, ..unread };
        // One event, so that it takes nothing back by what it does not tell.
        let after = parcel.clone().told(&ParcelReport { source: "other".into(), ..report(vec![pending]) });
        if parcel.scans.len() < SCANS_NEWEST_MAX {
            prop_assert_eq!(parcel.folded(), after.folded());
            prop_assert_eq!(parcel.milestones(), after.milestones());
        }
    }

    #[test]
    fn a_later_scan_never_takes_delivered_back_but_by_the_rules((reports, _) in any_history(), late in any_scan()) {
        let parcel = play(&reports);
        let Some(delivered_at) = parcel.folded().delivered_at.filter(|_| parcel.folded().status == Status::Delivered) else { return Ok(()) };
        let late = Scan { at: delivered_at + jiff::SignedDuration::from_hours(30), is_early: false, ..late };
        let after = parcel.clone().told(&ParcelReport { source: "other".into(), ..report(vec![late.clone()]) });
        let allowed = matches!(late.status, Status::Returning | Status::Returned)
            || (late.status == Status::Exception && matches!(late.sub.code(), "damaged" | "lost"));
        if !allowed && parcel.scans.len() < SCANS_NEWEST_MAX {
            prop_assert_eq!(after.folded().status, Status::Delivered);
        }
    }

    #[test]
    fn a_row_is_bounded((reports, _) in any_history()) {
        let most = SCANS_NEWEST_MAX + 2 * SCAN_KINDS_MAX + ATTEMPT_DAYS_MAX;
        prop_assert!(play(&reports).scans.len() <= most);
    }

    #[test]
    fn episodes_open_once_and_close_by_themselves((reports, _) in any_history(), looks in prop::collection::vec(0i64..200 * 24, 1..12)) {
        let watch = super::episodes::watch();
        let made = Timestamp::from_second(1_790_000_000).unwrap();
        let mut parcel = Parcel::new(key()).linked(order(1), made);
        let mut looks: Vec<_> = looks.into_iter().map(|hours| made + jiff::SignedDuration::from_hours(hours)).collect();
        looks.sort_unstable();
        let mut told = reports.iter();
        for now in looks {
            let before = parcel.clone();
            parcel = parcel.looked_at(&watch, now);
            prop_assert_eq!(&parcel, &parcel.clone().looked_at(&watch, now), "fired twice");
            for episode in &parcel.episodes {
                prop_assert!(before.episodes.contains(episode) || episode.opened_at <= now, "opened before its time");
            }
            if let Some(report) = told.next() {
                let open: Vec<_> = parcel.episodes.iter().filter(|e| e.closed_at.is_none()).copied().collect();
                parcel = parcel.told(report);
                for was_open in open {
                    let same = |e: &&Episode| e.kind == was_open.kind && e.since == was_open.since;
                    prop_assert_eq!(parcel.episodes.iter().filter(same).count(), 1);
                }
            }
        }
        let mut names: Vec<_> = parcel.episodes.iter().map(|e| (e.kind, e.since)).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), all, "one episode twice");
    }
}
