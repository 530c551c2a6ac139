//! What was asked about a parcel, of whom and when: kept beside the parcel, and decided about by the room `sources`.

use crate::id::ParcelKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a source is asked about a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To push its news to us from now on.
    Register,
    /// The same before it forgets.
    Renew,
    /// What it knows now.
    Poll,
}

impl Ask {
    /// The word in logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Renew => "renew",
            Self::Poll => "poll",
        }
    }
}

/// What we asked about one parcel. It is armed when its order names it, and ends with the parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// About which parcel.
    pub parcel: ParcelKey,
    /// Where it is registered, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<Registered>,
    /// Of whom it was last asked: failures and refusals below are those of this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What that source refused for good: it is not asked for that again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<Ask>,
    /// When it was last asked after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// Attempts since the last one that was answered.
    #[serde(default)]
    pub failures: u32,
    /// The word for the last failure: for the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_with: Option<String>,
    /// When the armed timer is due, if one is armed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_due_at: Option<Timestamp>,
}

/// A registration at a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// At which.
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// When the source forgets it, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What the source calls it: for asking after it by that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Inquiry {
    /// An inquiry of which nothing was asked yet.
    #[must_use]
    pub fn new(parcel: ParcelKey) -> Self {
        Self {
            parcel,
            registered: None,
            source: None,
            refused: BTreeSet::new(),
            asked_at: None,
            failures: 0,
            failed_with: None,
            timer_due_at: None,
        }
    }
}
