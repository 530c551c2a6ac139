//! The postman of errands: tells the merchant's own systems what happened, once, by a signed webhook.
//!
//! One message is one errand, and one handling of it is one attempt. The order is: look up what there is to tell, claim,
//! send, settle. A postman that dies after sending leaves a lease that ends; the next attempt carries the same
//! `webhook-id`, by which the receiver knows it.
//!
//! What a receiver reads ([Standard Webhooks](https://www.standardwebhooks.com)), here with everything there can be:
//!
//! ```json
//! {"type": "parcel.delivered", "timestamp": "2026-11-24T14:05:00Z", "data": {
//!   "shop": "demo",
//!   "order": {"id": "…16 characters…", "number": "#1001", "source": "shopify", "source_id": "820982911946154508"},
//!   "parcel": {"carrier": "ups", "number": "1Z…", "status": "delivered", "sub_status": "at_door",
//!              "since": "2026-11-24T14:05:00Z", "delivered_at": "2026-11-24T14:05:00Z"},
//!   "return": {"id": "…", "state": "held", "outcome": "refund", "lines": [{"line": "1", "quantity": 1, "reason": "damaged"}]}}}
//! ```
//!
//! `type` and `timestamp` say what happened and when; `parcel` and `return` say how things stand at the attempt, and are
//! there when the event is about one. Nobody's name, address or words are in it.
//!
//! | the receiver says | what becomes of the errand |
//! |---|---|
//! | 2xx | done |
//! | 410 | done; the log names the shop, whose address should be taken out of its settings |
//! | anything else, or nothing | tried again when the message comes again; after the queue's tries, its dead-letter queue |
//! | (its address is not public https) | done, not sent; the ledger says why |

mod telling;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, DeadLetters, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use contracts::ToErrands;
use domain::errand::{Errand, ErrandKind};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent};
use partners::{
    guard::{NoClient, Reach},
    outgoing_webhook::{Delivery, OutgoingWebhook, OutgoingWebhooks, SigningKey},
};
use std::sync::Arc;
use store::{ErrandClaim, SettingsCache, Vault, VaultError};
use telling::Telling;
use tokio::sync::OnceCell;

/// The environment this function reads. The local stack adds `DOORSTEP_LOCAL`, which lets webhooks reach this machine.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "DEAD_QUEUE_URL"];

/// How long an errand is claimed: longer than this function may run (20 s), shorter than its message is hidden (120 s).
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// A time at which every lease has ended.
const AFTER_ALL_LEASES: &str = "9000-01-01T00:00:00Z";

/// What this postman has in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    settings: SettingsCache,
    dead: DeadLetters,
    reach: Reach,
    /// Made on another thread, since reading the machine's roots takes longer than the whole start.
    sender: OnceCell<OutgoingWebhooks>,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        let local = env::optional(get, "DOORSTEP_LOCAL").is_some();
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            settings: SettingsCache::default(),
            dead: DeadLetters { sqs: aws.sqs(), queue_url: env::required(get, "DEAD_QUEUE_URL")? },
            reach: if local { Reach::LoopbackToo } else { Reach::PublicOnly },
            sender: OnceCell::new(),
        })
    }

    /// Opens the connections the first event needs, and begins to make its sender: an errand has to read a few rows before it
    /// sends anything.
    pub async fn warm(self: &Arc<Self>) {
        tokio::join!(self.secrets.warm(), self.vault.ready());
        let room = self.clone();
        // The first errand tries again what fails.
        tokio::spawn(async move { room.sender().await.is_ok() });
    }

    async fn sender(&self) -> Result<&OutgoingWebhooks, NoClient> {
        let reach = self.reach;
        let made = || async move {
            let aside = tokio::task::spawn_blocking(move || OutgoingWebhooks::new(reach)).await;
            aside.unwrap_or_else(|_| OutgoingWebhooks::new(reach))
        };
        self.sender.get_or_try_init(made).await
    }
}

