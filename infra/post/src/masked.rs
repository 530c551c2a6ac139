//! Addresses as they may stand on a screen that others see: enough to recognise one, too little to write to it.

use domain::address::{EmailAddress, Phone};

/// What stands for what is not shown.
const HIDDEN: char = '…';

/// `jon@doe.example` as `j…@d….example`. Every address is masked to the same length, so that short ones show no more.
#[must_use]
pub fn email(address: &EmailAddress) -> String {
    let (local, host) = address.as_str().rsplit_once('@').unwrap_or((address.as_str(), ""));
    let (name, country) = host.rsplit_once('.').unwrap_or((host, ""));
    format!("{}{HIDDEN}@{}{HIDDEN}.{country}", first(local), first(name))
}

/// `+15555550171` as `+1…71`.
#[must_use]
pub fn phone(number: &Phone) -> String {
    let digits = number.as_str().trim_start_matches('+');
    // A number has at least seven digits, all of one byte.
    format!("+{}{HIDDEN}{}", first(digits), digits.get(digits.len().saturating_sub(2)..).unwrap_or_default())
}

/// A text from outside on one line: what a terminal would obey is left out.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn first(text: &str) -> String {
    text.chars().take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_and_not_read() {
        let masked = |text: &str| email(&text.parse().unwrap());
        assert_eq!(masked("jon@doe.example"), "j…@d….example");
        assert_eq!(masked("maya.okafor@mail.shop.example"), "m…@m….example");
        assert_eq!(masked("j@d.example"), "j…@d….example");
        assert_eq!(masked("özil@müller.example"), "ö…@m….example");
        assert_eq!(phone(&"+15555550171".parse().unwrap()), "+1…71");
        assert_eq!(phone(&"+4915155".parse().unwrap()), "+4…55");
    }

    #[test]
    fn a_terminal_obeys_nothing_from_outside() {
        assert_eq!(on_one_line("#10\u{1b}[2J01\r\n"), "#10[2J01");
    }
}
