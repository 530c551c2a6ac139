//! A shop's settings: brand, policy, calendar, channels. One TOML file a shop; versioned in the vault.

mod letters;
mod sources;

pub use letters::{KindRules, LetterRules, OwnWords, Promotion};
pub use sources::{SourceRules, StorefrontApi, Tracker};

use crate::{
    address::Phone,
    calendar::Calendar,
    letter::{Channel, LetterKind, Purpose},
    locale::Locale,
    order::Order,
    parcel::{Parcel, Thresholds, Watch},
    policy::ReturnPolicy,
    promise::{self, PromiseRules},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// WhatsApp.
    #[serde(default)]
    pub whatsapp: Whatsapp,
    /// Which letters are sent, how and when.
    #[serde(default)]
    pub letters: LetterRules,
    /// What the shop would like to say below its order news, to those who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
    /// Which days count.
    #[serde(default)]
    pub calendar: Calendar,
    /// By when parcels are promised.
    #[serde(default)]
    pub promise: PromiseRules,
    /// When a parcel becomes a problem.
    #[serde(default)]
    pub parcels: ParcelRules,
    /// What may come back.
    #[serde(default)]
    pub returns: ReturnPolicy,
    /// The merchant's own systems.
    #[serde(default)]
    pub webhooks_out: WebhooksOut,
    /// Where news comes from.
    #[serde(default)]
    pub sources: SourceRules,
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
    /// The language of words for people whose own is not known.
    #[serde(default)]
    pub language: Locale,
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
}

/// Text messages of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// The sender shown where the country allows one, 1 to 11 letters and digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Senders for single countries (ISO 3166 alpha-2): another name, or a number of ours in E.164 form where names are not
    /// allowed (the USA, Canada).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub senders: BTreeMap<String, String>,
}

/// WhatsApp of a shop, by Meta's Cloud API. Its access token is in the deployment's secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Whatsapp {
    /// Meta's id of the number that sends; none: no WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
}

/// When silence becomes a problem. The defaults are what the field uses (three business days for a label or a domestic parcel,
/// five across borders, lost after 7 and 20 days).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParcelRules {
    /// Business days a label may be without a scan.
    pub label_without_scan_days: u32,
    /// Business days between two scans of a parcel that stays in the shop's country.
    pub no_movement_days_domestic: u32,
    /// The same of one that leaves it.
    pub no_movement_days_international: u32,
    /// Days after its last scan until a domestic parcel is presumed lost.
    pub presumed_lost_days_domestic: u32,
    /// The same of one that leaves the country.
    pub presumed_lost_days_international: u32,
    /// Hours after the end of the expected day until it counts as overdue.
    pub overdue_hours: u32,
    /// Business days after the packing deadline (the shop's promise) until an order counts as not packed in time.
    pub not_packed_days: u32,
    /// What is different for some carriers, services or lanes; of those that fit, the first one that names a figure gives it.
    pub different: Vec<ParcelRule>,
}

/// Figures for some parcels. An empty list fits every parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParcelRule {
    /// Our carrier codes: `ups`.
    pub carriers: Vec<String>,
    /// The carrier's products in its words, any case.
    pub services: Vec<String>,
    /// Destinations: ISO 3166 alpha-2.
    pub countries: Vec<String>,
    /// See [`ParcelRules::label_without_scan_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_without_scan_days: Option<u32>,
    /// Business days between two scans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_movement_days: Option<u32>,
    /// Days after the last scan until presumed lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presumed_lost_days: Option<u32>,
}

impl Default for ParcelRules {
    fn default() -> Self {
        Self {
            label_without_scan_days: 3,
            no_movement_days_domestic: 3,
            no_movement_days_international: 5,
            presumed_lost_days_domestic: 7,
            presumed_lost_days_international: 20,
            overdue_hours: 9,
            not_packed_days: 1,
            different: Vec::new(),
        }
    }
}

impl ParcelRule {
    fn fits(&self, parcel: &Parcel, country: Option<&str>) -> bool {
        let among = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        among(&self.carriers, Some(parcel.key.carrier.as_str()))
            && among(&self.services, parcel.service.as_deref())
            && among(&self.countries, country)
    }
}

impl Brand {
    /// A shop of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            colour: default_colour(),
            shop_url: None,
            public_url: None,
            language: Locale::default(),
            support_email: None,
            support_phone: None,
            support_hours: None,
        }
    }
}

impl ShopSettings {
    /// The settings of a shop that has decided nothing yet.
    #[must_use]
    pub fn undecided(brand: Brand) -> Self {
        Self {
            brand,
            mail: Mail::default(),
            sms: Sms::default(),
            whatsapp: Whatsapp::default(),
            letters: LetterRules::default(),
            promotion: None,
            calendar: Calendar::default(),
            promise: PromiseRules::default(),
            parcels: ParcelRules::default(),
            returns: ReturnPolicy::default(),
            webhooks_out: WebhooksOut::default(),
            sources: SourceRules::default(),
        }
    }

    /// Whether a kind of letter is sent at all.
    #[must_use]
    pub fn sends(&self, kind: LetterKind) -> bool {
        !self.channels(kind).is_empty()
    }

    /// The channels on which a kind of letter is sent: those that the shop chose, as far as it has them.
    #[must_use]
    pub fn channels(&self, kind: LetterKind) -> Vec<Channel> {
        let mut channels = self.letters.channels(kind);
        channels.retain(|channel| match channel {
            Channel::Email => kind.purpose() != Purpose::Staff || self.letters.staff_email.is_some(),
            Channel::Sms => true,
            Channel::Whatsapp => self.whatsapp.phone_number_id.is_some(),
        });
        channels
    }

