//! Karrio: a server of the merchant's own, asked at the address in the settings.

use super::{About, Row, done_as, told};
use crate::{Answer, Method, Request, Verdict, read};
use serde_json::json;

pub(crate) const ROW: Row = Row {
    base_url: None,
    grant: None,
    register: Some((register, |_, answer| done_as(answer, "/id"))),
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: Some(read_no),
};

/// Its names of carriers; it cannot do without one.
const WORDS: &[(&str, &str)] = &[
    ("usps", "usps"),
    ("ups", "ups"),
    ("fedex", "fedex"),
    ("dhl_express", "dhl_express"),
    ("dhl_ecommerce", "dhl_universal"),
    ("dhl_germany", "dhl_parcel_de"),
    ("deutsche_post", "dhl_universal"),
    ("canada_post", "canadapost"),
    ("australia_post", "australiapost"),
    ("royal_mail", "royalmail"),
    ("colissimo", "colissimo"),
    ("dpd", "dpd"),
    ("purolator", "purolator"),
    ("aramex", "aramex"),
];

fn signed(about: &About<'_>, request: Request) -> Result<Request, Verdict> {
    Ok(request.with("authorization", format!("Token {}", about.key()?)))
}

/// Also before the carrier has scanned it: else a label that is not yet handed over is not taken.
fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let body = json!({"tracking_number": about.number(), "carrier_name": about.required_word(WORDS)?});
    let url = format!("{}/v1/trackers?pending_pickup=true", about.base(ROW.base_url)?);
    signed(about, Request::json(Method::Post, url, &body))
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    let name = about.reference.filter(|id| read::is_word(id)).unwrap_or(about.number());
    signed(about, Request::get(format!("{}/v1/trackers/{name}", about.base(ROW.base_url)?)))
}

/// Django's guard answers 405 and 424 when the carrier behind it does not: that passes.
fn read_no(answer: &Answer) -> Option<Verdict> {
    (answer.status == 424).then(|| Verdict::again("http_424"))
}
