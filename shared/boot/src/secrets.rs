//! The deployment's secret: read at INIT, kept a few minutes, stale rather than absent.

use domain::{id::ShopId, link::LinkKey};
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use std::{
    collections::{BTreeMap, hash_map::RandomState},
    hash::{BuildHasher as _, Hasher as _},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::RwLock;

/// How long a secret is used before it is read again; jittered by up to a fifth, so that not every process asks at once.
const FRESH_FOR: Duration = Duration::from_mins(4);
/// How long a secret that cannot be read again is still used.
const STALE_FOR: Duration = Duration::from_hours(1);

/// The keys derived from the root key and each shop's webhook secrets. Never printed.
#[derive(Clone)]
pub struct Keyring {
    link_keys: Vec<LinkKey>,
    find_key: [u8; 32],
    shops: BTreeMap<ShopId, ShopSecrets>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring of {} shops", self.shops.len())
    }
}

/// One shop's secrets as they are written in the deployment's secret.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ShopSecrets {
    storefront: BTreeMap<String, OneOrTwo>,
    carrier: BTreeMap<String, OneOrTwo>,
    console: OneOrTwo,
    webhooks_out: OneOrTwo,
    partner: BTreeMap<String, OneOrTwo>,
}

/// A value, or the current one and the previous one while it is being rotated.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum OneOrTwo {
    One(String),
    Several(Vec<String>),
}

impl Default for OneOrTwo {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl OneOrTwo {
    fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

#[derive(Deserialize)]
struct SecretText {
    root_key: String,
    /// Root keys of before: they still open links, but sign none. Lookups use the first root key for ever.
    #[serde(default)]
    previous_root_keys: Vec<String>,
    #[serde(default)]
    shops: BTreeMap<String, ShopSecrets>,
}

/// Why the secret could not be used. Never quotes it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It could not be read.
    #[error("the deployment's secret cannot be read ({0})")]
    Unreachable(String),
    /// It is not what it should be.
    #[error("the deployment's secret is not usable: {0}")]
    Malformed(&'static str),
}

impl Keyring {
    /// Reads the secret's JSON.
    ///
    /// # Errors
    /// Says what is wrong, never what it says.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let secret: SecretText =
            serde_json::from_str(text).map_err(|_| SecretError::Malformed("it is not JSON of the documented form"))?;
        let roots: Vec<&String> = std::iter::once(&secret.root_key).chain(&secret.previous_root_keys).collect();
        if roots.iter().any(|root| root.len() < 32) {
            return Err(SecretError::Malformed("root_key must have at least 32 characters"));
        }
        let count = u8::try_from(roots.len()).map_err(|_| SecretError::Malformed("there are more than 255 root keys"))?;
        // The newest root signs and has the highest number, so that a link's number stays its root's when one is added.
        let link_keys =
            roots.iter().zip((1..=count).rev()).map(|(root, id)| LinkKey { id, secret: derive(root, "link").to_vec() }).collect();
        let oldest = roots.last().copied().unwrap_or(&secret.root_key);
        let mut shops = BTreeMap::new();
        for (name, secrets) in secret.shops {
            // Nobody can knock under a name that is none. A slip there must not shut the doors of all other shops.
            match name.parse() {
                Ok(shop) => drop(shops.insert(shop, secrets)),
                Err(_) => tracing::error!("a name under `shops` in the secret is not a shop's (a-z, 0-9, -): it is left out"),
            }
        }
        Ok(Self { link_keys, find_key: derive(oldest, "find"), shops })
    }

    /// The keys of links, the signing one first.
    #[must_use]
    pub fn link_keys(&self) -> &[LinkKey] {
        &self.link_keys
    }

    /// The key under which e-mail addresses and numbers are looked up.
    #[must_use]
    pub fn find_key(&self) -> [u8; 32] {
        self.find_key
    }

    /// The shops of this deployment: those that have secrets.
    pub fn shops(&self) -> impl Iterator<Item = &ShopId> {
        self.shops.keys()
    }

    /// The active webhook secrets of a shop's storefront; none: nothing is accepted.
    #[must_use]
    pub fn storefront(&self, shop: &ShopId, source: &str) -> &[String] {
        self.shops.get(shop).and_then(|s| s.storefront.get(source)).map_or(&[], OneOrTwo::values)
    }

    /// The active webhook secrets of a shop's carrier or aggregator.
    #[must_use]
    pub fn carrier(&self, shop: &ShopId, source: &str) -> &[String] {
        self.shops.get(shop).and_then(|s| s.carrier.get(source)).map_or(&[], OneOrTwo::values)
    }

    /// The passwords that open a shop's console.
    #[must_use]
    pub fn console(&self, shop: &ShopId) -> &[String] {
        self.shops.get(shop).map_or(&[], |s| s.console.values())
    }

    /// The keys that sign webhooks to the merchant's own systems, the newest first.
    #[must_use]
    pub fn webhooks_out(&self, shop: &ShopId) -> &[String] {
        self.shops.get(shop).map_or(&[], |s| s.webhooks_out.values())
    }

