//! The laws of asking, for any history of answers.

use super::*;
use domain::{
    id::{OrderId, ParcelKey},
    parcel::ParcelReport,
    scan::Scan,
    status::SubStatus,
};
use proptest::prelude::*;

const LABEL_AT: &str = "2026-11-20T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn key(number: &str) -> ParcelKey {
    ParcelKey { shop: "demo".parse().unwrap(), carrier: "ups".parse().unwrap(), number: number.parse().unwrap() }
}

fn parcel() -> Parcel {
    let order = OrderId::of(&"demo".parse().unwrap(), "shopify", "1");
    Parcel::new(key("1Z999AA10123456784")).linked(order, at(LABEL_AT))
}

fn scanned(parcel: Parcel, status: Status, at: Timestamp) -> Parcel {
    let scan = Scan::new(at, status, SubStatus::other());
    let report = ParcelReport { received_at: Some(at), ..ParcelReport::new("ups", &parcel.key, at, vec![scan]) };
    parcel.told(&report)
}

fn tracker(source: &str, register: bool, poll_after_hours: u32) -> Tracker {
    Tracker { source: source.to_owned(), carriers: Vec::new(), register, poll_after_hours, url: None, account: None }
}

fn ask(inquiry: &Inquiry, parcel: &Parcel, tracker: &Tracker, now: Timestamp) -> Option<Ask> {
    next(inquiry, parcel, tracker, now).ask
}

fn new(parcel: &Parcel) -> Inquiry {
    Inquiry::new(parcel.key.clone())
}

#[test]
fn a_number_is_registered_at_once_and_then_polled_after_silence() {
    let (parcel, tracker, now) = (parcel(), tracker("easypost", true, 24), at(LABEL_AT));
    assert_eq!(next(&new(&parcel), &parcel, &tracker, now), Next { ask: Some(Ask::Register), look_again_at: None });
    let done = Verdict::Done { reference: Some("trk_1".into()), until: None };
    let after = answered(new(&parcel), TrackerSource::EasyPost, Ask::Register, &done, now);
    assert_eq!(after.registered.as_ref().unwrap().reference.as_deref(), Some("trk_1"));
    assert_eq!(next(&after, &parcel, &tracker, now), Next { ask: None, look_again_at: Some(now + hours(24)) });
    let moved = scanned(parcel, Status::InTransit, now + hours(20));
    assert_eq!(next(&after, &moved, &tracker, now + hours(24)), Next { ask: None, look_again_at: Some(now + hours(44)) });
    assert_eq!(ask(&after, &moved, &tracker, now + hours(44)), Some(Ask::Poll));
}

#[test]
fn a_registration_that_ends_is_renewed_two_days_before() {
    let (parcel, tracker, now) = (parcel(), tracker("ups", true, 0), at(LABEL_AT));
    let done = Verdict::Done { reference: None, until: Some(now + hours(14 * 24)) };
    let after = answered(new(&parcel), TrackerSource::Ups, Ask::Register, &done, now);
    let renewal_at = now + hours(12 * 24);
    assert_eq!(next(&after, &parcel, &tracker, now), Next { ask: None, look_again_at: Some(renewal_at) });
    assert_eq!(ask(&after, &parcel, &tracker, renewal_at - SignedDuration::from_secs(1)), None);
    assert_eq!(ask(&after, &parcel, &tracker, renewal_at), Some(Ask::Renew));
    let again = Verdict::Done { reference: None, until: Some(renewal_at + hours(14 * 24)) };
    let after = answered(after, TrackerSource::Ups, Ask::Renew, &again, renewal_at);
    assert_eq!(next(&after, &parcel, &tracker, renewal_at).look_again_at, Some(renewal_at + hours(12 * 24)));
    // Long lapsed, it is still the renewal that is due.
    assert_eq!(ask(&after, &parcel, &tracker, renewal_at + hours(20 * 24)), Some(Ask::Renew));
}

#[test]
fn nothing_is_to_be_done_where_nothing_is_wanted() {
    let (parcel, now) = (parcel(), at(LABEL_AT));
    assert_eq!(next(&new(&parcel), &parcel, &tracker("nobody", true, 24), now), Next::OVER);
    assert_eq!(next(&new(&parcel), &parcel, &tracker("easypost", false, 0), now), Next::OVER);
    let registered = answered(new(&parcel), TrackerSource::EasyPost, Ask::Register, &Verdict::done(), now);
    assert_eq!(next(&registered, &parcel, &tracker("easypost", true, 0), now), Next::OVER);
    // FedEx cannot be told of a number: it is polled.
    let wanted = Next { ask: None, look_again_at: Some(now + hours(24)) };
    assert_eq!(next(&new(&parcel), &parcel, &tracker("fedex", true, 24), now), wanted);
}

