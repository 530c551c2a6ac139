//! What a parcel of the sample order can come into: trouble that time brought, its end, and three siblings.

use super::sample::{Sample, at, sample, scan};
use domain::{
    letter::{About, Letter, LetterKind},
    parcel::{Episode, EpisodeKind, Parcel},
    status::Status,
};

pub(super) fn stuck_as(episode: EpisodeKind, kind: LetterKind) -> Sample {
    let mut it = stuck(episode);
    it.letter.kind = kind;
    it
}

/// The same parcel's news, and that of three siblings with it.
pub(super) fn four(kind: LetterKind) -> Sample {
    let mut it = sample(kind);
    let fulfilment = it.order.fulfilments.values_mut().next().unwrap();
    for number in ["1Z999AA10123456785", "1Z999AA10123456786", "1Z999AA10123456787"] {
        let name = domain::order::ParcelName::read(Some("UPS"), number).unwrap();
        fulfilment.parcels.push(name.clone());
        let first = &it.parcels[0];
        let key = domain::id::ParcelKey { number: name.number, ..first.key.clone() };
        it.carries.push(Letter { about: About::Parcel { parcel: key.clone(), detail: String::new() }, ..it.letter.clone() });
        let sibling = Parcel { key, scans: first.scans.clone(), ..first.clone() };
        it.parcels.push(sibling);
    }
    it
}

/// Trouble that its customer is told of.
pub(super) const TOLD: [EpisodeKind; 4] =
    [EpisodeKind::PresumedLost, EpisodeKind::DeliveryRetracted, EpisodeKind::NoMovement, EpisodeKind::OverduePromise];

/// The parcel of the order, in trouble that time or a later word brought.
pub(super) fn stuck(kind: EpisodeKind) -> Sample {
    let mut it = sample(LetterKind::Shipped);
    it.letter.kind = LetterKind::DeliveryProblem;
    if kind == EpisodeKind::DeliveryRetracted {
        let end = scan("2026-11-26T13:05:00Z", Status::Delivered, "at_door", "Delivered");
        let it = it.said("2026-11-26T13:10:00Z", None, vec![end]).taken_back("2026-11-26T18:30:00Z");
        return it.about(kind.code(), "2026-11-26T18:30:00Z");
    }
    let (since, opened_at) = match kind {
        EpisodeKind::OverduePromise => ("2026-11-26T23:00:00Z", "2026-11-27T08:00:00Z"),
        EpisodeKind::PresumedLost => ("2026-11-24T17:10:00Z", "2026-12-01T17:10:00Z"),
        _ => ("2026-11-24T17:10:00Z", "2026-11-27T17:10:00Z"),
    };
    it.parcels[0].episodes.push(Episode { kind, since: at(since), opened_at: at(opened_at), closed_at: None });
    it.about(kind.code(), opened_at)
}

/// The same when it is over.
pub(super) fn solved(kind: EpisodeKind) -> Sample {
    let mut it = stuck(kind);
    it.letter.kind = LetterKind::ProblemSolved;
    let when = "2026-12-02T06:40:00Z";
    let it = match kind {
        EpisodeKind::DeliveryRetracted => {
            it.said(when, None, vec![scan("2026-11-26T13:05:00Z", Status::Delivered, "at_door", "Delivered")])
        }
        _ => it.said(when, Some("2026-12-03"), vec![scan(when, Status::InTransit, "arrived", "Arrived at facility")]),
    };
    it.about(kind.code(), when)
}

/// Every kind of letter, and of those about trouble and its end one for each cause.
pub(super) fn all() -> Vec<Sample> {
    let kinds = LetterKind::ALL.iter().copied().map(sample);
    kinds.chain(TOLD.into_iter().map(stuck)).chain(TOLD.into_iter().map(solved)).collect()
}
