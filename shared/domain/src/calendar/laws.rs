//! Laws of the calendars: a year of clock changes and holidays, and what holds for any day and any number of days.

use super::*;
use jiff::{SignedDuration, ToSpan, civil::date};
use proptest::prelude::*;

/// Country, zone, and the days of 2026 on which clocks go forward and back: by the rules of the IANA tz database.
const CHANGES: &[(&str, &str, Option<[Date; 2]>)] = &[
    ("US", "America/New_York", Some([date(2026, 3, 8), date(2026, 11, 1)])),
    ("GB", "Europe/London", Some([date(2026, 3, 29), date(2026, 10, 25)])),
    ("DE", "Europe/Berlin", Some([date(2026, 3, 29), date(2026, 10, 25)])),
    ("FR", "Europe/Paris", Some([date(2026, 3, 29), date(2026, 10, 25)])),
    ("IN", "Asia/Kolkata", None),
    ("AU", "Australia/Sydney", Some([date(2026, 10, 4), date(2026, 4, 5)])),
];

/// Days of 2026 on which each of them works: 261 from Monday to Friday, less the holidays on those.
const WORKED: &[(&str, usize)] = &[("US", 250), ("GB", 253), ("DE", 254), ("FR", 252), ("IN", 259), ("AU", 255)];

fn year() -> impl Iterator<Item = Date> {
    date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026)
}

#[test]
fn every_day_of_a_year_ends_at_local_midnight() {
    for (country, zone, changes) in CHANGES {
        let calendar = Calendar::of_country(country);
        assert_eq!(calendar.zone.time_zone().iana_name(), Some(*zone));
        for day in year() {
            let end = calendar.end_of(day);
            let local = end.to_zoned(calendar.zone.time_zone().clone());
            assert_eq!(local.datetime(), day.tomorrow().unwrap().at(0, 0, 0, 0), "{zone} {day}");
            let hours = match changes {
                Some([forward, _]) if *forward == day => 23,
                Some([_, back]) if *back == day => 25,
                _ => 24,
            };
            assert_eq!(end.duration_since(calendar.end_of(day.yesterday().unwrap())), SignedDuration::from_hours(hours));
        }
    }
}

#[test]
fn a_year_of_business_days_adds_up() {
    for (country, want) in WORKED {
        let calendar = Calendar::of_country(country);
        let worked: Vec<Date> = year().filter(|day| calendar.works_on(*day)).collect();
        assert_eq!(worked.len(), *want, "{country}");
        let (before, after) = (calendar.end_of(date(2025, 12, 30)), calendar.end_of(date(2026, 12, 31)));
        assert_eq!(calendar.business_days_between(before, after) as usize, worked.len(), "{country}");
        // Walking from one to the next, or a long way at once, meets the same days.
        assert!(worked.windows(2).all(|pair| calendar.day_after(pair[0], 1) == pair[1]), "{country}");
        for (count, day) in (1_u32..).zip(&worked).step_by(20) {
            assert_eq!(calendar.day_after(date(2025, 12, 31), count), *day, "{country}");
            assert_eq!(calendar.after_business_days(before, count), calendar.end_of(*day), "{country}");
        }
    }
}

#[test]
fn every_country_has_a_zone_that_exists() {
    let rows: Vec<(&str, &str)> = include_str!("zones.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap())
        .collect();
    assert_eq!(rows.len(), 248);
    assert!(rows.is_sorted_by(|one, next| one.0 < next.0), "once each, in order");
    for (country, zone) in &rows {
        assert_eq!(Calendar::of_country(country).zone.time_zone().iana_name(), Some(*zone), "{country}");
    }
    assert!(holidays::COUNTRIES.iter().all(|country| rows.iter().any(|(code, _)| code == country)));
}

/// One to three calendars: the six, some with other weekends, and one that works on Sundays only.
fn some_calendars() -> impl Strategy<Value = Vec<Calendar>> {
    let sundays = Calendar { weekend: vec![1, 2, 3, 4, 5, 6], holidays: vec![date(2026, 5, 3)], ..Calendar::of_country("NZ") };
    let any = prop_oneof![
        9 => prop::sample::select(vec!["US", "GB", "DE", "FR", "IN", "AU", "SA", "IR", "BN", "CL"]).prop_map(Calendar::of_country),
        1 => Just(sundays),
    ];
    prop::collection::vec(any, 1..=3)
}

fn some_day() -> impl Strategy<Value = Date> {
    (0_i32..2500).prop_map(|days| date(2024, 1, 1).checked_add(days.days()).unwrap())
}

/// A moment between 2024 and 2030, in seconds.
fn some_moment() -> impl Strategy<Value = Timestamp> {
    (1_704_067_200_i64..1_920_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    /// Never on a day off, never back, and later or equal for more days or a later start.
    #[test]
    fn day_after_is_monotone_and_lands_on_working_days(
        calendars in some_calendars(), one in some_day(), gap in 0_i32..20, count in 0_u32..40, more in 0_u32..5,
    ) {
        let all: Vec<&Calendar> = calendars.iter().collect();
        let joint = Calendar::joint(&all);
        prop_assume!(joint.works_on(joint.day_after(one, 0)));
        let later = one.checked_add(gap.days()).unwrap();
        let day = joint.day_after(one, count);
        prop_assert!(joint.works_on(day) && day >= one);
        prop_assert!(all.iter().all(|calendar| calendar.works_on(day)));
        prop_assert!(joint.day_after(later, count) >= day);
        prop_assert!(joint.day_after(one, count + more) >= day);
    }

    #[test]
    fn business_days_add_up(calendars in some_calendars(), start in some_day(), first in 0_u32..30, second in 0_u32..30) {
        let all: Vec<&Calendar> = calendars.iter().collect();
        let joint = Calendar::joint(&all);
        let start = joint.day_after(start, 0);
        prop_assume!(joint.works_on(start));
        prop_assert_eq!(joint.day_after(start, first + second), joint.day_after(joint.day_after(start, first), second));
    }

    /// The moment that answers for a count is the first at which that many have passed; one calendar alone agrees with itself
    /// joined.
    #[test]
    fn between_is_the_inverse_of_after(calendars in some_calendars(), from in some_moment(), count in 1_u32..40) {
        let all: Vec<&Calendar> = calendars.iter().collect();
        let joint = Calendar::joint(&all);
        let due = joint.after_business_days(from, count);
        let (_, latest) = joint.dates_of(from);
        prop_assume!(joint.works_on(joint.day_after(latest, count)));
        prop_assert!(due > from);
        prop_assert_eq!(joint.business_days_between(from, due), count);
        prop_assert_eq!(joint.business_days_between(from, due.checked_sub(1.second()).unwrap()), count - 1);
        prop_assert_eq!(joint.business_days_between(due, from), 0);
        let alone = all[0];
        prop_assert_eq!(alone.after_business_days(from, count), Calendar::joint(&[alone]).after_business_days(from, count));
        prop_assert!(alone.after_business_days(from, count) <= due, "more calendars never make it sooner");
    }
}