    /// What opens a partner's API for a shop: the newest value.
    #[must_use]
    pub fn partner(&self, shop: &ShopId, partner: &str) -> Option<&str> {
        self.shops.get(shop)?.partner.get(partner)?.values().first().map(String::as_str)
    }
}

fn derive(root: &str, purpose: &str) -> [u8; 32] {
    let mut out = [0; 32];
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(root.as_bytes()) {
        mac.update(b"doorstep ");
        mac.update(purpose.as_bytes());
        out.copy_from_slice(&mac.finalize().into_bytes());
    }
    out
}

/// The secret as this process knows it.
pub struct Secrets {
    client: crate::aws::Later<aws_sdk_secretsmanager::Client>,
    id: String,
    known: RwLock<Option<Known>>,
}

struct Known {
    keyring: Arc<Keyring>,
    read_at: Instant,
    fresh_for: Duration,
}

impl Secrets {
    /// A secret that is read when first needed, or by [`Secrets::warm`].
    #[must_use]
    pub fn new(client: crate::aws::Later<aws_sdk_secretsmanager::Client>, id: String) -> Self {
        Self { client, id, known: RwLock::new(None) }
    }

    /// Reads it at INIT, which also opens the connection. A failure is not one yet: the first event tries again.
    pub async fn warm(&self) -> Option<Arc<Keyring>> {
        self.client.begin().await;
        self.keyring().await.inspect_err(|error| tracing::warn!(%error, "the secret could not be read at start")).ok()
    }

    /// The keyring, at most [`FRESH_FOR`] old, or older while the secret cannot be read.
    ///
    /// # Errors
    /// When it was never read, or not for [`STALE_FOR`].
    pub async fn keyring(&self) -> Result<Arc<Keyring>, SecretError> {
        if let Some(known) = self.known.read().await.as_ref().filter(|known| known.read_at.elapsed() < known.fresh_for) {
            return Ok(known.keyring.clone());
        }
        let mut known = self.known.write().await;
        if let Some(known) = known.as_ref().filter(|known| known.read_at.elapsed() < known.fresh_for) {
            return Ok(known.keyring.clone());
        }
        match (self.read().await, known.as_ref()) {
            (Ok(keyring), _) => {
                let keyring = Arc::new(keyring);
                *known = Some(Known { keyring: keyring.clone(), read_at: Instant::now(), fresh_for: jittered(FRESH_FOR) });
                Ok(keyring)
            }
            (Err(error), Some(old)) if old.read_at.elapsed() < STALE_FOR => {
                tracing::warn!(%error, "using the secret read before");
                Ok(old.keyring.clone())
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn read(&self) -> Result<Keyring, SecretError> {
        let answer = self.client.get_secret_value().secret_id(&self.id).send().await;
        let answer = answer.map_err(|error| SecretError::Unreachable(crate::queue::code_of(&error)))?;
        Keyring::parse(answer.secret_string().ok_or(SecretError::Malformed("it is not text"))?)
    }
}

/// Four fifths to all of a duration, by the randomness std seeds its hash maps with.
fn jittered(full: Duration) -> Duration {
    let tenths = u32::try_from(RandomState::new().build_hasher().finish() % 3).unwrap_or(0);
    full - full / 10 * tenths
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"root_key":"0123456789012345678901234567890123456789","shops":{"demo":{
        "storefront":{"shopify":["now","before"],"woocommerce":"one"},"console":["pass"]}}}"#;

    #[test]
    fn two_secrets_of_a_source_are_active() {
        let keyring = Keyring::parse(TEXT).unwrap();
        let demo = "demo".parse().unwrap();
        assert_eq!(keyring.storefront(&demo, "shopify"), ["now", "before"]);
        assert_eq!(keyring.storefront(&demo, "woocommerce"), ["one"]);
        assert!(keyring.storefront(&demo, "standard").is_empty());
        assert!(keyring.carrier(&demo, "easypost").is_empty());
    }

    #[test]
    fn a_new_root_key_still_opens_old_links_and_finds_old_orders() {
        let old = Keyring::parse(TEXT).unwrap();
        let new = Keyring::parse(
            r#"{"root_key":"new-new-new-new-new-new-new-new-new-new","previous_root_keys":["0123456789012345678901234567890123456789"]}"#,
        )
        .unwrap();
        assert_eq!(old.find_key(), new.find_key());
        assert_eq!(old.link_keys()[0].secret, new.link_keys()[1].secret);
        assert_eq!(old.link_keys()[0].id, new.link_keys()[1].id);
        assert_ne!(new.link_keys()[0].secret, new.link_keys()[1].secret);
    }

    #[test]
    fn a_slip_in_a_shops_name_shuts_no_other_door() {
        let keyring = Keyring::parse(&TEXT.replace(r#""demo":{"#, r#""My Shop":{},"demo":{"#)).unwrap();
        assert_eq!(keyring.shops().map(ShopId::as_str).collect::<Vec<_>>(), ["demo"]);
        assert_eq!(keyring.storefront(&"demo".parse().unwrap(), "woocommerce"), ["one"]);
    }

    #[test]
    fn an_error_never_quotes_the_secret() {
        let error = Keyring::parse(r#"{"root_key":"short-and-private"}"#).unwrap_err().to_string();
        assert!(!error.contains("private"), "{error}");
    }
}
