//! Shopify's awkward orders: edited, paid in another currency than the shop's, taxed either way, and paid back.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::OrderReport;
use serde_json::{Value, json};
use storefronts::{Parsed, Storefront::Shopify, StorefrontReport};
use support::{all, and, event, read, refunds, tree, with, without};

fn order(body: &Value) -> OrderReport {
    support::order(read(Shopify, "orders/updated", body.to_string().as_bytes()).unwrap())
}

/// An order of two lines, 3 × 6.00 less 3.00 and 1 × 4.00, of which tax is 1.80 and 0.40.
fn body() -> Value {
    json!({
        "id": 1, "name": "#7", "currency": "USD", "financial_status": "paid", "taxes_included": false,
        "total_price": "21.20", "current_total_price": "11.20",
        "created_at": "2026-11-16T09:00:00Z", "updated_at": "2026-11-16T09:00:01Z", "fulfillments": [], "refunds": [],
        "line_items": [
            { "id": 1, "title": "Mug", "quantity": 3, "current_quantity": 3, "fulfillable_quantity": 3, "price": "6.00",
              "discount_allocations": [{ "amount": "3.00" }], "tax_lines": [{ "price": "1.20" }, { "price": "0.60" }] },
            { "id": 2, "title": "Cap", "quantity": 1, "current_quantity": 1, "fulfillable_quantity": 1, "price": "4.00", "total_discount": "0.00",
              "tax_lines": [{ "price": "0.40" }] },
        ],
    })
}

fn lines(body: &Value) -> Vec<(String, u32, i64)> {
    let lines = order(body).lines.into_iter();
    lines.map(|line| (line.id.to_string(), line.quantity, line.paid.minor)).collect()
}

fn of(rows: &[(&str, u32, i64)]) -> Vec<(String, u32, i64)> {
    rows.iter().map(|(id, quantity, paid)| ((*id).to_owned(), *quantity, *paid)).collect()
}

#[test]
fn tax_is_added_once() {
    assert_eq!(lines(&body()), of(&[("1", 3, 1680), ("2", 1, 440)]));
    assert_eq!(lines(&with(body(), "/taxes_included", json!(true))), of(&[("1", 3, 1500), ("2", 1, 400)]));
    // Nobody says whether prices have it in them: no more than the price is known to be paid.
    assert_eq!(lines(&without(body(), "taxes_included")), of(&[("1", 3, 1500), ("2", 1, 400)]));
}

#[test]
fn pieces_removed_before_they_were_sent_are_gone() {
    let removed = with(body(), "/line_items/0/current_quantity", json!(2));
    assert_eq!(lines(&removed), of(&[("1", 2, 1120), ("2", 1, 440)]));
    let gone = with(with(body(), "/line_items/0/current_quantity", json!(0)), "/line_items/0/fulfillable_quantity", json!(0));
    assert_eq!(lines(&gone), of(&[("2", 1, 440)]));
    // No money went back, so what is paid is what is left.
    assert_eq!(order(&gone).totals.total.minor, 1120);
    let paid_back = with(
        gone,
        "/refunds",
        json!([{ "id": 5, "created_at": "2026-11-17T09:00:00Z",
        "transactions": [{ "kind": "refund", "status": "success", "amount": "10.00", "currency": "USD" }] }]),
    );
    assert_eq!(order(&paid_back).totals.total.minor, 2120);
}

#[test]
fn pieces_paid_back_after_they_were_sent_are_still_bought() {
    let fulfilment = |status: &str| {
        json!([{ "id": 9, "status": status, "created_at": "2026-11-16T12:00:00Z", "updated_at": "2026-11-16T12:00:00Z",
            "line_items": [{ "id": 1, "quantity": 3 }] }])
    };
    let back = with(body(), "/line_items/0/current_quantity", json!(1));
    assert_eq!(lines(&with(back.clone(), "/fulfillments", fulfilment("success"))), of(&[("1", 3, 1680), ("2", 1, 440)]));
    assert_eq!(lines(&with(back.clone(), "/fulfillments", fulfilment("cancelled"))), of(&[("1", 1, 560), ("2", 1, 440)]));
    // A subscription that leaves the fulfilments out still says how far a line is.
    let bare = without(back, "fulfillments");
    let line = |status: &str, fulfillable: u32| {
        let mut body = bare.clone();
        body["line_items"][0]["fulfillment_status"] = json!(status);
        lines(&with(body, "/line_items/0/fulfillable_quantity", json!(fulfillable)))[0].1
    };
    assert_eq!((line("fulfilled", 0), line("partial", 1), line("none", 3)), (3, 2, 1));
}

#[test]
fn an_order_of_which_nothing_is_left_says_what_it_was() {
    let mut nothing = body();
    for line in nothing["line_items"].as_array_mut().unwrap() {
        line["current_quantity"] = json!(0);
    }
    assert_eq!(lines(&nothing), of(&[("1", 3, 1680), ("2", 1, 440)]));
    assert_eq!(order(&nothing).totals.total.minor, 2120);
    let cancelled = and(with(body(), "/line_items/0/current_quantity", json!(0)), "cancelled_at", json!("2026-11-17T09:00:00Z"));
    assert_eq!(lines(&cancelled), of(&[("1", 3, 1680), ("2", 1, 440)]));
}

#[test]
fn a_customer_is_told_what_a_customer_pays() {
    let both = tree("shopify_orders_updated_edited.json");
    assert_eq!(order(&both).totals.total.to_string(), "141.50 CHF");
    // One amount of the customer's side is not there: all are the shop's, none is mixed.
    let cut = without(both.clone(), "current_total_tax_set");
    let report = order(&cut);
    assert_eq!(
        (report.totals.total.to_string().as_str(), report.totals.tax.unwrap().to_string().as_str()),
        ("148.10 EUR", "22.85 EUR")
    );
    assert_eq!(report.lines.iter().map(|line| line.paid.minor).collect::<Vec<_>>(), [10710, 3600]);
    let unknown = with(both, "/presentment_currency", json!("ZZZ"));
    assert_eq!(order(&unknown).totals.total.to_string(), "148.10 EUR");
}

