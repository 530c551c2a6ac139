//! Where a timer stands on the line of time, and how a sweep walks along it. Pure: no table, no clock.
//!
//! The line is cut into buckets of [`BUCKET_SECONDS`], each bucket into [`TIMER_SHARDS`] partitions. A sweep walks each shard
//! from where the last one left off to [`until`] and never deletes: a row goes away by its time to live.
//!
//! # Why no timer is ever lost
//!
//! A timer is lost if it is armed at or below a position that a sweep has passed. Let two clocks of the house differ by at most
//! `D`, and let `W` pass at most between reading the clock and the row being readable.
//! - A row that becomes readable at `t` stands at or after `t - W - D + LEAD` ([`Place::of`] never arms nearer than that).
//! - A sweep that read before `t`, and so missed the row, has read the clock before `t`: it walks to `t + D - LAG` at most.
//!
//! So the row is ahead of it, and of every position kept, as long as `2 D + W < LEAD + LAG`: four minutes, where the clocks of
//! AWS differ by milliseconds and a desk is stopped after ten seconds. Reads are strongly consistent, so that no slow copy of a
//! partition eats from these minutes.
//!
//! - **A crash, or a failed send, between sending and keeping the position:** the position is kept only for what was sent, so
//!   the next sweep sends again. A desk that looks twice sees the same.
//! - **A sweep that runs out of time** keeps how far it came, to the row, in each shard; the shard furthest behind goes first
//!   next time, so none starves.
//! - **Two sweeps at once** both send; the position is kept on condition that it is the one read, so the second one to keep
//!   loses, and what it alone sent is sent once more.
//! - **Missed sweeps:** the next one walks from the kept position through every bucket in between, back to
//!   [`LOOK_BACK_SECONDS`] at most; rows live longer than that.
//! - **A sweep whose clock was far ahead** kept a position in the future: the next sane sweep goes back to its own
//!   (see [`start`]). Beyond the bound above nothing is promised.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Seconds of one bucket. Armed rows stand in buckets, so it can only be changed while no timer is armed.
///
/// Short, because all re-armed deadlines of a night go to the buckets of one later night: with twenty-four buckets in
/// [`SPREAD_SECONDS`] instead of four, a sixth of the shards carry the same load, and a sweep at rest asks once for each shard.
pub const BUCKET_SECONDS: i64 = 600;
/// Partitions of one bucket. It may be raised at any time (new shards are swept from [`LOOK_BACK_SECONDS`] ago), never lowered
/// while timers are armed. At 20,000 parcels a second of one zone the fullest partition takes 605 of its 1,000 writes a second
/// (`infra/benchmarks.md`, Timers).
pub const TIMER_SHARDS: u8 = 16;
/// The longest a timer fires after its deadline by design, in seconds; see [`spread`].
pub const SPREAD_SECONDS: i64 = 4 * 3600;
/// Seconds ahead of the arming clock at which a timer stands at the earliest.
pub const LEAD_SECONDS: i64 = 120;
/// Seconds that a sweep stays behind its own clock.
pub const LAG_SECONDS: i64 = 120;
/// Seconds looked back at most when sweeps were missed: the longest an outage of the clock may last. Dead letters are kept as
/// long.
pub const LOOK_BACK_SECONDS: i64 = 14 * 24 * 3600;
/// Seconds that a row is kept after its place: two days longer than any sweep looks back.
pub const KEPT_SECONDS: i64 = LOOK_BACK_SECONDS + 2 * 24 * 3600;

/// Sorts after everything that the name of a timer can hold, so that `second#~` is the end of that second.
const END: char = '~';
/// Sorts before everything that can follow in a sort key: a row's key and this is the first key after that row.
const NEXT: char = '!';

/// The place of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The second at which a sweep may send it, since 1970.
    pub second: i64,
    /// In which shard.
    pub shard: u8,
}

impl Place {
    /// The place of the timer `name` that is due at `due_at` and armed at `now`: after its deadline by [`spread`], and never
    /// nearer than [`LEAD_SECONDS`], also when the deadline has long passed. Never before the deadline.
    ///
    /// Armed again for the same moment it is the same place, unless the moment has passed: then it is a second row, and the
    /// timer fires twice, which is harmless.
    #[must_use]
    pub fn of(name: &str, due_at: Timestamp, now: Timestamp) -> Self {
        // Rounded up: a timer may be late, never early.
        let due = due_at.as_second() + i64::from(due_at.subsec_nanosecond() > 0);
        let (later, shard) = spread(name, due);
        Self { second: (due + later).max(now.as_second() + LEAD_SECONDS), shard }
    }

    /// The place of a timer that is not dealt over the hours after its deadline: nothing makes many of these fall together
    /// but the hour itself, and each is fired once.
    #[must_use]
    pub fn prompt(name: &str, due_at: Timestamp, now: Timestamp) -> Self {
        let due = due_at.as_second() + i64::from(due_at.subsec_nanosecond() > 0);
        let (_, shard) = spread(name, due);
        Self { second: due.max(now.as_second() + LEAD_SECONDS), shard }
    }

