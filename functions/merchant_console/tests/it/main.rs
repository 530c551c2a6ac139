//! The windows of the staff from the request to the queue, over a real DynamoDB.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod aws;
mod messages;
mod sources;

use aws::Neighbours;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    address::{Address, Customer},
    answer::{CustomerAnswer, Wish},
    id::{OrderId, ParcelKey, ShopId},
    money::Money,
    order::{Line, NotPacked, Order, OrderReport, Payment, Totals},
    parcel::{Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::ShopSettings,
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use lambda_http::{
    Body, Request,
    http::{self, HeaderMap},
};
use merchant_console::{Room, handle};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{Versioned, Write};

const PASSWORD: &str = "correct horse";
const ORIGIN: &str = "https://console.example";

async fn neighbours() -> Neighbours {
    Neighbours::start(json!({
        "root_key": "0123456789012345678901234567890123456789",
        "shops": {"demo": {"console": [PASSWORD, "old one"]}, "other": {"console": "another horse"}, "shut": {}},
    }))
    .await
}

fn room(neighbours: &Neighbours) -> Room {
    Room::open(|name: &str| neighbours.variable(name)).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn order(number: &str) -> Order {
    let report = OrderReport {
        source: "standard".into(),
        source_id: number.into(),
        reported_at: at("2026-11-01T10:00:00Z"),
        placed_at: at("2026-11-01T10:00:00Z"),
        number: number.into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer: Customer::default(),
        ship_to: None,
        lines: vec![Line {
            id: "1".parse().unwrap(),
            title: "Wool <b>jumper</b>".into(),
            variant: Some("green \u{202e}& small".into()),
            sku: None,
            quantity: 2,
            paid: Money::of(9800, "EUR".parse().unwrap()),
            ships: true,
            final_sale: false,
        }],
        totals: Totals { total: Money::of(9800, "EUR".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    };
    Order::new(shop(), OrderId::of(&shop(), "standard", number)).told(report).unwrap()
}

fn held(order: &Order, id: &str, minute: usize) -> Return {
    let request = ReturnRequest {
        id: id.parse().unwrap(),
        lines: vec![ReturnLine { line: "1".parse().unwrap(), quantity: 1, reason: ReturnReason::Damaged }],
        outcome: Outcome::Refund,
        note: Some("</q><script>alert(1)</script> a hole".into()),
        requested_at: at(&format!("2026-11-20T10:{minute:02}:00Z")),
    };
    Return {
        shop: shop(),
        order: order.id.clone(),
        request,
        settings_version: 1,
        state: ReturnState::Held { why: HoldReason::ReasonNeedsPerson },
    }
}

fn lost_parcel(number: &str) -> Parcel {
    let key = ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: number.parse().unwrap() };
    let scan = Scan::new(at("2026-11-19T08:30:00Z"), Status::Exception, SubStatus::new("lost"));
    let report = ParcelReport::new("standard", &key, scan.at, vec![scan]);
    Parcel::new(key).linked(order("#1001").id, at("2026-11-18T08:00:00Z")).told(&report)
}

async fn keep(neighbours: &Neighbours, write: Write) {
    neighbours.vault().commit(vec![write]).await.unwrap();
}

fn new<T>(value: T) -> Versioned<T> {
    Versioned { value, version: 0 }
}

/// An order that was not packed in time, and whose customer answered twice: before its dispatch, and about a parcel.
fn waiting() -> Order {
    let given = |id: &str, parcel: Option<&str>, wish| CustomerAnswer {
        id: id.parse().unwrap(),
        parcel: parcel.map(|number| ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: number.parse().unwrap() }),
        wish,
        answered_at: at("2026-11-21T09:00:00Z"),
        done_at: None,
    };
    let address = Address {
        name: Some("Ines </textarea><script>alert(1)</script>".into()),
        street: Some("Am Markt 1".into()),
        city: Some("Leipzig".into()),
        country: Some("DE".into()),
        ..Address::default()
    };
    let note = "Ms Lee\u{202e},\nsecond floor </textarea><b>".to_owned();
    let mut order = order("#1002");
    order.not_packed = Some(NotPacked { opened_at: at("2026-11-20T17:00:00Z"), closed_at: None });
    let order = order.answered(given("aaaaaaaaa", None, Wish::CorrectedAddress { address })).unwrap().unwrap();
    let order = order.answered(given("abbbbbbbb", Some("1Z999AA10123456785"), Wish::Neighbour { note })).unwrap().unwrap();
    let done = given("acccccccc", Some("1Z999AA10123456785"), Wish::AnotherDay { day: "2026-11-25".parse().unwrap() });
    let order = order.answered(done).unwrap().unwrap();
    order.answer_done(&"acccccccc".parse().unwrap(), at("2026-11-21T10:00:00Z")).unwrap()
}

/// A parcel its customer says did not arrive.
fn disputed_parcel(number: &str) -> Parcel {
    let mut parcel = lost_parcel(number);
    for scan in &mut parcel.scans {
        (scan.status, scan.sub) = (Status::Delivered, SubStatus::new("at_door"));
    }
    parcel.disputed(at("2026-11-20T12:00:00Z"))
}

/// A shop with one return to decide, two parcels in trouble and one order to see to.
async fn furnished() -> Neighbours {
    let neighbours = neighbours().await;
    let settings: ShopSettings =
        serde_json::from_value(json!({"brand": {"name": "Demo & Sons"}, "calendar": {"zone": "Europe/Berlin"}})).unwrap();
    neighbours.vault().put_settings(&shop(), &settings).await.unwrap();
    keep(&neighbours, Write::Order(new(order("#1001")))).await;
    keep(&neighbours, Write::Return(new(held(&order("#1001"), "abcd1234", 0)))).await;
    keep(&neighbours, Write::Parcel(new(lost_parcel("1Z999AA10123456784")))).await;
    keep(&neighbours, Write::Parcel(new(disputed_parcel("1Z999AA10123456785")))).await;
    keep(&neighbours, Write::Order(new(waiting()))).await;
    neighbours
}

struct Asked {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field of the page's first form.
    fn field(&self, name: &str) -> String {
        Self::value(&self.body, name)
    }

    /// The same of the first form that says that an answer was seen to.
    fn answer_field(&self, name: &str) -> String {
        Self::value(self.body.split("action=\"/console/demo/answers\"").nth(1).unwrap(), name)
    }

    fn value(html: &str, name: &str) -> String {
        let rest = html.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

async fn ask(room: &Room, method: &str, path: &str, password: Option<&str>, headers: &[(&str, &str)], body: &str) -> Asked {
    let mut builder = http::Request::builder().method(method).uri(format!("{ORIGIN}{path}")).header("host", "console.example");
    if let Some(password) = password {
        builder = builder.header("authorization", format!("Basic {}", STANDARD.encode(format!("staff:{password}"))));
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let request: Request = builder.body(Body::Text(body.to_owned())).unwrap();
    let response = handle(room, request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(boot::http::bytes(&body).to_vec()).unwrap();
    Asked { status: parts.status.as_u16(), headers: parts.headers, body }
}

async fn get(room: &Room, path: &str, password: Option<&str>) -> Asked {
    ask(room, "GET", path, password, &[], "").await
}

async fn post(room: &Room, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Asked {
    post_to(room, "/console/demo/returns", fields, headers).await
}

async fn post_to(room: &Room, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Asked {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    ask(room, "POST", path, Some(PASSWORD), &[&form[..], headers].concat(), &body).await
}

/// The page without what changes as the machine's clock goes on; the exact moments beside stay.
fn without_ages(html: &str) -> String {
    let without = |part: &str| part.split_once(" ago</time").map(|(_, rest)| format!("AGO</time{rest}"));
    html.split('>').map(|part| without(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join(">")
}

#[tokio::test]
async fn the_worklist_shows_what_needs_a_person() {
    let neighbours = furnished().await;
    let page = get(&room(&neighbours), "/console/demo", Some(PASSWORD)).await;
    assert_eq!(page.status, 200);
    let mut main = page.body.split("<body>").nth(1).unwrap().to_owned();
    for nonce in page.body.split("name=\"nonce\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        main = main.replace(nonce, "NONCE");
    }
    insta::assert_snapshot!("worklist", without_ages(&main));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_shut_everything_out() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    for (method, path, password) in [
        ("GET", "/console", None),
        ("GET", "/console?shop=demo", None),
        ("GET", "/console/demo", None),
        ("GET", "/console/demo", Some(PASSWORD)),
        ("POST", "/console/demo/returns", Some(PASSWORD)),
        ("GET", "/console/demo/returns", Some(PASSWORD)),
        ("GET", "/console/demo/letters", None),
        ("GET", "/console/demo/letters?order=%221001", Some(PASSWORD)),
        ("GET", "/console/demo/sources", None),
        ("GET", "/console/demo/sources", Some(PASSWORD)),
        ("POST", "/console/demo/sources", Some(PASSWORD)),
        ("POST", "/console/demo/answers", Some(PASSWORD)),
        ("POST", "/console/demo/answers", None),
        ("GET", "/nowhere", None),
    ] {
        let answer = ask(&room, method, path, password, &[], "").await;
        if let Some(style) = answer.body.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()) {
            let hash = format!("style-src 'sha256-{}'", STANDARD.encode(Sha256::digest(style)));
            assert!(answer.header("content-security-policy").contains(&hash), "{path}");
        }
        let mut headers: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| !["www-authenticate", "location", "allow"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        let style =
            answer.header("content-security-policy").split('\'').find(|part| part.starts_with("sha256-")).unwrap_or("none");
        insta::assert_snapshot!("headers", headers.join("\n").replace(style, "sha256-STYLE"), "every route");
        assert!(!answer.body.contains("<script") && !answer.body.contains(" on"), "{path}");
    }
}

#[tokio::test]
async fn only_a_password_of_this_shop_opens_it() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    assert_eq!(get(&room, "/console/demo", Some("old one")).await.status, 200);
    let shut = get(&room, "/console/demo", None).await;
    assert_eq!((shut.status, shut.header("www-authenticate")), (401, "Basic realm=\"Doorstep demo\", charset=\"UTF-8\""));
    assert!(!shut.body.contains("1001"));
    for (path, password) in [
        ("/console/demo", Some("wrong")),
        ("/console/demo", Some("another horse")),
        ("/console/demo", Some("")),
        ("/console/shut", Some("")),
        ("/console/shut", None),
        ("/console/unknown", Some(PASSWORD)),
        ("/console/demo/letters?order=1001", Some("another horse")),
        ("/console/demo/sources", Some("another horse")),
        ("/console/unknown/sources", None),
    ] {
        let answer = get(&room, path, password).await;
        assert_eq!((answer.status, answer.body == shut.body), (401, true), "{path} {password:?}");
    }
}

#[tokio::test]
async fn an_approval_becomes_a_message_for_the_desk() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo", Some(PASSWORD)).await;
    let (order, return_, nonce) = (page.field("order"), page.field("return"), page.field("nonce"));
    let fields = [("order", order.as_str()), ("return", &return_), ("nonce", &nonce), ("answer", "approve")];
    let answer = post(&room, &fields, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/demo?done=1"));
    let sent = neighbours.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0]["QueueUrl"].as_str().unwrap().ends_with("/returns"));
    let mut message: serde_json::Value = serde_json::from_str(sent[0]["MessageBody"].as_str().unwrap()).unwrap();
    assert!(message["answered_at"].take().is_string());
    let want = json!({"type": "return.answered.v1", "shop": "demo", "order": order, "return": "abcd1234", "answer": {"answer": "approve"}, "answered_at": null});
    assert_eq!(message, want);
    assert!(get(&room, "/console/demo?done=1", Some(PASSWORD)).await.body.contains("Thank you."));
}

#[tokio::test]
async fn an_answer_that_was_seen_to_becomes_a_message_for_the_desk() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo", Some(PASSWORD)).await;
    let (order, answer, nonce) = (page.answer_field("order"), page.answer_field("answer"), page.answer_field("nonce"));
    let fields = [("order", order.as_str()), ("answer", &answer), ("nonce", &nonce)];
    let answers = "/console/demo/answers";
    for headers in [[("origin", "https://evil.example")], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "none")]] {
        assert_eq!(post_to(&room, answers, &fields, &headers).await.status, 403, "{headers:?}");
    }
    let foreign = page.field("nonce");
    for fields in [
        vec![],
        vec![("order", order.as_str()), ("answer", &answer), ("nonce", &foreign)],
        vec![("order", order.as_str()), ("answer", "abbbbbbbb"), ("nonce", &nonce)],
    ] {
        assert_eq!(post_to(&room, answers, &fields, &[]).await.status, 403, "{fields:?}");
    }
    let unlocked = ask(&room, "POST", answers, None, &[("content-type", "application/x-www-form-urlencoded")], "").await;
    let text = ask(&room, "POST", answers, Some(PASSWORD), &[("content-type", "text/plain")], "a=b").await;
    assert_eq!((unlocked.status, text.status), (401, 415));
    assert!(neighbours.sent().is_empty());

    let done = post_to(&room, answers, &fields, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await;
    assert_eq!((done.status, done.header("location")), (303, "/console/demo?done=answer#orders"));
    let sent = neighbours.sent();
    assert!(sent.len() == 1 && sent[0]["QueueUrl"].as_str().unwrap().ends_with("/orders"), "{sent:?}");
    let mut message: serde_json::Value = serde_json::from_str(sent[0]["MessageBody"].as_str().unwrap()).unwrap();
    assert!(message["done_at"].take().is_string());
    let key = json!({"shop": "demo", "order": order});
    assert_eq!(message, json!({"type": "answer.done.v1", "order": key, "answer": "aaaaaaaaa", "done_at": null}));
    assert!(get(&room, "/console/demo?done=answer", Some(PASSWORD)).await.body.contains("you have seen to it"));
}

#[tokio::test]
async fn words_of_customers_stay_within_their_fields() {
    let neighbours = furnished().await;
    let page = get(&room(&neighbours), "/console/demo", Some(PASSWORD)).await.body;
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains('\u{202e}'), "{page}");
    assert!(page.contains("Am Markt 1") && page.contains("Ms Lee") && page.contains("second floor"), "staff read all of it");
    assert!(!page.contains("25 November"), "what was seen to is not shown");
    assert_eq!(page.matches("<textarea readonly").count(), 2);
}

#[tokio::test]
async fn a_decline_carries_its_reason() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo", Some(PASSWORD)).await;
    let (order, return_, nonce) = (page.field("order"), page.field("return"), page.field("nonce"));
    let long = "x".repeat(1001);
    let fields = |why| [("order", order.as_str()), ("return", &return_), ("nonce", &nonce), ("answer", "decline"), ("why", why)];
    assert_eq!(post(&room, &fields(" "), &[]).await.status, 422);
    assert_eq!(post(&room, &fields(&long), &[]).await.status, 422);
    assert!(neighbours.sent().is_empty());
    assert_eq!(post(&room, &fields("It was worn."), &[]).await.status, 303);
    let message: serde_json::Value = serde_json::from_str(neighbours.sent()[0]["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(message["answer"], json!({"answer": "decline", "why": "It was worn."}));
}

#[tokio::test]
async fn a_form_that_did_not_come_from_the_page_sends_nothing() {
    let neighbours = furnished().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo", Some(PASSWORD)).await;
    let (order, return_, nonce) = (page.field("order"), page.field("return"), page.field("nonce"));
    let fields = |nonce| [("order", order.as_str()), ("return", &return_), ("nonce", nonce), ("answer", "approve")];
    assert_eq!(post(&room, &fields("guessed"), &[]).await.status, 403);
    assert_eq!(post(&room, &fields(&nonce), &[("origin", "https://evil.example")]).await.status, 403);
    assert_eq!(post(&room, &fields(&nonce), &[("origin", "null"), ("sec-fetch-site", "cross-site")]).await.status, 403);
    let text = ask(&room, "POST", "/console/demo/returns", Some(PASSWORD), &[("content-type", "text/plain")], "a=b").await;
    assert_eq!(text.status, 415);
    let large = ask(&room, "POST", "/console/demo/returns", Some(PASSWORD), &[], &"x".repeat(16 * 1024 + 1)).await;
    assert_eq!(large.status, 413);
    assert!(neighbours.sent().is_empty());
}

#[tokio::test]
async fn a_long_list_is_shown_in_part_and_counted() {
    let neighbours = neighbours().await;
    for n in 0..28 {
        let order = order(&format!("#{n}"));
        keep(&neighbours, Write::Return(new(held(&order, &format!("abcd{n:04}"), n)))).await;
        if n != 0 {
            keep(&neighbours, Write::Order(new(order))).await;
        }
    }
    let page = get(&room(&neighbours), "/console/demo", Some(PASSWORD)).await;
    assert_eq!(page.body.matches("<article").count(), 25);
    assert!(page.body.contains("3 more wait."));
    assert!(page.body.contains("Order #1<") && page.body.contains("Order #24<") && !page.body.contains("Order #25<"));
    assert!(page.body.contains("Line 1"), "an order that cannot be found is shown by its ids");
}

#[tokio::test]
async fn an_empty_list_says_so_and_the_door_asks_which_shop() {
    let neighbours = neighbours().await;
    let room = room(&neighbours);
    let page = get(&room, "/console/demo", Some(PASSWORD)).await;
    assert!(page.body.contains("No return waits for you.") && page.body.contains("Every parcel is doing fine."));
    assert!(page.body.contains("No customer waits for you, and everything is packed in time."));
    assert!(get(&room, "/console", None).await.body.contains("Which shop?"));
    let chosen = get(&room, "/console?shop=Demo", None).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/console/demo"));
    assert_eq!(get(&room, "/console?shop=%2Fx", None).await.status, 422);
}
