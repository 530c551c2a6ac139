//! Events of each function's own kind, each new to the house, as Lambda hands them over.

use super::{merchant, process::Process};
use crate::{load, stack::Stack};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use domain::id::OrderId;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use signatures::Delivery;
use storefronts::Storefront;

const SHOP: &str = "demo";
const ORDER: &str = include_str!("../../../../events/contracts/orders.order.reported.v1.json");
const PARCEL: &str = include_str!("../../../../events/contracts/tracking.parcel.reported.v1.json");
const RETURN: &str = include_str!("../../../../events/contracts/returns.return.requested.v1.json");
const LETTER: &str = include_str!("../../../../events/contracts/letters.letter.due.v1.order_confirmed.json");
const INQUIRY: &str = include_str!("../../../../events/contracts/sources.parcel.inquiry_due.v1.json");
const ERRAND: &str = include_str!("../../../../events/contracts/errands.errand.due.v1.json");
const SHOPIFY: &str = include_str!("../../../../events/storefront_webhook/shopify_orders_create.json");

/// Messages of one batch.
const BATCH: usize = 10;

/// Makes events, and puts what they need into the vault first.
pub struct Events<'a> {
    stack: &'a Stack,
    /// A process of `orders` that is not measured: it stores what other functions read.
    orders: Process,
    made: u64,
    /// The order that letters, errands and the customer's page are about.
    order: OrderId,
    page: String,
    stream: String,
}

impl<'a> Events<'a> {
    /// Tells the demo shop's news to a merchant's system, and stores the first order.
    pub fn prepare(stack: &'a Stack, orders: Process) -> Result<Self, String> {
        stack.tell_merchant(&merchant::open()?)?;
        let (order, page, stream) = (order_id("0")?, String::new(), String::new());
        let mut events = Self { stack, orders, made: 0, order, page, stream };
        events.order = events.store_orders(1)?.remove(0);
        events.page = stack.page_of("1")?;
        events.stream = stack.stream()?;
        Ok(events)
    }

    /// So many events for a function, in the order in which it is to get them.
    pub fn of(&mut self, function: &str, count: usize) -> Result<Vec<String>, String> {
        let mut orders = if function == "returns" { self.store_orders(count)? } else { Vec::new() };
        (0..count).map(|_| self.one(function, orders.pop())).collect()
    }

    fn one(&mut self, function: &str, order: Option<OrderId>) -> Result<String, String> {
        self.made += 1;
        let n = self.made;
        Ok(match function {
            noop if noop.starts_with("noop") => http("GET", "/noop", &[], &[], ""),
            "storefront_webhook" => self.storefront_webhook()?,
            "carrier_webhook" => self.carrier_webhook()?,
            "customer_pages" => http("GET", &self.page, &[("token", self.page.trim_start_matches("/o/"))], &[], ""),
            "merchant_console" => {
                let password = format!("staff:{}", self.stack.secret("staff")?);
                let pass = format!("Basic {}", BASE64.encode(password));
                http("GET", "/console/demo", &[("shop", SHOP)], &[("authorization", pass)], "")
            }
            "orders" => queue(&[new_order(n)?]),
            "tracking" => {
                let mut message = read(PARCEL)?;
                message["report"]["number"] = json!(format!("1ZBENCH{n:011}"));
                queue(&[message.to_string()])
            }
            "returns" => {
                let mut message = read(RETURN)?;
                message["order"] = json!(order.ok_or("a return without an order")?);
                message["request"]["id"] = json!(format!("bench{n:020}"));
                queue(&[message.to_string()])
            }
            "notify" => queue(&[self.about_the_order(LETTER, "letter", n)?]),
            "errands" => queue(&[self.about_the_order(ERRAND, "errand", n)?]),
            "mail_events" => queue(&[bounce(n)]),
            "sources" => {
                let mut message = read(INQUIRY)?;
                message["parcel"]["number"] = json!(format!("1ZBENCH{n:011}"));
                queue(&[message.to_string()])
            }
            "announce" => self.stream.clone(),
            "timers" => json!({}).to_string(),
            other => {
                return Err(format!("the measurement has no event for {other}: write one in infra/bench/src/starts/events.rs"));
            }
        })
    }

    fn store_orders(&mut self, count: usize) -> Result<Vec<OrderId>, String> {
        let first = self.made + 1;
        self.made += count as u64;
        let numbers: Vec<u64> = (first..=self.made).collect();
        for batch in numbers.chunks(BATCH) {
            let messages = batch.iter().map(|n| new_order(*n)).collect::<Result<Vec<_>, _>>()?;
            let (_, answer) = self.orders.handle(&queue(&messages))?;
            fine(&answer)?;
        }
        numbers.iter().map(|n| order_id(&n.to_string())).collect()
    }

