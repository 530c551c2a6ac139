//! SQS as its SDKs speak it: the JSON protocol, with the limits and refusals of the real one.

use crate::{
    intrinsics::ACCOUNT,
    queues::{Message, NewMessage, Queues, Receipt, Sent, arn, md5_of_attributes, read_receipt},
    refusal::Refusal,
};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashSet, time::Duration};

const BATCH_MAX: usize = 10;
/// Of one message, and of a whole batch.
const BYTES_MAX: usize = 1024 * 1024;
const VISIBILITY_MAX_S: i64 = 43_200;
const DELAY_MAX_S: i64 = 900;

type Answer = Result<Json, Refusal>;

/// One request.
pub async fn answer(queues: &Queues, base_url: &str, operation: &str, sender: &str, body: &[u8]) -> Answer {
    let input: Json = serde_json::from_slice(body).map_err(|e| Refusal::new("SerializationException", e.to_string()))?;
    match operation {
        "GetQueueUrl" => {
            let name = input["QueueName"].as_str().unwrap_or_default();
            queue_named(queues, name).map(|()| json!({"QueueUrl": format!("{base_url}/{ACCOUNT}/{name}")}))
        }
        "ListQueues" => {
            let prefix = input["QueueNamePrefix"].as_str().unwrap_or_default();
            let all = queues.all();
            let urls: Vec<_> =
                all.iter().filter(|q| q.name.starts_with(prefix)).map(|q| format!("{base_url}/{ACCOUNT}/{}", q.name)).collect();
            Ok(json!({"QueueUrls": urls}))
        }
        _ => {
            let name = input["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            queue_named(queues, name)?;
            of_queue(queues, name, operation, sender, &input).await
        }
    }
}

async fn of_queue(queues: &Queues, name: &str, operation: &str, sender: &str, input: &Json) -> Answer {
    match operation {
        "SendMessage" => {
            let message = new_message(input, sender)?;
            if bytes_of(&message) > BYTES_MAX {
                return refuse(
                    "InvalidParameterValue",
                    format!("One or more parameters are invalid. Reason: Message must be shorter than {BYTES_MAX} bytes."),
                );
            }
            let sent = queues.send(name, vec![message]).await?;
            Ok(sent.first().map(sent_json).unwrap_or_default())
        }
        "SendMessageBatch" => send_batch(queues, name, sender, input).await,
        "ReceiveMessage" => receive(queues, name, input).await,
        "DeleteMessage" => {
            let receipt = receipt(name, input)?;
            queues.delete(vec![receipt]).await?;
            Ok(json!({}))
        }
        "DeleteMessageBatch" => {
            let (mut receipts, mut done, mut failed) = (Vec::new(), Vec::new(), Vec::new());
            for entry in entries(input)? {
                match receipt(name, entry) {
                    Ok(receipt) => {
                        receipts.push(receipt);
                        done.push(json!({"Id": entry["Id"]}));
                    }
                    Err(refusal) => failed.push(failure(entry, &refusal)),
                }
            }
            queues.delete(receipts).await?;
            Ok(json!({"Successful": done, "Failed": failed}))
        }
        "ChangeMessageVisibility" => change_visibility(queues, name, input).await.map(|()| json!({})),
        "ChangeMessageVisibilityBatch" => {
            let (mut done, mut failed) = (Vec::new(), Vec::new());
            for entry in entries(input)? {
                match change_visibility(queues, name, entry).await {
                    Ok(()) => done.push(json!({"Id": entry["Id"]})),
                    Err(refusal) => failed.push(failure(entry, &refusal)),
                }
            }
            Ok(json!({"Successful": done, "Failed": failed}))
        }
        "GetQueueAttributes" => attributes(queues, name, input).await,
        "PurgeQueue" => {
            queues.purge(name).await?;
            Ok(json!({}))
        }
        other => refuse("UnsupportedOperation", format!("{other} is not known to the local stack")),
    }
}

fn refuse<T>(code: &str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(code, message))
}

fn queue_named(queues: &Queues, name: &str) -> Result<(), Refusal> {
    match queues.get(name) {
        Some(_) => Ok(()),
        None => refuse("QueueDoesNotExist", "The specified queue does not exist."),
    }
}

