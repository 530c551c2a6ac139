//! A return: what the customer asked for, and what the shop's policy answered.

use crate::{
    calendar::Calendar,
    id::{LineId, OrderId, ReturnId, ShopId},
    order::{Line, Order},
    parcel::Parcel,
    policy::{Outcome, ReturnPolicy, ReturnReason},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines of one request.
pub const RETURN_LINES_MAX: usize = 50;
/// Characters kept of what the customer wrote.
pub const NOTE_CHARS_MAX: usize = 500;
/// Returns of one order, so that a folder stays one page of one query.
pub const RETURNS_PER_ORDER_MAX: usize = 20;

/// Some pieces of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// Which line.
    pub line: LineId,
    /// How many pieces.
    pub quantity: u32,
    /// Why.
    pub reason: ReturnReason,
}

/// What the customer asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRequest {
    /// The nonce of the form.
    pub id: ReturnId,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// What for.
    pub outcome: Outcome,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was asked.
    pub requested_at: Timestamp,
}

/// Why a request is declined. Each says it in a way that can be put into words for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum DeclineReason {
    /// The order is not paid for, or was cancelled.
    OrderNotLive,
    /// Nothing was chosen, or something that is not in the order.
    NotInOrder,
    /// More pieces than are left to send back.
    TooMany {
        /// Of what.
        title: String,
        /// How many may still come back.
        left: u32,
    },
    /// Sold as final.
    FinalSale {
        /// What.
        title: String,
    },
    /// It has not arrived yet.
    NotDelivered {
        /// What.
        title: String,
    },
    /// Too late.
    WindowClosed {
        /// What.
        title: String,
        /// The last day on which it was possible.
        last_day: Date,
    },
    /// The shop does not offer this.
    OutcomeNotOffered,
    /// A person of the shop decided so.
    ByPerson {
        /// In their words.
        why: String,
    },
}

/// Why a person has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The reason given is one the shop wants to see.
    ReasonNeedsPerson,
    /// The value is above the shop's limit.
    ValueNeedsPerson,
    /// No carrier told whether it arrived.
    DeliveryUnknown,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// The policy alone.
    Policy,
    /// A person of the shop.
    Person,
}

/// Where a return is. Each variant holds exactly what that state has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReturnState {
    /// A person has to decide; the pieces are reserved meanwhile.
    Held {
        /// Why.
        why: HoldReason,
    },
    /// It may come back; the pieces are reserved.
    Approved {
        /// When.
        at: Timestamp,
        /// By whom.
        by: AnsweredBy,
    },
    /// It may not; nothing is reserved.
    Declined {
        /// When.
        at: Timestamp,
        /// By whom.
        by: AnsweredBy,
        /// Why, at least one.
        reasons: Vec<DeclineReason>,
    },
}

/// A return as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Whose.
    pub shop: ShopId,
    /// Of which order.
    pub order: OrderId,
    /// What was asked.
    pub request: ReturnRequest,
    /// The version of the settings it was decided under.
    pub settings_version: u32,
    /// Where it is.
    pub state: ReturnState,
}

/// The answer of the policy to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No, because.
    Decline(Vec<DeclineReason>),
    /// A person has to look.
    Hold(HoldReason),
}

/// Judges a request by the policy. Changes nothing.
///
/// Everything wrong is named, not only the first thing. The window counts from the latest delivery of a parcel that
/// carries the line, in the shop's zone, and includes its last day.
#[must_use]
pub fn judge(order: &Order, parcels: &[Parcel], policy: &ReturnPolicy, calendar: &Calendar, request: &ReturnRequest) -> Verdict {
    let Some(report) = order.report.as_ref().filter(|_| order.is_live()) else {
        return Verdict::Decline(vec![DeclineReason::OrderNotLive]);
    };
    let mut wanted: BTreeMap<&LineId, u32> = BTreeMap::new();
    for line in &request.lines {
        let sum = wanted.entry(&line.line).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    let mut reasons = Vec::new();
    if wanted.is_empty() || wanted.values().any(|quantity| *quantity == 0) || request.lines.len() > RETURN_LINES_MAX {
        reasons.push(DeclineReason::NotInOrder);
    }
    if !policy.outcomes.contains(&request.outcome) {
        reasons.push(DeclineReason::OutcomeNotOffered);
    }
    let mut delivery_unknown = false;
    let mut value_minor: i64 = 0;
    for (id, quantity) in wanted {
        let Some(line) = report.lines.iter().find(|line| line.id == *id) else {
            reasons.push(DeclineReason::NotInOrder);
            continue;
        };
        match judge_line(order, parcels, policy, calendar, line, quantity, request.requested_at) {
            LineVerdict::Fine => {}
            LineVerdict::Unknown => delivery_unknown = true,
            LineVerdict::No(reason) => reasons.push(reason),
        }
        let share = i128::from(line.paid.minor) * i128::from(quantity) / i128::from(line.quantity.max(1));
        value_minor = value_minor.saturating_add(i64::try_from(share).unwrap_or(i64::MAX));
    }
    reasons.dedup();
    if !reasons.is_empty() {
        return Verdict::Decline(reasons);
    }
    if delivery_unknown {
        return Verdict::Hold(HoldReason::DeliveryUnknown);
    }
    if request.lines.iter().any(|line| policy.ask_person_for.contains(&line.reason)) {
        return Verdict::Hold(HoldReason::ReasonNeedsPerson);
    }
    if policy.ask_person_above_minor.is_some_and(|limit| value_minor > limit) {
        return Verdict::Hold(HoldReason::ValueNeedsPerson);
    }
    Verdict::Approve
}

enum LineVerdict {
    Fine,
    Unknown,
    No(DeclineReason),
}

fn judge_line(
    order: &Order,
    parcels: &[Parcel],
    policy: &ReturnPolicy,
    calendar: &Calendar,
    line: &Line,
    quantity: u32,
    asked_at: Timestamp,
) -> LineVerdict {
    let title = line.title.clone();
    if is_final_sale(policy, line) {
        return LineVerdict::No(DeclineReason::FinalSale { title });
    }
    let left = left_to_return(order, line);
    if quantity > left {
        return LineVerdict::No(DeclineReason::TooMany { title, left });
    }
    match delivered_on(order, parcels, calendar, line) {
        Arrival::Unknown => LineVerdict::Unknown,
        Arrival::NotYet => LineVerdict::No(DeclineReason::NotDelivered { title }),
        Arrival::On(day) => {
            let last_day = last_day_of_window(day, policy.window_days);
            if calendar.zone.date_of(asked_at) > last_day {
                LineVerdict::No(DeclineReason::WindowClosed { title, last_day })
            } else {
                LineVerdict::Fine
            }
        }
    }
}

/// Whether the shop never takes this line back.
#[must_use]
pub fn is_final_sale(policy: &ReturnPolicy, line: &Line) -> bool {
    line.final_sale || line.sku.as_ref().is_some_and(|sku| policy.final_sale_skus.contains(sku))
}

/// Pieces of a line that were bought and are not coming back yet.
#[must_use]
pub fn left_to_return(order: &Order, line: &Line) -> u32 {
    line.quantity.saturating_sub(order.returning.get(&line.id).copied().unwrap_or(0))
}

/// The last day of a window that began on `day`.
#[must_use]
pub fn last_day_of_window(day: Date, window_days: u32) -> Date {
    day.checked_add(jiff::Span::new().days(i64::from(window_days))).unwrap_or(Date::MAX)
}

/// Whether and when a line arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// No parcel is known for it, or none was ever scanned.
    Unknown,
    /// On its way or not yet sent.
    NotYet,
    /// All its parcels arrived, the last on this day in the shop's zone.
    On(Date),
}

