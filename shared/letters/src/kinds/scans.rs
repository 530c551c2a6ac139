//! What carriers scanned, in words: which scan a letter is about, when and where it was, and what was seen last.

use super::detail;
use crate::{clean, scene::Scene};
use domain::{
    calendar::Zone,
    parcel::{EpisodeKind, Parcel},
    scan::{PLACE_CHARS_MAX, Scan},
    status::Status,
};
use jiff::{Timestamp, civil::Date};

/// The scan a letter is about: the first of its status at its moment, of an attempt on its day.
pub(super) fn scan_at<'a>(scene: &Scene, parcel: &'a Parcel, status: Status) -> Option<&'a Scan> {
    let at = scene.facts.letter.occurred_at;
    let mut of_status = parcel.scans.iter().filter(|scan| scan.status == status);
    let same_moment = of_status.clone().filter(|scan| scan.at == at);
    match status {
        Status::AttemptFailed => {
            let day = detail(scene).parse::<Date>().ok();
            of_status.find(|scan| Some(Zone::utc().date_of(scan.at)) == day).or_else(|| same_moment.into_iter().next())
        }
        Status::Exception => {
            let code = detail(scene);
            same_moment.into_iter().find(|scan| scan.sub.code() == code)
        }
        Status::Pending
        | Status::Expired
        | Status::InfoReceived
        | Status::InTransit
        | Status::OutForDelivery
        | Status::AvailableForPickup
        | Status::Returning
        | Status::Delivered
        | Status::Returned
        | Status::Cancelled => same_moment.into_iter().next(),
    }
}

/// A moment, or only its day where the carrier did not say in which zone it was.
pub(super) fn when(scene: &Scene, at: Timestamp, scan: Option<&Scan>) -> String {
    match scan {
        Some(scan) if !scan.zone_known => scene.tongue.day(scene.zone.to_datetime(at).date()),
        _ => scene.tongue.moment(at, scene.zone),
    }
}

/// The last time the carrier had it in its hands, as far as that still holds.
pub(super) fn last_scan(parcel: &Parcel) -> Option<&Scan> {
    let is_open = |kind| parcel.episodes().iter().any(|episode| episode.kind == kind && episode.closed_at.is_none());
    let taken_back = is_open(EpisodeKind::DeliveryRetracted);
    let holds = |scan: &&Scan| scan.status.is_physical() && !(scan.is_early || taken_back && scan.status == Status::Delivered);
    parcel.history().into_iter().rfind(holds)
}

/// What a scan said, where and when: "Arrived at a depot, Berlin (Wed 25 Nov, 14:05)".
pub(super) fn scanned(scene: &Scene, scan: &Scan) -> String {
    format!("{} ({})", scanned_where(scene, scan), when(scene, scan.at, Some(scan)))
}

/// What a scan said and where: "Arrived at a depot, Berlin".
pub(super) fn scanned_where(scene: &Scene, scan: &Scan) -> String {
    let label = scene.tongue.status(scan.status, &scan.sub);
    let place = clean::outside(&scan.place, PLACE_CHARS_MAX);
    if place.is_empty() { label } else { format!("{label}, {place}") }
}
