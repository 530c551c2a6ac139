//! Shopify's Admin API, version 2026-10.
//!
//! It lists only webhooks that the same app made: those of the admin pages (Settings, Notifications) do not show, and are signed
//! with another secret. What is made here is signed with the app's client secret, which has to stand under
//! `storefront.shopify`.

use super::{Api, Hooks, OrdersPage, Part, Row, inner};
use crate::{
    Answer, Method, Request, Verdict,
    call::query,
    credentials,
    hooks::{Hook, HookState},
    read,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

pub(crate) const ROW: Row = Row {
    orders: Some((orders, page)),
    hooks: Some(Hooks {
        topics: &["orders/create", "orders/updated", "fulfillments/create", "fulfillments/update", "refunds/create"],
        list: |api| signed(api, Request::get(admin(api, "webhooks.json?limit=250"))),
        read: read_hooks,
        create,
        // What fails is not put to sleep: after eight failures it is deleted.
        activate: None,
    }),
    parts,
    whole: |_, answers| Ok(inner(answers.first().ok_or_else(read::unreadable)?, "order")?.as_bytes().to_vec()),
};

const VERSION: &str = "2026-10";

fn admin(api: Api<'_>, rest: &str) -> String {
    format!("{}/admin/api/{VERSION}/{rest}", api.url)
}

fn signed(api: Api<'_>, request: Request) -> Result<Request, Verdict> {
    Ok(request.with("x-shopify-access-token", credentials::key(api.credentials)?))
}

/// A page after the first is named by its mark alone: beside it no other condition is allowed.
fn orders(api: Api<'_>, since: Timestamp, page: Option<&str>) -> Result<Request, Verdict> {
    let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let pairs = match page {
        None => query(&[("status", "any"), ("updated_at_min", &since), ("limit", "250")]),
        Some(page) => query(&[("limit", "250"), ("page_info", page)]),
    };
    signed(api, Request::get(admin(api, &format!("orders.json?{pairs}"))))
}

#[derive(Deserialize)]
struct Orders<'a> {
    #[serde(borrow)]
    orders: Vec<&'a RawValue>,
}

fn page<'a>(answer: &'a Answer, _: Option<&str>) -> Result<OrdersPage<'a>, Verdict> {
    let body: Orders<'a> = serde_json::from_slice(&answer.body).map_err(|_| read::unreadable())?;
    let next = answer.link.as_deref().and_then(next_mark);
    Ok(OrdersPage { orders: body.orders.into_iter().map(RawValue::get).collect(), next })
}

/// The mark of the next page out of `<https://…?limit=250&page_info=…>; rel="next"`. Only the mark is taken: where we ask is
/// ours to say.
fn next_mark(link: &str) -> Option<String> {
    let next = link.split(',').find(|part| part.split(';').skip(1).any(|word| word.trim() == "rel=\"next\""))?;
    let url = next.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')?;
    let (_, pairs) = url.split_once('?')?;
    let mark = form_urlencoded::parse(pairs.as_bytes()).find(|(name, _)| name == "page_info")?.1.into_owned();
    (!mark.is_empty() && mark.len() <= 2000).then_some(mark)
}

fn read_hooks(answer: &Answer) -> Result<Vec<Hook>, Verdict> {
    let body = read::json(answer).ok_or_else(read::unreadable)?;
    let list = body.get("webhooks").and_then(Value::as_array).ok_or_else(read::unreadable)?;
    let hook = |hook: &Value| {
        let text = |field: &str| hook.get(field).and_then(Value::as_str).map(str::to_owned);
        Some(Hook {
            id: read::word(hook.get("id")?)?,
            topic: text("topic")?,
            address: text("address")?,
            state: HookState::Active,
        })
    };
    Ok(list.iter().filter_map(hook).collect())
}

fn create(api: Api<'_>, topic: &str, address: &str, _: Option<&str>) -> Result<Request, Verdict> {
    let body = json!({"webhook": {"topic": topic, "address": address, "format": "json"}});
    signed(api, Request::json(Method::Post, admin(api, "webhooks.json"), &body))
}

fn parts(api: Api<'_>, id: &str) -> Result<Vec<Part>, Verdict> {
    Ok(vec![Part { name: "order", request: signed(api, Request::get(admin(api, &format!("orders/{id}.json"))))? }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_mark_of_the_next_page_is_taken() {
        let previous = "<https://demo.myshopify.com/admin/api/2026-10/orders.json?limit=250&page_info=before>; rel=\"previous\"";
        let next = "<https://evil.example/?page_info=af%3Dter&limit=250>; rel=\"next\"";
        assert_eq!(next_mark(&format!("{previous}, {next}")), Some("af=ter".to_owned()));
        assert_eq!(next_mark(next), Some("af=ter".to_owned()));
        for none in [previous, "", "<>; rel=\"next\"", "<https://x/?page_info=>; rel=\"next\"", "next"] {
            assert_eq!(next_mark(none), None, "{none}");
        }
    }
}
