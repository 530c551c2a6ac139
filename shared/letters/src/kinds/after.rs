//! Letters after the delivery, to those who agreed to hear from the shop: thanks, questions, and what may be used up.

use super::item;
use crate::{
    draft::{Block, Draft, Items},
    scene::Scene,
};
use domain::letter::LetterKind;

pub(super) fn draft(scene: &Scene, kind: LetterKind) -> Draft {
    let message = kind.code();
    let mut blocks = vec![Block::Say(scene.say(&format!("{message}.say"))), Block::Say(scene.say(&format!("{message}.then")))];
    blocks.push(Block::Button(scene.label("button-see-order")));
    if matches!(kind, LetterKind::Replenishment | LetterKind::ReviewRequest) {
        let bought: Vec<_> = scene.report.lines.iter().filter(|line| line.quantity > 0).collect();
        if !bought.is_empty() {
            blocks.push(Block::Part(scene.label("part-bought")));
            let items = bought.into_iter().map(|line| item(scene, line, line.quantity));
            blocks.push(Block::Items(Items::of(scene, items)));
        }
    }
    Draft::of(scene, message, blocks, "because-marketing")
}
