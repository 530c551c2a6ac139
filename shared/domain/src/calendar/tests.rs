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

fn at(zone: &str, local: &str) -> Timestamp {
    let zone = Zone::try_from(zone.to_owned()).unwrap();
    local.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.time_zone().clone()).unwrap().timestamp()
}

#[test]
fn nought_days_are_today_or_the_next_working_day() {
    let calendar = Calendar::of_country("DE");
    for (from, days, want) in [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-21", 2, "2026-11-24"),
        ("2026-12-24", 0, "2026-12-24"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-25", 0, "2026-12-28"),
    ] {
        assert_eq!(calendar.day_after(from.parse().unwrap(), days), want.parse().unwrap(), "{from} + {days}");
    }
    // After nought business days was always after one.
    let friday = "2026-11-20T16:00:00Z".parse().unwrap();
    assert_eq!(berlin().after_business_days(friday, 0), berlin().after_business_days(friday, 1));
}

#[test]
fn friday_evening_is_not_due_before_tuesdays_close() {
    let calendar = Calendar::of_country("DE");
    let scan = at("Europe/Berlin", "2026-11-20T17:00");
    let due = calendar.after_business_days(scan, 2);
    assert_eq!(due, at("Europe/Berlin", "2026-11-25T00:00"));
    for (local, passed) in [
        ("2026-11-20T17:00", 0),
        ("2026-11-23T23:59:59", 0),
        ("2026-11-24T00:00", 1),
        ("2026-11-24T23:59:59", 1),
        ("2026-11-25T00:00", 2),
    ] {
        assert_eq!(calendar.business_days_between(scan, at("Europe/Berlin", local)), passed, "{local}");
    }
}

#[test]
fn a_holiday_at_origin_carrier_or_destination_shifts_it_by_one_day() {
    let plain = berlin();
    let free = Calendar { holidays: vec!["2026-11-23".parse().unwrap()], ..berlin() };
    let scan = at("Europe/Berlin", "2026-11-20T17:00");
    let (tuesday, wednesday) = (at("Europe/Berlin", "2026-11-25T00:00"), at("Europe/Berlin", "2026-11-26T00:00"));
    assert_eq!(Calendar::joint(&[&plain, &plain, &plain]).after_business_days(scan, 2), tuesday);
    for three in [[&free, &plain, &plain], [&plain, &free, &plain], [&plain, &plain, &free], [&free, &free, &free]] {
        assert_eq!(Calendar::joint(&three).after_business_days(scan, 2), wednesday);
        assert_eq!(Calendar::joint(&three).business_days_between(scan, tuesday), 1);
    }
    // Whit Monday, built in: Italy works, Germany does not.
    let (italy, germany) = (Calendar::of_country("IT"), Calendar::of_country("DE"));
    let scan = at("Europe/Berlin", "2026-05-22T17:00");
    assert_eq!(Calendar::joint(&[&italy]).after_business_days(scan, 2), at("Europe/Berlin", "2026-05-27T00:00"));
    assert_eq!(Calendar::joint(&[&italy, &germany]).after_business_days(scan, 2), at("Europe/Berlin", "2026-05-28T00:00"));
}

#[test]
fn a_joint_day_has_passed_only_when_it_has_passed_everywhere() {
    let (sydney, new_york) = (Calendar::of_country("AU"), Calendar::of_country("US"));
    let places = [&sydney, &new_york];
    let both = Calendar::joint(&places);
    // Monday noon in Sydney is still Sunday in New York: Monday is under way somewhere, so Tuesday is the first whole day, and
    // it ends in New York.
    let scan = at("Australia/Sydney", "2026-11-16T12:00");
    assert_eq!(both.after_business_days(scan, 1), at("America/New_York", "2026-11-18T00:00"));
    assert_eq!(both.business_days_between(scan, at("America/New_York", "2026-11-17T23:59")), 0);
    assert_eq!(both.business_days_between(scan, at("America/New_York", "2026-11-18T00:00")), 1);
    // Gulf and West share four days a week.
    let gulf = Calendar::of_country("SA");
    let week: Vec<Date> = (16..=22).map(|day| Date::constant(2026, 11, day)).collect();
    let works = |calendars: &[&Calendar]| week.iter().filter(|day| Calendar::joint(calendars).works_on(**day)).count();
    assert_eq!((works(&[&gulf]), works(&[&new_york]), works(&[&gulf, &new_york]), works(&[])), (5, 5, 4, 7));
}

#[test]
fn every_walk_ends() {
    let never = Calendar { weekend: (1..=7).collect(), ..berlin() };
    let start = Date::constant(2026, 1, 1);
    let last = start.checked_add(jiff::Span::new().days(DAYS_WALKED_MAX)).unwrap();
    assert_eq!(never.day_after(start, 0), last);
    assert_eq!(berlin().day_after(start, u32::MAX), last);
    assert_eq!(never.business_days_between(Timestamp::MIN, Timestamp::MAX), 0);
    assert!(berlin().business_days_between(Timestamp::MIN, Timestamp::MAX) <= DAYS_WALKED_MAX);
    assert_eq!(berlin().day_after(Date::MAX, 3), Date::MAX);
    assert_eq!(berlin().end_of(Date::MAX), Timestamp::MAX);
    assert_eq!(berlin().business_days_between(Timestamp::MAX, Timestamp::MIN), 0);
}

#[test]
fn a_day_ends_where_clocks_jump_over_midnight() {
    // Clocks go from midnight to one in Cairo and Santiago; in Havana the first hour comes twice.
    for (zone, day, want) in [
        ("Africa/Cairo", "2026-04-23", "2026-04-23T22:00:00Z"),
        ("America/Santiago", "2026-09-05", "2026-09-06T04:00:00Z"),
        ("America/Havana", "2026-10-31", "2026-11-01T04:00:00Z"),
    ] {
        let zone = Zone::try_from(zone.to_owned()).unwrap();
        let day: Date = day.parse().unwrap();
        let end = zone.end_of(day);
        assert_eq!(end, want.parse().unwrap(), "{day}");
        let before = end.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap();
        assert_eq!((zone.date_of(before), zone.date_of(end)), (day, day.tomorrow().unwrap()));
    }
}

#[test]
fn a_country_has_its_zone_weekend_and_holidays() {
    for (country, zone, weekend, built_in) in [
        ("US", "America/New_York", &[6, 7][..], true),
        ("gb", "Europe/London", &[6, 7], true),
        ("IN", "Asia/Kolkata", &[6, 7], true),
        ("AU", "Australia/Sydney", &[6, 7], true),
        ("AE", "Asia/Dubai", &[6, 7], false),
        ("SA", "Asia/Riyadh", &[5, 6], false),
        ("IL", "Asia/Jerusalem", &[5, 6], false),
        ("IR", "Asia/Tehran", &[5], false),
        ("BR", "America/Sao_Paulo", &[6, 7], false),
        ("ZZ", "UTC", &[6, 7], false),
        ("", "UTC", &[6, 7], false),
        ("#", "UTC", &[6, 7], false),
    ] {
        let calendar = Calendar::of_country(country);
        assert_eq!(String::from(calendar.zone.clone()), zone, "{country}");
        assert_eq!((&calendar.weekend[..], calendar.country.is_some()), (weekend, built_in), "{country}");
    }
    assert!(!Calendar::of_country("DE").works_on(Date::constant(2026, 5, 14)));
    assert_eq!(Calendar::of_carrier("usps", None), Calendar::of_country("US"));
    assert_eq!(Calendar::of_carrier("ups", Some("DE")), Calendar::of_country("DE"));
    assert_eq!(Calendar::of_carrier("ups", None), Calendar::default());
}

#[test]
fn settings_name_a_country_or_not() {
    use serde::de::{IntoDeserializer, value::Error};
    let read = |field: &str, value: &str| {
        let pairs = [(field.to_owned(), value.to_owned())];
        let read: Result<Calendar, Error> = Calendar::deserialize(serde::de::value::MapDeserializer::new(
            pairs.into_iter().map(|(field, value)| (field, value.into_deserializer())),
        ));
        read
    };
    let calendar = Calendar { country: Some("DE".to_owned()), ..Calendar::default() };
    assert!(!calendar.works_on(Date::constant(2026, 12, 25)) && Calendar::default().works_on(Date::constant(2026, 12, 25)));
    assert_eq!(calendar.checked(), Ok(()));
    for wrong in ["de", "JP", "Germany", ""] {
        let calendar = Calendar { country: Some(wrong.to_owned()), ..Calendar::default() };
        assert_eq!(calendar.checked().unwrap_err().field, "calendar.country");
    }
    let named = COUNTRY_RULE.split_once(": ").unwrap().1.split_once(';').unwrap().0;
    assert_eq!(named.split(", ").collect::<Vec<_>>(), holidays::COUNTRIES, "the message names what is built in");
    assert_eq!(read("zone", "Europe/Berlin"), Ok(berlin()));
    assert!(read("land", "DE").is_err());
    for weekend in [vec![0], vec![8], (1..=7).collect()] {
        assert_eq!(Calendar { weekend, ..berlin() }.checked().unwrap_err().field, "calendar.weekend");
    }
    let holidays = vec![Date::constant(2026, 1, 1); HOLIDAYS_MAX + 1];
    assert_eq!(Calendar { holidays, ..berlin() }.checked().unwrap_err().field, "calendar.holidays");
}
