//! The daily comparison with SES's own list of addresses that it writes to no more.
//!
//! What SES tells through SNS may be lost; its list is not. Each message reads one piece of the list and puts the next one on
//! the queue, so that a long list never outlasts a call. How far it came is kept only after the last piece, as the moment at
//! which the reading began: a reading that breaks off is begun again the next day, from where the last whole one began.

use crate::Room;
use aws_sdk_sesv2::{
    error::SdkError,
    operation::list_suppressed_destinations::{ListSuppressedDestinationsError, ListSuppressedDestinationsOutput},
    primitives::DateTime,
    types::{SuppressedDestinationSummary, SuppressionListReason},
};
use boot::{batch::Outcome, queue};
use contracts::ToMailEvents;
use domain::address::EmailAddress;
use jiff::{SignedDuration, Timestamp};
use std::{fmt, str::FromStr};
use store::{Refusing, Vault};
use tokio::task::JoinSet;

/// Addresses of one piece.
const PIECE: i32 = 1000;
/// Addresses written side by side.
const SIDE_BY_SIDE: usize = 16;
/// How much of the time before the last reading is read once more: clocks differ, and a list may lag.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Where a reading goes on: when it began, and SES's own word for the place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    began_at: Timestamp,
    token: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.began_at, self.token)
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (began_at, token) = text.split_once(' ').ok_or("the place in SES's list cannot be read")?;
        let began_at = began_at.parse().map_err(|_| "the beginning of a reading of SES's list cannot be read")?;
        Ok(Self { began_at, token: token.to_owned() })
    }
}

/// Reads a piece of the list.
pub async fn compare(room: &Room, vault: &Vault, next: Option<&str>, since: Option<Timestamp>, now: Timestamp) -> Outcome {
    let place = match next.map(Place::from_str).transpose() {
        Ok(place) => place,
        Err(why) => return Outcome::Never(why.to_owned()),
    };
    let since = match (since, &place) {
        (None, None) => match vault.suppression_compared_until().await {
            Ok(until) => until.map(|until| until - OVERLAP),
            Err(error) => return Outcome::Again(error.to_string()),
        },
        // Without a moment, a reading that goes on is one of everything.
        (since, _) => since,
    };
    let began_at = place.as_ref().map_or(now, |place| place.began_at);
    let piece = match read(room, place.map(|place| place.token), since).await {
        Ok(piece) => piece,
        Err(outcome) => return outcome,
    };
    let listed = piece.suppressed_destination_summaries().len();
    if let Err(error) = refuse_all(vault, piece.suppressed_destination_summaries()).await {
        return Outcome::Again(error);
    }
    tracing::info!(listed, is_last = piece.next_token().is_none(), "a piece of SES's own list was compared");
    match piece.next_token {
        Some(token) => go_on(room, Place { began_at, token }, since).await,
        None => {
            let noted = vault.note_suppression_compared(began_at).await;
            noted.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
        }
    }
}

async fn go_on(room: &Room, place: Place, since: Option<Timestamp>) -> Outcome {
    let message = contracts::write(&ToMailEvents::ReconcileDue { next: Some(place.to_string()), since });
    let sent = match message {
        Ok(message) => queue::send(&room.sqs, &room.feedback_queue_url, message).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    sent.map_or_else(Outcome::Again, |()| Outcome::Done)
}

async fn read(room: &Room, token: Option<String>, since: Option<Timestamp>) -> Result<ListSuppressedDestinationsOutput, Outcome> {
    let asked = room
        .ses
        .list_suppressed_destinations()
        .page_size(PIECE)
        .set_next_token(token)
        .set_start_date(since.map(|since| DateTime::from_secs(since.as_second())))
        .send()
        .await;
    asked.map_err(|error| match &error {
        // A place that SES has forgotten stays forgotten; tomorrow's reading begins anew.
        SdkError::ServiceError(e)
            if matches!(
                e.err(),
                ListSuppressedDestinationsError::InvalidNextTokenException(_)
                    | ListSuppressedDestinationsError::BadRequestException(_)
            ) =>
        {
            Outcome::Never(format!("SES does not read on in its list ({})", queue::code_of(&error)))
        }
        // SES answers one such question a second.
        _ => Outcome::Again(format!("SES's list did not answer ({})", queue::code_of(&error))),
    })
}

/// Writes that all of these refuse, for every shop: the list is of the whole account.
async fn refuse_all(vault: &Vault, listed: &[SuppressedDestinationSummary]) -> Result<(), String> {
    let mut under_way: JoinSet<Result<(), String>> = JoinSet::new();
    let mut outcome = Ok(());
    let settled = |done: Result<Result<(), String>, tokio::task::JoinError>| done.unwrap_or_else(|error| Err(error.to_string()));
    for entry in listed {
        // An address that we could not write to needs no row.
        let Ok(email) = entry.email_address().parse::<EmailAddress>() else { continue };
        let why = match entry.reason() {
            SuppressionListReason::Complaint => Refusing::Complained,
            _ => Refusing::Bounced,
        };
        let at = Timestamp::from_second(entry.last_update_time().secs()).unwrap_or(Timestamp::UNIX_EPOCH);
        if under_way.len() >= SIDE_BY_SIDE
            && let Some(done) = under_way.join_next().await
        {
            outcome = outcome.and(settled(done));
        }
        let vault = vault.clone();
        under_way.spawn(async move { vault.refuse_email_everywhere(&email, why, at).await.map_err(|error| error.to_string()) });
    }
    while let Some(done) = under_way.join_next().await {
        outcome = outcome.and(settled(done));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = Place { began_at: "2026-11-19T03:00:00.5Z".parse().unwrap(), token: "a token of SES==".to_owned() };
        assert_eq!(place.to_string().parse(), Ok(place));
        assert!("token".parse::<Place>().is_err() && "yesterday token".parse::<Place>().is_err());
    }
}
