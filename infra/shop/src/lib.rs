//! A shop's settings file: read, checked, put in force.

use domain::{
    id::ShopId,
    settings::{BadSetting, ShopSettings},
};
use jiff::Timestamp;
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
/// Names the place or the field.
pub fn read(text: &str) -> Result<ShopSettings, NotInForce> {
    let settings: ShopSettings = toml::from_str(text).map_err(|error| NotInForce::Form(error.to_string()))?;
    Ok(settings.checked()?)
}

/// Puts settings in force; answers their version. Settings that are in force already keep theirs.
///
/// No timer is armed for a shop without settings, so before the first shop's the timers begin: their first sweep then knows
/// that it need not look back.
///
/// # Errors
/// See [`NotInForce`].
pub async fn put(vault: &Vault, shop: &ShopId, settings: &ShopSettings) -> Result<u32, NotInForce> {
    vault.begin_timers(Timestamp::now()).await?;
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
    fn a_wrong_field_is_named() {
        let wrong = "[brand]\nname = \"A\"\ncolor = \"#ffffff\"\n";
        assert!(read(wrong).unwrap_err().to_string().contains("color"));
        let rule = "[brand]\nname = \"A\"\ncolour = \"red\"\n";
        assert_eq!(read(rule).unwrap_err().to_string(), "brand.colour: must be like #1f5f4a");
    }
}
