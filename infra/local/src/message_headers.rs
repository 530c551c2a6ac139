//! The headers that a sender gives a simple mail: what SES v2 takes, what it refuses, what it writes over.

use crate::refusal::Refusal;
use serde_json::Value as Json;

/// `Headers` of a `Message`: the reference has no more.
const HEADERS_MAX: usize = 15;
const NAME_BYTES_MAX: usize = 126;
const VALUE_BYTES_MAX: usize = 870;

/// What SES writes itself, whatever the sender says.
const OVERWRITTEN: [&str; 2] = ["date", "message-id"];
/// What SES makes of the rest of the request, so that a header would be a second one.
const MADE: [&str; 9] =
    ["from", "to", "cc", "bcc", "subject", "return-path", "mime-version", "content-type", "content-transfer-encoding"];
/// What may not appear twice, of those that the developer guide lists under "header fields".
const SINGLE: [&str; 52] = [
    "accept-language",
    "acceptlanguage",
    "archived-at",
    "auto-submitted",
    "bounces-to",
    "comments",
    "content-alternative",
    "content-base",
    "content-class",
    "content-description",
    "content-disposition",
    "content-duration",
    "content-id",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "delivered-to",
    "disposition-notification-options",
    "disposition-notification-to",
    "dkim-signature",
    "domainkey-signature",
    "errors-to",
    "importance",
    "in-reply-to",
    "keywords",
    "list-archive",
    "list-help",
    "list-id",
    "list-owner",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "message-context",
    "organization",
    "original-from",
    "original-message-id",
    "original-recipient",
    "original-subject",
    "precedence",
    "priority",
    "references",
    "reply-to",
    "return-receipt-to",
    "sender",
    "sensitivity",
    "solicitation",
    "thread-index",
    "thread-topic",
    "user-agent",
    "vbr-info",
];

/// Reads the list; `replies` says whether the request names addresses for answers, of which SES makes a header as well.
pub fn read(list: &Json, replies: bool) -> Result<Vec<(String, String)>, Refusal> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.len() > HEADERS_MAX {
        return refuse(format!("Value at 'content.simple.headers' failed to satisfy constraint: at most {HEADERS_MAX} headers."));
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for header in list {
        let (name, value) = (header["Name"].as_str().unwrap_or_default(), header["Value"].as_str().unwrap_or_default());
        if !(1..=NAME_BYTES_MAX).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
            return refuse(format!(
                "Invalid header name <{name}>: 1 to {NAME_BYTES_MAX} printable ASCII characters without a colon."
            ));
        }
        if !(1..=VALUE_BYTES_MAX).contains(&value.len()) || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return refuse(format!("Invalid value of the header <{name}>: 1 to {VALUE_BYTES_MAX} printable ASCII characters."));
        }
        let lower = name.to_ascii_lowercase();
        if OVERWRITTEN.contains(&lower.as_str()) {
            continue;
        }
        let again = SINGLE.contains(&lower.as_str()) && headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        if MADE.contains(&lower.as_str()) || again || (replies && lower == "reply-to") {
            return refuse(format!("Duplicate header '{name}'."));
        }
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

fn refuse<T>(message: String) -> Result<T, Refusal> {
    Err(Refusal::new("BadRequestException", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn given(headers: &[(&str, &str)]) -> Result<Vec<(String, String)>, Refusal> {
        let list = headers.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        read(&Json::Array(list), true)
    }

    #[test]
    fn what_ses_takes_is_kept_in_its_order() {
        let kept = given(&[("List-Unsubscribe", "<https://x.example>"), ("Message-ID", "<mine>"), ("X-A", "1"), ("x-a", "2")]);
        let kept: Vec<_> = kept.unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(kept, ["List-Unsubscribe", "X-A", "x-a"]);
        assert!(given(&[("N", "1"); 15]).is_ok() && given(&[(&"n".repeat(126), &"v".repeat(870))]).is_ok());
    }

    #[test]
    fn what_ses_refuses_is_refused() {
        let (long_name, long_value) = ("n".repeat(127), "v".repeat(871));
        for wrong in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("ü", "x"),
            (long_name.as_str(), "x"),
            ("X-A", ""),
            ("X-A", "two\r\nlines"),
            ("X-A", "grüße"),
            ("X-A", long_value.as_str()),
            ("Subject", "x"),
            ("CONTENT-TYPE", "text/html"),
            ("Reply-To", "a@example.com"),
        ] {
            assert!(given(&[wrong]).is_err(), "{wrong:?}");
        }
        assert!(given(&[("N", "1"); 16]).is_err());
        let twice = given(&[("List-Unsubscribe", "<a>"), ("list-unsubscribe", "<b>")]).unwrap_err();
        assert_eq!(twice.message, "Duplicate header 'list-unsubscribe'.");
    }
}
