//! Consent: whatever is heard, in any order and any number of times, ends the same.

use super::*;
use proptest::prelude::*;

/// The choices of a customer at a moment.
fn chosen(house: &House, at_text: &str, channels: &[Channel], marketing: bool) -> String {
    let order_news = channels.iter().copied().collect();
    let preferences = Preferences { order_news, marketing, ..Preferences::untouched() };
    let preferences = Preferences { chosen_at: at(at_text), ..preferences };
    json!({"type": "preferences.chosen.v1", "order": house.order, "preferences": preferences}).to_string()
}

fn ended(house: &House, at: &str) -> String {
    json!({"type": "marketing.ended.v1", "order": house.order, "ended_at": at}).to_string()
}

#[tokio::test]
async fn a_choice_is_kept_and_confirmed_once_under_one_name() {
    let house = House::new().await;
    let choice = chosen(&house, "2026-11-19T08:00:00Z", &[Channel::Sms], true);
    house.hears(&[choice.clone(), choice]).await;
    let preferences = house.recipient("2026-11-19").await.preferences.unwrap();
    assert!(preferences.marketing && preferences.order_news == [Channel::Sms].into());
    let [one, again] = house.queued("letters").try_into().unwrap();
    assert_eq!(one, again, "notify knows a repeat by its id");
    let id = LetterId::of(&format!("order/{}", house.order), "preferences_changed", "2026-11-19T08:00:00Z");
    let want = json!({"id": id, "kind": "preferences_changed", "order": house.order, "about": {"about": "order"}, "occurred_at": "2026-11-19T08:00:00Z"});
    assert_eq!(one, json!({"type": "letter.due.v1", "letter": want}));
}

#[tokio::test]
async fn one_click_ends_marketing_in_silence_and_touches_nothing_else() {
    let house = House::new().await;
    house.hears(&[chosen(&house, "2026-11-19T08:00:00Z", &[Channel::Email], true), ended(&house, "2026-11-19T09:00:00Z")]).await;
    let preferences = house.recipient("2026-11-19").await.preferences.unwrap();
    assert!(!preferences.marketing && preferences.order_news == [Channel::Email].into());
    assert_eq!(house.queued("letters").len(), 1, "only the choice is confirmed");
    // Who chooses marketing later wants it.
    house.hears(&[chosen(&house, "2026-11-19T10:00:00Z", &[Channel::Email], true)]).await;
    assert!(house.recipient("2026-11-19").await.preferences.unwrap().marketing);
    // Who never chose has no marketing anyway.
    let house = House::new().await;
    assert_eq!(house.hears(&[ended(&house, "2026-11-19T09:00:00Z")]).await, BatchAnswer::default());
    assert_eq!(house.recipient("2026-11-19").await.preferences, None);
}

#[tokio::test]
async fn choices_for_an_order_that_names_nobody_are_buried() {
    let house = House::new().await;
    house.describe(customer(None, None), "2026-11-02T10:00:00Z").await;
    let unknown = json!({"shop": "demo", "order": OrderId::of(&shop(), "standard", "2")});
    let stray = json!({"type": "marketing.ended.v1", "order": unknown, "ended_at": "2026-11-19T09:00:00Z"}).to_string();
    let answer = house.hears(&[chosen(&house, "2026-11-19T08:00:00Z", &[], false), stray]).await;
    assert_eq!((answer, house.queued("dead").len(), house.queued("letters").len()), (BatchAnswer::default(), 2, 0));
}

#[tokio::test]
async fn who_has_no_mailbox_chooses_under_their_phone() {
    let house = House::new().await;
    house.describe(customer(None, Some(PHONE)), "2026-11-02T10:00:00Z").await;
    house
        .hears(&[chosen(&house, "2026-11-19T08:00:00Z", &[Channel::Whatsapp], true), ended(&house, "2026-11-19T09:00:00Z")])
        .await;
    let phone: Phone = PHONE.parse().unwrap();
    let known = house.vault.recipient(&shop(), None, Some(&phone), day("2026-11-19")).await.unwrap();
    let preferences = known.preferences.unwrap();
    assert!(!preferences.marketing && preferences.order_news == [Channel::Whatsapp].into());
}

/// What a shuffled story may hold: each line with whether it is heard a second time.
fn story(house: &House) -> Vec<String> {
    vec![
        house.event("Send", LetterKind::Shipped, "2026-11-19T08:00:00Z"),
        house.event("Delivery", LetterKind::Shipped, "2026-11-19T08:00:05Z"),
        house.event("Bounce", LetterKind::Shipped, "2026-11-19T08:00:06Z"),
        house.event("Complaint", LetterKind::Delivered, "2026-11-19T08:00:07Z"),
        text("STOP", "2026-11-19T08:01:00.100Z"),
        text("START", "2026-11-19T08:02:00.200Z"),
        text("Stop please", "2026-11-19T08:03:00.300Z"),
        text("thanks!", "2026-11-19T08:03:30Z"),
        chosen(house, "2026-11-19T08:04:00Z", &[Channel::Email, Channel::Sms], true),
        ended(house, "2026-11-19T08:05:00Z"),
        chosen(house, "2026-11-19T08:04:30Z", &[Channel::Email], true),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_with_any_repeats_ends_the_same(
        order in Just((0..11).collect::<Vec<usize>>()).prop_shuffle(),
        again in proptest::collection::vec(0..11_usize, 0..6),
        in_one_batch in 1..8_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (end, taken) = runtime.block_on(async {
            let house = House::new().await;
            let lost = LetterState::Unknown { at: at("2026-11-19T08:00:00Z"), retry_at: at("2026-11-19T08:02:00Z"), attempt: 1 };
            let row = house.letter(LetterKind::Shipped, lost).await;
            let story = story(&house);
            let heard: Vec<String> = order.iter().chain(&again).map(|n| story[*n].clone()).collect();
            for batch in heard.chunks(in_one_batch) {
                assert_eq!(house.hears(batch).await, BatchAnswer::default());
            }
            let mut end = house.recipient("2026-11-19").await;
            // Counting alone minds repeats.
            prop_assert!(end.mails_today >= 1);
            end.mails_today = 1;
            Ok((end, house.vault.letter(&row).await.unwrap().unwrap().taken.is_some()))
        })?;
        let preferences = Preferences {
            order_news: [Channel::Email].into(),
            chosen_at: at("2026-11-19T08:04:30Z"),
            ..Preferences::untouched()
        };
        let want = Recipient { email_refuses: true, phone_stopped: true, mails_today: 1, texts_today: 0, preferences: Some(preferences) };
        prop_assert_eq!(end, want);
        prop_assert!(taken);
    }
}
