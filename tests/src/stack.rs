//! A running house: starts the local stack with the real functions, knocks, waits, looks, kills, starts again.

use crate::{
    http::{self, Answer},
    launch::spawn,
    repository, settings, sign,
    story::Webhook,
    turns::Turn,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Child,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

pub use crate::{
    launch::{first_request, refused_start, screenshots},
    message::Message,
};

/// For work that nothing hinders: it takes seconds; one lost race may wait for a visibility time-out.
const QUIET_S: u64 = 150;
/// For work that was cut off: the visibility time-out (60 s; 120 s for errands), and then the work.
const QUIET_AFTER_A_KILL_S: u64 = 300;

static STACKS: AtomicU32 = AtomicU32::new(0);

/// The running house.
pub struct Stack {
    /// Where it answers.
    pub url: String,
    /// What it keeps.
    pub data: PathBuf,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    secrets: toml::Table,
    /// Dead letters that the test meant to have, by queue.
    dead_wanted: BTreeMap<String, i64>,
    /// How far house time is ahead of the machine's clock.
    pub(crate) shift_s: AtomicI64,
    _turn: Turn,
}

impl Stack {
    /// A fresh house.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// A fresh house whose demo shop has these settings from the beginning: what infra/shops/demo.toml says, changed.
    #[must_use]
    pub fn start_with(change: impl FnOnce(&mut toml::Table)) -> Self {
        let turn = Turn::wait();
        let n = STACKS.fetch_add(1, Ordering::SeqCst);
        let data = std::env::temp_dir().join(format!("doorstep-house-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let said = Arc::default();
        settings::describe_shops(&data, change);
        let (child, url) = spawn(&data, &settings::shops(&data), &said);
        let secrets = repository::text("infra/local/demo-secrets.toml").parse().unwrap();
        Self { url, data, child, said, secrets, dead_wanted: BTreeMap::new(), shift_s: AtomicI64::new(0), _turn: turn }
    }

    /// A secret of the demo shop, the first one where there are several.
    #[must_use]
    pub fn secret(&self, section: &str, source: &str) -> String {
        let value = &self.secrets[section][source];
        value.as_str().or_else(|| value.get(0)?.as_str()).unwrap().to_owned()
    }

    /// The secret that was valid before the last change.
    #[must_use]
    pub fn previous_secret(&self, door: &str, source: &str) -> String {
        self.secrets["previous"][door][source].as_str().unwrap().to_owned()
    }

    /// Posts a delivery as its source would.
    #[must_use]
    pub fn knock(&self, webhook: &Webhook) -> Answer {
        self.knock_with(webhook, &self.secret(webhook.door, webhook.source))
    }

    /// Posts a delivery signed with this secret.
    #[must_use]
    pub fn knock_with(&self, webhook: &Webhook, secret: &str) -> Answer {
        let (path, headers) = self.signed(webhook, secret);
        http::send("POST", &format!("{}{path}", self.url), &headers, webhook.body.as_bytes())
    }

    /// Posts deliveries one after the other; each must be accepted.
    pub fn deliver(&self, webhooks: &[Webhook]) {
        for webhook in webhooks {
            let answer = self.knock(webhook);
            assert_eq!(answer.status, 200, "{}/{} {}: {}", webhook.door, webhook.source, webhook.topic, answer.text());
        }
    }

    /// Posts deliveries with several hands at once, each as often as its sender would until it is accepted.
    pub fn deliver_at_once(&self, webhooks: &[Webhook], hands: usize) {
        let next = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..hands {
                scope.spawn(|| {
                    while let Some(webhook) = webhooks.get(next.fetch_add(1, Ordering::SeqCst) as usize) {
                        self.insist(webhook);
                    }
                });
            }
        });
    }

    /// Posts a delivery again and again until it is accepted, as every storefront does, within bounds.
    pub fn insist(&self, webhook: &Webhook) {
        let secret = self.secret(webhook.door, webhook.source);
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let (path, headers) = self.signed(webhook, &secret);
            let answer = http::try_send("POST", &format!("{}{path}", self.url), &headers, webhook.body.as_bytes());
            match answer {
                Ok(answer) if answer.status == 200 => return,
                Ok(answer) if answer.status < 500 => panic!("{} {}: {}", webhook.source, webhook.topic, answer.text()),
                failed => assert!(Instant::now() < until, "{} {} was never accepted: {failed:?}", webhook.source, webhook.topic),
            }
            thread::yield_now();
        }
    }

    /// Waits until nothing is going on.
    #[track_caller]
    pub fn idle(&self) {
        self.idle_within(QUIET_S);
    }

    /// Waits until nothing is going on after something was killed.
    #[track_caller]
    pub fn idle_after_a_kill(&self) {
        self.idle_within(QUIET_AFTER_A_KILL_S);
    }

    #[track_caller]
    fn idle_within(&self, seconds: u64) {
        let answer = http::get(&format!("{}/_local/idle?timeout_s={seconds}", self.url));
        assert_eq!(answer.status, 200, "the house did not come to rest: {}\n{}", answer.text(), self.logs());
    }

    /// Waits until something is so, and says what was waited for when it never is.
    #[track_caller]
    pub fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < until, "waited for: {what}\n{}", self.logs());
            // A look costs a request; between two of them others get the processor.
            thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Every message so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        serde_json::from_value(self.local("messages")).unwrap()
    }

    /// A captured mail as the file that SES would have sent.
    #[must_use]
    #[track_caller]
    pub fn eml(&self, id: &str) -> Vec<u8> {
        http::get(&format!("{}/_local/messages/{id}.eml", self.url)).expect(200).body
    }

    /// A captured mail bounces (`Permanent`, `Transient`), or its recipient complains (`Complaint`).
    #[track_caller]
    pub fn bounce(&self, id: &str, how: &str) {
        let body = json!({"message_id": id, "type": how}).to_string();
        let _told = http::send("POST", &format!("{}/_local/bounces", self.url), &[], body.as_bytes()).expect(200);
    }

    /// Puts an address on the suppression list, as SES does by itself for every mail of the account: `BOUNCE` or `COMPLAINT`.
    #[track_caller]
    pub fn suppress(&self, address: &str, reason: &str) {
        let body = json!({"EmailAddress": address, "Reason": reason}).to_string();
        let url = format!("{}/v2/email/suppression/addresses", self.url);
        let _listed = http::send("PUT", &url, &[], body.as_bytes()).expect(200);
    }

    /// Every message to this person.
    #[must_use]
    pub fn messages_to(&self, to: &str) -> Vec<Message> {
        self.messages().into_iter().filter(|message| message.to.eq_ignore_ascii_case(to)).collect()
    }

    /// The kinds of the mails to this person, sorted.
    #[must_use]
    pub fn kinds_to(&self, to: &str) -> Vec<String> {
        let mut kinds: Vec<_> = self.messages_to(to).iter().map(|message| message.kind().to_owned()).collect();
        kinds.sort();
        kinds
    }

    /// The customer's link of an order.
    #[must_use]
    #[track_caller]
    pub fn link(&self, number: &str) -> String {
        let answer = http::get(&format!("{}/_local/link?shop=demo&order={}", self.url, number.replace('#', "%23"))).expect(200);
        let url = answer.json()["url"].as_str().unwrap().to_owned();
        assert!(url.contains("/o/"), "{url}");
        self.here(&url)
    }

    /// The same page on this stack, whatever public address the link was made for.
    #[must_use]
    pub fn here(&self, url: &str) -> String {
        url.split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .map_or_else(|| url.to_owned(), |(_, path)| format!("{}/{path}", self.url))
    }

    /// A page, which must be there.
    #[must_use]
    #[track_caller]
    pub fn page(&self, url: &str) -> String {
        http::get(url).expect(200).text()
    }

    /// The facts of an order's page.
    #[must_use]
    #[track_caller]
    pub fn facts(&self, number: &str) -> Json {
        http::get(&format!("{}.json", self.link(number))).expect(200).json()
    }

    /// What one of the stack's own pages says.
    #[must_use]
    #[track_caller]
    pub fn local(&self, what: &str) -> Json {
        http::get(&format!("{}/_local/{what}", self.url)).expect(200).json()
    }

    /// The queues and how full they are.
    #[must_use]
    pub fn queues(&self) -> Json {
        self.local("queues")
    }

    /// What every function asked of AWS.
    #[must_use]
    pub fn requests(&self) -> Json {
        self.local("requests")
    }

    /// Begins to count anew.
    pub fn forget_requests(&self) {
        let _counted_anew = http::send("POST", &format!("{}/_local/requests/reset", self.url), &[], &[]).expect(200);
    }

    /// Sets the rules of what fails.
    pub fn faults(&self, rules: &Json) {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let _shown =
            http::send("POST", &format!("{}/_local/faults", self.url), &headers, rules.to_string().as_bytes()).expect(200);
    }

    /// How often each rule fired.
    #[must_use]
    pub fn fired(&self) -> Vec<u64> {
        self.local("faults").as_array().into_iter().flatten().map(|rule| rule["fired"].as_u64().unwrap_or(0)).collect()
    }

    /// Lets the clock of a function strike now.
    pub fn strike(&self, function: &str) {
        let _fired = http::send("POST", &format!("{}/_local/schedules/{function}", self.url), &[], &[]).expect(200);
    }

    /// Lets the clock strike for every timer past its deadline, also one that would still wait for its turn.
    pub fn fire_all_due(&self) {
        let _fired = self.sweep(r#"{"all_due": true}"#).expect(200);
    }

    /// One sweep of the timers with this input, whatever becomes of it.
    #[must_use]
    pub fn sweep(&self, input: &str) -> http::Answer {
        http::send("POST", &format!("{}/_local/schedules/Timers", self.url), &[], input.as_bytes())
    }

    /// Puts a message straight on a queue.
    pub fn put(&self, queue: &str, body: &str) {
        let _sent = self.sqs("SendMessage", &json!({"QueueUrl": self.queue_url(queue), "MessageBody": body}));
    }

    /// Puts up to ten messages on a queue with one request.
    pub fn put_all(&self, queue: &str, bodies: &[String]) {
        let entry = |(n, body): (usize, &String)| json!({"Id": n.to_string(), "MessageBody": body});
        let entries: Vec<Json> = bodies.iter().enumerate().map(entry).collect();
        let _sent = self.sqs("SendMessageBatch", &json!({"QueueUrl": self.queue_url(queue), "Entries": entries}));
    }

    /// The address of a queue.
    #[must_use]
    pub fn queue_url(&self, queue: &str) -> String {
        format!("{}/000000000000/doorstep-{queue}", self.url)
    }

    /// One request to the queues as any AWS client makes it.
    #[must_use]
    #[track_caller]
    pub fn sqs(&self, operation: &str, input: &Json) -> Json {
        let headers =
            [("x-amz-target", format!("AmazonSQS.{operation}")), ("content-type", "application/x-amz-json-1.0".to_owned())];
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        http::send("POST", &format!("{}/", self.url), &headers, input.to_string().as_bytes()).expect(200).json()
    }

    /// A person answers a text of the house.
    pub fn text_from(&self, phone: &str, words: &str) {
        let body = json!({"from": phone, "text": words}).to_string();
        let _received = http::send("POST", &format!("{}/_local/texts", self.url), &[], body.as_bytes()).expect(200);
    }

    /// One request to the table as any AWS client makes it.
    #[must_use]
    #[track_caller]
    pub fn table(&self, operation: &str, input: &Json) -> Json {
        let target = format!("DynamoDB_20120810.{operation}");
        // The table wants to be asked as by an AWS client; which one it is, nobody checks.
        let headers = [
            ("x-amz-target", target.as_str()),
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-date", "20260101T000000Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            ),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        http::send("POST", &format!("{}/", self.url), &headers, input.to_string().as_bytes()).expect(200).json()
    }

    /// What became of every letter on every channel, as the vault keeps it.
    #[must_use]
    pub fn ledger(&self) -> Vec<Json> {
        let rows = self.table("Scan", &json!({"TableName": "doorstep-Table", "ConsistentRead": true}));
        assert!(rows["LastEvaluatedKey"].is_null(), "a test writes less than one page");
        let letters = rows["Items"].as_array().unwrap().iter();
        let letters = letters.filter(|row| row["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("LETTER#")));
        letters.map(|row| serde_json::from_str(row["doc"]["S"].as_str().unwrap()).unwrap()).collect()
    }

    /// Moves the dead letters of a queue back to it.
    pub fn redrive(&self, queue: &str) -> u64 {
        let answer = http::send("POST", &format!("{}/_local/queues/{queue}/redrive", self.url), &[], &[]).expect(200);
        answer.json()["moved"].as_u64().unwrap()
    }

    /// Says that the test means to leave so many dead letters behind.
    pub fn leaves_dead(&mut self, queue: &str, count: i64) {
        self.dead_wanted.insert(queue.to_owned(), count);
    }

    /// The names of all functions.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        self.local("functions").as_object().unwrap().keys().cloned().collect()
    }

    /// The processes of a function.
    #[must_use]
    pub fn pids(&self, function: &str) -> Vec<i32> {
        let functions = self.local("functions");
        let pids = functions[function]["pids"].as_array().cloned().unwrap_or_else(|| vec![functions[function]["pid"].clone()]);
        pids.iter().filter_map(Json::as_i64).filter_map(|pid| i32::try_from(pid).ok()).collect()
    }

    /// kill -9 of every process of a function, as often as one is there; how many there were.
    pub fn kill_function(&self, function: &str) -> usize {
        let pids = self.pids(function);
        pids.iter().filter_map(|pid| Pid::from_raw(*pid)).filter(|pid| kill_process(*pid, Signal::KILL).is_ok()).count()
    }

    /// kill -9 of the stack itself, and a new life on the same data. Gives the processes of the functions of before.
    pub fn kill_and_restart(&mut self) -> Vec<i32> {
        let names = self.functions();
        let orphans = names.iter().flat_map(|name| self.pids(name)).collect();
        self.child.kill().unwrap();
        let _killed = self.child.wait().unwrap();
        let (child, url) = spawn(&self.data, &settings::shops(&self.data), &self.said);
        self.child = child;
        self.url = url;
        orphans
    }

    /// The headers that open the console.
    #[must_use]
    pub fn staff(&self) -> Vec<(String, String)> {
        use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
        let pair = BASE64.encode(format!("staff:{}", self.secret("console", "staff")));
        vec![("authorization".to_owned(), format!("Basic {pair}"))]
    }

    /// What the stack and its functions said last.
    #[must_use]
    pub fn logs(&self) -> String {
        let mut out = String::new();
        let folder = std::fs::read_dir(self.data.join("logs"));
        let mut files: Vec<PathBuf> = folder.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            let lines: Vec<_> = text.lines().filter(|line| !line.contains("\"INFO\"")).collect();
            for line in &lines[lines.len().saturating_sub(15)..] {
                out += &format!("{}: {line}\n", file.file_stem().unwrap_or_default().to_string_lossy());
            }
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        out + &said.join("\n")
    }

    /// Everything the functions ever wrote to their logs.
    #[must_use]
    pub fn whole_logs(&self) -> String {
        let folder = std::fs::read_dir(self.data.join("logs"));
        folder.into_iter().flatten().filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok()).collect()
    }

    /// The path and the signed headers of a delivery that is sent now.
    fn signed(&self, webhook: &Webhook, secret: &str) -> (String, Vec<(String, String)>) {
        let path = format!("/webhooks/demo/{}/{}", webhook.door, webhook.source);
        let headers = sign::headers(webhook.source, &path, &webhook.topic, secret, webhook.body.as_bytes(), self.now());
        (path, headers)
    }

    /// What is left somewhere that should not be.
    fn leftovers(&self) -> Vec<String> {
        let answer = match http::try_send("GET", &format!("{}/_local/idle?timeout_s=30", self.url), &[], &[]) {
            Ok(answer) => answer,
            Err(error) => return vec![error],
        };
        let mut out = Vec::new();
        if answer.status != 200 {
            out.push(answer.text());
        }
        let queues = self.queues();
        for (name, depth) in queues.as_object().into_iter().flatten() {
            let count = |what: &str| depth[what].as_i64().unwrap_or(0);
            let dead_wanted = self.dead_wanted.get(name).copied().unwrap_or(0);
            if count("visible") + count("in_flight") > 0 || count("dead") != dead_wanted {
                out.push(format!("queue {name}: {depth}, dead letters expected: {dead_wanted}"));
            }
        }
        out
    }
}

impl Drop for Stack {
    #[expect(clippy::print_stderr, reason = "the report of a failed test")]
    fn drop(&mut self) {
        let failing = thread::panicking();
        let left = if failing { Vec::new() } else { self.leftovers() };
        if failing || !left.is_empty() {
            eprintln!("{}", self.logs());
        }
        // SIGTERM lets it end its functions; kill -9 is for a stack that does not hear.
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _gone_already = kill_process(pid, Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > until {
                let _gone_already = self.child.kill();
            }
            thread::park_timeout(Duration::from_millis(5));
        }
        let _never_made = std::fs::remove_dir_all(&self.data);
        assert!(left.is_empty(), "the test left work behind: {left:#?}");
    }
}
