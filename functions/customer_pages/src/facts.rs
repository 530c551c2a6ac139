//! What a page is made from: one order with its parcels and returns, the shop's settings, and the moment of looking.

use domain::{
    id::ParcelKey,
    order::{Order, Refund},
    parcel::Parcel,
    return_::Return,
    settings::ShopSettings,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Everything known about one order at one moment.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The order.
    pub order: Order,
    /// The parcels that are its own now, the first packed first. See [`own_parcels`].
    pub parcels: Vec<Parcel>,
    /// Its returns.
    pub returns: Vec<Return>,
    /// The shop's settings.
    pub settings: ShopSettings,
    /// The moment of looking.
    pub now: Timestamp,
}

impl Facts {
    /// The zone in which the shop counts its days.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        self.settings.calendar.zone.time_zone()
    }

    /// The shop's civil day of a moment.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.settings.calendar.zone.date_of(at)
    }

    /// The day it is where a parcel goes, or where the shop is: from what day on another one may be wished for.
    #[must_use]
    pub fn day_at_destination(&self, parcel: Option<&ParcelKey>) -> Date {
        let parcel = self.parcels.iter().find(|known| Some(&known.key) == parcel);
        parcel.map_or_else(|| self.day_of(self.now), |parcel| self.settings.watch(parcel).destination.zone.date_of(self.now))
    }

    /// A moment in words.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        letters::words::moment(at, self.zone())
    }

    /// A day in words, told as people say it when it is near.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let today = self.day_of(self.now);
        let words = letters::words::day(day);
        if day == today {
            format!("today, {words}")
        } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
            format!("tomorrow, {words}")
        } else {
            words
        }
    }

    /// The shop's name.
    #[must_use]
    pub fn shop_name(&self) -> String {
        windows::text::shown(&self.settings.brand.name, windows::text::NAME_CHARS_MAX)
    }

    /// Whether its customer was forgotten: then nothing on the page tells who they are, or asks for it again.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.order.redacted_at.is_some()
    }

    /// The money that went back, oldest first. A refund of nothing is a line taken back without money: storefronts tell those
    /// too.
    #[must_use]
    pub fn refunds(&self) -> Vec<&Refund> {
        let mut refunds: Vec<&Refund> = self.order.refunds.values().filter(|refund| refund.amount.minor != 0).collect();
        refunds.sort_by_key(|refund| refund.refunded_at);
        refunds
    }

    /// The order's number as people say it.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        self.order.report.as_ref().and_then(|report| windows::text::shown_if_any(&report.number, 64))
    }
}

/// The keys of an order's parcels, the first packed first.
#[must_use]
pub fn parcel_keys(order: &Order) -> Vec<ParcelKey> {
    let mut parcels: Vec<_> = order.parcels().into_iter().collect();
    parcels.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    parcels.into_iter().map(|(key, _)| key).collect()
}

/// The parcels of an order. One of which the vault knows nothing yet is shown by what the order says: a label was made. One
/// that is only the last leg of another of them is shown with that one.
#[must_use]
pub fn own_parcels(order: &Order, known: &[Parcel]) -> Vec<Parcel> {
    let label_at = order.parcels();
    let is_leg = |parcel: &Parcel| {
        parcel.leg_of.as_ref().is_some_and(|main| {
            label_at.keys().any(|key| key != &parcel.key && key.carrier == main.carrier && key.number == main.number)
        })
    };
    parcel_keys(order)
        .into_iter()
        .filter_map(|key| {
            let parcel = known.iter().find(|parcel| parcel.key == key).cloned().unwrap_or_else(|| Parcel::new(key.clone()));
            let made_at = *label_at.get(&key)?;
            let unlabelled = parcel.link.is_none() && parcel.scans.is_empty();
            Some(if unlabelled { parcel.linked(order.id.clone(), made_at) } else { parcel.as_of(made_at) })
        })
        .filter(|parcel| !is_leg(parcel))
        .collect()
}
