//! Text messages cost one segment, and WhatsApp's templates are what Meta accepts.

use super::sample::{Sample, all, four, sample};
use domain::{
    letter::{Channel, LetterKind},
    locale::Locale,
};

fn every(channel: Channel) -> Vec<Sample> {
    let merged = LetterKind::ALL.iter().copied().filter(|kind| kind.merges()).map(four);
    let all: Vec<Sample> = all().into_iter().chain(merged).filter(|it| it.uses(channel)).collect();
    Locale::ALL.into_iter().flat_map(|locale| all.iter().map(move |it| it.clone().in_language(locale))).collect()
}

#[test]
fn every_text_message_is_one_segment_in_every_language() {
    for it in every(Channel::Sms) {
        assert!(it.link.len() >= 75);
        let text = it.sms().text;
        assert_eq!(crate::segments(&text), 1, "{:?} {}: {text}", it.letter.kind, it.locale.code());
        assert_eq!(crate::gsm::plain(&text).as_ref(), Some(&text));
        assert!(text.starts_with("Demo Shop: ") && text.ends_with(&it.link), "{text}");
    }
}

#[test]
fn the_house_writes_on_no_channel_that_a_kind_does_not_use() {
    for it in all() {
        assert_eq!(crate::sms(&it.facts()).is_ok(), it.uses(Channel::Sms), "{:?}", it.letter.kind);
        assert_eq!(crate::whatsapp(&it.facts()).is_ok(), it.uses(Channel::Whatsapp), "{:?}", it.letter.kind);
        let template = crate::whatsapp_template(it.letter.kind, Locale::En, "https://post.demo.example");
        assert_eq!(template.is_some(), it.uses(Channel::Whatsapp), "{:?}", it.letter.kind);
    }
}

/// The body of a kind as Meta keeps it.
fn body(kind: LetterKind, locale: Locale) -> (String, usize) {
    let definition = crate::whatsapp_template(kind, locale, "https://post.demo.example").unwrap();
    let json = serde_json::to_value(&definition).unwrap();
    let body = &json["components"][0];
    let n_examples = body["example"]["body_text"][0].as_array().map_or(0, Vec::len);
    (body["text"].as_str().unwrap().to_owned(), n_examples)
}

#[test]
fn what_fills_a_template_fits_it() {
    for it in every(Channel::Whatsapp) {
        let message = crate::whatsapp(&it.facts()).unwrap();
        let (body, n) = body(it.letter.kind, it.locale);
        assert_eq!(message.parameters.len(), n, "{:?}", it.letter.kind);
        for (value, number) in message.parameters.iter().zip(1..) {
            assert!(body.contains(&format!("{{{{{number}}}}}")), "{body}");
            assert!((1..=60).contains(&value.chars().count()) && !value.chars().any(char::is_control), "{value}");
            assert!(!value.contains("     ") && !value.ends_with('…'), "{value}");
        }
        assert!(!body.contains(&format!("{{{{{}}}}}", n + 1)) && !body.contains('\u{1}') && !body.contains('$'), "{body}");
        assert!(!body.starts_with("{{") && !body.trim_end_matches('.').ends_with("}}"), "{body}");
        assert!(body.chars().count() <= 550 && !body.contains('\n'), "{body}");
        assert_eq!(format!("https://post.demo.example/{}", message.button), it.link);
        assert_eq!(message.template, format!("doorstep_{}", it.letter.kind.code()));
    }
}

#[test]
fn every_template_reads_as_reviewed() {
    for locale in Locale::ALL {
        let told: String = LetterKind::ALL
            .iter()
            .filter(|kind| kind.channels().contains(&Channel::Whatsapp))
            .map(|kind| {
                let message = crate::whatsapp(&sample(*kind).in_language(locale).facts()).unwrap();
                format!("{}\n  {}\n  {:?}\n", kind.code(), body(*kind, locale).0, message.parameters)
            })
            .collect();
        insta::assert_snapshot!(format!("{}_whatsapp", locale.code()), told);
    }
    let definition = crate::whatsapp_template(LetterKind::Shipped, Locale::De, "https://post.demo.example").unwrap();
    insta::assert_snapshot!("whatsapp_definition", serde_json::to_string_pretty(&definition).unwrap());
}

#[test]
fn the_longest_day_fits_into_every_channel() {
    for locale in Locale::ALL {
        for (was, new) in [("2026-09-24", "2026-09-30"), ("2026-10-01", "2026-09-23")] {
            let mut it = sample(LetterKind::NewDay).in_language(locale).about(new, "2026-09-22T12:00:00Z");
            let expected = it.parcels[0].expected.as_mut().unwrap();
            (expected.first, expected.current) = (was.parse().unwrap(), new.parse().unwrap());
            let day = crate::words::Tongue::of(locale).day(new.parse().unwrap());
            let headline = crate::whatsapp(&it.facts()).unwrap().parameters.pop().unwrap();
            assert!(headline.contains(&day), "{headline}");
            let sms = it.sms().text;
            assert!(crate::segments(&sms) == 1 && sms.contains(&crate::gsm::plain(&day).unwrap()), "{sms}");
        }
    }
}

#[test]
fn a_link_elsewhere_still_has_a_path() {
    let mut it = sample(LetterKind::Shipped);
    it.settings.brand.public_url = None;
    assert!(crate::whatsapp(&it.facts()).unwrap().button.starts_with("o/"));
    it.report().number = String::new();
    let parameters = crate::whatsapp(&it.facts()).unwrap().parameters;
    assert_eq!(parameters[1], "your order");
}
