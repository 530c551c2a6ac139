//! Holding a letter: its row says until when and why, and something wakes it then.

use crate::{Room, case::Case, deliver::settle};
use boot::{
    batch::Outcome,
    queue::{self, DELAY_SECONDS_MAX},
};
use contracts::ToNotify;
use domain::letter::{Channel, HeldBecause, Letter, LetterState};
use jiff::{SignedDuration, Timestamp};
use store::{LetterAt, TimerAbout, Vault, Write};

/// Up to so long the letter waits in its own queue, which costs a request for each quarter of an hour and no write.
const IN_QUEUE_MAX: SignedDuration = SignedDuration::from_mins(30);
/// A timer fires some minutes late (`store::timeline`), so it is set before the hour, and the queue keeps the rest.
const TIMER_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Holds a letter. What wakes it is there before its row says that it is held: if this run ends in between, its message comes
/// again, finds no row and holds it once more.
pub async fn hold(
    room: &Room,
    case: &Case,
    letter: &Letter,
    channel: Channel,
    version: u64,
    until: Timestamp,
    why: HeldBecause,
) -> Outcome {
    let now = boot::clock::now();
    let at = LetterAt { order: case.key(), id: letter.id.clone(), channel };
    if let Err(error) = wake(room, &case.vault, &at, until, now).await {
        return Outcome::Again(error);
    }
    let (kind, channel_code, why_code) = (letter.kind.code(), channel.code(), why.sentence());
    tracing::info!(letter = letter.id.as_str(), kind, channel = channel_code, why = why_code, "a letter is held");
    settle(case, letter, channel, LetterState::Held { at: now, until, why }, version).await
}

/// Sees to it that a held letter is looked at again at a moment. Done twice, it is looked at twice, which is harmless.
pub async fn wake(room: &Room, vault: &Vault, at: &LetterAt, until: Timestamp, now: Timestamp) -> Result<(), String> {
    let left = until.duration_since(now);
    if left > IN_QUEUE_MAX {
        let due_at = until - TIMER_AHEAD;
        let timer = Write::Timer { about: TimerAbout::Letter(at.clone()), due_at, now };
        return vault.commit(vec![timer]).await.map_err(|error| error.to_string());
    }
    let over = ToNotify::HoldOver { order: at.order.clone(), letter: at.id.clone(), channel: at.channel };
    let body = contracts::write(&over).map_err(|error| error.to_string())?;
    // Rounded up: a message that comes a moment too early would only be sent once more.
    let left_s = i32::try_from(left.as_secs()).unwrap_or(DELAY_SECONDS_MAX).saturating_add(1).max(0);
    queue::send_later(&room.sqs, &room.letters_queue_url, body, left_s).await.map_err(|error| error.to_string())
}
