//! The demo journey: two orders of two storefronts, three parcels, a failed attempt, a damage, a return. Real deliveries,
//! signed as their sources sign them, played from `events/` through the same doors as everybody's.

use crate::visitor::Visitor;
use carriers::CarrierSource;
use jiff::{Span, Timestamp, civil::Date};
use serde::Deserialize;
use signatures::Delivery;
use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::Path,
};
use storefronts::Storefront;

/// Who sends a delivery.
#[derive(Clone, Copy)]
enum From {
    Shop(Storefront, &'static str),
    Carrier(CarrierSource),
}

/// One delivery of the story.
struct Step {
    from: From,
    file: &'static str,
    says: &'static str,
}

const fn shop(storefront: Storefront, topic: &'static str, file: &'static str, says: &'static str) -> Step {
    Step { from: From::Shop(storefront, topic), file, says }
}

const fn carrier(source: CarrierSource, file: &'static str, says: &'static str) -> Step {
    Step { from: From::Carrier(source), file, says }
}

/// The story in its order.
const STORY: &[Step] = &[
    shop(Storefront::Shopify, "orders/create", "shopify_orders_create.json", "Shopify: order #1001 is placed"),
    shop(Storefront::Shopify, "orders/paid", "shopify_orders_paid.json", "Shopify: it is paid for"),
    shop(
        Storefront::WooCommerce,
        "order.created",
        "woocommerce_order_created.json",
        "WooCommerce: order 2041 is placed and paid for",
    ),
    shop(
        Storefront::Shopify,
        "fulfillments/create",
        "shopify_fulfillments_create.json",
        "Shopify: boots are packed, UPS label made",
    ),
    shop(
        Storefront::Shopify,
        "fulfillments/create",
        "shopify_fulfillments_create_second.json",
        "Shopify: the rest is packed, USPS label made",
    ),
    shop(
        Storefront::Shopify,
        "fulfillments/update",
        "shopify_fulfillments_update.json",
        "Shopify: the USPS label is replaced, new number",
    ),
    carrier(CarrierSource::EasyPost, "easypost_pre_transit.json", "EasyPost: UPS knows of the parcel"),
    carrier(CarrierSource::EasyPost, "easypost_in_transit.json", "EasyPost: UPS has it"),
    carrier(CarrierSource::Shippo, "shippo_pre_transit.json", "Shippo: USPS knows of the parcel"),
    carrier(CarrierSource::Shippo, "shippo_in_transit.json", "Shippo: USPS has it"),
    shop(Storefront::WooCommerce, "order.updated", "woocommerce_order_updated.json", "WooCommerce: 2041 is sent with FedEx"),
    carrier(CarrierSource::EasyPost, "easypost_in_transit_fedex.json", "EasyPost: FedEx has it"),
    carrier(CarrierSource::Shippo, "shippo_address_issue.json", "Shippo: the address needs a look"),
    carrier(CarrierSource::EasyPost, "easypost_out_for_delivery.json", "EasyPost: UPS is out for delivery"),
    carrier(CarrierSource::EasyPost, "easypost_delivered.json", "EasyPost: the boots arrived"),
    carrier(CarrierSource::Shippo, "shippo_out_for_delivery.json", "Shippo: USPS is out for delivery"),
    carrier(CarrierSource::Shippo, "shippo_delivery_attempted.json", "Shippo: nobody was at home"),
    carrier(CarrierSource::EasyPost, "easypost_exception.json", "EasyPost: FedEx reports damage on 2041"),
    carrier(CarrierSource::Shippo, "shippo_delivered.json", "Shippo: the rest arrived"),
];

/// The day on which the recorded story ends; it is played as if that were yesterday, so that returns are still possible.
const STORY_ENDS: Date = jiff::civil::date(2026, 11, 20);

#[derive(Deserialize)]
struct DemoSecrets {
    storefront: BTreeMap<String, Signing>,
    carrier: BTreeMap<String, Signing>,
    console: BTreeMap<String, Signing>,
}

/// One secret, or several of which the first signs.
#[derive(Deserialize)]
#[serde(untagged)]
enum Signing {
    One(String),
    Several(Vec<String>),
}

impl Signing {
    fn first(&self) -> &str {
        match self {
            Self::One(secret) => secret,
            Self::Several(secrets) => secrets.first().map_or("", String::as_str),
        }
    }
}

/// Plays the journey against the stack at `base_url`, unless it was played before, and prints the links to open.
pub async fn play(base_url: &str, secrets: &Path) {
    let visitor = Visitor::new(base_url);
    match played(&visitor, secrets).await {
        Ok(staff) => say(&links(&visitor, base_url, &staff).await),
        Err(why) => say(&format!("the demo journey stopped: {why}\nthe stack goes on; `cargo local --fresh` begins anew")),
    }
}

async fn played(visitor: &Visitor, secrets: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(secrets).map_err(|error| format!("{}: {error}", secrets.display()))?;
    let secrets: DemoSecrets = toml::from_str(&text).map_err(|error| format!("{}: {error}", secrets.display()))?;
    let staff = secrets.console.values().next().map_or("", Signing::first).to_owned();
    if visitor.get("/_local/link?order=1001&shop=demo").await?.status == 200 {
        say("the demo journey was played before on this data (`--fresh` plays it again)");
        return Ok(staff);
    }
    let count = STORY.len() + 1;
    for (index, step) in STORY.iter().enumerate() {
        deliver(visitor, &secrets, step).await.map_err(|why| format!("{}: {why}", step.file))?;
        say(&format!("[{:>2}/{count}] {}", index + 1, step.says));
    }
    ask_for_return(visitor).await?;
    say(&format!("[{count}/{count}] the customer sends one pair of socks back"));
    Ok(staff)
}

async fn deliver(visitor: &Visitor, secrets: &DemoSecrets, step: &Step) -> Result<(), String> {
    let now = boot::clock::now();
    let (folder, path, secret) = match step.from {
        From::Shop(source, _) => {
            ("storefront_webhook", format!("/webhooks/demo/storefront/{source}"), secrets.storefront.get(source.as_str()))
        }
        From::Carrier(source) => {
            ("carrier_webhook", format!("/webhooks/demo/carrier/{source}"), secrets.carrier.get(source.as_str()))
        }
    };
    let secret = secret.ok_or("there is no demo secret for this source")?.first();
    let file = Path::new("events").join(folder).join(step.file);
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let body = as_if_yesterday(&text, now);
    let headers = headers(step, &path, &body, secret, now);
    let answer = visitor.post(&path, &headers, body.into_bytes()).await?;
    if answer.status != 200 {
        return Err(format!("answered {} {}", answer.status, answer.text));
    }
    wait_until_idle(visitor).await
}

/// The headers its source would send with a delivery: the signature, and the topic where the topic is a header.
fn headers(step: &Step, path: &str, body: &str, secret: &str, now: Timestamp) -> Vec<(String, String)> {
    let none: [(&str, &str); 0] = [];
    let delivery = Delivery { method: "POST", path, query: "", headers: &none, body: body.as_bytes(), now };
    let message_id = format!("msg_demo_{}", step.file);
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let signed = match step.from {
        From::Shop(source, topic) => {
            headers.extend(source.headers_read().first().map(|name| ((*name).to_owned(), topic.to_owned())));
            source.sign(&delivery, &message_id, secret)
        }
        From::Carrier(source) => source.sign(&delivery, &message_id, secret),
    };
    headers.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
    headers
}

/// The customer opens the page and sends its form, as a browser would.
async fn ask_for_return(visitor: &Visitor) -> Result<(), String> {
    let url = link(visitor, "1001").await?;
    let page = visitor.get(&url).await?.text;
    let value_after = |text: &str, mark: &str| -> Option<String> {
        let rest = &text[text.find(mark)? + mark.len()..];
        Some(rest[..rest.find('"')?].to_owned())
    };
    let nonce = value_after(&page, "name=\"nonce\" value=\"").ok_or("the page has no return form")?;
    // The socks: the line of which several can come back, so its quantity is a list.
    let line = value_after(&page, "<select name=\"q.").ok_or("the page offers no line of several pieces")?;
    let form = format!("nonce={nonce}&q.{line}=1&r.{line}=too_small&outcome=refund&note=Half+a+size+larger+would+fit");
    let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    let answer = visitor.post(&format!("{url}/returns"), &headers, form.into_bytes()).await?;
    if answer.status != 303 {
        return Err(format!("the return form was answered with {}", answer.status));
    }
    wait_until_idle(visitor).await
}

async fn wait_until_idle(visitor: &Visitor) -> Result<(), String> {
    let idle = visitor.get("/_local/idle?timeout_s=30").await?;
    if idle.status == 200 { Ok(()) } else { Err(format!("the house does not come to rest: {}", idle.text)) }
}

async fn link(visitor: &Visitor, number: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Link {
        url: String,
    }
    let answer = visitor.get(&format!("/_local/link?order={number}&shop=demo")).await?;
    let link: Link = serde_json::from_str(&answer.text).map_err(|_| answer.text)?;
    Ok(link.url)
}

async fn links(visitor: &Visitor, base_url: &str, staff: &str) -> String {
    let shopify = link(visitor, "1001").await.unwrap_or_else(|why| why);
    let woocommerce = link(visitor, "2041").await.unwrap_or_else(|why| why);
    format!(
        "\nopen these:\n  order #1001 (two parcels, a return)   {shopify}\n  order 2041 (damaged on its way)       {woocommerce}\n  \
         find my order                         {base_url}/demo/track\n  captured mail and texts, functions    {base_url}/_local/\n  \
         console (user staff, password {staff})\n                                        {base_url}/console/demo\n\nCtrl-C stops it; the data stays in its folder."
    )
}

/// Moves the recorded November days so that the story ended yesterday.
fn as_if_yesterday(text: &str, now: Timestamp) -> String {
    let yesterday = now.to_zoned(jiff::tz::TimeZone::UTC).date().saturating_sub(Span::new().days(1));
    let Ok(shift) = STORY_ENDS.until(yesterday) else { return text.to_owned() };
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    // Every date of the story is written 2026-11-DD.
    while let Some(at) = rest.find("2026-11-") {
        let (before, from) = rest.split_at(at);
        moved.push_str(before);
        match from.get(..10).and_then(|day| day.parse::<Date>().ok()) {
            Some(day) => {
                moved.push_str(&day.saturating_add(shift).to_string());
                rest = &from[10..];
            }
            None => {
                moved.push_str("2026-11-");
                rest = &from[8..];
            }
        }
    }
    moved.push_str(rest);
    moved
}

/// Lines for the terminal.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    // A closed terminal is no reason to stop.
    let _nobody_reads = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_ends_yesterday() {
        let now = "2027-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(
            as_if_yesterday(r#"{"a":"2026-11-20T10:00:00Z","b":"2026-11-16"}"#, now),
            r#"{"a":"2027-03-01T10:00:00Z","b":"2027-02-25"}"#
        );
    }

    #[test]
    fn every_delivery_of_the_story_is_recorded() {
        for step in STORY {
            let folder = match step.from {
                From::Shop(..) => "storefront_webhook",
                From::Carrier(_) => "carrier_webhook",
            };
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(folder).join(step.file);
            assert!(file.exists(), "{}", file.display());
        }
    }
}
