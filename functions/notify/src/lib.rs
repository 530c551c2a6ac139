//! The postman of letters: looks at a letter, decides with the domain, claims it, sends it once, settles it in the ledger.
//!
//! What a letter says is rendered from the state of things when it goes out. Whether and when it goes is decided by the domain
//! and recorded either way. SES and SNS know no idempotency key, so a claim comes first, the send has one wire attempt, and an
//! answer that was lost is `unknown` until the provider's own word settles it or its time is over.

mod breaker;
mod case;
mod deliver;
mod hold;
mod send;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord},
    env, queue,
    secrets::Secrets,
};
use breaker::Breaker;
use case::Case;
use contracts::{ToNotify, ToOrders};
use deliver::deliver;
use domain::letter::{Channel, Letter, LetterKind};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
use store::{Desk, LetterAt};

/// The environment this function reads.
pub const ENV: &[&str] = &[
    "TABLE_NAME",
    "SECRET_ID",
    "PUBLIC_URL",
    "MAIL_FROM",
    "MAIL_CONFIGURATION_SET",
    "LETTERS_QUEUE_URL",
    "ORDERS_QUEUE_URL",
    "DEAD_QUEUE_URL",
    "WHATSAPP_URL",
];

/// What this postman has in reach.
pub struct Room {
    desk: Desk,
    secrets: Secrets,
    post: send::Post,
    breaker: Breaker,
    /// Its own queue, for letters that wait some minutes.
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    letters_queue_url: String,
    orders_queue_url: String,
    /// Where customers reach the pages, when a shop has no address of its own.
    public_url: Option<String>,
    /// Names this process in claims.
    owner: String,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            desk: Desk::with(&aws, get)?,
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            post: send::Post {
                ses: aws.ses(),
                sns: aws.sns(),
                from: env::required(get, "MAIL_FROM")?,
                configuration_set: env::required(get, "MAIL_CONFIGURATION_SET")?,
                whatsapp_url: env::required(get, "WHATSAPP_URL")?,
                whatsapp: std::sync::OnceLock::new(),
            },
            breaker: Breaker::default(),
            sqs: aws.sqs(),
            letters_queue_url: env::required(get, "LETTERS_QUEUE_URL")?,
            orders_queue_url: env::required(get, "ORDERS_QUEUE_URL")?,
            public_url: env::optional(get, "PUBLIC_URL"),
            owner: format!("{}-{}", std::process::id(), boot::clock::now().as_millisecond()),
        })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.desk.warm());
    }
}

/// Handles a batch of letters.
///
/// # Errors
/// Never: every letter is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.desk.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let message = match contracts::read(&record.body) {
        Ok(message) => message,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let done = match message {
        ToNotify::LetterDue { letter } => due(&room, letter).await,
        ToNotify::HoldOver { order, letter, channel } => over(&room, LetterAt { order, id: letter, channel }).await,
        ToNotify::Elsewhere { letter } => elsewhere(&room, letter).await,
    };
    done.unwrap_or_else(|outcome| outcome)
}

/// A letter on every channel on which the shop sends its kind.
async fn due(room: &Room, letter: Letter) -> Result<Outcome, Outcome> {
    let case = Case::load(room, &letter).await?;
    let mut channels = case.settings().channels(letter.kind);
    if letter.kind == LetterKind::OrderConfirmed && channels.contains(&Channel::Email) && case.mailbox_is_dead() {
        // It will not bounce, because it will not be sent: what a bounce would do is done at once.
        tell_the_shop(room, &case, letter.occurred_at).await?;
        channels.extend(others(&case, &letter));
        channels.sort_unstable();
        channels.dedup();
    }
    Ok(each(room, &case, &letter, channels).await)
}

/// The merchant's list says that the customer cannot be reached by mail.
async fn tell_the_shop(room: &Room, case: &Case, bounced_at: Timestamp) -> Result<(), Outcome> {
    let bounced = ToOrders::ContactBounced { order: case.key(), bounced_at };
    let body = contracts::write(&bounced).map_err(|error| Outcome::Never(error.to_string()))?;
    queue::send(&room.sqs, &room.orders_queue_url, body).await.map_err(|error| Outcome::Again(error.to_string()))
}

/// A mailbox refused it: the other way, whether the shop chose it for this kind or not.
async fn elsewhere(room: &Room, letter: Letter) -> Result<Outcome, Outcome> {
    let case = Case::load(room, &letter).await?;
    let channels = others(&case, &letter);
    Ok(each(room, &case, &letter, channels).await)
}

/// The way beside mail: WhatsApp where the shop has it and sends no texts, else a text.
fn others(case: &Case, letter: &Letter) -> Vec<Channel> {
    let settings = case.settings();
    let sends_texts = LetterKind::ALL.iter().any(|kind| settings.channels(*kind).contains(&Channel::Sms));
    let has_whatsapp = settings.whatsapp.phone_number_id.is_some();
    let other = if has_whatsapp && !sends_texts { Channel::Whatsapp } else { Channel::Sms };
    letter.kind.channels().iter().copied().filter(|channel| *channel == other).collect()
}

async fn each(room: &Room, case: &Case, letter: &Letter, channels: Vec<Channel>) -> Outcome {
    let mut outcome = Outcome::Done;
    for channel in channels {
        // One channel's trouble does not keep the other waiting; the settled one is not sent again.
        if let other @ (Outcome::Again(_) | Outcome::Never(_)) = deliver(room, case, letter, channel).await {
            outcome = other;
        }
    }
    outcome
}

/// A letter was held and its time may have come.
async fn over(room: &Room, at: LetterAt) -> Result<Outcome, Outcome> {
    let row = room.desk.vault.letter(&at).await.map_err(|error| Outcome::Again(error.to_string()))?;
    // Without a row the hold was not kept: the message that was to be held comes again by itself.
    let Some(row) = row else { return Ok(Outcome::Done) };
    let letter = row.record.letter;
    let case = Case::load(room, &letter).await?;
    Ok(deliver(room, &case, &letter, at.channel).await)
}
