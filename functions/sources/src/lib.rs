//! Asks storefronts and carriers what they did not tell: registers numbers, asks after silent parcels, finds missed orders.
//!
//! What it hears goes to the desks' queues, as if it had come through a door.

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use contracts::ToSources;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
use store::{SettingsCache, Vault};

/// The environment this function reads.
pub const ENV: &[&str] =
    &["TABLE_NAME", "SECRET_ID", "PUBLIC_URL", "ORDERS_QUEUE_URL", "TRACKING_QUEUE_URL", "SOURCES_QUEUE_URL", "DEAD_QUEUE_URL"];

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    settings: SettingsCache,
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
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.vault.warm());
    }
}

/// Handles a batch of messages.
///
/// # Errors
/// Never: every message is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let _ = &room.settings;
    match contracts::read::<ToSources>(&record.body) {
        Ok(_) => Outcome::Done,
        Err(unreadable) => Outcome::Never(unreadable.to_string()),
    }
}
