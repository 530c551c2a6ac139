//! Money: whole minor units and a currency, never a float.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Digits after the point: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217).
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().unwrap_or(2).into()
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(&code.to_ascii_uppercase()).map(Self).ok_or(MoneyError::Currency)
    }
}

impl std::str::FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::try_from(code.to_owned())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

/// An amount in minor units (cents, yen, fils) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units; negative for money going back.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why a text is no amount, or two amounts cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a code of ISO 4217.
    #[error("the currency is not an ISO 4217 code")]
    Currency,
    /// Not a plain decimal number.
    #[error("an amount must be a plain decimal number")]
    NotANumber,
    /// More digits after the point than the currency has.
    #[error("an amount has more digits after the point than its currency")]
    TooPrecise,
    /// Outside 64 bits.
    #[error("an amount is too large")]
    TooLarge,
    /// Euros and yen do not add.
    #[error("amounts of different currencies cannot be added")]
    MixedCurrencies,
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub fn of(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads major units as storefronts write them: `"10.00"`, `"5480"`, `"5480.0"` for yen, `"24.0000"`, `"-3.5"`.
    ///
    /// # Errors
    /// When it is not a plain decimal, has non-zero digits beyond the currency's, or does not fit 64 bits.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) {
            return Err(MoneyError::NotANumber);
        }
        let exponent = currency.exponent() as usize;
        let (kept, beyond) = fraction.split_at(fraction.len().min(exponent));
        if beyond.bytes().any(|b| b != b'0') {
            return Err(MoneyError::TooPrecise);
        }
        let joined = format!("{whole}{kept:0<exponent$}");
        let minor: i64 = joined.parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// The sum.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// This amount `quantity` times.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(quantity.into()).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, currency: self.currency })
    }
}

impl fmt::Display for Money {
    /// `10.00 USD`, `5480 JPY`: unambiguous in every country.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent() as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        if exponent == 0 {
            write!(f, "{sign}{whole} {}", self.currency.code())
        } else {
            write!(f, "{sign}{whole}.{fraction} {}", self.currency.code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, code: &str, want: Result<i64, MoneyError>) {
        assert_eq!(Money::parse_major(text, code.parse().unwrap()).map(|m| m.minor), want);
    }

    #[test]
    fn amounts_are_read_as_storefronts_write_them() {
        check("10.00", "USD", Ok(1000));
        check("10", "USD", Ok(1000));
        check("5480.0", "JPY", Ok(5480));
        check("24.0000", "EUR", Ok(2400));
        check("1.234", "KWD", Ok(1234));
        check("-10.00", "USD", Ok(-1000));
        check("0.005", "USD", Err(MoneyError::TooPrecise));
        check("1e3", "USD", Err(MoneyError::NotANumber));
        check("", "USD", Err(MoneyError::NotANumber));
        check("99999999999999999999", "USD", Err(MoneyError::TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in -9_000_000_000_000i64..9_000_000_000_000, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let money = Money::of(minor, code.parse().unwrap());
            let text = money.to_string();
            let (number, _) = text.split_once(' ').unwrap();
            prop_assert_eq!(Money::parse_major(number, money.currency).unwrap(), money);
        }
    }
}
