//! Reads what browsers and the query protocol send: `a=1&b=two%20words`.

use std::collections::BTreeMap;

/// Names and values of a form; of two values under one name the last one stays.
pub fn read(body: &[u8]) -> BTreeMap<String, String> {
    pairs(&String::from_utf8_lossy(body)).collect()
}

/// Names and values in their order.
pub fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
    })
}

/// Undoes percent-encoding.
pub fn decode(text: &str) -> String {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let code =
            tail.get(..2).and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| u8::from_str_radix(code, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &tail[2..];
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_form_is_decoded_once() {
        let form = super::read("PhoneNumber=%2B4915&Message=a+b%25%C3%BC&x".as_bytes());
        assert_eq!((form["PhoneNumber"].as_str(), form["Message"].as_str(), form["x"].as_str()), ("+4915", "a b%ü", ""));
    }
}
