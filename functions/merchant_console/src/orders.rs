//! Orders to see to, as the worklist shows them: what customers answered, what was not packed in time, whom no mail reaches.

use crate::{answer_words, moment::Moment, nonce::Nonces};
use domain::{
    answer::{CustomerAnswer, Wish},
    order::Order,
};
use jiff::tz::TimeZone;
use windows::text::{NAME_CHARS_MAX, shown};

/// Characters of a line on a phone.
const LINE_ON_A_PHONE: usize = 24;

/// An order a person should see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingOrder {
    /// Our name of it.
    pub order: String,
    /// The number people say, once its storefront described it.
    pub number: Option<String>,
    /// Since when it should have been packed, if it is not.
    pub not_packed: Option<Moment>,
    /// Since when it is known that the mailbox refuses its confirmation, if it does.
    pub mail_bounced: Option<Moment>,
    /// What its customer answered and nobody has seen to, oldest first.
    pub answers: Vec<OpenAnswer>,
}

/// An answer nobody has seen to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAnswer {
    /// Its name.
    pub id: String,
    /// The nonce of its form.
    pub nonce: String,
    /// What is wanted.
    pub wants: &'static str,
    /// Since when.
    pub since: Moment,
    /// The parcel it is about.
    pub parcel: Option<AboutParcel>,
    /// What else the customer gave, in lines.
    pub details: Vec<String>,
    /// Whether these are the customer's own words.
    pub is_quoted: bool,
    /// A text to copy.
    pub text: String,
    /// The height of its field, so that all of it is seen on a phone.
    pub rows: usize,
}

/// A parcel and where to ask about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutParcel {
    /// Who carries it.
    pub carrier: String,
    /// Its number.
    pub number: String,
    /// The carrier's own page for it.
    pub url: Option<String>,
}

impl WaitingOrder {
    /// `None` for an order that was seen to since the list was read.
    #[must_use]
    pub fn of(order: &Order, nonces: &Nonces, zone: &TimeZone) -> Option<Self> {
        let number = order.report.as_ref().map(|report| shown(&report.number, NAME_CHARS_MAX));
        let open = order.answers.iter().filter(|answer| answer.done_at.is_none());
        let view = Self {
            not_packed: order.not_packed.filter(|late| late.closed_at.is_none()).map(|late| Moment::of(late.opened_at, zone)),
            mail_bounced: order.mail_bounced_at.map(|at| Moment::of(at, zone)),
            answers: open.map(|answer| OpenAnswer::of(order, answer, number.as_deref(), nonces, zone)).collect(),
            order: order.id.to_string(),
            number,
        };
        (view.not_packed.is_some() || view.mail_bounced.is_some() || !view.answers.is_empty()).then_some(view)
    }
}

impl OpenAnswer {
    fn of(order: &Order, answer: &CustomerAnswer, number: Option<&str>, nonces: &Nonces, zone: &TimeZone) -> Self {
        let text = answer_words::for_carrier(&answer.wish, answer.parcel.as_ref(), number);
        Self {
            id: answer.id.to_string(),
            nonce: nonces.of_answer(&order.id, &answer.id),
            wants: answer_words::wish(&answer.wish),
            since: Moment::of(answer.answered_at, zone),
            parcel: answer.parcel.as_ref().map(|parcel| {
                let (carrier, url) = answer_words::carrier_of(parcel);
                AboutParcel { carrier: shown(&carrier, NAME_CHARS_MAX), number: parcel.number.to_string(), url }
            }),
            details: answer_words::details(&answer.wish),
            is_quoted: matches!(answer.wish, Wish::Neighbour { .. } | Wish::PickupPoint { .. } | Wish::NotReceived { .. }),
            rows: text.lines().map(|line| 1 + line.chars().count() / LINE_ON_A_PHONE).sum(),
            text,
        }
    }
}
