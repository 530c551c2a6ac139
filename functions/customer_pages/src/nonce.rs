//! The nonces of the page's forms: unguessable, bound to one order, and the name of what the form asks for.
//!
//! That of the return form is made from the link key, the order, its epoch and the number of returns it has; that of a form
//! that answers trouble also from the parcel it is about, and the number of answers about it; that of the preference page
//! from the moment of the choices it shows. So nothing is written when a form is shown, a form sent twice names one return or
//! answer, none is taken for another, and a form of another page is refused (guarantees TK-13).

use domain::{
    id::{OrderKey, ParcelKey, ReturnId},
    link::LinkKey,
};
use windows::nonce::{is_among, mac};

/// Bytes of the MAC kept: 120 bits, 24 letters.
const BYTES: usize = 15;
/// RFC 4648 base32 in lower case: five bits a letter.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Purpose {
    Return,
    /// An answer about a parcel, or about the order before its dispatch.
    Answer(Option<ParcelKey>),
    /// Choices about being written to.
    Preferences,
}

impl Purpose {
    fn name(&self) -> &'static [u8] {
        match self {
            Self::Return => b"doorstep return form",
            Self::Answer(_) => b"doorstep answer form",
            Self::Preferences => b"doorstep preference form",
        }
    }

    /// The first letter of the nonce.
    fn letter(&self) -> char {
        match self {
            Self::Return => 'r',
            Self::Answer(_) => 'a',
            Self::Preferences => 'p',
        }
    }

    /// What follows the shop's name; no shop's name and no carrier's code holds a slash.
    fn about(&self) -> String {
        match self {
            Self::Return | Self::Answer(None) | Self::Preferences => String::new(),
            Self::Answer(Some(parcel)) => format!("/{}/{}", parcel.carrier, parcel.number),
        }
    }
}

/// The nonces of one form of an order's page at one moment.
#[derive(Debug, Clone)]
pub struct Nonces {
    keys: Vec<LinkKey>,
    order: OrderKey,
    epoch: u8,
    purpose: Purpose,
    /// How many were made with such forms; for choices the millisecond at which they were made.
    n_made: u64,
}

impl Nonces {
    /// The nonces of the return form of an order that has `n_returns` returns; the first key signs, all keys recognise.
    #[must_use]
    pub fn new(keys: &[LinkKey], order: OrderKey, epoch: u8, n_returns: usize) -> Self {
        Self { keys: keys.to_vec(), order, epoch, purpose: Purpose::Return, n_made: n_returns as u64 }
    }

    /// The nonces of the form on the same page that answers about a parcel, or about the order, which has `n_answers` of them.
    #[must_use]
    pub fn of_answers(&self, about: Option<&ParcelKey>, n_answers: usize) -> Self {
        Self { purpose: Purpose::Answer(about.cloned()), n_made: n_answers as u64, ..self.clone() }
    }

    /// The nonces of the form that shows the choices made at this millisecond.
    #[must_use]
    pub fn of_preferences(&self, chosen_at_ms: u64) -> Self {
        Self { purpose: Purpose::Preferences, n_made: chosen_at_ms, ..self.clone() }
    }

    /// The nonce for a form shown now; `None` without a key.
    #[must_use]
    pub fn current(&self) -> Option<ReturnId> {
        self.keys.first().and_then(|key| self.nonce(key, self.n_made)?.parse().ok())
    }

    /// The nonce as an id when it is of a form shown now or before the last return or answer was made.
    #[must_use]
    pub fn recognised(&self, text: &str) -> Option<ReturnId> {
        self.among(text, &[Some(self.n_made), self.n_made.checked_sub(1)])
    }

    /// The nonce as an id when a form with it could be shown now: what was asked with it is not there yet.
    #[must_use]
    pub fn still_current(&self, text: &str) -> Option<ReturnId> {
        self.among(text, &[Some(self.n_made)])
    }

    fn among(&self, text: &str, counts: &[Option<u64>]) -> Option<ReturnId> {
        let made = counts.iter().flatten().flat_map(|count| self.keys.iter().filter_map(|key| self.nonce(key, *count)));
        if is_among(text, made) { text.parse().ok() } else { None }
    }

