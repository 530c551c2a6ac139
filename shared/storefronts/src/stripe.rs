//! Stripe Checkout: what a payment page says of a session, and of money that went back.
//!
//! An order here is what a session sold. Its `source_id` is the session's payment intent: it is the one name that the session,
//! the charge and every refund of it share, and a refund names no session. A session without one (nothing to pay, or the first
//! payment of a subscription) is named by itself.

mod refund;
mod session;
mod units;

use crate::{Answers, Parsed, Reader, Topic, source_id, unknown};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, Mac, Part, Refusal, Verified, fresh, keys, seal, sealed};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: |_| false,
    parse,
    parse_answer: Some(session::read),
    sign: |delivery, _, secret| sign(delivery, secret).into_iter().collect(),
    headers_read: &[],
    keys_path: None,
    answers: Answers::usual(None),
    proof: "HMAC-SHA256 of time and body",
    topics: &[
        // Also of a session that is not paid yet: its order is placed, and confirmed when the money comes.
        Topic { name: "checkout.session.completed", used_for: "order is fetched" },
        Topic { name: "checkout.session.async_payment_succeeded", used_for: "order is fetched" },
        Topic { name: "checkout.session.async_payment_failed", used_for: "order is fetched" },
        Topic { name: "refund.created", used_for: "refund, once it succeeded" },
        Topic { name: "refund.updated", used_for: "refund, once it succeeded; none (amount 0) when it failed" },
        Topic { name: "refund.failed", used_for: "refund taken back (amount 0)" },
        Topic { name: "charge.refund.updated", used_for: "as refund.updated" },
        // Newer versions of the API tell only the sum of all refunds in it, which is kept aside: each comes by its own event.
        Topic { name: "charge.refunded", used_for: "refunds, where they are listed in it" },
    ],
};

const SIGNATURE: &str = "Stripe-Signature";
/// Pairs read of the header. Stripe sends a time and one signature, or two while a secret changes, and one of tests.
const PAIRS_MAX: usize = 20;
/// The longest id of a session: Stripe promises 255 for its ids.
const SESSION_BYTES_MAX: usize = 255;

/// `t=<seconds>,v1=<hexadecimal>`: HMAC of time, dot and body under the whole `whsec_…` text. Of several `v1` any will do, but
/// the time is one: with two of them it would not be clear which was signed.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    let header = delivery.headers.get(SIGNATURE).ok_or(Refusal::Unsigned)?;
    let pairs: Vec<_> = header.split(',').take(PAIRS_MAX).filter_map(|pair| pair.trim().split_once('=')).collect();
    let mut times = pairs.iter().filter(|(name, _)| *name == "t").map(|(_, at)| *at);
    let at = times.next().ok_or(Refusal::BadSignature)?;
    if times.any(|other| other != at) {
        return Err(Refusal::BadSignature);
    }
    let claimed: Vec<Mac> = pairs.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, mac)| Mac::from_hex(mac)).collect();
    let verified = sealed(delivery, &[at, "."], &claimed, &keys(secrets, key))?;
    fresh(at.parse().map_err(|_| Refusal::BadSignature)?, delivery.now)?;
    Ok(verified)
}

fn sign(delivery: &Delivery<'_>, secret: &str) -> Option<(&'static str, String)> {
    let at = delivery.now.as_second().to_string();
    let mac = seal(&key(secret)?, &[&at, "."], delivery.body).to_hex();
    Some((SIGNATURE, format!("t={at},v1={mac}")))
}

fn key(secret: &str) -> Option<Key> {
    Key::new(secret.trim().as_bytes().to_vec())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    r#type: Field,
    created: Field,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Envelope<T> {
    #[serde(default = "Part::none")]
    data: Part<Data<T>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Data<T> {
    #[serde(default = "Part::none")]
    object: Part<T>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Session {
    id: Field,
    mode: Field,
}

/// What an event is about.
fn object<'a, T: Deserialize<'a>>(verified: &Verified<'a>) -> Result<T, BadDelivery> {
    let envelope: Envelope<T> = verified.json()?;
    let data = envelope.data.into_option().ok_or_else(|| BadDelivery::missing("data"))?;
    data.object.into_option().ok_or_else(|| BadDelivery::missing("data.object"))
}

fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let event: Event = verified.json()?;
    match event.r#type.text().unwrap_or_default() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" | "checkout.session.async_payment_failed" => {
            let session: Session = object(verified)?;
            // A session that only keeps a card sells nothing.
            if session.mode.text() == Some("setup") {
                return Ok(Parsed::Reports(Vec::new()));
            }
            Ok(Parsed::Thin { id: session_id(&session.id)? })
        }
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            refund::read(&object(verified)?, units::second(&event.created, "created")?)
        }
        topic @ "charge.refunded" => Ok(refund::listed(&object(verified)?)?.unwrap_or_else(|| unknown(topic))),
        topic => Ok(unknown(topic)),
    }
}

/// The id of a session: it becomes a part of a URL.
fn session_id(field: &Field) -> Result<String, BadDelivery> {
    let id = field.required("data.object.id")?;
    let is_plain = id.len() <= SESSION_BYTES_MAX && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if id.starts_with("cs_") && is_plain { Ok(id.to_owned()) } else { Err(BadDelivery::bad("data.object.id", "is no session's")) }
}

/// The name of an order, from its payment intent.
fn order_id(payment_intent: &Field, path: &str) -> Result<String, BadDelivery> {
    source_id(payment_intent, path)
}

/// Whether a value is the name of a payment intent.
fn is_intent(id: &Field) -> bool {
    id.text().is_some_and(|id| id.starts_with("pi_"))
}
