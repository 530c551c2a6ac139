//! Meta's side of WhatsApp on the one port: the token, what is captured, what fails on demand.

use crate::stack::Stack;
use serde_json::{Value as Json, json};

const TOKEN: &str = "Bearer doorstep-demo-whatsapp-4b8e1d6f0c35";

async fn send(stack: &Stack, authorization: &str) -> (u16, Json) {
    let text = |text: &str| json!({"type": "text", "text": text});
    let body = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15555550100", "type": "template",
        "biz_opaque_callback_data": "letter-1",
        "template": {
            "name": "parcel_delivered", "language": {"policy": "deterministic", "code": "en_US"},
            "components": [
                {"type": "body", "parameters": [text("Ana"), text("#1001")]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [text("AQID")]},
            ],
        },
    });
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    let (status, answer, _) = stack.call("POST", "/_whatsapp/106540352242922/messages", &headers, &body.to_string()).await;
    (status, serde_json::from_str(&answer).unwrap())
}

#[tokio::test]
async fn a_template_message_is_captured_for_its_recipient() {
    let stack = Stack::start().await;
    let (status, answer) = send(&stack, TOKEN).await;
    assert_eq!(status, 200, "{answer}");
    let kept = stack.get("/_local/messages?to=%2B15555550100").await;
    assert_eq!((&kept[0]["channel"], &kept[0]["id"]), (&json!("whatsapp"), &answer["messages"][0]["id"]));
    assert_eq!(kept[0]["text"], "parcel_delivered en_US: Ana · #1001 · AQID");
    assert_eq!((&kept[0]["from"], &kept[0]["tags"]["callback"]), (&json!("106540352242922"), &json!("letter-1")));
    let (_, page, _) = stack.call("GET", "/_local/", &[], "").await;
    assert!(page.contains("card whatsapp"));
}

#[tokio::test]
async fn only_the_token_in_the_secret_opens() {
    let stack = Stack::start().await;
    for wrong in ["Bearer other", "Bearer ", "Basic doorstep-demo-whatsapp-4b8e1d6f0c35"] {
        let (status, answer) = send(&stack, wrong).await;
        assert_eq!((status, &answer["error"]["code"]), (401, &json!(190)), "{wrong}");
    }
    let client = aws_sdk_secretsmanager::Client::new(&stack.config());
    let put =
        async |secret: &str| client.put_secret_value().secret_id("doorstep/secrets").secret_string(secret).send().await.unwrap();
    put(r#"{"root_key":"x","shops":{"demo":{"partner":{"whatsapp":["new","old"]}}}}"#).await;
    assert_eq!(
        (send(&stack, "Bearer new").await.0, send(&stack, "Bearer old").await.0, send(&stack, TOKEN).await.0),
        (200, 200, 401)
    );
    put(r#"{"root_key":"x","shops":{"demo":{}}}"#).await;
    assert_eq!(send(&stack, "Bearer new").await.0, 401, "no shop has a token");
}

#[tokio::test]
async fn faults_come_in_metas_words() {
    let stack = Stack::start().await;
    let rules = async |rules: Json| stack.call("POST", "/_local/faults", &[], &rules.to_string()).await;
    rules(json!([{"service": "whatsapp", "code": "131026", "times": 1}, {"service": "whatsapp", "operation": "messages", "status": 503, "times": 1}])).await;
    let (status, answer) = send(&stack, TOKEN).await;
    assert_eq!(
        (status, &answer["error"]["code"], &answer["error"]["error_data"]["details"]),
        (400, &json!(131_026), &json!("Message undeliverable"))
    );
    assert_eq!(send(&stack, TOKEN).await.0, 503);
    assert_eq!(send(&stack, TOKEN).await.0, 200);
    let (status, why, _) = rules(json!([{"service": "whatsapp", "code": "Throttling"}])).await;
    assert!(status == 400 && why.contains("Meta's codes"), "{why}");
    assert_eq!(stack.get("/_local/requests").await["outside"]["whatsapp:messages"], 3);
}
