//! `BigCommerce`: its webhooks name an order and nothing more, and its API tells an order in five pieces.

use super::{Api, Part, Row};
use crate::{Answer, Request, Verdict, credentials, read};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) const ROW: Row = Row { orders: None, hooks: None, parts, whole };

/// An order has more pieces only when somebody sends 250 parcels of it.
const LIMIT: u32 = 250;

fn parts(api: Api<'_>, id: &str) -> Result<Vec<Part>, Verdict> {
    let token = credentials::key(api.credentials)?;
    let of = |name, path: String| Part { name, request: Request::get(format!("{}{path}", api.url)).with("x-auth-token", token) };
    Ok(vec![
        of("order", format!("/v2/orders/{id}")),
        of("products", format!("/v2/orders/{id}/products?limit={LIMIT}")),
        of("shipping_addresses", format!("/v2/orders/{id}/shipping_addresses?limit={LIMIT}")),
        of("shipments", format!("/v2/orders/{id}/shipments?limit={LIMIT}")),
        of("refunds", format!("/v3/orders/{id}/payment_actions/refunds")),
    ])
}

#[derive(Deserialize)]
struct Enveloped<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// `{"order":{…},"products":[…],"shipping_addresses":[…],"shipments":[…],"refunds":[…]}`.
fn whole(parts: &[Part], answers: &[Answer]) -> Result<Vec<u8>, Verdict> {
    let mut out = String::from("{");
    for (part, answer) in parts.iter().zip(answers) {
        if out.len() > 1 {
            out.push(',');
        }
        out.push('"');
        out.push_str(part.name);
        out.push_str("\":");
        out.push_str(piece(part, answer)?);
    }
    out.push('}');
    Ok(out.into_bytes())
}

/// An empty list is an answer without a body (204); version 3 puts its lists into an envelope.
fn piece<'a>(part: &Part, answer: &'a Answer) -> Result<&'a str, Verdict> {
    let is_order = part.name == "order";
    if answer.body.is_empty() {
        return if is_order { Err(Verdict::NotKnownYet) } else { Ok("[]") };
    }
    let raw: &RawValue = serde_json::from_slice(&answer.body).map_err(|_| read::unreadable())?;
    // A list is read as a struct too, field by field: only an object can be an envelope.
    let is_enveloped = !is_order && raw.get().starts_with('{');
    let raw = match serde_json::from_str::<Enveloped<'_>>(raw.get()) {
        Ok(enveloped) if is_enveloped => enveloped.data,
        _ => raw,
    };
    let opens = if is_order { '{' } else { '[' };
    if raw.get().starts_with(opens) { Ok(raw.get()) } else { Err(read::unreadable()) }
}
