//! `FedEx` itself: the Track API. Its webhooks are for a whole account and are set in its portal.

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, oauth::Grant, read};
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://apis.fedex.com"),
    grant: Some(Grant::Form { path: "/oauth/token" }),
    register: None,
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    about.is_own(&["fedex"])?;
    let number = json!({"trackingNumberInfo": {"trackingNumber": about.number()}});
    let body = json!({"includeDetailedScans": true, "trackingInfo": [number]});
    let url = format!("{}/track/v1/trackingnumbers", about.base(ROW.base_url)?);
    Ok(Request::json(Method::Post, url, &body).with("x-locale", "en_US"))
}

/// A number of which it knows nothing is an error inside of a yes.
fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    match body.pointer("/output/completeTrackResults/0/trackResults/0/error/code").and_then(Value::as_str) {
        Some(code) if code.to_ascii_uppercase().contains("NOTFOUND") => Verdict::NotKnownYet,
        Some(code) if read::is_word(code) => Verdict::refused(code),
        _ => Verdict::done(),
    }
}
