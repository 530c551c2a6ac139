//! The names of things: one type for each kind of id, so that one can never be passed for another.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {rule}")]
pub struct BadId {
    /// Which kind of id was wanted.
    pub kind: &'static str,
    /// The rule it broke.
    pub rule: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(BadId { kind: $kind, rule: $rule }) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// First path segments that are rooms of the house and therefore never a shop.
const RESERVED_SHOPS: [&str; 5] = ["o", "p", "console", "webhooks", "local"];

id!(
    /// A brand served by this deployment: `demo`. It is the first part of every key and of the customer's URLs.
    ShopId, "a shop", "1 to 32 of a-z 0-9 -, and not the name of a page",
    |t| (1..=32).contains(&t.len())
        && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !RESERVED_SHOPS.contains(&t)
);
id!(
    /// Our own name of an order: 16 base64url characters made from shop, source and the source's id.
    OrderId, "an order id", "16 characters of base64url",
    |t| t.len() == 16 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
);
id!(
    /// The storefront's id of an order line.
    LineId, "a line id", "1 to 64 printable characters without #",
    |t| (1..=64).contains(&t.len()) && t.chars().all(|c| !c.is_control() && c != '#')
);
id!(
    /// The storefront's id of a fulfilment.
    FulfilmentId, "a fulfilment id", "1 to 64 printable characters without #",
    |t| (1..=64).contains(&t.len()) && t.chars().all(|c| !c.is_control() && c != '#')
);
id!(
    /// The storefront's id of a refund.
    RefundId, "a refund id", "1 to 64 printable characters without #",
    |t| (1..=64).contains(&t.len()) && t.chars().all(|c| !c.is_control() && c != '#')
);
id!(
    /// A return, named by the nonce of the form that asked for it, so that a form sent twice is one return.
    ReturnId, "a return id", "8 to 32 of a-z 0-9",
    |t| (8..=32).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
);
id!(
    /// A letter: 22 base64url characters, the same for the same reason to write.
    LetterId, "a letter id", "22 characters of base64url",
    |t| t.len() == 22 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
);
id!(
    /// A carrier's tracking number: upper case, without spaces or dashes.
    TrackingNumber, "a tracking number", "3 to 48 of A-Z 0-9",
    |t| (3..=48).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
);
id!(
    /// A carrier by its plain code: `ups`, `dhl_express`, `unknown`. Made by [`crate::carrier::code`].
    CarrierCode, "a carrier code", "1 to 40 of a-z 0-9 _",
    |t| (1..=40).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
);

impl TrackingNumber {
    /// Reads a number as people and systems write it: any case, with spaces, dashes or dots.
    ///
    /// # Errors
    /// When what is left is not 3 to 48 letters and digits.
    pub fn read(text: &str) -> Result<Self, BadId> {
        Self::try_from(text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '\u{a0}')).collect::<String>().to_uppercase())
    }
}

/// The first `bytes` bytes of SHA-256 over the parts, each preceded by its length so that no two lists collide.
pub(crate) fn digest<const BYTES: usize>(parts: &[&str]) -> [u8; BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let full = hash.finalize();
    let mut out = [0; BYTES];
    out.copy_from_slice(&full[..BYTES]);
    out
}

impl OrderId {
    /// The id of the order that `source` calls `source_id` in this shop. Deterministic, so a webhook needs no lookup.
    ///
    /// 96 bits: a shop with a billion orders has a chance of about 1e-11 of one collision. It is not a secret: links
    /// carry a MAC (see [`crate::link`]).
    #[must_use]
    pub fn of(shop: &ShopId, source: &str, source_id: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest::<12>(&["order", shop.as_str(), source, source_id])))
    }

    /// The twelve bytes a link carries.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 12] {
        let mut out = [0; 12];
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(&self.0)
            && bytes.len() == 12
        {
            out.copy_from_slice(&bytes);
        }
        out
    }

    /// The id whose twelve bytes a link carried.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl LetterId {
    /// The id of the letter of `kind` about `aggregate`, `ordinal` telling several of one kind apart.
    #[must_use]
    pub fn of(aggregate: &str, kind: &str, ordinal: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest::<16>(&["letter", aggregate, kind, ordinal])))
    }
}

/// An order within a shop: the address of the whole folder (order, returns, letters).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderKey {
    /// Whose order.
    pub shop: ShopId,
    /// Which order.
    pub order: OrderId,
}

impl OrderKey {
    /// Where the order is kept that `source` calls `source_id` in this shop.
    #[must_use]
    pub fn of(shop: ShopId, source: &str, source_id: &str) -> Self {
        let order = OrderId::of(&shop, source, source_id);
        Self { shop, order }
    }
}

/// A parcel within a shop. Another shop's parcel with the same number is another parcel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ParcelKey {
    /// Whose parcel.
    pub shop: ShopId,
    /// Who carries it.
    pub carrier: CarrierCode,
    /// Under which number.
    pub number: TrackingNumber,
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shop, self.order)
    }
}

impl fmt::Display for ParcelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.shop, self.carrier, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tracking_number_is_read_as_people_write_it() {
        assert_eq!(TrackingNumber::read("1z 999-aa1 01").unwrap().as_str(), "1Z999AA101");
        assert!(TrackingNumber::read("1Z#9").is_err());
    }

    #[test]
    fn an_order_id_survives_a_link() {
        let id = OrderId::of(&"demo".parse().unwrap(), "shopify", "820982911946154508");
        assert_eq!(OrderId::from_bytes(id.to_bytes()), id);
    }

    #[test]
    fn parts_that_read_alike_are_different_ids() {
        assert_ne!(LetterId::of("ab", "c", ""), LetterId::of("a", "bc", ""));
    }

    #[test]
    fn a_page_is_never_a_shop() {
        assert!("console".parse::<ShopId>().is_err());
        assert!("o".parse::<ShopId>().is_err());
    }
}
