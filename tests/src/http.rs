//! Plain HTTP to the stack: one request, one answer, nothing followed and nothing thrown.

use serde_json::Value as Json;
use std::{sync::LazyLock, time::Duration};
use ureq::{Agent, http};

/// Longer than the longest wait we ask the stack for.
const PATIENCE: Duration = Duration::from_secs(330);

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false);
    config.proxy(None).build().into()
});

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: http::HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}), status {}: {}", self.status, self.text()))
    }

    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The same answer, if it has this status.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text().chars().take(2000).collect::<String>());
        self
    }
}

/// Sends one request; an error is one of the wire.
///
/// # Errors
/// When no answer came.
pub fn try_send(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Result<Answer, String> {
    let mut request = http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = match method {
        "GET" | "HEAD" | "DELETE" => AGENT.run(request.body(()).unwrap()),
        _ => AGENT.run(request.body(body).unwrap()),
    };
    let mut answer = answer.map_err(|error| format!("{method} {url}: {error}"))?;
    let body =
        answer.body_mut().with_config().limit(64 << 20).read_to_vec().map_err(|error| format!("{method} {url}: {error}"))?;
    Ok(Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
}

/// Sends one request and gets its answer.
#[must_use]
#[track_caller]
pub fn send(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    try_send(method, url, headers, body).unwrap_or_else(|error| panic!("{error}"))
}

/// Gets a page.
#[must_use]
#[track_caller]
pub fn get(url: &str) -> Answer {
    send("GET", url, &[], &[])
}

/// Posts the fields of a form.
#[must_use]
#[track_caller]
pub fn post_form(url: &str, headers: &[(String, String)], fields: &[(String, String)]) -> Answer {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    let mut headers = headers.to_vec();
    headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    send("POST", url, &headers, body.join("&").as_bytes())
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
