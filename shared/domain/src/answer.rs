//! What a customer answers to trouble with a parcel: what may be chosen when, and what was.

use crate::{
    address::Address,
    id::{ParcelKey, ReturnId},
    order::Order,
    parcel::Parcel,
    status::Status,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Answers kept of one order.
pub const ANSWERS_MAX: usize = 20;
/// The longest free text of an answer.
pub const NOTE_CHARS_MAX: usize = 500;
/// For how long after a delivery somebody may say that it did not come. Shops and insurers ask for it within 15 to 30 days.
const MISSED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The farthest day that may be wished for.
const DAYS_AHEAD_MAX: i32 = 14;

/// What somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// Bring it on this day.
    AnotherDay {
        /// Which.
        day: Date,
    },
    /// The address was wrong or is another one now.
    CorrectedAddress {
        /// The right one.
        address: Address,
    },
    /// Leave it with a neighbour.
    Neighbour {
        /// Whose name and where.
        note: String,
    },
    /// Leave it at a pickup point.
    PickupPoint {
        /// Which, as they know it.
        note: String,
    },
    /// It says delivered, but they do not have it.
    NotReceived {
        /// What they did to find it.
        note: String,
    },
}

/// What may be wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// See [`Wish::AnotherDay`].
    AnotherDay,
    /// See [`Wish::CorrectedAddress`].
    CorrectedAddress,
    /// See [`Wish::Neighbour`].
    Neighbour,
    /// See [`Wish::PickupPoint`].
    PickupPoint,
    /// See [`Wish::NotReceived`].
    NotReceived,
}

impl Offer {
    /// Every offer, in the order of a form.
    pub const ALL: [Self; 5] = [Self::AnotherDay, Self::CorrectedAddress, Self::Neighbour, Self::PickupPoint, Self::NotReceived];

    /// The word in forms and JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AnotherDay => "another_day",
            Self::CorrectedAddress => "corrected_address",
            Self::Neighbour => "neighbour",
            Self::PickupPoint => "pickup_point",
            Self::NotReceived => "not_received",
        }
    }

    /// The offer of a form's word.
    #[must_use]
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|offer| offer.code() == code)
    }
}

impl Wish {
    /// What it answers.
    #[must_use]
    pub fn offer(&self) -> Offer {
        match self {
            Self::AnotherDay { .. } => Offer::AnotherDay,
            Self::CorrectedAddress { .. } => Offer::CorrectedAddress,
            Self::Neighbour { .. } => Offer::Neighbour,
            Self::PickupPoint { .. } => Offer::PickupPoint,
            Self::NotReceived { .. } => Offer::NotReceived,
        }
    }
}

/// One answer. A person of the shop works on it until it is done: no carrier takes such wishes from everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAnswer {
    /// Named by the nonce of its form, so that a form sent twice is one answer.
    pub id: ReturnId,
    /// About which parcel; none: the order before its dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelKey>,
    /// What they want.
    pub wish: Wish,
    /// When they said so.
    pub answered_at: Timestamp,
    /// When a person of the shop had seen to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefusal {
    /// A day in the past or too far ahead.
    #[error("the day must be from tomorrow on, within {DAYS_AHEAD_MAX} days")]
    BadDay,
    /// A text is missing or too long.
    #[error("the text is missing or longer than {NOTE_CHARS_MAX} characters")]
    BadNote,
    /// An address without street, town or country.
    #[error("the address needs at least street, town and country")]
    BadAddress,
    /// More than [`ANSWERS_MAX`].
    #[error("there are more than {ANSWERS_MAX} answers to this order")]
    TooMany,
}

/// What may be answered about a parcel now.
#[must_use]
pub fn offers(parcel: &Parcel, now: Timestamp) -> Vec<Offer> {
    let at = parcel.folded();
    match (at.status, at.sub.code()) {
        (Status::AttemptFailed, "final_attempt") => vec![Offer::PickupPoint, Offer::CorrectedAddress],
        (Status::AttemptFailed, _) => {
            vec![Offer::AnotherDay, Offer::CorrectedAddress, Offer::Neighbour, Offer::PickupPoint]
        }
        (Status::Exception, "address_incorrect" | "customer_moved") => vec![Offer::CorrectedAddress, Offer::PickupPoint],
        (Status::Delivered, _) if at.delivered_at.is_some_and(|at| now.duration_since(at) <= MISSED_FOR) => {
            vec![Offer::NotReceived]
        }
        _ => Vec::new(),
    }
}

