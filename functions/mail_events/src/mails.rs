//! What SES tells: a mail was taken, bounced, was complained of.

use crate::{
    Room,
    counts::day_of,
    heard::{Became, Mail},
    heard::{Bounce, MailEvent, Recipient},
};
use boot::{batch::Outcome, queue};
use contracts::{ToNotify, ToOrders};
use domain::{
    address::EmailAddress,
    letter::{LetterKind, LetterState, Purpose},
};
use jiff::Timestamp;
use store::{LetterAt, Refusing, Vault};

/// Does what an event asks for. Consent first: nothing else may make it wait.
pub async fn became_of(room: &Room, vault: &Vault, event: &MailEvent) -> Outcome {
    let done = match event.became() {
        Became::Taken => taken(vault, event).await,
        Became::Bounced(bounce) => bounced(room, vault, event, bounce).await,
        Became::Complained(complaint) => refuse(vault, event, &complaint.recipients, Refusing::Complained).await,
        Became::Rejected => {
            tracing::error!(message_id = event.mail.message_id, "SES refused a message after taking it");
            Ok(())
        }
        Became::Nothing => Ok(()),
    };
    done.map_or_else(Outcome::Again, |()| Outcome::Done)
}

/// SES took a message: the ledger's row is settled by it, if its own sender could not; and its reader has one more today.
async fn taken(vault: &Vault, event: &MailEvent) -> Result<(), String> {
    let mail = &event.mail;
    if let Some(at) = mail.letter() {
        settle(vault, &at, mail).await.map_err(|error| error.to_string())?;
    }
    let to_customer = mail.letter_kind().is_some_and(|kind| kind.purpose() != Purpose::Staff);
    let reader = mail.destination.first().and_then(|address| address.parse::<EmailAddress>().ok());
    if let (true, Some(shop), Some(reader)) = (to_customer, mail.shop(), reader) {
        // Best effort: to hear the event again would count those before it twice.
        if let Err(error) = vault.count_mail(&shop, &reader, day_of(event)).await {
            tracing::warn!(message_id = mail.message_id, %error, "a mail was not counted for its reader");
        }
    }
    Ok(())
}

/// Most rows say already that they were sent: reading one costs less than writing what nobody needs.
async fn settle(vault: &Vault, at: &LetterAt, mail: &Mail) -> Result<(), store::VaultError> {
    let Some(row) = vault.letter(at).await? else { return Ok(()) };
    if row.taken.is_some() || matches!(row.record.state, LetterState::Sent { .. }) {
        return Ok(());
    }
    vault.letter_was_taken(at, &mail.message_id, mail.timestamp).await
}

async fn bounced(room: &Room, vault: &Vault, event: &MailEvent, bounce: &Bounce) -> Result<(), String> {
    refuse(vault, event, &bounce.recipients, Refusing::Bounced).await?;
    let letter = event.mail.letter().filter(|_| event.mail.letter_kind() == Some(LetterKind::OrderConfirmed));
    match letter {
        Some(at) => unconfirmed(room, vault, &at, &bounce.recipients, event.at()).await,
        None => Ok(()),
    }
}

/// The confirmation of an order reached nobody: it goes by the other ways there are, and a person of the shop is told.
async fn unconfirmed(
    room: &Room,
    vault: &Vault,
    at: &LetterAt,
    recipients: &[Recipient],
    bounced_at: Timestamp,
) -> Result<(), String> {
    let row = vault.letter(at).await.map_err(|error| error.to_string())?;
    let order = vault.order(&at.order).await.map_err(|error| error.to_string())?.value;
    let tell = async |queue_url: &str, message: Result<String, serde_json::Error>| -> Result<(), String> {
        let message = message.map_err(|error| error.to_string())?;
        queue::send(&room.sqs, queue_url, message).await.map_err(|error| error.to_string())
    };
    match row {
        Some(row) => tell(&room.letters_queue_url, contracts::write(&ToNotify::Elsewhere { letter: row.record.letter })).await?,
        None => tracing::warn!(letter = at.id.as_str(), "a letter bounced that the ledger does not know"),
    }
    // The shop may have corrected the address since: that of before says nothing of the one that holds now.
    let holds = order.report.and_then(|report| report.customer.email).map(|email| email.folded());
    let is_former = holds.is_some_and(|holds| !recipients.iter().any(|one| one.email.trim().to_lowercase() == holds));
    if is_former {
        return Ok(());
    }
    tell(&room.orders_queue_url, contracts::write(&ToOrders::ContactBounced { order: at.order.clone(), bounced_at })).await
}

async fn refuse(vault: &Vault, event: &MailEvent, recipients: &[Recipient], why: Refusing) -> Result<(), String> {
    let Some(shop) = event.mail.shop() else {
        tracing::warn!(message_id = event.mail.message_id, "a message without the tag of its shop was refused");
        return Ok(());
    };
    for recipient in recipients {
        let Ok(email) = recipient.email.parse::<EmailAddress>() else { continue };
        vault.refuse_email(&shop, &email, why, event.at()).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}
