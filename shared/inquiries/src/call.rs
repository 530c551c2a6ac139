//! A request and its answer as plain data, and what an answer amounts to.

use jiff::Timestamp;
use std::fmt;

/// What is done to a thing of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read it.
    Get,
    /// Make it.
    Post,
    /// Change it.
    Put,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// One request to a source. It holds credentials and is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What is done.
    pub method: Method,
    /// To what.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// What is said.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request {}", self.method.as_str())
    }
}

impl Request {
    pub(crate) fn get(url: String) -> Self {
        Self { method: Method::Get, url, headers: vec![("accept", "application/json".to_owned())], body: None }
    }

    pub(crate) fn json(method: Method, url: String, body: &serde_json::Value) -> Self {
        let headers = vec![("accept", "application/json".to_owned()), ("content-type", "application/json".to_owned())];
        Self { method, url, headers, body: Some(body.to_string()) }
    }

    pub(crate) fn form(url: String, pairs: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let headers =
            vec![("accept", "application/json".to_owned()), ("content-type", "application/x-www-form-urlencoded".to_owned())];
        Self { method: Method::Post, url, headers, body: Some(body) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A query of a URL, without `?`.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// `Link`: where Shopify says where the next page is.
    pub link: Option<String>,
    /// `X-WP-TotalPages`: how many pages there are at WooCommerce.
    pub total_pages: Option<String>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The headers that are read, in lower case.
    pub const HEADERS: [&'static str; 3] = ["retry-after", "link", "x-wp-totalpages"];

    /// Whether it is a yes.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What it amounts to where nothing but yes or no is wanted.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        crate::read::by_status(self).unwrap_or_else(Verdict::done)
    }
}

/// What an answer amounts to: all that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was done; what was asked for is in the body.
    Done {
        /// What the source calls it.
        reference: Option<String>,
        /// When the source forgets it, if it does.
        until: Option<Timestamp>,
    },
    /// It was done before: that is as good.
    AlreadyThere {
        /// What the source calls it, if it says so.
        reference: Option<String>,
    },
    /// The source has nothing of it yet.
    NotKnownYet,
    /// We ask too often.
    TooOften {
        /// So many seconds are to pass, if it says so.
        retry_after_s: Option<u32>,
    },
    /// The credentials do not open it.
    BadCredentials,
    /// It will not be done, however often it is asked.
    Refused {
        /// The source's code or a word of ours; never its sentence, which may quote the question.
        why: String,
    },
    /// Not now.
    Again {
        /// The source's code or a word of ours.
        why: String,
    },
}

impl Verdict {
    /// Done, and that is all.
    pub(crate) fn done() -> Self {
        Self::Done { reference: None, until: None }
    }

    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }

    pub(crate) fn again(why: impl Into<String>) -> Self {
        Self::Again { why: why.into() }
    }

    /// The word for the log and the console.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Done { .. } => "done",
            Self::AlreadyThere { .. } => "already_there",
            Self::NotKnownYet => "not_known_yet",
            Self::TooOften { .. } => "too_often",
            Self::BadCredentials => "credentials",
            Self::Refused { why } | Self::Again { why } => why,
        }
    }
}
