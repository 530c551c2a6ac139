//! What every desk has in reach: the vault, the shops' settings, and where messages go that can never be handled.

use crate::{HeardNotes, LaneCache, SettingsCache, Vault};
use boot::{
    StartError,
    aws::Aws,
    batch::{BatchAnswer, DeadLetters, SqsEvent, SqsRecord},
    env,
};
use contracts::KeptDelivery;
use domain::{id::ShopId, settings::SourceRules};
use std::collections::BTreeMap;

/// A desk. Its environment is `TABLE_NAME` and `DEAD_QUEUE_URL`.
pub struct Desk {
    /// Without lookups.
    pub vault: Vault,
    /// At most a minute old.
    pub settings: SettingsCache,
    /// At most an hour old.
    pub lanes: LaneCache,
    /// Which sources were heard.
    pub heard: HeardNotes,
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
            heard: HeardNotes::default(),
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connection the first event needs.
    pub async fn warm(&self) {
        self.vault.ready().await;
    }

    /// Takes the deliveries that are to be kept out of a batch and keeps them, one row for all of a shop; whatever else the
    /// batch holds stays in it. Those that could not be kept are in the answer, and come again.
    ///
    /// `side` is the door they came through, `storefront` or `carrier`: that their source was heard is noted beside.
    pub async fn keep(&self, event: &mut SqsEvent, side: &str) -> BatchAnswer {
        let mut by_shop: BTreeMap<ShopId, Vec<(SqsRecord, KeptDelivery)>> = BTreeMap::new();
        for record in std::mem::take(&mut event.records) {
            match contracts::kept(&record.body) {
                Some((shop, delivery)) => by_shop.entry(shop).or_default().push((record, delivery)),
                None => event.records.push(record),
            }
        }
        let mut answer = BatchAnswer::default();
        for (shop, records) in by_shop {
            let (records, deliveries): (Vec<_>, Vec<_>) = records.into_iter().unzip();
            if let Err(error) = self.keep_for(&shop, side, &deliveries).await {
                tracing::warn!(shop = shop.as_str(), %error, "deliveries are not kept yet, their messages come again");
                records.into_iter().for_each(|record| answer.failed(record.message_id));
            }
        }
        answer
    }

    async fn keep_for(&self, shop: &ShopId, side: &str, deliveries: &[KeptDelivery]) -> Result<(), crate::VaultError> {
        let settings = self.settings.of(&self.vault, shop).await?;
        let days = settings
            .map_or_else(|| SourceRules::default().keep_deliveries_days, |known| known.settings.sources.keep_deliveries_days);
        if days > 0 {
            self.vault.keep_deliveries(shop, deliveries, days).await?;
        }
        let mut heard: BTreeMap<&str, jiff::Timestamp> = BTreeMap::new();
        for delivery in deliveries {
            let last = heard.entry(&delivery.source).or_insert(delivery.received_at);
            *last = (*last).max(delivery.received_at);
        }
        for (source, at) in heard {
            self.heard.heard(&self.vault, shop, format!("{side}/{source}"), at).await;
        }
        Ok(())
    }
}
