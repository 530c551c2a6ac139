//! What every recorded event in `events/carrier_webhook` says, word for word, and what their stories amount to.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{
        AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Shippo, Standard, Ups, Usps,
    },
};
use domain::{
    id::ParcelKey,
    parcel::{Milestone, Parcel},
    status::Status,
};

#[test]
fn every_event_says_what_it_says() {
    for (source, file) in support::every_name() {
        let name = file.strip_suffix(".json").unwrap();
        match support::read(source, &support::event(&file)).unwrap() {
            CarrierParsed::Reports(reports) if reports.len() == 1 => insta::assert_json_snapshot!(name, reports[0]),
            other => insta::assert_debug_snapshot!(name, other),
        }
    }
}

/// The parcel after these events, told forwards and backwards.
fn told(source: carriers::CarrierSource, files: &[&str]) -> Parcel {
    let reports: Vec<_> = files.iter().map(|file| support::report(source, &support::event(file))).collect();
    let key = ParcelKey { shop: "demo".parse().unwrap(), carrier: reports[0].carrier.clone(), number: reports[0].number.clone() };
    let forwards = reports.iter().fold(Parcel::new(key.clone()), Parcel::told);
    let backwards = reports.iter().rev().fold(Parcel::new(key), Parcel::told);
    assert_eq!(forwards, backwards);
    forwards
}

#[test]
fn the_boots_arrive_and_are_signed_for() {
    let files =
        ["easypost_pre_transit.json", "easypost_in_transit.json", "easypost_out_for_delivery.json", "easypost_delivered.json"];
    let parcel = told(EasyPost, &files);
    assert_eq!((parcel.folded().status, parcel.folded().sub.code()), (Status::Delivered, "signed"));
    assert_eq!(parcel.scans.len(), 6);
    assert_eq!(parcel.milestones().len(), 4, "label, shipped, out for delivery, delivered");
}

#[test]
fn the_socks_have_a_bad_address_and_a_failed_attempt_and_then_arrive() {
    let files = [
        "shippo_pre_transit.json",
        "shippo_in_transit.json",
        "shippo_address_issue.json",
        "shippo_out_for_delivery.json",
        "shippo_delivery_attempted.json",
        "shippo_delivered.json",
    ];
    let parcel = told(Shippo, &files);
    assert_eq!(parcel.folded().status, Status::Delivered);
    assert_eq!(parcel.scans.len(), 8);
    let milestones: Vec<_> = parcel.milestones().into_keys().collect();
    assert!(milestones.contains(&Milestone::Problem("address_incorrect".to_owned())));
    assert!(milestones.contains(&Milestone::AttemptFailed(jiff::civil::date(2026, 11, 19))));
    assert_eq!(told(Shippo, &files[..3]).folded().status, Status::Exception);
    assert_eq!(told(Shippo, &files[..5]).folded().status, Status::AttemptFailed);
}

#[test]
fn the_other_stories_end_as_they_should() {
    let damaged = told(EasyPost, &["easypost_in_transit_fedex.json", "easypost_exception.json"]);
    assert_eq!((damaged.folded().status, damaged.folded().sub.code()), (Status::Exception, "damaged"));
    let back = told(EasyPost, &["easypost_return_to_sender.json"]);
    assert_eq!(back.folded().status, Status::Returning);
    assert_eq!(told(Shippo, &["shippo_returned.json"]).folded().status, Status::Returning);
    assert_eq!(told(Standard, &["standard_parcel_reported.json"]).folded().sub.code(), "to_neighbour");
}

/// The status, the finer word and the number of scans after these events.
fn ends(source: carriers::CarrierSource, files: &[&str]) -> (Status, String, usize) {
    let parcel = told(source, files);
    let folded = parcel.folded();
    (folded.status, folded.sub.code().to_owned(), parcel.scans.len())
}

fn check(source: carriers::CarrierSource, files: &[&str], status: Status, sub: &str, scans: usize) {
    assert_eq!(ends(source, files), (status, sub.to_owned(), scans), "{files:?}");
    // Told twice it is told once.
    let twice: Vec<_> = files.iter().chain(files).copied().collect();
    assert_eq!(told(source, &twice), told(source, files), "{files:?}");
}

