//! Nonces of forms: MACs over what a form is for, so that only a page of ours can have made them (guarantees TK-13).
//!
//! What a nonce is bound to, how long it counts and how it is spelt is the page's own affair.

use domain::link::LinkKey;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

/// The first `BYTES` bytes of the MAC over these parts, one after the other: the parts must say themselves where they end.
/// `None` beyond the 32 bytes there are.
#[must_use]
pub fn mac<const BYTES: usize>(key: &LinkKey, parts: &[&[u8]]) -> Option<[u8; BYTES]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).ok()?;
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().first_chunk().copied()
}

/// Whether a nonce is among those we could have made. Every one is compared, so that the time taken tells nothing.
pub fn is_among(text: &str, made: impl IntoIterator<Item = String>) -> bool {
    let found = made.into_iter().fold(Choice::from(0), |found, nonce| found | nonce.as_bytes().ct_eq(text.as_bytes()));
    bool::from(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(secret: u8, parts: &[&[u8]]) -> [u8; 15] {
        mac(&LinkKey { id: 1, secret: vec![secret; 32] }, parts).unwrap()
    }

    #[test]
    fn a_nonce_is_bound_to_its_key_and_to_every_part() {
        let here = made(1, &[b"form/", b"demo"]);
        assert_eq!(here, made(1, &[b"form/demo"]));
        for other in [made(2, &[b"form/", b"demo"]), made(1, &[b"form/", b"Demo"]), made(1, &[b"form/"])] {
            assert_ne!(here, other);
        }
    }

    #[test]
    fn any_of_those_made_counts_and_nothing_else() {
        let made = ["now".to_owned(), "before".to_owned()];
        for (text, counts) in [("now", true), ("before", true), ("", false), ("no", false), ("nowbefore", false)] {
            assert_eq!(is_among(text, made.clone()), counts, "{text}");
        }
        assert!(!is_among("", []), "without a key nothing counts");
    }
}
