//! Deliveries exactly as they came, kept for some days so that a mistake of ours in reading them can be repaired.
//!
//! A batch of a desk is one row: bodies of one source repeat each other's words, so that ten of them packed together take
//! little more than one, and a row is billed by its kilobytes. The table is encrypted, and its time to live deletes them.

use crate::{
    Vault, VaultError, document,
    key::{self, DELIVERY_SHARDS, Key},
    row::{self, number, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use boot::queue::code_of;
use contracts::KeptDelivery;
use domain::id::ShopId;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The longest packed document of a row; a row holds 400 KB.
const ROW_BYTES_MAX: usize = 380 * 1024;
/// Seconds of a day.
const DAY_S: i64 = 24 * 3600;

/// A delivery as a row has it.
#[derive(Serialize, Deserialize)]
struct Row {
    source: String,
    received_at: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    /// The body as text, or in base64 when it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    packed: Option<String>,
}

impl Row {
    fn of(delivery: &KeptDelivery) -> Self {
        let text = delivery.unpack().and_then(|body| String::from_utf8(body).ok());
        Self {
            source: delivery.source.clone(),
            received_at: delivery.received_at,
            headers: delivery.headers.clone(),
            packed: text.is_none().then(|| delivery.body.clone()),
            text,
        }
    }

    fn delivery(self) -> KeptDelivery {
        let Self { source, received_at, headers, text, packed } = self;
        match packed {
            Some(body) => KeptDelivery { source, received_at, headers, body },
            None => KeptDelivery::pack(&source, received_at, headers, text.unwrap_or_default().as_bytes()),
        }
    }
}

impl Vault {
    /// Keeps the deliveries of one batch for `days`. One write for each row of them: almost always one. The same batch again
    /// is the same row. What does not fit a row even by itself is not kept, and the log says so.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn keep_deliveries(&self, shop: &ShopId, deliveries: &[KeptDelivery], days: u32) -> Result<(), VaultError> {
        let mut pieces = vec![deliveries];
        while let Some(piece) = pieces.pop() {
            let Some(first) = piece.first() else { continue };
            let rows: Vec<Row> = piece.iter().map(Row::of).collect();
            let doc =
                serde_json::to_string(&rows).map_err(|_| VaultError::Unreadable { kind: "delivery", line: 0, column: 0 })?;
            let hash = Sha256::digest(doc.as_bytes());
            let doc = document::packed(doc);
            if size_of(&doc) > ROW_BYTES_MAX {
                if piece.len() == 1 {
                    let (shop, source) = (shop.as_str(), first.source.as_str());
                    tracing::warn!(shop, source, "a delivery is too large to be kept as it came");
                } else {
                    let (left, right) = piece.split_at(piece.len() / 2);
                    pieces.extend([left, right]);
                }
                continue;
            }
            let day = first.received_at.to_zoned(TimeZone::UTC).date();
            let name: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let key = Key { pk: key::deliveries_folder(shop, day, hash[0]), sk: format!("{}#{name}", first.received_at) };
            let mut item = row::key_item(&key);
            item.insert(row::DOC.to_owned(), doc);
            item.insert("expires_at".to_owned(), number(first.received_at.as_second() + i64::from(days) * DAY_S));
            let sent = self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await;
            sent.map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        }
        Ok(())
    }

    /// What came on a day (UTC), oldest first. Sixteen Queries and their further pages.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn deliveries_of(&self, shop: &ShopId, day: Date) -> Result<Vec<KeptDelivery>, VaultError> {
        let mut found = Vec::new();
        for shard in 0..DELIVERY_SHARDS {
            let folder = key::deliveries_folder(shop, day, shard);
            let mut pages = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(folder))
                .into_paginator()
                .items()
                .send();
            while let Some(item) = pages.next().await {
                let item = item.map_err(|error| VaultError::Unreachable(code_of(&error)))?;
                let unreadable = |line, column| VaultError::Unreadable { kind: "delivery", line, column };
                let doc = item.get(row::DOC).and_then(document::unpacked).ok_or(unreadable(0, 0))?;
                let rows: Vec<Row> = serde_json::from_str(&doc).map_err(|error| unreadable(error.line(), error.column()))?;
                found.extend(rows.into_iter().map(Row::delivery));
            }
        }
        found.sort_by(|one, other| (one.received_at, &one.body).cmp(&(other.received_at, &other.body)));
        Ok(found)
    }
}

fn size_of(doc: &AttributeValue) -> usize {
    match doc {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => 0,
    }
}
