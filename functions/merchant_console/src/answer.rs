//! An answer and the headers every answer carries: nothing runs, nothing is framed, nothing leaks, nothing is kept.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::{
    Body, Response,
    http::{HeaderValue, Method, StatusCode},
};
use sha2::{Digest as _, Sha256};

/// The one style sheet of the console.
pub const STYLE: &str = include_str!("../templates/style.css");

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

/// What to say when a page cannot even be written.
const BROKEN: &str = "<!doctype html><html lang=\"en\"><title>Please try again</title><h1>Please try again in a minute</h1></html>";

/// An answer, not yet on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    extra: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    /// A page.
    #[must_use]
    pub fn page(status: u16, html: Result<String, askama::Error>) -> Self {
        match html {
            Ok(body) => Self { status, extra: Vec::new(), body },
            Err(error) => {
                tracing::error!(%error, "a page could not be written");
                Self { status: 500, extra: Vec::new(), body: BROKEN.to_owned() }
            }
        }
    }

    /// Look there now (303): a page that was reached so can be loaded again without sending the form again.
    #[must_use]
    pub fn see(location: String) -> Self {
        Self { status: 303, extra: vec![("location", location)], body: String::new() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.extra.push((name, value.to_owned()));
        self
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
        headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
        let policy = policy();
        let own = self.extra.iter().map(|(name, value)| (*name, value)).chain([("content-security-policy", &policy)]);
        for (name, value) in own {
            // Every value is made of our own words and a shop's name in a-z0-9-; none can hold a line break.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Lets in the one style by its hash, and nothing else.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}
