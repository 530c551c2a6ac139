//! What holds of everything that a storefront's delivery or answer is read as.

use crate::{is_clean, survives_the_queue};
use domain::{
    id::OrderId,
    order::{FULFILMENTS_MAX, LINES_MAX, Order},
    privacy::REQUEST_ORDERS_MAX,
};
use serde::Serialize;
use serde_json::Value;
use storefronts::{Parsed, Storefront, StorefrontReport, TOPIC_CHARS_MAX};

/// The longest text of any field.
const TEXT_CHARS_MAX: usize = 255;
/// The longest number that people say, and the longest name of a shipping method.
const NUMBER_CHARS_MAX: usize = 64;
const METHOD_CHARS_MAX: usize = 80;
/// The longest id.
const ID_BYTES_MAX: usize = 128;
/// More than any input is long: nothing grows while it is read, but by the names of our own fields.
const REPORT_BYTES_MAX: usize = 1024 * 1024;

/// Holds for whatever was read.
pub fn check(source: Storefront, parsed: Parsed) {
    match parsed {
        Parsed::Reports(reports) => reports.iter().for_each(|told| report(source, told)),
        Parsed::Thin { id } => {
            is_clean(&id, ID_BYTES_MAX, "an id");
            assert!(!id.is_empty());
        }
        Parsed::Unknown { topic } => is_clean(&topic, TOPIC_CHARS_MAX, "a topic"),
    }
}

fn report(storefront: Storefront, told: &StorefrontReport) {
    let is_ours = |source: &str| assert_eq!(source, storefront.as_str());
    match told {
        StorefrontReport::Order(told) => {
            is_ours(&told.source);
            is_told(told);
            is_clean(&told.number, NUMBER_CHARS_MAX, "a number");
            told.shipping_method.iter().for_each(|method| is_clean(method, METHOD_CHARS_MAX, "a method"));
            same_again(&told.source, &told.source_id, |order| order.told(told.clone()));
            same_again(&told.source, &told.source_id, |order| order.reread(told.clone()));
        }
        StorefrontReport::Fulfilment(told) => {
            is_ours(&told.source);
            is_told(told);
            same_again(&told.source, &told.order_source_id, |order| order.fulfilled(told.clone()));
        }
        StorefrontReport::Stage(told) => {
            is_ours(&told.source);
            is_told(told);
            same_again(&told.source, &told.order_source_id, |order| order.staged(told));
        }
        StorefrontReport::Refund(told) => {
            is_ours(&told.source);
            is_told(told);
            same_again(&told.source, &told.order_source_id, |order| order.refunded(told.clone()));
        }
        StorefrontReport::Privacy(told) => {
            is_ours(&told.source);
            is_told(told);
            assert!(told.orders.len() <= REQUEST_ORDERS_MAX, "{} orders", told.orders.len());
        }
    }
}

fn is_told<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(told: &T) {
    survives_the_queue(told, REPORT_BYTES_MAX);
    texts(&serde_json::to_value(told).expect("a report is JSON"));
}

fn texts(value: &Value) {
    match value {
        Value::String(text) => is_clean(text, TEXT_CHARS_MAX, "a text"),
        Value::Array(items) => items.iter().for_each(texts),
        Value::Object(fields) => fields.values().for_each(texts),
        _ => {}
    }
}

/// What an order is told twice changes it once, and no more of it is kept than its bounds say.
fn same_again<E: std::fmt::Debug + PartialEq>(source: &str, source_id: &str, tell: impl Fn(Order) -> Result<Order, E>) {
    assert!(source_id.len() <= ID_BYTES_MAX, "an id of {} bytes", source_id.len());
    let shop = "demo".parse().expect("a shop");
    let id = OrderId::of(&shop, source, source_id);
    let Ok(once) = tell(Order::new(shop, id)) else { return };
    assert_eq!(tell(once.clone()).expect("a repeat is taken"), once);
    assert!(once.report.iter().all(|report| report.lines.len() <= LINES_MAX) && once.fulfilments.len() <= FULFILMENTS_MAX);
    let _shown = (once.parcels(), once.is_all_packed(), once.refunded_in_all());
}
