//! SES, SNS and the secret as their SDKs see them.

use crate::stack::{Stack, until};
use aws_sdk_sesv2::{
    Client,
    operation::send_email::builders::SendEmailFluentBuilder,
    primitives::Blob,
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag, RawMessage, SuppressionListReason},
};
use serde_json::Value as Json;

pub fn simple() -> EmailContent {
    let content = |text: &str| Content::builder().data(text).build().unwrap();
    let header = MessageHeader::builder().name("List-Unsubscribe").value("<https://x.example/u>").build().unwrap();
    let body = Body::builder().text(content("plain")).html(content("<b>rich</b>")).build();
    EmailContent::builder().simple(Message::builder().subject(content("Hello ü")).body(body).headers(header).build()).build()
}

pub fn letter(ses: &Client, to: &str) -> SendEmailFluentBuilder {
    ses.send_email()
        .from_email_address("Shop <shop@example.com>")
        .destination(Destination::builder().to_addresses(to).build())
        .reply_to_addresses("help@example.com")
        .configuration_set_name("the-set")
        .email_tags(MessageTag::builder().name("letter").value("abc_1-2").build().unwrap())
        .content(simple())
}

/// The events of a mail, taken from the queue that hears them.
pub async fn events(stack: &Stack, how_many: usize) -> Vec<Json> {
    let (sqs, url) = (stack.sqs(), stack.queue("heard"));
    let mut events = Vec::new();
    while events.len() < how_many {
        let got = sqs.receive_message().queue_url(&url).max_number_of_messages(10).wait_time_seconds(10).send().await.unwrap();
        let got = got.messages.expect("an event");
        for message in got {
            let envelope: Json = serde_json::from_str(message.body().unwrap()).unwrap();
            assert_eq!((envelope["Type"].as_str(), envelope["TopicArn"].as_str().is_some()), (Some("Notification"), true));
            events.push(serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap());
        }
    }
    events
}

pub fn kinds(events: &[Json]) -> Vec<&str> {
    events.iter().map(|event| event["eventType"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_mail_is_kept_as_it_was_sent_and_its_events_follow() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let sent = letter(&ses, "Ana <ana@example.com>").send().await.unwrap();
    let kept = stack.get("/_local/messages?to=ana@example.com").await;
    assert_eq!(kept[0]["id"].as_str(), sent.message_id());
    assert_eq!(
        (&kept[0]["channel"], &kept[0]["subject"], &kept[0]["text"]),
        (&"email".into(), &"Hello ü".into(), &"plain".into())
    );
    assert_eq!(kept[0]["headers"]["List-Unsubscribe"], "<https://x.example/u>");
    assert_eq!((&kept[0]["headers"]["Reply-To"], &kept[0]["tags"]["letter"]), (&"help@example.com".into(), &"abc_1-2".into()));
    assert_eq!(stack.get("/_local/messages?to=bob@example.com").await.as_array().unwrap().len(), 0);

    let events = events(&stack, 2).await;
    assert_eq!(kinds(&events), ["Send", "Delivery"]);
    let mail = &events[0]["mail"];
    assert_eq!(mail["messageId"].as_str(), sent.message_id());
    assert_eq!((&mail["tags"]["letter"][0], &mail["tags"]["ses:configuration-set"][0]), (&"abc_1-2".into(), &"the-set".into()));
    assert_eq!(mail["destination"][0], "ana@example.com");
    let (status, page, _) = stack.call("GET", "/_local/", &[], "").await;
    assert!(status == 200 && page.contains("&lt;b&gt;rich&lt;/b&gt;\""));
}

#[tokio::test]
async fn the_simulators_addresses_bounce_and_complain() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    letter(&ses, "bounce+x@simulator.amazonses.com").send().await.unwrap();
    let found = events(&stack, 2).await;
    assert_eq!(kinds(&found), ["Send", "Bounce"]);
    assert_eq!(
        (&found[1]["bounce"]["bounceType"], &found[1]["bounce"]["bounceSubType"]),
        (&"Permanent".into(), &"General".into())
    );
    let bounced = &found[1]["bounce"]["bouncedRecipients"][0];
    assert_eq!((&bounced["emailAddress"], &bounced["status"]), (&"bounce+x@simulator.amazonses.com".into(), &"5.1.1".into()));
    assert_eq!(found[1]["mail"]["destination"][0], "bounce+x@simulator.amazonses.com");
    assert_eq!(found[1]["mail"]["tags"]["letter"][0], "abc_1-2");
    letter(&ses, "complaint@simulator.amazonses.com").send().await.unwrap();
    let found = events(&stack, 3).await;
    assert_eq!(kinds(&found), ["Send", "Delivery", "Complaint"]);
    assert_eq!(found[2]["complaint"]["complainedRecipients"][0]["emailAddress"], "complaint@simulator.amazonses.com");
}

#[tokio::test]
async fn a_suppressed_address_is_accepted_and_never_written_to() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let (address, reason) = ("Gone@Example.com", SuppressionListReason::Complaint);
    ses.put_suppressed_destination().email_address(address).reason(reason).send().await.unwrap();
    assert_eq!(ses.list_suppressed_destinations().send().await.unwrap().suppressed_destination_summaries().len(), 1);
    ses.get_suppressed_destination().email_address(address).send().await.unwrap();
    letter(&ses, "gone@example.com").send().await.unwrap();
    let found = events(&stack, 2).await;
    assert_eq!(found[1]["bounce"]["bounceSubType"], "OnAccountSuppressionList");
    assert!(stack.get("/_local/messages").await.as_array().unwrap().is_empty());
    ses.delete_suppressed_destination().email_address(address).send().await.unwrap();
    let gone = ses.get_suppressed_destination().email_address(address).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
    assert!(ses.get_account().send().await.unwrap().production_access_enabled());
}

