//! Replays over a real DynamoDB: dry runs that show exactly what differs, and desks that make it so.

#[path = "../../../../functions/merchant_console/tests/it/aws.rs"]
mod aws;

use crate::exports::fixture;
use aws::Neighbours;
use boot::aws::Aws;
use contracts::{KeptDelivery, ToOrders, ToTracking};
use domain::{
    id::{OrderId, OrderKey, ParcelKey, ShopId},
    money::Money,
    order::{Order, ParcelName},
    parcel::{Parcel, ParcelReport},
    scan::Scan,
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use replay::{
    deliveries::{self, Reading},
    desk::Desk,
    run::{self, Listener, Manner, Wanted},
    told::{Aggregate, Key, Told},
};
use std::collections::BTreeMap;
use store::{Find, Vault, Versioned, Write};

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    progress: Vec<String>,
}

impl Listener for Heard {
    fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    fn progress(&mut self, line: &str) {
        self.progress.push(line.to_owned());
    }
}

impl Heard {
    fn text(&self) -> String {
        self.lines.join("\n").trim_end().to_owned()
    }
}

struct House {
    neighbours: Neighbours,
    vault: Vault,
}

impl House {
    async fn start() -> Self {
        let secret = serde_json::json!({"root_key": "0123456789012345678901234567890123456789", "shops": {"demo": {}}});
        let neighbours = Neighbours::start(secret).await;
        let aws = Aws::from_env(|name: &str| neighbours.variable(name)).unwrap();
        let keyring = boot::secrets::Secrets::new(aws.secrets(), "secret".to_owned()).keyring().await.unwrap();
        let vault = neighbours.vault().with_find_key(keyring.find_key());
        Self { neighbours, vault }
    }

    async fn desk(&self) -> Desk {
        let get = |name: &str| match name {
            "TRACKING_QUEUE_URL" => self.neighbours.variable("ORDERS_QUEUE_URL").map(|url| url.replace("orders", "tracking")),
            name => self.neighbours.variable(name),
        };
        Desk::open(get, shop(), true, true).await.unwrap()
    }

    async fn replay(&self, source: Option<&str>, day: &str, write: bool) -> Heard {
        let mut heard = Heard::default();
        let day = Some(day.parse().unwrap());
        let wanted = Wanted { source: source.map(str::to_owned), since: day, until: day };
        run::deliveries(&self.desk().await, &wanted, manner(write), &mut heard).await.unwrap();
        heard
    }

    async fn import(&self, what: &str, write: bool) -> Heard {
        let (mut heard, desk) = (Heard::default(), self.desk().await);
        match what {
            "shopify" => run::shopify_csv(&desk, &fixture(what), manner(write), &mut heard).await.unwrap(),
            what => run::aftership_csv(&desk, &fixture(what), manner(write), &mut heard).await.unwrap(),
        }
        heard
    }

    /// Every message on the queues so far, read as its desk reads it.
    fn sent(&self) -> Vec<Told> {
        let batches = self.neighbours.sent();
        let entries = batches.iter().flat_map(|batch| batch["Entries"].as_array().cloned().unwrap_or_default());
        let told = |entry: serde_json::Value| {
            let body = entry["MessageBody"].as_str().unwrap().to_owned();
            match contracts::read::<ToOrders>(&body) {
                Ok(ToOrders::OrderReread { report, .. }) => Told::Order(report),
                Ok(ToOrders::FulfilmentReported { report, .. }) => Told::Fulfilment(report),
                Ok(ToOrders::RefundReported { report, .. }) => Told::Refund(report),
                Ok(other) => panic!("{other:?}"),
                Err(_) => match contracts::read::<ToTracking>(&body).unwrap() {
                    ToTracking::ParcelReported { report, .. } => Told::Parcel(report),
                    other => panic!("{other:?}"),
                },
            }
        };
        entries.map(told).collect()
    }