fn entries(input: &Json) -> Result<&Vec<Json>, Refusal> {
    let entries = input["Entries"].as_array().filter(|entries| !entries.is_empty());
    let Some(entries) = entries else { return refuse("EmptyBatchRequest", "There should be at least one entry in the request.") };
    if entries.len() > BATCH_MAX {
        return refuse(
            "TooManyEntriesInBatchRequest",
            format!("Maximum number of entries per request are {BATCH_MAX}. You have sent {}.", entries.len()),
        );
    }
    let mut ids = HashSet::new();
    for entry in entries {
        let id = entry["Id"].as_str().unwrap_or_default();
        if id.is_empty() || id.len() > 80 || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            return refuse(
                "InvalidBatchEntryId",
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
            );
        }
        if !ids.insert(id) {
            return refuse("BatchEntryIdsNotDistinct", format!("Id {id} repeated."));
        }
    }
    Ok(entries)
}

fn failure(entry: &Json, refusal: &Refusal) -> Json {
    json!({"Id": entry["Id"], "Code": refusal.code, "Message": refusal.message, "SenderFault": true})
}

fn bytes_of(message: &NewMessage) -> usize {
    let text = |value: &Json| value.as_str().map_or(0, str::len);
    let attributes = message.attributes.iter();
    message.body.len()
        + attributes
            .map(|(name, v)| name.len() + text(&v["DataType"]) + text(&v["StringValue"]) + text(&v["BinaryValue"]) * 3 / 4)
            .sum::<usize>()
}

fn new_message(entry: &Json, sender: &str) -> Result<NewMessage, Refusal> {
    let body = entry["MessageBody"].as_str().unwrap_or_default();
    if body.is_empty() {
        return refuse("MissingParameter", "The request must contain the parameter MessageBody.");
    }
    if body.chars().any(|c| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')) {
        return refuse(
            "InvalidMessageContents",
            "Invalid binary character was found in the message body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
        );
    }
    let attributes = entry["MessageAttributes"].as_object().cloned().unwrap_or_default();
    if attributes.len() > 10 {
        return refuse(
            "InvalidParameterValue",
            format!("Number of message attributes [{}] exceeds the allowed maximum [10].", attributes.len()),
        );
    }
    for (name, value) in &attributes {
        let kind = value["DataType"].as_str().unwrap_or_default();
        if !["String", "Number", "Binary"].contains(&kind.split('.').next().unwrap_or_default()) {
            return refuse(
                "InvalidParameterValue",
                format!(
                    "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String."
                ),
            );
        }
        let value = if kind.starts_with("Binary") { &value["BinaryValue"] } else { &value["StringValue"] };
        if value.as_str().is_none_or(str::is_empty) {
            return refuse(
                "InvalidParameterValue",
                format!("The message (user) attribute '{name}' must contain a non-empty value for its type."),
            );
        }
    }
    let delay_s = entry["DelaySeconds"].as_i64();
    if let Some(delay) = delay_s.filter(|s| !(0..=DELAY_MAX_S).contains(s)) {
        return refuse(
            "InvalidParameterValue",
            format!(
                "Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= {DELAY_MAX_S}."
            ),
        );
    }
    Ok(NewMessage { body: body.to_owned(), attributes, delay_s, sender: sender.to_owned() })
}

fn sent_json(sent: &Sent) -> Json {
    let mut out = json!({"MessageId": sent.message_id, "MD5OfMessageBody": sent.md5_body});
    if let Some(md5) = &sent.md5_attributes {
        out["MD5OfMessageAttributes"] = json!(md5);
    }
    out
}

