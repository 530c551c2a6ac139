//! Whether a letter still says something true.

use super::{Letter, LetterKind};
use crate::{
    order::{Order, Stage},
    parcel::{EpisodeKind, Parcel},
    status::Status,
};

/// Whether a letter still says something true when it is about to go out.
///
/// An order cancelled before its confirmation went out is not confirmed, and a parcel that turned out to have been
/// delivered back to its sender was not delivered. Later news does not make earlier news untrue: "out for delivery" goes
/// out even when "delivered" was heard first, so that the messages do not depend on the order in which webhooks arrive
/// (infra/decisions/0004).
#[must_use]
pub fn is_still_true(letter: &Letter, order: &Order, parcel: Option<&Parcel>) -> bool {
    let detail = letter.about.detail();
    match letter.kind {
        // A cancelled order has one letter left.
        LetterKind::OrderConfirmed | LetterKind::OrderChanged | LetterKind::OrderPartlyShipped => order.cancelled_at.is_none(),
        LetterKind::Delivered | LetterKind::DeliveredToNeighbour => {
            parcel.is_some_and(|parcel| parcel.folded().delivered_at.is_some())
        }
        // A day that was changed again since, or that the page would hide now, is not announced.
        LetterKind::NewDay => parcel.and_then(Parcel::new_day).is_some_and(|day| day.to_string() == detail),
        // What only time or a later word brought is told only while it lasts.
        kind if kind.is_trouble() => match EpisodeKind::read(detail) {
            None => true,
            Some(kind) => parcel.is_some_and(|parcel| {
                parcel.is_standing() && parcel.episodes().iter().any(|e| e.kind == kind && e.closed_at.is_none())
            }),
        },
        // Released before anybody was told that it was held: one message less.
        LetterKind::OrderHeld => {
            let last = order.stages.iter().rev().find(|(_, stage)| matches!(stage, Stage::OnHold | Stage::Released));
            order.cancelled_at.is_none() && last.is_none_or(|(_, stage)| *stage == Stage::OnHold)
        }
        LetterKind::OrderReleased | LetterKind::Picking | LetterKind::Packed => order.cancelled_at.is_none(),
        LetterKind::PickupReminder => parcel.is_some_and(|parcel| parcel.folded().status == Status::AvailableForPickup),
        // A parcel that turned out to be another carrier's is told of under that one.
        LetterKind::ArrivingSoon => parcel.is_some_and(|parcel| {
            let is_on_its_way = matches!(parcel.folded().status, Status::InfoReceived | Status::InTransit);
            parcel.is_standing()
                && is_on_its_way
                && parcel.expected_to_show().is_some_and(|expected| expected.current.to_string() == detail)
        }),
        // Nobody is asked for a review of what they send back, nor reminded of a window they used.
        LetterKind::ReturnWindowClosing => order.cancelled_at.is_none() && order.returning.is_empty(),
        kind if kind.is_after_all() => order.cancelled_at.is_none() && order.returning.is_empty(),
        LetterKind::ProblemSolved => {
            parcel.is_some_and(|parcel| parcel.episodes().iter().all(|e| e.kind.code() != detail || e.closed_at.is_some()))
        }
        _ => true,
    }
}
