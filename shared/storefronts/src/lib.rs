//! Storefronts: proves that a delivery comes from one, and reads what it says about an order or a fulfilment.

mod contact;
mod html;
mod parcels;
mod shopify;
mod standard;
mod woocommerce;

use domain::order::{FulfilmentReport, OrderReport, StageReport};
use signatures::Field;
pub use signatures::{BadDelivery, Delivery, Headers, Refusal, Verified};
use std::{fmt, str::FromStr};

/// A storefront we read. A closed set: what is not listed has no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storefront {
    /// Shopify's webhooks.
    Shopify,
    /// `WooCommerce`'s webhooks.
    WooCommerce,
    /// Our own format, signed as Standard Webhooks are: for shops with a storefront we do not know (STANDARD.md).
    Standard,
}

/// A segment of a URL that is no storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such storefront; there are shopify, woocommerce and standard")]
pub struct UnknownStorefront;

/// What a delivery said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// These reports, each for the desk `orders`.
    Reports(Vec<StorefrontReport>),
    /// Well signed, and of something we do not read: the door parks it.
    Unknown {
        /// The topic as sent, cut at [`TOPIC_CHARS_MAX`]; empty when there was none.
        topic: String,
    },
}

/// The longest topic kept of a delivery that we do not read.
pub const TOPIC_CHARS_MAX: usize = 100;

/// One thing that a storefront said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorefrontReport {
    /// About an order.
    Order(OrderReport),
    /// About one of its fulfilments.
    Fulfilment(FulfilmentReport),
    /// About the shop floor.
    Stage(StageReport),
}

impl Storefront {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shopify, Self::WooCommerce, Self::Standard];

    /// The segment of the URL, the `source` of a report and the name of its secret.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Standard => "standard",
        }
    }

    /// Lets a delivery in when it is signed with one of the secrets.
    ///
    /// # Errors
    /// When it is not; nothing of it has been read then.
    pub fn verify<'a>(self, delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
        match self {
            Self::Shopify => shopify::verify(delivery, secrets),
            Self::WooCommerce => woocommerce::verify(delivery, secrets),
            Self::Standard => signatures::standard::verify(delivery, secrets),
        }
    }

    /// Whether this is the storefront's unsigned hello, which wants exactly `200` and says nothing. Ask before verifying.
    #[must_use]
    pub fn greeting(self, delivery: &Delivery<'_>) -> bool {
        match self {
            Self::WooCommerce => woocommerce::is_ping(delivery),
            Self::Shopify | Self::Standard => false,
        }
    }

    /// Reads what a delivery says.
    ///
    /// # Errors
    /// When it speaks of something we read and cannot be read. It names what and where, without quoting.
    pub fn parse(self, verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
        match self {
            Self::Shopify => shopify::parse(verified),
            Self::WooCommerce => woocommerce::parse(verified),
            Self::Standard => standard::parse(verified),
        }
    }

    /// The headers with which this storefront would sign the delivery's body now: for the demo and for tests. Empty when
    /// the secret is of no use. `message_id` is used by Standard Webhooks only.
    #[must_use]
    pub fn sign(self, delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Shopify => shopify::sign(delivery, secret).into_iter().collect(),
            Self::WooCommerce => woocommerce::sign(delivery, secret).into_iter().collect(),
            Self::Standard => {
                signatures::standard::sign(secret, message_id, delivery.now, delivery.body).into_iter().flatten().collect()
            }
        }
    }
}

impl FromStr for Storefront {
    type Err = UnknownStorefront;
    fn from_str(segment: &str) -> Result<Self, UnknownStorefront> {
        Self::ALL.into_iter().find(|storefront| storefront.as_str() == segment).ok_or(UnknownStorefront)
    }
}

impl fmt::Display for Storefront {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn unknown(topic: &str) -> Parsed {
    Parsed::Unknown { topic: topic.chars().filter(|c| !c.is_control()).take(TOPIC_CHARS_MAX).collect() }
}

/// The longest id of an order, as of its lines and fulfilments. Longer ones are refused: cut, two could become one.
const ID_BYTES_MAX: usize = 64;
/// The longest number of an order that is kept.
const NUMBER_CHARS_MAX: usize = 64;
/// The longest name of a shipping method that is kept.
pub(crate) const METHOD_CHARS_MAX: usize = 80;

fn source_id(field: &Field, path: &str) -> Result<String, BadDelivery> {
    let id = field.required(path)?;
    if id.len() <= ID_BYTES_MAX { Ok(id.to_owned()) } else { Err(BadDelivery::bad(path, "is longer than 64 bytes")) }
}

fn number(field: &Field, path: &str) -> Result<String, BadDelivery> {
    field.cut(NUMBER_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path))
}
