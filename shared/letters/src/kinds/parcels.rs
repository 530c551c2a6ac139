//! Letters about a parcel: on its way, out for delivery, arrived, or in trouble.

use super::item;
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Items, Row},
    scene::Scene,
    structured,
    words::{self, Trouble},
};
use domain::{
    calendar::Zone,
    letter::About,
    parcel::{Parcel, Problem},
    return_,
    scan::{Scan, TEXT_CHARS_MAX},
    status::{Status, SubStatus},
};
use jiff::civil::Date;

pub(super) fn shipped(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let mut blocks = vec![Block::Say(format!("{} has your parcel, and it is on its way to you.", carrier_first(parcel)))];
    blocks.extend(since_then(scene, parcel, Status::InTransit));
    let mut rows = rows(parcel);
    if let Some(expected) = parcel.expected_to_show() {
        rows.push(Row::new("Expected", words::expected(expected)));
    }
    blocks.push(Block::Rows(rows));
    blocks.push(Block::Button("Follow your parcel"));
    let lines = scene.lines_in(parcel);
    if !lines.is_empty() {
        blocks.push(Block::Part("In this parcel"));
        blocks.push(Block::Items(Items::of(lines.into_iter().map(|(line, quantity)| item(line, quantity)))));
    }
    blocks.extend(one_of_several(scene));
    let order = scene.facts.order;
    if order.cancelled_at.is_none() && !order.is_all_packed() {
        blocks.push(Block::Say("The rest of your order follows separately. We will write when it is on its way.".to_owned()));
    }
    Ok(Draft {
        subject: scene.subject(&format!("Your parcel from {} is on its way", scene.shop)),
        preheader: format!("{} has it. Follow it on its page.", carrier_first(parcel)),
        heading: "Your parcel is on its way".to_owned(),
        blocks,
        because: because(scene),
        structured: Some(structured::parcel(scene, parcel)?),
    })
}

pub(super) fn out_for_delivery(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let at = scene.facts.letter.occurred_at;
    let when = match scan_at(scene, parcel, Status::OutForDelivery) {
        Some(scan) if !scan.zone_known => words::day(scene.zone.to_datetime(at).date()),
        _ => words::moment(at, scene.zone),
    };
    let mut blocks = vec![Block::Say(format!("{} has loaded your parcel for delivery.", carrier_first(parcel)))];
    blocks.extend(since_then(scene, parcel, Status::OutForDelivery));
    let mut rows = rows(parcel);
    rows.push(Row::new("On the vehicle since", when));
    blocks.push(Block::Rows(rows));
    blocks.push(Block::Button("Follow your parcel"));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(format!(
        "Nobody at home? {} may leave it in a safe place, with a neighbour or try again.",
        carrier_first(parcel)
    )));
    Ok(Draft {
        subject: scene.subject(&format!("Your parcel from {} is out for delivery", scene.shop)),
        preheader: format!("{} has it on the vehicle.", carrier_first(parcel)),
        heading: "Out for delivery".to_owned(),
        blocks,
        because: because(scene),
        structured: Some(structured::parcel(scene, parcel)?),
    })
}

