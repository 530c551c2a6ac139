//! Letters about a return: received, approved, declined.

use super::item;
use crate::{
    CannotRender,
    draft::{Block, Draft, Item, Items, Row},
    scene::Scene,
    words,
};
use domain::return_::{Return, ReturnState};

pub(super) fn received(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let mut blocks = vec![Block::Say(format!("We have your request to return items of {}.", scene.order()))];
    match &return_.state {
        ReturnState::Held { .. } => blocks.extend(next(return_, scene)),
        // Answered before this letter went out: the answer has a letter of its own.
        ReturnState::Approved { .. } | ReturnState::Declined { .. } => {
            blocks.push(Block::Say("It has been decided in the meantime; see the page of your order.".to_owned()));
        }
    }
    blocks.push(Block::Button("See your return"));
    blocks.extend(wanted(scene, return_));
    blocks.push(Block::Say(format!("Questions? Please {}.", scene.contact())));
    Ok(Draft {
        subject: scene.subject("We have your return request"),
        preheader: "A person at the shop looks at it first. Please do not send anything back yet.".to_owned(),
        heading: "We have your return request".to_owned(),
        blocks,
        because: because(scene),
        structured: None,
    })
}

pub(super) fn approved(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let ReturnState::Approved { .. } = return_.state else {
        return Err(CannotRender::ReturnNotSo);
    };
    let mut blocks =
        vec![Block::Say(format!("Your return of items of {} is approved.", scene.order())), Block::Part("What happens next")];
    blocks.extend(next(return_, scene));
    blocks.push(Block::Button("See your return"));
    blocks.extend(wanted(scene, return_));
    blocks.push(Block::Say(format!("Questions? Please {}.", scene.contact())));
    Ok(Draft {
        subject: format_subject(scene, "is approved"),
        preheader: "What to do next, and what happens after the items have arrived.".to_owned(),
        heading: "Your return is approved".to_owned(),
        blocks,
        because: because(scene),
        structured: None,
    })
}

pub(super) fn declined(scene: &Scene) -> Result<Draft, CannotRender> {
    let return_ = scene.return_()?;
    let ReturnState::Declined { reasons, .. } = &return_.state else {
        return Err(CannotRender::ReturnNotSo);
    };
    let mut reasons: Vec<String> = reasons.iter().map(words::decline).collect();
    reasons.dedup();
    let beyond = reasons.len().saturating_sub(crate::draft::ITEMS_SHOWN_MAX);
    reasons.truncate(crate::draft::ITEMS_SHOWN_MAX);
    if beyond > 0 {
        reasons.push(format!("and {beyond} more reasons"));
    }
    let mut blocks = vec![
        Block::Say(format!("We are sorry: your request to return items of {} was declined.", scene.order())),
        Block::Part("Why"),
    ];
    match reasons.as_slice() {
        [one] => blocks.push(Block::Say(one.clone())),
        _ => blocks.push(Block::Points(reasons)),
    }
    blocks.extend(next(return_, scene));
    blocks.push(Block::Button("See your order"));
    blocks.extend(wanted(scene, return_));
    Ok(Draft {
        subject: format_subject(scene, "was declined"),
        preheader: "Why, and how to reach a person about it.".to_owned(),
        heading: "Your return was declined".to_owned(),
        blocks,
        because: because(scene),
        structured: None,
    })
}

/// "Your return for order #1001 is approved".
fn format_subject(scene: &Scene, verdict: &str) -> String {
    crate::clean::line(&format!("Your return for {} {verdict}", scene.order()), crate::clean::SUBJECT_CHARS_MAX)
}

fn next(return_: &Return, scene: &Scene) -> Vec<Block> {
    words::what_happens_next(return_, scene.settings).lines().map(|line| Block::Say(line.to_owned())).collect()
}

/// What was asked for.
fn wanted(scene: &Scene, return_: &Return) -> Vec<Block> {
    let request = &return_.request;
    let items: Vec<Item> = request
        .lines
        .iter()
        .filter_map(|wanted| {
            let line = scene.report.lines.iter().find(|line| line.id == wanted.line)?;
            let item = item(line, wanted.quantity);
            let why = words::reason(wanted.reason);
            let detail = item.detail.map_or_else(|| why.to_owned(), |variant| format!("{variant} · {why}"));
            Some(Item { detail: Some(detail), ..item })
        })
        .collect();
    let mut out =
        vec![Block::Part("What you asked for"), Block::Rows(vec![Row::new("You want", words::outcome(request.outcome))])];
    if !items.is_empty() {
        out.push(Block::Items(Items::of(items.into_iter())));
    }
    out
}

fn because(scene: &Scene) -> String {
    format!("You get this mail because a return was requested for {} at {}.", scene.order(), scene.shop)
}
