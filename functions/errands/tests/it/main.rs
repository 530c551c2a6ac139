//! The postman of errands from the message to the merchant's receiver, over a real DynamoDB.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

#[path = "../../../merchant_console/tests/it/aws.rs"]
mod aws;

use aws::{Neighbours, TABLE, request};
use boot::batch::{SqsAttributes, SqsEvent, SqsRecord};
use contracts::ToErrands;
use domain::{
    address::Customer,
    errand::{Errand, ErrandKind},
    id::{LetterId, OrderId, OrderKey, ParcelKey, ShopId},
    money::Money,
    order::{Order, OrderReport, Payment, Totals},
    parcel::{Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::ShopSettings,
    status::{Status, SubStatus},
};
use errands::{Room, handle};
use jiff::Timestamp;
use lambda_runtime::{Context, LambdaEvent};
use partners::outgoing_webhook::{SigningKey, signatures};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use store::{Versioned, Write};
use tokio::{io::AsyncWriteExt, net::TcpListener};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The merchant's system: answers with these statuses one after the other, the last one for ever.
struct Receiver {
    url: String,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    async fn start(statuses: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let kept = seen.clone();
        tokio::spawn(async move {
            let mut count = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some((head, body)) = request(&mut stream).await else { continue };
                kept.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
                let status = statuses[count.min(statuses.len() - 1)];
                count += 1;
                stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await.unwrap();
            }
        });
        Self { url, seen }
    }

    fn seen(&self) -> Vec<(String, String)> {
        self.seen.lock().unwrap().clone()
    }
}

async fn neighbours(keys: Value, url: Option<&str>) -> Neighbours {
    let secret = json!({"root_key": "0123456789012345678901234567890123456789", "shops": {"demo": {"webhooks_out": keys}}});
    let neighbours = Neighbours::start(secret).await;
    let settings: ShopSettings =
        serde_json::from_value(json!({"brand": {"name": "Demo"}, "webhooks_out": {"url": url}})).unwrap();
    neighbours.vault().put_settings(&shop(), &settings).await.unwrap();
    neighbours
}

