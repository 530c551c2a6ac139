//! kill -9 in mid-journey: of every function and of the stack itself. Everything arrives, and nothing twice.
//!
//! The one point that cannot be made safe is a text message whose answer from SNS is lost: SNS has no idempotency key and
//! tells nobody afterwards. A mail whose answer is lost is settled by SES's own Send event, so `notify` is killed there.

use house::{http, stack::Stack, story::Story};
use serde_json::{Value as Json, json};
use std::{collections::VecDeque, path::Path, sync::Mutex, thread};

const BOOTS: &str = "7829015736205160449";
/// How long a request of the victim is held, so that it is killed with its hands full.
const HELD_MS: u64 = 3000;
/// Stacks of this test at once; the others wait their turn.
const HANDS: usize = 4;

fn held(function: &str, service: &str, operations: &[&str]) -> Json {
    let rule = |operation: &&str| json!({"service": service, "function": function, "operation": operation, "delay_ms": HELD_MS, "times": 1});
    operations.iter().map(rule).collect()
}

/// Waits until a rule has the victim in its hands, kills it there, and lets everybody else go on.
fn kill_in_the_act(stack: &Stack, function: &str) {
    stack.until(&format!("{function} to be held"), || stack.fired().iter().any(|fired| *fired > 0).then_some(()));
    assert!(stack.kill_function(function) > 0, "{function} was not running");
    stack.faults(&json!([]));
    stack.until(&format!("a call of {function} to be lost"), || {
        (stack.local("functions")[function]["errors"].as_u64()? > 0).then_some(())
    });
}

const WRITES: [&str; 3] = ["PutItem", "UpdateItem", "TransactWriteItems"];
const SENDS: [&str; 2] = ["SendMessage", "SendMessageBatch"];

#[track_caller]
fn everything_arrived_once(stack: &Stack, story: &Story, function: &str) {
    let want = ["delivered", "order_confirmed", "out_for_delivery", "shipped"];
    assert_eq!(stack.kinds_to(&story.shopify_email()), want, "after {function} was killed");
    let texts: Vec<_> = stack.messages_to(&story.shopify_phone()).into_iter().map(|message| message.text).collect();
    assert_eq!(texts.len(), want.len(), "after {function} was killed: {texts:#?}");
    assert_eq!(stack.facts(&story.shopify_number())["parcels"][0]["status"], "delivered", "after {function} was killed");
}

/// A desk or postman dies with messages in its hands: they come again after their visibility time-out.
fn killed_with_messages(function: &'static str, service: &str, operations: &[&str]) {
    let stack = Stack::start();
    let story = Story::new(1);
    let webhooks = story.delivered();
    // Everybody is up and connected before the accident.
    let other = Story::new(2);
    stack.deliver(&[other.event("shopify_orders_paid"), other.event("easypost_in_transit")]);
    stack.idle();
    stack.faults(&held(function, service, operations));
    stack.deliver(&webhooks);
    kill_in_the_act(&stack, function);
    stack.idle_after_a_kill();
    everything_arrived_once(&stack, &story, function);
    assert_eq!(stack.kinds_to(&other.shopify_email()), ["order_confirmed"]);
}

/// The desk of returns dies while it commits one.
fn killed_with_a_return() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.delivered());
    stack.idle();
    let order = stack.messages_to(&story.shopify_email())[0].tag("order").to_owned();
    let asked = json!({
        "type": "return.requested.v1", "shop": "demo", "order": order,
        "request": {
            "id": "abcdefgh", "lines": [{"line": BOOTS, "quantity": 1, "reason": "too_small"}], "outcome": "refund",
            "requested_at": jiff::Timestamp::now().to_string(),
        },
    });
    stack.faults(&held("returns", "dynamodb", &WRITES));
    stack.put("returns", &asked.to_string());
    kill_in_the_act(&stack, "returns");
    stack.idle_after_a_kill();
    let returns = stack.facts(&story.shopify_number())["returns"].clone();
    assert_eq!((returns.as_array().unwrap().len(), &returns[0]["state"]), (1, &json!("approved")));
    let kinds = stack.kinds_to(&story.shopify_email());
    assert_eq!(kinds.iter().filter(|kind| *kind == "return_approved").count(), 1, "{kinds:?}");
}

