//! Parcels as cards, and what went wrong with them in words.

use crate::{
    answers::AnswersView,
    facts::Facts,
    headline::{self, Tone},
    history::{MomentView, history, scan_view},
};
use domain::{
    answer::CustomerAnswer,
    carrier,
    journey::Journey,
    order::{FulfilmentState, ParcelName},
    parcel::{EpisodeKind, Parcel, Problem},
    scan::Scan,
    status::{Actor, Status, SubStatus},
};
use jiff::SignedDuration;
use letters::words;
use windows::{
    ago::ago,
    text::{NAME_CHARS_MAX, shown, shown_if_any},
};

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
    /// Who brings it to the door under another number.
    pub last_mile: Option<LastMileView>,
    /// Where it is, in words.
    pub status: String,
    /// How that feels.
    pub tone: Tone,
    /// When it is expected.
    pub expected: Option<String>,
    /// What was promised first, when that was another day.
    pub expected_was: Option<String>,
    /// Who says so, and why it moved.
    pub expected_why: Option<String>,
    /// What there is to say when nothing was scanned.
    pub quiet: Option<String>,
    /// "In this parcel".
    pub contents_label: String,
    /// What is in it, when the shop told.
    pub contents: Vec<String>,
    /// What its history is called.
    pub history_title: String,
    /// What happened to it, newest first.
    pub history: Vec<MomentView>,
    /// Whether one of the scans has a time of unknown zone.
    pub some_zone_unknown: bool,
    /// When the carrier said something last, and what.
    pub last_heard: Option<String>,
    /// What its customer wants to happen.
    pub answers: Option<AnswersView>,
}

/// Who brings a parcel to the door, when that is not who took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMileView {
    /// Who.
    pub carrier: String,
    /// Their number of it.
    pub number: String,
    /// Their own page for it.
    pub url: Option<String>,
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
    /// Since when.
    pub since: String,
    /// Who must act.
    pub actor: String,
    /// Where on the page its customer can say what they want, when it is their turn.
    pub answer_at: Option<String>,
    /// What to do now.
    pub what_now: String,
}

/// The troubles of a journey in words; `answers` are those of the parcels.
#[must_use]
pub fn troubles(facts: &Facts, journey: &Journey, told_already: bool, answers: &[Option<AnswersView>]) -> Vec<TroubleView> {
    let of = |trouble: &domain::journey::Trouble| {
        let parcel = facts.parcels.get(trouble.parcel)?;
        let words = words::trouble(&trouble.problem, &parcel.carrier_name(), &facts.settings.brand.name);
        let is_open = |answer: &&CustomerAnswer| answer.parcel.as_ref() == Some(&parcel.key) && answer.done_at.is_none();
        // Who has answered has done their part.
        let actor = match trouble.problem.actor() {
            Actor::Customer if facts.order.answers.iter().any(|answer| is_open(&answer)) => Actor::Merchant,
            actor => actor,
        };
        let form = answers.get(trouble.parcel).and_then(Option::as_ref).filter(|answers| answers.form.is_some());
        let about = format!("Parcel {}: {} {}", trouble.parcel + 1, carrier(parcel), parcel.key.number);
        Some(TroubleView {
            about: (facts.parcels.len() > 1).then_some(about),
            headline: (!told_already).then_some(words.headline),
            explanation: words.explanation,
            since: facts.moment(trouble.problem.since()),
            answer_at: form.filter(|_| actor == Actor::Customer).map(|answers| answers.id.clone()),
            actor: match actor {
                Actor::Nobody => "nobody for now".to_owned(),
                Actor::Customer => "you".to_owned(),
                Actor::Merchant => facts.shop_name(),
            },
            what_now: words.what_now,
        })
    };
    journey.troubles.iter().filter_map(of).collect()
}

/// The parcels of an order as cards, each with what its customer wants to happen.
#[must_use]
pub fn parcels(facts: &Facts, answers: Vec<Option<AnswersView>>) -> Vec<ParcelView> {
    let answers = answers.into_iter().chain(std::iter::repeat(None));
    facts.parcels.iter().zip(answers).map(|(parcel, answers)| view(facts, parcel, answers)).collect()
}

