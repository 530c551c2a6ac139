//! Changes of the table reach the function in order, also across the death of the stack.

use crate::stack::{Stack, until};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value as Json;

async fn put(stack: &Stack, pk: &str, sk: &str, told: &str) {
    let value = |text: &str| AttributeValue::S(text.into());
    let item = stack
        .dynamodb()
        .put_item()
        .table_name("doorstep-Table")
        .item("pk", value(pk))
        .item("sk", value(sk))
        .item("told", value(told));
    item.send().await.unwrap();
}

fn records(stack: &Stack) -> Vec<Json> {
    stack.trace().iter().flat_map(|event| event["Records"].as_array().cloned().unwrap_or_default()).collect()
}

fn keys(stack: &Stack) -> Vec<String> {
    records(stack).iter().map(|record| record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn changes_come_in_order_with_both_images_and_only_those_asked_for() {
    let stack = Stack::start().await;
    put(&stack, "a", "ORDER", "one").await;
    put(&stack, "a", "ORDER", "two").await;
    put(&stack, "a", "LETTER#1", "not for you").await;
    put(&stack, "a", "RETURN#1", "three").await;
    stack.settle().await;
    let records = records(&stack);
    let names: Vec<_> = records.iter().map(|record| record["eventName"].as_str().unwrap()).collect();
    assert_eq!(names, ["INSERT", "MODIFY", "INSERT"]);
    let second = &records[1];
    assert_eq!(
        (&second["dynamodb"]["OldImage"]["told"]["S"], &second["dynamodb"]["NewImage"]["told"]["S"]),
        (&"one".into(), &"two".into())
    );
    assert!(second["eventID"].is_string() && second["dynamodb"]["ApproximateCreationDateTime"].is_number());
    assert_eq!((&second["eventSource"], &second["awsRegion"]), (&"aws:dynamodb".into(), &"us-east-1".into()));
    assert!(second["dynamodb"]["SequenceNumber"].as_str() < records[2]["dynamodb"]["SequenceNumber"].as_str());
    assert_eq!(stack.get("/_local/functions").await["echo_function"]["errors"], 0);
}

#[tokio::test]
async fn a_change_that_cannot_be_taken_is_given_up_and_reported_and_the_rest_goes_on() {
    let stack = Stack::start().await;
    put(&stack, "good", "ORDER", "fine").await;
    put(&stack, "bad", "ORDER", "error").await;
    put(&stack, "next", "ORDER", "fine").await;
    stack.settle().await;
    let found = keys(&stack);
    assert_eq!(found.last().map(String::as_str), Some("next"), "{found:?}");
    assert!(found.iter().filter(|key| *key == "bad").count() >= 2, "tried again: {found:?}");
    let messages = stack.sqs().receive_message().queue_url(stack.queue("given-up")).send().await.unwrap().messages.unwrap();
    let report: Json = serde_json::from_str(messages[0].body().unwrap()).unwrap();
    assert_eq!(
        (&report["requestContext"]["condition"], &report["DDBStreamBatchInfo"]["batchSize"]),
        (&"RetryAttemptsExhausted".into(), &1.into())
    );
}

#[tokio::test]
async fn the_first_change_that_failed_is_where_it_goes_on() {
    let stack = Stack::start().await;
    put(&stack, "a", "ORDER", "fine").await;
    put(&stack, "b", "ORDER", "fail").await;
    put(&stack, "c", "ORDER", "fine").await;
    stack.settle().await;
    let found = keys(&stack);
    assert_eq!((found[0].as_str(), found.iter().filter(|key| *key == "a").count()), ("a", 1), "{found:?}");
    assert_eq!(stack.get("/_local/queues").await["given-up"]["visible"], 1);
}

#[tokio::test]
async fn no_change_is_lost_when_the_stack_dies() {
    let mut stack = Stack::start().await;
    for n in 0..20 {
        put(&stack, &format!("{n:02}"), "ORDER", if n == 10 { "nap" } else { "fine" }).await;
    }
    until("some were delivered", async || !keys(&stack).is_empty()).await;
    stack.kill_and_restart().await;
    stack.settle().await;
    let mut found = keys(&stack);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 20);
    put(&stack, "after", "ORDER", "fine").await;
    stack.settle().await;
    assert_eq!(keys(&stack).last().map(String::as_str), Some("after"));
}

#[tokio::test]
async fn a_row_past_its_time_goes_away_and_says_so() {
    let stack = Stack::start().await;
    let value = |text: &str| AttributeValue::S(text.into());
    let item = stack.dynamodb().put_item().table_name("doorstep-Table").item("pk", value("old")).item("sk", value("ORDER"));
    item.item("expires_at", AttributeValue::N("1700000000".into())).send().await.unwrap();
    until("it is removed", async || records(&stack).iter().any(|record| record["eventName"] == "REMOVE")).await;
    let gone = records(&stack).into_iter().find(|record| record["eventName"] == "REMOVE").unwrap();
    assert_eq!(
        (&gone["userIdentity"]["principalId"], &gone["dynamodb"]["OldImage"]["pk"]["S"]),
        (&"dynamodb.amazonaws.com".into(), &"old".into())
    );
}
