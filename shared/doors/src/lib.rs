//! The doors at which webhooks come in: a delivery is proved, read, and put on its desk's queue.
//!
//! What a source's signature and words are is not known here; the function that is the door knows its sources.

mod answer;
mod keys;
mod request;

pub use answer::{Answer, Turned, granted};
pub use request::{address, delivery, kept, parked};

use boot::{
    StartError,
    aws::Aws,
    env, queue,
    secrets::{Keyring, Secrets},
};
use contracts::ToSources;
use domain::id::ShopId;
use keys::PublicKeys;
use lambda_http::Request;
use serde::Serialize;
use signatures::{Delivery, Refusal};
use std::sync::Arc;
use store::Vault;

/// What a door has in reach: the secrets and public keys that prove who knocks, its desk's queue, and that of the room which
/// asks sources. Its environment is `SECRET_ID`, `TABLE_NAME`, `SOURCES_QUEUE_URL` and the variable of its desk's queue.
pub struct Door {
    secrets: Secrets,
    public_keys: PublicKeys,
    vault: Vault,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    queue_url: String,
    sources_queue_url: String,
}

/// Who knocks, as a door knows them.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// Whose source it is.
    pub shop: &'a ShopId,
    /// Its name in the path.
    pub source: &'a str,
    /// What the shop was given to prove it with.
    pub given: &'a [String],
    /// Whether it publishes keys.
    pub publishes: bool,
}

/// What a proved and read delivery brings.
pub struct Brought<M> {
    /// For the desk, at least one unless there is nothing to say.
    pub messages: Vec<M>,
    /// What a source has to be asked first.
    pub asks: Vec<ToSources>,
    /// Whether it is only kept aside.
    pub parked: bool,
}

impl Door {
    /// Reads the environment and makes the clients. `queue` names the variable of the desk's queue.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy, queue: &'static str) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            public_keys: PublicKeys::default(),
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            sqs: aws.sqs(),
            queue_url: env::required(get, queue)?,
            sources_queue_url: env::required(get, "SOURCES_QUEUE_URL")?,
        })
    }

    /// Reads the secret and opens the connection to the queue, side by side: deployed, these are two hosts. The vault is left:
    /// few sources sign with a private key.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.sqs.ready());
    }

    /// The keyring, at most some minutes old.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn keyring(&self) -> Result<Arc<Keyring>, Answer> {
        Ok(self.secrets.keyring().await?)
    }

    /// Lets `read` prove and read a request with the secrets of who knocks and the keys they publish, and puts what it brings
    /// on the desk's queue, in one SQS call for up to ten messages. When it is signed with a key that we do not have, the room
    /// `sources` is asked to read them again.
    ///
    /// # Errors
    /// What is answered when it is not remembered.
    pub async fn receive<M, Read>(&self, knock: Knock<'_>, request: &Request, read: Read) -> Result<Answer, Answer>
    where
        M: Serialize,
        Read: FnOnce(&[String], Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        let Knock { shop, source, given, publishes } = knock;
        let published = if publishes { self.public_keys.of(&self.vault, shop, source).await } else { Ok(None) };
        let published = published.map_err(|error| Answer::NotNow(error.to_string()))?;
        let secrets: Vec<String> = given.iter().cloned().chain(published.map(|keys| keys.to_string())).collect();
        let brought = delivery(request, |delivery| read(&secrets, delivery));
        if matches!(brought, Err(Answer::Refused(Refusal::UnknownKey))) {
            self.public_keys.forget(shop, source).await;
            self.ask(&ToSources::KeysDue { shop: shop.clone(), source: source.to_owned() }).await?;
        }
        self.put(brought?).await
    }

    async fn put<M: Serialize>(&self, brought: Brought<M>) -> Result<Answer, Answer> {
        let bodies = brought.messages.iter().map(contracts::write).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| Answer::NotNow(error.to_string()))?;
        queue::send_all(&self.sqs, &self.queue_url, bodies).await?;
        for ask in &brought.asks {
            self.ask(ask).await?;
        }
        Ok(if brought.parked { Answer::Parked } else { Answer::Accepted })
    }

    /// Asks the room `sources` for something. What may not have been heard is asked again by the next delivery.
    async fn ask(&self, ask: &ToSources) -> Result<(), Answer> {
        let body = contracts::write(ask).map_err(|error| Answer::NotNow(error.to_string()))?;
        Ok(queue::send(&self.sqs, &self.sources_queue_url, body).await?)
    }
}
