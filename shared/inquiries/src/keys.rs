//! Public keys that sources sign with: where they are read, and how often at most.

use crate::{Answer, Request, Verdict, read};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How often the keys of a source are read at most: anybody can send a delivery with a key that we do not know.
pub const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// The longest set of keys that is kept: ten keys have five kilobytes.
const SET_BYTES_MAX: usize = 64 * 1024;

/// Whether keys that were read then are read again now.
#[must_use]
pub fn is_due(read_at: Option<Timestamp>, now: Timestamp) -> bool {
    read_at.is_none_or(|at| now.duration_since(at) >= EVERY)
}

/// The request for a set of keys. Nothing secret is said in it.
#[must_use]
pub fn request(url: &str) -> Request {
    Request::get(url.to_owned())
}

/// The set of keys (a JWK Set, RFC 7517) as it was published.
///
/// # Errors
/// What the answer amounts to when there is none in it.
pub fn set(answer: &Answer) -> Result<&str, Verdict> {
    if let Some(verdict) = read::by_status(answer) {
        return Err(verdict);
    }
    let body = read::json(answer).ok_or_else(read::unreadable)?;
    let has_keys = body.get("keys").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty());
    match std::str::from_utf8(&answer.body) {
        Ok(text) if has_keys && text.len() <= SET_BYTES_MAX => Ok(text),
        _ => Err(Verdict::again("no_key_set")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_set_of_keys_is_kept() {
        let answer = |status, body: &str| Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() };
        assert_eq!(set(&answer(200, r#"{"keys":[{"kid":"1"}]}"#)), Ok(r#"{"keys":[{"kid":"1"}]}"#));
        for none in [r#"{"keys":[]}"#, "[]", r#"{"error":1}"#] {
            assert_eq!(set(&answer(200, none)), Err(Verdict::again("no_key_set")), "{none}");
        }
        assert_eq!(set(&answer(200, "<html>")), Err(read::unreadable()));
        assert_eq!(set(&answer(404, "{}")), Err(Verdict::refused("http_404")));
    }

    #[test]
    fn keys_are_read_once_in_five_minutes() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        assert!(is_due(None, now) && is_due(Some(now - EVERY), now));
        assert!(!is_due(Some(now - SignedDuration::from_secs(299)), now) && !is_due(Some(now), now));
    }
}
