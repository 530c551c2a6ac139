//! Letters about a return: received, approved, declined, and its way back to the money.

use super::{detail, item};
use crate::{
    CannotRender,
    draft::{Block, Draft, ITEMS_SHOWN_MAX, Item, Items, Row},
    scene::Scene,
};
use domain::{
    letter::LetterKind,
    money::Money,
    return_::{Return, ReturnState},
};
use jiff::civil::Date;

pub(super) fn received(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let mut blocks = vec![Block::Say(scene.say("return_received.say"))];
    match &return_.state {
        ReturnState::Held { .. } => blocks.extend(next(return_, scene)),
        // Answered before this letter went out: the answer has a letter of its own.
        ReturnState::Approved { .. } | ReturnState::Declined { .. } => {
            blocks.push(Block::Say(scene.label("return_received.decided")));
        }
    }
    blocks.push(Block::Button(scene.label("button-see-return")));
    blocks.extend(wanted(scene, return_));
    blocks.push(Block::Say(scene.say("questions")));
    Ok(Draft::of(scene, "return_received", blocks, "because-return").with_order_in_subject(scene))
}

pub(super) fn approved(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let ReturnState::Approved { .. } = return_.state else {
        return Err(CannotRender::ReturnNotSo);
    };
    let mut blocks = vec![Block::Say(scene.say("return_approved.say")), Block::Part(scene.label("part-next"))];
    blocks.extend(next(return_, scene));
    blocks.push(Block::Button(scene.label("button-see-return")));
    blocks.extend(wanted(scene, return_));
    blocks.push(Block::Say(scene.say("questions")));
    Ok(Draft::of(scene, "return_approved", blocks, "because-return"))
}

pub(super) fn declined(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let ReturnState::Declined { reasons, .. } = &return_.state else {
        return Err(CannotRender::ReturnNotSo);
    };
    let mut reasons: Vec<String> = reasons.iter().map(|reason| scene.tongue.decline(reason)).collect();
    reasons.dedup();
    let beyond = reasons.len().saturating_sub(ITEMS_SHOWN_MAX);
    reasons.truncate(ITEMS_SHOWN_MAX);
    if beyond > 0 {
        reasons.push(scene.tongue.say("reasons-more", &[("n", beyond.into())]));
    }
    let mut blocks = vec![Block::Say(scene.say("return_declined.say")), Block::Part(scene.label("part-why"))];
    match reasons.as_slice() {
        [one] => blocks.push(Block::Say(one.clone())),
        _ => blocks.push(Block::Points(reasons)),
    }
    blocks.extend(next(return_, scene));
    blocks.push(Block::Button(scene.label("button-see-order")));
    blocks.extend(wanted(scene, return_));
    Ok(Draft::of(scene, "return_declined", blocks, "because-return"))
}

/// A letter of a paragraph or two, with an amount or a day where one is known.
pub(super) fn news(scene: &Scene, kind: LetterKind) -> Draft {
    let message = kind.code();
    let known = match kind {
        LetterKind::ReturnRefunded | LetterKind::ReturnCredited => amount(scene).map(|amount| ("-amount", "amount", amount)),
        LetterKind::ReturnWindowClosing => last_day(scene).map(|day| ("-day", "day", scene.tongue.day(day))),
        _ => None,
    };
    let (ending, values) = known.map_or(("", Vec::new()), |(ending, name, value)| (ending, vec![(name, value.into())]));
    let button = if kind == LetterKind::ReturnWindowClosing { "button-see-order" } else { "button-see-return" };
    let mut blocks = vec![
        Block::Say(scene.say_with(&format!("{message}.say{ending}"), &values)),
        Block::Say(scene.say(&format!("{message}.then"))),
        Block::Button(scene.label(button)),
    ];
    if let Some(return_) = scene.facts.return_.filter(|_| kind != LetterKind::ReturnWindowClosing) {
        blocks.extend(wanted(scene, return_));
    }
    let because = if kind == LetterKind::ReturnWindowClosing { "because-order" } else { "because-return" };
    let draft = Draft::of(scene, message, blocks, because);
    let subject = format!("{message}.subject{ending}");
    if ending.is_empty() || !scene.tongue.has(&subject) {
        return draft;
    }
    let subject = crate::clean::line(&scene.say_with(&subject, &values), crate::clean::SUBJECT_CHARS_MAX);
    Draft { subject, ..draft }
}

/// What the letter says went back: "2900 EUR" in minor units. Nothing is told of what is not an amount.
pub(super) fn amount(scene: &Scene) -> Option<String> {
    let (minor, currency) = detail(scene).split_once(' ')?;
    let money = Money::of(minor.parse().ok()?, currency.parse().ok()?);
    (money.minor > 0).then(|| scene.tongue.amount(money))
}

/// The last day on which it may still come back, when the letter tells it.
pub(super) fn last_day(scene: &Scene) -> Option<Date> {
    detail(scene).parse().ok()
}

fn next(return_: &Return, scene: &Scene) -> Vec<Block> {
    let told = scene.tongue.what_happens_next(return_, scene.settings);
    told.lines().map(|line| Block::Say(line.to_owned())).collect()
}

/// What was asked for.
fn wanted(scene: &Scene, return_: &Return) -> Vec<Block> {
    let request = &return_.request;
    let items: Vec<Item> = request
        .lines
        .iter()
        .filter_map(|wanted| {
            let line = scene.report.lines.iter().find(|line| line.id == wanted.line)?;
            let item = item(scene, line, wanted.quantity);
            let why = scene.tongue.reason(wanted.reason);
            let detail = item.detail.map_or_else(|| why.to_owned(), |variant| format!("{variant} · {why}"));
            Some(Item { detail: Some(detail), ..item })
        })
        .collect();
    let outcome = Row::new(scene.label("row-you-want"), scene.tongue.outcome(request.outcome));
    let mut out = vec![Block::Part(scene.label("part-asked-for")), Block::Rows(vec![outcome])];
    if !items.is_empty() {
        out.push(Block::Items(Items::of(scene, items.into_iter())));
    }
    out
}
