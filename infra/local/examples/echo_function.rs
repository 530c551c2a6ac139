//! A function for the tests of the local stack: writes down what it was given, and does what it is told in it.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value as Json, json};
use std::{
    fs::OpenOptions,
    io::Write,
    time::{Duration, SystemTime},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Json>) -> Result<Json, Error> {
    let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    let event = event.payload;
    if let Some(path) = std::env::var_os("TRACE_FILE") {
        // One write, so that lines of several processes do not mix.
        OpenOptions::new().create(true).append(true).open(path)?.write_all(format!("{event}\n").as_bytes())?;
    }
    let Some(records) = event["Records"].as_array() else { return answer(&event, left).await };
    let mut failed = Vec::new();
    for record in records {
        let (id, told) = match record["eventSource"].as_str() {
            Some("aws:sqs") => (&record["messageId"], record["body"].as_str().unwrap_or_default()),
            _ => {
                (&record["dynamodb"]["SequenceNumber"], record["dynamodb"]["NewImage"]["told"]["S"].as_str().unwrap_or_default())
            }
        };
        if obey(told).await? == "fail" {
            failed.push(json!({"itemIdentifier": id}));
        }
    }
    Ok(json!({"batchItemFailures": failed}))
}

async fn answer(event: &Json, left: Duration) -> Result<Json, Error> {
    let told = event["queryStringParameters"]["told"].as_str().unwrap_or_default();
    obey(told).await?;
    let variables: serde_json::Map<_, _> = std::env::vars().map(|(key, value)| (key, json!(value))).collect();
    let body = json!({"event": event, "environment": variables, "now": boot::clock::now().to_string(), "left_s": left.as_secs(), "pid": std::process::id()});
    Ok(json!({
        "statusCode": 201,
        "headers": {"content-type": "application/json", "x-one": "1"},
        "multiValueHeaders": {"x-two": ["a", "b"]},
        "cookies": ["c=1", "d=2"],
        "body": body.to_string(),
        "isBase64Encoded": false,
    }))
}

async fn obey(told: &str) -> Result<&str, Error> {
    match told {
        "crash" => std::process::exit(3),
        "error" => Err("told to".into()),
        "sleep" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(told)
        }
        "nap" => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(told)
        }
        told => Ok(told),
    }
}
