//! Every kind as its reader gets it.

use super::sample::{LINK, at, sample, scan};
use domain::{letter::LetterKind, status::Status};

#[test]
fn every_kind_reads_as_reviewed() {
    for kind in LetterKind::ALL {
        let sample = sample(kind);
        let email = sample.email();
        let sms = sample.sms();
        let sms = format!("{}\n({} segment)", sms.text, crate::segments(&sms.text));
        insta::assert_snapshot!(format!("{}.html", kind.code()), email.html);
        insta::assert_snapshot!(
            format!("{}.txt", kind.code()),
            format!("Subject: {}\n\n{}\nSMS: {sms}", email.subject, email.text)
        );
    }
}

#[test]
fn a_mail_without_anything_optional_says_nothing_false() {
    let mut bare = sample(LetterKind::OrderConfirmed);
    bare.settings.brand.support_email = None;
    bare.settings.brand.support_phone = None;
    bare.settings.brand.support_hours = None;
    bare.settings.brand.shop_url = None;
    let report = bare.report();
    report.customer.first_name = None;
    report.ship_to = None;
    report.promised = None;
    report.totals.shipping = None;
    report.totals.tax = None;
    report.totals.discount = None;
    let email = bare.email();
    insta::assert_snapshot!("bare.txt", email.text);
    assert!(email.text.starts_with("Hello,\n"));
    assert!(!email.html.contains("Expected"));
    assert!(!email.html.contains("mailto:"));
}

#[test]
fn a_return_without_instructions_names_a_person_and_promises_no_label() {
    let mut plain = sample(LetterKind::ReturnApproved);
    plain.settings.returns.how_to_send_back = String::new();
    let text = plain.email().text;
    assert!(text.contains("To learn how to send the items back, write to help@demo.example"), "{text}");
    assert!(!text.to_lowercase().contains("label"), "{text}");
    assert!(text.contains("will refund you after the items have arrived and been checked"), "{text}");
}

#[test]
fn an_expected_day_that_moved_says_so_and_one_in_trouble_is_not_shown() {
    let mut moved = sample(LetterKind::Shipped);
    let expected = moved.parcels[0].expected.as_mut().unwrap();
    expected.current = "2026-11-27".parse().unwrap();
    assert!(moved.email().text.contains("Friday 27 November (at first it was Thursday 26 November)"));
    let late = sample(LetterKind::Shipped).scanned(vec![scan("2026-11-25T13:05:00Z", Status::Exception, "damaged", "")]);
    let email = late.email();
    assert!(!email.text.contains("Expected"), "{}", email.text);
    assert!(!email.html.contains("expectedArrivalUntil"));
}

#[test]
fn a_letter_that_goes_out_after_newer_news_tells_them() {
    let late = sample(LetterKind::OutForDelivery).scanned(vec![scan("2026-11-26T13:05:00Z", Status::Delivered, "at_door", "")]);
    let text = late.email().text;
    assert!(text.contains("The newest news since then: Delivered at the door, Thu 26 Nov, 14:05."), "{text}");
    assert!(!sample(LetterKind::OutForDelivery).email().text.contains("since then"));
}

#[test]
fn a_time_without_a_zone_is_told_as_a_day() {
    let mut vague = sample(LetterKind::Delivered);
    for scan in &mut vague.parcels[0].scans {
        scan.zone_known = false;
    }
    let text = vague.email().text;
    assert!(text.contains("Thursday 26 November\n"), "{text}");
    assert!(!text.contains("14:05"), "{text}");
}

#[test]
fn a_problem_mail_is_about_its_own_problem_even_when_another_came() {
    let two = sample(LetterKind::DeliveryProblem).scanned(vec![scan("2026-11-25T15:00:00Z", Status::Exception, "lost", "")]);
    assert_eq!(two.email().subject, "Your parcel was damaged on the way (order #1001)");
    let back = sample(LetterKind::DeliveryProblem)
        .scanned(vec![
            scan("2026-11-27T15:00:00Z", Status::Returning, "in_transit", ""),
            scan("2026-11-29T15:00:00Z", Status::Delivered, "at_door", ""),
        ])
        .about("returning", "2026-11-27T15:00:00Z");
    assert_eq!(back.email().subject, "Your parcel is back at Demo Shop (order #1001)");
}

