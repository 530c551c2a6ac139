//! Letters about parcels on their way: label, handed over, out for delivery, to collect, arrived.

use super::{
    detail, item,
    scans::{scan_at, when},
};
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Items, Row},
    scene::Scene,
    structured,
};
use domain::{
    letter::LetterKind,
    parcel::Parcel,
    return_,
    scan::PLACE_CHARS_MAX,
    status::{Status, SubStatus},
};
use jiff::civil::Date;

pub(super) fn label_made(scene: &Scene) -> Result<Draft, CannotRender> {
    scene.parcel()?;
    let mut blocks = vec![Block::Say(scene.say("label_made.say"))];
    blocks.extend(each(scene, |parcel| {
        let mut facts = rows(scene, parcel);
        facts.extend(expected(scene, parcel));
        facts
    }));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    finished(scene, "label_made", blocks)
}

pub(super) fn shipped(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let mut blocks = vec![Block::Say(scene.say("shipped.say"))];
    blocks.extend(since_then(scene, parcel, Some(Status::InTransit)));
    blocks.extend(each(scene, |parcel| {
        let mut facts = rows(scene, parcel);
        facts.extend(expected(scene, parcel));
        facts
    }));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    // Of several parcels each has its items right below its own rows.
    if scene.told.len() == 1 {
        let items = items_in(scene, parcel);
        if let Some(items) = items {
            blocks.push(Block::Part(scene.label("part-in-parcel")));
            blocks.push(Block::Items(items));
        }
    }
    blocks.extend(one_of_several(scene));
    let order = scene.facts.order;
    if order.cancelled_at.is_none() && !order.is_all_packed() {
        blocks.push(Block::Say(scene.label("shipped.rest")));
    }
    finished(scene, "shipped", blocks)
}

/// The day a parcel is expected on: what the letter says, else what the page shows.
pub(super) fn expected_on(scene: &Scene) -> Result<Option<Date>, CannotRender> {
    let shown = scene.parcel()?.expected_to_show().map(|shown| shown.current);
    Ok(detail(scene).parse().ok().or(shown))
}

pub(super) fn arriving_soon(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let day = expected_on(scene)?.map(|day| scene.tongue.day(day));
    let say = |key: &str| match &day {
        Some(day) => scene.say_with(&format!("arriving_soon.{key}-day"), &[("day", day.as_str().into())]),
        None if key == "heading" => scene.label("arriving_soon"),
        None => scene.say(&format!("arriving_soon.{key}")),
    };
    let mut blocks = vec![Block::Say(say("say"))];
    blocks.extend(since_then(scene, parcel, Some(Status::InTransit)));
    blocks.push(Block::Rows(rows(scene, parcel)));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(scene.say("arriving_soon.then")));
    let draft = finished(scene, "arriving_soon", blocks)?;
    Ok(Draft { subject: scene.subject(&say("subject")), heading: say("heading"), ..draft })
}

pub(super) fn out_for_delivery(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let at = scene.facts.letter.occurred_at;
    let mut blocks = vec![Block::Say(scene.say("out_for_delivery.say"))];
    blocks.extend(since_then(scene, parcel, Some(Status::OutForDelivery)));
    blocks.extend(each(scene, |parcel| {
        let mut facts = rows(scene, parcel);
        if scene.told.len() == 1 {
            let since = when(scene, at, scan_at(scene, parcel, Status::OutForDelivery));
            facts.push(Row::new(scene.label("row-on-vehicle"), since));
        }
        facts
    }));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(scene.say("out_for_delivery.nobody-home")));
    finished(scene, "out_for_delivery", blocks)
}

/// It waits, or still waits, where it can be collected.
pub(super) fn to_collect(scene: &Scene, kind: LetterKind) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let message = kind.code();
    let waiting = parcel.history().into_iter().rfind(|scan| scan.status == Status::AvailableForPickup);
    let sub = waiting.map_or_else(SubStatus::other, |scan| scan.sub.clone());
    let status = scene.tongue.status(Status::AvailableForPickup, &sub);
    let mut blocks = vec![Block::Say(scene.say_with(&format!("{message}.say"), &[("status", status.as_str().into())]))];
    blocks.extend(since_then(scene, parcel, Some(Status::AvailableForPickup)));
    let mut facts = rows(scene, parcel);
    if let Some(scan) = waiting {
        let place = clean::outside(&scan.place, PLACE_CHARS_MAX);
        let told = if place.is_empty() { status } else { format!("{status}, {place}") };
        facts.push(Row::new(scene.label("row-where"), told));
    }
    blocks.push(Block::Rows(facts));
    blocks.push(Block::Button(scene.say("button-follow-parcel")));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(scene.say(&format!("{message}.then"))));
    finished(scene, message, blocks)
}

pub(super) fn delivered(scene: &Scene, kind: LetterKind) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let message = kind.code();
    let at = |parcel: &Parcel| parcel.folded().delivered_at.unwrap_or(scene.facts.letter.occurred_at);
    let mut blocks = vec![Block::Say(scene.say(&format!("{message}.say")))];
    blocks.extend(each(scene, |parcel| {
        let at = at(parcel);
        let scan = parcel.scans.iter().find(|scan| scan.status == Status::Delivered && scan.at == at);
        let sub = scan.map_or_else(SubStatus::other, |scan| scan.sub.clone());
        let label = scene.tongue.status(Status::Delivered, &sub);
        let mut facts = rows(scene, parcel);
        facts.push(Row::new(scene.label("row-delivered"), when(scene, at, scan)));
        if sub.code() != "other" && label != scene.tongue.status(Status::Delivered, &SubStatus::other()) {
            facts.push(Row::new(scene.label("row-how"), label));
        }
        facts
    }));
    for notice in ["damaged", "partial"] {
        let so = |parcel: &Parcel| parcel.folded().status == Status::Delivered && parcel.folded().sub.code() == notice;
        if scene.told.iter().any(|parcel| so(parcel)) {
            let message = format!("delivered-{notice}");
            blocks.push(Block::Notice { title: scene.label(&message), body: scene.say(&format!("{message}.body")) });
        }
    }
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Button(scene.label("button-see-order")));
    blocks.extend(not_there(scene));
    let day = scene.zone.to_datetime(at(parcel)).date();
    if let Some(offer) = return_offer(scene, day) {
        blocks.push(Block::Part(scene.label("part-not-right")));
        blocks.push(Block::Say(offer));
    }
    finished(scene, message, blocks)
}