#[tokio::test]
async fn what_ses_refuses_is_refused() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let unknown = letter(&ses, "a@example.com").configuration_set_name("other").send().await.unwrap_err();
    assert!(unknown.into_service_error().is_not_found_exception());
    let many = Destination::builder().set_to_addresses(Some((0..51).map(|n| format!("a{n}@example.com")).collect())).build();
    assert!(
        letter(&ses, "x@example.com").destination(many).send().await.unwrap_err().into_service_error().is_bad_request_exception()
    );
    assert!(letter(&ses, "nobody").send().await.unwrap_err().into_service_error().is_bad_request_exception());
    let tag = MessageTag::builder().name("a b").value("c").build().unwrap();
    assert!(
        letter(&ses, "a@example.com").email_tags(tag).send().await.unwrap_err().into_service_error().is_bad_request_exception()
    );
}

#[tokio::test]
async fn a_raw_mail_is_read_for_its_recipients() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let raw = "From: shop@example.com\r\nTo: raw@example.com\r\nSubject: Raw\r\nX-Mine: 1\r\n\r\nHello\r\n";
    let content = EmailContent::builder().raw(RawMessage::builder().data(Blob::new(raw)).build().unwrap()).build();
    ses.send_email().content(content).send().await.unwrap();
    let kept = stack.get("/_local/messages?to=raw@example.com").await;
    assert_eq!(
        (&kept[0]["subject"], &kept[0]["text"], &kept[0]["headers"]["X-Mine"]),
        (&"Raw".into(), &"Hello".into(), &"1".into())
    );
}

