//! What others make of a mail: an HTML parser that is not ours, and a MIME parser that is not ours.

use super::sample::{Sample, all, four, sample};
use domain::{letter::LetterKind, locale::Locale, settings::Promotion};
use scraper::{Html, Selector};

/// The bound of a mail's HTML; Gmail clips at 102 kB.
const HTML_BYTES_MAX: usize = 100_000;

/// Every kind in every language, with all that a mail can have.
fn every() -> Vec<Sample> {
    let merged = LetterKind::ALL.iter().copied().filter(|kind| kind.merges()).map(four);
    let all: Vec<Sample> = all().into_iter().chain(merged).collect();
    Locale::ALL.into_iter().flat_map(|locale| all.iter().map(move |it| it.clone().in_language(locale))).collect()
}

#[test]
fn a_browser_reads_every_mail_without_a_complaint() {
    let select = |css: &str| Selector::parse(css).unwrap();
    for it in every() {
        let email = it.email();
        let (kind, locale) = (it.letter.kind, it.locale.code());
        let page = Html::parse_document(&email.html);
        assert!(page.errors.is_empty(), "{kind:?} {locale}: {:?}", page.errors);
        assert_eq!(page.select(&select("h1")).count(), 1, "{kind:?} {locale}");
        assert_eq!(page.select(&select("html")).next().unwrap().value().attr("lang"), Some(locale));
        assert!(page.select(&select("a")).all(|a| a.value().attr("href").is_some_and(|href| !href.is_empty())));
        let links = page.select(&select("a")).filter(|a| a.value().attr("href") == Some(it.link.as_str())).count();
        assert_eq!(links, 2, "the button and the address below it: {kind:?}");
        assert!(email.html.len() <= HTML_BYTES_MAX, "{kind:?} {locale}: {}", email.html.len());
        for text in [&email.subject, &email.text] {
            assert!(!text.contains("{ $") && !text.contains("  .") && !text.contains(" ,"), "{kind:?} {locale}: {text}");
        }
        let chosen = email.html.contains(super::sample::PREFERENCES) && email.text.contains(super::sample::PREFERENCES);
        assert_eq!(chosen, kind != LetterKind::PersonNeeded, "{kind:?}");
    }
}

#[test]
fn a_mail_program_reads_every_mail_as_it_was_written() {
    for it in every() {
        let email = it.email();
        let written = mail_builder::MessageBuilder::new()
            .from(("Demo Shop", "orders@demo.example"))
            .to("jon@doe.example")
            .subject(email.subject.as_str())
            .text_body(email.text.as_str())
            .html_body(email.html.as_str())
            .write_to_vec()
            .unwrap();
        let read = mail_parser::MessageParser::default().parse(&written).unwrap();
        let same = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        assert_eq!(read.subject(), Some(email.subject.as_str()));
        assert_eq!(read.body_text(0).map(|text| same(&text)), Some(same(&email.text)));
        assert_eq!(read.body_html(0).map(|html| same(&html)), Some(same(&email.html)));
    }
}

/// The letter as of an order of which nothing optional is known.
fn bare(mut it: Sample) -> Sample {
    it.settings.brand.support_email = None;
    it.settings.brand.support_phone = None;
    it.settings.brand.support_hours = None;
    let report = it.report();
    report.number = String::new();
    report.customer.first_name = None;
    report.ship_to = None;
    for parcel in &mut it.parcels {
        parcel.expected = None;
        parcel.scans.iter_mut().for_each(|scan| scan.place = String::new());
        parcel.key.carrier = "unknown".parse().unwrap();
    }
    it
}

#[test]
fn what_is_not_known_leaves_no_hole() {
    for it in every() {
        let it = bare(it);
        let (kind, locale) = (it.letter.kind, it.locale.code());
        let email = it.email();
        let sentences = email.text.lines().filter(|line| line.ends_with(['.', '?', '!']));
        for said in sentences.chain([email.subject.as_str()]) {
            let holes = ["  ", " .", " ,", "()", "{", "}", "“”"];
            let hole = holes.iter().find(|hole| said.trim_start().contains(**hole));
            assert!(hole.is_none() && !said.is_empty(), "{kind:?} {locale}: {said}");
        }
        if it.uses(domain::letter::Channel::Sms) {
            assert!(!it.sms().text.contains("  "), "{}", it.sms().text);
        }
    }
    for locale in Locale::ALL {
        let kinds =
            [LetterKind::Shipped, LetterKind::PickupReminder, LetterKind::AttemptFailed, LetterKind::Lost, LetterKind::NewDay];
        let told: String =
            kinds.map(|kind| bare(sample(kind).in_language(locale)).email()).map(|it| it.subject + "\n" + &it.text).concat();
        insta::assert_snapshot!(format!("{}_bare", locale.code()), told);
        for (kind, detail) in [
            (LetterKind::ReturnRefunded, ""),
            (LetterKind::ReturnRefunded, "2900"),
            (LetterKind::ReturnCredited, "x EUR"),
            (LetterKind::ReturnCredited, "-5 EUR"),
            (LetterKind::ReturnWindowClosing, ""),
        ] {
            let it = sample(kind).for_return(detail).in_language(locale);
            let said = format!("{} {} {}", it.email().subject, it.email().text, it.sms().text);
            assert!(!said.contains('€') && !said.contains("{") && !said.contains("2900"), "{said}");
        }
    }
}

#[test]
fn a_parcel_that_went_back_unseen_is_told_as_returned() {
    let mut it = sample(LetterKind::Shipped).about("returned", "2026-11-29T15:00:00Z");
    it.letter.kind = LetterKind::ReturnedToSender;
    assert_eq!(it.email().subject, "Your parcel was returned (order #1001)");
}

#[test]
fn a_promotion_needs_consent_and_stands_at_the_very_bottom() {
    let mut it = sample(LetterKind::Shipped);
    it.settings.promotion = Some(Promotion { text: "New wool socks".into(), url: "https://demo.example/new?a=1&b=2".into() });
    assert!(!it.email().html.contains("New wool socks") && !it.email().text.contains("New wool socks"));
    it.may_promote = true;
    let email = it.email();
    assert!(email.text.ends_with("From Demo Shop: New wool socks\nhttps://demo.example/new?a=1&b=2\n"), "{}", email.text);
    assert!(email.html.contains("href=\"https://demo.example/new?a=1&#38;b=2\""), "{}", email.html);
    assert!(email.html.find("New wool socks") > email.html.find("Choose what we send you"));
    assert!(!it.sms().text.contains("wool"));
    assert!(crate::whatsapp(&it.facts()).unwrap().parameters.iter().all(|value| !value.contains("wool")));
}

#[test]
fn staff_is_not_greeted_as_a_customer() {
    for locale in Locale::ALL {
        let email = sample(LetterKind::PersonNeeded).in_language(locale).email();
        assert!(!email.text.contains("Jon") && !email.html.contains("Jon"), "{}", email.text);
    }
}
