//! The worklist of a shop as its page shows it: returns to decide, parcels in trouble, orders to see to; the oldest first.

use crate::{
    form::WHY_CHARS_MAX,
    moment::{Moment, Past},
    nonce::Nonces,
    orders::WaitingOrder,
    pages::STYLE,
    visit::Done,
    words,
    words::UNDELIVERABLE,
};
use askama::Template;
use domain::{
    calendar::Zone,
    id::{OrderId, ShopId},
    money::Money,
    order::{Line, Order},
    parcel::{EpisodeKind, Parcel, Problem},
    return_::{NOTE_CHARS_MAX, Return, ReturnLine, ReturnState},
    settings::ShopSettings,
};
use jiff::{Timestamp, tz::TimeZone};
use letters::words as said;
use std::collections::BTreeMap;
use store::WorkItem;
use windows::{
    answer::Answer,
    text::{NAME_CHARS_MAX, shown, shown_if_any},
};

/// Rows of each list on the page: what a person does in one sitting. The rest follows as these are done.
pub const ROWS_MAX: usize = 25;
/// Rows the vault hands out of each list; with as many, nobody knows whether there are more.
const LISTED_MAX: usize = 100;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "worklist.html")]
pub struct WorklistPage {
    shop: ShopId,
    shop_name: String,
    /// What was just done.
    done: Option<Done>,
    returns: Vec<HeldReturn>,
    more_returns: Option<String>,
    parcels: Vec<TroubledParcel>,
    more_parcels: Option<String>,
    orders: Vec<WaitingOrder>,
    more_orders: Option<String>,
}

/// What the vault says of a shop's work.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// The list of returns.
    pub held: &'a [WorkItem],
    /// The list of parcels.
    pub problems: &'a [WorkItem],
    /// The list of orders.
    pub waiting: &'a [WorkItem],
    /// The orders of the returns that are shown.
    pub orders: &'a BTreeMap<OrderId, Order>,
    /// When they were read.
    pub read_at: Timestamp,
}

/// A return that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HeldReturn {
    order: String,
    return_: String,
    nonce: String,
    /// The number people say; none when the order cannot be found.
    number: Option<String>,
    items: Vec<Item>,
    value: Option<String>,
    /// What went back of the order already.
    refunds: Vec<String>,
    wants: &'static str,
    note: Option<String>,
    held_because: &'static str,
    since: Moment,
}

/// Some pieces of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    quantity: u32,
    title: String,
    variant: Option<String>,
    reason: &'static str,
}

/// A parcel only the shop can help.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TroubledParcel {
    carrier: String,
    number: String,
    url: Option<String>,
    problem: String,
    /// What the carrier says, where somebody says otherwise.
    carrier_says: Option<String>,
    since: Moment,
    /// When its carrier was last heard of it.
    heard: Option<Past>,
    /// Our name of the order, when one is known.
    order: Option<String>,
}

impl WorklistPage {
    /// The page of a shop, from its lists.
    #[must_use]
    pub fn of(shop: &ShopId, settings: Option<&ShopSettings>, lists: &Lists<'_>, nonces: &Nonces, done: Option<Done>) -> Self {
        let utc = Zone::utc();
        let zone = settings.map_or(&utc, |settings| &settings.calendar.zone).time_zone();
        let returns: Vec<&Return> = lists.held.iter().filter_map(as_return).collect();
        let parcels: Vec<&Parcel> = lists.problems.iter().filter_map(as_parcel).collect();
        let waiting: Vec<&Order> = lists.waiting.iter().filter_map(as_order).collect();
        Self {
            shop: shop.clone(),
            shop_name: settings.map_or_else(|| shop.to_string(), |settings| shown(&settings.brand.name, NAME_CHARS_MAX)),
            done,
            more_returns: more(returns.len()),
            more_parcels: more(parcels.len()),
            more_orders: more(waiting.len()),
            returns: returns
                .iter()
                .take(ROWS_MAX)
                .filter_map(|return_| HeldReturn::of(return_, lists.orders.get(&return_.order), nonces, zone))
                .collect(),
            parcels: parcels.iter().take(ROWS_MAX).filter_map(|parcel| TroubledParcel::of(parcel, lists.read_at, zone)).collect(),
            orders: waiting.iter().take(ROWS_MAX).filter_map(|order| WaitingOrder::of(order, nonces, zone)).collect(),
        }
    }

    /// The page.
    #[must_use]
    pub fn answer(&self, status: u16) -> Answer {
        Answer::page(status, STYLE, self.render())
    }
}

fn as_return(item: &WorkItem) -> Option<&Return> {
    match item {
        WorkItem::Return(return_) => Some(return_),
        WorkItem::Parcel(_) | WorkItem::Order(_) => None,
    }
}

