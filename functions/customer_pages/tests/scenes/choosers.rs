//! Customers who look at the preference page, at the same moment as all scenes.

use super::*;
use customer_pages::preferences::{
    chooser::Chooser,
    page::{Just, PreferencePage},
};
use domain::{dispatch::Recipient, letter::LetterKind};

/// A customer of whom nothing is known but the order, at a shop that writes mails and texts.
pub fn chooser() -> Chooser {
    let mut report = report();
    report.customer.phone = Some("+4917612345678".parse().unwrap());
    let mut settings = settings();
    settings.letters.kinds.insert(LetterKind::Shipped, serde_json::from_value(json!({ "channels": ["email", "sms"] })).unwrap());
    let order = new_order().told(report).unwrap();
    let recipient = Recipient { email_refuses: false, phone_stopped: false, mails_today: 0, texts_today: 0, preferences: None };
    Chooser { order, settings, recipient, now: at(NOW) }
}

/// Somebody who has chosen everything there is, in German, and whose addresses no longer work.
pub fn chooser_with_choices() -> Chooser {
    let mut chooser = chooser();
    let chosen = json!({
        "order_news": ["email"], "marketing": true, "language": "de",
        "quiet": { "from": "22:15:00", "until": "07:00:00" },
        "paused_until": "2026-12-24T23:00:00Z", "chosen_at": "2026-11-25T08:00:00Z"
    });
    chooser.recipient.preferences = Some(serde_json::from_value(chosen).unwrap());
    chooser.recipient.email_refuses = true;
    chooser.recipient.phone_stopped = true;
    chooser
}

/// Somebody at a shop that also writes by WhatsApp, who has given no phone number.
pub fn chooser_without_phone() -> Chooser {
    let mut chooser = chooser();
    chooser.order.report.as_mut().unwrap().customer.phone = None;
    chooser.settings.whatsapp.phone_number_id = Some("1".into());
    let all = serde_json::from_value(json!({ "channels": ["email", "sms", "whatsapp"] })).unwrap();
    chooser.settings.letters.kinds.insert(LetterKind::Shipped, all);
    chooser
}

/// The preference page of somebody, after what they just did.
pub fn preferences_html(chooser: &Chooser, just: Just) -> String {
    use askama::Template as _;
    let nonces = Nonces::new(&keys(), order_key(), 0, 0);
    PreferencePage::of(chooser, TOKEN, &nonces, just).render().unwrap()
}
