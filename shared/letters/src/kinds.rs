//! What each kind of letter says. A kind without words does not compile.

mod orders;
mod parcels;
mod returns;
mod troubles;
mod turns;

use crate::{
    CannotRender, clean,
    draft::{Draft, Item},
    gsm,
    scene::Scene,
};
use domain::{letter::LetterKind, order::Line};

/// The longest product name shown.
pub(crate) const TITLE_CHARS_MAX: usize = 100;
/// The longest variant shown.
const VARIANT_CHARS_MAX: usize = 60;
/// The longest name of a shop in a text message.
const SMS_SHOP_CHARS_MAX: usize = 30;

/// The mail of a letter.
pub(crate) fn draft(scene: &Scene) -> Result<Draft, CannotRender> {
    match scene.facts.letter.kind {
        LetterKind::OrderConfirmed => orders::confirmed(scene),
        LetterKind::OrderLink => Ok(orders::link(scene)),
        LetterKind::Shipped => parcels::shipped(scene),
        LetterKind::OutForDelivery => parcels::out_for_delivery(scene),
        LetterKind::Delivered => parcels::delivered(scene),
        LetterKind::AttemptFailed => troubles::attempt_failed(scene),
        LetterKind::DeliveryProblem => troubles::problem(scene),
        LetterKind::NewDay => turns::new_day(scene),
        LetterKind::ProblemSolved => turns::solved(scene),
        LetterKind::ReturnReceived => returns::received(scene),
        LetterKind::ReturnApproved => returns::approved(scene),
        LetterKind::ReturnDeclined => returns::declined(scene),
    }
}

/// The text message of a letter.
pub(crate) fn sms(scene: &Scene) -> Result<String, CannotRender> {
    let order = gsm::plain(&scene.order()).unwrap_or_else(|| "your order".to_owned());
    let (says, briefly) = match scene.facts.letter.kind {
        LetterKind::OrderConfirmed => (format!("thank you, {order} is confirmed. Follow it here:"), "your order is confirmed:"),
        LetterKind::OrderLink => (format!("the link to {order}:"), "your link:"),
        LetterKind::Shipped => ("your parcel is on its way. Follow it here:".to_owned(), "your parcel is on its way:"),
        LetterKind::OutForDelivery => ("your parcel is out for delivery. Follow it here:".to_owned(), "out for delivery:"),
        LetterKind::Delivered => {
            ("your parcel was delivered. Not there? See what to do:".to_owned(), "your parcel was delivered:")
        }
        LetterKind::AttemptFailed => (
            format!("{}. What to do now:", mid_sentence(&troubles::attempt_trouble(scene)?.headline)),
            "your parcel could not be delivered:",
        ),
        LetterKind::NewDay => (format!("{}. More:", mid_sentence(&turns::turn(scene)?.headline)), "your parcel has a new day:"),
        LetterKind::ProblemSolved => {
            (format!("{}. More:", mid_sentence(&turns::end(scene)?.headline)), "there is news of your parcel:")
        }
        LetterKind::DeliveryProblem => (
            format!("{}. What to do now:", mid_sentence(&troubles::problem_trouble(scene)?.headline)),
            "there is news about your parcel:",
        ),
        LetterKind::ReturnReceived => {
            ("we have your return request and will write when it is decided.".to_owned(), "we have your return request:")
        }
        LetterKind::ReturnApproved => ("your return is approved. What to do next:".to_owned(), "your return is approved:"),
        LetterKind::ReturnDeclined => {
            ("your return request was declined. Why, and whom to ask:".to_owned(), "your return was declined:")
        }
    };
    // A shop whose name does not go into the alphabet is told apart by the order's number.
    let shop = gsm::plain(&clean::line(&scene.shop, SMS_SHOP_CHARS_MAX)).filter(|shop| shop.chars().any(char::is_alphanumeric));
    let sender = shop.unwrap_or_else(|| clean::capital(&order));
    let says = gsm::plain(&says).unwrap_or_else(|| briefly.to_owned());
    let link = scene.facts.link;
    let full = format!("{sender}: {says} {link}");
    if crate::segments(&full) == 1 {
        return Ok(full);
    }
    Ok(format!("{sender}: {briefly} {link}"))
}

/// A headline after a colon.
fn mid_sentence(headline: &str) -> String {
    let mut chars = headline.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A line of the order, of which `quantity` pieces are meant.
fn item(line: &Line, quantity: u32) -> Item {
    let title = clean::outside(&line.title, TITLE_CHARS_MAX);
    let variant = line.variant.as_deref().map(|text| clean::outside(text, VARIANT_CHARS_MAX));
    Item {
        quantity,
        title: if title.is_empty() { "Item".to_owned() } else { title },
        detail: variant.filter(|text| !text.is_empty()),
        paid: None,
    }
}
