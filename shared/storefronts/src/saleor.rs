//! Saleor: what it sends is the answer to a query that we choose (SALEOR.md), so every event brings the whole order.

mod order;

use crate::{Answers, Parsed, Reader, Topic, unknown};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, Mac, Refusal, Verified};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: |_| false,
    parse,
    parse_answer: None,
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    headers_read: &[],
    keys_path: Some("/.well-known/jwks.json"),
    answers: Answers::usual(Some(18)),
    proof: "JWS (RS256) over the body under Saleor's public keys, or HMAC-SHA256 of the body under the webhook's secret key",
    topics: &[
        Topic { name: "OrderCreated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderConfirmed", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderPaid", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderFullyPaid", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderUpdated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderCancelled", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderExpired", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderFulfilled", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderRefunded", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "OrderFullyRefunded", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "FulfillmentCreated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "FulfillmentApproved", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "FulfillmentTrackingNumberUpdated", used_for: "order, its fulfilments, its refunds" },
        Topic { name: "FulfillmentCanceled", used_for: "order, its fulfilments, its refunds" },
    ],
};

const SIGNATURE: &str = "Saleor-Signature";
/// The name under which [`SIGNATURE`] was sent before, and is still sent beside it.
const OLD_SIGNATURE: &str = "X-Saleor-Signature";

/// A JWS without its payload when the webhook has no secret key, else the hexadecimal HMAC of the body. Which of them it is, its
/// form says; each is proved only by secrets of its own kind, so that a published key set can never key an HMAC.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let headers = delivery.headers;
    let claimed = headers.get(SIGNATURE).or_else(|| headers.get(OLD_SIGNATURE)).ok_or(Refusal::Unsigned)?;
    let (key_sets, keys): (Vec<String>, Vec<String>) = secrets.iter().cloned().partition(|secret| is_key_set(secret));
    match Mac::from_hex(claimed) {
        Some(mac) => signatures::sealed(delivery, &[], &[mac], &signatures::keys(&keys, key)),
        None => signatures::detached_jws(delivery, claimed, &key_sets),
    }
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    Some((SIGNATURE, signatures::seal(&key(secret)?, &[], delivery.body).to_hex()))
}

fn is_key_set(secret: &str) -> bool {
    secret.trim_start().starts_with('{')
}

/// A public key set is never a key.
fn key(secret: &str) -> Option<Key> {
    if is_key_set(secret) { None } else { Key::new(secret.as_bytes().to_vec()) }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    #[serde(rename = "__typename")]
    name: Field,
}

/// Which event it is, the query asks too: unlike the header, that is signed.
fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let event: Event = verified.json()?;
    let name = event.name.text().unwrap_or_default();
    if READER.topics.iter().any(|topic| topic.name == name) { order::read(verified) } else { Ok(unknown(name)) }
}
