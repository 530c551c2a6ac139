//! Faults in the shapes that the SDKs know, so that their own retries can be tested.

use crate::stack::Stack;
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{AttributeValue, Delete, TransactWriteItem},
};
use aws_sdk_sqs::config::{Config, retry::RetryConfig};

fn attempts(stack: &Stack, attempts: u32) -> aws_sdk_sqs::Client {
    let retry = RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(std::time::Duration::from_millis(1));
    aws_sdk_sqs::Client::from_conf(Config::from(&stack.config()).to_builder().retry_config(retry).build())
}

async fn rules(stack: &Stack, rules: &str) {
    stack.post("/_local/faults", rules).await;
}

#[tokio::test]
async fn throttling_is_retried_by_every_sdk() {
    let stack = Stack::start().await;
    rules(
        &stack,
        r#"[{"service":"sqs","code":"RequestThrottled","times":1},{"service":"ses","code":"TooManyRequestsException","times":1},
            {"service":"sns","code":"Throttling","times":1},{"service":"dynamodb","code":"ProvisionedThroughputExceededException","times":1},
            {"service":"secretsmanager","code":"ThrottlingException","times":1}]"#,
    )
    .await;
    let retry = RetryConfig::standard().with_max_attempts(2);
    let config = stack.config().into_builder().retry_config(retry).build();
    aws_sdk_sqs::Client::new(&config).list_queues().send().await.unwrap();
    aws_sdk_sesv2::Client::new(&config).get_account().send().await.unwrap();
    aws_sdk_sns::Client::new(&config).publish().phone_number("+4915112345678").message("x").send().await.unwrap();
    aws_sdk_dynamodb::Client::new(&config).list_tables().send().await.unwrap();
    aws_sdk_secretsmanager::Client::new(&config).describe_secret().secret_id("doorstep/secrets").send().await.unwrap();
    for rule in stack.get("/_local/faults").await.as_array().unwrap() {
        assert_eq!(rule["fired"], 1, "{rule}");
    }
}

#[tokio::test]
async fn errors_have_the_types_of_the_sdk() {
    let stack = Stack::start().await;
    let config = stack.config().into_builder().retry_config(RetryConfig::disabled()).build();
    rules(&stack, r#"[{"service":"ses","operation":"SendEmail","code":"TooManyRequestsException"},{"service":"dynamodb","code":"TransactionCanceledException"}]"#).await;
    let ses = aws_sdk_sesv2::Client::new(&config);
    ses.get_account().send().await.unwrap();
    let content = aws_sdk_sesv2::types::EmailContent::builder().build();
    assert!(ses.send_email().content(content).send().await.unwrap_err().into_service_error().is_too_many_requests_exception());
    let key = || {
        std::collections::HashMap::from([
            ("pk".to_owned(), AttributeValue::S("x".into())),
            ("sk".to_owned(), AttributeValue::S("y".into())),
        ])
    };
    let delete = || {
        TransactWriteItem::builder()
            .delete(Delete::builder().table_name("doorstep-Table").set_key(Some(key())).build().unwrap())
            .build()
    };
    let items = vec![delete(), delete()];
    let error = aws_sdk_dynamodb::Client::new(&config)
        .transact_write_items()
        .set_transact_items(Some(items))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(error.code(), Some("TransactionCanceledException"));
    match error {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
            assert_eq!(codes, ["TransactionConflict", "None"]);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_reset_connection_and_a_lost_answer_are_not_the_same() {
    let stack = Stack::start().await;
    let url = stack.queue("plain");
    rules(&stack, r#"[{"service":"sqs","operation":"SendMessage","reset":true,"times":1}]"#).await;
    let failed = attempts(&stack, 1).send_message().queue_url(&url).message_body("a").send().await.unwrap_err();
    assert!(matches!(failed, aws_sdk_sqs::error::SdkError::DispatchFailure(_)), "{failed:?}");
    assert_eq!(stack.get("/_local/queues").await["plain"]["visible"], 0);
    rules(&stack, r#"[{"service":"sqs","operation":"SendMessage","drop_after":true,"times":1}]"#).await;
    attempts(&stack, 3).send_message().queue_url(&url).message_body("b").send().await.unwrap();
    assert_eq!(stack.get("/_local/queues").await["plain"]["visible"], 2);
    rules(&stack, r#"[{"service":"*","status":500,"times":2}]"#).await;
    attempts(&stack, 3).send_message().queue_url(&url).message_body("c").send().await.unwrap();
    let (status, why, _) = stack.call("POST", "/_local/faults", &[], r#"[{"service":"moon","reset":true}]"#).await;
    assert!(status == 400 && why.contains("moon is no service"));
}

#[tokio::test]
async fn requests_are_counted_for_who_made_them() {
    let stack = Stack::start().await;
    let (dynamodb, key) = (stack.dynamodb(), |value: &str| AttributeValue::S(value.into()));
    dynamodb.put_item().table_name("doorstep-Table").item("pk", key("a")).item("sk", key("b")).send().await.unwrap();
    let got = dynamodb.get_item().table_name("doorstep-Table").key("pk", key("a")).key("sk", key("b")).send().await.unwrap();
    assert!(got.item().is_some() && got.consumed_capacity().is_none());
    let counted = stack.get("/_local/requests").await;
    assert_eq!(
        (&counted["tester"]["dynamodb:PutItem"], &counted["tester"]["dynamodb:write_units_x1000"]),
        (&1.into(), &1000.into())
    );
    assert_eq!(
        (&counted["tester"]["dynamodb:GetItem"], &counted["tester"]["dynamodb:read_units_x1000"]),
        (&1.into(), &500.into())
    );
    stack.post("/_local/requests/reset", "").await;
    assert_eq!(stack.get("/_local/requests").await, serde_json::json!({}));
}
