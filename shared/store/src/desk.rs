//! What every desk has in reach: the vault, the shops' settings, and where messages go that can never be handled.

use crate::{LaneCache, SettingsCache, Vault};
use boot::{StartError, aws::Aws, batch::DeadLetters, env};

/// A desk. Its environment is `TABLE_NAME` and `DEAD_QUEUE_URL`.
pub struct Desk {
    /// Without lookups.
    pub vault: Vault,
    /// At most a minute old.
    pub settings: SettingsCache,
    /// At most an hour old.
    pub lanes: LaneCache,
    /// Of this desk's queue.
    pub dead: DeadLetters,
}

impl Desk {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        Self::with(&Aws::from_env(get)?, get)
    }

    /// A desk over clients that are made already.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn with(aws: &Aws, get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            settings: SettingsCache::default(),
            lanes: LaneCache::default(),
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connection the first event needs.
    pub async fn warm(&self) {
        self.vault.warm().await;
    }
}
