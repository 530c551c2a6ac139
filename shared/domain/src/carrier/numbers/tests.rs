//! Tests: known numbers of each form, and the laws of telling a carrier from a number.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn number(text: &str) -> TrackingNumber {
    TrackingNumber::read(text).unwrap()
}

fn carriers(codes: &[&str]) -> Vec<CarrierCode> {
    codes.iter().map(|code| code.parse().unwrap()).collect()
}

/// Numbers that carriers and open number collections give as examples, and whose they are.
const PROVEN: &[(&str, &str)] = &[
    ("ups", "1Z5R89390357567127"),
    ("ups", "1Z879E930346834440"),
    ("ups", "1Z999AA10123456784"),
    ("ups", "K1506235620"),
    ("usps", "9400111206206406260787"),
    ("usps", "420787459400111206206406260787"),
    ("usps", "420100000000 9200190132607600833457"),
    ("usps", "9101026837331000039521"),
    ("usps", "71123456789123456787"),
    ("usps", "03071790000523483741"),
    ("usps", "RB123456785US"),
    ("fedex", "986578788855"),
    ("fedex", "799531274483"),
    ("fedex", "041441760228964"),
    ("fedex", "9611020987654312345672"),
    ("fedex", "9622001900000000000000776632517510"),
    ("fedex", "1001921334250001000300779017972697"),
    ("dhl_express", "3318810025"),
    ("dhl_express", "8487135506"),
    ("dhl_germany", "00340434161094042557"),
    ("dhl_germany", "563102430313"),
    ("dpd", "09980000020033F"),
    ("dpd", "0081827099800000200 33350276C"),
    ("canada_post", "0073938000549297"),
    ("canada_post", "7035114477138472"),
    ("royal_mail", "RB123456785GB"),
    ("parcelforce", "EB123456785GB"),
    ("chronopost", "XB123456785FR"),
    ("colissimo", "LB123456785FR"),
    ("china_post", "RB123456785CN"),
    ("japan_post", "RB123456785JP"),
    ("swiss_post", "RB123456785CH"),
    ("ontrac", "C11031500001879"),
    ("ontrac", "D10011354453707"),
];

const PLAUSIBLE: &[(&str, &str)] = &[
    ("amazon", "TBA000000000000"),
    ("ontrac", "1LS717793482164"),
    ("ontrac", "LX17635036"),
    ("dhl_ecommerce", "GM2951173225174494"),
    ("yun_express", "YT2229521272164446"),
    ("yodel", "JJD0002257639032011"),
    ("canpar", "D576002440000001718010"),
    ("gofo", "GFUS01011884214464"),
    ("landmark_global", "LTN74207623N1"),
    ("postnl", "3SABCD1234567"),
    ("bpost", "323200000000000000000000"),
    ("inpost", "520113014230722029585646"),
    ("4px", "4PX3000460007000CN"),
    ("yanwen", "UG123456789YP"),
    ("sf_express", "SF1234567890123"),
    ("evri", "H00HUA0031234567"),
    ("colissimo", "6A12345678901"),
    ("correos", "PQ4F6P0704104480181750T"),
];

#[test]
fn known_numbers_are_their_carriers() {
    let told = |text: &str| (detect(&number(text), &[]), candidates(&number(text)));
    for (carrier, text) in PROVEN {
        let (found, candidates) = told(text);
        let best = candidates.iter().find(|it| it.carrier.as_str() == *carrier).map(|it| it.check);
        assert_eq!(best, Some(Check::Proven), "{carrier} {text}: {candidates:?}");
        assert_eq!(found.as_str(), *carrier, "{text}: {candidates:?}");
    }
    for (carrier, text) in PLAUSIBLE {
        let (found, candidates) = told(text);
        assert_eq!(found.as_str(), *carrier, "{text}: {candidates:?}");
        assert_eq!(candidates[0].check, Check::Plausible, "{text}: {candidates:?}");
    }
}

#[test]
fn the_shops_list_decides_between_equals_and_invents_nothing() {
    let fourteen = number("12345678901234");
    assert_eq!(detect(&fourteen, &[]).as_str(), "unknown");
    assert_eq!(detect(&fourteen, &carriers(&["hermes_germany", "dpd"])).as_str(), "hermes_germany");
    assert_eq!(detect(&fourteen, &carriers(&["dpd", "hermes_germany"])).as_str(), "dpd");
    assert_eq!(detect(&fourteen, &carriers(&["ups", "usps"])).as_str(), "unknown");
    // A check digit goes before the list; the list is read as people write it.
    assert_eq!(detect(&number("1Z5R89390357567127"), &carriers(&["dhl"])).as_str(), "ups");
    assert_eq!(detect(&number("01234567890123"), &carriers(&["dpd_de"])).as_str(), "dpd");
}

