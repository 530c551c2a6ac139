//! What is known of a shop's sources themselves: when each was last heard, its public keys, its pace, what reconciling found.

use crate::{
    CommitError, Vault, VaultError, Versioned,
    key::{self, HEARD_PREFIX, KEYS_PREFIX, Key, PACE_PREFIX, RECONCILED_PREFIX},
    row::{self, Item, number, text, text_of},
};
use aws_sdk_dynamodb::{error::SdkError, operation::put_item::PutItemError};
use boot::queue::code_of;
use domain::{
    id::{OrderKey, ParcelKey, ShopId},
    inquiry::Inquiry,
    order::Order,
};
use jiff::Timestamp;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// What the sort key of a row begins with that holds what a comparison put right before it is through.
const MENDING_PREFIX: &str = "MENDING#";
/// How long such a row is kept, in seconds: a comparison takes minutes.
const MENDING_KEPT_S: i64 = 86_400;
/// How often one process notes that a source was heard: what it says is to the minute, and costs next to nothing.
const NOTED_EVERY: Duration = Duration::from_mins(5);
/// Keys of one BatchGetItem (a DynamoDB limit).
const BATCH_GET_MAX: usize = 100;
/// Sources remembered by one process.
const REMEMBERED_MAX: usize = 1000;

/// What the last comparison of a storefront's orders with ours came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reconciled {
    /// When it began: the next one looks at what changed since then.
    pub began_at: Timestamp,
    /// When it was through, or was given up.
    pub ended_at: Timestamp,
    /// Orders compared.
    pub compared: u32,
    /// Orders that webhooks had missed.
    pub missed: u32,
    /// What was wrong with the webhooks and was put right, in words for the operator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mended: Vec<String>,
    /// Why it could not be done, if so: `credentials`, `http_404`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_with: Option<String>,
}

/// What is known of one source of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// When something of it was last taken by its desk, to five minutes.
    pub heard_at: Option<Timestamp>,
    /// What the last comparison of its orders came to.
    pub reconciled: Option<Reconciled>,
    /// Not asked before then: it said that we ask too often.
    pub not_before: Option<Timestamp>,
    /// When its public keys were last read.
    pub keys_read_at: Option<Timestamp>,
}

