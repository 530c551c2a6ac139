//! What the template asks for, in types: the list of things to make and to run.

use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The whole of it.
#[derive(Debug, Default)]
pub struct Plan {
    /// DynamoDB tables.
    pub tables: Vec<Table>,
    /// SQS queues.
    pub queues: Vec<Queue>,
    /// SES configuration sets.
    pub mail: Vec<MailRoutes>,
    /// SNS topics, by ARN.
    pub topics: Vec<String>,
    /// The topic of texts to our number, by ARN: the one whose policy lets AWS End User Messaging publish.
    pub inbound_texts: Option<String>,
    /// Which queue hears which topic.
    pub subscriptions: Vec<Subscription>,
    /// Secrets.
    pub secrets: Vec<Secret>,
    /// Functions and what starts them.
    pub functions: Vec<Function>,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The body of its `CreateTable`.
    pub create: Json,
    /// The attribute that says when a row may go.
    pub ttl_attribute: Option<String>,
}

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// How long a received message stays hidden.
    pub visibility_s: i64,
    /// How long a message is kept at all.
    pub retention_s: i64,
    /// How long every message waits first.
    pub delay_s: i64,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
}

/// The end of a message's tries.
#[derive(Clone, Debug)]
pub struct Redrive {
    /// The dead-letter queue's name.
    pub dead_queue: String,
    /// How often a message may be received.
    pub receives_max: i64,
}

/// A configuration set and who hears what becomes of its mail.
#[derive(Clone, Debug)]
pub struct MailRoutes {
    /// Its name.
    pub name: String,
    /// (Event types in lower case, topic ARN).
    pub destinations: Vec<(Vec<String>, String)>,
}

/// A queue that hears a topic.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The topic's ARN.
    pub topic: String,
    /// The queue's name.
    pub queue: String,
    /// Whether the message comes without its envelope.
    pub raw: bool,
}

/// A secret that is generated once.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The JSON that the generated value is put into.
    pub template: Json,
    /// The key of the generated value.
    pub key: String,
    /// How long the generated value is.
    pub length: usize,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name in the template.
    pub logical: String,
    /// The name of its binary, by which everything else here knows it.
    pub binary: String,
    /// Lambda's name for it.
    pub name: String,
    /// `MemorySize`.
    pub memory_mb: i64,
    /// `Timeout`.
    pub timeout_s: u64,
    /// Exactly the variables of the template.
    pub environment: BTreeMap<String, String>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
}

/// What starts a function.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// A request to the HTTP API.
    Http {
        /// The method, or `ANY`.
        method: String,
        /// The path with its `{variables}`.
        path: String,
    },
    /// Messages in a queue.
    Queue {
        /// The queue's name.
        queue: String,
        /// How many messages go into one call.
        batch_max: usize,
        /// Whether the answer names the messages that failed.
        reports_failures: bool,
        /// How many calls may run at once, if the template says so.
        calls_max: Option<usize>,
    },
    /// Changes of a table.
    Stream(Stream),
    /// The clock.
    Schedule {
        /// Seconds between two calls.
        every_s: u64,
        /// The event.
        input: Json,
    },
}

impl Trigger {
    /// The queue that starts the function, if one does.
    pub fn queue(&self) -> Option<&str> {
        match self {
            Self::Queue { queue, .. } => Some(queue),
            Self::Http { .. } | Self::Stream(_) | Self::Schedule { .. } => None,
        }
    }
}

/// How the changes of a table reach a function.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The table's name.
    pub table: String,
    /// How many changes go into one call.
    pub batch_max: usize,
    /// Whether a failed batch is halved.
    pub bisects: bool,
    /// How often a batch is tried again; `None` is for ever.
    pub retries_max: Option<u32>,
    /// Whether the answer names the first record that failed.
    pub reports_failures: bool,
    /// The queue that is told of a batch that was given up.
    pub on_failure: Option<String>,
    /// Patterns; a record must match one of them, if there are any.
    pub filters: Vec<Json>,
    /// Whether the first start begins with the oldest record.
    pub from_oldest: bool,
}

/// The last part of a queue's or a topic's ARN.
pub fn last_part(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}
