//! The history of a parcel: what its carrier told, what went wrong for a time, and what its customer asked for.

use crate::{answer_words, facts::Facts};
use domain::{
    parcel::{Episode, EpisodeKind, Parcel},
    scan::{PLACE_CHARS_MAX, Scan, TEXT_CHARS_MAX},
    status::Status,
};
use jiff::Timestamp;
use letters::words;
use windows::text::shown_if_any;

/// One moment as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentView {
    /// When.
    pub at: String,
    /// What it means.
    pub status: String,
    /// What the carrier said, where that says more.
    pub text: Option<String>,
    /// Where.
    pub place: Option<String>,
}

/// The history of a parcel, newest first.
#[must_use]
pub fn history(facts: &Facts, parcel: &Parcel) -> Vec<MomentView> {
    let told = |at: Timestamp, status: String| (at, MomentView { at: facts.moment(at), status, text: None, place: None });
    let mut all: Vec<(Timestamp, MomentView)> =
        parcel.history().into_iter().map(|scan| (scan.at, scan_view(facts, scan))).collect();
    for episode in parcel.episodes() {
        let (at, said) = episode_told(facts, &episode);
        all.push(told(at, said));
    }
    for answer in facts.order.answers.iter().filter(|answer| answer.parcel.as_ref() == Some(&parcel.key)) {
        let wish = answer_words::wish(&answer.wish);
        all.push(told(answer.answered_at, format!("You asked for {wish}")));
        all.extend(answer.done_at.map(|at| told(at, format!("{} has seen to it: {wish}", facts.shop_name()))));
    }
    // Of one moment, the later told is the newer.
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().rev().map(|(_, view)| view).collect()
}

/// One scan.
#[must_use]
pub fn scan_view(facts: &Facts, scan: &Scan) -> MomentView {
    let meaning = words::status(scan.status, &scan.sub);
    let text = shown_if_any(&scan.text, TEXT_CHARS_MAX);
    // A scan we cannot read is told in the carrier's words, not as "no news".
    let (status, text) = match (scan.status, text) {
        (Status::Pending, Some(text)) => (text, None),
        (_, Some(text)) if text.eq_ignore_ascii_case(&meaning) => (meaning, None),
        (_, text) => (meaning, text),
    };
    let star = if scan.zone_known { "" } else { " *" };
    MomentView { at: facts.moment(scan.at) + star, status, text, place: shown_if_any(&scan.place, PLACE_CHARS_MAX) }
}

/// "No movement from Tue 24 Nov, 06:55 to Fri 27 Nov, 08:10", at its end; "... since ..." while it lasts, at its beginning.
fn episode_told(facts: &Facts, episode: &Episode) -> (Timestamp, String) {
    let what = match episode.kind {
        EpisodeKind::Disputed => "Missed by you",
        EpisodeKind::PresumedLost => "Taken for lost",
        EpisodeKind::DeliveryRetracted => "“Delivered” taken back by the carrier",
        EpisodeKind::NoMovement => "No movement",
        EpisodeKind::OverduePromise => "Past its expected day",
        EpisodeKind::LabelWithoutScan => "Label without a scan",
    };
    // What is counted from a scan, a label or a day is told from there; what somebody said, from when it was said.
    let from = match episode.kind {
        EpisodeKind::NoMovement | EpisodeKind::OverduePromise | EpisodeKind::LabelWithoutScan => episode.since,
        EpisodeKind::Disputed | EpisodeKind::PresumedLost | EpisodeKind::DeliveryRetracted => episode.opened_at,
    };
    match episode.closed_at {
        Some(to) => (to, format!("{what} from {} to {}", facts.moment(from), facts.moment(to))),
        None => (episode.opened_at, format!("{what} since {}", facts.moment(from))),
    }
}
