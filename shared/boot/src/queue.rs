//! Puts messages on queues.

use crate::aws::Later;
use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{MessageAttributeValue, SendMessageBatchRequestEntry},
};

/// Messages of one SQS batch call (an SQS limit).
const BATCH_MAX: usize = 10;
/// Bytes of one SQS batch call; the limit is 1 MiB, attributes included.
const BATCH_BYTES_MAX: usize = 900 * 1024;

/// A message was not put on its queue; it must be said again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message was not taken by its queue ({0})")]
pub struct NotQueued(pub String);

/// At INIT: a first request to SQS, where no other is made early; the first one takes the longest. A failure is not one yet.
///
/// It sends a batch without messages, which SQS refuses with the code that is expected here: no right but that to send is
/// needed, and nothing is put on the queue.
pub async fn warm(client: &Later<Client>, queue_url: &str) {
    client.begin().await;
    let refused = send_batch(client, queue_url, Vec::new()).await;
    if let Err(NotQueued(code)) = refused
        && !code.ends_with("EmptyBatchRequest")
    {
        tracing::warn!(code, "the queue did not answer at start");
    }
}

/// Puts one message on a queue. When this is `Ok`, SQS has it.
///
/// # Errors
/// When it may not be there.
pub async fn send(client: &Client, queue_url: &str, body: String) -> Result<(), NotQueued> {
    let sent = client.send_message().queue_url(queue_url).message_body(body).send().await;
    sent.map(|_| ()).map_err(|error| NotQueued(code_of(&error)))
}

/// The longest that SQS holds a message back, in seconds.
pub const DELAY_SECONDS_MAX: i32 = 900;

/// Puts one message on a queue that nobody receives before `delay_s`, at most [`DELAY_SECONDS_MAX`].
///
/// # Errors
/// When it may not be there.
pub async fn send_later(client: &Client, queue_url: &str, body: String, delay_s: i32) -> Result<(), NotQueued> {
    let delay_s = delay_s.clamp(0, DELAY_SECONDS_MAX);
    let sent = client.send_message().queue_url(queue_url).message_body(body).delay_seconds(delay_s).send().await;
    sent.map(|_| ()).map_err(|error| NotQueued(code_of(&error)))
}

/// Puts many messages on a queue, ten at a time. When this is `Ok`, SQS has them all.
///
/// # Errors
/// When some may not be there; those before it are.
pub async fn send_all(client: &Client, queue_url: &str, bodies: Vec<String>) -> Result<(), NotQueued> {
    let mut batch: Vec<SendMessageBatchRequestEntry> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        if batch.len() == BATCH_MAX || (!batch.is_empty() && bytes + body.len() > BATCH_BYTES_MAX) {
            send_batch(client, queue_url, std::mem::take(&mut batch)).await?;
            bytes = 0;
        }
        bytes += body.len();
        let entry = SendMessageBatchRequestEntry::builder().id(batch.len().to_string()).message_body(body).build();
        batch.push(entry.map_err(|error| NotQueued(error.to_string()))?);
    }
    if batch.is_empty() { Ok(()) } else { send_batch(client, queue_url, batch).await }
}

async fn send_batch(client: &Client, queue_url: &str, entries: Vec<SendMessageBatchRequestEntry>) -> Result<(), NotQueued> {
    let answer = client.send_message_batch().queue_url(queue_url).set_entries(Some(entries)).send().await;
    let answer = answer.map_err(|error| NotQueued(code_of(&error)))?;
    match answer.failed().first() {
        None => Ok(()),
        Some(failed) => Err(NotQueued(failed.code().to_owned())),
    }
}

/// Puts a message that can never be handled on the dead-letter queue, with the reason and where it came from.
///
/// # Errors
/// When it may not be there; then it stays on its own queue and SQS moves it after its tries.
pub async fn bury(
    client: &Client,
    dead_queue_url: &str,
    body: String,
    reason: &str,
    first_seen_ms: &str,
) -> Result<(), NotQueued> {
    let text = |value: &str| {
        MessageAttributeValue::builder()
            .data_type("String")
            .string_value(if value.is_empty() { "unknown" } else { value })
            .build()
            .map_err(|error| NotQueued(error.to_string()))
    };
    let sent = client
        .send_message()
        .queue_url(dead_queue_url)
        .message_body(body)
        .message_attributes("reason", text(reason)?)
        .message_attributes("first_seen_ms", text(first_seen_ms)?)
        .send()
        .await;
    sent.map(|_| ()).map_err(|error| NotQueued(code_of(&error)))
}

/// The name of an SDK error for a log line: the service's code, or which part of the call failed. Never its text, which may
/// quote the request.
#[must_use]
pub fn code_of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("ServiceError").to_owned(),
        SdkError::ConstructionFailure(_) => "ConstructionFailure".to_owned(),
        SdkError::TimeoutError(_) => "TimeoutError".to_owned(),
        SdkError::DispatchFailure(_) => "DispatchFailure".to_owned(),
        SdkError::ResponseError(_) => "ResponseError".to_owned(),
        _ => "UnknownError".to_owned(),
    }
}
