//! `EasyPost`: a tracker of a number, made once; made again, it is the same one.

use super::{About, Row, done_as, first_of, told};
use crate::{Answer, Method, Request, Verdict, call::query, credentials::basic, read};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://api.easypost.com"),
    grant: None,
    register: Some((register, |_, answer| done_as(answer, "/id"))),
    remembers: None,
    poll: (poll, told_one),
    parcel_in: Some(parcel_in),
    read_no: None,
};

/// Its words for carriers. Of any other it finds out by itself.
const WORDS: &[(&str, &str)] = &[
    ("usps", "USPS"),
    ("ups", "UPS"),
    ("fedex", "FedEx"),
    ("dhl_express", "DHLExpress"),
    ("canada_post", "CanadaPost"),
    ("australia_post", "AustraliaPost"),
    ("royal_mail", "RoyalMail"),
    ("ontrac", "OnTrac"),
];

fn signed(about: &About<'_>, request: Request) -> Result<Request, Verdict> {
    // The key is a name without a password.
    Ok(request.with("authorization", basic(about.key()?, "")))
}

fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let mut tracker = json!({"tracking_code": about.number()});
    if let Some(word) = about.word(WORDS) {
        tracker["carrier"] = json!(word);
    }
    let url = format!("{}/v2/trackers", about.base(ROW.base_url)?);
    signed(about, Request::json(Method::Post, url, &json!({"tracker": tracker})))
}

/// By its id where we know it; else the newest of those with this number. Making one would cost.
fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    let base = about.base(ROW.base_url)?;
    let url = match about.reference.filter(|id| read::is_word(id)) {
        Some(id) => format!("{base}/v2/trackers/{id}"),
        None => format!("{base}/v2/trackers?{}", query(&[("tracking_code", about.number()), ("page_size", "1")])),
    };
    signed(about, Request::get(url))
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    trackers: Vec<&'a RawValue>,
}

fn told_one(about: &About<'_>, answer: &Answer) -> Verdict {
    match serde_json::from_slice::<Page<'_>>(&answer.body) {
        Ok(page) if page.trackers.is_empty() => Verdict::NotKnownYet,
        _ => told(about, answer),
    }
}

fn parcel_in(answer: &Answer) -> Option<Vec<u8>> {
    match serde_json::from_slice::<Page<'_>>(&answer.body) {
        Ok(page) => first_of(&page.trackers).map(|tracker| tracker.as_bytes().to_vec()),
        Err(_) => Some(answer.body.clone()),
    }
}
