//! The postman of letters: claims a letter, sends it once, settles it in the ledger.
//!
//! What a letter says is rendered from the state of things when it goes out. Whether it goes at all is decided by the domain
//! and recorded either way. SES and SNS know no idempotency key, so a claim comes first, the send has one wire attempt, and an
//! answer that was lost is `unknown` until the provider's own word settles it or its time is over.

mod send;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use contracts::ToNotify;
use domain::{
    id::ParcelKey,
    letter::{About, Channel, Letter, LetterRecord, LetterState, MaySend, Suppressed, is_still_true, may_send},
    link::{self, Purpose, TRACKING_LINK_DAYS},
    order::Order,
    parcel::Parcel,
    return_::Return,
    settings::{ShopSettings, VersionedSettings},
};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent};
use send::{Sent, Words};
use std::sync::Arc;
use store::{Claim, CustomerFlags, Desk, LetterAt, Vault};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "PUBLIC_URL", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "DEAD_QUEUE_URL"];

/// How long a claim holds: the function's time limit (10 s) and a little, so that no two runs overlap.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// How long the provider's own word is waited for after a lost answer; SES tells within seconds.
const UNKNOWN_GRACE: SignedDuration = SignedDuration::from_secs(100);
/// Claims of one letter on one channel.
const ATTEMPTS_MAX: u32 = 5;

/// What this postman has in reach.
pub struct Room {
    desk: Desk,
    secrets: Secrets,
    post: send::Post,
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
            },
            public_url: env::optional(get, "PUBLIC_URL"),
            owner: format!("{}-{}", std::process::id(), Timestamp::now().as_millisecond()),
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
    let ToNotify::LetterDue { letter } = match contracts::read(&record.body) {
        Ok(message) => message,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let case = match Case::load(&room, letter).await {
        Ok(case) => case,
        Err(outcome) => return outcome,
    };
    let wants_sms = case.settings.settings.sms.letters.contains(&case.letter.kind);
    let mut outcome = Outcome::Done;
    for channel in [Channel::Email, Channel::Sms] {
        if channel == Channel::Sms && !wants_sms {
            continue;
        }
        // One channel's trouble does not keep the other waiting; the settled one is not sent again.
        if let other @ (Outcome::Again(_) | Outcome::Never(_)) = deliver(&room, &case, channel).await {
            outcome = other;
        }
    }
    outcome
}

/// Everything known about a letter when it is to go out.
struct Case {
    letter: Letter,
    vault: Vault,
    settings: Arc<VersionedSettings>,
    order: Order,
    parcel: Option<Parcel>,
    parcels: Vec<Parcel>,
    return_: Option<Return>,
    flags: CustomerFlags,
    link: String,
}

impl Case {
    async fn load(room: &Room, letter: Letter) -> Result<Self, Outcome> {
        let again = |error: &dyn std::fmt::Display| Outcome::Again(error.to_string());
        let keyring = room.secrets.keyring().await.map_err(|e| again(&e))?;
        let vault = room.desk.vault.with_find_key(keyring.find_key());
        let settings = room.desk.settings.of(&vault, &letter.order.shop).await.map_err(|e| again(&e))?;
        let settings = settings.ok_or_else(|| Outcome::Never("the shop has no settings".to_owned()))?;
        let folder = vault.folder(&letter.order).await.map_err(|e| again(&e))?;
        let folder = folder.ok_or_else(|| Outcome::Never("there is no such order".to_owned()))?;
        let order = folder.order.value;
        if order.report.is_none() {
            return Err(Outcome::Again("the order is not described yet".to_owned()));
        }
        let mut keys: Vec<ParcelKey> = order.parcels().into_keys().collect();
        let about = match &letter.about {
            About::Parcel { parcel, .. } => Some(parcel.clone()),
            About::Order | About::Return { .. } => None,
        };
        keys.extend(about.clone().filter(|about| !keys.contains(about)));
        let parcels: Vec<Parcel> = vault.parcels(&keys).await.map_err(|e| again(&e))?.into_iter().map(|p| p.value).collect();
        let return_ = match &letter.about {
            About::Return { return_ } => folder.returns.into_iter().map(|r| r.value).find(|r| r.request.id == *return_),
            About::Order | About::Parcel { .. } => None,
        };
        let customer = order.report.as_ref().map(|report| report.customer.clone()).unwrap_or_default();
        let flags = vault.customer_flags(&letter.order.shop, customer.email.as_ref(), customer.phone.as_ref());
        let flags = flags.await.map_err(|e| again(&e))?;
        let key = keyring.link_keys().first().ok_or_else(|| Outcome::Again("there is no key for links".to_owned()))?;
        let expires_at = Timestamp::now() + SignedDuration::from_hours(TRACKING_LINK_DAYS * 24);
        let token = link::seal(key, Purpose::Tracking, &letter.order, order.link_epoch, expires_at);
        let base = settings.settings.brand.public_url.as_deref().or(room.public_url.as_deref());
        let base = base.ok_or_else(|| Outcome::Again("neither the shop nor the deployment has a public address".to_owned()))?;
        let parcel = about.and_then(|about| parcels.iter().find(|parcel| parcel.key == about).cloned());
        Ok(Self { link: format!("{base}/o/{token}"), letter, vault, settings, order, parcel, parcels, return_, flags })
    }

    fn shop(&self) -> &ShopSettings {
        &self.settings.settings
    }

