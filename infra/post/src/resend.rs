//! A letter once more: the same reason, as news of now.

use crate::{Dossier, moment};
use domain::{
    dispatch::Dispatch,
    id::LetterId,
    letter::{Channel, Letter, LetterRecord, LetterState},
};
use jiff::Timestamp;

/// The owner that a claim of this program names.
const OWNER: &str = "post resend";

/// What is to be done so that a letter goes out once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The letter, under an id of its own.
    pub letter: Letter,
    /// Where it will be looked at.
    pub channels: Vec<Channel>,
    /// What the postman would do there by what is known now, a line each.
    pub outlook: Vec<String>,
}

/// What is to be done so that a letter of this order goes out once more, on this channel or on all of its kind.
///
/// # Errors
/// Says why it would not, and what to do.
pub fn plan(dossier: &Dossier, old: &LetterId, channel: Option<Channel>, now: Timestamp) -> Result<Plan, String> {
    let shop = &dossier.order.shop;
    let kept = dossier.ledger.iter().map(|row| &row.record.letter).find(|letter| letter.id == *old).cloned();
    let letter = kept.or_else(|| dossier.called_for().into_iter().find(|letter| letter.id == *old));
    let letter = letter.ok_or_else(|| format!("order {} has no letter {old}: `post why` shows its letters", dossier.number()))?;
    let kind = letter.kind;
    let channels = match channel {
        Some(channel) if !kind.channels().contains(&channel) => {
            let may: Vec<&str> = kind.channels().iter().map(|channel| channel.code()).collect();
            return Err(format!("{} never goes by {}: say {}", kind.code(), channel.code(), may.join(" or ")));
        }
        Some(Channel::Whatsapp) if dossier.settings.whatsapp.phone_number_id.is_none() => {
            return Err(format!("{shop} has no WhatsApp: its settings name no whatsapp.phone_number_id"));
        }
        Some(channel) => vec![channel],
        None => dossier.settings.channels(kind),
    };
    if channels.is_empty() {
        return Err(format!("{shop} does not send {}: say on which channel, --channel email", kind.code()));
    }
    let id = LetterId::of("resend", old.as_str(), &now.to_string());
    let letter = Letter { id, occurred_at: now, ..letter };
    // On a named channel it has a row before it is looked at, and does not wait for siblings.
    let is_first = channel.is_none();
    let outlook = channels.iter().map(|channel| outlook(dossier, &letter, *channel, is_first, now)).collect();
    Ok(Plan { letter, channels, outlook })
}

fn outlook(dossier: &Dossier, letter: &Letter, channel: Channel, is_first: bool, now: Timestamp) -> String {
    let words = match dossier.standing(letter, channel).dispatch(now, is_first) {
        Dispatch::Send => "goes out now".to_owned(),
        Dispatch::Hold { until, why } => {
            let until = moment::shown(until, &dossier.settings.calendar.zone);
            format!("will be held until {until} because {}", why.sentence())
        }
        Dispatch::Suppress(why) => format!("will not go out because {}", why.sentence()),
    };
    format!("{}: {words}", channel.code())
}

/// The row with which a letter begins on one channel alone: this program has it and gives it on at once. The postman finds a
/// claim whose time is over and no attempt made.
#[must_use]
pub fn handed_on(letter: &Letter, channel: Channel) -> LetterRecord {
    let state = LetterState::Claimed { owner: OWNER.to_owned(), lease_until: letter.occurred_at, attempt: 0 };
    LetterRecord { letter: letter.clone(), channel, state }
}

#[cfg(test)]
mod tests;
