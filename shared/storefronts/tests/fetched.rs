//! Sources that say only that something happened (BigCommerce, Stripe), and the answers of their APIs.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::Payment;
use serde_json::{Value, json};
use storefronts::{
    Parsed,
    Storefront::{self, BigCommerce, Stripe},
};
use support::{and, answer, order, read, refunds, tree, with, without};

fn told(storefront: Storefront, body: &Value) -> Result<Parsed, String> {
    read(storefront, "", body.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn fetched(storefront: Storefront, body: &Value) -> Result<Parsed, String> {
    answer(storefront, body.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// An id becomes a part of a URL: what could lead elsewhere is refused, and never quoted.
#[test]
fn what_is_fetched_is_named_by_a_plain_id() {
    let order = |id: Value| told(BigCommerce, &with(tree("bigcommerce_order_created.json"), "/data/id", id));
    assert_eq!(order(json!(u64::MAX)), Ok(Parsed::Thin { id: "18446744073709551615".to_owned() }));
    assert_eq!(order(json!("173331")), Ok(Parsed::Thin { id: "173331".to_owned() }));
    for bad in [json!("1/../../2"), json!("-1"), json!(1.5), json!("1".repeat(21)), json!("１")] {
        assert_eq!(order(bad), Err("`data.id` is not the number of an order".to_owned()));
    }
    assert_eq!(order(json!(null)), Err("`data.id` is missing".to_owned()));
    let session = |id: Value| told(Stripe, &with(tree("stripe_checkout_session_completed.json"), "/data/object/id", id));
    assert_eq!(session(json!("cs_test_1")), Ok(Parsed::Thin { id: "cs_test_1".to_owned() }));
    for bad in ["cs_1/../../charges", "pi_1", "cs_1?expand=x", "cs_é"] {
        assert_eq!(session(json!(bad)), Err("`data.object.id` is no session's".to_owned()));
    }
    assert!(session(json!(format!("cs_{}", "1".repeat(253)))).is_err());
    let missing = json!({ "scope": "store/shipment/created", "data": { "type": "shipment", "id": 1 } });
    assert_eq!(told(BigCommerce, &missing), Err("`data.orderId` is missing".to_owned()));
}

#[test]
fn what_sells_nothing_is_no_order() {
    let nothing = Ok(Parsed::Reports(Vec::new()));
    let setup = with(tree("stripe_checkout_session_completed.json"), "/data/object/mode", json!("setup"));
    assert_eq!(told(Stripe, &setup), nothing);
    let session = || tree("stripe_answer.json");
    assert_eq!(fetched(Stripe, &with(session(), "/mode", json!("setup"))), nothing);
    assert_eq!(fetched(Stripe, &with(session(), "/status", json!("open"))), nothing);
    assert_eq!(fetched(Stripe, &with(session(), "/status", json!("expired"))), nothing);
    let incomplete = with(tree("bigcommerce_answer.json"), "/order/status_id", json!(0));
    assert_eq!(fetched(BigCommerce, &incomplete), nothing);
}

#[test]
fn the_payment_of_a_session_is_its_and_its_charges() {
    let check = |status: &str, intent: &str, refunded: bool, back: i64, want: Payment| {
        let body = with(tree("stripe_answer.json"), "/payment_status", json!(status));
        let body = with(body, "/payment_intent/status", json!(intent));
        let body = with(body, "/payment_intent/latest_charge/refunded", json!(refunded));
        let body = with(body, "/payment_intent/latest_charge/amount_refunded", json!(back));
        assert_eq!(order(fetched(Stripe, &body).unwrap()).payment, want, "{status} {intent} {refunded} {back}");
    };
    check("paid", "succeeded", false, 0, Payment::Paid);
    check("no_payment_required", "", false, 0, Payment::Paid);
    check("paid", "succeeded", false, 1, Payment::PartlyRefunded);
    check("paid", "succeeded", true, 6150, Payment::Refunded);
    check("unpaid", "processing", false, 0, Payment::Pending);
    check("unpaid", "requires_capture", false, 0, Payment::Authorized);
    check("unpaid", "requires_payment_method", false, 0, Payment::Voided);
    check("unpaid", "canceled", false, 0, Payment::Voided);
    check("something new", "something new", false, 0, Payment::Pending);
}

/// The session, its charge and its refunds name one order, whether the payment intent is there whole or by its id.
#[test]
fn a_payment_intent_is_the_name_of_the_order_everywhere() {
    let name = "pi_3QfernFell0000000000Ada1";
    let whole = tree("stripe_answer.json");
    assert_eq!(order(fetched(Stripe, &whole).unwrap()).source_id, name);
    let bare = with(whole.clone(), "/payment_intent", json!(name));
    assert_eq!(order(fetched(Stripe, &bare).unwrap()).source_id, name);
    for file in ["stripe_refund_created.json", "stripe_refund_failed.json", "stripe_charge_refunded_listed.json"] {
        assert_eq!(refunds(told(Stripe, &tree(file)).unwrap())[0].order_source_id, name, "{file}");
    }
    let expanded = with(
        tree("stripe_refund_created.json"),
        "/data/object/payment_intent",
        json!({ "id": name, "object": "payment_intent" }),
    );
    assert_eq!(refunds(told(Stripe, &expanded).unwrap())[0].order_source_id, name);
    for nothing in [json!(null), json!(""), json!(7), json!([]), json!({}), json!(true), json!(1.5), json!(-1)] {
        let none = with(whole.clone(), "/payment_intent", nothing.clone());
        assert_eq!(order(fetched(Stripe, &none).unwrap()).source_id, whole["id"].as_str().unwrap(), "{nothing}");
        let of_no_order = with(tree("stripe_refund_created.json"), "/data/object/payment_intent", nothing);
        assert_eq!(told(Stripe, &of_no_order), Ok(Parsed::Reports(Vec::new())));
    }
}

/// Cards' banks send money back weeks later: the refund that succeeded is then one of nothing, and the later report holds.
#[test]
fn a_refund_that_failed_after_all_is_taken_back() {
    let right = refunds(told(Stripe, &tree("stripe_refund_created.json")).unwrap()).remove(0);
    let back = refunds(told(Stripe, &tree("stripe_refund_failed.json")).unwrap()).remove(0);
    assert_eq!((&right.id, right.amount.minor, back.amount.minor), (&back.id, 2250, 0));
    assert!(right.refunded_at < back.refunded_at);
    for status in ["pending", "requires_action", "something new"] {
        let waiting = with(tree("stripe_refund_created.json"), "/data/object/status", json!(status));
        assert_eq!(told(Stripe, &waiting), Ok(Parsed::Reports(Vec::new())), "{status}");
    }
}

#[test]
fn where_a_session_goes_is_read_from_either_place() {
    let street = |body: &Value| order(fetched(Stripe, body).unwrap()).ship_to.and_then(|to| to.street);
    let new = tree("stripe_answer.json");
    let place = new["collected_information"]["shipping_details"].clone();
    assert_eq!(street(&new).as_deref(), Some("3 Mill Row"));
    let old = and(with(new.clone(), "/collected_information", json!(null)), "shipping_details", place);
    assert_eq!(street(&old).as_deref(), Some("3 Mill Row"));
    assert_eq!(
        street(&and(new.clone(), "shipping_details", json!({ "address": null, "name": null }))).as_deref(),
        Some("3 Mill Row")
    );
    assert_eq!(street(&with(new, "/collected_information", json!(null))), None);
}

#[test]
fn the_number_of_a_session_is_the_shops_before_it_is_stripes() {
    let number = |body: &Value| order(fetched(Stripe, body).unwrap()).number;
    let body = tree("stripe_answer.json");
    assert_eq!(number(&body), "D-3008");
    assert_eq!(number(&with(body.clone(), "/metadata", json!({ "order_id": "77", "order_number": "A-77" }))), "A-77");
    assert_eq!(number(&with(body.clone(), "/metadata", json!({ "order_id": 77 }))), "77");
    let unnamed = with(body, "/client_reference_id", json!(null));
    assert_eq!(number(&unnamed), "1482-7730");
    assert_eq!(number(&with(unnamed, "/payment_intent/latest_charge/receipt_number", json!(null))), "0000Ada1");
}

#[test]
fn an_answer_that_is_not_whole_is_refused_by_name() {
    let stripe = |body: &Value, want: &str| assert_eq!(fetched(Stripe, body), Err(want.to_owned()));
    let session = || tree("stripe_answer.json");
    stripe(&without(session(), "line_items"), "`line_items` is missing");
    stripe(
        &with(session(), "/line_items/has_more", json!(true)),
        "`line_items.has_more` is true: the rest of its lines must be fetched too",
    );
    stripe(&with(session(), "/amount_total", json!("61.50")), "`amount_total` is not a whole number of the smallest unit");
    stripe(&with(session(), "/currency", json!("zzz")), "`currency` is not readable: the currency is not an ISO 4217 code");
    stripe(&json!({ "error": { "type": "invalid_request_error" } }), "`id` is missing");
    let big = |body: &Value, want: &str| assert_eq!(fetched(BigCommerce, body), Err(want.to_owned()));
    let composite = || tree("bigcommerce_answer.json");
    big(&json!({}), "`order` is missing");
    big(&json!([{ "status": 404 }]), "`body` is not a JSON object");
    big(&without(composite(), "products"), "`products` is missing");
    big(&with(composite(), "/order/date_created", json!("soon")), "`order.date_created` is not a time (RFC 2822 or RFC 3339)");
    big(
        &with(composite(), "/products/1/total_inc_tax", json!("ten")),
        "`products[1].total_inc_tax` is not readable: an amount must be a plain decimal number",
    );
    // Without shipments and refunds it is still an order.
    let bare = without(without(without(composite(), "shipments"), "refunds"), "shipping_addresses");
    let report = order(fetched(BigCommerce, &bare).unwrap());
    assert_eq!((report.ship_to, report.shipping_method), (None, None));
}

#[test]
fn amounts_of_bigcommerce_are_read_as_text_and_as_numbers_in_every_currency() {
    let check = |code: &str, total: Value, want: &str| {
        let body = with(tree("bigcommerce_answer.json"), "/order/default_currency_code", json!(code));
        let body = with(body, "/order/total_inc_tax", total);
        let body = with(body, "/products/0/applied_discounts", json!([]));
        assert_eq!(order(fetched(BigCommerce, &body).unwrap()).totals.total.to_string(), want);
    };
    check("USD", json!("24.0000"), "24.00 USD");
    check("USD", json!(24), "24.00 USD");
    check("USD", json!(24.005), "24.01 USD");
    check("JPY", json!("5480.0000"), "5480 JPY");
    check("KWD", json!("1.2340"), "1.234 KWD");
    check("USD", json!("90071992547409.9300"), "90071992547409.93 USD");
}
