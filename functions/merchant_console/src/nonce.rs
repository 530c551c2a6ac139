//! The nonces of the console's forms: bound to a shop, an order, a return or a customer's answer, and a day, so that only a
//! page of ours can have made them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::{OrderId, ReturnId, ShopId},
    link::LinkKey,
};
use jiff::Timestamp;
use windows::nonce::{is_among, mac};

/// Bytes of the MAC kept: 144 bits, 24 characters.
const BYTES: usize = 18;
const DAY_S: i64 = 86_400;

/// What the form of a return is for; no id holds a slash, and neither purpose begins like the other.
const RETURN: &str = "doorstep console form";
/// What the form of a customer's answer is for.
const ANSWER: &str = "doorstep console answer form";

/// The nonces of one shop's forms at one moment.
pub struct Nonces {
    keys: Vec<LinkKey>,
    shop: ShopId,
    /// Days since 1970 in UTC.
    day: i64,
}

impl Nonces {
    /// The nonces of a shop; the first key signs, all keys recognise.
    #[must_use]
    pub fn new(keys: &[LinkKey], shop: ShopId, now: Timestamp) -> Self {
        Self { keys: keys.to_vec(), shop, day: now.as_second().div_euclid(DAY_S) }
    }

    /// The nonce of a return's form that is shown now; empty without a key, which nothing recognises.
    #[must_use]
    pub fn of(&self, order: &OrderId, return_: &ReturnId) -> String {
        self.current(RETURN, order, return_)
    }

    /// The same of the form by which a customer's answer is done.
    #[must_use]
    pub fn of_answer(&self, order: &OrderId, answer: &ReturnId) -> String {
        self.current(ANSWER, order, answer)
    }

    /// Whether a nonce is of a return's form shown today or yesterday.
    #[must_use]
    pub fn recognise(&self, order: &OrderId, return_: &ReturnId, text: &str) -> bool {
        self.is_ours(RETURN, order, return_, text)
    }

    /// The same of the form by which a customer's answer is done.
    #[must_use]
    pub fn recognise_answer(&self, order: &OrderId, answer: &ReturnId, text: &str) -> bool {
        self.is_ours(ANSWER, order, answer, text)
    }

    fn current(&self, purpose: &str, order: &OrderId, id: &ReturnId) -> String {
        self.keys.first().and_then(|key| self.nonce(key, purpose, order, id, self.day)).unwrap_or_default()
    }

    fn is_ours(&self, purpose: &str, order: &OrderId, id: &ReturnId, text: &str) -> bool {
        let days = [self.day, self.day - 1];
        let made = |key| days.into_iter().filter_map(move |day| self.nonce(key, purpose, order, id, day));
        is_among(text, self.keys.iter().flat_map(made))
    }

    fn nonce(&self, key: &LinkKey, purpose: &str, order: &OrderId, id: &ReturnId, day: i64) -> Option<String> {
        let bound_to = format!("{purpose}/{}/{order}/{id}/{day}", self.shop);
        Some(URL_SAFE_NO_PAD.encode(mac::<BYTES>(key, &[bound_to.as_bytes()])?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u8) -> LinkKey {
        LinkKey { id, secret: vec![id; 32] }
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * DAY_S + 5).unwrap()
    }

    fn nonces(keys: &[u8], shop: &str, day: i64) -> Nonces {
        Nonces::new(&keys.iter().copied().map(key).collect::<Vec<_>>(), shop.parse().unwrap(), at(day))
    }

    fn order(source_id: &str) -> OrderId {
        OrderId::of(&"demo".parse().unwrap(), "standard", source_id)
    }

    #[test]
    fn a_form_counts_today_and_tomorrow() {
        let return_: ReturnId = "abcd1234".parse().unwrap();
        let nonce = nonces(&[1], "demo", 20_000).of(&order("1"), &return_);
        assert_eq!(nonce.len(), 24);
        for (day, counts) in [(19_999, false), (20_000, true), (20_001, true), (20_002, false)] {
            assert_eq!(nonces(&[1], "demo", day).recognise(&order("1"), &return_, &nonce), counts, "{day}");
        }
        assert!(nonces(&[2, 1], "demo", 20_000).recognise(&order("1"), &return_, &nonce), "after a rotation of the key");
    }

    #[test]
    fn a_form_of_something_else_does_not_count() {
        let return_: ReturnId = "abcd1234".parse().unwrap();
        let other: ReturnId = "abcd1235".parse().unwrap();
        let nonce = nonces(&[1], "demo", 20_000).of(&order("1"), &return_);
        let here = nonces(&[1], "demo", 20_000);
        assert!(!here.recognise(&order("2"), &return_, &nonce));
        assert!(!here.recognise(&order("1"), &other, &nonce));
        assert!(!here.recognise(&order("1"), &return_, ""));
        assert!(!here.recognise(&order("1"), &return_, &nonce[1..]));
        assert!(!nonces(&[1], "other", 20_000).recognise(&order("1"), &return_, &nonce));
        assert!(!nonces(&[2], "demo", 20_000).recognise(&order("1"), &return_, &nonce));
        assert!(!nonces(&[], "demo", 20_000).recognise(&order("1"), &return_, ""));
        assert!(!here.recognise_answer(&order("1"), &return_, &nonce), "one form is not the other");
        let done = here.of_answer(&order("1"), &return_);
        assert!(here.recognise_answer(&order("1"), &return_, &done) && !here.recognise(&order("1"), &return_, &done));
    }
}
