//! When a scan happened: the ladder from what a source wrote to a moment, and which moments cannot be.
//!
//! 1. The offset in the text, when there is one and the source means it.
//! 2. A field of the source in UTC beside its text (UPS, the US post, 17TRACK, ShipEngine).
//! 3. The zone of the scan's place: its country and, where that is not enough, its state.
//! 4. The zone of the shipment's destination, when the payload names it.
//! 5. UTC.
//!
//! What the first three say is known; the last two are guesses, and a scan says so. Local time on the days on which clocks
//! change: in a gap the clock is read as it stood before it, in a fold the first of the two moments is meant.

use domain::calendar::Zone;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};
use signatures::{BadDelivery, Field};

/// The earliest possible scan: before it, a time is an error of a clock or of a program (1970, year 1). No source here is older.
const FIRST: Timestamp = Timestamp::constant(946_684_800, 0);
/// How far ahead of us a scan may lie at all; what is early within it is kept until its time comes. Beyond a year it is a
/// misprint (2062, 9999).
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A time as a source wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// With an offset.
    Moment(Timestamp),
    /// As the clock on a wall shows it. A date alone is its midnight.
    Wall(DateTime),
}

/// Why a scan has no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untimely {
    Missing,
    Impossible,
}

impl Untimely {
    /// What is counted beside its code.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Missing => "without a time",
            Self::Impossible => "at an impossible time",
        }
    }
}

impl Told {
    pub(crate) fn read(field: &Field) -> Result<Self, Untimely> {
        let text = field.text().ok_or(Untimely::Missing)?;
        let moment = text.parse().map(Self::Moment);
        moment.or_else(|_| text.parse().map(Self::Wall)).map_err(|_| Untimely::Impossible)
    }

    /// A time whose date and clock stand in two fields, in any of the writings seen: `20240423` and `095004` (UPS), `2026-03-10` and
    /// `09:14 AM` (Karrio) or `09:14:00` (DHL Express). Without a clock it is the midnight of the day.
    pub(crate) fn of_two(date: &Field, clock: &Field) -> Result<Self, Untimely> {
        let text = date.text().ok_or(Untimely::Missing)?;
        let date: Date = text.parse().map_err(|_| Untimely::Impossible)?;
        let clock = clock.text().map_or(Some(Time::midnight()), clock_of).ok_or(Untimely::Impossible)?;
        Ok(Self::Wall(date.to_datetime(clock)))
    }

    /// The same, of a field that its source documents to be in UTC whether it says so or not.
    pub(crate) fn in_utc(self) -> Self {
        match self {
            Self::Wall(wall) => TimeZone::UTC.to_timestamp(wall).map_or(self, Self::Moment),
            told @ Self::Moment(_) => told,
        }
    }

    /// The same, with an offset that stands beside it: `-05:00`, or as UPS writes it, `-04.00`.
    pub(crate) fn with_offset(self, offset: &Field) -> Self {
        match (self, offset.text().and_then(offset_of)) {
            (Self::Wall(wall), Some(offset)) => offset.to_timestamp(wall).map_or(self, Self::Moment),
            (told, _) => told,
        }
    }

    /// What a clock on a wall of UTC would show, or the one it was read from.
    pub(crate) fn wall(self) -> DateTime {
        match self {
            Self::Moment(at) => TimeZone::UTC.to_datetime(at),
            Self::Wall(wall) => wall,
        }
    }

    /// The same, its `Z` read as nothing but the end of the text.
    pub(crate) fn without_zulu(self, field: &Field) -> Self {
        match self {
            Self::Moment(at) if field.text().is_some_and(|text| text.ends_with(['Z', 'z'])) => {
                Self::Wall(TimeZone::UTC.to_datetime(at))
            }
            told => told,
        }
    }

    /// The moment, and whether its zone is known.
    pub(crate) fn resolve(
        self,
        here: impl FnOnce() -> Option<Zone>,
        destination: impl FnOnce() -> Option<Zone>,
        received_at: Timestamp,
    ) -> Result<(Timestamp, bool), Untimely> {
        let (at, zone_known) = match self {
            Self::Moment(at) => (Some(at), true),
            Self::Wall(wall) => match here() {
                Some(zone) => (in_zone(wall, &zone), true),
                None => (in_zone(wall, &destination().unwrap_or_default()), false),
            },
        };
        at.filter(|at| is_possible(*at, received_at)).map(|at| (at, zone_known)).ok_or(Untimely::Impossible)
    }
}

