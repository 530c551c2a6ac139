//! Stripe: its webhook tells a checkout session without what was bought.

use super::{Api, Part, Row};
use crate::{Answer, Request, Verdict, call::query, credentials, read, trackers::first_of};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) const ROW: Row = Row { orders: None, hooks: None, parts, whole };

/// The form of what is answered, whatever the account's own default is.
const VERSION: &str = "2025-03-31.basil";
/// What else is to be told of a session: the lines, and of each its product.
const EXPANDED: [&str; 2] = ["line_items", "line_items.data.price.product"];

/// A session by its own id, or the one that a payment belongs to.
fn parts(api: Api<'_>, id: &str) -> Result<Vec<Part>, Verdict> {
    let of_payment = id.starts_with("pi_");
    let expanded = EXPANDED.map(|path| if of_payment { format!("data.{path}") } else { path.to_owned() });
    let mut pairs: Vec<(&str, &str)> = expanded.iter().map(|path| ("expand[]", path.as_str())).collect();
    if of_payment {
        pairs.extend([("payment_intent", id), ("limit", "1")]);
    }
    let one = if of_payment { String::new() } else { format!("/{id}") };
    let url = format!("{}/v1/checkout/sessions{one}?{}", api.url, query(&pairs));
    let bearer = format!("Bearer {}", credentials::key(api.credentials)?);
    let request = Request::get(url).with("authorization", bearer).with("stripe-version", VERSION);
    Ok(vec![Part { name: "session", request }])
}

#[derive(Deserialize)]
struct List<'a> {
    object: &'a str,
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

fn whole(_: &[Part], answers: &[Answer]) -> Result<Vec<u8>, Verdict> {
    let answer = answers.first().ok_or_else(read::unreadable)?;
    match serde_json::from_slice::<List<'_>>(&answer.body) {
        Ok(list) if list.object == "list" => {
            first_of(&list.data).map(|session| session.as_bytes().to_vec()).ok_or(Verdict::NotKnownYet)
        }
        _ => Ok(answer.body.clone()),
    }
}
