//! The line of timers on the real table: late, twice, cut off and side by side; nothing armed is ever lost.
//!
//! The parcels here are of a shop without settings: its desk buries each message, and the dead letters tell what was fired.

use boot::aws::Aws;
use contracts::ToTracking;
use domain::id::{OrderKey, ParcelKey};
use house::stack::Stack;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{collections::BTreeMap, thread, time::Duration};
use store::{
    TimerAbout, Vault, Write,
    timeline::{self, Position, TIMER_SHARDS, Walk},
};

/// Rows of one page of a sweep, and then some.
const MORE_THAN_A_PAGE: usize = 130;
/// Sweeps until nine hours are caught up with.
const SWEEPS_MAX: usize = 5;
/// Tries of the SDK for one request.
const TRIES: u32 = 3;

/// The table as the functions see it.
struct Line {
    vault: Vault,
    runtime: tokio::runtime::Runtime,
}

fn hours_ago(hours: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(hours)
}

fn parcel(number: usize) -> TimerAbout {
    let number = format!("1Z{number:05}").parse().unwrap();
    TimerAbout::Parcel(ParcelKey { shop: "nobody".parse().unwrap(), carrier: "ups".parse().unwrap(), number })
}

impl Line {
    fn of(stack: &Stack) -> Self {
        let url = stack.url.clone();
        let aws = Aws::from_env(|name| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(url.clone()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
            _ => None,
        });
        let aws = aws.unwrap_or_else(|error| panic!("{error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { vault: Vault::new(aws.dynamodb(), "doorstep-Table".to_owned()), runtime }
    }

    /// Arms timers with long past deadlines by a clock that said `now`: their turn comes two minutes later.
    fn arm(&self, abouts: impl IntoIterator<Item = TimerAbout>, now: Timestamp) {
        let due_at = now - SignedDuration::from_hours(24);
        let writes = abouts.into_iter().map(|about| Write::Timer { about, due_at, now }).collect();
        self.runtime.block_on(self.vault.commit(writes)).unwrap();
    }

    /// As if the last sweep that came to its end was at `now`.
    fn swept_last(&self, now: Timestamp) {
        let from = || Position::through(timeline::until(now));
        let walks: Vec<Walk> = (0..TIMER_SHARDS).map(|shard| Walk::new(shard, from(), 0)).collect();
        self.runtime.block_on(async {
            let read = self.vault.timer_progress().await.unwrap();
            self.vault.keep_timer_progress(&read, &walks).await.unwrap();
        });
    }
}

/// How often each parcel was fired so far, told by the dead letters of its desk, which are taken away.
fn fired(stack: &Stack, so_far: &mut BTreeMap<String, usize>) {
    stack.idle();
    let url = stack.queue_url("tracking-dead");
    loop {
        let taken = stack.sqs("ReceiveMessage", &json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 60}));
        let messages = taken["Messages"].as_array().cloned().unwrap_or_default();
        if messages.is_empty() {
            return;
        }
        for message in messages {
            match contracts::read::<ToTracking>(message["Body"].as_str().unwrap()).unwrap() {
                ToTracking::CheckDue { parcel, .. } => *so_far.entry(parcel.number.to_string()).or_default() += 1,
                other => panic!("{other:?}"),
            }
            let _gone = stack.sqs("DeleteMessage", &json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}));
        }
    }
}