/// Doors, windows, the clock and the post room die: whoever called them calls again.
fn killed_while_somebody_waits() {
    let stack = Stack::start();
    let story = Story::new(1);
    let webhooks = story.delivered();
    for (function, some) in [("storefront_webhook", &webhooks[..2]), ("carrier_webhook", &webhooks[2..])] {
        // It is up before the accident, so that it dies with a delivery and not while it starts.
        assert_eq!(stack.knock_with(&some[0], "whsec_d3Jvbmc=").status, 401);
        stack.faults(&held(function, "sqs", &SENDS));
        thread::scope(|scope| {
            let sender = scope.spawn(|| stack.deliver_at_once(some, 1));
            kill_in_the_act(&stack, function);
            sender.join().unwrap();
        });
        stack.idle_after_a_kill();
    }
    everything_arrived_once(&stack, &story, "a door");

    let again = Story::new(2);
    stack.faults(&held("announce", "sqs", &SENDS));
    stack.deliver(&again.delivered());
    kill_in_the_act(&stack, "announce");
    stack.idle_after_a_kill();
    everything_arrived_once(&stack, &again, "announce");

    let link = stack.link(&story.shopify_number());
    let _shown = stack.page(&link);
    stack.faults(&held("customer_pages", "dynamodb", &["Query"]));
    thread::scope(|scope| {
        let visitor = scope.spawn(|| http::get(&link).status);
        kill_in_the_act(&stack, "customer_pages");
        assert_eq!(visitor.join().unwrap(), 500);
    });
    let _shown = stack.page(&link);

    let (console, staff) = (stack.here("http://stack/console/demo"), stack.staff());
    let _shown = http::send("GET", &console, &staff, b"").expect(200);
    stack.faults(&held("merchant_console", "dynamodb", &["Query"]));
    thread::scope(|scope| {
        let visitor = scope.spawn(|| http::send("GET", &console, &staff, b"").status);
        kill_in_the_act(&stack, "merchant_console");
        assert_eq!(visitor.join().unwrap(), 500);
    });
    let _shown = http::send("GET", &console, &staff, b"").expect(200);

    // A label nobody scanned, and a clock that dies while it looks.
    let unscanned = Story::ending_days_ago(3, 10);
    stack.deliver(&["shopify_orders_paid", "shopify_fulfillments_create"].map(|file| unscanned.event(file)));
    stack.idle();
    stack.faults(&held("timers", "sqs", &SENDS));
    thread::scope(|scope| {
        let clock = scope.spawn(|| stack.sweep(r#"{"all_due": true}"#).status);
        kill_in_the_act(&stack, "timers");
        assert_ne!(clock.join().unwrap(), 200);
    });
    stack.fire_all_due();
    stack.idle_after_a_kill();
    assert!(!stack.facts(&unscanned.shopify_number())["parcels"][0]["problem"].is_null());
}

/// The answer to one mail is lost after it went out, the next one is told to come later: both arrive once.
fn mail_with_a_lost_and_a_late_answer() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.faults(&json!([
        {"service": "ses", "operation": "SendEmail", "drop_after": true, "times": 1},
        {"service": "ses", "operation": "SendEmail", "code": "TooManyRequestsException", "status": 429, "times": 1},
    ]));
    stack.deliver(&story.delivered());
    stack.idle_after_a_kill();
    assert_eq!(stack.fired(), [1, 1]);
    everything_arrived_once(&stack, &story, "(nobody: SES lost an answer)");
}

#[test]
fn a_killed_function_loses_nothing_and_tells_nothing_twice() {
    type Accident = (&'static str, Box<dyn Fn() + Send + Sync>);
    let accidents: [Accident; 7] = [
        ("orders", Box::new(|| killed_with_messages("orders", "dynamodb", &WRITES))),
        ("tracking", Box::new(|| killed_with_messages("tracking", "dynamodb", &WRITES))),
        ("notify", Box::new(|| killed_with_messages("notify", "ses", &["SendEmail"]))),
        ("mail_events", Box::new(|| killed_with_messages("mail_events", "dynamodb", &WRITES))),
        ("returns", Box::new(killed_with_a_return)),
        ("an answer of SES", Box::new(mail_with_a_lost_and_a_late_answer)),
        ("doors, windows, announce and timers", Box::new(killed_while_somebody_waits)),
    ];
    let left = Mutex::new(accidents.into_iter().collect::<VecDeque<_>>());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                loop {
                    let Some((victim, accident)) = left.lock().unwrap().pop_front() else { return };
                    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(accident)).is_err() {
                        failed.lock().unwrap().push(victim);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "not all was well after these were killed: {failed:?} (their reports are above)");
}

#[test]
fn a_killed_stack_goes_on_where_it_was() {
    let mut stack = Stack::start();
    let story = Story::new(1);
    let webhooks = story.delivered();
    stack.deliver(&webhooks[..1]);
    stack.idle();
    // Held requests of three functions: the stack dies with work on its queues, in functions and in the stream.
    let mut rules = held("orders", "dynamodb", &WRITES);
    rules.as_array_mut().unwrap().extend(held("announce", "sqs", &SENDS).as_array().unwrap().clone());
    stack.faults(&rules);
    stack.deliver(&webhooks[1..]);
    stack.until("a function to be held", || stack.fired().iter().any(|fired| *fired > 0).then_some(()));
    let orphans = stack.kill_and_restart();
    assert!(!orphans.is_empty());
    stack.until("the functions of the dead stack to be gone", || {
        let alive = |pid: &&i32| std::fs::read_link(Path::new("/proc").join(pid.to_string()).join("exe")).is_ok();
        orphans.iter().find(alive).is_none().then_some(())
    });
    stack.idle_after_a_kill();
    everything_arrived_once(&stack, &story, "the stack");
    // And on: the same data, the same links, new work.
    stack.deliver(&story.shopify()[4..]);
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["status"], "delivered");
    assert_eq!(stack.kinds_to(&story.shopify_email()).len(), 9);
}
