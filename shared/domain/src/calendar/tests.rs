//! Tests of the calendars: what was promised for one place, and for several.

use super::*;

fn berlin() -> Calendar {
    Calendar { zone: "Europe/Berlin".to_owned().try_into().unwrap(), ..Calendar::default() }
}

#[track_caller]
fn check(calendar: &Calendar, from: &str, days: u32, want: &str) {
    let due = calendar.after_business_days(from.parse().unwrap(), days);
    assert_eq!(due, want.parse::<Timestamp>().unwrap());
}

#[test]
fn a_friday_evening_waits_over_the_weekend() {
    // Friday 17:00 in Berlin, two business days: Monday, Tuesday; due when Tuesday has ended.
    check(&berlin(), "2026-11-20T16:00:00Z", 2, "2026-11-24T23:00:00Z");
}

#[test]
fn a_holiday_shifts_it_by_one_day() {
    let calendar = Calendar { holidays: vec!["2026-11-23".parse().unwrap()], ..berlin() };
    check(&calendar, "2026-11-20T16:00:00Z", 2, "2026-11-25T23:00:00Z");
}

#[test]
fn the_day_is_23_hours_long_when_clocks_go_forward() {
    // Sunday 29 March 2026 is the change; counting Friday to Monday crosses it.
    check(&berlin(), "2026-03-27T11:00:00Z", 1, "2026-03-30T22:00:00Z");
}

#[test]
fn a_calendar_without_working_days_still_ends() {
    let never = Calendar { weekend: (1..=7).collect(), ..berlin() };
    assert!(never.after_business_days("2026-01-01T00:00:00Z".parse().unwrap(), 1) > "2027-12-01T00:00:00Z".parse().unwrap());
}