pub(super) fn delivered(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let at = parcel.folded().delivered_at.unwrap_or(scene.facts.letter.occurred_at);
    let day = scene.zone.to_datetime(at).date();
    let scan = parcel.scans.iter().find(|scan| scan.status == Status::Delivered && scan.at == at);
    let sub = scan.map_or_else(SubStatus::other, |scan| scan.sub.clone());
    let when = match scan {
        Some(scan) if !scan.zone_known => words::day(day),
        _ => words::moment(at, scene.zone),
    };
    let label = words::status(Status::Delivered, &sub);
    let mut rows = rows(parcel);
    rows.push(Row::new("Delivered", when));
    if sub.code() != "other" && label != "Delivered" {
        rows.push(Row::new("How", label));
    }
    let mut blocks =
        vec![Block::Say(format!("{} reports that your parcel has arrived.", carrier_first(parcel))), Block::Rows(rows)];
    match sub.code() {
        "damaged" => blocks.push(Block::Notice {
            title: "It was damaged on the way".to_owned(),
            body: format!("Please photograph the box and what is inside, and {}.", scene.contact()),
        }),
        "partial" => blocks.push(Block::Notice {
            title: "Only a part of it was delivered".to_owned(),
            body: format!("If the rest does not follow within two working days, {}.", scene.contact()),
        }),
        _ => {}
    }
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Button("See your order"));
    blocks.push(Block::Part("Is it not there?"));
    blocks.push(Block::Points(vec![
        "Look at the door, in the letter box and where parcels are usually left; there may be a card.".to_owned(),
        "Ask neighbours, the reception and the people you live with.".to_owned(),
        "Wait one working day: some carriers report a delivery a little early.".to_owned(),
        format!("Still nothing? Please {}.", scene.contact()),
    ]));
    if let Some(offer) = return_offer(scene, day) {
        blocks.push(Block::Part("Is something not right?"));
        blocks.push(Block::Say(offer));
    }
    Ok(Draft {
        subject: scene.subject(&format!("Your parcel from {} was delivered", scene.shop)),
        preheader: format!("{} reports it as delivered. What to do if it is not there.", carrier_first(parcel)),
        heading: "Your parcel was delivered".to_owned(),
        blocks,
        because: because(scene),
        structured: Some(structured::parcel(scene, parcel)?),
    })
}

pub(super) fn attempt_failed(scene: &Scene) -> Result<Draft, CannotRender> {
    let trouble = attempt_trouble(scene)?;
    troubled(scene, trouble, Status::AttemptFailed, "What happened")
}

pub(super) fn problem(scene: &Scene) -> Result<Draft, CannotRender> {
    let trouble = problem_trouble(scene)?;
    troubled(scene, trouble, problem_now(scene)?.0, "Reported")
}

/// The failed attempt a letter is about.
pub(super) fn attempt_trouble(scene: &Scene) -> Result<Trouble, CannotRender> {
    let parcel = scene.parcel()?;
    let sub = scan_at(scene, parcel, Status::AttemptFailed).map_or_else(SubStatus::other, |scan| scan.sub.clone());
    Ok(in_words(scene, parcel, Status::AttemptFailed, sub))
}

/// The problem a letter is about.
pub(super) fn problem_trouble(scene: &Scene) -> Result<Trouble, CannotRender> {
    let (status, sub) = problem_now(scene)?;
    Ok(in_words(scene, scene.parcel()?, status, sub))
}

fn in_words(scene: &Scene, parcel: &Parcel, status: Status, sub: SubStatus) -> Trouble {
    let problem = Problem::Carrier { status, sub, since: scene.facts.letter.occurred_at };
    words::trouble(&problem, &parcel.carrier_name(), &scene.shop)
}

/// Which problem: the letter's code, and of the way back the newest that is known.
fn problem_now(scene: &Scene) -> Result<(Status, SubStatus), CannotRender> {
    let parcel = scene.parcel()?;
    let code = detail(scene);
    if code != "returning" {
        return Ok((Status::Exception, SubStatus::new(code)));
    }
    let now = parcel.folded();
    let back = |status: Status| status == Status::Returning || status == Status::Returned;
    if back(now.status) {
        return Ok((now.status, now.sub));
    }
    let last = parcel.scans.iter().rev().find(|scan| back(scan.status));
    Ok(last.map_or_else(|| (Status::Returning, SubStatus::other()), |scan| (scan.status, scan.sub.clone())))
}

