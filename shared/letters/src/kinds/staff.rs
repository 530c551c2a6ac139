//! The letter to the shop's own staff: what needs a person. No greeting, no customer's words.

use super::parcels::rows;
use crate::{
    CannotRender, clean,
    draft::{Block, Draft, Row},
    scene::Scene,
};
use domain::letter::About;

pub(super) fn person_needed(scene: &Scene) -> Result<Draft, CannotRender> {
    let (what, status) = match &scene.facts.letter.about {
        About::Order => ("order", String::new()),
        About::Parcel { .. } => {
            let parcel = scene.parcel()?;
            let problem = parcel.problem().map(|problem| scene.tongue.trouble(&problem, &parcel.carrier_name(), &scene.shop));
            let now = parcel.folded();
            ("parcel", problem.map_or_else(|| scene.tongue.status(now.status, &now.sub), |trouble| trouble.headline))
        }
        About::Return { .. } => ("return", String::new()),
    };
    let mut facts = Vec::new();
    if !scene.number.is_empty() {
        facts.push(Row::new(scene.label("row-order"), scene.number.clone()));
    }
    facts.push(Row::new(scene.label("row-placed"), scene.tongue.moment(scene.report.placed_at, scene.zone)));
    facts.push(Row::new(scene.label("row-customer-total"), scene.tongue.amount(scene.report.totals.total)));
    if matches!(scene.facts.letter.about, About::Parcel { .. }) {
        facts.extend(rows(scene, scene.parcel()?));
    }
    let told = scene.say_with(&format!("person_needed.{what}"), &[("status", status.into())]);
    let blocks = vec![
        Block::Say(told),
        Block::Rows(facts),
        Block::Say(scene.label("person_needed.then")),
        Block::Button(scene.label("person_needed.button")),
    ];
    Ok(Draft {
        subject: clean::line(&scene.say(&format!("person_needed.subject-{what}")), clean::SUBJECT_CHARS_MAX),
        preheader: scene.label("person_needed.preheader"),
        heading: scene.label("person_needed"),
        greeting: None,
        blocks,
        because: scene.say("because-staff"),
        structured: None,
    })
}
