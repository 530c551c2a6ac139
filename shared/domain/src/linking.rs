//! Tying parcels to their order: what a change of an order makes of the parcels it gained, kept and lost.
//!
//! Both desks do it: that of orders when a storefront names parcels, that of parcels when a scan shows who carries one.

use crate::{id::ParcelKey, order::Order, parcel::Parcel, settings::ShopSettings};

/// The parcels that a change of an order touches: those it gained and lost, and all of them when it is described for the first
/// time, so that their news can be told.
#[must_use]
pub fn touched(before: &Order, after: &Order) -> Vec<ParcelKey> {
    let (old, new) = (before.parcels(), after.parcels());
    let newly_described = after.destination().is_some() && before.report.is_none();
    let now = new.keys().filter(|key| newly_described || !old.contains_key(*key));
    now.chain(old.keys().filter(|key| !new.contains_key(*key))).cloned().collect()
}

/// The parcels that a change of an order gained.
#[must_use]
pub fn gained(before: &Order, after: &Order) -> Vec<ParcelKey> {
    let old = before.parcels();
    after.parcels().into_keys().filter(|key| !old.contains_key(key)).collect()
}

/// A parcel as it is to its order now: one of its own with somebody to write to and a timer, or not its own any more. A shop
/// without settings has no rules by which to watch.
#[must_use]
pub fn tied(order: &Order, parcel: Parcel, settings: Option<&ShopSettings>) -> Parcel {
    let Some(label_at) = order.parcels().get(&parcel.key).copied() else { return parcel.unlinked(&order.id) };
    let mut linked = parcel.linked(order.id.clone(), label_at);
    if let Some(destination) = order.destination() {
        linked = linked.described(&order.id, &destination);
    }
    match settings.map(|settings| settings.watch(&linked)) {
        Some(watch) => linked.armed(&watch),
        None => linked,
    }
}
