//! Tests: the cases of a parcel under their names; its laws are in `laws`.

mod episodes;
mod laws;

use super::*;
use crate::scan::Scan;

fn key() -> ParcelKey {
    ParcelKey { shop: "demo".parse().unwrap(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() }
}

fn order(n: u32) -> OrderId {
    OrderId::of(&"demo".parse().unwrap(), "standard", &n.to_string())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn scan(when: &str, status: Status, sub: &str) -> Scan {
    let scan = Scan::new(at(when), status, SubStatus::new(sub));
    Scan { text: format!("{status} {sub}"), ..scan }
}

/// A report of one event, told when its newest scan happened.
fn report(scans: Vec<Scan>) -> ParcelReport {
    let reported_at = scans.iter().map(|s| s.at).max().unwrap_or_default();
    ParcelReport::new("standard", &key(), reported_at, scans)
}

/// A full history, told at this moment.
fn full(source: &str, when: &str, scans: &[Scan]) -> ParcelReport {
    ParcelReport { source: source.into(), reported_at: at(when), is_full_history: true, ..report(scans.to_vec()) }
}

fn told(scans: &[Scan]) -> Parcel {
    scans.iter().fold(Parcel::new(key()), |parcel, scan| parcel.told(&report(vec![scan.clone()])))
}

#[track_caller]
fn check(scans: &[(&str, Status, &str)], want: (Status, &str)) {
    let scans: Vec<_> = scans.iter().map(|(at, status, sub)| scan(at, *status, sub)).collect();
    let folded = told(&scans).folded();
    assert_eq!((folded.status, folded.sub.code()), want);
}

#[test]
fn field_2_36_a_late_webhook_never_turns_delivered_into_shipped() {
    check(
        &[
            ("2026-11-03T15:00:00Z", Status::Delivered, "at_door"),
            ("2026-11-02T09:00:00Z", Status::InTransit, "arrived"),
            ("2026-11-04T09:00:00Z", Status::InTransit, "departed"),
        ],
        (Status::Delivered, "at_door"),
    );
}

#[test]
fn an_unknown_scan_changes_nothing() {
    check(
        &[("2026-11-02T09:00:00Z", Status::OutForDelivery, "on_vehicle"), ("2026-11-02T10:00:00Z", Status::Pending, "other")],
        (Status::OutForDelivery, "on_vehicle"),
    );
}

#[test]
fn delivered_on_the_way_back_is_returned() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Returning, "in_transit"), ("2026-11-05T10:00:00Z", Status::Delivered, "at_door")],
        (Status::Returned, "to_sender"),
    );
    check(
        &[("2026-11-02T09:00:00Z", Status::Delivered, "at_door"), ("2026-11-05T10:00:00Z", Status::Returning, "requested")],
        (Status::Returning, "requested"),
    );
}

#[test]
fn what_is_back_with_its_sender_stays_there() {
    check(
        &[
            ("2026-11-02T09:00:00Z", Status::Returned, "to_sender"),
            ("2026-11-05T10:00:00Z", Status::InTransit, "arrived"),
            ("2026-11-06T10:00:00Z", Status::Delivered, "at_door"),
        ],
        (Status::Returned, "to_sender"),
    );
    check(
        &[("2026-11-02T09:00:00Z", Status::Returned, "other"), ("2026-11-02T10:00:00Z", Status::Returned, "to_sender")],
        (Status::Returned, "to_sender"),
    );
}

#[test]
fn on_the_way_back_ordinary_scans_do_not_make_it_come_again() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Returning, "requested"), ("2026-11-03T10:00:00Z", Status::InTransit, "arrived")],
        (Status::Returning, "requested"),
    );
}

#[test]
fn a_voided_label_that_is_scanned_lives_again() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Cancelled, "voided"), ("2026-11-03T10:00:00Z", Status::InTransit, "accepted")],
        (Status::InTransit, "accepted"),
    );
    check(
        &[("2026-11-02T09:00:00Z", Status::Cancelled, "voided"), ("2026-11-03T10:00:00Z", Status::InfoReceived, "label_created")],
        (Status::Cancelled, "voided"),
    );
}

