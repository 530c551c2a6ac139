//! What a customer chose about being written to.

use crate::{
    letter::{Channel, Purpose},
    locale::Locale,
    quiet::QuietHours,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The choices of one customer at one shop. Without any, order news come on every channel the shop uses and marketing on none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Channels on which news of orders come.
    pub order_news: BTreeSet<Channel>,
    /// Whether marketing may come by mail.
    #[serde(default)]
    pub marketing: bool,
    /// In which language; none: that of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Locale>,
    /// Quiet hours of their own, for every channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
    /// Nothing but what they ask for themselves until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// When they chose: of two choices the later one holds.
    pub chosen_at: Timestamp,
}

impl Preferences {
    /// What holds as long as nobody chose.
    #[must_use]
    pub fn untouched() -> Self {
        Self {
            order_news: Channel::ALL.into(),
            marketing: false,
            language: None,
            quiet: None,
            paused_until: None,
            chosen_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The same with everything turned off that can be.
    #[must_use]
    pub fn all_off(&self, chosen_at: Timestamp) -> Self {
        Self { order_news: BTreeSet::new(), marketing: false, chosen_at, ..self.clone() }
    }

    /// The same without marketing: what one click in a mail program asks for.
    #[must_use]
    pub fn without_marketing(&self, chosen_at: Timestamp) -> Self {
        Self { marketing: false, chosen_at, ..self.clone() }
    }

    /// Whether a message for this purpose may come on this channel.
    #[must_use]
    pub fn allow(&self, purpose: Purpose, channel: Channel) -> bool {
        match purpose {
            Purpose::OrderNews => self.order_news.contains(&channel),
            Purpose::Marketing => self.marketing && channel == Channel::Email,
            Purpose::Account | Purpose::Staff => true,
        }
    }
}
