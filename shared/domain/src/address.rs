//! Where things go and whom to write to.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A postal address as the storefront gave it. Empty fields are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The person it is addressed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The firm, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Flat, floor, building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_more: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province, county.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Address {
    /// The address as lines of an envelope, without empty ones.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let town = [self.city.as_deref(), self.region.as_deref(), self.postal_code.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        [
            self.name.clone(),
            self.company.clone(),
            self.street.clone(),
            self.street_more.clone(),
            Some(town).filter(|t| !t.is_empty()),
            self.country.clone(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Why a text is not an e-mail address or a phone number we can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadContact {
    /// Not something a mail server would take.
    #[error("not an e-mail address")]
    Email,
    /// Not a number in international form.
    #[error("not a phone number in E.164 form")]
    Phone,
}

/// An e-mail address: one `@`, no spaces, control or header characters, at most 254 bytes (RFC 5321 path limit).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// As the person wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two spellings of one mailbox compare equal.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadContact;
    fn try_from(text: String) -> Result<Self, BadContact> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(BadContact::Email)?;
        let clean = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"@".contains(c))
        };
        let host_ok = host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..");
        if text.len() <= 254 && local.len() <= 64 && clean(local) && clean(host) && host_ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadContact::Email)
        }
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = BadContact;
    fn from_str(text: &str) -> Result<Self, BadContact> {
        Self::try_from(text.to_owned())
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> String {
        email.0
    }
}

/// A phone number in E.164 form: `+` and 7 to 15 digits. National forms are read by the doors, which know the country.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// `+15555550100`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = BadContact;
    fn try_from(text: String) -> Result<Self, BadContact> {
        let digits = text.strip_prefix('+').ok_or(BadContact::Phone)?;
        if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') {
            Ok(Self(text))
        } else {
            Err(BadContact::Phone)
        }
    }
}

impl std::str::FromStr for Phone {
    type Err = BadContact;
    fn from_str(text: &str) -> Result<Self, BadContact> {
        Self::try_from(text.to_owned())
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who bought, as far as the storefront told. Any field may be missing or redacted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// First name, for a greeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Where mail goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Where texts go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// BCP 47: `en-US`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_injection_is_not_an_address() {
        assert!("a@b.example\r\nBcc: x@y.example".parse::<EmailAddress>().is_err());
        assert!("jon@doe.example".parse::<EmailAddress>().is_ok());
        assert!("a b@doe.example".parse::<EmailAddress>().is_err());
        assert!("jon@localhost".parse::<EmailAddress>().is_err());
    }

    #[test]
    fn a_phone_is_international_or_nothing() {
        assert!("+14155550123".parse::<Phone>().is_ok());
        assert!("4155550123".parse::<Phone>().is_err());
        assert!("+0123456789".parse::<Phone>().is_err());
    }
}
