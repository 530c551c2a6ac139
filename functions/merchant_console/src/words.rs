//! The console's words to staff. What the customer reads is said in `letters`; here the same facts are told to the shop.

use domain::{
    parcel::{EpisodeKind, Problem},
    return_::HoldReason,
};
use letters::words;

/// Why a return waits for a person.
#[must_use]
pub fn held_because(why: HoldReason) -> &'static str {
    match why {
        HoldReason::ReasonNeedsPerson => "Your policy wants a person to look at returns for this reason.",
        HoldReason::ValueNeedsPerson => "Its value is above the limit of your policy.",
        HoldReason::DeliveryUnknown => "No carrier told when the items arrived, so the return window cannot be checked.",
    }
}

/// What is wrong with a parcel.
#[must_use]
pub fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Carrier { status, sub, .. } => words::status(*status, sub),
        Problem::Episode(episode) => match episode.kind {
            EpisodeKind::LabelWithoutScan => "Label made, but never scanned by the carrier",
            EpisodeKind::NoMovement => "No scan for days",
            EpisodeKind::OverduePromise => "Past its expected day",
            EpisodeKind::PresumedLost => "Likely lost: no scan for so long",
            EpisodeKind::DeliveryRetracted => "The carrier took \u{201c}delivered\u{201d} back",
            EpisodeKind::Disputed => "Its customer says that it did not arrive",
        }
        .to_owned(),
    }
}