#[test]
fn the_stories_of_the_aggregators_end_as_they_should() {
    let aftership = ["aftership_in_transit.json", "aftership_attempt_failed.json", "aftership_delivered.json"];
    check(AfterShip, &aftership[..1], Status::InTransit, "departed", 3);
    check(AfterShip, &aftership[..2], Status::AttemptFailed, "recipient_unavailable", 4);
    check(AfterShip, &aftership, Status::Delivered, "signed", 5);
    check(AfterShip, &["aftership_expired.json"], Status::Expired, "other", 4);
    let shipengine = ["shipengine_not_yet.json", "shipengine_out_for_delivery.json", "shipengine_delivered_neighbour.json"];
    check(ShipEngine, &shipengine[..1], Status::InfoReceived, "other", 1);
    check(ShipEngine, &shipengine[..2], Status::OutForDelivery, "on_vehicle", 5);
    check(ShipEngine, &shipengine, Status::Delivered, "to_neighbour", 6);
    check(ShipEngine, &["shipengine_collection_point.json"], Status::AvailableForPickup, "locker", 1);
    check(Karrio, &["karrio_in_transit.json", "karrio_delivery_failed.json"], Status::AttemptFailed, "recipient_unavailable", 4);
    check(Karrio, &["karrio_cancelled.json"], Status::Cancelled, "other", 2);
    let seventeen = ["seventeentrack_customs.json", "seventeentrack_delivered.json"];
    check(SeventeenTrack, &seventeen[..1], Status::InTransit, "customs_started", 4);
    check(SeventeenTrack, &seventeen, Status::Delivered, "other", 5);
    let sendcloud =
        ["sendcloud_announced.json", "sendcloud_sorting.json", "sendcloud_attempt_failed.json", "sendcloud_delivered.json"];
    check(Sendcloud, &sendcloud[..2], Status::InTransit, "arrived", 2);
    check(Sendcloud, &sendcloud[..3], Status::AttemptFailed, "recipient_unavailable", 3);
    check(Sendcloud, &sendcloud, Status::Delivered, "other", 4);
    check(Sendcloud, &["sendcloud_awaiting_pickup.json"], Status::AvailableForPickup, "pickup_point", 1);
    check(Sendcloud, &["sendcloud_return_delivered.json"], Status::Returned, "to_sender", 1);
}

#[test]
fn the_stories_of_the_carriers_end_as_they_should() {
    let ups = [
        "ups_label.json",
        "ups_origin_scan.json",
        "ups_transferred.json",
        "ups_loaded.json",
        "ups_out_for_delivery.json",
        "ups_delivered.json",
    ];
    check(Ups, &ups[..3], Status::InTransit, "transferred_to_post", 3);
    // A delivery's type is no delivery.
    check(Ups, &ups[..4], Status::InTransit, "other", 4);
    check(Ups, &ups[..5], Status::OutForDelivery, "on_vehicle", 5);
    check(Ups, &ups, Status::Delivered, "signed", 6);
    check(FedEx, &["fedex_delayed.json"], Status::Exception, "delayed_carrier", 4);
    check(FedEx, &["fedex_delayed.json", "fedex_out_for_delivery.json"], Status::OutForDelivery, "on_vehicle", 6);
    check(FedEx, &["fedex_out_for_delivery.json", "fedex_delivered.json"], Status::Delivered, "signed", 6);
    check(FedEx, &["fedex_recycled.json"], Status::OutForDelivery, "on_vehicle", 5);
    check(Usps, &["usps_notice_left.json"], Status::AttemptFailed, "notice_left", 6);
    check(Usps, &["usps_scan.json", "usps_delivered_locker.json"], Status::Delivered, "locker", 6);
    check(Usps, &["usps_status_only.json"], Status::Exception, "held", 1);
    check(Dhl, &["dhl_in_delivery.json"], Status::OutForDelivery, "on_vehicle", 4);
    check(Dhl, &["dhl_in_delivery.json", "dhl_delivered_neighbour.json"], Status::Delivered, "to_neighbour", 5);
    check(Dhl, &["dhl_refused.json"], Status::Exception, "refused", 1);
    check(Dhl, &["dhl_without_a_time.json"], Status::InTransit, "other", 1);
}
