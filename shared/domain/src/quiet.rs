//! Quiet hours: when nobody wants to be rung, wherever they may be.

use crate::{address::Phone, calendar::Zone, dial, order::Order, place};
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// Days looked at for an hour at which nobody sleeps: three hold every combination of zones and clock changes.
const DAYS_AHEAD_MAX: usize = 3;

/// A time of every day at which nothing rings. It may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first quiet moment: `21:00`.
    pub from: Time,
    /// The first one that is not quiet any more: `08:00`. The same as `from`: never quiet.
    pub until: Time,
}

impl Default for QuietHours {
    /// Nine in the evening to eight in the morning: the hours in which US law (TCPA) forbids calls, and good manners elsewhere.
    fn default() -> Self {
        Self { from: jiff::civil::time(21, 0, 0, 0), until: jiff::civil::time(8, 0, 0, 0) }
    }
}

impl QuietHours {
    /// Whether it is quiet at this time of a day.
    #[must_use]
    pub fn holds(&self, time: Time) -> bool {
        if self.from <= self.until { self.from <= time && time < self.until } else { time >= self.from || time < self.until }
    }

    /// The first moment after `now` at which it is quiet in none of the zones; `None` when it is quiet in none of them now.
    ///
    /// Zones may lie so far apart that it is always quiet in one. Then the last ones are left out, until there is an hour for
    /// the others: the strictest that can be had. At least the first one is heeded.
    #[must_use]
    pub fn opens_at(&self, now: Timestamp, zones: &[Zone]) -> Option<Timestamp> {
        (1..=zones.len()).rev().find_map(|n| match self.next_opening(now, &zones[..n]) {
            Opening::Now => Some(None),
            Opening::At(at) => Some(Some(at)),
            Opening::Never => None,
        })?
    }

    fn next_opening(&self, now: Timestamp, zones: &[Zone]) -> Opening {
        let is_quiet = |at: Timestamp| zones.iter().any(|zone| self.holds(zone.time_zone().to_datetime(at).time()));
        if !is_quiet(now) {
            return Opening::Now;
        }
        // It ends where the quiet time of one zone does, on one of the days around now.
        let ends = |zone: &Zone| {
            let days = zone.date_of(now).series(1.day()).take(DAYS_AHEAD_MAX);
            let end = |day: Date| day.to_datetime(self.until).to_zoned(zone.time_zone().clone()).ok().map(|end| end.timestamp());
            days.filter_map(end).collect::<Vec<_>>()
        };
        let mut ends: Vec<Timestamp> = zones.iter().flat_map(ends).filter(|end| *end > now).collect();
        ends.sort_unstable();
        ends.into_iter().find(|end| !is_quiet(*end)).map_or(Opening::Never, Opening::At)
    }
}

/// When it is quiet in none of some zones.
enum Opening {
    Now,
    At(Timestamp),
    Never,
}

/// The zones in which a recipient may be: of the place the parcel goes to, and of the country whose number their phone has.
/// All zones of a country when the state is not known. Neither known: the shop's.
#[must_use]
pub fn zones(country: Option<&str>, region: Option<&str>, phone: Option<&Phone>, shop: &Zone) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    let mut add = |found: Vec<Zone>| {
        for zone in found {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
    };
    if let Some(country) = country {
        add(place::zone_of(country, region).map_or_else(|| place::zones_of(country), |zone| vec![zone]));
    }
    if let Some(phone) = phone {
        let regions = dial::regions(phone);
        // A phone of the country the parcel goes to says nothing more.
        if !country.is_some_and(|country| regions.iter().any(|region| region.eq_ignore_ascii_case(country))) {
            add(regions.into_iter().flat_map(place::zones_of).collect());
        }
    }
    if zones.is_empty() { vec![shop.clone()] } else { zones }
}

/// The zones in which the customer of an order may be.
#[must_use]
pub fn zones_of(order: &Order, shop: &Zone) -> Vec<Zone> {
    let to = order.ship_to();
    let (country, region) = (to.and_then(|to| to.country.as_deref()), to.and_then(|to| to.region.as_deref()));
    let phone = order.report.as_ref().and_then(|report| report.customer.phone.as_ref());
    zones(country, region, phone, shop)
}

#[cfg(test)]
mod tests;
