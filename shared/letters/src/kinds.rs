//! What each kind of letter says. A kind without words does not compile.

mod after;
mod orders;
mod parcels;
mod returns;
mod scans;
mod staff;
mod troubles;
mod turns;

use crate::{CannotRender, clean, draft::Draft, draft::Item, scene::Scene};
use domain::{
    letter::{About, LetterKind},
    order::Line,
};

/// The longest product name shown.
pub(crate) const TITLE_CHARS_MAX: usize = 100;
/// The longest variant shown.
const VARIANT_CHARS_MAX: usize = 60;

/// The mail of a letter.
pub(crate) fn draft(scene: &Scene) -> Result<Draft, CannotRender> {
    let kind = scene.facts.letter.kind;
    match kind {
        LetterKind::OrderConfirmed => orders::confirmed(scene),
        LetterKind::OrderHeld
        | LetterKind::OrderReleased
        | LetterKind::OrderCancelled
        | LetterKind::Picking
        | LetterKind::Packed => Ok(orders::news(scene, kind)),
        LetterKind::OrderChanged => Ok(orders::changed(scene)),
        LetterKind::OrderPartlyShipped => Ok(orders::partly_shipped(scene)),
        LetterKind::OrderLink => Ok(orders::link(scene)),
        LetterKind::PreferencesChanged => Ok(orders::preferences_changed(scene)),
        LetterKind::LabelMade => parcels::label_made(scene),
        LetterKind::Shipped => parcels::shipped(scene),
        LetterKind::ArrivingSoon => parcels::arriving_soon(scene),
        LetterKind::OutForDelivery => parcels::out_for_delivery(scene),
        LetterKind::ReadyForPickup | LetterKind::PickupReminder => parcels::to_collect(scene, kind),
        LetterKind::Delivered | LetterKind::DeliveredToNeighbour => parcels::delivered(scene, kind),
        LetterKind::AllDelivered => Ok(parcels::all_delivered(scene)),
        LetterKind::AttemptFailed => troubles::attempt_failed(scene),
        LetterKind::Delayed
        | LetterKind::Stalled
        | LetterKind::Customs
        | LetterKind::PaymentDue
        | LetterKind::AddressProblem
        | LetterKind::Damaged
        | LetterKind::Lost
        | LetterKind::Returning
        | LetterKind::ReturnedToSender
        | LetterKind::DeliveryProblem => troubles::problem(scene),
        LetterKind::NewDay => turns::new_day(scene),
        LetterKind::ProblemSolved => turns::solved(scene),
        LetterKind::ReturnReceived => returns::received(scene),
        LetterKind::ReturnApproved => returns::approved(scene),
        LetterKind::ReturnDeclined => returns::declined(scene),
        LetterKind::ReturnNeedsInformation
        | LetterKind::ReturnLabel
        | LetterKind::ReturnOnItsWay
        | LetterKind::ReturnArrived
        | LetterKind::ReturnInspected
        | LetterKind::ReturnRefunded
        | LetterKind::ReturnCredited
        | LetterKind::ReturnExchanged
        | LetterKind::ReturnWindowClosing => Ok(returns::news(scene, kind)),
        LetterKind::ThankYou | LetterKind::RatingRequest | LetterKind::ReviewRequest | LetterKind::Replenishment => {
            Ok(after::draft(scene, kind))
        }
        LetterKind::PersonNeeded => staff::person_needed(scene),
    }
}

