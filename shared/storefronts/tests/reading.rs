//! Awkward deliveries: what may be missing, what must not be, and what no body may do.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::{FulfilmentReport, FulfilmentState, OrderReport, Payment};
use proptest::prelude::*;
use serde_json::{Value, json};
use storefronts::{
    BadDelivery, Parsed,
    Storefront::{self, Shopify, Standard, WooCommerce},
    StorefrontReport,
};
use support::{event, read};

fn order(storefront: Storefront, topic: &str, body: &Value) -> OrderReport {
    match read(storefront, topic, body.to_string().as_bytes()).unwrap() {
        Parsed::Reports(reports) => match reports.into_iter().next().unwrap() {
            StorefrontReport::Order(report) => report,
            other => panic!("not an order: {other:?}"),
        },
        Parsed::Unknown { topic } => panic!("unknown {topic}"),
    }
}

fn fulfilment(storefront: Storefront, topic: &str, body: &Value) -> FulfilmentReport {
    match read(storefront, topic, body.to_string().as_bytes()).unwrap() {
        Parsed::Reports(reports) => match reports.into_iter().next_back().unwrap() {
            StorefrontReport::Fulfilment(report) => report,
            other => panic!("not a fulfilment: {other:?}"),
        },
        Parsed::Unknown { topic } => panic!("unknown {topic}"),
    }
}

fn shopify_order() -> Value {
    json!({
        "id": 9_223_372_036_854_775_807_u64, "name": "#7", "currency": "USD", "financial_status": "paid", "total_price": "10.00",
        "created_at": "2026-11-16T09:00:00-08:00", "updated_at": "2026-11-16T09:00:01-08:00",
        "line_items": [{ "id": 1, "title": "Mug", "quantity": 2, "price": "6.00", "total_discount": "2.00" }],
    })
}

fn woo_order() -> Value {
    json!({
        "id": 1, "number": "1", "status": "processing", "currency": "USD", "total": "10.00",
        "date_created_gmt": "2026-11-16T17:00:00", "date_modified_gmt": "2026-11-16T17:00:01",
        "line_items": [{ "id": 1, "name": "Mug", "quantity": 1, "total": "9.00", "total_tax": "1.00" }],
    })
}

fn with(mut body: Value, path: &str, value: Value) -> Value {
    *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    body
}

fn and(mut body: Value, key: &str, value: Value) -> Value {
    body.as_object_mut().unwrap().insert(key.to_owned(), value);
    body
}

fn without(mut body: Value, key: &str) -> Value {
    body.as_object_mut().unwrap().remove(key);
    body
}

#[test]
fn an_order_of_which_almost_everything_was_left_out_is_read() {
    let report = order(Shopify, "orders/create", &shopify_order());
    assert_eq!(report.source_id, "9223372036854775807");
    assert_eq!(report.lines[0].paid.to_string(), "10.00 USD");
    assert_eq!((report.customer.email, report.ship_to, report.totals.shipping), (None, None, None));
    let report = order(WooCommerce, "order.created", &woo_order());
    assert_eq!((report.lines[0].paid.to_string().as_str(), report.lines[0].ships), ("10.00 USD", false));
}

#[test]
fn a_redacted_customer_is_nobody_and_no_reason_to_lose_the_order() {
    let mut body = shopify_order();
    for key in
        ["email", "contact_email", "phone", "customer", "billing_address", "shipping_address", "customer_locale", "fulfillments"]
    {
        body = and(body, key, Value::Null);
    }
    let report = order(Shopify, "orders/updated", &body);
    assert_eq!(report.customer, domain::address::Customer::default());
    let body = and(and(woo_order(), "billing", json!([])), "shipping", json!([]));
    assert_eq!(order(WooCommerce, "order.updated", &body).ship_to, None);
}

#[test]
fn an_address_that_cannot_be_right_is_left_out_and_the_next_one_is_taken() {
    let body = and(shopify_order(), "email", json!("jo@doe.example\r\nBcc: x@y.example"));
    let body = and(body, "contact_email", json!("jo at doe"));
    let body = and(body, "customer", json!({ "email": "jo@doe.example", "phone": "555-555-SHIP" }));
    let body = and(body, "phone", json!("not given"));
    let customer = order(Shopify, "orders/create", &body).customer;
    assert_eq!(customer.email.unwrap().as_str(), "jo@doe.example");
    assert_eq!(customer.phone, None);
}

