//! Starts a stack for a test and ends it with the test.

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_types::{SdkConfig, region::Region};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value as Json;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::Instant,
};

/// A running stack.
pub struct Stack {
    pub url: String,
    pub data: PathBuf,
    child: Child,
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_dir_all(&self.data);
    }
}

/// The program under test, not yet started.
pub fn command(data: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_local"));
    let mut command = Command::new(program);
    command
        .args(["--port", "0", "--no-demo", "--data"])
        .arg(data)
        .args(["--template", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/template.yaml"), "--functions-dir"])
        .arg(program.parent().unwrap().join("examples"))
        .arg("--env")
        .arg(format!("TRACE_FILE={}", data.join("trace").display()))
        .args(["--env", "EXTRA=a=b", "--secrets", concat!(env!("CARGO_MANIFEST_DIR"), "/demo-secrets.toml")])
        .kill_on_drop(true);
    command
}

pub fn new_folder() -> PathBuf {
    std::env::temp_dir().join(format!("doorstep-test-{}", uuid::Uuid::new_v4()))
}

async fn start_in(data: &Path) -> (Child, String) {
    let mut child = command(data).stdout(Stdio::piped()).spawn().unwrap();
    let url = ready(&mut child).await;
    (child, url)
}

/// Waits for the line that says where it answers.
pub async fn ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("the stack ended before it was ready");
        if let Some(url) = line.strip_prefix("ready ") {
            return url.to_owned();
        }
    }
}

impl Stack {
    pub async fn start() -> Self {
        let data = new_folder();
        std::fs::create_dir_all(&data).unwrap();
        let (child, url) = start_in(&data).await;
        Self { url, data, child }
    }

    /// kill -9, and a new life on the same data.
    pub async fn kill_and_restart(&mut self) {
        self.child.kill().await.unwrap();
        let (child, url) = start_in(&self.data).await;
        self.child = child;
        self.url = url;
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> std::process::ExitStatus {
        self.child.wait().await.unwrap()
    }

    pub fn queue(&self, name: &str) -> String {
        format!("{}/000000000000/doorstep-{name}", self.url)
    }

    pub fn config(&self) -> SdkConfig {
        let (http, _) = boot::connector::client(boot::connector::Trust::Amazon, Duration::from_secs(1)).unwrap();
        SdkConfig::builder()
            .endpoint_url(&self.url)
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys("AKIALOCAL_tester", "secret", None)))
            .http_client(http)
            .build()
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config())
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config())
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, http::HeaderMap) {
        let client: Client<_, Full<hyper::body::Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = client.request(request.body(Full::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), String::from_utf8(body.to_vec()).unwrap(), parts.headers)
    }

    pub async fn get(&self, path: &str) -> Json {
        let (status, body, _) = self.call("GET", path, &[], "").await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub async fn post(&self, path: &str, body: &str) -> Json {
        let (status, body, _) = self.call("POST", path, &[], body).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub async fn settle(&self) {
        self.get("/_local/idle?timeout_s=20").await;
    }

    /// Every event the function was given.
    pub fn trace(&self) -> Vec<Json> {
        let text = std::fs::read_to_string(self.data.join("trace")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Looks again and again until it is so, for at most 20 seconds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let end = Instant::now() + Duration::from_secs(20);
    while !so().await {
        assert!(Instant::now() < end, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub fn signal(name: &str, pid: u32) {
    let done = std::process::Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
    assert!(done.success());
}

pub fn alive(pid: u64) -> bool {
    // A zombie waits only for its parent to look; it runs no more.
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
