//! Any text as a tracking number, and any other as the name of its carrier or as the place of a scan.
#![no_main]

use domain::{carrier, id::TrackingNumber, order::ParcelName, place::zone_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (number, name) = text.split_once('\n').unwrap_or((text, ""));
    let code = carrier::code(name);
    assert_eq!(carrier::code(code.as_str()), code, "a name that was folded is folded to itself");
    assert!(!carrier::display_name(&code).is_empty());
    let (country, region) = name.split_once(',').unwrap_or((name, ""));
    let _zone = zone_of(country, Some(region));
    let Ok(number) = TrackingNumber::read(number) else { return };
    assert_eq!(TrackingNumber::read(number.as_str()).as_ref(), Ok(&number), "a number that was read is read as itself");
    let guessed = carrier::guess(&number);
    let named = ParcelName::read(Some(name), number.as_str()).expect("the number was read");
    assert!(named.number == number && (named.carrier == code || named.carrier == guessed));
    for carrier in [&code, &guessed] {
        let url = carrier::tracking_url(carrier, &number);
        assert!(url.is_none_or(|url| url.starts_with("https://") && url.is_ascii()));
    }
});
