//! Business days of one place: which days count, and when a number of them has passed.

use jiff::{Timestamp, civil::Date, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The longest stretch that is walked day by day: two years, far beyond any promise.
const DAYS_WALKED_MAX: u32 = 732;

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

/// Working days of a shop: its zone, its weekend and its holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calendar {
    /// Where the days are counted.
    pub zone: Zone,
    /// Days off each week, as ISO numbers: Monday 1 to Sunday 7.
    pub weekend: Vec<i8>,
    /// Single days off.
    pub holidays: Vec<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { zone: Zone::utc(), weekend: vec![6, 7], holidays: Vec::new() }
    }
}

impl Calendar {
    /// Whether people work on this day.
    #[must_use]
    pub fn works_on(&self, day: Date) -> bool {
        let weekday: Weekday = day.weekday();
        !self.weekend.contains(&weekday.to_monday_one_offset()) && !self.holidays.contains(&day)
    }

    /// The moment at which `days` whole business days have passed since `from`: the end of the last of them.
    ///
    /// The day of `from` itself does not count. A calendar without any working day answers after [`DAYS_WALKED_MAX`].
    #[must_use]
    pub fn after_business_days(&self, from: Timestamp, days: u32) -> Timestamp {
        let mut day = self.zone.date_of(from);
        let mut left = days;
        for _ in 0..DAYS_WALKED_MAX {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            if self.works_on(day) {
                left = left.saturating_sub(1);
                if left == 0 {
                    break;
                }
            }
        }
        let end = day.tomorrow().unwrap_or(day);
        end.to_zoned(self.zone.0.clone()).map_or(from, |zoned| zoned.timestamp())
    }
}

#[cfg(test)]
mod tests {
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
}
