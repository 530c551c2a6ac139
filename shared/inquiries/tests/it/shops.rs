//! Every request to storefronts, pages of orders, webhooks put right, and orders put together.

use crate::{KEY, PAIR, answer, now, shown};
use domain::{
    id::OrderId,
    order::{FulfilmentReport, FulfilmentState, Order},
};
use inquiries::{Answer, AskedStorefront, Request, Verdict, Wanted, is_news};
use proptest::prelude::*;
use serde_json::{Value, json};
use signatures::answered;
use storefronts::{Parsed, Storefront, StorefrontReport};

const ADDRESS: &str = "https://doorstep.example/webhooks/demo/storefront/x";

fn of(source: AskedStorefront) -> (&'static str, &'static str) {
    match source {
        AskedStorefront::Shopify => ("https://demo.myshopify.com", KEY),
        AskedStorefront::WooCommerce => ("https://shop.example", PAIR),
        AskedStorefront::BigCommerce => ("https://api.bigcommerce.com/stores/abc", KEY),
        AskedStorefront::Stripe => ("https://api.stripe.com", KEY),
    }
}

fn made(request: Result<Request, Verdict>) -> Value {
    request.map_or_else(|verdict| json!(verdict.code()), |request| shown(&request))
}

#[test]
fn every_request_of_every_storefront() {
    for source in AskedStorefront::ALL {
        let (url, credentials) = of(source);
        let parts =
            |id| source.fetch(url, credentials, id).unwrap().into_iter().map(|part| shown(&part.request)).collect::<Vec<_>>();
        let empty = if source == AskedStorefront::WooCommerce { "[]" } else { r#"{"webhooks":[]}"# };
        let wanted = Wanted { address: ADDRESS, secret: Some("fake-webhook-secret") };
        let mends = source.mends(url, credentials, wanted, &answer(200, empty)).unwrap();
        let all = json!({
            "first page": made(source.orders_page(url, credentials, now(), None)),
            "next page": made(source.orders_page(url, credentials, now(), Some("2"))),
            "webhooks": source.hooks(url, credentials).unwrap().map(|request| shown(&request)),
            "the first missing webhook": mends.into_iter().next().map(|mend| json!({"what": mend.what, "how": made(mend.request)})),
            "one order": parts("1001"),
            "one order of a payment": (source == AskedStorefront::Stripe).then(|| parts("pi_1")),
        });
        insta::assert_json_snapshot!(source.as_str(), all);
    }
}

#[test]
fn an_id_that_is_none_is_not_put_into_a_path() {
    for source in AskedStorefront::ALL {
        let (url, credentials) = of(source);
        for id in ["", "1/../2", "1?x", "1 2", "1#"] {
            assert_eq!(source.fetch(url, credentials, id), Err(Verdict::Refused { why: "no_id".into() }), "{source} {id}");
        }
        assert_eq!(source.fetch(url, "", "1"), Err(Verdict::BadCredentials), "{source}");
    }
}

#[test]
fn orders_keep_every_digit() {
    let body = r#"{"orders":[ {"id":820982911946154508,"total_price":"10.00"}, {"id":2} ]}"#;
    let link = r#"<https://demo.myshopify.com/admin/api/2026-10/orders.json?limit=250&page_info=abc>; rel="next""#;
    let page = Answer { link: Some(link.to_owned()), ..answer(200, body) };
    let page = AskedStorefront::Shopify.read_page(&page, None).unwrap();
    assert_eq!(page.orders, [r#"{"id":820982911946154508,"total_price":"10.00"}"#, r#"{"id":2}"#]);
    assert_eq!(page.next.as_deref(), Some("abc"));
}

#[test]
fn woocommerce_counts_its_pages() {
    let read = |page: Option<&str>, total: Option<&str>, orders: usize| {
        let body = format!("[{}]", vec!["{}"; orders].join(","));
        let answer = Answer { total_pages: total.map(str::to_owned), ..answer(200, &body) };
        AskedStorefront::WooCommerce.read_page(&answer, page).unwrap().next
    };
    assert_eq!(read(None, Some("2"), 100).as_deref(), Some("2"));
    assert_eq!(read(Some("2"), Some("2"), 3), None);
    assert_eq!(read(Some("2"), None, 100).as_deref(), Some("3"), "a proxy ate the header");
    assert_eq!(read(Some("2"), Some("9"), 0), None, "what is empty has no end");
}

#[test]
fn what_is_no_page_is_said_to_be_none() {
    for source in [AskedStorefront::Shopify, AskedStorefront::WooCommerce] {
        let read = |status, body: &str| source.read_page(&answer(status, body), None).map(|page| page.orders.len());
        assert_eq!(read(200, "<html>"), Err(Verdict::Again { why: "unreadable_answer".into() }));
        assert_eq!(read(401, "{}"), Err(Verdict::BadCredentials));
        assert_eq!(read(404, "{}"), Err(Verdict::Refused { why: "http_404".into() }));
        let slow = Answer { retry_after: Some("2.0".into()), ..answer(429, "{}") };
        assert_eq!(source.read_page(&slow, None), Err(Verdict::TooOften { retry_after_s: Some(2) }));
    }
}

#[test]
fn a_webhook_that_sleeps_is_woken_and_one_that_is_gone_is_made_again() {
    let (url, credentials) = of(AskedStorefront::WooCommerce);
    let hook = |id: u32, topic: &str, status: &str, address: &str| json!({"id": id, "topic": topic, "status": status, "delivery_url": address});
    let list = json!([
        hook(1, "order.created", "disabled", ADDRESS),
        hook(2, "order.updated", "disabled", ADDRESS),
        hook(3, "order.updated", "active", &format!("{ADDRESS}/")),
        hook(4, "order.created", "active", "https://elsewhere.example/"),
        hook(5, "order.restored", "active", ADDRESS),
    ]);
    let wanted = Wanted { address: ADDRESS, secret: None };
    let mends =
        |list: &Value| AskedStorefront::WooCommerce.mends(url, credentials, wanted, &answer(200, &list.to_string())).unwrap();
    let found = mends(&list);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].what, "order.created had been disabled");
    insta::assert_json_snapshot!("woocommerce_wakes", shown(found[0].request.as_ref().unwrap()));
    // A pause is somebody's wish.
    let others = [hook(2, "order.updated", "active", ADDRESS), hook(5, "order.restored", "active", ADDRESS)];
    let paused = hook(1, "order.created", "paused", ADDRESS);
    assert!(mends(&json!([paused, others[0], others[1]])).is_empty());
    let gone = mends(&json!(others));
    assert_eq!(gone[0].request, Err(Verdict::Refused { why: "no_secret".into() }));
}

#[test]
fn the_pieces_of_bigcommerce_are_put_together() {
    let source = AskedStorefront::BigCommerce;
    let (url, credentials) = of(source);
    let parts = source.fetch(url, credentials, "100").unwrap();
    let answers = [
        answer(200, r#"{"id":100,"total_inc_tax":"24.0000"}"#),
        answer(200, r#"[{"id":12345678901234567890}]"#),
        answer(204, ""),
        answer(204, ""),
        answer(200, r#"{"data":[{"id":7}],"meta":{}}"#),
    ];
    let whole = String::from_utf8(source.assemble(&parts, &answers).unwrap()).unwrap();
    let want = r#"{"order":{"id":100,"total_inc_tax":"24.0000"},"products":[{"id":12345678901234567890}],"shipping_addresses":[],"shipments":[],"refunds":[{"id":7}]}"#;
    assert_eq!(whole, want);
    let mut broken = answers.clone();
    broken[3] = answer(500, "");
    assert_eq!(source.assemble(&parts, &broken), Err(Verdict::Again { why: "http_500".into() }));
    broken[3] = answer(200, r#"{"title":"no"}"#);
    assert_eq!(source.assemble(&parts, &broken), Err(Verdict::Again { why: "unreadable_answer".into() }));
    assert!(source.assemble(&parts, &answers[..4]).is_err());
}

#[test]
fn others_come_in_one_piece() {
    let one = |source: AskedStorefront, id: &str, body: &str| {
        let (url, credentials) = of(source);
        let parts = source.fetch(url, credentials, id).unwrap();
        source.assemble(&parts, &[answer(200, body)]).map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(
        one(AskedStorefront::Shopify, "1", r#"{"order":{"id":820982911946154508}}"#).unwrap(),
        r#"{"id":820982911946154508}"#
    );
    assert_eq!(one(AskedStorefront::WooCommerce, "1", r#"{"id":1}"#).unwrap(), r#"{"id":1}"#);
    assert_eq!(
        one(AskedStorefront::Stripe, "cs_1", r#"{"object":"checkout.session"}"#).unwrap(),
        r#"{"object":"checkout.session"}"#
    );
    assert_eq!(one(AskedStorefront::Stripe, "pi_1", r#"{"object":"list","data":[{"id":"cs_1"}]}"#).unwrap(), r#"{"id":"cs_1"}"#);
    assert_eq!(one(AskedStorefront::Stripe, "pi_1", r#"{"object":"list","data":[]}"#), Err(Verdict::NotKnownYet));
}

fn reports(updated_at: &str) -> Vec<StorefrontReport> {
    let body = json!({"id": 1, "name": "#1001", "created_at": "2026-11-01T10:00:00Z", "updated_at": updated_at, "currency": "EUR",
        "financial_status": "paid", "total_price": "10.00", "line_items": []});
    match Storefront::Shopify.parse_answer(&answered(body.to_string().as_bytes(), now())).unwrap() {
        Parsed::Reports(reports) => reports,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_what_was_missed_is_news() {
    let shop = "demo".parse().unwrap();
    let unknown = Order::new("demo".parse().unwrap(), OrderId::of(&shop, "shopify", "1"));
    let first = reports("2026-11-20T09:00:00Z");
    assert!(is_news(&unknown, &first));
    let StorefrontReport::Order(report) = first[0].clone() else { panic!("{first:?}") };
    let known = unknown.told(report).unwrap();
    assert!(!is_news(&known, &first) && !is_news(&known, &reports("2026-11-20T08:00:00Z")));
    assert!(is_news(&known, &reports("2026-11-20T09:00:01Z")));
    let fulfilment = StorefrontReport::Fulfilment(FulfilmentReport {
        source: "shopify".into(),
        order_source_id: "1".into(),
        id: "f1".parse().unwrap(),
        reported_at: now(),
        created_at: now(),
        state: FulfilmentState::Open,
        lines: Vec::new(),
        parcels: Vec::new(),
    });
    assert!(is_news(&known, &[first[0].clone(), fulfilment]));
}

proptest! {
    #[test]
    fn whatever_a_storefront_answers_nothing_falls_over(status in 100_u16..600, body in ".{0,200}", link in ".{0,80}", page in "[0-9]{0,12}") {
        let answer = Answer { status, link: Some(link), total_pages: Some(page.clone()), retry_after: Some(page.clone()), body: body.into_bytes() };
        for source in AskedStorefront::ALL {
            let (url, credentials) = of(source);
            let _ = source.read_page(&answer, Some(&page));
            let _ = source.mends(url, credentials, Wanted { address: ADDRESS, secret: None }, &answer);
            let parts = source.fetch(url, credentials, "1").unwrap();
            let _ = source.assemble(&parts, &vec![answer.clone(); parts.len()]);
        }
    }
}
