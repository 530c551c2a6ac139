//! Says whether anything is still going on, and waits until nothing is.

use crate::{
    pulse::Pulse,
    queues::{Depth, Queues},
    streams::Reader,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::time::Instant;

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Everything that can be busy.
pub struct Watch {
    /// Queues.
    pub queues: Arc<Queues>,
    /// Streams.
    pub readers: Vec<Arc<Reader>>,
    /// Invocations, and whether anything moved meanwhile.
    pub pulse: Pulse,
    /// Queues that nobody reads: what lies there waits for a person.
    pub unread: HashSet<String>,
}

impl Watch {
    /// Waits until all is quiet; else says what is not.
    pub async fn wait(&self, at_most: Duration) -> Result<(), Vec<String>> {
        let until = Instant::now() + at_most;
        loop {
            // Work moves from one place to the next while we look, so a quiet look counts only if nothing moved during it
            // and a second one is as quiet.
            let beats = self.pulse.beats();
            let mut busy = self.busy().await;
            if busy.is_empty() {
                busy = self.busy().await;
                if busy.is_empty() && self.pulse.beats() == beats {
                    return Ok(());
                }
            }
            if Instant::now() >= until {
                if busy.is_empty() {
                    busy.push("something moves all the time".to_owned());
                }
                return Err(busy);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn busy(&self) -> Vec<String> {
        let mut busy = Vec::new();
        match self.queues.depths().await {
            Ok(depths) => {
                for (queue, Depth { visible, in_flight, .. }) in depths {
                    if visible + in_flight > 0 && !self.unread.contains(&queue) {
                        busy.push(format!("queue {queue}: {visible} visible, {in_flight} in flight"));
                    }
                }
            }
            Err(why) => busy.push(format!("queues: {why}")),
        }
        for reader in self.readers.iter().filter(|reader| !reader.is_done()) {
            busy.push(format!("stream of {}: not all delivered to {}", reader.plan.table, reader.pool.plan().binary));
        }
        if self.pulse.under_way() > 0 {
            busy.push(format!("invocations under way: {}", self.pulse.under_way()));
        }
        busy
    }
}
