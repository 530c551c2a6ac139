//! Shippo: a number told twice is pushed twice, so that it is told once (its webhook must be there before).

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, read};
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://api.goshippo.com"),
    grant: None,
    register: Some((register, |_, _| Verdict::done())),
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

const VERSION: &str = "2018-02-08";

/// Its tokens of carriers; it cannot do without one.
const WORDS: &[(&str, &str)] = &[
    ("usps", "usps"),
    ("ups", "ups"),
    ("fedex", "fedex"),
    ("dhl_express", "dhl_express"),
    ("dhl_ecommerce", "dhl_ecommerce"),
    ("dhl_germany", "dhl_germany"),
    ("deutsche_post", "deutsche_post"),
    ("canada_post", "canada_post"),
    ("australia_post", "australia_post"),
    ("royal_mail", "royal_mail"),
    ("colissimo", "colissimo"),
    ("dpd_uk", "dpd_uk"),
    ("evri", "hermes_uk"),
    ("ontrac", "ontrac"),
    ("lasership", "lasership"),
    ("purolator", "purolator"),
];

fn signed(about: &About<'_>, request: Request) -> Result<Request, Verdict> {
    let token = format!("ShippoToken {}", about.key()?);
    Ok(request.with("authorization", token).with("shippo-api-version", VERSION))
}

fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let body = json!({"carrier": about.required_word(WORDS)?, "tracking_number": about.number()});
    signed(about, Request::json(Method::Post, format!("{}/tracks/", about.base(ROW.base_url)?), &body))
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    let carrier = about.required_word(WORDS)?;
    signed(about, Request::get(format!("{}/tracks/{carrier}/{}", about.base(ROW.base_url)?, about.number())))
}

fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    match read::json(answer) {
        Some(body) if body.get("tracking_status").is_none_or(Value::is_null) => Verdict::NotKnownYet,
        Some(_) => Verdict::done(),
        None => read::unreadable(),
    }
}
