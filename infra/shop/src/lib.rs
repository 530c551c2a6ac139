//! A shop's settings file: read, checked, put in force.

mod words;

pub use words::warnings;

use domain::{
    id::ShopId,
    settings::{BadSetting, ShopSettings},
};
use store::{Vault, VaultError};

/// Why settings were not put in force.
#[derive(Debug, thiserror::Error)]
pub enum NotInForce {
    /// Not TOML of the documented form; says where.
    #[error("{0}")]
    Form(String),
    /// A field breaks its rule.
    #[error(transparent)]
    Rule(#[from] BadSetting),
    /// Words of the shop's own that the house would not send; a line for each mistake.
    #[error("{}", .0.join("\n"))]
    Words(Vec<String>),
    /// The vault did not take them.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Somebody else put other settings in force at the same moment.
    #[error("somebody else changed the settings at the same moment; look at them and try again")]
    Raced,
}

/// Reads and checks a settings file.
///
/// # Errors
/// Names the place or the field, and every mistake in the shop's own words.
pub fn read(text: &str) -> Result<ShopSettings, NotInForce> {
    let settings: ShopSettings = toml::from_str(text).map_err(|error| NotInForce::Form(error.to_string()))?;
    let settings = settings.checked()?;
    let errors = words::errors(&settings);
    if errors.is_empty() { Ok(settings) } else { Err(NotInForce::Words(errors)) }
}

/// Puts settings in force; answers their version. Settings that are in force already keep theirs.
///
/// No timer is armed for a shop without settings, so before the first shop's the timers begin: their first sweep then knows
/// that it need not look back.
///
/// # Errors
/// See [`NotInForce`].
pub async fn put(vault: &Vault, shop: &ShopId, settings: &ShopSettings) -> Result<u32, NotInForce> {
    vault.begin_timers(boot::clock::now()).await?;
    vault.put_settings(shop, settings).await?.ok_or(NotInForce::Raced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_shop_is_well_formed() {
        let settings = read(include_str!("../../shops/demo.toml")).unwrap();
        assert_eq!(settings.brand.name, "Demo Outdoor");
    }

    #[test]
    fn what_a_new_shop_begins_with_is_well_formed() {
        let settings = read(include_str!("../example.toml")).unwrap();
        assert_eq!(settings.sources.trackers.len(), 1);
        assert_eq!(warnings(&settings), [""; 0]);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let wrong = "[brand]\nname = \"A\"\ncolor = \"#ffffff\"\n";
        assert!(read(wrong).unwrap_err().to_string().contains("color"));
        let rule = "[brand]\nname = \"A\"\ncolour = \"red\"\n";
        assert_eq!(read(rule).unwrap_err().to_string(), "brand.colour: must be like #1f5f4a");
    }

    const OWN_WORDS: &str = "[brand]\nname = \"A\"\n[letters.kinds.shipped.words.en]\n";

    #[test]
    fn words_that_would_not_be_sent_are_refused_with_every_mistake() {
        let wrong = format!("{OWN_WORDS}subject = \"{{{{ parcel }}}}\"\nmail = \"Look:\\n{{{{ nowhere }}}}\"\n");
        let told = read(&wrong).unwrap_err().to_string();
        assert_eq!(
            told,
            "letters.kinds.shipped.words.en.subject, line 1: parcel is not known\n\
             letters.kinds.shipped.words.en.mail, line 2: nowhere is not known"
        );
    }

    #[test]
    fn words_that_may_cost_more_than_meant_are_put_in_force_with_a_warning() {
        let long = format!("{OWN_WORDS}sms = \"{{{{ shop }}}}: {} {{{{ link }}}}\"\n", "it is on its way to you. ".repeat(8));
        let warnings = warnings(&read(&long).unwrap());
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].starts_with("letters.kinds.shipped.words.en.sms: it is 2 messages long"), "{warnings:?}");
        assert_eq!(super::warnings(&read(include_str!("../../shops/demo.toml")).unwrap()), [""; 0]);
    }
}
