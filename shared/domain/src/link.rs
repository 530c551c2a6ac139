//! Links: what a customer holds instead of a password.
//!
//! `version ‖ key id ‖ purpose ‖ shop ‖ order ‖ epoch ‖ expiry ‖ MAC` in base64url, about 60 characters: short enough for a
//! text message, no personal data, good for one purpose and one order, worthless after the order's epoch is raised.

use crate::{
    id::{OrderId, OrderKey, ShopId},
    order::Order,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The only layout there is; a link of another version is not a link.
const VERSION: u8 = 1;
/// Bytes of the MAC kept: 128 bits, so that 10^9 guesses a second for 100 years succeed once in 10^20.
const MAC_BYTES: usize = 16;
/// Days a tracking link lives: a warranty year and a month.
pub const TRACKING_LINK_DAYS: i64 = 396;
/// Links longer than this are refused unread.
const TEXT_MAX: usize = 160;

/// A key that signs links, with the number by which links name it. The newest signs; older ones still open links.
#[derive(Clone)]
pub struct LinkKey {
    /// Its number.
    pub id: u8,
    /// Its bytes, at least 32.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinkKey({})", self.id)
    }
}

/// What a link opens. A link for one purpose opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Read the page of an order and ask for a return of it.
    Tracking,
    /// Choose how and whether to be written to by the shop of an order.
    Preferences,
}

impl Purpose {
    fn code(self) -> u8 {
        match self {
            Self::Tracking => 1,
            Self::Preferences => 2,
        }
    }
}

/// An opened link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whose order.
    pub order: OrderKey,
    /// The epoch it was made in; the order's own must still be the same.
    pub epoch: u8,
}

/// The text of a link.
#[must_use]
pub fn seal(key: &LinkKey, purpose: Purpose, order: &OrderKey, epoch: u8, expires_at: Timestamp) -> String {
    let mut bytes = body(key.id, purpose, order, epoch, expires_at);
    let tag = mac(key, &bytes);
    bytes.extend_from_slice(&tag);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Where the letters of an order lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLinks {
    /// Its page.
    pub page: String,
    /// Where its customer chooses how to be written to.
    pub preferences: String,
}

impl OrderLinks {
    /// The links of an order, made now, under a public address without a slash at its end. They live for
    /// [`TRACKING_LINK_DAYS`].
    #[must_use]
    pub fn seal(key: &LinkKey, base: &str, order: &Order, now: Timestamp) -> Self {
        let expires_at = now.checked_add(SignedDuration::from_hours(TRACKING_LINK_DAYS * 24)).unwrap_or(Timestamp::MAX);
        let token = |purpose| seal(key, purpose, &order.key(), order.link_epoch, expires_at);
        Self {
            page: format!("{base}/o/{}", token(Purpose::Tracking)),
            preferences: format!("{base}/p/{}", token(Purpose::Preferences)),
        }
    }
}

/// Opens a link for one purpose at one moment, or says nothing about why not.
#[must_use]
pub fn open(keys: &[LinkKey], purpose: Purpose, text: &str, now: Timestamp) -> Option<Opened> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (body, tag) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
    let [VERSION, key_id, purpose_code, shop_len, rest @ ..] = body else { return None };
    let key = keys.iter().find(|key| key.id == *key_id)?;
    if !bool::from(mac(key, body).ct_eq(tag)) || *purpose_code != purpose.code() {
        return None;
    }
    let (shop, rest) = rest.split_at_checked((*shop_len).into())?;
    let (order, rest) = rest.split_first_chunk::<12>()?;
    let (epoch, rest) = rest.split_first()?;
    let (minutes, rest) = rest.split_first_chunk::<4>()?;
    let expires_at_s = i64::from(u32::from_be_bytes(*minutes)) * 60;
    if !rest.is_empty() || now.as_second() > expires_at_s {
        return None;
    }
    let shop: ShopId = std::str::from_utf8(shop).ok()?.parse().ok()?;
    Some(Opened { order: OrderKey { shop, order: OrderId::from_bytes(*order) }, epoch: *epoch })
}

