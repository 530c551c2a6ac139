//! A letter: a reason to write to a customer, and the ledger of what became of it.

use crate::id::{LetterId, OrderKey, ParcelKey, ReturnId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a letter is for. A kind without words in `letters` does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The order is paid for: summary, address, link.
    OrderConfirmed,
    /// Somebody asked for the order's link.
    OrderLink,
    /// The carrier has the parcel.
    Shipped,
    /// It is on the vehicle.
    OutForDelivery,
    /// It arrived.
    Delivered,
    /// Somebody tried and failed.
    AttemptFailed,
    /// Something went wrong.
    DeliveryProblem,
    /// It is expected on another day than was said.
    NewDay,
    /// What went wrong is over.
    ProblemSolved,
    /// A return was asked for and a person will look at it.
    ReturnReceived,
    /// It may come back.
    ReturnApproved,
    /// It may not.
    ReturnDeclined,
}

impl LetterKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::OrderConfirmed,
        Self::OrderLink,
        Self::Shipped,
        Self::OutForDelivery,
        Self::Delivered,
        Self::AttemptFailed,
        Self::DeliveryProblem,
        Self::NewDay,
        Self::ProblemSolved,
        Self::ReturnReceived,
        Self::ReturnApproved,
        Self::ReturnDeclined,
    ];

    /// The word in keys, tags and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderLink => "order_link",
            Self::Shipped => "shipped",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::AttemptFailed => "attempt_failed",
            Self::DeliveryProblem => "delivery_problem",
            Self::NewDay => "new_day",
            Self::ProblemSolved => "problem_solved",
            Self::ReturnReceived => "return_received",
            Self::ReturnApproved => "return_approved",
            Self::ReturnDeclined => "return_declined",
        }
    }
}

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
    /// One return.
    Return {
        /// Which.
        #[serde(rename = "return")]
        return_: ReturnId,
    },
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
}

impl Channel {
    /// The word in keys, tags and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

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
        Some(LetterState::Sent { .. } | LetterState::Suppressed { .. } | LetterState::Failed { .. }) => MaySend::Settled,
        Some(LetterState::Claimed { lease_until, attempt, .. }) if *lease_until <= now => MaySend::Yes { attempt: attempt + 1 },
        Some(LetterState::Claimed { lease_until, .. }) => MaySend::Wait { until: *lease_until },
        Some(LetterState::Unknown { retry_at, attempt, .. }) if *retry_at <= now => MaySend::Yes { attempt: attempt + 1 },
        Some(LetterState::Unknown { retry_at, .. }) => MaySend::Wait { until: *retry_at },
    }
}

/// Whether a letter still says something true when it is about to go out.
///
/// An order cancelled before its confirmation went out is not confirmed, and a parcel that turned out to have been
/// delivered back to its sender was not delivered. Later news does not make earlier news untrue: "out for delivery" goes
/// out even when "delivered" was heard first, so that the messages do not depend on the order in which webhooks arrive
/// (infra/decisions/0004).
#[must_use]
pub fn is_still_true(letter: &Letter, order: &crate::order::Order, parcel: Option<&crate::parcel::Parcel>) -> bool {
    let detail = match &letter.about {
        About::Parcel { detail, .. } => detail.as_str(),
        About::Order | About::Return { .. } => "",
    };
    match letter.kind {
        LetterKind::OrderConfirmed => order.cancelled_at.is_none(),
        LetterKind::Delivered => parcel.is_some_and(|parcel| parcel.folded().delivered_at.is_some()),
        // A day that was changed again since, or that the page would hide now, is not announced.
        LetterKind::NewDay => parcel.and_then(crate::parcel::Parcel::new_day).is_some_and(|day| day.to_string() == detail),
        // What only time or a later word brought is told only while it lasts.
        LetterKind::DeliveryProblem => match crate::parcel::EpisodeKind::read(detail) {
            None => true,
            Some(kind) => parcel.is_some_and(|parcel| parcel.episodes().iter().any(|e| e.kind == kind && e.closed_at.is_none())),
        },
        LetterKind::ProblemSolved => {
            parcel.is_some_and(|parcel| parcel.episodes().iter().all(|e| e.kind.code() != detail || e.closed_at.is_some()))
        }
        LetterKind::OrderLink
        | LetterKind::Shipped
        | LetterKind::OutForDelivery
        | LetterKind::AttemptFailed
        | LetterKind::ReturnReceived
        | LetterKind::ReturnApproved
        | LetterKind::ReturnDeclined => true,
    }
}
