//! What rooms say to each other: one closed set of messages for each queue, each with a type and a version.
//!
//! A published message is never edited: a new need is a new variant with a new version, and readers keep the old ones.
//! `events/` holds one golden file of each; a test reads them all with today's code.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    address::EmailAddress,
    answer::CustomerAnswer,
    errand::Errand,
    id::{LetterId, OrderId, OrderKey, ParcelKey, ReturnId, ShopId},
    letter::{Channel, Letter},
    order::{FulfilmentReport, OrderReport, RefundReport, StageReport, StorefrontReport},
    parcel::ParcelReport,
    preference::Preferences,
    privacy::PrivacyRequest,
    return_::{Answer, ReturnRequest},
};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{Read as _, Write as _},
};

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

/// A delivery exactly as it came, to be kept for a while so that a mistake of ours in reading it can be repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDelivery {
    /// `shopify`, `easypost`.
    pub source: String,
    /// When it came.
    pub received_at: Timestamp,
    /// The headers that its reader looks at, in lower case; none of them proves anything.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The exact body: compressed by DEFLATE (RFC 1951), in base64.
    pub body: String,
}

/// The longest body of a kept delivery that is unpacked: what a door takes.
const KEPT_BODY_BYTES_MAX: u64 = 1024 * 1024;

impl KeptDelivery {
    /// A delivery to be kept.
    #[must_use]
    pub fn pack(source: &str, received_at: Timestamp, headers: BTreeMap<String, String>, body: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory does not fail.
        let packed = encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { source: source.to_owned(), received_at, headers, body: STANDARD.encode(packed) }
    }

    /// The exact bytes that came; `None` when this is no packed body.
    #[must_use]
    pub fn unpack(&self) -> Option<Vec<u8>> {
        let packed = STANDARD.decode(&self.body).ok()?;
        let mut body = Vec::new();
        let mut decoder = DeflateDecoder::new(packed.as_slice()).take(KEPT_BODY_BYTES_MAX + 1);
        decoder.read_to_end(&mut body).ok()?;
        (body.len() as u64 <= KEPT_BODY_BYTES_MAX).then_some(body)
    }
}

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
    /// A storefront told of a refund.
    #[serde(rename = "refund.reported.v1")]
    RefundReported {
        /// Whose.
        shop: ShopId,
        /// What it said.
        report: RefundReport,
    },
    /// A storefront asks about a person's data.
    #[serde(rename = "privacy.requested.v1")]
    PrivacyRequested {
        /// Whose.
        shop: ShopId,
        /// What.
        request: PrivacyRequest,
    },
    /// A description of an order was read again with better tables: of one version, the new reading holds.
    #[serde(rename = "order.reread.v1")]
    OrderReread {
        /// Whose.
        shop: ShopId,
        /// What it says now.
        report: OrderReport,
    },
    /// A comparison with the storefront found a description of an order that no webhook had brought.
    #[serde(rename = "order.found.v1")]
    OrderFound {
        /// Whose.
        shop: ShopId,
        /// What it says.
        report: OrderReport,
        /// When it was found.
        found_at: Timestamp,
    },
    /// A delivery as it came, to be kept for a while.
    #[serde(rename = "delivery.kept.v1")]
    Kept {
        /// Whose.
        shop: ShopId,
        /// What.
        delivery: KeptDelivery,
    },
}

