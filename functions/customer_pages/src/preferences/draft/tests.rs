//! What is typed is read as it is meant, and nothing else is chosen by it.

use super::*;
use domain::{dispatch::Recipient, id::OrderKey, link::LinkKey, order::Order, settings::ShopSettings};
use proptest::prelude::*;
use serde_json::json;

const NOW: &str = "2026-11-26T12:00:00.123456Z";

fn chooser() -> Chooser {
    let order = OrderKey { shop: "demo".parse().unwrap(), order: domain::id::OrderId::from_bytes([0; 12]) };
    let report = json!({
        "source": "shopify", "source_id": "1", "reported_at": NOW, "placed_at": NOW, "number": "1", "payment": "paid",
        "customer": { "email": "jon@doe.example", "phone": "+15555550171" }, "lines": [],
        "ship_to": { "country": "DE" }, "totals": { "total": { "minor": 1, "currency": "EUR" } }
    });
    let settings: ShopSettings = serde_json::from_value(json!({
        "brand": { "name": "Demo" }, "letters": { "kinds": { "shipped": { "channels": ["email", "sms"] } } }
    }))
    .unwrap();
    let recipient = Recipient { email_refuses: false, phone_stopped: false, mails_today: 0, texts_today: 0, preferences: None };
    let order = Order::new(order.shop, order.order).told(serde_json::from_value(report).unwrap()).unwrap();
    Chooser { order, settings, recipient, now: NOW.parse().unwrap() }
}

fn read(chooser: &Chooser, body: &str) -> Result<Preferences, Box<Draft>> {
    Draft::read(chooser, &Form::read(body.as_bytes())).chosen(chooser)
}

