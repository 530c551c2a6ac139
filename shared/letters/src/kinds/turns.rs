//! Letters about a turn a parcel took: it is expected on another day, or what went wrong is over.

use super::parcels::{because, carrier_first, detail, expected, last_scan, one_of_several, rows, scanned, since_then};
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Row},
    scene::Scene,
    structured, words,
};
use domain::{
    parcel::{EpisodeKind, ExpectedShown, Parcel, Problem},
    status::Status,
};
use jiff::civil::Date;

/// What changed, in words.
pub(super) struct Turn {
    /// As a title without a full stop.
    pub(super) headline: String,
    /// What is known about it.
    explanation: String,
}

impl Turn {
    fn new(headline: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self { headline: headline.into(), explanation: explanation.into() }
    }
}

pub(super) fn new_day(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let turn = turn(scene)?;
    let days = Days::of(scene, parcel);
    let mut blocks = vec![Block::Say(turn.explanation.clone())];
    blocks.extend(days.moved_again.map(|again| {
        Block::Say(format!("Since then the day changed again: your parcel is now expected on {}.", words::day(again)))
    }));
    blocks.extend(since_then(scene, parcel, None));
    if parcel.problem().is_none() {
        blocks.push(Block::Say("You do not need to do anything.".to_owned()));
    }
    let mut rows = rows(parcel);
    rows.extend(days.moved_again.or(days.new).map(|day| Row::new("Expected", words::day(day))));
    rows.extend(days.was.map(|was| Row::new("At first", words::day(was))));
    rows.extend(last_scan(parcel).map(|scan| Row::new("Last scan", scanned(scene, scan))));
    finished(scene, parcel, turn, blocks, rows)
}

pub(super) fn solved(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let turn = end(scene)?;
    let now = parcel.folded();
    let mut blocks = vec![Block::Say(turn.explanation.clone())];
    let day = expected(scene, parcel);
    if let Some(problem) = parcel.problem() {
        let trouble = words::trouble(&problem, &parcel.carrier_name(), &scene.shop);
        blocks.push(Block::Say(trouble.explanation));
        blocks.push(Block::Notice { title: trouble.headline, body: trouble.what_now });
    } else if now.status == Status::Delivered {
        blocks.push(Block::Say(format!(
            "Is it not there? Look at the door and ask the neighbours first, then {}.",
            scene.contact()
        )));
    } else {
        let done = match (now.status, &day) {
            (Status::InTransit, None) => {
                format!("{} has not said on which day it comes now. You do not need to do anything.", carrier_first(parcel))
            }
            (Status::AvailableForPickup, _) => "Take your tracking number along.".to_owned(),
            _ => "You do not need to do anything.".to_owned(),
        };
        blocks.push(Block::Say(done));
    }
    let mut rows = rows(parcel);
    rows.extend(day);
    rows.extend(last_scan(parcel).map(|scan| Row::new("Newest scan", scanned(scene, scan))));
    finished(scene, parcel, turn, blocks, rows)
}

fn finished(scene: &Scene, parcel: &Parcel, turn: Turn, mut blocks: Vec<Block>, rows: Vec<Row>) -> Result<Draft, CannotRender> {
    blocks.push(Block::Rows(rows));
    blocks.push(Block::Button("Follow your parcel"));
    blocks.extend(one_of_several(scene));
    Ok(Draft {
        subject: scene.subject(&turn.headline),
        preheader: turn.explanation,
        heading: turn.headline,
        blocks,
        because: because(scene),
        structured: Some(structured::parcel(scene, parcel)?),
    })
}

/// The days of a letter about a new one.
struct Days {
    /// The day it tells.
    new: Option<Date>,
    /// What was told at first, where that was another day.
    was: Option<Date>,
    /// What is known now, whether or not the page shows it.
    known: Option<ExpectedShown>,
    /// The day the page shows now, where it is another one than the letter's.
    moved_again: Option<Date>,
    /// Whether newer news leaves the letter's day without a meaning: another day, or that it is at the door.
    is_overtaken: bool,
}

impl Days {
    fn of(scene: &Scene, parcel: &Parcel) -> Self {
        let known = parcel.expected_day();
        let shown = parcel.expected_to_show().map(|shown| shown.current);
        let told = detail(scene).parse().ok();
        let new = told.or(shown).or(parcel.expected.map(|expected| expected.current));
        let another = |day: &Date| new.is_some_and(|new| new != *day);
        // A promise is what was told first; where the new day is the promised one, it is the carrier's own first word.
        let own_first = parcel.expected.map(|expected| expected.first);
        let was = [known.map(|known| known.first), own_first].into_iter().flatten().find(another);
        Self { new, was, known, moved_again: shown.filter(another), is_overtaken: known.is_some() && shown != new }
    }
}

