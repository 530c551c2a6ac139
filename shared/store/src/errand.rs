//! The ledger of errands: done once, remembered.

use crate::{
    Vault, VaultError, key,
    row::{self, text},
};
use aws_sdk_dynamodb::{error::SdkError, operation::put_item::PutItemError};
use boot::queue::code_of;
use domain::errand::Errand;
use jiff::Timestamp;

/// Whether an errand may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrandClaim {
    /// Do it.
    Ours,
    /// It is done, or somebody has it until the lease ends.
    NotOurs,
}

impl Vault {
    /// Claims an errand until `lease_until`; an errand that was done is never claimed again. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn claim_errand(&self, errand: &Errand, now: Timestamp, lease_until: Timestamp) -> Result<ErrandClaim, VaultError> {
        let key = key::errand(&errand.order, &errand.id);
        let mut item = row::item(&key, 1, errand)?;
        item.insert("lease_until".to_owned(), text(lease_until.to_string()));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR (attribute_not_exists(done_at) AND lease_until < :now)")
            .expression_attribute_values(":now", text(now.to_string()));
        match put.send().await {
            Ok(_) => Ok(ErrandClaim::Ours),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), PutItemError::ConditionalCheckFailedException(_)) => {
                Ok(ErrandClaim::NotOurs)
            }
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }

    /// Remembers that an errand is done, or not to be done, and how it ended. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn settle_errand(&self, errand: &Errand, now: Timestamp, how: &str) -> Result<(), VaultError> {
        let key = key::errand(&errand.order, &errand.id);
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("SET done_at = :now, how = :how")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":how", text(how))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| VaultError::Unreachable(code_of(&error)))
    }
}
