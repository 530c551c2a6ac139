//! The vault: the only room that knows a key, a row or an attribute of the table.
//!
//! A desk loads an aggregate with its version, decides, and commits with one conditional write. The write is the fact *and*
//! the outbox: the stream carries (before, after) to `announce`. Nothing else is written to make something happen.

mod commit;
mod customer;
mod delivery;
mod desk;
mod document;
mod errand;
mod find;
mod key;
mod lane;
mod letter;
mod load;
mod mail_count;
mod park;
mod row;
mod settings;
mod source;
mod stream;
mod suppression;
pub mod timeline;
mod timer;
mod worklist;

pub use commit::{CommitError, Write};
pub use customer::Refusing;
pub use desk::Desk;
pub use errand::ErrandClaim;
pub use find::Find;
pub use lane::LaneCache;
pub use letter::{Claim, LedgerRow, LetterAt};
pub use load::{Folder, PageKey, ParcelPage, Versioned};
pub use park::Unread;
pub use settings::SettingsCache;
pub use source::{HeardNotes, Reconciled, SourceState};
pub use stream::{StreamEvent, StreamRecord, Unreadable, change};
pub use timer::{DueTimer, TimerAbout, TimerPage, TimerProgress};
pub use worklist::{WorkItem, WorkList};

/// The vault of this deployment.
#[derive(Clone)]
pub struct Vault {
    client: boot::aws::Later<aws_sdk_dynamodb::Client>,
    table: String,
    find_key: Option<[u8; 32]>,
}

/// Why the vault did not answer. Every one of these may be tried again, except an unreadable row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// DynamoDB did not answer, or not well; its code.
    #[error("the vault did not answer ({0})")]
    Unreachable(String),
    /// A row is there but cannot be read by this version of the code.
    #[error("a row of kind {kind} cannot be read at line {line} column {column}")]
    Unreadable {
        /// What kind of row.
        kind: &'static str,
        /// Where in its document.
        line: usize,
        /// Where in its document.
        column: usize,
    },
    /// A lookup was asked of a vault that was opened without the key of lookups: a mistake in a function's start.
    #[error("this function opened the vault without the key of lookups")]
    NoFindKey,
}

impl Vault {
    /// A vault over a table, without lookups.
    #[must_use]
    pub fn new(client: boot::aws::Later<aws_sdk_dynamodb::Client>, table: String) -> Self {
        Self { client, table, find_key: None }
    }

    /// The vault with the key of lookups (e-mail, number, consent). It must never change for a deployment.
    #[must_use]
    pub fn with_find_key(&self, find_key: [u8; 32]) -> Self {
        Self { find_key: Some(find_key), ..self.clone() }
    }

    /// At INIT: the client and its connection for the first event.
    pub async fn ready(&self) {
        self.client.ready().await;
    }

    /// The same with a request, where none other is made at INIT: the first one takes the longest. A failure is not one yet.
    pub async fn warm(&self) {
        self.client.begin().await;
        let probe = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", row::text("WARM"))
            .limit(1)
            .send()
            .await;
        if let Err(error) = probe {
            tracing::warn!(code = boot::queue::code_of(&error), "the vault did not answer at start");
        }
    }
}