    /// The bucket it is in, counted since 1970.
    #[must_use]
    pub fn bucket(&self) -> i64 {
        bucket(self.second)
    }
}

/// The bucket of a second.
#[must_use]
pub fn bucket(second: i64) -> i64 {
    second.div_euclid(BUCKET_SECONDS)
}

/// Seconds by which a timer fires after its deadline (0 to [`SPREAD_SECONDS`]), and its shard.
///
/// Deadlines are ends of business days: those of a whole day's parcels of a zone, after a weekend of three days', fall on one
/// second. Late is harmless and early is not, so they are dealt over the hours after it. The deal is a hash, the same each
/// time, so that a timer armed again is the same row. The deadline is part of it: with the parcel alone, parcels that fire in
/// the same minute and are armed for the same later night would all meet in the same bucket again.
#[must_use]
pub fn spread(name: &str, due_second: i64) -> (i64, u8) {
    let hash = Sha256::new().chain_update(due_second.to_be_bytes()).chain_update(name.as_bytes()).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    let later = u64::from_be_bytes(first) % (SPREAD_SECONDS.unsigned_abs() + 1);
    (i64::try_from(later).unwrap_or(0), hash[8] % TIMER_SHARDS)
}

/// Up to which second a sweep walks whose clock says `now`.
#[must_use]
pub fn until(now: Timestamp) -> i64 {
    now.as_second() - LAG_SECONDS
}

/// A second as it begins a sort key: text that sorts as time does.
fn second_text(second: i64) -> String {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX).to_string()
}

/// A point on the line of one shard: everything up to it was sent. Positions sort as they stand on the line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(String);

impl Position {
    /// The end of this second.
    #[must_use]
    pub fn through(second: i64) -> Self {
        Self(format!("{}#{END}", second_text(second)))
    }

    /// The row with this sort key. More rows may stand in one second than a sweep can send, so a second is too coarse.
    pub(crate) fn at_row(sort_key: &str) -> Self {
        Self(sort_key.to_owned())
    }

    /// A position as it was kept; nothing for a text that is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let position = Self(text.to_owned());
        position.second().map(|_| position)
    }

    /// As it is kept.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first sort key after it.
    pub(crate) fn next(&self) -> String {
        format!("{}{NEXT}", self.0)
    }

    /// The second it stands in, since 1970.
    fn second(&self) -> Option<i64> {
        let (second, _) = self.0.split_once('#')?;
        second.parse::<Timestamp>().ok().map(Timestamp::as_second)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The second alone: what follows names a parcel.
        f.write_str(self.0.split('#').next().unwrap_or_default())
    }
}

/// The sort key of the row of the timer `name` at this place.
pub(crate) fn sort_key(place: &Place, name: &str) -> String {
    format!("{}#{name}", second_text(place.second))
}

/// Where a sweep begins that walks `until` this second: at the position kept, or [`LOOK_BACK_SECONDS`] ago when that is older
/// or none was ever kept.
///
/// A position further ahead than clocks may differ was kept by a clock that was wrong. Going back to `until` is all that can be
/// done then; what was armed meanwhile stands after it.
#[must_use]
pub fn start(kept: Option<&Position>, until: i64) -> Position {
    let oldest = Position::through(until - LOOK_BACK_SECONDS);
    let newest = Position::through(until + LEAD_SECONDS + LAG_SECONDS);
    match kept {
        Some(kept) if *kept > newest => Position::through(until),
        Some(kept) => kept.clone().max(oldest),
        None => oldest,
    }
}

/// A walk along one shard: which bucket to ask for, from where to where, until nothing is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    shard: u8,
    bucket: i64,
    position: Position,
    until: i64,
}

impl Walk {
    /// From behind `from` through the second `until`.
    #[must_use]
    pub fn new(shard: u8, from: Position, until: i64) -> Self {
        Self { shard, bucket: bucket(from.second().unwrap_or(until)), position: from, until }
    }

    /// Whether everything was sent that there was.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.position >= Position::through(self.until)
    }

    /// Along which shard.
    #[must_use]
    pub fn shard(&self) -> u8 {
        self.shard
    }

    /// The bucket to ask next.
    #[must_use]
    pub fn bucket(&self) -> i64 {
        self.bucket
    }

    /// Up to where everything was sent.
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// The first and the last sort key to ask for.
    pub(crate) fn range(&self) -> (String, String) {
        (self.position.next(), Position::through(self.until).0)
    }

    /// What was read of the bucket was sent: up to this row if the bucket holds more, else all of it.
    pub fn sent(&mut self, up_to: Option<Position>) {
        if let Some(row) = up_to {
            self.position = row;
            return;
        }
        self.bucket += 1;
        // The end of the bucket, or of the walk if that comes first.
        let end = Position::through((self.bucket * BUCKET_SECONDS - 1).min(self.until));
        self.position = self.position.clone().max(end);
    }
}

#[cfg(test)]
mod tests;
