//! The calendar of a country or of a carrier, when nobody has set one.

use super::{Calendar, Zone};
use crate::holidays::COUNTRIES;

/// The zone of each country.
const ZONES: &str = include_str!("zones.tsv");

/// Weekends other than Saturday and Sunday, as ISO numbers.
///
/// From Unicode CLDR 48 (`weekData`: `weekendStart`, `weekendEnd`) and the PyPI package `holidays` 0.109. Where they differ:
/// AF is Friday and Saturday by the package (CLDR: Thursday and Friday); BD, BN, DJ and MV are the package's (CLDR knows none);
/// LY is CLDR's (the package does not know it). Left at Saturday and Sunday: IN and UG, where CLDR has Sunday alone and the
/// package both, and MR, where the package has Friday and Saturday and CLDR the world's rule.
const WEEKENDS: &[(&[i8], &[&str])] = &[
    (&[5, 6], &["AF", "BD", "BH", "DJ", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "MV", "OM", "QA", "SA", "SD", "SY", "YE"]),
    (&[5], &["IR"]),
    (&[5, 7], &["BN"]),
];

/// Carriers that work in one country only, by their [code](crate::carrier::code).
const HOMES: &[(&str, &str)] = &[
    ("australia_post", "AU"),
    ("bluedart", "IN"),
    ("canada_post", "CA"),
    ("colissimo", "FR"),
    ("deutsche_post", "DE"),
    ("dhl_germany", "DE"),
    ("dpd_uk", "GB"),
    ("evri", "GB"),
    ("royal_mail", "GB"),
    ("usps", "US"),
];

impl Calendar {
    /// The calendar of a country, ISO 3166 alpha-2 in any case: the zone in which most of its people live, its weekend, and its
    /// [built-in holidays](crate::holidays) if there are any. A country nobody knows counts Monday to Friday in UTC.
    #[must_use]
    pub fn of_country(country: &str) -> Self {
        let country = country.trim().to_ascii_uppercase();
        let rows = ZONES.lines().filter_map(|line| line.split_once('\t'));
        let zone = rows.filter(|(code, _)| *code == country).find_map(|(_, name)| Zone::try_from(name.to_owned()).ok());
        let weekend = WEEKENDS.iter().find(|(_, countries)| countries.contains(&country.as_str()));
        let standard = Self::default();
        Self {
            zone: zone.unwrap_or_default(),
            weekend: weekend.map_or(standard.weekend, |(days, _)| days.to_vec()),
            country: COUNTRIES.contains(&country.as_str()).then_some(country),
            holidays: standard.holidays,
        }
    }

    /// The calendar of a carrier where the parcel is: that of the `country` if one is told, else of the only country in which
    /// the carrier works, else Monday to Friday in UTC. `carrier` is a [code](crate::carrier::code).
    ///
    /// Carriers drive on Saturdays in many places; their days are counted Monday to Friday all the same, as the thresholds do.
    #[must_use]
    pub fn of_carrier(carrier: &str, country: Option<&str>) -> Self {
        let home = || HOMES.iter().find(|(code, _)| *code == carrier).map(|(_, country)| *country);
        country.or_else(home).map_or_else(Self::default, Self::of_country)
    }
}
