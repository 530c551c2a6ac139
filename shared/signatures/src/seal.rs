//! The seal: HMAC-SHA256 over some text and the exact body, compared in constant time, under any of several secrets.

use crate::delivery::{Delivery, Refusal, Verified};
use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// How far a signed time may be from ours, in seconds, both ways (the value Standard Webhooks and Stripe use).
pub const TOLERANCE_S: u64 = 300;
/// Signatures tried of one delivery. Senders that change a secret send two; a list of thousands is an attack on our time.
const MACS_MAX: usize = 10;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A secret in the bytes that key the HMAC. Never empty: an empty key is one that everybody has.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key of these bytes, if there are any.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (!bytes.is_empty()).then_some(Self(bytes))
    }

    /// A key that is the bytes of a secret as it is shown.
    #[must_use]
    pub fn of_text(secret: &str) -> Option<Self> {
        Self::new(secret.as_bytes().to_vec())
    }

    /// A key written in base64.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::new(BASE64.decode(text).ok()?)
    }
}

/// The keys of several secrets; those that are not usable are left out, so that no secrets at all let nobody in.
#[must_use]
pub fn keys(secrets: &[String], key_of: impl Fn(&str) -> Option<Key>) -> Vec<Key> {
    secrets.iter().filter_map(|secret| key_of(secret)).collect()
}

/// The 32 bytes of an HMAC-SHA256, ours or one that a sender claims.
#[derive(Clone, Copy)]
pub struct Mac(pub(crate) [u8; 32]);

impl Mac {
    /// A signature written in base64.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Some(Self(BASE64.decode(text.trim()).ok()?.try_into().ok()?))
    }

    /// A signature written in hexadecimal digits of either case.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.trim().chars().map(|c| c.to_digit(16).and_then(|d| d.try_into().ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        if digits.len() == 64 { Some(Self(bytes.try_into().ok()?)) } else { None }
    }

    /// A signature in either writing, of a source that does not keep to one. Neither can be taken for the other: 32 bytes are 64
    /// hexadecimal digits and 44 of base64.
    #[must_use]
    pub fn from_either(text: &str) -> Option<Self> {
        Self::from_hex(text).or_else(|| Self::from_base64(text))
    }

    /// As base64.
    #[must_use]
    pub fn to_base64(self) -> String {
        BASE64.encode(self.0)
    }

    /// As lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The signature of `before`, part after part, and then the body.
#[must_use]
pub fn seal(key: &Key, before: &[&str], body: &[u8]) -> Mac {
    let mut mac = match Hmac::<Sha256>::new_from_slice(&key.0) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of every length"),
    };
    for part in before {
        mac.update(part.as_bytes());
    }
    mac.update(body);
    Mac(mac.finalize().into_bytes().into())
}

/// Lets a delivery in when one of the claimed signatures over `before` and its exact body is right under one of the keys.
///
/// Every pair is compared, each in constant time. No keys or no signatures let nothing in.
///
/// # Errors
/// [`Refusal::BadSignature`] when none is right.
pub fn sealed<'a>(delivery: Delivery<'a>, before: &[&str], claimed: &[Mac], keys: &[Key]) -> Result<Verified<'a>, Refusal> {
    sealed_bytes(delivery, keys.iter().map(|key| seal(key, before, delivery.body)), claimed)
}

/// The same for a source that signs its body and nothing else; `header` holds the signature, in the form that `read` reads.
///
/// # Errors
/// [`Refusal::Unsigned`] without the header, [`Refusal::BadSignature`] when what it holds is not right.
pub fn sealed_body<'a>(
    delivery: Delivery<'a>,
    header: &str,
    read: impl Fn(&str) -> Option<Mac>,
    keys: &[Key],
) -> Result<Verified<'a>, Refusal> {
    let claimed = delivery.headers.get(header).ok_or(Refusal::Unsigned)?;
    sealed(delivery, &[], &[read(claimed).ok_or(Refusal::BadSignature)?], keys)
}

/// The same for a source that signs something it wrote into its body, and not the body: nothing else of it is proved then.
///
/// # Errors
/// [`Refusal::BadSignature`] when none is right.
pub fn sealed_over<'a>(delivery: Delivery<'a>, message: &[&str], claimed: &[Mac], keys: &[Key]) -> Result<Verified<'a>, Refusal> {
    sealed_bytes(delivery, keys.iter().map(|key| seal(key, message, b"")), claimed)
}

