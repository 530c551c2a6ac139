//! People answer texts: STOP ends them at every shop and leaves mail alone, START brings them back, in any order.

use house::{repository, stack::Stack, story::Story};
use serde_json::{Value as Json, json};

/// How many texts this story's customer got.
fn texts(stack: &Stack, story: &Story) -> usize {
    stack.messages_to(&story.shopify_phone()).len()
}

/// Kind and outcome of every text in the ledger that was kept back, sorted.
fn kept_back(stack: &Stack) -> Vec<(String, String)> {
    let rows = stack.ledger().into_iter().filter(|row| row["channel"] == "sms" && row["state"]["state"] == "suppressed");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let mut kept: Vec<_> = rows.map(|row| (text(&row["letter"]["kind"]), text(&row["state"]["why"]))).collect();
    kept.sort();
    kept
}

#[test]
fn stop_ends_texts_but_not_mail_and_start_brings_them_back() {
    let stack = Stack::start();
    // One says what AWS acts upon too, the other a word that only this house knows.
    let said = [(Story::new(1), "Stop, please!"), (Story::new(2), "STOPP")];
    for (story, _) in &said {
        stack.deliver(&story.delivered()[..1]);
    }
    stack.idle();
    for (story, words) in &said {
        assert_eq!(texts(&stack, story), 1);
        stack.text_from(&story.shopify_phone(), "When does it come?");
        stack.text_from(&story.shopify_phone(), words);
    }
    stack.idle();
    for (story, _) in &said {
        stack.deliver(&["shopify_fulfillments_create", "easypost_in_transit"].map(|file| story.event(file)));
    }
    stack.idle();
    for (story, words) in &said {
        assert_eq!(texts(&stack, story), 1, "no text after {words}");
        assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "shipped"], "mail goes on");
    }
    // The house's own decision: AWS drops texts without a word, and the ledger would say that they were sent.
    let shipped = || ("shipped".to_owned(), "opted_out".to_owned());
    assert_eq!(kept_back(&stack), [shipped(), shipped()]);

    for (story, _) in &said {
        stack.text_from(&story.shopify_phone(), "START");
    }
    stack.idle();
    for (story, _) in &said {
        stack.deliver(&[story.event("easypost_out_for_delivery")]);
    }
    stack.idle();
    for (story, words) in &said {
        assert_eq!(texts(&stack, story), 2, "START takes back {words}; what was kept back stays back");
        assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "out_for_delivery", "shipped"]);
    }
    assert_eq!(kept_back(&stack).len(), 2);
    let logs = stack.whole_logs();
    for (story, words) in &said {
        let number = story.shopify_phone();
        let line = logs.lines().find(|line| line.contains(&number[1..]) || line.contains(words));
        assert!(line.is_none(), "a log tells of a person: {line:?}");
    }
}

/// The recorded STOP of another phone, word and second of a minute.
fn inbound(story: &Story, word: &str, second: u8) -> String {
    let mut envelope: Json = serde_json::from_str(&repository::text("events/mail_events/inbound_text_stop.json")).unwrap();
    let mut text: Json = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
    text["originationNumber"] = json!(story.shopify_phone());
    text["messageBody"] = json!(word);
    envelope["Message"] = json!(text.to_string());
    envelope["Timestamp"] = json!(format!("2026-11-19T18:04:{second:02}.500Z"));
    envelope.to_string()
}

#[test]
fn the_latest_of_stop_and_start_holds_in_whatever_order_they_arrive() {
    let stack = Stack::start();
    // What arrives, in this order, and whether texts are stopped in the end.
    let histories: [(&[(&str, u8)], bool); 6] = [
        (&[("STOP", 10), ("START", 20)], false),
        (&[("START", 20), ("STOP", 10)], false),
        (&[("START", 10), ("STOP", 20)], true),
        (&[("STOP", 20), ("START", 10)], true),
        (&[("START", 30), ("STOP", 10), ("STOP", 40), ("START", 20), ("STOP", 10), ("START", 30)], true),
        (&[("START", 10), ("STOP", 10)], true),
    ];
    for (n, (history, _)) in (1..).zip(&histories) {
        for (word, second) in *history {
            stack.put("feedback", &inbound(&Story::new(n), word, *second));
            // One after the other; messages of one batch are handled at once.
            stack.idle();
        }
    }
    for n in (1..).take(histories.len()) {
        stack.deliver(&Story::new(n).delivered()[..1]);
    }
    stack.idle();
    for (n, (history, is_stopped)) in (1..).zip(&histories) {
        let story = Story::new(n);
        assert_eq!(texts(&stack, &story), usize::from(!is_stopped), "{history:?}");
        assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed"]);
    }
}
