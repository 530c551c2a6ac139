//! The table and what stands around it.

use super::*;
use crate::sample::{FIRST, SECOND, at, dossier, letter, now, parcel_key, row};
use domain::{
    letter::{HeldBecause, Suppressed},
    locale::Locale,
    quiet::QuietHours,
    settings::KindRules,
};

fn about_parcel(number: &str, detail: &str) -> About {
    About::Parcel { parcel: parcel_key(number), detail: detail.to_owned() }
}

/// A row in every state there is.
fn every_state() -> Vec<LedgerRow> {
    let moment = at("2026-11-19T15:30:00Z");
    let order = |kind, hour| letter(kind, About::Order, hour);
    let parcel = |kind, number: &str, hour| letter(kind, about_parcel(number, ""), hour);
    let return_ = About::Return { return_: "r0000001".parse().unwrap(), detail: String::new() };
    let (first, second) = (parcel(LetterKind::Shipped, FIRST, 4), parcel(LetterKind::Shipped, SECOND, 5));
    let late = letter(LetterKind::Delayed, about_parcel(FIRST, "delayed_weather"), 6);
    let out = parcel(LetterKind::OutForDelivery, FIRST, 7);
    let claimed = |lease_until, attempt| LetterState::Claimed { owner: "1-1".to_owned(), lease_until, attempt };
    let unknown = LetterState::Unknown { at: moment, retry_at: at("2026-11-20T12:01:40Z"), attempt: 2 };
    let mut told_by_ses = row(order(LetterKind::OrderLink, 12), Channel::Email, unknown.clone());
    told_by_ses.taken = Some(("0100-ses".to_owned(), moment));
    let held = |why, until| LetterState::Held { at: moment, until: at(until), why };
    vec![
        row(
            order(LetterKind::OrderConfirmed, 3),
            Channel::Email,
            LetterState::Sent { at: moment, message_id: "0100-a".to_owned() },
        ),
        row(
            order(LetterKind::OrderConfirmed, 3),
            Channel::Sms,
            LetterState::Suppressed { at: moment, why: Suppressed::OptedOut },
        ),
        row(first.clone(), Channel::Email, LetterState::Sent { at: moment, message_id: "0100-b".to_owned() }),
        row(second, Channel::Email, LetterState::Merged { at: moment, into: first.id }),
        row(late, Channel::Email, LetterState::Superseded { at: moment, by: out.id.clone() }),
        row(out, Channel::Email, held(HeldBecause::RateCap, "2026-11-20T13:00:00Z")),
        row(parcel(LetterKind::Delivered, SECOND, 8), Channel::Sms, held(HeldBecause::QuietHours, "2026-11-20T11:59:00Z")),
        row(
            letter(LetterKind::ReturnReceived, return_, 9),
            Channel::Email,
            LetterState::Failed { at: moment, why: "ValidationException".to_owned() },
        ),
        row(order(LetterKind::OrderHeld, 10), Channel::Email, claimed(at("2026-11-20T12:00:15Z"), 1)),
        row(order(LetterKind::OrderReleased, 10), Channel::Email, claimed(moment, 1)),
        row(order(LetterKind::OrderLink, 11), Channel::Email, claimed(moment, 0)),
        told_by_ses,
        row(order(LetterKind::OrderLink, 13), Channel::Email, unknown),
        // The one it went with is not an entry any more.
        row(
            order(LetterKind::OrderLink, 14),
            Channel::Sms,
            LetterState::Merged { at: moment, into: LetterId::of("a", "b", "c") },
        ),
    ]
}

fn new_york() -> Zone {
    "America/New_York".to_owned().try_into().unwrap()
}

#[test]
fn the_table_says_what_became_of_each_letter() {
    let mut entries: Vec<Entry> = every_state()
        .into_iter()
        .map(|row| Entry { letter: row.record.letter.clone(), channel: row.record.channel, row: Some(row) })
        .collect();
    entries.push(Entry { letter: letter(LetterKind::OrderCancelled, About::Order, 15), channel: Channel::Email, row: None });
    insta::assert_snapshot!(table(&entries, &new_york(), now()));
}

#[test]
fn an_account_tells_of_the_order_its_reader_and_the_shop() {
    let mut dossier = dossier();
    dossier.ledger = every_state();
    dossier.ledger.truncate(1);
    insta::assert_snapshot!(text(&dossier, now()));
}

