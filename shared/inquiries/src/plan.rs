//! What is to be asked about a parcel, and when: decided from what is kept, for any time, without a clock.
//!
//! The chain of looks at one parcel begins when its order names it and ends with the parcel, with the source's last no, or
//! with a silence of [`SILENCE_MAX`]. The laws, each a test:
//!
//! 1. A parcel that is over or that no order names is never asked after, and ends the chain.
//! 2. It is registered once, and renewed before the source forgets it.
//! 3. It is polled only after the settings' hours without a scan and without a question of ours.
//! 4. Whatever the source answers, there are [`GAP`] between two questions, and after [`FAILURES_MAX`] failures without an
//!    answer the chain ends; waits grow to a day at most, and differ from parcel to parcel.
//! 5. What was refused is not asked again of that source.

use crate::{TrackerSource, Verdict};
use domain::{
    inquiry::{Ask, Inquiry, Registered},
    parcel::Parcel,
    settings::Tracker,
    status::Status,
};
use jiff::{SignedDuration, Timestamp};

#[cfg(test)]
mod tests;

/// The least time between two questions about one parcel.
pub const GAP: SignedDuration = SignedDuration::from_mins(5);
/// Failures in a row after which nothing is asked any more: some five days of them.
pub const FAILURES_MAX: u32 = 12;
/// As how many failures the answers count that we ask too often: with four, a parcel waits three quarters of an hour.
const SLOWED_MAX: u32 = 4;
/// The longest wait after a failure, in seconds.
pub const WAIT_S_MAX: i64 = 24 * 3600;
/// How long before its end a registration is renewed: a day of failures passes, and a day to put them right.
pub const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(2 * 24);
/// How long a source that did not know a number yet is left alone with it: carriers scan some hours after the label.
pub const UNKNOWN_FOR: SignedDuration = SignedDuration::from_hours(6);
/// Silence of a parcel after which nobody is asked any more: trackers give up after 30 to 90 days.
pub const SILENCE_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Parcels that wait for a source that wants to be left alone come back within this time, in seconds, not all at once.
const SPREAD_S: i64 = 900;

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// What is to be asked now. What comes after it, its answer decides.
    pub ask: Option<Ask>,
    /// When to look again without asking; with nothing to ask and no such time, the chain ends.
    pub look_again_at: Option<Timestamp>,
}

impl Next {
    const OVER: Self = Self { ask: None, look_again_at: None };
}

/// What is next for a parcel.
#[must_use]
pub fn next(inquiry: &Inquiry, parcel: &Parcel, tracker: &Tracker, now: Timestamp) -> Next {
    let Ok(source) = tracker.source.parse::<TrackerSource>() else { return Next::OVER };
    let Some(heard_at) = heard_at(parcel, now).filter(|_| !is_over(parcel)) else { return Next::OVER };
    let is_of_it = inquiry.source.as_ref() == Some(&tracker.source);
    let failures = if is_of_it { inquiry.failures } else { 0 };
    let is_refused = |ask| is_of_it && inquiry.refused.contains(&ask);
    if failures >= FAILURES_MAX || later(heard_at, SILENCE_MAX) <= now {
        return Next::OVER;
    }
    let free_at = inquiry.asked_at.map_or(Timestamp::MIN, |at| later(at, wait(parcel, failures)));
    let registered = inquiry.registered.as_ref().filter(|registered| registered.source == tracker.source);
    let mut due = Vec::with_capacity(2);
    if registered.is_none() && tracker.register && source.can_register() && !is_refused(Ask::Register) {
        // Nothing is polled before: a poll that is answered would hide that registering fails.
        let was_unknown = is_of_it && failures == 0 && inquiry.failed_with.is_none();
        let left_alone = inquiry.asked_at.filter(|_| was_unknown).map(|at| later(at, UNKNOWN_FOR));
        due.push((Ask::Register, left_alone.unwrap_or(Timestamp::MIN)));
    } else {
        let until = registered.and_then(|registered| registered.until).filter(|_| !is_refused(Ask::Renew));
        due.extend(until.map(|until| (Ask::Renew, earlier(until, RENEWED_BEFORE))));
        if tracker.poll_after_hours > 0 && !is_refused(Ask::Poll) {
            let silent_since = inquiry.asked_at.map_or(heard_at, |at| at.max(heard_at));
            due.push((Ask::Poll, later(silent_since, SignedDuration::from_hours(tracker.poll_after_hours.into()))));
        }
    }
    let due: Vec<(Ask, Timestamp)> = due.into_iter().map(|(ask, at)| (ask, at.max(free_at))).collect();
    match due.iter().find(|(_, at)| *at <= now) {
        Some((ask, _)) => Next { ask: Some(*ask), look_again_at: None },
        None => Next { ask: None, look_again_at: due.iter().map(|(_, at)| *at).min() },
    }
}

