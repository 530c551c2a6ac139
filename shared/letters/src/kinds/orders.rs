//! Letters about an order: its confirmation, what happens to it before it is sent, its link for somebody who asked.

use super::item;
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Item, Items, Row},
    scene::Scene,
    structured,
};
use domain::{letter::LetterKind, order::Line, parcel::ExpectedShown};
use jiff::civil::Date;

/// The longest line of an address.
const ADDRESS_CHARS_MAX: usize = 80;

pub(super) fn confirmed(scene: &Scene) -> Result<Draft, CannotRender> {
    let report = scene.report;
    let mut blocks = vec![Block::Say(scene.say("order_confirmed.say"))];
    if let Some(day) = expected_day(scene) {
        blocks.push(Block::Rows(vec![Row::new(scene.label("row-expected-order"), scene.tongue.day(day))]));
    }
    blocks.push(Block::Button(scene.label("button-follow-order")));
    blocks.extend(content(scene));
    let is_unpacked = scene.facts.order.fulfilments.is_empty() && report.lines.iter().any(|line| line.ships);
    let body = scene.say(if is_unpacked { "order-wrong.unpacked" } else { "order-wrong.soon" });
    blocks.push(Block::Notice { title: scene.label("order-wrong"), body });
    let draft = Draft::of(scene, "order_confirmed", blocks, "because-order");
    Ok(Draft { structured: Some(structured::order(scene)?), ..draft })
}

/// A letter of a paragraph or two.
pub(super) fn news(scene: &Scene, kind: LetterKind) -> Draft {
    let message = kind.code();
    let mut blocks = vec![Block::Say(scene.say(&format!("{message}.say")))];
    let then = format!("{message}.then");
    if scene.tongue.has(&then) {
        blocks.push(Block::Say(scene.say(&then)));
    }
    blocks.push(Block::Button(scene.label("button-see-order")));
    Draft::of(scene, message, blocks, "because-order")
}

pub(super) fn changed(scene: &Scene) -> Draft {
    let mut blocks = vec![Block::Say(scene.say("order_changed.say"))];
    blocks.push(Block::Button(scene.label("button-follow-order")));
    blocks.extend(content(scene));
    let body = scene.say("order-wrong.soon");
    blocks.push(Block::Notice { title: scene.label("order-wrong"), body });
    Draft::of(scene, "order_changed", blocks, "because-order")
}

/// What is on its way and what is not, where the storefront told which lines were sent.
pub(super) fn partly_shipped(scene: &Scene) -> Draft {
    let mut blocks = vec![Block::Say(scene.say("order_partly_shipped.say"))];
    blocks.push(Block::Button(scene.label("button-follow-order")));
    let packed = scene.facts.order.packed();
    let sent_of = |line: &Line| packed.get(&line.id).copied().unwrap_or(0).min(line.quantity);
    let lines = || scene.report.lines.iter().filter(|line| line.ships && line.quantity > 0);
    let sent: Vec<_> = lines().map(|line| (line, sent_of(line))).filter(|(_, n)| *n > 0).collect();
    let rest: Vec<_> = lines().map(|line| (line, line.quantity - sent_of(line))).filter(|(_, n)| *n > 0).collect();
    if !sent.is_empty() {
        for (part, lines) in [("part-sent", sent), ("part-to-come", rest)].into_iter().filter(|(_, lines)| !lines.is_empty()) {
            blocks.push(Block::Part(scene.label(part)));
            blocks.push(Block::Items(Items::of(scene, lines.into_iter().map(|(line, n)| item(scene, line, n)))));
        }
    }
    Draft::of(scene, "order_partly_shipped", blocks, "because-order")
}

pub(super) fn link(scene: &Scene) -> Draft {
    let blocks = vec![
        Block::Say(scene.say("order_link.say")),
        Block::Button(scene.label("button-open-order")),
        Block::Say(scene.label("order_link.keep")),
        Block::Say(scene.label("order_link.not-you")),
    ];
    Draft::of(scene, "order_link", blocks, "because-link")
}

pub(super) fn preferences_changed(scene: &Scene) -> Draft {
    let blocks = vec![
        Block::Say(scene.say("preferences_changed.say")),
        Block::Button(scene.label("button-open-order")),
        Block::Say(scene.say("preferences_changed.then")),
    ];
    Draft::of(scene, "preferences_changed", blocks, "because-choice")
}

/// The day the whole order is expected, when it can be said honestly: each parcel's own day, or the shop's promise as
/// long as nothing was sent.
fn expected_day(scene: &Scene) -> Option<Date> {
    let order = scene.facts.order;
    if order.parcels().is_empty() {
        return scene.facts.order.promised();
    }
    if !order.is_all_packed() || scene.facts.parcels.is_empty() {
        return None;
    }
    let days: Option<Vec<ExpectedShown>> = scene.facts.parcels.iter().map(domain::parcel::Parcel::expected_to_show).collect();
    days?.into_iter().map(|expected| expected.current).max()
}

/// What was ordered and where it goes.
fn content(scene: &Scene) -> Vec<Block> {
    let mut blocks = vec![Block::Part(scene.label("part-ordered")), Block::Items(summary(scene))];
    if let Some(address) = &scene.report.ship_to {
        let lines: Vec<String> =
            address.lines().iter().map(|line| clean::outside(line, ADDRESS_CHARS_MAX)).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            blocks.push(Block::Part(scene.label("part-address")));
            blocks.push(Block::Envelope(lines));
        }
    }
    blocks
}

fn summary(scene: &Scene) -> Items {
    let report = scene.report;
    let amount = |money| scene.tongue.amount(money);
    let bought: Vec<_> = report.lines.iter().filter(|line| line.quantity > 0).collect();
    let paid = |line: &Line| Item { paid: Some(amount(line.paid)), ..item(scene, line, line.quantity) };
    let mut items = Items::of(scene, bought.into_iter().map(paid));
    let totals = &report.totals;
    if let Some(shipping) = totals.shipping {
        let told = if shipping.minor == 0 { scene.label("sum-free") } else { amount(shipping) };
        items.sums.push(Row::new(scene.label("sum-shipping"), told));
    }
    if let Some(tax) = totals.tax.filter(|tax| tax.minor != 0) {
        items.sums.push(Row::new(scene.label("sum-tax"), amount(tax)));
    }
    if let Some(discount) = totals.discount.filter(|discount| discount.minor != 0) {
        // What was paid for a line is what was left of it: subtracting once more would not add up.
        items.sums.push(Row::new(scene.label("sum-discount"), amount(discount)));
    }
    items.total = Some(Row::new(scene.label("total"), amount(totals.total)));
    items
}
