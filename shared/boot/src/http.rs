//! Answers of the doors, and the exact bytes of a request.

use lambda_http::{Body, Response, http::StatusCode};

/// The longest webhook body that is read; Shopify's largest orders stay below it.
pub const WEBHOOK_BYTES_MAX: usize = 1024 * 1024;

/// The exact bytes that were sent, whether API Gateway handed them over as text or as base64.
#[must_use]
pub fn bytes(body: &Body) -> &[u8] {
    match body {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// A short JSON answer: `{"status":"accepted"}` or `{"error":"…"}`. What failed inside is for the log, not for the caller.
#[must_use]
pub fn json(status: StatusCode, key: &str, text: &str) -> Response<Body> {
    json_of(status, &serde_json::json!({ key: text }))
}

/// A JSON answer that nobody keeps.
#[must_use]
pub fn json_of(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::Text(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", lambda_http::http::HeaderValue::from_static("application/json"));
    headers.insert("cache-control", lambda_http::http::HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", lambda_http::http::HeaderValue::from_static("nosniff"));
    response
}
