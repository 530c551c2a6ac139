//! Access tokens for sources that ask us for one (OAuth 2, client credentials) before they push: made and checked without a store.
//!
//! A secret of such a source reads `client_id:client_secret`. A token says when it ends, sealed under the secret that it was
//! asked with; it is worth nothing for another shop or source, which have other secrets, and no longer than that secret.

use crate::{
    delivery::{Delivery, Refusal, Verified},
    seal::{Key, Mac, is_one_of, percent_decoded, seal, sealed_bytes},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use std::fmt;

/// How long a token is good for. UPS asks again when it ends or is refused.
pub const GRANTED_S: u32 = 3600;
/// The longest form or header with credentials that is looked at.
const ASKED_BYTES_MAX: usize = 4096;
/// Keeps these seals apart from all others under the same secret.
const PURPOSE: &str = "doorstep access token until ";

/// A token for somebody who proved to know a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// What it sends as `Authorization: Bearer`.
    pub access_token: String,
    /// For so many seconds from now.
    pub expires_in_s: u32,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("expires_in_s", &self.expires_in_s).finish_non_exhaustive()
    }
}

/// Gives a token to a request for one: `Authorization: Basic`, or `client_id` and `client_secret` in a form.
///
/// # Errors
/// [`Refusal::Unsigned`] when it names no client, [`Refusal::BadSignature`] when they are none of the secrets.
pub fn grant(delivery: &Delivery<'_>, secrets: &[String]) -> Result<Grant, Refusal> {
    let said = asked_by(delivery)?;
    let pairs: Vec<String> = secrets.iter().filter(|secret| is_pair(secret)).cloned().collect();
    let is_right = |said: &[u8], pair: &String| is_one_of(said, std::slice::from_ref(pair));
    // Every pair is compared: which one is right must not show in the time it takes.
    let known: Vec<&String> = pairs.iter().filter(|pair| said.iter().any(|said| is_right(said, pair))).collect();
    let pair = known.first().ok_or(Refusal::BadSignature)?;
    let until = delivery.now.as_second().saturating_add(GRANTED_S.into());
    let key = Key::of_text(pair).ok_or(Refusal::BadSignature)?;
    let token = [&until.to_be_bytes()[..], &token_seal(&key, until).0].concat();
    Ok(Grant { access_token: URL_SAFE_NO_PAD.encode(token), expires_in_s: GRANTED_S })
}

/// Lets a delivery in with a token that [`grant`] gave under one of the secrets and that has not ended.
///
/// # Errors
/// [`Refusal::BadSignature`] when it is no such token, [`Refusal::Stale`] when it has ended.
pub fn granted<'a>(delivery: Delivery<'a>, token: &str, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let token = token.trim();
    let bytes = if token.len() <= 64 { URL_SAFE_NO_PAD.decode(token).unwrap_or_default() } else { Vec::new() };
    let (until, claimed) = bytes.split_first_chunk::<8>().ok_or(Refusal::BadSignature)?;
    let (until, claimed) = (i64::from_be_bytes(*until), Mac(claimed.try_into().map_err(|_| Refusal::BadSignature)?));
    let pairs = secrets.iter().filter(|secret| is_pair(secret));
    let keys: Vec<Key> = pairs.filter_map(|pair| Key::of_text(pair)).collect();
    let ours = keys.iter().map(|key| token_seal(key, until));
    let verified = sealed_bytes(delivery, ours, &[claimed])?;
    if delivery.now.as_second() <= until { Ok(verified) } else { Err(Refusal::Stale) }
}

/// Whether a secret is that of a client: two parts, neither empty.
#[must_use]
pub fn is_pair(secret: &str) -> bool {
    secret.split_once(':').is_some_and(|(id, secret)| !id.is_empty() && !secret.is_empty())
}

fn token_seal(key: &Key, until: i64) -> Mac {
    seal(key, &[PURPOSE], &until.to_be_bytes())
}

