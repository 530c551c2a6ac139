//! What every recorded event in `events/carrier_webhook` says, word for word, and what their stories amount to.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::CarrierSource::{EasyPost, Shippo, Standard};
use domain::{
    id::ParcelKey,
    parcel::{Milestone, Parcel},
    status::Status,
};

macro_rules! says {
    ($($name:ident: $source:expr;)*) => {$(
        #[test]
        fn $name() {
            let body = support::event(concat!(stringify!($name), ".json"));
            insta::assert_json_snapshot!(stringify!($name), support::report($source, &body));
        }
    )*};
}

says! {
    easypost_pre_transit: EasyPost;
    easypost_in_transit: EasyPost;
    easypost_out_for_delivery: EasyPost;
    easypost_delivered: EasyPost;
    easypost_delivered_usps: EasyPost;
    easypost_in_transit_fedex: EasyPost;
    easypost_exception: EasyPost;
    easypost_return_to_sender: EasyPost;
    shippo_pre_transit: Shippo;
    shippo_in_transit: Shippo;
    shippo_address_issue: Shippo;
    shippo_out_for_delivery: Shippo;
    shippo_delivery_attempted: Shippo;
    shippo_delivered: Shippo;
    shippo_returned: Shippo;
    standard_parcel_reported: Standard;
    standard_parcel_handed_over: Standard;
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
