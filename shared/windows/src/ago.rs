//! How long ago something was, as people say it.

use jiff::Timestamp;

const HOUR_MINUTES: i64 = 60;
const DAY_MINUTES: i64 = 24 * HOUR_MINUTES;

/// "just now", "4 minutes ago", "26 hours ago", "3 days ago". What is still ahead, by a clock that differs, is just now.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    length(at, now).map_or_else(|| "just now".to_owned(), |length| format!("{length} ago"))
}

/// "4 minutes", "26 hours", "3 days" from one moment to a later one; none when that is less than a minute.
#[must_use]
pub fn length(from: Timestamp, to: Timestamp) -> Option<String> {
    let minutes = to.duration_since(from).as_secs() / 60;
    let (count, unit) = match minutes {
        ..=0 => return None,
        1..HOUR_MINUTES => (minutes, "minute"),
        // One day would hide up to half of a second one.
        HOUR_MINUTES.. if minutes < 2 * DAY_MINUTES => (minutes / HOUR_MINUTES, "hour"),
        _ => (minutes / DAY_MINUTES, "day"),
    };
    Some(if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_ago_is_said_in_the_unit_that_fits() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (at, words) in [
            ("2026-11-22T12:00:30Z", "just now"),
            ("2026-11-22T11:59:01Z", "just now"),
            ("2026-11-22T11:59:00Z", "1 minute ago"),
            ("2026-11-22T11:00:01Z", "59 minutes ago"),
            ("2026-11-22T11:00:00Z", "1 hour ago"),
            ("2026-11-20T12:00:01Z", "47 hours ago"),
            ("2026-11-20T12:00:00Z", "2 days ago"),
            ("2025-11-22T12:00:00Z", "365 days ago"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), now), words, "{at}");
        }
        assert_eq!(ago(Timestamp::MIN, Timestamp::MAX).rsplit_once(' ').map(|(_, last)| last.to_owned()), Some("ago".to_owned()));
    }
}
