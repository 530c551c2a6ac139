//! Messages that cannot be read: kept with a reason, harmless to their neighbours, movable back.

use house::{stack::Stack, story::Story};
use serde_json::{Value as Json, json};

/// The dead letters of a queue, as an operator looks at them.
fn dead_letters(stack: &Stack, queue: &str) -> Vec<Json> {
    let url = stack.queue_url(&format!("{queue}-dead"));
    let input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0, "WaitTimeSeconds": 0});
    stack.sqs("ReceiveMessage", &input)["Messages"].as_array().cloned().unwrap_or_default()
}

#[test]
fn an_unreadable_message_goes_aside_with_its_reason_and_its_neighbours_go_on() {
    let mut stack = Stack::start();
    let story = Story::new(1);
    for (queue, body) in [
        ("orders", "this is no message, dear Maya"),
        ("orders", r#"{"type":"order.reported.v99","shop":"demo"}"#),
        ("tracking", r#"{"type":"parcel.reported.v1","shop":"NOT A SHOP"}"#),
        (
            "returns",
            r#"{"type":"return.requested.v1","shop":"demo","order":"AbCdEfGh-_012345","request":{"id":"abcdefgh","lines":[],"outcome":"refund","requested_at":"2026-11-19T08:00:00Z"}}"#,
        ),
        ("letters", "[]"),
        ("feedback", "{}"),
    ] {
        stack.put(queue, body);
    }
    stack.deliver(&story.delivered());
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["delivered", "order_confirmed", "out_for_delivery", "shipped"]);
    for (queue, count) in [("orders", 2), ("tracking", 1), ("returns", 1), ("letters", 1), ("feedback", 1)] {
        assert_eq!(stack.queues()[queue]["dead"], count, "{queue}: {}", stack.queues());
        stack.leaves_dead(queue, count);
        for letter in dead_letters(&stack, queue) {
            let reason = letter["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap_or_default();
            assert!(reason.len() > 5 && !reason.contains("Maya"), "{queue}: why is it here? {letter}");
            assert!(
                letter["MessageAttributes"]["first_seen_ms"]["StringValue"].as_str().is_some_and(|at| at.parse::<u64>().is_ok()),
                "{letter}"
            );
        }
    }
    assert!(
        dead_letters(&stack, "orders").iter().any(|letter| letter["Body"] == "this is no message, dear Maya"),
        "nothing is lost of it"
    );
}

#[test]
fn dead_letters_can_be_moved_back() {
    let mut stack = Stack::start();
    let story = Story::new(2);
    // A good message that lies among the dead, as after an outage, and one that will never be good.
    let good = json!({
        "type": "link.requested.v1", "shop": "demo", "number": story.shopify_number(), "email": story.shopify_email(),
        "requested_at": jiff::Timestamp::now().to_string(),
    });
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    stack.put("orders-dead", &good.to_string());
    stack.put("orders-dead", "never good");
    assert_eq!(stack.queues()["orders"]["dead"], 2);
    assert_eq!(stack.redrive("orders"), 2);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "order_link"]);
    assert_eq!(stack.queues()["orders"]["dead"], 1, "{}", stack.queues());
    stack.leaves_dead("orders", 1);
}
