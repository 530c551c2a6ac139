//! Webhooks to the merchant's own systems, signed by Standard Webhooks.
//!
//! One call of [`OutgoingWebhooks::send`] is one attempt: `webhook-id` is the same on every attempt and is the receiver's key
//! against repeats, `webhook-timestamp` is the attempt's own. When to try again is the caller's matter.

use crate::guard::{self, Limits, Names, NoClient, NotAllowed, Reach, SystemNames};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use reqwest::{Response, StatusCode, header};
use serde::Serialize;
use sha2::Sha256;
use std::{sync::Arc, time::Duration};

#[cfg(test)]
mod tests;

/// The largest body sent; receivers by the specification take 20 KB.
pub const PAYLOAD_BYTES_MAX: usize = 20 * 1024;
/// What is read of an answer's body before the connection is closed. Nothing of it is used: the status says it all.
const ANSWER_BYTES_MAX: usize = 20 * 1024;
/// How long an answer's body is read, so that a friendly receiver sees its answer taken and a slow one does not hold us.
const ANSWER_BODY: Duration = Duration::from_millis(500);
/// Bytes of a signing key at least (Standard Webhooks: 24 to 64).
const KEY_BYTES_MIN: usize = 24;
/// The longest wish to wait that is believed.
const RETRY_AFTER_S_MAX: i64 = 86_400;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingWebhook<D> {
    /// The same on every attempt: `msg_…`.
    pub id: String,
    /// `order.confirmed`, `parcel.delivered`.
    pub event: String,
    /// When the thing happened.
    pub occurred_at: Timestamp,
    /// What there is to know.
    pub data: D,
}

/// The body as the receiver reads it.
#[derive(Serialize)]
struct Envelope<'a, D> {
    #[serde(rename = "type")]
    event: &'a str,
    timestamp: Timestamp,
    data: &'a D,
}

/// A key shared with a receiver. Never printed.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

/// A signing key that is none. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key must be whsec_ and the base64 of at least {KEY_BYTES_MIN} bytes")]
pub struct BadSigningKey;

impl SigningKey {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// When it is something else or too short.
    pub fn read(text: &str) -> Result<Self, BadSigningKey> {
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").ok_or(BadSigningKey)?).map_err(|_| BadSigningKey)?;
        if bytes.len() < KEY_BYTES_MIN { Err(BadSigningKey) } else { Ok(Self(bytes)) }
    }

    fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver has it.
    Taken {
        /// Its 2xx.
        status: u16,
    },
    /// Not now: nobody answered in time, or with something else than a yes.
    Again {
        /// `http_503`, `timeout`, `connect`.
        why: String,
        /// How long the receiver asks us to wait.
        retry_after_s: Option<u32>,
    },
    /// The receiver wants no more of these (410).
    Gone,
    /// It is never sent: the address or the message is not one we send.
    Refused {
        /// `address_not_public`.
        why: &'static str,
    },
}

/// The sender. It knows no credentials but the keys it is handed.
#[derive(Debug, Clone)]
pub struct OutgoingWebhooks {
    client: reqwest::Client,
    reach: Reach,
}

impl OutgoingWebhooks {
    /// A sender that reaches as far as it is told.
    ///
    /// # Errors
    /// When the machine's trusted roots cannot be read.
    pub fn new(reach: Reach) -> Result<Self, NoClient> {
        Self::with(Arc::new(SystemNames), reach, Limits::default())
    }

    pub(crate) fn with(names: Arc<dyn Names>, reach: Reach, limits: Limits) -> Result<Self, NoClient> {
        Ok(Self { client: guard::client(names, reach, limits, "Doorstep-Webhooks/1")?, reach })
    }

    /// Makes one attempt at `now`, signed with each of the keys.
    pub async fn send<D: Serialize>(
        &self,
        url: &str,
        keys: &[SigningKey],
        webhook: &OutgoingWebhook<D>,
        now: Timestamp,
    ) -> Delivery {
        let url = match guard::read_url(url, self.reach) {
            Ok(url) => url,
            Err(refusal) => return refused(refusal),
        };
        let envelope = Envelope { event: &webhook.event, timestamp: webhook.occurred_at, data: &webhook.data };
        let body = match serde_json::to_vec(&envelope) {
            Ok(body) if body.len() <= PAYLOAD_BYTES_MAX => body,
            Ok(_) => return Delivery::Refused { why: "payload_too_large" },
            Err(_) => return Delivery::Refused { why: "payload_not_json" },
        };
        if keys.is_empty() {
            return Delivery::Refused { why: "no_signing_key" };
        }
        let at_s = now.as_second();
        let sent = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &webhook.id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", signatures(keys, &webhook.id, at_s, &body))
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) => answered(response, now).await,
            Err(error) => failed(&error),
        }
    }
}

/// The value of `webhook-signature`: one signature for each active key, so that a key can be changed without a gap.
#[must_use]
pub fn signatures(keys: &[SigningKey], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    keys.iter().map(|key| key.sign(id, timestamp_s, body)).collect::<Vec<_>>().join(" ")
}

fn refused(refusal: NotAllowed) -> Delivery {
    Delivery::Refused { why: refusal.code() }
}

async fn answered(response: Response, now: Timestamp) -> Delivery {
    let status = response.status();
    let retry_after_s = retry_after(&response, now);
    drain(response).await;
    if status.is_success() {
        Delivery::Taken { status: status.as_u16() }
    } else if status == StatusCode::GONE {
        Delivery::Gone
    } else {
        Delivery::Again { why: format!("http_{}", status.as_u16()), retry_after_s }
    }
}

/// Reads a little of a body that nobody needs. How that ends changes nothing.
async fn drain(mut response: Response) {
    let reading = async {
        let mut left = ANSWER_BYTES_MAX;
        while let Ok(Some(chunk)) = response.chunk().await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    if tokio::time::timeout(ANSWER_BODY, reading).await.is_err() {
        tracing::debug!("the rest of an answer was not waited for");
    }
}

/// The wait a receiver asks for, in seconds or until a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<u32> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<u32>() {
        Ok(seconds) => i64::from(seconds),
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second() - now.as_second(),
    };
    u32::try_from(seconds.clamp(0, RETRY_AFTER_S_MAX)).ok()
}

/// An attempt that ended without an answer.
fn failed(error: &reqwest::Error) -> Delivery {
    match guard::refusal_in(error) {
        Some(refusal) => refused(refusal),
        None => Delivery::Again { why: guard::code_of(error).to_owned(), retry_after_s: None },
    }
}
