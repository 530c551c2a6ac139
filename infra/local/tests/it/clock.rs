//! House time: moved ahead, it brings what was for later, and stays moved.

use crate::stack::{Stack, until};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

async fn advance(stack: &Stack, seconds: i64) -> Json {
    stack.post("/_local/clock", &json!({ "advance_s": seconds }).to_string()).await
}

fn time(value: &Json) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Whether a moment is this far ahead of the machine's clock, to a few seconds.
fn is_ahead(at: Timestamp, seconds: i64) -> bool {
    (at - SignedDuration::from_secs(seconds)).duration_since(Timestamp::now()).abs() < SignedDuration::from_secs(10)
}

async fn function_now(stack: &Stack) -> Timestamp {
    let (_, body, _) = stack.call("GET", "/echo/x", &[], "").await;
    let body: Json = serde_json::from_str(&body).unwrap();
    assert!(body["left_s"].as_u64().unwrap() <= 2, "what a call is given to finish in stays real: {body}");
    time(&body["now"])
}

#[tokio::test]
async fn the_clock_moves_ahead_for_the_stack_and_for_functions_and_survives_a_restart() {
    let mut stack = Stack::start().await;
    assert_eq!(stack.get("/_local/clock").await["shift_s"], 0);
    assert!(is_ahead(function_now(&stack).await, 0));
    let shown = advance(&stack, 3600).await;
    assert!(shown["shift_s"] == 3600 && is_ahead(time(&shown["now"]), 3600), "{shown}");
    assert!(is_ahead(function_now(&stack).await, 3600), "the same process has to notice");

    let at = Timestamp::now() + SignedDuration::from_hours(49);
    let shown = stack.post("/_local/clock", &json!({"at": at.to_string()}).to_string()).await;
    let late = time(&shown["now"]).duration_since(at);
    // It is shown to the millisecond, cut off.
    assert!(late > SignedDuration::from_millis(-1) && late < SignedDuration::from_secs(5), "{shown}");
    let sns = aws_sdk_sns::Client::new(&stack.config());
    sns.publish().phone_number("+4915112345678").message("x").send().await.unwrap();
    assert!(time(&stack.get("/_local/messages").await[0]["sent_at"]) >= at);
    let (_, page, _) = stack.call("GET", "/_local/", &[], "").await;
    assert!(page.contains("ahead.</span>") && page.contains("name=advance_s"), "{page}");

    stack.kill_and_restart().await;
    assert!(time(&stack.get("/_local/clock").await["now"]) >= at && function_now(&stack).await >= at);
}

#[tokio::test]
async fn the_clock_never_moves_back_and_says_so() {
    let stack = Stack::start().await;
    advance(&stack, 60).await;
    for (wish, why) in [
        (json!({"advance_s": -1}), "only moves ahead"),
        (json!({"at": Timestamp::now().to_string()}), "only moves ahead"),
        (json!({"advance_s": i64::MAX}), "beyond the year 9999"),
        (json!({"advance_s": 400_000_000_000_i64}), "beyond the year 9999"),
        (json!({"advance": 1}), "unknown variant `advance`"),
        (json!({"advance_s": 1, "at": "2027-01-01T00:00:00Z"}), "not {"),
        (json!({"morning_of": "nobody"}), "there is no shop nobody"),
    ] {
        let (status, said, _) = stack.call("POST", "/_local/clock", &[], &wish.to_string()).await;
        assert!(status == 400 && said.contains(why), "{wish}: {status} {said}");
    }
    assert_eq!(stack.get("/_local/clock").await["shift_s"], 60);
}

#[tokio::test]
async fn the_buttons_of_the_page_move_it_too() {
    let stack = Stack::start().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let (status, _, headers) = stack.call("POST", "/_local/clock", &form, "advance_s=3600").await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/_local/"));
    assert_eq!(stack.get("/_local/clock").await["shift_s"], 3600);
}

#[tokio::test]
async fn a_message_for_later_comes_at_once_when_it_is_later() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    sqs.send_message().queue_url(&url).message_body("in ten minutes").delay_seconds(600).send().await.unwrap();
    advance(&stack, 300).await;
    assert_eq!(stack.get("/_local/queues").await["plain"]["delayed"], 1);
    let (poller, to) = (sqs.clone(), url.clone());
    let poll = tokio::spawn(async move {
        poller
            .receive_message()
            .queue_url(&to)
            .visibility_timeout(300)
            .wait_time_seconds(20)
            .send()
            .await
            .unwrap()
            .messages
            .unwrap()
    });
    // The poller has to sleep before the clock is moved; its request is on its way.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let moved_at = Instant::now();
    advance(&stack, 301).await;
    assert_eq!(poll.await.unwrap()[0].body(), Some("in ten minutes"));
    assert!(moved_at.elapsed() < Duration::from_secs(5), "{:?}", moved_at.elapsed());

    assert_eq!(stack.get("/_local/queues").await["plain"]["in_flight"], 1);
    advance(&stack, 301).await;
    let again = sqs.receive_message().queue_url(&url).send().await.unwrap().messages.unwrap();
    assert_eq!(again[0].body(), Some("in ten minutes"));
}

#[tokio::test]
async fn a_function_gets_its_delayed_message_when_the_clock_passes_it() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("inbox"));
    sqs.send_message().queue_url(&url).message_body("later").delay_seconds(900).send().await.unwrap();
    stack.settle().await;
    assert!(stack.trace().is_empty());
    advance(&stack, 901).await;
    stack.settle().await;
    assert!(stack.trace().iter().any(|event| event["Records"][0]["body"] == "later"), "{:?}", stack.trace());
}

#[tokio::test]
async fn a_schedule_that_was_jumped_over_strikes_once() {
    let stack = Stack::start().await;
    for (seconds, strikes) in [(10, 0), (60, 1), (3600, 2), (30, 2), (30, 3)] {
        advance(&stack, seconds).await;
        stack.settle().await;
        assert_eq!(stack.trace().iter().filter(|event| **event == json!({})).count(), strikes, "{seconds} s on");
    }
}

#[tokio::test]
async fn the_stream_tells_house_time() {
    let stack = Stack::start().await;
    advance(&stack, 7200).await;
    let text = |value: &str| AttributeValue::S(value.into());
    let put = stack.dynamodb().put_item().table_name("doorstep-Table").item("pk", text("a")).item("sk", text("ORDER"));
    put.send().await.unwrap();
    stack.settle().await;
    let trace = stack.trace();
    let at = trace.iter().find_map(|event| event["Records"][0]["dynamodb"]["ApproximateCreationDateTime"].as_i64());
    assert!(is_ahead(Timestamp::from_second(at.unwrap()).unwrap(), 7200), "{trace:?}");
}

#[tokio::test]
async fn rows_go_when_house_time_is_past_theirs() {
    let stack = Stack::start().await;
    let dynamodb = stack.dynamodb();
    let text = |value: &str| AttributeValue::S(value.into());
    for (name, hours) in [("soon", 1), ("late", 3)] {
        let at = Timestamp::now().as_second() + hours * 3600;
        let put = dynamodb.put_item().table_name("doorstep-Table").item("pk", text("a")).item("sk", text(name));
        put.item("expires_at", AttributeValue::N(at.to_string())).send().await.unwrap();
    }
    advance(&stack, 2 * 3600).await;
    let left = async || {
        let found = dynamodb.scan().table_name("doorstep-Table").send().await.unwrap();
        found.items().iter().map(|row| row["sk"].as_s().unwrap().clone()).collect::<Vec<_>>()
    };
    until("the row that was to live an hour is gone", async || left().await == ["late"]).await;
}