/// Whether each of so many parcels was fired so often at least. More is no fault: a request whose answer comes too late on a busy
/// machine is made again by the SDK. That a quiet house fires each once is shown by `store::timeline`.
#[track_caller]
fn all_fired(fired: &BTreeMap<String, usize>, parcels: usize, times: usize) {
    assert_eq!(fired.len(), parcels, "some were lost: {fired:?}");
    let wrong: Vec<_> = fired.iter().filter(|(_, count)| **count < times).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[track_caller]
fn nothing_is_left(stack: &Stack) {
    let mut told = BTreeMap::new();
    stack.strike("Timers");
    fired(stack, &mut told);
    assert!(told.is_empty(), "fired once more, though no one is due: {told:?}");
}

#[test]
fn a_clock_that_stood_still_for_hours_loses_nothing_and_repeats_nothing() {
    let stack = Stack::start();
    let line = Line::of(&stack);
    let mut told = BTreeMap::new();
    line.swept_last(hours_ago(9));
    for (n, hours) in [8, 5, 2, 1].into_iter().enumerate() {
        line.arm((0..10).map(|parcel_n| parcel(n * 10 + parcel_n)), hours_ago(hours));
    }
    // More than a page of one shard, all in one second.
    let (now, shard) = (hours_ago(3), 5);
    let due = (now - SignedDuration::from_hours(24)).as_second() + 1;
    let crowd = (100..).map(parcel).filter(|about| timeline::spread(&about.to_string(), due).1 == shard);
    line.arm(crowd.take(MORE_THAN_A_PAGE), now);
    let order = OrderKey { shop: "nobody".parse().unwrap(), order: "AbCdEfGh-_012345".parse().unwrap() };
    line.arm([TimerAbout::Order(order)], hours_ago(2));
    let orders_called = || stack.local("functions")["orders"]["invocations"].as_u64().unwrap_or(0);
    let before = orders_called();
    // A slow machine may need more than one sweep: each goes on where the last one had no time left.
    for _ in 0..SWEEPS_MAX {
        stack.strike("Timers");
        fired(&stack, &mut told);
        if told.len() == 40 + MORE_THAN_A_PAGE && orders_called() > before {
            break;
        }
    }
    all_fired(&told, 40 + MORE_THAN_A_PAGE, 1);
    assert!(orders_called() > before, "the timer of an order goes to the desk of orders");
    // The next minute has nothing left to do, though no row is gone.
    nothing_is_left(&stack);
}

#[test]
fn a_sweep_at_rest_asks_once_for_each_shard() {
    let stack = Stack::start();
    stack.strike("Timers");
    stack.forget_requests();
    // Positions are whole seconds: within the same one there is nothing to ask.
    thread::sleep(Duration::from_millis(1100));
    stack.strike("Timers");
    let asked = &stack.requests()["timers"];
    let shards = u64::from(TIMER_SHARDS);
    let queries = asked["dynamodb:Query"].as_u64().unwrap();
    // A bucket may end between the two.
    assert!(queries == shards + 1 || queries == 2 * shards + 1, "{asked}");
    assert!(asked["dynamodb:UpdateItem"].as_u64().unwrap_or(0) <= 1, "{asked}");
    assert_eq!(asked["sqs:SendMessageBatch"].as_u64().unwrap_or(0), 0, "{asked}");
}

#[test]
fn a_timer_armed_for_the_past_fires_when_its_turn_comes_and_at_once_if_asked() {
    let stack = Stack::start();
    let line = Line::of(&stack);
    let mut told = BTreeMap::new();
    line.arm([parcel(1)], Timestamp::now());
    stack.strike("Timers");
    fired(&stack, &mut told);
    assert!(told.is_empty(), "two minutes ahead of its clock, and the sweep two behind");
    stack.fire_all_due();
    fired(&stack, &mut told);
    all_fired(&told, 1, 1);
    // The position stayed behind it: it is not lost for its turn, which comes four minutes after it was armed.
    let now = Timestamp::now();
    let walks = line.runtime.block_on(line.vault.timer_progress()).unwrap().walks(0, u8::MAX, now);
    assert!(walks.iter().all(|walk| *walk.position() <= Position::through(timeline::until(now))), "{walks:?}");
    line.swept_last(hours_ago(1));
    line.arm([parcel(2)], Timestamp::now() - SignedDuration::from_secs(245));
    stack.strike("Timers");
    fired(&stack, &mut told);
    all_fired(&told, 2, 1);
}

#[test]
fn a_sweep_that_fails_between_sending_and_keeping_repeats_and_loses_nothing() {
    let stack = Stack::start();
    let line = Line::of(&stack);
    let mut told = BTreeMap::new();
    line.swept_last(hours_ago(4));
    line.arm((0..30).map(parcel), hours_ago(3));
    stack.faults(
        &json!([{"service": "dynamodb", "operation": "UpdateItem", "function": "timers", "status": 500, "times": TRIES}]),
    );
    assert_ne!(stack.sweep("").status, 200);
    fired(&stack, &mut told);
    all_fired(&told, 30, 1);
    stack.strike("Timers");
    fired(&stack, &mut told);
    all_fired(&told, 30, 2);

    // One shard's send fails: the others are kept, and it comes again.
    line.swept_last(hours_ago(2));
    line.arm((100..130).map(parcel), hours_ago(1));
    told.clear();
    // An error that is not tried again.
    stack.faults(
        &json!([{"service": "sqs", "operation": "SendMessageBatch", "function": "timers", "code": "AccessDenied", "status": 403, "times": 1}]),
    );
    assert_ne!(stack.sweep("").status, 200);
    stack.strike("Timers");
    fired(&stack, &mut told);
    all_fired(&told, 30, 1);
    nothing_is_left(&stack);
}

#[test]
fn two_sweeps_at_once_lose_nothing() {
    let stack = Stack::start();
    let line = Line::of(&stack);
    let mut told = BTreeMap::new();
    line.swept_last(hours_ago(4));
    line.arm((0..40).map(parcel), hours_ago(3));
    // Each reads where to begin before the other keeps anything.
    stack
        .faults(&json!([{"service": "sqs", "operation": "SendMessageBatch", "function": "timers", "delay_ms": 700, "times": 2}]));
    thread::scope(|scope| {
        for sweep in [(); 2].map(|()| scope.spawn(|| stack.sweep("").status)) {
            assert_eq!(sweep.join().unwrap(), 200);
        }
    });
    fired(&stack, &mut told);
    all_fired(&told, 40, 1);
    nothing_is_left(&stack);
    // And what comes next is fired.
    line.swept_last(hours_ago(2));
    line.arm((40..60).map(parcel), hours_ago(1));
    stack.strike("Timers");
    fired(&stack, &mut told);
    all_fired(&told, 60, 1);
}
