//! Stripe's numbers: amounts in the smallest unit by a rule of its own, and times in seconds.

use domain::money::{Currency, Money};
use jiff::Timestamp;
use signatures::{BadDelivery, Field};

/// Currencies of which Stripe counts whole units. `MGA` has two decimals by ISO 4217; `ISK` and `UGX` have none by it and are
/// counted in hundredths all the same, as they were before.
const WHOLE: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies that are counted in thousandths.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// An amount of Stripe's in ours.
pub(super) fn amount(field: &Field, path: &str, currency: Currency) -> Result<Option<Money>, BadDelivery> {
    let Some(text) = field.text() else { return Ok(None) };
    let units: i64 = text.parse().map_err(|_| BadDelivery::bad(path, "is not a whole number of the smallest unit"))?;
    let theirs: u32 = match currency.code() {
        code if WHOLE.contains(&code) => 0,
        code if THOUSANDTHS.contains(&code) => 3,
        _ => 2,
    };
    let ours = currency.exponent();
    let too_large = || BadDelivery::bad(path, "is not readable: an amount is too large");
    let minor = match theirs.checked_sub(ours) {
        // Halves away from zero: what Stripe could not charge exactly is not there in the first place.
        Some(more) => {
            let by = 10_i64.pow(more);
            let half = by / 2 * units.signum();
            units.checked_add(half).ok_or_else(too_large)? / by
        }
        None => units.checked_mul(10_i64.pow(ours.saturating_sub(theirs))).ok_or_else(too_large)?,
    };
    Ok(Some(Money::of(minor, currency)))
}

pub(super) fn required_amount(field: &Field, path: &str, currency: Currency) -> Result<Money, BadDelivery> {
    amount(field, path, currency)?.ok_or_else(|| BadDelivery::missing(path))
}

/// A moment in seconds since 1970.
pub(super) fn second(field: &Field, path: &str) -> Result<Timestamp, BadDelivery> {
    let second = field.required(path)?.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
    second.ok_or_else(|| BadDelivery::bad(path, "is not a time in seconds since 1970"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_is_counted_as_stripe_counts_it() {
        let check = |text: &str, code: &str, want: &str| {
            let money = amount(&Field::of(text), "amount", code.parse().unwrap()).unwrap().unwrap();
            assert_eq!(money.to_string(), want, "{text} {code}");
        };
        check("4700", "usd", "47.00 USD");
        check("4700", "jpy", "4700 JPY");
        check("4700", "KWD", "4.700 KWD");
        check("4700", "mga", "4700.00 MGA");
        check("4700", "isk", "47 ISK");
        check("4750", "ugx", "48 UGX");
        check("-4750", "ugx", "-48 UGX");
        check("4700", "huf", "47.00 HUF");
        check("0", "krw", "0 KRW");
        check("9223372036854775807", "usd", "92233720368547758.07 USD");
        for text in ["47.00", "1e3", "x", "92233720368547758070"] {
            assert!(amount(&Field::of(text), "amount", "usd".parse().unwrap()).is_err(), "{text}");
        }
        assert!(amount(&Field::of("9223372036854775807"), "amount", "mga".parse().unwrap()).is_err());
        assert!(amount(&Field::of("9223372036854775807"), "amount", "ugx".parse().unwrap()).is_err());
        assert_eq!(amount(&Field::default(), "amount", "usd".parse().unwrap()), Ok(None));
    }

    #[test]
    fn a_second_is_a_moment() {
        assert_eq!(second(&Field::of("1794849124"), "at").unwrap().to_string(), "2026-11-16T17:12:04Z");
        for text in ["", "soon", "1e9", "99999999999999999"] {
            assert!(second(&Field::of(text), "at").is_err(), "{text}");
        }
    }
}
