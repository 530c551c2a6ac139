//! The parcels that a storefront names: free texts of people, of which what is no number is left out.

use domain::order::ParcelName;

/// The parcels of pairs of carrier and number, each once, in order. A number field may hold several, separated by commas.
pub(crate) fn named<'a>(pairs: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Vec<ParcelName> {
    let mut out: Vec<ParcelName> = Vec::new();
    for (company, numbers) in pairs {
        for number in numbers.unwrap_or_default().split([',', ';']) {
            if let Ok(name) = ParcelName::read(company, number.trim())
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_repeated_and_unreadable_numbers_are_left_out() {
        let names = named([
            (Some("UPS"), Some("1z 999 aa1 01 2345 6784")),
            (Some("UPS"), Some("1Z999AA10123456784")),
            (Some("UPS"), Some("  ")),
            (Some("UPS"), None),
            (None, Some("see e-mail! (soon)")),
            (None, Some("9400111899223818218410, 9400111899223818218427")),
        ]);
        let names: Vec<_> = names.iter().map(|name| (name.carrier.as_str(), name.number.as_str())).collect();
        assert_eq!(
            names,
            [("ups", "1Z999AA10123456784"), ("usps", "9400111899223818218410"), ("usps", "9400111899223818218427")]
        );
    }
}