#[test]
fn a_letter_that_is_called_for_and_not_in_the_ledger_is_told_of_until_it_is() {
    let mut dossier = dossier();
    let missing = |dossier: &Dossier| entries(dossier).iter().filter(|entry| entry.row.is_none()).count();
    // The confirmation, two parcels, the return; the staff has no address and no entry.
    assert_eq!(missing(&dossier), 4);
    let confirmed = entries(&dossier).remove(0).letter;
    assert_eq!(confirmed.kind, LetterKind::OrderConfirmed);
    let sent = LetterState::Sent { at: now(), message_id: "0100".to_owned() };
    dossier.ledger.push(row(confirmed, Channel::Email, sent));
    assert_eq!(missing(&dossier), 3);
    assert_eq!(entries(&dossier).len(), 4);
}

#[test]
fn what_comes_first_happened_first() {
    let mut dossier = dossier();
    dossier.ledger = every_state();
    dossier.ledger.reverse();
    let moments: Vec<Timestamp> = entries(&dossier).iter().map(|entry| entry.letter.occurred_at).collect();
    assert!(moments.is_sorted(), "{moments:?}");
}

#[test]
fn who_is_not_written_to_is_told_with_the_reason() {
    let mut dossier = dossier();
    dossier.recipient.email_refuses = true;
    dossier.recipient.phone_stopped = true;
    dossier.breaker_is_open = true;
    dossier.recipient.preferences = Some(Preferences {
        order_news: [Channel::Sms].into(),
        marketing: true,
        language: Some(Locale::De),
        quiet: Some(QuietHours::default()),
        paused_until: Some(at("2026-12-01T05:00:00Z")),
        chosen_at: at("2026-11-19T05:00:00Z"),
    });
    let told = text(&dossier, now());
    for line in [
        "mail   j…@d….example: it bounced for good, or its owner complained; nothing goes there any more\n",
        "phone  +1…71: its owner said stop; nothing goes there until they say start\n",
        "chose  2026-11-19 00:00: order news by sms; marketing by email; in de; quiet from 21:00 to 08:00; paused until 2026-12-01 00:00\n",
        "shop   all its mail that is not urgent is held: too much of it bounces or is complained of\n",
    ] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    assert!(!text(&dossier, at("2026-12-02T00:00:00Z")).contains("paused"), "a pause that is over is not told");
    dossier.order.report.as_mut().unwrap().customer.email = None;
    assert!(text(&dossier, now()).contains("mail   none in the order\n"));
}

#[test]
fn kinds_that_are_off_are_told_with_how_to_turn_them_on() {
    let mut dossier = dossier();
    let told = text(&dossier, now());
    assert!(told.contains("Not sent by demo: order_changed, "), "{told}");
    assert!(told.contains("`letters.kinds.order_changed.channels = [\"email\"]`"), "{told}");
    assert!(told.contains("Letters to the staff need letters.staff_email.\n"), "{told}");
    assert!(told.contains("had a reason for: person_needed.\n"), "{told}");
    let none = KindRules { channels: Some(Vec::new()), ..KindRules::default() };
    dossier.settings.letters.kinds.insert(LetterKind::Shipped, none);
    dossier.settings.letters.staff_email = Some("desk@demo.example".parse().unwrap());
    let told = text(&dossier, now());
    assert!(told.contains("`letters.kinds.shipped.channels = [\"email\"]`"), "the example is one that was missed: {told}");
    assert!(told.contains("had a reason for: shipped.\n") && !told.contains("staff_email"), "{told}");
}

#[test]
fn neither_form_names_anybody() {
    let mut dossier = dossier();
    dossier.ledger = every_state();
    for told in [text(&dossier, now()), json(&[dossier.clone()], now()).unwrap()] {
        for personal in ["jon", "Jon", "doe.example", "5555550171"] {
            assert!(!told.contains(personal), "{personal} is in {told}");
        }
    }
}

#[test]
fn a_program_reads_the_same() {
    let mut dossier = dossier();
    dossier.ledger = every_state();
    let told: Json = serde_json::from_str(&json(&[dossier], now()).unwrap()).unwrap();
    let order = &told["orders"][0];
    assert_eq!(order["number"], "#1001");
    assert_eq!(order["recipient"]["email"], "j…@d….example");
    assert_eq!(order["not_sent_and_called_for"], json!(["person_needed"]));
    let letters = order["letters"].as_array().unwrap();
    let merged = letters.iter().find(|entry| entry["ledger"]["state"] == "merged").unwrap();
    assert_eq!(merged["became"], "merged into shipped of 2026-11-19 04:00");
    assert!(letters.iter().any(|entry| entry["ledger"].is_null()), "what is not in the ledger is there, too");
}
