//! One letter through one channel: look, decide, claim, take its company along, send, settle.

use crate::{
    Room,
    case::{Case, today},
    hold,
    send::Words,
};
use boot::batch::Outcome;
use domain::{
    dispatch::{Dispatch, Gathered},
    id::LetterId,
    letter::{Channel, Letter, LetterRecord, LetterState, MaySend, may_send},
};
use jiff::{SignedDuration, Timestamp};
use partners::Delivery;
use store::{Claim, LedgerRow, LetterAt};

/// How long a claim holds: the function's time limit (10 s) and a little, so that no two runs overlap.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// How long the provider's own word is waited for after a lost answer; SES tells within seconds.
const UNKNOWN_GRACE: SignedDuration = SignedDuration::from_secs(100);
/// Claims of one letter on one channel.
const ATTEMPTS_MAX: u32 = 5;

/// Takes one letter through one channel.
pub async fn deliver(room: &Room, case: &Case, letter: &Letter, channel: Channel) -> Outcome {
    match look(room, case, letter, channel).await {
        Look::Ended(outcome) => outcome,
        Look::Goes(going) => send(room, case, letter, channel, going).await,
        Look::Follows(lead) => match look(room, case, &lead, channel).await {
            Look::Ended(outcome) => outcome,
            Look::Goes(going) => send(room, case, &lead, channel, going).await,
            // The lead has the lowest id of all: it follows nobody, unless the ledger changed between two looks.
            Look::Follows(_) => Outcome::Again("the ledger changed while it was read".to_owned()),
        },
    }
}

/// A letter that goes out now.
struct Going {
    version: u64,
    attempt: u32,
    /// Held letters that its message tells of as well.
    company: Vec<LedgerRow>,
}

/// What a look at a letter came to.
enum Look {
    /// It is settled, held or somebody else's.
    Ended(Outcome),
    /// It goes out now.
    Goes(Going),
    /// Another held letter goes out and takes it along.
    Follows(Box<Letter>),
}

impl From<Outcome> for Look {
    fn from(outcome: Outcome) -> Self {
        Self::Ended(outcome)
    }
}

