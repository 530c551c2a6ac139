//! Reads what the world answers: SES's Send event settles the ledger, bounces and complaints suppress, a text says STOP.
//!
//! On its queue are the words of SES (both dialects) and of people's phones in envelopes of SNS, and messages of ours: what a
//! customer chose, and each day a comparison with SES's own list. Repeats and any order are harmless: of a mailbox's refusal
//! the first moment stays and nothing here takes it back; of a phone's STOP and START, of choices and of ends of marketing the
//! latest moment of each is kept. Only the counts of mails are not exact (`counts`).

mod choices;
mod counts;
mod heard;
mod mails;
mod suppression;
mod texts;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env, queue,
    secrets::Secrets,
};
use contracts::ToMailEvents;
use counts::Sums;
use heard::Heard;
use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use store::Vault;

/// The environment this function reads.
pub const ENV: &[&str] = &[
    "TABLE_NAME",
    "SECRET_ID",
    "ORDERS_QUEUE_URL",
    "LETTERS_QUEUE_URL",
    // To itself: the next piece of SES's own list, and what the schedule asks for.
    "FEEDBACK_QUEUE_URL",
    "DEAD_QUEUE_URL",
];

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    ses: boot::aws::Later<aws_sdk_sesv2::Client>,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    orders_queue_url: String,
    letters_queue_url: String,
    feedback_queue_url: String,
    dead: DeadLetters,
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
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            ses: aws.ses(),
            sqs: aws.sqs(),
            orders_queue_url: env::required(get, "ORDERS_QUEUE_URL")?,
            letters_queue_url: env::required(get, "LETTERS_QUEUE_URL")?,
            feedback_queue_url: env::required(get, "FEEDBACK_QUEUE_URL")?,
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.vault.ready());
    }
}

/// What this function is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Call {
    /// Messages of the queue.
    Messages(SqsEvent),
    /// The schedule: a message for the queue, where it has its tries and its dead letters like any other.
    Schedule(ToMailEvents),
}

/// Handles a batch of events, or puts what the schedule asks for on the queue.
///
/// # Errors
/// When the queue does not take what the schedule asks for: it tries again. Events are answered for by themselves.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<Call>) -> Result<BatchAnswer, Error> {
    match event.payload {
        Call::Schedule(message) => {
            queue::send(&room.sqs, &room.feedback_queue_url, contracts::write(&message)?).await?;
            Ok(BatchAnswer::default())
        }
        Call::Messages(messages) => {
            let batch = Arc::new(Batch { room: room.clone(), sums: Mutex::default() });
            let answer = batch::each(&batch, &room.dead, LambdaEvent::new(messages, event.context), one).await;
            batch.take_sums().keep(&room.vault).await;
            Ok(answer)
        }
    }
}

/// One batch, and what its mails come to.
struct Batch {
    room: Arc<Room>,
    sums: Mutex<Sums>,
}

impl Batch {
    fn take_sums(&self) -> Sums {
        std::mem::take(&mut self.sums.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn one(batch: Arc<Batch>, record: SqsRecord) -> Outcome {
    let room = &batch.room;
    let heard = match Heard::read(&record.body) {
        Ok(heard) => heard,
        Err(why) => return Outcome::Never(why),
    };
    let vault = match room.secrets.keyring().await {
        Ok(keyring) => room.vault.with_find_key(keyring.find_key()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    match heard {
        Heard::Mail(event) => {
            let outcome = mails::became_of(room, &vault, &event).await;
            // What comes again is counted then.
            if outcome == Outcome::Done {
                batch.sums.lock().unwrap_or_else(PoisonError::into_inner).add(&event);
            }
            outcome
        }
        Heard::Text(inbound, published_at) => texts::answered(&vault, &inbound, published_at).await,
        Heard::Ours(message) => match *message {
            ToMailEvents::PreferencesChosen { order, preferences } => choices::chosen(room, &vault, order, &preferences).await,
            ToMailEvents::MarketingEnded { order, ended_at } => choices::marketing_ended(&vault, &order, ended_at).await,
            ToMailEvents::ReconcileDue { next, since } => {
                suppression::compare(room, &vault, next.as_deref(), since, boot::clock::now()).await
            }
        },
        Heard::Greeting => {
            tracing::info!("SES tried the topic of its events");
            Outcome::Done
        }
    }
}
