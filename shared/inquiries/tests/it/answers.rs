//! What answers of trackers amount to.

use crate::{KEY, about, answer, now, parcel, tracker};
use domain::inquiry::Ask;
use inquiries::{TrackerSource, Verdict};
use jiff::SignedDuration;

fn verdict(source: TrackerSource, ask: Ask, status: u16, body: &str) -> Verdict {
    let parcel = parcel("ups", "1Z999AA10123456784");
    let tracker = tracker(source.as_str(), None);
    source.verdict(ask, &about(&parcel, &tracker, KEY), &answer(status, body))
}

fn done(reference: Option<&str>) -> Verdict {
    Verdict::Done { reference: reference.map(str::to_owned), until: None }
}

fn refused(why: &str) -> Verdict {
    Verdict::Refused { why: why.to_owned() }
}

#[test]
fn registrations_are_read() {
    use TrackerSource as Source;
    let until = Some(now() + SignedDuration::from_hours(14 * 24));
    let rejected = |code: i64| format!(r#"{{"code":0,"data":{{"accepted":[],"rejected":[{{"error":{{"code":{code}}}}}]}}}}"#);
    let there = |reference: Option<&str>| Verdict::AlreadyThere { reference: reference.map(str::to_owned) };
    for (source, status, body, want) in [
        (Source::EasyPost, 201, r#"{"id":"trk_1","object":"Tracker"}"#.to_owned(), done(Some("trk_1"))),
        (Source::EasyPost, 422, "{}".to_owned(), refused("http_422")),
        (Source::Shippo, 201, "{}".to_owned(), done(None)),
        (Source::AfterShip, 201, r#"{"meta":{"code":201},"data":{"id":"a1"}}"#.to_owned(), done(Some("a1"))),
        (Source::AfterShip, 400, r#"{"meta":{"code":4003},"data":{"id":"a1"}}"#.to_owned(), there(Some("a1"))),
        (Source::AfterShip, 400, r#"{"meta":{"code":4005}}"#.to_owned(), refused("aftership_4005")),
        (Source::ShipEngine, 204, String::new(), done(None)),
        (Source::Karrio, 201, r#"{"id":"trk_9"}"#.to_owned(), done(Some("trk_9"))),
        (Source::SeventeenTrack, 200, r#"{"code":0,"data":{"accepted":[{"number":"1"}],"rejected":[]}}"#.to_owned(), done(None)),
        (Source::SeventeenTrack, 200, rejected(-18_019_901), there(None)),
        (Source::SeventeenTrack, 200, rejected(-18_019_903), refused("17track_18019903")),
        (Source::SeventeenTrack, 200, rejected(-18_019_908), Verdict::TooOften { retry_after_s: Some(3600) }),
        (Source::SeventeenTrack, 200, r#"{"code":-18010002,"data":{}}"#.to_owned(), Verdict::BadCredentials),
        (
            Source::Ups,
            200,
            r#"{"validTrackingNumbers":["1Z999AA10123456784"]}"#.to_owned(),
            Verdict::Done { reference: None, until },
        ),
        (Source::Ups, 200, r#"{"invalidTrackingNumbers":["1Z999AA10123456784"]}"#.to_owned(), refused("not_a_number_of_ups")),
        (Source::FedEx, 200, "{}".to_owned(), refused("cannot_be_told")),
        (Source::Usps, 201, r#"{"subscriptionId":"s-1"}"#.to_owned(), done(Some("s-1"))),
        (
            Source::Dhl,
            202,
            r#"{"self":"https://api-eu.dhl.com/tracking/push/v1/subscription/sub-1"}"#.to_owned(),
            done(Some("sub-1")),
        ),
        (Source::Dhl, 202, String::new(), done(None)),
    ] {
        assert_eq!(verdict(source, Ask::Register, status, &body), want, "{source} {status} {body}");
    }
}

#[test]
fn polls_are_read() {
    use TrackerSource as Source;
    for (source, status, body, want) in [
        (Source::EasyPost, 200, r#"{"id":"trk_1","object":"Tracker"}"#, done(None)),
        (Source::EasyPost, 200, r#"{"trackers":[],"has_more":false}"#, Verdict::NotKnownYet),
        (Source::Shippo, 200, r#"{"tracking_status":null}"#, Verdict::NotKnownYet),
        (Source::Shippo, 200, r#"{"tracking_status":{"status":"TRANSIT"}}"#, done(None)),
        (Source::AfterShip, 200, r#"{"meta":{"code":200},"data":{"trackings":[]}}"#, Verdict::NotKnownYet),
        (Source::AfterShip, 404, r#"{"meta":{"code":4004}}"#, Verdict::NotKnownYet),
        (Source::ShipEngine, 200, r#"{"status_code":"UN","events":[]}"#, Verdict::NotKnownYet),
        (Source::ShipEngine, 200, r#"{"status_code":"IT","events":[{}]}"#, done(None)),
        (Source::Karrio, 404, "{}", Verdict::NotKnownYet),
        (Source::SeventeenTrack, 200, r#"{"code":0,"data":{"rejected":[{"error":{"code":-18019902}}]}}"#, Verdict::NotKnownYet),
        (Source::Ups, 200, r#"{"trackResponse":{"shipment":[{"warnings":[{"code":"TW0001"}]}]}}"#, Verdict::NotKnownYet),
        (Source::Ups, 200, r#"{"trackResponse":{"shipment":[{"package":[{}]}]}}"#, done(None)),
        (
            Source::FedEx,
            200,
            r#"{"output":{"completeTrackResults":[{"trackResults":[{"error":{"code":"TRACKING.TRACKINGNUMBER.NOTFOUND"}}]}]}}"#,
            Verdict::NotKnownYet,
        ),
        (Source::FedEx, 200, r#"{"output":{"completeTrackResults":[{"trackResults":[{}]}]}}"#, done(None)),
        (Source::Usps, 404, "{}", Verdict::NotKnownYet),
        (Source::Dhl, 404, r#"{"status":404}"#, Verdict::NotKnownYet),
        (Source::Dhl, 200, r#"{"shipments":[{}]}"#, done(None)),
        (Source::Dhl, 200, "<html>", Verdict::Again { why: "unreadable_answer".to_owned() }),
    ] {
        assert_eq!(verdict(source, Ask::Poll, status, body), want, "{source} {status} {body}");
    }
}

#[test]
fn every_source_reads_the_same_noes() {
    for source in TrackerSource::ALL {
        for ask in [Ask::Register, Ask::Renew, Ask::Poll] {
            assert_eq!(verdict(*source, ask, 401, "{}"), Verdict::BadCredentials, "{source}");
            assert_eq!(verdict(*source, ask, 429, "{}"), Verdict::TooOften { retry_after_s: None }, "{source}");
            assert_eq!(verdict(*source, ask, 500, "boom"), Verdict::Again { why: "http_500".to_owned() }, "{source}");
        }
    }
}

#[test]
fn of_a_list_the_first_is_read_byte_for_byte() {
    let list = r#"{"trackers":[ {"id":"trk_1", "weight": 1.10000} ],"has_more":true}"#;
    let part = TrackerSource::EasyPost.parcel_in(&answer(200, list)).unwrap();
    assert_eq!(part, br#"{"id":"trk_1", "weight": 1.10000}"#);
    assert_eq!(TrackerSource::EasyPost.parcel_in(&answer(200, "{}")).unwrap(), b"{}");
    assert_eq!(TrackerSource::Dhl.parcel_in(&answer(200, "{}")).unwrap(), b"{}");
}
