//! Letters about a parcel on its way: the carrier has it, out for delivery, arrived; and what all letters about parcels share.

use super::item;
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Items, Row},
    scene::Scene,
    structured, words,
};
use domain::{
    calendar::Zone,
    letter::About,
    parcel::{EpisodeKind, Parcel},
    return_,
    scan::{PLACE_CHARS_MAX, Scan},
    status::{Status, SubStatus},
};
use jiff::{Timestamp, civil::Date};

pub(super) fn shipped(scene: &Scene) -> Result<Draft, CannotRender> {
    let parcel = scene.parcel()?;
    let mut blocks = vec![Block::Say(format!("{} has your parcel, and it is on its way to you.", carrier_first(parcel)))];
    blocks.extend(since_then(scene, parcel, Some(Status::InTransit)));
    let mut rows = rows(parcel);
    rows.extend(expected(scene, parcel));
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
    let when = when(scene, at, scan_at(scene, parcel, Status::OutForDelivery));
    let mut blocks = vec![Block::Say(format!("{} has loaded your parcel for delivery.", carrier_first(parcel)))];
    blocks.extend(since_then(scene, parcel, Some(Status::OutForDelivery)));
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
    let when = when(scene, at, scan);
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

/// The code of the moment a letter is about.
pub(super) fn detail<'a>(scene: &Scene<'a>) -> &'a str {
    match &scene.facts.letter.about {
        About::Parcel { detail, .. } => detail,
        About::Order | About::Return { .. } => "",
    }
}

/// The scan a letter is about: the first of its status at its moment, of an attempt on its day.
pub(super) fn scan_at<'a>(scene: &Scene, parcel: &'a Parcel, status: Status) -> Option<&'a Scan> {
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

/// A moment, or only its day where the carrier did not say in which zone it was.
pub(super) fn when(scene: &Scene, at: Timestamp, scan: Option<&Scan>) -> String {
    match scan {
        Some(scan) if !scan.zone_known => words::day(scene.zone.to_datetime(at).date()),
        _ => words::moment(at, scene.zone),
    }
}

/// The last time the carrier had it in its hands, as far as that still holds.
pub(super) fn last_scan(parcel: &Parcel) -> Option<&Scan> {
    let is_open = |kind| parcel.episodes().iter().any(|episode| episode.kind == kind && episode.closed_at.is_none());
    let taken_back = is_open(EpisodeKind::DeliveryRetracted);
    let holds = |scan: &&Scan| scan.status.is_physical() && !(scan.is_early || taken_back && scan.status == Status::Delivered);
    parcel.history().into_iter().rfind(holds)
}

/// What a scan said, where and when: "Arrived at a depot, Berlin (Wed 25 Nov, 14:05)".
pub(super) fn scanned(scene: &Scene, scan: &Scan) -> String {
    format!("{} ({})", scanned_where(scan), when(scene, scan.at, Some(scan)))
}

/// What a scan said and where: "Arrived at a depot, Berlin".
pub(super) fn scanned_where(scan: &Scan) -> String {
    let label = words::status(scan.status, &scan.sub);
    let place = clean::outside(&scan.place, PLACE_CHARS_MAX);
    if place.is_empty() { label } else { format!("{label}, {place}") }
}

/// The expected day with who says it, unless it had passed when the thing happened.
pub(super) fn expected(scene: &Scene, parcel: &Parcel) -> Option<Row> {
    let shown = parcel.expected_to_show().filter(|shown| shown.current >= scene.day())?;
    Some(Row::new("Expected", words::expected(shown)))
}

/// What became of it, when a letter goes out after newer news than what it tells itself.
pub(super) fn since_then(scene: &Scene, parcel: &Parcel, told: Option<Status>) -> Option<Block> {
    let now = parcel.folded();
    let since = now.since.filter(|since| Some(now.status) != told && *since > scene.facts.letter.occurred_at)?;
    Some(Block::Say(format!(
        "The newest news since then: {}, {}.",
        words::status(now.status, &now.sub),
        words::moment(since, scene.zone)
    )))
}

pub(super) fn rows(parcel: &Parcel) -> Vec<Row> {
    let mut out = Vec::new();
    if parcel.key.carrier.as_str() != "unknown" {
        out.push(Row::new("Carrier", parcel.carrier_name()));
    }
    out.push(Row::new("Tracking number", parcel.key.number.as_str()));
    out
}

pub(super) fn one_of_several(scene: &Scene) -> Option<Block> {
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

pub(super) fn carrier_first(parcel: &Parcel) -> String {
    clean::capital(&parcel.carrier_name())
}

pub(super) fn because(scene: &Scene) -> String {
    format!("You get this mail because you placed {} at {}.", scene.order(), scene.shop)
}
