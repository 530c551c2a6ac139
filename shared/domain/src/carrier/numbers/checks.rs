//! The check digits of carriers' numbers. Each takes the whole number and says whether it fits.

/// The value of a digit.
fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The sum of digits times weights, which repeat; `None` when one is no digit.
fn weighted(digits: &[u8], weights: &[u32]) -> Option<u32> {
    digits.iter().zip(weights.iter().cycle()).map(|(byte, weight)| Some(digit(*byte)? * weight)).sum()
}

/// What comes before the last character, and that one's value as a digit.
fn split(number: &[u8]) -> Option<(&[u8], u32)> {
    let (last, before) = number.split_last()?;
    Some((before, digit(*last)?))
}

/// What is missing to the next ten.
fn to_ten(sum: u32) -> u32 {
    (10 - sum % 10) % 10
}

/// GS1: weights 3 and 1 in turn, counted from the check digit.
pub(super) fn gs1(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(number)?;
        let reversed: Vec<u8> = before.iter().rev().copied().collect();
        Some(to_ten(weighted(&reversed, &[3, 1])?) == check)
    };
    fits().unwrap_or(false)
}

/// GS1 over the last so many digits: what comes before says where it goes.
fn gs1_of_last(number: &[u8], count: usize) -> bool {
    number.len().checked_sub(count).is_some_and(|from| gs1(&number[from..]))
}

/// USPS behind `420` and a ZIP code of five or nine digits: 22 or 26 digits. The older form of 20 counts a `91` that is not
/// written.
pub(super) fn usps(number: &[u8]) -> bool {
    match number.len() {
        20 => gs1(number) || gs1(&[b"91", number].concat()),
        30 | 34 if number.starts_with(b"420") => gs1_of_last(number, 22) || gs1_of_last(number, 26),
        _ => gs1(number),
    }
}

/// FedEx Ground 96: the last fifteen digits are the number itself.
pub(super) fn fedex_96(number: &[u8]) -> bool {
    gs1_of_last(number, 15)
}

/// FedEx Express: weights 3, 1, 7, the sum modulo 11, of which ten counts as nought.
pub(super) fn fedex_express(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(number)?;
        Some(weighted(before, &[3, 1, 7])? % 11 % 10 == check)
    };
    fits().unwrap_or(false)
}

/// FedEx's bar code of 34 digits, which ends with a number of fourteen.
pub(super) fn fedex_34(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(&number[number.len().checked_sub(14)?..])?;
        Some(weighted(before, &[1, 7, 3])? % 11 % 10 == check)
    };
    fits().unwrap_or(false)
}

/// UPS: letters count from A as 2, modulo ten; every second character twice.
fn ups(characters: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(characters)?;
        let value = |byte: u8| digit(byte).or_else(|| byte.is_ascii_uppercase().then(|| (u32::from(byte - b'A') + 2) % 10));
        let sum: Option<u32> = before.iter().zip([1, 2].iter().cycle()).map(|(byte, weight)| Some(value(*byte)? * weight)).sum();
        Some(to_ten(sum?) == check)
    };
    fits().unwrap_or(false)
}

/// UPS `1Z`: what comes behind it.
pub(super) fn ups_1z(number: &[u8]) -> bool {
    number.get(2..).is_some_and(ups)
}

/// UPS's freight number: what comes behind its letter.
pub(super) fn ups_letter(number: &[u8]) -> bool {
    number.get(1..).is_some_and(ups)
}

/// OnTrac: its letter counts as a digit, `C` as 4 and `D` as 5; every second digit twice.
pub(super) fn ontrac(number: &[u8]) -> bool {
    let letter = match number.first() {
        Some(b'C') => b'4',
        Some(b'D') => b'5',
        _ => return false,
    };
    ups(&[&[letter], &number[1..]].concat())
}

/// The first digits as one number, modulo seven, are the last.
pub(super) fn mod_7(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(number)?;
        let rest = before.iter().try_fold(0, |rest, byte| Some((rest * 10 + digit(*byte)?) % 7))?;
        Some(rest == check)
    };
    fits().unwrap_or(false)
}

/// Deutsche Post: weights 4 and 9 in turn.
pub(super) fn identcode(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(number)?;
        Some(to_ten(weighted(before, &[4, 9])?) == check)
    };
    fits().unwrap_or(false)
}

/// Luhn: every second digit twice, counted from the check digit, and of two-digit results the sum of the digits.
pub(super) fn luhn(number: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(number)?;
        let mut sum = 0;
        for (index, byte) in before.iter().rev().enumerate() {
            let value = digit(*byte)? * if index % 2 == 0 { 2 } else { 1 };
            sum += value / 10 + value % 10;
        }
        Some(to_ten(sum) == check)
    };
    fits().unwrap_or(false)
}

/// ISO 7064, mod 37, 36: digits and letters.
pub(super) fn mod_37_36(number: &[u8]) -> bool {
    let value = |byte: u8| digit(byte).or_else(|| byte.is_ascii_uppercase().then(|| u32::from(byte - b'A') + 10));
    let fits = || {
        let (last, before) = number.split_last()?;
        let mut product = 36;
        for byte in before {
            let sum = (product + value(*byte)?) % 36;
            product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
        }
        Some((product + value(*last)?) % 36 == 1)
    };
    fits().unwrap_or(false)
}

/// The Universal Postal Union's S10: eight digits of weights 8 6 4 2 3 5 9 7, and what is missing to eleven.
pub(super) fn s10(digits: &[u8]) -> bool {
    let fits = || {
        let (before, check) = split(digits)?;
        let wanted = match 11 - weighted(before, &[8, 6, 4, 2, 3, 5, 9, 7])? % 11 {
            10 => 0,
            11 => 5,
            other => other,
        };
        Some(wanted == check)
    };
    fits().unwrap_or(false)
}