impl Vault {
    /// What is known of a shop's sources, by `storefront/shopify`, `carrier/easypost`. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn sources(&self, shop: &ShopId) -> Result<HashMap<String, SourceState>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(key::sources_folder(shop)))
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let mut known: HashMap<String, SourceState> = HashMap::new();
        for item in page.items() {
            let at = |name| text_of(item, name).and_then(|at| at.parse().ok());
            let Some((what, source)) = text_of(item, "sk").and_then(|sk| sk.split_once('#')) else { continue };
            let state = known.entry(source.to_owned()).or_default();
            match format!("{what}#").as_str() {
                HEARD_PREFIX => state.heard_at = at("at"),
                PACE_PREFIX => state.not_before = at("at"),
                KEYS_PREFIX => state.keys_read_at = at("at"),
                RECONCILED_PREFIX => state.reconciled = text_of(item, row::DOC).and_then(|doc| serde_json::from_str(doc).ok()),
                _ => {}
            }
        }
        Ok(known)
    }

    /// What the last comparison of a storefront's orders came to. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn reconciled(&self, shop: &ShopId, source: &str) -> Result<Option<Reconciled>, VaultError> {
        let item = self.source_row(shop, RECONCILED_PREFIX, &format!("storefront/{source}")).await?;
        Ok(item.as_ref().and_then(|item| text_of(item, row::DOC)).and_then(|doc| serde_json::from_str(doc).ok()))
    }

    /// Keeps it. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn keep_reconciled(&self, shop: &ShopId, source: &str, reconciled: &Reconciled) -> Result<(), VaultError> {
        let doc = serde_json::to_string(reconciled);
        let doc = doc.map_err(|_| VaultError::Unreadable { kind: "reconciled", line: 0, column: 0 })?;
        let attributes = HashMap::from([(row::DOC.to_owned(), text(doc))]);
        self.put_source(shop, RECONCILED_PREFIX, &format!("storefront/{source}"), attributes).await
    }

    /// Notes what the comparison that began at this moment put right before it began to compare. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn note_mending(
        &self,
        shop: &ShopId,
        source: &str,
        began_at: Timestamp,
        mended: &[String],
    ) -> Result<(), VaultError> {
        let attributes = HashMap::from([
            ("at".to_owned(), text(began_at.to_string())),
            ("mended".to_owned(), text(mended.join("\n"))),
            ("expires_at".to_owned(), number(began_at.as_second() + MENDING_KEPT_S)),
        ]);
        self.put_source(shop, MENDING_PREFIX, &format!("storefront/{source}"), attributes).await
    }

    /// What the comparison that began at this moment put right. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn mending(&self, shop: &ShopId, source: &str, began_at: Timestamp) -> Result<Vec<String>, VaultError> {
        let item = self.source_row(shop, MENDING_PREFIX, &format!("storefront/{source}")).await?;
        let item = item.filter(|item| text_of(item, "at") == Some(began_at.to_string().as_str()));
        let text = item.as_ref().and_then(|item| text_of(item, "mended")).unwrap_or_default();
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Keeps a source's public keys as it published them (a JWK Set). One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn keep_public_keys(&self, shop: &ShopId, source: &str, keys: &str, now: Timestamp) -> Result<(), VaultError> {
        let attributes = HashMap::from([("keys".to_owned(), text(keys)), ("at".to_owned(), text(now.to_string()))]);
        self.put_source(shop, KEYS_PREFIX, source, attributes).await
    }

    /// A source's public keys, and when they were read. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn public_keys(&self, shop: &ShopId, source: &str) -> Result<Option<(String, Timestamp)>, VaultError> {
        let item = self.source_row(shop, KEYS_PREFIX, source).await?;
        Ok(item.and_then(|item| Some((text_of(&item, "keys")?.to_owned(), text_of(&item, "at")?.parse().ok()?))))
    }

    /// Not before then a source may be asked again: it said that we ask too often. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn slow_down(&self, shop: &ShopId, source: &str, not_before: Timestamp) -> Result<(), VaultError> {
        let attributes = HashMap::from([
            ("at".to_owned(), text(not_before.to_string())),
            ("expires_at".to_owned(), number(not_before.as_second() + 3600)),
        ]);
        self.put_source(shop, PACE_PREFIX, source, attributes).await
    }

    /// Until when a source asked not to be asked, if it did. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn not_before(&self, shop: &ShopId, source: &str) -> Result<Option<Timestamp>, VaultError> {
        let item = self.source_row(shop, PACE_PREFIX, source).await?;
        Ok(item.and_then(|item| text_of(&item, "at")?.parse().ok()))
    }

    /// Orders of a shop, each at version 0 when unknown, in the order asked for. One read for up to 100.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn orders(&self, orders: &[OrderKey]) -> Result<Vec<Versioned<Order>>, VaultError> {
        let mut keys: Vec<Key> = orders.iter().map(key::order).collect();
        keys.sort_by(|one, other| one.pk.cmp(&other.pk));
        // A key that stands there twice is refused.
        keys.dedup();
        let mut items = Vec::new();
        for some in keys.chunks(BATCH_GET_MAX) {
            items.extend(self.batch_get(some).await?);
        }
        let mut known: HashMap<String, Versioned<Order>> = HashMap::new();
        for item in &items {
            let (version, value) = row::read("order", item)?;
            known.insert(text_of(item, "pk").unwrap_or_default().to_owned(), Versioned { value, version });
        }
        let unknown = |order: &OrderKey| Versioned { value: Order::new(order.shop.clone(), order.order.clone()), version: 0 };
        Ok(orders.iter().map(|order| known.get(&key::folder(order)).cloned().unwrap_or_else(|| unknown(order))).collect())
    }

    /// What was asked about a parcel; a new inquiry with version 0 when nothing was. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn inquiry(&self, parcel: &ParcelKey) -> Result<Versioned<Inquiry>, VaultError> {
        let found = self.get("inquiry", &key::inquiry(parcel)).await?;
        Ok(found.unwrap_or_else(|| Versioned { value: Inquiry::new(parcel.clone()), version: 0 }))
    }

    /// Keeps what was asked about a parcel, decided from the version read. One write.
    ///
    /// # Errors
    /// [`CommitError::Raced`] when somebody else wrote first.
    pub async fn keep_inquiry(&self, inquiry: &Versioned<Inquiry>) -> Result<(), CommitError> {
        let key = key::inquiry(&inquiry.value.parcel);
        let item = row::item(&key, inquiry.version + 1, &inquiry.value)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let request = if inquiry.version == 0 {
            request.condition_expression("attribute_not_exists(pk)")
        } else {
            request
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", row::VERSION)
                .expression_attribute_values(":version", number(inquiry.version))
        };
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), PutItemError::ConditionalCheckFailedException(_)) => {
                Err(CommitError::Raced)
            }
            Err(error) => Err(VaultError::Unreachable(code_of(&error)).into()),
        }
    }

    async fn source_row(&self, shop: &ShopId, prefix: &str, source: &str) -> Result<Option<Item>, VaultError> {
        let key = row::key_item(&key::of_source(shop, prefix, source));
        let answer = self.client.get_item().table_name(&self.table).set_key(Some(key)).send().await;
        answer.map(|answer| answer.item).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    async fn put_source(&self, shop: &ShopId, prefix: &str, source: &str, attributes: Item) -> Result<(), VaultError> {
        let mut item = row::key_item(&key::of_source(shop, prefix, source));
        item.extend(attributes);
        let sent = self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await;
        sent.map(|_| ()).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }
}

/// When each source was last heard, as this process noted it.
#[derive(Default)]
pub struct HeardNotes {
    noted: Mutex<HashMap<(ShopId, String), Instant>>,
}

impl HeardNotes {
    /// Notes that something of a source (`storefront/shopify`, `carrier/easypost`) was taken; at most one write in five
    /// minutes. That it fails is logged and no more: nothing depends on it.
    pub async fn heard(&self, vault: &Vault, shop: &ShopId, source: String, now: Timestamp) {
        let mut noted = self.noted.lock().await;
        if noted.get(&(shop.clone(), source.clone())).is_some_and(|at| at.elapsed() < NOTED_EVERY) {
            return;
        }
        let attributes = HashMap::from([("at".to_owned(), text(now.to_string()))]);
        if let Err(error) = vault.put_source(shop, HEARD_PREFIX, &source, attributes).await {
            tracing::warn!(shop = shop.as_str(), source, %error, "it is not noted that the source was heard");
        }
        if noted.len() >= REMEMBERED_MAX {
            noted.clear();
        }
        noted.insert((shop.clone(), source), Instant::now());
    }
}
