//! The worklist: the few rows that need a person, in a sparse index.

use crate::{
    Vault, VaultError,
    key::{Key, ORDER_SK, PARCEL_SK, RETURN_PREFIX},
    row::{read, text, text_of},
};
use boot::queue::code_of;
use domain::{id::ShopId, order::Order, parcel::Parcel, return_::Return};

/// Rows shown of one list; longer lists are worked off from the oldest.
const LIST_MAX: i32 = 100;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkList {
    /// Parcels in trouble that only the shop can help.
    Problems,
    /// Returns a person has to decide.
    Returns,
    /// Orders whose customer answered something, or that were not packed in time.
    Orders,
}

impl WorkList {
    pub(crate) fn key(self, shop: &ShopId) -> String {
        match self {
            Self::Problems => format!("{shop}#problems"),
            Self::Returns => format!("{shop}#returns"),
            Self::Orders => format!("{shop}#orders"),
        }
    }
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkItem {
    /// A parcel.
    Parcel(Box<Parcel>),
    /// A return.
    Return(Box<Return>),
    /// An order.
    Order(Box<Order>),
}

impl Vault {
    /// A list of a shop, the oldest first, at most a hundred. One Query and one BatchGetItem.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn worklist(&self, shop: &ShopId, list: WorkList) -> Result<Vec<WorkItem>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("worklist")
            .key_condition_expression("worklist = :list")
            .expression_attribute_values(":list", text(list.key(shop)))
            .limit(LIST_MAX)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let key = |item| Some(Key { pk: text_of(item, "pk")?.to_owned(), sk: text_of(item, "sk")?.to_owned() });
        let keys: Vec<Key> = page.items().iter().filter_map(key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.batch_get(&keys).await?;
        let mut out = Vec::new();
        for key in &keys {
            let same = |item: &&_| text_of(item, "pk") == Some(&key.pk) && text_of(item, "sk") == Some(&key.sk);
            let Some(item) = items.iter().find(same) else { continue };
            // The index lags a moment behind: a row that left the list since is not shown.
            if text_of(item, "worklist") != Some(&list.key(shop)) {
                continue;
            }
            if key.sk == ORDER_SK {
                out.push(WorkItem::Order(Box::new(read::<Order>("order", item)?.1)));
            } else if key.sk == PARCEL_SK {
                out.push(WorkItem::Parcel(Box::new(read::<Parcel>("parcel", item)?.1)));
            } else if key.sk.starts_with(RETURN_PREFIX) {
                out.push(WorkItem::Return(Box::new(read::<Return>("return", item)?.1)));
            }
        }
        Ok(out)
    }
}