/// Where a kind's words for short channels stand in the catalogue, and what they name beside what every message may:
/// `.sms`, `.brief` and `.whatsapp` of this message, with an ending where the facts allow to say more.
pub(crate) struct Short {
    /// The message.
    pub(crate) message: &'static str,
    /// "-day" or "-amount" where one is known: `.sms-day` instead of `.sms`.
    pub(crate) ending: &'static str,
    /// What it adds to the variables.
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Short {
    fn of(message: &'static str) -> Self {
        Self { message, ending: "", values: Vec::new() }
    }

    fn with(self, name: &'static str, value: String) -> Self {
        Self { values: vec![(name, value)], ..self }
    }
}

/// The words of a letter for a text message or WhatsApp.
pub(crate) fn short(scene: &Scene) -> Result<Short, CannotRender> {
    let kind = scene.facts.letter.kind;
    Ok(match kind {
        LetterKind::LabelMade | LetterKind::Shipped | LetterKind::OutForDelivery | LetterKind::Delivered => {
            scene.parcel()?;
            Short::of(kind.code()).with("parcels", scene.say("parcels-counted"))
        }
        LetterKind::ArrivingSoon => match parcels::expected_on(scene)? {
            Some(day) => Short { ending: "-day", ..Short::of(kind.code()).with("day", scene.tongue.day(day)) },
            None => Short::of(kind.code()).with("day", scene.label("arriving_soon.whatsapp-day")),
        },
        LetterKind::DeliveredToNeighbour | LetterKind::ReadyForPickup | LetterKind::PickupReminder => {
            scene.parcel()?;
            Short::of(kind.code())
        }
        LetterKind::AttemptFailed => Short::of("attempt_failed").with("headline", troubles::attempt_trouble(scene)?.headline),
        LetterKind::Delayed
        | LetterKind::Stalled
        | LetterKind::Customs
        | LetterKind::PaymentDue
        | LetterKind::AddressProblem
        | LetterKind::Damaged
        | LetterKind::Lost
        | LetterKind::Returning
        | LetterKind::ReturnedToSender
        | LetterKind::DeliveryProblem => Short::of("trouble").with("headline", troubles::problem_trouble(scene)?.headline),
        LetterKind::NewDay => Short::of(kind.code()).with("headline", turns::turn(scene)?.headline),
        LetterKind::ProblemSolved => Short::of(kind.code()).with("headline", turns::end(scene)?.headline),
        LetterKind::ReturnRefunded | LetterKind::ReturnCredited => match returns::amount(scene) {
            Some(amount) => Short { ending: "-amount", ..Short::of(kind.code()).with("amount", amount) },
            None => Short::of(kind.code()),
        },
        LetterKind::ReturnWindowClosing => match returns::last_day(scene) {
            Some(day) => Short { ending: "-day", ..Short::of(kind.code()).with("day", scene.tongue.day(day)) },
            None => Short::of(kind.code()),
        },
        LetterKind::OrderConfirmed
        | LetterKind::OrderHeld
        | LetterKind::OrderReleased
        | LetterKind::OrderChanged
        | LetterKind::OrderCancelled
        | LetterKind::OrderPartlyShipped
        | LetterKind::Picking
        | LetterKind::Packed
        | LetterKind::AllDelivered
        | LetterKind::ReturnReceived
        | LetterKind::ReturnApproved
        | LetterKind::ReturnDeclined
        | LetterKind::ReturnNeedsInformation
        | LetterKind::ReturnLabel
        | LetterKind::ReturnOnItsWay
        | LetterKind::ReturnArrived
        | LetterKind::ReturnInspected
        | LetterKind::ReturnExchanged
        | LetterKind::OrderLink
        | LetterKind::PreferencesChanged => Short::of(kind.code()),
        LetterKind::ThankYou
        | LetterKind::RatingRequest
        | LetterKind::ReviewRequest
        | LetterKind::Replenishment
        | LetterKind::PersonNeeded => return Err(CannotRender::NotOnThisChannel),
    })
}

/// The code of the moment a letter is about, an amount or a day.
fn detail<'a>(scene: &Scene<'a>) -> &'a str {
    match &scene.facts.letter.about {
        About::Parcel { detail, .. } | About::Return { detail, .. } => detail,
        About::Order => "",
    }
}

/// A line of the order, of which `quantity` pieces are meant.
pub(crate) fn item(scene: &Scene, line: &Line, quantity: u32) -> Item {
    let title = clean::outside(&line.title, TITLE_CHARS_MAX);
    let variant = line.variant.as_deref().map(|text| clean::outside(text, VARIANT_CHARS_MAX));
    Item {
        quantity,
        title: if title.is_empty() { scene.label("item-nameless") } else { title },
        detail: variant.filter(|text| !text.is_empty()),
        paid: None,
    }
}
