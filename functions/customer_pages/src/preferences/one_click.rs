//! One click in a mail program (RFC 8058): the one body it sends, in either of its two forms.

/// What the body has to say, and nothing else.
pub const NAME: &str = "List-Unsubscribe";
/// The same of its value.
pub const VALUE: &str = "One-Click";

/// Whether this is the body that RFC 8058 names: `List-Unsubscribe=One-Click` as a form, or as `multipart/form-data`.
#[must_use]
pub fn is_one_click(content_type: &str, body: &[u8]) -> bool {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    match kind.trim().to_ascii_lowercase().as_str() {
        "multipart/form-data" => boundary(parameters).is_some_and(|boundary| is_in_parts(boundary, body)),
        "application/x-www-form-urlencoded" => body.trim_ascii_end() == b"List-Unsubscribe=One-Click",
        _ => false,
    }
}

fn boundary(parameters: &str) -> Option<&str> {
    let named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, value) = named.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (1..=70).contains(&value.len()).then_some(value)
}

/// Whether the only part is the field.
fn is_in_parts(boundary: &str, body: &[u8]) -> bool {
    let Ok(body) = std::str::from_utf8(body) else { return false };
    let inner = body
        .trim_ascii_start()
        .strip_prefix("--")
        .and_then(|rest| rest.strip_prefix(boundary))
        .and_then(|rest| rest.strip_prefix("\r\n"))
        .and_then(|rest| rest.trim_ascii_end().strip_suffix("--"))
        .and_then(|rest| rest.strip_suffix(boundary))
        .and_then(|rest| rest.strip_suffix("\r\n--"));
    let Some((headers, value)) = inner.and_then(|part| part.split_once("\r\n\r\n")) else { return false };
    let mut named = headers.split("\r\n").filter_map(|header| header.split_once(':'));
    let is_named = named.any(|(header, said)| {
        let mut parts = said.split(';').map(str::trim);
        header.trim().eq_ignore_ascii_case("content-disposition")
            && parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("form-data"))
            && parts.eq(["name=\"List-Unsubscribe\""])
    });
    is_named && value == VALUE
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn the_body_of_the_standard_counts_in_both_forms() {
        assert_eq!(format!("{NAME}={VALUE}"), "List-Unsubscribe=One-Click");
        assert!(is_one_click(FORM, b"List-Unsubscribe=One-Click"));
        assert!(is_one_click("Application/X-WWW-Form-Urlencoded; charset=UTF-8", b"List-Unsubscribe=One-Click\r\n"));
        let parts = b"--ab12\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--ab12--\r\n";
        for kind in ["multipart/form-data; boundary=ab12", "multipart/form-data; charset=utf-8; BOUNDARY=\"ab12\""] {
            assert!(is_one_click(kind, parts), "{kind}");
        }
        let typed = b"--ab12\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--ab12--";
        assert!(is_one_click("multipart/form-data; boundary=ab12", typed));
    }

    #[test]
    fn nothing_else_counts() {
        for body in [
            "",
            "List-Unsubscribe",
            "list-unsubscribe=one-click",
            "List-Unsubscribe=One-Click&more=1",
            "a=1&List-Unsubscribe=One-Click",
            "List-Unsubscribe=Two-Clicks",
            "List-Unsubscribe=One-Click\u{0}",
        ] {
            assert!(!is_one_click(FORM, body.as_bytes()), "{body}");
            assert!(!is_one_click("multipart/form-data; boundary=ab12", body.as_bytes()), "{body}");
        }
        for kind in ["", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary="] {
            assert!(!is_one_click(kind, b"List-Unsubscribe=One-Click"), "{kind}");
        }
        for parts in [
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"Other\"\r\n\r\nOne-Click\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"; filename=\"x\"\r\n\r\nOne-Click\r\n--b--",
            "--b\r\n\r\nOne-Click\r\n--b--",
            "--c\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--c--",
        ] {
            assert!(!is_one_click("multipart/form-data; boundary=b", parts.as_bytes()), "{parts}");
        }
        assert!(!is_one_click("multipart/form-data; boundary=b", &[0xff, 0xfe]));
    }
}
