//! What rooms say to each other: one closed set of messages for each queue, each with a type and a version.
//!
//! A published message is never edited: a new need is a new variant with a new version, and readers keep the old ones.
//! `events/` holds one golden file of each; a test reads them all with today's code.

use domain::{
    address::EmailAddress,
    answer::CustomerAnswer,
    errand::Errand,
    id::{LetterId, OrderId, OrderKey, ParcelKey, ReturnId, ShopId},
    letter::{Channel, Letter},
    order::{FulfilmentReport, OrderReport, StageReport},
    parcel::ParcelReport,
    preference::Preferences,
    return_::{Answer, ReturnRequest},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A delivery that was signed well but speaks of something we do not read: kept aside and counted, never failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedDelivery {
    /// `shopify`, `easypost`.
    pub source: String,
    /// The topic or event we do not read.
    pub topic: String,
    /// The exact body as text, cut at [`PARKED_BODY_BYTES_MAX`].
    pub body: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// The longest parked body kept: a DynamoDB row holds 400 KB.
pub const PARKED_BODY_BYTES_MAX: usize = 256 * 1024;

/// To the desk `orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToOrders {
    /// A storefront described an order.
    #[serde(rename = "order.reported.v1")]
    OrderReported {
        /// Whose.
        shop: ShopId,
        /// What it said.
        report: OrderReport,
    },
    /// A storefront described a fulfilment.
    #[serde(rename = "fulfilment.reported.v1")]
    FulfilmentReported {
        /// Whose.
        shop: ShopId,
        /// What it said.
        report: FulfilmentReport,
    },
    /// A storefront told what the shop floor is at with an order.
    #[serde(rename = "stage.reported.v1")]
    StageReported {
        /// Whose.
        shop: ShopId,
        /// What it said.
        report: StageReport,
    },
    /// Somebody asked for the link of an order, by what they know of it.
    #[serde(rename = "link.requested.v1")]
    LinkRequested {
        /// At which shop.
        shop: ShopId,
        /// The number as they typed it.
        number: String,
        /// The address they say it was ordered with.
        email: EmailAddress,
        /// When.
        requested_at: Timestamp,
    },
    /// A customer answered to trouble with a parcel, or corrected the address before dispatch.
    #[serde(rename = "customer.answered.v1")]
    CustomerAnswered {
        /// Whose order.
        order: OrderKey,
        /// What they want.
        answer: CustomerAnswer,
    },
    /// A person of the shop saw to an answer.
    #[serde(rename = "answer.done.v1")]
    AnswerDone {
        /// Whose order.
        order: OrderKey,
        /// Which answer.
        answer: ReturnId,
        /// When.
        done_at: Timestamp,
    },
    /// A timer of an order is due: look at it.
    #[serde(rename = "order.check_due.v1")]
    CheckDue {
        /// Which.
        order: OrderKey,
        /// For when it was armed.
        due_at: Timestamp,
    },
    /// The customer's mailbox refused a letter that matters: a person of the shop has to find another way.
    #[serde(rename = "contact.bounced.v1")]
    ContactBounced {
        /// Whose.
        order: OrderKey,
        /// When.
        bounced_at: Timestamp,
    },
    /// A delivery to keep aside.
    #[serde(rename = "delivery.parked.v1")]
    Parked {
        /// Whose.
        shop: ShopId,
        /// What.
        delivery: ParkedDelivery,
    },
}

/// To the desk `tracking`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToTracking {
    /// A carrier or aggregator told of a parcel.
    #[serde(rename = "parcel.reported.v1")]
    ParcelReported {
        /// Whose.
        shop: ShopId,
        /// What it said.
        report: ParcelReport,
    },
    /// A timer of a parcel is due: look at it.
    #[serde(rename = "parcel.check_due.v1")]
    CheckDue {
        /// Which.
        parcel: ParcelKey,
        /// For when it was armed.
        due_at: Timestamp,
    },
    /// A delivery to keep aside.
    #[serde(rename = "delivery.parked.v1")]
    Parked {
        /// Whose.
        shop: ShopId,
        /// What.
        delivery: ParkedDelivery,
    },
}

/// To the desk `returns`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToReturns {
    /// A customer asked.
    #[serde(rename = "return.requested.v1")]
    Requested {
        /// Of whose order.
        shop: ShopId,
        /// Of which order.
        order: OrderId,
        /// What.
        request: ReturnRequest,
    },
    /// A person of the shop answered.
    #[serde(rename = "return.answered.v1")]
    Answered {
        /// Of whose order.
        shop: ShopId,
        /// Of which order.
        order: OrderId,
        /// Which return.
        #[serde(rename = "return")]
        return_: ReturnId,
        /// What they answered.
        answer: Answer,
        /// When.
        answered_at: Timestamp,
    },
}

/// To the postman `notify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToNotify {
    /// A letter is due.
    #[serde(rename = "letter.due.v1")]
    LetterDue {
        /// Which.
        letter: Letter,
    },
    /// A letter was held, and its time may have come.
    #[serde(rename = "letter.hold_over.v1")]
    HoldOver {
        /// Of which order.
        order: OrderKey,
        /// Which.
        letter: LetterId,
        /// On which channel.
        channel: Channel,
    },
    /// A mailbox refused a letter that matters: it goes by the other ways there are.
    #[serde(rename = "letter.elsewhere.v1")]
    Elsewhere {
        /// Which.
        letter: Letter,
    },
}

/// To `mail_events`, beside what SES and people's phones say through SNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToMailEvents {
    /// A customer chose how to be written to, on the page behind a link of this order.
    #[serde(rename = "preferences.chosen.v1")]
    PreferencesChosen {
        /// By which order's link.
        order: OrderKey,
        /// What they chose.
        preferences: Preferences,
    },
    /// A customer's mail program asked for an end of marketing with one click (RFC 8058).
    #[serde(rename = "marketing.ended.v1")]
    MarketingEnded {
        /// By which order's link.
        order: OrderKey,
        /// When.
        ended_at: Timestamp,
    },
    /// Compare with SES's own list of addresses that it writes to no more.
    #[serde(rename = "suppression.reconcile_due.v1")]
    ReconcileDue {
        /// Where the last piece ended; none: from the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// Only what was listed since; none: what was not read yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
}

/// To the postman `errands`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToErrands {
    /// An errand is due.
    #[serde(rename = "errand.due.v1")]
    ErrandDue {
        /// Which.
        errand: Errand,
    },
}

/// A message that cannot be read. Names where, never quotes what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("message cannot be read: {kind} at line {line} column {column}")]
pub struct Unreadable {
    /// `syntax`, `data` or `eof`.
    pub kind: &'static str,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// Reads a message from a queue.
///
/// # Errors
/// When it is not JSON of a message that exists. The error says where, without quoting the content.
pub fn read<M: DeserializeOwned>(body: &str) -> Result<M, Unreadable> {
    serde_json::from_str(body).map_err(|error| Unreadable {
        kind: match error.classify() {
            serde_json::error::Category::Io | serde_json::error::Category::Data => "data",
            serde_json::error::Category::Syntax => "syntax",
            serde_json::error::Category::Eof => "eof",
        },
        line: error.line(),
        column: error.column(),
    })
}

/// Writes a message for a queue.
///
/// # Errors
/// Never for messages of this crate: none has a map with keys that are not text. The caller need not guess that.
pub fn write<M: Serialize>(message: &M) -> Result<String, serde_json::Error> {
    serde_json::to_string(message)
}
