//! A webhook as it comes in: who it is for, and its exact bytes.

use crate::Turned;
use boot::http::{self, WEBHOOK_BYTES_MAX};
use contracts::{KeptDelivery, PARKED_BODY_BYTES_MAX, ParkedDelivery};
use domain::id::ShopId;
use jiff::Timestamp;
use lambda_http::{Request, RequestExt as _, http::HeaderMap};
use signatures::{Delivery, Headers, Verified};
use std::str::FromStr;

/// A request's headers, as verifiers read them.
struct RequestHeaders<'a>(&'a HeaderMap);

impl Headers for RequestHeaders<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
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
        now: boot::clock::now(),
    })
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