/// The digest that a source without HMAC writes: plain SHA-256 of the body, a stroke and the secret. As the secret comes last,
/// nobody can lengthen what was signed.
#[must_use]
pub fn digest(secret: &str, body: &[u8]) -> Mac {
    let digest = Sha256::new().chain_update(body).chain_update("/").chain_update(secret);
    Mac(digest.finalize().into())
}

/// Lets a delivery in when the claimed [`digest`] is right under one of the secrets.
///
/// # Errors
/// [`Refusal::BadSignature`] when none is right.
pub fn digested<'a>(delivery: Delivery<'a>, claimed: Mac, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    sealed_bytes(delivery, secrets.map(|secret| digest(secret, delivery.body)), &[claimed])
}

pub(crate) fn sealed_bytes<'a>(
    delivery: Delivery<'a>,
    ours: impl Iterator<Item = Mac>,
    claimed: &[Mac],
) -> Result<Verified<'a>, Refusal> {
    let mut right = Choice::from(0);
    for ours in ours {
        for theirs in claimed.iter().take(MACS_MAX) {
            right |= ours.0.ct_eq(&theirs.0);
        }
    }
    if right.into() { Ok(Verified::proved(delivery)) } else { Err(Refusal::BadSignature) }
}

/// Lets a delivery in when a parameter of its URL is one of the secrets. For sources that can sign nothing.
///
/// # Errors
/// [`Refusal::Unsigned`] without the parameter, [`Refusal::BadSignature`] when it is no secret of ours.
pub fn token<'a>(delivery: Delivery<'a>, parameter: &str, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let mut values = delivery.query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(name, _)| *name == parameter);
    let (_, written) = values.next().ok_or(Refusal::Unsigned)?;
    if is_one_of(&percent_decoded(written), secrets) { Ok(Verified::proved(delivery)) } else { Err(Refusal::BadSignature) }
}

/// Lets a delivery in when a header of it is one of the secrets. For sources that sign nothing and send a password.
///
/// # Errors
/// [`Refusal::Unsigned`] without the header, [`Refusal::BadSignature`] when it is no secret of ours.
pub fn password<'a>(delivery: Delivery<'a>, header: &str, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let said = delivery.headers.get(header).ok_or(Refusal::Unsigned)?;
    if is_one_of(said.trim().as_bytes(), secrets) { Ok(Verified::proved(delivery)) } else { Err(Refusal::BadSignature) }
}

/// Whether these bytes are one of the secrets, of which the empty one is none. Digests are compared, so that not even the
/// length of a secret shows in the time it takes.
pub(crate) fn is_one_of(said: &[u8], secrets: &[String]) -> bool {
    let theirs = Sha256::digest(said);
    let mut right = Choice::from(0);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        right |= theirs.ct_eq(&Sha256::digest(secret.as_bytes()));
    }
    right.into()
}

/// Refuses a proved time that is more than [`TOLERANCE_S`] from ours.
///
/// # Errors
/// [`Refusal::Stale`].
pub fn fresh(signed_at_s: i64, now: Timestamp) -> Result<(), Refusal> {
    if now.as_second().abs_diff(signed_at_s) <= TOLERANCE_S { Ok(()) } else { Err(Refusal::Stale) }
}

pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            (b'+', _, _) => {
                out.push(b' ');
                at += 1;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(query: &'static str) -> Delivery<'static> {
        Delivery { method: "POST", path: "/", query, headers: &[("a", "b")], body: b"body", now: Timestamp::UNIX_EPOCH }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_seal_is_the_published_hmac() {
        let key = Key::new(b"Jefe".to_vec()).unwrap();
        let want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(seal(&key, &["what do ya want "], b"for nothing?").to_hex(), want);
        assert!(Mac::from_hex(want).is_some());
        assert!(Mac::from_hex(&want[1..]).is_none());
        assert!(Mac::from_hex("zz").is_none());
    }

    #[test]
    fn without_keys_or_signatures_nothing_is_let_in() {
        let key = Key::new(b"k".to_vec()).unwrap();
        let right = seal(&key, &[], b"body");
        assert!(sealed(delivery(""), &[], &[right], std::slice::from_ref(&key)).is_ok());
        assert_eq!(sealed(delivery(""), &[], &[right], &[]).err(), Some(Refusal::BadSignature));
        assert_eq!(sealed(delivery(""), &[], &[], &[key]).err(), Some(Refusal::BadSignature));
        assert!(Key::new(Vec::new()).is_none());
    }

    #[test]
    fn a_digest_is_of_body_stroke_and_secret() {
        // `printf 'body/k' | sha256sum`
        let want = "e2bda33f4db405d3cfba87e81dd4aacb079143858c1d8010cd5430bb6444d28f";
        assert_eq!(digest("k", b"body").to_hex(), want);
        let check = |claimed: Mac, secrets: &[&str], want| {
            let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
            assert_eq!(digested(delivery(""), claimed, &secrets).map(|_| ()), want, "{secrets:?}");
        };
        check(digest("k", b"body"), &["old", "k"], Ok(()));
        check(digest("k", b"bodx"), &["k"], Err(Refusal::BadSignature));
        check(digest("", b"body"), &["", "k"], Err(Refusal::BadSignature));
        check(digest("k", b"body"), &[], Err(Refusal::BadSignature));
    }

    #[test]
    fn a_password_is_one_of_the_secrets_or_nothing() {
        let check = |header: &str, secrets: &[&str], want| {
            let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
            assert_eq!(password(delivery(""), header, &secrets).map(|_| ()), want, "{header} {secrets:?}");
        };
        check("a", &["old", "b"], Ok(()));
        check("A", &["b"], Ok(()));
        check("a", &["B", "bb", ""], Err(Refusal::BadSignature));
        check("a", &[], Err(Refusal::BadSignature));
        check("b", &["b"], Err(Refusal::Unsigned));
    }

    #[test]
    fn a_seal_may_be_over_something_else_than_the_body() {
        let key = Key::of_text("k").unwrap();
        let claimed = [seal(&key, &["a", "b"], b"")];
        let keys = [key];
        assert!(sealed_over(delivery(""), &["a", "b"], &claimed, &keys).is_ok());
        assert!(sealed_over(delivery(""), &["a", "c"], &claimed, &keys).is_err());
        assert!(sealed_over(delivery(""), &["a", "b"], &claimed, &[]).is_err());
        assert!(sealed(delivery(""), &["a", "b"], &claimed, &keys).is_err());
        assert!(Key::of_text("").is_none());
    }

    #[test]
    fn a_signature_in_either_writing_is_the_same() {
        let mac = seal(&Key::of_text("k").unwrap(), &[], b"body");
        for text in [mac.to_hex(), mac.to_hex().to_uppercase(), mac.to_base64()] {
            assert_eq!(Mac::from_either(&text).unwrap().to_hex(), mac.to_hex());
        }
        assert!(["", "zz", "AAAA", &"0".repeat(66)].into_iter().all(|text| Mac::from_either(text).is_none()));
    }

    #[test]
    fn the_window_is_exact_on_both_sides() {
        let now: Timestamp = "2026-11-16T10:00:00Z".parse().unwrap();
        for (off, want) in
            [(-301, false), (-300, true), (0, true), (300, true), (301, false), (i64::MAX - now.as_second(), false)]
        {
            assert_eq!(fresh(now.as_second() + off, now).is_ok(), want, "{off}");
        }
        assert!(fresh(i64::MIN, now).is_err());
    }

    #[test]
    fn a_token_is_one_of_the_secrets_or_nothing() {
        let check = |query, secrets: &[&str], want: Result<(), Refusal>| {
            let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
            assert_eq!(token(delivery(query), "token", &secrets).map(|_| ()), want, "{query}");
        };
        check("token=abc", &["old", "abc"], Ok(()));
        check("a=1&token=a%2Bb%20c", &["a+b c"], Ok(()));
        check("token=abd", &["abc"], Err(Refusal::BadSignature));
        check("token=", &[""], Err(Refusal::BadSignature));
        check("token=abc", &[], Err(Refusal::BadSignature));
        check("tokens=abc", &["abc"], Err(Refusal::Unsigned));
        check("token=bad&token=abc", &["abc"], Err(Refusal::BadSignature));
        check("token=%4", &["%4"], Ok(()));
    }
}
