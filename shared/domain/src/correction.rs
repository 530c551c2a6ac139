//! Who really carries a parcel, when its first scan contradicts what its order says.
//!
//! A storefront names a carrier that somebody chose from a list, or none; a scan comes from who has the parcel in their hands.
//! So a number that its order calls one carrier's, never scanned there, is another's as soon as that one has scanned it and it
//! is nobody else's. It does not matter which of the two is heard first: the desk of orders looks for a scanned parcel when an
//! order gains one, the desk of parcels for an order's when one is scanned.
//!
//! What was never scanned was never told to be shipped, so the customer is told everything once.

use crate::{
    carrier,
    id::{CarrierCode, OrderId, ParcelKey},
    linking,
    order::Order,
    parcel::Parcel,
};

/// Parcels looked for at once, those of one reading; of an order that gains more, the rest waits for its next scan.
pub const SOUGHT_MAX: usize = 100;

/// The keys under which parcels that a change of an order gained may have been scanned before. `gained` are those parcels as
/// they are kept.
#[must_use]
pub fn sought(order: &Order, gained: &[Parcel], prior: &[CarrierCode]) -> Vec<ParcelKey> {
    let unscanned = gained.iter().filter(|parcel| is_unscanned(order, parcel));
    unscanned.flat_map(|parcel| others(&parcel.key, prior)).take(SOUGHT_MAX).collect()
}

/// The keys under which an order may have named a parcel that was scanned; none when it belongs to an order already, is part of
/// another parcel or was never scanned.
#[must_use]
pub fn claims(scanned: &Parcel, prior: &[CarrierCode]) -> Vec<ParcelKey> {
    let is_stray = !scanned.is_standing() && scanned.leg_of.is_none() && scanned.was_scanned();
    if !is_stray {
        return Vec::new();
    }
    // Its own last leg, which may have the same number, is part of it.
    let is_leg = |key: &ParcelKey| {
        scanned.last_mile.as_ref().is_some_and(|leg| (&leg.carrier, &leg.number) == (&key.carrier, &key.number))
    };
    others(&scanned.key, prior).into_iter().filter(|key| !is_leg(key)).collect()
}

fn others(key: &ParcelKey, prior: &[CarrierCode]) -> Vec<ParcelKey> {
    let at = |carrier| ParcelKey { carrier, ..key.clone() };
    carrier::others(&key.number, &key.carrier, prior).into_iter().map(at).collect()
}

/// The order, and the parcel of its own, that a scanned one may be: of several, the one whose label is the oldest.
#[must_use]
pub fn claimant(named: &[Parcel]) -> Option<(OrderId, ParcelKey)> {
    let mut found: Vec<_> = named
        .iter()
        .filter(|parcel| parcel.is_standing() && parcel.leg_of.is_none() && !parcel.was_scanned())
        .filter_map(|parcel| parcel.link.as_ref().map(|link| (link.label_at, &link.order, &parcel.key)))
        .collect();
    found.sort_unstable();
    found.first().map(|(_, order, key)| ((*order).clone(), (*key).clone()))
}

/// The order after what was scanned is known: every parcel of `named` that it calls one carrier's and that was never scanned
/// there becomes the first of `scanned` that has its number, was scanned in its time and is no other order's.
#[must_use]
pub fn corrected(mut order: Order, named: &[Parcel], scanned: &[Parcel]) -> Order {
    for parcel in named {
        if !is_unscanned(&order, parcel) {
            continue;
        }
        let parcel = &parcel.key;
        let is_it = |other: &&Parcel| {
            let same = other.key.number == parcel.number && other.key.shop == parcel.shop && other.key.carrier != parcel.carrier;
            same && is_free(&order, other) && is_scanned_in_time(&order, parcel, other)
        };
        if let Some(found) = scanned.iter().find(is_it) {
            order = order.corrected(&parcel.number, found.key.carrier.clone());
        }
    }
    order
}

/// Whether a parcel is the order's and was never scanned in its time.
fn is_unscanned(order: &Order, parcel: &Parcel) -> bool {
    let is_own = order.parcels().contains_key(&parcel.key);
    is_own && parcel.leg_of.is_none() && !linking::tied(order, parcel.clone(), None).was_scanned()
}

/// Whether a parcel is no other order's and no part of another one.
fn is_free(order: &Order, parcel: &Parcel) -> bool {
    let is_others = parcel.link.as_ref().is_some_and(|link| link.active && link.order != order.id);
    !is_others && parcel.leg_of.is_none()
}

/// Whether a parcel was scanned in the time of the one that the order names: an earlier life of the number is none of it.
fn is_scanned_in_time(order: &Order, named: &ParcelKey, other: &Parcel) -> bool {
    let label_at = order.parcels().get(named).copied();
    label_at.is_some_and(|label_at| other.clone().linked(order.id.clone(), label_at).was_scanned())
}

#[cfg(test)]
mod tests;
