//! What a customer's addresses allow: suppression by bounce and complaint, and the word STOP. Keyed by hash, without names.

use crate::{
    Vault, VaultError,
    key::{self, Key},
    row::{self, Item, text},
};
use aws_sdk_dynamodb::{error::SdkError, operation::update_item::UpdateItemError};
use boot::queue::code_of;
use domain::{
    address::{EmailAddress, Phone},
    id::ShopId,
    opt_out::{self, OptKeyword},
};
use jiff::Timestamp;

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

/// What is known of the addresses of one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerFlags {
    /// The mailbox bounced for good or its owner complained.
    pub email_refuses: bool,
    /// The owner of the phone said stop, to any shop of the deployment, and has not said start since.
    pub phone_stopped: bool,
}

/// When the owner of a phone last said stop.
const STOPPED_AT: &str = "stopped_at";
/// When they last said start.
const STARTED_AT: &str = "started_at";

impl Vault {
    /// What the addresses of a customer allow. One read for both.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn customer_flags(
        &self,
        shop: &ShopId,
        email: Option<&EmailAddress>,
        phone: Option<&Phone>,
    ) -> Result<CustomerFlags, VaultError> {
        let email = email.map(|email| self.email_row(shop, email)).transpose()?;
        let phone = phone.map(|phone| self.phone_row(phone)).transpose()?;
        let keys: Vec<Key> = email.iter().chain(&phone).cloned().collect();
        if keys.is_empty() {
            return Ok(CustomerFlags::default());
        }
        let items = self.batch_get(&keys).await?;
        let found = |key: Option<Key>| key.and_then(|key| items.iter().find(|item| row::text_of(item, "pk") == Some(&key.pk)));
        let phone_stopped = match found(phone) {
            None => false,
            Some(item) => opt_out::is_stopped(moment(item, STOPPED_AT)?, moment(item, STARTED_AT)?),
        };
        let email_refuses =
            found(email).is_some_and(|item| ["bounced_at", "complained_at"].iter().any(|why| item.contains_key(*why)));
        Ok(CustomerFlags { email_refuses, phone_stopped })
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
        let key = self.email_row(shop, email)?;
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
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
        let noted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&self.phone_row(phone)?)))
            .update_expression("SET #word = :at")
            .condition_expression("attribute_not_exists(#word) OR #word < :at")
            .expression_attribute_names("#word", attribute)
            // Always three digits of a second: moments of one length are in order as text.
            .expression_attribute_values(":at", text(at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            // A later word of the same kind is known already.
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }

    fn email_row(&self, shop: &ShopId, email: &EmailAddress) -> Result<Key, VaultError> {
        Ok(key::customer(shop, &self.keyed_hash(shop.as_str(), "email", &email.folded())?))
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