#[test]
fn properties_come_in_three_shapes_and_do_not_matter() {
    for shape in [json!([{ "name": "a", "value": 1 }]), json!({ "a": 1 }), json!(null), json!("x")] {
        let mut body = shopify_order();
        body["line_items"][0]["properties"] = shape;
        assert_eq!(order(Shopify, "orders/create", &body).lines.len(), 1);
    }
}

#[test]
fn amounts_are_exact_in_every_currency_and_as_numbers_too() {
    let check = |currency: &str, price: Value, total: Value, want: (&str, &str)| {
        let body = with(shopify_order(), "/currency", json!(currency));
        let body = with(with(body, "/line_items/0/price", price), "/total_price", total);
        let report = order(Shopify, "orders/create", &with(body, "/line_items/0/total_discount", Value::Null));
        assert_eq!((report.lines[0].paid.to_string().as_str(), report.totals.total.to_string().as_str()), want);
    };
    check("JPY", json!("5480"), json!("10960.0"), ("10960 JPY", "10960 JPY"));
    check("KWD", json!("1.234"), json!("2.468"), ("2.468 KWD", "2.468 KWD"));
    check("USD", json!(0.1), json!(0.2), ("0.20 USD", "0.20 USD"));
    check("USD", json!("90071992547409.93"), json!("180143985094819.86"), ("180143985094819.86 USD", "180143985094819.86 USD"));
}

#[test]
fn discounts_are_taken_off_a_line_but_never_below_nothing() {
    let allocated = |amounts: &[&str]| {
        let list: Vec<_> = amounts.iter().map(|amount| json!({ "amount": amount })).collect();
        let mut body = shopify_order();
        body["line_items"][0]["discount_allocations"] = json!(list);
        order(Shopify, "orders/create", &body).lines[0].paid.minor
    };
    assert_eq!(allocated(&[]), 1000);
    assert_eq!(allocated(&["1.50", "0.25"]), 1025);
    assert_eq!(allocated(&["99.00"]), 0);
}

#[test]
fn every_financial_status_is_a_payment() {
    let check = |status: Value, want: Payment| {
        assert_eq!(order(Shopify, "orders/updated", &with(shopify_order(), "/financial_status", status)).payment, want);
    };
    check(json!("pending"), Payment::Pending);
    check(json!("authorized"), Payment::Authorized);
    check(json!("partially_paid"), Payment::PartlyPaid);
    check(json!("paid"), Payment::Paid);
    check(json!("partially_refunded"), Payment::PartlyRefunded);
    check(json!("refunded"), Payment::Refunded);
    check(json!("voided"), Payment::Voided);
    check(json!("something new"), Payment::Pending);
    check(json!(null), Payment::Pending);
}

#[test]
fn a_fulfilment_names_every_parcel_once() {
    let body = json!({
        "id": 5, "order_id": "820982911946154508", "status": "success", "tracking_company": "UPS", "tracking_number": "1z827wk74630",
        "created_at": "2026-11-16T09:00:00-08:00", "updated_at": "2026-11-16T09:00:00-08:00",
        "line_items": [{ "id": 1, "quantity": 1 }, { "id": 2, "quantity": 0 }],
    });
    let numbers = |body: &Value| -> Vec<String> {
        fulfilment(Shopify, "fulfillments/create", body).parcels.iter().map(|p| p.number.to_string()).collect()
    };
    assert_eq!(numbers(&body), ["1Z827WK74630"]);
    let several = and(body.clone(), "tracking_numbers", json!(["1z 827 wk", "", null, "1Z827WK", "?!", "1Z828"]));
    assert_eq!(numbers(&several), ["1Z827WK", "1Z828"]);
    assert_eq!(fulfilment(Shopify, "fulfillments/update", &body).lines.len(), 1);
    for (status, want) in
        [("success", FulfilmentState::Open), ("cancelled", FulfilmentState::Cancelled), ("error", FulfilmentState::Cancelled)]
    {
        assert_eq!(fulfilment(Shopify, "fulfillments/update", &with(body.clone(), "/status", json!(status))).state, want);
    }
}

