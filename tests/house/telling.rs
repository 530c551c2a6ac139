//! What the merchant's own systems are told: signed, once for each reason, without the customer's name, also after a crash.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use house::{
    company::{Asked, Company, Said},
    repository, sign,
    stack::Stack,
    story::Story,
};
use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A merchant's system that remembers what it was told, and may keep its callers waiting.
struct Receiver {
    company: Company,
    is_slow: Arc<AtomicBool>,
}

impl Receiver {
    fn listen() -> Self {
        let is_slow = Arc::new(AtomicBool::new(false));
        let slow = is_slow.clone();
        let company = Company::open(move |_| {
            // Slow until somebody says otherwise: the caller is killed meanwhile, so nobody may be left to read the answer.
            while slow.load(Ordering::Acquire) {
                thread::park_timeout(std::time::Duration::from_millis(5));
            }
            Said::status(200)
        });
        Self { company, is_slow }
    }

    fn told(&self) -> Vec<Asked> {
        self.company.asked()
    }
}

fn kind(told: &Asked) -> String {
    told.json()["type"].as_str().unwrap().to_owned()
}

/// Puts the demo shop's settings in force with the receiver's address, by the operator's own command.
fn tell(stack: &Stack, receiver: &Receiver) {
    let settings =
        format!("{}\n[webhooks_out]\nurl = \"{}/hook\"\n", repository::text("infra/shops/demo.toml"), receiver.company.url);
    let file = std::env::temp_dir().join(format!("doorstep-telling-{}.toml", receiver.company.url.rsplit_once(':').unwrap().1));
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
fn proved(stack: &Stack, told: &Asked) {
    let secret = stack.secret("webhooks_out", "standard");
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let at = &told.headers["webhook-timestamp"];
    let mac = sign::mac(&key, &[told.header("webhook-id").as_bytes(), b".", at.as_bytes(), b".", told.body.as_bytes()]);
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
    let mut kinds: Vec<String> = told.iter().map(kind).collect();
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
    let ids: BTreeSet<(String, String)> =
        receiver.told().iter().map(|told| (kind(told), told.header("webhook-id").to_owned())).collect();
    // Told again, because nobody could know that it was heard; the same id lets the merchant see that.
    assert_eq!(ids.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), EVENTS);
    assert_eq!(stack.local("functions")["errands"]["errors"].as_u64().map(|errors| errors > 0), Some(true));
}
