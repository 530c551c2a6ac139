//! 17TRACK, API version 2.2: lists of one number, and codes of its own inside a yes.

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, read};
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://api.17track.net"),
    grant: None,
    register: Some((|about| ask(about, "register"), judged)),
    remembers: None,
    poll: (|about| ask(about, "gettrackinfo"), judged),
    parcel_in: None,
    read_no: None,
};

/// Its keys of carriers. Of any other it finds out by itself.
const WORDS: &[(&str, &str)] =
    &[("dhl_express", "100001"), ("ups", "100002"), ("fedex", "100003"), ("usps", "21051"), ("china_post", "3011")];

fn ask(about: &About<'_>, what: &str) -> Result<Request, Verdict> {
    let mut number = json!({"number": about.number()});
    if let Some(key) = about.word(WORDS).and_then(|key| key.parse::<u32>().ok()) {
        number["carrier"] = json!(key);
    }
    let url = format!("{}/track/v2.2/{what}", about.base(ROW.base_url)?);
    Ok(Request::json(Method::Post, url, &json!([number])).with("17token", about.key()?))
}

/// A yes holds what was accepted and what was rejected, each with a code.
fn judged(_: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    let of_all = body.get("code").and_then(Value::as_i64).unwrap_or_default();
    if of_all != 0 {
        return by_code(of_all, answer);
    }
    let is_there = |list: &str| body.pointer(list).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if is_there("/data/accepted") {
        return Verdict::done();
    }
    match body.pointer("/data/rejected/0/error/code").and_then(Value::as_i64) {
        Some(code) => by_code(code, answer),
        None => read::unreadable(),
    }
}

fn by_code(code: i64, answer: &Answer) -> Verdict {
    match code {
        // The address is not on its list, the key is none, the account is closed.
        -18_010_001 | -18_010_002 | -18_010_004 | -18_010_005 => Verdict::BadCredentials,
        -18_019_901 => Verdict::AlreadyThere { reference: None },
        // Not registered, or nothing known: registering is asked for by itself.
        -18_019_902 | -18_019_909 => Verdict::NotKnownYet,
        // The day's or the account's numbers are used up.
        -18_019_907 | -18_019_908 => match read::too_often(answer) {
            Verdict::TooOften { retry_after_s: None } => Verdict::TooOften { retry_after_s: Some(3600) },
            told => told,
        },
        -18_010_003 => Verdict::again("17track_internal"),
        code => Verdict::refused(format!("17track_{}", code.unsigned_abs())),
    }
}
