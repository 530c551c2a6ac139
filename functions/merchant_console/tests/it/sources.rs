//! Where a shop's news comes from: what staff and the engineer read of each source, and what that costs.

use super::*;
use contracts::ParkedDelivery;
use domain::privacy::{PrivacyRequest, PrivacyWish};
use jiff::SignedDuration;
use merchant_console::{
    sources_list::{Side, listed},
    sources_page::{Known, SourcesPage},
};
use scraper::{Html, Selector};
use std::collections::{BTreeMap, HashMap};
use store::{HeardNotes, Reconciled, SourceState, Unread};

const NOW: &str = "2026-11-22T12:00:00Z";
const BASE: &str = "https://track.demo.example";

fn settings() -> ShopSettings {
    serde_json::from_value(json!({
        "brand": {"name": "Demo & Sons"},
        "calendar": {"zone": "Europe/Berlin"},
        "sources": {
            "storefronts": {
                "shopify": {"url": "https://demo.myshopify.com"},
                "woocommerce": {"url": "https://shop.example"},
            },
            "trackers": [{"source": "easypost", "carriers": ["ups", "usps"]}, {"source": "shippo", "register": false, "poll_after_hours": 12}],
        },
    }))
    .unwrap()
}

fn request(wish: PrivacyWish, asked_at: &str, orders: usize, email: Option<&str>) -> PrivacyRequest {
    PrivacyRequest {
        source: "shopify".into(),
        wish,
        orders: (0..orders).map(|n| n.to_string()).collect(),
        email: email.map(|email| email.parse().unwrap()),
        requested_at: at(asked_at),
    }
}

fn unread(word: &str, is_code: bool, seen: u64, last_at: &str) -> Unread {
    Unread { word: word.into(), is_code, seen, last_at: at(last_at) }
}

/// What a shop can know of its sources: one well, one shut out, one silent, one never heard.
fn states() -> HashMap<String, SourceState> {
    let state = |heard_at: &str| SourceState { heard_at: Some(at(heard_at)), ..SourceState::default() };
    let reconciled = |ended_at: &str, compared, missed| Reconciled {
        began_at: at(ended_at),
        ended_at: at(ended_at),
        compared,
        missed,
        ..Reconciled::default()
    };
    HashMap::from([
        (
            "storefront/shopify".to_owned(),
            SourceState {
                reconciled: Some(Reconciled {
                    mended: vec![
                        "orders/updated was gone and was made again".into(),
                        "refunds/create sent to an old address <b>\u{202e}".into(),
                    ],
                    ..reconciled("2026-11-22T11:32:00Z", 240, 2)
                }),
                ..state("2026-11-22T11:56:00Z")
            },
        ),
        (
            "storefront/woocommerce".to_owned(),
            SourceState {
                reconciled: Some(Reconciled { failed_with: Some("http_404".into()), ..reconciled("2026-11-22T11:32:00Z", 0, 0) }),
                ..state("2026-11-19T09:30:00Z")
            },
        ),
        (
            "carrier/easypost".to_owned(),
            SourceState { not_before: Some(at("2026-11-22T12:20:00Z")), ..state("2026-11-22T11:59:40Z") },
        ),
        ("carrier/standard".to_owned(), state("2026-11-20T10:00:00Z")),
        ("shipengine".to_owned(), SourceState { keys_read_at: Some(at("2026-11-22T03:00:00Z")), ..SourceState::default() }),
    ])
}

fn filled() -> String {
    let settings = settings();
    let sources = listed(Some(&settings), &states());
    let rows = BTreeMap::from([
        (
            "shopify".to_owned(),
            vec![
                unread("orders/risk_assessment_changed", false, 12, "2026-11-22T10:00:00Z"),
                unread("orders/risk_assessment_changed", false, 1, "2026-11-21T10:00:00Z"),
                unread("", false, 1, "2026-11-03T10:00:00Z"),
            ],
        ),
        ("easypost".to_owned(), vec![unread("<i>held_by_customs_v2", true, 3, "2026-11-20T10:00:00Z")]),
    ]);
    let requests = [
        request(PrivacyWish::CustomerData, "2026-11-19T09:30:00Z", 3, Some("ines@doe.example")),
        request(PrivacyWish::CustomerErasure, "2026-11-02T09:30:00Z", 1, Some("jon@doe.example")),
        request(PrivacyWish::ShopErasure, "2026-10-10T09:30:00Z", 0, None),
    ];
    let known = Known { settings: Some(&settings), sources: &sources, unread: &rows, requests: &requests, base: BASE };
    rendered(&known)
}