    fn about_the_order(&self, recorded: &str, what: &str, n: u64) -> Result<String, String> {
        let mut message = read(recorded)?;
        message[what]["id"] = json!(format!("bench{n:017}"));
        message[what]["order"] = json!({ "shop": SHOP, "order": self.order });
        Ok(message.to_string())
    }

    fn storefront_webhook(&self) -> Result<String, String> {
        let path = "/webhooks/demo/storefront/shopify";
        let delivery = delivery(path, SHOPIFY);
        let mut headers = Storefront::Shopify.sign(&delivery, "bench", &self.stack.secret("shopify")?);
        headers.push(("x-shopify-topic", "orders/create".to_owned()));
        Ok(http("POST", path, &[("shop", SHOP), ("source", "shopify")], &headers, SHOPIFY))
    }

    fn carrier_webhook(&self) -> Result<String, String> {
        let headers = load::signed(load::EVENT, &self.stack.secret("easypost")?);
        Ok(http("POST", load::PATH, &[("shop", SHOP), ("source", "easypost")], &headers, load::EVENT))
    }
}

/// Whether an answer says that the event was dealt with.
pub fn fine(answer: &[u8]) -> Result<(), String> {
    let json: Json = serde_json::from_slice(answer).unwrap_or_default();
    let failed = json["batchItemFailures"].as_array().is_some_and(|failures| !failures.is_empty());
    let refused = json.get("statusCode").is_some_and(|status| status != 200);
    if failed || refused { Err(format!("the event was not dealt with: {}", String::from_utf8_lossy(answer))) } else { Ok(()) }
}

fn read(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn order_id(source_id: &str) -> Result<OrderId, String> {
    let shop = SHOP.parse().map_err(|error| format!("{SHOP}: {error}"))?;
    Ok(OrderId::of(&shop, "shopify", source_id))
}

fn new_order(n: u64) -> Result<String, String> {
    let mut message = read(ORDER)?;
    message["report"]["source_id"] = json!(n.to_string());
    message["report"]["number"] = json!(n.to_string());
    // Nobody writes about a cancelled order.
    message["report"]["cancelled_at"] = Json::Null;
    Ok(message.to_string())
}

fn bounce(n: u64) -> String {
    let event = json!({
        "eventType": "Bounce",
        "mail": { "messageId": format!("bench-{n}"), "timestamp": "2026-11-20T09:00:00Z", "tags": { "shop": [SHOP] } },
        "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": format!("bench{n}@example.com") }] },
    });
    json!({ "Type": "Notification", "Message": event.to_string() }).to_string()
}

fn delivery<'a>(path: &'a str, body: &'a str) -> Delivery<'a> {
    const NONE: &[(&str, &str)] = &[];
    Delivery { method: "POST", path, query: "", headers: &NONE, body: body.as_bytes(), now: Timestamp::now() }
}

/// An event of an HTTP API, payload format 2.0.
fn http(method: &str, path: &str, parameters: &[(&str, &str)], headers: &[(&str, String)], body: &str) -> String {
    let mut all: serde_json::Map<String, Json> =
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    all.extend(
        [("host", "127.0.0.1"), ("content-type", "application/json"), ("x-forwarded-proto", "http")]
            .map(|(name, value)| (name.to_owned(), json!(value))),
    );
    let parameters: serde_json::Map<String, Json> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let route = format!("{method} {path}");
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "", "headers": all,
        "requestContext": {
            "accountId": "000000000000", "apiId": "bench", "domainName": "127.0.0.1", "domainPrefix": "127",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bench" },
            "requestId": "bench", "routeKey": route, "stage": "$default", "time": "21/Nov/2026:00:00:00 +0000", "timeEpoch": 1_795_219_200_000_u64,
        },
        "pathParameters": parameters, "body": body, "isBase64Encoded": false,
    })
    .to_string()
}

/// A batch of a queue.
fn queue(messages: &[String]) -> String {
    let record = |(n, body): (usize, &String)| {
        json!({
            "messageId": format!("00000000-0000-0000-0000-{n:012}"), "receiptHandle": "bench", "body": body, "md5OfBody": "",
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795219200000", "SenderId": "bench", "ApproximateFirstReceiveTimestamp": "1795219200001" },
            "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:bench", "awsRegion": "us-east-1",
        })
    };
    json!({ "Records": messages.iter().enumerate().map(record).collect::<Vec<_>>() }).to_string()
}
