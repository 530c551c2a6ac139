//! Storefronts and carriers on this machine: every request is answered as the test says, and kept.

use crate::aws::request;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Came {
    /// `POST /v2/trackers`.
    pub(crate) line: String,
    head: String,
    pub(crate) body: Value,
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> String {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(String::new(), |(_, value)| value.to_owned())
    }
}

/// An answer; without a status, the connection is closed.
pub(crate) struct Answer {
    status: u16,
    headers: String,
    body: String,
}

#[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is answered")]
pub(crate) fn says(status: u16, body: impl ToString) -> Answer {
    Answer { status, headers: String::new(), body: body.to_string() }
}

pub(crate) fn hangs_up() -> Answer {
    says(0, "")
}

impl Answer {
    pub(crate) fn with(mut self, header: &str) -> Self {
        self.headers.push_str(header);
        self.headers.push_str("\r\n");
        self
    }
}

/// Somebody outside.
pub(crate) struct Outsider {
    pub(crate) url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Outsider {
    /// Starts one that answers by the request and by how many came before it.
    pub(crate) async fn start(answer: impl Fn(&Came, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let kept = Arc::clone(&came);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some((head, body)) = request(&mut stream).await else { continue };
                let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
                let body = serde_json::from_slice(&body).unwrap_or(Value::String(String::from_utf8(body).unwrap()));
                let came = Came { line, head, body };
                let before = kept.lock().unwrap().len();
                let Answer { status, headers, body } = answer(&came, before);
                kept.lock().unwrap().push(came);
                if status > 0 {
                    let head = format!("HTTP/1.1 {status} It\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
                    stream.write_all(head.as_bytes()).await.unwrap();
                }
            }
        });
        Self { url, came }
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// The first lines of what came.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.came().into_iter().map(|came| came.line).collect()
    }
}
