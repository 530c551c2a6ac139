//! What the clock starts: a schedule that came due strikes once, however far the clock has jumped.

use crate::{
    functions::Pool,
    pulse::{Pulse, Work},
    sources::fire,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// The longest a schedule sleeps without a look at the clock, so that a step of the machine's own clock is noticed too.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// A function that is called every so often.
pub struct Schedule {
    pool: Arc<Pool>,
    every: SignedDuration,
    input: Json,
    pulse: Pulse,
    next_at: Mutex<Timestamp>,
}

impl Schedule {
    /// A schedule whose first call comes after `every_s` seconds.
    pub fn new(pool: Arc<Pool>, every_s: u64, input: Json, pulse: Pulse) -> Self {
        let every = SignedDuration::from_secs(i64::try_from(every_s).unwrap_or(i64::MAX));
        let next_at = Mutex::new(after(boot::clock::now(), every));
        Self { pool, every, input, pulse, next_at }
    }

    /// Calls the function whenever it is time, for ever.
    pub async fn run(self: Arc<Self>, mut moves: watch::Receiver<()>) {
        loop {
            moves.mark_unchanged();
            let wait = self.strike_if_due().min(LOOK_EVERY);
            if let Ok(Err(_nobody_moves_it)) = tokio::time::timeout(wait, moves.changed()).await {
                return;
            }
        }
    }

    /// Calls the function if it is time; says how long it is until the next time. The call is under way when this returns, so
    /// who moved the clock and then waits until all is quiet also waits for it.
    pub fn strike_if_due(self: &Arc<Self>) -> Duration {
        let now = boot::clock::now();
        let mut next_at = self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
        if *next_at <= now {
            // What was missed is not made up for: the one call finds all that came due meanwhile.
            *next_at = after(now, self.every);
            tokio::spawn(Arc::clone(self).strike(self.pulse.work()));
        }
        // A millisecond more, since a timer may ring early.
        Duration::try_from(next_at.duration_since(now)).unwrap_or_default() + Duration::from_millis(1)
    }

    async fn strike(self: Arc<Self>, _under_way: Work) {
        // A failed call is counted with the function; the next time comes anyway.
        let _counted = fire(&self.pool, &self.input).await;
    }
}

fn after(now: Timestamp, every: SignedDuration) -> Timestamp {
    now.checked_add(every).unwrap_or(Timestamp::MAX)
}
