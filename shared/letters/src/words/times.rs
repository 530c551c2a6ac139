//! Days and moments in words.

use super::Tongue;
use domain::parcel::{Basis, ExpectedShown};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

impl Tongue {
    /// "Thursday 26 November".
    #[must_use]
    pub fn day(self, date: Date) -> String {
        self.dated("date-day", date)
    }

    /// "Thursday 26 November 2026", for a last day that may be far away.
    #[must_use]
    pub fn day_with_year(self, date: Date) -> String {
        self.dated("date-year", date)
    }

    fn dated(self, key: &str, date: Date) -> String {
        let weekday = self.label(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
        let month = self.label(&format!("month-{}", date.month()));
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.say(key, &[("weekday", weekday.into()), ("day", day.into()), ("month", month.into()), ("year", year.into())])
    }

    /// "Thu 26 Nov, 14:05" by the clocks of this zone.
    #[must_use]
    pub fn moment(self, at: Timestamp, zone: &TimeZone) -> String {
        let local = zone.to_datetime(at);
        let weekday = self.label(&format!("weekday-{}.short", local.weekday().to_monday_one_offset()));
        let month = self.label(&format!("month-{}.short", local.month()));
        self.say(
            "date-moment",
            &[
                ("weekday", weekday.into()),
                ("day", local.day().to_string().into()),
                ("month", month.into()),
                ("hour", format!("{:02}", local.hour()).into()),
                ("hour-bare", local.hour().to_string().into()),
                ("minute", format!("{:02}", local.minute()).into()),
            ],
        )
    }

    /// The expected day, who says it, and that it moved when it did: "Friday 27 November, says the carrier (at first it was
    /// Thursday 26 November)".
    #[must_use]
    pub fn expected(self, expected: ExpectedShown) -> String {
        let values = [("day", self.day(expected.current).into()), ("by", self.expected_by(expected.by).into())];
        if expected.current == expected.first {
            return self.say("expected", &values);
        }
        let [day, by] = values;
        self.say("expected-moved", &[day, by, ("first", self.day(expected.first).into())])
    }

    /// Who says the expected day, as it stands after the day and a comma.
    #[must_use]
    pub fn expected_by(self, by: Basis) -> &'static str {
        self.label(match by {
            Basis::Carrier => "expected-by-carrier",
            Basis::Lane => "expected-by-lane",
            Basis::Promise => "expected-by-promise",
        })
    }
}
