//! Carriers and aggregators: proves that a delivery comes from one, and reads what it says about a parcel.

mod easypost;
mod meaning;
mod shippo;
mod standard;

use domain::parcel::ParcelReport;
pub use signatures::{BadDelivery, Delivery, Headers, Refusal, Verified};
use std::{fmt, str::FromStr};

/// A source of tracking that we read. A closed set: what is not listed has no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CarrierSource {
    /// `EasyPost`'s events.
    EasyPost,
    /// Shippo's tracking webhooks.
    Shippo,
    /// Our own format, signed as Standard Webhooks are: for carriers and warehouses we do not know (see
    /// `shared/storefronts/STANDARD.md`).
    Standard,
}

/// A segment of a URL that is no source of tracking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such source of tracking; there are easypost, shippo and standard")]
pub struct UnknownCarrierSource;

/// What a delivery said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarrierParsed {
    /// These reports, each for the desk `tracking`.
    Reports(Vec<ParcelReport>),
    /// Well signed, and of something we do not read: the door parks it.
    Unknown {
        /// The topic as sent, cut at [`TOPIC_CHARS_MAX`]; empty when there was none.
        topic: String,
    },
}

/// The longest topic kept of a delivery that we do not read.
pub const TOPIC_CHARS_MAX: usize = 100;

impl CarrierSource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EasyPost, Self::Shippo, Self::Standard];

    /// The segment of the URL, the `source` of a report and the name of its secret.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EasyPost => "easypost",
            Self::Shippo => "shippo",
            Self::Standard => "standard",
        }
    }

    /// Lets a delivery in when it is signed with one of the secrets.
    ///
    /// # Errors
    /// When it is not; nothing of it has been read then.
    pub fn verify<'a>(self, delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
        match self {
            Self::EasyPost => easypost::verify(delivery, secrets),
            Self::Shippo => shippo::verify(delivery, secrets),
            Self::Standard => signatures::standard::verify(delivery, secrets),
        }
    }

    /// Reads what a delivery says.
    ///
    /// # Errors
    /// When it speaks of a parcel and cannot be read. It names what and where, without quoting.
    pub fn parse(self, verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
        match self {
            Self::EasyPost => easypost::parse(verified),
            Self::Shippo => shippo::parse(verified),
            Self::Standard => standard::parse(verified),
        }
    }

    /// The headers with which this source would sign the delivery's method, path and body now: for the demo and for tests.
    /// Empty when the secret is of no use. `message_id` is used by Standard Webhooks only.
    #[must_use]
    pub fn sign(self, delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::EasyPost => easypost::sign(delivery, secret),
            Self::Shippo => shippo::sign(delivery, secret).into_iter().collect(),
            Self::Standard => {
                signatures::standard::sign(secret, message_id, delivery.now, delivery.body).into_iter().flatten().collect()
            }
        }
    }
}

impl FromStr for CarrierSource {
    type Err = UnknownCarrierSource;
    fn from_str(segment: &str) -> Result<Self, UnknownCarrierSource> {
        Self::ALL.into_iter().find(|source| source.as_str() == segment).ok_or(UnknownCarrierSource)
    }
}

impl fmt::Display for CarrierSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn unknown(topic: &str) -> CarrierParsed {
    CarrierParsed::Unknown { topic: topic.chars().filter(|c| !c.is_control()).take(TOPIC_CHARS_MAX).collect() }
}
