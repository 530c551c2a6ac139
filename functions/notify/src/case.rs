//! The case of a letter: everything known about its order when it may go out.

use crate::Room;
use boot::batch::Outcome;
use domain::{
    calendar::Zone,
    dispatch::{Recipient, Standing},
    id::{OrderKey, ParcelKey},
    letter::{Channel, Letter, LetterRecord, LetterState},
    link::OrderLinks,
    order::Order,
    parcel::Parcel,
    return_::Return,
    settings::{ShopSettings, VersionedSettings},
};
use jiff::Timestamp;
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
    links: OrderLinks,
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
        let base = settings.settings.brand.public_url.as_deref().or(room.public_url.as_deref());
        let base = base.ok_or_else(|| Outcome::Again("neither the shop nor the deployment has a public address".to_owned()))?;
        Ok(Self {
            links: OrderLinks::seal(key, base, &order, boot::clock::now()),
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

    /// Where marketing is ended with one click.
    pub fn unsubscribe_link(&self) -> String {
        format!("{}/unsubscribe", self.links.preferences)
    }

    /// What a letter is rendered from.
    pub fn facts<'a>(&'a self, letter: &'a Letter, carries: &'a [Letter], channel: Channel) -> letters::Facts<'a> {
        letters::Facts::of(&self.standing(letter, channel), &self.returns, carries, &self.links)
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
