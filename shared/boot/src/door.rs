//! A webhook at a door, up to the point where its source decides: who it is for, its exact bytes, and the answers.

use crate::{
    StartError,
    aws::Aws,
    env,
    http::{self, WEBHOOK_BYTES_MAX},
    queue,
    secrets::{Keyring, SecretError, Secrets},
};
use contracts::{KeptDelivery, PARKED_BODY_BYTES_MAX, ParkedDelivery, ToSources};
use domain::id::ShopId;
use jiff::Timestamp;
use lambda_http::{
    Body, Request, RequestExt as _, Response,
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;
use signatures::{Answers, BadDelivery, Delivery, Grant, Headers, Refusal, Verified};
use std::{str::FromStr, sync::Arc};

/// What a door has in reach: the secrets that prove who knocks, its desk's queue, and that of the room which asks sources.
pub struct Door {
    secrets: Secrets,
    sqs: aws_sdk_sqs::Client,
    queue_url: String,
    sources_queue_url: String,
}

/// What a proved and read delivery brings.
pub struct Brought<M> {
    /// For the desk, at least one unless there is nothing to say.
    pub messages: Vec<M>,
    /// What a source has to be asked first.
    pub asks: Vec<ToSources>,
    /// Whether it is only kept aside.
    pub parked: bool,
}

impl Door {
    /// Reads the environment and makes the clients. `queue` names the variable of the desk's queue.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(aws: &Aws, get: impl Fn(&str) -> Option<String> + Copy, queue: &'static str) -> Result<Self, StartError> {
        Ok(Self {
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            sqs: aws.sqs(),
            queue_url: env::required(get, queue)?,
            sources_queue_url: env::required(get, "SOURCES_QUEUE_URL")?,
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
        Read: FnOnce(Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        match self.put(request, read).await {
            Ok(answer) | Err(answer) => answer,
        }
    }

    /// Asks the room `sources` for something.
    ///
    /// # Errors
    /// When it may not have been heard: the sender has to try again.
    pub async fn ask(&self, ask: &ToSources) -> Result<(), Answer> {
        let body = contracts::write(ask).map_err(|error| Answer::NotNow(error.to_string()))?;
        Ok(queue::send(&self.sqs, &self.sources_queue_url, body).await?)
    }

    /// The keyring, at most some minutes old.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn keyring(&self) -> Result<Arc<Keyring>, Answer> {
        Ok(self.secrets.keyring().await?)
    }

    async fn put<M, Read>(&self, request: &Request, read: Read) -> Result<Answer, Answer>
    where
        M: Serialize,
        Read: FnOnce(Delivery<'_>) -> Result<Brought<M>, Answer>,
    {
        let brought = delivery(request, read)?;
        let bodies = brought.messages.iter().map(contracts::write).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| Answer::NotNow(error.to_string()))?;
        queue::send_all(&self.sqs, &self.queue_url, bodies).await?;
        for ask in &brought.asks {
            self.ask(ask).await?;
        }
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

/// A delivery exactly as it came, to be kept for a while. `headers_read` are those that its reader looks at.
#[must_use]
pub fn kept(source: &str, headers_read: &[&str], verified: &Verified<'_>) -> KeptDelivery {
    let header = |name: &&str| Some(((*name).to_owned(), verified.header(name)?.to_owned()));
    KeptDelivery::pack(source, verified.received_at(), headers_read.iter().filter_map(header).collect(), verified.body())
}

/// What is kept of a delivery nobody here reads.
#[must_use]
pub fn parked(source: &str, topic: String, body: &[u8], received_at: Timestamp) -> ParkedDelivery {
    let text = String::from_utf8_lossy(&body[..body.len().min(PARKED_BODY_BYTES_MAX)]).into_owned();
    ParkedDelivery { source: source.to_owned(), topic, body: text, received_at }
}
