//! A published message is never edited: today's code reads every golden file and writes it back as it was.

use contracts::{ToErrands, ToMailEvents, ToNotify, ToOrders, ToReturns, ToSources, ToTracking};
use house::repository;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const FOLDER: &str = "events/contracts";

/// The golden files of one queue: `orders.order.reported.v1.json` is for the queue of `orders`.
fn golden(queue: &str) -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(repository::root().join(FOLDER)).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter(|name| name.starts_with(&format!("{queue}.")) && name.ends_with(".json"));
    names.map(|name| (name.clone(), repository::text(&format!("{FOLDER}/{name}")))).collect()
}

#[track_caller]
fn reads_and_writes_back<M: Serialize + DeserializeOwned>(queue: &str) {
    let files = golden(queue);
    assert!(!files.is_empty(), "there is no golden file for the queue {queue}");
    for (name, text) in files {
        let message: M = contracts::read(&text).unwrap_or_else(|error| panic!("{name} cannot be read any more: {error}"));
        let written: Json = serde_json::from_str(&contracts::write(&message).unwrap()).unwrap();
        let golden: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(written, golden, "{name} is written in another way than it was published");
        let kind = golden["type"].as_str().unwrap();
        let variant = name.strip_prefix(&format!("{queue}.")).and_then(|rest| rest.strip_suffix(".json")).unwrap();
        assert!(variant == kind || variant.starts_with(&format!("{kind}.")), "{name} holds a {kind}");
    }
}

#[test]
fn every_golden_message_is_still_read_and_written_as_published() {
    reads_and_writes_back::<ToOrders>("orders");
    reads_and_writes_back::<ToTracking>("tracking");
    reads_and_writes_back::<ToReturns>("returns");
    reads_and_writes_back::<ToNotify>("letters");
    reads_and_writes_back::<ToErrands>("errands");
    reads_and_writes_back::<ToMailEvents>("feedback");
    reads_and_writes_back::<ToSources>("sources");
}

#[test]
fn every_message_that_exists_has_a_golden_file() {
    let source = repository::text("shared/contracts/src/lib.rs");
    let queues = [
        ("ToOrders", "orders"),
        ("ToTracking", "tracking"),
        ("ToReturns", "returns"),
        ("ToNotify", "letters"),
        ("ToErrands", "errands"),
        ("ToMailEvents", "feedback"),
        ("ToSources", "sources"),
    ];
    let enums: BTreeSet<&str> = source.split("pub enum ").skip(1).map(|rest| rest.split([' ', '{']).next().unwrap()).collect();
    assert_eq!(enums, queues.iter().map(|(name, _)| *name).collect(), "a queue came or went");
    for (name, queue) in queues {
        let (_, rest) = source.split_once(&format!("pub enum {name} {{")).unwrap();
        let (variants, _) = rest.split_once("\n}").unwrap();
        let published: BTreeSet<&str> = variants
            .split("#[serde(rename = \"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .filter(|name| name.contains(".v"))
            .collect();
        assert!(!published.is_empty());
        let files = golden(queue);
        let kinds: BTreeSet<String> =
            files.values().map(|text| serde_json::from_str::<Json>(text).unwrap()["type"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, published.into_iter().map(str::to_owned).collect(), "{name} against {FOLDER}/{queue}.*.json");
    }
}

#[test]
fn a_message_of_nobody_is_refused_without_being_quoted() {
    for body in [
        "",
        "{}",
        "[1]",
        r#"{"type":"order.reported.v9","shop":"demo"}"#,
        r#"{"type":"link.requested.v1","email":"a@b.example"}"#,
        "secret words",
    ] {
        let error = contracts::read::<ToOrders>(body).unwrap_err().to_string();
        for word in ["demo", "a@b.example", "secret"] {
            assert!(!error.contains(word), "{error}");
        }
    }
}