/// Who asks, as `client_id:client_secret`: as written, and with what a form escapes read (RFC 6749 escapes both in the header
/// too; not everybody does).
fn asked_by(delivery: &Delivery<'_>) -> Result<Vec<Vec<u8>>, Refusal> {
    if let Some(header) = delivery.headers.get("authorization") {
        let (scheme, said) = header.trim().split_once(' ').ok_or(Refusal::BadSignature)?;
        if !scheme.eq_ignore_ascii_case("basic") || said.len() > ASKED_BYTES_MAX {
            return Err(Refusal::BadSignature);
        }
        let said = STANDARD.decode(said.trim()).map_err(|_| Refusal::BadSignature)?;
        let read = std::str::from_utf8(&said).map(percent_decoded).unwrap_or_default();
        return Ok(vec![said, read]);
    }
    let form = delivery.body.get(..delivery.body.len().min(ASKED_BYTES_MAX)).unwrap_or_default();
    let form = std::str::from_utf8(form).map_err(|_| Refusal::Unsigned)?;
    let field = |name: &str| {
        let is_it = |(known, _): &(&str, &str)| percent_decoded(known) == name.as_bytes();
        let mut values = form.split('&').filter_map(|pair| pair.split_once('=')).filter(is_it);
        values.next().map(|(_, value)| percent_decoded(value))
    };
    let (id, secret) = (field("client_id").ok_or(Refusal::Unsigned)?, field("client_secret").ok_or(Refusal::Unsigned)?);
    Ok(vec![[&id[..], b":", &secret].concat()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    const PAIR: &str = "client:secret";

    fn now() -> Timestamp {
        "2026-11-16T17:12:04Z".parse().unwrap()
    }

    fn asked(body: &[u8], secrets: &[&str]) -> Result<Grant, Refusal> {
        let nothing: [(&str, &str); 0] = [];
        let delivery = Delivery { method: "POST", path: "/", query: "", headers: &nothing, body, now: now() };
        grant(&delivery, &secrets.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    fn let_in(token: &str, off: i64, secrets: &[&str]) -> Result<(), Refusal> {
        let nothing: [(&str, &str); 0] = [];
        let at = now() + SignedDuration::from_secs(off);
        let delivery = Delivery { method: "POST", path: "/", query: "", headers: &nothing, body: b"", now: at };
        granted(delivery, token, &secrets.iter().map(ToString::to_string).collect::<Vec<_>>()).map(|_| ())
    }

    #[test]
    fn a_token_is_good_under_its_secret_until_its_end() {
        let grant = asked(b"client_id=client&client_secret=secret", &["a:b", PAIR]).unwrap();
        assert_eq!(grant.expires_in_s, GRANTED_S);
        assert_eq!(grant.access_token.len(), 54);
        assert_eq!(let_in(&grant.access_token, 0, &[PAIR]), Ok(()));
        assert_eq!(let_in(&grant.access_token, i64::from(GRANTED_S), &["a:b", PAIR]), Ok(()));
        assert_eq!(let_in(&grant.access_token, i64::from(GRANTED_S) + 1, &[PAIR]), Err(Refusal::Stale));
        assert_eq!(let_in(&grant.access_token, 0, &["a:b", "client", ""]), Err(Refusal::BadSignature));
        assert_eq!(let_in(&grant.access_token, 0, &[]), Err(Refusal::BadSignature));
        // Two of one second are one: nothing is kept of them.
        assert_eq!(asked(b"client_id=client&client_secret=secret", &[PAIR]), Ok(grant));
    }

    #[test]
    fn a_token_says_when_it_ends_and_nobody_can_change_it() {
        let token = asked(b"client_id=client&client_secret=secret", &[PAIR]).unwrap().access_token;
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                assert_eq!(let_in(&URL_SAFE_NO_PAD.encode(bytes), 0, &[PAIR]), Err(Refusal::BadSignature), "{at} {bit}");
            }
        }
        for text in ["", "A", "é", &token[1..], &format!("{token}AA"), &format!("{token},{token}"), &"A".repeat(1_000_000)] {
            assert_eq!(let_in(text, 0, &[PAIR]), Err(Refusal::BadSignature));
        }
        // A seal of the same secret over anything else is no token.
        let until = (now().as_second() + 60).to_be_bytes();
        let other = seal(&Key::of_text(PAIR).unwrap(), &[], &until);
        assert_eq!(let_in(&URL_SAFE_NO_PAD.encode([&until[..], &other.0].concat()), 0, &[PAIR]), Err(Refusal::BadSignature));
    }

    #[test]
    fn a_secret_of_a_client_has_two_parts() {
        assert!(is_pair(PAIR) && is_pair("a:b:c"));
        assert!(["", ":", "a:", ":b", "whsec_x"].into_iter().all(|text| !is_pair(text)));
        assert_eq!(asked(b"client_id=a&client_secret=", &["a:"]), Err(Refusal::BadSignature));
        assert_eq!(asked(b"client_id=&client_secret=b", &[":b"]), Err(Refusal::BadSignature));
    }
}
