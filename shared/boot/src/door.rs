//! A webhook at a door, up to the point where its source decides: who it is for, its exact bytes, and the answers.

use crate::{
    StartError,
    aws::Aws,
    env,
    http::{self, WEBHOOK_BYTES_MAX},
    queue,
    secrets::{Keyring, SecretError, Secrets},
};
use contracts::{PARKED_BODY_BYTES_MAX, ParkedDelivery};
use domain::id::ShopId;
use jiff::Timestamp;
use lambda_http::{
    Body, Request, RequestExt as _, Response,
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;
use signatures::{BadDelivery, Delivery, Headers, Refusal};
use std::str::FromStr;

/// What a door has in reach: the secrets that prove who knocks, and its desk's queue.
pub struct Door {
    secrets: Secrets,
    sqs: aws_sdk_sqs::Client,
    queue_url: String,
}

/// What a proved and read delivery brings.
pub struct Brought<M> {
    /// For the desk, at least one unless there is nothing to say.
    pub messages: Vec<M>,
    /// Whether it is only kept aside.
    pub parked: bool,
}

impl Door {
    /// Reads the environment and makes the clients. `queue` names the variable of the desk's queue.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy, queue: &'static str) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            sqs: aws.sqs(),
            queue_url: env::required(get, queue)?,
        })
    }

    /// Reads the secret and opens the connection to the queue, side by side: deployed, these are two hosts.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), queue::warm(&self.sqs, &self.queue_url));
    }

    /// Lets `read` prove and read a request, and puts what it brings on the desk's queue, in one SQS call for up to ten
    /// messages.
    pub async fn receive<M, Read>(&self, request: &Request, read: Read) -> Answer
    where
        M: Serialize,
        Read: FnOnce(&Keyring, Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        match self.put(request, read).await {
            Ok(answer) | Err(answer) => answer,
        }
    }

    async fn put<M, Read>(&self, request: &Request, read: Read) -> Result<Answer, Answer>
    where
        M: Serialize,
        Read: FnOnce(&Keyring, Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        let keyring = self.secrets.keyring().await?;
        let brought = delivery(request, |delivery| read(&keyring, delivery))?;
        let bodies = brought.messages.iter().map(contracts::write).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| Answer::NotNow(error.to_string()))?;
        queue::send_all(&self.sqs, &self.queue_url, bodies).await?;
        Ok(if brought.parked { Answer::Parked } else { Answer::Accepted })
    }
}

/// A request's headers, as verifiers read them.
struct RequestHeaders<'a>(&'a HeaderMap);

impl Headers for RequestHeaders<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Why a knock is answered without looking at what it brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// There is no such shop or source.
    NotHere,
    /// More than [`WEBHOOK_BYTES_MAX`].
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

/// The shop and source a request names in its path.
///
/// # Errors
/// When there is no such shop or source, or its body is too large.
pub fn address<Source: FromStr>(request: &Request) -> Result<(ShopId, Source), Turned> {
    let parameters = request.path_parameters();
    let part = |name| parameters.first(name).ok_or(Turned::NotHere);
    let shop = part("shop")?.parse().map_err(|_| Turned::NotHere)?;
    let source = part("source")?.parse().map_err(|_| Turned::NotHere)?;
    if http::bytes(request.body()).len() > WEBHOOK_BYTES_MAX {
        return Err(Turned::TooLarge);
    }
    Ok((shop, source))
}

/// Hands the exact delivery of a request to `judge`.
pub fn delivery<T>(request: &Request, judge: impl FnOnce(Delivery<'_>) -> T) -> T {
    let headers = RequestHeaders(request.headers());
    judge(Delivery {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
        body: http::bytes(request.body()),
        now: crate::clock::now(),
    })
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
    /// The HTTP answer, and one log line without anything of the body.
    #[must_use]
    pub fn told(self, shop: &ShopId, source: &str) -> Response<Body> {
        let shop = shop.as_str();
        match self {
            Self::Accepted => http::json(StatusCode::OK, "status", "accepted"),
            Self::Greeted => http::json(StatusCode::OK, "status", "hello"),
            Self::Parked => http::json(StatusCode::OK, "status", "kept aside"),
            Self::Refused(refusal) => {
                tracing::warn!(shop, source, %refusal, "a delivery was turned away");
                http::json(StatusCode::UNAUTHORIZED, "error", "the signature is not right")
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

/// What is kept of a delivery nobody here reads.
#[must_use]
pub fn parked(source: &str, topic: String, body: &[u8], received_at: Timestamp) -> ParkedDelivery {
    let text = String::from_utf8_lossy(&body[..body.len().min(PARKED_BODY_BYTES_MAX)]).into_owned();
    ParkedDelivery { source: source.to_owned(), topic, body: text, received_at }
}