async fn send_batch(queues: &Queues, name: &str, sender: &str, input: &Json) -> Answer {
    let (mut messages, mut ids, mut failed, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for entry in entries(input)? {
        match new_message(entry, sender) {
            Ok(message) => {
                bytes += bytes_of(&message);
                messages.push(message);
                ids.push(&entry["Id"]);
            }
            Err(refusal) => failed.push(failure(entry, &refusal)),
        }
    }
    if bytes > BYTES_MAX {
        return refuse(
            "BatchRequestTooLong",
            format!("Batch requests cannot be longer than {BYTES_MAX} bytes. You have sent {bytes} bytes."),
        );
    }
    let sent = queues.send(name, messages).await?;
    let done: Vec<_> = sent
        .iter()
        .zip(ids)
        .map(|(sent, id)| {
            let mut out = sent_json(sent);
            out["Id"] = id.clone();
            out
        })
        .collect();
    Ok(json!({"Successful": done, "Failed": failed}))
}

async fn receive(queues: &Queues, name: &str, input: &Json) -> Answer {
    let number = |key: &str, low: i64, high: i64| match input[key].as_i64() {
        Some(n) if !(low..=high).contains(&n) => refuse(
            "InvalidParameterValue",
            format!("Value {n} for parameter {key} is invalid. Reason: Must be >= {low} and <= {high}, if provided."),
        ),
        other => Ok(other),
    };
    let max = number("MaxNumberOfMessages", 1, 10)?.unwrap_or(1);
    let wait = number("WaitTimeSeconds", 0, 20)?.unwrap_or(0);
    let visibility = number("VisibilityTimeout", 0, VISIBILITY_MAX_S)?;
    let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
    let messages = queues.receive(name, usize::try_from(max).unwrap_or(1), visibility, wait).await?;
    let names = |keys: [&str; 2]| -> Vec<&str> {
        keys.iter().flat_map(|key| input[key].as_array().into_iter().flatten()).filter_map(Json::as_str).collect()
    };
    let system = names(["AttributeNames", "MessageSystemAttributeNames"]);
    let own = names(["MessageAttributeNames", ""]);
    let out: Vec<_> = messages.iter().map(|message| received(message, &system, &own)).collect();
    Ok(if out.is_empty() { json!({}) } else { json!({"Messages": out}) })
}

/// A message as ReceiveMessage shows it: attributes only when they were asked for.
fn received(message: &Message, system: &[&str], own: &[&str]) -> Json {
    let mut out = json!({
        "MessageId": message.message_id, "ReceiptHandle": message.receipt, "MD5OfBody": message.md5_body, "Body": message.body,
    });
    let attributes: Map<_, _> = message
        .system
        .iter()
        .filter(|(name, _)| system.contains(&"All") || system.contains(name))
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    if !attributes.is_empty() {
        out["Attributes"] = Json::Object(attributes);
    }
    let asked = |name: &str| {
        own.iter().any(|want| {
            matches!(*want, "All" | ".*") || *want == name || want.strip_suffix(".*").is_some_and(|p| name.starts_with(p))
        })
    };
    let attributes: Map<_, _> =
        message.attributes.iter().filter(|(name, _)| asked(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    if !attributes.is_empty() {
        out["MD5OfMessageAttributes"] = json!(md5_of_attributes(&attributes));
        out["MessageAttributes"] = Json::Object(attributes);
    }
    out
}

fn receipt(name: &str, entry: &Json) -> Result<(i64, i64), Refusal> {
    match read_receipt(name, entry["ReceiptHandle"].as_str().unwrap_or_default()) {
        Receipt::Of(id, receives) => Ok((id, receives)),
        Receipt::Invalid => refuse("ReceiptHandleIsInvalid", "The input receipt handle is invalid."),
    }
}

async fn change_visibility(queues: &Queues, name: &str, entry: &Json) -> Result<(), Refusal> {
    let receipt = receipt(name, entry)?;
    let seconds = entry["VisibilityTimeout"].as_i64().unwrap_or(-1);
    if !(0..=VISIBILITY_MAX_S).contains(&seconds) {
        return refuse(
            "InvalidParameterValue",
            format!(
                "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and {VISIBILITY_MAX_S}."
            ),
        );
    }
    match queues.hide(name, receipt, seconds).await? {
        true => Ok(()),
        false => refuse("MessageNotInflight", "The message referred to isn't in flight."),
    }
}

async fn attributes(queues: &Queues, name: &str, input: &Json) -> Answer {
    let depth = queues.depths().await?.get(name).copied().unwrap_or_default();
    let Some(queue) = queues.get(name) else { return Ok(json!({})) };
    let mut all = json!({
        "QueueArn": arn(name),
        "ApproximateNumberOfMessages": depth.visible.to_string(),
        "ApproximateNumberOfMessagesNotVisible": depth.in_flight.to_string(),
        "ApproximateNumberOfMessagesDelayed": depth.delayed.to_string(),
        "VisibilityTimeout": queue.visibility_s.to_string(),
        "MessageRetentionPeriod": queue.retention_s.to_string(),
        "DelaySeconds": queue.delay_s.to_string(),
        "MaximumMessageSize": BYTES_MAX.to_string(),
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
    });
    if let Some(redrive) = &queue.redrive {
        let policy = json!({"deadLetterTargetArn": arn(&redrive.dead_queue), "maxReceiveCount": redrive.receives_max});
        all["RedrivePolicy"] = json!(policy.to_string());
    }
    let asked: Vec<_> = input["AttributeNames"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let chosen: Map<_, _> = all
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| asked.contains(&"All") || asked.contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    Ok(if chosen.is_empty() { json!({}) } else { json!({"Attributes": chosen}) })
}
