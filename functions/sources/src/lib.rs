//! Asks storefronts and carriers what they did not tell: registers numbers, asks after silent parcels, finds missed orders.
//!
//! What it hears goes to the desks' queues, as if it had come through a door. What is asked, when, and what an answer amounts to
//! is decided in `inquiries`, which knows no clock and no wire; here it is only done.
//!
//! | message | what is done |
//! |---|---|
//! | `parcel.inquiry_due.v1` | looks at the parcel, asks its source if that is due, arms the next look |
//! | `order.fetch_due.v1` | fetches the order and puts it on the queue of orders |
//! | `subscription.confirm_due.v1` | answers the hello of a subscription |
//! | `keys.fetch_due.v1` | reads a source's public keys, once in five minutes at most |
//! | `orders.reconcile_due.v1` | without a shop: one message for each storefront; with one: looks after its webhooks, then compares page by page |
//!
//! Handled twice, a message asks twice at most and changes nothing.
//!
//! # What the operator is told
//!
//! One line of level `error` for each: credentials that do not open an API, webhooks that were put right, orders that webhooks
//! had missed, an order list that cannot be read. An alarm of the template listens to them. No line holds an address, a number,
//! a name or a URL.

mod fetch;
mod inquiry;
mod outside;
mod reconcile;
mod webhooks;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env,
    queue::{self, NotQueued},
    secrets::{Keyring, SecretError, Secrets},
};
use contracts::ToSources;
use domain::{id::ShopId, settings::VersionedSettings};
use lambda_runtime::{Error, LambdaEvent};
use outside::Outside;
use partners::guard::NoClient;
use std::{sync::Arc, time::Duration};
use store::{CommitError, SettingsCache, Vault, VaultError};

/// The environment this function reads.
pub const ENV: &[&str] =
    &["TABLE_NAME", "SECRET_ID", "PUBLIC_URL", "ORDERS_QUEUE_URL", "TRACKING_QUEUE_URL", "SOURCES_QUEUE_URL", "DEAD_QUEUE_URL"];

/// The longest one message takes: this function is stopped after thirty seconds.
const TAKES_MAX: Duration = Duration::from_secs(26);

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    settings: SettingsCache,
    outside: Outside,
    public_url: String,
    orders_queue_url: String,
    tracking_queue_url: String,
    sources_queue_url: String,
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
            settings: SettingsCache::default(),
            outside: Outside::default(),
            public_url: env::optional(get, "PUBLIC_URL").unwrap_or_default().trim_end_matches('/').to_owned(),
            orders_queue_url: env::required(get, "ORDERS_QUEUE_URL")?,
            tracking_queue_url: env::required(get, "TRACKING_QUEUE_URL")?,
            sources_queue_url: env::required(get, "SOURCES_QUEUE_URL")?,
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connections and reads the settings that the first event needs.
    pub async fn warm(&self) {
        let (keyring, ()) = tokio::join!(self.secrets.warm(), self.vault.ready());
        self.settings.warm(&self.vault, keyring.as_deref()).await;
    }

    async fn settings(&self, shop: &ShopId) -> Result<Option<Arc<VersionedSettings>>, NotNow> {
        Ok(self.settings.of(&self.vault, shop).await?)
    }

    async fn keyring(&self) -> Result<Arc<Keyring>, NotNow> {
        Ok(self.secrets.keyring().await?)
    }

    async fn put<M: serde::Serialize>(&self, queue_url: &str, messages: &[M]) -> Result<(), NotNow> {
        let bodies: Vec<String> = messages.iter().map(contracts::write).collect::<Result<_, _>>()?;
        Ok(queue::send_all(&self.dead.sqs, queue_url, bodies).await?)
    }
}

/// Why a message is not dealt with; it can be later.
#[derive(Debug, thiserror::Error)]
enum NotNow {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Queue(#[from] NotQueued),
    #[error(transparent)]
    Client(#[from] NoClient),
    #[error("a message cannot be written")]
    Unwritable(#[from] serde_json::Error),
    #[error("the source did not answer ({0})")]
    Source(String),
    #[error("time is up")]
    TimeIsUp,
}

/// What calls this function.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
pub enum Call {
    /// Messages of the queue.
    Messages(SqsEvent),
    /// The schedule: a message for the queue, where it has its tries and its dead letters like any other.
    Schedule(ToSources),
}

/// Handles a batch of messages, or puts what the schedule asks for on the queue.
///
/// # Errors
/// When the queue does not take what the schedule asks for: it tries again. Messages are answered for by themselves.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<Call>) -> Result<BatchAnswer, Error> {
    match event.payload {
        Call::Schedule(message) => {
            queue::send(&room.dead.sqs, &room.sources_queue_url, contracts::write(&message)?).await?;
            Ok(BatchAnswer::default())
        }
        Call::Messages(messages) => Ok(batch::each(room, &room.dead, LambdaEvent::new(messages, event.context), one).await),
    }
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let message = match contracts::read::<ToSources>(&record.body) {
        Ok(message) => message,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let tries = record.attributes.receive_count.parse().unwrap_or(1);
    match tokio::time::timeout(TAKES_MAX, dealt(&room, message, tries)).await.unwrap_or(Err(NotNow::TimeIsUp)) {
        Ok(outcome) => outcome,
        Err(why) => Outcome::Again(why.to_string()),
    }
}

async fn dealt(room: &Room, message: ToSources, tries: u32) -> Result<Outcome, NotNow> {
    match message {
        ToSources::InquiryDue { parcel, due_at } => inquiry::look(room, &parcel, due_at).await,
        ToSources::FetchDue { shop, source, id, told_at: _ } => fetch::order(room, &shop, &source, &id).await,
        ToSources::ConfirmDue { shop, source, subscription, proof } => {
            fetch::confirm(room, &shop, &source, &subscription, &proof).await
        }
        ToSources::KeysDue { shop, source } => fetch::keys(room, &shop, &source).await,
        ToSources::ReconcileDue { shop: None, .. } => reconcile::everywhere(room).await,
        ToSources::ReconcileDue { shop: Some(shop), source, page, run } => match source {
            Some(source) => reconcile::page(room, &shop, &source, page, run, tries).await,
            None => reconcile::at(room, &shop).await,
        },
    }
}