#[test]
fn tracking_that_gave_up_goes_on_with_any_scan() {
    for (status, sub) in [(Status::InTransit, "arrived"), (Status::Exception, "held"), (Status::InfoReceived, "label_created")] {
        check(&[("2026-11-02T09:00:00Z", Status::Expired, "other"), ("2026-11-03T10:00:00Z", status, sub)], (status, sub));
        let moved = ("2026-11-01T09:00:00Z", Status::InTransit, "accepted");
        let stopped = ("2026-11-02T09:00:00Z", Status::Expired, "other");
        check(&[moved, stopped, ("2026-11-03T10:00:00Z", status, sub)], (status, sub));
    }
}

#[test]
fn a_parcel_found_damaged_after_delivery_says_so() {
    check(
        &[("2026-11-02T09:00:00Z", Status::Delivered, "at_door"), ("2026-11-03T10:00:00Z", Status::Exception, "damaged")],
        (Status::Exception, "damaged"),
    );
    check(
        &[("2026-11-02T09:00:00Z", Status::Delivered, "at_door"), ("2026-11-03T10:00:00Z", Status::Exception, "held")],
        (Status::Delivered, "at_door"),
    );
}

#[test]
fn a_manifest_told_late_does_not_take_it_out_of_the_carriers_hands() {
    check(
        &[
            ("2026-11-02T09:00:00Z", Status::InTransit, "accepted"),
            ("2026-11-02T21:00:00Z", Status::InfoReceived, "label_created"),
        ],
        (Status::InTransit, "accepted"),
    );
}

#[test]
fn a_history_that_no_longer_knows_of_the_delivery_takes_it_back() {
    let moved = scan("2026-11-02T09:00:00Z", Status::InTransit, "arrived");
    let arrived = scan("2026-11-03T15:00:00Z", Status::Delivered, "at_door");
    let delivered = full("easypost", "2026-11-03T15:05:00Z", &[moved.clone(), arrived.clone()]);
    let corrected = full("easypost", "2026-11-03T18:00:00Z", std::slice::from_ref(&moved));
    for reports in [[&delivered, &corrected], [&corrected, &delivered]] {
        let parcel = reports.into_iter().fold(Parcel::new(key()), |parcel, report| parcel.told(report));
        assert_eq!((parcel.folded().status, parcel.folded().delivered_at), (Status::InTransit, None));
        assert_eq!(parcel.problem().map(|problem| problem.code().to_owned()).as_deref(), Some("delivery_retracted"));
        assert_eq!(parcel.actor(), Actor::Merchant);
        // Told again later, it has arrived after all, and its trouble is over.
        let again = parcel.told(&full("easypost", "2026-11-04T10:00:00Z", &[moved.clone(), arrived.clone()]));
        assert_eq!((again.folded().status, again.problem()), (Status::Delivered, None));
        assert!(again.milestones().keys().any(|m| matches!(m, Milestone::Moving(EpisodeKind::DeliveryRetracted, _))));
    }
    // An older history that did not know of it yet takes nothing back, nor does one event, nor one source against another.
    let early = full("easypost", "2026-11-02T10:00:00Z", std::slice::from_ref(&moved));
    let other = full("shippo", "2026-11-03T18:00:00Z", std::slice::from_ref(&moved));
    let event = ParcelReport { is_full_history: false, ..corrected };
    for harmless in [early, other, event] {
        let parcel = Parcel::new(key()).told(&delivered).told(&harmless);
        assert_eq!(parcel.folded().status, Status::Delivered);
    }
}