/// `HHMMSS`, `HH:MM`, `HH:MM:SS`, and `HH:MM AM`.
fn clock_of(text: &str) -> Option<Time> {
    let half = text.get(text.len().checked_sub(2)?..).map(str::to_ascii_uppercase);
    let Some(half @ ("AM" | "PM")) = half.as_deref() else {
        let digits = text.bytes().all(|b| b.is_ascii_digit()).then(|| [text.get(..2), text.get(2..4), text.get(4..)]);
        return match digits {
            Some([Some(hour), Some(minute), Some(second)]) if second.len() == 2 => {
                format!("{hour}:{minute}:{second}").parse().ok()
            }
            _ => text.parse().ok(),
        };
    };
    let clock: Time = text.get(..text.len() - 2)?.trim().parse().ok()?;
    let hour = match (half, clock.hour()) {
        ("AM", 12) => 0,
        ("PM", hour @ 1..=11) => hour + 12,
        (_, hour @ 1..=12) => hour,
        _ => return None,
    };
    Time::new(hour, clock.minute(), clock.second(), 0).ok()
}

/// `-05:00`, `+0530`, `-04.00`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let digits: String = digits.chars().filter(|c| !matches!(c, ':' | '.')).collect();
    let number = |part: &str| part.parse::<i32>().ok();
    let (hours, minutes) = match digits.len() {
        4 => (number(digits.get(..2)?)?, number(digits.get(2..)?)?),
        1 | 2 => (number(&digits)?, 0),
        _ => return None,
    };
    if minutes < 60 { Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok() } else { None }
}

fn in_zone(wall: DateTime, zone: &Zone) -> Option<Timestamp> {
    zone.time_zone().to_ambiguous_zoned(wall).compatible().ok().map(|zoned| zoned.timestamp())
}

fn is_possible(at: Timestamp, received_at: Timestamp) -> bool {
    at >= FIRST && at.duration_since(received_at) <= AHEAD_MAX
}

/// A time of the source's own clock: when it wrote a message. Without an offset it is UTC.
pub(crate) fn own(field: &Field, received_at: Timestamp) -> Option<Timestamp> {
    let told = Told::read(field).ok()?;
    told.resolve(|| None, || None, received_at).ok().map(|(at, _)| at)
}

/// A time of the source's own clock in seconds since 1970.
pub(crate) fn own_seconds(field: &Field, received_at: Timestamp) -> Option<Timestamp> {
    let at = Timestamp::from_second(field.text()?.parse().ok()?).ok()?;
    is_possible(at, received_at).then_some(at)
}

/// The same, of a source that must write it well.
pub(crate) fn checked(at: Timestamp, path: &str, received_at: Timestamp) -> Result<Timestamp, BadDelivery> {
    if is_possible(at, received_at) { Ok(at) } else { Err(BadDelivery::bad(path, IMPOSSIBLE)) }
}

