//! ShipEngine (ShipStation API): it pushes news of a number only for carriers that the account has.

use super::{About, Row};
use crate::{Answer, Method, Request, Verdict, call::query, read};
use serde_json::Value;

pub(crate) const ROW: Row = Row {
    base_url: Some("https://api.shipengine.com"),
    grant: None,
    register: Some((register, |_, _| Verdict::done())),
    remembers: None,
    poll: (poll, told),
    parcel_in: None,
    read_no: None,
};

/// Its codes of carriers; it cannot do without one. USPS goes by the account that everybody has there.
const WORDS: &[(&str, &str)] = &[
    ("usps", "stamps_com"),
    ("ups", "ups"),
    ("fedex", "fedex"),
    ("dhl_express", "dhl_express"),
    ("dhl_ecommerce", "dhl_global_mail"),
    ("canada_post", "canada_post"),
    ("australia_post", "australia_post"),
    ("royal_mail", "royal_mail"),
    ("ontrac", "ontrac"),
    ("purolator", "purolator_ca"),
];

fn asked(about: &About<'_>, path: &str) -> Result<String, Verdict> {
    let mut pairs = vec![("carrier_code", about.required_word(WORDS)?), ("tracking_number", about.number())];
    // `se-…`: which of several accounts with one carrier.
    pairs.extend(about.tracker.account.as_deref().map(|account| ("carrier_id", account)));
    Ok(format!("{}{path}?{}", about.base(ROW.base_url)?, query(&pairs)))
}

fn register(about: &About<'_>) -> Result<Request, Verdict> {
    let mut request = Request::get(asked(about, "/v1/tracking/start")?).with("api-key", about.key()?);
    request.method = Method::Post;
    Ok(request)
}

fn poll(about: &About<'_>) -> Result<Request, Verdict> {
    Ok(Request::get(asked(about, "/v1/tracking")?).with("api-key", about.key()?))
}

fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    let Some(body) = read::json(answer) else { return read::unreadable() };
    let no_events = body.get("events").and_then(Value::as_array).is_none_or(Vec::is_empty);
    let says_nothing = matches!(body.get("status_code").and_then(Value::as_str), None | Some("UN" | "NY"));
    if no_events && says_nothing { Verdict::NotKnownYet } else { Verdict::done() }
}
