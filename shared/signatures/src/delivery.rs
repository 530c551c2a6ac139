//! What came to a door, and what of it is proved.

use crate::read::{BadDelivery, Part};
use jiff::Timestamp;
use serde::Deserialize;

/// Headers by name, however they are kept. Doors wrap their HTTP library's map in it; lists of pairs do for tests.
pub trait Headers {
    /// The value of a header; the case of the name does not matter.
    fn get(&self, name: &str) -> Option<&str>;
}

impl<N: AsRef<str>, V: AsRef<str>> Headers for &[(N, V)] {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.as_ref().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

impl<N: AsRef<str>, V: AsRef<str>, const COUNT: usize> Headers for [(N, V); COUNT] {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.as_ref().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

impl<N: AsRef<str>, V: AsRef<str>> Headers for Vec<(N, V)> {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.as_ref().eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }
}

/// One call of a webhook, not yet proved.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The path of the URL as the door saw it, without the query.
    pub path: &'a str,
    /// The query of the URL as it was written, without `?`; empty when there is none.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The exact bytes of the body, after API Gateway's base64 and before anything else.
    pub body: &'a [u8],
    /// When it came.
    pub now: Timestamp,
}

impl<'a> Delivery<'a> {
    /// The few words of a body by which it must be known before it can be proved: of a source that signs a part of its body.
    /// One pass over the body, which the door bounds; what is read so may be used for nothing else.
    #[must_use]
    pub fn unproved<T: Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_slice(self.body).ok()
    }
}

/// Why a delivery is not let in. Nothing of it has been read then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The header that proves it is missing.
    #[error("the delivery is not signed")]
    Unsigned,
    /// The header is there and does not prove it: wrong secret, changed bytes, or not of the form the source writes.
    #[error("the signature is not right")]
    BadSignature,
    /// It is signed with a public key that we do not have (yet).
    #[error("the delivery is signed with a key that is not known here")]
    UnknownKey,
    /// It is proved, but of another time: replayed, or a clock is wrong.
    #[error("the delivery was signed too long ago or in the future")]
    Stale,
}

/// A delivery whose bytes are proved. Only the verifiers of this crate make one, and [`answered`] of what we asked for.
#[derive(Clone, Copy)]
pub struct Verified<'a>(Delivery<'a>);

impl<'a> Verified<'a> {
    pub(crate) fn proved(delivery: Delivery<'a>) -> Self {
        Self(delivery)
    }

    /// The exact bytes.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.0.body
    }

    /// A header. Only the body is proved: most sources do not sign theirs.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.0.headers.get(name)
    }

    /// When it came.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.0.now
    }

    /// The body read as JSON.
    ///
    /// # Errors
    /// When it is not JSON or not an object. The error says where, without quoting.
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T, BadDelivery> {
        let text = std::str::from_utf8(self.0.body).map_err(|error| {
            let before = &self.0.body[..error.valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
            BadDelivery::NotJson { line, column }
        })?;
        object(text, "body", |line, column| BadDelivery::NotJson { line, column })
    }
}

/// A JSON object that a source wrote as a text into a field of its body.
///
/// # Errors
/// When it is not JSON or not an object. The error says where, without quoting.
pub fn json_within<'t, T: Deserialize<'t>>(text: &'t str, path: &str) -> Result<T, BadDelivery> {
    object(text, path, |line, column| BadDelivery::bad(path, format!("is not JSON at its line {line}, column {column}")))
}

fn object<'t, T: Deserialize<'t>>(
    text: &'t str,
    path: &str,
    not_json: impl FnOnce(usize, usize) -> BadDelivery,
) -> Result<T, BadDelivery> {
    let root: Part<T> = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if error.is_data() {
            // A field that stands there twice: everything else is read leniently.
            BadDelivery::bad(path, format!("is not readable at line {line}, column {column}"))
        } else {
            not_json(line, column)
        }
    })?;
    root.into_option().ok_or_else(|| BadDelivery::bad(path, "is not a JSON object"))
}

/// Lets in a hello: a message that a source sends to try the door before it has anything to say, and cannot prove. Only at a door
/// that has a secret, and only what `is_hello` recognizes to the letter; its reader makes nothing of it that an enemy could want.
///
/// # Errors
/// [`Refusal::Unsigned`] for everything else.
pub fn hello<'a>(
    delivery: Delivery<'a>,
    secrets: &[String],
    is_hello: impl FnOnce(&Delivery<'a>) -> bool,
) -> Result<Verified<'a>, Refusal> {
    let is_set_up = secrets.iter().any(|secret| !secret.is_empty());
    if is_set_up && is_hello(&delivery) { Ok(Verified::proved(delivery)) } else { Err(Refusal::Unsigned) }
}

struct NoHeaders;

impl Headers for NoHeaders {
    fn get(&self, _name: &str) -> Option<&str> {
        None
    }
}

/// The answer of a source to a question of ours: nobody signs it, because we asked the source itself over TLS.
#[must_use]
pub fn answered(body: &[u8], now: Timestamp) -> Verified<'_> {
    Verified(Delivery { method: "GET", path: "", query: "", headers: &NoHeaders, body, now })
}

/// A delivery that was proved when it came and kept since ([the headers](Headers) are those that its reader looks at).
#[must_use]
pub fn kept<'a>(headers: &'a dyn Headers, body: &'a [u8], received_at: Timestamp) -> Verified<'a> {
    Verified(Delivery { method: "POST", path: "", query: "", headers, body, now: received_at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Field;

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Row {
        id: Field,
    }

    #[test]
    fn a_hello_is_let_in_where_there_is_a_secret() {
        let nothing: [(&str, &str); 0] = [];
        let of = |body| Delivery { method: "POST", path: "/", query: "", headers: &nothing, body, now: Timestamp::UNIX_EPOCH };
        let check = |body, secrets: &[&str], want| {
            let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
            assert_eq!(hello(of(body), &secrets, |delivery| delivery.body == b"hello").map(|_| ()), want);
        };
        check(b"hello", &["s"], Ok(()));
        check(b"hello!", &["s"], Err(Refusal::Unsigned));
        check(b"hello", &[""], Err(Refusal::Unsigned));
        check(b"hello", &[], Err(Refusal::Unsigned));
    }

    #[test]
    fn an_object_in_a_text_is_read_or_refused_by_its_path() {
        let read = |text: &str| json_within::<Row>(text, "payload").map(|row| row.id.text().map(str::to_owned));
        assert_eq!(read(r#"{"id":7}"#), Ok(Some("7".to_owned())));
        let problem = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(problem("{\n"), "`payload` is not JSON at its line 2, column 0");
        assert_eq!(problem("[]"), "`payload` is not a JSON object");
        assert_eq!(problem(r#"{"id":1,"id":2}"#), "`payload` is not readable at line 1, column 12");
        assert_eq!(problem(""), "`payload` is not JSON at its line 1, column 0");
    }
}
