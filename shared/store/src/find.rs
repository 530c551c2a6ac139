//! Finds an order by what a person knows of it. The row's key holds a keyed hash, never the number or the address.

use crate::{
    Vault, VaultError,
    key::Key,
    row::{text, text_of},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use boot::queue::code_of;
use domain::{
    address::EmailAddress,
    id::{OrderKey, ShopId},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// Orders looked at under one number or address; storefront numbers are unique, so more means somebody plays.
const FOUND_MAX: i32 = 20;

/// By what an order is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// By the number people say, however they write it.
    Number(String),
    /// By the e-mail address it was ordered with.
    Email(EmailAddress),
}

impl Find {
    fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Email(_) => "email",
        }
    }

    /// The form in which two spellings are one: `#1001`, ` 1001 ` and `1001` are one number.
    fn folded(&self) -> String {
        match self {
            Self::Number(number) => number.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase(),
            Self::Email(email) => email.folded(),
        }
    }
}

impl Vault {
    /// The orders found by this, at most twenty. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn find(&self, shop: &ShopId, find: &Find) -> Result<Vec<OrderKey>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(self.find_pk(shop, find)?))
            .limit(FOUND_MAX)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let ids = page.items().iter().filter_map(|item| text_of(item, "sk")?.parse().ok());
        Ok(ids.map(|order| OrderKey { shop: shop.clone(), order }).collect())
    }

    pub(crate) fn find_row(&self, shop: &ShopId, find: &Find, order: &OrderKey) -> Result<Key, VaultError> {
        Ok(Key { pk: self.find_pk(shop, find)?, sk: order.order.to_string() })
    }

    fn find_pk(&self, shop: &ShopId, find: &Find) -> Result<String, VaultError> {
        Ok(format!("FIND#{shop}#{}#{}", find.kind(), self.keyed_hash(shop.as_str(), find.kind(), &find.folded())?))
    }

    /// A hash nobody without the deployment's key can make: a leaked key list names nobody. `scope` is a shop's name, or
    /// [`crate::key::EVERY_SHOP`].
    pub(crate) fn keyed_hash(&self, scope: &str, kind: &str, value: &str) -> Result<String, VaultError> {
        let key = self.find_key.ok_or(VaultError::NoFindKey)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| VaultError::NoFindKey)?;
        for part in [scope, kind, value] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Ok(URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..18]))
    }
}