fn view(facts: &Facts, parcel: &Parcel, answers: Option<AnswersView>) -> ParcelView {
    let now = parcel.folded();
    let problem = parcel.problem();
    let tone = match (now.status, &problem) {
        (_, Some(_)) => Tone::Bad,
        (Status::Delivered, None) => Tone::Good,
        (_, None) => Tone::Calm,
    };
    let (contents_label, contents) = contents(facts, parcel);
    let carrier = carrier(parcel);
    let status = match now.status {
        // Which depot it passed is the last thing heard, not where it stands.
        Status::InTransit => words::status(now.status, &SubStatus::other()),
        _ => words::status(now.status, &now.sub),
    };
    let is_disputed = matches!(&problem, Some(Problem::Episode(episode)) if episode.kind == EpisodeKind::Disputed);
    let history = history(facts, parcel);
    let n_scans = parcel.history().len();
    let who = shown(&parcel.carrier_name(), NAME_CHARS_MAX);
    ParcelView {
        number: parcel.key.number.to_string(),
        url: parcel.carrier_url(),
        last_mile: parcel.last_mile.as_ref().map(|name| LastMileView {
            carrier: shown(&carrier::display_name(&name.carrier), NAME_CHARS_MAX),
            number: name.number.to_string(),
            url: carrier::tracking_url(&name.carrier, &name.number),
        }),
        // What its customer disputes is told as what somebody says.
        status: if is_disputed { format!("{carrier} says: {status}") } else { status },
        tone,
        expected: headline::expected(facts, parcel).map(|text| text.trim_end_matches('.').to_owned()),
        expected_was: parcel
            .expected_to_show()
            .filter(|expected| expected.first != expected.current)
            .map(|expected| format!("at first it was {}", words::day(expected.first))),
        expected_why: headline::expected_why(facts, parcel),
        quiet: quiet(facts, parcel, &carrier),
        contents_label,
        contents,
        history_title: match (history.len(), n_scans) {
            (1, 1) => format!("The one thing {who} told us"),
            (all, scans) if all == scans => format!("All {scans} things {who} told us"),
            (1, _) => "The one thing that happened".to_owned(),
            (all, _) => format!("All {all} things that happened"),
        },
        history,
        some_zone_unknown: parcel.history().into_iter().any(|scan| !scan.zone_known),
        last_heard: parcel.history().last().map(|scan| last_heard(facts, scan)),
        carrier,
        who,
        answers,
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

/// "Tue 24 Nov, 06:55 (2 days ago): Arrived at a depot, Leipzig".
fn last_heard(facts: &Facts, scan: &Scan) -> String {
    let shown = scan_view(facts, scan);
    let place = shown.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    // By an unknown zone's clock hours are a guess, and a scan that is dated ahead was not some time ago.
    let said_to = if scan.zone_known { SignedDuration::ZERO } else { SignedDuration::from_hours(48) };
    let is_told = scan.at <= facts.now && facts.now.duration_since(scan.at) >= said_to;
    let ago = if is_told { format!(" ({})", ago(scan.at, facts.now)) } else { String::new() };
    format!("{}{ago}: {}{place}", shown.at, shown.status)
}

/// What is in a parcel. The shop says it of a fulfilment; when that has several parcels, nobody knows which holds what.
fn contents(facts: &Facts, parcel: &Parcel) -> (String, Vec<String>) {
    let mut items = Vec::new();
    let mut together = 1;
    let standing = facts.order.fulfilments.values().filter(|f| f.state == FulfilmentState::Open);
    let is = |key: &domain::id::ParcelKey, name: &ParcelName| facts.order.parcel_of(name) == *key;
    // A shop may name the last leg too, beside the parcel or instead of it.
    let is_this = |name: &&ParcelName| is(&parcel.key, name) || parcel.last_mile.as_ref() == Some(*name);
    for fulfilment in standing.filter(|f| f.parcels.iter().any(|name| is_this(&name))) {
        let shown = |name: &&ParcelName| facts.parcels.iter().any(|shown| is(&shown.key, name));
        together = together.max(fulfilment.parcels.iter().filter(shown).count());
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