/// What is said of a time that was read and cannot be.
pub(crate) const IMPOSSIBLE: &str = "is before 2000 or more than a year ahead";

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::zone_of;

    fn now() -> Timestamp {
        "2026-11-20T00:00:00Z".parse().unwrap()
    }

    fn resolved(text: &str, here: (&str, &str), there: (&str, &str)) -> Result<(String, bool), Untimely> {
        let zone = |(country, region)| zone_of(country, Some(region));
        let moment = Told::read(&Field::of(text))?.resolve(|| zone(here), || zone(there), now())?;
        Ok((moment.0.to_string(), moment.1))
    }

    #[test]
    fn each_rung_of_the_ladder_goes_before_the_next() {
        let check = |text: &str, here: (&str, &str), there: (&str, &str), want: &str, known: bool| {
            assert_eq!(resolved(text, here, there), Ok((want.to_owned(), known)), "{text}");
        };
        check("2026-07-01T10:00:00-07:00", ("US", "NY"), ("DE", ""), "2026-07-01T17:00:00Z", true);
        check("2026-07-01T10:00:00Z", ("US", "NY"), ("DE", ""), "2026-07-01T10:00:00Z", true);
        check("2026-07-01T10:00:00", ("US", "NY"), ("DE", ""), "2026-07-01T14:00:00Z", true);
        check("2026-07-01T10:00:00", ("US", ""), ("DE", ""), "2026-07-01T08:00:00Z", false);
        check("2026-07-01T10:00:00", ("", ""), ("", ""), "2026-07-01T10:00:00Z", false);
        check("2026-07-01", ("GB", ""), ("", ""), "2026-06-30T23:00:00Z", true);
    }

    #[test]
    fn clocks_that_change_are_read_by_the_law_of_the_place() {
        let check = |text: &str, here: (&str, &str), want: &str| {
            assert_eq!(resolved(text, here, ("", "")), Ok((want.to_owned(), true)), "{text} {here:?}");
        };
        check("2026-03-08T02:30:00", ("US", "NY"), "2026-03-08T07:30:00Z");
        check("2025-11-02T01:30:00", ("US", "NY"), "2025-11-02T05:30:00Z");
        check("2026-03-29T01:30:00", ("GB", ""), "2026-03-29T01:30:00Z");
        check("2026-10-25T01:30:00", ("GB", ""), "2026-10-25T00:30:00Z");
        check("2026-03-29T02:30:00", ("DE", ""), "2026-03-29T01:30:00Z");
        check("2026-10-25T02:30:00", ("DE", ""), "2026-10-25T00:30:00Z");
        check("2026-03-08T02:30:00", ("US", "AZ"), "2026-03-08T09:30:00Z");
        check("2026-07-01T02:30:00", ("US", "AZ"), "2026-07-01T09:30:00Z");
    }

    #[test]
    fn dates_and_clocks_in_two_fields_are_put_together() {
        let check = |date: &str, clock: &str, want: Result<&str, Untimely>| {
            let got = Told::of_two(&Field::of(date), &Field::of(clock)).map(|told| told.wall().to_string());
            assert_eq!(got, want.map(str::to_owned), "{date} {clock}");
        };
        check("20240423", "095004", Ok("2024-04-23T09:50:04"));
        check("20240423", "", Ok("2024-04-23T00:00:00"));
        check("2026-03-10", "09:14 AM", Ok("2026-03-10T09:14:00"));
        check("2026-03-10", "12:05 AM", Ok("2026-03-10T00:05:00"));
        check("2026-03-10", "12:05 pm", Ok("2026-03-10T12:05:00"));
        check("2026-03-10", "11:59PM", Ok("2026-03-10T23:59:00"));
        check("2026-03-10", "08:00:00", Ok("2026-03-10T08:00:00"));
        check("2026-03-10", "17:32", Ok("2026-03-10T17:32:00"));
        check("", "095004", Err(Untimely::Missing));
        for (date, clock) in [
            ("20240230", "000000"),
            ("string", "000000"),
            ("20240423", "250000"),
            ("20240423", "13:00 PM"),
            ("20240423", "00:10 AM"),
            ("20240423", "M"),
            ("20240423", "é"),
            ("20240423", "aPM"),
        ] {
            check(date, clock, Err(Untimely::Impossible));
        }
    }

    #[test]
    fn an_offset_beside_a_time_is_read_in_every_writing() {
        let check = |offset: &str, want: &str| {
            let told = Told::read(&Field::of("2026-07-01T10:00:00")).unwrap().with_offset(&Field::of(offset));
            assert_eq!(told.in_utc(), Told::Moment(want.parse().unwrap()), "{offset}");
        };
        check("-04.00", "2026-07-01T14:00:00Z");
        check("-04:00", "2026-07-01T14:00:00Z");
        check("+05.30", "2026-07-01T04:30:00Z");
        check("+0530", "2026-07-01T04:30:00Z");
        check("-5", "2026-07-01T15:00:00Z");
        for nothing in ["", "-", "EST", "-99.00", "-04.75", "1234567", "é"] {
            check(nothing, "2026-07-01T10:00:00Z");
        }
    }

    #[test]
    fn what_is_no_time_or_cannot_be_one_is_none() {
        for text in ["", "   "] {
            assert_eq!(resolved(text, ("US", "NY"), ("", "")), Err(Untimely::Missing));
        }
        for text in [
            "0000-00-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "-009999-01-02T01:59:59Z",
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00",
            "1999-12-31T23:59:59Z",
            "2027-11-21T00:00:01Z",
            "9999-12-30T22:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00",
            "2026-11-16T10:00:00-99:00",
            "0",
            "1794849124",
            "-1",
            "noon",
            "true",
        ] {
            assert_eq!(resolved(text, ("US", "NY"), ("", "")), Err(Untimely::Impossible), "{text}");
        }
        assert_eq!(resolved("2000-01-01T00:00:00Z", ("", ""), ("", "")), Ok(("2000-01-01T00:00:00Z".to_owned(), true)));
        assert_eq!(resolved("2027-11-21T00:00:00Z", ("", ""), ("", "")), Ok(("2027-11-21T00:00:00Z".to_owned(), true)));
    }
}
