//! Functions as processes: HTTP events, message batches, time-outs, crashes, and the end of everything.

use crate::stack::{Stack, alive, signal, until};
use serde_json::{Value as Json, json};

/// On a failure the test shows what the function's log says.
async fn ask(stack: &Stack, path: &str) -> Json {
    let (status, body, _) = stack.call("GET", path, &[], "").await;
    let log = std::fs::read_to_string(stack.data.join("logs/echo_function.log")).unwrap_or_default();
    assert_eq!(status, 201, "{body} {log}");
    parse(&body)
}

fn parse(body: &str) -> Json {
    serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"))
}

#[tokio::test]
async fn a_request_becomes_an_event_and_its_answer_a_response() {
    let stack = Stack::start().await;
    let headers = [("content-type", "application/json"), ("x-many", "1"), ("x-many", "2"), ("cookie", "a=1; b=2")];
    let (status, body, answered) = stack.call("POST", "/echo/a%20b?x=1&x=2&y=%C3%BC", &headers, "{\"n\":1}").await;
    let (event, environment) = (&parse(&body)["event"], &parse(&body)["environment"]);
    assert_eq!((status, answered["x-one"].to_str().unwrap(), answered.get_all("x-two").iter().count()), (201, "1", 2));
    assert_eq!(answered.get_all("set-cookie").iter().count(), 2);
    assert_eq!((&event["version"], &event["routeKey"]), (&json!("2.0"), &json!("ANY /echo/{thing}")));
    assert_eq!((&event["pathParameters"]["thing"], &event["rawQueryString"]), (&json!("a b"), &json!("x=1&x=2&y=%C3%BC")));
    assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "ü"}));
    assert_eq!((&event["headers"]["x-many"], &event["cookies"]), (&json!("1,2"), &json!(["a=1", "b=2"])));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{\"n\":1}"), &json!(false)));
    assert_eq!(
        (&environment["TABLE_NAME"], &environment["COMMON"], &environment["EXTRA"]),
        (&json!("doorstep-Table"), &json!("yes"), &json!("a=b"))
    );
    assert_eq!(
        (environment["PUBLIC_URL"].as_str(), environment["AWS_ENDPOINT_URL"].as_str()),
        (Some(stack.url.as_str()), Some(stack.url.as_str()))
    );
    assert_eq!((environment.get("PATH"), environment.get("HOME"), &environment["DOORSTEP_LOCAL"]), (None, None, &json!("1")));
    assert_eq!(environment["WHATSAPP_URL"], format!("{}/_whatsapp", stack.url));

    let (_, body, _) = stack.call("POST", "/echo/x", &[("content-type", "application/octet-stream")], "\u{1}").await;
    assert_eq!((&parse(&body)["event"]["body"], &parse(&body)["event"]["isBase64Encoded"]), (&json!("AQ=="), &json!(true)));
    let (_, body, _) = stack.call("GET", "/echo/exactly", &[], "").await;
    assert_eq!(parse(&body)["event"]["routeKey"], "GET /echo/exactly");
    assert_eq!(stack.call("GET", "/nowhere", &[], "").await.0, 404);
    assert_eq!(stack.call("POST", "/echo/x", &[], &"x".repeat(10 * 1024 * 1024 + 1)).await.0, 413);
    let shown = &stack.get("/_local/functions").await["echo_function"];
    assert!(shown["init_ms"].as_f64().unwrap() > 0.0 && shown["max_rss_kb"].as_u64().unwrap() > 500, "{shown}");
}

