//! Everything arrives twice, late and out of order: the end is the same page and the same messages.

use house::{
    dice::Dice,
    stack::Stack,
    story::{Story, Webhook},
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What became of a story: its pages, and how often each message went out.
#[derive(Debug, PartialEq)]
struct End {
    pages: Vec<Json>,
    messages: BTreeMap<String, usize>,
}

fn end(stack: &Stack, story: &Story) -> End {
    let facts = [story.shopify_number(), story.woo_number()].map(|number| story.as_recorded(&stack.facts(&number).to_string()));
    let pages = facts.iter().map(|facts| serde_json::from_str(facts).unwrap()).collect();
    let mut messages = BTreeMap::new();
    for to in [story.shopify_email(), story.shopify_phone(), story.woo_email(), story.woo_phone()] {
        for message in stack.messages_to(&to) {
            let about = [story.ups(), story.usps(), story.usps_before(), story.fedex()]
                .into_iter()
                .find(|number| message.words().contains(number.as_str()));
            let about = story.as_recorded(&about.unwrap_or_default());
            // A text message has no tags and is short: how many there are says enough beside the mails.
            let name = if message.channel == "email" {
                format!("email {} {about} to {}", message.kind(), story.as_recorded(&to))
            } else {
                format!("sms to {}", story.as_recorded(&to))
            };
            *messages.entry(name).or_default() += 1;
        }
    }
    End { pages, messages }
}

fn both(story: &Story) -> Vec<Webhook> {
    story.shopify().into_iter().chain(story.woocommerce()).collect()
}

#[test]
fn three_times_and_in_any_order_it_is_the_same_journey() {
    let stack = Stack::start();
    let in_order = Story::new(0);
    for webhook in both(&in_order) {
        stack.deliver(&[webhook]);
        stack.idle();
    }
    let want = end(&stack, &in_order);
    let mails: usize = want.messages.iter().filter(|(name, _)| name.starts_with("email")).map(|(_, count)| count).sum();
    assert_eq!(mails, 9 + 4, "{:#?}", want.messages);
    // Everything is told once.
    let twice: Vec<_> = want.messages.iter().filter(|(name, count)| name.starts_with("email") && **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");

    for seed in 1..=6_u32 {
        let story = Story::new(seed);
        let mut deliveries: Vec<Webhook> = both(&story).into_iter().flat_map(|webhook| vec![webhook; 3]).collect();
        Dice::new(seed.into()).shuffle(&mut deliveries);
        // Odd seeds with many hands at once, even ones with one hand and pauses in between.
        if seed % 2 == 1 {
            stack.deliver_at_once(&deliveries, 6);
        } else {
            for some in deliveries.chunks(4) {
                stack.deliver(some);
                stack.idle();
            }
        }
        stack.idle();
        let got = end(&stack, &story);
        assert_eq!(got.messages, want.messages, "seed {seed}: other messages");
        for (got, want) in got.pages.iter().zip(&want.pages) {
            assert_eq!(got, want, "seed {seed}: another page");
        }
    }
}

#[test]
fn news_heard_before_their_order_is_known_is_told_once_it_is() {
    let stack = Stack::start();
    let story = Story::new(50);
    // Scans first, then what was packed, and the order itself last: each waits for what is missing.
    let mut backwards = story.delivered();
    backwards.reverse();
    for webhook in backwards {
        stack.deliver(&[webhook]);
        stack.idle();
    }
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["delivered", "order_confirmed", "out_for_delivery", "shipped"]);
    assert_eq!(stack.messages_to(&story.shopify_phone()).len(), 4);
}

#[test]
fn a_letter_that_its_queue_delivers_again_is_not_sent_again() {
    let stack = Stack::start();
    let story = Story::new(51);
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    let mail = stack.messages_to(&story.shopify_email()).remove(0);
    let due = json!({"type": "letter.due.v1", "letter": {
        "id": mail.tag("letter"), "kind": mail.kind(), "order": {"shop": mail.tag("shop"), "order": mail.tag("order")},
        "about": {"about": "order"}, "occurred_at": jiff::Timestamp::now().to_string(),
    }});
    for _ in 0..5 {
        stack.put("letters", &due.to_string());
    }
    stack.idle();
    assert_eq!(stack.messages().len(), 2, "one mail and one text, as before");
}