    /// Folds and commits as the desks do, in the order in which SQS happens to give: here, backwards.
    async fn desks_read(&self, mut told: Vec<Told>) {
        told.reverse();
        for told in told {
            let key = told.key(&shop());
            let write = match &key {
                Key::Order(key) => {
                    let kept = self.vault.order(key).await.unwrap();
                    let Aggregate::Order(value) = Aggregate::Order(kept.value).told(&told).unwrap() else { panic!() };
                    if let Some(report) = &value.report {
                        let find = Find::Number(report.number.clone());
                        self.vault.commit(vec![Write::Find { shop: shop(), find, order: key.clone() }]).await.unwrap();
                    }
                    Write::Order(Versioned { value, version: kept.version })
                }
                Key::Parcel(key) => {
                    let kept = self.vault.parcel(key).await.unwrap();
                    let Aggregate::Parcel(value) = Aggregate::Parcel(kept.value).told(&told).unwrap() else { panic!() };
                    Write::Parcel(Versioned { value, version: kept.version })
                }
            };
            self.vault.commit(vec![write]).await.unwrap();
        }
    }
}

fn manner(write: bool) -> Manner {
    Manner { write, fields: false, now: at("2024-11-20T12:00:00Z") }
}

fn kept(topic: &str, received_at: &str, body: &str) -> KeptDelivery {
    let headers = BTreeMap::from([("x-shopify-topic".to_owned(), topic.to_owned())]);
    KeptDelivery::pack("shopify", at(received_at), headers, body.as_bytes())
}

fn order_key() -> OrderKey {
    OrderKey { shop: shop(), order: OrderId::of(&shop(), "shopify", "4500000000101") }
}

const WEBHOOK: &str = include_str!("../fixtures/shopify_webhook.json");

/// The order as today's readers have it, and as it was kept: misread.
async fn misread(house: &House) -> Order {
    let Reading::Reports(told) = deliveries::read(&kept("orders/paid", "2024-11-06T21:00:02Z", WEBHOOK)) else { panic!() };
    let order = Order::new(shop(), order_key().order);
    let Aggregate::Order(right) = told.iter().fold(Aggregate::Order(order), |kept, told| kept.told(told).unwrap()) else {
        panic!()
    };
    let mut wrong = right.clone();
    let report = wrong.report.as_mut().unwrap();
    report.lines[0].paid = Money::of(900, "USD".parse().unwrap());
    report.customer.email = Some("maja@mail.example".parse().unwrap());
    report.lines[1].sku = Some("SOCK".to_owned());
    house.vault.commit(vec![Write::Order(Versioned { value: wrong, version: 0 })]).await.unwrap();
    right
}