#[test]
fn a_changed_list_of_numbers_replaces_the_old_one() {
    let tracked =
        |value: Value| and(woo_order(), "meta_data", json!([{ "id": 1, "key": "_wc_shipment_tracking_items", "value": value }]));
    let report = |value| fulfilment(WooCommerce, "order.updated", &tracked(value));
    let one = report(
        json!([{ "tracking_provider": "usps", "tracking_number": "9400111899223817352218", "date_shipped": "1794787200" }]),
    );
    // PHP writes a list with a hole as an object.
    let other = report(
        json!({ "1": { "custom_tracking_provider": "Pony Express", "tracking_provider": "", "tracking_number": "PX 1001" } }),
    );
    assert_eq!(one.id, other.id);
    assert_eq!(one.created_at.to_string(), "2026-11-16T00:00:00Z");
    assert_eq!((other.parcels[0].carrier.as_str(), other.parcels[0].number.as_str()), ("pony_express", "PX1001"));
    assert_eq!(other.created_at, other.reported_at);
    let emptied = report(json!([]));
    assert_eq!((emptied.state, emptied.parcels.len()), (FulfilmentState::Cancelled, 0));
}

#[test]
fn a_cancelled_order_was_cancelled_when_it_was_last_changed() {
    let report = order(WooCommerce, "order.updated", &with(woo_order(), "/status", json!("cancelled")));
    assert_eq!(report.cancelled_at, Some(report.reported_at));
    assert_eq!(report.payment, Payment::Voided);
}

#[track_caller]
fn check_bad(storefront: Storefront, topic: &str, body: &Value, want: &str) {
    let error = read(storefront, topic, body.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), want);
}

#[test]
fn what_cannot_be_read_is_named_and_never_quoted() {
    let shopify = |body: &Value, want| check_bad(Shopify, "orders/create", body, want);
    shopify(&without(shopify_order(), "id"), "`id` is missing");
    shopify(&without(shopify_order(), "updated_at"), "`updated_at` is missing");
    shopify(&without(shopify_order(), "line_items"), "`line_items` is missing");
    shopify(&without(shopify_order(), "name"), "`name` is missing");
    shopify(
        &with(shopify_order(), "/created_at", json!("2026-11-16T09:00:00")),
        "`created_at` is not a time with an offset (RFC 3339)",
    );
    shopify(
        &with(shopify_order(), "/total_price", json!("ten")),
        "`total_price` is not readable: an amount must be a plain decimal number",
    );
    shopify(
        &with(shopify_order(), "/currency", json!("ZZZ")),
        "`currency` is not readable: the currency is not an ISO 4217 code",
    );
    shopify(
        &with(shopify_order(), "/line_items/0/quantity", json!(-1)),
        "`line_items[0].quantity` is not readable: invalid digit found in string",
    );
    shopify(&with(shopify_order(), "/line_items/0/price", json!(null)), "`line_items[0].price` is missing");
    shopify(&json!([1]), "`body` is not a JSON object");
    let twice = read(Shopify, "orders/create", b"{\"id\":1,\n\"id\":2}").unwrap_err();
    assert_eq!(twice.to_string(), "`body` is not readable at line 2, column 4");
    let order_id = json!({ "id": 1, "created_at": "2026-11-16T09:00:00Z", "updated_at": "2026-11-16T09:00:00Z" });
    check_bad(Shopify, "fulfillments/create", &order_id, "`order_id` is missing");
    let error = json!({ "code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot view this resource.", "data": { "status": 401 } });
    let refused = "`body` is a REST error (status 401) in place of an order: the owner of the webhook may not read orders";
    check_bad(WooCommerce, "order.updated", &error, refused);
    check_bad(WooCommerce, "order.updated", &without(woo_order(), "date_modified_gmt"), "`date_modified_gmt` is missing");
    check_bad(Standard, "", &json!({ "data": {} }), "`type` is missing");
    check_bad(Standard, "", &json!({ "type": "order.reported", "timestamp": "2026-11-16T09:00:00Z" }), "`data` is missing");

    let standard: Value = serde_json::from_slice(&event("standard_order_reported.json")).unwrap();
    let check = |path: &str, value: Value, want: &str| check_bad(Standard, "", &with(standard.clone(), path, value), want);
    check("/data/lines/1/paid/currency", json!("EUR"), "`data.lines[1].paid.currency` is not the currency of the total");
    check(
        "/data/payment",
        json!("perhaps"),
        "`data.payment` is none of pending, authorized, partly_paid, paid, partly_refunded, refunded, voided",
    );
    check("/data/promised", json!("soon"), "`data.promised` is not a date (YYYY-MM-DD)");
    check("/data/placed_at", json!("2026-11-16"), "`data.placed_at` is not a time with an offset (RFC 3339)");
    assert_eq!(read(Shopify, "orders/create", b"{\n \"id\": }").unwrap_err(), BadDelivery::NotJson { line: 2, column: 8 });
    assert_eq!(
        read(Shopify, "orders/create", b"{\n \"id\": \"\xff\"}").unwrap_err(),
        BadDelivery::NotJson { line: 2, column: 9 }
    );
    assert_eq!(read(Shopify, "orders/create", b"").unwrap_err(), BadDelivery::NotJson { line: 1, column: 0 });
}

