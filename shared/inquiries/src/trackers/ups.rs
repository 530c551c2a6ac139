//! UPS itself: Track Alert version 2 for fourteen days, and the Track API. Where alerts go is set in its portal.

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, oauth::Grant, read};
use jiff::SignedDuration;
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://onlinetools.ups.com"),
    grant: Some(Grant::Basic { path: "/security/v1/oauth/token", account_header: "x-merchant-id" }),
    register: Some((register, subscribed)),
    remembers: Some(SignedDuration::from_hours(14 * 24)),
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

fn named(about: &About<'_>, request: Request) -> Request {
    request.with("transid", about.request_id).with("transactionsrc", "doorstep")
}

/// Alerts are given of two kinds of numbers only.
fn register(about: &About<'_>) -> Result<Request, Verdict> {
    about.is_own(&["ups"])?;
    if !["1Z", "1R"].iter().any(|start| about.number().starts_with(start)) {
        return Err(Verdict::refused("no_alerts_for_this_number"));
    }
    let body = json!({"locale": "en_US", "countryCode": "US", "trackingNumberList": [about.number()]});
    let url = format!("{}/api/track/v2/subscription/standard/package", about.base(ROW.base_url)?);
    Ok(named(about, Request::json(Method::Post, url, &body)))
}

fn subscribed(about: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    let holds = |list: &str| {
        let numbers = body.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(Value::as_str).any(|number| number.trim().eq_ignore_ascii_case(about.number()))
    };
    if holds("invalidTrackingNumbers") { Verdict::refused("not_a_number_of_ups") } else { Verdict::done() }
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    about.is_own(&["ups"])?;
    let url = format!("{}/api/track/v1/details/{}?locale=en_US", about.base(ROW.base_url)?, about.number());
    Ok(named(about, Request::get(url)))
}

/// It says yes to a number of which it knows nothing, with a warning in place of the parcel.
fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    let is_there = |at: &str| body.pointer(at).is_some_and(|value| !value.is_null());
    if is_there("/trackResponse/shipment/0/warnings") && !is_there("/trackResponse/shipment/0/package") {
        Verdict::NotKnownYet
    } else {
        Verdict::done()
    }
}
