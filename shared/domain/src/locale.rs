//! The languages the house writes in, and which of them a customer gets.

use serde::{Deserialize, Serialize};

/// A language with a catalogue of words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// As BCP 47 writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// The language in its own words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
        }
    }

    /// The language of a BCP 47 tag (`de-AT`, `pt_BR`), if the house writes it.
    #[must_use]
    pub fn read(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| locale.code().eq_ignore_ascii_case(language))
    }

    /// The language somebody is written to in: what they chose, else what they bought in, else the shop's.
    #[must_use]
    pub fn of(chosen: Option<Self>, bought_in: Option<&str>, shop: Self) -> Self {
        chosen.or_else(|| bought_in.and_then(Self::read)).unwrap_or(shop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_goes_before_what_was_bought_in() {
        assert_eq!(Locale::of(Some(Locale::Fr), Some("de-AT"), Locale::En), Locale::Fr);
        assert_eq!(Locale::of(None, Some("de-AT"), Locale::En), Locale::De);
        assert_eq!(Locale::of(None, Some("ES_mx"), Locale::En), Locale::Es);
        // Words of a language that nobody has written are those of the shop.
        assert_eq!(Locale::of(None, Some("pt-BR"), Locale::Es), Locale::Es);
        assert_eq!(Locale::of(None, Some("deu"), Locale::En), Locale::En);
        assert_eq!(Locale::of(None, None, Locale::De), Locale::De);
    }
}
