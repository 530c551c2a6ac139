//! The bill as a table for a person, in the form of a README.

use crate::{
    Units,
    counted::Counted,
    month::{self, Habits, Line, Total},
    prices,
};
use std::fmt::Write as _;

/// Orders of the months that are shown.
pub const MONTHS: [Units; 3] = [0, 1_000, 1_000_000];

/// Dollars and cents, rounded half up.
#[must_use]
pub fn dollars(micro: Units) -> String {
    let cents = (micro + 5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A number as people read it: 1,000,000.
fn grouped(number: Units) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", grouped(number / 1000), number % 1000) }
}

/// The whole table.
#[must_use]
pub fn show(habits: &Habits, counted: &Counted) -> String {
    let bills = MONTHS.map(|orders| month::bill(orders, habits, counted));
    let mut out = format!("USD a month, us-east-1, list prices as known on {}\n\n", prices::AS_OF);
    let header = MONTHS.map(|orders| format!("{} orders", grouped(orders))).join(" | ");
    out += &format!("| | {header} |\n|---|--:|--:|--:|\n");
    let [first, ..] = &bills;
    for (n, line) in first.iter().enumerate() {
        row(&mut out, line.what, &bills.each_ref().map(|bill| bill.get(n).map_or(0, Line::listed)));
    }
    let sum = |amount: fn(&Line) -> Units| bills.each_ref().map(|bill| month::total(bill, amount));
    let listed = sum(Line::listed);
    let paid = sum(Line::after_free);
    row(&mut out, "**infrastructure**", &listed.map(|Total { ours, .. }| ours));
    row(&mut out, "**with mail and texts**", &listed.map(|Total { all, .. }| all));
    row(&mut out, "infrastructure, less what every account has free", &paid.map(|Total { ours, .. }| ours));
    row(&mut out, "with mail and texts, less that", &paid.map(|Total { all, .. }| all));
    out
}

fn row(out: &mut String, what: &str, micro: &[Units]) {
    let cells: Vec<String> = micro.iter().map(|micro| dollars(*micro)).collect();
    // Writing to a String does not fail.
    let _written = writeln!(out, "| {what} | {} |", cells.join(" | "));
}
