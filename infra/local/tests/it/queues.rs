//! SQS as its SDK sees it.

use crate::stack::{Stack, until};
use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    types::{Message, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry},
};
use std::time::{Duration, Instant};

async fn receive(sqs: &Client, url: &str, visibility: i32) -> Vec<Message> {
    let request = sqs.receive_message().queue_url(url).max_number_of_messages(10).visibility_timeout(visibility);
    let request = request.message_system_attribute_names(MessageSystemAttributeName::All).message_attribute_names("All");
    request.send().await.unwrap().messages.unwrap_or_default()
}

fn entry(id: &str, body: &str) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder().id(id).message_body(body).build().unwrap()
}

#[tokio::test]
async fn a_message_keeps_its_attributes_and_shows_them_only_when_asked() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    let attribute =
        |kind: &str, value: &str| MessageAttributeValue::builder().data_type(kind).string_value(value).build().unwrap();
    // The SDK itself compares both digests with what it sent.
    let sent = sqs
        .send_message()
        .queue_url(&url)
        .message_body("grüße")
        .message_attributes("b", attribute("String", "ü"))
        .message_attributes("a", attribute("Number.int", "1"))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.md5_of_message_attributes().map(str::len), Some(32));
    let bare = sqs.receive_message().queue_url(&url).visibility_timeout(0).send().await.unwrap().messages.unwrap();
    assert_eq!((bare[0].message_attributes(), bare[0].attributes()), (None, None));
    let full = receive(&sqs, &url, 30).await;
    assert_eq!(full[0].message_attributes().unwrap().len(), 2);
    assert_eq!(full[0].attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount], "2");
    assert_eq!(full[0].attributes().unwrap()[&MessageSystemAttributeName::SenderId], "tester");
}

#[tokio::test]
async fn a_batch_has_limits() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    let send = |entries: Vec<_>| sqs.send_message_batch().queue_url(&url).set_entries(Some(entries)).send();
    let eleven = (0..11).map(|n| entry(&n.to_string(), "x")).collect();
    assert!(send(eleven).await.unwrap_err().into_service_error().is_too_many_entries_in_batch_request());
    assert!(
        send(vec![entry("a", "x"), entry("a", "y")]).await.unwrap_err().into_service_error().is_batch_entry_ids_not_distinct()
    );
    let half = "x".repeat(600_000);
    assert!(send(vec![entry("a", &half), entry("b", &half)]).await.unwrap_err().into_service_error().is_batch_request_too_long());
    let sent = send(vec![entry("a", "x"), entry("b", "y")]).await.unwrap();
    assert_eq!((sent.successful().len(), sent.failed().len()), (2, 0));
}

#[tokio::test]
async fn what_is_wrong_comes_in_the_shape_the_sdk_knows() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    let gone = sqs.get_queue_url().queue_name("nowhere").send().await.unwrap_err().into_service_error();
    assert!(gone.is_queue_does_not_exist());
    assert_eq!(gone.code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    let bad = sqs.delete_message().queue_url(&url).receipt_handle("oops").send().await.unwrap_err().into_service_error();
    assert!(bad.is_receipt_handle_is_invalid());
    let found = sqs.get_queue_url().queue_name("doorstep-plain").send().await.unwrap();
    assert_eq!(found.queue_url(), Some(url.as_str()));
}

#[tokio::test]
async fn after_too_many_receives_a_message_dies_and_can_be_brought_back() {
    let stack = Stack::start().await;
    let (sqs, url, dead) = (stack.sqs(), stack.queue("plain"), stack.queue("plain-dead"));
    sqs.send_message().queue_url(&url).message_body("poison").send().await.unwrap();
    for _ in 0..2 {
        assert_eq!(receive(&sqs, &url, 0).await.len(), 1);
    }
    assert!(receive(&sqs, &url, 0).await.is_empty());
    let found = receive(&sqs, &dead, 0).await;
    let attributes = found[0].attributes().unwrap();
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateReceiveCount], "3");
    assert_eq!(
        attributes[&MessageSystemAttributeName::DeadLetterQueueSourceArn],
        "arn:aws:sqs:us-east-1:000000000000:doorstep-plain"
    );
    let shown = stack.get("/_local/queues").await;
    assert_eq!(shown["plain"]["dead"], 1);
    assert!(shown.get("plain-dead").is_none() && shown["given-up"]["dead"] == 0);
    assert_eq!(stack.post("/_local/queues/plain/redrive", "").await["moved"], 1);
    assert_eq!(receive(&sqs, &url, 30).await[0].attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount], "1");
}

