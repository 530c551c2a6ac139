//! What people see: the page of an order in every state, whoever wrote the words in it.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod html;
mod scenes;

use customer_pages::{
    answer_form::{AnswerDraft, AnswerForm, answer_form},
    facts::Facts,
    find_page::{FindForm, FindPage},
    json, notice,
    returns::Draft,
};
use domain::{
    answer::{ANSWERS_MAX, CustomerAnswer, Offer, Wish},
    parcel::Destination,
    return_::{AnsweredBy, DeclineReason, ReturnState},
    status::Status,
};
use html::{HOSTILE, assert_harmless, assert_told_apart, body, compressed, keep};
use proptest::prelude::*;
use scenes::*;
use windows::form::Form;

#[test]
fn every_state_of_an_order_has_its_page() {
    for (name, facts) in [
        ("fresh", fresh()),
        ("in_transit", in_transit()),
        ("problem", problem()),
        ("half_damaged", half_damaged()),
        ("attempt_failed", attempt_failed()),
        ("answered", answered()),
        ("disputed", disputed()),
        ("handed_over", handed_over()),
        ("arrived", arrived()),
        ("too_late", too_late()),
        ("with_returns", with_returns()),
        ("cancelled", cancelled()),
        ("refunded", refunded()),
        ("erased", erased()),
        ("undescribed", undescribed()),
        ("unpaid", unpaid()),
    ] {
        let html = html(&facts);
        keep(name, &html);
        insta::assert_snapshot!(name, body(&html));
    }
}

#[test]
fn a_request_just_sent_hides_the_form_until_its_answer_is_there() {
    let mut facts = arrived();
    let id = nonces(&facts).current().unwrap();
    let waiting = html_after(&facts, Some(id.as_str()), &Draft::default());
    keep("waiting", &waiting);
    assert!(waiting.contains("We have your request") && !waiting.contains("/returns#returns\""));
    facts.returns.push(asked(id.as_str(), &[("12", 1)], ReturnState::Approved { at: at(NOW), by: AnsweredBy::Policy }, None));
    let answered = html_after(&facts, Some(id.as_str()), &Draft::default());
    assert!(
        !answered.contains("We have your request") && answered.contains("/returns#returns\"") && answered.contains("Approved")
    );
}

#[test]
fn an_address_with_anything_else_in_asked_changes_nothing() {
    let facts = arrived();
    assert_eq!(html_after(&facts, Some("rzzzzzzzzzzzzzzzzzzzzzzzz"), &Draft::default()), html(&facts));
}