#[test]
fn what_we_do_not_read_is_parked_by_its_topic() {
    let check = |storefront, topic: &str, body: &[u8], want: &str| {
        assert_eq!(read(storefront, topic, body).unwrap(), Parsed::Unknown { topic: want.to_owned() });
    };
    check(Shopify, "", b"not even JSON", "");
    check(Shopify, "customers/redact", b"{}", "customers/redact");
    check(Shopify, "orders/delete", b"{}", "orders/delete");
    check(WooCommerce, "order.deleted", br#"{"id":1}"#, "order.deleted");
    check(WooCommerce, "customer.updated", b"{}", "customer.updated");
    check(Standard, "", br#"{"type":"order.archived"}"#, "order.archived");
    check(Shopify, &"x".repeat(500), b"{}", &"x".repeat(100));
}

#[test]
fn the_examples_of_the_documentation_are_read() {
    let examples = include_str!("../STANDARD.md").split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let read: Vec<_> = examples.map(|example| read(Standard, "", example.as_bytes()).unwrap()).collect();
    assert!(matches!(&read[..], [Parsed::Reports(_), Parsed::Reports(_), Parsed::Unknown { .. }]), "{read:?}");
}

#[test]
fn recorded_deliveries_are_read_or_refused_by_name() {
    let topics = |source| match source {
        "shopify" => ["orders/create", "orders/cancelled", "fulfillments/create", "refunds/create"],
        _ => ["order.created", "order.updated", "order.deleted", ""],
    };
    let mut orders_read = 0;
    for (source, storefront) in [("shopify", Shopify), ("woocommerce", WooCommerce)] {
        for (file, body) in support::recorded::files(source) {
            for topic in topics(source) {
                match read(storefront, topic, &body) {
                    Ok(Parsed::Reports(reports)) => {
                        orders_read += 1;
                        println!("{source}/{file} as {topic}: {} reports", reports.len());
                    }
                    Ok(Parsed::Unknown { .. }) => {}
                    Err(error) => println!("{source}/{file} as {topic}: {error}"),
                }
            }
        }
    }
    assert!(support::recorded::folder().is_none() || orders_read >= 10, "{orders_read}");
}

fn any_topic() -> impl Strategy<Value = (Storefront, &'static str)> {
    prop::sample::select(vec![
        (Shopify, "orders/create"),
        (Shopify, "fulfillments/create"),
        (WooCommerce, "order.updated"),
        (Standard, ""),
    ])
}

const EVENTS: [&str; 6] = [
    "shopify_orders_updated.json",
    "shopify_fulfillments_update.json",
    "shopify_orders_cancelled.json",
    "woocommerce_order_updated.json",
    "standard_order_reported.json",
    "standard_fulfilment_reported.json",
];

/// Replaces the `at`-th value in a JSON tree.
fn replaced(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replaced(item, at, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replaced(field, at, new)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_parser((storefront, topic) in any_topic(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(storefront, topic, &body);
    }

    #[test]
    fn no_cut_or_changed_byte_breaks_a_parser(
        (storefront, topic) in any_topic(), file in prop::sample::select(EVENTS.to_vec()), at in 0usize..12_000, byte: u8, cut: bool,
    ) {
        let mut body = event(file);
        let at = at % body.len();
        if cut { body.truncate(at) } else { body[at] = byte }
        let _ = read(storefront, topic, &body);
    }

    #[test]
    fn no_value_of_another_kind_breaks_a_parser(
        (storefront, topic) in any_topic(),
        file in prop::sample::select(EVENTS.to_vec()),
        at in 0usize..400,
        new in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("é\u{0}𝄞"), json!([]), json!([[1]]), json!({}), json!({ "a": { "b": [] } }),
            json!("99999999999999999999999999.99"), json!("-0"), json!("2026-99-99T00:00:00Z"), json!("9999-12-31T23:59:59Z"),
        ]),
    ) {
        let mut body: Value = serde_json::from_slice(&event(file)).unwrap();
        replaced(&mut body, &mut at.clone(), &new);
        let _ = read(storefront, topic, body.to_string().as_bytes());
    }
}
