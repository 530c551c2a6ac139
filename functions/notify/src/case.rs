//! The case of a letter: everything known about its order when it may go out.

use crate::Room;
use boot::batch::Outcome;
use domain::{
    calendar::Zone,
    dispatch::{Recipient, Standing, parcel_of},
    id::{OrderKey, ParcelKey},
    letter::{About, Channel, Letter, LetterRecord, LetterState, Purpose as For},
    link::{self, Purpose, TRACKING_LINK_DAYS},
    locale::Locale,
    order::Order,
    parcel::Parcel,
    preference::Preferences,
    return_::Return,
    settings::{ShopSettings, VersionedSettings},
};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use store::{Vault, VaultError};

/// Everything known about an order when a letter of it may go out.
pub struct Case {
    pub vault: Vault,
    pub order: Order,
    settings: Arc<VersionedSettings>,
    parcels: Vec<Parcel>,
    returns: Vec<Return>,
    recipient: Recipient,
    breaker_is_open: bool,
    /// The order's page.
    link: String,
    /// The page where its customer chooses what is sent.
    preferences_link: String,
    /// What opens the WhatsApp of the shop.
    pub whatsapp_token: Option<String>,
}

fn again(error: impl std::fmt::Display) -> Outcome {
    Outcome::Again(error.to_string())
}

impl Case {
    /// Loads the case of a letter.
    ///
    /// # Errors
    /// When something does not answer (again), or the letter is about nothing (never).
    pub async fn load(room: &Room, letter: &Letter) -> Result<Self, Outcome> {
        let keyring = room.secrets.keyring().await.map_err(again)?;
        let vault = room.desk.vault.with_find_key(keyring.find_key());
        let shop = &letter.order.shop;
        let settings = room.desk.settings.of(&vault, shop).await.map_err(again)?;
        let settings = settings.ok_or_else(|| Outcome::Never("the shop has no settings".to_owned()))?;
        let folder = vault.folder(&letter.order).await.map_err(again)?;
        let folder = folder.ok_or_else(|| Outcome::Never("there is no such order".to_owned()))?;
        let order = folder.order.value;
        if order.report.is_none() {
            return Err(Outcome::Again("the order is not described yet".to_owned()));
        }
        let mut keys: Vec<ParcelKey> = order.parcels().into_keys().collect();
        keys.extend(letter.about.parcel().filter(|about| !keys.contains(about)).cloned());
        let parcels = vault.parcels(&keys).await.map_err(again)?.into_iter().map(|parcel| parcel.value).collect();
        let returns = folder.returns.into_iter().map(|return_| return_.value).collect();
        let recipient = recipient(&vault, &order).await.map_err(again)?;
        let breaker_is_open = room.breaker.is_open(&vault, shop).await.map_err(again)?;
        let key = keyring.link_keys().first().ok_or_else(|| Outcome::Again("there is no key for links".to_owned()))?;
        let expires_at = boot::clock::now() + SignedDuration::from_hours(TRACKING_LINK_DAYS * 24);
        let token = |purpose| link::seal(key, purpose, &letter.order, order.link_epoch, expires_at);
        let base = settings.settings.brand.public_url.as_deref().or(room.public_url.as_deref());
        let base = base.ok_or_else(|| Outcome::Again("neither the shop nor the deployment has a public address".to_owned()))?;
        Ok(Self {
            link: format!("{base}/o/{}", token(Purpose::Tracking)),
            preferences_link: format!("{base}/p/{}", token(Purpose::Preferences)),
            whatsapp_token: keyring.partner(shop, "whatsapp").map(str::to_owned),
            vault,
            order,
            settings,
            parcels,
            returns,
            recipient,
            breaker_is_open,
        })
    }

    /// What the shop decided.
    pub fn settings(&self) -> &ShopSettings {
        &self.settings.settings
    }

    /// Which order.
    pub fn key(&self) -> OrderKey {
        self.order.key()
    }

    /// What decides about a letter of this order.
    pub fn standing<'a>(&'a self, letter: &'a Letter, channel: Channel) -> Standing<'a> {
        self.standing_of(letter, channel, &self.recipient)
    }

    /// The same with what is known of the recipient by now.
    pub fn standing_of<'a>(&'a self, letter: &'a Letter, channel: Channel, recipient: &'a Recipient) -> Standing<'a> {
        Standing {
            letter,
            channel,
            settings: self.settings(),
            order: &self.order,
            parcels: &self.parcels,
            recipient,
            breaker_is_open: self.breaker_is_open,
        }
    }

    /// The recipient as known now, strongly consistent.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn recipient_now(&self) -> Result<Recipient, VaultError> {
        recipient(&self.vault, &self.order).await
    }

    /// Whether the customer has a mailbox that is known to refuse.
    pub fn mailbox_is_dead(&self) -> bool {
        let has_mailbox = self.order.report.as_ref().is_some_and(|report| report.customer.email.is_some());
        has_mailbox && self.recipient.email_refuses
    }

    /// Whether the mail of a letter carries something that needs consent, and so the way to end it with one click.
    pub fn promotes(&self, letter: &Letter) -> bool {
        match letter.kind.purpose() {
            For::Marketing => true,
            For::OrderNews => self.settings().promotion.is_some() && self.agreed_to_marketing(),
            For::Account | For::Staff => false,
        }
    }

    fn agreed_to_marketing(&self) -> bool {
        self.recipient.preferences.as_ref().is_some_and(|chosen: &Preferences| chosen.marketing)
    }

    /// Where marketing is ended with one click.
    pub fn unsubscribe_link(&self) -> String {
        format!("{}/unsubscribe", self.preferences_link)
    }

    /// What a letter is rendered from.
    pub fn facts<'a>(&'a self, letter: &'a Letter, carries: &'a [Letter]) -> letters::Facts<'a> {
        let chosen = self.recipient.preferences.as_ref().and_then(|chosen| chosen.language);
        let bought_in = self.order.report.as_ref().and_then(|report| report.customer.locale.as_deref());
        let shop = self.settings().brand.language;
        let is_staff = letter.kind.purpose() == For::Staff;
        letters::Facts {
            letter,
            settings: self.settings(),
            order: &self.order,
            parcel: parcel_of(letter, &self.parcels),
            parcels: &self.parcels,
            return_: match &letter.about {
                About::Return { return_, .. } => self.returns.iter().find(|known| known.request.id == *return_),
                About::Order | About::Parcel { .. } => None,
            },
            link: &self.link,
            carries,
            locale: if is_staff { shop } else { Locale::of(chosen, bought_in, shop) },
            preferences_link: (!is_staff).then_some(self.preferences_link.as_str()),
            may_promote: self.promotes(letter),
        }
    }

    /// A row of the ledger.
    pub fn record(&self, letter: &Letter, channel: Channel, state: LetterState) -> LetterRecord {
        LetterRecord { letter: letter.clone(), channel, state }
    }
}

async fn recipient(vault: &Vault, order: &Order) -> Result<Recipient, VaultError> {
    let customer = order.report.as_ref().map(|report| &report.customer);
    let (email, phone) = (customer.and_then(|c| c.email.as_ref()), customer.and_then(|c| c.phone.as_ref()));
    let today = today(boot::clock::now());
    vault.recipient(&order.shop, email, phone, today).await
}

/// The day by which messages are counted.
pub fn today(now: Timestamp) -> jiff::civil::Date {
    Zone::utc().date_of(now)
}
