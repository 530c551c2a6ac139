//! Returns in words: reasons, answers, and what happens next.

use super::Tongue;
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

impl Tongue {
    /// Why a return is declined, to the customer.
    #[must_use]
    pub fn decline(self, reason: &DeclineReason) -> String {
        match reason {
            DeclineReason::OrderNotLive => self.label("decline-order-not-live").to_owned(),
            DeclineReason::NotInOrder => self.label("decline-not-in-order").to_owned(),
            DeclineReason::TooMany { title, left } => {
                self.say("decline-too-many", &[("item", self.quoted_item(title).into()), ("left", (*left).into())])
            }
            DeclineReason::FinalSale { title } => self.say("decline-final-sale", &[("item", self.quoted_item(title).into())]),
            DeclineReason::NotDelivered { title } => {
                self.say("decline-not-delivered", &[("item", self.quoted_item(title).into())])
            }
            DeclineReason::WindowClosed { title, last_day } => self.say(
                "decline-window-closed",
                &[("item", self.quoted_item(title).into()), ("day", self.day_with_year(*last_day).into())],
            ),
            DeclineReason::OutcomeNotOffered => self.label("decline-outcome-not-offered").to_owned(),
            DeclineReason::ByPerson { why } => match clean::line(why, WHY_CHARS_MAX) {
                why if why.is_empty() => self.label("decline-by-person").to_owned(),
                why => why,
            },
        }
    }

    fn quoted_item(self, title: &str) -> String {
        match clean::outside(title, TITLE_CHARS_MAX) {
            title if title.is_empty() => self.label("decline-item-nameless").to_owned(),
            title => self.say("quoted", &[("text", title.into())]),
        }
    }

    /// Why a person looks at a return first.
    #[must_use]
    pub fn hold(self, why: HoldReason) -> String {
        let key = match why {
            HoldReason::ReasonNeedsPerson => "hold-reason",
            HoldReason::ValueNeedsPerson => "hold-value",
            HoldReason::DeliveryUnknown => "hold-delivery-unknown",
        };
        self.label(key).to_owned()
    }

    /// A reason as a form offers it.
    #[must_use]
    pub fn reason(self, reason: ReturnReason) -> &'static str {
        self.label(match reason {
            ReturnReason::TooSmall => "reason-too_small",
            ReturnReason::TooLarge => "reason-too_large",
            ReturnReason::Damaged => "reason-damaged",
            ReturnReason::Defective => "reason-defective",
            ReturnReason::WrongItem => "reason-wrong_item",
            ReturnReason::NotAsDescribed => "reason-not_as_described",
            ReturnReason::ChangedMind => "reason-changed_mind",
            ReturnReason::ArrivedLate => "reason-arrived_late",
            ReturnReason::Other => "reason-other",
        })
    }

    /// What the customer wants for it.
    #[must_use]
    pub fn outcome(self, outcome: Outcome) -> &'static str {
        self.label(match outcome {
            Outcome::Refund => "outcome-refund",
            Outcome::Exchange => "outcome-exchange",
        })
    }

    /// Where a return is, as a label.
    #[must_use]
    pub fn return_state(self, state: &ReturnState) -> &'static str {
        self.label(match state {
            ReturnState::Held { .. } => "state-held",
            ReturnState::Approved { .. } => "state-approved",
            ReturnState::Declined { .. } => "state-declined",
        })
    }

    /// What happens next with a return: paragraphs, one on each line. It promises nothing the house does not do: there is
    /// no label and no automatic refund.
    #[must_use]
    pub fn what_happens_next(self, return_: &Return, settings: &ShopSettings) -> String {
        let shop = clean::line(&settings.brand.name, clean::SHOP_CHARS_MAX);
        let contact = self.contact(settings);
        let paragraphs = match &return_.state {
            ReturnState::Held { why } => vec![self.hold(*why), self.label("next-held").to_owned()],
            ReturnState::Approved { .. } => {
                let mut out = clean::paragraphs(&settings.returns.how_to_send_back, HOW_CHARS_MAX);
                if out.is_empty() {
                    out.push(self.say("next-how", &[("contact", contact.into())]));
                }
                let key = match return_.request.outcome {
                    Outcome::Refund => "next-refund",
                    Outcome::Exchange => "next-exchange",
                };
                out.push(self.say(key, &[("shop", shop.into())]));
                out
            }
            ReturnState::Declined { .. } => vec![self.say("next-declined", &[("contact", contact.into())])],
        };
        paragraphs.join("\n")
    }
}
