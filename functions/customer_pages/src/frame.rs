//! What surrounds every page: the shop's name and style, and how to reach a person.

use crate::style::Style;
use domain::{address::EmailAddress, locale::Locale, settings::ShopSettings};
use windows::text::{NAME_CHARS_MAX, shown, shown_if_any};

/// The surroundings of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// How it looks.
    pub style: Style,
    /// Whose it is; none on pages that must not tell.
    pub shop: Option<ShopName>,
    /// The language of the page.
    pub locale: Locale,
}

/// The shop in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopName {
    /// As people know it.
    pub name: String,
    /// Where it is.
    pub url: Option<String>,
}

impl Frame {
    /// The frame of a shop.
    #[must_use]
    pub fn of(settings: &ShopSettings) -> Self {
        let url = settings.brand.shop_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        Self {
            style: Style::of(&settings.brand.colour),
            shop: Some(ShopName { name: shown(&settings.brand.name, NAME_CHARS_MAX), url }),
            locale: Locale::En,
        }
    }

    /// The same around a page in this language.
    #[must_use]
    pub fn written_in(self, locale: Locale) -> Self {
        Self { locale, ..self }
    }

    /// How the page begins.
    #[must_use]
    pub fn head(&self) -> String {
        windows::head(self.locale)
    }

    /// The frame of pages that belong to no shop, or must not say to which.
    #[must_use]
    pub fn house() -> Self {
        Self { style: Style::house(), shop: None, locale: Locale::En }
    }
}

/// A way to reach a person: what to show and, when it is sound, what to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// As written.
    pub text: String,
    /// `mailto:` or `tel:`.
    pub href: Option<String>,
}

/// Ways to reach a person of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// Above them.
    pub title: &'static str,
    /// What to do when the shop names none.
    pub otherwise: String,
    /// By mail.
    pub email: Option<Way>,
    /// By phone.
    pub phone: Option<Way>,
    /// When.
    pub hours: Option<String>,
}

impl Help {
    /// The ways of a shop.
    #[must_use]
    pub fn of(settings: &ShopSettings) -> Self {
        let way = |text: &Option<String>, href: fn(&str) -> Option<String>| {
            let text = shown_if_any(text.as_deref()?, NAME_CHARS_MAX)?;
            Some(Way { href: href(&text), text })
        };
        let shop = shown(&settings.brand.name, NAME_CHARS_MAX);
        Self {
            title: "Talk to a person",
            otherwise: format!("Answer any message that {shop} has sent you."),
            email: way(&settings.brand.support_email, mailto),
            phone: way(&settings.brand.support_phone, tel),
            hours: settings.brand.support_hours.as_deref().and_then(|hours| shown_if_any(hours, NAME_CHARS_MAX)),
        }
    }

    /// Whether the shop names neither mail nor phone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.email.is_none() && self.phone.is_none()
    }
}

fn mailto(text: &str) -> Option<String> {
    let email: EmailAddress = text.parse().ok()?;
    let plain = email.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"@.-_+".contains(&b));
    plain.then(|| format!("mailto:{email}"))
}

fn tel(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (3..=20).contains(&digits.len()).then(|| format!("tel:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_is_not_sound_is_text_only() {
        assert_eq!(mailto("help@demo.example").as_deref(), Some("mailto:help@demo.example"));
        assert_eq!(mailto("help@demo.example?bcc=x@y.example"), None);
        assert_eq!(mailto("javascript:alert(1)"), None);
        assert_eq!(tel("+1 (555) 555-0100").as_deref(), Some("tel:+15555550100"));
        assert_eq!(tel("call us"), None);
    }
}