#[test]
fn a_scan_told_by_two_sources_is_shown_once() {
    let by = |source: &str, when: &str, place: &str| ParcelReport {
        source: source.into(),
        ..report(vec![Scan { place: place.into(), code: source.into(), ..scan(when, Status::InTransit, "arrived") }])
    };
    let reports = [
        by("easypost", "2026-11-02T09:00:00Z", "Reno, NV"),
        by("shippo", "2026-11-02T10:15:00Z", "RENO"),
        by("shippo", "2026-11-02T10:31:00Z", "Reno"),
        by("shippo", "2026-11-02T09:10:00Z", "Sparks"),
        by("shippo", "2026-11-02T09:20:00Z", ""),
    ];
    let parcel = reports.iter().fold(Parcel::new(key()), |parcel, report| parcel.told(report));
    assert_eq!(parcel.scans.len(), 5, "everything is kept");
    let shown: Vec<_> = parcel.history().into_iter().map(|scan| scan.at).collect();
    assert_eq!(shown, ["2026-11-02T09:00:00Z", "2026-11-02T09:10:00Z", "2026-11-02T10:31:00Z"].map(at));
    // A source that tells two alike is believed: it may have gone round in a circle.
    let twice = [by("easypost", "2026-11-02T09:00:00Z", "Reno"), by("easypost", "2026-11-02T09:30:00Z", "Reno")];
    assert_eq!(twice.iter().fold(Parcel::new(key()), |parcel, report| parcel.told(report)).history().len(), 2);
}

#[test]
fn a_number_that_is_used_again_begins_a_new_life() {
    let first =
        [scan("2026-01-05T09:00:00Z", Status::InTransit, "accepted"), scan("2026-01-08T09:00:00Z", Status::Delivered, "at_door")];
    let again = scan("2026-06-01T09:00:00Z", Status::InfoReceived, "label_created");
    let moving = scan("2026-06-02T09:00:00Z", Status::InTransit, "arrived");
    let parcel = told(&[first[0].clone(), first[1].clone(), again.clone(), moving.clone()]);
    assert_eq!(parcel.folded().status, Status::InTransit);
    assert_eq!(parcel.history().len(), 2);
    // The first order keeps its own end and hears nothing of the second life; the second order gets the new one.
    let mine = parcel.clone().linked(order(1), at("2026-01-04T09:00:00Z"));
    assert_eq!(mine.folded().status, Status::Delivered);
    assert!(mine.milestones().keys().all(|m| matches!(m, Milestone::Shipped | Milestone::Delivered)));
    let theirs = mine.linked(order(2), at("2026-05-31T20:00:00Z"));
    assert_eq!(theirs.link.as_ref().map(|link| link.order.clone()), Some(order(2)));
    assert!(theirs.other_orders.contains(&order(1)));
    assert_eq!(theirs.folded().status, Status::InTransit);
    assert_eq!(theirs.as_of(at("2026-01-04T09:00:00Z")).folded().status, Status::Delivered);
    // A stray scan within weeks of the end is not one.
    let stray = scan("2026-02-20T09:00:00Z", Status::InfoReceived, "label_created");
    assert_eq!(told(&[first[0].clone(), first[1].clone(), stray]).folded().status, Status::Delivered);
}

#[test]
fn two_orders_in_one_box_keep_one_set_of_messages() {
    let parcel = Parcel::new(key()).linked(order(1), at("2026-11-02T09:00:00Z")).linked(order(2), at("2026-11-02T10:00:00Z"));
    assert_eq!(parcel.link.as_ref().map(|link| link.order.clone()), Some(order(1)));
    assert!(parcel.other_orders.contains(&order(2)));
    // The first one names another number: the box belongs to the second.
    let moved = parcel.unlinked(&order(1)).linked(order(2), at("2026-11-02T10:00:00Z"));
    assert_eq!(moved.link.as_ref().map(|link| (link.order.clone(), link.active)), Some((order(2), true)));
}

