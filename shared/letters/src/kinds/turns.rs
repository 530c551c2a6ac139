//! Letters about a turn a parcel took: it is expected on another day, or what went wrong is over.

use super::{
    detail,
    parcels::{expected, one_of_several, rows, since_then},
    scans::{last_scan, scanned},
};
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Row},
    scene::Scene,
    structured,
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
    blocks.extend(
        days.moved_again.map(|again| Block::Say(scene.say_with("new_day.again", &[("day", scene.tongue.day(again).into())]))),
    );
    blocks.extend(since_then(scene, parcel, None));
    if parcel.problem().is_none() {
        blocks.push(Block::Say(scene.label("nothing-to-do")));
    }
    let mut known = rows(scene, parcel);
    let row = |name: &str, day: Date| Row::new(scene.label(name), scene.tongue.day(day));
    known.extend(days.moved_again.or(days.new).map(|day| row("row-expected", day)));
    known.extend(days.was.map(|was| row("row-at-first", was)));
    known.extend(last_scan(parcel).map(|scan| Row::new(scene.label("row-last-scan"), scanned(scene, scan))));
    finished(scene, turn, blocks, known)
}

pub(super) fn solved(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let turn = end(scene)?;
    let now = parcel.folded();
    let mut blocks = vec![Block::Say(turn.explanation.clone())];
    let day = expected(scene, parcel);
    if let Some(problem) = parcel.problem() {
        let trouble = scene.tongue.trouble(&problem, &parcel.carrier_name(), &scene.shop);
        blocks.push(Block::Say(trouble.explanation));
        blocks.push(Block::Notice { title: trouble.headline, body: trouble.what_now });
    } else {
        blocks.push(Block::Say(scene.say(match (now.status, &day) {
            (Status::Delivered, _) => "problem_solved.not-there",
            (Status::InTransit, None) => "problem_solved.no-day",
            (Status::AvailableForPickup, _) => "problem_solved.take-along",
            _ => "nothing-to-do",
        })));
    }
    let mut known = rows(scene, parcel);
    known.extend(day);
    known.extend(last_scan(parcel).map(|scan| Row::new(scene.label("row-newest-scan"), scanned(scene, scan))));
    finished(scene, turn, blocks, known)
}

fn finished(scene: &Scene, turn: Turn, mut blocks: Vec<Block>, known: Vec<Row>) -> Result<Draft, CannotRender> {
    blocks.push(Block::Rows(known));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    Ok(Draft {
        subject: scene.subject(&turn.headline),
        preheader: turn.explanation,
        heading: turn.headline,
        blocks,
        greeting: Some(scene.greeting()),
        because: scene.say("because-order"),
        structured: Some(structured::parcels(scene)?),
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
    let days = Days::of(scene, scene.parcel()?);
    let neutral = || scene.label("new_day");
    let Some(new) = days.new else {
        return Ok(Turn::new(neutral(), scene.say("new_day.another")));
    };
    let new_day = scene.tongue.day(new);
    let of_day = |key: &str| scene.say_with(key, &[("day", new_day.as_str().into())]);
    // A day that newer news overtook does not stand in a subject.
    let headline = match days.was {
        _ if days.is_overtaken => neutral(),
        Some(was) if new < was => of_day("new_day.earlier"),
        _ => of_day("new_day.later"),
    };
    let Some(was) = days.was else {
        return Ok(Turn::new(headline, of_day("new_day.named")));
    };
    let known = days.known.filter(|known| known.current == new);
    let cause = known.map(|known| known.because);
    let key = match cause {
        _ if known.is_some_and(|known| known.first == new) => "new_day.as-promised",
        _ if days.is_overtaken => "new_day.then-said",
        // What delayed it is no reason to come earlier.
        _ if new < was => "new_day.now",
        Some(Some(_)) => "new_day.now-because",
        Some(None) => "new_day.now-unexplained",
        None => "new_day.now",
    };
    let cause = cause.flatten().map(|cause| scene.tongue.cause(cause)).unwrap_or_default();
    let values = [("was", scene.tongue.day(was).into()), ("day", new_day.as_str().into()), ("cause", cause.into())];
    Ok(Turn::new(headline, scene.say_with(key, &values)))
}

/// What became of a trouble, in words. Where it ended in another trouble nothing is called good news.
pub(super) fn end(scene: &Scene) -> Result<Turn, CannotRender> {
    let parcel = scene.parcel()?;
    let now = parcel.folded();
    // That it is late does not make it less true that it moves.
    let only_late =
        |problem: &Problem| matches!(problem, Problem::Episode(episode) if episode.kind == EpisodeKind::OverduePromise);
    let is_well = parcel.problem().as_ref().is_none_or(only_late);
    let moves = matches!(now.status, Status::InTransit | Status::OutForDelivery);
    let told = |headline: &str, how: &str| Turn::new(scene.label(headline), scene.say(how));
    let status = scene.tongue.status(now.status, &now.sub);
    let reports = |status: &str| scene.say_with("problem_solved.reports", &[("status", status.into())]);
    Ok(match (EpisodeKind::read(detail(scene)), now.status) {
        (Some(EpisodeKind::DeliveryRetracted), Status::Delivered) if is_well => {
            told("problem_solved.delivered-after-all", "problem_solved.delivered-after-all-how")
        }
        (_, Status::Delivered) if is_well => told("problem_solved.arrived", "problem_solved.arrived-how"),
        (_, Status::AvailableForPickup) if is_well => Turn::new(scene.label("problem_solved.collect"), reports(&status)),
        (Some(EpisodeKind::PresumedLost), _) if is_well && moves => told("problem_solved.moving", "problem_solved.moving-lost"),
        (Some(EpisodeKind::NoMovement), _) if is_well && moves => told("problem_solved.moving", "problem_solved.moving-stalled"),
        (Some(EpisodeKind::OverduePromise), _) if is_well && moves && expected(scene, parcel).is_some() => {
            told("problem_solved.late-day", "problem_solved.late-day-how")
        }
        (Some(EpisodeKind::OverduePromise), _) if is_well && moves => told("problem_solved.late", "problem_solved.late-how"),
        _ => Turn::new(scene.label("problem_solved"), reports(&clean::capital(&status))),
    })
}
