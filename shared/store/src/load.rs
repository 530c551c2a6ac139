//! Reads aggregates with the version their next write must find unchanged.

use crate::{
    Vault, VaultError,
    key::{self, Key, ORDER_SK, RETURN_PREFIX},
    row::{self, Item, read, text, text_of},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use boot::queue::code_of;
use domain::{
    id::{OrderKey, ParcelKey, ShopId},
    order::Order,
    parcel::Parcel,
    return_::Return,
};
use serde::de::DeserializeOwned;

/// Keys of one BatchGetItem (a DynamoDB limit).
const BATCH_GET_MAX: usize = 100;
/// Times a BatchGetItem is asked again for keys DynamoDB left out.
const BATCH_GET_TRIES: u32 = 4;

/// An aggregate and the version it was read at; version 0 is a row that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// What it is.
    pub value: T,
    /// At which version.
    pub version: u64,
}

/// An order and its returns: what one Query brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The order.
    pub order: Versioned<Order>,
    /// Its returns, by id.
    pub returns: Vec<Versioned<Return>>,
}

/// Where a long reading goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct PageKey(Item);

/// Some parcels of a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelPage {
    /// Them, each with its version.
    pub parcels: Vec<Versioned<Parcel>>,
    /// Where to go on; none: that was the last page.
    pub next: Option<PageKey>,
}

impl Vault {
    /// An order, or one of which nothing is known at version 0. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn order(&self, order: &OrderKey) -> Result<Versioned<Order>, VaultError> {
        let found = self.get("order", &key::order(order)).await?;
        Ok(found.unwrap_or_else(|| Versioned { value: Order::new(order.shop.clone(), order.order.clone()), version: 0 }))
    }

    /// A parcel, or one of which nothing is known at version 0. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn parcel(&self, parcel: &ParcelKey) -> Result<Versioned<Parcel>, VaultError> {
        let found = self.get("parcel", &key::parcel(parcel)).await?;
        Ok(found.unwrap_or_else(|| Versioned { value: Parcel::new(parcel.clone()), version: 0 }))
    }

    /// Parcels, each at version 0 when unknown, in the order asked for. One read for up to 100.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn parcels(&self, parcels: &[ParcelKey]) -> Result<Vec<Versioned<Parcel>>, VaultError> {
        let keys: Vec<Key> = parcels.iter().map(key::parcel).collect();
        let mut items = Vec::new();
        for some in keys.chunks(BATCH_GET_MAX) {
            items.extend(self.batch_get(some).await?);
        }
        let mut out = Vec::with_capacity(parcels.len());
        for (parcel, key) in parcels.iter().zip(&keys) {
            let item = items.iter().find(|item| text_of(item, "pk") == Some(&key.pk));
            out.push(match item {
                None => Versioned { value: Parcel::new(parcel.clone()), version: 0 },
                Some(item) => {
                    let (version, value) = read("parcel", item)?;
                    Versioned { value, version }
                }
            });
        }
        Ok(out)
    }

    /// Some parcels of a shop, in no order, and where to go on. It reads the whole table piece by piece: for an operator's
    /// program, not for a function.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn parcel_page(&self, shop: &ShopId, from: Option<PageKey>) -> Result<ParcelPage, VaultError> {
        let page = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("begins_with(pk, :parcels)")
            .expression_attribute_values(":parcels", text(key::parcels_of(shop)))
            .set_exclusive_start_key(from.map(|from| from.0))
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let mut parcels = Vec::new();
        for item in page.items() {
            let (version, value) = read("parcel", item)?;
            parcels.push(Versioned { value, version });
        }
        Ok(ParcelPage { parcels, next: page.last_evaluated_key.map(PageKey) })
    }

    /// An order with its returns, or `None` when neither exists. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn folder(&self, order: &OrderKey) -> Result<Option<Folder>, VaultError> {
        // From "ORDER" on: letters and errands sort before it, and there are at most twenty returns behind it.
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk >= :order")
            .expression_attribute_values(":pk", text(key::folder(order)))
            .expression_attribute_values(":order", text(ORDER_SK));
        let mut found = None;
        let mut returns = Vec::new();
        loop {
            let page = query.clone().send().await.map_err(|error| VaultError::Unreachable(code_of(&error)))?;
            for item in page.items() {
                match text_of(item, "sk") {
                    Some(ORDER_SK) => {
                        let (version, value) = read("order", item)?;
                        found = Some(Versioned { value, version });
                    }
                    Some(sk) if sk.starts_with(RETURN_PREFIX) => {
                        let (version, value) = read("return", item)?;
                        returns.push(Versioned { value, version });
                    }
                    _ => {}
                }
            }
            match page.last_evaluated_key {
                Some(from) => query = query.set_exclusive_start_key(Some(from)),
                None => break,
            }
        }
        Ok(found.map(|order| Folder { order, returns }))
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        key: &Key,
    ) -> Result<Option<Versioned<T>>, VaultError> {
        let answer =
            self.client.get_item().table_name(&self.table).consistent_read(true).set_key(Some(row::key_item(key))).send().await;
        let answer = answer.map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        answer.item.map(|item| read(kind, &item).map(|(version, value)| Versioned { value, version })).transpose()
    }

    pub(crate) async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, VaultError> {
        let unreachable = |code: String| VaultError::Unreachable(code);
        let mut wanted: Vec<Item> = keys.iter().map(row::key_item).collect();
        let mut items = Vec::new();
        for _ in 0..BATCH_GET_TRIES {
            if wanted.is_empty() {
                return Ok(items);
            }
            let ask = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let ask = ask.map_err(|error| unreachable(error.to_string()))?;
            let answer = self.client.batch_get_item().request_items(&self.table, ask).send().await;
            let mut answer = answer.map_err(|error| unreachable(code_of(&error)))?;
            items.extend(answer.responses.take().and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default());
            let left = answer.unprocessed_keys.take().and_then(|mut tables| tables.remove(&self.table));
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        if wanted.is_empty() { Ok(items) } else { Err(unreachable("UnprocessedKeys".to_owned())) }
    }
}