#[test]
fn a_scan_from_the_future_is_kept_and_cannot_lead_until_its_time_has_come() {
    let now = scan("2026-11-02T09:00:00Z", Status::InTransit, "arrived");
    let tomorrow = scan("2026-11-03T09:00:00Z", Status::Delivered, "at_door");
    let heard = ParcelReport { received_at: Some(at("2026-11-02T09:05:00Z")), ..report(vec![now, tomorrow]) };
    let parcel = Parcel::new(key()).linked(order(1), at("2026-11-01T09:00:00Z")).told(&heard);
    assert_eq!((parcel.scans.len(), parcel.folded().status), (2, Status::InTransit));
    assert!(!parcel.milestones().contains_key(&Milestone::Delivered));
    let watch = episodes::watch();
    assert_eq!(parcel.next_look_at(&watch), Some(at("2026-11-03T08:45:00Z")), "its clock may be a little ahead");
    let looked = parcel.clone().looked_at(&watch, at("2026-11-03T09:00:00Z"));
    assert_eq!(looked.folded().status, Status::Delivered);
    // So does hearing of it again when it is past.
    let again = ParcelReport { received_at: Some(at("2026-11-03T12:00:00Z")), ..heard };
    assert_eq!(parcel.told(&again).folded().status, Status::Delivered);
}

#[test]
fn a_local_time_without_its_zone_is_not_from_the_future() {
    // 20:00 in Auckland, written without a zone and read as UTC, is thirteen hours ahead.
    let auckland = Scan { zone_known: false, ..scan("2026-11-02T20:00:00Z", Status::InTransit, "arrived") };
    let heard = ParcelReport { received_at: Some(at("2026-11-02T07:00:00Z")), ..report(vec![auckland]) };
    assert_eq!(Parcel::new(key()).told(&heard).folded().status, Status::InTransit);
}

#[test]
fn scans_of_long_before_the_label_cannot_lead() {
    let before = scan("2026-10-01T09:00:00Z", Status::Delivered, "at_door");
    let booked_late = scan("2026-11-01T09:00:00Z", Status::InTransit, "accepted");
    let parcel = told(&[before, booked_late]).linked(order(1), at("2026-11-03T09:00:00Z"));
    assert_eq!((parcel.scans.len(), parcel.folded().status), (2, Status::InTransit));
}

#[test]
fn a_last_leg_is_told_as_part_of_the_whole() {
    let leg_key = ParcelKey { carrier: "usps".parse().unwrap(), number: "9400".parse().unwrap(), ..key() };
    let leg_name = ParcelName { carrier: leg_key.carrier.clone(), number: leg_key.number.clone() };
    let moved = scan("2026-11-02T09:00:00Z", Status::InTransit, "handed_to_partner");
    let arrived = scan("2026-11-04T09:00:00Z", Status::Delivered, "at_door");
    let of_leg = ParcelReport {
        carrier: leg_key.carrier.clone(),
        number: leg_key.number.clone(),
        ..full("easypost", "2026-11-04T09:05:00Z", std::slice::from_ref(&arrived))
    };
    let handed = ParcelReport {
        last_mile: Some(leg_name.clone()),
        ..full("easypost", "2026-11-05T09:00:00Z", std::slice::from_ref(&moved))
    };
    let main = Parcel::new(key()).told(&handed);
    assert_eq!(main.last_mile, Some(leg_name));
    // Heard before anybody knew that it is a leg, or after: the same.
    let before = main.clone().with_leg(&Parcel::new(leg_key).told(&of_leg));
    let after = main.told(&of_leg.of_leg());
    assert_eq!(before, after);
    // What the source of the first leg does not know takes nothing back.
    assert_eq!(after.folded().status, Status::Delivered);
}

#[test]
fn five_thousand_scans_stay_a_small_row() {
    let start = at("2026-01-01T00:00:00Z");
    let scans: Vec<_> = (0..5000)
        .map(|n| Scan {
            at: start + jiff::SignedDuration::from_mins(n),
            text: "x".repeat(100_000),
            ..scan("2026-01-01T00:00:00Z", Status::InTransit, "arrived")
        })
        .collect();
    let parcel = Parcel::new(key()).told(&report(scans));
    assert_eq!(parcel.scans.len(), SCANS_NEWEST_MAX + 1);
    assert_eq!(parcel.milestones()[&Milestone::Shipped], start);
    assert!(parcel.scans.iter().all(|scan| scan.text.chars().count() == crate::scan::TEXT_CHARS_MAX));
}

