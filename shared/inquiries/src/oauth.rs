//! Access tokens by client credentials (RFC 6749, 4.4): asked for, read, and good until shortly before they end.

use crate::{
    Answer, Request, Verdict,
    credentials::{basic, pair},
    read,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::fmt;

/// A token is not used in its last minute: what is asked with it must arrive before its end.
const LAST_MINUTE_S: i64 = 60;
/// A token without an end is asked for again after that.
const UNSAID_S: i64 = 600;
/// No token is believed to last longer than a day.
const LASTS_S_MAX: i64 = 86_400;

/// A token, and until when it is used. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub(crate) value: String,
    /// Not used from then on.
    pub good_until: Timestamp,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token until {}", self.good_until)
    }
}

impl Token {
    /// Whether it may be used now.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.good_until
    }

    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.value)
    }
}

/// How a source wants to be asked for a token.
#[derive(Clone, Copy)]
pub(crate) enum Grant {
    /// UPS: the credentials in `Authorization`, the rest a form, the account in a header of its own.
    Basic { path: &'static str, account_header: &'static str },
    /// `FedEx`: everything in a form.
    Form { path: &'static str },
    /// USPS: everything in JSON.
    Json { path: &'static str },
}

impl Grant {
    /// The request for a token.
    pub(crate) fn request(self, base_url: &str, credentials: &str, account: Option<&str>) -> Result<Request, Verdict> {
        let (id, secret) = pair(credentials)?;
        let kind = ("grant_type", "client_credentials");
        Ok(match self {
            Self::Basic { path, account_header } => {
                let request = Request::form(format!("{base_url}{path}"), &[kind]).with("authorization", basic(id, secret));
                match account.filter(|account| read::is_word(account)) {
                    Some(account) => request.with(account_header, account),
                    None => request,
                }
            }
            Self::Form { path } => {
                Request::form(format!("{base_url}{path}"), &[kind, ("client_id", id), ("client_secret", secret)])
            }
            Self::Json { path } => {
                let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
                Request::json(crate::Method::Post, format!("{base_url}{path}"), &body)
            }
        })
    }
}

/// The token in an answer.
///
/// # Errors
/// What the answer amounts to when there is none. A client that is refused is told so with 400 by some (RFC 6749, 5.2).
pub(crate) fn token(answer: &Answer, now: Timestamp) -> Result<Token, Verdict> {
    let body = read::json(answer);
    let field = |name: &str| body.as_ref().and_then(|body| body.get(name));
    if let Some(verdict) = read::by_status(answer) {
        let said = field("error").and_then(Value::as_str);
        let is_client = answer.status == 400 && matches!(said, Some("invalid_client" | "unauthorized_client" | "invalid_grant"));
        return Err(if is_client { Verdict::BadCredentials } else { verdict });
    }
    let value = field("access_token").and_then(Value::as_str).filter(|value| value.bytes().all(|b| b.is_ascii_graphic()));
    let value = value.filter(|value| !value.is_empty()).ok_or_else(read::unreadable)?;
    // UPS writes the number as text.
    let lasts_s = field("expires_in").and_then(|it| it.as_i64().or_else(|| it.as_str()?.parse().ok())).unwrap_or(UNSAID_S);
    let used_s = lasts_s.clamp(0, LASTS_S_MAX) - LAST_MINUTE_S;
    let good_until = now.saturating_add(SignedDuration::from_secs(used_s.max(0))).unwrap_or(now);
    Ok(Token { value: value.to_owned(), good_until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let answer = |status, body: &str| Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() };
        for body in [r#"{"access_token":"fake","expires_in":"14399"}"#, r#"{"access_token":"fake","expires_in":14399}"#] {
            let token = token(&answer(200, body), now).unwrap();
            assert_eq!(token.good_until, now + SignedDuration::from_secs(14_339));
            assert!(token.is_good(now) && !token.is_good(token.good_until));
            assert!(!format!("{token:?}").contains("fake"));
        }
        let short = token(&answer(200, r#"{"access_token":"t","expires_in":30}"#), now).unwrap();
        assert!(!short.is_good(now), "what ends within a minute is not used");
        assert_eq!(token(&answer(400, r#"{"error":"invalid_client"}"#), now), Err(Verdict::BadCredentials));
        assert_eq!(token(&answer(400, "{}"), now), Err(Verdict::refused("http_400")));
        assert_eq!(token(&answer(200, r#"{"access_token":"a b"}"#), now), Err(read::unreadable()));
        assert_eq!(token(&answer(500, ""), now), Err(Verdict::again("http_500")));
    }
}
