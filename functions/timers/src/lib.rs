//! The clock of the house: every minute, timers that are due become messages on the desks' queues.
//!
//! A timer is removed after its message is taken. Between the two it may fire twice; a desk that looks twice sees the same.

use boot::{StartError, aws::Aws, env, queue};
use contracts::ToTracking;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use store::{TIMER_SHARDS, Vault};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "TRACKING_QUEUE_URL"];

/// What is left of the invocation's time when the sweep stops; the next minute goes on from there.
const LAST_CALL: Duration = Duration::from_secs(4);
/// Pages of one hour and shard in one sweep.
const PAGES_MAX: usize = 100;

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    sqs: aws_sdk_sqs::Client,
    tracking_queue_url: String,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            sqs: aws.sqs(),
            tracking_queue_url: env::required(get, "TRACKING_QUEUE_URL")?,
        })
    }

    /// Opens the connection the first event needs.
    pub async fn warm(&self) {
        self.vault.warm().await;
    }
}

/// Sweeps once: every hour since the last complete sweep, every shard, everything that is due.
///
/// # Errors
/// When the vault or the queue does not answer; the next minute sweeps again.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<serde_json::Value>) -> Result<(), Error> {
    // The runtime logs an error as it is written in code; a sentence is for the operator.
    sweep(room, event.context.deadline()).await.map_err(|error| Error::from(error.to_string()))
}

async fn sweep(room: &Room, deadline: SystemTime) -> Result<(), Error> {
    let now = Timestamp::now();
    let mut fired = 0_usize;
    for hour in room.vault.timer_cursor(now).await?..=Vault::timer_hour(now) {
        for shard in 0..TIMER_SHARDS {
            for _ in 0..PAGES_MAX {
                if deadline.duration_since(SystemTime::now()).unwrap_or_default() < LAST_CALL {
                    tracing::warn!(fired, "no time left, the next sweep goes on");
                    return Ok(());
                }
                let due = room.vault.due_timers(hour, shard, now).await?;
                if due.is_empty() {
                    break;
                }
                fired += due.len();
                let check = |timer: &store::DueTimer| ToTracking::CheckDue { parcel: timer.parcel.clone(), due_at: timer.due_at };
                let bodies = due.iter().map(|timer| contracts::write(&check(timer))).collect::<Result<Vec<_>, _>>()?;
                queue::send_all(&room.sqs, &room.tracking_queue_url, bodies).await?;
                for timer in &due {
                    room.vault.remove_timer(timer).await?;
                }
            }
        }
    }
    room.vault.move_timer_cursor(now).await?;
    if fired > 0 {
        tracing::info!(fired, "timers fired");
    }
    Ok(())
}
