//! The doors: who is let in, who is not, and that a refused knock leaves no trace.

use crate::sources;
use house::{
    http, repository, sign,
    stack::Stack,
    story::{Story, Webhook},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

fn one_of_each(story: &Story) -> Vec<Webhook> {
    [
        "shopify_orders_paid",
        "woocommerce_order_created",
        "standard_order_reported",
        "easypost_in_transit",
        "shippo_in_transit",
        "standard_parcel_reported",
    ]
    .map(|file| story.event(file))
    .to_vec()
}

fn path(webhook: &Webhook) -> String {
    format!("/webhooks/demo/{}/{}", webhook.door, webhook.source)
}

/// The signed headers of a delivery.
fn headers(stack: &Stack, webhook: &Webhook, now: Timestamp) -> Vec<(String, String)> {
    let secret = stack.secret(webhook.door, webhook.source);
    sign::headers(webhook.source, &path(webhook), &webhook.topic, &secret, webhook.body.as_bytes(), now)
}

fn post(stack: &Stack, webhook: &Webhook, headers: &[(String, String)], body: &[u8]) -> u16 {
    http::send("POST", &format!("{}{}", stack.url, path(webhook)), headers, body).status
}

/// What the doors sent to queues since requests are counted.
fn sent(stack: &Stack) -> u64 {
    let requests = stack.requests();
    let doors = ["storefront_webhook", "carrier_webhook"].map(|door| requests[door].clone());
    let counts = doors.iter().filter_map(Json::as_object).flatten();
    counts.filter(|(what, _)| what.starts_with("sqs:")).filter_map(|(_, count)| count.as_u64()).sum()
}

/// Counts anew from here on, with both doors awake: one that starts opens the connection to its queue by a call.
fn forget_requests(stack: &Stack, story: &Story) {
    for webhook in [story.event("shopify_orders_paid"), story.event("easypost_in_transit")] {
        assert_eq!(stack.knock_with(&webhook, "wrong").status, 401);
    }
    stack.forget_requests();
}

#[test]
fn an_unproved_knock_is_refused_and_nothing_else_happens() {
    let stack = Stack::start();
    let story = Story::new(1);
    forget_requests(&stack, &story);
    let now = Timestamp::now();
    for webhook in one_of_each(&story) {
        let right = headers(&stack, &webhook, now);
        let is_proof = |name: &str| name.contains("hmac") || name.contains("signature");
        let without: Vec<_> = right.iter().filter(|(name, _)| !is_proof(name)).cloned().collect();
        assert_eq!(post(&stack, &webhook, &without, webhook.body.as_bytes()), 401, "{} without a signature", webhook.source);
        let mut bent = webhook.body.clone().into_bytes();
        bent[10] ^= 1;
        assert_eq!(post(&stack, &webhook, &right, &bent), 401, "{} with another body", webhook.source);
        let spaced = [webhook.body.as_bytes(), b"\n"].concat();
        assert_eq!(post(&stack, &webhook, &right, &spaced), 401, "{} with one more byte", webhook.source);
        let empty: Vec<_> = right
            .iter()
            .map(|(name, value)| (name.clone(), if is_proof(name) { "x".to_owned() } else { value.clone() }))
            .collect();
        assert_eq!(
            post(&stack, &webhook, &empty, webhook.body.as_bytes()),
            401,
            "{} with a signature that is none",
            webhook.source
        );
        let wrong = if webhook.source == "standard" { "whsec_d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc=" } else { "wrong" };
        assert_eq!(stack.knock_with(&webhook, wrong).status, 401, "{} with another secret", webhook.source);
    }
    stack.idle();
    assert_eq!(sent(&stack), 0, "{}", stack.requests());
    let functions = stack.local("functions");
    for desk in ["orders", "tracking", "returns", "announce", "notify"] {
        assert_eq!(functions[desk]["invocations"], 0, "{desk} was called");
    }
    assert!(stack.messages().is_empty());
}

#[test]
fn a_delivery_of_another_hour_is_refused_where_its_time_is_signed() {
    let stack = Stack::start();
    let story = Story::new(2);
    for webhook in one_of_each(&story).into_iter().filter(|webhook| ["easypost", "shippo", "standard"].contains(&webhook.source))
    {
        for hours in [-1, 1] {
            let then = Timestamp::now() + SignedDuration::from_hours(hours);
            let headers = headers(&stack, &webhook, then);
            assert_eq!(post(&stack, &webhook, &headers, webhook.body.as_bytes()), 401, "{} of {hours} h", webhook.source);
        }
    }
}

#[test]
fn easypost_is_known_by_either_of_its_signatures_but_never_by_a_wrong_second_one() {
    let stack = Stack::start();
    let webhook = Story::new(3).event("easypost_in_transit");
    let both = headers(&stack, &webhook, Timestamp::now());
    let first: Vec<_> =
        both.iter().filter(|(name, _)| ["x-hmac-signature", "content-type"].contains(&name.as_str())).cloned().collect();
    assert_eq!(post(&stack, &webhook, &first, webhook.body.as_bytes()), 200);
    assert_eq!(post(&stack, &webhook, &both, webhook.body.as_bytes()), 200);
    let elsewhere: Vec<_> = both
        .iter()
        .map(|(name, value)| (name.clone(), if name == "x-path" { "/elsewhere".to_owned() } else { value.clone() }))
        .collect();
    assert_eq!(post(&stack, &webhook, &elsewhere, webhook.body.as_bytes()), 401);
}

#[test]
fn every_source_is_let_in_also_when_its_body_comes_as_base64() {
    let stack = Stack::start();
    let story = Story::new(4);
    for webhook in one_of_each(&story) {
        let mut headers = headers(&stack, &webhook, Timestamp::now());
        headers.retain(|(name, _)| name != "content-type");
        // What is not text reaches a function as base64.
        headers.push(("content-type".to_owned(), "application/octet-stream".to_owned()));
        assert_eq!(post(&stack, &webhook, &headers, webhook.body.as_bytes()), 200, "{}", webhook.source);
    }
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed"]);
    assert_eq!(stack.kinds_to(&story.woo_email()), ["order_confirmed"]);
}

#[test]
fn the_secret_of_before_still_opens_and_no_third_one_does() {
    let stack = Stack::start();
    let webhook = Story::new(5).event("shopify_orders_paid");
    assert_eq!(stack.knock_with(&webhook, &stack.previous_secret("storefront", "shopify")).status, 200);
    assert_eq!(stack.knock(&webhook).status, 200);
    assert_eq!(stack.knock_with(&webhook, &stack.secret("storefront", "woocommerce")).status, 401);
    stack.idle();
}

#[test]
fn a_topic_nobody_reads_is_kept_aside() {
    let stack = Stack::start();
    let story = Story::new(6);
    forget_requests(&stack, &story);
    let mut unread = story.event("shopify_orders_paid");
    unread.topic = "products/update".to_owned();
    let mut woo = story.event("woocommerce_order_created");
    woo.topic = "coupon.created".to_owned();
    let batch = Webhook {
        body: json!({"object": "Event", "description": "batch.created", "result": {}}).to_string(),
        ..story.event("easypost_in_transit")
    };
    let told = Webhook { body: json!({"event": "batch_created", "data": {}}).to_string(), ..story.event("shippo_in_transit") };
    stack.deliver(&[unread.clone(), woo, batch, told, unread]);
    stack.idle();
    assert_eq!(sent(&stack), 5, "each is remembered on its queue: {}", stack.requests());
    let requests = stack.requests();
    let kept =
        |desk: &str| requests[desk].as_object().into_iter().flatten().filter(|(what, _)| what.ends_with("UpdateItem")).count();
    assert_eq!((kept("orders"), kept("tracking")), (1, 1), "the desks put them aside: {requests}");
    assert!(stack.messages().is_empty());
}

#[test]
fn a_status_nobody_knows_is_counted_and_changes_nothing() {
    let stack = Stack::start();
    let story = Story::new(7);
    stack.deliver(&story.delivered()[..2]);
    let odd = story
        .event("shippo_in_transit")
        .with("package_arrived", "package_teleported")
        .with(&story.usps(), &story.ups())
        .with("\"usps\"", "\"ups\"");
    stack.deliver(&[odd]);
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    assert_eq!(facts["parcels"][0]["status"], "in_transit", "the general word still holds: {facts}");
    assert!(stack.whole_logs().contains("teleported"), "the operator is told which code");
    let shown = stack.page(&stack.link(&story.shopify_number()));
    assert!(!shown.contains("teleported"), "the customer is not");
}

#[test]
fn what_is_too_large_or_broken_is_refused_with_its_own_status() {
    let stack = Stack::start();
    let story = Story::new(8);
    forget_requests(&stack, &story);
    for webhook in one_of_each(&story) {
        let large = Webhook { body: format!("{{\"pad\":\"{}\"}}", "x".repeat(1024 * 1024)), ..webhook.clone() };
        assert_eq!(stack.knock(&large).status, 413, "{}", webhook.source);
        let cut = Webhook { body: webhook.body[..webhook.body.len() - 7].to_owned(), ..webhook.clone() };
        let answer = stack.knock(&cut);
        assert_eq!(answer.status, 422, "{}: {}", webhook.source, answer.text());
        let empty = Webhook { body: String::new(), ..webhook.clone() };
        assert_eq!(stack.knock(&empty).status, 422, "{} with an empty body", webhook.source);
    }
    stack.idle();
    assert_eq!(sent(&stack), 0);
    let logs = stack.whole_logs();
    for (said, what) in [
        ("shopify", true),
        ("easypost", true),
        ("cannot be read", true),
        ("Okafor", false),
        (story.shopify_email().as_str(), false),
    ] {
        assert_eq!(logs.contains(said), what, "the logs and {said}");
    }
}

#[test]
fn the_largest_body_that_is_read_is_a_mebibyte() {
    let stack = Stack::start();
    let mut webhook = Story::new(9).event("shopify_orders_paid");
    webhook.body = webhook.body.replacen(
        '{',
        &format!("{{\"note_attributes\":\"{}\",", "x".repeat(1024 * 1024 - webhook.body.len() - 21)),
        1,
    );
    assert_eq!(webhook.body.len(), 1024 * 1024);
    assert_eq!(stack.knock(&webhook).status, 200);
    stack.idle();
    assert_eq!(stack.kinds_to(&Story::new(9).shopify_email()), ["order_confirmed"]);
}

#[test]
fn woocommerces_hello_is_answered_unsigned_and_brings_nothing() {
    let stack = Stack::start();
    forget_requests(&stack, &Story::new(11));
    let url = format!("{}/webhooks/demo/storefront/woocommerce", stack.url);
    let form = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    let hello = house::repository::text("events/storefront_webhook/woocommerce_ping.txt");
    assert_eq!(http::send("POST", &url, &form, hello.trim_end().as_bytes()).status, 200);
    assert_eq!(http::send("POST", &url, &form, b"webhook_id=17&more=1").status, 401);
    assert_eq!(http::send("POST", &url.replace("woocommerce", "shopify"), &form, hello.trim_end().as_bytes()).status, 401);
    assert_eq!(sent(&stack), 0);
}

#[test]
fn a_door_that_is_not_there_is_not_found() {
    let stack = Stack::start();
    for path in [
        "/webhooks/demo/storefront/magento",
        "/webhooks/demo/carrier/pigeon",
        "/webhooks/demo/storefront/",
        "/webhooks/demo/window/shopify",
        "/webhooks/De mo/storefront/shopify",
    ] {
        let answer = http::send("POST", &format!("{}{}", stack.url, path.replace(' ', "%20")), &[], b"{}");
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    let nobody = http::send("POST", &format!("{}/webhooks/nobody/storefront/shopify", stack.url), &[], b"{}");
    assert!([401, 404].contains(&nobody.status), "a shop that is not ours has no secrets: {}", nobody.status);
}

#[test]
fn a_queue_that_is_down_is_told_to_the_sender_who_tries_again() {
    let stack = Stack::start();
    let story = Story::new(10);
    stack.faults(&json!([{"service": "sqs", "function": "storefront_webhook", "code": "ServiceUnavailable", "status": 503}]));
    let webhook = story.event("shopify_orders_paid");
    assert_eq!(stack.knock(&webhook).status, 503, "200 means remembered");
    stack.faults(&json!([]));
    assert_eq!(stack.knock(&webhook).status, 200);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed"]);
}

/// Every delivery that is recorded in `events/`, by the name of its file.
fn recorded(story: &Story) -> Vec<(String, Webhook)> {
    let mut found = Vec::new();
    for door in ["storefront", "carrier"] {
        let folder = repository::root().join(format!("events/{door}_webhook"));
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned));
        // What an API answers does not come to a door; nor do we send an order that its storefront could not write.
        found.extend(names.filter(|name| !name.contains("_answer") && !name.ends_with("_rest_error")));
    }
    found.sort();
    let event = |name: String| (name.clone(), story.event(&name));
    found.into_iter().map(event).collect()
}

