//! Commits a decision: one conditional write, or one transaction when it spans several aggregates.

use crate::{
    Vault, VaultError,
    find::Find,
    key::{self, Key},
    load::Versioned,
    row::{self, Item, number, text},
    timer::{self, TimerAbout},
    worklist::WorkList,
};
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError},
    types::{Put, TransactWriteItem},
};
use boot::queue::code_of;
use domain::{
    id::{OrderKey, ShopId},
    order::Order,
    parcel::Parcel,
    return_::{Return, ReturnState},
};
use jiff::Timestamp;

/// Rows of one transaction (a DynamoDB limit).
const TRANSACTION_MAX: usize = 100;

/// One row of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// An order, decided from the version read.
    Order(Versioned<Order>),
    /// A parcel, decided from the version read.
    Parcel(Versioned<Parcel>),
    /// A return, decided from the version read (0: it is new).
    Return(Versioned<Return>),
    /// A way to find an order. Written again, it is the same row.
    Find {
        /// In which shop.
        shop: ShopId,
        /// By what.
        find: Find,
        /// Which order.
        order: OrderKey,
    },
    /// A timer. Armed again for the same moment to come, it is the same row; it costs one write, and nothing when it fires.
    Timer {
        /// About what.
        about: TimerAbout,
        /// Its deadline. It fires some hours later ([`crate::timeline::spread`]), never before.
        due_at: Timestamp,
        /// When it is armed, read from the clock just before: a timer already due is put where the next sweeps look.
        now: Timestamp,
    },
}

impl Write {
    /// The timer of an aggregate that is armed now and was not armed for this moment before.
    #[must_use]
    pub fn newly_armed(about: TimerAbout, before: Option<Timestamp>, after: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let due_at = after.filter(|due| before != Some(*due))?;
        Some(Self::Timer { about, due_at, now })
    }
}

/// Why a decision was not committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody else wrote first: load and decide again.
    #[error("somebody else wrote first")]
    Raced,
    /// The vault did not answer; the write may or may not have happened. Deciding again is harmless.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// More rows than one transaction holds.
    #[error("a decision of {0} rows does not fit one transaction of {TRANSACTION_MAX}")]
    TooLarge(usize),
}

impl Vault {
    /// Commits a decision: its aggregates all together or not at all. One aggregate costs one write request, several cost one
    /// transaction, which DynamoDB bills twice.
    ///
    /// Rows that are the same however often they are written (lookups, timers) go first, by themselves: without the
    /// aggregate they lead nowhere and do no harm, and they need not double the price of the whole.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        let mut checked = Vec::with_capacity(writes.len());
        for write in &writes {
            let put = self.put_of(write)?;
            match put.expected_version {
                None => self.put(put).await?,
                Some(_) => checked.push(put),
            }
        }
        match checked.len() {
            0 => Ok(()),
            1 => self.put(checked.remove(0)).await,
            count if count > TRANSACTION_MAX => Err(CommitError::TooLarge(count)),
            _ => self.transact(checked).await,
        }
    }

    fn put_of(&self, write: &Write) -> Result<RowPut, VaultError> {
        Ok(match write {
            Write::Order(order) => RowPut::checked(&key::order(&order.value.key()), order, order_list(&order.value))?,
            Write::Parcel(parcel) => RowPut::checked(&key::parcel(&parcel.value.key), parcel, problem_list(&parcel.value))?,
            Write::Return(return_) => {
                let order = OrderKey { shop: return_.value.shop.clone(), order: return_.value.order.clone() };
                RowPut::checked(&key::return_(&order, &return_.value.request.id), return_, held_list(&return_.value))?
            }
            Write::Find { shop, find, order } => RowPut::plain(&self.find_row(shop, find, order)?, Item::new()),
            Write::Timer { about, due_at, now } => {
                let (key, attributes) = timer::row(about, *due_at, *now);
                RowPut::plain(&key, attributes)
            }
        })
    }

    async fn put(&self, put: RowPut) -> Result<(), CommitError> {
        let mut request = self.client.put_item().table_name(&self.table).set_item(Some(put.item));
        if let Some(version) = put.expected_version {
            request = request.condition_expression(condition_text(version));
            if version > 0 {
                request = request
                    .expression_attribute_values(":version", number(version))
                    .expression_attribute_names("#version", row::VERSION);
            }
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), PutItemError::ConditionalCheckFailedException(_)) => {
                Err(CommitError::Raced)
            }
            Err(error) => Err(VaultError::Unreachable(code_of(&error)).into()),
        }
    }

    async fn transact(&self, puts: Vec<RowPut>) -> Result<(), CommitError> {
        let mut items = Vec::with_capacity(puts.len());
        for put in puts {
            let mut builder = Put::builder().table_name(&self.table).set_item(Some(put.item));
            if let Some(version) = put.expected_version {
                builder = builder.condition_expression(condition_text(version));
                if version > 0 {
                    builder = builder
                        .expression_attribute_values(":version", number(version))
                        .expression_attribute_names("#version", row::VERSION);
                }
            }
            let put = builder.build().map_err(|error| VaultError::Unreachable(error.to_string()))?;
            items.push(TransactWriteItem::builder().put(put).build());
        }
        let sent = self.client.transact_write_items().set_transact_items(Some(items)).send().await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) if lost_race(&error) => Err(CommitError::Raced),
            Err(error) => Err(VaultError::Unreachable(code_of(&error)).into()),
        }
    }
}

