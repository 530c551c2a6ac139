//! A small HTTP client for the demo: what a storefront, a carrier or a browser would send.

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::time::Duration;

/// The largest answer read.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long an answer is waited for; `/_local/idle` takes up to 30 s.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A client of one stack.
pub struct Visitor {
    client: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
}

/// An answer: its status and its text.
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Visitor {
    /// A client of the stack at `base_url`.
    pub fn new(base_url: &str) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), base_url: base_url.to_owned() }
    }

    /// Reads a path, or a whole URL of this stack.
    pub async fn get(&self, path: &str) -> Result<Answered, String> {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// Sends a body to a path.
    pub async fn post(&self, path: &str, headers: &[(String, String)], body: Vec<u8>) -> Result<Answered, String> {
        self.send("POST", path, headers, body).await
    }

    async fn send(&self, method: &str, path: &str, headers: &[(String, String)], body: Vec<u8>) -> Result<Answered, String> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base_url) };
        let mut request = hyper::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
        let answer = tokio::time::timeout(TIMEOUT, self.client.request(request)).await;
        let answer = answer.map_err(|_| format!("{url} did not answer"))?.map_err(|error| format!("{url}: {error}"))?;
        let status = answer.status().as_u16();
        let bytes = Limited::new(answer.into_body(), BYTES_MAX).collect().await.map_err(|error| format!("{url}: {error}"))?;
        Ok(Answered { status, text: String::from_utf8_lossy(&bytes.to_bytes()).into_owned() })
    }
}
