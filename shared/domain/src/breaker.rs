//! The circuit breaker of a shop's mail: when so much of it bounces or is complained of that its sender's name is at stake.
//!
//! SES puts an account under review from 5 % of bounces and 0.1 % of complaints on; the breaker opens before that.

use serde::{Deserialize, Serialize};

/// Mails of a window below which nothing is judged: three bounces of ten prove nothing.
pub const WINDOW_MAILS_MIN: u64 = 1000;
/// Days looked back at most.
pub const WINDOW_DAYS_MAX: usize = 14;
/// Bounces of ten thousand mails from which on it is open.
const BOUNCES_PER_10_000: u64 = 400;
/// Complaints of ten thousand mails from which on it is open.
const COMPLAINTS_PER_10_000: u64 = 8;

/// What became of a shop's mails on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailCount {
    /// Taken by the provider.
    pub sent: u64,
    /// Bounced for good.
    pub bounced: u64,
    /// Complained of.
    pub complained: u64,
}

/// Whether a shop must hold its mail back, by its days, the newest first. As many of them are taken together as make a window.
#[must_use]
pub fn is_open(days: &[MailCount]) -> bool {
    let mut window = MailCount::default();
    for day in days.iter().take(WINDOW_DAYS_MAX) {
        window.sent += day.sent;
        window.bounced += day.bounced;
        window.complained += day.complained;
        if window.sent >= WINDOW_MAILS_MIN {
            return window.bounced * 10_000 >= window.sent * BOUNCES_PER_10_000
                || window.complained * 10_000 >= window.sent * COMPLAINTS_PER_10_000;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(sent: u64, bounced: u64, complained: u64) -> MailCount {
        MailCount { sent, bounced, complained }
    }

    #[test]
    fn it_opens_at_four_in_a_hundred_bounces_or_eight_in_ten_thousand_complaints() {
        assert!(!is_open(&[day(1000, 39, 0)]));
        assert!(is_open(&[day(1000, 40, 0)]));
        assert!(!is_open(&[day(10_000, 0, 7)]));
        assert!(is_open(&[day(10_000, 0, 8)]));
        // One complaint of a thousand is more than eight of ten thousand.
        assert!(is_open(&[day(1000, 0, 1)]));
    }

    #[test]
    fn few_mails_prove_nothing_and_only_the_newest_window_counts() {
        assert!(!is_open(&[day(999, 999, 999)]));
        assert!(!is_open(&[]));
        assert!(is_open(&[day(500, 20, 0), day(500, 20, 0)]));
        assert!(!is_open(&[day(2000, 0, 0), day(2000, 2000, 0)]));
        assert!(!is_open(&[day(10, 10, 10); WINDOW_DAYS_MAX + 1]));
    }
}