#[test]
fn each_attempt_has_its_own_words() {
    let twice = sample(LetterKind::AttemptFailed)
        .scanned(vec![scan("2026-11-27T13:05:00Z", Status::AttemptFailed, "final_attempt", "")])
        .about("2026-11-27", "2026-11-27T13:05:00Z");
    assert_eq!(twice.email().subject, "The last attempt to deliver your parcel failed (order #1001)");
}

#[test]
fn several_parcels_are_told_as_several() {
    let mut several = sample(LetterKind::Shipped);
    let fulfilment = several.order.fulfilments.values_mut().next().unwrap();
    fulfilment.parcels.push(domain::order::ParcelName::read(Some("DHL"), "1234567890").unwrap());
    let text = several.email().text;
    assert!(text.contains("Order #1001 comes in 2 parcels; this is about one of them."), "{text}");
    assert!(!text.contains("IN THIS PARCEL"), "nobody told which item is in which: {text}");
}

#[test]
fn an_order_partly_sent_says_that_the_rest_follows() {
    let mut partly = sample(LetterKind::Shipped);
    let fulfilment = partly.order.fulfilments.values_mut().next().unwrap();
    fulfilment.lines.truncate(1);
    let text = partly.email().text;
    assert!(text.contains("The rest of your order follows separately."), "{text}");
    assert!(text.contains("- 2 x Wool socks (Forest green / M)"), "{text}");
    assert!(!text.contains("Enamel"), "{text}");
}

#[test]
fn facts_that_are_not_enough_are_refused() {
    let mut nobody = sample(LetterKind::Shipped);
    nobody.order.report = None;
    assert!(matches!(crate::email(&nobody.facts()), Err(crate::CannotRender::NoOrder)));
    let some = sample(LetterKind::Shipped);
    let facts = crate::Facts { parcel: None, return_: None, ..some.facts() };
    assert!(matches!(crate::email(&facts), Err(crate::CannotRender::NoParcel)));
    let mut held = sample(LetterKind::ReturnReceived);
    held.letter.kind = LetterKind::ReturnApproved;
    assert!(matches!(crate::email(&held.facts()), Err(crate::CannotRender::ReturnNotSo)));
    let facts = crate::Facts { return_: None, ..held.facts() };
    assert!(matches!(crate::email(&facts), Err(crate::CannotRender::NoReturn)));
    for bad in ["", "javascript:alert(1)", "https://x.example/\"onclick=", "https://x.example/ y"] {
        let facts = crate::Facts { link: bad, ..some.facts() };
        assert!(matches!(crate::email(&facts), Err(crate::CannotRender::BadLink)), "{bad}");
        assert!(matches!(crate::sms(&facts), Err(crate::CannotRender::BadLink)), "{bad}");
    }
}

#[test]
fn a_shop_whose_name_does_not_go_into_a_text_is_told_apart_by_the_order() {
    let mut shop = sample(LetterKind::OutForDelivery);
    shop.settings.brand.name = "Магазин".into();
    let text = shop.sms().text;
    assert_eq!(text, format!("Order #1001: your parcel is out for delivery. Follow it here: {LINK}"));
    assert_eq!(crate::segments(&text), 1);
    shop.settings.brand.name = "Łąka & Müller 🌷".into();
    assert!(shop.sms().text.starts_with("Laka & Müller: "), "{}", shop.sms().text);
}

#[test]
fn the_parts_agree_on_the_moment() {
    let text = sample(LetterKind::Delivered).email().text;
    assert!(text.contains(&crate::words::moment(
        at("2026-11-26T13:05:00Z"),
        sample(LetterKind::Delivered).settings.calendar.zone.time_zone()
    )));
}
