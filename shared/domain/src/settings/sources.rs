//! Where a shop's news comes from: the carriers it ships with, who is asked about parcels, and its storefronts' own APIs.

use super::BadSetting;
use crate::id::CarrierCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Trackers of one shop: more would be a list of everything there is.
pub const TRACKERS_MAX: usize = 20;
/// The longest that raw deliveries are kept, in days.
pub const DELIVERIES_DAYS_MAX: u32 = 365;

/// Where a shop's news comes from. What opens an API stands in the deployment's secret, under `partner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceRules {
    /// The carriers this shop ships with in our codes, the likeliest first: they decide between carriers whose numbers look
    /// alike.
    pub carriers: Vec<CarrierCode>,
    /// Who is told of a parcel when its number becomes known, and asked when nothing is heard of it; the first one that
    /// fits a parcel's carrier has it.
    pub trackers: Vec<Tracker>,
    /// The storefronts' own APIs, by source: what a webhook leaves out is fetched there, and what webhooks missed is found.
    pub storefronts: BTreeMap<String, StorefrontApi>,
    /// Days that deliveries are kept as they came, so that a mistake of ours in reading them can be repaired; 0: not at all.
    pub keep_deliveries_days: u32,
}

impl Default for SourceRules {
    fn default() -> Self {
        Self { carriers: Vec::new(), trackers: Vec::new(), storefronts: BTreeMap::new(), keep_deliveries_days: 30 }
    }
}

/// An aggregator or carrier that is asked about parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// Its name, as in the address of its webhooks: `easypost`.
    pub source: String,
    /// For which carriers; an empty list is all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carriers: Vec<CarrierCode>,
    /// Whether a number is registered there when it becomes known, so that its news is pushed to us.
    #[serde(default = "yes")]
    pub register: bool,
    /// Hours without news after which it is asked; 0: never.
    #[serde(default = "a_day")]
    pub poll_after_hours: u32,
    /// Its API when it is not at its public address: a server of one's own, a sandbox. No slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it calls the account: an account number of UPS or DHL, where it wants one beside the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

fn yes() -> bool {
    true
}

fn a_day() -> u32 {
    24
}

/// A storefront's own API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorefrontApi {
    /// `https://demo.myshopify.com`, `https://shop.example`, `https://api.bigcommerce.com/stores/abc`; no slash at the end.
    pub url: String,
    /// Whether its orders are compared with ours each hour, and its webhooks looked after.
    #[serde(default = "yes")]
    pub reconcile: bool,
}

impl SourceRules {
    /// Who is asked about parcels of a carrier.
    #[must_use]
    pub fn tracker(&self, carrier: &CarrierCode) -> Option<&Tracker> {
        self.trackers.iter().find(|tracker| tracker.carriers.is_empty() || tracker.carriers.contains(carrier))
    }

    /// Checks what types cannot say.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn checked(&self) -> Result<(), BadSetting> {
        let sure = |url: &String| {
            !url.ends_with('/')
                && ["https://", "http://127.0.0.1:", "http://localhost:"].iter().any(|start| url.starts_with(start))
        };
        if self.trackers.len() > TRACKERS_MAX {
            return Err(BadSetting { field: "sources.trackers", problem: "must be at most 20" });
        }
        if !self.trackers.iter().filter_map(|tracker| tracker.url.as_ref()).all(sure) {
            return Err(BadSetting {
                field: "sources.trackers.url",
                problem: "must start with https:// and have no slash at the end",
            });
        }
        if self.trackers.iter().any(|tracker| tracker.poll_after_hours > 24 * 30) {
            return Err(BadSetting { field: "sources.trackers.poll_after_hours", problem: "must be at most 720" });
        }
        if !self.storefronts.values().map(|api| &api.url).all(sure) {
            return Err(BadSetting {
                field: "sources.storefronts.url",
                problem: "must start with https:// and have no slash at the end",
            });
        }
        if self.keep_deliveries_days > DELIVERIES_DAYS_MAX {
            return Err(BadSetting { field: "sources.keep_deliveries_days", problem: "must be at most 365" });
        }
        Ok(())
    }
}
