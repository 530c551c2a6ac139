//! What SES says of mails: settled, counted, told on.

use super::*;

fn sent() -> LetterState {
    LetterState::Sent { at: at("2026-11-19T08:00:00Z"), message_id: "ses-1".into() }
}

#[tokio::test]
async fn the_word_of_ses_settles_only_what_its_sender_could_not() {
    let house = House::new().await;
    let lost = LetterState::Unknown { at: at("2026-11-19T08:00:00Z"), retry_at: at("2026-11-19T08:02:00Z"), attempt: 1 };
    let claimed = LetterState::Claimed { owner: "a".into(), lease_until: at("2026-11-19T08:00:15Z"), attempt: 1 };
    let rows = [(LetterKind::Shipped, lost, true), (LetterKind::Packed, claimed, true), (LetterKind::Delivered, sent(), false)];
    for (kind, state, settles) in rows {
        let at = house.letter(kind, state).await;
        house
            .hears(&[house.event("Send", kind, "2026-11-19T08:00:03Z"), house.event("Send", kind, "2026-11-19T08:00:09Z")])
            .await;
        let taken = house.vault.letter(&at).await.unwrap().unwrap().taken;
        assert_eq!(taken, settles.then(|| ("ses-1".to_owned(), "2026-11-19T08:00:03Z".parse().unwrap())), "{kind:?}");
    }
    // A row that is not there is not made.
    assert!(house.hears(&[house.event("Send", LetterKind::Lost, "2026-11-19T08:00:03Z")]).await.failures.is_empty());
    assert_eq!(house.vault.letters_of(&house.order).await.unwrap().len(), 3);
}

#[tokio::test]
async fn mails_are_counted_for_their_reader_and_their_shop_by_the_day_of_the_event() {
    let house = House::new().await;
    let batch = [
        house.event("Send", LetterKind::Shipped, "2026-11-18T23:59:59Z"),
        house.event("Send", LetterKind::Shipped, "2026-11-19T08:00:00Z"),
        house.event("Send", LetterKind::Delivered, "2026-11-19T09:00:00Z"),
        // To the staff: it counts for the shop's name, but the customer had no mail.
        house.event("Send", LetterKind::PersonNeeded, "2026-11-19T09:00:00Z"),
        house.event("Delivery", LetterKind::Shipped, "2026-11-19T08:00:01Z"),
        house.event("Bounce", LetterKind::Shipped, "2026-11-19T08:00:02Z"),
        house.event("Complaint", LetterKind::Shipped, "2026-11-19T08:00:03Z"),
    ];
    assert_eq!(house.hears(&batch).await, BatchAnswer::default());
    assert_eq!(house.recipient("2026-11-19").await.mails_today, 2);
    assert_eq!(house.recipient("2026-11-20").await.mails_today, 0);
    let want = [MailCount { sent: 3, bounced: 1, complained: 1 }, MailCount { sent: 1, bounced: 0, complained: 0 }];
    assert_eq!(house.vault.mail_counts(&shop()).await.unwrap(), want);
}

#[tokio::test]
async fn a_bounced_confirmation_goes_another_way_and_a_person_is_told() {
    let house = House::new().await;
    house.letter(LetterKind::OrderConfirmed, sent()).await;
    let bounce = house.event("Bounce", LetterKind::OrderConfirmed, "2026-11-19T08:00:02Z");
    assert_eq!(house.hears(std::slice::from_ref(&bounce)).await, BatchAnswer::default());
    assert!(house.recipient("2026-11-19").await.email_refuses);
    let [elsewhere] = house.queued("letters").try_into().unwrap();
    assert_eq!((&elsewhere["type"], &elsewhere["letter"]["kind"]), (&json!("letter.elsewhere.v1"), &json!("order_confirmed")));
    let want = json!({"type": "contact.bounced.v1", "order": house.order, "bounced_at": "2026-11-19T08:00:02Z"});
    assert_eq!(house.queued("orders"), [want]);
    // Any other letter only ends mail to the address.
    house.hears(&[house.event("Bounce", LetterKind::Shipped, "2026-11-19T08:00:02Z")]).await;
    house.hears(&[house.event("Complaint", LetterKind::OrderConfirmed, "2026-11-19T08:00:02Z")]).await;
    assert_eq!((house.queued("orders").len(), house.queued("letters").len()), (1, 1));
}

#[tokio::test]
async fn the_bounce_of_a_former_address_says_nothing_of_the_one_that_holds() {
    let house = House::new().await;
    house.letter(LetterKind::OrderConfirmed, sent()).await;
    house.describe(customer(Some("ada@elsewhere.example"), None), "2026-11-19T08:00:01Z").await;
    house.hears(&[house.event("Bounce", LetterKind::OrderConfirmed, "2026-11-19T08:00:02Z")]).await;
    assert!(house.recipient("2026-11-19").await.email_refuses);
    assert_eq!((house.queued("orders").len(), house.queued("letters").len()), (0, 1));
}

