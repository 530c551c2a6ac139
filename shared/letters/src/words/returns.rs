//! Returns in words: reasons, answers, and what happens next.

use super::{contact, day_with_year};
use crate::clean;
use domain::{
    policy::{Outcome, ReturnReason},
    return_::{DeclineReason, HoldReason, Return, ReturnState},
    settings::ShopSettings,
};

/// The longest product name in a sentence.
const TITLE_CHARS_MAX: usize = 100;
/// The longest answer a person of the shop gives.
const WHY_CHARS_MAX: usize = 1000;
/// The longest text about how goods come back.
const HOW_CHARS_MAX: usize = 2000;

/// Why a return is declined, to the customer.
#[must_use]
pub fn decline(reason: &DeclineReason) -> String {
    let named = |title: &str| {
        let title = clean::outside(title, TITLE_CHARS_MAX);
        if title.is_empty() { "One of the items".to_owned() } else { format!("“{title}”") }
    };
    match reason {
        DeclineReason::OrderNotLive => {
            "The order has not been paid for or was cancelled, so nothing of it can be returned.".to_owned()
        }
        DeclineReason::NotInOrder => "The request named nothing, or something that is not part of this order.".to_owned(),
        DeclineReason::TooMany { title, left: 0 } => {
            format!("{}: everything you bought of it is already in a return.", named(title))
        }
        DeclineReason::TooMany { title, left: 1 } => format!("{}: only 1 piece can still be returned.", named(title)),
        DeclineReason::TooMany { title, left } => format!("{}: only {left} pieces can still be returned.", named(title)),
        DeclineReason::FinalSale { title } => format!("{} was sold as final sale and cannot be returned.", named(title)),
        DeclineReason::NotDelivered { title } => {
            format!("{} has not been delivered yet. You can ask again when it has arrived.", named(title))
        }
        DeclineReason::WindowClosed { title, last_day } => {
            format!("{} could be returned until {}, and that day has passed.", named(title), day_with_year(*last_day))
        }
        DeclineReason::OutcomeNotOffered => {
            "The shop does not offer what you asked for in return (a refund or an exchange).".to_owned()
        }
        DeclineReason::ByPerson { why } => match clean::line(why, WHY_CHARS_MAX) {
            why if why.is_empty() => "A person of the shop looked at your request and declined it.".to_owned(),
            why => why,
        },
    }
}

/// Why a person looks at a return first.
#[must_use]
pub fn hold(why: HoldReason) -> String {
    match why {
        HoldReason::ReasonNeedsPerson => "For the reason you gave, a person at the shop looks at the request first.",
        HoldReason::ValueNeedsPerson => "Because of its value, a person at the shop looks at the request first.",
        HoldReason::DeliveryUnknown => {
            "No carrier has told us when the items arrived, so a person at the shop looks at the request first."
        }
    }
    .to_owned()
}

/// A reason as a form offers it.
#[must_use]
pub fn reason(reason: ReturnReason) -> &'static str {
    match reason {
        ReturnReason::TooSmall => "Too small",
        ReturnReason::TooLarge => "Too large",
        ReturnReason::Damaged => "Arrived damaged",
        ReturnReason::Defective => "Does not work",
        ReturnReason::WrongItem => "Wrong item sent",
        ReturnReason::NotAsDescribed => "Not as described",
        ReturnReason::ChangedMind => "Changed my mind",
        ReturnReason::ArrivedLate => "Arrived too late",
        ReturnReason::Other => "Another reason",
    }
}

/// What the customer wants for it.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Refund => "Refund",
        Outcome::Exchange => "Exchange",
    }
}

/// Where a return is, as a label.
#[must_use]
pub fn return_state(state: &ReturnState) -> &'static str {
    match state {
        ReturnState::Held { .. } => "Waiting for the shop",
        ReturnState::Approved { .. } => "Approved",
        ReturnState::Declined { .. } => "Declined",
    }
}

/// What happens next with a return: paragraphs, one on each line. It promises nothing the house does not do: there is no
/// label and no automatic refund.
#[must_use]
pub fn what_happens_next(return_: &Return, settings: &ShopSettings) -> String {
    let shop = clean::line(&settings.brand.name, clean::SHOP_CHARS_MAX);
    let contact = contact(settings);
    let paragraphs = match &return_.state {
        ReturnState::Held { why } => vec![
            hold(*why),
            "Please keep the items and do not send anything back yet. We will write to you as soon as it is decided.".to_owned(),
        ],
        ReturnState::Approved { .. } => {
            let mut out = clean::paragraphs(&settings.returns.how_to_send_back, HOW_CHARS_MAX);
            if out.is_empty() {
                out.push(format!("To learn how to send the items back, {contact}."));
            }
            out.push(match return_.request.outcome {
                Outcome::Refund => format!("{shop} will refund you after the items have arrived and been checked."),
                Outcome::Exchange => format!("{shop} will send the exchange after the items have arrived and been checked."),
            });
            out
        }
        ReturnState::Declined { .. } => vec![format!("If you think this is wrong or want to explain more, {contact}.")],
    };
    paragraphs.join("\n")
}
