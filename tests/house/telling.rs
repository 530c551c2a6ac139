//! What the merchant's own systems are told: signed, once for each reason, without the customer's name, also after a crash.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use house::{repository, sign, stack::Stack, story::Story};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// One webhook as it arrived.
#[derive(Clone)]
struct Told {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Told {
    fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    fn kind(&self) -> String {
        serde_json::from_str::<Json>(&self.body).unwrap()["type"].as_str().unwrap().to_owned()
    }
}

/// A merchant's system: a real HTTP server that remembers what it was told, and may keep its first caller waiting.
struct Receiver {
    url: String,
    told: Arc<Mutex<Vec<Told>>>,
    is_slow: Arc<AtomicBool>,
}

impl Receiver {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (told, is_slow) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (kept, slow) = (told.clone(), is_slow.clone());
        // Ends with the test's process.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (kept, slow) = (kept.clone(), slow.clone());
                thread::spawn(move || answer(&connection.unwrap(), &kept, &slow));
            }
        });
        Self { url, told, is_slow }
    }

    fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }
}

fn answer(connection: &std::net::TcpStream, kept: &Mutex<Vec<Told>>, slow: &AtomicBool) {
    let mut reader = BufReader::new(connection);
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) && line != "\r\n" {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    // A caller who was killed before the end of the request has told nothing.
    if line != "\r\n" || reader.read_exact(&mut body).is_err() {
        return;
    }
    kept.lock().unwrap().push(Told { headers, body: String::from_utf8(body).unwrap() });
    // Slow until somebody says otherwise: the caller is killed meanwhile, so nobody may be left to read the answer.
    while slow.load(Ordering::Acquire) {
        thread::park_timeout(std::time::Duration::from_millis(5));
    }
    let _caller_may_be_dead = (&*connection).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

/// Puts the demo shop's settings in force with the receiver's address, by the operator's own command.
fn tell(stack: &Stack, receiver: &Receiver) {
    let settings = format!("{}\n[webhooks_out]\nurl = \"{}\"\n", repository::text("infra/shops/demo.toml"), receiver.url);
    let file = std::env::temp_dir()
        .join(format!("doorstep-telling-{}.toml", receiver.url.rsplit_once(':').unwrap().1.replace('/', "-")));
    std::fs::write(&file, settings).unwrap();
    let shop = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("shop");
    let mut command = Command::new(shop);
    command.args(["put", "demo"]).arg(&file).envs([
        ("AWS_ENDPOINT_URL", stack.here("http://stack/").trim_end_matches('/').to_owned()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "operator".into()),
        ("AWS_SECRET_ACCESS_KEY", "operator".into()),
        ("TABLE_NAME", "doorstep-Table".into()),
    ]);
    let put = command.output().unwrap();
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    std::fs::remove_file(file).unwrap();
}

const EVENTS: [&str; 4] = ["order.confirmed", "parcel.delivered", "parcel.out_for_delivery", "parcel.shipped"];

#[track_caller]
fn proved(stack: &Stack, told: &Told) {
    let secret = stack.secret("webhooks_out", "standard");
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let at = &told.headers["webhook-timestamp"];
    let mac = sign::mac(&key, &[told.id().as_bytes(), b".", at.as_bytes(), b".", told.body.as_bytes()]);
    let want = format!("v1,{}", BASE64.encode(mac));
    assert!(told.headers["webhook-signature"].split(' ').any(|signature| signature == want), "{}", told.body);
}

#[test]
fn the_merchants_own_systems_are_told_once_signed_and_without_names() {
    let (stack, receiver) = (Stack::start(), Receiver::listen());
    tell(&stack, &receiver);
    let story = Story::new(1);
    for _ in 0..2 {
        stack.deliver(&story.delivered());
    }
    stack.idle();
    let told = receiver.told();
    let mut kinds: Vec<String> = told.iter().map(Told::kind).collect();
    kinds.sort();
    assert_eq!(kinds, EVENTS);
    for told in &told {
        proved(&stack, told);
        assert!(!told.body.contains(&story.shopify_email()) && !told.body.contains("Okafor"), "{}", told.body);
    }
}

#[test]
fn a_killed_errand_is_done_after_all_under_the_same_id() {
    let (stack, receiver) = (Stack::start(), Receiver::listen());
    tell(&stack, &receiver);
    let story = Story::new(1);
    receiver.is_slow.store(true, Ordering::Release);
    stack.deliver(&story.delivered());
    stack.until("errands to be in the middle of a call", || (!receiver.told().is_empty()).then_some(()));
    assert!(stack.kill_function("errands") > 0);
    receiver.is_slow.store(false, Ordering::Release);
    stack.idle_after_a_kill();
    let ids: BTreeSet<(String, String)> = receiver.told().iter().map(|told| (told.kind(), told.id().to_owned())).collect();
    // Told again, because nobody could know that it was heard; the same id lets the merchant see that.
    assert_eq!(ids.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), EVENTS);
    assert_eq!(stack.local("functions")["errands"]["errors"].as_u64().map(|errors| errors > 0), Some(true));
}
