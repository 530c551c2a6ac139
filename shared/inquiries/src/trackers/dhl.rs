//! DHL itself: Shipment Tracking Unified, pull and push. A subscription says hello first and wants it answered.

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, credentials, read};
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some(BASE_URL),
    grant: None,
    register: Some((register, |_, answer| subscribed(answer))),
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

const BASE_URL: &str = "https://api-eu.dhl.com";
const SUBSCRIPTIONS: &str = "/tracking/push/v1/subscription";
/// The header in which DHL brings the secret to our door.
pub const TOKEN_HEADER: &str = "x-doorstep-token";
/// The field in which a hello is given back.
pub const CONFIRMED_BY: &str = "secret";

/// Its divisions; a subscription is with one of them.
const SERVICES: &[(&str, &str)] =
    &[("dhl_express", "express"), ("dhl_ecommerce", "ecommerce"), ("dhl_germany", "parcel-de"), ("deutsche_post", "post-de")];

/// DHL brings back a header and a value of our choice: without a secret for it, our door would let nothing in.
fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let service = about.required_word(SERVICES)?;
    let secret = about.push.secret.ok_or_else(|| Verdict::refused("no_secret"))?;
    let body = json!({
        "hook": {
            "uri": about.push.url,
            "authentication": {"type": "ApiKeyAuthentication", "header": TOKEN_HEADER, "token": secret},
        },
        "format": "Default",
        "type": "Shipment",
        "service": service,
        "events": ["Transit", "Delivered", "Pre-Transit", "Failure", "Unknown"],
        "shipmentIDs": [about.number()],
    });
    let url = format!("{}{SUBSCRIPTIONS}", about.base(ROW.base_url)?);
    Ok(Request::json(Method::Post, url, &body).with("dhl-api-key", about.key()?))
}

fn subscribed(answer: &Answer) -> Verdict {
    let body = read::json(answer).unwrap_or_default();
    let named = ["subscriptionId", "id"].into_iter().find_map(|field| read::word(body.get(field)?));
    let own = body.get("self").and_then(Value::as_str).and_then(|url| url.rsplit('/').next());
    let reference = named.or_else(|| own.filter(|id| read::is_word(id)).map(str::to_owned));
    Verdict::Done { reference, until: None }
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    let own: Vec<&str> = SERVICES.iter().map(|(code, _)| *code).collect();
    about.is_own(&own)?;
    let url = format!("{}/track/shipments?trackingNumber={}", about.base(ROW.base_url)?, about.number());
    Ok(Request::get(url).with("dhl-api-key", about.key()?))
}

fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    match body.get("shipments").and_then(Value::as_array) {
        Some(shipments) if shipments.is_empty() => Verdict::NotKnownYet,
        Some(_) => Verdict::done(),
        None => read::unreadable(),
    }
}

/// The answer to a hello.
pub(crate) fn confirmation(
    subscription: &str,
    proof: &str,
    credentials: &str,
    base_url: Option<&str>,
) -> Result<Request, Verdict> {
    if !read::is_word(subscription) {
        return Err(Verdict::refused("no_subscription"));
    }
    let url = format!("{}{SUBSCRIPTIONS}/{subscription}", base_url.unwrap_or(BASE_URL));
    let body = json!({ CONFIRMED_BY: proof });
    Ok(Request::json(Method::Post, url, &body).with("dhl-api-key", credentials::key(credentials)?))
}
