//! The post room: reads the table's stream and puts what each change announces on the postmen's queues.
//!
//! It decides nothing itself and keeps nothing: a record read twice makes letters with the same ids, and a letter is sent
//! once by its ledger.

use boot::{
    StartError,
    aws::Aws,
    batch::BatchAnswer,
    env,
    queue::{self, NotQueued},
};
use contracts::{ToErrands, ToNotify};
use domain::announce::{Announcement, announce};
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
use store::{SettingsCache, StreamEvent, StreamRecord, Vault};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "LETTERS_QUEUE_URL", "ERRANDS_QUEUE_URL"];

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    settings: SettingsCache,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    letters_queue_url: String,
    errands_queue_url: String,
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
            settings: SettingsCache::default(),
            sqs: aws.sqs(),
            letters_queue_url: env::required(get, "LETTERS_QUEUE_URL")?,
            errands_queue_url: env::required(get, "ERRANDS_QUEUE_URL")?,
        })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.vault.warm(), queue::warm(&self.sqs, &self.letters_queue_url));
    }
}

#[derive(Default)]
struct Post {
    letters: Vec<String>,
    errands: Vec<String>,
}

/// Handles a piece of the stream. When something cannot be announced, the stream is given back from that record on.
///
/// # Errors
/// Never: the place in the stream is the answer.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<StreamEvent>) -> Result<BatchAnswer, Error> {
    let mut answer = BatchAnswer::default();
    let mut post = Post::default();
    let first = event.payload.records.first().map(|record| record.dynamodb.sequence_number.clone());
    for record in &event.payload.records {
        if let Err(why) = read(room, record, &mut post).await {
            tracing::error!(sequence_number = record.dynamodb.sequence_number, why, "a record cannot be announced");
            answer.failed(record.dynamodb.sequence_number.clone());
            break;
        }
    }
    if let Err(error) = send(room, post).await {
        tracing::warn!(%error, "the batch comes again");
        answer.failures.clear();
        first.into_iter().for_each(|sequence_number| answer.failed(sequence_number));
    }
    Ok(answer)
}

async fn read(room: &Room, record: &StreamRecord, post: &mut Post) -> Result<(), String> {
    let Some(change) = store::change(record).map_err(|error| error.to_string())? else { return Ok(()) };
    for announcement in announce(&change) {
        match announcement {
            Announcement::Letter(letter) => {
                // A letter that the shop sends on no channel would cost a message and an invocation. A shop that has no
                // settings yet is the postman's trouble.
                let settings = room.settings.of(&room.vault, &letter.order.shop).await.map_err(|error| error.to_string())?;
                if settings.is_some_and(|settings| !settings.settings.sends(letter.kind)) {
                    continue;
                }
                post.letters.push(contracts::write(&ToNotify::LetterDue { letter }).map_err(|error| error.to_string())?);
            }
            Announcement::Errand(errand) => {
                // An errand nobody wants would cost a message and an invocation.
                let settings = room.settings.of(&room.vault, &errand.order.shop).await.map_err(|error| error.to_string())?;
                if settings.is_some_and(|settings| settings.settings.webhooks_out.url.is_some()) {
                    post.errands.push(contracts::write(&ToErrands::ErrandDue { errand }).map_err(|error| error.to_string())?);
                }
            }
        }
    }
    Ok(())
}

async fn send(room: &Room, post: Post) -> Result<(), NotQueued> {
    queue::send_all(&room.sqs, &room.letters_queue_url, post.letters).await?;
    queue::send_all(&room.sqs, &room.errands_queue_url, post.errands).await
}
