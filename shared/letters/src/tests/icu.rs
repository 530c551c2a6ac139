//! Days, moments and amounts are what ICU4X writes from the data of CLDR: the catalogue's patterns are held against it.

use super::sample::at;
use crate::words::Tongue;
use domain::{locale::Locale, money::Money};
use icu_calendar::{Date, Gregorian};
use icu_datetime::{
    FixedCalendarDateTimeFormatter,
    fieldsets::{MDE, MDET, YMDE},
    options::TimePrecision,
};
use icu_decimal::{DecimalFormatter, input::Decimal};
use jiff::tz::TimeZone;

/// English as in Great Britain: the day before the month, 24 hours.
fn icu(locale: Locale) -> icu_locale_core::Locale {
    match locale {
        Locale::En => "en-GB".parse().unwrap(),
        Locale::De => "de".parse().unwrap(),
        Locale::Fr => "fr".parse().unwrap(),
        Locale::Es => "es".parse().unwrap(),
    }
}

/// English dates stand in the house's pages and in letters since its first day: without CLDR's commas, and "Sep" as in America.
fn as_the_house_has_it(locale: Locale, text: &str) -> String {
    if locale == Locale::En { text.replace(',', "").replace("Sept ", "Sep ") } else { text.to_owned() }
}

#[test]
fn every_day_of_a_year_is_written_as_cldr_says() {
    for locale in Locale::ALL {
        let tongue = Tongue::of(locale);
        let day = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new((&icu(locale)).into(), MDE::long()).unwrap();
        let year = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new((&icu(locale)).into(), YMDE::long()).unwrap();
        let moment = MDET::medium().with_time_precision(TimePrecision::Minute);
        let moment = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new((&icu(locale)).into(), moment).unwrap();
        let mut date = jiff::civil::date(2026, 1, 1);
        while date.year() == 2026 {
            let same = Date::try_new_gregorian(2026, date.month().unsigned_abs(), date.day().unsigned_abs()).unwrap();
            let house = |text: String| as_the_house_has_it(locale, &text);
            assert_eq!(tongue.day(date), house(day.format(&same).to_string()), "{locale:?}");
            assert_eq!(tongue.day_with_year(date), house(year.format(&same).to_string()), "{locale:?}");
            let time = icu_time::Time::try_new(if date.day() % 2 == 0 { 9 } else { 14 }, 5, 0, 0).unwrap();
            let told =
                tongue.moment(at(&format!("{date}T{:02}:05:00Z", if date.day() % 2 == 0 { 9 } else { 14 })), &TimeZone::UTC);
            let want = moment.format(&icu_time::DateTime { date: same, time }).to_string();
            assert_eq!(house(told), house(want), "{locale:?}");
            date = date.tomorrow().unwrap();
        }
    }
}

#[test]
fn every_amount_has_the_digits_that_cldr_says() {
    for locale in Locale::ALL {
        let tongue = Tongue::of(locale);
        let digits = DecimalFormatter::try_new((&icu(locale)).into(), icu_decimal::options::DecimalFormatterOptions::default());
        let digits = digits.unwrap();
        for (code, exponent) in [("EUR", 2_i16), ("USD", 2), ("JPY", 0), ("KWD", 3)] {
            for minor in [0_i64, 1, 99, 100, 2900, 123_456, 999_999, 1_234_567, 123_456_789_012] {
                let mut decimal = Decimal::from(minor);
                decimal.multiply_pow10(-exponent);
                let amount = tongue.amount(Money::of(minor, code.parse().unwrap()));
                let want = digits.format(&decimal).to_string();
                assert!(amount.contains(&want), "{locale:?} {code}: {amount}, {want}");
                let around = amount.replacen(&want, "", 1);
                assert!(!around.chars().any(|c| c.is_ascii_digit()), "{amount}");
            }
        }
    }
    let euros = |locale| Tongue::of(locale).amount(Money::of(2900, "EUR".parse().unwrap()));
    assert_eq!(Locale::ALL.map(euros), ["€29.00", "29,00\u{a0}€", "29,00\u{a0}€", "29,00\u{a0}€"]);
    let back = Tongue::of(Locale::De).amount(Money::of(-5, "CHF".parse().unwrap()));
    assert_eq!(back, "-0,05\u{a0}CHF");
}
