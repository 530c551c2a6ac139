//! The shape of a desk's work: a batch of messages, each handled by itself, each answered for by itself.

use crate::queue;
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// What is left of an invocation's time when no new message is begun: the rest is given back at once.
const LAST_CALL: Duration = Duration::from_millis(1500);

/// An SQS event as Lambda hands it over, as far as it is read.
#[derive(Debug, Clone, Deserialize)]
pub struct SqsEvent {
    /// The messages.
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

/// One message of it.
#[derive(Debug, Clone, Deserialize)]
pub struct SqsRecord {
    /// The message's id, by which a failure is reported.
    #[serde(rename = "messageId")]
    pub message_id: String,
    /// What it says.
    pub body: String,
    /// What SQS says of it.
    #[serde(default)]
    pub attributes: SqsAttributes,
}

/// What SQS says of a message, as far as it is read.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SqsAttributes {
    /// How often it was handed out, this time included.
    #[serde(rename = "ApproximateReceiveCount", default)]
    pub receive_count: String,
    /// When it was first put on the queue, in milliseconds since 1970.
    #[serde(rename = "SentTimestamp", default)]
    pub sent_at_ms: String,
}

/// The messages that were not handled; Lambda deletes all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BatchAnswer {
    /// One for each.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<FailedItem>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedItem {
    /// The message's id, or a stream record's sequence number.
    #[serde(rename = "itemIdentifier")]
    pub id: String,
}

impl BatchAnswer {
    /// Reports one more.
    pub fn failed(&mut self, id: String) {
        self.failures.push(FailedItem { id });
    }
}

/// How handling one message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is dealt with; it may be deleted.
    Done,
    /// Not now: try again later. Says why, for the log.
    Again(String),
    /// Never: it cannot be read or breaks a bound. It goes to the dead-letter queue with this reason.
    Never(String),
}

/// Where messages go that can never be handled.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    /// The client.
    pub sqs: crate::aws::Later<aws_sdk_sqs::Client>,
    /// The dead-letter queue of this desk.
    pub queue_url: String,
}

/// Handles every message of a batch, one after the other (messages of one aggregate often share a batch, and side by side
/// they would only race each other).
///
/// A message that panics fails alone. When time runs out, the rest is reported as failed and comes again.
pub async fn each<Room, Handle, Done>(
    room: &Arc<Room>,
    dead: &DeadLetters,
    event: LambdaEvent<SqsEvent>,
    handle: Handle,
) -> BatchAnswer
where
    Room: Send + Sync + 'static,
    Handle: Fn(Arc<Room>, SqsRecord) -> Done,
    Done: Future<Output = Outcome> + Send + 'static,
{
    let mut answer = BatchAnswer::default();
    let deadline = event.context.deadline();
    for record in event.payload.records {
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        if left < LAST_CALL {
            tracing::warn!(message_id = record.message_id, "no time left, the message comes again");
            answer.failed(record.message_id);
            continue;
        }
        let task = tokio::spawn(handle(room.clone(), record.clone()));
        let outcome = task.await.unwrap_or_else(|_| Outcome::Again("the handler panicked".to_owned()));
        match outcome {
            Outcome::Done => {}
            Outcome::Again(why) => {
                tracing::warn!(
                    message_id = record.message_id,
                    receive_count = record.attributes.receive_count,
                    why,
                    "the message comes again"
                );
                answer.failed(record.message_id);
            }
            Outcome::Never(why) => {
                tracing::error!(message_id = record.message_id, why, "the message goes to the dead-letter queue");
                let buried = queue::bury(&dead.sqs, &dead.queue_url, record.body, &why, &record.attributes.sent_at_ms).await;
                if let Err(error) = buried {
                    tracing::warn!(message_id = record.message_id, %error, "it was not taken there, SQS moves it after its tries");
                    answer.failed(record.message_id);
                }
            }
        }
    }
    answer
}

/// Waits a moment before deciding again after a lost race: 10 ms doubled each time, at most 160 ms, so that two writers
/// part ways and a batch keeps its time.
pub async fn pause(attempt: u32) {
    let base_ms = 10_u64 << attempt.min(4);
    let jitter_ms = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| u64::from(d.subsec_nanos()) % base_ms);
    tokio::time::sleep(Duration::from_millis(base_ms / 2 + jitter_ms / 2)).await;
}
