//! Reads the table's stream: what a row was and what it is.

use crate::{
    document,
    key::{ORDER_SK, PARCEL_SK, RETURN_PREFIX},
};
use domain::announce::Change;
use serde::{Deserialize, de::DeserializeOwned};
use std::{borrow::Cow, collections::HashMap};

/// A DynamoDB stream event as Lambda hands it over, as far as it is read.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamEvent {
    /// The records, in the order of the stream.
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// One record.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRecord {
    /// What changed.
    pub dynamodb: ChangedRow,
}

/// A changed row. Its images stay in DynamoDB's own form.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangedRow {
    /// Its keys.
    #[serde(rename = "Keys")]
    keys: Image,
    /// What it was.
    #[serde(rename = "OldImage", default)]
    before: Option<Image>,
    /// What it is.
    #[serde(rename = "NewImage", default)]
    after: Option<Image>,
    /// The record's place in its shard, by which a failure is reported.
    #[serde(rename = "SequenceNumber", default)]
    pub sequence_number: String,
}

type Image = HashMap<String, Attribute>;

/// An attribute, of which only texts and bytes are read.
#[derive(Debug, Clone, Deserialize)]
struct Attribute {
    #[serde(rename = "S", default)]
    text: Option<String>,
    /// In base64.
    #[serde(rename = "B", default)]
    bytes: Option<String>,
}

/// A record whose document this version of the code cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stream record of kind {kind} cannot be read")]
pub struct Unreadable {
    /// What kind of row.
    pub kind: &'static str,
}

/// The change of a record, or `None` for rows that announce nothing: letters, lookups, timers, and rows that went away.
///
/// # Errors
/// When the new document cannot be read. An old one that cannot be is treated as unknown: its letters have the same ids and
/// are found in the ledger.
pub fn change(record: &StreamRecord) -> Result<Option<Change>, Unreadable> {
    let row = &record.dynamodb;
    let sk = row.keys.get("sk").and_then(|sk| sk.text.as_deref()).unwrap_or_default();
    Ok(match sk {
        ORDER_SK => after(row, "order")?.map(|after| Change::Order { before: before(row), after }),
        PARCEL_SK => after(row, "parcel")?.map(|after| Change::Parcel { before: before(row), after }),
        sk if sk.starts_with(RETURN_PREFIX) => after(row, "return")?.map(|after| Change::Return { before: before(row), after }),
        _ => None,
    })
}

/// The document of an image; `None` without one, and an error for one that cannot be unpacked.
fn doc<'a>(image: Option<&'a Image>, kind: &'static str) -> Result<Option<Cow<'a, str>>, Unreadable> {
    let Some(attribute) = image.and_then(|image| image.get("doc")) else { return Ok(None) };
    match (&attribute.text, &attribute.bytes) {
        (Some(text), _) => Ok(Some(Cow::Borrowed(text))),
        (None, Some(bytes)) => document::unpacked_base64(bytes).map(|json| Some(Cow::Owned(json))).ok_or(Unreadable { kind }),
        (None, None) => Ok(None),
    }
}

fn after<T: DeserializeOwned>(row: &ChangedRow, kind: &'static str) -> Result<Option<T>, Unreadable> {
    let doc = doc(row.after.as_ref(), kind)?;
    doc.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| Unreadable { kind })
}

fn before<T: DeserializeOwned>(row: &ChangedRow) -> Option<T> {
    let doc = doc(row.before.as_ref(), "old").ok()??;
    serde_json::from_str(&doc).ok()
}