#[test]
fn a_form_that_lacks_something_is_shown_again_with_what_was_filled_in() {
    let line = "12".parse().unwrap();
    let draft = Draft {
        lines: [(line, (2, None))].into(),
        outcome: None,
        note: "It wobbles.".into(),
        error: Some("Please choose a reason.".into()),
    };
    let html = html_after(&arrived(), None, &draft);
    keep("lacking", &html);
    for part in
        ["<details class=\"card ask\" open>", "<option value=\"2\" selected>", "aria-invalid", "It wobbles.", "Not sent yet."]
    {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn an_answer_just_given_is_told_where_it_was_given() {
    let mut facts = attempt_failed();
    let about = Some(facts.parcels[0].key.clone());
    let id = nonces(&facts).of_answers(about.as_ref(), 0).current().unwrap();
    let waiting = html_answered(&facts, Some(id.as_str()), None);
    keep("answer_waiting", &waiting);
    assert!(html(&facts).contains("<a href=\"#answers\">Say here what you would like to happen</a>"));
    assert!(waiting.contains("We have your answer. It will show here") && waiting.contains("Look again"));
    assert!(!waiting.contains("/answers#answers\" method"), "it cannot be given twice meanwhile");
    let (wish, answered_at) = (Wish::AnotherDay { day: "2026-11-28".parse().unwrap() }, at(NOW));
    facts.order.answers.push(CustomerAnswer { id: id.clone(), parcel: about, wish, answered_at, done_at: None });
    let given = html_answered(&facts, Some(id.as_str()), None);
    assert!(given.contains("We have your answer. A person sees to it.") && !given.contains("Look again"));
    assert!(given.contains("You asked for another delivery day on Thu 26 Nov, 13:00."), "{given}");
    assert!(given.contains("Who must act: Aster &#38; Oak.") && !given.contains("Say here what"), "it is the shop's turn");
    assert!(given.contains("<summary>Ask for something else</summary>"));
    assert_eq!(html_answered(&facts, Some("azzzzzzzzzzzz"), None), html(&facts));
}

#[test]
fn an_answer_that_lacks_something_is_shown_again_with_what_was_filled_in() {
    let facts = attempt_failed();
    let draft = AnswerDraft {
        about: Some(facts.parcels[0].key.clone()),
        chosen: Some(Offer::CorrectedAddress),
        typed: [("street", "Am Markt 1".into()), ("city", String::new()), ("neighbour", "Ms Lee".into())].into(),
        errors: [("city", "Please fill in the town.".into())].into(),
    };
    let html = html_answered(&facts, None, Some(&draft));
    keep("answer_lacking", &html);
    for part in [
        "value=\"corrected_address\" required checked",
        "value=\"Am Markt 1\"",
        "name=\"city\" value=\"\"",
        "aria-invalid=\"true\" aria-describedby=\"answers-city\"",
        "id=\"answers-city\">Please fill in the town.",
        ">Ms Lee</textarea>",
        "Not sent yet.",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn what_people_write_in_answers_is_on_no_page_and_in_no_facts() {
    let facts = answered();
    for text in [html(&facts), json::document(&facts).unwrap()] {
        assert!(!text.contains("PRIVATE") && !text.contains("blue door"), "{text}");
    }
}

#[test]
fn an_answer_about_a_parcel_that_is_no_longer_the_orders_is_still_told() {
    let mut facts = answered();
    for answer in &mut facts.order.answers {
        answer.parcel.as_mut().unwrap().number = "1Z999AA10123456799".parse().unwrap();
    }
    let html = html(&facts);
    let (_, beside_address) = html.split_once("Delivery address").unwrap();
    assert_eq!(beside_address.matches("You asked for").count(), 2);
}

#[test]
fn an_order_with_as_many_answers_as_are_kept_offers_no_more() {
    let mut facts = answered();
    let one = facts.order.answers[1].clone();
    facts.order.answers =
        (0..ANSWERS_MAX).map(|n| CustomerAnswer { id: format!("abbbbbb{n:02}").parse().unwrap(), ..one.clone() }).collect();
    let nonces = nonces(&facts);
    let nonce = nonces.of_answers(Some(&facts.parcels[0].key), ANSWERS_MAX).current().unwrap();
    let form = Form::read(format!("nonce={nonce}&wish=neighbour&neighbour=x").as_bytes());
    assert_eq!(answer_form(&facts, &nonces, &form), AnswerForm::TooMany);
    let html = html(&facts);
    assert!(html.contains("For one more, talk to a person.") && !html.contains("/answers#answers\""));
}

#[test]
fn a_missing_parcel_is_asked_about_once_while_the_shop_looks_for_it() {
    assert!(html(&arrived()).contains("value=\"not_received\""));
    let html = html(&disputed());
    assert!(!html.contains("value=\"not_received\""));
    assert!(html.contains("UPS says: Delivered at the door") && html.contains("Who must act: Aster &#38; Oak."));
}

#[test]
fn the_last_leg_of_a_parcel_is_part_of_it() {
    let facts = handed_over();
    assert_eq!(facts.parcels.len(), 1);
    let html = html(&facts);
    for part in ["Brought to you by Royal Mail, number <a", "Your parcel</h2>", "4 × Stoneware mug", "In this parcel<"] {
        assert!(html.contains(part), "{part}");
    }
    assert!(html.contains("No movement from Sun 22 Nov, 18:40 to Mon 23 Nov, 03:10"), "{html}");
    assert!(html.contains("Past its expected day since Thu 26 Nov, 00:00"));
}

#[test]
fn who_names_the_expected_day_and_why_it_moved_is_told() {
    let mut facts = in_transit();
    let late = scan("2026-11-24T09:00:00Z", Status::Exception, "delayed_weather", "", "Leipzig, DE");
    let moving = scan("2026-11-24T18:00:00Z", Status::InTransit, "departed", "", "Leipzig, DE");
    let scans = on_the_way().into_iter().chain([late, moving]).collect();
    let days = [("2026-11-22T18:00:00Z", "2026-11-25"), ("2026-11-24T09:00:00Z", "2026-11-27")];
    facts.parcels[0] = parcel("1Z999AA10123456784", scans, &days);
    let why = |facts: &Facts| customer_pages::headline::expected_why(facts, &facts.parcels[0]);
    assert_eq!(why(&facts).as_deref(), Some("UPS says so. The day moved because of the weather."));
    facts.parcels[0].expected = None;
    facts.parcels[0].lane_day = Some("2026-11-28".parse().unwrap());
    assert_eq!(why(&facts).as_deref(), Some("By then eight of ten parcels on this way have arrived."));
    facts.parcels[0].lane_day = None;
    facts.parcels[0].link.as_mut().unwrap().described =
        Some(Destination { promised: Some("2026-11-28".parse().unwrap()), ..Destination::default() });
    assert_eq!(why(&facts).as_deref(), Some("Aster & Oak has promised it."));
}

#[test]
fn the_pages_of_a_shop() {
    use askama::Template as _;
    let typed = FindForm { number: "#1001".into(), email: "ines".into(), is_email_wrong: true, ..FindForm::default() };
    for (name, page) in [
        ("track", FindPage::track(&shop(), &settings())),
        ("track_again", FindPage::track_again(&shop(), &settings(), typed)),
        ("mailed", FindPage::mailed(&settings())),
        ("shop_returns", FindPage::returns(&shop(), &settings())),
    ] {
        let html = page.render().unwrap();
        keep(name, &html);
        insta::assert_snapshot!(name, body(&html));
    }
    keep("nowhere", notice::nowhere().body());
    insta::assert_snapshot!("nowhere", body(notice::nowhere().body()));
}

#[test]
fn the_facts_as_json() {
    let pretty = |facts: &Facts| {
        let value: serde_json::Value = serde_json::from_str(&json::document(facts).unwrap()).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    insta::assert_snapshot!("in_transit.json", pretty(&in_transit()));
    insta::assert_snapshot!("with_returns.json", pretty(&with_returns()));
    insta::assert_snapshot!("undescribed.json", pretty(&undescribed()));
    insta::assert_snapshot!("answered.json", pretty(&answered()));
    insta::assert_snapshot!("handed_over.json", pretty(&handed_over()));
    insta::assert_snapshot!("refunded.json", pretty(&refunded()));
    insta::assert_snapshot!("erased.json", pretty(&erased()));
}

#[test]
fn money_that_went_back_is_told_with_its_day() {
    let html_of = html(&refunded());
    let (first, second) = ("4.90 EUR were refunded on Thursday 26 November.", "12.00 EUR were refunded on Thursday 26 November.");
    let places = [first, second].map(|line| html_of.find(line).unwrap());
    assert!(places[0] < places[1], "the older one, whose day is the shop's, comes first");
    assert_eq!(html_of.matches("were refunded on").count(), 2, "what went back without money is no refund");
    let mut facts = Facts { now: at("2027-02-01T12:00:00Z"), ..refunded() };
    assert!(html(&facts).contains("12.00 EUR were refunded on Thursday 26 November 2026."));
    facts.order.report = None;
    let undescribed = html(&facts);
    assert!(undescribed.contains("<h2 id=\"refunds\">Refunds</h2>") && !undescribed.contains("What you ordered"));
    assert!(!html(&arrived()).contains("class=\"refund\""));
}

#[test]
fn the_page_of_somebody_who_was_forgotten_tells_nothing_of_them_and_asks_for_nothing() {
    let facts = erased();
    let html = html(&facts);
    assert!(html.contains("The name and the address of this order were erased on Thursday 26 November 2026, as was asked."));
    for part in ["Ines", "Lindenallee", "Leipzig 04107", "<address", "/answers#answers", "Choose what we may write", "/p/"] {
        assert!(!html.contains(part), "{part} is in {html}");
    }
    assert!(html.contains("Linen duvet cover") && html.contains("Notice left"), "what was bought and where it is stays");
    let nonces = nonces(&facts);
    let nonce = nonces.of_answers(Some(&facts.parcels[0].key), 0).current().unwrap();
    let form = Form::read(format!("nonce={nonce}&wish=neighbour&neighbour=x").as_bytes());
    assert_eq!(answer_form(&facts, &nonces, &form), AnswerForm::NotOffered);
    let told: serde_json::Value = serde_json::from_str(&json::document(&facts).unwrap()).unwrap();
    assert_eq!((&told["erased_at"], &told["address"]), (&"2026-11-25T23:30:00Z".into(), &serde_json::Value::Null));
}

#[test]
fn how_long_ago_a_carrier_was_heard_is_told_where_it_is_known() {
    assert!(html(&in_transit()).contains("Last heard from UPS, Tue 24 Nov, 06:55 (2 days ago): Arrived at a depot, Leipzig, DE"));
    let check = |at_text: &str, zone_known: bool, want: &str| {
        let mut facts = in_transit();
        let mut last = scan(at_text, Status::InTransit, "departed", "", "");
        last.zone_known = zone_known;
        facts.parcels[0].scans.push(last);
        let html = html(&facts);
        assert!(html.contains(want), "{want} is not in {html}");
    };
    check("2026-11-26T11:00:00Z", true, "Thu 26 Nov, 12:00 (1 hour ago): Left a depot<");
    check("2026-11-26T11:00:00Z", false, "Thu 26 Nov, 12:00 *: Left a depot<");
    check("2026-11-24T12:00:00Z", false, "Tue 24 Nov, 13:00 * (2 days ago): Left a depot<");
    check("2026-11-26T12:00:01Z", true, "Thu 26 Nov, 13:00: Left a depot<");
}

#[test]
fn two_parcels_of_fifteen_scans_fit_the_budget() {
    let facts = busy();
    assert!(facts.parcels.iter().all(|parcel| parcel.scans.len() == 15));
    let html = html(&facts);
    keep("busy", &html);
    let bytes = compressed(&html);
    println!("{bytes} bytes compressed of {}", html.len());
    assert!(bytes <= 14 * 1024, "{bytes} bytes");
}

/// Puts one text wherever somebody else's text can stand.
fn poisoned(text: &str) -> Facts {
    let mut facts = with_returns();
    let report = facts.order.report.as_mut().unwrap();
    report.number = text.into();
    for line in &mut report.lines {
        line.title = text.into();
        line.variant = Some(text.into());
    }
    let to = report.ship_to.as_mut().unwrap();
    for field in [
        &mut to.name,
        &mut to.company,
        &mut to.street,
        &mut to.street_more,
        &mut to.city,
        &mut to.region,
        &mut to.postal_code,
        &mut to.country,
    ] {
        *field = Some(text.into());
    }
    for scan in &mut facts.parcels[0].scans {
        scan.text = text.into();
        scan.place = text.into();
        scan.sub = domain::status::SubStatus::new(text);
    }
    let mut unread = scan("2026-11-25T09:30:00Z", Status::Pending, "other", text, text);
    unread.zone_known = false;
    facts.parcels[0].scans.push(unread);
    for return_ in &mut facts.returns {
        return_.request.note = Some(text.into());
    }
    let by_person = DeclineReason::ByPerson { why: text.into() };
    facts.returns[2].state = ReturnState::Declined {
        at: at(NOW),
        by: AnsweredBy::Person,
        reasons: vec![by_person, DeclineReason::FinalSale { title: text.into() }],
    };
    let brand = &mut facts.settings.brand;
    brand.name = text.into();
    brand.colour = text.into();
    for field in [&mut brand.shop_url, &mut brand.support_email, &mut brand.support_phone, &mut brand.support_hours] {
        *field = Some(text.into());
    }
    facts.settings.returns.how_to_send_back = text.into();
    facts
}

#[test]
fn no_text_of_others_becomes_more_than_text() {
    use askama::Template as _;
    for text in HOSTILE {
        let facts = poisoned(text);
        assert_harmless(&html(&facts), text);
        let draft = Draft { note: text.into(), error: Some(text.into()), ..Draft::default() };
        assert_harmless(&html_after(&Facts { returns: Vec::new(), ..poisoned(text) }, Some(text), &draft), text);
        let mut troubled = poisoned(text);
        troubled.parcels[0] = attempt_failed().parcels[0].clone();
        let answer_draft = AnswerDraft {
            about: Some(troubled.parcels[0].key.clone()),
            chosen: Some(Offer::Neighbour),
            typed: ["street", "city", "country", "neighbour", "pickup_point", "day"].map(|name| (name, text.to_owned())).into(),
            errors: ["street", "neighbour", "day", "wish"].map(|name| (name, text.to_owned())).into(),
        };
        assert_harmless(&html_answered(&troubled, Some(text), Some(&answer_draft)), text);
        let typed = FindForm { number: text.into(), email: text.into(), is_number_wrong: true, ..FindForm::default() };
        assert_harmless(&FindPage::track_again(&shop(), &facts.settings, typed).render().unwrap(), text);
        let facts_again: serde_json::Value = serde_json::from_str(&json::document(&facts).unwrap()).unwrap();
        assert!(facts_again.is_object());
    }
}

#[test]
fn no_page_needs_a_script_or_anybody_else() {
    let scenes = [fresh(), in_transit(), problem(), attempt_failed(), answered(), arrived(), with_returns(), cancelled(), busy()];
    for facts in scenes.into_iter().chain([refunded(), erased()]) {
        assert_harmless(&html(&facts), "our own words");
    }
}

#[test]
fn every_id_is_there_once_and_every_label_has_its_field() {
    let scenes = [fresh(), half_damaged(), with_returns(), arrived(), attempt_failed(), answered(), disputed(), busy()];
    for facts in scenes.into_iter().chain([refunded(), erased()]) {
        let html = html(&facts);
        assert_told_apart(&html);
        assert_eq!(html.matches("aria-current=\"step\"").count(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rendering_never_stumbles(
        text in "\\PC{0,40}|[<>\"'&a-z{}% ]{0,60}",
        scans in prop::collection::vec((0i64..2_000_000, 0usize..12, prop::sample::select(vec!["other", "arrived", "damaged", "at_door", "lost"])), 0..30),
        quantity: u32,
        minor: i64,
        returning: u32,
        window_days: u32,
        days_later in -400i64..40_000,
    ) {
        let mut facts = poisoned(&text);
        let report = facts.order.report.as_mut().unwrap();
        report.lines[0].quantity = quantity;
        report.lines[0].paid.minor = minor;
        facts.order.returning.insert(report.lines[0].id.clone(), returning);
        facts.settings.returns.window_days = window_days % 3651;
        let scans = scans.into_iter().map(|(second, status, sub)| {
            let mut scan = scan("2026-11-20T00:00:00Z", Status::ALL[status], sub, &text, &text);
            scan.at = jiff::Timestamp::from_second(1_795_000_000 + second).unwrap();
            scan
        });
        facts.parcels = vec![parcel("1Z999AA10123456784", scans.collect(), &[])];
        facts.now = at(NOW) + jiff::SignedDuration::from_hours(days_later * 24);
        assert_harmless(&html(&facts), &text);
        let _: serde_json::Value = serde_json::from_str(&json::document(&facts).unwrap()).unwrap();
    }
}
