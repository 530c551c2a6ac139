//! What starts functions by itself: messages in queues; and how a schedule calls.

use crate::{
    functions::{Failure, Pool},
    intrinsics::REGION,
    queues::{Message, Queues, Receipt, arn, read_receipt},
};
use axum::body::Bytes;
use serde_json::{Map, Value as Json, json};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// As long as a poller of Lambda waits for messages.
const WAIT: Duration = Duration::from_secs(20);

/// A queue that a function reads.
pub struct QueueSource {
    /// The queue's name.
    pub queue: String,
    /// How many messages go into one call.
    pub batch_max: usize,
    /// Whether the answer names the messages that failed.
    pub reports_failures: bool,
    /// How many calls may run at once.
    pub calls_max: Option<usize>,
}

/// Feeds a queue to a function, for ever.
pub async fn feed(queues: Arc<Queues>, pool: Arc<Pool>, source: QueueSource) {
    let source = Arc::new(source);
    let calls = Arc::new(Semaphore::new(source.calls_max.unwrap_or(Semaphore::MAX_PERMITS)));
    loop {
        let Ok(call) = Arc::clone(&calls).acquire_owned().await else { return };
        let Some(place) = pool.place().await else { return };
        let messages = match queues.receive(&source.queue, source.batch_max, None, WAIT).await {
            Ok(messages) if messages.is_empty() => continue,
            Ok(messages) => messages,
            Err(_) => {
                tokio::time::sleep(Duration::from_secs(1)).await; // the disk is in trouble; do not hurry it
                continue;
            }
        };
        let (queues, pool, source) = (Arc::clone(&queues), Arc::clone(&pool), Arc::clone(&source));
        tokio::spawn(async move {
            let event = Bytes::from(event(&source.queue, &messages).to_string());
            let result = pool.invoke(place, event).await;
            let failed = match (result, source.reports_failures) {
                (Err(_), _) => None,
                (Ok(_), false) => Some(HashSet::new()),
                (Ok(answer), true) => {
                    failed_items(&answer).filter(|failed| failed.iter().all(|id| messages.iter().any(|m| m.message_id == *id)))
                }
            };
            // Nothing is deleted of a batch that failed as a whole: its messages come back by themselves.
            if let Some(failed) = failed {
                let done = messages.iter().filter(|message| !failed.contains(&message.message_id));
                let receipts = done.filter_map(|message| match read_receipt(&source.queue, &message.receipt) {
                    Receipt::Of(id, receives) => Some((id, receives)),
                    Receipt::Invalid => None,
                });
                // What cannot be deleted is delivered again: at least once.
                let _comes_again = queues.delete(receipts.collect()).await;
            }
            drop(call);
        });
    }
}

/// The items an answer says failed; nothing if the answer cannot be trusted, which fails the whole batch.
pub fn failed_items(answer: &[u8]) -> Option<HashSet<String>> {
    let answer: Json = serde_json::from_slice(answer).ok()?;
    match &answer["batchItemFailures"] {
        Json::Null => Some(HashSet::new()),
        Json::Array(items) => {
            items.iter().map(|item| item["itemIdentifier"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)).collect()
        }
        _ => None,
    }
}

fn event(queue: &str, messages: &[Message]) -> Json {
    let records: Vec<_> = messages.iter().map(|message| record(queue, message)).collect();
    json!({ "Records": records })
}

fn record(queue: &str, message: &Message) -> Json {
    let attribute = |value: &Json| {
        let mut out = json!({"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []});
        for (from, to) in [("StringValue", "stringValue"), ("BinaryValue", "binaryValue")] {
            if let Some(text) = value.get(from) {
                out[to] = text.clone();
            }
        }
        out
    };
    let attributes: Map<_, _> = message.attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": message.system,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn(queue),
        "awsRegion": REGION,
    })
}

/// Calls a function with a schedule's event, now.
pub async fn fire(pool: &Arc<Pool>, input: &Json) -> Result<Bytes, Failure> {
    let closed = || Failure { kind: "Runtime.ExitError".into(), message: "the stack is closing".into() };
    let place = pool.place().await.ok_or_else(closed)?;
    pool.invoke(place, Bytes::from(input.to_string())).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_cannot_be_trusted_fails_the_whole_batch() {
        let failed = |answer: &str| failed_items(answer.as_bytes()).map(|set| set.len());
        assert_eq!(failed("null"), Some(0));
        assert_eq!(failed(r#"{"batchItemFailures":[]}"#), Some(0));
        assert_eq!(failed(r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#), Some(1));
        assert_eq!(failed(r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#), None);
        assert_eq!(failed(r#"{"batchItemFailures":[{"id":"a"}]}"#), None);
        assert_eq!(failed("oops"), None);
    }
}
