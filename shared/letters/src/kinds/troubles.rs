//! Letters about a parcel in trouble: a failed attempt, what a carrier reports, and what time or a later word brought.

use super::{
    detail,
    parcels::{one_of_several, rows, since_then},
    scans::{last_scan, scan_at, scanned, scanned_where, when},
};
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Row},
    scene::Scene,
    structured,
    words::Trouble,
};
use domain::{
    parcel::{Episode, EpisodeKind, Parcel, Problem},
    scan::TEXT_CHARS_MAX,
    status::{Status, SubStatus},
};

pub(super) fn attempt_failed(scene: &Scene) -> Result<Draft, CannotRender> {
    troubled(scene, &attempt_now(scene)?)
}

pub(super) fn problem(scene: &Scene) -> Result<Draft, CannotRender> {
    troubled(scene, &problem_now(scene)?)
}

/// The failed attempt a letter is about, in words.
pub(super) fn attempt_trouble(scene: &Scene) -> Result<Trouble, CannotRender> {
    in_words(scene, &attempt_now(scene)?)
}

/// The problem a letter is about, in words.
pub(super) fn problem_trouble(scene: &Scene) -> Result<Trouble, CannotRender> {
    in_words(scene, &problem_now(scene)?)
}

fn in_words(scene: &Scene, problem: &Problem) -> Result<Trouble, CannotRender> {
    Ok(scene.tongue.trouble(problem, &scene.parcel()?.carrier_name(), &scene.shop))
}

fn attempt_now(scene: &Scene) -> Result<Problem, CannotRender> {
    let status = Status::AttemptFailed;
    let sub = scan_at(scene, scene.parcel()?, status).map_or_else(SubStatus::other, |scan| scan.sub.clone());
    Ok(Problem::Carrier { status, sub, since: scene.facts.letter.occurred_at })
}

/// Which problem: the letter's code; of what time brought, and of the way back, the newest that is known.
fn problem_now(scene: &Scene) -> Result<Problem, CannotRender> {
    let parcel = scene.parcel()?;
    let code = detail(scene);
    let since = scene.facts.letter.occurred_at;
    if let Some(kind) = EpisodeKind::read(code) {
        let newest = parcel.episodes().into_iter().rfind(|episode| episode.kind == kind);
        return Ok(Problem::Episode(newest.unwrap_or(Episode { kind, since, opened_at: since, closed_at: None })));
    }
    if code != "returning" && code != "returned" {
        return Ok(Problem::Carrier { status: Status::Exception, sub: SubStatus::new(code), since });
    }
    let now = parcel.folded();
    let back = |status: Status| status == Status::Returning || status == Status::Returned;
    if back(now.status) {
        return Ok(Problem::Carrier { status: now.status, sub: now.sub, since });
    }
    let last = parcel.scans.iter().rev().find(|scan| back(scan.status));
    let unseen = if code == "returned" { Status::Returned } else { Status::Returning };
    let (status, sub) = last.map_or_else(|| (unseen, SubStatus::other()), |scan| (scan.status, scan.sub.clone()));
    Ok(Problem::Carrier { status, sub, since })
}

fn troubled(scene: &Scene, problem: &Problem) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let trouble = in_words(scene, problem)?;
    let (told, facts) = match problem {
        Problem::Carrier { status, .. } => (Some(*status), reported(scene, parcel, *status)),
        Problem::Episode(episode) => (None, counted(scene, parcel, episode)),
    };
    let mut blocks = vec![Block::Say(trouble.explanation.clone())];
    blocks.extend(since_then(scene, parcel, told));
    blocks.push(Block::Notice { title: scene.label("trouble-now"), body: trouble.what_now });
    let mut known = rows(scene, parcel);
    known.extend(facts);
    blocks.push(Block::Rows(known));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(scene.say("trouble-person")));
    Ok(Draft {
        subject: scene.subject(&trouble.headline),
        preheader: trouble.explanation,
        heading: trouble.headline,
        blocks,
        greeting: Some(scene.greeting()),
        because: scene.say("because-order"),
        structured: Some(structured::parcels(scene)?),
    })
}

/// What the carrier said of it, and when.
fn reported(scene: &Scene, parcel: &Parcel, status: Status) -> Vec<Row> {
    let scan = scan_at(scene, parcel, status);
    let name = if status == Status::AttemptFailed { "row-tried" } else { "row-reported" };
    let mut out = vec![Row::new(scene.label(name), when(scene, scene.facts.letter.occurred_at, scan))];
    let said = scan.map(|scan| clean::outside(&scan.text, TEXT_CHARS_MAX)).filter(|text| !text.is_empty());
    out.extend(said.map(|said| Row::new(scene.label("row-carrier-said"), scene.tongue.say("quoted", &[("text", said.into())]))));
    out
}

/// From when it is counted, and what was last seen of the parcel.
fn counted(scene: &Scene, parcel: &Parcel, episode: &Episode) -> Vec<Row> {
    let scan_then = parcel.history().into_iter().find(|scan| scan.at == episode.since);
    let since = when(scene, episode.since, scan_then);
    let opened = scene.tongue.moment(episode.opened_at, scene.zone);
    let row = |name: &str, value: String| Row::new(scene.label(name), value);
    let mut out = match episode.kind {
        EpisodeKind::NoMovement | EpisodeKind::PresumedLost => vec![row("row-no-scan", since)],
        EpisodeKind::OverduePromise => {
            parcel.expected_day().map(|day| row("row-expected", scene.tongue.expected(day))).into_iter().collect()
        }
        EpisodeKind::DeliveryRetracted => vec![row("row-reported-delivered", since), row("row-taken-back", opened)],
        EpisodeKind::Disputed => vec![row("row-you-told", opened)],
        EpisodeKind::LabelWithoutScan => vec![row("row-label-made", since)],
    };
    out.extend(last_scan(parcel).map(|scan| {
        // Its moment is told already where it is the one that is counted from.
        let told = if scan.at == episode.since { scanned_where(scene, scan) } else { scanned(scene, scan) };
        row("row-last-scan", told)
    }));
    out
}
