//! What a resend asks for, and what it refuses.

use super::*;
use crate::sample::{at, dossier, letter, now, row};
use domain::letter::{About, LetterKind, MaySend, may_send};

fn kept(kind: LetterKind) -> (Dossier, LetterId) {
    let mut dossier = dossier();
    let letter = letter(kind, About::Order, 3);
    let id = letter.id.clone();
    let sent = LetterState::Sent { at: at("2026-11-19T03:00:05Z"), message_id: "0100".to_owned() };
    dossier.ledger = vec![row(letter, Channel::Email, sent)];
    (dossier, id)
}

#[test]
fn it_is_the_same_letter_as_news_of_now() {
    let (dossier, id) = kept(LetterKind::OrderConfirmed);
    let again = plan(&dossier, &id, None, now()).unwrap();
    assert_ne!(again.letter.id, id);
    assert_eq!(again, plan(&dossier, &id, None, now()).unwrap(), "the same at the same moment");
    assert_eq!((again.letter.kind, again.letter.occurred_at), (LetterKind::OrderConfirmed, now()));
    assert_eq!(again.outlook, ["email: goes out now"]);
}

#[test]
fn what_stands_in_its_way_is_told_before() {
    let (mut dossier, id) = kept(LetterKind::OrderConfirmed);
    dossier.recipient.email_refuses = true;
    let again = plan(&dossier, &id, None, now()).unwrap();
    assert_eq!(again.outlook, ["email: will not go out because the mailbox bounced for good, or its owner complained"]);
    // Four in the morning in New York, and the phone is a North American one.
    let night = at("2026-11-20T09:00:00Z");
    let (dossier, id) = kept(LetterKind::OrderHeld);
    let again = plan(&dossier, &id, Some(Channel::Sms), night).unwrap();
    assert!(again.outlook[0].ends_with("because it is night where the recipient may be"), "{:?}", again.outlook);
}

#[test]
fn a_letter_that_died_before_anybody_looked_at_it_may_be_sent_by_its_id() {
    let dossier = dossier();
    let called_for = dossier.called_for();
    let confirmed = called_for.iter().find(|letter| letter.kind == LetterKind::OrderConfirmed).unwrap();
    assert_eq!(plan(&dossier, &confirmed.id, None, now()).unwrap().letter.about, About::Order);
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    let (dossier, id) = kept(LetterKind::OrderChanged);
    let refused = |channel| plan(&dossier, &id, channel, now()).unwrap_err();
    assert_eq!(refused(None), "demo does not send order_changed: say on which channel, --channel email");
    assert!(refused(Some(Channel::Whatsapp)).contains("whatsapp.phone_number_id"));
    let (dossier, id) = kept(LetterKind::ThankYou);
    let never = plan(&dossier, &id, Some(Channel::Sms), now()).unwrap_err();
    assert_eq!(never, "thank_you never goes by sms: say email");
    let other = plan(&dossier, &LetterId::of("x", "y", "z"), None, now()).unwrap_err();
    assert!(other.starts_with("order #1001 has no letter "), "{other}");
}

#[test]
fn a_row_that_is_handed_on_may_be_claimed_at_once() {
    let (dossier, id) = kept(LetterKind::OrderConfirmed);
    let again = plan(&dossier, &id, Some(Channel::Email), now()).unwrap();
    let row = handed_on(&again.letter, Channel::Email);
    assert_eq!(may_send(Some(&row.state), now()), MaySend::Yes { attempt: 1 });
}