#[tokio::test]
async fn what_nobody_reads_is_buried_and_the_rest_of_its_batch_is_done() {
    let house = House::new().await;
    let bounce = house.event("Bounce", LetterKind::Shipped, "2026-11-19T08:00:02Z");
    let greeting = json!({"Message": "Successfully validated SNS topic for Amazon SES event publishing."}).to_string();
    let answer = house.hears(&["{}".into(), "unreadable".into(), r#"{"type":"letter.due.v1"}"#.into(), greeting, bounce]).await;
    assert_eq!(answer, BatchAnswer::default());
    assert_eq!(house.queued("dead").len(), 3);
    assert!(house.recipient("2026-11-19").await.email_refuses);
}

#[tokio::test]
async fn the_list_of_ses_is_read_piece_by_piece_and_only_what_is_new_the_next_day() {
    let house = House::new().await;
    let due: Call = serde_json::from_str(r#"{"type":"suppression.reconcile_due.v1"}"#).unwrap();
    let refuses = async |email: &str| {
        let email: EmailAddress = email.parse().unwrap();
        let other: ShopId = "other".parse().unwrap();
        house.vault.recipient(&other, Some(&email), None, day("2026-11-19")).await.unwrap().email_refuses
    };
    let asked = || {
        let sent = house.neighbours.sent();
        sent.iter().filter_map(|one| one["Path"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    // The schedule only puts its message on the queue.
    house.called(due).await;
    let [first] = house.queued("feedback").try_into().unwrap();
    assert_eq!((&first, asked().len()), (&json!({"type": "suppression.reconcile_due.v1"}), 0));

    assert_eq!(house.hears(&[first.to_string()]).await, BatchAnswer::default());
    assert!(refuses("listed-first@example.com").await && refuses("listed-second@example.com").await);
    assert!(!refuses("listed-third@example.com").await && !refuses(EMAIL).await);
    assert_eq!(house.vault.suppression_compared_until().await.unwrap(), None, "the reading is not over");

    let second = house.queued("feedback").remove(1);
    assert_eq!(house.hears(&[second.to_string()]).await, BatchAnswer::default());
    assert!(refuses("listed-third@example.com").await);
    assert_eq!(house.queued("feedback").len(), 2, "that was the last piece");
    let until = house.vault.suppression_compared_until().await.unwrap().unwrap();

    house.hears(&[first.to_string()]).await;
    let asked = asked();
    assert!(asked.iter().all(|path| path.contains("PageSize=1000")), "{asked:?}");
    assert!(!asked[0].contains("StartDate") && !asked[1].contains("StartDate"), "the first time everything is read: {asked:?}");
    let since = (until - jiff::SignedDuration::from_hours(24)).to_string().replace(':', "%3A");
    assert!(asked[2].contains(&format!("StartDate={since}")), "{asked:?}");
    assert_eq!(house.queued("feedback")[2]["since"], json!(until - jiff::SignedDuration::from_hours(24)));
}

#[tokio::test]
async fn a_reading_counts_from_when_it_began_and_never_takes_progress_back() {
    let house = House::new().await;
    let last_piece =
        |began_at: &str| json!({"type": "suppression.reconcile_due.v1", "next": format!("{began_at} second piece")}).to_string();
    for (began_at, until) in [
        ("2026-11-19T03:00:00.7Z", "2026-11-19T03:00:00Z"),
        ("2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z"),
        ("2020-01-01T00:00:00Z", "2026-11-20T03:00:00Z"),
    ] {
        assert_eq!(house.hears(&[last_piece(began_at)]).await, BatchAnswer::default());
        assert_eq!(house.vault.suppression_compared_until().await.unwrap(), Some(at(until)), "{began_at}");
    }
    let nowhere = json!({"type": "suppression.reconcile_due.v1", "next": "a token alone"}).to_string();
    house.hears(&[nowhere]).await;
    assert_eq!(house.queued("dead").len(), 1);
}

#[test]
fn a_call_is_a_batch_or_the_schedule() {
    let batch = r#"{"Records":[{"messageId":"m","body":"{}","receiptHandle":"r","attributes":{"SentTimestamp":"1"}}]}"#;
    assert!(matches!(serde_json::from_str(batch), Ok(Call::Messages(messages)) if messages.records.len() == 1));
    let schedule = r#"{"type":"suppression.reconcile_due.v1"}"#;
    assert!(matches!(serde_json::from_str(schedule), Ok(Call::Schedule(_))));
    assert!(serde_json::from_str::<Call>("{}").is_err());
}