/// The new day in words: what it was, what it is, and why.
pub(super) fn turn(scene: &Scene) -> Result<Turn, CannotRender> {
    let parcel = scene.parcel()?;
    let carrier = carrier_first(parcel);
    let days = Days::of(scene, parcel);
    let neutral = "Your parcel has a new expected day".to_owned();
    let Some(new) = days.new else {
        return Ok(Turn::new(neutral, format!("{carrier} named another day for your parcel.")));
    };
    // A day that newer news overtook does not stand in a subject.
    let headline = match days.was {
        _ if days.is_overtaken => neutral,
        Some(was) if new < was => format!("Your parcel is expected earlier, on {}", words::day(new)),
        _ => format!("Your parcel is now expected on {}", words::day(new)),
    };
    let Some(was) = days.was else {
        return Ok(Turn::new(headline, format!("{carrier} named {} as the day for your parcel.", words::day(new))));
    };
    let (was_day, new_day) = (words::day(was), words::day(new));
    let known = days.known.filter(|known| known.current == new);
    if known.is_some_and(|known| known.first == new) {
        let told = format!("{carrier} at first said {was_day} and now says {new_day}, as the shop promised.");
        return Ok(Turn::new(headline, told));
    }
    let why = match known.map(|known| known.because) {
        // What delayed it is no reason to come earlier, and newer trouble none for an older day.
        _ if new < was || days.is_overtaken => ".".to_owned(),
        Some(Some(cause)) => format!(", because of {}.", words::cause(cause)),
        Some(None) => ". It did not say why.".to_owned(),
        None => ".".to_owned(),
    };
    let now = if days.is_overtaken { "then said" } else { "now says" };
    let told = format!("At first your parcel was expected on {was_day}; {} {now} {new_day}{why}", parcel.carrier_name());
    Ok(Turn::new(headline, told))
}

/// What became of a trouble, in words. Where it ended in another trouble nothing is called good news.
pub(super) fn end(scene: &Scene) -> Result<Turn, CannotRender> {
    let parcel = scene.parcel()?;
    let carrier = carrier_first(parcel);
    let now = parcel.folded();
    // That it is late does not make it less true that it moves.
    let only_late =
        |problem: &Problem| matches!(problem, Problem::Episode(episode) if episode.kind == EpisodeKind::OverduePromise);
    let is_well = parcel.problem().as_ref().is_none_or(only_late);
    let moves = matches!(now.status, Status::InTransit | Status::OutForDelivery);
    Ok(match (EpisodeKind::read(detail(scene)), now.status) {
        (Some(EpisodeKind::DeliveryRetracted), Status::Delivered) if is_well => Turn::new(
            "Your parcel was delivered after all",
            format!("{carrier} had taken its report of the delivery back. Now it reports again that the parcel was delivered."),
        ),
        (_, Status::Delivered) if is_well => {
            Turn::new("Your parcel has arrived", format!("{carrier} reports that your parcel was delivered."))
        }
        (_, Status::AvailableForPickup) if is_well => {
            Turn::new("Your parcel is ready to collect", format!("{carrier} reports: {}.", words::status(now.status, &now.sub)))
        }
        (Some(EpisodeKind::PresumedLost), _) if is_well && moves => Turn::new(
            "Your parcel is moving again",
            format!("It looked as if it was lost. Now {carrier} has scanned it again, and it is on its way to you."),
        ),
        (Some(EpisodeKind::NoMovement), _) if is_well && moves => Turn::new(
            "Your parcel is moving again",
            format!("{carrier} had not scanned it for some days. Now it has, and the parcel is on its way to you."),
        ),
        (Some(EpisodeKind::OverduePromise), _) if is_well && moves && expected(scene, parcel).is_some() => Turn::new(
            "Your late parcel has a new expected day",
            format!(
                "It did not come on the day it was expected. It is on its way to you, and {} named a new day.",
                parcel.carrier_name()
            ),
        ),
        (Some(EpisodeKind::OverduePromise), _) if is_well && moves => {
            Turn::new("Your late parcel is on its way", "It did not come on the day it was expected. It is on its way to you.")
        }
        _ => Turn::new(
            "There is news of your parcel",
            format!("{carrier} reports: {}.", clean::capital(&words::status(now.status, &now.sub))),
        ),
    })
}
