//! Amounts and numbers of pieces as storefronts write them: every digit is kept, and no float is ever made of one.
//!
//! One rule holds for every storefront: the `paid` of a line is what the customer paid for all pieces of it, after discounts and
//! with tax, so that a refund of a line can be exact. `shipping` is with tax too: then lines, shipping and fees are the total.

use domain::money::{Currency, Money, MoneyError};
use signatures::{BadDelivery, Field};

/// An amount. Storefronts keep more decimals than a currency has (`24.0000`, `9.925`); they are rounded, halves away from zero.
pub(crate) fn rounded(field: &Field, path: &str, currency: Currency) -> Result<Option<Money>, BadDelivery> {
    let Some(text) = field.text() else { return Ok(None) };
    let point = text.find('.').unwrap_or(text.len());
    let end = point + 1 + currency.exponent() as usize;
    let (Some(kept), Some(beyond)) = (text.get(..end), text.get(end..)) else { return field.money(path, currency) };
    if !beyond.bytes().all(|b| b.is_ascii_digit()) {
        return field.money(path, currency);
    }
    let kept = Field::of(kept).required_money(path, currency)?;
    let up = i64::from(beyond.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
    let minor = if text.starts_with('-') { kept.minor.saturating_sub(up) } else { kept.minor.saturating_add(up) };
    Ok(Some(Money::of(minor, currency)))
}

/// An amount that we cannot do without.
pub(crate) fn required(field: &Field, path: &str, currency: Currency) -> Result<Money, BadDelivery> {
    rounded(field, path, currency)?.ok_or_else(|| BadDelivery::missing(path))
}

/// The sum of two amounts; `path` is named when it does not fit or the currencies differ.
pub(crate) fn sum(one: Money, other: Money, path: &str) -> Result<Money, BadDelivery> {
    one.checked_add(other).map_err(|error| unreadable(path, error))
}

/// The sum of those that are there; none when none is.
pub(crate) fn sum_of<const COUNT: usize>(amounts: [Option<Money>; COUNT], path: &str) -> Result<Option<Money>, BadDelivery> {
    amounts.into_iter().flatten().try_fold(None, |all: Option<Money>, one| match all {
        Some(all) => sum(all, one, path).map(Some),
        None => Ok(Some(one)),
    })
}

/// What is left of an amount after something was taken off it, and never less than nothing.
pub(crate) fn less(from: Money, off: Money) -> Money {
    Money::of(from.minor.saturating_sub(off.minor).max(0), from.currency)
}

/// The share of `some` pieces in the amount of `all` of them, rounded down: shares never add up to more.
pub(crate) fn share(amount: Money, some: u32, all: u32) -> Money {
    let share = i128::from(amount.minor) * i128::from(some.min(all)) / i128::from(all.max(1));
    Money::of(i64::try_from(share).unwrap_or(amount.minor), amount.currency)
}

pub(crate) fn unreadable(path: &str, error: MoneyError) -> BadDelivery {
    BadDelivery::bad(path, format!("is not readable: {error}"))
}

/// A number of pieces. Of what is sold by weight or length (`1.5`), a started piece is a piece.
pub(crate) fn pieces(field: &Field, path: &str) -> Result<u32, BadDelivery> {
    let text = field.required(path)?;
    let parts = text.split_once('.').filter(|(_, part)| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let Some((whole, part)) = parts else { return field.read(path) };
    let whole: u32 = Field::of(whole).read(path)?;
    Ok(whole.saturating_add(u32::from(part.bytes().any(|b| b != b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_with_more_decimals_than_the_currency_are_rounded() {
        let check = |text: &str, code: &str, want: Option<i64>| {
            let got = rounded(&Field::of(text), "total", code.parse().unwrap());
            assert_eq!(got.ok().flatten().map(|money| money.minor), want, "{text} {code}");
        };
        check("29.35", "USD", Some(2935));
        check("29", "USD", Some(2900));
        check("29.3", "USD", Some(2930));
        check("24.0000", "USD", Some(2400));
        check("29.355", "USD", Some(2936));
        check("29.3549", "USD", Some(2935));
        check("-10.005", "USD", Some(-1001));
        check("5480.4", "JPY", Some(5480));
        check("5480.5", "JPY", Some(5481));
        check("1.2345", "KWD", Some(1235));
        check("1e3", "USD", None);
        check("1.234,5", "USD", None);
        check("1.23é", "USD", None);
        check("9223372036854775807", "USD", None);
    }

    #[test]
    fn shares_are_rounded_down_and_never_more_than_the_whole() {
        let check = |minor, some, all, want| assert_eq!(share(Money::of(minor, "USD".parse().unwrap()), some, all).minor, want);
        check(1000, 1, 3, 333);
        check(1000, 3, 3, 1000);
        check(1000, 4, 3, 1000);
        check(1000, 0, 0, 0);
        check(i64::MAX, u32::MAX - 1, u32::MAX, 9_223_372_034_707_292_158);
    }

    #[test]
    fn a_started_piece_is_a_piece() {
        let check = |text: &str, want: Option<u32>| assert_eq!(pieces(&Field::of(text), "quantity").ok(), want, "{text}");
        check("2", Some(2));
        check("2.0", Some(2));
        check("1.5", Some(2));
        check("0.25", Some(1));
        check("4294967295.1", Some(u32::MAX));
        check("-1.5", None);
        check("1.", None);
        check("1.é", None);
        check("1e3", None);
        check("", None);
    }
}
