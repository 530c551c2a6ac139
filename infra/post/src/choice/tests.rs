//! Which letter is meant.

use super::*;
use crate::sample::{FIRST, SECOND, dossier, links, now};
use crate::wording;
use domain::{letter::Channel, locale::Locale, preference::Preferences};

fn wanted(kind: LetterKind) -> Wanted {
    Wanted { kind, parcel: None, return_: None, detail: None, locale: None }
}

#[test]
fn a_letter_that_is_called_for_is_the_one_that_is_meant() {
    let chosen = choose(&dossier(), &wanted(LetterKind::OrderConfirmed), now()).unwrap();
    assert!(chosen.is_called_for);
    assert_eq!(chosen.letter.occurred_at, "2026-11-18T09:00:00Z".parse().unwrap());
}

#[test]
fn of_two_parcels_one_has_to_be_named() {
    let mut shipped = wanted(LetterKind::Shipped);
    let both = format!("2 parcels may be meant: say --parcel and one of {FIRST}, {SECOND}");
    assert_eq!(choose(&dossier(), &shipped, now()), Err(both.clone()));
    // Nothing calls for this one, and it is asked all the same.
    assert_eq!(choose(&dossier(), &wanted(LetterKind::Damaged), now()), Err(both));
    shipped.parcel = Some(SECOND.parse().unwrap());
    let chosen = choose(&dossier(), &shipped, now()).unwrap();
    assert!(chosen.is_called_for);
    assert_eq!(chosen.letter.about.parcel().unwrap().number.as_str(), SECOND);
    shipped.parcel = Some("1Z999".parse().unwrap());
    let none = format!("the order has no such parcel; it has {FIRST}, {SECOND}");
    assert_eq!(choose(&dossier(), &shipped, now()), Err(none));
}

#[test]
fn what_nothing_calls_for_is_as_if_it_happened_now() {
    let wanted =
        Wanted { parcel: Some(FIRST.parse().unwrap()), detail: Some("damaged".to_owned()), ..wanted(LetterKind::Damaged) };
    let chosen = choose(&dossier(), &wanted, now()).unwrap();
    assert!(!chosen.is_called_for);
    assert_eq!(chosen.letter.occurred_at, now());
    assert_eq!(chosen.letter.about.detail(), "damaged");
}

#[test]
fn the_only_return_need_not_be_named() {
    let chosen = choose(&dossier(), &wanted(LetterKind::ReturnReceived), now()).unwrap();
    assert!(chosen.is_called_for);
    let mut dossier = dossier();
    dossier.returns.clear();
    let none = "the order has no return that such a letter could be about".to_owned();
    assert_eq!(choose(&dossier, &wanted(LetterKind::ReturnReceived), now()), Err(none));
}

#[test]
fn a_letter_of_every_kind_can_be_made_up() {
    for kind in LetterKind::ALL {
        let mut wanted = wanted(*kind);
        if matches!(thing(*kind), Thing::Parcel) {
            wanted.parcel = Some(FIRST.parse().unwrap());
        }
        let chosen = choose(&dossier(), &wanted, now());
        assert!(chosen.is_ok(), "{kind:?}: {chosen:?}");
    }
}

#[test]
fn what_is_chosen_has_words() {
    let mut dossier = dossier();
    let letter = choose(&dossier, &wanted(LetterKind::OrderConfirmed), now()).unwrap().letter;
    let mail = wording::mail(&dossier, &letter, &links(), None, now()).unwrap();
    assert!(mail.subject.contains("#1001"), "{}", mail.subject);
    assert!(mail.text.contains("https://post.demo.example/o/page"), "{}", mail.text);
    let text = wording::brief(&dossier, &letter, Channel::Sms, &links(), None, now()).unwrap();
    assert!(text.ends_with("segment)"), "{text}");
    // In the language that its reader chose, unless another one is named.
    dossier.recipient.preferences = Some(Preferences { language: Some(Locale::De), ..Preferences::untouched() });
    assert_eq!(dossier.facts(&letter, &[], &links(), None).locale, Locale::De);
    assert_eq!(dossier.facts(&letter, &[], &links(), Some(Locale::Fr)).locale, Locale::Fr);
}