#[test]
fn the_day_shown_is_the_carriers_then_the_lanes_then_the_promise() {
    let (promise, lane, carrier) =
        (jiff::civil::date(2026, 11, 24), jiff::civil::date(2026, 11, 25), jiff::civil::date(2026, 11, 26));
    let to = Destination { promised: Some(promise), ..Destination::default() };
    let parcel = Parcel::new(key()).linked(order(1), at("2026-11-20T09:00:00Z")).described(&order(1), &to);
    let shown = |parcel: &Parcel| parcel.expected_to_show().map(|shown| (shown.first, shown.current, shown.by));
    assert_eq!(shown(&parcel), Some((promise, promise, Basis::Promise)));
    let parcel = parcel.likely_on(Some(lane));
    assert_eq!(shown(&parcel), Some((promise, lane, Basis::Lane)));
    assert_eq!(parcel.new_day(), None, "nobody is written to because of a guess");
    let parcel = parcel.told(&ParcelReport {
        expected: Some(carrier),
        ..report(vec![scan("2026-11-21T09:00:00Z", Status::InTransit, "accepted")])
    });
    assert_eq!(shown(&parcel), Some((promise, carrier, Basis::Carrier)));
    assert_eq!(parcel.new_day(), Some(carrier));
    // On the vehicle, no day is shown; nor is one announced.
    let out = parcel.told(&report(vec![scan("2026-11-25T09:00:00Z", Status::OutForDelivery, "on_vehicle")]));
    assert_eq!((shown(&out), out.new_day()), (None, None));
}

#[test]
fn a_new_day_says_why() {
    let day = |n| jiff::civil::date(2026, 11, n);
    let said = |when: &str, n| ParcelReport { expected: Some(day(n)), ..report(vec![scan(when, Status::InTransit, "arrived")]) };
    let parcel = Parcel::new(key()).linked(order(1), at("2026-11-01T09:00:00Z")).told(&said("2026-11-02T09:00:00Z", 5));
    assert_eq!(parcel.new_day(), None, "the first day is not a new one");
    let snow = report(vec![scan("2026-11-03T09:00:00Z", Status::Exception, "delayed_weather")]);
    let parcel = parcel.told(&snow).told(&said("2026-11-04T09:00:00Z", 9));
    assert_eq!(
        (parcel.new_day(), parcel.expected_to_show().and_then(|shown| shown.because)),
        (Some(day(9)), Some(Cause::Weather))
    );
    // Back to the first day: the page says so, nobody is written to twice.
    assert_eq!(parcel.told(&said("2026-11-04T12:00:00Z", 5)).new_day(), None);
}

#[test]
fn since_and_delivered_at_are_of_the_first_scan_that_said_so() {
    let folded = told(&[
        scan("2026-11-02T09:00:00Z", Status::InTransit, "accepted"),
        scan("2026-11-02T19:00:00Z", Status::InTransit, "departed"),
        scan("2026-11-03T09:00:00Z", Status::Delivered, "at_door"),
        scan("2026-11-03T12:00:00Z", Status::Delivered, "signed"),
    ])
    .folded();
    assert_eq!((folded.since, folded.delivered_at), (Some(at("2026-11-03T09:00:00Z")), Some(at("2026-11-03T09:00:00Z"))));
    assert_eq!(folded.sub.code(), "signed", "the finer word is the newest");
    let back = told(&[
        scan("2026-11-03T09:00:00Z", Status::Delivered, "at_door"),
        scan("2026-11-05T09:00:00Z", Status::Returning, "requested"),
    ]);
    assert_eq!(back.folded().delivered_at, None);
    let moving = told(&[
        scan("2026-11-02T09:00:00Z", Status::InTransit, "accepted"),
        scan("2026-11-02T19:00:00Z", Status::InTransit, "departed"),
    ]);
    assert_eq!(moving.folded().since, Some(at("2026-11-02T09:00:00Z")));
}

