//! `WooCommerce`'s REST API, version 3.

use super::{Api, Hooks, OrdersPage, Part, Row, single};
use crate::{
    Answer, Method, Request, Verdict,
    call::query,
    credentials,
    hooks::{Hook, HookState},
    read,
};
use jiff::Timestamp;
use serde_json::{Value, json, value::RawValue};

pub(crate) const ROW: Row = Row {
    orders: Some((orders, page)),
    hooks: Some(Hooks {
        topics: &["order.created", "order.updated", "order.restored"],
        list: |api| signed(api, Request::get(rest(api, "webhooks?per_page=100"))),
        read: read_hooks,
        create,
        activate: Some(activate),
    }),
    parts,
    whole: single,
};

/// Orders of a page: the most that it gives.
const PER_PAGE: usize = 100;

fn rest(api: Api<'_>, rest: &str) -> String {
    format!("{}/wp-json/wc/v3/{rest}", api.url)
}

fn signed(api: Api<'_>, request: Request) -> Result<Request, Verdict> {
    let (key, secret) = credentials::pair(api.credentials)?;
    Ok(request.with("authorization", credentials::basic(key, secret)))
}

/// The newest first: an order that changes while we read moves to a page that we have read, and the others move to later ones.
/// None is passed over but the one that changed, which the next comparison finds.
fn orders(api: Api<'_>, since: Timestamp, page: Option<&str>) -> Result<Request, Verdict> {
    let since = since.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let page = page.unwrap_or("1");
    page.parse::<u32>().map_err(|_| Verdict::refused("no_page"))?;
    let pairs = query(&[
        ("modified_after", &since),
        ("dates_are_gmt", "true"),
        ("per_page", "100"),
        ("page", page),
        ("orderby", "modified"),
        ("order", "desc"),
    ]);
    signed(api, Request::get(rest(api, &format!("orders?{pairs}"))))
}

fn page<'a>(answer: &'a Answer, page: Option<&str>) -> Result<OrdersPage<'a>, Verdict> {
    let orders: Vec<&'a RawValue> = serde_json::from_slice(&answer.body).map_err(|_| read::unreadable())?;
    let at = page.and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
    let last = answer.total_pages.as_deref().and_then(|pages| pages.trim().parse::<u32>().ok());
    // A proxy may have eaten the header: then a full page says that there are more.
    let more = last.map_or(orders.len() >= PER_PAGE, |last| at < last) && !orders.is_empty();
    let next = more.then(|| at.saturating_add(1).to_string());
    Ok(OrdersPage { orders: orders.into_iter().map(RawValue::get).collect(), next })
}

fn read_hooks(answer: &Answer) -> Result<Vec<Hook>, Verdict> {
    let body = read::json(answer).ok_or_else(read::unreadable)?;
    let list = body.as_array().ok_or_else(read::unreadable)?;
    let hook = |hook: &Value| {
        let text = |field: &str| hook.get(field).and_then(Value::as_str);
        let state = match text("status")? {
            "disabled" => HookState::Disabled,
            "paused" => HookState::Paused,
            _ => HookState::Active,
        };
        let (topic, address) = (text("topic")?.to_owned(), text("delivery_url")?.to_owned());
        Some(Hook { id: read::word(hook.get("id")?)?, topic, address, state })
    };
    Ok(list.iter().filter_map(hook).collect())
}

/// Without a secret of ours it would sign with one that we do not know.
fn create(api: Api<'_>, topic: &str, address: &str, secret: Option<&str>) -> Result<Request, Verdict> {
    let secret = secret.ok_or_else(|| Verdict::refused("no_secret"))?;
    let body = json!({
        "name": format!("Doorstep {topic}"), "topic": topic, "delivery_url": address, "secret": secret, "status": "active",
    });
    signed(api, Request::json(Method::Post, rest(api, "webhooks"), &body))
}

fn activate(api: Api<'_>, id: &str) -> Result<Request, Verdict> {
    signed(api, Request::json(Method::Put, rest(api, &format!("webhooks/{id}")), &json!({"status": "active"})))
}

fn parts(api: Api<'_>, id: &str) -> Result<Vec<Part>, Verdict> {
    Ok(vec![Part { name: "order", request: signed(api, Request::get(rest(api, &format!("orders/{id}"))))? }])
}
