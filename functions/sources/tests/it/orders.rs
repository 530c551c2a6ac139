//! Orders compared with those of storefronts, and their webhooks looked after.

use crate::{
    House, now, shop,
    world::{Answer, Came, Outsider, says},
};
use contracts::ToSources;
use domain::{
    id::{OrderId, OrderKey},
    order::Order,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Reconciled, Versioned, Write};
use storefronts::{Parsed, Storefront, StorefrontReport};

const HOOK: &str = "https://doorstep.example/webhooks/demo/storefront/shopify";

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn order(id: u32, updated_at: Timestamp) -> Value {
    json!({"id": id, "name": format!("#{id}"), "created_at": "2026-11-01T10:00:00Z", "updated_at": updated_at,
        "currency": "EUR", "financial_status": "paid", "total_price": "10.00", "line_items": [], "fulfillments": []})
}

fn due(shop_only: bool, source: &str) -> ToSources {
    let source = (!shop_only).then(|| source.to_owned());
    ToSources::ReconcileDue { shop: Some(shop()), source, page: None, run: None }
}

/// Shopify's webhooks with all topics but this one.
fn hooks_without(topic: &str) -> Value {
    let topics = ["orders/create", "orders/updated", "fulfillments/create", "fulfillments/update", "refunds/create"];
    let hook = |(id, topic): (usize, &&str)| json!({"id": id, "topic": topic, "address": HOOK});
    let hooks: Vec<Value> = topics.iter().filter(|known| **known != topic).enumerate().map(hook).collect();
    json!({"webhooks": hooks})
}

async fn house(source: &str, outsider: &Outsider) -> House {
    let credentials = if source == "woocommerce" { "ck_fake:cs_fake" } else { "fake-token" };
    let sources = json!({"storefronts": {source: {"url": outsider.url}}});
    House::new(sources, json!({"partner": {source: credentials}, "storefront": {source: "fake-webhook-secret"}})).await
}

impl House {
    /// Keeps an order as a webhook of Shopify told it.
    async fn knows(&self, body: &Value) {
        let text = body.to_string();
        let parsed = Storefront::Shopify.parse_answer(&signatures::answered(text.as_bytes(), now())).unwrap();
        let Parsed::Reports(reports) = parsed else { panic!("{parsed:?}") };
        let StorefrontReport::Order(report) = reports[0].clone() else { panic!("{reports:?}") };
        let id = OrderId::of(&shop(), "shopify", &report.source_id);
        let value = Order::new(shop(), id).told(report).unwrap();
        self.neighbours.vault().commit(vec![Write::Order(Versioned { value, version: 0 })]).await.unwrap();
    }

    async fn reconciled(&self, source: &str) -> Option<Reconciled> {
        self.neighbours.vault().reconciled(&shop(), source).await.unwrap()
    }

    /// Hands every message of the room's own queue back to it, until there is none left.
    async fn to_the_end(&self, first: &ToSources) {
        assert!(self.says(first).await);
        let mut done = 0;
        while let Some(next) = self.sent("sources").get(done) {
            assert!(self.deliver(next.to_string(), 1).await.failures.is_empty());
            done += 1;
            assert!(done < 20, "there is no end of it");
        }
    }
}

