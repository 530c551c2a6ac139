//! What an answer says by its status, and a few fields out of its JSON.

use crate::{Answer, Verdict};
use serde_json::Value;

/// The longest wait that is believed: a day.
const RETRY_AFTER_S_MAX: u32 = 86_400;
/// The longest id or code of a source that is kept.
const WORD_BYTES_MAX: usize = 255;

/// What a status amounts to by itself; `None` for a yes, which the source's own file reads.
pub(crate) fn by_status(answer: &Answer) -> Option<Verdict> {
    let http = || format!("http_{}", answer.status);
    Some(match answer.status {
        200..300 => return None,
        429 => too_often(answer),
        401 | 403 => Verdict::BadCredentials,
        // Maintenance says with `Retry-After` that it slows everybody down.
        503 if answer.retry_after.is_some() => too_often(answer),
        // The account is to be put right (402), or the address in the settings (a redirect is not followed): both pass.
        300..=399 | 402 | 408 | 409 | 423 | 425 | 500.. => Verdict::again(http()),
        _ => Verdict::refused(http()),
    })
}

/// That we ask too often, and how long we are to wait if it says so in seconds. A date is not read: no source of ours
/// writes one, and what it says is guarded by a wait of our own.
pub(crate) fn too_often(answer: &Answer) -> Verdict {
    // Shopify writes `2.0`.
    let seconds = answer.retry_after.as_deref().and_then(|text| text.trim().split('.').next()?.parse::<u32>().ok());
    Verdict::TooOften { retry_after_s: seconds.map(|seconds| seconds.min(RETRY_AFTER_S_MAX)) }
}

/// The body as JSON; nothing when it is none.
pub(crate) fn json(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

/// A body that should have been JSON and is not: a proxy's page, or broken off.
pub(crate) fn unreadable() -> Verdict {
    Verdict::again("unreadable_answer")
}

/// An id or a code as the source wrote it, text or number: only when it is short and of harmless characters.
pub(crate) fn word(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    is_word(&text).then_some(text)
}

/// Whether a text can be a part of a path or stand in a log: an id, a code.
pub(crate) fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !text.is_empty() && text.len() <= WORD_BYTES_MAX && text.bytes().all(is_plain) && !text.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        Answer { status, retry_after: retry_after.map(str::to_owned), ..Answer::default() }
    }

    #[test]
    fn every_status_amounts_to_one_thing() {
        for status in 100..=599 {
            assert_eq!(by_status(&answer(status, None)).is_none(), (200..300).contains(&status), "{status}");
        }
        assert_eq!(by_status(&answer(429, Some("2.0"))), Some(Verdict::TooOften { retry_after_s: Some(2) }));
        assert_eq!(by_status(&answer(429, Some("999999999"))), Some(Verdict::TooOften { retry_after_s: Some(86_400) }));
        assert_eq!(by_status(&answer(429, Some("soon"))), Some(Verdict::TooOften { retry_after_s: None }));
        assert_eq!(by_status(&answer(401, None)), Some(Verdict::BadCredentials));
        assert_eq!(by_status(&answer(502, None)), Some(Verdict::again("http_502")));
        assert_eq!(by_status(&answer(301, None)), Some(Verdict::again("http_301")));
    }

    #[test]
    fn a_word_is_short_and_plain() {
        for good in ["trk_1", "-18019901", "a.b-c"] {
            assert!(is_word(good), "{good}");
        }
        for bad in ["", "../x", "a/b", "a b", "a?b", "é", &"x".repeat(256)] {
            assert!(!is_word(bad), "{bad}");
        }
    }
}
