//! Laws and cases of dispatch: what goes out when, and what is recorded where nothing does.

use super::*;
use crate::{
    address::{Address, Customer},
    id::{OrderId, ParcelKey, ShopId},
    letter::About,
    order::{FulfilmentReport, FulfilmentState, OrderReport, ParcelName, Payment, Totals},
    parcel::ParcelReport,
    scan::Scan,
    settings::{Brand, KindRules, LetterRules},
    status::SubStatus,
};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

/// An order to Berlin in as many parcels as asked for, all of one fulfilment, with mailbox and phone.
fn order(parcels: usize) -> Order {
    let id = OrderId::of(&shop(), "standard", "1");
    let money = crate::money::Money::of(1000, "EUR".parse().unwrap());
    let report = OrderReport {
        source: "standard".into(),
        source_id: "1".into(),
        reported_at: at("2026-11-19T10:00:00Z"),
        placed_at: at("2026-11-19T10:00:00Z"),
        number: "#1001".into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: Customer {
            email: Some("ines@doe.example".parse().unwrap()),
            phone: Some("+493012345678".parse().unwrap()),
            ..Customer::default()
        },
        ship_to: Some(Address { country: Some("DE".into()), ..Address::default() }),
        lines: Vec::new(),
        totals: Totals { total: money, shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    };
    let sent = FulfilmentReport {
        source: "standard".into(),
        order_source_id: "1".into(),
        id: "f".parse().unwrap(),
        reported_at: at("2026-11-19T12:00:00Z"),
        created_at: at("2026-11-19T12:00:00Z"),
        state: FulfilmentState::Open,
        lines: Vec::new(),
        parcels: (0..parcels).map(|n| ParcelName::read(Some("DHL"), &format!("0034043400000{n:03}")).unwrap()).collect(),
    };
    Order::new(shop(), id).told(report).unwrap().fulfilled(sent).unwrap()
}

fn keys(order: &Order) -> Vec<ParcelKey> {
    order.parcels().into_keys().collect()
}

fn parcel(key: &ParcelKey, statuses: &[(&str, Status)]) -> Parcel {
    let scan = |(when, status): &(&str, Status)| Scan::new(at(when), *status, SubStatus::other());
    Parcel::new(key.clone()).told(&ParcelReport::new(
        "standard",
        key,
        at("2026-11-21T23:00:00Z"),
        statuses.iter().map(scan).collect(),
    ))
}

fn letter(order: &Order, kind: LetterKind, parcel: Option<&ParcelKey>, when: &str) -> Letter {
    let about = parcel.map_or(About::Order, |parcel| About::Parcel { parcel: parcel.clone(), detail: String::new() });
    let aggregate = parcel.map_or_else(|| "order".to_owned(), ToString::to_string);
    Letter { id: LetterId::of(&aggregate, kind.code(), ""), kind, order: order.key(), about, occurred_at: at(when) }
}

fn held(letter: &Letter, until: &str) -> LetterRecord {
    let state = LetterState::Held { at: letter.occurred_at, until: at(until), why: HeldBecause::QuietHours };
    LetterRecord { letter: letter.clone(), channel: Channel::Sms, state }
}

fn nobody() -> Recipient {
    Recipient { email_refuses: false, phone_stopped: false, mails_today: 0, texts_today: 0, preferences: None }
}

/// What a case is made of; each test changes what it is about.
struct Given {
    settings: ShopSettings,
    order: Order,
    parcels: Vec<Parcel>,
    recipient: Recipient,
    breaker_is_open: bool,
}

impl Given {
    fn new(parcels: usize, statuses: &[(&str, Status)]) -> Self {
        let order = order(parcels);
        let parcels = keys(&order).iter().map(|key| parcel(key, statuses)).collect();
        let settings = ShopSettings::undecided(Brand::named("Demo"));
        Self { settings, order, parcels, recipient: nobody(), breaker_is_open: false }
    }

    fn standing<'a>(&'a self, letter: &'a Letter, channel: Channel) -> Standing<'a> {
        Standing {
            letter,
            channel,
            settings: &self.settings,
            order: &self.order,
            parcels: &self.parcels,
            recipient: &self.recipient,
            breaker_is_open: self.breaker_is_open,
        }
    }

    fn about(&self, kind: LetterKind, when: &str) -> Letter {
        letter(&self.order, kind, Some(&self.parcels[0].key), when)
    }
}

const OUT: &str = "2026-11-21T01:10:00Z"; // ten past two in Berlin
const DELIVERED: &str = "2026-11-21T06:40:00Z"; // twenty to eight
const EIGHT: &str = "2026-11-21T07:00:00Z";

#[test]
fn only_who_agreed_is_promoted_to_and_each_reads_their_own_language() {
    let mut given = Given::new(1, &[]);
    let (news, asked) = (given.about(LetterKind::Shipped, OUT), given.about(LetterKind::ReviewRequest, OUT));
    let staff = given.about(LetterKind::PersonNeeded, OUT);
    given.settings.promotion =
        Some(crate::settings::Promotion { text: "New boots".into(), url: "https://demo.example/boots".into() });
    let promotes = |given: &Given, letter: &Letter| given.standing(letter, Channel::Email).promotes();
    assert_eq!([&news, &asked, &staff].map(|letter| promotes(&given, letter)), [false, true, false]);
    let chosen = Preferences { marketing: true, language: Some(Locale::Fr), ..Preferences::untouched() };
    given.recipient.preferences = Some(chosen);
    assert_eq!([&news, &asked, &staff].map(|letter| promotes(&given, letter)), [true, true, false]);
    let locale = |given: &Given, letter: &Letter| given.standing(letter, Channel::Email).locale();
    assert_eq!((locale(&given, &news), locale(&given, &staff)), (Locale::Fr, given.settings.brand.language));
    given.settings.promotion = None;
    assert!(!promotes(&given, &news));
}

#[test]
fn out_for_delivery_at_night_and_delivered_before_eight_is_one_text_at_eight() {
    let given = Given::new(1, &[(OUT, Status::OutForDelivery), (DELIVERED, Status::Delivered)]);
    let (out, delivered) = (given.about(LetterKind::OutForDelivery, OUT), given.about(LetterKind::Delivered, DELIVERED));
    for (letter, when) in [(&out, OUT), (&delivered, DELIVERED)] {
        let want = Dispatch::Hold { until: at(EIGHT), why: HeldBecause::QuietHours };
        assert_eq!(given.standing(letter, Channel::Sms).dispatch(at(when), true), want);
        // A mail rings nowhere.
        assert_eq!(given.standing(letter, Channel::Email).dispatch(at(when), true), Dispatch::Send);
    }
    let ledger = [held(&out, EIGHT), held(&delivered, EIGHT)];
    let gathered = |letter| given.standing(letter, Channel::Sms).gather(&ledger, at(EIGHT));
    assert_eq!(gathered(&out), Gathered::Stale { by: delivered.id.clone() });
    assert_eq!(gathered(&delivered), Gathered::Lead { carries: Vec::new() });
}

#[test]
fn four_parcels_shipped_are_led_by_one_whoever_wakes_first() {
    let given = Given::new(4, &[("2026-11-20T10:00:00Z", Status::InTransit)]);
    let letters: Vec<Letter> = given
        .parcels
        .iter()
        .map(|parcel| letter(&given.order, LetterKind::Shipped, Some(&parcel.key), "2026-11-20T10:00:00Z"))
        .collect();
    let ledger: Vec<LetterRecord> = letters.iter().map(|letter| held(letter, "2026-11-20T10:20:00Z")).collect();
    let now = at("2026-11-20T10:20:00Z");
    let mut ids: Vec<LetterId> = letters.iter().map(|letter| letter.id.clone()).collect();
    ids.sort_unstable();
    for letter in &letters {
        let want = if letter.id == ids[0] {
            Gathered::Lead { carries: ids[1..].to_vec() }
        } else {
            Gathered::Follow { lead: ids[0].clone() }
        };
        assert_eq!(given.standing(letter, Channel::Sms).gather(&ledger, now), want);
    }
}

#[test]
fn a_parcel_waits_for_its_siblings_only_while_they_may_come() {
    let mut given = Given::new(2, &[("2026-11-20T10:00:00Z", Status::InTransit)]);
    let shipped = given.about(LetterKind::Shipped, "2026-11-20T10:00:00Z");
    let now = at("2026-11-20T10:00:00Z");
    // The other one is on its way as well: nothing to wait for.
    assert_eq!(given.standing(&shipped, Channel::Email).dispatch(now, true), Dispatch::Send);
    given.parcels[1] = Parcel::new(given.parcels[1].key.clone());
    let until = at("2026-11-20T10:20:00Z");
    let want = Dispatch::Hold { until, why: HeldBecause::Siblings };
    assert_eq!(given.standing(&shipped, Channel::Email).dispatch(now, true), want);
    // It waits once.
    assert_eq!(given.standing(&shipped, Channel::Email).dispatch(until, false), Dispatch::Send);
    given.settings.letters.merge_minutes = 0;
    assert_eq!(given.standing(&shipped, Channel::Email).dispatch(now, true), Dispatch::Send);
}

#[test]
fn every_refusal_has_its_reason() {
    let given = || Given::new(1, &[(DELIVERED, Status::Delivered)]);
    let check = |change: &dyn Fn(&mut Given), kind: LetterKind, channel: Channel, want: Option<Suppressed>| {
        let mut given = given();
        change(&mut given);
        let letter = given.about(kind, DELIVERED);
        assert_eq!(given.standing(&letter, channel).suppressed(at("2026-11-21T12:00:00Z")), want, "{kind:?} {channel:?}");
    };
    let preferences = |change: fn(&mut Preferences)| {
        move |given: &mut Given| {
            let mut chosen = Preferences::untouched();
            change(&mut chosen);
            given.recipient.preferences = Some(chosen);
        }
    };
    let nothing = |_: &mut Given| {};
    check(&nothing, LetterKind::Delivered, Channel::Email, None);
    check(&|given| given.recipient.email_refuses = true, LetterKind::Delivered, Channel::Email, Some(Suppressed::AddressRefuses));
    check(&|given| given.recipient.email_refuses = true, LetterKind::Delivered, Channel::Sms, None);
    check(&|given| given.recipient.phone_stopped = true, LetterKind::Delivered, Channel::Sms, Some(Suppressed::OptedOut));
    check(&|given| given.recipient.phone_stopped = true, LetterKind::Delivered, Channel::Whatsapp, Some(Suppressed::OptedOut));
    let no_mail = preferences(|chosen| chosen.order_news.retain(|channel| *channel != Channel::Email));
    check(&no_mail, LetterKind::Delivered, Channel::Email, Some(Suppressed::TurnedOff));
    check(&no_mail, LetterKind::Delivered, Channel::Sms, None);
    // What they ask for themselves always comes.
    check(&no_mail, LetterKind::OrderLink, Channel::Email, None);
    let paused = preferences(|chosen| chosen.paused_until = Some(at("2026-12-01T00:00:00Z")));
    check(&paused, LetterKind::Delivered, Channel::Sms, Some(Suppressed::Paused));
    check(&paused, LetterKind::OrderLink, Channel::Email, None);
    check(&nothing, LetterKind::ReviewRequest, Channel::Email, Some(Suppressed::NoConsent));
    check(&preferences(|chosen| chosen.marketing = true), LetterKind::ReviewRequest, Channel::Email, None);
    // The staff is no customer.
    check(&nothing, LetterKind::PersonNeeded, Channel::Email, Some(Suppressed::NoAddress));
    let staff = |given: &mut Given| {
        given.settings.letters.staff_email = Some("staff@demo.example".parse().unwrap());
        given.recipient.email_refuses = true;
    };
    check(&staff, LetterKind::PersonNeeded, Channel::Email, None);
}

#[test]
fn news_has_an_age_by_its_kind_and_by_the_shop() {
    let mut given = Given::new(1, &[(OUT, Status::OutForDelivery)]);
    let out = given.about(LetterKind::OutForDelivery, OUT);
    let twelve = at(OUT) + SignedDuration::from_hours(12);
    let judged = |given: &Given, now| given.standing(&out, Channel::Email).suppressed(now);
    assert_eq!(judged(&given, twelve), None);
    assert_eq!(judged(&given, twelve + SignedDuration::from_secs(1)), Some(Suppressed::TooOld));
    given.settings.letters.max_age_hours = Some(48);
    assert_eq!(judged(&given, twelve + SignedDuration::from_secs(1)), None);
    let rules = KindRules { max_age_hours: Some(1), ..KindRules::default() };
    given.settings.letters.kinds.insert(LetterKind::OutForDelivery, rules);
    assert_eq!(judged(&given, twelve), Some(Suppressed::TooOld));
    // Of an order that was found long after, no age makes it news.
    given.settings.letters = LetterRules::default();
    assert_eq!(judged(&given, twelve), None);
    given.order.found_at = Some(twelve + SignedDuration::from_secs(1));
    assert_eq!(judged(&given, twelve), Some(Suppressed::TooOld));
}

#[test]
fn the_breaker_and_the_day_s_limit_hold_what_is_not_urgent() {
    let mut given = Given::new(1, &[(DELIVERED, Status::Delivered)]);
    let now = at("2026-11-21T12:00:00Z");
    let (delivered, link) = (given.about(LetterKind::Delivered, DELIVERED), given.about(LetterKind::OrderLink, DELIVERED));
    given.breaker_is_open = true;
    let hour = Dispatch::Hold { until: now + SignedDuration::from_hours(1), why: HeldBecause::Breaker };
    assert_eq!(given.standing(&delivered, Channel::Email).dispatch(now, true), hour);
    assert_eq!(given.standing(&delivered, Channel::Sms).dispatch(now, true), Dispatch::Send);
    assert_eq!(given.standing(&link, Channel::Email).dispatch(now, true), Dispatch::Send);
    given.breaker_is_open = false;
    given.recipient.mails_today = 20;
    let tomorrow = Dispatch::Hold { until: at("2026-11-22T00:00:00Z"), why: HeldBecause::RateCap };
    assert_eq!(given.standing(&delivered, Channel::Email).dispatch(now, true), tomorrow);
    assert_eq!(given.standing(&delivered, Channel::Sms).dispatch(now, true), Dispatch::Send);
    assert_eq!(given.standing(&link, Channel::Email).dispatch(now, true), Dispatch::Send);
}

#[test]
fn a_question_waits_for_its_day_and_for_the_last_parcel() {
    let mut given = Given::new(2, &[(DELIVERED, Status::Delivered)]);
    given.recipient.preferences = Some(Preferences { marketing: true, ..Preferences::untouched() });
    let review = given.about(LetterKind::ReviewRequest, DELIVERED);
    let scheduled = |until| Dispatch::Hold { until, why: HeldBecause::Scheduled };
    let ten_days = at(DELIVERED) + SignedDuration::from_hours(240);
    let judged = |given: &Given, now| given.standing(&review, Channel::Email).dispatch(now, false);
    assert_eq!(judged(&given, at(DELIVERED)), scheduled(ten_days));
    assert_eq!(judged(&given, ten_days), Dispatch::Send);
    given.parcels[1] = Parcel::new(given.parcels[1].key.clone());
    assert_eq!(judged(&given, ten_days), scheduled(ten_days + SignedDuration::from_hours(24)));
    // It does not wait for ever.
    let late = ten_days + SignedDuration::from_hours(7 * 24 + 1);
    assert_eq!(judged(&given, late), Dispatch::Suppress(Suppressed::TooOld));
    // Who sends something back is not asked how they like it.
    given.order.returning.insert("1".parse().unwrap(), 1);
    assert_eq!(judged(&given, ten_days), Dispatch::Suppress(Suppressed::NoLongerTrue));
}

#[test]
fn a_reminder_is_for_what_still_waits_and_the_eve_is_that_of_the_day() {
    let mut given = Given::new(1, &[(DELIVERED, Status::AvailableForPickup)]);
    let reminder = given.about(LetterKind::PickupReminder, DELIVERED);
    let due_at = at(DELIVERED) + SignedDuration::from_hours(48);
    assert_eq!(given.standing(&reminder, Channel::Email).dispatch(due_at, false), Dispatch::Send);
    given.parcels[0] = parcel(&given.parcels[0].key, &[(DELIVERED, Status::AvailableForPickup), (EIGHT, Status::Delivered)]);
    let gone = Dispatch::Suppress(Suppressed::NoLongerTrue);
    assert_eq!(given.standing(&reminder, Channel::Email).dispatch(due_at, false), gone);

    given.settings.calendar.zone = "Europe/Berlin".to_owned().try_into().unwrap();
    let mut soon = given.about(LetterKind::ArrivingSoon, OUT);
    soon.about = About::Parcel { parcel: given.parcels[0].key.clone(), detail: "2026-11-25".into() };
    assert_eq!(given.standing(&soon, Channel::Email).due_at(), Some(at("2026-11-24T08:00:00Z")));
}

#[test]
fn news_of_a_clock_that_runs_ahead_does_not_wait_for_ours() {
    let given = Given::new(1, &[(EIGHT, Status::Delivered)]);
    let delivered = given.about(LetterKind::Delivered, EIGHT);
    assert_eq!(given.standing(&delivered, Channel::Email).dispatch(at(DELIVERED), true), Dispatch::Send);
}

#[test]
fn own_quiet_hours_hold_mail_too_and_both_must_be_over() {
    let mut given = Given::new(1, &[(DELIVERED, Status::Delivered)]);
    let own = QuietHours { from: jiff::civil::time(7, 0, 0, 0), until: jiff::civil::time(10, 0, 0, 0) };
    given.recipient.preferences = Some(Preferences { quiet: Some(own), ..Preferences::untouched() });
    let delivered = given.about(LetterKind::Delivered, DELIVERED);
    let held = Dispatch::Hold { until: at("2026-11-21T09:00:00Z"), why: HeldBecause::QuietHours };
    assert_eq!(given.standing(&delivered, Channel::Email).dispatch(at(DELIVERED), true), held);
    // The shop's night ends at eight, the recipient's own at ten.
    assert_eq!(given.standing(&delivered, Channel::Sms).dispatch(at("2026-11-21T03:00:00Z"), true), held);
}

/// Letters of every stage about some parcels, at different times.
fn any_ledger() -> impl Strategy<Value = Vec<(usize, usize, i64)>> {
    prop::collection::vec((0usize..3, 0usize..6, 0i64..600), 1..10)
}

proptest! {
    /// However the held letters of an order are woken, each ends in exactly one of: sent, carried by one that is sent, stale
    /// because of one that is further.
    #[test]
    fn every_held_letter_ends_once(drawn in any_ledger(), order_of_waking in prop::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let kinds = [
            LetterKind::Shipped, LetterKind::OutForDelivery, LetterKind::AttemptFailed,
            LetterKind::Delivered, LetterKind::Damaged, LetterKind::ReadyForPickup,
        ];
        let given = Given::new(3, &[("2026-11-20T10:00:00Z", Status::InTransit), ("2026-11-20T18:00:00Z", Status::Delivered)]);
        let mut ledger: Vec<LetterRecord> = Vec::new();
        for (parcel, kind, minute) in drawn {
            let mut letter = letter(&given.order, kinds[kind], Some(&given.parcels[parcel].key), "2026-11-20T08:00:00Z");
            letter.occurred_at += SignedDuration::from_mins(minute);
            if ledger.iter().all(|known| known.letter.id != letter.id) {
                ledger.push(held(&letter, "2026-11-20T19:00:00Z"));
            }
        }
        let now = at("2026-11-20T19:00:00Z");
        let mut told: Vec<LetterId> = Vec::new();
        // Drawn turns first, then everybody once, so that nobody is forgotten.
        let drawn: Vec<usize> = order_of_waking.iter().map(|index| index.index(ledger.len())).collect();
        for turn in drawn.into_iter().chain(0..ledger.len()).chain(0..ledger.len()) {
            if !matches!(ledger[turn].state, LetterState::Held { .. }) {
                continue;
            }
            let mut lead = turn;
            let woken = ledger[turn].letter.clone();
            let mut gathered = given.standing(&woken, Channel::Sms).gather(&ledger, now);
            if let Gathered::Follow { lead: id } = &gathered {
                lead = ledger.iter().position(|record| record.letter.id == *id).unwrap();
                let first = ledger[lead].letter.clone();
                gathered = given.standing(&first, Channel::Sms).gather(&ledger, now);
            }
            match gathered {
                Gathered::Follow { .. } => prop_assert!(false, "a lead follows"),
                Gathered::Stale { by } => ledger[lead].state = LetterState::Superseded { at: now, by },
                Gathered::Lead { carries } => {
                    let id = ledger[lead].letter.id.clone();
                    told.push(id.clone());
                    ledger[lead].state = LetterState::Sent { at: now, message_id: String::new() };
                    for carried in carries {
                        let record = ledger.iter_mut().find(|record| record.letter.id == carried).unwrap();
                        let is_held = matches!(record.state, LetterState::Held { .. });
                        prop_assert!(is_held);
                        told.push(carried);
                        record.state = LetterState::Merged { at: now, into: id.clone() };
                    }
                }
            }
        }
        for record in &ledger {
            let times = told.iter().filter(|id| **id == record.letter.id).count();
            match &record.state {
                LetterState::Sent { .. } | LetterState::Merged { .. } => prop_assert_eq!(times, 1),
                LetterState::Superseded { by, .. } => {
                    prop_assert_eq!(times, 0);
                    let newer = ledger.iter().find(|other| other.letter.id == *by).unwrap();
                    prop_assert!(newer.letter.kind.stage() > record.letter.kind.stage());
                    prop_assert_eq!(newer.letter.about.parcel(), record.letter.about.parcel());
                }
                other => prop_assert!(false, "left {other:?}"),
            }
        }
    }
}