#[test]
fn every_recorded_delivery_is_let_in_and_with_another_byte_it_is_not() {
    let apis = sources::apis();
    let stack = Stack::start_with(|settings| sources::asks(settings, &apis.url));
    let all = recorded(&Story::new(1));
    assert!(all.len() > 80, "{}", all.len());
    let mut seen = std::collections::BTreeSet::new();
    for (name, webhook) in all {
        let _new = seen.insert((webhook.door, webhook.source));
        // The US post signs the time that stands in its envelope.
        let webhook = if webhook.source == "usps" {
            webhook.edited(|envelope| envelope["timestamp"] = Timestamp::now().to_string().into())
        } else {
            webhook
        };
        let signed = headers(&stack, &webhook, stack.now());
        assert_eq!(post(&stack, &webhook, &signed, webhook.body.as_bytes()), 200, "{name}");
        // Those that sign nothing show a secret instead: theirs is changed, of the others a byte of the body.
        let is_proved_by_body = !["karrio", "ups", "dhl", "bigcommerce"].contains(&webhook.source);
        let status = if is_proved_by_body {
            let at = webhook.body.rfind(|c: char| c.is_ascii_lowercase()).unwrap();
            let mut body = webhook.body.clone().into_bytes();
            body[at] ^= 1;
            post(&stack, &webhook, &signed, &body)
        } else {
            let bent: Vec<_> = signed.iter().map(|(name, value)| (name.clone(), value.replace("doorstep", "d0orstep"))).collect();
            post(&stack, &webhook, &bent, webhook.body.as_bytes())
        };
        assert!((400..500).contains(&status), "{name}: {status}");
    }
    assert_eq!(seen.len(), 19, "{seen:?}");
    stack.idle();
}

#[test]
fn ups_gets_a_token_for_its_credentials_and_is_let_in_with_it() {
    let stack = Stack::start();
    let webhook = Story::new(1).event("ups_delivered");
    let url = format!("{}{}/token", stack.url, path(&webhook));
    let (id, secret) = stack.secret("carrier", "ups").split_once(':').map(|(id, s)| (id.to_owned(), s.to_owned())).unwrap();
    let form = |secret: &str| {
        let pairs = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", secret)];
        http::post_form(&url, &[], &pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    };
    assert_eq!(form("wrong").status, 401);
    let granted = form(&secret).expect(200).json();
    assert_eq!(granted["token_type"], "Bearer");
    let bearer = |token: &str| {
        let headers = [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
        let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        post(&stack, &webhook, &headers, webhook.body.as_bytes())
    };
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(bearer(token), 200);
    assert_eq!(bearer(&token.chars().rev().collect::<String>()), 401);
    // Nobody else has such a door.
    let other = http::post_form(&url.replace("/ups/", "/fedex/"), &[], &[]);
    assert_eq!(other.status, 404);
    stack.idle();
}
