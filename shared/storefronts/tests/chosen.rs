//! Sources whose payload we choose (Medusa's subscriber, Saleor's query): what is written in their docs is what is read.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::Payment;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use storefronts::{
    Parsed,
    Storefront::{self, Medusa, Saleor},
};
use support::{and, order, read, tree, with, without};

const MEDUSA: &str = include_str!("../MEDUSA.md");
const SALEOR: &str = include_str!("../SALEOR.md");

fn told(storefront: Storefront, body: &Value) -> Result<Parsed, String> {
    read(storefront, "", body.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// The words in a block of code.
fn words<'a>(doc: &'a str, language: &str) -> BTreeSet<&'a str> {
    let block = doc.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    block.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

/// The names of every field in a tree.
fn keys<'a>(value: &'a Value, out: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, out)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            out.insert(name);
            keys(field, out);
        }),
        _ => {}
    }
}

#[test]
fn the_query_asks_for_every_field_of_an_event_and_for_every_event() {
    let query = words(SALEOR, "graphql");
    for file in ["saleor_order_created.json", "saleor_fulfillment_tracking_number_updated.json", "saleor_order_cancelled.json"] {
        let tree = tree(file);
        let mut names = BTreeSet::new();
        keys(&tree, &mut names);
        let missing: Vec<_> = names.difference(&query).collect();
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
    let missing: Vec<_> = Saleor.topics().iter().map(|topic| topic.name).filter(|name| !query.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_subscriber_listens_to_every_event_that_is_read() {
    for topic in Medusa.topics() {
        let is_listened_to = MEDUSA.contains(&format!("\"{}\"", topic.name));
        assert_eq!(is_listened_to, !topic.used_for.is_empty(), "{}", topic.name);
    }
}

#[test]
fn a_draft_is_no_order_and_what_was_not_sent_is_no_fulfilment() {
    let draft = with(tree("saleor_order_created.json"), "/order/status", json!("DRAFT"));
    assert_eq!(told(Saleor, &draft), Ok(Parsed::Reports(Vec::new())));
    for (status, want) in [("FULFILLED", 1), ("CANCELED", 1), ("WAITING_FOR_APPROVAL", 0), ("RETURNED", 0), ("REPLACED", 0)] {
        let one = json!([{ "id": "1", "status": status, "created": "2026-11-17T12:00:00Z", "trackingNumber": "https://x.example", "lines": null }]);
        let body = with(tree("saleor_order_created.json"), "/order/fulfillments", one);
        let fulfilments = support::fulfilments(told(Saleor, &body).unwrap());
        assert_eq!(fulfilments.len(), want, "{status}");
        assert!(fulfilments.iter().all(|one| one.parcels.is_empty()), "an address of a page is no number");
    }
}

#[test]
fn every_payment_of_saleor_is_a_payment() {
    let check = |payment: &str, authorize: &str, charge: &str, want: Payment| {
        let body = with(tree("saleor_order_created.json"), "/order/paymentStatus", json!(payment));
        let body = with(with(body, "/order/authorizeStatus", json!(authorize)), "/order/chargeStatus", json!(charge));
        assert_eq!(order(told(Saleor, &body).unwrap()).payment, want, "{payment} {authorize} {charge}");
    };
    check("NOT_CHARGED", "NONE", "NONE", Payment::Pending);
    check("PENDING", "NONE", "NONE", Payment::Pending);
    check("NOT_CHARGED", "PARTIAL", "NONE", Payment::Pending);
    check("NOT_CHARGED", "FULL", "NONE", Payment::Authorized);
    check("PARTIALLY_CHARGED", "FULL", "PARTIAL", Payment::PartlyPaid);
    check("FULLY_CHARGED", "FULL", "FULL", Payment::Paid);
    check("NOT_CHARGED", "FULL", "OVERCHARGED", Payment::Paid);
    check("PARTIALLY_REFUNDED", "FULL", "FULL", Payment::PartlyRefunded);
    check("FULLY_REFUNDED", "NONE", "NONE", Payment::Refunded);
    check("REFUSED", "NONE", "NONE", Payment::Voided);
}

#[test]
fn every_payment_of_medusa_is_a_payment() {
    let check = |status: &str, want: Payment| {
        let body = with(tree("medusa_order_placed.json"), "/data/payment_status", json!(status));
        assert_eq!(order(told(Medusa, &body).unwrap()).payment, want, "{status}");
    };
    check("not_paid", Payment::Pending);
    check("awaiting", Payment::Pending);
    check("requires_action", Payment::Pending);
    check("authorized", Payment::Authorized);
    check("partially_captured", Payment::PartlyPaid);
    check("captured", Payment::Paid);
    check("partially_refunded", Payment::PartlyRefunded);
    check("refunded", Payment::Refunded);
    check("canceled", Payment::Voided);
}

#[test]
fn what_cannot_be_read_is_named() {
    let medusa = |body: &Value, want: &str| assert_eq!(told(Medusa, body), Err(want.to_owned()));
    let placed = || tree("medusa_order_placed.json");
    medusa(&without(placed(), "timestamp"), "`timestamp` is missing");
    medusa(&with(placed(), "/data", json!({ "id": "order_1" })), "`data.currency_code` is missing");
    medusa(&with(placed(), "/data/items/1/total", json!(null)), "`data.items[1].total` is missing");
    medusa(&with(placed(), "/data/items", json!(null)), "`data.items` is missing");
    medusa(&json!({}), "`type` is missing");
    let saleor = |body: &Value, want: &str| assert_eq!(told(Saleor, body), Err(want.to_owned()));
    let created = || tree("saleor_order_created.json");
    saleor(&with(created(), "/order", json!(null)), "`order` is missing");
    saleor(&with(created(), "/order/lines/0/totalPrice", json!({})), "`order.lines[0].totalPrice.gross.amount` is missing");
    saleor(&with(created(), "/order/total", json!({})), "`order.total.gross` is missing");
    saleor(&with(created(), "/order/updatedAt", json!("now")), "`order.updatedAt` is not a time with an offset (RFC 3339)");
}

#[test]
fn amounts_are_exact_in_every_currency() {
    let check = |code: &str, amount: Value, want: &str| {
        let body = with(tree("medusa_order_placed.json"), "/data/currency_code", json!(code));
        assert_eq!(order(told(Medusa, &with(body, "/data/total", amount.clone())).unwrap()).totals.total.to_string(), want);
        let body = with(
            tree("saleor_order_created.json"),
            "/order/total/gross",
            json!({ "amount": amount, "currency": code.to_uppercase() }),
        );
        assert_eq!(order(told(Saleor, &body).unwrap()).totals.total.to_string(), want);
    };
    check("eur", json!(42.480_000_000_000_004), "42.48 EUR");
    check("eur", json!("19.99"), "19.99 EUR");
    check("jpy", json!(5480), "5480 JPY");
    check("jpy", json!(5480.0), "5480 JPY");
    check("kwd", json!(1.234), "1.234 KWD");
    check("usd", json!("90071992547409.93"), "90071992547409.93 USD");
}

/// A set is packed as its parts, and a fulfilment may hold no more of a line than was bought.
#[test]
fn a_set_is_packed_once() {
    let parsed = told(Medusa, &tree("medusa_shipment_created.json")).unwrap();
    let lines = &support::fulfilments(parsed)[0].lines;
    assert_eq!(lines.iter().map(|(_, quantity)| *quantity).collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn an_order_without_an_address_is_an_order() {
    for (storefront, file, root) in
        [(Medusa, "medusa_order_placed.json", "/data"), (Saleor, "saleor_order_created.json", "/order")]
    {
        let mut body = tree(file);
        let inner = body.pointer(root).unwrap().clone();
        let fields = ["shipping_address", "billing_address", "shippingAddress", "billingAddress", "email", "userEmail", "locale"];
        let bare = fields.into_iter().fold(inner, |body, key| and(body, key, Value::Null));
        *body.pointer_mut(root).unwrap() = bare;
        let report = order(told(storefront, &body).unwrap());
        assert_eq!((report.ship_to, report.customer.email, report.customer.phone), (None, None, None), "{file}");
    }
}
