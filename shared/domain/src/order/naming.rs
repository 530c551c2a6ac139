//! Which parcels are an order's: the names that its storefront gives, and the carrier that each number really has.

use super::{FulfilmentState, Order};
use crate::{
    carrier,
    id::{BadId, CarrierCode, LineId, ParcelKey, TrackingNumber},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A parcel as a storefront names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ParcelName {
    /// Who carries it; `unknown` when nobody said so.
    pub carrier: CarrierCode,
    /// Its number.
    pub number: TrackingNumber,
}

impl ParcelName {
    /// The name of a parcel from a storefront's carrier text (often missing) and number. A carrier that is not told is not
    /// guessed here: who knows what the shop ships with decides it ([`Order::resolved`]).
    ///
    /// # Errors
    /// When the number is not one.
    pub fn read(company: Option<&str>, number: &str) -> Result<Self, BadId> {
        let number = TrackingNumber::read(number)?;
        let carrier = company.and_then(|company| carrier::told(company, &number)).unwrap_or_else(carrier::unknown);
        Ok(Self { carrier, number })
    }
}

/// By what the carrier of a number was decided here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// By its form and the shop's list of carriers, because nobody named one. What a storefront says goes before it.
    Form,
    /// By its first scan. Nothing goes before it.
    Scan,
}

/// The carrier of a number as it was decided here. Once decided it stays, whatever the shop's list becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedCarrier {
    /// Who carries it.
    pub carrier: CarrierCode,
    /// Why.
    pub by: DecidedBy,
}

/// What an order says of a number.
struct Named<'a> {
    /// The storefront's newest word, if it named a carrier at all.
    told: Option<(Timestamp, &'a str, &'a CarrierCode)>,
    /// Whether some fulfilment names it without a carrier.
    is_untold: bool,
    /// When its first label was made.
    label_at: Timestamp,
}

impl Order {
    /// The numbers of its standing fulfilments. Whatever carriers they name, one number is one parcel.
    fn named(&self) -> BTreeMap<&TrackingNumber, Named<'_>> {
        let mut out: BTreeMap<&TrackingNumber, Named<'_>> = BTreeMap::new();
        for (id, fulfilment) in self.fulfilments.iter().filter(|(_, f)| f.state == FulfilmentState::Open) {
            for name in &fulfilment.parcels {
                let new = Named { told: None, is_untold: false, label_at: fulfilment.created_at };
                let named = out.entry(&name.number).or_insert(new);
                named.label_at = named.label_at.min(fulfilment.created_at);
                if carrier::is_unknown(&name.carrier) {
                    named.is_untold = true;
                } else {
                    named.told = named.told.max(Some((fulfilment.reported_at, id.as_str(), &name.carrier)));
                }
            }
        }
        out
    }

    /// The carrier that a number of this order has: what its first scan showed, else what the storefront said, else what its
    /// form told when it became known.
    fn carrier_of(&self, number: &TrackingNumber, told: Option<&CarrierCode>) -> CarrierCode {
        let decided = |by: DecidedBy| self.carriers.get(number).filter(|it| it.by == by).map(|it| &it.carrier);
        let carrier = decided(DecidedBy::Scan).or(told).or_else(|| decided(DecidedBy::Form));
        carrier.cloned().unwrap_or_else(carrier::unknown)
    }

    /// The parcels that are this order's now, each with the moment its label was made.
    #[must_use]
    pub fn parcels(&self) -> BTreeMap<ParcelKey, Timestamp> {
        let key = |(number, named): (&TrackingNumber, Named<'_>)| {
            let carrier = self.carrier_of(number, named.told.map(|(_, _, told)| told));
            (ParcelKey { shop: self.shop.clone(), carrier, number: number.clone() }, named.label_at)
        };
        self.named().into_iter().map(key).collect()
    }

    /// The parcel that the storefront means by a name.
    #[must_use]
    pub fn parcel_of(&self, name: &ParcelName) -> ParcelKey {
        let told = self.named().remove(&name.number).and_then(|named| named.told).map(|(_, _, told)| told);
        let own = Some(&name.carrier).filter(|carrier| !carrier::is_unknown(carrier));
        let carrier = self.carrier_of(&name.number, told.or(own));
        ParcelKey { shop: self.shop.clone(), carrier, number: name.number.clone() }
    }

    /// Parcels that carry a line; every parcel when the source does not say which lines are where.
    #[must_use]
    pub fn parcels_with(&self, line: &LineId) -> BTreeSet<ParcelKey> {
        let with: BTreeSet<&TrackingNumber> = self
            .fulfilments
            .values()
            .filter(|fulfilment| fulfilment.carries(line))
            .flat_map(|fulfilment| &fulfilment.parcels)
            .map(|name| &name.number)
            .collect();
        self.parcels().into_keys().filter(|key| with.contains(&key.number)).collect()
    }

    /// The order with a carrier for each number that its storefront named none for: as the number's form and the shop's list
    /// tell now, and ever after. Decisions about numbers that it does not have any more are dropped.
    #[must_use]
    pub fn resolved(mut self, prior: &[CarrierCode]) -> Self {
        let named = self.named().into_iter().map(|(number, named)| (number.clone(), named.is_untold));
        let named: BTreeMap<TrackingNumber, bool> = named.collect();
        self.carriers.retain(|number, _| named.contains_key(number));
        for (number, _) in named.into_iter().filter(|(_, is_untold)| *is_untold) {
            let carrier = carrier::detect(&number, prior);
            self.carriers.entry(number).or_insert(DecidedCarrier { carrier, by: DecidedBy::Form });
        }
        self
    }

    /// The order after a scan showed who carries a number of its own.
    #[must_use]
    pub fn corrected(mut self, number: &TrackingNumber, carrier: CarrierCode) -> Self {
        if self.named().contains_key(number) {
            self.carriers.insert(number.clone(), DecidedCarrier { carrier, by: DecidedBy::Scan });
        }
        self
    }
}
