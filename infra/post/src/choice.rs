//! Which letter a person means by a kind: the one that the state of things calls for, or one as if it happened now.

use crate::{Dossier, arguments::Wanted};
use domain::{
    id::{LetterId, ReturnId, TrackingNumber},
    letter::{About, Letter, LetterKind},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The letter that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// It.
    pub letter: Letter,
    /// Whether the state of things calls for it. If not, it is made up, as if its reason happened now.
    pub is_called_for: bool,
}

/// What a kind of letter is about.
enum Thing {
    Order,
    Parcel,
    Return,
}

fn thing(kind: LetterKind) -> Thing {
    match kind {
        LetterKind::OrderConfirmed
        | LetterKind::OrderHeld
        | LetterKind::OrderReleased
        | LetterKind::OrderChanged
        | LetterKind::OrderCancelled
        | LetterKind::OrderPartlyShipped
        | LetterKind::Picking
        | LetterKind::Packed
        | LetterKind::AllDelivered
        | LetterKind::ReturnWindowClosing
        | LetterKind::ThankYou
        | LetterKind::RatingRequest
        | LetterKind::ReviewRequest
        | LetterKind::Replenishment
        | LetterKind::OrderLink
        | LetterKind::PreferencesChanged
        | LetterKind::PersonNeeded => Thing::Order,
        LetterKind::ReturnReceived
        | LetterKind::ReturnApproved
        | LetterKind::ReturnDeclined
        | LetterKind::ReturnNeedsInformation
        | LetterKind::ReturnLabel
        | LetterKind::ReturnOnItsWay
        | LetterKind::ReturnArrived
        | LetterKind::ReturnInspected
        | LetterKind::ReturnRefunded
        | LetterKind::ReturnCredited
        | LetterKind::ReturnExchanged => Thing::Return,
        _ => Thing::Parcel,
    }
}

/// The letter that is meant: of those that the state of things calls for the newest one that fits, else one as if it happened
/// now.
///
/// # Errors
/// Says what else to name when several things may be meant, or none.
pub fn choose(dossier: &Dossier, wanted: &Wanted, now: Timestamp) -> Result<Chosen, String> {
    if wanted.parcel.is_some() && wanted.return_.is_some() {
        return Err("a letter is about a parcel or about a return: leave out --parcel or --return".to_owned());
    }
    let fits = |letter: &Letter| {
        let about_parcel = |number: &TrackingNumber| letter.about.parcel().is_some_and(|key| key.number == *number);
        let about_return = |id: &ReturnId| matches!(&letter.about, About::Return { return_, .. } if return_ == id);
        letter.kind == wanted.kind
            && wanted.parcel.as_ref().is_none_or(about_parcel)
            && wanted.return_.as_ref().is_none_or(about_return)
            && wanted.detail.as_ref().is_none_or(|detail| letter.about.detail() == detail)
    };
    let mut fitting = dossier.called_for();
    fitting.retain(fits);
    one_of(fitting.iter().filter_map(|letter| letter.about.parcel().map(|key| key.number.to_string())), "parcel")?;
    let returns = fitting.iter().filter_map(|letter| match &letter.about {
        About::Return { return_, .. } => Some(return_.to_string()),
        About::Order | About::Parcel { .. } => None,
    });
    one_of(returns, "return")?;
    if let Some(letter) = fitting.into_iter().max_by_key(|letter| letter.occurred_at) {
        return Ok(Chosen { letter, is_called_for: true });
    }
    let about = made_up(dossier, wanted)?;
    let id = LetterId::of("preview", wanted.kind.code(), &now.to_string());
    Ok(Chosen { letter: Letter { id, kind: wanted.kind, order: dossier.key(), about, occurred_at: now }, is_called_for: false })
}

/// About what such a letter would be.
fn made_up(dossier: &Dossier, wanted: &Wanted) -> Result<About, String> {
    let detail = wanted.detail.clone().unwrap_or_default();
    let thing = match (&wanted.parcel, &wanted.return_) {
        (Some(_), _) => Thing::Parcel,
        (None, Some(_)) => Thing::Return,
        (None, None) => thing(wanted.kind),
    };
    match thing {
        Thing::Order => Ok(About::Order),
        Thing::Parcel => {
            let numbers = || dossier.parcels.iter().map(|parcel| parcel.key.number.to_string());
            let of_order =
                |parcel: &&domain::parcel::Parcel| wanted.parcel.as_ref().is_none_or(|number| parcel.key.number == *number);
            let Some(parcel) = dossier.parcels.iter().find(of_order) else {
                return Err(none_such(&numbers().collect::<Vec<_>>(), "parcel"));
            };
            if wanted.parcel.is_none() {
                one_of(numbers(), "parcel")?;
            }
            Ok(About::Parcel { parcel: parcel.key.clone(), detail })
        }
        Thing::Return => {
            let ids = || dossier.returns.iter().map(|return_| return_.request.id.to_string());
            let of_order =
                |return_: &&domain::return_::Return| wanted.return_.as_ref().is_none_or(|id| return_.request.id == *id);
            let Some(return_) = dossier.returns.iter().find(of_order) else {
                return Err(none_such(&ids().collect::<Vec<_>>(), "return"));
            };
            if wanted.return_.is_none() {
                one_of(ids(), "return")?;
            }
            Ok(About::Return { return_: return_.request.id.clone(), detail })
        }
    }
}

fn one_of(names: impl Iterator<Item = String>, thing: &str) -> Result<(), String> {
    let names: BTreeSet<String> = names.collect();
    if names.len() < 2 {
        return Ok(());
    }
    let names: Vec<String> = names.into_iter().collect();
    Err(format!("{} {thing}s may be meant: say --{thing} and one of {}", names.len(), names.join(", ")))
}

fn none_such(names: &[String], thing: &str) -> String {
    if names.is_empty() {
        format!("the order has no {thing} that such a letter could be about")
    } else {
        format!("the order has no such {thing}; it has {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests;