/// What may be answered about an order before any of it was handed over.
#[must_use]
pub fn offers_before_dispatch(order: &Order) -> Vec<Offer> {
    let open = order.is_live() && order.parcels().is_empty() && !order.is_all_packed();
    let ships = order.report.iter().flat_map(|report| &report.lines).any(|line| line.ships);
    if open && ships { vec![Offer::CorrectedAddress] } else { Vec::new() }
}

/// Checks what types cannot say of a wish. `today` is the day at its destination.
///
/// # Errors
/// What is wrong, in words for who wrote it.
pub fn checked(wish: &Wish, today: Date) -> Result<(), AnswerRefusal> {
    let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    match wish {
        Wish::AnotherDay { day } => {
            let ahead = (*day - today).get_days();
            if (1..=DAYS_AHEAD_MAX).contains(&ahead) { Ok(()) } else { Err(AnswerRefusal::BadDay) }
        }
        Wish::CorrectedAddress { address } => {
            let lines = address.lines();
            let short = lines.iter().all(|line| line.chars().count() <= 200);
            if has(&address.street) && has(&address.city) && has(&address.country) && short {
                Ok(())
            } else {
                Err(AnswerRefusal::BadAddress)
            }
        }
        Wish::Neighbour { note } | Wish::PickupPoint { note } => {
            let length = note.trim().chars().count();
            if (1..=NOTE_CHARS_MAX).contains(&length) { Ok(()) } else { Err(AnswerRefusal::BadNote) }
        }
        Wish::NotReceived { note } => {
            if note.chars().count() <= NOTE_CHARS_MAX {
                Ok(())
            } else {
                Err(AnswerRefusal::BadNote)
            }
        }
    }
}

impl Order {
    /// The order after an answer; `None` when it was taken before or its customer is forgotten. Before dispatch a corrected address becomes the order's.
    ///
    /// # Errors
    /// When there are too many.
    pub fn answered(mut self, answer: CustomerAnswer) -> Result<Option<Self>, AnswerRefusal> {
        if self.is_redacted() || self.answers.iter().any(|known| known.id == answer.id) {
            return Ok(None);
        }
        if self.answers.len() >= ANSWERS_MAX {
            return Err(AnswerRefusal::TooMany);
        }
        self.answers.push(answer);
        self.answers.sort_by(|a, b| (a.answered_at, &a.id).cmp(&(b.answered_at, &b.id)));
        Ok(Some(self))
    }

    /// The order after a person of the shop saw to an answer; `None` when there is no such open answer.
    #[must_use]
    pub fn answer_done(mut self, id: &ReturnId, at: Timestamp) -> Option<Self> {
        let answer = self.answers.iter_mut().find(|answer| answer.id == *id && answer.done_at.is_none())?;
        answer.done_at = Some(at);
        Some(self)
    }

    /// Where it goes: the address its customer corrected before dispatch, or what the storefront says.
    #[must_use]
    pub fn ship_to(&self) -> Option<&Address> {
        let corrected =
            self.answers.iter().rev().filter(|answer| answer.parcel.is_none()).find_map(|answer| match &answer.wish {
                Wish::CorrectedAddress { address } => Some(address),
                _ => None,
            });
        corrected.or_else(|| self.report.as_ref().and_then(|report| report.ship_to.as_ref()))
    }

    /// Since when a person of the shop should look at it: the oldest open answer, that it was not packed in time, or that its
    /// confirmation reached nobody.
    #[must_use]
    pub fn needs_merchant_since(&self) -> Option<Timestamp> {
        let answers = self.answers.iter().filter(|answer| answer.done_at.is_none()).map(|answer| answer.answered_at);
        let unpacked = self.not_packed.filter(|late| late.closed_at.is_none()).map(|late| late.opened_at);
        answers.chain(unpacked).chain(self.mail_bounced_at).min()
    }
}