    /// Why the letter must not go out on this channel, if it must not.
    fn suppressed(&self, channel: Channel, now: Timestamp) -> Option<Suppressed> {
        let customer = self.order.report.as_ref().map(|report| &report.customer);
        let address = match channel {
            Channel::Email => customer.and_then(|c| c.email.as_ref()).is_some(),
            Channel::Sms => customer.and_then(|c| c.phone.as_ref()).is_some(),
        };
        if !address {
            return Some(Suppressed::NoAddress);
        }
        if channel == Channel::Email && self.flags.email_refuses {
            return Some(Suppressed::AddressRefuses);
        }
        if channel == Channel::Sms && self.flags.phone_stopped {
            return Some(Suppressed::OptedOut);
        }
        if !is_still_true(&self.letter, &self.order, self.parcel.as_ref()) {
            return Some(Suppressed::NoLongerTrue);
        }
        let too_old = |hours: u32| now.duration_since(self.letter.occurred_at) > SignedDuration::from_hours(hours.into());
        self.shop().mail.news_max_age_hours.is_some_and(too_old).then_some(Suppressed::TooOld)
    }

    fn words(&self, channel: Channel) -> Result<Words, letters::CannotRender> {
        let facts = letters::Facts {
            letter: &self.letter,
            settings: self.shop(),
            order: &self.order,
            parcel: self.parcel.as_ref(),
            parcels: &self.parcels,
            return_: self.return_.as_ref(),
            link: &self.link,
        };
        match channel {
            Channel::Email => letters::email(&facts).map(Words::Email),
            Channel::Sms => letters::sms(&facts).map(Words::Sms),
        }
    }

    fn record(&self, channel: Channel, state: LetterState) -> LetterRecord {
        LetterRecord { letter: self.letter.clone(), channel, state }
    }
}

/// Takes one letter through one channel: look, claim, send, settle.
async fn deliver(room: &Room, case: &Case, channel: Channel) -> Outcome {
    let at = LetterAt { order: case.letter.order.clone(), id: case.letter.id.clone(), channel };
    let row = match case.vault.letter(&at).await {
        Ok(row) => row,
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let now = Timestamp::now();
    let version = row.as_ref().map_or(0, |row| row.version);
    let open =
        row.as_ref().is_some_and(|row| matches!(row.record.state, LetterState::Claimed { .. } | LetterState::Unknown { .. }));
    if let Some((message_id, at)) = row.as_ref().filter(|_| open).and_then(|row| row.taken.clone()) {
        return settle(case, channel, LetterState::Sent { at, message_id }, version).await;
    }
    let attempt = match may_send(row.as_ref().map(|row| &row.record.state), now) {
        MaySend::Yes { attempt } => attempt,
        MaySend::Settled => return Outcome::Done,
        MaySend::Wait { .. } => return Outcome::Again("another run may still be at it".to_owned()),
    };
    if attempt > ATTEMPTS_MAX {
        return settle(case, channel, LetterState::Failed { at: now, why: "TooManyAttempts".to_owned() }, version).await;
    }
    if let Some(why) = case.suppressed(channel, now) {
        return settle(case, channel, LetterState::Suppressed { at: now, why }, version).await;
    }
    let words = match case.words(channel) {
        Ok(words) => words,
        Err(error) => return Outcome::Never(error.to_string()),
    };
    let claimed = LetterState::Claimed { owner: room.owner.clone(), lease_until: now + LEASE, attempt };
    let version = match case.vault.write_letter(&case.record(channel, claimed), version).await {
        Ok(Claim::Taken { version }) => version,
        Ok(Claim::Lost) => return Outcome::Again("another run took it first".to_owned()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let sent = room.post.send(&case.letter, case.shop(), &case.order, &words).await;
    let now = Timestamp::now();
    let (letter, kind) = (case.letter.id.as_str(), case.letter.kind.code());
    match sent.why() {
        None => tracing::info!(letter, kind, channel = channel.code(), attempt, outcome = sent.code(), "a letter is out"),
        Some(why) => {
            tracing::error!(letter, kind, channel = channel.code(), attempt, outcome = sent.code(), why, "a letter is not out");
        }
    }
    match sent {
        Sent::Accepted { message_id } => settle(case, channel, LetterState::Sent { at: now, message_id }, version).await,
        Sent::Refused { why } => settle(case, channel, LetterState::Failed { at: now, why }, version).await,
        Sent::NotNow { why } => {
            // Nothing went out: the claim ends now and does not count, so that a redrive after the cause is mended sends it.
            let released = LetterState::Claimed { owner: room.owner.clone(), lease_until: now, attempt: attempt - 1 };
            if let Err(error) = case.vault.write_letter(&case.record(channel, released), version).await {
                tracing::warn!(%error, "the claim runs out by itself");
            }
            Outcome::Again(why)
        }
        Sent::Unknown { why } => {
            let unknown = LetterState::Unknown { at: now, retry_at: now + UNKNOWN_GRACE, attempt };
            if let Err(error) = case.vault.write_letter(&case.record(channel, unknown), version).await {
                tracing::warn!(%error, "the claim runs out by itself");
            }
            Outcome::Again(why)
        }
    }
}

/// Settles a row. When another run settled it first, that is settled too.
async fn settle(case: &Case, channel: Channel, state: LetterState, version: u64) -> Outcome {
    match case.vault.write_letter(&case.record(channel, state), version).await {
        Ok(Claim::Taken { .. }) => Outcome::Done,
        Ok(Claim::Lost) => Outcome::Again("another run wrote the ledger first".to_owned()),
        // The letter may be out: the row stays claimed, and the provider's word settles it at the next delivery.
        Err(error) => Outcome::Again(error.to_string()),
    }
}
