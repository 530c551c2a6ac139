//! Words about answers to trouble, as customers read them on their page.

use domain::answer::{Offer, Wish};

/// What was asked for, in the middle of a sentence: "You asked for another delivery day". Never the address or the note.
#[must_use]
pub fn wish(wish: &Wish) -> &'static str {
    match wish {
        Wish::AnotherDay { .. } => "another delivery day",
        Wish::CorrectedAddress { .. } => "delivery to a corrected address",
        Wish::Neighbour { .. } => "delivery to a neighbour",
        Wish::PickupPoint { .. } => "delivery to a pickup point",
        Wish::NotReceived { .. } => "help to find it",
    }
}

/// What may be chosen.
#[must_use]
pub fn offer(offer: Offer) -> &'static str {
    match offer {
        Offer::AnotherDay => "Bring it on another day",
        Offer::CorrectedAddress => "Bring it to a corrected address",
        Offer::Neighbour => "Leave it with a neighbour",
        Offer::PickupPoint => "Leave it at a pickup point",
        Offer::NotReceived => "It says delivered, but I do not have it",
    }
}
