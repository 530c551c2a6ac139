//! What is known of whom we write to: bounces and complaints, the word STOP, what they chose. Keyed by hash, without names.

use crate::{
    Vault, VaultError,
    key::{self, Key},
    row::{self, Item, text},
};
use aws_sdk_dynamodb::{error::SdkError, operation::update_item::UpdateItemError};
use boot::queue::code_of;
use domain::{
    address::{EmailAddress, Phone},
    dispatch::Recipient,
    id::ShopId,
    opt_out::{self, OptKeyword},
    preference::Preferences,
};
use jiff::{Timestamp, civil::Date};

/// Why an address must not be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusing {
    /// It bounced for good.
    Bounced,
    /// Its owner complained.
    Complained,
}

impl Refusing {
    fn attribute(self) -> &'static str {
        match self {
            Self::Bounced => "bounced_at",
            Self::Complained => "complained_at",
        }
    }
}

/// When the owner of a phone last said stop.
const STOPPED_AT: &str = "stopped_at";
/// When they last said start.
const STARTED_AT: &str = "started_at";
/// When they last ended marketing with one click.
const MARKETING_ENDED_AT: &str = "marketing_ended_at";

impl Vault {
    /// What is known of a customer by their addresses, strongly consistent: after a "stop" was remembered, nobody reads that
    /// they may be written to. One read for all of it.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn recipient(
        &self,
        shop: &ShopId,
        email: Option<&EmailAddress>,
        phone: Option<&Phone>,
        today: Date,
    ) -> Result<Recipient, VaultError> {
        let email_row = email.map(|email| self.email_row(shop, email)).transpose()?;
        let everywhere = email.map(|email| self.email_row_of_every_shop(email)).transpose()?;
        let phone_row = phone.map(|phone| self.phone_row(phone)).transpose()?;
        let keys: Vec<Key> = email_row.iter().chain(&everywhere).chain(&phone_row).cloned().collect();
        let items = if keys.is_empty() { Vec::new() } else { self.batch_get(&keys).await? };
        let found =
            |key: &Option<Key>| key.as_ref().and_then(|key| items.iter().find(|item| row::text_of(item, "pk") == Some(&key.pk)));
        let phone_stopped = match found(&phone_row) {
            None => false,
            Some(item) => opt_out::is_stopped(moment(item, STOPPED_AT)?, moment(item, STARTED_AT)?),
        };
        let refuses = |item: &Item| ["bounced_at", "complained_at"].iter().any(|why| item.contains_key(*why));
        let email_refuses = [found(&email_row), found(&everywhere)].into_iter().flatten().any(refuses);
        let chosen = self.chooser(shop, email, phone)?;
        let preferences = match &chosen {
            Some(key) if Some(key) == email_row.as_ref() => found(&email_row).map(preferences).transpose()?.flatten(),
            // Somebody without a mailbox chose under their phone, in a row of the shop's.
            Some(key) => self.batch_get(std::slice::from_ref(key)).await?.first().map(preferences).transpose()?.flatten(),
            None => None,
        };
        Ok(Recipient {
            email_refuses,
            phone_stopped,
            mails_today: found(&email_row).map_or(0, |item| count_of(item, today)),
            texts_today: found(&phone_row).map_or(0, |item| count_of(item, today)),
            preferences,
        })
    }

    /// Remembers what a customer chose, unless they chose something later already.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn choose(
        &self,
        shop: &ShopId,
        email: Option<&EmailAddress>,
        phone: Option<&Phone>,
        preferences: &Preferences,
    ) -> Result<(), VaultError> {
        let Some(key) = self.chooser(shop, email, phone)? else { return Ok(()) };
        let doc = serde_json::to_string(preferences);
        let doc = doc.map_err(|_| VaultError::Unreadable { kind: "outgoing", line: 0, column: 0 })?;
        let chosen = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("SET preferences = :doc, chosen_at = :at")
            .condition_expression("attribute_not_exists(chosen_at) OR chosen_at < :at")
            .expression_attribute_values(":doc", text(doc))
            .expression_attribute_values(":at", text(sortable(preferences.chosen_at)))
            .send()
            .await;
        match chosen {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }

    /// Remembers that a customer ended marketing. It stands beside what they chose, not within it: a choice made earlier and
    /// heard later ends the same, and only one made later may bring marketing back.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn end_marketing(
        &self,
        shop: &ShopId,
        email: Option<&EmailAddress>,
        phone: Option<&Phone>,
        ended_at: Timestamp,
    ) -> Result<(), VaultError> {
        match self.chooser(shop, email, phone)? {
            Some(key) => self.note_latest(&key, MARKETING_ENDED_AT, ended_at).await,
            None => Ok(()),
        }
    }

    /// Counts a mail that the provider took for this address on this day.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn count_mail(&self, shop: &ShopId, email: &EmailAddress, day: Date) -> Result<(), VaultError> {
        self.count(&self.email_row(shop, email)?, day).await
    }

    /// Counts a text to this phone on this day, of whatever shop.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn count_text(&self, phone: &Phone, day: Date) -> Result<(), VaultError> {
        self.count(&self.phone_row(phone)?, day).await
    }

    /// Counts within a day; the first of a new day begins again at one. A race at midnight may lose one.
    async fn count(&self, key: &Key, day: Date) -> Result<(), VaultError> {
        let day = text(day.to_string());
        for (update, condition) in [
            ("SET count_of_day = count_of_day + :one", "count_day = :day"),
            ("SET count_of_day = :one, count_day = :day", "attribute_not_exists(count_day) OR count_day < :day"),
        ] {
            let counted = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(row::key_item(key)))
                .update_expression(update)
                .condition_expression(condition)
                .expression_attribute_values(":day", day.clone())
                .expression_attribute_values(":one", row::number(1))
                .send()
                .await;
            match counted {
                Ok(_) => return Ok(()),
                Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => {}
                Err(error) => return Err(VaultError::Unreachable(code_of(&error))),
            }
        }
        Ok(())
    }

    /// Remembers that a mailbox refuses the mail of every shop: SES's own list, which belongs to the account, says so.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn refuse_email_everywhere(&self, email: &EmailAddress, why: Refusing, at: Timestamp) -> Result<(), VaultError> {
        self.refuse(&self.email_row_of_every_shop(email)?, why, at).await
    }

    /// Remembers that an address refuses. Written again, the first moment stays; nothing takes it back here.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn refuse_email(
        &self,
        shop: &ShopId,
        email: &EmailAddress,
        why: Refusing,
        at: Timestamp,
    ) -> Result<(), VaultError> {
        self.refuse(&self.email_row(shop, email)?, why, at).await
    }

    async fn refuse(&self, key: &Key, why: Refusing, at: Timestamp) -> Result<(), VaultError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(key)))
            .update_expression("SET #why = if_not_exists(#why, :at)")
            .expression_attribute_names("#why", why.attribute())
            .expression_attribute_values(":at", text(at.to_string()))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// Remembers what the owner of a phone asked for, for every shop: a text to our number names none. Of each word the
    /// latest moment is kept (in milliseconds), so that any order and any number of repeats ends the same.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn note_phone(&self, phone: &Phone, keyword: OptKeyword, at: Timestamp) -> Result<(), VaultError> {
        let attribute = match keyword {
            OptKeyword::Stop => STOPPED_AT,
            OptKeyword::Start => STARTED_AT,
        };
        self.note_latest(&self.phone_row(phone)?, attribute, at).await
    }

    /// Keeps the latest of the moments that an attribute is told.
    async fn note_latest(&self, key: &Key, attribute: &str, at: Timestamp) -> Result<(), VaultError> {
        let noted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(key)))
            .update_expression("SET #what = :at")
            .condition_expression("attribute_not_exists(#what) OR #what < :at")
            .expression_attribute_names("#what", attribute)
            .expression_attribute_values(":at", text(sortable(at)))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            // A later moment is known already.
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }

    fn email_row(&self, shop: &ShopId, email: &EmailAddress) -> Result<Key, VaultError> {
        Ok(key::customer(shop, &self.keyed_hash(shop.as_str(), "email", &email.folded())?))
    }

    fn email_row_of_every_shop(&self, email: &EmailAddress) -> Result<Key, VaultError> {
        Ok(key::customer_of_every_shop(&self.keyed_hash(key::EVERY_SHOP, "email", &email.folded())?))
    }

    /// Where somebody's choices stand: with their mailbox, else with their phone as this shop's.
    fn chooser(&self, shop: &ShopId, email: Option<&EmailAddress>, phone: Option<&Phone>) -> Result<Option<Key>, VaultError> {
        match (email, phone) {
            (Some(email), _) => self.email_row(shop, email).map(Some),
            (None, Some(phone)) => Ok(Some(key::customer(shop, &self.keyed_hash(shop.as_str(), "phone", phone.as_str())?))),
            (None, None) => Ok(None),
        }
    }

    fn phone_row(&self, phone: &Phone) -> Result<Key, VaultError> {
        Ok(key::customer_of_every_shop(&self.keyed_hash(key::EVERY_SHOP, "phone", phone.as_str())?))
    }
}

