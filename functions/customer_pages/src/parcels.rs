//! Parcels as cards, and what went wrong with them in words.

use crate::{
    facts::Facts,
    headline::{self, Tone},
};
use domain::{
    journey::Journey,
    order::FulfilmentState,
    parcel::Parcel,
    scan::{PLACE_CHARS_MAX, Scan, TEXT_CHARS_MAX},
    status::{Status, SubStatus},
};
use letters::words;
use windows::text::{NAME_CHARS_MAX, shown, shown_if_any};

/// One parcel as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelView {
    /// Who carries it, as a title.
    pub carrier: String,
    /// Who carries it, in the middle of a sentence.
    pub who: String,
    /// Its number.
    pub number: String,
    /// The carrier's own page for it.
    pub url: Option<String>,
    /// Where it is, in words.
    pub status: String,
    /// How that feels.
    pub tone: Tone,
    /// When it is expected.
    pub expected: Option<String>,
    /// What was promised first, when that was another day.
    pub expected_was: Option<String>,
    /// What there is to say when nothing was scanned.
    pub quiet: Option<String>,
    /// "In this parcel".
    pub contents_label: String,
    /// What is in it, when the shop told.
    pub contents: Vec<String>,
    /// What the carrier said, newest first.
    pub scans: Vec<ScanView>,
    /// Whether one of the scans has a time of unknown zone.
    pub some_zone_unknown: bool,
    /// When the carrier said something last, and what.
    pub last_heard: Option<String>,
}

/// One scan as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanView {
    /// When.
    pub at: String,
    /// What it means.
    pub status: String,
    /// What the carrier said, where that says more.
    pub text: Option<String>,
    /// Where.
    pub place: Option<String>,
}

/// One trouble as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleView {
    /// Which parcel, when there are several.
    pub about: Option<String>,
    /// What happened, unless the page's headline is just that.
    pub headline: Option<String>,
    /// What is known.
    pub explanation: String,
    /// What to do now.
    pub what_now: String,
}

/// The troubles of a journey in words.
#[must_use]
pub fn troubles(facts: &Facts, journey: &Journey, told_already: bool) -> Vec<TroubleView> {
    let of = |trouble: &domain::journey::Trouble| {
        let parcel = facts.parcels.get(trouble.parcel)?;
        let words = words::trouble(&trouble.problem, &parcel.carrier_name(), &facts.settings.brand.name);
        let about = format!("Parcel {}: {} {}", trouble.parcel + 1, carrier(parcel), parcel.key.number);
        Some(TroubleView {
            about: (facts.parcels.len() > 1).then_some(about),
            headline: (!told_already).then_some(words.headline),
            explanation: words.explanation,
            what_now: words.what_now,
        })
    };
    journey.troubles.iter().filter_map(of).collect()
}

/// The parcels of an order as cards.
#[must_use]
pub fn parcels(facts: &Facts) -> Vec<ParcelView> {
    facts.parcels.iter().map(|parcel| view(facts, parcel)).collect()
}

fn view(facts: &Facts, parcel: &Parcel) -> ParcelView {
    let now = parcel.folded();
    let tone = match (now.status, parcel.problem()) {
        (_, Some(_)) => Tone::Bad,
        (Status::Delivered, None) => Tone::Good,
        (_, None) => Tone::Calm,
    };
    let (contents_label, contents) = contents(facts, parcel);
    let carrier = carrier(parcel);
    ParcelView {
        number: parcel.key.number.to_string(),
        url: parcel.carrier_url(),
        status: match now.status {
            // Which depot it passed is the last thing heard, not where it stands.
            Status::InTransit => words::status(now.status, &SubStatus::other()),
            _ => words::status(now.status, &now.sub),
        },
        tone,
        expected: headline::expected(facts, parcel).map(|text| text.trim_end_matches('.').to_owned()),
        expected_was: parcel
            .expected_to_show()
            .filter(|expected| expected.first != expected.current)
            .map(|expected| format!("at first it was {}", words::day(expected.first))),
        quiet: quiet(facts, parcel, &carrier),
        contents_label,
        contents,
        scans: parcel.history().into_iter().rev().map(|scan| scan_view(facts, scan)).collect(),
        some_zone_unknown: parcel.history().into_iter().any(|scan| !scan.zone_known),
        last_heard: parcel.history().last().map(|scan| last_heard(&scan_view(facts, scan))),
        carrier,
        who: shown(&parcel.carrier_name(), NAME_CHARS_MAX),
    }
}

/// The carrier's name as a title.
fn carrier(parcel: &Parcel) -> String {
    headline::sentence_case(&shown(&parcel.carrier_name(), NAME_CHARS_MAX))
}

fn quiet(facts: &Facts, parcel: &Parcel, carrier: &str) -> Option<String> {
    let made_at = parcel.label_made_at()?;
    (!parcel.was_scanned()).then(|| format!("The label was made on {}. {carrier} has not scanned it yet.", facts.moment(made_at)))
}

fn scan_view(facts: &Facts, scan: &Scan) -> ScanView {
    let meaning = words::status(scan.status, &scan.sub);
    let text = shown_if_any(&scan.text, TEXT_CHARS_MAX);
    // A scan we cannot read is told in the carrier's words, not as "no news".
    let (status, text) = match (scan.status, text) {
        (Status::Pending, Some(text)) => (text, None),
        (_, Some(text)) if text.eq_ignore_ascii_case(&meaning) => (meaning, None),
        (_, text) => (meaning, text),
    };
    let star = if scan.zone_known { "" } else { " *" };
    ScanView { at: facts.moment(scan.at) + star, status, text, place: shown_if_any(&scan.place, PLACE_CHARS_MAX) }
}

/// "Tue 24 Nov, 06:55: Arrived at a depot, Leipzig".
fn last_heard(scan: &ScanView) -> String {
    let place = scan.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    format!("{}: {}{place}", scan.at, scan.status)
}

/// What is in a parcel. The shop says it of a fulfilment; when that has several parcels, nobody knows which holds what.
fn contents(facts: &Facts, parcel: &Parcel) -> (String, Vec<String>) {
    let mut items = Vec::new();
    let mut together = 1;
    let standing = facts.order.fulfilments.values().filter(|f| f.state == FulfilmentState::Open);
    let is_this = |name: &domain::order::ParcelName| name.carrier == parcel.key.carrier && name.number == parcel.key.number;
    for fulfilment in standing.filter(|f| f.parcels.iter().any(is_this)) {
        together = together.max(fulfilment.parcels.len());
        for (id, quantity) in &fulfilment.lines {
            let line = facts.order.report.iter().flat_map(|report| &report.lines).find(|line| line.id == *id);
            items.extend(line.map(|line| piece(*quantity, &line.title, line.variant.as_deref())));
        }
    }
    let label = if together == 1 { "In this parcel".to_owned() } else { format!("In these {together} parcels together") };
    (label, items)
}

/// "2 × Mug, blue".
#[must_use]
pub fn piece(quantity: u32, title: &str, variant: Option<&str>) -> String {
    let title = shown_if_any(title, NAME_CHARS_MAX).unwrap_or_else(|| "Unnamed item".to_owned());
    match variant.and_then(|variant| shown_if_any(variant, NAME_CHARS_MAX)) {
        Some(variant) => format!("{quantity} × {title}, {variant}"),
        None => format!("{quantity} × {title}"),
    }
}
