//! Public keys of sources that sign with a private one, as one process knows them.

use domain::id::ShopId;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Vault, VaultError};
use tokio::sync::Mutex;

/// How long public keys are used before they are read again.
const KEYS_FRESH_FOR: Duration = Duration::from_mins(5);
/// Sources remembered by one process.
const REMEMBERED_MAX: usize = 1000;

/// Keys, and when they were read.
type ReadKeys = (Instant, Option<Arc<str>>);

/// Public keys of sources as this process knows them.
#[derive(Default)]
pub struct PublicKeys {
    known: Mutex<HashMap<(ShopId, String), ReadKeys>>,
}

impl PublicKeys {
    /// A source's public keys (a JWK Set), at most five minutes old, or older while they cannot be read; `None` when there
    /// are none yet.
    ///
    /// # Errors
    /// When they were never read and cannot be.
    pub async fn of(&self, vault: &Vault, shop: &ShopId, source: &str) -> Result<Option<Arc<str>>, VaultError> {
        let mut known = self.known.lock().await;
        let name = (shop.clone(), source.to_owned());
        if let Some((_, keys)) = known.get(&name).filter(|(read_at, _)| read_at.elapsed() < KEYS_FRESH_FOR) {
            return Ok(keys.clone());
        }
        let keys = match (vault.public_keys(shop, source).await, known.get(&name)) {
            (Ok(keys), _) => keys.map(|(keys, _)| Arc::from(keys)),
            (Err(_), Some((_, Some(old)))) => return Ok(Some(old.clone())),
            (Err(error), _) => return Err(error),
        };
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        // That there are none is not remembered: they may be on their way.
        if keys.is_some() {
            known.insert(name, (Instant::now(), keys.clone()));
        }
        Ok(keys)
    }

    /// Forgets the keys of a source, so that the next delivery reads them again: one was signed with another key.
    pub async fn forget(&self, shop: &ShopId, source: &str) {
        self.known.lock().await.remove(&(shop.clone(), source.to_owned()));
    }
}
