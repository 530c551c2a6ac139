//! Timers: rows in buckets of an hour, spread over shards, swept every minute.

use crate::{
    Vault, VaultError,
    key::Key,
    row::{self, Item, text, text_of},
};
use boot::queue::code_of;
use domain::id::ParcelKey;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Partitions of one hour's timers.
pub const TIMER_SHARDS: u8 = 4;
/// Hours looked back at most when sweeps were missed: the longest an outage may last unnoticed.
const HOURS_BACK_MAX: i64 = 14 * 24;
/// Timers read from one shard at once.
const PAGE: i32 = 100;

/// A timer that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTimer {
    /// About which parcel.
    pub parcel: ParcelKey,
    /// When it was due.
    pub due_at: Timestamp,
    key: Key,
}

fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3600)
}

fn pk(hour: i64, shard: u8) -> String {
    let start = Timestamp::from_second(hour * 3600).unwrap_or_default();
    format!("TIMER#{}#{shard}", start.strftime("%Y-%m-%dT%H"))
}

/// The row of a timer. One that is already due goes into the current hour, where the next sweep looks.
pub(crate) fn row(parcel: &ParcelKey, due_at: Timestamp, now: Timestamp) -> (Key, Item) {
    let about = parcel.to_string();
    let shard = Sha256::digest(about.as_bytes())[0] % TIMER_SHARDS;
    // Whole seconds: the sort key is compared as text, and a fraction would sort before the whole second.
    let due = Timestamp::from_second(due_at.as_second()).unwrap_or(due_at);
    let key = Key { pk: pk(hour(due_at.max(now)), shard), sk: format!("{due}#parcel#{about}") };
    let attributes = HashMap::from([
        ("shop".to_owned(), text(parcel.shop.as_str())),
        ("carrier".to_owned(), text(parcel.carrier.as_str())),
        ("number".to_owned(), text(parcel.number.as_str())),
        ("due_at".to_owned(), text(due.to_string())),
    ]);
    (key, attributes)
}

impl Vault {
    /// The hour from which timers have to be looked at: where the last sweep left off, or an hour ago. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn timer_cursor(&self, now: Timestamp) -> Result<i64, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text("TIMER#CURSOR"))
            .limit(1)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let kept = page.items().first().and_then(|item| text_of(item, "hour")).and_then(|hour| hour.parse::<i64>().ok());
        Ok(kept.unwrap_or(hour(now) - 1).max(hour(now) - HOURS_BACK_MAX).min(hour(now)))
    }

    /// The timers of one hour and shard that are due, at most a hundred. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn due_timers(&self, hour: i64, shard: u8, now: Timestamp) -> Result<Vec<DueTimer>, VaultError> {
        let until = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk <= :until")
            .expression_attribute_values(":pk", text(pk(hour, shard)))
            .expression_attribute_values(":until", text(format!("{until}#~")))
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let mut due = Vec::new();
        for item in page.items() {
            let part = |name| text_of(item, name).unwrap_or_default();
            let parcel = (part("shop").parse(), part("carrier").parse(), part("number").parse());
            let (Ok(shop), Ok(carrier), Ok(number)) = parcel else {
                return Err(VaultError::Unreadable { kind: "timer", line: 0, column: 0 });
            };
            let due_at = part("due_at").parse().unwrap_or(now);
            let key = Key { pk: part("pk").to_owned(), sk: part("sk").to_owned() };
            due.push(DueTimer { parcel: ParcelKey { shop, carrier, number }, due_at, key });
        }
        Ok(due)
    }

    /// Removes a timer whose message is on its queue. Removed twice, nothing happens.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn remove_timer(&self, timer: &DueTimer) -> Result<(), VaultError> {
        let deleted = self.client.delete_item().table_name(&self.table).set_key(Some(row::key_item(&timer.key))).send().await;
        deleted.map(|_| ()).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// Remembers that everything before the previous hour is swept. The previous hour stays in view, for timers armed by a
    /// clock a little behind.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn move_timer_cursor(&self, now: Timestamp) -> Result<(), VaultError> {
        let key = Key { pk: "TIMER#CURSOR".to_owned(), sk: "CURSOR".to_owned() };
        let mut item = row::key_item(&key);
        item.insert("hour".to_owned(), text((hour(now) - 1).to_string()));
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await;
        put.map(|_| ()).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// The hour of a moment, as the other calls here count it.
    #[must_use]
    pub fn timer_hour(now: Timestamp) -> i64 {
        hour(now)
    }
}
