//! The letter ledger: claim, settle, and never two owners at once.

use crate::{
    Vault, VaultError, key,
    row::{self, Item, number, text},
};
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
};
use boot::queue::code_of;
use domain::{
    id::{LetterId, OrderKey},
    letter::{Channel, LetterRecord, LetterState},
};
use jiff::Timestamp;

/// Which row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterAt {
    /// Of which order.
    pub order: OrderKey,
    /// Which letter.
    pub id: LetterId,
    /// On which channel.
    pub channel: Channel,
}

/// A write to the ledger, from the version read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is ours, under this version: only who knows it may settle.
    Taken {
        /// The version to settle with.
        version: u64,
    },
    /// Somebody else was first.
    Lost,
}

/// A row of the ledger as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// What it says.
    pub record: LetterRecord,
    /// At which version.
    pub version: u64,
    /// The provider's own word that it took the letter: its message id and when. It settles an unknown outcome.
    pub taken: Option<(String, Timestamp)>,
}

fn ledger_row(item: &Item) -> Result<LedgerRow, VaultError> {
    let (version, record) = row::read("letter", item)?;
    let taken_id = row::text_of(item, "taken_id").map(str::to_owned);
    let taken_at = row::text_of(item, "taken_at").and_then(|at| at.parse().ok());
    Ok(LedgerRow { record, version, taken: taken_id.zip(taken_at) })
}

impl Vault {
    /// A row of the ledger, if it is there. One read.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn letter(&self, at: &LetterAt) -> Result<Option<LedgerRow>, VaultError> {
        let key = key::letter(&at.order, &at.id, at.channel);
        let answer =
            self.client.get_item().table_name(&self.table).consistent_read(true).set_key(Some(row::key_item(&key))).send().await;
        let item = answer.map_err(|error| VaultError::Unreachable(code_of(&error)))?.item;
        item.map(|item| ledger_row(&item)).transpose()
    }

    /// Every row of the ledger of an order: why each letter went or did not. One Query; a few hundred rows are a page.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn letters_of(&self, order: &OrderKey) -> Result<Vec<LedgerRow>, VaultError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :letters)")
            .expression_attribute_values(":pk", text(key::folder(order)))
            .expression_attribute_values(":letters", text(key::LETTER_PREFIX));
        let mut rows = Vec::new();
        loop {
            let page = query.clone().send().await.map_err(|error| VaultError::Unreachable(code_of(&error)))?;
            for item in page.items() {
                rows.push(ledger_row(item)?);
            }
            match page.last_evaluated_key {
                Some(from) => query = query.set_exclusive_start_key(Some(from)),
                None => return Ok(rows),
            }
        }
    }

    /// Writes a row of the ledger if it is still at `version` (0: absent): a claim, or its settlement. A claim is lost when
    /// the provider's word arrived meanwhile.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn write_letter(&self, record: &LetterRecord, version: u64) -> Result<Claim, VaultError> {
        let key = key::letter(&record.letter.order, &record.letter.id, record.channel);
        let item = row::item(&key, version + 1, record)?;
        let mut put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put = if version == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            let claims = matches!(record.state, LetterState::Claimed { .. });
            put.condition_expression(if claims {
                "#version = :version AND attribute_not_exists(taken_at)"
            } else {
                "#version = :version"
            })
            .expression_attribute_names("#version", row::VERSION)
            .expression_attribute_values(":version", number(version))
        };
        match put.send().await {
            Ok(_) => Ok(Claim::Taken { version: version + 1 }),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), PutItemError::ConditionalCheckFailedException(_)) => {
                Ok(Claim::Lost)
            }
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }

    /// Remembers beside a row that the provider says it took the letter: what settles an unknown outcome. A row that does
    /// not exist is not made, and the first word stays.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn letter_was_taken(&self, at: &LetterAt, message_id: &str, when: Timestamp) -> Result<(), VaultError> {
        let key = key::letter(&at.order, &at.id, at.channel);
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("SET taken_at = if_not_exists(taken_at, :at), taken_id = if_not_exists(taken_id, :id)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":at", text(when.to_string()))
            .expression_attribute_values(":id", text(message_id))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }
}