async fn look(room: &Room, case: &Case, letter: &Letter, channel: Channel) -> Look {
    let at = LetterAt { order: case.key(), id: letter.id.clone(), channel };
    let row = match case.vault.letter(&at).await {
        Ok(row) => row,
        Err(error) => return Outcome::Again(error.to_string()).into(),
    };
    let now = boot::clock::now();
    let version = row.as_ref().map_or(0, |row| row.version);
    let state = row.as_ref().map(|row| &row.record.state);
    let is_open = matches!(state, Some(LetterState::Claimed { .. } | LetterState::Unknown { .. }));
    if let Some((message_id, at)) = row.as_ref().filter(|_| is_open).and_then(|row| row.taken.clone()) {
        return settle(case, letter, channel, LetterState::Sent { at, message_id }, version).await.into();
    }
    let attempt = match may_send(state, now) {
        MaySend::Yes { attempt } => attempt,
        MaySend::Settled => return Outcome::Done.into(),
        MaySend::Held { until } => {
            let woken = hold::wake(room, &case.vault, &at, until, now).await;
            return woken.map_or_else(Outcome::Again, |()| Outcome::Done).into();
        }
        MaySend::Wait { .. } => return Outcome::Again("another run may still be at it".to_owned()).into(),
    };
    if attempt > ATTEMPTS_MAX {
        let failed = LetterState::Failed { at: now, why: "TooManyAttempts".to_owned() };
        return settle(case, letter, channel, failed, version).await.into();
    }
    let standing = case.standing(letter, channel);
    // What may be out already is not held back any more; whether it may go at all is asked again before every attempt.
    let decision = match standing.suppressed(now) {
        Some(why) => Dispatch::Suppress(why),
        None if attempt > 1 => Dispatch::Send,
        None => standing.dispatch(now, row.is_none()),
    };
    match decision {
        Dispatch::Suppress(why) => {
            return settle(case, letter, channel, LetterState::Suppressed { at: now, why }, version).await.into();
        }
        Dispatch::Hold { until, why } => return hold::hold(room, case, letter, channel, version, until, why).await.into(),
        Dispatch::Send => {}
    }
    let is_held = matches!(state, Some(LetterState::Held { .. }));
    if !is_held && !standing.may_have_company() {
        return Look::Goes(Going { version, attempt, company: Vec::new() });
    }
    let ledger = match case.vault.letters_of(&case.key()).await {
        Ok(rows) => rows.into_iter().filter(|row| row.record.channel == channel).collect::<Vec<_>>(),
        Err(error) => return Outcome::Again(error.to_string()).into(),
    };
    let records: Vec<LetterRecord> = ledger.iter().map(|row| row.record.clone()).collect();
    let company = if attempt > 1 {
        // Those that an attempt before this one took along.
        let into_this = |row: &LedgerRow| matches!(&row.record.state, LetterState::Merged { into, .. } if *into == letter.id);
        return Look::Goes(Going { version, attempt, company: ledger.into_iter().filter(into_this).collect() });
    } else if is_held {
        match standing.gather(&records, now) {
            Gathered::Stale { by } => {
                return settle(case, letter, channel, LetterState::Superseded { at: now, by }, version).await.into();
            }
            Gathered::Follow { lead } => {
                let lead = ledger.into_iter().find(|row| row.record.letter.id == lead).map(|row| row.record.letter);
                return lead.map_or_else(|| Outcome::Done.into(), |lead| Look::Follows(Box::new(lead)));
            }
            Gathered::Lead { carries } => carries,
        }
    } else {
        standing.company(&records, now)
    };
    let goes_along = |row: &LedgerRow| company.contains(&row.record.letter.id);
    Look::Goes(Going { version, attempt, company: ledger.into_iter().filter(goes_along).collect() })
}