/// Whether and when a line arrived, in the shop's zone.
#[must_use]
pub fn delivered_on(order: &Order, parcels: &[Parcel], calendar: &Calendar, line: &Line) -> Arrival {
    if !line.ships {
        return Arrival::Unknown;
    }
    let mut keys = order.parcels_with(&line.id);
    // The number of a last leg tells nothing of its own: its scans are those of the whole parcel.
    keys.retain(|key| !parcels.iter().any(|parcel| parcel.key == *key && parcel.leg_of.is_some()));
    let mine: Vec<_> = keys.iter().filter_map(|key| parcels.iter().find(|parcel| parcel.key == *key)).collect();
    if keys.is_empty() {
        // Without a parcel nobody can tell: a line sent without tracking is a person's matter, an unsent one is early.
        return if order.is_sent(&line.id) { Arrival::Unknown } else { Arrival::NotYet };
    }
    if mine.iter().all(|parcel| parcel.scans.is_empty()) {
        return Arrival::Unknown;
    }
    let days: Option<Vec<Date>> =
        mine.iter().map(|parcel| parcel.folded().delivered_at.map(|at| calendar.zone.date_of(at))).collect();
    match days.and_then(|days| days.into_iter().max()) {
        Some(day) if mine.len() == keys.len() => Arrival::On(day),
        _ => Arrival::NotYet,
    }
}

/// The order and the return after a request: one decision over both, committed together.
///
/// Asked twice with the same id, the second time changes nothing: the return that exists is its answer.
#[must_use]
pub fn ask(
    order: &Order,
    parcels: &[Parcel],
    policy: &ReturnPolicy,
    calendar: &Calendar,
    settings_version: u32,
    mut request: ReturnRequest,
    now: Timestamp,
) -> (Order, Return) {
    request.note = request.note.map(|note| note.chars().take(NOTE_CHARS_MAX).collect());
    let state = match judge(order, parcels, policy, calendar, &request) {
        Verdict::Approve => ReturnState::Approved { at: now, by: AnsweredBy::Policy },
        Verdict::Hold(why) => ReturnState::Held { why },
        Verdict::Decline(reasons) => ReturnState::Declined { at: now, by: AnsweredBy::Policy, reasons },
    };
    let mut order = order.clone();
    if !matches!(state, ReturnState::Declined { .. }) {
        for line in &request.lines {
            let reserved = order.returning.entry(line.line.clone()).or_default();
            *reserved = reserved.saturating_add(line.quantity);
        }
    }
    let made = Return { shop: order.shop.clone(), order: order.id.clone(), request, settings_version, state };
    (order, made)
}

/// What a person of the shop answers to a held return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Approve,
    /// No, because.
    Decline {
        /// In words for the customer.
        why: String,
    },
}

/// The order and the return after a person's answer, or `None` when there is nothing left to answer.
#[must_use]
pub fn answer(order: &Order, held: &Return, answer: Answer, now: Timestamp) -> Option<(Order, Return)> {
    if !matches!(held.state, ReturnState::Held { .. }) {
        return None;
    }
    let mut order = order.clone();
    let mut answered = held.clone();
    answered.state = match answer {
        Answer::Approve => ReturnState::Approved { at: now, by: AnsweredBy::Person },
        Answer::Decline { why } => {
            for line in &held.request.lines {
                if let Some(reserved) = order.returning.get_mut(&line.line) {
                    *reserved = reserved.saturating_sub(line.quantity);
                }
            }
            order.returning.retain(|_, reserved| *reserved > 0);
            ReturnState::Declined { at: now, by: AnsweredBy::Person, reasons: vec![DeclineReason::ByPerson { why }] }
        }
    };
    Some((order, answered))
}

#[cfg(test)]
mod tests;