/// A moment in a row. One that cannot be read is an error: to take it for none would write to somebody who said stop.
fn moment(item: &Item, attribute: &str) -> Result<Option<Timestamp>, VaultError> {
    let moment = row::text_of(item, attribute).map(str::parse).transpose();
    moment.map_err(|_| VaultError::Unreadable { kind: "customer", line: 0, column: 0 })
}

/// A moment with always three digits of a second: those of one length are in order as text.
fn sortable(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// What a row says was chosen. Choices that cannot be read are an error: to take them for none would write to somebody who
/// asked for silence.
fn preferences(item: &Item) -> Result<Option<Preferences>, VaultError> {
    let Some(doc) = row::text_of(item, "preferences") else { return Ok(None) };
    let unreadable =
        |error: serde_json::Error| VaultError::Unreadable { kind: "preferences", line: error.line(), column: error.column() };
    let chosen: Preferences = serde_json::from_str(doc).map_err(unreadable)?;
    // As finely as the row tells moments.
    let is_ended =
        moment(item, MARKETING_ENDED_AT)?.is_some_and(|ended| chosen.chosen_at.as_millisecond() <= ended.as_millisecond());
    Ok(Some(if is_ended { chosen.without_marketing(chosen.chosen_at) } else { chosen }))
}

/// How many were counted on this day.
fn count_of(item: &Item, day: Date) -> u32 {
    if row::text_of(item, "count_day") != Some(day.to_string().as_str()) {
        return 0;
    }
    item.get("count_of_day").and_then(|count| count.as_n().ok()).and_then(|count| count.parse().ok()).unwrap_or(0)
}
