//! SES beyond taking mail: the message as a file, headers, the suppression list in pages, mail that comes back.

use crate::{
    mail::{events, kinds, letter, simple},
    stack::Stack,
};
use aws_sdk_sesv2::{
    Client,
    types::{Body, Content, EmailContent, Message, MessageHeader, SuppressionListReason},
};
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::json;

#[tokio::test]
async fn a_mail_can_be_had_as_the_file_that_ses_would_have_sent() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let sent = letter(&ses, "Ana <ana@example.com>").send().await.unwrap();
    let id = sent.message_id().unwrap();
    let (status, eml, headers) = stack.call("GET", &format!("/_local/messages/{id}.eml"), &[], "").await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "message/rfc822"));
    let mail = MessageParser::default().parse(eml.as_bytes()).unwrap();
    assert_eq!(mail.subject(), Some("Hello ü"));
    assert_eq!(mail.message_id(), Some(format!("{id}@email.amazonses.com").as_str()));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Shop"), Some("shop@example.com")));
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("ana@example.com"));
    assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("help@example.com"));
    assert_eq!((mail.body_text(0).as_deref(), mail.body_html(0).as_deref()), (Some("plain"), Some("<b>rich</b>")));
    let kind = mail.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
    assert_eq!(mail.header_raw("List-Unsubscribe").map(str::trim), Some("<https://x.example/u>"));
    let kept = stack.get("/_local/messages").await;
    let sent_at: jiff::Timestamp = kept[0]["sent_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(mail.date().unwrap().to_timestamp(), sent_at.as_second());
    assert!(eml.is_ascii() && eml.lines().all(|line| line.len() < 998), "{eml}");

    let (_, page, _) = stack.call("GET", "/_local/", &[], "").await;
    assert!(page.contains(&format!("href=\"/_local/messages/{id}.eml\"")));
    for nothing in ["/_local/messages/nothing.eml", &format!("/_local/messages/{id}")] {
        assert_eq!(stack.call("GET", nothing, &[], "").await.0, 404, "{nothing}");
    }
}

fn with_headers(headers: &[(&str, &str)]) -> EmailContent {
    let headers = headers.iter().map(|(name, value)| MessageHeader::builder().name(*name).value(*value).build().unwrap());
    let content = |text: &str| Content::builder().data(text).build().unwrap();
    let message = Message::builder().subject(content("s")).body(Body::builder().text(content("t")).build());
    EmailContent::builder().simple(message.set_headers(Some(headers.collect())).build()).build()
}