#[test]
fn a_parcel_that_is_over_or_nobodys_is_left_alone() {
    let (tracker, now) = (tracker("easypost", true, 1), at(LABEL_AT));
    let unlinked = parcel().unlinked(&parcel().link.unwrap().order);
    let leg = parcel().as_leg_of(domain::order::ParcelName { carrier: "ups".parse().unwrap(), number: "MAIN1".parse().unwrap() });
    let nobodys = Parcel::new(key("1Z1"));
    for parcel in [unlinked, leg, nobodys] {
        assert_eq!(next(&new(&parcel), &parcel, &tracker, now), Next::OVER);
    }
    for status in [Status::Delivered, Status::Returned, Status::Cancelled, Status::Expired] {
        let parcel = scanned(scanned(parcel(), Status::InTransit, now + hours(1)), status, now + hours(2));
        assert_eq!(next(&new(&parcel), &parcel, &tracker, now + hours(3)), Next::OVER, "{status:?}");
    }
    assert_eq!(next(&new(&parcel()), &parcel(), &tracker, now + SILENCE_MAX), Next::OVER, "silent for sixty days");
}

#[test]
fn what_was_refused_is_asked_no_more_of_that_source() {
    let (parcel, now) = (parcel(), at(LABEL_AT));
    let after = answered(new(&parcel), TrackerSource::Ups, Ask::Register, &Verdict::refused("no"), now);
    assert_eq!(after.failed_with.as_deref(), Some("no"));
    assert_eq!(next(&after, &parcel, &tracker("ups", true, 24), now).look_again_at, Some(now + hours(24)), "it is polled");
    assert_eq!(next(&after, &parcel, &tracker("ups", true, 0), now), Next::OVER);
    assert_eq!(ask(&after, &parcel, &tracker("easypost", true, 0), now + GAP), Some(Ask::Register), "another source is told");
}

#[test]
fn who_asks_too_often_waits_longer_and_longer_and_ends_nothing_by_it() {
    let (parcel, tracker, now) = (parcel(), tracker("easypost", true, 24), at(LABEL_AT));
    let after = answered(new(&parcel), TrackerSource::EasyPost, Ask::Register, &Verdict::TooOften { retry_after_s: None }, now);
    assert_eq!((after.failures, after.failed_with.as_deref()), (1, Some("too_often")));
    assert!(next(&after, &parcel, &tracker, now).look_again_at.is_some_and(|at| at >= now + GAP && at < now + GAP * 2));
    let slowed = Verdict::TooOften { retry_after_s: None };
    let again = (0..50).fold(after, |after, _| answered(after, TrackerSource::EasyPost, Ask::Register, &slowed, now));
    assert_eq!(again.failures, SLOWED_MAX);
    let failed = Inquiry { failures: FAILURES_MAX - 1, ..again };
    assert_eq!(answered(failed, TrackerSource::EasyPost, Ask::Register, &slowed, now).failures, FAILURES_MAX - 1);
    let pause = after_pause(&parcel, now);
    assert!(pause >= now && pause <= now + SignedDuration::from_secs(SPREAD_S) && pause == after_pause(&parcel, now));
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        3 => Just(Verdict::done()),
        1 => Just(Verdict::AlreadyThere { reference: None }),
        1 => Just(Verdict::NotKnownYet),
        1 => Just(Verdict::TooOften { retry_after_s: Some(60) }),
        1 => Just(Verdict::BadCredentials),
        1 => Just(Verdict::refused("no")),
        4 => Just(Verdict::again("http_500")),
    ]
}

fn any_tracker() -> impl Strategy<Value = Tracker> {
    let sources: Vec<&str> = TrackerSource::ALL.iter().map(|source| source.as_str()).collect();
    (prop::sample::select(sources), any::<bool>(), 0_u32..=720)
        .prop_map(|(source, register, poll)| tracker(source, register, poll))
}