#[tokio::test]
async fn visibility_delay_and_long_polls_are_kept() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    sqs.send_message().queue_url(&url).message_body("later").delay_seconds(1).send().await.unwrap();
    assert!(receive(&sqs, &url, 30).await.is_empty());
    assert_eq!(stack.get("/_local/queues").await["plain"]["delayed"], 1);
    let waited = sqs.receive_message().queue_url(&url).wait_time_seconds(10).send().await.unwrap().messages.unwrap();
    let receipt = waited[0].receipt_handle().unwrap();
    assert_eq!(stack.get("/_local/queues").await["plain"]["in_flight"], 1);
    sqs.change_message_visibility().queue_url(&url).receipt_handle(receipt).visibility_timeout(0).send().await.unwrap();
    let again = sqs.change_message_visibility().queue_url(&url).receipt_handle(receipt).visibility_timeout(0).send().await;
    assert!(again.unwrap_err().into_service_error().is_message_not_inflight());
    let second = receive(&sqs, &url, 30).await;
    // The first receipt is stale now: deleting with it succeeds and deletes nothing.
    sqs.delete_message().queue_url(&url).receipt_handle(receipt).send().await.unwrap();
    assert_eq!(stack.get("/_local/queues").await["plain"]["in_flight"], 1);
    sqs.delete_message().queue_url(&url).receipt_handle(second[0].receipt_handle().unwrap()).send().await.unwrap();
    assert_eq!(stack.get("/_local/queues").await["plain"]["in_flight"], 0);

    let (poller, to) = (sqs.clone(), url.clone());
    let poll = tokio::spawn(async move {
        poller.receive_message().queue_url(&to).wait_time_seconds(20).send().await.unwrap().messages.unwrap()
    });
    tokio::task::yield_now().await;
    let sent_at = Instant::now();
    sqs.send_message().queue_url(&url).message_body("now").send().await.unwrap();
    assert_eq!(poll.await.unwrap()[0].body(), Some("now"));
    assert!(sent_at.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn attributes_tell_the_depths_and_purge_empties() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    sqs.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    let all = sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All).send().await.unwrap();
    let all = all.attributes().unwrap();
    assert_eq!(all[&QueueAttributeName::ApproximateNumberOfMessages], "1");
    assert!(all[&QueueAttributeName::RedrivePolicy].contains("doorstep-plain-dead"));
    sqs.purge_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(stack.get("/_local/queues").await["plain"]["visible"], 0);
    assert!(sqs.list_queues().queue_name_prefix("doorstep-pl").send().await.unwrap().queue_urls().contains(&url));
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let mut stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    let acknowledged = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let senders: Vec<_> = (0..4)
        .map(|sender| {
            let (sqs, url, acknowledged) = (sqs.clone(), url.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let body = format!("{sender}-{n}");
                    if sqs.send_message().queue_url(&url).message_body(&body).send().await.is_err() {
                        return;
                    }
                    acknowledged.lock().unwrap().push(body);
                }
            })
        })
        .collect();
    until("some are acknowledged", async || acknowledged.lock().unwrap().len() > 200).await;
    stack.kill_and_restart().await;
    for sender in senders {
        sender.abort();
    }
    let wanted: Vec<_> = acknowledged.lock().unwrap().clone();
    let (sqs, url) = (stack.sqs(), stack.queue("plain"));
    let mut found = std::collections::HashSet::new();
    loop {
        let messages = receive(&sqs, &url, 600).await;
        if messages.is_empty() {
            break;
        }
        found.extend(messages.into_iter().filter_map(|message| message.body));
    }
    assert!(wanted.iter().all(|body| found.contains(body)), "{} acknowledged, {} found", wanted.len(), found.len());
}
