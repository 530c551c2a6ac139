//! Counts what is going on, so that "nothing is going on" can be said with certainty; also tells the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// A counter that every change moves, and the number of invocations under way.
#[derive(Clone, Default)]
pub struct Pulse {
    beats: Arc<AtomicU64>,
    under_way: Arc<AtomicI64>,
}

impl Pulse {
    /// Something changed.
    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::SeqCst);
    }

    /// How often something changed so far.
    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::SeqCst)
    }

    /// How many pieces of work are under way.
    pub fn under_way(&self) -> i64 {
        self.under_way.load(Ordering::SeqCst)
    }

    /// One piece of work, until the answer is dropped.
    pub fn work(&self) -> Work {
        self.beat();
        self.under_way.fetch_add(1, Ordering::SeqCst);
        Work(self.clone())
    }
}

/// A piece of work under way.
pub struct Work(Pulse);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.beat();
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Milliseconds since 1970, house time.
pub fn now_ms() -> i64 {
    boot::clock::now().as_millisecond()
}

/// House time as mail events write it: `2026-01-31T08:00:00.123Z`.
pub fn now_text() -> String {
    format!("{:.3}", boot::clock::now())
}
