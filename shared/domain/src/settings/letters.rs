//! What a shop decides about its letters: which kinds go out on which channels, when, and in whose words.

use crate::{
    address::EmailAddress,
    letter::{Channel, LetterKind},
    locale::Locale,
    quiet::QuietHours,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Below order news, for those who agreed to marketing: one line and one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The line.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// Which letters are sent, how and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LetterRules {
    /// News older than this is not told any more, whatever its kind. None: each kind has its own age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_hours: Option<u32>,
    /// Minutes for which news of one parcel waits for the same news of its siblings. 0: it does not.
    pub merge_minutes: u32,
    /// Messages of one day to one recipient on one channel; more wait for the next day, unless they are urgent.
    pub per_day_max: u32,
    /// When nothing rings.
    pub quiet: QuietHours,
    /// Where that holds. A mail rings nowhere.
    pub quiet_channels: Vec<Channel>,
    /// Where the shop's staff reads what needs a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_email: Option<EmailAddress>,
    /// What is different for some kinds.
    pub kinds: BTreeMap<LetterKind, KindRules>,
}

impl Default for LetterRules {
    fn default() -> Self {
        Self {
            max_age_hours: None,
            merge_minutes: 20,
            per_day_max: 20,
            quiet: QuietHours::default(),
            quiet_channels: vec![Channel::Sms, Channel::Whatsapp],
            staff_email: None,
            kinds: BTreeMap::new(),
        }
    }
}

/// What is different for one kind of letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindRules {
    /// On which channels it is sent; an empty list: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
    /// Whether it may be sent at night.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    /// Hours after which it is yesterday's news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_hours: Option<u32>,
    /// Hours for which a reminder or a question for later waits; news do not wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_hours: Option<u32>,
    /// The shop's own words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Locale, OwnWords>,
}

/// A shop's own words for a kind, as minijinja templates; what is absent is the house's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnWords {
    /// The subject of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the mail says, as plain paragraphs with an empty line between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// The whole text message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<String>,
}

impl LetterRules {
    fn of(&self, kind: LetterKind) -> Option<&KindRules> {
        self.kinds.get(&kind)
    }

    /// On which channels a kind is sent: as the shop says, of those that the kind may use.
    #[must_use]
    pub fn channels(&self, kind: LetterKind) -> Vec<Channel> {
        match self.of(kind).and_then(|rules| rules.channels.as_ref()) {
            Some(channels) => kind.channels().iter().copied().filter(|channel| channels.contains(channel)).collect(),
            None if kind.is_on_by_default() => vec![Channel::Email],
            None => Vec::new(),
        }
    }

    /// Whether a kind may be sent at night, and beyond the day's limit.
    #[must_use]
    pub fn is_urgent(&self, kind: LetterKind) -> bool {
        self.of(kind).and_then(|rules| rules.urgent).unwrap_or_else(|| kind.is_urgent_by_default())
    }

    /// Hours for which a kind waits; `None` for news.
    #[must_use]
    pub fn delay_hours(&self, kind: LetterKind) -> Option<u32> {
        let by_default = kind.delay_hours_by_default()?;
        Some(self.of(kind).and_then(|rules| rules.delay_hours).unwrap_or(by_default))
    }

    /// Hours after which a kind is yesterday's news.
    #[must_use]
    pub fn max_age_hours(&self, kind: LetterKind) -> u32 {
        let own = self.of(kind).and_then(|rules| rules.max_age_hours);
        own.or(self.max_age_hours).unwrap_or_else(|| kind.max_age_hours_by_default())
    }
}
