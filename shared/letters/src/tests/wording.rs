//! Every code has words of its own, and every trouble says what to do.

use crate::words;
use domain::{
    parcel::{Basis, Episode, EpisodeKind, ExpectedShown, Problem},
    status::{Cause, SUB_STATUSES, Status, SubStatus},
};
use std::collections::BTreeMap;

/// Statuses that are trouble by themselves.
const TROUBLED: [Status; 5] = [Status::Exception, Status::AttemptFailed, Status::Returning, Status::Returned, Status::Expired];

/// Every trouble, with a fallback of each status.
fn troubles() -> BTreeMap<String, words::Trouble> {
    let since = super::sample::at("2026-11-26T13:05:00Z");
    let mut problems = Vec::new();
    for (status, subs) in SUB_STATUSES.into_iter().filter(|(status, _)| TROUBLED.contains(status)) {
        for sub in subs.iter().chain(&["other"]) {
            problems.push((format!("{status}.{sub}"), Problem::Carrier { status, sub: SubStatus::new(sub), since }));
        }
    }
    for kind in EpisodeKind::ALL {
        let episode = Episode { kind, since, opened_at: since, closed_at: None };
        problems.push((kind.code().to_owned(), Problem::Episode(episode)));
    }
    problems.into_iter().map(|(code, problem)| (code, words::trouble(&problem, "UPS", "Demo Shop"))).collect()
}

#[test]
fn every_trouble_has_words_of_its_own_and_says_what_to_do() {
    let mut headlines = BTreeMap::new();
    let mut told = String::new();
    for (code, trouble) in troubles() {
        for text in [&trouble.explanation, &trouble.what_now] {
            assert!(text.len() > 20 && text.ends_with('.'), "{code}: {text}");
        }
        assert!(!trouble.headline.ends_with('.') && (10..=60).contains(&trouble.headline.len()), "{code}: {}", trouble.headline);
        assert!(
            trouble.explanation.starts_with(char::is_uppercase) && trouble.what_now.starts_with(char::is_uppercase),
            "{code}"
        );
        assert!(crate::gsm::plain(&trouble.headline).is_some(), "{code} goes into a text message");
        told.push_str(&format!("{code}\n  {}\n  {}\n  {}\n", trouble.headline, trouble.explanation, trouble.what_now));
        if let Some(other) = headlines.insert(trouble.headline, code.clone()) {
            panic!("{code} says the same as {other}");
        }
    }
    insta::assert_snapshot!("troubles", told);
}

#[test]
fn a_code_nobody_knows_is_told_as_what_it_is() {
    let since = super::sample::at("2026-11-26T13:05:00Z");
    for status in Status::ALL {
        let trouble =
            words::trouble(&Problem::Carrier { status, sub: SubStatus::new("brand_new_code"), since }, "the carrier", "");
        assert!(!trouble.what_now.is_empty());
        let all = format!("{} {} {}", trouble.headline, trouble.explanation, trouble.what_now);
        assert!(!all.contains("brand_new_code") && !all.contains("  "), "{all}");
        assert!(trouble.explanation.starts_with(char::is_uppercase) && trouble.what_now.starts_with(char::is_uppercase), "{all}");
    }
}

#[test]
fn every_known_code_has_a_label_of_its_own() {
    let mut told = String::new();
    for (status, subs) in SUB_STATUSES {
        let mut seen = vec![words::status(status, &SubStatus::other())];
        told.push_str(&format!("{status}: {}\n", seen[0]));
        for sub in subs {
            let label = words::status(status, &SubStatus::new(sub));
            // What else would it be out on, how else would it go back, and to whom?
            let (out, back) = ((Status::OutForDelivery, "on_vehicle"), (Status::Returning, "in_transit"));
            if [out, back, (Status::Returned, "to_sender")].contains(&(status, *sub)) {
                continue;
            }
            assert!(!seen.contains(&label), "{status}.{sub} says only {label}");
            told.push_str(&format!("{status}.{sub}: {label}\n"));
            seen.push(label);
        }
    }
    insta::assert_snapshot!("statuses", told);
}

