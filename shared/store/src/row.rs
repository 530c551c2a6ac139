//! A row: keys, a version that every write checks, and the aggregate as one document.

use crate::{VaultError, document, key::Key};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// A DynamoDB item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute that holds the aggregate.
pub(crate) const DOC: &str = "doc";
/// The attribute that every conditional write checks.
pub(crate) const VERSION: &str = "version";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A new item with its keys, version and document.
pub(crate) fn item<T: Serialize>(key: &Key, version: u64, value: &T) -> Result<Item, VaultError> {
    let doc = serde_json::to_string(value).map_err(|_| VaultError::Unreadable { kind: "outgoing", line: 0, column: 0 })?;
    Ok(HashMap::from([
        ("pk".to_owned(), text(&key.pk)),
        ("sk".to_owned(), text(&key.sk)),
        (VERSION.to_owned(), number(version)),
        (DOC.to_owned(), document::packed(doc)),
    ]))
}

/// The keys as an item, for reads.
pub(crate) fn key_item(key: &Key) -> Item {
    HashMap::from([("pk".to_owned(), text(&key.pk)), ("sk".to_owned(), text(&key.sk))])
}

/// The version and the aggregate of an item.
pub(crate) fn read<T: DeserializeOwned>(kind: &'static str, item: &Item) -> Result<(u64, T), VaultError> {
    let unreadable = |line, column| VaultError::Unreadable { kind, line, column };
    let version = item.get(VERSION).and_then(|v| v.as_n().ok()).and_then(|n| n.parse().ok()).ok_or(unreadable(0, 0))?;
    let doc = item.get(DOC).and_then(document::unpacked).ok_or(unreadable(0, 0))?;
    let value = serde_json::from_str(&doc).map_err(|error| unreadable(error.line(), error.column()))?;
    Ok((version, value))
}

/// A text attribute of an item.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}
