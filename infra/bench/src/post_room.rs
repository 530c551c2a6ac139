//! Letters through the whole house: put on their queue, claimed, rendered, taken by SES, settled, and heard of by its feedback.

use crate::stack::Stack;
use domain::id::OrderId;
use serde_json::{Value as Json, json};
use std::time::Instant;

/// The message that describes an order, as it is published.
const ORDER: &str = include_str!("../../../events/contracts/orders.order.reported.v1.json");
/// The message that makes a letter due.
const LETTER: &str = include_str!("../../../events/contracts/letters.letter.due.v1.order_link.json");
/// Messages of one request (an SQS limit).
const BATCH: usize = 10;

/// Sends so many letters about one order and says how many went out a second, and what each of them asked of AWS.
pub fn letters(stack: &Stack, count: usize) -> Result<String, String> {
    let read = |text: &str| serde_json::from_str::<Json>(text).map_err(|error| error.to_string());
    let mut order = read(ORDER)?;
    order["report"]["source_id"] = json!("letters");
    order["report"]["cancelled_at"] = Json::Null;
    put(stack, "orders", &[order.to_string()])?;
    stack.idle()?;
    let shop = "demo".parse().map_err(|_| "demo is no shop")?;
    let id = OrderId::of(&shop, "shopify", "letters");
    let mut letter = read(LETTER)?;
    letter["letter"]["order"] = json!({ "shop": "demo", "order": id });
    let mut bodies = Vec::with_capacity(count);
    for n in 0..count {
        letter["letter"]["id"] = json!(format!("bench{n:017}"));
        bodies.push(letter.to_string());
    }
    stack.forget_requests()?;
    let began = Instant::now();
    for some in bodies.chunks(BATCH) {
        put(stack, "letters", some)?;
    }
    stack.idle()?;
    let took = began.elapsed();
    stack.nothing_buried()?;
    let each_second = count as u128 * 1_000_000 / took.as_micros().max(1);
    Ok(format!(
        "{count} letters, put on their queue to heard of by feedback: {each_second} a second\nrequests per letter (hundredths): {}",
        stack.requests_per_event(count)?
    ))
}

/// Puts messages on a queue as any AWS client does.
fn put(stack: &Stack, queue: &str, bodies: &[String]) -> Result<(), String> {
    let entries: Vec<Json> =
        bodies.iter().enumerate().map(|(n, body)| json!({ "Id": n.to_string(), "MessageBody": body })).collect();
    let url = stack.url(&format!("/000000000000/doorstep-{queue}"));
    let sent = ureq::post(stack.base_url())
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", "AmazonSQS.SendMessageBatch")
        .send(json!({ "QueueUrl": url, "Entries": entries }).to_string());
    sent.map(|_| ()).map_err(|error| format!("{queue}: {error}"))
}
