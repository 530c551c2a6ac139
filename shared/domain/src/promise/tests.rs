//! Tests of the promise: cut-offs, weekends, clock changes, and which rule speaks.

use super::*;
use crate::{calendar::Zone, settings::ShopSettings};
use jiff::{civil::DateTime, tz::TimeZone};
use proptest::prelude::*;

fn rule(services: &[&str], countries: &[&str], regions: &[&str], days: u32) -> TransitRule {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    TransitRule { services: words(services), countries: words(countries), regions: words(regions), days }
}

fn rules(transit: Vec<TransitRule>) -> PromiseRules {
    PromiseRules { transit, ..PromiseRules::default() }
}

fn at(zone: &str, local: &str) -> Timestamp {
    local.parse::<DateTime>().unwrap().to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp()
}

fn to(country: &str) -> Destination<'_> {
    Destination { country: Some(country), region: None }
}

#[track_caller]
fn check(rules: &PromiseRules, country: &str, placed: &str, want_packed: &str, want_promised: &str) {
    let shop = Calendar::of_country(country);
    let zone = shop.zone.time_zone().iana_name().unwrap().to_owned();
    let placed_at = at(&zone, placed);
    assert_eq!(pack_by(rules, &shop, placed_at), at(&zone, want_packed), "packed, {placed}");
    let promised = promised_from_order(rules, &shop, placed_at, &to(country), None);
    assert_eq!(promised, Some(want_promised.parse().unwrap()), "promised, {placed}");
}