#[tokio::test]
async fn headers_of_a_simple_mail_are_kept_or_refused() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    let mine = [("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), ("X-Letter", "abc"), ("Message-ID", "<mine@x.example>")];
    let sent = letter(&ses, "a@example.com").content(with_headers(&mine)).send().await.unwrap();
    let kept = &stack.get("/_local/messages").await[0]["headers"];
    assert_eq!((&kept["List-Unsubscribe-Post"], &kept["X-Letter"]), (&json!("List-Unsubscribe=One-Click"), &json!("abc")));
    assert_eq!(kept["Message-ID"], format!("<{}@email.amazonses.com>", sent.message_id().unwrap()));
    for wrong in [
        vec![("Subject", "x")],
        vec![("Reply-To", "x@example.com")],
        vec![("X:", "x")],
        vec![("X-A", "two\r\nlines")],
        vec![("List-Unsubscribe", "<a>"), ("List-Unsubscribe", "<b>")],
        vec![("X-A", "x"); 16],
    ] {
        let refused = letter(&ses, "a@example.com").content(with_headers(&wrong)).send().await;
        assert!(refused.unwrap_err().into_service_error().is_bad_request_exception(), "{wrong:?}");
    }
    assert_eq!(stack.get("/_local/messages").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_suppression_list_is_read_in_pages() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    for n in 0..5 {
        let reason = if n == 2 { SuppressionListReason::Complaint } else { SuppressionListReason::Bounce };
        let address = format!("a{n}@example.com");
        ses.put_suppressed_destination().email_address(address).reason(reason).send().await.unwrap();
    }
    stack.post("/_local/clock", r#"{"advance_s": 3600}"#).await;
    let border = jiff::Timestamp::now().as_second() + 1800;
    ses.put_suppressed_destination()
        .email_address("late@example.com")
        .reason(SuppressionListReason::Bounce)
        .send()
        .await
        .unwrap();

    let (mut found, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = ses.list_suppressed_destinations().page_size(2).set_next_token(token).send().await.unwrap();
        found.extend(page.suppressed_destination_summaries().iter().map(|one| one.email_address().to_owned()));
        token = page.next_token().map(str::to_owned);
        pages += 1;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((found.len(), pages), (6, 3), "{found:?}");
    assert_eq!((found[0].as_str(), found[5].as_str()), ("a0@example.com", "late@example.com"));

    let border = aws_sdk_sesv2::primitives::DateTime::from_secs(border);
    let later = ses.list_suppressed_destinations().start_date(border).send().await.unwrap();
    assert_eq!(later.suppressed_destination_summaries()[0].email_address(), "late@example.com");
    let earlier =
        ses.list_suppressed_destinations().end_date(border).reasons(SuppressionListReason::Complaint).send().await.unwrap();
    let earlier = earlier.suppressed_destination_summaries();
    assert_eq!(
        (earlier.len(), earlier[0].email_address(), earlier[0].reason()),
        (1, "a2@example.com", &SuppressionListReason::Complaint)
    );
    let invalid = ses.list_suppressed_destinations().next_token("ü").send().await.unwrap_err();
    assert!(invalid.into_service_error().is_invalid_next_token_exception());
    let counted = stack.get("/_local/requests").await;
    assert_eq!(
        (&counted["tester"]["ses:ListSuppressedDestinations"], &counted["tester"]["ses:PutSuppressedDestination"]),
        (&json!(6), &json!(6))
    );
}

#[tokio::test]
async fn any_captured_mail_can_come_back() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    for (how, kind, listed) in
        [("Transient", "Bounce", None), ("Permanent", "Bounce", Some("BOUNCE")), ("Complaint", "Complaint", Some("COMPLAINT"))]
    {
        let to = format!("{how}@example.com");
        let sent = letter(&ses, &to).send().await.unwrap();
        let id = sent.message_id().unwrap();
        let told = stack.post("/_local/bounces", &json!({"message_id": id, "type": how}).to_string()).await;
        assert_eq!(told["recipients"], json!([to]));
        let found = events(&stack, 3).await;
        assert_eq!(kinds(&found), ["Send", "Delivery", kind]);
        let mail = &found[2]["mail"];
        assert_eq!((&mail["messageId"], &mail["destination"]), (&json!(id), &json!([to])));
        assert_eq!((&mail["tags"]["letter"], &mail["timestamp"]), (&json!(["abc_1-2"]), &found[0]["mail"]["timestamp"]));
        if kind == "Bounce" {
            assert_eq!(
                (&found[2]["bounce"]["bounceType"], &found[2]["bounce"]["bouncedRecipients"][0]["emailAddress"]),
                (&json!(how), &json!(to))
            );
        }
        let entry = ses.get_suppressed_destination().email_address(&to).send().await.ok();
        let reason = entry.and_then(|entry| Some(entry.suppressed_destination?.reason.as_str().to_owned()));
        assert_eq!(reason.as_deref(), listed, "{how}");
    }
    let nothing = json!({"message_id": "nothing", "type": "Permanent"}).to_string();
    assert_eq!(stack.call("POST", "/_local/bounces", &[], &nothing).await.0, 404);
    assert_eq!(stack.call("POST", "/_local/bounces", &[], r#"{"message_id": "x", "type": "Odd"}"#).await.0, 400);
}

#[tokio::test]
async fn the_simulators_suppressed_address_is_on_the_list_of_ses_itself() {
    let stack = Stack::start().await;
    let ses = Client::new(&stack.config());
    letter(&ses, "suppressionlist@simulator.amazonses.com").content(simple()).send().await.unwrap();
    let found = events(&stack, 2).await;
    assert_eq!((kinds(&found), &found[1]["bounce"]["bounceSubType"]), (vec!["Send", "Bounce"], &json!("Suppressed")));
    assert_eq!(found[1]["mail"]["destination"], json!(["suppressionlist@simulator.amazonses.com"]));
    assert_eq!(found[1]["mail"]["tags"]["letter"], json!(["abc_1-2"]));
    assert!(stack.get("/_local/messages").await.as_array().unwrap().is_empty());
}
