//! What a delivery left out.

use crate::{
    House, now, shop,
    world::{Outsider, says},
};
use contracts::ToSources;
use serde_json::{Value, json};

fn order(id: u64) -> Value {
    json!({"id": id, "name": format!("#{id}"), "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T11:00:00Z",
        "currency": "EUR", "financial_status": "paid", "total_price": "10.00", "line_items": [], "fulfillments": []})
}

async fn house(outsider: &Outsider) -> House {
    let sources = json!({
        "storefronts": {"shopify": {"url": outsider.url}, "woocommerce": {"url": outsider.url}},
        "trackers": [{"source": "dhl", "url": outsider.url}, {"source": "shipengine", "url": outsider.url}],
    });
    House::new(sources, json!({"partner": {"shopify": "fake-token", "dhl": "fake-key"}})).await
}

fn fetch(source: &str, id: &str) -> ToSources {
    ToSources::FetchDue { shop: shop(), source: source.into(), id: id.into(), told_at: now() }
}

#[tokio::test]
async fn an_order_that_was_only_named_is_fetched() {
    let shopify = Outsider::start(|_, _| says(200, json!({"order": order(9_007_199_254_740_993)}))).await;
    let house = house(&shopify).await;
    assert!(house.says(&fetch("shopify", "9007199254740993")).await);
    assert_eq!(shopify.lines(), ["GET /admin/api/2026-10/orders/9007199254740993.json"]);
    assert_eq!(shopify.came()[0].header("x-shopify-access-token"), "fake-token");
    let sent = house.sent("orders");
    assert_eq!(
        (sent[0]["type"].as_str(), sent[0]["report"]["source_id"].as_str()),
        (Some("order.reported.v1"), Some("9007199254740993"))
    );
}

#[tokio::test]
async fn what_is_not_fetched_comes_again_or_is_kept_aside() {
    let shopify = Outsider::start(|came, _| if came.line.contains("/404") { says(404, "{}") } else { says(503, "{}") }).await;
    let house = house(&shopify).await;
    assert!(!house.says(&fetch("shopify", "1")).await, "it comes again");
    assert!(house.sent("dead").is_empty());
    assert!(house.says(&fetch("shopify", "404")).await && house.says(&fetch("shopify", "../x")).await);
    assert!(house.says(&fetch("woocommerce", "1")).await, "there are no credentials");
    assert_eq!((house.sent("dead").len(), shopify.came().len()), (3, 2));
    assert!(house.sent("orders").is_empty());
}

#[tokio::test]
async fn a_hello_is_answered() {
    let dhl = Outsider::start(|_, before| if before == 0 { says(500, "") } else { says(204, "") }).await;
    let house = house(&dhl).await;
    let hello =
        ToSources::ConfirmDue { shop: shop(), source: "dhl".into(), subscription: "sub-123".into(), proof: "shhh".into() };
    assert!(!house.says(&hello).await && house.says(&hello).await);
    assert_eq!(dhl.lines()[1], "POST /tracking/push/v1/subscription/sub-123");
    assert_eq!((&dhl.came()[1].body, dhl.came()[1].header("dhl-api-key").as_str()), (&json!({"secret": "shhh"}), "fake-key"));
}

#[tokio::test]
async fn public_keys_are_read_once_in_five_minutes() {
    // Nothing to read until `carriers` has the source.
    if !"shipengine".parse::<carriers::CarrierSource>().is_ok_and(|source| source.keys_url().is_some()) {
        return;
    }
    let keys = json!({"keys": [{"kid": "1", "kty": "RSA"}]}).to_string();
    let text = keys.clone();
    let shipengine = Outsider::start(move |_, _| says(200, &text)).await;
    let house = house(&shipengine).await;
    let due = ToSources::KeysDue { shop: shop(), source: "shipengine".into() };
    assert!(house.says(&due).await && house.says(&due).await);
    assert_eq!(shipengine.lines(), ["GET /jwks"]);
    assert_eq!(house.neighbours.vault().public_keys(&shop(), "shipengine").await.unwrap().unwrap().0, keys);
}