    fn nonce(&self, key: &LinkKey, n_made: u64) -> Option<String> {
        let OrderKey { shop, order } = &self.order;
        let count = n_made.to_be_bytes();
        let about = self.purpose.about();
        let parts: [&[u8]; 6] =
            [self.purpose.name(), &order.to_bytes(), &[self.epoch], &count, shop.as_str().as_bytes(), about.as_bytes()];
        Some(format!("{}{}", self.purpose.letter(), base32(&mac::<BYTES>(key, &parts)?)))
    }
}

fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut n_bits) = (0u32, 0u32);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            out.push(char::from(LETTERS[(held >> n_bits & 31) as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::OrderId;
    use proptest::prelude::*;

    fn nonces(shop: &str, source_id: &str, epoch: u8, n_returns: usize) -> Nonces {
        let shop = shop.parse().unwrap();
        let order = OrderKey { order: OrderId::of(&shop, "shopify", source_id), shop };
        Nonces::new(&[LinkKey { id: 2, secret: vec![2; 32] }, LinkKey { id: 1, secret: vec![1; 32] }], order, epoch, n_returns)
    }

    #[test]
    fn a_form_is_recognised_until_two_more_returns_exist() {
        let nonce = nonces("demo", "1", 0, 0).current().unwrap();
        assert_eq!(nonce.as_str().len(), 25);
        for (n_returns, known) in [(0, true), (1, true), (2, false)] {
            assert_eq!(nonces("demo", "1", 0, n_returns).recognised(nonce.as_str()).is_some(), known, "{n_returns}");
        }
        assert!(nonces("demo", "1", 0, 0).still_current(nonce.as_str()).is_some());
        assert!(nonces("demo", "1", 0, 1).still_current(nonce.as_str()).is_none());
    }

    #[test]
    fn a_form_of_another_order_shop_or_epoch_is_not() {
        let nonce = nonces("demo", "1", 0, 0).current().unwrap();
        for other in [nonces("demo", "2", 0, 0), nonces("other", "1", 0, 0), nonces("demo", "1", 1, 0)] {
            assert_eq!(other.recognised(nonce.as_str()), None);
        }
    }

    #[test]
    fn a_form_of_another_purpose_or_parcel_is_not() {
        let returns = nonces("demo", "1", 0, 0);
        let parcel = |number: &str| ParcelKey {
            shop: "demo".parse().unwrap(),
            carrier: "ups".parse().unwrap(),
            number: number.parse().unwrap(),
        };
        let (one, other) = (parcel("1Z999AA10123456784"), parcel("1Z999AA10123456785"));
        let all = [
            returns.clone(),
            returns.of_answers(None, 0),
            returns.of_answers(Some(&one), 0),
            returns.of_answers(Some(&other), 0),
            returns.of_answers(Some(&one), 2),
            returns.of_preferences(0),
            returns.of_preferences(2),
        ];
        for (at, nonces) in all.iter().enumerate() {
            let nonce = nonces.current().unwrap();
            for (other_at, other) in all.iter().enumerate() {
                assert_eq!(other.recognised(nonce.as_str()).is_some(), at == other_at, "{at} by {other_at}");
            }
        }
        assert!(returns.of_answers(Some(&one), 1).recognised(all[2].current().unwrap().as_str()).is_some());
    }

    #[test]
    fn a_form_made_before_the_key_was_rotated_still_counts() {
        let now = nonces("demo", "1", 0, 0);
        let before = Nonces { keys: now.keys[1..].to_vec(), ..now.clone() };
        assert!(now.recognised(before.current().unwrap().as_str()).is_some());
    }

    #[test]
    fn base32_is_that_of_the_standard() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
        assert_eq!(base32(b"foobafooba"), "mzxw6ytbmzxw6ytb");
    }

    proptest! {
        #[test]
        fn nothing_else_is_recognised(text in ".{0,40}") {
            prop_assert_eq!(nonces("demo", "1", 0, 3).recognised(&text), None);
        }
    }
}
