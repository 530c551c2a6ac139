//! Laws of quiet hours: never at night in any zone that can be heeded, never later than needed.

use super::*;
use jiff::{SignedDuration, civil::time};
use proptest::prelude::*;

fn zone(name: &str) -> Zone {
    name.to_owned().try_into().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[track_caller]
fn opens(now: &str, zones: &[&str], want: Option<&str>) {
    let zones: Vec<Zone> = zones.iter().map(|name| zone(name)).collect();
    assert_eq!(QuietHours::default().opens_at(at(now), &zones), want.map(at), "{now}");
}

#[test]
fn a_night_ends_at_eight_where_the_recipient_is() {
    opens("2026-11-21T01:10:00Z", &["Europe/Berlin"], Some("2026-11-21T07:00:00Z"));
    opens("2026-11-21T06:59:59Z", &["Europe/Berlin"], Some("2026-11-21T07:00:00Z"));
    opens("2026-11-21T07:00:00Z", &["Europe/Berlin"], None);
    opens("2026-11-21T19:59:59Z", &["Europe/Berlin"], None);
    opens("2026-11-21T20:00:00Z", &["Europe/Berlin"], Some("2026-11-22T07:00:00Z"));
}

#[test]
fn it_is_day_only_when_it_is_day_everywhere() {
    // Eight in Los Angeles is eleven in New York.
    opens("2026-11-21T13:30:00Z", &["America/New_York", "America/Los_Angeles"], Some("2026-11-21T16:00:00Z"));
    // Nine in the evening in New York, six in Los Angeles.
    opens("2026-11-22T02:00:00Z", &["America/New_York", "America/Los_Angeles"], Some("2026-11-22T16:00:00Z"));
}

#[test]
fn zones_that_share_no_day_are_heeded_as_far_as_they_do() {
    // Eight hours apart each: there is no hour for all three, so the last one is left out.
    let (angeles, london, shanghai) = ("America/Los_Angeles", "Europe/London", "Asia/Shanghai");
    opens("2026-11-21T13:30:00Z", &[angeles, london, shanghai], Some("2026-11-21T16:00:00Z"));
    opens("2026-11-21T09:00:00Z", &[london, shanghai, angeles], None);
}

#[test]
fn a_night_is_as_long_as_the_clocks_make_it() {
    // Clocks go forward and back in this night.
    opens("2026-03-29T00:30:00Z", &["Europe/Berlin"], Some("2026-03-29T06:00:00Z"));
    opens("2026-10-25T00:30:00Z", &["Europe/Berlin"], Some("2026-10-25T07:00:00Z"));
}

#[test]
fn the_same_hour_twice_is_never_quiet() {
    let never = QuietHours { from: time(0, 0, 0, 0), until: time(0, 0, 0, 0) };
    assert_eq!(never.opens_at(at("2026-11-21T01:10:00Z"), &[zone("Europe/Berlin")]), None);
}

#[test]
fn a_recipient_is_where_the_parcel_goes_and_where_the_phone_is_from() {
    let phone = |text: &str| text.parse::<Phone>().unwrap();
    let shop = zone("Europe/Berlin");
    let names = |country, region, number: Option<&str>| {
        let number = number.map(phone);
        zones(country, region, number.as_ref(), &shop).into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(names(Some("US"), Some("CA"), Some("+14155550123")), ["America/Los_Angeles"]);
    assert_eq!(names(Some("DE"), None, Some("+436601234567")), ["Europe/Berlin", "Europe/Vienna"]);
    assert_eq!(names(None, None, Some("+819012345678")), ["Asia/Tokyo"]);
    assert_eq!(names(None, None, None), ["Europe/Berlin"]);
    let unsure = names(Some("US"), None, None);
    assert!(unsure.contains(&"America/New_York".to_owned()) && unsure.contains(&"Pacific/Honolulu".to_owned()));
}

/// Every zone that a country of the tables keeps.
fn any_zone() -> impl Strategy<Value = Zone> {
    let countries: Vec<&str> = "US CA DE GB IN AU BR MX RU JP NZ ID CL KZ NP IR AF VE MN ES PT FR CN ZA".split(' ').collect();
    let all: Vec<Zone> = countries.into_iter().flat_map(place::zones_of).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// Guarantee CP-06: over zones, days of the year and minutes.
    #[test]
    fn nobody_is_rung_at_night_and_nobody_waits_longer_than_a_night(
        first in any_zone(), second in any_zone(), minute in 0i64..366 * 24 * 60,
    ) {
        let now = at("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minute);
        let hours = QuietHours::default();
        let is_quiet = |zone: &Zone, at: Timestamp| hours.holds(zone.time_zone().to_datetime(at).time());
        let pair = [first.clone(), second.clone()];
        let told = hours.opens_at(now, &pair).unwrap_or(now);
        prop_assert!(!is_quiet(&first, told), "night in the first zone at {told}");
        // Whether the two share any hour of these days.
        let shared = (0..72 * 4).map(|quarter| now + SignedDuration::from_mins(15 * quarter));
        let shared: Vec<Timestamp> = shared.filter(|at| pair.iter().all(|zone| !is_quiet(zone, *at))).collect();
        match shared.first() {
            Some(open) => {
                prop_assert!(!is_quiet(&second, told), "night in the second zone at {told}");
                prop_assert!(told <= *open, "{told} is later than {open}");
            }
            None => prop_assert!(told.duration_since(now) <= SignedDuration::from_hours(24)),
        }
    }
}