/// The inquiry after a source was asked and what came of it.
#[must_use]
pub fn answered(mut inquiry: Inquiry, source: TrackerSource, ask: Ask, verdict: &Verdict, now: Timestamp) -> Inquiry {
    if inquiry.source.as_deref() != Some(source.as_str()) {
        inquiry.source = Some(source.as_str().to_owned());
        inquiry.failures = 0;
        inquiry.refused.clear();
    }
    inquiry.asked_at = Some(now);
    let failures = inquiry.failures;
    (inquiry.failures, inquiry.failed_with) = match verdict {
        Verdict::Done { .. } | Verdict::AlreadyThere { .. } | Verdict::NotKnownYet => (0, None),
        // Slowed down as a whole, a source says nothing of this parcel: it waits longer, but no chain ends by it.
        Verdict::TooOften { .. } => (failures.max((failures + 1).min(SLOWED_MAX)), Some(verdict.code().to_owned())),
        Verdict::BadCredentials | Verdict::Again { .. } => (failures + 1, Some(verdict.code().to_owned())),
        Verdict::Refused { .. } => {
            inquiry.refused.insert(ask);
            (failures, Some(verdict.code().to_owned()))
        }
    };
    let (reference, until) = match verdict {
        Verdict::Done { reference, until } => (reference.clone(), *until),
        Verdict::AlreadyThere { reference } => {
            (reference.clone(), source.remembers().and_then(|lasts| now.checked_add(lasts).ok()))
        }
        _ => return inquiry,
    };
    if matches!(ask, Ask::Register | Ask::Renew) {
        let known = inquiry.registered.take().filter(|known| known.source == source.as_str());
        let reference = reference.or_else(|| known.and_then(|known| known.reference));
        inquiry.registered = Some(Registered { source: source.as_str().to_owned(), at: now, until, reference });
    }
    inquiry
}

/// When a parcel is looked at again whose source is not to be asked before `not_before`.
#[must_use]
pub fn after_pause(parcel: &Parcel, not_before: Timestamp) -> Timestamp {
    later(not_before, SignedDuration::from_secs(dealt(parcel, 0, SPREAD_S)))
}

/// Whether nothing more is to be known of it here: it arrived, is lost, or no order stands behind it. A last leg is told of
/// under the number of the whole parcel.
fn is_over(parcel: &Parcel) -> bool {
    let now = parcel.folded();
    let is_at_end = match now.status {
        Status::Delivered | Status::Returned | Status::Cancelled | Status::Expired => true,
        Status::Exception => matches!(now.sub.code(), "lost" | "destroyed"),
        Status::Pending
        | Status::InfoReceived
        | Status::InTransit
        | Status::OutForDelivery
        | Status::AttemptFailed
        | Status::AvailableForPickup
        | Status::Returning => false,
    };
    is_at_end || !parcel.is_standing() || parcel.leg_of.is_some()
}

/// When something of it was last known: its newest scan, or its label. What is said of the future counts as now.
fn heard_at(parcel: &Parcel, now: Timestamp) -> Option<Timestamp> {
    let scans = parcel.history().into_iter().filter(|scan| !scan.is_early).map(|scan| scan.at);
    scans.chain(parcel.label_at()).max().map(|at| at.min(now))
}

/// How long a parcel is left alone after a question: five minutes, doubled by each failure up to a day, a part of it dealt by
/// the parcel's name.
fn wait(parcel: &Parcel, failures: u32) -> SignedDuration {
    if failures == 0 {
        return GAP;
    }
    let doubled_s = GAP.as_secs().saturating_mul(1 << (failures - 1).min(16));
    let least_s = doubled_s.min(WAIT_S_MAX * 4 / 5);
    SignedDuration::from_secs(least_s + dealt(parcel, failures, least_s / 4))
}

/// A number from 0 to `most`, the same for the same parcel and count (FNV-1a: even enough, and without a library).
fn dealt(parcel: &Parcel, count: u32, most: i64) -> i64 {
    let name = format!("{}#{count}", parcel.key);
    let hash =
        name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    i64::try_from((hash >> 16) % (most.unsigned_abs() + 1)).unwrap_or(0)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