#[test]
fn only_the_carriers_hands_make_it_scanned() {
    assert!(!told(&[scan("2026-11-02T09:00:00Z", Status::InfoReceived, "label_created")]).was_scanned());
    assert!(told(&[scan("2026-11-02T09:00:00Z", Status::InTransit, "accepted")]).was_scanned());
    let parcel = told(&[
        scan("2026-11-02T09:00:00Z", Status::InfoReceived, "label_created"),
        scan("2026-11-01T12:00:00Z", Status::InTransit, "accepted"),
    ]);
    assert_eq!(parcel.label_made_at(), Some(at("2026-11-02T09:00:00Z")), "the label's own scan, not the first of all");
    let linked = parcel.linked(order(1), at("2026-11-01T20:00:00Z"));
    assert_eq!(linked.label_made_at(), Some(at("2026-11-01T20:00:00Z")), "or the shop's word, when that is earlier");
}

#[test]
fn a_number_that_fell_silent_is_given_to_the_order_of_half_a_year_later() {
    let lost = told(&[scan("2026-01-05T09:00:00Z", Status::InTransit, "accepted")]).linked(order(1), at("2026-01-04T09:00:00Z"));
    let link = |label: &str| lost.clone().linked(order(2), at(label)).link.map(|link| link.order);
    assert_eq!(link("2026-07-03T09:00:00Z"), Some(order(1)));
    assert_eq!(link("2026-07-04T09:00:00Z"), Some(order(2)));
    // After a known end, two months are enough.
    let over = lost.told(&report(vec![scan("2026-01-10T09:00:00Z", Status::Delivered, "at_door")]));
    let link = |label: &str| over.clone().linked(order(2), at(label)).link.map(|link| link.order);
    assert_eq!(link("2026-03-11T08:59:59Z"), Some(order(1)));
    assert_eq!(link("2026-03-11T09:00:00Z"), Some(order(2)));
}

#[test]
fn a_week_before_its_label_a_scan_still_counts() {
    let parcel = |when: &str| told(&[scan(when, Status::InTransit, "accepted")]).linked(order(1), at("2026-11-09T09:00:00Z"));
    assert_eq!(parcel("2026-11-02T09:00:00Z").folded().status, Status::InTransit);
    assert_eq!(parcel("2026-11-02T08:59:00Z").folded().status, Status::InfoReceived);
}

#[test]
fn a_history_of_another_life_or_of_the_same_moment_takes_no_delivery_back() {
    let arrived = scan("2026-11-03T15:00:00Z", Status::Delivered, "at_door");
    let delivered = full("easypost", "2026-11-03T15:05:00Z", std::slice::from_ref(&arrived));
    let same_moment = full("easypost", "2026-11-03T15:05:00Z", &[scan("2026-11-02T09:00:00Z", Status::InTransit, "arrived")]);
    let later_life = full("easypost", "2027-03-03T15:05:00Z", &[scan("2027-03-02T09:00:00Z", Status::InTransit, "accepted")]);
    for harmless in [same_moment, later_life] {
        assert_eq!(Parcel::new(key()).told(&delivered).told(&harmless).retraction(), None);
    }
    // Told again at the moment at which it was taken back: it stays taken back until a later word.
    let corrected = full("easypost", "2026-11-03T18:00:00Z", &[scan("2026-11-02T09:00:00Z", Status::InTransit, "arrived")]);
    let again = full("easypost", "2026-11-03T18:00:00Z", &[arrived]);
    let parcel = Parcel::new(key()).told(&delivered).told(&corrected).told(&again);
    assert_eq!(parcel.retraction().map(|episode| episode.closed_at), Some(None));
}

#[test]
fn of_two_tellings_of_one_scan_the_same_one_is_kept() {
    let early = scan("2026-11-02T09:00:10Z", Status::InTransit, "arrived");
    let late = Scan { at: at("2026-11-02T09:00:40Z"), ..early.clone() };
    for order in [[&early, &late], [&late, &early]] {
        let parcel = told(&order.map(Clone::clone));
        assert_eq!(parcel.scans.iter().map(|scan| scan.at).collect::<Vec<_>>(), [early.at]);
    }
}
