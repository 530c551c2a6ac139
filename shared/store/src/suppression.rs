//! How far our rows of mailboxes that refuse were compared with the provider's own list of them.

use crate::{
    Vault, VaultError,
    key::Key,
    row::{self, text, text_of},
};
use aws_sdk_dynamodb::{error::SdkError, operation::update_item::UpdateItemError};
use boot::queue::code_of;
use jiff::Timestamp;

/// The attribute that says until when everything was compared, in whole seconds: those of one length are in order as text.
const COMPARED_UNTIL: &str = "compared_until";

fn progress_key() -> Key {
    Key { pk: "FEEDBACK#PROGRESS".to_owned(), sk: "PROGRESS".to_owned() }
}

impl Vault {
    /// Until when everything on the provider's list was compared; none: nothing yet. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn suppression_compared_until(&self) -> Result<Option<Timestamp>, VaultError> {
        let key = Some(row::key_item(&progress_key()));
        let answer = self.client.get_item().table_name(&self.table).consistent_read(true).set_key(key).send().await;
        let item = answer.map_err(|error| VaultError::Unreachable(code_of(&error)))?.item;
        let until = item.as_ref().and_then(|item| text_of(item, COMPARED_UNTIL)).map(str::parse).transpose();
        until.map_err(|_| VaultError::Unreadable { kind: "suppression", line: 0, column: 0 })
    }

    /// Remembers until when everything was compared, unless somebody came further already.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn note_suppression_compared(&self, until: Timestamp) -> Result<(), VaultError> {
        let noted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&progress_key())))
            .update_expression("SET #until = :until")
            .condition_expression("attribute_not_exists(#until) OR #until < :until")
            .expression_attribute_names("#until", COMPARED_UNTIL)
            .expression_attribute_values(":until", text(until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }
}