#[test]
fn days_and_moments_are_written_for_people() {
    let day = "2026-11-26".parse().unwrap();
    assert_eq!(words::day(day), "Thursday 26 November");
    assert_eq!(words::day_with_year(day), "Thursday 26 November 2026");
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    assert_eq!(words::moment(super::sample::at("2026-11-26T13:05:00Z"), &berlin), "Thu 26 Nov, 14:05");
    assert_eq!(words::moment(super::sample::at("2026-12-01T23:05:00Z"), &berlin), "Wed 2 Dec, 00:05");
    for end in [jiff::Timestamp::MIN, jiff::Timestamp::MAX] {
        assert!(!words::moment(end, &jiff::tz::TimeZone::UTC).is_empty());
    }
}

#[test]
fn who_expects_it_and_why_it_moved_fit_into_a_sentence() {
    let (first, current) = ("2026-11-26".parse().unwrap(), "2026-11-27".parse().unwrap());
    let told = [Basis::Carrier, Basis::Lane, Basis::Promise]
        .map(|by| words::expected(ExpectedShown { first, current, by, because: None }) + "\n")
        .concat();
    let causes = [Cause::Carrier, Cause::Merchant, Cause::Customer, Cause::Customs, Cause::Weather, Cause::Other];
    let causes = causes.map(|cause| format!("It comes later because of {}.\n", words::cause(cause))).concat();
    insta::assert_snapshot!("expected", told + &causes);
    let same = ExpectedShown { first, current: first, by: Basis::Promise, because: None };
    assert_eq!(words::expected(same), "Thursday 26 November, as promised by the shop");
}

#[test]
fn every_text_message_is_one_segment_even_on_the_longest_day() {
    for it in super::sample::all().into_iter().filter(|it| it.uses(domain::letter::Channel::Sms)) {
        let text = it.sms().text;
        assert_eq!(crate::segments(&text), 1, "{text}");
        assert_eq!(crate::gsm::plain(&text).as_ref(), Some(&text));
        // What is said is said whole, not cut to its shortest form.
        assert!(!text.contains("there is news of your parcel:") && !text.contains("your parcel has a new day:"), "{text}");
    }
    for (was, new) in [("2026-09-24", "2026-09-30"), ("2026-10-01", "2026-09-23")] {
        let mut it = super::sample::sample(domain::letter::LetterKind::NewDay).about(new, "2026-09-22T12:00:00Z");
        let expected = it.parcels[0].expected.as_mut().unwrap();
        (expected.first, expected.current) = (was.parse().unwrap(), new.parse().unwrap());
        let text = it.sms().text;
        assert!(text.contains(&words::day(new.parse().unwrap())) && crate::segments(&text) == 1, "{text}");
    }
}

#[test]
fn every_decline_can_be_read() {
    use domain::return_::DeclineReason as Reason;
    let title = || "Wool socks".to_owned();
    let all = [
        Reason::OrderNotLive,
        Reason::NotInOrder,
        Reason::TooMany { title: title(), left: 0 },
        Reason::TooMany { title: title(), left: 1 },
        Reason::TooMany { title: title(), left: 2 },
        Reason::FinalSale { title: title() },
        Reason::FinalSale { title: String::new() },
        Reason::NotDelivered { title: title() },
        Reason::WindowClosed { title: title(), last_day: "2026-12-26".parse().unwrap() },
        Reason::OutcomeNotOffered,
        Reason::ByPerson { why: "The seal was broken.".into() },
        Reason::ByPerson { why: " ".into() },
    ];
    insta::assert_snapshot!("declines", all.iter().map(words::decline).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_shop_is_reached_by_what_it_gave() {
    let mut settings = super::sample::settings();
    assert_eq!(words::contact(&settings), "write to help@demo.example or call +1 555 0100 (Monday to Friday, 9 to 17)");
    settings.brand.support_email = None;
    settings.mail.reply_to = Some("Demo Shop <answers@demo.example>".into());
    settings.brand.support_hours = None;
    assert_eq!(words::contact(&settings), "write to answers@demo.example or call +1 555 0100");
    settings.mail.reply_to = None;
    settings.brand.support_phone = None;
    assert_eq!(words::contact(&settings), "contact Demo Shop");
}
