//! Public holidays by rule: which days a country takes off, in any year from 2000 to 2100, without a list to keep up.
//!
//! No crate does this well enough to lean on (looked for in November 2026): `holidays` 0.1.0 is 6.7 MB of dates that end in
//! 2023, for chrono; `bdays`, `business-days` and `holiday_de` know one or two of these countries. So the rules are ours: the
//! table says what they are and where they come from. Easter alone is ten lines, less than the crate for it (`computus`).
//! Compared day by day with the PyPI package `holidays` 0.109, called the oracle here; each difference that is kept is named at
//! its table.
//!
//! What is here is what a whole country keeps. Days of one state, canton or region are the shop's to list in
//! [`Calendar::holidays`](crate::calendar::Calendar::holidays), and so are days a government proclaims once. A rule that is in
//! force in 2026 is taken to stay in force; days that fell otherwise before 2024 (jubilees, moved May Days) are not kept.
//!
//! When in doubt a day is here: one holiday too many makes a promise or an alarm a day late, one too few makes it false.

mod table;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use std::ops::RangeInclusive;

/// The countries whose holidays are built in, ISO 3166 alpha-2.
pub const COUNTRIES: &[&str] = &["AT", "AU", "BE", "CA", "CH", "DE", "ES", "FR", "GB", "IE", "IN", "IT", "NL", "PL", "SE", "US"];

/// The years for which the rules answer.
pub const YEARS: RangeInclusive<i16> = 2000..=2100;

/// Whether a whole country takes this day off. `country` is ISO 3166 alpha-2 in upper case; false for one that is not in
/// [`COUNTRIES`] and outside [`YEARS`].
///
/// Weekends are another matter: a holiday on a Sunday is a holiday, a plain Sunday is none.
#[must_use]
pub fn is_holiday(country: &str, day: Date) -> bool {
    holiday_name(country, day).is_some()
}

/// What the holiday is called, in English. A substitute day is called as the day it stands for.
#[must_use]
pub fn holiday_name(country: &str, day: Date) -> Option<&'static str> {
    let rules = table::rules_of(country)?;
    let rule = YEARS.contains(&day.year()).then(|| rules.iter().find(|rule| rule.falls_on(day)))??;
    Some(rule.name)
}

/// One holiday of one country.
#[derive(Debug, Clone, Copy)]
struct Rule {
    name: &'static str,
    when: When,
    substitute: Substitute,
    /// The first and last year in which it is kept.
    years: (i16, i16),
}

/// Which day of a year.
#[derive(Debug, Clone, Copy)]
enum When {
    /// Month 1 to 12, day 1 to 31.
    Fixed(i8, i8),
    /// The first such weekday on or after month and day. The third Monday of a month is the first one from its 15th.
    From(i8, i8, Weekday),
    /// Days after Easter Sunday; before it, less than 0.
    Easter(i32),
    /// Month and day, in years that end in 0 or 5.
    EveryFifthYear(i8, i8),
    /// Ireland's Saint Brigid: 1 February if that is a Friday, else the month's first Monday.
    SaintBrigid,
}

/// What happens when the day falls on a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Substitute {
    /// Nothing.
    None,
    /// Saturday: the Friday before is free as well; Sunday: the Monday after.
    Nearest,
    /// The Monday after is free as well.
    Monday,
    /// The second day after is free as well: Christmas Day and Boxing Day step over one another.
    TwoDaysOn,
    /// Sunday: kept on the Saturday before instead.
    SaturdayInstead,
}

impl Rule {
    const fn new(name: &'static str, when: When) -> Self {
        Self { name, when, substitute: Substitute::None, years: (*YEARS.start(), *YEARS.end() + 1) }
    }

    const fn or(mut self, substitute: Substitute) -> Self {
        self.substitute = substitute;
        self
    }

    const fn since(mut self, year: i16) -> Self {
        self.years.0 = year;
        self
    }

    const fn until(mut self, year: i16) -> Self {
        self.years.1 = year;
        self
    }

    /// In December next year's rules are asked as well: its New Year's Day may be kept on the last day of this one.
    fn falls_on(&self, day: Date) -> bool {
        let mut years = day.year()..=day.year().saturating_add(i16::from(day.month() == 12));
        years.any(|year| {
            let kept = (self.years.0..=self.years.1).contains(&year);
            kept && self.when.in_year(year).is_some_and(|real| self.substitute.keeps(real, day))
        })
    }
}

impl When {
    fn in_year(self, year: i16) -> Option<Date> {
        let from = |month, day, weekday: Weekday| {
            let first = Date::new(year, month, day).ok()?;
            first.checked_add(i32::from(weekday.since(first.weekday())).days()).ok()
        };
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::EveryFifthYear(month, day) => Date::new(year, month, day).ok().filter(|_| year % 5 == 0),
            Self::From(month, day, weekday) => from(month, day, weekday),
            Self::Easter(days) => easter_sunday(year)?.checked_add(days.days()).ok(),
            Self::SaintBrigid => {
                let first = Date::new(year, 2, 1).ok()?;
                if first.weekday() == Weekday::Friday { Some(first) } else { from(2, 1, Weekday::Monday) }
            }
        }
    }
}

impl Substitute {
    /// Whether `day` is free because the holiday itself is on `real`.
    fn keeps(self, real: Date, day: Date) -> bool {
        let (saturday, sunday) = (real.weekday() == Weekday::Saturday, real.weekday() == Weekday::Sunday);
        let other: Option<i32> = match self {
            Self::Nearest if saturday => Some(-1),
            Self::Nearest if sunday => Some(1),
            Self::Monday if saturday => Some(2),
            Self::Monday if sunday => Some(1),
            Self::TwoDaysOn if saturday || sunday => Some(2),
            Self::SaturdayInstead if sunday => Some(-1),
            _ => None,
        };
        let other = other.and_then(|days| real.checked_add(days.days()).ok());
        let moved = self == Self::SaturdayInstead && sunday;
        (real == day && !moved) || other == Some(day)
    }
}

/// Easter Sunday of the Gregorian calendar, by the "anonymous" rule printed in Nature in 1876 (Meeus, Astronomical
/// Algorithms, chapter 8), counted in days from 22 March, its earliest date.
fn easter_sunday(year: i16) -> Option<Date> {
    let count = i32::from(year);
    let (golden, century, rest) = (count % 19, count / 100, count % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    Date::new(year, 3, 22).ok()?.checked_add((moon + weekday - 7 * late).days()).ok()
}

#[cfg(test)]
mod tests;