#[tokio::test]
async fn a_killed_function_fails_its_call_at_once_and_comes_back() {
    let stack = Stack::start().await;
    let pid = async || ask(&stack, "/echo/x").await["pid"].as_u64().unwrap();
    let first = pid().await;
    assert_eq!(stack.get("/_local/functions").await["echo_function"]["pid"].as_u64(), Some(first));
    let (status, body, _) = stack.call("GET", "/echo/x?told=crash", &[], "").await;
    assert_eq!((status, parse(&body)["message"].as_str().unwrap()), (500, "Internal Server Error"));
    let second = pid().await;
    signal("KILL", u32::try_from(second).unwrap());
    until("the process is gone", async || !alive(second)).await;
    // Nobody was called when it died, so nobody notices.
    let third = pid().await;
    assert!(first != second && second != third);
    let shown = &stack.get("/_local/functions").await["echo_function"];
    assert_eq!((&shown["restarts"], &shown["errors"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_ended() {
    let stack = Stack::start().await;
    let (status, ..) = stack.call("GET", "/echo/x?told=sleep", &[], "").await;
    assert_eq!(status, 500);
    assert_eq!(stack.call("GET", "/echo/x?told=error", &[], "").await.0, 500);
    assert_eq!(stack.call("GET", "/echo/x", &[], "").await.0, 201);
}

#[tokio::test]
async fn one_process_serves_one_call_at_a_time() {
    let stack = Stack::start().await;
    let nap = || ask(&stack, "/echo/x?told=nap");
    let (a, b, c) = tokio::join!(nap(), nap(), nap());
    let pids = std::collections::HashSet::from([&a, &b, &c].map(|answer| answer["pid"].as_u64()));
    assert!(pids.len() > 1, "{pids:?}");
}

#[tokio::test]
async fn only_the_messages_that_failed_come_back_and_die_in_the_end() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("inbox"));
    for body in ["fine", "fail", "also fine"] {
        sqs.send_message().queue_url(&url).message_body(body).send().await.unwrap();
    }
    stack.settle().await;
    let records: Vec<Json> = stack.trace().iter().flat_map(|event| event["Records"].as_array().unwrap().clone()).collect();
    let times = |body: &str| records.iter().filter(|record| record["body"] == body).count();
    assert_eq!((times("fine"), times("fail"), times("also fine")), (1, 2, 1));
    let last = records.iter().rfind(|record| record["body"] == "fail").unwrap();
    assert_eq!((&last["eventSource"], &last["attributes"]["ApproximateReceiveCount"]), (&json!("aws:sqs"), &json!("2")));
    assert_eq!(last["eventSourceARN"], "arn:aws:sqs:us-east-1:000000000000:doorstep-inbox");
    assert_eq!(stack.get("/_local/queues").await["inbox"]["dead"], 1);
}

#[tokio::test]
async fn a_crash_fails_its_whole_batch_and_nothing_else() {
    let stack = Stack::start().await;
    let (sqs, url) = (stack.sqs(), stack.queue("inbox"));
    sqs.send_message().queue_url(&url).message_body("crash").send().await.unwrap();
    until("it died twice", async || stack.get("/_local/queues").await["inbox"]["dead"] == 1).await;
    sqs.send_message().queue_url(&url).message_body("fine").send().await.unwrap();
    stack.settle().await;
    assert_eq!(stack.get("/_local/queues").await["inbox"], json!({"visible": 0, "in_flight": 0, "delayed": 0, "dead": 1}));
}

#[tokio::test]
async fn a_schedule_can_be_fired_by_hand() {
    let stack = Stack::start().await;
    stack.post("/_local/schedules/Echo", "").await;
    assert_eq!(stack.trace(), [json!({})]);
    assert_eq!(stack.call("POST", "/_local/schedules/Nobody", &[], "").await.0, 404);
}

#[tokio::test]
async fn the_stack_leaves_no_process_behind() {
    for how in ["TERM", "INT", "KILL"] {
        let mut stack = Stack::start().await;
        let child = ask(&stack, "/echo/x").await["pid"].as_u64().unwrap();
        assert!(alive(child));
        signal(how, stack.pid());
        assert_eq!(stack.ended().await.success(), how != "KILL");
        until("the function is gone", async || !alive(child)).await;
    }
}
