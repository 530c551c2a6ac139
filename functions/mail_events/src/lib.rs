//! Reads what SES says became of each message: its Send event settles the ledger, bounces and complaints suppress.
//!
//! Both of SES's dialects are read: `eventType` (configuration set) and `notificationType` (identity). Repeats and any order
//! are harmless: a first moment stays, and nothing here takes a suppression back.

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use domain::{
    address::EmailAddress,
    id::{LetterId, OrderId, OrderKey, ShopId},
    letter::Channel,
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use store::{LetterAt, Refusing, Vault};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "DEAD_QUEUE_URL"];

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    dead: DeadLetters,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
        })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.vault.warm());
    }
}

/// The envelope SNS puts around every message on a queue.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Message")]
    message: String,
}

/// One SES event, as far as it is read.
#[derive(Deserialize)]
struct MailEvent {
    #[serde(alias = "notificationType", rename = "eventType")]
    kind: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
struct Mail {
    #[serde(rename = "messageId")]
    message_id: String,
    timestamp: Timestamp,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    bounce_type: String,
    #[serde(rename = "bouncedRecipients", default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(rename = "complainedRecipients", default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
struct Recipient {
    #[serde(rename = "emailAddress")]
    email: String,
}

impl Mail {
    fn tag(&self, name: &str) -> Option<&str> {
        self.tags.get(name).and_then(|values| values.first()).map(String::as_str)
    }

    fn shop(&self) -> Option<ShopId> {
        self.tag("shop")?.parse().ok()
    }

    /// The ledger's row a message of ours names in its tags.
    fn letter(&self) -> Option<LetterAt> {
        let id: LetterId = self.tag("letter")?.parse().ok()?;
        let order: OrderId = self.tag("order")?.parse().ok()?;
        Some(LetterAt { order: OrderKey { shop: self.shop()?, order }, id, channel: Channel::Email })
    }
}

/// Handles a batch of events.
///
/// # Errors
/// Never: every event is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let event = contracts::read::<Envelope>(&record.body).and_then(|envelope| contracts::read::<MailEvent>(&envelope.message));
    let event = match event {
        Ok(event) => event,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let vault = match room.secrets.keyring().await {
        Ok(keyring) => room.vault.with_find_key(keyring.find_key()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    match event.kind.as_str() {
        "Send" => taken(&vault, &event.mail).await,
        "Bounce" => match event.bounce {
            Some(bounce) if bounce.bounce_type == "Permanent" => {
                refuse(&vault, &event.mail, bounce.recipients, Refusing::Bounced).await
            }
            // A full mailbox today is not a dead one; SES itself tries again.
            _ => Outcome::Done,
        },
        "Complaint" => {
            let recipients = event.complaint.map(|complaint| complaint.recipients).unwrap_or_default();
            refuse(&vault, &event.mail, recipients, Refusing::Complained).await
        }
        "Reject" => {
            tracing::error!(message_id = event.mail.message_id, "SES refused a message after taking it");
            Outcome::Done
        }
        _ => Outcome::Done,
    }
}

/// SES took a message: the ledger's row is settled by it, if its own sender could not.
async fn taken(vault: &Vault, mail: &Mail) -> Outcome {
    let Some(at) = mail.letter() else { return Outcome::Done };
    let noted = vault.letter_was_taken(&at, &mail.message_id, mail.timestamp).await;
    noted.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
}

async fn refuse(vault: &Vault, mail: &Mail, recipients: Vec<Recipient>, why: Refusing) -> Outcome {
    let Some(shop) = mail.shop() else {
        tracing::warn!(message_id = mail.message_id, "a message without the tag of its shop bounced");
        return Outcome::Done;
    };
    for recipient in recipients {
        let Ok(email) = recipient.email.parse::<EmailAddress>() else { continue };
        if let Err(error) = vault.refuse_email(&shop, &email, why, mail.timestamp).await {
            return Outcome::Again(error.to_string());
        }
    }
    Outcome::Done
}