async fn send(room: &Room, case: &Case, letter: &Letter, channel: Channel, going: Going) -> Outcome {
    let Going { version, attempt, company } = going;
    let planned: Vec<Letter> = company.iter().map(|row| row.record.letter.clone()).collect();
    // Before anything is claimed: what cannot be rendered will never be.
    let mut words = match Words::of(case, letter, &planned, channel) {
        Ok(words) => words,
        Err(error) => return Outcome::Never(error.to_string()),
    };
    let now = boot::clock::now();
    let claimed = LetterState::Claimed { owner: room.owner.clone(), lease_until: now + LEASE, attempt };
    let version = match case.vault.write_letter(&case.record(letter, channel, claimed), version).await {
        Ok(Claim::Taken { version }) => version,
        Ok(Claim::Lost) => return Outcome::Again("another run took it first".to_owned()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let carries = match take_along(case, &letter.id, company, now).await {
        Ok(carries) => carries,
        Err(error) => return Outcome::Again(error),
    };
    if words.fell_back() {
        let (kind, shop) = (letter.kind.code(), case.key().shop);
        tracing::error!(kind, shop = shop.as_str(), "the shop's own words cannot be rendered, the house's go out");
    }
    if carries.len() != planned.len() {
        words = match Words::of(case, letter, &carries, channel) {
            Ok(words) => words,
            Err(error) => return Outcome::Never(error.to_string()),
        };
    }
    // In the claim, and strongly consistent: who has said stop by now gets nothing.
    match case.recipient_now().await {
        Ok(recipient) => {
            if let Some(why) = case.standing_of(letter, channel, &recipient).suppressed(now) {
                return settle(case, letter, channel, LetterState::Suppressed { at: now, why }, version).await;
            }
        }
        Err(error) => {
            release(room, case, letter, channel, version, attempt).await;
            return Outcome::Again(error.to_string());
        }
    }
    let sent = room.post.send(case, letter, &words).await;
    report(letter, channel, attempt, carries.len(), &sent);
    let now = boot::clock::now();
    match sent {
        Delivery::Accepted { message_id } => {
            count(case, channel, now).await;
            settle(case, letter, channel, LetterState::Sent { at: now, message_id }, version).await
        }
        Delivery::Refused { why } => settle(case, letter, channel, LetterState::Failed { at: now, why }, version).await,
        Delivery::NotNow { why } => {
            release(room, case, letter, channel, version, attempt).await;
            Outcome::Again(why)
        }
        Delivery::Unknown { why } => {
            let unknown = LetterState::Unknown { at: now, retry_at: now + UNKNOWN_GRACE, attempt };
            if let Err(error) = case.vault.write_letter(&case.record(letter, channel, unknown), version).await {
                tracing::warn!(%error, "the claim runs out by itself");
            }
            Outcome::Again(why)
        }
    }
}

/// Makes the held letters of a company part of this one, each unless somebody else took it meanwhile; those of an attempt
/// before are so already.
async fn take_along(case: &Case, lead: &LetterId, company: Vec<LedgerRow>, now: Timestamp) -> Result<Vec<Letter>, String> {
    let mut carries = Vec::with_capacity(company.len());
    for row in company {
        let LedgerRow { record: LetterRecord { letter, channel, state }, version, .. } = row;
        if !matches!(state, LetterState::Merged { .. }) {
            let merged = LetterState::Merged { at: now, into: lead.clone() };
            match case.vault.write_letter(&case.record(&letter, channel, merged), version).await {
                Ok(Claim::Taken { .. }) => {}
                Ok(Claim::Lost) => continue,
                // The claim runs out, and the next attempt finds who is with it.
                Err(error) => return Err(error.to_string()),
            }
        }
        carries.push(letter);
    }
    Ok(carries)
}

/// Nothing went out: the claim ends now and does not count, so that a redrive after the cause is mended sends it.
async fn release(room: &Room, case: &Case, letter: &Letter, channel: Channel, version: u64, attempt: u32) {
    let now = boot::clock::now();
    let released = LetterState::Claimed { owner: room.owner.clone(), lease_until: now, attempt: attempt - 1 };
    if let Err(error) = case.vault.write_letter(&case.record(letter, channel, released), version).await {
        tracing::warn!(%error, "the claim runs out by itself");
    }
}

/// Mails are counted when SES says that it sent them; of texts nobody tells.
async fn count(case: &Case, channel: Channel, now: Timestamp) {
    let phone = case.order.report.as_ref().and_then(|report| report.customer.phone.as_ref());
    let (Channel::Sms | Channel::Whatsapp, Some(phone)) = (channel, phone) else { return };
    if let Err(error) = case.vault.count_text(phone, today(now)).await {
        tracing::warn!(%error, "a text was not counted");
    }
}

fn report(letter: &Letter, channel: Channel, attempt: u32, carries: usize, sent: &Delivery) {
    let (letter, kind, channel, outcome) = (letter.id.as_str(), letter.kind.code(), channel.code(), sent.code());
    match sent.why() {
        None => tracing::info!(letter, kind, channel, attempt, carries, outcome, "a letter is out"),
        Some(why) => tracing::error!(letter, kind, channel, attempt, carries, outcome, why, "a letter is not out"),
    }
}

/// Settles a row. When another run settled it first, that is settled too.
pub async fn settle(case: &Case, letter: &Letter, channel: Channel, state: LetterState, version: u64) -> Outcome {
    match case.vault.write_letter(&case.record(letter, channel, state), version).await {
        Ok(Claim::Taken { .. }) => Outcome::Done,
        Ok(Claim::Lost) => Outcome::Again("another run wrote the ledger first".to_owned()),
        // The letter may be out: the row stays claimed, and the provider's word settles it at the next delivery.
        Err(error) => Outcome::Again(error.to_string()),
    }
}
