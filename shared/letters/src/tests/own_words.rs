//! A shop's own words: used where they work, never trusted, and complained about before they are sent.

use super::sample::{LINK, Sample, four, sample};
use crate::{Weight, lint};
use domain::{
    letter::LetterKind,
    locale::Locale,
    settings::{KindRules, OwnWords},
};

fn own(subject: Option<&str>, mail: Option<&str>, sms: Option<&str>) -> OwnWords {
    OwnWords { subject: subject.map(Into::into), mail: mail.map(Into::into), sms: sms.map(Into::into) }
}

pub(super) fn with(mut it: Sample, words: OwnWords) -> Sample {
    let rules = KindRules { words: [(it.locale, words)].into(), ..KindRules::default() };
    it.settings.letters.kinds.insert(it.letter.kind, rules);
    it
}

const MAIL: &str = "Hello {{ customer_first_name }},\n\n{{ carrier }} has {{ tracking_number }}{% if expected_day %}, until \
                    {{ expected_day }}{% endif %}.\nSee <b>{{ link }}</b>\n\n{% for item in items %}{{ item.quantity }} x \
                    {{ item.title }} ({{ item.paid }}), {% endfor %}{{ total }} {{ status }} {{ order_number }} {{ shop }} \
                    {{ support_contact }} {{ locale }} {% for number in tracking_numbers %}{{ number }} {% endfor %}";

#[test]
fn own_words_stand_in_the_houses_frame() {
    let words = own(Some("{{ shop }}: {{ order_number }} rolls"), Some(MAIL), Some("Off it goes, {{ customer_first_name }}!"));
    let it = with(sample(LetterKind::Shipped), words);
    let email = it.email();
    assert!(!email.fell_back);
    assert_eq!(email.subject, "Demo Shop: #1001 rolls");
    assert!(
        email.text.starts_with("Hello Jon,\n\nUPS has 1Z999AA10123456784, until Thursday 26 November. See <b>"),
        "{}",
        email.text
    );
    assert!(email.text.contains("Follow your parcel:\n") && email.text.contains("2 x Wool socks ($24.00), "), "{}", email.text);
    assert!(email.html.contains("See &#60;b&#62;https") && !email.html.contains("<b>"), "{}", email.html);
    assert!(email.html.contains("ld+json") && email.html.contains("Choose what we send you"));
    let sms = it.sms();
    assert_eq!(sms.text, format!("Off it goes, Jon! {LINK}"));
    assert!(!sms.fell_back);
    // Only this language's.
    let other = it.in_language(Locale::De);
    assert!(other.email().subject.starts_with("Ihr Paket"), "{}", other.email().subject);
}

#[test]
fn what_does_not_work_is_the_houses() {
    let long = "x".repeat(9000);
    let grows =
        "{% for a in items %}{% for b in items %}{% for c in items %}{{ support_contact }}{% endfor %}{% endfor %}{% endfor %}";
    let grows = grows.repeat(20);
    let endless = "{% for a in items %}".repeat(10) + &"{% endfor %}".repeat(10);
    for bad in [
        "{{ nothing }}",
        "{{ shop",
        "{% set x = shop ~ shop %}{{ x }}",
        "{{ shop * 1000000000 }}",
        "{{ shop|upper }}",
        "{% include 'x' %}",
        "{{ shop.upper() }}",
        "{{ \"}}\" * 1000000000 }}",
        "{# {{ #}{{ shop * 1000000000 }}",
        "{{ items.0.nothing }}",
        " \n ",
        long.as_str(),
        grows.as_str(),
        endless.as_str(),
    ] {
        let mut it = with(sample(LetterKind::Shipped), own(Some(bad), Some(bad), Some(bad)));
        let line = it.report().lines[0].clone();
        it.report().lines = vec![line; 30];
        let (email, sms) = (it.email(), it.sms());
        assert!(email.fell_back && sms.fell_back, "{bad:.60}");
        assert_eq!(email.subject, "Your parcel from Demo Shop is on its way (order #1001)");
        assert!(email.text.starts_with("Hello Jon,") && sms.text.starts_with("Demo Shop: your parcel is on its way."));
    }
}

#[test]
fn the_linter_finds_what_would_fall_back() {
    let complaints = |kind, words: &OwnWords| lint(kind, Locale::En, words);
    assert_eq!(complaints(LetterKind::Shipped, &own(None, Some(MAIL), Some("Rolls: {{ link }}"))), []);
    let counted = "{% for item in items %}{{ loop.index }}. {{ item.title }}{% if item.variant == 'x' %}!{% endif %} {% endfor %}{{ link }}";
    assert_eq!(complaints(LetterKind::Shipped, &own(None, Some(counted), None)), []);
    let one = |kind, words: OwnWords| {
        let mut all = complaints(kind, &words);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    };
    let syntax = one(LetterKind::Shipped, own(None, Some("a\nb {{ link }}\n{% if %}"), None));
    assert_eq!((syntax.field, syntax.line, syntax.weight), ("mail", Some(3), Weight::Error));
    let unknown =
        one(LetterKind::Shipped, own(None, Some("{{ link }}\n{% if order_number == '' %}{{ nonsense }}{% endif %}"), None));
    assert_eq!((unknown.line, unknown.what.as_str()), (Some(2), "nonsense is not known"));
    let long = one(LetterKind::ThankYou, own(None, Some(&"x".repeat(9000)), None));
    assert_eq!(long.what, "it is longer than 8 KB");
    let linkless = one(LetterKind::Damaged, own(Some("no link needed here"), None, Some("Your parcel is damaged")));
    assert_eq!((linkless.field, linkless.weight), ("sms", Weight::Error));
    assert!(linkless.what.contains("{{ link }}"));
    let costly = one(LetterKind::Shipped, own(None, None, Some(&format!("{} {{{{ link }}}}", "word ".repeat(30)))));
    assert_eq!((costly.weight, costly.what.as_str()), (Weight::Warning, "it is 2 messages long with sample data"));
    let cyrillic = one(LetterKind::Shipped, own(None, None, Some("Посылка в пути {{ link }}")));
    assert!(cyrillic.what.contains("GSM"), "{cyrillic:?}");
    assert_eq!(one(LetterKind::OrderHeld, own(None, Some("{% set x = 1 %}"), None)).line, Some(1));
}

#[test]
fn all_tracking_numbers_can_be_named() {
    let words = own(None, Some("{% for number in tracking_numbers %}[{{ number }}]{% endfor %} {{ link }}"), None);
    let text = with(four(LetterKind::Shipped), words).email().text;
    assert!(text.contains("[1Z999AA10123456784][1Z999AA10123456785][1Z999AA10123456786][1Z999AA10123456787]"), "{text}");
}