fn empty() -> String {
    rendered(&Known { settings: None, sources: &[], unread: &BTreeMap::new(), requests: &[], base: BASE })
}

fn rendered(known: &Known<'_>) -> String {
    SourcesPage::of(&shop(), known, at(NOW)).answer().body().to_owned()
}

/// Leaves the page where a browser can show it, when `PAGES_DIR` names a directory for that.
fn keep_page(name: &str, html: &str) {
    if let Some(directory) = std::env::var_os("PAGES_DIR") {
        std::fs::write(std::path::Path::new(&directory).join(format!("{name}.html")), html).unwrap();
    }
}

/// A browser's parser finds nothing to complain of, every id is there once, and every name of one leads to it.
#[track_caller]
fn assert_sound(html: &str) {
    let page = Html::parse_document(html);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    let all = |css: &str, name: &str| -> Vec<String> {
        let wanted = Selector::parse(css).unwrap();
        page.select(&wanted).filter_map(|it| it.value().attr(name).map(str::to_owned)).collect()
    };
    let ids = all("[id]", "id");
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    for named in all("[aria-labelledby]", "aria-labelledby").into_iter().chain(all("a[href^='#']", "href")) {
        assert!(ids.contains(&named.trim_start_matches('#').to_owned()), "{named}");
    }
    assert_eq!(page.select(&Selector::parse("h1").unwrap()).count(), 1);
    for time in all("time", "datetime") {
        assert!(time.parse::<Timestamp>().is_ok() || time.parse::<jiff::civil::Date>().is_ok(), "{time}");
    }
    for address in all("a[href]", "href") {
        assert!(address.starts_with('/') || address.starts_with('#'), "{address}");
        assert!(!address.contains('@') && !address.contains("%40"), "nobody is named in an address: {address}");
    }
    assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("<i>") && !html.contains('\u{202e}'));
}

#[test]
fn the_page_tells_of_each_source() {
    let html = filled();
    keep_page("sources", &html);
    assert_sound(&html);
    // Without the addresses at its end: they name every source we read, and there will be more.
    let (told, _) = html.split_once("<details").unwrap();
    insta::assert_snapshot!("sources", told.split("<body>").nth(1).unwrap());
}

#[test]
fn an_empty_page_says_what_to_paste_where() {
    let html = empty();
    keep_page("sources_empty", &html);
    assert_sound(&html);
    for part in ["Nothing was heard yet.", "Nobody asked in the last ninety days."] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    for side in [Side::Storefront, Side::Carrier] {
        let (code, names) = (side.code(), side.all());
        let first = names[0];
        assert!(html.contains(&format!(">{BASE}/webhooks/demo/{code}/{first}</textarea>")), "{html}");
        assert!(html.contains(&format!("<span class=\"code\">shops.demo.{code}.{first}</span>")), "{html}");
        assert!(names[1..].iter().all(|name| html.contains(&format!("<span class=\"code\">{name}</span>"))), "{html}");
    }
    assert!(!html.contains("<article") && !html.contains("Look here"));
}

#[test]
fn many_words_are_shown_to_their_bound() {
    let settings = settings();
    let sources = listed(Some(&settings), &states());
    let words = (0..150).map(|n| unread(&format!("topic/{n}"), false, 1, NOW)).collect();
    let rows = BTreeMap::from([("shopify".to_owned(), words)]);
    let html = rendered(&Known { settings: Some(&settings), sources: &sources, unread: &rows, requests: &[], base: BASE });
    assert_eq!(html.matches("topic/").count(), 100);
    assert!(html.contains("There is more than is counted here"));
}

