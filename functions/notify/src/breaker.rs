//! Whether a shop's mail is held back, as this process last read it.

use domain::{breaker, id::ShopId};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use store::{Vault, VaultError};
use tokio::sync::Mutex;

/// How long an answer is used before it is asked for again.
const FRESH_FOR: Duration = Duration::from_mins(1);
/// Shops remembered by one process.
const SHOPS_MAX: usize = 1000;

/// The breakers of the shops.
#[derive(Default)]
pub struct Breaker {
    known: Mutex<HashMap<ShopId, (Instant, bool)>>,
}

impl Breaker {
    /// Whether the mail of a shop is held back; at most a minute old.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn is_open(&self, vault: &Vault, shop: &ShopId) -> Result<bool, VaultError> {
        let mut known = self.known.lock().await;
        if let Some((_, is_open)) = known.get(shop).filter(|(read_at, _)| read_at.elapsed() < FRESH_FOR) {
            return Ok(*is_open);
        }
        let is_open = breaker::is_open(&vault.mail_counts(shop).await?);
        if known.len() >= SHOPS_MAX {
            known.clear();
        }
        known.insert(shop.clone(), (Instant::now(), is_open));
        Ok(is_open)
    }
}
