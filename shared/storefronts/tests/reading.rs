//! Awkward deliveries: what may be missing, what must not be, and what no body may do.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::{FulfilmentReport, FulfilmentState, OrderReport, Payment};
use serde_json::{Value, json};
use storefronts::{
    BadDelivery, Parsed,
    Storefront::{self, BigCommerce, Medusa, Saleor, Shopify, Standard, Stripe, WooCommerce},
};
use support::{and, event, read, with, without};

fn order(storefront: Storefront, topic: &str, body: &Value) -> OrderReport {
    support::order(read(storefront, topic, body.to_string().as_bytes()).unwrap())
}

fn fulfilment(storefront: Storefront, topic: &str, body: &Value) -> FulfilmentReport {
    support::fulfilments(read(storefront, topic, body.to_string().as_bytes()).unwrap()).pop().unwrap()
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

#[test]
fn an_order_of_which_almost_everything_was_left_out_is_read() {
    let report = order(Shopify, "orders/create", &shopify_order());
    assert_eq!(report.source_id, "9223372036854775807");
    assert_eq!(report.lines[0].paid.to_string(), "10.00 USD");
    assert_eq!((report.customer.email, report.ship_to, report.totals.shipping), (None, None, None));
    let report = order(WooCommerce, "order.created", &woo_order());
    assert_eq!((report.lines[0].paid.to_string().as_str(), report.lines[0].ships), ("10.00 USD", false));
}

/// JavaScript, and any float, would make 820982911946154500 of it.
#[test]
fn every_digit_of_an_id_survives_in_every_source_with_numbers() {
    let id = json!(820_982_911_946_154_507_u64);
    let body = with(with(shopify_order(), "/id", id.clone()), "/line_items/0/id", id.clone());
    let report = order(Shopify, "orders/create", &body);
    assert_eq!((report.source_id.as_str(), report.lines[0].id.as_str()), ("820982911946154507", "820982911946154507"));
    let body = with(with(woo_order(), "/id", id.clone()), "/line_items/0/id", id.clone());
    let body = and(body, "refunds", json!([{ "id": id, "total": "-1.00" }]));
    let parsed = read(WooCommerce, "order.updated", body.to_string().as_bytes()).unwrap();
    assert_eq!(support::refunds(parsed)[0].id.as_str(), "820982911946154507");
    assert_eq!(order(WooCommerce, "order.updated", &body).source_id, "820982911946154507");
    let body = with(
        with(support::tree("bigcommerce_answer.json"), "/order/id", id.clone()),
        "/shipments/0/items/0/order_product_id",
        id,
    );
    let parsed = support::answer(BigCommerce, body.to_string().as_bytes()).unwrap();
    assert_eq!(support::fulfilments(parsed)[0].lines[0].0.as_str(), "820982911946154507");
    let refund = json!({ "id": 930_127_465_018_753_025_u64, "order_id": 820_982_911_946_154_507_u64, "created_at": "2026-11-16T09:00:00Z",
        "refund_line_items": [{ "line_item_id": 820_982_911_946_154_509_u64, "quantity": 1 }],
        "transactions": [{ "kind": "refund", "status": "success", "amount": "1.00", "currency": "USD" }] });
    let report = support::refunds(read(Shopify, "refunds/create", refund.to_string().as_bytes()).unwrap()).remove(0);
    assert_eq!((report.id.as_str(), report.order_source_id.as_str()), ("930127465018753025", "820982911946154507"));
    assert_eq!(report.lines[0].0.as_str(), "820982911946154509");
}

/// What a plugin leaves out of a refund is no reason to lose its order; what it writes wrongly is named.
#[test]
fn refunds_in_an_order_of_woocommerce_are_what_they_took_off() {
    let told = |refunds: Value| read(WooCommerce, "order.updated", and(woo_order(), "refunds", refunds).to_string().as_bytes());
    let amounts = |refunds: Value| -> Vec<i64> {
        support::refunds(told(refunds).unwrap()).iter().map(|refund| refund.amount.minor).collect()
    };
    let rows = json!([{ "id": 1, "total": "-10.00" }, { "id": 2, "total": "-0.005" }, { "id": 3, "total": "0" }, { "id": 4 }, { "id": 5, "total": "2" }]);
    assert_eq!(amounts(rows), [1000, 1, 200]);
    assert_eq!(amounts(json!(null)), [0; 0]);
    let error = told(json!([{ "total": "-1.00" }])).unwrap_err();
    assert_eq!(error.to_string(), "`refunds[0].id` is missing");
    let error = told(json!([{ "id": 1, "total": "ten" }])).unwrap_err();
    assert_eq!(error.to_string(), "`refunds[0].total` is not readable: an amount must be a plain decimal number");
}

#[test]
fn a_refund_of_our_own_format_is_strict() {
    let refund = || support::tree("standard_order_refunded.json");
    let check = |path: &str, value: Value, want: &str| check_bad(Standard, "", &with(refund(), path, value), want);
    check("/data/amount", json!(null), "`data.amount` is missing");
    check("/data/amount/currency", json!("ZZZ"), "`data.amount.currency` is not readable: the currency is not an ISO 4217 code");
    check(
        "/data/amount/amount",
        json!("-1.00"),
        "`data.amount.amount` is less than nothing: write what went back without a sign",
    );
    check(
        "/data/amount/amount",
        json!("1.005"),
        "`data.amount.amount` is not readable: an amount has more digits after the point than its currency",
    );
    check("/data/order_id", json!(""), "`data.order_id` is missing");
    check("/data/refunded_at", json!("today"), "`data.refunded_at` is not a time with an offset (RFC 3339)");
    let taken_back = with(refund(), "/data/amount/amount", json!("0.00"));
    let taken_back = with(taken_back, "/data/refunded_at", json!(null));
    let report = support::refunds(read(Standard, "", taken_back.to_string().as_bytes()).unwrap()).remove(0);
    assert_eq!((report.amount.minor, report.refunded_at.to_string().as_str()), (0, "2026-11-24T10:02:00Z"));
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
    check(Shopify, "orders/delete", b"{}", "orders/delete");
    check(WooCommerce, "order.deleted", br#"{"id":1}"#, "order.deleted");
    check(WooCommerce, "customer.updated", b"{}", "customer.updated");
    check(Standard, "", br#"{"type":"order.archived"}"#, "order.archived");
    check(BigCommerce, "", b"{}", "");
    check(BigCommerce, "", br#"{"scope":"store/order/metafield/created"}"#, "store/order/metafield/created");
    check(Stripe, "", br#"{"type":"payment_intent.succeeded"}"#, "payment_intent.succeeded");
    check(Medusa, "", br#"{"type":"order.archived"}"#, "order.archived");
    check(Saleor, "", br#"{"__typename":"ProductUpdated"}"#, "ProductUpdated");
    check(Saleor, "", br#"{"order":{}}"#, "");
    check(Shopify, &"x".repeat(500), b"{}", &"x".repeat(100));
}

#[test]
fn the_examples_of_the_documentation_are_read() {
    let examples = include_str!("../STANDARD.md").split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let read: Vec<_> = examples.map(|example| read(Standard, "", example.as_bytes()).unwrap()).collect();
    assert!(
        matches!(&read[..], [Parsed::Reports(_), Parsed::Reports(_), Parsed::Unknown { .. }, Parsed::Reports(_)]),
        "{read:?}"
    );
}
