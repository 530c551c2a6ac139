//! The history of lanes: one row for each shop, carrier and destination country, counting parcels by business days.

use crate::{
    Vault, VaultError, key,
    row::{self, Item, number},
};
use boot::queue::code_of;
use domain::lane::{LANE_DAYS_MAX, Lane, LaneKey};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::RwLock;

/// How long a lane is used before it is read again: it moves by one parcel in thousands.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// Lanes a process remembers; more than a shop has.
const LANES_MAX: usize = 500;

/// Lanes as they were read lately, so that an expected day costs no read for each scan.
#[derive(Debug, Clone, Default)]
pub struct LaneCache {
    known: Arc<RwLock<BTreeMap<LaneKey, (Instant, Lane)>>>,
}

impl LaneCache {
    /// A lane, read at most once an hour.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn of(&self, vault: &Vault, lane: &LaneKey) -> Result<Lane, VaultError> {
        if let Some((at, known)) = self.known.read().await.get(lane)
            && at.elapsed() < FRESH_FOR
        {
            return Ok(known.clone());
        }
        let found = vault.lane(lane).await?;
        let mut known = self.known.write().await;
        if known.len() >= LANES_MAX {
            known.clear();
        }
        known.insert(lane.clone(), (Instant::now(), found.clone()));
        Ok(found)
    }
}

impl Vault {
    /// A lane as counted so far. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn lane(&self, lane: &LaneKey) -> Result<Lane, VaultError> {
        let answer = self.client.get_item().table_name(&self.table).set_key(Some(row::key_item(&key::lane(lane)))).send().await;
        let item = answer.map_err(|error| VaultError::Unreachable(code_of(&error)))?.item.unwrap_or_default();
        let count = |days: usize| count_of(&item, days);
        Ok(Lane { counts: (0..=LANE_DAYS_MAX).map(count).collect() })
    }

    /// Counts one parcel that took so many business days. Called after its delivery is committed, so that it is counted at
    /// most once: a count lost in a crash moves a percentile by nothing.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn count_on_lane(&self, lane: &LaneKey, days: usize) -> Result<(), VaultError> {
        let added = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key::lane(lane))))
            .update_expression("ADD #days :one")
            .expression_attribute_names("#days", name(days))
            .expression_attribute_values(":one", number(1))
            .send()
            .await;
        added.map(|_| ()).map_err(|error| VaultError::Unreachable(code_of(&error)))
    }
}

fn name(days: usize) -> String {
    format!("days_{:02}", days.min(LANE_DAYS_MAX))
}

fn count_of(item: &Item, days: usize) -> u32 {
    item.get(&name(days)).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok()).unwrap_or(0)
}
