//! Kept deliveries, read again with today's readers.

use crate::told::{Key, Told};
use carriers::{CarrierParsed, CarrierSource};
use contracts::KeptDelivery;
use domain::{id::ShopId, parcel::ParcelReport};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use storefronts::{Parsed, Storefront, StorefrontReport};

/// What one delivery says today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// These reports.
    Reports(Vec<Told>),
    /// Nothing that is replayed, and why.
    Nothing(&'static str),
    /// It cannot be read; what and where, without quoting.
    Unreadable(String),
}

/// Reads one delivery.
#[must_use]
pub fn read(delivery: &KeptDelivery) -> Reading {
    let Some(body) = delivery.unpack() else { return Reading::Unreadable("its body cannot be unpacked".to_owned()) };
    let headers: Vec<(&String, &String)> = delivery.headers.iter().collect();
    let verified = signatures::kept(&headers, &body, delivery.received_at);
    if let Ok(source) = delivery.source.parse::<Storefront>()
        && let Some(reading) = storefront(source, &verified, delivery)
    {
        return reading;
    }
    match delivery.source.parse::<CarrierSource>() {
        Ok(source) => carrier(source, &verified),
        Err(_) => Reading::Unreadable("its source is not one of those that are read today".to_owned()),
    }
}

/// `None`: the name is a carrier's too, and this delivery is one of its.
fn storefront(source: Storefront, verified: &storefronts::Verified<'_>, delivery: &KeptDelivery) -> Option<Reading> {
    let is_carriers_too = || delivery.source.parse::<CarrierSource>().is_ok();
    Some(match source.parse(verified) {
        Ok(Parsed::Reports(reports)) => {
            let told: Vec<Told> = reports.into_iter().filter_map(told).collect();
            match told.is_empty() {
                false => Reading::Reports(told),
                true => Reading::Nothing("a request about a person's data, which was done when it came"),
            }
        }
        Ok(Parsed::Unknown { .. }) if is_carriers_too() => return None,
        Ok(Parsed::Unknown { .. }) => Reading::Nothing("of a topic that is not read"),
        Ok(Parsed::Thin { .. }) => Reading::Nothing("it only names an order, which was fetched when it came"),
        Err(bad) => Reading::Unreadable(bad.to_string()),
    })
}

fn told(report: StorefrontReport) -> Option<Told> {
    Some(match report {
        StorefrontReport::Order(report) => Told::Order(report),
        StorefrontReport::Fulfilment(report) => Told::Fulfilment(report),
        StorefrontReport::Stage(report) => Told::Stage(report),
        StorefrontReport::Refund(report) => Told::Refund(report),
        StorefrontReport::Privacy(_) => return None,
    })
}

fn carrier(source: CarrierSource, verified: &carriers::Verified<'_>) -> Reading {
    // As its door told it.
    let received_at = Some(verified.received_at());
    match source.parse(verified) {
        Ok(CarrierParsed::Reports(reports)) => {
            let told = reports.into_iter().map(|report| Told::Parcel(ParcelReport { received_at, ..report }));
            Reading::Reports(told.collect())
        }
        Ok(CarrierParsed::Unknown { .. }) => Reading::Nothing("of a topic that is not read"),
        Ok(CarrierParsed::Handshake { .. }) => Reading::Nothing("a hello that wanted an answer when it came"),
        Err(bad) => Reading::Unreadable(bad.to_string()),
    }
}

/// An order's version: which order, and the source's own time of it.
type Version = (Key, Timestamp);

/// Chooses of several descriptions of one version of an order the one that the fold itself would keep, so that reading them
/// again changes nothing when nothing is read otherwise. Deliveries of one version come within hours of each other: the ones
/// of the day before are remembered, for a version may be told on both sides of midnight.
#[derive(Debug, Default)]
pub struct Versions {
    yesterday: BTreeMap<Version, Told>,
}

impl Versions {
    /// The reports of a day, of every version one; those of orders first, for what belongs to one is easier to read then.
    /// With `only_known`, only versions that were told the day before too: for the day after the last.
    #[must_use]
    pub fn of_day(&mut self, shop: &ShopId, told: Vec<Told>, only_known: bool) -> Vec<Told> {
        let mut today: BTreeMap<Version, Told> = BTreeMap::new();
        let mut others = Vec::new();
        let mut seen = BTreeSet::new();
        for told in told {
            let Told::Order(report) = &told else {
                // A carrier's repeats are many and equal; the fold would bear them, this is only quicker.
                if !only_known && seen.insert(format!("{told:?}")) {
                    others.push(told);
                }
                continue;
            };
            let version = (told.key(shop), report.reported_at);
            let kept = today.remove(&version).or_else(|| self.yesterday.get(&version).cloned());
            let chosen = match kept {
                Some(kept) if outranks(&kept, &told) => kept,
                _ => told,
            };
            today.insert(version, chosen);
        }
        let known = std::mem::take(&mut self.yesterday);
        let chosen = today.iter().filter(|(version, _)| !only_known || known.contains_key(version));
        let out = chosen.map(|(_, told)| told.clone()).chain(others).collect();
        self.yesterday = today;
        out
    }
}

/// The rule by which the domain itself breaks the tie: the larger text of the content.
fn outranks(kept: &Told, new: &Told) -> bool {
    match (kept, new) {
        (Told::Order(kept), Told::Order(new)) => format!("{kept:?}") >= format!("{new:?}"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(source: &str, body: &str) -> Reading {
        let at = "2026-11-16T10:00:00Z".parse().unwrap();
        read(&KeptDelivery::pack(source, at, BTreeMap::new(), body.as_bytes()))
    }

    #[test]
    fn a_name_that_two_doors_have_is_read_by_the_one_that_knows_the_topic() {
        let parcel = r#"{"type": "parcel.reported", "timestamp": "2026-11-16T09:00:00Z", "data": {"carrier": "ups",
            "number": "1Z999AA10123456784", "updated_at": "2026-11-16T09:00:00Z", "scans": []}}"#;
        let Reading::Reports(told) = kept("standard", parcel) else { panic!("{:?}", kept("standard", parcel)) };
        let Told::Parcel(report) = &told[0] else { panic!() };
        assert_eq!(report.received_at, Some("2026-11-16T10:00:00Z".parse().unwrap()), "as its door told it");
        let broken = r#"{"type": "order.reported", "timestamp": "2026-11-16T09:00:00Z", "data": {}}"#;
        assert!(matches!(kept("standard", broken), Reading::Unreadable(_)), "{:?}", kept("standard", broken));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_quotes_nothing() {
        assert_eq!(kept("fax", "{}"), Reading::Unreadable("its source is not one of those that are read today".to_owned()));
        assert_eq!(kept("shopify", "ann@mail.example"), Reading::Nothing("of a topic that is not read"));
        let Reading::Unreadable(why) = kept("easypost", "ann@mail.example") else { panic!() };
        assert!(!why.contains("ann"), "{why}");
        let broken =
            KeptDelivery { body: "?".into(), ..KeptDelivery::pack("shopify", Timestamp::UNIX_EPOCH, BTreeMap::new(), b"") };
        assert_eq!(read(&broken), Reading::Unreadable("its body cannot be unpacked".to_owned()));
    }
}
