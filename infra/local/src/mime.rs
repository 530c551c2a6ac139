//! Reads as much of a raw mail as it takes to show it: headers, the plain text, the HTML.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// Parts within parts are followed this deep.
const DEPTH_MAX: usize = 8;

/// A mail, taken apart.
#[derive(Debug, Default)]
pub struct Mail {
    /// Names and values, in order, unfolded.
    pub headers: Vec<(String, String)>,
    /// The first plain text.
    pub text: Option<String>,
    /// The first HTML.
    pub html: Option<String>,
}

impl Mail {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// Reads a mail.
pub fn read(raw: &[u8]) -> Mail {
    let raw = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let (headers, body) = split(&raw);
    let mut mail = Mail { headers, ..Mail::default() };
    let top = std::mem::take(&mut mail.headers);
    collect(&top, body, &mut mail, 0);
    mail.headers = top;
    mail
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn split(raw: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = match raw.strip_prefix('\n') {
        Some(body) => ("", body),
        None => raw.split_once("\n\n").unwrap_or((raw, "")),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        match (line.starts_with([' ', '\t']), headers.last_mut()) {
            (true, Some((_, value))) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
        }
    }
    (headers, body)
}

fn collect(headers: &[(String, String)], body: &str, mail: &mut Mail, depth: usize) {
    let kind = header(headers, "Content-Type").unwrap_or("text/plain");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth < DEPTH_MAX {
        let Some(at) = lower.find("boundary=") else { return };
        let boundary = kind[at + 9..].split(';').next().unwrap_or_default().trim().trim_matches('"');
        for part in body.split(&format!("--{boundary}")).skip(1).filter(|part| !part.starts_with("--")) {
            let (headers, body) = split(part.trim_start_matches(' ').strip_prefix('\n').unwrap_or(part));
            collect(&headers, body, mail, depth + 1);
        }
    } else if lower.starts_with("text/html") {
        mail.html.get_or_insert_with(|| decode(headers, body));
    } else if lower.starts_with("text/plain") {
        mail.text.get_or_insert_with(|| decode(headers, body));
    }
}

fn decode(headers: &[(String, String)], body: &str) -> String {
    let bytes = match header(headers, "Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
        "base64" => BASE64.decode(body.split_whitespace().collect::<String>()).unwrap_or_default(),
        "quoted-printable" => quoted_printable(body),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let body = body.replace("=\n", "");
    let (mut out, mut rest) = (Vec::new(), body.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let code =
            tail.get(..2).and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok());
        match (first, code) {
            (b'=', Some(byte)) => {
                out.push(byte);
                rest = &tail[2..];
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_in_two_forms_shows_both() {
        let raw = b"Subject: Your\r\n parcel\r\nTo: a@example.com\r\nContent-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\n\
            Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=\r\n!\r\n--b1\r\n\
            Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+aGk8L2I+\r\n--b1--\r\n";
        let mail = read(raw);
        assert_eq!(mail.header("subject"), Some("Your parcel"));
        assert_eq!((mail.text.as_deref(), mail.html.as_deref()), (Some("Grüße!"), Some("<b>hi</b>")));
    }
}
