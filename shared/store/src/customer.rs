//! What a customer's addresses allow: suppression by bounce and complaint, and the word STOP. Keyed by hash, without names.

use crate::{
    Vault, VaultError,
    key::{self, Key},
    row::{self, text},
};
use boot::queue::code_of;
use domain::{
    address::{EmailAddress, Phone},
    id::ShopId,
};
use jiff::Timestamp;

/// Why an address must not be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusing {
    /// It bounced for good.
    Bounced,
    /// Its owner complained.
    Complained,
    /// Its owner said stop.
    Stopped,
}

impl Refusing {
    fn attribute(self) -> &'static str {
        match self {
            Self::Bounced => "bounced_at",
            Self::Complained => "complained_at",
            Self::Stopped => "stopped_at",
        }
    }
}

/// What is known of the addresses of one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerFlags {
    /// The mailbox bounced for good or its owner complained.
    pub email_refuses: bool,
    /// The owner of the phone said stop.
    pub phone_stopped: bool,
}

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
        let phone = phone.map(|phone| self.phone_row(shop, phone)).transpose()?;
        let keys: Vec<Key> = email.iter().chain(&phone).cloned().collect();
        if keys.is_empty() {
            return Ok(CustomerFlags::default());
        }
        let items = self.batch_get(&keys).await?;
        let has = |key: &Option<Key>, attributes: &[&str]| {
            let pk = key.as_ref().map(|key| key.pk.as_str());
            items
                .iter()
                .filter(|item| pk.is_some() && row::text_of(item, "pk") == pk)
                .any(|item| attributes.iter().any(|a| item.contains_key(*a)))
        };
        Ok(CustomerFlags {
            email_refuses: has(&email, &["bounced_at", "complained_at"]),
            phone_stopped: has(&phone, &["stopped_at"]),
        })
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

    fn email_row(&self, shop: &ShopId, email: &EmailAddress) -> Result<Key, VaultError> {
        Ok(key::customer(shop, &self.keyed_hash(shop, "email", &email.folded())?))
    }

    fn phone_row(&self, shop: &ShopId, phone: &Phone) -> Result<Key, VaultError> {
        Ok(key::customer(shop, &self.keyed_hash(shop, "phone", phone.as_str())?))
    }
}
