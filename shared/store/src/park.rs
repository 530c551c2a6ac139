//! What was signed well but could not be read: kept aside for ninety days, and counted.

use crate::{
    Vault, VaultError, key,
    row::{self, number, text},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use boot::queue::code_of;
use contracts::{PARKED_BODY_BYTES_MAX, ParkedDelivery};
use domain::id::ShopId;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// How long it is kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Vault {
    /// Keeps a delivery aside. The same body again only counts. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn park(&self, shop: &ShopId, delivery: &ParkedDelivery) -> Result<(), VaultError> {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(delivery.body.as_bytes())[..12]);
        let key = key::parked(shop, &delivery.source, &delivery.topic, &hash);
        let mut end = delivery.body.len().min(PARKED_BODY_BYTES_MAX);
        while !delivery.body.is_char_boundary(end) {
            end -= 1;
        }
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("SET body = :body, received_at = :at, expires_at = :until ADD seen :one")
            .expression_attribute_values(":body", text(&delivery.body[..end]))
            .expression_attribute_values(":at", text(delivery.received_at.to_string()))
            .expression_attribute_values(":until", number(until(delivery.received_at)))
            .expression_attribute_values(":one", number(1))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// Counts a status code we do not know. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn count_unknown_code(&self, shop: &ShopId, source: &str, code: &str, now: Timestamp) -> Result<(), VaultError> {
        let key = key::unknown_code(shop, source, code);
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("SET received_at = :at, expires_at = :until ADD seen :one")
            .expression_attribute_values(":at", text(now.to_string()))
            .expression_attribute_values(":until", number(until(now)))
            .expression_attribute_values(":one", number(1))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| VaultError::Unreachable(code_of(&error)))
    }
}

fn until(from: Timestamp) -> i64 {
    from.as_second() + KEPT_FOR.as_secs()
}
