//! What is published to a topic reaches every queue that subscribed to it, in SNS's envelope.

use crate::{
    plan::{Plan, Queue, Subscription},
    pulse::now_text,
    queues::{NewMessage, insert},
};
use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};

/// The topics and who listens.
pub struct Topics {
    topics: Vec<String>,
    listeners: Vec<(Subscription, Queue)>,
}

/// Something published.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// The message's id.
    pub id: String,
    /// The text.
    pub message: String,
    /// The subject, if there is one.
    pub subject: Option<String>,
    /// SNS message attributes: name to `{DataType, StringValue}`.
    pub attributes: Map<String, Json>,
}

impl Topics {
    /// The topics of a plan.
    pub fn new(plan: &Plan) -> Self {
        let listener = |subscription: &Subscription| {
            let queue = plan.queues.iter().find(|queue| queue.name == subscription.queue)?;
            Some((subscription.clone(), queue.clone()))
        };
        Self { topics: plan.topics.clone(), listeners: plan.subscriptions.iter().filter_map(listener).collect() }
    }

    /// Whether there is such a topic.
    pub fn exists(&self, arn: &str) -> bool {
        self.topics.iter().any(|topic| topic == arn)
    }

    /// The queues that hear a topic; each one's settings, and whether it wants no envelope.
    pub fn listeners(&self, arn: &str) -> Vec<(Queue, bool)> {
        self.listeners.iter().filter(|(s, _)| s.topic == arn).map(|(s, queue)| (queue.clone(), s.raw)).collect()
    }
}

/// Puts a notice into the queues of the listeners.
pub fn deliver(disk: &Connection, topic: &str, listeners: &[(Queue, bool)], notice: &Notice) -> rusqlite::Result<()> {
    for (queue, raw) in listeners {
        let message = match raw {
            true => NewMessage { body: notice.message.clone(), attributes: notice.attributes.clone(), ..NewMessage::default() },
            false => NewMessage { body: envelope(topic, notice).to_string(), ..NewMessage::default() },
        };
        insert(disk, queue, &NewMessage { sender: "sns.amazonaws.com".into(), ..message })?;
    }
    Ok(())
}

fn envelope(topic: &str, notice: &Notice) -> Json {
    let mut envelope = json!({
        "Type": "Notification",
        "MessageId": notice.id,
        "TopicArn": topic,
        "Message": notice.message,
        "Timestamp": now_text(),
        "SignatureVersion": "1",
        "Signature": "bm90LXNpZ25lZC1ieS10aGUtbG9jYWwtc3RhY2s=",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-local.pem",
        "UnsubscribeURL": format!("https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic}:local"),
    });
    if let Some(subject) = &notice.subject {
        envelope["Subject"] = json!(subject);
    }
    if !notice.attributes.is_empty() {
        let attribute = |value: &Json| {
            let text = value.get("StringValue").or(value.get("BinaryValue"));
            json!({"Type": value["DataType"], "Value": text})
        };
        envelope["MessageAttributes"] = notice.attributes.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    }
    envelope
}