fn as_parcel(item: &WorkItem) -> Option<&Parcel> {
    match item {
        WorkItem::Parcel(parcel) => Some(parcel),
        WorkItem::Return(_) | WorkItem::Order(_) => None,
    }
}

fn as_order(item: &WorkItem) -> Option<&Order> {
    match item {
        WorkItem::Order(order) => Some(order),
        WorkItem::Return(_) | WorkItem::Parcel(_) => None,
    }
}

/// How many rows are not shown, in words.
fn more(listed: usize) -> Option<String> {
    match listed.saturating_sub(ROWS_MAX) {
        0 => None,
        left if listed >= LISTED_MAX => Some(format!("At least {left} more wait.")),
        1 => Some("1 more waits.".to_owned()),
        left => Some(format!("{left} more wait.")),
    }
}

impl HeldReturn {
    /// `None` for a return that was answered since the list was read.
    fn of(return_: &Return, order: Option<&Order>, nonces: &Nonces, zone: &TimeZone) -> Option<Self> {
        let why = match return_.state {
            ReturnState::Held { why } => why,
            ReturnState::Approved { .. } | ReturnState::Declined { .. } => return None,
        };
        let request = &return_.request;
        let report = order.and_then(|order| order.report.as_ref());
        let lines: &[Line] = report.map_or(&[], |report| &report.lines);
        Some(Self {
            order: return_.order.to_string(),
            return_: request.id.to_string(),
            nonce: nonces.of(&return_.order, &request.id),
            number: report.map(|report| shown(&report.number, NAME_CHARS_MAX)),
            items: request.lines.iter().map(|asked| Item::of(asked, line_of(lines, asked))).collect(),
            value: value(lines, &request.lines).map(|value| value.to_string()),
            refunds: order.map(|order| words::refunds(order, zone)).unwrap_or_default(),
            wants: said::outcome(request.outcome),
            note: shown_if_said(request.note.as_deref(), NOTE_CHARS_MAX),
            held_because: words::held_because(why),
            since: Moment::of(request.requested_at, zone),
        })
    }
}

impl Item {
    fn of(asked: &ReturnLine, line: Option<&Line>) -> Self {
        Self {
            quantity: asked.quantity,
            title: line.map_or_else(
                || format!("Line {}", shown(asked.line.as_str(), NAME_CHARS_MAX)),
                |line| shown(&line.title, NAME_CHARS_MAX),
            ),
            variant: line.and_then(|line| shown_if_said(line.variant.as_deref(), NAME_CHARS_MAX)),
            reason: said::reason(asked.reason),
        }
    }
}

/// As [`shown_if_any`]; none, too, when only blanks are left of it.
fn shown_if_said(text: Option<&str>, chars_max: usize) -> Option<String> {
    shown_if_any(text?, chars_max).filter(|text| !text.trim().is_empty())
}

fn line_of<'a>(lines: &'a [Line], asked: &ReturnLine) -> Option<&'a Line> {
    lines.iter().find(|line| line.id == asked.line)
}

/// What was paid for the pieces that are to come back, as far as every line is known.
fn value(lines: &[Line], asked: &[ReturnLine]) -> Option<Money> {
    let share = |asked: &ReturnLine| {
        let line = line_of(lines, asked)?;
        let minor = i128::from(line.paid.minor) * i128::from(asked.quantity) / i128::from(line.quantity.max(1));
        Some(Money::of(i64::try_from(minor).ok()?, line.paid.currency))
    };
    let shares: Vec<Money> = asked.iter().map(share).collect::<Option<_>>()?;
    let (first, rest) = shares.split_first()?;
    rest.iter().try_fold(*first, |sum, share| sum.checked_add(*share).ok())
}

impl TroubledParcel {
    /// `None` for a parcel whose trouble ended since the list was read.
    fn of(parcel: &Parcel, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let problem = parcel.problem()?;
        let at = parcel.folded();
        let is_disputed = matches!(&problem, Problem::Episode(episode) if episode.kind == EpisodeKind::Disputed);
        let since_then = at.since.map(|since| format!(", {}", said::moment(since, zone))).unwrap_or_default();
        Some(Self {
            carrier: shown(&parcel.carrier_name(), NAME_CHARS_MAX),
            number: parcel.key.number.to_string(),
            url: parcel.carrier_url(),
            problem: words::problem(&problem),
            carrier_says: is_disputed.then(|| said::status(at.status, &at.sub) + &since_then),
            since: Moment::of(problem.since(), zone),
            heard: parcel.history().last().map(|scan| Past::of(scan.at, now, zone)),
            order: parcel.link.as_ref().filter(|link| link.active).map(|link| link.order.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_counted() {
        for (listed, words) in [
            (0, None),
            (25, None),
            (26, Some("1 more waits.")),
            (60, Some("35 more wait.")),
            (100, Some("At least 75 more wait.")),
        ] {
            assert_eq!(more(listed).as_deref(), words);
        }
    }
}