#[test]
fn a_form_without_its_check_digit_is_plausible_or_nothing() {
    let who = |text: &str| candidates(&number(text)).into_iter().map(|it| (it.carrier.to_string(), it.check)).collect::<Vec<_>>();
    assert_eq!(who("1Z5R89390357567128"), [("ups".to_owned(), Check::Plausible)]);
    assert!(!who("986578788856").iter().any(|(carrier, _)| carrier == "fedex"));
    assert_eq!(who("RB123456784GB")[0], ("royal_mail".to_owned(), Check::Plausible));
    assert!(who("RB123456785ZZ").is_empty());
    // What USPS and FedEx carry together is both's.
    let both: Vec<String> = who("9261290100130739274000").into_iter().map(|(carrier, _)| carrier).collect();
    assert!(both.contains(&"usps".to_owned()) && both.contains(&"fedex".to_owned()), "{both:?}");
}

#[test]
fn every_form_is_a_known_carriers() {
    let posts = posts::POSTS.iter().flat_map(|(_, posts)| posts.iter().copied());
    for carrier in FORMS.iter().map(|form| form.carrier).chain(posts) {
        assert!(super::super::names::NAMES.iter().any(|(code, _)| *code == carrier), "{carrier} has no name");
    }
    let countries: BTreeSet<&str> = posts::POSTS.iter().map(|(country, _)| *country).collect();
    assert_eq!(countries.len(), posts::POSTS.len());
    assert!(USUAL.iter().all(|carrier| code(carrier).as_str() == *carrier));
}

/// Numbers near the forms: their beginnings and lengths, with anything behind.
fn any_number() -> impl Strategy<Value = TrackingNumber> {
    let begins: Vec<&str> = FORMS.iter().flat_map(|form| form.begins.iter().copied()).chain(["", "RB", "EE"]).collect();
    let digits = (prop::sample::select(begins), "[0-9]{5,30}").prop_map(|(begin, rest)| format!("{begin}{rest}"));
    let known: Vec<&str> = PROVEN.iter().chain(PLAUSIBLE).map(|(_, text)| *text).collect();
    let near = prop::sample::select(known).prop_map(str::to_owned);
    prop_oneof![digits, near, "[A-Z]{2}[0-9]{9}[A-Z]{2}", "[A-Z0-9]{3,34}"].prop_map(|text| number(&text[..text.len().min(48)]))
}

fn any_prior() -> impl Strategy<Value = Vec<CarrierCode>> {
    prop::collection::vec(prop::sample::select(super::super::names::NAMES.to_vec()), 0..14)
        .prop_map(|rows| rows.iter().map(|(code, _)| known(code)).collect())
}

proptest! {
    #[test]
    fn the_order_of_the_table_does_not_matter(number in any_number(), forms in Just(FORMS.to_vec()).prop_shuffle()) {
        prop_assert_eq!(among(&forms, number.as_str().as_bytes()), candidates(&number));
    }

    #[test]
    fn a_changed_digit_is_not_proven_any_more(index in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), by in 1u8..10) {
        // Those whose check digit sees every change of one digit. UPS takes some for each other, and of S10 two remainders of
        // eleven share their digits with others.
        let sure = ["00340434161094042557", "0073938000549297", "9611020987654312345672", "041441760228964", "09980000020033F"];
        let text = *index.get(&sure);
        let digits: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        // Behind the last fifteen digits of "96" stands the number itself.
        let digits: Vec<usize> = if text.starts_with("96") { digits[7..].to_vec() } else { digits };
        let at = *at.get(&digits);
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
        let bent = number(std::str::from_utf8(&bytes).unwrap());
        let whose = detect(&number(text), &[]);
        let check = candidates(&bent).into_iter().find(|it| it.carrier == whose).map(|it| it.check);
        prop_assert_ne!(check, Some(Check::Proven), "{}", bent);
    }

    #[test]
    fn who_is_detected_may_be_it(number in any_number(), prior in any_prior()) {
        let found = detect(&number, &prior);
        let candidates = candidates(&number);
        prop_assert!(is_unknown(&found) || candidates.iter().any(|it| it.carrier == found));
        if let Some(best) = candidates.first().filter(|best| best.check == Check::Proven) {
            let is_proven = candidates.iter().any(|it| it.carrier == found && it.check == best.check);
            prop_assert!(is_proven, "a check digit goes first");
        }
        if candidates.iter().any(|it| prior.contains(&it.carrier) && it.check == candidates[0].check) {
            prop_assert!(prior.contains(&found));
        }
        let each: BTreeSet<&str> = candidates.iter().map(|it| it.carrier.as_str()).collect();
        prop_assert_eq!(each.len(), candidates.len(), "each once");
    }

    #[test]
    fn others_are_few_and_find_back(number in any_number(), told in any_prior(), prior in any_prior()) {
        let told = told.first().cloned().unwrap_or_else(unknown);
        let found = others(&number, &told, &prior);
        prop_assert!(found.len() <= OTHERS_MAX && !found.contains(&told));
        for other in &found {
            prop_assert!(others(&number, other, &prior).contains(&told), "{} does not find {}", other, told);
        }
    }
}
