//! The shop's promise: by which day an order is to arrive, and until when it must be packed.
//!
//! Order to hand-over is counted on the shop's calendar, hand-over to door on the destination's: order day, cut-off, processing,
//! transit, as the field's custom estimates are built (shared/reference/field.md 1B, row B1).

use crate::{address::Address, calendar::Calendar, settings::BadSetting};
use jiff::{
    Timestamp,
    civil::{Date, Time, time},
};
use serde::{Deserialize, Serialize};

/// The most business days between order and hand-over: a quarter of a year.
const PROCESSING_DAYS_MAX: u32 = 60;
/// The most business days on the way: sea mail takes less.
const TRANSIT_DAYS_MAX: u32 = 120;
/// The most rules; enough for every country by name.
const RULES_MAX: usize = 200;
/// The most words in one list of one rule.
const WORDS_MAX: usize = 300;
/// The longest such word, in bytes.
const WORD_LENGTH_MAX: usize = 100;

/// What the shop promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PromiseRules {
    /// Orders placed until this local time of the shop, itself included, are worked on the same day (`"14:00"`).
    pub cut_off: Time,
    /// Business days of the shop from order to hand-over. 0: on the day itself.
    pub processing_days: u32,
    /// The way from the shop to the door. The first rule that fits decides; none: the shop promises nothing.
    pub transit: Vec<TransitRule>,
}

impl Default for PromiseRules {
    fn default() -> Self {
        Self { cut_off: time(14, 0, 0, 0), processing_days: 1, transit: Vec::new() }
    }
}

/// How long the way takes for some parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitRule {
    /// Names of services or shipping methods, compared by their letters and digits alone (`UPS Ground` is `ups_ground`).
    /// Empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Destinations, ISO 3166 alpha-2. `*` or empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// States or provinces as the storefront writes them (`CA`). Empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Business days from hand-over to the door, on the destination's calendar. 0: on the day itself.
    pub days: u32,
}

/// Where a parcel goes, as far as it is known. An unknown part fits only a rule that does not ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Destination<'a> {
    /// ISO 3166 alpha-2.
    pub country: Option<&'a str>,
    /// State or province.
    pub region: Option<&'a str>,
}

impl<'a> From<&'a Address> for Destination<'a> {
    fn from(address: &'a Address) -> Self {
        Self { country: address.country.as_deref(), region: address.region.as_deref() }
    }
}

/// The day by which the shop promises an order placed at `placed_at`, a civil day of the destination. None without a rule for it.
#[must_use]
pub fn promised_from_order(
    rules: &PromiseRules,
    shop: &Calendar,
    placed_at: Timestamp,
    destination: &Destination<'_>,
    service: Option<&str>,
) -> Option<Date> {
    let rule = rules.transit.iter().find(|rule| rule.fits(destination, service))?;
    let there = destination.country.map(Calendar::of_country);
    Some(there.as_ref().unwrap_or(shop).day_after(handed_over_on(rules, shop, placed_at), rule.days))
}

/// The deadline for packing: the end of the last processing day, in the shop's zone.
#[must_use]
pub fn pack_by(rules: &PromiseRules, shop: &Calendar, placed_at: Timestamp) -> Timestamp {
    shop.end_of(handed_over_on(rules, shop, placed_at))
}

/// The working day on which an order leaves the shop. Placed on a day off or after the cut-off, it is as if it came first thing
/// on the next working day.
fn handed_over_on(rules: &PromiseRules, shop: &Calendar, placed_at: Timestamp) -> Date {
    let day = shop.zone.date_of(placed_at);
    // Moments are compared, not clock faces: when clocks go back, a later order is never worked on earlier.
    let cut_off = day.to_datetime(rules.cut_off).to_zoned(shop.zone.time_zone().clone());
    let late = cut_off.is_ok_and(|cut_off| placed_at > cut_off.timestamp());
    let worked_on = shop.day_after(day, u32::from(late));
    shop.day_after(worked_on, rules.processing_days)
}

impl TransitRule {
    /// Whether this rule speaks of such a parcel.
    #[must_use]
    pub fn fits(&self, destination: &Destination<'_>, service: Option<&str>) -> bool {
        let anywhere = self.countries.is_empty() || self.countries.iter().any(|country| country == "*");
        one_of(&self.services, service)
            && (anywhere || one_of(&self.countries, destination.country))
            && one_of(&self.regions, destination.region)
    }
}

/// Whether a list asks for nothing, or for this.
fn one_of(wanted: &[String], given: Option<&str>) -> bool {
    wanted.is_empty() || given.map(folded).is_some_and(|given| wanted.iter().any(|word| folded(word) == given))
}

/// A name without what people write differently: lower case, letters and digits only.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl PromiseRules {
    /// Checks what types cannot say.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn checked(&self) -> Result<(), BadSetting> {
        if self.processing_days > PROCESSING_DAYS_MAX {
            return Err(BadSetting { field: "promise.processing_days", problem: "must be at most 60" });
        }
        if self.transit.len() > RULES_MAX {
            return Err(BadSetting { field: "promise.transit", problem: "must be at most 200 rules" });
        }
        self.transit.iter().try_for_each(TransitRule::checked)
    }
}

impl TransitRule {
    fn checked(&self) -> Result<(), BadSetting> {
        let country = |word: &String| word == "*" || (word.len() == 2 && word.bytes().all(|b| b.is_ascii_alphabetic()));
        let words = |list: &[String]| {
            list.len() <= WORDS_MAX && list.iter().all(|word| word.len() <= WORD_LENGTH_MAX && !folded(word).is_empty())
        };
        if self.days > TRANSIT_DAYS_MAX {
            return Err(BadSetting { field: "promise.transit.days", problem: "must be at most 120" });
        }
        if self.countries.len() > WORDS_MAX || !self.countries.iter().all(country) {
            return Err(BadSetting {
                field: "promise.transit.countries",
                problem: "must be at most 300 two-letter codes like DE, or *",
            });
        }
        if !words(&self.services) {
            return Err(BadSetting {
                field: "promise.transit.services",
                problem: "must be at most 300 names of 1 to 100 characters with a letter or digit",
            });
        }
        if !words(&self.regions) {
            return Err(BadSetting {
                field: "promise.transit.regions",
                problem: "must be at most 300 codes of 1 to 100 characters with a letter or digit",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