#[tokio::test]
async fn a_misread_delivery_is_shown_exactly_told_again_and_then_nothing_differs() {
    let house = House::start().await;
    let right = misread(&house).await;
    let deliveries = [
        kept("orders/updated", "2024-11-06T21:00:02Z", WEBHOOK),
        kept("orders/paid", "2024-11-06T21:00:02Z", WEBHOOK),
        kept("orders/paid", "2024-11-06T22:00:00Z", "{\"id\": 7, \"updated_at\": \"2024-11-06T16:00:00-05:00\"}"),
        kept("carts/update", "2024-11-06T22:00:00Z", "{}"),
    ];
    house.vault.keep_deliveries(&shop(), &deliveries, 30).await.unwrap();
    let dry = house.replay(None, "2024-11-06", false).await;
    let id = &order_key().order;
    let want = format!(
        "order #1001 ({id})
  report.customer.email: changed
  report.lines[0].paid.minor: 900 → 9000
  report.lines[1].sku: - SOCK

from 2024-11-06 to 2024-11-06: 4 deliveries read, 2 reports in them, 1 unreadable
could not be read: 1
  shopify, 2024-11-06T22:00:00Z: `currency` is missing
left alone: 1, deliveries of shopify: of a topic that is not read
orders and parcels told of: 1, of which 0 are as they would be
1 would change and 0 would be new; say --write to tell the desks"
    );
    assert_eq!(dry.text(), want);
    assert_eq!(dry.progress, ["2024-11-06, day 1 of 1: 4 deliveries read, 1 would differ"]);
    assert!(house.sent().is_empty(), "a dry run writes nothing");

    let told = house.replay(Some("shopify"), "2024-11-06", true).await;
    assert!(
        told.text().ends_with("1 change and 0 are new: 1 messages sent; once the desks have read them, a second run sends none")
    );
    let sent = house.sent();
    assert!(matches!(sent.as_slice(), [Told::Order(_)]), "{sent:?}");
    house.desks_read(sent.clone()).await;
    assert_eq!(house.vault.order(&order_key()).await.unwrap().value, right);

    let again = house.replay(None, "2024-11-06", true).await;
    assert!(again.text().ends_with("told of: 1, of which 1 are as they would be\nnothing would change"), "{}", again.text());
    assert_eq!(house.sent().len(), 1, "a second run sends none");
    assert!(house.replay(Some("easypost"), "2024-11-06", false).await.text().contains("0 deliveries read"));
    assert!(house.replay(None, "2024-11-04", false).await.text().contains("0 deliveries read"));
}

#[tokio::test]
async fn a_version_told_on_both_sides_of_midnight_is_the_one_that_the_fold_keeps() {
    let house = House::start().await;
    let unpaid = WEBHOOK.replace("\"paid\"", "\"authorized\"");
    let deliveries = [("2024-11-06T23:59:59Z", WEBHOOK), ("2024-11-07T00:00:01Z", unpaid.as_str())];
    for (received_at, body) in deliveries {
        let delivery = kept("orders/updated", received_at, body);
        let Reading::Reports(told) = deliveries::read(&delivery) else { panic!() };
        for told in told {
            let Told::Order(report) = told else { continue };
            let order = house.vault.order(&order_key()).await.unwrap();
            let value = order.value.told(report).unwrap();
            house.vault.commit(vec![Write::Order(Versioned { value, version: order.version })]).await.unwrap();
        }
        house.vault.keep_deliveries(&shop(), &[delivery], 30).await.unwrap();
    }
    for day in ["2024-11-06", "2024-11-07"] {
        assert!(house.replay(None, day, false).await.text().ends_with("nothing would change"), "{day}");
    }
}

#[tokio::test]
async fn an_erased_customer_does_not_come_back() {
    let house = House::start().await;
    let order = misread(&house).await.redacted(at("2024-11-10T00:00:00Z"));
    house.vault.commit(vec![Write::Order(Versioned { value: order, version: 1 })]).await.unwrap();
    house.vault.keep_deliveries(&shop(), &[kept("orders/paid", "2024-11-06T21:00:02Z", WEBHOOK)], 30).await.unwrap();
    let heard = house.replay(None, "2024-11-06", true).await.text();
    assert!(heard.contains("left alone: 1, reports of orders whose customer's data was erased"), "{heard}");
    let heard = house.import("shopify", true).await.text();
    assert!(heard.contains("left alone: 1, its customer's data was erased"), "{heard}");
    assert!(house.sent().iter().all(|told| told.key(&shop()) != Key::Order(order_key())));
}

