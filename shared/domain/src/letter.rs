//! A letter: a reason to write to somebody.

mod kind;
mod ledger;
mod truth;

pub use kind::{LetterKind, Purpose};
pub use ledger::{HeldBecause, LetterRecord, LetterState, MaySend, Suppressed, may_send};
pub use truth::is_still_true;

use crate::id::{LetterId, OrderKey, ParcelKey, ReturnId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a letter is about, beside its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum About {
    /// The order itself.
    Order,
    /// One parcel, and the code of the moment (`damaged`, a date) where a kind has several.
    Parcel {
        /// Which.
        parcel: ParcelKey,
        /// Which moment.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// One return, and what a kind tells beside it (an amount of money, a day).
    Return {
        /// Which.
        #[serde(rename = "return")]
        return_: ReturnId,
        /// What.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
}

impl About {
    /// What tells several of one kind apart; empty where a kind has one.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Order => "",
            Self::Parcel { detail, .. } | Self::Return { detail, .. } => detail,
        }
    }

    /// The parcel, when it is about one.
    #[must_use]
    pub fn parcel(&self) -> Option<&ParcelKey> {
        match self {
            Self::Parcel { parcel, .. } => Some(parcel),
            Self::Order | Self::Return { .. } => None,
        }
    }
}

/// A reason to write. What it says is rendered from the state of things at the moment of sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The same for the same reason.
    pub id: LetterId,
    /// What for.
    pub kind: LetterKind,
    /// To whose customer.
    pub order: OrderKey,
    /// About what.
    pub about: About,
    /// When the thing happened.
    pub occurred_at: Timestamp,
}

/// Ways to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// WhatsApp, by templates that Meta has approved.
    Whatsapp,
}

impl Channel {
    /// Every channel, the one that carries most first.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Whatsapp];

    /// The word in keys, tags and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
        }
    }
}