#[test]
fn what_went_back_is_what_succeeded() {
    let check = |transactions: Value, want: Option<&str>| {
        let body = with(tree("shopify_refunds_create.json"), "/transactions", transactions);
        let parsed = read(Shopify, "refunds/create", body.to_string().as_bytes()).unwrap();
        assert_eq!(refunds(parsed).first().map(|refund| refund.amount.to_string()).as_deref(), want, "{body}");
    };
    let one =
        |kind: &str, status: &str, amount: Value| json!({ "kind": kind, "status": status, "amount": amount, "currency": "USD" });
    check(json!([one("refund", "success", json!("25.00"))]), Some("25.00 USD"));
    check(json!([one("refund", "success", json!(25))]), Some("25.00 USD"));
    check(json!([one("refund", "success", json!("25.00")), one("refund", "pending", json!("1.00"))]), Some("25.00 USD"));
    check(json!([one("refund", "pending", json!("25.00"))]), None);
    check(json!([one("void", "success", json!("25.00"))]), None);
    check(json!([one("refund", "success", json!("0.00"))]), None);
    check(json!([]), None);
    check(json!(null), None);
    let yen = json!([{ "kind": "refund", "status": "success", "amount": "5480.0", "currency": "JPY" }]);
    check(yen, Some("5480 JPY"));
    let dinar = json!([{ "kind": "refund", "status": "success", "amount": "1.234", "currency": "KWD" }]);
    check(dinar, Some("1.234 KWD"));
    let mixed = json!([one("refund", "success", json!("1.00")), { "kind": "refund", "status": "success", "amount": "1.00", "currency": "EUR" }]);
    let body = with(tree("shopify_refunds_create.json"), "/transactions", mixed);
    let error = read(Shopify, "refunds/create", body.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "`transactions[1].amount` is not readable: amounts of different currencies cannot be added");
}

/// The same refund, told by its own topic and in its order, is one and the same report.
#[test]
fn a_refund_in_an_order_is_the_refund() {
    let alone = without(tree("shopify_refunds_create.json"), "processed_at");
    let whole = and(tree("shopify_orders_paid.json"), "refunds", json!([alone]));
    let told = refunds(read(Shopify, "refunds/create", &event("shopify_refunds_create.json")).unwrap());
    assert_eq!(refunds(read(Shopify, "orders/updated", whole.to_string().as_bytes()).unwrap()), told);
    // What a subscription left out of it, the order says.
    let mut bare = whole;
    bare["refunds"][0] = json!({ "id": 1, "transactions": [{ "kind": "refund", "status": "success", "amount": "2.00" }] });
    let report = refunds(read(Shopify, "orders/updated", bare.to_string().as_bytes()).unwrap()).remove(0);
    assert_eq!(
        (report.amount.to_string().as_str(), report.refunded_at.to_string().as_str()),
        ("2.00 USD", "2026-11-16T17:13:41Z")
    );
}

#[test]
fn a_request_of_more_orders_than_one_may_name_is_several() {
    let orders: Vec<u64> = (0..2001).map(|n| 820_982_911_946_154_508 + n).collect();
    let body = json!({ "orders_to_redact": orders, "customer": { "email": null, "phone": null } });
    let requests = all(read(Shopify, "customers/redact", body.to_string().as_bytes()).unwrap());
    let named: Vec<usize> = requests
        .iter()
        .map(|request| if let StorefrontReport::Privacy(request) = request { request.orders.len() } else { 0 })
        .collect();
    assert_eq!(named, [1000, 1000, 1]);
    let StorefrontReport::Privacy(last) = &requests[2] else { panic!("{requests:?}") };
    assert_eq!((last.orders[0].as_str(), &last.email), ("820982911946156508", &None));
    // Whoever bought nothing is still asked about.
    let nothing = read(Shopify, "customers/redact", br#"{"customer":{"email":"a@b.example"},"orders_to_redact":[]}"#).unwrap();
    assert_eq!(all(nothing).len(), 1);
    let long = json!({ "orders_to_redact": ["1".repeat(129)] });
    let error = read(Shopify, "customers/redact", long.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "`orders_to_redact[0]` is longer than 128 bytes");
    assert!(matches!(read(Shopify, "shop/redact", b"{}").unwrap(), Parsed::Reports(reports) if reports.len() == 1));
}

#[test]
fn lists_of_a_fulfilment_may_differ_in_length() {
    let check = |numbers: Value, single: Value, want: &[&str]| {
        let body = with(tree("shopify_fulfillments_create.json"), "/tracking_numbers", numbers);
        let body = and(body, "tracking_number", single);
        let body = and(body, "tracking_urls", json!(["https://a.example", "https://b.example", "https://c.example"]));
        let parsed = read(Shopify, "fulfillments/update", body.to_string().as_bytes()).unwrap();
        let told = support::fulfilments(parsed).remove(0);
        assert_eq!(told.parcels.iter().map(|parcel| parcel.number.as_str()).collect::<Vec<_>>(), want);
    };
    check(json!(["1Z1", "1Z2"]), json!("1Z1"), &["1Z1", "1Z2"]);
    check(json!([]), json!("1Z1"), &["1Z1"]);
    check(json!(null), json!("1Z1"), &["1Z1"]);
    check(json!([null]), json!(null), &[]);
}
