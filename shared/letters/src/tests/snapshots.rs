//! Every kind as its reader gets it.

use super::sample::{LINK, PREFERENCES, Sample, TOLD, at, four, sample, scan, solved, stuck};
use domain::{
    letter::{Channel, LetterKind},
    locale::Locale,
    parcel::EpisodeKind,
    status::Status,
};

/// A letter as its reader gets it: subject, text, text message and WhatsApp.
fn read(sample: &Sample) -> String {
    let email = sample.email();
    let mut out = format!("Subject: {}\n[{}]\n\n{}", email.subject, preheader(&email.html), email.text.replace(LINK, "LINK"));
    if sample.uses(Channel::Sms) {
        let sms = sample.sms();
        out.push_str(&format!("\nSMS ({}): {}\n", crate::segments(&sms.text), sms.text.replace(LINK, "LINK")));
    }
    out.replace(PREFERENCES, "PREFERENCES")
}

/// The line a mailbox shows after the subject.
fn preheader(html: &str) -> String {
    let (_, rest) = html.split_once("mso-hide:all;\">").unwrap();
    rest.split_once("&#847;").unwrap().0.to_owned()
}

/// The snapshot a kind stands in.
fn group(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::AttemptFailed | LetterKind::ProblemSolved | LetterKind::NewDay => "troubles",
        kind if kind.is_trouble() => "troubles",
        kind if kind.code().starts_with("return_") => "returns",
        kind if kind.stage().is_some() || kind == LetterKind::AllDelivered => "parcels",
        _ => "orders",
    }
}

#[test]
fn every_kind_reads_as_reviewed_in_every_language() {
    for locale in Locale::ALL {
        for part in ["orders", "parcels", "troubles", "returns"] {
            let kinds = LetterKind::ALL.iter().copied().filter(|kind| group(*kind) == part);
            let told: String =
                kinds.map(|kind| format!("======== {}\n{}\n", kind.code(), read(&sample(kind).in_language(locale)))).collect();
            insta::assert_snapshot!(format!("{}_{part}", locale.code()), told);
        }
    }
}

#[test]
fn the_layout_looks_as_reviewed() {
    let kinds = [LetterKind::OrderConfirmed, LetterKind::Delivered, LetterKind::Damaged, LetterKind::ReturnDeclined];
    for kind in kinds {
        insta::assert_snapshot!(format!("{}.html", kind.code()), sample(kind).email().html);
    }
    for locale in [Locale::De, Locale::Fr, Locale::Es] {
        for kind in [LetterKind::OrderConfirmed, LetterKind::Delivered] {
            let name = format!("{}_{}.html", locale.code(), kind.code());
            insta::assert_snapshot!(name, sample(kind).in_language(locale).email().html);
        }
    }
}

