//! One HTTP request to an address of our own configuration: storefronts, carriers and aggregators that are asked back.
//!
//! HTTPS anywhere, plain HTTP to this machine only. A redirect is an answer like any other: credentials go nowhere that the
//! settings do not name. Nothing is tried twice here, and nothing of a request is ever printed.

use crate::{
    guard::{Limits, NoClient},
    wire::{Address, Broken, End, Wire},
};
use http_body_util::Full;
use hyper::{
    Request,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use std::{fmt, time::Duration};

#[cfg(test)]
mod tests;

/// The longest body that is read where the call does not say otherwise.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The longest value of a header that is given back.
const VALUE_BYTES_MAX: usize = 4096;
/// The longest URL that is asked.
const URL_BYTES_MAX: usize = 4096;
/// Below half of the time that the function has, so that two calls fit.
const LIMITS: Limits = Limits { connect: Duration::from_secs(3), total: Duration::from_secs(9) };

/// The way out. Made once; its clones are cheap.
#[derive(Clone)]
pub struct Caller(Wire);

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller")
    }
}

/// One call.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// `GET`, `POST`, `PUT`.
    pub method: &'a str,
    /// Where to, with its query.
    pub url: &'a str,
    /// What is said beside the body; `Host` and `User-Agent` are ours.
    pub headers: &'a [(&'static str, String)],
    /// What is said.
    pub body: Option<&'a str>,
    /// The longest body that is read.
    pub body_bytes_max: usize,
    /// The headers of the answer that are wanted, in lower case.
    pub wanted: &'a [&'static str],
}

/// A whole answer, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its status code.
    pub status: u16,
    /// Those of the wanted headers that it has.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answered {
    /// A wanted header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The call is none that we make.
    #[error("the call is not made ({0})")]
    NotMade(&'static str),
    /// Nothing was said: nobody was there.
    #[error("nobody was there ({0})")]
    Nobody(&'static str),
    /// It may have been heard.
    #[error("there was no whole answer ({0})")]
    Broken(&'static str),
}

impl NoAnswer {
    /// The word for logs and ledgers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMade(why) | Self::Nobody(why) | Self::Broken(why) => why,
        }
    }
}

impl Caller {
    /// A way out with limits of time for every call.
    ///
    /// # Errors
    /// When the machine's trusted roots cannot be read.
    pub fn new() -> Result<Self, NoClient> {
        Self::with(LIMITS)
    }

    pub(crate) fn with(limits: Limits) -> Result<Self, NoClient> {
        Wire::new(limits).map(Self)
    }

    /// Makes one call.
    ///
    /// # Errors
    /// See [`NoAnswer`]. A no is an answer, not an error.
    pub async fn call(&self, call: &Call<'_>) -> Result<Answered, NoAnswer> {
        let (address, request) = request(call).map_err(NoAnswer::NotMade)?;
        let heard = self.0.hear(&address, request, call.body_bytes_max).await.map_err(|broken| match broken {
            Broken::Before(why) => NoAnswer::Nobody(why),
            Broken::After(why) => NoAnswer::Broken(why),
        })?;
        match heard.end {
            End::Whole => {}
            End::TooLong => return Err(NoAnswer::Broken("answer_too_long")),
            End::BrokenOff => return Err(NoAnswer::Broken("connection_lost")),
        }
        let value = |name: &'static str| {
            let text = heard.headers.get(name)?.to_str().ok()?;
            (text.len() <= VALUE_BYTES_MAX).then(|| (name, text.to_owned()))
        };
        let headers = call.wanted.iter().filter_map(|name| value(name)).collect();
        Ok(Answered { status: heard.status, headers, body: heard.body })
    }
}

/// The request and where it goes, or the name of what forbids it.
fn request(call: &Call<'_>) -> Result<(Address, Request<Full<Bytes>>), &'static str> {
    if call.url.len() > URL_BYTES_MAX {
        return Err("not_a_url");
    }
    let address = Address::read(call.url)?;
    let url: hyper::Uri = call.url.parse().map_err(|_| "not_a_url")?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let body = Bytes::from(call.body.unwrap_or_default().to_owned());
    let mut request = Request::builder()
        .method(call.method)
        .uri(path)
        .header(header::HOST, host(&url)?)
        .header(header::USER_AGENT, "Doorstep/1")
        .body(Full::new(body))
        .map_err(|_| "bad_request")?;
    if call.body.is_none() && call.method != "GET" {
        // Some servers wait for a length where there could be a body.
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    for (name, value) in call.headers {
        let name = HeaderName::try_from(*name).map_err(|_| "bad_request")?;
        // One that no header can hold is not said, and not told of.
        let mut value = HeaderValue::try_from(value.as_str()).map_err(|_| "bad_request")?;
        value.set_sensitive(true);
        request.headers_mut().append(name, value);
    }
    Ok((address, request))
}

/// `Host` as browsers write it: with a port only where the URL has one. Some storefronts know their own name by it.
fn host(url: &hyper::Uri) -> Result<&str, &'static str> {
    let authority = url.authority().map(|authority| authority.as_str()).ok_or("not_a_url")?;
    if authority.contains('@') { Err("userinfo_not_allowed") } else { Ok(authority) }
}