#[tokio::test]
async fn a_text_message_reaches_its_number_unless_that_opted_out() {
    let stack = Stack::start().await;
    let sns = aws_sdk_sns::Client::new(&stack.config());
    let attribute =
        aws_sdk_sns::types::MessageAttributeValue::builder().data_type("String").string_value("Shop").build().unwrap();
    let publish = |number: &str, text: &str| {
        sns.publish().phone_number(number).message(text).message_attributes("AWS.SNS.SMS.SenderID", attribute.clone())
    };
    let sent = publish("+4915112345678", "Your parcel & more").send().await.unwrap();
    let kept = stack.get("/_local/messages").await;
    assert_eq!(kept[0]["id"].as_str(), sent.message_id());
    assert_eq!(
        (&kept[0]["channel"], &kept[0]["from"], &kept[0]["text"]),
        (&"sms".into(), &"Shop".into(), &"Your parcel & more".into())
    );
    for (number, text) in [("015112345678", "x".to_owned()), ("+4915112345678", "x".repeat(1601))] {
        let refused = publish(number, &text).send().await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
    }
    sns.set_sms_attributes().attributes("DefaultSMSType", "Transactional").send().await.unwrap();
    stack.post("/_local/opted-out?number=%2B4915112345678", "").await;
    let check =
        async || sns.check_if_phone_number_is_opted_out().phone_number("+4915112345678").send().await.unwrap().is_opted_out();
    assert!(check().await);
    publish("+4915112345678", "unheard").send().await.unwrap();
    assert_eq!(stack.get("/_local/messages").await.as_array().unwrap().len(), 1);
    sns.opt_in_phone_number().phone_number("+4915112345678").send().await.unwrap();
    assert!(!check().await);
}

#[tokio::test]
async fn what_a_person_answers_reaches_the_topic_and_the_list_of_opted_out_numbers() {
    let stack = Stack::start().await;
    let sns = aws_sdk_sns::Client::new(&stack.config());
    let is_opted_out =
        async || sns.check_if_phone_number_is_opted_out().phone_number("+14155550132").send().await.unwrap().is_opted_out();
    for (said, keyword, opted_out) in [
        ("Stop, please", "STOP", true),
        ("Stopp", "KEYWORD_000000000000", true),
        ("start", "START", false),
        ("endless", "KEYWORD_000000000000", false),
    ] {
        stack.post("/_local/texts", &serde_json::json!({"from": "+14155550132", "text": said}).to_string()).await;
        let text = &events(&stack, 1).await[0];
        assert_eq!(
            (&text["originationNumber"], &text["messageBody"], &text["messageKeyword"]),
            (&"+14155550132".into(), &said.into(), &keyword.into())
        );
        assert!(text["inboundMessageId"].is_string() && text["destinationNumber"].is_string(), "{text}");
        assert_eq!(is_opted_out().await, opted_out, "after {said}");
    }
    for wrong in
        [r#"{"text": "STOP"}"#, r#"{"from": "4155550132", "text": "STOP"}"#, r#"{"from": "+14155550132", "say": "STOP"}"#]
    {
        assert_eq!(stack.call("POST", "/_local/texts", &[], wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_notice_to_a_topic_reaches_its_queue() {
    let stack = Stack::start().await;
    let sns = aws_sdk_sns::Client::new(&stack.config());
    let topic = "arn:aws:sns:us-east-1:000000000000:doorstep-Topic";
    sns.publish().topic_arn(topic).message("{\"eventType\":\"x\"}").send().await.unwrap();
    assert_eq!(kinds(&events(&stack, 1).await), ["x"]);
    let gone = sns.publish().topic_arn("arn:aws:sns:us-east-1:000000000000:other").message("x").send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn the_secret_is_made_once_and_holds_the_demo_shop() {
    let mut stack = Stack::start().await;
    let read = async |stack: &Stack| {
        let client = aws_sdk_secretsmanager::Client::new(&stack.config());
        let got = client.get_secret_value().secret_id("doorstep/secrets").send().await.unwrap();
        serde_json::from_str::<Json>(got.secret_string().unwrap()).unwrap()
    };
    let first = read(&stack).await;
    assert_eq!(first["root_key"].as_str().unwrap().len(), 64);
    assert_eq!(first["shops"]["demo"]["storefront"]["shopify"].as_array().unwrap().len(), 2);
    assert!(first["shops"]["demo"]["console"][0].is_string());
    stack.kill_and_restart().await;
    assert_eq!(read(&stack).await, first);
    let client = aws_sdk_secretsmanager::Client::new(&stack.config());
    let other = r#"{"root_key":"mine","shops":{"other":{}}}"#;
    client.put_secret_value().secret_id("doorstep/secrets").secret_string(other).send().await.unwrap();
    assert_eq!(read(&stack).await["root_key"], "mine");
    let gone = client.get_secret_value().secret_id("nothing").send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
    until("the stack still answers", async || stack.get("/_local/ready").await["ready"] == true).await;
}
