//! A door at which some sources prove themselves with a private key: their public keys are read from the vault.

use crate::{Vault, VaultError};
use boot::{
    StartError,
    aws::Aws,
    door::{Answer, Brought, Door},
    env,
    secrets::Keyring,
};
use contracts::ToSources;
use domain::id::ShopId;
use lambda_http::Request;
use serde::Serialize;
use signatures::{Delivery, Refusal};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// How long public keys are used before they are read again.
const KEYS_FRESH_FOR: Duration = Duration::from_mins(5);
/// Sources remembered by one process.
const REMEMBERED_MAX: usize = 1000;

/// A door. Its environment is `TABLE_NAME` and that of [`Door`].
pub struct KeyedDoor {
    door: Door,
    public_keys: PublicKeys,
    vault: Vault,
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

impl KeyedDoor {
    /// Reads the environment and makes the clients. `queue` names the variable of the desk's queue.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy, queue: &'static str) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        let vault = Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?);
        Ok(Self { door: Door::open(&aws, get, queue)?, public_keys: PublicKeys::default(), vault })
    }

    /// Opens the connections that almost every first delivery needs; few sources sign with a private key.
    pub async fn warm(&self) {
        self.door.warm().await;
    }

    /// The keyring, at most some minutes old.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn keyring(&self) -> Result<Arc<Keyring>, Answer> {
        self.door.keyring().await
    }

    /// Lets `read` prove and read a request with the secrets of who knocks, and the keys they publish; puts what it brings on
    /// the desk's queue. When it is signed with a key that we do not have, the room `sources` is asked to read them again.
    ///
    /// # Errors
    /// What is answered when it could not be decided: the sender has to try again.
    pub async fn receive<M, Read>(&self, knock: Knock<'_>, request: &Request, read: Read) -> Result<Answer, Answer>
    where
        M: Serialize,
        Read: FnOnce(&[String], Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        let Knock { shop, source, given, publishes } = knock;
        let published = if publishes { self.public_keys.of(&self.vault, shop, source).await } else { Ok(None) };
        let published = published.map_err(|error| Answer::NotNow(error.to_string()))?;
        let secrets: Vec<String> = given.iter().cloned().chain(published.map(|keys| keys.to_string())).collect();
        let answer = self.door.receive(request, |delivery| read(&secrets, delivery)).await;
        if matches!(answer, Answer::Refused(Refusal::UnknownKey)) {
            self.public_keys.forget(shop, source).await;
            self.door.ask(&ToSources::KeysDue { shop: shop.clone(), source: source.to_owned() }).await?;
        }
        Ok(answer)
    }
}

/// Keys, and when they were read.
type ReadKeys = (Instant, Option<Arc<str>>);

/// Public keys of sources as this process knows them.
#[derive(Default)]
struct PublicKeys {
    known: Mutex<HashMap<(ShopId, String), ReadKeys>>,
}

impl PublicKeys {
    /// A source's public keys (a JWK Set), at most five minutes old, or older while they cannot be read; `None` when there
    /// are none yet.
    ///
    /// # Errors
    /// When they were never read and cannot be.
    async fn of(&self, vault: &Vault, shop: &ShopId, source: &str) -> Result<Option<Arc<str>>, VaultError> {
        let mut known = self.known.lock().await;
        let name = (shop.clone(), source.to_owned());
        if let Some((_, keys)) = known.get(&name).filter(|(read_at, _)| read_at.elapsed() < KEYS_FRESH_FOR) {
            return Ok(keys.clone());
        }
        let keys = match (vault.public_keys(shop, source).await, known.get(&name)) {
            (Ok(keys), _) => keys.map(|(keys, _)| Arc::from(keys)),
            (Err(_), Some((_, Some(old)))) => return Ok(Some(old.clone())),
            (Err(error), _) => return Err(error),
        };
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        // That there are none is not remembered: they may be on their way.
        if keys.is_some() {
            known.insert(name, (Instant::now(), keys.clone()));
        }
        Ok(keys)
    }

    /// Forgets the keys of a source, so that the next delivery reads them again: one was signed with another key.
    async fn forget(&self, shop: &ShopId, source: &str) {
        self.known.lock().await.remove(&(shop.clone(), source.to_owned()));
    }
}
