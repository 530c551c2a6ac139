//! Storefronts: proves that a delivery comes from one, and reads what it says about an order or a fulfilment.

mod amounts;
mod bigcommerce;
mod contact;
mod html;
mod medusa;
mod parcels;
mod saleor;
mod shopify;
mod standard;
mod stripe;
mod woocommerce;

pub use domain::order::StorefrontReport;
use signatures::Field;
pub use signatures::{Answers, BadDelivery, Delivery, Headers, Refusal, Topic, Verified};
use std::{fmt, str::FromStr};

/// Reads bytes that are proved.
type Parse = fn(&Verified<'_>) -> Result<Parsed, BadDelivery>;

/// What the file of one storefront gives: its row in the table of sources.
pub(crate) struct Reader {
    /// Lets a delivery in, or not.
    pub(crate) verify: for<'a> fn(Delivery<'a>, &[String]) -> Result<Verified<'a>, Refusal>,
    /// Whether a delivery is its unsigned hello.
    pub(crate) greeting: fn(&Delivery<'_>) -> bool,
    /// Reads one that was let in.
    pub(crate) parse: Parse,
    /// Reads one order as the storefront's API answers it; none: it is not asked.
    pub(crate) parse_answer: Option<Parse>,
    /// The headers with which it would sign a body: for the demo and for tests.
    pub(crate) sign: fn(&Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)>,
    /// Headers that `parse` looks at, in lower case.
    pub(crate) headers_read: &'static [&'static str],
    /// The path of its public keys below its own address, when it signs with private ones.
    pub(crate) keys_path: Option<&'static str>,
    /// How it wants to be turned away.
    pub(crate) answers: Answers,
    /// How it proves itself, in a few words for the table in the docs.
    pub(crate) proof: &'static str,
    /// Its topics.
    pub(crate) topics: &'static [Topic],
}

macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident = $segment:literal => $reader:expr;)*) => {
        /// A storefront we read. A closed set: what is not listed has no door.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Storefront {
            $($(#[$doc])* $name,)*
        }

        impl Storefront {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The segment of the URL, the `source` of a report and the name of its secret.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $segment,)*
                }
            }

            fn reader(self) -> &'static Reader {
                match self {
                    $(Self::$name => &$reader,)*
                }
            }
        }

        /// A segment of a URL that is no storefront.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error("no such storefront; there are{}", concat!($(" ", $segment),*))]
        pub struct UnknownStorefront;
    };
}

sources! {
    /// Shopify's webhooks.
    Shopify = "shopify" => shopify::READER;
    /// `WooCommerce`'s webhooks.
    WooCommerce = "woocommerce" => woocommerce::READER;
    /// BigCommerce's webhooks, which say only that something happened.
    BigCommerce = "bigcommerce" => bigcommerce::READER;
    /// Stripe's events about payment pages (Checkout, Payment Links).
    Stripe = "stripe" => stripe::READER;
    /// Medusa's orders, which a subscriber in the store posts (MEDUSA.md).
    Medusa = "medusa" => medusa::READER;
    /// Saleor's webhooks, which answer a query of ours (SALEOR.md).
    Saleor = "saleor" => saleor::READER;
    /// Our own format, signed as Standard Webhooks are: for shops with a storefront we do not know (STANDARD.md).
    Standard = "standard" => standard::READER;
}

/// What a delivery said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// These reports, each for the desk `orders`.
    Reports(Vec<StorefrontReport>),
    /// That something happened to an order, without saying what: the order has to be fetched.
    Thin {
        /// The source's id of what to fetch.
        id: String,
    },
    /// Well signed, and of something we do not read: the door parks it.
    Unknown {
        /// The topic as sent, cut at [`TOPIC_CHARS_MAX`]; empty when there was none.
        topic: String,
    },
}

/// The longest topic kept of a delivery that we do not read.
pub const TOPIC_CHARS_MAX: usize = 100;

impl Storefront {
    /// Lets a delivery in when it is signed with one of the secrets. Of a source with public keys, the secrets are its key
    /// sets (JWK Sets) as it publishes them.
    ///
    /// # Errors
    /// When it is not; nothing of it has been read then.
    pub fn verify<'a>(self, delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
        (self.reader().verify)(delivery, secrets)
    }

    /// Whether this is the storefront's unsigned hello, which wants exactly `200` and says nothing. Ask before verifying.
    #[must_use]
    pub fn greeting(self, delivery: &Delivery<'_>) -> bool {
        (self.reader().greeting)(delivery)
    }

    /// Reads what a delivery says.
    ///
    /// # Errors
    /// When it speaks of something we read and cannot be read. It names what and where, without quoting.
    pub fn parse(self, verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
        (self.reader().parse)(verified)
    }

    /// Reads one order as the storefront's API answered it ([`signatures::answered`]): an element of a list of orders, or
    /// the whole of an order that was fetched.
    ///
    /// # Errors
    /// When it cannot be read, or the storefront is not asked.
    pub fn parse_answer(self, answered: &Verified<'_>) -> Result<Parsed, BadDelivery> {
        match self.reader().parse_answer {
            Some(parse) => parse(answered),
            None => Err(BadDelivery::bad("source", "is not asked for orders")),
        }
    }

    /// The headers with which this storefront would sign the delivery's body now: for the demo and for tests. Empty when
    /// the secret is of no use. `message_id` is used by those that sign as Standard Webhooks do.
    #[must_use]
    pub fn sign(self, delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        (self.reader().sign)(delivery, message_id, secret)
    }

    /// The headers that [`Storefront::parse`] looks at, in lower case.
    #[must_use]
    pub fn headers_read(self) -> &'static [&'static str] {
        self.reader().headers_read
    }

    /// The path of its public keys below its own address, when it signs with private ones.
    #[must_use]
    pub fn keys_path(self) -> Option<&'static str> {
        self.reader().keys_path
    }

    /// How it wants to be turned away.
    #[must_use]
    pub fn answers(self) -> Answers {
        self.reader().answers
    }

    /// How it proves itself, in a few words.
    #[must_use]
    pub fn proof(self) -> &'static str {
        self.reader().proof
    }

    /// Its topics and what is made of each.
    #[must_use]
    pub fn topics(self) -> &'static [Topic] {
        self.reader().topics
    }
}

impl FromStr for Storefront {
    type Err = UnknownStorefront;
    fn from_str(segment: &str) -> Result<Self, UnknownStorefront> {
        Self::ALL.iter().copied().find(|storefront| storefront.as_str() == segment).ok_or(UnknownStorefront)
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

/// The longest id of an order (a session of Stripe's has 66 bytes). Longer ones are refused: cut, two could become one.
const ID_BYTES_MAX: usize = 128;
/// The longest number of an order that is kept.
const NUMBER_CHARS_MAX: usize = 64;
/// The longest name of a shipping method that is kept.
pub(crate) const METHOD_CHARS_MAX: usize = 80;

fn source_id(field: &Field, path: &str) -> Result<String, BadDelivery> {
    let id = field.required(path)?;
    if id.len() <= ID_BYTES_MAX { Ok(id.to_owned()) } else { Err(BadDelivery::bad(path, "is longer than 128 bytes")) }
}

fn number(field: &Field, path: &str) -> Result<String, BadDelivery> {
    field.cut(NUMBER_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path))
}
