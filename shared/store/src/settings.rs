//! Shops' settings: versioned rows, and a cache of a minute for functions that need them at every event.

use crate::{
    Vault, VaultError, key,
    load::Versioned,
    row::{self, read, text},
};
use aws_sdk_dynamodb::{error::SdkError, operation::put_item::PutItemError};
use boot::{queue::code_of, secrets::Keyring};
use domain::{
    id::ShopId,
    settings::{ShopSettings, VersionedSettings},
};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// How long settings are used before they are read again.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// Shops remembered by one process.
const SHOPS_MAX: usize = 1000;

impl Vault {
    /// The newest settings of a shop, or `None` for a shop that has none. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn settings(&self, shop: &ShopId) -> Result<Option<VersionedSettings>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :settings)")
            .expression_attribute_values(":pk", text(key::settings_folder(shop)))
            .expression_attribute_values(":settings", text("SETTINGS#"))
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let Some(item) = page.items().first() else { return Ok(None) };
        let (_, settings) = read("settings", item)?;
        let version =
            row::text_of(item, "sk").and_then(|sk| sk.strip_prefix("SETTINGS#")).and_then(|v| v.parse().ok()).unwrap_or(0);
        Ok(Some(VersionedSettings { version, settings }))
    }

    /// Puts settings in force as the next version, unless they are the ones in force. Answers the version that is in force
    /// now, or `None` when somebody else put another version in force at the same moment.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn put_settings(&self, shop: &ShopId, settings: &ShopSettings) -> Result<Option<u32>, VaultError> {
        let current = self.settings(shop).await?;
        if let Some(current) = current.as_ref().filter(|current| current.settings == *settings) {
            return Ok(Some(current.version));
        }
        let version = current.map_or(0, |current| current.version) + 1;
        let row = Versioned { value: settings, version: 0 };
        let item = row::item(&key::settings(shop, version), 1, &row.value)?;
        let put =
            self.client.put_item().table_name(&self.table).set_item(Some(item)).condition_expression("attribute_not_exists(pk)");
        match put.send().await {
            Ok(_) => Ok(Some(version)),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), PutItemError::ConditionalCheckFailedException(_)) => Ok(None),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }
}

/// When settings were read, and what was found.
type Remembered = (Instant, Option<Arc<VersionedSettings>>);

/// Settings as a process remembers them.
#[derive(Default)]
pub struct SettingsCache {
    known: Mutex<HashMap<ShopId, Remembered>>,
}

impl SettingsCache {
    /// At INIT: reads the settings of the deployment's first shop, since most deployments have one. A failure is not one yet.
    pub async fn warm(&self, vault: &Vault, keyring: Option<&Keyring>) {
        let Some(shop) = keyring.and_then(|keyring| keyring.shops().next()) else { return };
        if let Err(error) = self.of(vault, shop).await {
            tracing::warn!(%error, "the settings could not be read at start");
        }
    }

    /// The settings of a shop, at most a minute old; `None` for a shop that has none.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn of(&self, vault: &Vault, shop: &ShopId) -> Result<Option<Arc<VersionedSettings>>, VaultError> {
        let mut known = self.known.lock().await;
        if let Some((_, settings)) = known.get(shop).filter(|(read_at, _)| read_at.elapsed() < FRESH_FOR) {
            return Ok(settings.clone());
        }
        let settings = vault.settings(shop).await?.map(Arc::new);
        if known.len() >= SHOPS_MAX {
            known.clear();
        }
        known.insert(shop.clone(), (Instant::now(), settings.clone()));
        Ok(settings)
    }
}
