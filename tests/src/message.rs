//! What somebody got: a mail, a text, a WhatsApp message, as the stack captured it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One captured message.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// The id its sender was told.
    pub id: String,
    /// `email`, `sms`, `whatsapp`.
    pub channel: String,
    /// To whom.
    pub to: String,
    /// From whom.
    pub from: String,
    /// The subject of a mail.
    #[serde(default)]
    pub subject: Option<String>,
    /// The plain text.
    #[serde(default)]
    pub text: Option<String>,
    /// The HTML of a mail.
    #[serde(default)]
    pub html: Option<String>,
    /// The headers of a mail, as far as its sender had a say in them.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, Json>,
    /// When it was taken, house time.
    pub sent_at: Timestamp,
}

impl Message {
    /// The tag `kind` of a mail: what it is for.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.tag("kind")
    }

    /// A tag, empty when it is not there.
    #[must_use]
    pub fn tag(&self, name: &str) -> &str {
        self.tags.get(name).and_then(Json::as_str).unwrap_or_default()
    }

    /// A header by its name in any case, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// The plain text.
    #[must_use]
    pub fn words(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }
}
