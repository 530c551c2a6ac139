//! What was ordered, what it cost, and what of that went back.

use crate::facts::Facts;
use letters::words;
use windows::text::{NAME_CHARS_MAX, shown_if_any};

/// One line of the order as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// How many.
    pub quantity: u32,
    /// What.
    pub title: String,
    /// Colour, size.
    pub variant: Option<String>,
    /// What was paid for all of them.
    pub paid: String,
}

/// The sums as shown. Whether a shop's prices hold the tax or not, the total is the total and the rest is part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumsView {
    /// What the customer pays in all.
    pub total: String,
    /// What it holds, and what was taken off.
    pub parts: Vec<(&'static str, String)>,
}

/// The lines of an order.
#[must_use]
pub fn items(facts: &Facts) -> Vec<ItemView> {
    let lines = facts.order.report.iter().flat_map(|report| &report.lines);
    lines
        .map(|line| ItemView {
            quantity: line.quantity,
            title: shown_if_any(&line.title, NAME_CHARS_MAX).unwrap_or_else(|| "Unnamed item".to_owned()),
            variant: line.variant.as_deref().and_then(|variant| shown_if_any(variant, NAME_CHARS_MAX)),
            paid: line.paid.to_string(),
        })
        .collect()
}

/// The sums of an order.
#[must_use]
pub fn sums(facts: &Facts) -> Option<SumsView> {
    let totals = &facts.order.report.as_ref()?.totals;
    let parts = [
        ("Shipping, included", totals.shipping),
        ("Tax, included", totals.tax),
        ("Discount, already taken off", totals.discount),
    ];
    Some(SumsView {
        total: totals.total.to_string(),
        parts: parts
            .into_iter()
            .filter_map(|(label, amount)| amount.filter(|amount| amount.minor != 0).map(|amount| (label, amount.to_string())))
            .collect(),
    })
}

/// What went back, oldest first: "12.00 EUR were refunded on Tuesday 3 November".
#[must_use]
pub fn refunds(facts: &Facts) -> Vec<String> {
    let this_year = facts.day_of(facts.now).year();
    let day = |at| {
        let day = facts.day_of(at);
        if day.year() == this_year { words::day(day) } else { words::day_with_year(day) }
    };
    facts.refunds().into_iter().map(|refund| format!("{} were refunded on {}", refund.amount, day(refund.refunded_at))).collect()
}

/// Where it goes, as on an envelope: what its customer corrected before dispatch goes before what the storefront says. Of an
/// order whose customer was forgotten nothing is told: the country that is left is no address.
#[must_use]
pub fn address(facts: &Facts) -> Vec<String> {
    facts
        .order
        .ship_to()
        .filter(|_| !facts.is_erased())
        .map(|address| address.lines().iter().filter_map(|line| shown_if_any(line, NAME_CHARS_MAX)).collect())
        .unwrap_or_default()
}