#[tokio::test]
async fn exports_are_told_once_and_tied_together() {
    let house = House::start().await;
    let dry = house.import("shopify", false).await;
    insta::assert_snapshot!("shopify_dry", dry.text());
    assert!(house.sent().is_empty());
    for personal in ["maya", "Okafor", "Alder", "0143", "haru", "Li Wei", "kim@"] {
        assert!(!dry.text().contains(personal), "{personal}");
    }
    house.import("shopify", true).await;
    house.desks_read(house.sent()).await;
    let sent = house.sent().len();
    let again = house.import("shopify", true).await.text();
    assert!(again.ends_with("nothing would change"), "{again}");

    let dry = house.import("aftership", false).await;
    insta::assert_snapshot!("aftership_dry", dry.text());
    let (mut heard, then) = (Heard::default(), Manner { now: at("2024-11-09T12:00:00Z"), ..manner(false) });
    run::aftership_csv(&house.desk().await, &fixture("aftership"), then, &mut heard).await.unwrap();
    let letters =
        heard.lines.iter().filter(|line| line.starts_with("  letter that would be sent: ")).cloned().collect::<Vec<_>>();
    insta::assert_snapshot!("aftership_letters", letters.join("\n"));
    house.import("aftership", true).await;
    house.desks_read(house.sent().split_off(sent)).await;
    let order = house.vault.order(&order_key()).await.unwrap().value;
    assert_eq!(order.confirmed_at, Some(at("2024-11-05T15:22:02.999Z")), "when it was paid, not when it was sent");
    assert!(order.changes().is_empty(), "an import is no change of an order");
    let parcels: Vec<String> = order.parcels().into_keys().map(|key| key.to_string()).collect();
    assert_eq!(parcels, ["demo/dhl_germany/JD014600003SE", "demo/ups/1Z999AA10123456784"]);
    let sent = house.sent().len();
    let again = house.import("aftership", true).await.text();
    assert!(again.ends_with("nothing would change"), "{again}");
    assert_eq!(house.sent().len(), sent);
}

#[tokio::test]
async fn what_is_told_of_a_last_leg_is_told_of_the_whole_parcel_and_old_tables_are_named() {
    let house = House::start().await;
    let name = |carrier: &str, number: &str| ParcelName { carrier: carrier.parse().unwrap(), number: number.parse().unwrap() };
    let key = |name: &ParcelName| ParcelKey { shop: shop(), carrier: name.carrier.clone(), number: name.number.clone() };
    let (whole, leg) = (name("ups", "1Z999AA10123456784"), name("usps", "9400111899223818218410"));
    let scan = Scan {
        code: "in_transit/weather_delay".into(),
        ..Scan::new(at("2024-11-05T10:00:00Z"), Status::Pending, SubStatus::other())
    };
    let report =
        ParcelReport { last_mile: Some(leg.clone()), ..ParcelReport::new("easypost", &key(&whole), scan.at, vec![scan]) };
    for value in [Parcel::new(key(&whole)).told(&report), Parcel::new(key(&leg)).as_leg_of(whole.clone())] {
        house.vault.commit(vec![Write::Parcel(Versioned { value, version: 0 })]).await.unwrap();
    }
    let body = r#"{"type": "parcel.reported", "timestamp": "2024-11-06T10:00:00Z", "data": {"carrier": "usps",
        "number": "9400111899223818218410", "updated_at": "2024-11-06T10:00:00Z", "scans": [
        {"at": "2024-11-06T09:00:00Z", "status": "delivered", "sub": "at_door", "text": "Left with Maya"}]}}"#;
    let delivery = KeptDelivery::pack("standard", at("2024-11-06T10:00:01Z"), BTreeMap::new(), body.as_bytes());
    house.vault.keep_deliveries(&shop(), std::slice::from_ref(&delivery), 30).await.unwrap();
    let heard = house.replay(None, "2024-11-06", false).await.text();
    insta::assert_snapshot!("last_leg_dry", heard);

    let Reading::Reports(told) = deliveries::read(&delivery) else { panic!() };
    let kept = house.vault.parcel(&key(&whole)).await.unwrap();
    let Aggregate::Parcel(value) = Aggregate::Parcel(kept.value).told(&told[0]).unwrap() else { panic!() };
    house.vault.commit(vec![Write::Parcel(Versioned { value, version: kept.version })]).await.unwrap();
    assert!(house.replay(None, "2024-11-06", false).await.text().ends_with("nothing would change"));
}