/// What happened along one chain: each question with its time, and what it came to.
fn chain(parcel: &Parcel, tracker: &Tracker, verdicts: &[Verdict]) -> (Vec<(Timestamp, Ask, Verdict)>, Inquiry, bool) {
    let source: TrackerSource = tracker.source.parse().unwrap();
    let (mut now, mut inquiry, mut asked) = (at(LABEL_AT), new(parcel), Vec::new());
    let mut verdicts = verdicts.iter().cycle();
    for _ in 0..30_000 {
        let next = next(&inquiry, parcel, tracker, now);
        match (next.ask, next.look_again_at) {
            (Some(ask), None) => {
                let verdict = match verdicts.next().cloned().unwrap_or(Verdict::NotKnownYet) {
                    Verdict::Done { .. } => Verdict::Done { reference: None, until: source.remembers().map(|lasts| now + lasts) },
                    other => other,
                };
                inquiry = answered(inquiry, source, ask, &verdict, now);
                asked.push((now, ask, verdict));
            }
            (None, Some(later)) => {
                assert!(later > now, "a look that is due is a question or the end");
                now = later;
            }
            (None, None) => return (asked, inquiry, true),
            (Some(_), Some(_)) => panic!("both a question and a later look"),
        }
    }
    (asked, inquiry, false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_chain_ends_and_keeps_its_distance(
        tracker in any_tracker(),
        verdicts in prop::collection::vec(verdict(), 1..40),
        scan_hours in prop::collection::vec(0_i64..1500, 0..6),
    ) {
        let parcel = scan_hours.iter().fold(parcel(), |parcel, hour| scanned(parcel, Status::InTransit, at(LABEL_AT) + hours(*hour)));
        let (asked, inquiry, ended) = chain(&parcel, &tracker, &verdicts);
        prop_assert!(ended, "no end after {} questions", asked.len());
        for pair in asked.windows(2) {
            prop_assert!(pair[1].0.duration_since(pair[0].0) >= GAP);
        }
        let mut is_registered = false;
        let mut ends_at = None;
        let mut refused = Vec::new();
        for (when, ask, verdict) in &asked {
            prop_assert!(!refused.contains(ask), "{ask:?} after it was refused");
            match ask {
                Ask::Register => prop_assert!(!is_registered && tracker.register, "registered twice"),
                Ask::Renew => prop_assert!(ends_at.is_some_and(|end: Timestamp| *when >= end - RENEWED_BEFORE), "renewed early"),
                Ask::Poll => {
                    let silence = hours(tracker.poll_after_hours.into());
                    let last = asked.iter().map(|(at, ..)| *at).filter(|at| at < when).max();
                    let scan = scan_hours.iter().map(|hour| at(LABEL_AT) + hours(*hour)).filter(|at| at <= when).max();
                    prop_assert!(tracker.poll_after_hours > 0);
                    prop_assert!(last.is_none_or(|last| when.duration_since(last) >= silence));
                    prop_assert!(scan.is_none_or(|scan| when.duration_since(scan) >= silence));
                }
            }
            match verdict {
                Verdict::Done { until, .. } if *ask != Ask::Poll => (is_registered, ends_at) = (true, *until),
                Verdict::AlreadyThere { .. } if *ask != Ask::Poll => {
                    is_registered = true;
                    ends_at = tracker.source.parse::<TrackerSource>().unwrap().remembers().map(|lasts| *when + lasts);
                }
                Verdict::Refused { .. } => refused.push(*ask),
                _ => {}
            }
        }
        if inquiry.failures >= FAILURES_MAX {
            prop_assert!(inquiry.failed_with.is_some(), "why it ended is kept");
        }
    }

    #[test]
    fn failures_are_spaced_further_and_further_and_bounded(number in "[A-Z0-9]{6,20}", source in 0_usize..10) {
        let order = OrderId::of(&"demo".parse().unwrap(), "shopify", "1");
        let parcel = Parcel::new(key(&number)).linked(order, at(LABEL_AT));
        let tracker = tracker(TrackerSource::ALL[source].as_str(), true, 24);
        let (asked, inquiry, ended) = chain(&parcel, &tracker, &[Verdict::again("http_500")]);
        prop_assert!(ended && asked.len() == usize::try_from(FAILURES_MAX).unwrap());
        prop_assert_eq!((inquiry.failures, inquiry.failed_with.as_deref()), (FAILURES_MAX, Some("http_500")));
        let waits: Vec<i64> = asked.windows(2).map(|pair| pair[1].0.duration_since(pair[0].0).as_secs()).collect();
        // The first question of one that cannot be told comes after its silence, and so do those after it.
        let least = if tracker.source == "fedex" { 24 * 3600 } else { 0 };
        for (count, wait) in waits.iter().enumerate() {
            let doubled = (GAP.as_secs() << count).min(WAIT_S_MAX * 4 / 5);
            prop_assert!(*wait >= doubled.max(least) && *wait <= WAIT_S_MAX, "{waits:?}");
        }
    }

    #[test]
    fn a_parcel_that_is_over_is_never_asked_after(
        tracker in any_tracker(),
        verdicts in prop::collection::vec((verdict(), 0_i64..400), 0..12),
        end in prop::sample::select(vec![Status::Delivered, Status::Returned, Status::Cancelled, Status::Expired]),
        after_hours in 0_i64..2000,
    ) {
        let source: TrackerSource = tracker.source.parse().unwrap();
        let mut inquiry = new(&parcel());
        for (verdict, hour) in verdicts {
            inquiry = answered(inquiry, source, Ask::Poll, &verdict, at(LABEL_AT) + hours(hour));
        }
        let over = scanned(scanned(parcel(), Status::InTransit, at(LABEL_AT) + hours(1)), end, at(LABEL_AT) + hours(2));
        prop_assert_eq!(next(&inquiry, &over, &tracker, at(LABEL_AT) + hours(2 + after_hours)), Next::OVER);
        let unlinked = parcel().unlinked(&parcel().link.unwrap().order);
        prop_assert_eq!(next(&inquiry, &unlinked, &tracker, at(LABEL_AT) + hours(after_hours)), Next::OVER);
    }
}
