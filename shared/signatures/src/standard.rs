//! Standard Webhooks: how our own format is signed, both for those who send to us and for what we send.

use crate::{
    delivery::{Delivery, Refusal, Verified},
    read::{BadDelivery, Field, Part},
    seal::{Key, Mac, fresh, keys, seal, sealed},
};
use jiff::Timestamp;
use serde::Deserialize;

/// Lets in what is signed as <https://www.standardwebhooks.com> says: `v1`, HMAC-SHA256, five minutes either way.
///
/// # Errors
/// When a header is missing, no `v1` signature is right, or it is of another time.
pub fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    verify_with(delivery, secrets, key)
}

/// The same for who writes the secret in another way; `key_of` reads it.
///
/// # Errors
/// See [`verify`].
pub fn verify_with<'a>(
    delivery: Delivery<'a>,
    secrets: &[String],
    key_of: impl Fn(&str) -> Option<Key>,
) -> Result<Verified<'a>, Refusal> {
    let header = |name| delivery.headers.get(name).ok_or(Refusal::Unsigned);
    let (id, at, signatures) = (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let claimed: Vec<Mac> =
        signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).filter_map(Mac::from_base64).collect();
    let verified = sealed(delivery, &[id, ".", at, "."], &claimed, &keys(secrets, key_of))?;
    fresh(at.parse().map_err(|_| Refusal::BadSignature)?, delivery.now)?;
    Ok(verified)
}

/// The headers that make a body one of ours, or `None` when the secret is not a Standard Webhooks secret.
#[must_use]
pub fn sign(secret: &str, id: &str, now: Timestamp, body: &[u8]) -> Option<[(&'static str, String); 3]> {
    Some(sign_with(&key(secret)?, id, now, body))
}

/// The headers that make a body one of whoever has this key.
#[must_use]
pub fn sign_with(key: &Key, id: &str, now: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
    let at = now.as_second().to_string();
    let mac = seal(key, &[id, ".", &at, "."], body).to_base64();
    [("webhook-id", id.to_owned()), ("webhook-timestamp", at), ("webhook-signature", format!("v1,{mac}"))]
}

/// The secret is base64, with or without `whsec_` in front. What is not is no secret; it is never taken as it stands.
fn key(secret: &str) -> Option<Key> {
    let secret = secret.trim();
    Key::from_base64(secret.strip_prefix("whsec_").unwrap_or(secret))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Kind {
    #[serde(rename = "type")]
    kind: Field,
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default)]
    timestamp: Field,
    #[serde(default = "Part::none")]
    data: Part<T>,
}

/// The `type` of the body's envelope `{type, timestamp, data}`.
///
/// # Errors
/// When it is not JSON or has no type.
pub fn kind(verified: &Verified<'_>) -> Result<String, BadDelivery> {
    Ok(verified.json::<Kind>()?.kind.required("type")?.to_owned())
}

/// The `timestamp` and `data` of the body's envelope.
///
/// # Errors
/// When it is not JSON or one of them is missing.
pub fn open<'a, T: Deserialize<'a>>(verified: &Verified<'a>) -> Result<(Timestamp, T), BadDelivery> {
    let envelope: Envelope<T> = verified.json()?;
    let at = envelope.timestamp.required_time("timestamp")?;
    let data = envelope.data.into_option().ok_or_else(|| BadDelivery::missing("data"))?;
    Ok((at, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "whsec_RG9vcnN0ZXAgdGVzdHMgb25seSwgbm90IGEgc2VjcmV0";

    fn now() -> Timestamp {
        "2026-11-16T17:12:04Z".parse().unwrap()
    }

    fn verified(headers: &[(&str, String)], body: &[u8], at: Timestamp, secrets: &[&str]) -> Result<(), Refusal> {
        let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
        verify(Delivery { method: "POST", path: "/", query: "", headers: &headers, body, now: at }, &secrets).map(|_| ())
    }

    #[test]
    fn what_is_signed_is_let_in_under_either_of_two_secrets() {
        let headers = sign(SECRET, "msg_1", now(), b"{}").unwrap();
        assert_eq!(verified(&headers, b"{}", now(), &["whsec_b3RoZXI=", SECRET]), Ok(()));
        assert_eq!(verified(&headers, b"{}", now(), &[SECRET, "not base64!"]), Ok(()));
        assert_eq!(verified(&headers, b"{}", now(), &["not base64!", ""]), Err(Refusal::BadSignature));
        assert_eq!(verified(&headers, b"{}", now(), &[]), Err(Refusal::BadSignature));
        assert_eq!(verified(&headers[..2], b"{}", now(), &[SECRET]), Err(Refusal::Unsigned));
    }

    #[test]
    fn any_v1_of_a_list_will_do_and_other_versions_never() {
        let [id, at, (name, right)] = sign(SECRET, "msg_1", now(), b"{}").unwrap();
        let check = |list: String, want| {
            assert_eq!(verified(&[id.clone(), at.clone(), (name, list)], b"{}", now(), &[SECRET]), want);
        };
        check(format!("v1a,AAAA v1,AAAA {right}"), Ok(()));
        check(right.replace("v1,", "v1a,"), Err(Refusal::BadSignature));
        check(right.replace("v1,", "v2,"), Err(Refusal::BadSignature));
        check(right.replace("v1,", ""), Err(Refusal::BadSignature));
        check(format!("{right},{right}"), Err(Refusal::BadSignature));
    }

    #[test]
    fn the_window_is_exact() {
        let headers = sign(SECRET, "msg_1", now(), b"{}").unwrap();
        for (off, want) in [(-301, Err(Refusal::Stale)), (-300, Ok(())), (300, Ok(())), (301, Err(Refusal::Stale))] {
            let at = now() + jiff::SignedDuration::from_secs(off);
            assert_eq!(verified(&headers, b"{}", at, &[SECRET]), want, "{off}");
        }
    }

    proptest! {
        #[test]
        fn one_flipped_bit_anywhere_is_refused(part in 0usize..4, at in 0usize..64, bit in 0u8..7) {
            let mut body = br#"{"type":"order.reported"}"#.to_vec();
            let mut headers = sign(SECRET, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", now(), &body).unwrap();
            let flip = |text: &mut Vec<u8>| { let at = at % text.len(); text[at] ^= 1 << bit; };
            if part == 3 {
                flip(&mut body);
            } else {
                let mut text = headers[part].1.clone().into_bytes();
                flip(&mut text);
                headers[part].1 = String::from_utf8(text).unwrap();
            }
            // The last digit of base64 and its padding carry bits that mean nothing; all others count.
            let meaningless = part == 2 && at % headers[2].1.len() >= headers[2].1.len() - 2;
            prop_assert!(meaningless || verified(&headers, &body, now(), &[SECRET]).is_err());
        }
    }
}
