//! `AfterShip`, API version 2026-07.

use super::{About, Row, done_as, told};
use crate::{Answer, Method, Request, Verdict, call::query, read};
use serde_json::{Value, json};

pub(crate) const ROW: Row = Row {
    base_url: Some("https://api.aftership.com"),
    grant: None,
    register: Some((register, |_, answer| done_as(answer, "/data/id"))),
    remembers: None,
    poll: (poll, told_one),
    parcel_in: None,
    read_no: Some(read_no),
};

const TRACKINGS: &str = "/tracking/2026-07/trackings";

/// Its slugs. Of any other carrier it finds out by itself.
const WORDS: &[(&str, &str)] = &[
    ("usps", "usps"),
    ("ups", "ups"),
    ("fedex", "fedex"),
    ("dhl_express", "dhl"),
    ("dhl_ecommerce", "dhl-global-mail"),
    ("dhl_germany", "dhl-germany"),
    ("canada_post", "canada-post"),
    ("australia_post", "australia-post"),
    ("royal_mail", "royal-mail"),
    ("colissimo", "la-poste-colissimo"),
    ("dpd", "dpd"),
    ("dpd_uk", "dpd-uk"),
    ("gls", "gls"),
    ("evri", "myhermes-uk"),
    ("bluedart", "bluedart"),
    ("ontrac", "ontrac"),
    ("purolator", "purolator"),
];

fn signed(about: &About<'_>, request: Request) -> Result<Request, Verdict> {
    Ok(request.with("as-api-key", about.key()?))
}

fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let mut body = json!({"tracking_number": about.number()});
    if let Some(slug) = about.word(WORDS) {
        body["slug"] = json!(slug);
    }
    signed(about, Request::json(Method::Post, format!("{}{TRACKINGS}", about.base(ROW.base_url)?), &body))
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    let base = about.base(ROW.base_url)?;
    let url = match about.reference.filter(|id| read::is_word(id)) {
        Some(id) => format!("{base}{TRACKINGS}/{id}"),
        None => {
            let mut pairs = vec![("tracking_numbers", about.number()), ("limit", "1")];
            pairs.extend(about.word(WORDS).map(|slug| ("slug", slug)));
            format!("{base}{TRACKINGS}?{}", query(&pairs))
        }
    };
    signed(about, Request::get(url))
}

fn told_one(about: &About<'_>, answer: &Answer) -> Verdict {
    let none = |body: &Value| body.pointer("/data/trackings").and_then(Value::as_array).is_some_and(Vec::is_empty);
    if read::json(answer).as_ref().is_some_and(none) { Verdict::NotKnownYet } else { told(about, answer) }
}

/// It says the finer word in `meta`: that a number is there already is an error of its own, with the id that it has.
fn read_no(answer: &Answer) -> Option<Verdict> {
    let body = read::json(answer)?;
    match body.pointer("/meta/code").and_then(Value::as_u64)? {
        4003 => Some(Verdict::AlreadyThere { reference: body.pointer("/data/id").and_then(read::word) }),
        4004 => Some(Verdict::NotKnownYet),
        code if (4000..4100).contains(&code) => Some(Verdict::refused(format!("aftership_{code}"))),
        _ => None,
    }
}
