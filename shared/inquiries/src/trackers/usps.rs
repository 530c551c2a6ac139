//! USPS itself: Subscriptions-Tracking and Tracking, both version 3.

use super::{About, Row, told};
use crate::{Answer, Method, Request, Verdict, oauth::Grant, read};
use serde_json::json;

pub(crate) const ROW: Row = Row {
    base_url: Some("https://apis.usps.com"),
    grant: Some(Grant::Json { path: "/oauth2/v3/token" }),
    register: Some((register, |_, answer| reference(answer))),
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

/// A shorter secret is not taken.
const SECRET_BYTES_MIN: usize = 32;

/// It signs what it pushes with the secret that it is given here: without one, our door would let nothing in.
fn register(about: &About<'_>) -> Result<Request, Verdict> {
    about.is_own(&["usps"])?;
    let secret = about.push.secret.filter(|secret| secret.len() >= SECRET_BYTES_MIN);
    let secret = secret.ok_or_else(|| Verdict::refused("no_secret_of_32_characters"))?;
    let body = json!({
        "listenerURL": about.push.url,
        "secret": secret,
        "filterProperties": {"trackingNumber": about.number(), "trackingEventTypes": ["ALL"]},
    });
    let url = format!("{}/subscriptions-tracking/v3/subscriptions", about.base(ROW.base_url)?);
    Ok(Request::json(Method::Post, url, &body))
}

fn reference(answer: &Answer) -> Verdict {
    let reference = read::json(answer).and_then(|body| read::word(body.get("subscriptionId")?));
    Verdict::Done { reference, until: None }
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    about.is_own(&["usps"])?;
    Ok(Request::get(format!("{}/tracking/v3/tracking/{}?expand=DETAIL", about.base(ROW.base_url)?, about.number())))
}
