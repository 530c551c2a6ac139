//! Customers whom no mail reaches: on the worklist, and what became of every message of an order.

use super::*;
use domain::{
    id::LetterId,
    letter::{About, Channel, HeldBecause, Letter, LetterKind, LetterRecord, LetterState, Suppressed},
};
use store::{Find, LetterAt, Vault};

/// The vault as a desk opens it: orders are found by their numbers.
pub(super) async fn vault(neighbours: &Neighbours) -> Vault {
    let secrets = boot::secrets::Secrets::new(neighbours.aws().secrets(), "secret".to_owned());
    neighbours.vault().with_find_key(secrets.keyring().await.unwrap().find_key())
}

/// Keeps an order as its desk does: with the way to find it.
pub(super) async fn described(vault: &Vault, order: &Order) {
    let find = Find::Number(order.report.as_ref().unwrap().number.clone());
    let lookup = Write::Find { shop: shop(), find, order: order.key() };
    vault.commit(vec![Write::Order(new(order.clone())), lookup]).await.unwrap();
}

fn letter(order: &Order, kind: LetterKind, about: About, hour: u8) -> Letter {
    let id = LetterId::of("test", kind.code(), "");
    Letter { id, kind, order: order.key(), about, occurred_at: at(&format!("2026-11-19T{hour:02}:00:00Z")) }
}

/// A shop with an order of which every kind of thing became.
async fn told() -> Neighbours {
    let neighbours = furnished().await;
    let vault = vault(&neighbours).await;
    let order = order("#1003 <i>").bounced(at("2026-11-19T08:00:05Z"));
    described(&vault, &order).await;
    let parcel = ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: "1Z999AA10123456784".parse().unwrap() };
    let of_parcel = || About::Parcel { parcel: parcel.clone(), detail: String::new() };
    let (noon, night) = (at("2026-11-19T12:00:00Z"), at("2026-11-20T07:00:00Z"));
    let other = LetterId::of("test", "other", "");
    let rows = [
        (
            LetterKind::OrderConfirmed,
            About::Order,
            Channel::Email,
            LetterState::Sent { at: at("2026-11-19T08:00:00Z"), message_id: "m".into() },
        ),
        (
            LetterKind::OrderConfirmed,
            About::Order,
            Channel::Sms,
            LetterState::Suppressed { at: at("2026-11-19T08:00:06Z"), why: Suppressed::OptedOut },
        ),
        (LetterKind::LabelMade, of_parcel(), Channel::Email, LetterState::Superseded { at: noon, by: other.clone() }),
        (LetterKind::Shipped, of_parcel(), Channel::Email, LetterState::Merged { at: noon, into: other }),
        (
            LetterKind::ArrivingSoon,
            of_parcel(),
            Channel::Email,
            LetterState::Claimed { owner: "a".into(), lease_until: noon, attempt: 1 },
        ),
        (
            LetterKind::OutForDelivery,
            of_parcel(),
            Channel::Sms,
            LetterState::Held { at: noon, until: night, why: HeldBecause::QuietHours },
        ),
        (LetterKind::Delivered, of_parcel(), Channel::Email, LetterState::Unknown { at: noon, retry_at: night, attempt: 1 }),
        (LetterKind::Damaged, of_parcel(), Channel::Whatsapp, LetterState::Failed { at: noon, why: "131026 <b>".into() }),
        (LetterKind::PersonNeeded, About::Order, Channel::Email, LetterState::Unknown { at: noon, retry_at: night, attempt: 1 }),
    ];
    for (hour, (kind, about, channel, state)) in (8..).zip(rows) {
        let record = LetterRecord { letter: letter(&order, kind, about, hour), channel, state };
        vault.write_letter(&record, 0).await.unwrap();
    }
    // The provider's own word settles one of the two whose answer was lost.
    let taken = LetterAt { order: order.key(), id: LetterId::of("test", "person_needed", ""), channel: Channel::Email };
    vault.letter_was_taken(&taken, "m-2", at("2026-11-19T12:00:01Z")).await.unwrap();
    neighbours
}

#[tokio::test]
async fn an_order_whose_confirmation_reached_nobody_waits_for_a_person() {
    let neighbours = told().await;
    let page = get(&room(&neighbours), "/console/demo", Some(PASSWORD)).await.body;
    let card = page.split("<article").find(|card| card.contains("Order #1003")).unwrap();
    let says = "The confirmation could not be delivered: the mailbox refused it. Call or text the customer, or correct the address in the shop.";
    assert!(card.contains(says) && card.contains("Thu 19 Nov, 09:00"), "{card}");
    assert!(card.contains("/console/demo/letters?order=%231003%20%3Ci%3E"), "{card}");
    assert_eq!(page.matches(says).count(), 1, "no other order is said to be so");
}

#[tokio::test]
async fn staff_read_what_became_of_every_message() {
    let neighbours = told().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo/letters?order=%231003+%3Ci%3E", Some(PASSWORD)).await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!("messages", page.body.split("<body>").nth(1).unwrap());
    let as_typed = get(&room, "/console/demo/letters?order=1003i", Some(PASSWORD)).await;
    assert!(as_typed.body.contains("Out for delivery"), "a number is found however it is written");
    let head = ask(&room, "HEAD", "/console/demo/letters?order=1003i", Some(PASSWORD), &[], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_number_of_nobody_and_no_number_are_answered() {
    let neighbours = told().await;
    let room = room(&neighbours);
    let asks = get(&room, "/console/demo/letters", Some(PASSWORD)).await;
    assert!(asks.status == 200 && !asks.body.contains("No order") && !asks.body.contains("<table"));
    let unknown = get(&room, "/console/demo/letters?order=%22%3E%3Cscript%3E", Some(PASSWORD)).await;
    assert!(unknown.status == 404 && unknown.body.contains("No order of this shop has that number."));
    assert!(!unknown.body.contains("<script"));
    // Known, but nothing was ever to be said.
    described(&vault(&neighbours).await, &order("#1009")).await;
    assert!(get(&room, "/console/demo/letters?order=1009", Some(PASSWORD)).await.body.contains("No message was due for it yet."));
    assert!(neighbours.sent().is_empty(), "a window only reads");
}
