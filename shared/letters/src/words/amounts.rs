//! Amounts of money as a language writes them: "€29.00", "29,00 €".

use super::Tongue;
use domain::money::Money;

impl Tongue {
    /// "€29.00" in English, "29,00 €" in the others. Currencies whose sign is not known everywhere keep their three letters.
    #[must_use]
    pub fn amount(self, money: Money) -> String {
        let exponent = usize::try_from(money.currency.exponent()).unwrap_or(2);
        let digits = format!("{:0>width$}", money.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let mut number = self.grouped(whole);
        if !fraction.is_empty() {
            number.push_str(self.label("money-decimal"));
            number.push_str(fraction);
        }
        let code = money.currency.code();
        let (pattern, symbol) = match code {
            "EUR" => ("money-symbol", self.label("currency-EUR")),
            "GBP" => ("money-symbol", self.label("currency-GBP")),
            "USD" => ("money-symbol", self.label("currency-USD")),
            code => ("money-code", code),
        };
        let sign = if money.minor < 0 { "-" } else { "" };
        self.say(pattern, &[("sign", sign.into()), ("digits", number.into()), ("symbol", symbol.into())])
    }

    /// Digits in groups of three, from as many on as the language wants (CLDR's minimum grouping).
    fn grouped(self, digits: &str) -> String {
        let from = self.label("money-group-from").parse().unwrap_or(4);
        if digits.len() < from {
            return digits.to_owned();
        }
        let separator = self.say("money-group", &[]);
        let mut out = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(&separator);
            }
            out.push(digit);
        }
        out
    }
}