fn body(key_id: u8, purpose: Purpose, order: &OrderKey, epoch: u8, expires_at: Timestamp) -> Vec<u8> {
    let shop = order.shop.as_str().as_bytes();
    let minutes = u32::try_from(expires_at.as_second().div_euclid(60)).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(64);
    // A shop's name has at most 32 bytes.
    bytes.extend_from_slice(&[VERSION, key_id, purpose.code(), u8::try_from(shop.len()).unwrap_or(u8::MAX)]);
    bytes.extend_from_slice(shop);
    bytes.extend_from_slice(&order.order.to_bytes());
    bytes.push(epoch);
    bytes.extend_from_slice(&minutes.to_be_bytes());
    bytes
}

fn mac(key: &LinkKey, body: &[u8]) -> [u8; MAC_BYTES] {
    let mut out = [0; MAC_BYTES];
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.secret) {
        mac.update(b"doorstep link");
        mac.update(body);
        out.copy_from_slice(&mac.finalize().into_bytes()[..MAC_BYTES]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(id: u8) -> LinkKey {
        LinkKey { id, secret: vec![id; 32] }
    }

    fn order(shop: &str) -> OrderKey {
        let shop: ShopId = shop.parse().unwrap();
        OrderKey { order: OrderId::of(&shop, "shopify", "1"), shop }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const EXPIRY: &str = "2027-01-01T00:00:00Z";

    #[test]
    fn a_link_opens_its_order_until_its_last_minute() {
        let text = seal(&key(1), Purpose::Tracking, &order("demo"), 3, at(EXPIRY));
        let opened = open(&[key(2), key(1)], Purpose::Tracking, &text, at(EXPIRY)).unwrap();
        assert_eq!(opened, Opened { order: order("demo"), epoch: 3 });
        assert_eq!(open(&[key(1)], Purpose::Tracking, &text, at("2027-01-01T00:00:01Z")), None);
        assert_eq!(open(&[key(2)], Purpose::Tracking, &text, at(EXPIRY)), None);
        assert!(text.len() <= 64, "{} characters", text.len());
    }

    #[test]
    fn the_links_of_an_order_open_what_they_are_for_until_they_are_made_worthless() {
        let order = order("demo");
        let order = Order { link_epoch: 2, ..Order::new(order.shop, order.order) };
        let now = at("2026-01-01T00:00:00Z");
        let links = OrderLinks::seal(&key(1), "https://demo.example", &order, now);
        let page = links.page.strip_prefix("https://demo.example/o/").unwrap();
        let preferences = links.preferences.strip_prefix("https://demo.example/p/").unwrap();
        assert_eq!(open(&[key(1)], Purpose::Tracking, page, now), Some(Opened { order: order.key(), epoch: 2 }));
        assert_eq!(open(&[key(1)], Purpose::Tracking, preferences, now), None);
        assert!(
            open(&[key(1)], Purpose::Preferences, preferences, now + SignedDuration::from_hours(TRACKING_LINK_DAYS * 24))
                .is_some()
        );
        // Far in the future it still has an end.
        assert!(OrderLinks::seal(&key(1), "https://demo.example", &order, Timestamp::MAX).page.len() > 40);
    }

    proptest! {
        #[test]
        fn one_flipped_bit_makes_it_worthless(bit in 0usize..43 * 8) {
            let text = seal(&key(1), Purpose::Tracking, &order("demo"), 0, at(EXPIRY));
            let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
            let bit = bit % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let bent = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(open(&[key(1)], Purpose::Tracking, &bent, at("2026-01-01T00:00:00Z")), None);
        }

        #[test]
        fn no_text_makes_it_stumble(text in ".{0,200}") {
            prop_assert_eq!(open(&[key(1)], Purpose::Tracking, &text, at("2026-01-01T00:00:00Z")), None);
        }
    }
}
