//! What was signed well but could not be read: kept aside for ninety days, and counted.

use crate::{
    Vault, VaultError, key,
    row::{self, number, text},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use boot::queue::code_of;
use contracts::{PARKED_BODY_BYTES_MAX, ParkedDelivery};
use domain::{id::ShopId, privacy::PrivacyRequest};
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

impl Vault {
    /// Keeps a request about a person's data until somebody has answered it; the same one again is the same row. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn keep_privacy_request(&self, shop: &ShopId, request: &PrivacyRequest) -> Result<(), VaultError> {
        let doc = serde_json::to_string(request);
        let doc = doc.map_err(|_| VaultError::Unreadable { kind: "privacy request", line: 0, column: 0 })?;
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(doc.as_bytes())[..12]);
        let mut item = row::key_item(&key::privacy_request(shop, request.requested_at, &hash));
        item.insert(row::DOC.to_owned(), text(doc));
        item.insert("expires_at".to_owned(), number(until(request.requested_at)));
        let sent = self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await;
        sent.map(|_| ()).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// The requests about persons' data of the last ninety days, the newest first, a hundred at most. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn privacy_requests(&self, shop: &ShopId) -> Result<Vec<PrivacyRequest>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(key::privacy_folder(shop)))
            .scan_index_forward(false)
            .limit(100)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let read = |item| serde_json::from_str(row::text_of(item, row::DOC)?).ok();
        Ok(page.items().iter().filter_map(read).collect())
    }

    /// What of a source could not be read in the last ninety days: topics kept aside and status codes nobody knows, each with
    /// how often it came and when it last did. One Query, a hundred rows at most.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn unread_of(&self, shop: &ShopId, source: &str) -> Result<Vec<Unread>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .projection_expression("sk, seen, received_at")
            .expression_attribute_values(":pk", text(key::unread_folder(shop, source)))
            .limit(100)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let read = |item: &row::Item| {
            let sk = row::text_of(item, "sk")?;
            let (word, is_code) = match sk.strip_prefix("CODE#") {
                Some(code) => (code, true),
                None => (sk.rsplit_once('#')?.0, false),
            };
            let seen = item.get("seen")?.as_n().ok()?.parse().ok()?;
            Some(Unread { word: word.to_owned(), is_code, seen, last_at: row::text_of(item, "received_at")?.parse().ok()? })
        };
        Ok(page.items().iter().filter_map(read).collect())
    }
}

/// Something of a source that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The topic, or the code.
    pub word: String,
    /// Whether it is a status code rather than a topic.
    pub is_code: bool,
    /// How often it came.
    pub seen: u64,
    /// When it last did.
    pub last_at: Timestamp,
}

fn until(from: Timestamp) -> i64 {
    from.as_second() + KEPT_FOR.as_secs()
}