/// Every parcel of the order arrived.
pub(super) fn all_delivered(scene: &Scene) -> Draft {
    let n = scene.n_parcels().max(1);
    let mut blocks = vec![Block::Say(scene.say_with("all_delivered.say", &[("n", n.into())]))];
    blocks.push(Block::Button(scene.label("button-see-order")));
    blocks.extend(not_there(scene));
    let day = scene.zone.to_datetime(scene.facts.letter.occurred_at).date();
    if let Some(offer) = return_offer(scene, day) {
        blocks.push(Block::Part(scene.label("part-not-right")));
        blocks.push(Block::Say(offer));
    }
    Draft::of(scene, "all_delivered", blocks, "because-order")
}

fn not_there(scene: &Scene) -> [Block; 2] {
    let points = ["not-there-look", "not-there-ask", "not-there-wait", "not-there-contact"];
    [Block::Part(scene.label("part-not-there")), Block::Points(points.into_iter().map(|point| scene.say(point)).collect())]
}

/// A letter about the parcels that it tells of.
pub(super) fn finished(scene: &Scene, message: &str, blocks: Vec<Block>) -> Result<Draft, CannotRender> {
    let draft = Draft::of(scene, message, blocks, "because-order").with_order_in_subject(scene);
    Ok(Draft { structured: Some(structured::parcels(scene)?), ..draft })
}

/// What is known of each parcel, under a title of its own where there are several, with its items where they are known.
fn each(scene: &Scene, facts: impl Fn(&Parcel) -> Vec<Row>) -> Vec<Block> {
    let n = scene.told.len();
    let mut out = Vec::new();
    for (parcel, i) in scene.told.iter().zip(1_usize..) {
        if n > 1 {
            out.push(Block::Part(scene.tongue.say("part-parcel", &[("i", i.into()), ("n", n.into())])));
        }
        out.push(Block::Rows(facts(parcel)));
        if n > 1 {
            out.extend(items_in(scene, parcel).map(Block::Items));
        }
    }
    out
}

fn items_in(scene: &Scene, parcel: &Parcel) -> Option<Items> {
    let lines = scene.lines_in(parcel);
    let items = lines.into_iter().map(|(line, quantity)| item(scene, line, quantity));
    (items.len() > 0).then(|| Items::of(scene, items))
}

/// The expected day with who says it, unless it had passed when the thing happened.
pub(super) fn expected(scene: &Scene, parcel: &Parcel) -> Option<Row> {
    let shown = parcel.expected_to_show().filter(|shown| shown.current >= scene.day())?;
    Some(Row::new(scene.label("row-expected"), scene.tongue.expected(shown)))
}

/// What became of it, when a letter goes out after newer news than what it tells itself. Of several parcels their page tells.
pub(super) fn since_then(scene: &Scene, parcel: &Parcel, told: Option<Status>) -> Option<Block> {
    let now = parcel.folded();
    let since = now.since.filter(|since| Some(now.status) != told && *since > scene.facts.letter.occurred_at)?;
    let values =
        [("status", scene.tongue.status(now.status, &now.sub).into()), ("moment", scene.tongue.moment(since, scene.zone).into())];
    (scene.told.len() == 1).then(|| Block::Say(scene.tongue.say("since-then", &values)))
}

pub(super) fn rows(scene: &Scene, parcel: &Parcel) -> Vec<Row> {
    let mut out = Vec::new();
    if parcel.key.carrier.as_str() != "unknown" {
        out.push(Row::new(scene.label("row-carrier"), parcel.carrier_name()));
    }
    out.push(Row::new(scene.label("row-number"), parcel.key.number.as_str()));
    out
}

/// That there are parcels this message does not tell of.
pub(super) fn one_of_several(scene: &Scene) -> Option<Block> {
    let (n, told) = (scene.n_parcels(), scene.told.len());
    (n > told).then(|| Block::Say(scene.say_with("several-parcels", &[("n", n.into()), ("told", told.into())])))
}

/// Until when a return can be asked for, where the shop takes anything of the order back.
fn return_offer(scene: &Scene, day: Date) -> Option<String> {
    let policy = &scene.settings.returns;
    let mut lines = scene.report.lines.iter().filter(|line| line.ships).peekable();
    if !scene.facts.order.is_live() || policy.outcomes.is_empty() || lines.peek().is_none() {
        return None;
    }
    let (closed, open): (Vec<_>, Vec<_>) = lines.partition(|line| return_::is_final_sale(policy, line));
    if open.is_empty() {
        return None;
    }
    let until = scene.tongue.day_with_year(return_::last_day_of_window(day, policy.window_days));
    let key = if scene.n_parcels() > 1 { "return-offer.at-least" } else { "return-offer" };
    let offer = scene.say_with(key, &[("day", until.into())]);
    Some(if closed.is_empty() { offer } else { format!("{offer} {}", scene.label("return-offer-but")) })
}
