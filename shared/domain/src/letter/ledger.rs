//! The ledger: what became of a letter on each channel, and whether it may be taken to its provider now.

use super::{Channel, Letter};
use crate::id::LetterId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a letter was not sent on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// Nobody to write to on this channel.
    NoAddress,
    /// The address bounced for good or complained.
    AddressRefuses,
    /// The person said stop.
    OptedOut,
    /// No longer true when it was to be sent (an order cancelled before it was confirmed).
    NoLongerTrue,
    /// The thing happened longer ago than the shop tells news.
    TooOld,
    /// The customer turned this off in their preferences.
    TurnedOff,
    /// The customer asked for silence until a day.
    Paused,
    /// It is marketing, and nobody agreed to that.
    NoConsent,
}

impl Suppressed {
    /// The reason as a sentence for the staff.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoAddress => "there is nobody to write to on this channel",
            Self::AddressRefuses => "the mailbox bounced for good, or its owner complained",
            Self::OptedOut => "the owner of the phone said stop",
            Self::NoLongerTrue => "it was no longer true when it was to be sent",
            Self::TooOld => "it happened longer ago than the shop tells news",
            Self::TurnedOff => "the customer turned it off",
            Self::Paused => "the customer asked for silence until a day",
            Self::NoConsent => "it is marketing, and the customer did not agree to that",
        }
    }
}

/// What a letter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBecause {
    /// Its time has not come: a reminder, a question for later.
    Scheduled,
    /// It is night where the recipient may be.
    QuietHours,
    /// Other parcels of the order are about to have the same news.
    Siblings,
    /// They have had as many messages today as a shop may send.
    RateCap,
    /// The shop's bounces or complaints are so many that it must not write.
    Breaker,
}

impl HeldBecause {
    /// The reason as a sentence for the staff.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Scheduled => "its time has not come",
            Self::QuietHours => "it is night where the recipient may be",
            Self::Siblings => "other parcels of the order are about to have the same news",
            Self::RateCap => "the recipient has had as many messages today as the shop allows",
            Self::Breaker => "too many of the shop's mails bounce or are complained of",
        }
    }
}

/// What became of a letter on one channel. One row each: "why did this customer get no mail" is one read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LetterState {
    /// A postman has it until the lease ends.
    Claimed {
        /// Which run of which process.
        owner: String,
        /// Until when nobody else may take it.
        lease_until: Timestamp,
        /// How many claims there were, this one included.
        attempt: u32,
    },
    /// The provider took it.
    Sent {
        /// When.
        at: Timestamp,
        /// The provider's id.
        message_id: String,
    },
    /// It waits.
    Held {
        /// Since when.
        at: Timestamp,
        /// Until when.
        until: Timestamp,
        /// What for.
        why: HeldBecause,
    },
    /// Another letter says it too.
    Merged {
        /// When that was decided.
        at: Timestamp,
        /// Which one.
        into: LetterId,
    },
    /// Newer news made it stale while it was held.
    Superseded {
        /// When that was decided.
        at: Timestamp,
        /// Which one.
        by: LetterId,
    },
    /// Deliberately not sent.
    Suppressed {
        /// When it was decided.
        at: Timestamp,
        /// Why.
        why: Suppressed,
    },
    /// The provider refused it for good.
    Failed {
        /// When.
        at: Timestamp,
        /// The provider's error code, never its text (it may quote the address).
        why: String,
    },
    /// It may or may not have gone: the answer was lost. The SES Send event settles it; without one it is tried again
    /// after `retry_at`.
    Unknown {
        /// When the answer was lost.
        at: Timestamp,
        /// When to try again.
        retry_at: Timestamp,
        /// Claims so far.
        attempt: u32,
    },
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRecord {
    /// The letter.
    pub letter: Letter,
    /// On which channel.
    pub channel: Channel,
    /// What became of it.
    pub state: LetterState,
}

/// What a postman may do with a letter, given its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaySend {
    /// Claim it as this attempt.
    Yes {
        /// Counted from 1.
        attempt: u32,
    },
    /// It is settled.
    Settled,
    /// It is held; look again at this moment.
    Held {
        /// When.
        until: Timestamp,
    },
    /// Another postman may be at it; look again after this moment.
    Wait {
        /// When.
        until: Timestamp,
    },
}

/// Judges whether a letter may be claimed now. Past a lease the claim is void: its owner crashed or lost its time.
#[must_use]
pub fn may_send(row: Option<&LetterState>, now: Timestamp) -> MaySend {
    match row {
        None => MaySend::Yes { attempt: 1 },
        Some(
            LetterState::Sent { .. }
            | LetterState::Merged { .. }
            | LetterState::Superseded { .. }
            | LetterState::Suppressed { .. }
            | LetterState::Failed { .. },
        ) => MaySend::Settled,
        Some(LetterState::Held { until, .. }) if *until <= now => MaySend::Yes { attempt: 1 },
        Some(LetterState::Held { until, .. }) => MaySend::Held { until: *until },
        Some(LetterState::Claimed { lease_until, attempt, .. }) if *lease_until <= now => MaySend::Yes { attempt: attempt + 1 },
        Some(LetterState::Claimed { lease_until, .. }) => MaySend::Wait { until: *lease_until },
        Some(LetterState::Unknown { retry_at, attempt, .. }) if *retry_at <= now => MaySend::Yes { attempt: attempt + 1 },
        Some(LetterState::Unknown { retry_at, .. }) => MaySend::Wait { until: *retry_at },
    }
}
