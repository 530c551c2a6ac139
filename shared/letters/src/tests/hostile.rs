//! Strangers write names, titles and scans: nothing they write becomes markup, a header, a link or a broken mail.

use super::{
    own_words::with,
    sample::{LINK, Sample, all, sample},
};
use crate::Email;
use domain::{
    letter::{Channel, LetterKind},
    locale::Locale,
    order::Line,
    return_::{DeclineReason, ReturnState},
    settings::{OwnWords, Promotion},
};
use proptest::prelude::*;

/// The bound of a mail's HTML; Gmail clips at 102 kB.
const HTML_BYTES_MAX: usize = 60_000;

const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--",
    "-->",
    "<![endif]-->",
    "]]>",
    "{{ 7 * 7 }}",
    "\r\nBcc: victim@x.example\r\n\r\n<b>",
    "\u{0}\u{8}\u{1b}[31m",
    "\u{202e}evil\u{2028}\u{2029}",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "https://evil.example/win",
];

/// The sample with `text` wherever a stranger can write.
fn everywhere(mut it: Sample, text: &str) -> Sample {
    let report = it.report();
    report.number = text.into();
    report.customer.first_name = Some(text.into());
    report.customer.last_name = Some(text.into());
    let address = report.ship_to.as_mut().unwrap();
    for field in [
        &mut address.name,
        &mut address.company,
        &mut address.street,
        &mut address.street_more,
        &mut address.city,
        &mut address.region,
        &mut address.postal_code,
        &mut address.country,
    ] {
        *field = Some(text.into());
    }
    for line in &mut report.lines {
        line.title = text.into();
        line.variant = Some(text.into());
    }
    for scan in it.parcels.iter_mut().flat_map(|parcel| &mut parcel.scans) {
        scan.text = text.into();
        scan.place = text.into();
        scan.code = text.into();
    }
    it.return_.request.note = Some(text.into());
    if let ReturnState::Declined { reasons, .. } = &mut it.return_.state {
        reasons.push(DeclineReason::ByPerson { why: text.into() });
        reasons.push(DeclineReason::FinalSale { title: text.into() });
    }
    let brand = &mut it.settings.brand;
    brand.name = text.into();
    brand.colour = text.into();
    brand.shop_url = Some(text.into());
    brand.support_email = Some(text.into());
    brand.support_phone = Some(text.into());
    brand.support_hours = Some(text.into());
    it.settings.returns.how_to_send_back = text.into();
    it.settings.promotion = Some(Promotion { text: text.into(), url: text.into() });
    it.may_promote = true;
    it
}

