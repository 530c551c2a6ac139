//! When letters go out: not at night, not four times for four parcels, not when they are stale, not after "stop".
//!
//! The house's clock is moved; nothing waits for a night in real time.

use house::{
    stack::{Message, Stack},
    story::{Story, Webhook},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// A minute, for clocks.
const MINUTE: Duration = Duration::from_mins(1);

/// A time of the day after the stack's own, in London, so that the clock only goes on.
fn tomorrow(stack: &Stack, hour: i64, minute: i64) -> Timestamp {
    let zone = TimeZone::get("Europe/London").unwrap();
    let day = stack.now().to_zoned(zone.clone()).date().tomorrow().unwrap();
    let midnight = day.to_zoned(zone).unwrap().timestamp();
    midnight + SignedDuration::from_hours(hour) + SignedDuration::from_mins(minute)
}

/// The order of a story in our own format, to Cardiff, in these parcels.
fn order(stack: &Stack, story: &Story, numbers: &[&str]) -> [Webhook; 2] {
    let now = stack.now().to_string();
    let described = story.event("standard_order_reported").edited(|json| {
        json["timestamp"] = now.clone().into();
        json["data"]["placed_at"] = now.clone().into();
        json["data"]["updated_at"] = now.clone().into();
        // Nothing was promised, so that nothing is late when the clock moves.
        json["data"]["promised"] = Json::Null;
    });
    let parcels: Vec<Json> = numbers.iter().map(|number| json!({"carrier": "Royal Mail", "number": number})).collect();
    let sent = story.event("standard_fulfilment_reported").edited(|json| {
        json["timestamp"] = now.clone().into();
        json["data"]["created_at"] = now.clone().into();
        json["data"]["parcels"] = parcels.clone().into();
        // Everything that ships is in these parcels.
        json["data"]["lines"] = json!([]);
    });
    [described, sent]
}

/// What the ledger says of a kind on a channel.
fn rows(stack: &Stack, kind: &str, channel: &str) -> Vec<Json> {
    let is_it = |row: &Json| row["letter"]["kind"] == kind && row["channel"] == channel;
    stack.ledger().into_iter().filter(is_it).map(|row| row["state"].clone()).collect()
}

fn texts(stack: &Stack, story: &Story) -> Vec<Message> {
    stack.messages_to(&story.standard_phone())
}

/// The customer of a story chose on the page behind a link.
fn choose(stack: &Stack, story: &Story, mut preferences: Json) {
    let order = stack.messages_to(&story.standard_email())[0].tag("order").to_owned();
    preferences["chosen_at"] = stack.now().to_string().into();
    let chosen = json!({"type": "preferences.chosen.v1", "order": {"shop": "demo", "order": order}, "preferences": preferences});
    stack.put("feedback", &chosen.to_string());
    stack.idle();
}

/// The shop's rules as they are until it says otherwise, mail at night aside.
fn as_delivered(settings: &mut toml::Table) {
    let letters = settings["letters"].as_table_mut().unwrap();
    for name in ["max_age_hours", "merge_minutes", "per_day_max", "quiet"] {
        letters.remove(name);
    }
    letters.insert("quiet_channels".to_owned(), vec!["email", "sms", "whatsapp"].into());
}

/// An order that was confirmed before the night, in these parcels.
fn placed(stack: &Stack, story: &Story, numbers: &[&str]) {
    stack.deliver(&order(stack, story, numbers));
    stack.idle();
}

#[test]
fn out_for_delivery_at_night_and_delivered_before_eight_is_one_message_at_eight() {
    let stack = Stack::start_with(as_delivered);
    let story = Story::new(1);
    let number = "RN482130801GB";
    let night = tomorrow(&stack, 2, 10);
    // The evening before: the order and its parcel on the way.
    stack.set_clock(night - SignedDuration::from_hours(10));
    placed(&stack, &story, &[number]);
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    let before = stack.kinds_to(&story.standard_email());
    assert_eq!(before, ["order_confirmed", "shipped"]);
    let texts_before = texts(&stack, &story).len();

    stack.set_clock(night);
    stack.deliver(&[stack.scanned(number, "out_for_delivery", "on_vehicle")]);
    stack.idle();
    stack.set_clock(night + SignedDuration::from_mins(330));
    stack.deliver(&[stack.scanned(number, "delivered", "at_door")]);
    stack.idle();
    stack.set_clock(night + SignedDuration::from_mins(345));
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), before, "nobody is woken");
    for channel in ["email", "sms"] {
        for kind in ["out_for_delivery", "delivered"] {
            let row = &rows(&stack, kind, channel)[0];
            assert_eq!((row["state"].as_str(), row["why"].as_str()), (Some("held"), Some("quiet_hours")), "{kind} by {channel}");
        }
    }

    // Eight o'clock, and the minute in which it is delivered.
    stack.set_clock(night + SignedDuration::from_mins(351));
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), ["delivered", "order_confirmed", "shipped"]);
    let told = texts(&stack, &story);
    assert_eq!(told.len(), texts_before + 1, "{told:#?}");
    assert!(told.last().unwrap().words().contains("delivered"), "{told:#?}");
    for channel in ["email", "sms"] {
        assert_eq!(rows(&stack, "delivered", channel)[0]["state"], "sent");
        assert_eq!(rows(&stack, "out_for_delivery", channel)[0]["state"], "superseded");
    }
}

