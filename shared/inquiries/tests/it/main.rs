//! Every request that a source is made, as snapshots, and what every answer amounts to.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod answers;
mod requests;
mod shops;

use domain::{id::ParcelKey, settings::Tracker};
use inquiries::{About, Answer, Push, Request};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const KEY: &str = "obviously-fake-key";
pub(crate) const PAIR: &str = "fake-client:fake-secret";

pub(crate) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(crate) fn parcel(carrier: &str, number: &str) -> ParcelKey {
    ParcelKey { shop: "demo".parse().unwrap(), carrier: carrier.parse().unwrap(), number: number.parse().unwrap() }
}

pub(crate) fn tracker(source: &str, url: Option<&str>) -> Tracker {
    let url = url.map(str::to_owned);
    Tracker { source: source.to_owned(), carriers: Vec::new(), register: true, poll_after_hours: 24, url, account: None }
}

pub(crate) fn about<'a>(parcel: &'a ParcelKey, tracker: &'a Tracker, credentials: &'a str) -> About<'a> {
    let push =
        Push { url: "https://doorstep.example/webhooks/demo/carrier/x", secret: Some("fake-webhook-secret-of-32-characters") };
    About { parcel, tracker, credentials, reference: None, push, request_id: "ask-1", now: now() }
}

pub(crate) fn shown(request: &Request) -> Value {
    let headers: Value = request.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let body = request.body.as_deref().map(|body| serde_json::from_str(body).unwrap_or_else(|_| json!(body)));
    json!({"method": request.method.as_str(), "url": request.url, "headers": headers, "body": body})
}

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
}