/// What holds of every mail whatever was written.
#[track_caller]
fn check(sample: &Sample) -> Email {
    let email = sample.email();
    assert!(!email.subject.is_empty() && email.subject.chars().count() <= 150, "{}", email.subject);
    assert!(!email.subject.chars().any(|c| c.is_control() || c == '\u{2028}' || c == '\u{2029}'), "{:?}", email.subject);
    assert!(email.html.len() <= HTML_BYTES_MAX, "{} bytes", email.html.len());
    let structured = usize::from(email.html.contains("<script type=\"application/ld+json\">"));
    assert_eq!(email.html.matches("<script").count(), structured);
    assert_eq!(email.html.matches("</script").count(), structured);
    assert_eq!(tags(&email.html), tags(&plain(sample).html), "a stranger's text changed the markup");
    if let Some((_, rest)) = email.html.split_once("ld+json\">") {
        let json = rest.split_once("</script>").unwrap().0;
        let told: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(told["@context"], "http://schema.org");
    }
    assert!(!email.text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", email.text);
    assert!(email.text.contains(&sample.link) && email.html.contains(&sample.link));
    if !sample.uses(Channel::Sms) {
        return email;
    }
    let sms = sample.sms().text;
    assert!(sms.ends_with(&format!(" {}", sample.link)), "{sms}");
    assert!(!sms.chars().any(char::is_control));
    assert!(crate::segments(&sms) <= 2, "{sms}");
    email
}

/// The same sample with harmless words in the same places.
fn plain(of: &Sample) -> Email {
    let mut it = of.clone();
    // Where nothing visible was written an optional element may be missing; the same must then be missing here.
    let word = |text: &str| if crate::clean::line(text, 100).is_empty() { String::new() } else { "word".to_owned() };
    if let Some(promotion) = &mut it.settings.promotion {
        promotion.text = word(&promotion.text);
    }
    let report = it.report();
    report.number = word(&report.number);
    for line in &mut report.lines {
        line.title = word(&line.title);
        line.variant = line.variant.as_deref().map(word);
    }
    if let Some(address) = &mut report.ship_to {
        for field in [
            &mut address.name,
            &mut address.company,
            &mut address.street,
            &mut address.street_more,
            &mut address.city,
            &mut address.region,
            &mut address.postal_code,
            &mut address.country,
        ] {
            *field = field.as_deref().map(word);
        }
    }
    for scan in it.parcels.iter_mut().flat_map(|parcel| &mut parcel.scans) {
        scan.text = word(&scan.text);
        scan.place = word(&scan.place);
    }
    if let ReturnState::Declined { reasons, .. } = &mut it.return_.state {
        for reason in reasons {
            match reason {
                DeclineReason::ByPerson { why } => *why = word(why),
                DeclineReason::FinalSale { title } => *title = word(title),
                _ => {}
            }
        }
    }
    it.email()
}

/// The names of all elements in their order.
fn tags(html: &str) -> Vec<String> {
    html.match_indices('<').map(|(at, _)| html[at..].chars().take_while(|c| !c.is_whitespace() && *c != '>').collect()).collect()
}

#[test]
fn nothing_a_stranger_writes_becomes_markup() {
    for it in all() {
        for vector in VECTORS {
            let email = check(&everywhere(it.clone(), vector));
            assert!(!email.html.contains("href=\"javascript:"), "{vector}");
            assert!(!email.html.contains("<img"), "{vector}");
            let colour_is_one = email.html.contains("background-color:#1f5f4a;border-radius:8px 8px 0 0");
            assert!(colour_is_one, "{vector}");
        }
    }
}

/// What holds of the other channels whatever was written.
#[track_caller]
fn check_channels(it: &Sample) {
    if it.uses(Channel::Whatsapp) {
        let message = crate::whatsapp(&it.facts()).unwrap();
        for value in &message.parameters {
            assert!((1..=60).contains(&value.chars().count()) && !value.chars().any(char::is_control), "{value:?}");
            assert!(!value.contains("     "), "{value:?}");
        }
    }
    if it.uses(Channel::Sms) {
        let sms = it.sms().text;
        assert!(sms.contains(&it.link) && !sms.chars().any(char::is_control), "{sms:?}");
    }
}

#[test]
fn nothing_a_stranger_writes_harms_any_language_or_channel() {
    let long = "😀<é".repeat(2_500);
    for locale in Locale::ALL {
        for it in all() {
            for vector in VECTORS.iter().copied().chain([long.as_str()]) {
                let it = everywhere(it.clone().in_language(locale), vector);
                check(&it);
                check_channels(&it);
            }
        }
    }
}

#[test]
fn nothing_a_stranger_writes_harms_a_shops_own_words() {
    const OWN: &str = "{{ customer_first_name }} {{ shop }} {{ order_number }} {{ total }} {{ status }} {{ support_contact }} \
                       {{ carrier }} {{ tracking_number }} {{ expected_day }} {{ link }} {{ locale }}\n\n\
                       {% for item in items %}{{ item.title }} {{ item.variant }}, {% endfor %}";
    let words = OwnWords { subject: Some(OWN.into()), mail: Some(OWN.into()), sms: Some(OWN.into()) };
    let long = "😀<é".repeat(2_500);
    for it in all() {
        for vector in VECTORS.iter().copied().chain([long.as_str()]) {
            let it = with(everywhere(it.clone(), vector), words.clone());
            let email = it.email();
            assert!(!email.fell_back, "{vector:.40}");
            assert!(!email.subject.chars().any(char::is_control) && email.subject.chars().count() <= 150, "{}", email.subject);
            let house = tags(&with(it.clone(), OwnWords { mail: Some("word".into()), ..OwnWords::default() }).email().html);
            let own: Vec<_> = tags(&email.html).into_iter().filter(|tag| tag != "<p" && tag != "</p").collect();
            assert_eq!(own, house.into_iter().filter(|tag| tag != "<p" && tag != "</p").collect::<Vec<_>>(), "{vector:.40}");
            assert!(!email.text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", email.text);
            check_channels(&it);
        }
    }
}

#[test]
fn a_subject_is_one_header() {
    let mut it = sample(LetterKind::Shipped);
    it.settings.brand.name = "Demo\r\nBcc: victim@x.example".into();
    it.report().number = "#1\r\n\r\nbody".into();
    assert_eq!(it.email().subject, "Your parcel from Demo Bcc: victim@x.example is on its way (order #1 body)");
}

#[test]
fn a_name_that_advertises_is_not_greeted_and_a_title_is_not_a_link() {
    let mut it = sample(LetterKind::OrderConfirmed);
    it.report().customer.first_name = Some("You won, go to evil.example".into());
    it.report().lines[0].title = "See https://evil.example/win".into();
    let email = it.email();
    assert!(email.text.starts_with("Hello,\n"), "{}", email.text);
    for part in [&email.text, &email.html] {
        let shown = part.split("ld+json").last().unwrap().split_once("</script>").map_or(part.as_str(), |(_, body)| body);
        assert!(!shown.contains("evil.example"), "{shown}");
    }
}

#[test]
fn a_long_order_stays_below_what_clients_clip() {
    let mut it = sample(LetterKind::OrderConfirmed);
    let line = it.report().lines[0].clone();
    let hostile = "<&\"'>".repeat(200);
    it.report().lines = (0..500)
        .map(|n| Line {
            id: n.to_string().parse().unwrap(),
            title: hostile.clone(),
            variant: Some(hostile.clone()),
            ..line.clone()
        })
        .collect();
    let email = check(&it);
    assert!(email.html.contains("and 470 more items"), "{} bytes", email.html.len());
    assert!(email.text.contains("- and 470 more items"));
    let fifty = {
        let mut it = sample(LetterKind::OrderConfirmed);
        it.report().lines = (0..50).map(|n| Line { id: n.to_string().parse().unwrap(), ..line.clone() }).collect();
        it.email().html.len()
    };
    assert!(fifty < 30_000, "{fifty}");
    assert!(check(&everywhere(sample(LetterKind::OrderConfirmed), &"😀<".repeat(5_000))).html.len() < HTML_BYTES_MAX);
}

#[test]
fn a_text_message_keeps_its_link_whole_however_long() {
    for mut it in all().into_iter().filter(|it| it.uses(Channel::Sms)) {
        it.settings.brand.name = "A shop with a name that goes on and on and on and on".into();
        it.link = format!("{LINK}{}", "x".repeat(70));
        assert!(it.sms().text.ends_with(&it.link));
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,80}",
        prop::sample::select(VECTORS).prop_map(str::to_owned),
        "[<>&\"'/ a-z.:@\\r\\n]{0,400}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_text_anywhere_makes_a_whole_mail(text in text(), it in prop::sample::select(all())) {
        check(&everywhere(it, &text));
    }

    #[test]
    fn any_code_makes_a_whole_mail(text in text(), it in prop::sample::select(all())) {
        prop_assume!(!it.parcels.is_empty());
        check(&it.about(&text, "2026-11-26T13:05:00Z"));
    }

    #[test]
    fn a_text_message_in_the_alphabet_stays_in_it(name in text(), mut it in prop::sample::select(all())) {
        prop_assume!(it.uses(Channel::Sms));
        it.settings.brand.name = name;
        let sms = it.sms().text;
        prop_assert_eq!(crate::gsm::plain(&sms), Some(sms));
    }
}