/// A shop whose vault knows of two sources, one word each that could not be read, and one request.
async fn heard() -> Neighbours {
    let neighbours = neighbours().await;
    let vault = neighbours.vault();
    vault.put_settings(&shop(), &settings()).await.unwrap();
    let (now, notes) = (Timestamp::now(), HeardNotes::default());
    notes.heard(&vault, &shop(), "storefront/shopify".into(), now - SignedDuration::from_mins(4)).await;
    notes.heard(&vault, &shop(), "carrier/easypost".into(), now - SignedDuration::from_hours(80)).await;
    let body = "{}".to_owned();
    let parked = ParkedDelivery { source: "shopify".into(), topic: "carts/update".into(), body, received_at: now };
    vault.park(&shop(), &parked).await.unwrap();
    vault.park(&shop(), &parked).await.unwrap();
    vault.count_unknown_code(&shop(), "easypost", "brand_new", now).await.unwrap();
    vault
        .keep_reconciled(
            &shop(),
            "shopify",
            &Reconciled { failed_with: Some("credentials".into()), ended_at: now, ..Reconciled::default() },
        )
        .await
        .unwrap();
    vault.slow_down(&shop(), "easypost", now + SignedDuration::from_mins(10)).await.unwrap();
    vault.keep_public_keys(&shop(), "easypost", "{}", now).await.unwrap();
    let asked = PrivacyRequest { requested_at: now, ..request(PrivacyWish::CustomerData, NOW, 2, Some("ines@doe.example")) };
    vault.keep_privacy_request(&shop(), &asked).await.unwrap();
    neighbours
}

#[tokio::test]
async fn what_the_vault_knows_of_sources_is_on_the_page() {
    let neighbours = heard().await;
    let page = get(&room(&neighbours), "/console/demo/sources", Some(PASSWORD)).await;
    assert_eq!(page.status, 200);
    assert_sound(&page.body);
    let card = |id: &str| page.body.split("<article").find(|card| card.contains(&format!("id=\"{id}\""))).unwrap();
    let shopify = card("storefront-shopify");
    assert!(shopify.contains(">4 minutes ago</time>") && shopify.contains("Put a valid key into"), "{shopify}");
    let easypost = card("carrier-easypost");
    for part in [
        "Silent for 3 days.",
        "It asked us to wait until",
        "read <time",
        "<dd><span class=\"code pick\">https://console.example/webhooks/demo/carrier/easypost<",
    ] {
        assert!(easypost.contains(part), "{part} is not in {easypost}");
    }
    assert!(
        page.body.contains(">carts/update</span>")
            && page.body.contains(">2 times</td>")
            && page.body.contains(">brand_new</span>")
    );
    assert!(page.body.contains("2 orders") && page.body.contains("29 days left"));
    let head = ask(&room(&neighbours), "HEAD", "/console/demo/sources", Some(PASSWORD), &[], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn the_page_of_sources_is_two_queries_and_one_for_each_source() {
    let neighbours = heard().await;
    let room = room(&neighbours);
    get(&room, "/console/demo/sources", Some(PASSWORD)).await;
    neighbours.calls();
    get(&room, "/console/demo/sources", Some(PASSWORD)).await;
    // Shopify, WooCommerce, EasyPost and Shippo; the settings are a minute old at most.
    assert_eq!(neighbours.calls(), ["query"; 2 + 4]);
    assert!(neighbours.sent().is_empty(), "a window only reads");
}

#[tokio::test]
async fn a_shop_nobody_was_heard_of_is_told_where_its_webhooks_go() {
    let page = get(&room(&neighbours().await), "/console/demo/sources", Some(PASSWORD)).await;
    assert!(page.status == 200 && page.body.contains("https://console.example/webhooks/demo/storefront/"));
}

#[tokio::test]
async fn refunds_and_an_erasure_are_told_of_an_order() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    let vault = super::messages::vault(&neighbours).await;
    let refund = domain::order::RefundReport {
        source: "standard".into(),
        order_source_id: "#1007".into(),
        id: "r1".parse().unwrap(),
        refunded_at: at("2026-11-03T10:00:00Z"),
        amount: Money::of(1200, "EUR".parse().unwrap()),
        lines: Vec::new(),
    };
    let order = order("#1007").refunded(refund).unwrap().redacted(at("2026-11-20T10:00:00Z"));
    super::messages::described(&vault, &order).await;
    keep(&neighbours, Write::Return(new(held(&order, "abcd7777", 5)))).await;
    let letters = get(&room, "/console/demo/letters?order=1007", Some(PASSWORD)).await.body;
    assert!(letters.contains("<p>12.00 EUR were refunded on Tuesday 3 November 2026.</p>"), "{letters}");
    assert!(letters.contains("name and addresses were erased on <time datetime=\"2026-11-20T10:00:00Z\">"), "{letters}");
    let worklist = get(&room, "/console/demo", Some(PASSWORD)).await.body;
    assert!(worklist.contains("<dt>Paid back</dt><dd>12.00 EUR were refunded on Tuesday 3 November 2026</dd>"), "{worklist}");
}
