//! The sender against a Meta that keeps the documented contract, errors included, and that breaks off in every way.

use super::*;
use crate::receiver::{Arrived, arrived};
use serde_json::{Value as Json, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const NUMBER_ID: &str = "106540352242922";
const TOKEN: &str = "EAAGm0PX4ZCpsBA";
const LIMITS: Limits = Limits { connect: Duration::from_millis(300), total: Duration::from_millis(800) };
/// The templates that Meta has approved: name, language, parameters of the body. Each has a button.
const APPROVED: [(&str, &str, usize); 2] = [("parcel_delivered", "en_US", 2), ("parcel_delivered", "de", 2)];

/// How this Meta feels about the next requests.
#[derive(Clone)]
enum Mood {
    /// As documented.
    Documented,
    /// With this status and body.
    Answers(u16, String),
    /// Points to somebody else.
    Redirects(SocketAddr),
    /// Hangs up on whoever connects.
    HangsUpAtOnce,
    /// Takes the request and hangs up.
    HangsUp,
    /// Takes the request and says nothing.
    Silent,
    /// Says yes and breaks off in the middle of the body.
    BreaksOff,
    /// Says yes and never comes to an end.
    Endless,
}

struct Meta {
    address: SocketAddr,
    /// What came, in order.
    requests: Arc<Mutex<Vec<Arrived>>>,
    /// How many connections there were.
    connections: Arc<Mutex<usize>>,
}

impl Meta {
    async fn in_mood(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let meta = Self { address: listener.local_addr().unwrap(), requests: Arc::default(), connections: Arc::default() };
        let (requests, connections) = (Arc::clone(&meta.requests), Arc::clone(&meta.connections));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                *connections.lock().unwrap() += 1;
                tokio::spawn(serve(stream, mood.clone(), Arc::clone(&requests)));
            }
        });
        meta
    }

    fn sender(&self) -> WhatsappSender {
        sender(&format!("http://{}/v23.0", self.address))
    }

    /// What the sender makes of one message, and how many requests and connections that took.
    async fn after_one(mood: Mood) -> (Delivery, usize, usize) {
        let meta = Self::in_mood(mood).await;
        let delivery = meta.sender().send(&message(&two())).await;
        // A second attempt would come at once.
        tokio::time::sleep(Duration::from_millis(30)).await;
        (delivery, meta.requests.lock().unwrap().len(), *meta.connections.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, mood: Mood, requests: Arc<Mutex<Vec<Arrived>>>) {
    if matches!(mood, Mood::HangsUpAtOnce) {
        return;
    }
    let request = arrived(&mut stream).await;
    let (status, body) = match mood {
        Mood::Documented => documented(&request),
        Mood::Answers(status, ref body) => (status, body.clone()),
        _ => (200, accepted("15555550100")),
    };
    requests.lock().unwrap().push(request);
    let head = |length| format!("HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    match mood {
        Mood::Redirects(to) => {
            let answer = format!("HTTP/1.1 308 Moved\r\nlocation: http://{to}/\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        Mood::HangsUp => {}
        Mood::Silent => drop(stream.read(&mut [0; 1]).await),
        Mood::BreaksOff => stream.write_all((head(body.len()) + &body[..body.len() / 2]).as_bytes()).await.unwrap(),
        Mood::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            while stream.write_all(&[b' '; 16 * 1024]).await.is_ok() {}
        }
        _ => stream.write_all((head(body.len()) + &body).as_bytes()).await.unwrap(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadBody {
    messaging_product: String,
    recipient_type: String,
    to: String,
    r#type: String,
    biz_opaque_callback_data: String,
    template: ReadTemplate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadTemplate {
    name: String,
    language: ReadLanguage,
    components: Vec<ReadComponent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadLanguage {
    policy: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ReadComponent {
    Body { parameters: Vec<ReadParameter> },
    Button { sub_type: String, index: String, parameters: Vec<ReadParameter> },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum ReadParameter {
    Text { text: String },
}

/// The answer to a message that was taken.
fn accepted(to: &str) -> String {
    json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": "wamid.HBgLMTU1NTU1NTAxMDAVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA", "message_status": "accepted" }],
    })
    .to_string()
}

/// An error as Meta words it. The text of it quotes the recipient, which it may.
fn error(code: i64, title: &str, details: &str) -> String {
    json!({"error": {
        "message": format!("(#{code}) {title}"),
        "type": "OAuthException",
        "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": format!("{details} (15555550100)") },
        "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    }})
    .to_string()
}

/// What Meta says to a request.
fn documented(request: &Arrived) -> (u16, String) {
    if request.header("authorization") != format!("Bearer {TOKEN}") {
        return (401, error(190, "Invalid OAuth access token", "Cannot parse access token"));
    }
    if !request.head.starts_with(&format!("POST /v23.0/{NUMBER_ID}/messages HTTP/1.1\r\n")) {
        let no_such_object = json!({"error": {
            "message": "Unsupported post request. Object with that ID does not exist",
            "type": "GraphMethodException", "code": 100, "error_subcode": 33, "fbtrace_id": "AXfu0NKfYelIG2VlOmIfK3C",
        }});
        return (400, no_such_object.to_string());
    }
    let body: ReadBody = match serde_json::from_str(&request.body) {
        Ok(body) if request.header("content-type") == "application/json" => body,
        _ => return (400, error(100, "Invalid parameter", "Unsupported or misspelled parameters")),
    };
    let fixed = (body.messaging_product.as_str(), body.recipient_type.as_str(), body.r#type.as_str());
    if fixed != ("whatsapp", "individual", "template")
        || body.template.language.policy != "deterministic"
        || body.biz_opaque_callback_data.len() > 512
    {
        return (400, error(100, "Invalid parameter", "A value is not one of those allowed"));
    }
    if body.to.len() < 7 || !body.to.bytes().all(|byte| byte.is_ascii_digit()) {
        return (400, error(131_009, "Parameter value is not valid", "The phone number is malformed"));
    }
    let language = &body.template.language.code;
    let Some((_, _, count)) = APPROVED.iter().find(|(name, code, _)| *name == body.template.name && code == language) else {
        let details = format!("template name ({}) does not exist in {language}", body.template.name);
        return (404, error(132_001, "Template name does not exist in the translation", &details));
    };
    let [ReadComponent::Body { parameters }, ReadComponent::Button { sub_type, index, parameters: button }] =
        &body.template.components[..]
    else {
        return (400, error(131_008, "Required parameter is missing", "buttons: Button at index 0 requires a parameter"));
    };
    if parameters.len() != *count {
        let details = format!("body: number of localizable_params ({}) does not match ({count})", parameters.len());
        return (400, error(132_000, "Number of parameters does not match the expected number of params", &details));
    }
    if (sub_type.as_str(), index.as_str(), button.len()) != ("url", "0", 1) {
        return (400, error(132_012, "Parameter format does not match format in the created template", "buttons"));
    }
    for ReadParameter::Text { text } in parameters.iter().chain(button) {
        if text.is_empty() {
            return (400, error(131_008, "Required parameter is missing", "Parameter of type text is missing text value"));
        }
        if text.contains(['\n', '\t']) || text.contains("     ") {
            return (400, error(132_018, "Template validation error", "Param text cannot have new-line/tab characters"));
        }
    }
    (200, accepted(&body.to))
}

fn sender(base_url: &str) -> WhatsappSender {
    WhatsappSender {
        client: WhatsappClient::with(LIMITS).unwrap(),
        base_url: base_url.to_owned(),
        phone_number_id: NUMBER_ID.to_owned(),
        token: AccessToken::from(TOKEN.to_owned()),
    }
}

fn to() -> &'static Phone {
    static PHONE: std::sync::LazyLock<Phone> = std::sync::LazyLock::new(|| "+15555550100".parse().unwrap());
    &PHONE
}

fn two() -> Vec<String> {
    ["Ana", "#1001"].map(str::to_owned).to_vec()
}

fn message(parameters: &[String]) -> TemplateMessage<'_> {
    TemplateMessage {
        to: to(),
        template: "parcel_delivered",
        language: "en_US",
        parameters,
        button: "AQID",
        callback: "0fS5cePMok",
    }
}

/// What is made of a code.
type Expected = fn(&str) -> Delivery;

fn not_now(why: &str) -> Delivery {
    Delivery::NotNow { why: why.to_owned() }
}

fn unknown(why: &str) -> Delivery {
    Delivery::Unknown { why: why.to_owned() }
}

fn refused(why: &str) -> Delivery {
    Delivery::Refused { why: why.to_owned() }
}

#[tokio::test]
async fn a_message_is_accepted_and_is_on_the_wire_what_meta_documents() {
    let meta = Meta::in_mood(Mood::Documented).await;
    let delivery = meta.sender().send(&message(&two())).await;
    let wamid = "wamid.HBgLMTU1NTU1NTAxMDAVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA";
    assert_eq!(delivery, Delivery::Accepted { message_id: wamid.to_owned() });
    let requests = meta.requests.lock().unwrap();
    let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!(
        serde_json::from_str::<Json>(&request.body).unwrap(),
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "15555550100",
            "type": "template",
            "biz_opaque_callback_data": "0fS5cePMok",
            "template": {
                "name": "parcel_delivered",
                "language": { "policy": "deterministic", "code": "en_US" },
                "components": [
                    { "type": "body", "parameters": [{ "type": "text", "text": "Ana" }, { "type": "text", "text": "#1001" }] },
                    { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "AQID" }] },
                ],
            },
        })
    );
    let mut names: Vec<_> =
        request.head.lines().skip(1).filter_map(|line| line.split(':').next()).map(str::to_lowercase).collect();
    names.sort();
    assert_eq!(names, ["authorization", "content-length", "content-type", "host", "user-agent"]);
}

#[tokio::test]
async fn what_is_ours_to_mend_waits() {
    let meta = Meta::in_mood(Mood::Documented).await;
    let (sender, two) = (meta.sender(), two());
    let right = message(&two);
    assert!(matches!(sender.send(&right).await, Delivery::Accepted { .. }));

    let unknown_template = TemplateMessage { template: "parcel_lost", ..right };
    assert_eq!(sender.send(&unknown_template).await, not_now("132001"));
    let unknown_language = TemplateMessage { language: "fr", ..right };
    assert_eq!(sender.send(&unknown_language).await, not_now("132001"));
    for parameters in [vec![], vec!["Ana".to_owned()], vec!["Ana".to_owned(); 3]] {
        assert_eq!(sender.send(&message(&parameters)).await, not_now("132000"));
    }
    assert_eq!(sender.send(&message(&["Ana".to_owned(), " ".to_owned()])).await, not_now("131008"));
    assert_eq!(sender.send(&TemplateMessage { button: "", ..right }).await, not_now("131008"));
    let long = "x".repeat(513);
    assert_eq!(sender.send(&TemplateMessage { callback: &long, ..right }).await, not_now("100"));

    let stranger = WhatsappSender { token: AccessToken::from("EAAGother".to_owned()), ..meta.sender() };
    assert_eq!(stranger.send(&right).await, not_now("190"));
    let deleted = WhatsappSender { phone_number_id: "1".to_owned(), ..meta.sender() };
    assert_eq!(deleted.send(&right).await, not_now("100"));
    assert_eq!(meta.requests.lock().unwrap().len(), 11, "one request for each message");
}

#[test]
fn the_receiver_of_these_tests_is_strict() {
    let head =
        format!("POST /v23.0/{NUMBER_ID}/messages HTTP/1.1\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: application/json");
    let said = |body: &Json| documented(&Arrived { head: head.clone(), body: body.to_string() });
    let right = serde_json::to_value(Body::of(&message(&two()))).unwrap();
    assert_eq!(said(&right).0, 200);
    let without = |pointer: &str, key: &str| {
        let mut body = right.clone();
        body.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        body
    };
    for key in ["messaging_product", "recipient_type", "to", "type", "biz_opaque_callback_data", "template"] {
        assert_eq!(said(&without("", key)).0, 400, "{key}");
    }
    for key in ["name", "language", "components"] {
        assert_eq!(said(&without("/template", key)).0, 400, "{key}");
    }
    for key in ["type", "sub_type", "index", "parameters"] {
        assert_eq!(said(&without("/template/components/1", key)).0, 400, "{key}");
    }
    let with = |pointer: &str, value: Json| {
        let mut body = right.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (pointer, value) in [
        ("/to", json!("+15555550100")),
        ("/type", json!("text")),
        ("/template/components/0/parameters/0/text", json!("two\nlines")),
        ("/template/components/1/index", json!("1")),
        ("/template/components/1/sub_type", json!("quick_reply")),
        ("/template/language", json!({ "policy": "fallback", "code": "de" })),
        ("/template", json!({ "name": "x", "namespace": "y" })),
    ] {
        assert_eq!(said(&with(pointer, value)).0, 400, "{pointer}");
    }
    let got = documented(&Arrived { head: head.replace("POST", "PUT"), body: right.to_string() });
    assert_eq!(got.0, 400);
}

#[tokio::test]
async fn a_parameter_is_one_line() {
    let meta = Meta::in_mood(Mood::Documented).await;
    let parameters = ["A\tmug\r\n  of     clay ".to_owned(), "\u{a0}2".to_owned()];
    assert!(matches!(meta.sender().send(&message(&parameters)).await, Delivery::Accepted { .. }));
    let body: Json = serde_json::from_str(&meta.requests.lock().unwrap()[0].body).unwrap();
    let sent = &body["template"]["components"][0]["parameters"];
    assert_eq!((&sent[0]["text"], &sent[1]["text"]), (&json!("A mug of clay"), &json!("2")));
}

/// Status, code, and what follows: Meta's list, as of September 2026, as far as it concerns a template message.
const CODES: [(u16, i64, Expected); 59] = [
    (401, 0, not_now),
    (500, 3, not_now),
    (403, 10, not_now),
    (401, 104, not_now),
    (401, 190, not_now),
    (403, 200, not_now),
    (403, 299, not_now),
    (403, 131_005, not_now),
    (400, 4, not_now),
    (400, 80_007, not_now),
    (429, 130_429, not_now),
    (429, 131_048, not_now),
    (429, 131_056, not_now),
    (429, 131_064, not_now),
    (400, 133_016, not_now),
    (400, 33, not_now),
    (400, 100, not_now),
    (400, 131_008, not_now),
    (400, 131_009, not_now),
    (500, 131_009, not_now),
    (400, 131_051, not_now),
    (400, 135_000, not_now),
    (400, 132_000, not_now),
    (404, 132_001, not_now),
    (400, 132_005, not_now),
    (400, 132_007, not_now),
    (400, 132_012, not_now),
    (400, 132_015, not_now),
    (400, 132_016, not_now),
    (400, 132_018, not_now),
    (400, 132_068, not_now),
    (400, 131_063, not_now),
    (400, 134_100, not_now),
    (400, 134_101, not_now),
    (500, 134_102, not_now),
    (400, 131_037, not_now),
    (500, 131_045, not_now),
    (500, 131_057, not_now),
    (400, 133_000, not_now),
    (400, 133_010, not_now),
    (400, 2_494_100, not_now),
    (403, 368, not_now),
    (403, 130_497, not_now),
    (400, 131_030, not_now),
    (403, 131_031, not_now),
    (400, 131_042, not_now),
    (400, 134_011, not_now),
    (400, 130_403, refused),
    (400, 130_472, refused),
    (400, 131_021, refused),
    (400, 131_026, refused),
    (400, 131_047, refused),
    (400, 131_049, refused),
    (400, 131_050, refused),
    (400, 1, unknown),
    (503, 2, unknown),
    (500, 131_000, unknown),
    (503, 131_016, unknown),
    (503, 133_004, unknown),
];

#[test]
fn every_code_of_metas_is_judged() {
    for (status, code, expected) in CODES {
        assert_eq!(judged(status, error(code, "Title", "details").as_bytes()), expected(&code.to_string()), "{status} {code}");
        assert!(Verdict::of_code(code).is_some(), "{code} is judged by its status");
    }
}

#[test]
fn a_code_that_is_not_in_the_list_is_judged_by_its_status() {
    for (status, expected) in [
        (200, unknown as Expected),
        (301, not_now),
        (400, not_now),
        (401, not_now),
        (404, not_now),
        (429, not_now),
        (499, not_now),
        (500, unknown),
        (503, unknown),
    ] {
        for code in [-1, 5, 300, 131_999, 3_000_000_000] {
            assert_eq!(judged(status, error(code, "New", "new").as_bytes()), expected(&code.to_string()), "{status} {code}");
        }
    }
}

#[test]
fn an_answer_without_a_code_is_judged_by_its_status() {
    for body in ["", "<html>Bad gateway</html>", "{", "{}", "[]", "null", r#"{"error":null}"#, r#"{"error":{"message":"x"}}"#] {
        assert_eq!(judged(307, body.as_bytes()), not_now("http_307"), "{body}");
        assert_eq!(judged(403, body.as_bytes()), not_now("http_403"), "{body}");
        assert_eq!(judged(429, body.as_bytes()), not_now("http_429"), "{body}");
        assert_eq!(judged(502, body.as_bytes()), unknown("http_502"), "{body}");
        assert_eq!(judged(200, body.as_bytes()), unknown("no_message_id"), "{body}");
    }
    for body in [r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#, r#"{"messages":[{}]}"#, r#"{"messages":[{"id":7}]}"#] {
        assert_eq!(judged(200, body.as_bytes()), unknown("no_message_id"), "{body}");
    }
}

#[test]
fn a_message_that_waits_for_metas_own_review_is_accepted() {
    for status in ["accepted", "held_for_quality_assessment", "paused"] {
        let body = json!({ "messages": [{ "id": "wamid.1", "message_status": status }] }).to_string();
        assert_eq!(judged(200, body.as_bytes()), Delivery::Accepted { message_id: "wamid.1".to_owned() }, "{status}");
    }
}

#[tokio::test]
async fn every_class_is_one_attempt_and_says_nothing_of_metas_text() {
    for (status, code, expected) in [
        (400, 131_026, refused as Expected),
        (400, 131_050, refused),
        (401, 190, not_now),
        (429, 130_429, not_now),
        (400, 132_015, not_now),
        (500, 131_000, unknown),
        (503, 131_016, unknown),
    ] {
        let (delivery, requests, connections) =
            Meta::after_one(Mood::Answers(status, error(code, "Failed for +15555550100", "details"))).await;
        assert_eq!(delivery, expected(&code.to_string()));
        assert_eq!((requests, connections), (1, 1), "{code}");
        assert!(!format!("{delivery:?}").contains("5555550100"), "{delivery:?}");
    }
}

#[tokio::test]
async fn a_broken_meta_leaves_the_outcome_unknown_after_one_attempt() {
    for (mood, why) in [
        (Mood::Answers(500, String::new()), "http_500"),
        (Mood::Answers(502, "<html></html>".to_owned()), "http_502"),
        (Mood::HangsUp, "connection_lost"),
        (Mood::BreaksOff, "no_message_id"),
        (Mood::Silent, "timeout"),
    ] {
        assert_eq!(Meta::after_one(mood).await, (unknown(why), 1, 1));
    }
    // Whether a byte had left when it was hung up is not ours to know.
    assert_eq!(Meta::after_one(Mood::HangsUpAtOnce).await, (unknown("connection_lost"), 0, 1));
}

#[tokio::test]
async fn an_endless_answer_is_read_no_further_than_it_needs() {
    let begun = Instant::now();
    assert_eq!(Meta::after_one(Mood::Endless).await, (unknown("no_message_id"), 1, 1));
    assert!(begun.elapsed() < LIMITS.total, "it took the whole time");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let next = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivery = Meta::after_one(Mood::Redirects(next.local_addr().unwrap())).await;
    assert_eq!(delivery, (not_now("http_308"), 1, 1));
    assert!(tokio::time::timeout(Duration::from_millis(50), next.accept()).await.is_err());
}

#[tokio::test]
async fn what_ends_before_there_is_a_connection_did_not_go_out() {
    let two = two();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(sender(&format!("http://{nobody}/v23.0")).send(&message(&two)).await, not_now("connect"));

    let begun = Instant::now();
    // Somebody who takes the connection and never speaks TLS.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = format!("https://{}/v23.0", mute.local_addr().unwrap());
    assert_eq!(sender(&mute).send(&message(&two)).await, not_now("connect_timeout"));
    assert!(begun.elapsed() < LIMITS.connect * 4, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_token_is_not_sent_in_the_clear_nor_printed() {
    let two = two();
    for (base_url, why) in [
        ("http://graph.example/v23.0", "not_https"),
        ("http://10.0.0.1/v23.0", "not_https"),
        ("graph.example", "not_a_url"),
        ("", "not_a_url"),
    ] {
        assert_eq!(sender(base_url).send(&message(&two)).await, not_now(why), "{base_url}");
    }
    let sender = WhatsappSender { token: AccessToken::from("two\nlines".to_owned()), ..sender("https://graph.example/") };
    assert_eq!(sender.send(&message(&two)).await, not_now("bad_request"));
    let printed = format!("{:?}", self::sender("https://graph.example/"));
    assert!(!printed.contains(TOKEN), "{printed}");
}

#[tokio::test]
async fn the_path_is_the_number_below_the_base() {
    let two = two();
    for base_url in ["https://graph.example/v23.0", "https://graph.example/v23.0/"] {
        let (address, request) = sender(base_url).request(&message(&two)).unwrap();
        assert_eq!((address.authority(), request.uri().path()), ("graph.example:443".into(), "/v23.0/106540352242922/messages"));
        assert!(!format!("{request:?}").contains(TOKEN), "the header is not marked as sensitive");
    }
    let odd = WhatsappSender { phone_number_id: "../me?a=".to_owned(), ..sender("https://graph.example/v23.0") };
    assert_eq!(odd.request(&message(&two)).unwrap_err(), "bad_phone_number_id");
}
