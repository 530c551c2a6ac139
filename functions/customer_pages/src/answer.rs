//! An answer and the headers every answer carries: nothing runs, nothing is framed, nothing leaks, nothing is kept.

use crate::style::Style;
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

/// The policy of answers without a style.
const CLOSED: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

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
    /// A page in its style.
    #[must_use]
    pub fn page(status: u16, style: &Style, html: Result<String, askama::Error>) -> Self {
        let policy = format!(
            "default-src 'none'; style-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            style.csp_source()
        );
        match html {
            Ok(body) => Self { status, content_type: "text/html; charset=utf-8", policy, extra: Vec::new(), body },
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                let (policy, body) = (CLOSED.to_owned(), BROKEN.to_owned());
                Self { status: 500, content_type: "text/html; charset=utf-8", policy, extra: Vec::new(), body }
            }
        }
    }

    /// Facts for machines.
    #[must_use]
    pub fn json(status: u16, body: String) -> Self {
        Self { status, content_type: "application/json", policy: CLOSED.to_owned(), extra: Vec::new(), body }
    }

    /// Look there now (303): a page that was reached so can be loaded again without sending the form again.
    #[must_use]
    pub fn see(location: String) -> Self {
        Self {
            status: 303,
            content_type: "text/plain; charset=utf-8",
            policy: CLOSED.to_owned(),
            extra: vec![("location", location)],
            body: String::new(),
        }
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
            // Every value is made of our own words, ids and tokens in base64url; none can hold a line break.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
