//! Whom to write to, as people typed it at a checkout: what cannot be right is left out, never a reason to lose an order.

use domain::{
    address::{EmailAddress, Phone},
    dial,
};
use signatures::Field;

/// The longest name, title or line of an address that is kept (Shopify's longest title).
pub(crate) const TEXT_CHARS_MAX: usize = 255;
/// The longest text that is tried as a phone number: 15 digits, each with a separator, and an extension.
const PHONE_BYTES_MAX: usize = 40;

/// The first text that is an e-mail address.
pub(crate) fn email<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Option<EmailAddress> {
    texts.into_iter().flatten().find_map(|text| text.parse().ok())
}

/// The first text that is a number which could ring, read as in `country` (ISO 3166 alpha-2) unless it says its own.
pub(crate) fn phone<'a>(texts: impl IntoIterator<Item = Option<&'a str>>, country: Option<&str>) -> Option<Phone> {
    texts.into_iter().flatten().filter(|text| text.len() <= PHONE_BYTES_MAX).find_map(|text| dial::read(text, country))
}

/// A name of two parts as one, for an envelope.
pub(crate) fn name(first: &Field, last: &Field) -> Field {
    Field::of(&[first.text(), last.text()].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A language as BCP 47 writes it: `en`, `pt-BR`.
pub(crate) fn locale(text: Option<&str>) -> Option<String> {
    let text = text?.replace('_', "-");
    let sane = (2..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    sane.then_some(text)
}

/// An ISO 3166 alpha-2 code.
pub(crate) fn country(text: Option<&str>) -> Option<String> {
    text.filter(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic())).map(str::to_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_phone_is_read_as_people_of_its_country_write_it() {
        let check = |text: &str, country: &str, want: Option<&str>| {
            assert_eq!(phone([Some(text)], Some(country)).as_ref().map(Phone::as_str), want, "{text} {country}");
        };
        check("(415) 555-0132", "US", Some("+14155550132"));
        check("415.555.0132", "us", Some("+14155550132"));
        check("+1 415 555 0132", "DE", Some("+14155550132"));
        check("+1 415 555 0132 ext. 7", "US", Some("+14155550132"));
        check("030 23125 042", "DE", Some("+493023125042"));
        check("029 2018 0147", "GB", Some("+442920180147"));
        check("+44 (0)29 2018 0147", "US", Some("+442920180147"));
        check("0044 29 2018 0147", "DE", Some("+442920180147"));
        check("011 44 29 2018 0147", "US", Some("+442920180147"));
        check("1 415 555 0132", "US", Some("+14155550132"));
        check("06 1234 5678", "IT", Some("+390612345678"));
        check("8 (916) 123-45-67", "RU", Some("+79161234567"));
        check("44 29 2018 0147", "GB", Some("+442920180147"));
        check("+999 1234567", "US", None);
        check("+1 115 555 0132", "US", None);
        check("+1 415 155 0132", "US", None);
        check("+ 415", "US", None);
        check("+", "US", None);
        check("+１４１５", "US", None);
        check("555-555-SHIP", "US", None);
        check("(555) 555-5555", "US", None);
        check("415", "US", None);
        check("415 555 0132", "", None);
        check("415 555 0132", "Narnia", None);
        assert_eq!(phone([None, Some("?"), Some("+14155550132")], None).unwrap().as_str(), "+14155550132");
    }

    /// Every example of libphonenumber, as it is written inside its country and abroad, is read as libphonenumber does.
    #[test]
    fn the_table_agrees_with_libphonenumber() {
        let (mut right, mut wrong) = (0, Vec::new());
        for region in phonenumber::metadata::DATABASE.iter() {
            let kinds = region.descriptors();
            for example in [kinds.fixed_line(), kinds.mobile()].into_iter().flatten().filter_map(|kind| kind.example()) {
                let number = phonenumber::parse(region.id().parse().ok(), example).unwrap();
                // Where an area begins like the calling code (Guadeloupe, Kazakhstan) the crate loses digits of its own example.
                if number.national().value().to_string() != example.trim_start_matches('0') {
                    continue;
                }
                let write = |mode| number.format().mode(mode).to_string();
                let want = write(phonenumber::Mode::E164);
                for mode in [phonenumber::Mode::E164, phonenumber::Mode::International, phonenumber::Mode::National] {
                    let written = write(mode);
                    match phone([Some(&*written)], Some(region.id())) {
                        Some(got) if got.as_str() == want => right += 1,
                        got => wrong.push(format!("{} {written}: {got:?}, not {want}", region.id())),
                    }
                }
            }
        }
        // Argentina's mobiles lose a 15 and gain a 9; such a number is left out.
        assert_eq!((right > 1400, wrong), (true, vec!["AR 011 15-2345-6789: None, not +5491123456789".to_owned()]));
    }

    #[test]
    fn a_locale_is_plain() {
        assert_eq!(locale(Some("pt_BR")).as_deref(), Some("pt-BR"));
        assert_eq!(locale(Some("en\" onload")), None);
        assert_eq!(country(Some("us")).as_deref(), Some("US"));
        assert_eq!(country(Some("United States")), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading_of_a_phone(text in "\\PC{0,40}", dial in "[+0-9() .x;-]{0,40}", country in prop::sample::select(vec!["US", "DE", "GB", "IT", "BR", ""])) {
            let _ = phone([Some(text.as_str()), Some(dial.as_str())], Some(country));
        }
    }
}
