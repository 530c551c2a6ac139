//! Business days of one place or of several at once: which days count, and when a number of them has passed.
//!
//! A day of work is Monday to Friday without holidays unless a setting says otherwise, for shops and carriers alike: the
//! thresholds seen in the field that count business days mean those (shared/reference/field.md 5.2, there Onward's). Saturday
//! deliveries only make a parcel better than its promise.

mod country;

use crate::{holidays, settings::BadSetting};
use jiff::{Timestamp, civil::Date, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The longest stretch that is walked day by day, in days: two years, far beyond any promise.
pub const DAYS_WALKED_MAX: u32 = 732;

/// The most days a shop may list; some years of closing days and state holidays.
const HOLIDAYS_MAX: usize = 1000;

/// What to write for a country, for the person who wrote another.
const COUNTRY_RULE: &str = "must be a country whose holidays are built in: AT, AU, BE, CA, CH, DE, ES, FR, GB, IE, IN, IT, NL, \
     PL, SE, US; for another leave it out and list its days under holidays";

/// A time zone by its IANA name (`Europe/Berlin`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The civil day of a moment here.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The moment at which a civil day is over here: the first of the next one, which is midnight wherever clocks do not jump
    /// over it. After the last day that can be told, the last moment.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        let next = day.tomorrow().and_then(|next| next.to_zoned(self.0.clone()));
        next.map_or(Timestamp::MAX, |next| next.timestamp())
    }

    /// The zone for formatting.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        TimeZone::get(&name).map(Self).map_err(|_| format!("{name} is not an IANA time zone"))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

/// Working days of one place: its zone, its weekend and its holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// Where the days are counted.
    pub zone: Zone,
    /// Days off each week, as ISO numbers: Monday 1 to Sunday 7.
    pub weekend: Vec<i8>,
    /// The country whose [built-in holidays](crate::holidays) are days off, ISO 3166 alpha-2 in upper case. Absent: only the
    /// listed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Single days off, besides those of the country.
    pub holidays: Vec<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { zone: Zone::utc(), weekend: vec![6, 7], country: None, holidays: Vec::new() }
    }
}

impl Calendar {
    /// Several calendars as one, in which a day counts only when all of them work on it.
    #[must_use]
    pub fn joint<'a>(calendars: &'a [&'a Self]) -> Calendars<'a> {
        Calendars(calendars)
    }

    /// Whether people work on this day.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        let weekday: Weekday = day.weekday();
        !self.weekend.contains(&weekday.to_monday_one_offset())
            && !self.holidays.contains(&day)
            && !self.country.as_deref().is_some_and(|country| holidays::is_holiday(country, day))
    }

    /// The working day that many business days after a day. See [`Calendars::day_after`].
    #[must_use]
    pub fn day_after(&self, from: Date, business_days: u32) -> Date {
        Calendars(&[self]).day_after(from, business_days)
    }

    /// The moment at which a day is over here. See [`Zone::end_of`].
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.zone.end_of(day)
    }

    /// The moment at which `days` whole business days have passed since `from`: the end of the last of them.
    ///
    /// The day of `from` itself does not count, and at least one day passes: 0 is read as 1. A calendar without any working day
    /// answers after [`DAYS_WALKED_MAX`].
    #[must_use]
    pub fn after_business_days(&self, from: Timestamp, days: u32) -> Timestamp {
        Calendars(&[self]).after_business_days(from, days)
    }

    /// How many whole business days have passed. See [`Calendars::business_days_between`].
    #[must_use]
    pub fn business_days_between(&self, from: Timestamp, to: Timestamp) -> u32 {
        Calendars(&[self]).business_days_between(from, to)
    }

    /// Checks what types cannot say.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn checked(&self) -> Result<(), BadSetting> {
        if !self.weekend.iter().all(|day| (1..=7).contains(day)) {
            return Err(BadSetting { field: "calendar.weekend", problem: "must be numbers from 1 (Monday) to 7 (Sunday)" });
        }
        if (1..=7).all(|day| self.weekend.contains(&day)) {
            return Err(BadSetting { field: "calendar.weekend", problem: "must leave a day on which people work" });
        }
        if !self.country.as_deref().is_none_or(|country| holidays::COUNTRIES.contains(&country)) {
            return Err(BadSetting { field: "calendar.country", problem: COUNTRY_RULE });
        }
        if self.holidays.len() > HOLIDAYS_MAX {
            return Err(BadSetting { field: "calendar.holidays", problem: "must be at most 1000 days" });
        }
        Ok(())
    }
}

/// Several calendars as one: a day counts only when all of them work on it, and it has passed only when it has passed in all of
/// their zones. For waiting on a parcel, with the calendars of origin, carrier and destination: a holiday at any of them explains
/// a day of silence. Without calendars every day counts, in UTC.
#[derive(Debug, Clone, Copy)]
pub struct Calendars<'a>(&'a [&'a Calendar]);

impl Calendars<'_> {
    /// Whether all of them work on this day.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        self.0.iter().all(|calendar| calendar.works_on(day))
    }

    /// The working day that many business days after `from`, which does not count itself. 0: `from` itself if it works, else the
    /// next working day, so that from a day off 0 and 1 are the same.
    ///
    /// Walks at most [`DAYS_WALKED_MAX`] days and answers the last of them when that is not enough.
    #[must_use]
    pub fn day_after(&self, from: Date, business_days: u32) -> Date {
        if business_days == 0 && self.works_on(from) {
            return from;
        }
        let mut day = from;
        let mut left = business_days.max(1);
        for _ in 0..DAYS_WALKED_MAX {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            if self.works_on(day) {
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        day
    }

    /// The moment at which a day is over in all zones.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.0.iter().map(|calendar| calendar.zone.end_of(day)).max().unwrap_or_else(|| Zone::utc().end_of(day))
    }

    /// The moment at which `days` whole business days have passed since `from`, everywhere: the end of the last of them. The day
    /// of `from` (the latest of their days) does not count, and 0 is read as 1.
    #[must_use]
    pub fn after_business_days(&self, from: Timestamp, days: u32) -> Timestamp {
        let (_, latest) = self.dates_of(from);
        self.end_of(self.day_after(latest, days.max(1)))
    }

    /// How many whole business days lie between two moments, everywhere: those that begin after `from`'s day and are over at
    /// `to`. The inverse of [`after_business_days`](Self::after_business_days): `n` exactly from the moment that answers for `n`
    /// until the one for `n + 1`. 0 when `to` is not after `from`; looks no further than [`DAYS_WALKED_MAX`] days.
    #[must_use]
    pub fn business_days_between(&self, from: Timestamp, to: Timestamp) -> u32 {
        let ((_, mut day), (until, _)) = (self.dates_of(from), self.dates_of(to));
        let mut passed = 0;
        for _ in 0..DAYS_WALKED_MAX {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            if day >= until {
                break;
            }
            passed += u32::from(self.works_on(day));
        }
        passed
    }

    /// The earliest and the latest civil day that a moment has in these zones.
    fn dates_of(&self, at: Timestamp) -> (Date, Date) {
        let here = Zone::utc().date_of(at);
        let mut dates = self.0.iter().map(|calendar| calendar.zone.date_of(at));
        let first = dates.next().unwrap_or(here);
        dates.fold((first, first), |(earliest, latest), date| (earliest.min(date), latest.max(date)))
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
