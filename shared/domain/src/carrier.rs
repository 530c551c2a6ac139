//! One name for each carrier, however storefronts and aggregators spell it.

use crate::id::{CarrierCode, TrackingNumber};

/// Other spellings, after folding to letters, digits and underscores. Seen in storefront settings and aggregator docs.
const ALIASES: &[(&str, &str)] = &[
    ("ups_mail_innovations", "ups"),
    ("upsdap", "ups"),
    ("ups_ground", "ups"),
    ("united_parcel_service", "ups"),
    ("us_postal_service", "usps"),
    ("united_states_postal_service", "usps"),
    ("fedexdefault", "fedex"),
    ("fedex_ground", "fedex"),
    ("fedex_home_delivery", "fedex"),
    ("fed_ex", "fedex"),
    ("dhlexpress", "dhl_express"),
    ("dhl", "dhl_express"),
    ("dhl_ecommerce_solutions", "dhl_ecommerce"),
    ("dhlecs", "dhl_ecommerce"),
    ("dhl_paket", "dhl_germany"),
    ("deutsche_post", "deutsche_post"),
    ("royalmail", "royal_mail"),
    ("canadapost", "canada_post"),
    ("australiapost", "australia_post"),
    ("la_poste_colissimo", "colissimo"),
    ("la_poste", "colissimo"),
    ("blue_dart", "bluedart"),
    ("hermes_uk", "evri"),
    ("hermesworld", "evri"),
    ("dpduk", "dpd_uk"),
    ("gls_de", "gls"),
];

/// The code of a carrier from whatever somebody wrote: `"FedEx"`, `"fedex"`, `"UPS®"`, `"La Poste – Colissimo"`.
#[must_use]
pub fn code(written: &str) -> CarrierCode {
    let mut folded = String::with_capacity(written.len());
    for c in written.trim().chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
        } else if !folded.ends_with('_') && !folded.is_empty() && (c.is_whitespace() || c.is_ascii_punctuation() || c == '–') {
            folded.push('_');
        }
    }
    folded.truncate(40);
    let folded = folded.trim_end_matches('_');
    let known = ALIASES.iter().find(|(alias, _)| *alias == folded).map_or(folded, |(_, code)| code);
    known.parse().unwrap_or_else(|_| unknown())
}

/// The carrier of a number nobody named a carrier for, from the number's own form; `unknown` when it has no telling one.
#[must_use]
pub fn guess(number: &TrackingNumber) -> CarrierCode {
    let text = number.as_str();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let found = match text.len() {
        18 if text.starts_with("1Z") => "ups",
        20 | 22 | 26 if digits && text.starts_with('9') => "usps",
        12 | 15 if digits => "fedex",
        10 if digits => "dhl_express",
        13 if text.ends_with("GB") => "royal_mail",
        13 if text.ends_with("US") => "usps",
        _ => "unknown",
    };
    found.parse().unwrap_or_else(|_| unknown())
}

fn unknown() -> CarrierCode {
    match "unknown".parse() {
        Ok(code) => code,
        Err(_) => unreachable!("`unknown` keeps the rule of a carrier code"),
    }
}

/// The name people know, for pages and letters.
#[must_use]
pub fn display_name(code: &CarrierCode) -> String {
    let name = match code.as_str() {
        "ups" => "UPS",
        "usps" => "USPS",
        "fedex" => "FedEx",
        "dhl_express" => "DHL Express",
        "dhl_ecommerce" => "DHL eCommerce",
        "dhl_germany" => "DHL",
        "royal_mail" => "Royal Mail",
        "canada_post" => "Canada Post",
        "australia_post" => "Australia Post",
        "colissimo" => "Colissimo",
        "bluedart" => "Blue Dart",
        "dpd" | "dpd_uk" => "DPD",
        "gls" => "GLS",
        "evri" => "Evri",
        "unknown" => "the carrier",
        other => return other.replace('_', " "),
    };
    name.to_owned()
}

/// The carrier's own page for a number, when we know its address.
#[must_use]
pub fn tracking_url(code: &CarrierCode, number: &TrackingNumber) -> Option<String> {
    Some(match code.as_str() {
        "ups" => format!("https://www.ups.com/track?tracknum={number}"),
        "usps" => format!("https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
        "fedex" => format!("https://www.fedex.com/fedextrack/?trknbr={number}"),
        "dhl_express" | "dhl_germany" | "dhl_ecommerce" => {
            format!("https://www.dhl.com/en/express/tracking.html?AWB={number}")
        }
        "royal_mail" => format!("https://www.royalmail.com/track-your-item#/tracking-results/{number}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_carrier_meet() {
        assert_eq!(code("FedEx"), code("fedex"));
        assert_eq!(code("DHLExpress").as_str(), "dhl_express");
        assert_eq!(code("La Poste – Colissimo").as_str(), "colissimo");
        assert_eq!(code("UPS®").as_str(), "ups");
        assert_eq!(code("").as_str(), "unknown");
        assert_eq!(code("快递").as_str(), "unknown");
    }

    #[test]
    fn a_number_tells_its_carrier_when_it_can() {
        assert_eq!(guess(&"1Z999AA10123456784".parse().unwrap()).as_str(), "ups");
        assert_eq!(guess(&"9205590164917312751089".parse().unwrap()).as_str(), "usps");
        assert_eq!(guess(&"ABC".parse().unwrap()).as_str(), "unknown");
    }
}