#[track_caller]
fn wrong(body: &str, problems: &[(&'static str, Problem)]) {
    let draft = read(&chooser(), body).unwrap_err();
    assert_eq!(draft.problems, problems.iter().copied().collect(), "{body}");
}

#[test]
fn every_field_is_read() {
    let all = "news.email=1&marketing=1&language=fr&quiet=1&quiet_from=22%3A30&quiet_until=7%3A00&pause=2026-12-24&more=?";
    let chosen = read(&chooser(), all).unwrap();
    let want = Preferences {
        // WhatsApp is not on the form: it stays as it was.
        order_news: [Channel::Email, Channel::Whatsapp].into(),
        marketing: true,
        language: Some(Locale::Fr),
        quiet: Some(QuietHours { from: jiff::civil::time(22, 30, 0, 0), until: jiff::civil::time(7, 0, 0, 0) }),
        paused_until: Some("2026-12-24T23:00:00Z".parse().unwrap()),
        chosen_at: "2026-11-26T12:00:00.123Z".parse().unwrap(),
    };
    assert_eq!(chosen, want);
    assert_eq!(read(&chooser(), &Draft::of(&chooser(), &want).query()), Ok(want), "its address says the same");
}

#[test]
fn what_is_not_checked_is_not_chosen() {
    let chosen = read(&chooser(), "language=&quiet_from=22:00&quiet_until=22:00").unwrap();
    let nothing = Preferences { chosen_at: chosen.chosen_at, ..Preferences::untouched().all_off(chosen.chosen_at) };
    assert_eq!(chosen, nothing, "and who turns off all there is means all there will be");
}

#[test]
fn what_has_no_address_stays_as_it_was() {
    let mut chooser = chooser();
    chooser.order.report.as_mut().unwrap().customer.email = None;
    let before = Preferences { marketing: true, ..Preferences::untouched() };
    chooser.recipient.preferences = Some(before);
    let chosen = read(&chooser, "news.sms=1").unwrap();
    assert_eq!(chosen.order_news, Channel::ALL.into());
    assert!(chosen.marketing);
    assert!(!read(&chooser, "news.email=1").unwrap().order_news.contains(&Channel::Sms));
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    wrong("language=tlh", &[("language", Problem::Language)]);
    wrong("quiet=1", &[("quiet_from", Problem::Time), ("quiet_until", Problem::Time)]);
    for time in ["24:00", "9", "9:60", "-1:00", "%2B9:00", "12:00:00", "noon", "21:000"] {
        wrong(&format!("quiet=1&quiet_from=08:00&quiet_until={time}"), &[("quiet_until", Problem::Time)]);
    }
    wrong("quiet=1&quiet_from=08:00&quiet_until=8:00", &[("quiet_until", Problem::NoHours)]);
    for day in ["soon", "2026-02-30", "24.12.", "2026-12", "12/24/2026", "24.12.26", "1.1.2027.1"] {
        wrong(&format!("pause={day}"), &[("pause", Problem::Day)]);
    }
    wrong("pause=2026-11-25&language=x", &[("language", Problem::Language), ("pause", Problem::DayOutOfRange)]);
    wrong("pause=2027-11-27", &[("pause", Problem::DayOutOfRange)]);
}

#[test]
fn a_pause_lasts_to_the_end_of_its_last_day_where_they_are() {
    let until = |day: &str| read(&chooser(), &format!("pause={day}")).unwrap().paused_until.unwrap().to_string();
    assert_eq!(until("2026-11-26"), "2026-11-26T23:00:00Z");
    assert_eq!(until("2027-11-26"), "2027-11-26T23:00:00Z");
    assert_eq!(until("24.12.2026"), until("2026-12-24"));
    assert_eq!(until(" 1. 7. 2027"), "2027-07-01T22:00:00Z");
    let over = Preferences { paused_until: Some("2026-11-26T11:00:00Z".parse().unwrap()), ..Preferences::untouched() };
    assert_eq!(Draft::of(&chooser(), &over).pause, "", "one that is over is none");
}

fn nonces(epoch: u8) -> Nonces {
    let order = chooser().order.key();
    Nonces::new(&[LinkKey { id: 1, secret: vec![1; 32] }], order, epoch, 0)
}

fn sent(chooser: &Chooser, of: u64, fields: &str) -> PreferenceForm {
    let nonce = nonces(0).of_preferences(of).current().unwrap();
    preference_form(chooser, &nonces(0), &Form::read(format!("nonce={nonce}&of={of}&{fields}").as_bytes()))
}

#[test]
fn only_a_form_of_this_page_is_read() {
    let chooser = chooser();
    assert!(matches!(sent(&chooser, 0, "news.email=1"), PreferenceForm::Chooses(_)));
    let of_epoch = |epoch| nonces(epoch).of_preferences(0).current().unwrap().to_string();
    let of_returns = nonces(0).current().unwrap().to_string();
    let of_other_choices = nonces(0).of_preferences(1).current().unwrap().to_string();
    for nonce in [String::new(), of_epoch(1), of_returns, of_other_choices, of_epoch(0).to_uppercase()] {
        for body in [format!("nonce={nonce}&of=0&all=off"), format!("nonce={nonce}&news.email=1"), format!("nonce={nonce}&of=-1")]
        {
            let form = Form::read(body.as_bytes());
            assert_eq!(preference_form(&chooser, &nonces(0), &form), PreferenceForm::Foreign, "{body}");
        }
    }
    assert_eq!(sent(&chooser, 0, "all=maybe"), PreferenceForm::Foreign);
}

#[test]
fn a_form_sent_twice_is_one_choice_and_an_old_one_changes_nothing_unseen() {
    let mut chooser = chooser();
    let PreferenceForm::Chooses(chosen) = sent(&chooser, 0, "news.email=1&language=es") else { panic!("not read") };
    chooser.recipient.preferences = Some(chosen.clone());
    assert_eq!(sent(&chooser, 0, "news.email=1&language=es"), PreferenceForm::Repeats(chosen));
    let PreferenceForm::Outdated(draft) = sent(&chooser, 0, "news.email=1&marketing=1") else { panic!("taken unseen") };
    assert!(draft.marketing && draft.language.is_none());
    let PreferenceForm::Chooses(_) = sent(&chooser, chooser.chosen_at_ms(), "news.email=1&marketing=1") else {
        panic!("refused")
    };
}

#[test]
fn everything_off_and_the_news_on_again_leave_the_rest() {
    let mut chooser = chooser();
    let before =
        read(&chooser, "news.email=1&marketing=1&language=fr&pause=2026-12-24&quiet=1&quiet_from=22:00&quiet_until=6:00");
    chooser.recipient.preferences = before.ok();
    let of = chooser.chosen_at_ms();
    let PreferenceForm::Chooses(off) = sent(&chooser, of, "all=off&news.sms=1&marketing=1") else { panic!("not read") };
    assert_eq!(off, chooser.chosen().all_off(off.chosen_at));
    chooser.recipient.preferences = Some(off.clone());
    let PreferenceForm::Chooses(on) = sent(&chooser, of, "all=on") else { panic!("not read") };
    assert_eq!(on, Preferences { order_news: Channel::ALL.into(), paused_until: None, ..off }, "consent is not guessed");
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(body in prop::collection::vec(any::<u8>(), 0..400), day in ".{0,12}", time in ".{0,8}") {
        let chooser = chooser();
        let typed = form::encoded([("pause", day.as_str()), ("quiet", "1"), ("quiet_from", &time), ("quiet_until", "9:00")]);
        let mut all = format!("{typed}&language=").into_bytes();
        all.extend(body);
        if let Ok(chosen) = Draft::read(&chooser, &Form::read(&all)).chosen(&chooser) {
            prop_assert!(chosen.paused_until.is_none_or(|until| until > chooser.now));
        }
    }
}
