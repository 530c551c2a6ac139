//! An answer and the headers every answer carries: nothing runs, nothing is framed, nothing leaks, nothing is kept.

use crate::policy;
use lambda_http::{
    Body, Response,
    http::{HeaderValue, Method, StatusCode},
};

/// Headers of every answer, beside its type and its content security policy (guarantees TK-09).
const ALWAYS: [(&str, &str); 9] = [
    ("cache-control", "private, no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-robots-tag", "noindex, nofollow"),
];

const HTML: &str = "text/html; charset=utf-8";

/// What to say when a page cannot even be written.
const BROKEN: &str =
    "<!doctype html><html lang=\"en\"><title>Please try again</title><h1>Please try again in a minute</h1></html>";

/// An answer, not yet on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    content_type: &'static str,
    policy: String,
    extra: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn of(status: u16, content_type: &'static str, policy: String, body: String) -> Self {
        Self { status, content_type, policy, extra: Vec::new(), body }
    }

    /// A page whose style element holds this.
    #[must_use]
    pub fn page(status: u16, css: &str, html: Result<String, askama::Error>) -> Self {
        match html {
            Ok(body) => Self::of(status, HTML, policy::styled(css), body),
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                Self::of(500, HTML, policy::CLOSED.to_owned(), BROKEN.to_owned())
            }
        }
    }

    /// Facts for machines.
    #[must_use]
    pub fn json(status: u16, body: String) -> Self {
        Self::of(status, "application/json", policy::CLOSED.to_owned(), body)
    }

    /// Look there now (303): a page that was reached so can be loaded again without sending the form again.
    #[must_use]
    pub fn see(location: &str) -> Self {
        Self::of(303, "text/plain; charset=utf-8", policy::CLOSED.to_owned(), String::new()).with("location", location)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.extra.push((name, value.to_owned()));
        self
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The answer as it goes out; to `HEAD` without its body.
    #[must_use]
    pub fn response(self, method: &Method) -> Response<Body> {
        let body = if method == Method::HEAD || self.body.is_empty() { Body::Empty } else { Body::Text(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert("content-type", HeaderValue::from_static(self.content_type));
        let own = self.extra.iter().map(|(name, value)| (*name, value)).chain([("content-security-policy", &self.policy)]);
        for (name, value) in own {
            // Every value is made of our own words, ids, names of shops in a-z0-9- and tokens in base64url; none can hold a line break.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