#[tokio::test]
async fn shopifys_missed_orders_are_found_over_two_pages_and_its_lost_webhook_is_made_again() {
    let long_ago = now() - minutes(90);
    let shopify = Outsider::start(move |came: &Came, _| -> Answer {
        let page = |orders: Vec<Value>| says(200, json!({"orders": orders}));
        match came.line.as_str() {
            "GET /admin/api/2026-10/webhooks.json?limit=250" => says(200, hooks_without("orders/updated")),
            "POST /admin/api/2026-10/webhooks.json" => says(201, "{}"),
            line if line.contains("page_info=second") => page(vec![order(3, long_ago), order(4, now())]),
            _ => page(vec![order(1, long_ago), order(2, long_ago)])
                .with("Link: <https://demo.example/orders.json?limit=250&page_info=second>; rel=\"next\""),
        }
    })
    .await;
    let house = house("shopify", &shopify).await;
    // The last comparison began an hour ago.
    let before = Reconciled { began_at: now() - minutes(60), ended_at: now() - minutes(59), ..Reconciled::default() };
    house.neighbours.vault().keep_reconciled(&shop(), "shopify", &before).await.unwrap();
    house.knows(&order(1, long_ago)).await;
    house.knows(&order(3, long_ago - minutes(5))).await;
    house.to_the_end(&due(false, "shopify")).await;

    let lines = shopify.lines();
    assert_eq!(lines[1], "POST /admin/api/2026-10/webhooks.json");
    assert_eq!(shopify.came()[1].body["webhook"], json!({"topic": "orders/updated", "address": HOOK, "format": "json"}));
    let since = (now() - minutes(70)).strftime("%Y-%m-%dT%H%%3A%M").to_string();
    assert!(lines[2].contains(&format!("updated_at_min={since}")), "{} {since}", lines[2]);
    assert_eq!(lines[3], "GET /admin/api/2026-10/orders.json?limit=250&page_info=second");
    assert_eq!(lines.len(), 4);

    let missed: Vec<String> =
        house.sent("orders").iter().map(|message| message["report"]["source_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(missed, ["2", "3"], "one that we did not know, and one that we knew in an older version");
    let kept = house.reconciled("shopify").await.unwrap();
    assert_eq!((kept.compared, kept.missed, kept.failed_with), (3, 2, None), "what just changed is left to its webhook");
    assert_eq!(kept.mended, ["orders/updated was gone"]);
    assert!(kept.began_at > before.began_at && kept.ended_at >= kept.began_at);
    assert_eq!(house.sent("sources").len(), 1, "one message for the second page");
    assert!(house.sent("dead").is_empty());
}

#[tokio::test]
async fn woocommerces_sleeping_webhook_is_woken_and_a_second_run_finds_nothing_new() {
    let woocommerce = Outsider::start(|came, _| {
        let hook = |id: u32, topic: &str, status: &str| {
            let address = "https://doorstep.example/webhooks/demo/storefront/woocommerce";
            json!({"id": id, "topic": topic, "status": status, "delivery_url": address})
        };
        match came.line.as_str() {
            "GET /wp-json/wc/v3/webhooks?per_page=100" => says(
                200,
                json!([
                    hook(7, "order.updated", "disabled"),
                    hook(8, "order.created", "active"),
                    hook(9, "order.restored", "active")
                ]),
            ),
            line if line.starts_with("PUT ") => says(200, "{}"),
            _ => says(200, "[]").with("X-WP-TotalPages: 0"),
        }
    })
    .await;
    let house = house("woocommerce", &woocommerce).await;
    house.to_the_end(&due(false, "woocommerce")).await;
    let came = woocommerce.came();
    assert_eq!((came[1].line.as_str(), &came[1].body), ("PUT /wp-json/wc/v3/webhooks/7", &json!({"status": "active"})));
    assert_eq!(came[1].header("authorization"), "Basic Y2tfZmFrZTpjc19mYWtl");
    let since = (now() - minutes(24 * 60)).strftime("%Y-%m-%dT%H").to_string();
    assert!(came[2].line.contains(&format!("modified_after={since}")), "the first looks at a day: {}", came[2].line);
    let kept = house.reconciled("woocommerce").await.unwrap();
    assert_eq!((kept.mended, kept.missed), (vec!["order.updated had been disabled".to_owned()], 0));
}

#[tokio::test]
async fn a_storefront_that_slows_us_down_is_asked_later() {
    let shopify = Outsider::start(|came, _| {
        if came.line.contains("webhooks") { says(200, hooks_without("")) } else { says(429, "{}").with("Retry-After: 20.0") }
    })
    .await;
    let house = house("shopify", &shopify).await;
    assert!(house.says(&due(false, "shopify")).await);
    let sent = house.sent_whole("sources");
    assert_eq!((sent.len(), sent[0].1), (1, 20));
    assert!(sent[0].0["run"]["began_at"].is_string() && house.reconciled("shopify").await.is_none());
    // It waits for an hour at most: then the next one has begun.
    let mut old = sent[0].0.clone();
    old["run"]["began_at"] = json!(now() - minutes(55));
    assert!(house.deliver(old.to_string(), 1).await.failures.is_empty());
    assert_eq!(house.sent("sources").len(), 1);
    assert_eq!(house.reconciled("shopify").await.unwrap().failed_with.as_deref(), Some("too_often"));
}

#[tokio::test]
async fn a_comparison_that_cannot_be_is_said_to_have_failed_and_looks_back_as_far_the_next_time() {
    let began_at = now() - minutes(180);
    for (status, why, tries) in [(401, "credentials", 1), (404, "http_404", 1), (500, "http_500", 3)] {
        let shopify =
            Outsider::start(
                move |came, _| {
                    if came.line.contains("webhooks") { says(200, hooks_without("")) } else { says(status, "{}") }
                },
            )
            .await;
        let house = house("shopify", &shopify).await;
        let before = Reconciled { began_at, ended_at: began_at, compared: 9, ..Reconciled::default() };
        house.neighbours.vault().keep_reconciled(&shop(), "shopify", &before).await.unwrap();
        let message = contracts::write(&due(false, "shopify")).unwrap();
        for tried in 1..tries {
            assert!(!house.deliver(message.clone(), tried).await.failures.is_empty(), "{why}: it comes again");
        }
        assert!(house.deliver(message, tries).await.failures.is_empty(), "{why}");
        let kept = house.reconciled("shopify").await.unwrap();
        assert_eq!((kept.failed_with.as_deref(), kept.began_at), (Some(why), began_at));
    }
}

#[tokio::test]
async fn every_shop_with_an_open_api_is_compared() {
    let nobody = Outsider::start(|_, _| says(500, "")).await;
    let api = json!({"url": nobody.url});
    let sources = json!({"storefronts": {"shopify": api, "woocommerce": {"url": nobody.url, "reconcile": false}, "bigcommerce": api, "stripe": api}});
    let secrets = json!({"partner": {"shopify": "fake", "woocommerce": "ck:cs", "bigcommerce": "fake", "stripe": "fake"}});
    let house = House::new(sources, secrets).await;
    assert!(house.deliver(r#"{"type":"orders.reconcile_due.v1"}"#.to_owned(), 1).await.failures.is_empty());
    assert_eq!(house.sent("sources"), [json!({"type": "orders.reconcile_due.v1", "shop": "demo", "source": "shopify"})]);
    assert!(nobody.came().is_empty());
    let closed = House::new(json!({"storefronts": {"shopify": api}}), json!({})).await;
    assert!(closed.says(&due(true, "shopify")).await && closed.sent("sources").is_empty());
}

#[tokio::test]
async fn many_orders_are_read_at_once_also_when_one_stands_there_twice() {
    let nobody = Outsider::start(|_, _| says(500, "")).await;
    let house = house("shopify", &nobody).await;
    house.knows(&order(1, now())).await;
    let key = |id: u32| OrderKey { shop: shop(), order: OrderId::of(&shop(), "shopify", &id.to_string()) };
    let keys: Vec<OrderKey> = (1..=150).chain([1]).map(key).collect();
    let orders = house.neighbours.vault().orders(&keys).await.unwrap();
    assert_eq!(orders.len(), 151);
    assert!(orders.iter().zip(&keys).all(|(order, key)| order.value.key() == *key));
    assert_eq!(orders.iter().filter(|order| order.version > 0).count(), 2);
}
