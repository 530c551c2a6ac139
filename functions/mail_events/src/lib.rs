//! Reads what the world answers: SES's Send event settles the ledger, bounces and complaints suppress, a text says STOP.
//!
//! Both of SES's dialects are read: `eventType` (configuration set) and `notificationType` (identity). Repeats and any order
//! are harmless: of a mailbox's refusal the first moment stays and nothing here takes it back; of a phone's STOP and START the
//! latest moment of each is kept.

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use domain::{
    address::{EmailAddress, Phone},
    id::{LetterId, OrderId, OrderKey, ShopId},
    letter::Channel,
    opt_out,
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
    /// When it was published. SES tells its own moments inside; a text does not.
    #[serde(rename = "Timestamp")]
    published_at: Option<Timestamp>,
}

/// A text to our number, as AWS End User Messaging publishes it, as far as it is read.
#[derive(Deserialize)]
struct InboundText {
    #[serde(rename = "originationNumber")]
    from: String,
    #[serde(rename = "messageBody")]
    body: String,
    #[serde(rename = "inboundMessageId")]
    id: String,
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

/// What came from one of the two topics.
enum Told {
    Mail(MailEvent),
    Text(InboundText),
}

impl Told {
    /// Tells them apart by what they hold: neither has what the other must have.
    fn read(message: &str) -> Result<Self, contracts::Unreadable> {
        let mail = contracts::read(message).map(Self::Mail);
        mail.or_else(|unreadable| contracts::read(message).map(Self::Text).map_err(|_| unreadable))
    }
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
    let envelope = match contracts::read::<Envelope>(&record.body) {
        Ok(envelope) => envelope,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let told = match Told::read(&envelope.message) {
        Ok(told) => told,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let vault = match room.secrets.keyring().await {
        Ok(keyring) => room.vault.with_find_key(keyring.find_key()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    match told {
        Told::Mail(event) => became_of(&vault, event).await,
        Told::Text(inbound) => answered(&vault, &inbound, envelope.published_at).await,
    }
}

/// What SES says became of a mail.
async fn became_of(vault: &Vault, event: MailEvent) -> Outcome {
    match event.kind.as_str() {
        "Send" => taken(vault, &event.mail).await,
        "Bounce" => match event.bounce {
            Some(bounce) if bounce.bounce_type == "Permanent" => {
                refuse(vault, &event.mail, bounce.recipients, Refusing::Bounced).await
            }
            // A full mailbox today is not a dead one; SES itself tries again.
            _ => Outcome::Done,
        },
        "Complaint" => {
            let recipients = event.complaint.map(|complaint| complaint.recipients).unwrap_or_default();
            refuse(vault, &event.mail, recipients, Refusing::Complained).await
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

/// A person answered one of our texts. What is neither STOP nor START is for nobody here; AWS answers HELP.
async fn answered(vault: &Vault, inbound: &InboundText, published_at: Option<Timestamp>) -> Outcome {
    let Some(keyword) = opt_out::keyword(&inbound.body) else {
        tracing::info!(inbound_message_id = inbound.id, "a text that is neither stop nor start");
        return Outcome::Done;
    };
    // A short code or a name is no phone that we write to.
    let Ok(phone) = inbound.from.parse::<Phone>() else { return Outcome::Done };
    let Some(at) = published_at else { return Outcome::Never("a text without the moment it was published".to_owned()) };
    tracing::info!(inbound_message_id = inbound.id, ?keyword, "a phone's owner decided about texts");
    let noted = vault.note_phone(&phone, keyword, at).await;
    noted.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
}