/// Whether a transaction failed because of another writer: a condition that no longer holds, or a conflict.
fn lost_race<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    let SdkError::ServiceError(service) = error else { return false };
    match service.err() {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => cancelled
            .cancellation_reasons()
            .iter()
            .any(|reason| matches!(reason.code(), Some("ConditionalCheckFailed" | "TransactionConflict"))),
        TransactWriteItemsError::TransactionInProgressException(_) => true,
        _ => false,
    }
}

/// What a version demands of the row in place.
fn condition_text(version: u64) -> &'static str {
    if version == 0 { "attribute_not_exists(pk)" } else { "#version = :version" }
}

struct RowPut {
    item: Item,
    expected_version: Option<u64>,
}

impl RowPut {
    /// A row that must still be at the version its decision was made from.
    fn checked<T: serde::Serialize>(
        key: &Key,
        value: &Versioned<T>,
        list: Option<(WorkList, ShopId, Timestamp)>,
    ) -> Result<Self, VaultError> {
        let mut item = row::item(key, value.version + 1, &value.value)?;
        if let Some((list, shop, since)) = list {
            item.insert("worklist".to_owned(), text(list.key(&shop)));
            item.insert("since".to_owned(), text(since.to_string()));
        }
        Ok(Self { item, expected_version: Some(value.version) })
    }

    /// A row that is the same however often it is written.
    fn plain(key: &Key, attributes: Item) -> Self {
        let mut item = row::key_item(key);
        item.extend(attributes);
        Self { item, expected_version: None }
    }
}

fn problem_list(parcel: &Parcel) -> Option<(WorkList, ShopId, Timestamp)> {
    parcel.needs_merchant_since().map(|since| (WorkList::Problems, parcel.key.shop.clone(), since))
}

fn order_list(order: &Order) -> Option<(WorkList, ShopId, Timestamp)> {
    order.needs_merchant_since().map(|since| (WorkList::Orders, order.shop.clone(), since))
}

fn held_list(return_: &Return) -> Option<(WorkList, ShopId, Timestamp)> {
    match return_.state {
        ReturnState::Held { .. } => Some((WorkList::Returns, return_.shop.clone(), return_.request.requested_at)),
        ReturnState::Approved { .. } | ReturnState::Declined { .. } => None,
    }
}
