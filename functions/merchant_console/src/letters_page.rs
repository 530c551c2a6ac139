//! Why did this customer get no mail? What became of every message of an order, as its ledger says.

use crate::{
    moment::Moment,
    pages::STYLE,
    words::{self, UNDELIVERABLE},
};
use askama::Template;
use domain::{
    id::ShopId,
    letter::{LetterState, Purpose},
    order::Order,
    settings::ShopSettings,
};
use jiff::tz::TimeZone;
use store::LedgerRow;
use windows::{
    answer::Answer,
    text::{NAME_CHARS_MAX, shown, shown_if_any},
};

/// Orders shown of one number; a storefront gives a number out once.
pub const ORDERS_MAX: usize = 3;
/// Messages shown of one order, the newest.
const MESSAGES_MAX: usize = 200;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "letters.html")]
pub struct LettersPage {
    shop: ShopId,
    shop_name: String,
    /// The number that was asked for, as it was typed.
    asked: Option<String>,
    orders: Vec<OrderMessages>,
}

/// An order and what became of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OrderMessages {
    order: String,
    number: Option<String>,
    is_undeliverable: bool,
    /// When its customer's data was erased.
    erased: Option<Moment>,
    /// What went back.
    refunds: Vec<String>,
    messages: Vec<Message>,
}

/// One message on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    kind: String,
    /// The number of the parcel it is about.
    parcel: Option<String>,
    to_staff: bool,
    channel: &'static str,
    became: String,
    /// Whether it did not go out, or nobody knows that it did.
    is_missing: bool,
    /// When it became so, or when the thing happened.
    when: Moment,
}

impl LettersPage {
    /// The page of what was asked for, with each order found and its rows of the ledger.
    #[must_use]
    pub fn of(shop: &ShopId, settings: Option<&ShopSettings>, asked: Option<&str>, found: &[(Order, Vec<LedgerRow>)]) -> Self {
        let zone = settings.map_or(TimeZone::UTC, |settings| settings.calendar.zone.time_zone().clone());
        Self {
            shop: shop.clone(),
            shop_name: settings.map_or_else(|| shop.to_string(), |settings| shown(&settings.brand.name, NAME_CHARS_MAX)),
            asked: asked.and_then(|asked| shown_if_any(asked, NAME_CHARS_MAX)),
            orders: found.iter().map(|(order, ledger)| OrderMessages::of(order, ledger, &zone)).collect(),
        }
    }

    /// The page.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let status = if self.asked.is_some() && self.orders.is_empty() { 404 } else { 200 };
        Answer::page(status, STYLE, self.render())
    }
}

impl OrderMessages {
    fn of(order: &Order, ledger: &[LedgerRow], zone: &TimeZone) -> Self {
        let mut ledger: Vec<&LedgerRow> = ledger.iter().collect();
        // The newest first: that is what somebody calls about.
        ledger.sort_by_key(|row| (std::cmp::Reverse(row.record.letter.occurred_at), row.record.letter.kind, row.record.channel));
        Self {
            order: order.id.to_string(),
            number: order.report.as_ref().map(|report| shown(&report.number, NAME_CHARS_MAX)),
            is_undeliverable: order.mail_bounced_at.is_some(),
            erased: order.redacted_at.map(|at| Moment::of(at, zone)),
            refunds: words::refunds(order, zone),
            messages: ledger.into_iter().take(MESSAGES_MAX).map(|row| Message::of(row, zone)).collect(),
        }
    }
}

impl Message {
    fn of(row: &LedgerRow, zone: &TimeZone) -> Self {
        let letter = &row.record.letter;
        let (became, at) = words::became(row, zone);
        Self {
            kind: words::letter_kind(letter.kind),
            parcel: letter.about.parcel().map(|parcel| parcel.number.to_string()),
            to_staff: letter.kind.purpose() == Purpose::Staff,
            channel: words::channel(row.record.channel),
            became,
            is_missing: row.taken.is_none()
                && matches!(
                    row.record.state,
                    LetterState::Suppressed { .. }
                        | LetterState::Superseded { .. }
                        | LetterState::Failed { .. }
                        | LetterState::Unknown { .. }
                ),
            when: Moment::of(at.unwrap_or(letter.occurred_at), zone),
        }
    }
}
