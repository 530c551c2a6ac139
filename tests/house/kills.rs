//! The postman of letters is killed at every single point of its work: before each of its calls, and after each of them.
//!
//! With k calls that is 2k runs, and one in which it lives. A mail is never lost and never sent twice: where SES took it and the
//! answer never arrived, SES's own Send event settles the ledger.

use house::{stack::Stack, story::Story};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// How long a call of the victim is held, so that it is killed with its hands full.
const HELD_MS: u64 = 5000;
/// Past a claim's lease, the visibility of its message and the grace of an unknown outcome.
const LATER: Duration = Duration::from_secs(130);
/// More calls than one letter takes.
const CALLS_MAX: usize = 30;

/// Where in a call its caller dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Death {
    /// The service has not seen the call.
    Before,
    /// The service has done it, and the answer is on its way.
    After,
}

/// Lets `notify` write the confirmation of a story and kills it in its n-th call, at this point. Says whether it lived to make
/// that many calls.
fn dies(stack: &Stack, story: &Story, n: usize, death: Death) -> bool {
    let (before, after) = if death == Death::Before { (HELD_MS, 0) } else { (0, HELD_MS) };
    let rule =
        json!([{"service": "*", "function": "notify", "skip": n, "times": 1, "delay_ms": before, "delay_after_ms": after}]);
    stack.faults(&rule);
    stack.deliver(&[story.event("standard_order_reported")]);
    let told = || stack.messages_to(&story.standard_email());
    let settled = |stack: &Stack| stack.ledger().iter().any(|row| is_of(row, stack, story) && row["state"]["state"] == "sent");
    let held = stack.until("notify to be held, or to be done", || {
        let is_held = stack.fired().iter().any(|fired| *fired > 0);
        (is_held || (!told().is_empty() && settled(stack))).then_some(is_held)
    });
    if held {
        assert!(stack.kill_function("notify") > 0, "notify was not running");
        stack.faults(&json!([]));
        stack.until("a call of notify to be lost", || (stack.local("functions")["notify"]["errors"].as_u64()? > 0).then_some(()));
    }
    stack.faults(&json!([]));
    stack.advance(LATER);
    stack.idle();
    stack.advance(LATER);
    stack.idle();
    let kinds = stack.kinds_to(&story.standard_email());
    assert_eq!(kinds, ["order_confirmed"], "killed in call {n}, {death:?}");
    assert!(settled(stack), "killed in call {n}, {death:?}: {:#?}", stack.ledger());
    held
}

/// Whether a row of the ledger is about the order of a story.
fn is_of(row: &Json, stack: &Stack, story: &Story) -> bool {
    let order = stack.messages_to(&story.standard_email()).first().map(|mail| mail.tag("order").to_owned());
    order.is_some_and(|order| row["letter"]["order"]["order"] == order.as_str())
}

#[test]
fn a_mail_is_neither_lost_nor_sent_twice_wherever_its_postman_dies() {
    let stack = Stack::start_with(|settings| {
        // One channel: every call is about the one mail.
        settings["letters"]["kinds"].as_table_mut().unwrap().remove("order_confirmed");
    });
    let mut runs = 0;
    for death in [Death::Before, Death::After] {
        let mut calls = 0;
        loop {
            assert!(calls < CALLS_MAX, "a letter takes more than {CALLS_MAX} calls");
            runs += 1;
            // A fresh process each time, so that the calls are the same.
            let _was_running = stack.kill_function("notify");
            if !dies(&stack, &Story::new(runs), calls, death) {
                break;
            }
            calls += 1;
        }
        assert!(calls >= 7, "{death:?}: only {calls} calls were hit");
    }
}
