//! Addresses as their owner knows them and nobody else could guess them.

use domain::address::{EmailAddress, Phone};

/// `j…@d….example`.
#[must_use]
pub fn email(address: &EmailAddress) -> String {
    let (local, host) = address.as_str().rsplit_once('@').unwrap_or((address.as_str(), ""));
    let (name, ending) = host.rsplit_once('.').unwrap_or((host, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    format!("{}…@{}….{ending}", first(local), first(name))
}

/// `+1 … 71`.
#[must_use]
pub fn phone(phone: &Phone) -> String {
    let digits = phone.as_str().trim_start_matches('+');
    // The calling codes of North America and Russia have one digit, all others at least two.
    let n_shown = if digits.starts_with(['1', '7']) { 1 } else { 2 };
    let (start, end) = (&digits[..n_shown], &digits[digits.len() - 2..]);
    format!("+{start} … {end}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn little_is_left_of_an_address() {
        let email = |text: &str| super::email(&text.parse().unwrap());
        assert_eq!(email("jon@doe.example"), "j…@d….example");
        assert_eq!(email("j@mail.doe.co.uk"), "j…@m….uk");
        assert_eq!(email("übel@ärger.example"), "ü…@ä….example");
        let phone = |text: &str| super::phone(&text.parse().unwrap());
        assert_eq!(phone("+15555550171"), "+1 … 71");
        assert_eq!(phone("+4917612345678"), "+49 … 78");
        assert_eq!(phone("+3511234"), "+35 … 34");
    }
}