/// Handles a batch of messages.
///
/// # Errors
/// Never: every message is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let errand = match contracts::read::<ToErrands>(&record.body) {
        Ok(ToErrands::ErrandDue { errand }) => errand,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let ErrandKind::TellMerchant { event, about } = &errand.kind;
    tell(&room, &errand, event, about.as_deref()).await.unwrap_or_else(|error| Outcome::Again(error.to_string()))
}

/// Why an attempt was not made; it can be made later.
#[derive(Debug, thiserror::Error)]
enum NotNow {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Secret(#[from] boot::secrets::SecretError),
    #[error(transparent)]
    Client(#[from] NoClient),
}

async fn tell(room: &Room, errand: &Errand, event: &str, about: Option<&str>) -> Result<Outcome, NotNow> {
    let shop = &errand.order.shop;
    let settings = room.settings.of(&room.vault, shop).await?;
    let Some(url) = settings.as_ref().and_then(|settings| settings.settings.webhooks_out.url.as_deref()) else {
        return settle(room, errand, "not_wanted").await;
    };
    let keyring = room.secrets.keyring().await?;
    let texts = keyring.webhooks_out(shop);
    if texts.is_empty() {
        tracing::warn!(shop = shop.as_str(), "the shop has an address for webhooks but no key to sign them");
        return settle(room, errand, "no_signing_key").await;
    }
    let Ok(keys) = texts.iter().map(|text| SigningKey::read(text)).collect::<Result<Vec<_>, _>>() else {
        return Ok(Outcome::Never("a key of webhooks_out is not whsec_ and base64 of 24 bytes or more".to_owned()));
    };
    let Some(telling) = Telling::about(&room.vault, errand, about).await? else {
        return Ok(Outcome::Never("the errand is about neither a parcel nor a return".to_owned()));
    };
    let sender = room.sender().await?;

    let now = boot::clock::now();
    if room.vault.claim_errand(errand, now, now + LEASE).await? == ErrandClaim::NotOurs {
        return is_settled(room, errand, now).await;
    }
    let webhook = OutgoingWebhook {
        id: format!("msg_{}", errand.id),
        event: event.to_owned(),
        occurred_at: errand.occurred_at,
        data: telling,
    };
    let id = webhook.id.as_str();
    match sender.send(url, &keys, &webhook, now).await {
        Delivery::Taken { status } => {
            tracing::info!(shop = shop.as_str(), webhook_id = id, event, status, "the merchant was told");
            settle(room, errand, &format!("http_{status}")).await
        }
        Delivery::Gone => {
            tracing::error!(
                shop = shop.as_str(),
                webhook_id = id,
                "the receiver wants no more webhooks (410): take its address out of the shop's settings"
            );
            settle(room, errand, "http_410").await
        }
        Delivery::Refused { why } => {
            tracing::error!(shop = shop.as_str(), webhook_id = id, why, "a webhook is not sent: its address is not one we call");
            settle(room, errand, why).await
        }
        Delivery::Again { why, retry_after_s } => {
            let wait = retry_after_s.map(|seconds| format!(", asks to wait {seconds} s")).unwrap_or_default();
            Ok(Outcome::Again(format!("the receiver did not take it ({why}{wait})")))
        }
    }
}

async fn settle(room: &Room, errand: &Errand, how: &str) -> Result<Outcome, NotNow> {
    room.vault.settle_errand(errand, boot::clock::now(), how).await?;
    Ok(Outcome::Done)
}

/// What becomes of a message whose errand could not be claimed: deleted when the errand is done, kept when another postman
/// is at it, for if that one fails the message must still be there.
///
/// The ledger tells the two apart by a claim made as if every lease had ended: only a done errand withstands it. When it
/// succeeds nothing is sent; the other postman's settling still counts, and its lease is only written anew.
async fn is_settled(room: &Room, errand: &Errand, now: Timestamp) -> Result<Outcome, NotNow> {
    let after_all: Timestamp = AFTER_ALL_LEASES.parse().unwrap_or(Timestamp::MAX);
    Ok(match room.vault.claim_errand(errand, after_all, now + LEASE).await? {
        ErrandClaim::NotOurs => Outcome::Done,
        ErrandClaim::Ours => Outcome::Again("another postman is at it".to_owned()),
    })
}
