//! Letters about an order: its confirmation, and its link for somebody who asked.

use super::item;
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Item, Items, Row},
    scene::Scene,
    structured, words,
};
use domain::parcel::ExpectedShown;
use jiff::civil::Date;

/// The longest line of an address.
const ADDRESS_CHARS_MAX: usize = 80;

pub(super) fn confirmed(scene: &Scene) -> Result<Draft, CannotRender> {
    let Scene { shop, report, .. } = scene;
    let mut blocks = vec![Block::Say(format!("Thank you for your order at {shop}. {} is confirmed.", scene.the_order()))];
    if let Some(day) = expected_day(scene) {
        blocks.push(Block::Rows(vec![Row::new("Expected delivery", words::day(day))]));
    }
    blocks.push(Block::Button("Follow your order"));
    blocks.push(Block::Part("What you ordered"));
    blocks.push(Block::Items(summary(scene)));
    if let Some(address) = &report.ship_to {
        let lines: Vec<String> =
            address.lines().iter().map(|line| clean::outside(line, ADDRESS_CHARS_MAX)).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            blocks.push(Block::Part("Where it goes"));
            blocks.push(Block::Envelope(lines));
        }
    }
    let is_unpacked = scene.facts.order.fulfilments.is_empty() && report.lines.iter().any(|line| line.ships);
    let soon = if is_unpacked { "before we pack it" } else { "soon" };
    blocks.push(Block::Notice {
        title: "Something wrong?".to_owned(),
        body: format!("Please check the items and the address. If anything is not right, tell us {soon}: {}.", scene.contact()),
    });
    Ok(Draft {
        subject: scene.subject_first(),
        preheader: "Thank you. Here is what you ordered, where it goes and how to follow it.".to_owned(),
        heading: "Your order is confirmed".to_owned(),
        blocks,
        because: format!("You get this mail because you placed {} at {shop}.", scene.order()),
        structured: Some(structured::order(scene)?),
    })
}

pub(super) fn link(scene: &Scene) -> Draft {
    let Scene { shop, .. } = scene;
    let order = scene.order();
    Draft {
        subject: clean::line(&format!("The link to {order}"), clean::SUBJECT_CHARS_MAX),
        preheader: "It opens the page where you can follow the order and ask for a return.".to_owned(),
        heading: "The link to your order".to_owned(),
        blocks: vec![
            Block::Say(format!("You asked for the link to {order} at {shop}. Here it is.")),
            Block::Button("Open your order"),
            Block::Say("Whoever has this link can see the order, so please do not pass it on.".to_owned()),
            Block::Say("If it wasn't you, ignore this mail: the link was sent to nobody else.".to_owned()),
        ],
        because: format!(
            "You get this mail because somebody asked for the link to {order} at {shop}, which was placed with this address."
        ),
        structured: None,
    }
}

impl Scene<'_> {
    /// "Order #1001 is confirmed".
    fn subject_first(&self) -> String {
        clean::line(&format!("{} is confirmed", self.the_order()), clean::SUBJECT_CHARS_MAX)
    }
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

fn summary(scene: &Scene) -> Items {
    let report = scene.report;
    let bought: Vec<_> = report.lines.iter().filter(|line| line.quantity > 0).collect();
    let mut items =
        Items::of(bought.into_iter().map(|line| Item { paid: Some(line.paid.to_string()), ..item(line, line.quantity) }));
    let totals = &report.totals;
    if let Some(shipping) = totals.shipping {
        items.sums.push(Row::new("Shipping", if shipping.minor == 0 { "free".to_owned() } else { shipping.to_string() }));
    }
    if let Some(tax) = totals.tax.filter(|tax| tax.minor != 0) {
        items.sums.push(Row::new("Tax", tax.to_string()));
    }
    if let Some(discount) = totals.discount.filter(|discount| discount.minor != 0) {
        // What was paid for a line is what was left of it: subtracting once more would not add up.
        items.sums.push(Row::new("Discount (already taken off)", discount.to_string()));
    }
    items.total = Some(totals.total.to_string());
    items
}
