//! Any text for what all verifiers and readers are made of.
#![no_main]

use domain::money::{Currency, Money};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use signatures::{Delivery, Field, Key, List, Mac, Part, Refusal, Verified, answered, standard};

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Tree {
    field: Field,
    part: Part<Box<Tree>>,
    list: List<Field>,
    rows: List<Part<Tree>>,
}

fuzz_target!(|text: &str| {
    let mut characters = text.chars();
    let Some(which) = characters.next() else { return };
    let text = characters.as_str();
    match u32::from(which) % 7 {
        0 => macs(text),
        1 => token(text),
        2 => standard_webhook(text),
        3 => field(text),
        4 => tree(&answered(text.as_bytes(), fuzz::NOW)),
        5 => envelope(&answered(text.as_bytes(), fuzz::NOW)),
        _ => money(text),
    }
});

fn macs(text: &str) {
    for mac in [Mac::from_hex(text), Mac::from_base64(text)].into_iter().flatten() {
        assert_eq!(Mac::from_hex(&mac.to_hex()).map(Mac::to_base64), Some(mac.to_base64()));
        assert_eq!(Mac::from_base64(&mac.to_base64()).map(Mac::to_hex), Some(mac.to_hex()));
    }
    let _key = Key::from_base64(text);
}

fn token(query: &str) {
    let nothing: [(&str, &str); 0] = [];
    let delivery = Delivery { method: "POST", path: "/", query, headers: &nothing, body: b"", now: fuzz::NOW };
    let told = signatures::token(delivery, "token", &["doorstep-fuzz-6c2a17f0d9b4".to_owned()]).map(|_| ());
    let names_one = query.split('&').any(|pair| pair.starts_with("token="));
    assert_eq!(told, Err(if names_one { Refusal::BadSignature } else { Refusal::Unsigned }));
}

fn standard_webhook(text: &str) {
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let headers = [("webhook-id", line()), ("webhook-timestamp", line()), ("webhook-signature", line())];
    let body = line().as_bytes();
    let delivery = Delivery { method: "POST", path: "/", query: "", headers: &headers, body, now: fuzz::NOW };
    let secret = "whsec_ZG9vcnN0ZXAtZnV6ei1vbmx5LTZjMmExN2YwZDliNA==";
    assert_eq!(standard::verify(delivery, &[secret.to_owned()]).map(|_| ()), Err(Refusal::BadSignature));
    let signed = standard::sign(secret, headers[0].1, fuzz::NOW, body).expect("the secret is one");
    assert_eq!(standard::verify(Delivery { headers: &signed, ..delivery }, &[secret.to_owned()]).map(|_| ()), Ok(()));
    let _not_broken = standard::verify(delivery, &[headers[2].1.to_owned()]);
}

fn field(text: &str) {
    let Ok(field) = serde_json::from_str::<Field>(text) else { return };
    if let Some(text) = field.text() {
        assert!(!text.is_empty() && text.trim() == text && !text.contains(char::is_control));
        assert_eq!(Field::of(text), field);
    }
    assert!(field.cut(10).is_none_or(|text| text.chars().count() <= 10));
    let _read = (field.time("at"), field.lenient_time(), field.date(), field.is_true());
}

fn tree(verified: &Verified<'_>) {
    let (first, second) = (verified.json::<Tree>(), verified.json::<Tree>());
    assert_eq!(first, second);
    if let Ok(tree) = first {
        assert!(tree.rows.rows().count() <= tree.rows.iter().count());
        assert!(tree.list.is_given() || tree.list.iter().next().is_none());
    }
}

fn envelope(verified: &Verified<'_>) {
    assert!(standard::kind(verified).is_ok_and(|kind| !kind.is_empty()) || standard::kind(verified).is_err());
    assert_eq!(standard::open::<Tree>(verified), standard::open::<Tree>(verified));
}

fn money(text: &str) {
    let (amount, currency) = text.split_once('\n').unwrap_or((text, "EUR"));
    let Ok(currency) = currency.parse::<Currency>() else { return };
    if let Ok(money) = Money::parse_major(amount, currency) {
        assert_eq!(money.currency, currency);
        let _sums = (money.checked_add(money), money.times(u32::MAX));
        assert_eq!(Field::of(amount).money("amount", currency).ok().flatten(), Some(money));
    }
}
