//! What a door answers.

use boot::{http, queue, secrets::SecretError};
use domain::id::ShopId;
use lambda_http::{Body, Response, http::StatusCode};
use signatures::{Answers, BadDelivery, Grant, Refusal};

/// Why a knock is answered without looking at what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// There is no such shop or source.
    NotHere,
    /// More than [`boot::http::WEBHOOK_BYTES_MAX`].
    TooLarge,
}

impl From<Turned> for Response<Body> {
    fn from(turned: Turned) -> Self {
        match turned {
            Turned::NotHere => http::json(StatusCode::NOT_FOUND, "error", "there is no such webhook address here"),
            Turned::TooLarge => http::json(StatusCode::PAYLOAD_TOO_LARGE, "error", "the body is larger than 1 MiB"),
        }
    }
}

/// What a door answers, once it has looked.
#[derive(Debug)]
pub enum Answer {
    /// It is on its queue.
    Accepted,
    /// It is kept aside: we do not read this topic.
    Parked,
    /// A greeting that brings nothing.
    Greeted,
    /// It is not proved.
    Refused(Refusal),
    /// It is proved, and broken.
    Broken(BadDelivery),
    /// It could not be remembered: the sender has to try again.
    NotNow(String),
}

impl From<queue::NotQueued> for Answer {
    fn from(error: queue::NotQueued) -> Self {
        Self::NotNow(error.to_string())
    }
}

impl From<SecretError> for Answer {
    fn from(error: SecretError) -> Self {
        Self::NotNow(error.to_string())
    }
}

impl Answer {
    /// The HTTP answer, and one log line without anything of the body. `answers` is how the source wants to be turned away.
    #[must_use]
    pub fn told(self, shop: &ShopId, source: &str, answers: Answers) -> Response<Body> {
        let shop = shop.as_str();
        match self {
            Self::Accepted => http::json(StatusCode::OK, "status", "accepted"),
            Self::Greeted => http::json(StatusCode::OK, "status", "hello"),
            Self::Parked => http::json(StatusCode::OK, "status", "kept aside"),
            Self::Refused(refusal) => {
                tracing::warn!(shop, source, %refusal, "a delivery was turned away");
                let status = StatusCode::from_u16(answers.to(refusal)).unwrap_or(StatusCode::UNAUTHORIZED);
                http::json(status, "error", "the signature is not right")
            }
            Self::Broken(broken) => {
                tracing::error!(shop, source, %broken, "a signed delivery cannot be read");
                http::json(StatusCode::UNPROCESSABLE_ENTITY, "error", &broken.to_string())
            }
            Self::NotNow(why) => {
                tracing::error!(shop, source, why, "a delivery could not be remembered");
                http::json(StatusCode::SERVICE_UNAVAILABLE, "error", "not now, please send it again")
            }
        }
    }
}

/// An access token as OAuth 2 answers it (RFC 6749, 5.1).
#[must_use]
pub fn granted(grant: &Grant) -> Response<Body> {
    let Grant { access_token, expires_in_s } = grant;
    let body = serde_json::json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": expires_in_s });
    http::json_of(StatusCode::OK, &body)
}