fn troubled(scene: &Scene, trouble: Trouble, status: Status, when: &'static str) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let at = scene.facts.letter.occurred_at;
    let scan = scan_at(scene, parcel, status);
    let mut blocks = vec![Block::Say(trouble.explanation.clone())];
    blocks.extend(since_then(scene, parcel, status));
    blocks.push(Block::Notice { title: "What to do now".to_owned(), body: trouble.what_now });
    let mut rows = rows(parcel);
    rows.push(Row::new(
        if status == Status::AttemptFailed { "Tried" } else { when },
        match scan {
            Some(scan) if !scan.zone_known => words::day(scene.zone.to_datetime(at).date()),
            _ => words::moment(at, scene.zone),
        },
    ));
    let said = scan.map(|scan| clean::outside(&scan.text, TEXT_CHARS_MAX)).filter(|text| !text.is_empty());
    if let Some(said) = said {
        rows.push(Row::new("In the carrier's words", format!("“{said}”")));
    }
    blocks.push(Block::Rows(rows));
    blocks.push(Block::Button("Follow your parcel"));
    blocks.extend(one_of_several(scene));
    blocks.push(Block::Say(format!("To reach a person at {}, {}.", scene.shop, scene.contact())));
    Ok(Draft {
        subject: scene.subject(&trouble.headline),
        preheader: trouble.explanation,
        heading: trouble.headline,
        blocks,
        because: because(scene),
        structured: Some(structured::parcel(scene, parcel)?),
    })
}

/// The code of the moment a letter is about.
fn detail<'a>(scene: &Scene<'a>) -> &'a str {
    match &scene.facts.letter.about {
        About::Parcel { detail, .. } => detail,
        About::Order | About::Return { .. } => "",
    }
}

/// The scan a letter is about: the first of its status at its moment, of an attempt on its day.
fn scan_at<'a>(scene: &Scene, parcel: &'a Parcel, status: Status) -> Option<&'a Scan> {
    let at = scene.facts.letter.occurred_at;
    let mut of_status = parcel.scans.iter().filter(|scan| scan.status == status);
    let same_moment = of_status.clone().filter(|scan| scan.at == at);
    match status {
        Status::AttemptFailed => {
            let day = detail(scene).parse::<Date>().ok();
            of_status.find(|scan| Some(Zone::utc().date_of(scan.at)) == day).or_else(|| same_moment.into_iter().next())
        }
        Status::Exception => {
            let code = detail(scene);
            same_moment.into_iter().find(|scan| scan.sub.code() == code)
        }
        Status::Pending
        | Status::Expired
        | Status::InfoReceived
        | Status::InTransit
        | Status::OutForDelivery
        | Status::AvailableForPickup
        | Status::Returning
        | Status::Delivered
        | Status::Returned
        | Status::Cancelled => same_moment.into_iter().next(),
    }
}

/// What became of it, when a letter goes out after newer news.
fn since_then(scene: &Scene, parcel: &Parcel, told: Status) -> Option<Block> {
    let now = parcel.folded();
    let since = now.since.filter(|since| now.status != told && *since > scene.facts.letter.occurred_at)?;
    Some(Block::Say(format!(
        "The newest news since then: {}, {}.",
        words::status(now.status, &now.sub),
        words::moment(since, scene.zone)
    )))
}

fn rows(parcel: &Parcel) -> Vec<Row> {
    let mut out = Vec::new();
    if parcel.key.carrier.as_str() != "unknown" {
        out.push(Row::new("Carrier", parcel.carrier_name()));
    }
    out.push(Row::new("Tracking number", parcel.key.number.as_str()));
    out
}

fn one_of_several(scene: &Scene) -> Option<Block> {
    let n_parcels = scene.n_parcels();
    (n_parcels > 1).then(|| Block::Say(format!("{} comes in {n_parcels} parcels; this is about one of them.", scene.the_order())))
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
    let until = words::day_with_year(return_::last_day_of_window(day, policy.window_days));
    let least = if scene.n_parcels() > 1 { "at least " } else { "" };
    let but = if closed.is_empty() { "" } else { " This does not apply to final-sale items." };
    Some(format!("You can ask for a return on the page of your order, {least}until {until}.{but}"))
}

fn carrier_first(parcel: &Parcel) -> String {
    clean::capital(&parcel.carrier_name())
}

fn because(scene: &Scene) -> String {
    format!("You get this mail because you placed {} at {}.", scene.order(), scene.shop)
}