#[test]
fn four_parcels_shipped_in_twenty_minutes_are_one_mail_with_four_numbers() {
    let stack = Stack::start_with(as_delivered);
    let story = Story::new(2);
    let numbers = ["RN482130811GB", "RN482130812GB", "RN482130813GB", "RN482130814GB"];
    stack.set_clock(tomorrow(&stack, 12, 0));
    placed(&stack, &story, &numbers);
    for (n, number) in numbers.iter().enumerate() {
        if n > 0 {
            stack.advance(6 * MINUTE);
        }
        stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
        stack.idle();
    }
    let shipped: Vec<Message> =
        stack.messages_to(&story.standard_email()).into_iter().filter(|message| message.kind() == "shipped").collect();
    assert_eq!(shipped.len(), 1, "{shipped:#?}");
    for number in numbers {
        assert!(shipped[0].words().contains(number), "{number} is not in\n{}", shipped[0].words());
        assert!(shipped[0].html.as_deref().unwrap_or_default().contains(number));
    }
    // Nothing comes after it.
    stack.advance(30 * MINUTE);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed", "shipped"]);
    let mut states: Vec<String> =
        rows(&stack, "shipped", "email").iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect();
    states.sort();
    assert_eq!(states, ["merged", "merged", "merged", "sent"]);
}

#[test]
fn a_parcel_that_stays_behind_keeps_nobody_waiting() {
    let stack = Stack::start_with(as_delivered);
    let story = Story::new(3);
    let numbers = ["RN482130821GB", "RN482130822GB", "RN482130823GB"];
    stack.set_clock(tomorrow(&stack, 12, 0));
    placed(&stack, &story, &numbers);
    for number in &numbers[..2] {
        stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
        stack.idle();
        stack.advance(5 * MINUTE);
    }
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed"]);
    // Twenty minutes after the first of them, in two hops of the queue.
    stack.advance(6 * MINUTE);
    stack.idle();
    stack.advance(5 * MINUTE);
    stack.idle();
    let first = stack.messages_to(&story.standard_email()).pop().unwrap();
    assert!(numbers[..2].iter().all(|number| first.words().contains(number)), "{}", first.words());
    assert!(!first.words().contains(numbers[2]), "{}", first.words());
    stack.advance(60 * MINUTE);
    stack.deliver(&[stack.scanned(numbers[2], "in_transit", "accepted")]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed", "shipped", "shipped"]);
    let last = stack.messages_to(&story.standard_email()).pop().unwrap();
    assert!(last.words().contains(numbers[2]) && !last.words().contains(numbers[0]), "{}", last.words());
}

#[test]
fn the_second_failed_attempt_is_announced() {
    let stack = Stack::start();
    let story = Story::new(4);
    let number = "RN482130831GB";
    placed(&stack, &story, &[number]);
    for _ in 0..2 {
        stack.set_clock(tomorrow(&stack, 11, 0));
        stack.deliver(&[stack.scanned(number, "attempt_failed", "recipient_unavailable")]);
        stack.idle();
    }
    let told = stack.kinds_to(&story.standard_email());
    assert_eq!(told.iter().filter(|kind| *kind == "attempt_failed").count(), 2, "{told:?}");
}

#[test]
fn who_says_stop_while_a_text_is_on_its_way_out_gets_none() {
    let stack = Stack::start();
    let story = Story::new(5);
    placed(&stack, &story, &["RN482130841GB"]);
    let before = texts(&stack, &story).len();
    // The mail's claim and its settlement go through; the claim of the text is held while the word is heard.
    let claims =
        json!([{"service": "dynamodb", "function": "notify", "operation": "PutItem", "skip": 2, "times": 1, "delay_ms": 3000}]);
    stack.faults(&claims);
    stack.deliver(&[stack.scanned("RN482130841GB", "in_transit", "accepted")]);
    stack.until("notify to be held", || stack.fired().iter().any(|fired| *fired > 0).then_some(()));
    stack.text_from(&story.standard_phone(), "STOP");
    stack.idle();
    stack.faults(&json!([]));
    assert_eq!(texts(&stack, &story).len(), before, "{:#?}", texts(&stack, &story));
    let row = &rows(&stack, "shipped", "sms")[0];
    assert_eq!((row["state"].as_str(), row["why"].as_str()), (Some("suppressed"), Some("opted_out")));
    assert!(stack.kinds_to(&story.standard_email()).contains(&"shipped".to_owned()), "mail goes on");
}

#[test]
fn a_question_comes_days_after_the_last_parcel_to_those_who_agreed() {
    let stack = Stack::start_with(|settings| {
        let kinds = settings["letters"]["kinds"].as_table_mut().unwrap();
        let wanted: toml::Table = "channels = [\"email\"]\ndelay_hours = 24".parse().unwrap();
        kinds.insert("review_request".to_owned(), wanted.into());
    });
    let (asked, silent) = (Story::new(6), Story::new(7));
    let numbers = ["RN482130851GB", "RN482130852GB"];
    for (story, number) in [&asked, &silent].into_iter().zip(numbers) {
        placed(&stack, story, &[number]);
    }
    choose(&stack, &asked, json!({"order_news": ["email", "sms"], "marketing": true}));
    for number in numbers {
        stack.deliver(&[stack.scanned(number, "delivered", "at_door")]);
    }
    stack.idle();
    let is_asked = |story: &Story| stack.kinds_to(&story.standard_email()).contains(&"review_request".to_owned());
    assert!(!is_asked(&asked));
    stack.advance(Duration::from_hours(24) + 10 * MINUTE);
    stack.idle();
    assert!(is_asked(&asked) && !is_asked(&silent));
    let mail = stack.messages_to(&asked.standard_email()).pop().unwrap();
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let why: Vec<Json> = rows(&stack, "review_request", "email").into_iter().filter(|row| row["state"] == "suppressed").collect();
    assert_eq!(why.len(), 1);
    assert_eq!(why[0]["why"], "no_consent");
}