#[test]
fn the_cut_off_decides_the_day_on_both_sides_of_a_clock_change() {
    let rules = rules(vec![rule(&[], &[], &[], 2)]);
    // Clocks change on Sunday 29 March and Sunday 25 October in Berlin; on 8 March and 1 November in New York.
    for (country, friday, monday, tuesday, wednesday, thursday) in [
        ("DE", "2026-03-27", "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"),
        ("DE", "2026-10-23", "2026-10-26", "2026-10-27", "2026-10-28", "2026-10-29"),
        ("US", "2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"),
        ("US", "2026-10-30", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"),
    ] {
        for in_time in ["13:59", "14:00"] {
            check(&rules, country, &format!("{friday}T{in_time}"), &format!("{tuesday}T00:00"), wednesday);
            check(&rules, country, &format!("{monday}T{in_time}"), &format!("{wednesday}T00:00"), thursday);
        }
        for late in ["14:00:01", "14:01", "23:59"] {
            check(&rules, country, &format!("{friday}T{late}"), &format!("{wednesday}T00:00"), thursday);
        }
    }
}

#[test]
fn an_hour_that_comes_twice_does_not_reopen_the_day() {
    // In New York the hour from one comes twice on Sunday 1 November; this shop works on Sundays.
    let shop = Calendar { weekend: vec![], ..Calendar::of_country("US") };
    let rules = PromiseRules { cut_off: time(1, 30, 0, 0), processing_days: 0, ..PromiseRules::default() };
    for (placed, ends) in [
        ("2026-11-01T05:30:00Z", "2026-11-02T00:00"),
        ("2026-11-01T05:45:00Z", "2026-11-03T00:00"),
        ("2026-11-01T06:15:00Z", "2026-11-03T00:00"),
    ] {
        assert_eq!(pack_by(&rules, &shop, placed.parse().unwrap()), at("America/New_York", ends), "{placed}");
    }
    // On Sunday 8 March there is no 02:30; the cut-off is where that clock would be, at half past three.
    let rules = PromiseRules { cut_off: time(2, 30, 0, 0), ..rules };
    for (placed, ends) in [("2026-03-08T07:30:00Z", "2026-03-09T00:00"), ("2026-03-08T07:30:01Z", "2026-03-10T00:00")] {
        assert_eq!(pack_by(&rules, &shop, placed.parse().unwrap()), at("America/New_York", ends), "{placed}");
    }
}

#[test]
fn a_weekend_order_is_worked_on_first_thing_on_monday() {
    let rules = rules(vec![rule(&[], &["*"], &[], 2)]);
    for placed in ["2026-11-20T14:01", "2026-11-21T09:00", "2026-11-21T23:00", "2026-11-22T14:01", "2026-11-23T00:00"] {
        check(&rules, "DE", placed, "2026-11-25T00:00", "2026-11-26");
    }
    // Whit Monday is no Monday to pack on.
    check(&rules, "DE", "2026-05-23T09:00", "2026-05-28T00:00", "2026-05-29");
    check(&rules, "IT", "2026-05-23T09:00", "2026-05-27T00:00", "2026-05-28");
}

#[test]
fn nought_days_of_processing_hand_over_on_the_same_day() {
    let rules = PromiseRules { processing_days: 0, ..rules(vec![rule(&[], &[], &[], 0)]) };
    check(&rules, "GB", "2026-11-20T14:00", "2026-11-21T00:00", "2026-11-20");
    check(&rules, "GB", "2026-11-20T14:01", "2026-11-24T00:00", "2026-11-23");
}

#[test]
fn the_way_is_counted_where_it_ends() {
    let rules = rules(vec![rule(&[], &[], &[], 2)]);
    let shop = Calendar::of_country("DE");
    // Handed over on Tuesday 24 November; Thursday is Thanksgiving in the US, and Friday and Saturday are off in Riyadh.
    let placed_at = at("Europe/Berlin", "2026-11-23T10:00");
    for (country, want) in
        [("DE", "2026-11-26"), ("US", "2026-11-27"), ("us", "2026-11-27"), ("SA", "2026-11-26"), ("ZZ", "2026-11-26")]
    {
        assert_eq!(promised_from_order(&rules, &shop, placed_at, &to(country), None), Some(want.parse().unwrap()), "{country}");
    }
    let nowhere = Destination::default();
    assert_eq!(promised_from_order(&rules, &shop, placed_at, &nowhere, None), Some("2026-11-26".parse().unwrap()));
}

#[test]
fn the_first_rule_that_fits_decides() {
    let rules = rules(vec![
        rule(&["UPS Next Day Air®"], &["US"], &[], 1),
        rule(&[], &["US"], &["AK", "HI"], 9),
        rule(&[], &["US"], &[], 4),
        rule(&["Économique"], &["*"], &[], 20),
        rule(&["express"], &[], &[], 3),
    ]);
    let days = |country: Option<&str>, region: Option<&str>, service: Option<&str>| {
        rules.transit.iter().find(|rule| rule.fits(&Destination { country, region }, service)).map(|rule| rule.days)
    };
    assert_eq!(days(Some("US"), Some("AK"), Some("ups_next_day_air")), Some(1));
    assert_eq!(days(Some("us"), Some("ak "), None), Some(9));
    assert_eq!(days(Some("US"), None, None), Some(4));
    assert_eq!(days(Some("US"), Some("CA"), Some("UPS Next Day")), Some(4));
    assert_eq!(days(Some("FR"), Some("AK"), Some("ÉCONOMIQUE")), Some(20));
    assert_eq!(days(None, None, Some("Express")), Some(3));
    assert_eq!(days(None, None, None), None);
    assert_eq!(days(Some("FR"), None, None), None);
    let placed_at = at("Europe/Paris", "2026-11-23T10:00");
    let shop = Calendar::of_country("FR");
    let alaska = Destination { country: Some("US"), region: Some("AK") };
    // Handed over on Tuesday; Thursday is Thanksgiving.
    for (service, want) in [(Some("UPS Next Day Air"), "2026-11-25"), (Some("express"), "2026-12-08"), (None, "2026-12-08")] {
        let promised = promised_from_order(&rules, &shop, placed_at, &alaska, service);
        assert_eq!(promised, Some(want.parse().unwrap()), "{service:?}");
    }
    assert_eq!(promised_from_order(&rules, &shop, placed_at, &to("FR"), None), None, "nothing is promised without a rule");
    assert_eq!(promised_from_order(&PromiseRules::default(), &shop, placed_at, &to("FR"), None), None);
}

#[test]
fn settings_out_of_bounds_are_refused() {
    let many = |count: usize| vec!["DE"; count];
    let fine = [rule(&[], &[], &[], 120), rule(&["x"], &["*", "DE", "us"], &["CA"], 0)];
    assert_eq!(PromiseRules { processing_days: 60, ..rules(fine.to_vec()) }.checked(), Ok(()));
    assert_eq!(rules(vec![rule(&[], &[], &[], 1); 200]).checked(), Ok(()));
    for (wrong, field) in [
        (PromiseRules { processing_days: 61, ..PromiseRules::default() }, "promise.processing_days"),
        (rules(vec![rule(&[], &[], &[], 1); 201]), "promise.transit"),
        (rules(vec![rule(&[], &[], &[], 121)]), "promise.transit.days"),
        (rules(vec![rule(&[], &["DEU"], &[], 1)]), "promise.transit.countries"),
        (rules(vec![rule(&[], &["D1"], &[], 1)]), "promise.transit.countries"),
        (rules(vec![rule(&[], &[""], &[], 1)]), "promise.transit.countries"),
        (rules(vec![rule(&[], &many(301), &[], 1)]), "promise.transit.countries"),
        (rules(vec![rule(&[" - "], &[], &[], 1)]), "promise.transit.services"),
        (rules(vec![rule(&[], &[], &[&"x".repeat(101)], 1)]), "promise.transit.regions"),
    ] {
        assert_eq!(wrong.checked().unwrap_err().field, field);
    }
}

#[test]
fn a_shops_settings_are_checked_here_too() {
    use serde::de::value::{Error, MapDeserializer};
    let brand = MapDeserializer::new([("name", "Demo")].into_iter());
    let settings: Result<ShopSettings, Error> = ShopSettings::deserialize(MapDeserializer::new([("brand", brand)].into_iter()));
    let settings = settings.unwrap();
    assert_eq!(settings.promise, PromiseRules::default());
    assert!(settings.clone().checked().is_ok());
    let promise = PromiseRules { processing_days: 61, ..PromiseRules::default() };
    assert_eq!(ShopSettings { promise, ..settings.clone() }.checked().unwrap_err().field, "promise.processing_days");
    let calendar = Calendar { country: Some("XX".to_owned()), ..Calendar::default() };
    assert_eq!(ShopSettings { calendar, ..settings }.checked().unwrap_err().field, "calendar.country");
}

#[test]
fn a_cut_off_is_written_as_hours_and_minutes() {
    use serde::de::value::{Error, MapDeserializer};
    let read = |pairs: [(&'static str, &'static str); 1]| -> Result<PromiseRules, Error> {
        PromiseRules::deserialize(MapDeserializer::new(pairs.into_iter()))
    };
    assert_eq!(read([("cut_off", "16:30")]), Ok(PromiseRules { cut_off: time(16, 30, 0, 0), ..PromiseRules::default() }));
    assert!(read([("cut_off", "25:00")]).is_err() && read([("cutoff", "16:30")]).is_err());
}

proptest! {
    /// A later order is never promised, nor due for packing, earlier: through clock changes, weekends and holidays, whatever the
    /// cut-off; and packing is never due before the order.
    #[test]
    fn a_later_order_is_never_promised_earlier(
        zone in prop::sample::select(vec!["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Sydney", "America/Santiago"]),
        weekend in prop::sample::select(vec![vec![6, 7], vec![], vec![5]]),
        minute in 0_i8..60, hour in 0_i8..24, processing_days in 0_u32..4, days in 0_u32..6,
        second in 1_767_225_600_i64..1_798_761_600, gap in 0_i64..200_000,
    ) {
        let shop = Calendar { zone: Zone::try_from(zone.to_owned()).unwrap(), weekend, ..Calendar::of_country("AU") };
        let rules = PromiseRules { cut_off: time(hour, minute, 0, 0), processing_days, transit: vec![rule(&[], &[], &[], days)] };
        let (one, later) = (Timestamp::from_second(second).unwrap(), Timestamp::from_second(second + gap).unwrap());
        prop_assert!(pack_by(&rules, &shop, one) > one);
        prop_assert!(pack_by(&rules, &shop, later) >= pack_by(&rules, &shop, one));
        let promised = |at| promised_from_order(&rules, &shop, at, &to("US"), None).unwrap();
        prop_assert!(promised(later) >= promised(one));
    }
}