    /// When an order counts as not packed in time; `None` until it is described.
    #[must_use]
    pub fn pack_by(&self, order: &Order) -> Option<Timestamp> {
        let placed_at = order.report.as_ref()?.placed_at;
        let promised = promise::pack_by(&self.promise, &self.calendar, placed_at);
        // The promise ends with its last day; that day itself is not one of the days of grace.
        let last_moment = promised.checked_sub(SignedDuration::from_secs(1)).unwrap_or(promised);
        Some(self.calendar.after_business_days(last_moment, self.parcels.not_packed_days))
    }

    /// The order with the day that these rules promise, and its timer armed.
    #[must_use]
    pub fn watched(&self, order: Order) -> Order {
        let Some((placed_at, pack_by)) = order.report.as_ref().map(|report| report.placed_at).zip(self.pack_by(&order)) else {
            return order;
        };
        let to = order.ship_to().map(promise::Destination::from).unwrap_or_default();
        let method = order.report.as_ref().and_then(|report| report.shipping_method.as_deref());
        let day = promise::promised_from_order(&self.promise, &self.calendar, placed_at, &to, method);
        order.promising(day).armed(pack_by)
    }

    /// By what a parcel of this shop is watched. Without a known destination it counts as one that stays in the country.
    #[must_use]
    pub fn watch(&self, parcel: &Parcel) -> Watch {
        let destination = parcel.link.as_ref().and_then(|link| link.described.as_ref()).and_then(|to| to.country.as_deref());
        let is_domestic = destination.is_none() || destination == self.calendar.country.as_deref();
        let rules = &self.parcels;
        let fitting = || rules.different.iter().filter(|rule| rule.fits(parcel, destination));
        let (no_movement, presumed_lost) = if is_domestic {
            (rules.no_movement_days_domestic, rules.presumed_lost_days_domestic)
        } else {
            (rules.no_movement_days_international, rules.presumed_lost_days_international)
        };
        let there = destination.filter(|_| !is_domestic).map_or_else(|| self.calendar.clone(), Calendar::of_country);
        let carrier = Calendar::of_carrier(parcel.key.carrier.as_str(), self.calendar.country.as_deref());
        let thresholds = Thresholds {
            label_without_scan_days: fitting()
                .find_map(|rule| rule.label_without_scan_days)
                .unwrap_or(rules.label_without_scan_days),
            no_movement_days: fitting().find_map(|rule| rule.no_movement_days).unwrap_or(no_movement),
            presumed_lost_days: fitting().find_map(|rule| rule.presumed_lost_days).unwrap_or(presumed_lost),
            overdue_hours: rules.overdue_hours,
        };
        Watch { thresholds, origin: self.calendar.clone(), carrier, destination: there }
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
        let is_name = |sender: &String| (1..=11).contains(&sender.len()) && sender.bytes().all(|b| b.is_ascii_alphanumeric());
        if !self.sms.sender.as_ref().is_none_or(is_name) {
            return Err(BadSetting { field: "sms.sender", problem: "must be 1 to 11 letters and digits" });
        }
        let is_number = |sender: &String| sender.parse::<Phone>().is_ok();
        if !self.sms.senders.values().all(|sender| is_name(sender) || is_number(sender)) {
            return Err(BadSetting {
                field: "sms.senders",
                problem: "each must be 1 to 11 letters and digits, or a number like +18335550100",
            });
        }
        let is_id = |id: &String| (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        if !self.whatsapp.phone_number_id.as_ref().is_none_or(is_id) {
            return Err(BadSetting { field: "whatsapp.phone_number_id", problem: "must be Meta's id of the number, all digits" });
        }
        if self.letters.merge_minutes > 240 {
            return Err(BadSetting { field: "letters.merge_minutes", problem: "must be at most 240" });
        }
        if self.letters.per_day_max == 0 {
            return Err(BadSetting { field: "letters.per_day_max", problem: "must be at least 1" });
        }
        if self.promotion.as_ref().is_some_and(|it| !it.url.starts_with("https://") || !header_safe(&it.text)) {
            return Err(BadSetting {
                field: "promotion",
                problem: "must be one line of at most 200 characters and an address that starts with https://",
            });
        }
        self.calendar.checked()?;
        self.promise.checked()?;
        self.sources.checked()?;
        let days = [
            self.parcels.label_without_scan_days,
            self.parcels.no_movement_days_domestic,
            self.parcels.no_movement_days_international,
            self.parcels.presumed_lost_days_domestic,
            self.parcels.presumed_lost_days_international,
            self.parcels.not_packed_days,
        ];
        let named = |rule: &ParcelRule| [rule.label_without_scan_days, rule.no_movement_days, rule.presumed_lost_days];
        let different = self.parcels.different.iter().flat_map(named).flatten();
        if days.into_iter().chain(different).any(|days| !(1..=365).contains(&days)) {
            return Err(BadSetting { field: "parcels", problem: "every number of days must be 1 to 365" });
        }
        if self.parcels.overdue_hours > 240 {
            return Err(BadSetting { field: "parcels.overdue_hours", problem: "must be at most 240" });
        }
        if self.parcels.different.len() > 200 {
            return Err(BadSetting { field: "parcels.different", problem: "must be at most 200 rules" });
        }
        if self.returns.window_days > 3650 {
            return Err(BadSetting { field: "returns.window_days", problem: "must be at most 3650" });
        }
        Ok(self)
    }
}
