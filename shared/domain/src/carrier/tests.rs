//! Tests: the tables of names, spellings and pages, and what people write.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn number(text: &str) -> TrackingNumber {
    text.parse().unwrap()
}

#[test]
fn spellings_of_one_carrier_meet() {
    for (written, want) in [
        ("FedEx", "fedex"),
        ("FedEx Ground Home Delivery®", "fedex"),
        ("UPS®", "ups"),
        ("UPS Next Day Air Saver", "ups"),
        ("Bluedart", "bluedart"),
        ("Blue Dart", "bluedart"),
        ("La Poste – Colissimo", "colissimo"),
        ("La Poste Colissimo", "colissimo"),
        ("Colis Privé", "colis_prive"),
        ("Lietuvos Paštas", "lietuvos_pastas"),
        ("Österreichische Post", "austrian_post"),
        ("DHL", "dhl_express"),
        ("DHLExpress", "dhl_express"),
        ("DhlEcs", "dhl_ecommerce"),
        ("dhl-germany", "dhl_germany"),
        ("dhl_paket", "dhl_germany"),
        ("DHL Parcel UK", "dhl_parcel_uk"),
        ("UPSMailInnovations", "ups"),
        ("hermes-de", "hermes_germany"),
        ("Evri - Economy, Medium Parcel (0-15kg)", "evri"),
        ("Portal PostNord", "postnord"),
        ("GLS Italy", "gls"),
        ("gls_us", "gls_us"),
        ("GSO", "gls_us"),
        ("BRT Bartolini", "brt"),
        ("Japan Post (JA)", "japan_post"),
        ("佐川急便", "sagawa"),
        ("R+L Carriers", "rl_carriers"),
        ("J&T Express", "j_and_t"),
        ("Amazon Logistics UK", "amazon"),
        ("LaserShipV2", "ontrac"),
        ("stamps_com", "usps"),
        ("Bob's Bikes", "bob_s_bikes"),
        ("Other", "unknown"),
        ("custom", "unknown"),
        ("", "unknown"),
        ("快递", "unknown"),
    ] {
        assert_eq!(code(written).as_str(), want, "{written}");
    }
    assert_eq!(code(&"é".repeat(100)).as_str().len(), 40);
}

#[test]
fn of_a_groups_name_the_number_tells_which_company() {
    let told = |written: &str, text: &str| told(written, &number(text)).map(|code| code.to_string());
    assert_eq!(told("DHL", "00340434161094042557").as_deref(), Some("dhl_germany"));
    assert_eq!(told("DHL", "3318810025").as_deref(), Some("dhl_express"));
    assert_eq!(told("dhl", "GM2951173225174494").as_deref(), Some("dhl_ecommerce"));
    assert_eq!(told("DHL", "WHATEVER1").as_deref(), Some("dhl_express"));
    // A number that only looks like another's does not change who was named.
    assert_eq!(told("FedEx", "1Z5R89390357567127").as_deref(), Some("fedex"));
    assert_eq!(told("Other", "1Z5R89390357567127"), None);
}

#[test]
fn a_number_tells_its_carrier_when_it_can() {
    assert_eq!(guess(&number("1Z999AA10123456784")).as_str(), "ups");
    assert_eq!(guess(&number("9205590164917312751089")).as_str(), "usps");
    assert_eq!(guess(&number("ABC")).as_str(), "unknown");
}

#[test]
fn every_spelling_is_one_carriers_and_written_as_it_is_compared() {
    let mut seen = BTreeSet::new();
    for (carrier, spellings) in aliases::ALIASES {
        assert!(names::NAMES.iter().any(|(known, _)| known == carrier), "{carrier} has no name");
        for spelling in *spellings {
            assert!(aliases::letters(spelling).eq(spelling.chars()), "{spelling} is not folded");
            assert!(seen.insert(*spelling), "{spelling} is listed twice");
            let is_a_code = names::NAMES.iter().find(|(known, _)| aliases::letters(known).eq(spelling.chars()));
            assert_eq!(is_a_code, None, "{spelling} needs no row");
            assert_eq!(code(spelling).as_str(), *carrier, "{spelling}");
        }
    }
    assert!(seen.len() > 500, "{} spellings", seen.len());
}

#[test]
fn every_carrier_is_found_by_its_code_and_its_name() {
    let twice: BTreeSet<&str> = ["dpd_uk", "dhl_germany"].into();
    for (carrier, name) in names::NAMES {
        assert_eq!(code(carrier).as_str(), *carrier);
        assert!(!name.is_empty());
        if !twice.contains(carrier) {
            assert_eq!(code(name).as_str(), *carrier, "{name}");
        }
    }
    let codes: BTreeSet<&str> = names::NAMES.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes.len(), names::NAMES.len(), "a code has two rows");
}

#[test]
fn every_page_is_reached_safely_and_is_a_known_carriers() {
    let codes: BTreeSet<&str> = links::LINKS.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes.len(), links::LINKS.len(), "a code has two pages");
    for (carrier, template) in links::LINKS {
        assert!(names::NAMES.iter().any(|(known, _)| known == carrier), "{carrier} has no name");
        let url = tracking_url(&code(carrier), &number("1Z999AA10123456784")).unwrap();
        assert!(url.starts_with("https://") && url.contains("1Z999AA10123456784") && !url.contains(['{', '}', ' ']), "{url}");
        assert_eq!(template.matches("{}").count(), 1, "{template}");
    }
    assert_eq!(tracking_url(&unknown(), &number("123")), None);
}

proptest! {
    #[test]
    fn a_code_is_its_own_code(written in ".{0,60}") {
        let once = code(&written);
        prop_assert_eq!(code(once.as_str()), once);
    }

    #[test]
    fn a_spelling_with_other_marks_and_case_is_the_same(index in any::<prop::sample::Index>(), mark in "[ _–.-]", upper in any::<bool>()) {
        let all: Vec<&str> = aliases::ALIASES.iter().flat_map(|(_, spellings)| spellings.iter().copied()).collect();
        let spelling = *index.get(&all);
        let (a, b) = spelling.split_at(spelling.len() / 2);
        let marked = format!(" {a}{mark}{b}® ");
        let marked = if upper { marked.to_uppercase() } else { marked };
        prop_assert_eq!(code(&marked), code(spelling));
    }
}