impl ToOrders {
    /// What a storefront said, as the desk hears it.
    #[must_use]
    pub fn reported(shop: ShopId, report: StorefrontReport) -> Self {
        match report {
            StorefrontReport::Order(report) => Self::OrderReported { shop, report },
            StorefrontReport::Fulfilment(report) => Self::FulfilmentReported { shop, report },
            StorefrontReport::Stage(report) => Self::StageReported { shop, report },
            StorefrontReport::Refund(report) => Self::RefundReported { shop, report },
            StorefrontReport::Privacy(request) => Self::PrivacyRequested { shop, request },
        }
    }
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
    /// A delivery as it came, to be kept for a while.
    #[serde(rename = "delivery.kept.v1")]
    Kept {
        /// Whose.
        shop: ShopId,
        /// What.
        delivery: KeptDelivery,
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

/// To the room `sources`, which asks storefronts and carriers what they did not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ToSources {
    /// A parcel's number became known, or it is time to ask after it.
    #[serde(rename = "parcel.inquiry_due.v1")]
    InquiryDue {
        /// Which.
        parcel: ParcelKey,
        /// For when it was armed.
        due_at: Timestamp,
    },
    /// A webhook named an order without describing it: it has to be fetched.
    #[serde(rename = "order.fetch_due.v1")]
    FetchDue {
        /// Whose.
        shop: ShopId,
        /// `bigcommerce`, `stripe`.
        source: String,
        /// The source's id of what to fetch.
        id: String,
        /// When its webhook came.
        told_at: Timestamp,
    },
    /// A source has to be answered by a request before it pushes anything (DHL).
    #[serde(rename = "subscription.confirm_due.v1")]
    ConfirmDue {
        /// Whose.
        shop: ShopId,
        /// `dhl`.
        source: String,
        /// The source's id of the subscription.
        subscription: String,
        /// What proves that its hello arrived here; good for this one answer.
        proof: String,
    },
    /// A delivery was signed with a key that we do not have: the source's public keys have to be read.
    #[serde(rename = "keys.fetch_due.v1")]
    KeysDue {
        /// Whose, where each shop has keys of its own.
        shop: ShopId,
        /// `shipengine`, `saleor`.
        source: String,
    },
    /// It is time to look for orders that webhooks missed. Without a shop: at every one, from the schedule.
    #[serde(rename = "orders.reconcile_due.v1")]
    ReconcileDue {
        /// Which shop.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shop: Option<ShopId>,
        /// Which storefront of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// The page to go on with, in the source's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
        /// What the pages before looked at, and when the whole began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<ReconcileRun>,
    },
}

/// What one comparison of orders came to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileRun {
    /// Orders changed since then are looked at.
    pub since: Timestamp,
    /// When it began: the next one starts from here.
    pub began_at: Timestamp,
    /// Pages read.
    pub pages: u32,
    /// Orders compared.
    pub compared: u32,
    /// Orders we had not heard of, or not of their newest version.
    pub missed: u32,
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

/// The delivery of a message that asks to keep one, which is the same to every desk; `None` of all others. Of those, nothing but
/// the type is read: they are read whole by who handles them.
#[must_use]
pub fn kept(body: &str) -> Option<(ShopId, KeptDelivery)> {
    #[derive(Deserialize)]
    struct Message {
        shop: ShopId,
        delivery: KeptDelivery,
    }
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(borrow)]
        r#type: Cow<'a, str>,
    }
    let typed: Typed<'_> = serde_json::from_str(body).ok()?;
    if typed.r#type != KEPT {
        return None;
    }
    let Message { shop, delivery } = serde_json::from_str(body).ok()?;
    Some((shop, delivery))
}

/// The type of a message that asks to keep a delivery.
const KEPT: &str = "delivery.kept.v1";

/// Writes a message for a queue.
///
/// # Errors
/// Never for messages of this crate: none has a map with keys that are not text. The caller need not guess that.
pub fn write<M: Serialize>(message: &M) -> Result<String, serde_json::Error> {
    serde_json::to_string(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_delivery_is_given_back_byte_for_byte() {
        for body in [&b""[..], b"{\"id\": 1}\n", &[0xff, 0, b'"'], &vec![b'x'; 1024 * 1024]] {
            let kept = KeptDelivery::pack("shopify", Timestamp::UNIX_EPOCH, BTreeMap::new(), body);
            assert_eq!(kept.unpack().as_deref(), Some(body));
            assert!(body.len() < 100 || kept.body.len() < body.len() / 50);
        }
    }

    #[test]
    fn a_kept_delivery_is_told_from_all_other_messages() {
        let shop: ShopId = "demo".parse().unwrap();
        let delivery = KeptDelivery::pack("shopify", Timestamp::UNIX_EPOCH, BTreeMap::new(), b"{}");
        let orders = write(&ToOrders::Kept { shop: shop.clone(), delivery: delivery.clone() }).unwrap();
        let tracking = write(&ToTracking::Kept { shop: shop.clone(), delivery: delivery.clone() }).unwrap();
        // In whatever order its members stand.
        let mut turned: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&orders).unwrap();
        let kind = turned.remove("type").unwrap();
        let mut text = serde_json::to_string(&turned).unwrap();
        text.insert_str(text.len() - 1, &format!(",\"type\":{kind}"));
        for body in [&orders, &tracking, &text] {
            assert_eq!(kept(body), Some((shop.clone(), delivery.clone())), "{body}");
        }
        let parked = ParkedDelivery {
            source: "shopify".to_owned(),
            topic: String::new(),
            body: "delivery.kept.v1".to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
        };
        let parked = write(&ToOrders::Parked { shop, delivery: parked }).unwrap();
        for body in [parked.as_str(), "", "{}", "unreadable", "{\"type\":\"delivery.kept.v1\"}"] {
            assert_eq!(kept(body), None, "{body}");
        }
    }

    #[test]
    fn what_is_no_packed_body_is_none() {
        let kept = KeptDelivery::pack("shopify", Timestamp::UNIX_EPOCH, BTreeMap::new(), &vec![b'x'; 1024 * 1024 + 1]);
        assert_eq!(kept.unpack(), None, "longer than a door takes");
        assert_eq!(KeptDelivery { body: "no base64!".to_owned(), ..kept.clone() }.unpack(), None);
        assert_eq!(KeptDelivery { body: STANDARD.encode([1, 2, 3]), ..kept }.unpack(), None);
    }
}
