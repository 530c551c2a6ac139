//! A shop's settings: brand, policy, calendar, channels. One TOML file a shop; versioned in the vault.

use crate::{calendar::Calendar, letter::LetterKind, policy::ReturnPolicy};
use serde::{Deserialize, Serialize};

/// Everything a shop decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopSettings {
    /// How the shop shows itself.
    pub brand: Brand,
    /// E-mail.
    #[serde(default)]
    pub mail: Mail,
    /// Text messages.
    #[serde(default)]
    pub sms: Sms,
    /// Which days count.
    #[serde(default)]
    pub calendar: Calendar,
    /// When a parcel becomes a problem.
    #[serde(default)]
    pub parcels: ParcelRules,
    /// What may come back.
    #[serde(default)]
    pub returns: ReturnPolicy,
    /// The merchant's own systems.
    #[serde(default)]
    pub webhooks_out: WebhooksOut,
}

/// How the shop shows itself on pages and in letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The name people know.
    pub name: String,
    /// A colour for buttons and bars, as `#rrggbb`.
    #[serde(default = "default_colour")]
    pub colour: String,
    /// Where the shop itself is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop_url: Option<String>,
    /// Where customers reach the pages, when not at the deployment's own address. No slash at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// A person answers here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_email: Option<String>,
    /// And here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_phone: Option<String>,
    /// When, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_hours: Option<String>,
}

fn default_colour() -> String {
    "#1f5f4a".to_owned()
}

/// E-mail of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `Demo Shop <orders@demo.example>`; its domain is a verified SES identity. None: the deployment's sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where answers go; none: the support address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// News older than this is not told any more. None: always told (a demo plays recorded history).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news_max_age_hours: Option<u32>,
}

/// Text messages of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The kinds that are also sent as a text; none: no texts.
    pub letters: Vec<LetterKind>,
    /// The sender shown where the country allows one, 1 to 11 letters and digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
}

/// When a parcel becomes a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParcelRules {
    /// Business days a label may be without a scan.
    pub label_without_scan_days: u32,
}

impl Default for ParcelRules {
    fn default() -> Self {
        Self { label_without_scan_days: 3 }
    }
}

/// Webhooks to the merchant's own systems.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhooksOut {
    /// Where they are sent; none: nowhere. HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Settings and the version under which they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedSettings {
    /// Counts up from 1.
    pub version: u32,
    /// What they say.
    pub settings: ShopSettings,
}

/// What is wrong with settings that parse, in words for the person who wrote them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct BadSetting {
    /// `brand.colour`.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub problem: &'static str,
}

impl ShopSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn checked(self) -> Result<Self, BadSetting> {
        let colour = &self.brand.colour;
        if colour.len() != 7 || !colour.starts_with('#') || !colour[1..].bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BadSetting { field: "brand.colour", problem: "must be like #1f5f4a" });
        }
        let header_safe = |text: &String| !text.chars().any(char::is_control) && text.len() <= 200;
        if !header_safe(&self.brand.name) || self.brand.name.trim().is_empty() {
            return Err(BadSetting { field: "brand.name", problem: "must be 1 to 200 characters on one line" });
        }
        if !self.mail.from.iter().chain(&self.mail.reply_to).all(header_safe) {
            return Err(BadSetting { field: "mail.from", problem: "must be one line of at most 200 characters" });
        }
        if self.brand.public_url.as_ref().is_some_and(|url| url.ends_with('/') || !url.starts_with("http")) {
            return Err(BadSetting {
                field: "brand.public_url",
                problem: "must start with https:// and have no slash at the end",
            });
        }
        // Plain HTTP only to this very machine: for trying it on the local stack. Deployed, the guard refuses such an address.
        let sure =
            |url: &String| ["https://", "http://127.0.0.1:", "http://localhost:"].iter().any(|start| url.starts_with(start));
        if !self.webhooks_out.url.as_ref().is_none_or(sure) {
            return Err(BadSetting { field: "webhooks_out.url", problem: "must start with https://" });
        }
        if let Some(sender) = &self.sms.sender
            && !((1..=11).contains(&sender.len()) && sender.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return Err(BadSetting { field: "sms.sender", problem: "must be 1 to 11 letters and digits" });
        }
        if self.returns.window_days > 3650 {
            return Err(BadSetting { field: "returns.window_days", problem: "must be at most 3650" });
        }
        Ok(self)
    }
}