fn room(neighbours: &Neighbours, local: bool) -> Arc<Room> {
    let get = |name: &str| if name == "DOORSTEP_LOCAL" { local.then(|| "1".to_owned()) } else { neighbours.variable(name) };
    Arc::new(Room::open(get).unwrap())
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn order_key() -> OrderKey {
    OrderKey { shop: shop(), order: OrderId::of(&shop(), "standard", "1") }
}

fn errand(event: &str, about: Option<&str>) -> Errand {
    Errand {
        id: LetterId::of("order/demo", event, about.unwrap_or_default()),
        order: order_key(),
        kind: ErrandKind::TellMerchant { event: event.to_owned(), about: about.map(str::to_owned) },
        occurred_at: at("2026-11-21T10:00:00Z"),
    }
}

/// Hands one message over and says whether it may be deleted.
async fn deliver(room: &Arc<Room>, body: String) -> bool {
    let mut context = Context::default();
    let deadline = SystemTime::now() + Duration::from_secs(20);
    context.deadline = u64::try_from(deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let record = SqsRecord { message_id: "m1".to_owned(), body, attributes: SqsAttributes::default() };
    let answer = handle(room, LambdaEvent::new(SqsEvent { records: vec![record] }, context)).await.unwrap();
    answer.failures.is_empty()
}

async fn due(room: &Arc<Room>, errand: &Errand) -> bool {
    deliver(room, contracts::write(&ToErrands::ErrandDue { errand: errand.clone() }).unwrap()).await
}

/// How the errands of the ledger ended.
async fn endings(neighbours: &Neighbours) -> Vec<String> {
    let rows = neighbours.aws().dynamodb().scan().table_name(TABLE).send().await.unwrap();
    rows.items().iter().filter_map(|item| item.get("how")).map(|how| how.as_s().unwrap().clone()).collect()
}

fn order() -> Order {
    let report = OrderReport {
        source: "standard".into(),
        source_id: "1".into(),
        reported_at: at("2026-11-01T10:00:00Z"),
        placed_at: at("2026-11-01T10:00:00Z"),
        number: "#1001".into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: Customer::default(),
        ship_to: None,
        lines: Vec::new(),
        totals: Totals { total: Money::of(0, "EUR".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    };
    Order::new(shop(), order_key().order).told(report).unwrap()
}

async fn keep(neighbours: &Neighbours, write: Write) {
    neighbours.vault().commit(vec![write]).await.unwrap();
}

fn new<T>(value: T) -> Versioned<T> {
    Versioned { value, version: 0 }
}

#[tokio::test]
async fn the_merchant_is_told_once_and_by_every_key() {
    let receiver = Receiver::start(&["204 Fine"]).await;
    let neighbours = neighbours(json!([KEY, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSX"]), Some(&receiver.url)).await;
    keep(&neighbours, Write::Order(new(order()))).await;
    let room = room(&neighbours, true);
    let errand = errand("order.confirmed", None);
    assert!(due(&room, &errand).await);
    assert!(due(&room, &errand).await, "a repeat is deleted");
    let seen = receiver.seen();
    assert_eq!(seen.len(), 1);
    let (head, body) = &seen[0];
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default();
    let order = order_key().order;
    let want = json!({"type": "order.confirmed", "timestamp": "2026-11-21T10:00:00Z", "data": {
        "shop": "demo", "order": {"id": order, "number": "#1001", "source": "standard", "source_id": "1"}}});
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), want);
    assert_eq!(header("webhook-id"), format!("msg_{}", errand.id));
    let keys = [KEY, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSX"].map(|key| SigningKey::read(key).unwrap());
    let signature = signatures(&keys, header("webhook-id"), header("webhook-timestamp").parse().unwrap(), body.as_bytes());
    assert_eq!(header("webhook-signature"), signature);
    assert_eq!(endings(&neighbours).await, ["http_204"]);
}

#[tokio::test]
async fn a_parcel_is_told_with_its_status() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let neighbours = neighbours(json!(KEY), Some(&receiver.url)).await;
    let key = ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() };
    let scan = Scan {
        text: "Left with Ann Smith".into(),
        ..Scan::new(at("2026-11-24T14:05:00Z"), Status::Delivered, SubStatus::new("at_door"))
    };
    let report = ParcelReport::new("standard", &key, scan.at, vec![scan]);
    keep(&neighbours, Write::Parcel(new(Parcel::new(key).told(&report)))).await;
    assert!(due(&room(&neighbours, true), &errand("parcel.delivered", Some("ups/1Z999"))).await);
    let (_, body) = receiver.seen().remove(0);
    assert!(!body.contains("Ann"));
    let data = serde_json::from_str::<Value>(&body).unwrap()["data"].take();
    let at = "2026-11-24T14:05:00Z";
    let parcel = json!({"carrier": "ups", "number": "1Z999", "status": "delivered", "sub_status": "at_door", "since": at, "delivered_at": at});
    assert_eq!(data, json!({"shop": "demo", "order": {"id": order_key().order}, "parcel": parcel}));
}

#[tokio::test]
async fn a_return_is_told_without_the_customers_words() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let neighbours = neighbours(json!(KEY), Some(&receiver.url)).await;
    let request = ReturnRequest {
        id: "abcd1234".parse().unwrap(),
        lines: vec![ReturnLine { line: "7".parse().unwrap(), quantity: 2, reason: ReturnReason::Damaged }],
        outcome: Outcome::Refund,
        note: Some("I am Ann".into()),
        requested_at: at("2026-11-20T10:00:00Z"),
    };
    let state = ReturnState::Held { why: HoldReason::ReasonNeedsPerson };
    let held = Return { shop: shop(), order: order_key().order, request, settings_version: 1, state };
    keep(&neighbours, Write::Order(new(order()))).await;
    keep(&neighbours, Write::Return(new(held))).await;
    assert!(due(&room(&neighbours, true), &errand("return.held", Some("abcd1234"))).await);
    let (_, body) = receiver.seen().remove(0);
    assert!(!body.contains("Ann"));
    let told = serde_json::from_str::<Value>(&body).unwrap()["data"]["return"].take();
    let line = json!({"line": "7", "quantity": 2, "reason": "damaged"});
    assert_eq!(told, json!({"id": "abcd1234", "state": "held", "outcome": "refund", "lines": [line]}));
}

#[tokio::test]
async fn what_was_not_taken_comes_again_and_is_not_sent_beside_another_attempt() {
    let receiver = Receiver::start(&["503 Busy", "200 OK"]).await;
    let neighbours = neighbours(json!(KEY), Some(&receiver.url)).await;
    let (room, errand) = (room(&neighbours, true), errand("order.confirmed", None));
    assert!(!due(&room, &errand).await, "the message is kept");
    assert!(!due(&room, &errand).await, "it is kept while the lease lasts");
    assert_eq!(receiver.seen().len(), 1);
    assert!(endings(&neighbours).await.is_empty());
}

#[tokio::test]
async fn an_attempt_after_a_lease_ended_carries_the_same_id() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let neighbours = neighbours(json!(KEY), Some(&receiver.url)).await;
    let errand = errand("order.confirmed", None);
    let before = at("2026-11-20T00:00:00Z").min(Timestamp::now()) - jiff::SignedDuration::from_hours(1);
    neighbours.vault().claim_errand(&errand, before, before + jiff::SignedDuration::from_secs(30)).await.unwrap();
    assert!(due(&room(&neighbours, true), &errand).await);
    assert!(receiver.seen()[0].0.contains(&format!("webhook-id: msg_{}", errand.id)));
    assert_eq!(endings(&neighbours).await, ["http_200"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_gets_no_more_of_it() {
    let receiver = Receiver::start(&["410 Gone"]).await;
    let neighbours = neighbours(json!(KEY), Some(&receiver.url)).await;
    let (room, errand) = (room(&neighbours, true), errand("order.confirmed", None));
    assert!(due(&room, &errand).await && due(&room, &errand).await);
    assert_eq!(receiver.seen().len(), 1);
    assert_eq!(endings(&neighbours).await, ["http_410"]);
}

#[tokio::test]
async fn who_wants_nothing_or_has_no_key_is_sent_nothing() {
    let errand = errand("order.confirmed", None);
    let wants_nothing = neighbours(json!(KEY), None).await;
    assert!(due(&room(&wants_nothing, true), &errand).await);
    assert_eq!(endings(&wants_nothing).await, ["not_wanted"]);
    let receiver = Receiver::start(&["200 OK"]).await;
    let no_key = neighbours(json!([]), Some(&receiver.url)).await;
    assert!(due(&room(&no_key, true), &errand).await);
    assert_eq!(endings(&no_key).await, ["no_signing_key"]);
    assert!(receiver.seen().is_empty());
}

#[tokio::test]
async fn in_aws_this_machine_is_never_called() {
    let receiver = Receiver::start(&["200 OK"]).await;
    for (url, why) in [
        (receiver.url.clone(), "not_https"),
        (receiver.url.replace("http:", "https:"), "port_not_allowed"),
        ("https://localhost/".to_owned(), "address_not_public"),
        ("https://169.254.169.254/latest/meta-data/".to_owned(), "address_not_public"),
    ] {
        let neighbours = neighbours(json!(KEY), Some(&url)).await;
        assert!(due(&room(&neighbours, false), &errand("order.confirmed", None)).await, "{url}");
        assert_eq!(endings(&neighbours).await, [why], "{url}");
    }
    assert!(receiver.seen().is_empty());
}

#[tokio::test]
async fn what_can_never_be_sent_goes_to_the_dead_letter_queue_with_its_reason() {
    let receiver = Receiver::start(&["200 OK"]).await;
    let neighbours = neighbours(json!("not a key"), Some(&receiver.url)).await;
    let room = room(&neighbours, true);
    assert!(deliver(&room, "not json".to_owned()).await);
    assert!(due(&room, &errand("order.confirmed", None)).await);
    let sent = neighbours.sent();
    assert!(sent.iter().all(|message| message["QueueUrl"].as_str().unwrap().ends_with("/dead")));
    let reasons: Vec<_> =
        sent.iter().map(|message| message["MessageAttributes"]["reason"]["StringValue"].as_str().unwrap()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].starts_with("message cannot be read") && reasons[1].starts_with("a key of webhooks_out"));
    assert!(receiver.seen().is_empty() && endings(&neighbours).await.is_empty());
}