#[test]
fn four_parcels_are_one_message() {
    for locale in Locale::ALL {
        let kinds = LetterKind::ALL.iter().copied().filter(|kind| kind.merges());
        let told: String =
            kinds.map(|kind| format!("======== {}\n{}\n", kind.code(), read(&four(kind).in_language(locale)))).collect();
        insta::assert_snapshot!(format!("{}_four", locale.code()), told);
    }
    let html = four(LetterKind::Shipped).email().html;
    let json = html.split_once("ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let told: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(told.as_array().map(Vec::len), Some(4));
    assert_eq!(told[3]["trackingNumber"], "1Z999AA10123456787");
    assert!(!html.contains("this is about"), "all four of four are told");
}

#[test]
fn trouble_that_time_brought_and_its_end_read_as_reviewed() {
    for kind in TOLD {
        insta::assert_snapshot!(format!("delivery_problem_{}.txt", kind.code()), read(&stuck(kind)));
        // That a parcel moves again is the sample of its kind.
        if kind != EpisodeKind::NoMovement {
            insta::assert_snapshot!(format!("problem_solved_{}.txt", kind.code()), read(&solved(kind)));
        }
    }
}

/// The beginning of a letter, above its rows.
fn beginning(sample: &Sample) -> String {
    let email = sample.email();
    let above = email.text.split("\n\nCarrier:").next().unwrap().replace("Hello Jon,\n\n", "").replace("\n\n", "\n");
    format!("{}\n{above}\nSMS: {}\n\n", email.subject, sample.sms().text.replace(LINK, "LINK"))
}

#[test]
fn a_new_day_says_what_it_was_and_why() {
    let day = |when: &str, day: &str| sample(LetterKind::Shipped).said(when, Some(day), Vec::new());
    let of = |mut it: Sample, detail: &str| {
        it.letter.kind = LetterKind::NewDay;
        beginning(&it.about(detail, "2026-11-25T20:45:00Z"))
    };
    let later = || day("2026-11-25T20:45:00Z", "2026-11-27");
    let out = || vec![scan("2026-11-26T07:05:00Z", Status::OutForDelivery, "on_vehicle", "")];
    let damaged = || vec![scan("2026-11-26T07:05:00Z", Status::Exception, "damaged", "")];
    let mut promised = later();
    let order = promised.order.id.clone();
    let promise = |on: &str| domain::parcel::Destination { promised: Some(on.parse().unwrap()), ..Default::default() };
    promised.parcels[0] = promised.parcels[0].clone().described(&order, &promise("2026-11-27"));
    let mut bare = sample(LetterKind::Shipped);
    bare.parcels[0].expected = None;
    let told = [
        ("later, because of the weather", beginning(&sample(LetterKind::NewDay))),
        ("later, without a cause", of(later(), "2026-11-27")),
        ("earlier", of(day("2026-11-25T20:45:00Z", "2026-11-25"), "2026-11-25")),
        ("the promised day, after an earlier one", of(promised, "2026-11-27")),
        ("changed again since", of(day("2026-11-26T20:45:00Z", "2026-11-30"), "2026-11-27")),
        ("out for delivery since", of(later().scanned(out()), "2026-11-27")),
        ("the carrier names no day any more", of(bare.clone(), "2026-11-27")),
        ("in trouble since", of(later().scanned(damaged()), "2026-11-27")),
        ("nothing is known", of(bare, "soon")),
    ];
    insta::assert_snapshot!("new_days", told.map(|(name, text)| format!("[{name}]\n{text}")).concat());
}

#[test]
fn an_end_is_only_called_good_when_it_is() {
    let then = |kind, scans: Vec<domain::scan::Scan>| beginning(&solved(kind).said("2026-12-03T10:00:00Z", None, scans));
    let at_noon = |status, sub| vec![scan("2026-12-03T10:00:00Z", status, sub, "")];
    let lost = EpisodeKind::PresumedLost;
    let mut late = solved(EpisodeKind::NoMovement);
    late.parcels[0].episodes.extend(stuck(EpisodeKind::OverduePromise).parcels[0].episodes.clone());
    let mut said_again = stuck(EpisodeKind::OverduePromise).said("2026-11-28T10:00:00Z", Some("2026-11-26"), Vec::new());
    said_again.letter.kind = LetterKind::ProblemSolved;
    let mut missed = solved(EpisodeKind::DeliveryRetracted);
    missed.parcels[0] = missed.parcels[0].clone().disputed(at("2026-12-02T08:00:00Z"));
    let told = [
        ("arrived", then(lost, at_noon(Status::Delivered, "at_door"))),
        ("to collect", then(lost, at_noon(Status::AvailableForPickup, "locker"))),
        ("on the vehicle", then(lost, at_noon(Status::OutForDelivery, "on_vehicle"))),
        ("on its way back", then(lost, at_noon(Status::Returning, "in_transit"))),
        ("damaged", then(EpisodeKind::OverduePromise, at_noon(Status::Exception, "damaged"))),
        ("moving, and late", beginning(&late)),
        ("the old day said again", beginning(&said_again.about("overdue_promise", "2026-11-28T10:00:00Z"))),
        ("delivered again, and missed", beginning(&missed)),
        ("a code nobody knows", beginning(&solved(lost).about("brand_new_code", "2026-12-02T06:40:00Z"))),
    ];
    insta::assert_snapshot!("ends", told.map(|(name, text)| format!("[{name}]\n{text}")).concat());
}

#[test]
fn a_day_that_has_passed_is_not_told_as_expected() {
    let mail = stuck(EpisodeKind::OverduePromise).email();
    assert!(mail.text.contains("Expected:        Thursday 26 November, says the carrier\n"), "{}", mail.text);
    assert!(!mail.html.contains("expectedArrivalUntil"));
    let mut past = solved(EpisodeKind::NoMovement);
    past.parcels[0].expected = stuck(EpisodeKind::NoMovement).parcels[0].expected;
    let mail = past.email();
    assert!(!mail.text.contains("Expected:") && !mail.html.contains("expectedArrivalUntil"), "{}", mail.text);
    assert!(mail.text.contains("UPS has not said on which day it comes now."), "{}", mail.text);
}

#[test]
fn a_delivery_that_was_taken_back_is_not_the_last_scan() {
    let text = stuck(EpisodeKind::DeliveryRetracted).email().text;
    assert!(text.contains("Last scan:             Accepted by the carrier, Berlin (Tue 24 Nov, 18:10)"), "{text}");
}

#[test]
fn of_several_silences_the_newest_is_told() {
    let mut twice = stuck(EpisodeKind::NoMovement);
    let first = &mut twice.parcels[0].episodes[0];
    first.closed_at = Some(at("2026-11-28T08:00:00Z"));
    let (since, opened_at) = (at("2026-11-28T08:00:00Z"), at("2026-12-03T08:00:00Z"));
    let second = domain::parcel::Episode { since, opened_at, closed_at: None, ..*first };
    twice.parcels[0].episodes.push(second);
    let text = twice.email().text;
    assert!(text.contains("No scan since:   Sat 28 Nov, 09:00"), "{text}");
    // The same without any: the letter's own moment has to do.
    twice.parcels[0].episodes.clear();
    assert!(twice.email().text.contains("No scan since:   Fri 27 Nov, 18:10"));
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
    assert!(moved.email().text.contains("Friday 27 November, says the carrier (at first it was Thursday 26 November)"));
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
    let two = sample(LetterKind::Damaged).scanned(vec![scan("2026-11-25T15:00:00Z", Status::Exception, "lost", "")]);
    assert_eq!(two.email().subject, "Your parcel was damaged on the way (order #1001)");
    let back = sample(LetterKind::Damaged)
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
