//! What sources do not tell is asked for: numbers registered, silent parcels asked after, missed orders found, carriers corrected.

use house::{
    company::{Asked, Company, Said},
    http, repository,
    stack::Stack,
    story::{Story, Webhook},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// The demo shop's settings with a part of `[sources]` more.
fn with_sources(settings: &mut toml::Table, sources: &str) {
    let more: toml::Table = sources.parse().unwrap();
    let table = settings.entry("sources").or_insert(toml::Table::new().into()).as_table_mut().unwrap();
    table.extend(more);
}

/// Letters that have an age, as in a real shop.
fn with_ages(settings: &mut toml::Table) {
    settings["letters"].as_table_mut().unwrap().remove("max_age_hours");
}

#[track_caller]
fn basic(asked: &Asked, secret: &str) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let words = asked.header("authorization").strip_prefix("Basic ").unwrap_or_else(|| panic!("{asked:?}"));
    let words = String::from_utf8(STANDARD.decode(words).unwrap()).unwrap();
    assert_eq!(words.trim_end_matches(':'), secret);
}

/// `EasyPost` with one tracker, whose parcel was delivered without a webhook about it.
fn easypost(tracker: Json) -> Company {
    Company::open(move |asked| match (asked.method.as_str(), asked.path.split('?').next().unwrap()) {
        ("POST", "/v2/trackers") => Said::json(&json!({"id": "trk_1", "object": "Tracker", "status": "unknown"})),
        ("GET", "/v2/trackers/trk_1") => Said::json(&tracker),
        ("GET", "/v2/trackers") => Said::json(&json!({"trackers": [tracker], "has_more": false})),
        _ => Said::status(404),
    })
}

#[test]
fn a_number_is_registered_once_and_a_silent_parcel_is_asked_after() {
    let story = Story::new(1);
    let pushed: Json = serde_json::from_str(&story.event("easypost_delivered").body).unwrap();
    let company = easypost(pushed["result"].clone());
    let url = company.url.clone();
    let stack = Stack::start_with(|settings| {
        with_sources(settings, &format!("trackers = [{{ source = \"easypost\", url = \"{url}\", poll_after_hours = 24 }}]"));
    });
    stack.deliver(&[story.event("shopify_orders_paid"), story.event("shopify_fulfillments_create")]);
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    let registered = company.asked_of("POST", "/v2/trackers");
    assert!((1..=2).contains(&registered.len()), "{registered:?}");
    assert_eq!(registered[0].json()["tracker"]["tracking_code"], story.ups());
    basic(&registered[0], &stack.secret("partner", "easypost"));
    // The same news again registers nothing again, and nobody is asked before a day of silence is over.
    stack.deliver(&[story.event("shopify_fulfillments_create")]);
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    assert_eq!(company.asked().len(), registered.len(), "{:?}", company.asked());

    stack.advance(Duration::from_hours(30));
    stack.fire_all_due();
    stack.idle();
    // A timer that all the due ones are fired with has its turn once more, and two looks at one moment both ask.
    let polled = company.asked_of("GET", "/v2/trackers").len();
    assert!((1..=2).contains(&polled), "{:?}", company.asked());
    let facts = stack.facts(&story.shopify_number());
    assert_eq!(facts["parcels"][0]["status"], "delivered", "{facts}");
    // What is over is not asked after any more.
    stack.advance(Duration::from_hours(72));
    stack.fire_all_due();
    stack.idle();
    assert_eq!(company.asked_of("GET", "/v2/trackers").len(), polled, "{:?}", company.asked());
}

#[test]
fn a_source_that_is_asked_too_often_is_left_alone_as_long_as_it_says() {
    let company = Company::open(|_| Said::status(429).with("retry-after", "3600"));
    let url = company.url.clone();
    let stack = Stack::start_with(|settings| {
        with_sources(settings, &format!("trackers = [{{ source = \"easypost\", url = \"{url}\" }}]"));
    });
    for n in 1..4 {
        let story = Story::new(n);
        stack.deliver(&[story.event("shopify_orders_paid"), story.event("shopify_fulfillments_create")]);
    }
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    let asked = company.asked().len();
    assert!((1..=2).contains(&asked), "two are asked side by side at most, then the source is left alone: {asked}");
    stack.advance(Duration::from_mins(30));
    stack.fire_all_due();
    stack.idle();
    assert_eq!(company.asked().len(), asked, "half an hour is not the hour it wanted");
    stack.advance(Duration::from_mins(50));
    stack.fire_all_due();
    stack.idle();
    assert!(company.asked().len() > asked, "then it is asked again");
}

/// An order as Shopify's API lists it, of which no webhook came.
fn listed(story: &Story, changed_at: Timestamp) -> Json {
    let webhook = story.event("shopify_orders_paid").edited(|order| {
        order["updated_at"] = changed_at.to_string().into();
        order["created_at"] = changed_at.to_string().into();
    });
    serde_json::from_str(&webhook.body).unwrap()
}

#[test]
fn an_order_that_webhooks_missed_is_found_without_yesterdays_news() {
    let now = Timestamp::now();
    let (fresh, old, known) = (Story::new(1), Story::new(2), Story::new(3));
    let ago = |hours| now - SignedDuration::from_hours(hours);
    let (first, second) = (json!([listed(&fresh, ago(1)), listed(&known, ago(2))]), json!([listed(&old, ago(20))]));
    let company = Company::open(move |asked| {
        let path = asked.path.as_str();
        match asked.method.as_str() {
            "GET" if path.contains("/webhooks.json") => Said::json(&json!({"webhooks": []})),
            "POST" if path.contains("/webhooks.json") => Said::json(&json!({"webhook": {"id": 1}})),
            "GET" if path.contains("page_info=second") => Said::json(&json!({"orders": second})),
            "GET" if path.contains("/orders.json") => {
                let next = format!(
                    "<https://{}/admin/api/x/orders.json?limit=250&page_info=second>; rel=\"next\"",
                    asked.header("host")
                );
                Said::json(&json!({"orders": first})).with("link", &next)
            }
            _ => Said::status(404),
        }
    });
    let url = company.url.clone();
    let stack = Stack::start_with(|settings| {
        with_ages(settings);
        with_sources(settings, &format!("storefronts = {{ shopify = {{ url = \"{url}\" }} }}"));
    });
    // One order is known from its webhook.
    let mut webhook = fresh.event("shopify_orders_paid");
    webhook.body = listed(&known, ago(2)).to_string();
    stack.deliver(&[webhook]);
    stack.idle();
    let before = stack.kinds_to(&known.shopify_email()).len();

    stack.strike("Sources");
    stack.idle();
    assert_eq!(stack.kinds_to(&fresh.shopify_email()), ["order_confirmed"], "an hour old: news");
    assert!(stack.kinds_to(&old.shopify_email()).is_empty(), "twenty hours old: {:?}", stack.kinds_to(&old.shopify_email()));
    assert!(stack.page(&stack.link(&old.shopify_number())).contains(&old.shopify_number()), "but its page is there");
    assert_eq!(stack.kinds_to(&known.shopify_email()).len(), before, "what is known is not told again");
    let made: Vec<String> = company
        .asked_of("POST", "/admin/api")
        .iter()
        .map(|asked| {
            let hook = &asked.json()["webhook"];
            assert_eq!(asked.header("x-shopify-access-token"), stack.secret("partner", "shopify"));
            assert!(hook["address"].as_str().unwrap().ends_with("/webhooks/demo/storefront/shopify"), "{hook}");
            hook["topic"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(made.contains(&"orders/create".to_owned()) && made.contains(&"fulfillments/create".to_owned()), "{made:?}");
    // The operator is told, in the log that an alarm listens to and on the console's page.
    let errors = stack.whole_logs().lines().filter(|line| line.contains("\"ERROR\"")).count();
    assert!(errors > 0, "an alarm listens to errors of this log");
    let page = http::send("GET", &format!("{}/console/demo/sources", stack.url), &stack.staff(), &[]).expect(200).text();
    assert!(page.contains("Shopify") || page.contains("shopify"), "{page}");
    assert!(page.contains('2'), "two orders had been missed: {page}");

    // The next hour finds nothing.
    let told = stack.messages().len();
    stack.strike("Sources");
    stack.idle();
    assert_eq!(stack.messages().len(), told);
}

/// The APIs of Stripe, `BigCommerce` and DHL, as far as they are asked for what their webhooks leave out.
pub(crate) fn apis() -> Company {
    let file = |name: &str| -> Json {
        serde_json::from_str(&repository::text(&format!("events/storefront_webhook/{name}_answer.json"))).unwrap()
    };
    let (session, order) = (file("stripe"), file("bigcommerce"));
    Company::open(move |asked| {
        let path = asked.path.split('?').next().unwrap();
        let piece = ["products", "shipping_addresses", "shipments", "refunds"].into_iter().find(|piece| path.ends_with(piece));
        match piece {
            _ if path.starts_with("/v1/checkout/sessions") => Said::json(&session),
            Some("refunds") => Said::json(&json!({"data": order["refunds"], "meta": {}})),
            Some(piece) => Said::json(&order[piece]),
            None if path.contains("/orders/") => Said::json(&order["order"]),
            None if asked.method == "POST" => Said::status(200),
            None => Said::status(404),
        }
    })
}

/// A shop whose webhooks name orders that are described at this address.
pub(crate) fn asks(settings: &mut toml::Table, url: &str) {
    let more = format!(
        "trackers = [{{ source = \"dhl\", carriers = [\"dhl_germany\"], register = false, url = \"{url}\" }}]\n\
         storefronts = {{ stripe = {{ url = \"{url}\" }}, bigcommerce = {{ url = \"{url}\" }} }}"
    );
    with_sources(settings, &more);
}

#[test]
fn an_order_that_a_webhook_only_names_is_fetched_and_told() {
    for (file, path) in [("stripe_checkout_session_completed", "line_items"), ("bigcommerce_order_created", "/products")] {
        let company = apis();
        let stack = Stack::start_with(|settings| asks(settings, &company.url));
        stack.deliver(&[Story::new(1).event(file)]);
        stack.idle();
        let asked = company.asked();
        assert!(asked.iter().any(|asked| asked.path.contains(path)), "{asked:?}");
        let mails = stack.messages();
        assert!(mails.iter().any(|mail| mail.kind() == "order_confirmed"), "{file}: {mails:?}");
    }
}

/// The order says `FedEx`; the number is one of the US post, and the post scans it.
fn misnamed(story: &Story) -> [Webhook; 2] {
    let fulfilment = story.event("shopify_fulfillments_create").edited(|body| {
        body["tracking_company"] = "FedEx".into();
        body["tracking_numbers"] = json!([story.usps()]);
        body["tracking_number"] = story.usps().into();
    });
    let scan = story.event("easypost_delivered_usps").edited(|body| body["result"]["tracking_code"] = story.usps().into());
    [fulfilment, scan]
}

#[test]
fn the_first_scan_corrects_the_carrier_whichever_comes_first() {
    let stack = Stack::start();
    for (n, is_scanned_first) in [(1, false), (2, true)] {
        let story = Story::new(n);
        let [fulfilment, scan] = misnamed(&story);
        let mut news = vec![fulfilment.clone(), scan.clone()];
        if is_scanned_first {
            news.reverse();
        }
        stack.deliver(&[story.event("shopify_orders_paid")]);
        for webhook in news {
            stack.deliver(&[webhook]);
            stack.idle();
        }
        // The storefront says the old word again.
        stack.deliver(&[fulfilment, scan]);
        stack.idle();
        let facts = stack.facts(&story.shopify_number());
        let parcels = facts["parcels"].as_array().unwrap();
        assert_eq!(parcels.len(), 1, "{facts}");
        assert_eq!((&parcels[0]["carrier"], &parcels[0]["status"]), (&"usps".into(), &"delivered".into()), "{facts}");
        let mut kinds = stack.kinds_to(&story.shopify_email());
        kinds.sort();
        kinds.dedup_by(|one, other| {
            assert_ne!(one, other, "told twice (scanned first: {is_scanned_first})");
            false
        });
        assert!(kinds.contains(&"delivered".to_owned()), "{kinds:?}");
    }
}

#[test]
fn a_person_who_asks_to_be_forgotten_is() {
    let stack = Stack::start();
    let (story, other) = (Story::new(1), Story::new(2));
    stack.deliver(&story.delivered());
    stack.deliver(&other.delivered());
    stack.idle();
    let id = |story: &Story| {
        let order: Json = serde_json::from_str(&story.event("shopify_orders_paid").body).unwrap();
        order["id"].clone()
    };
    let body = json!({"shop_id": 954_889, "shop_domain": "demo.myshopify.com",
        "customer": {"id": 191_167, "email": story.shopify_email(), "phone": story.shopify_phone()}, "orders_to_redact": [id(&story)]});
    let redact = Webhook { door: "storefront", source: "shopify", topic: "customers/redact".to_owned(), body: body.to_string() };
    stack.deliver(&[redact]);
    stack.idle();
    // What comes afterwards brings nothing back.
    stack.deliver(&story.delivered());
    stack.idle();
    let shown = |story: &Story| stack.page(&stack.link(&story.shopify_number()));
    assert!(!shown(&story).contains("Okafor") && !shown(&story).contains("Larkspur"), "{}", shown(&story));
    assert!(shown(&other).contains("Larkspur"), "only who asked is forgotten");
    let page = http::send("GET", &format!("{}/console/demo/sources", stack.url), &stack.staff(), &[]).expect(200).text();
    assert!(page.to_lowercase().contains("erase") || page.to_lowercase().contains("forgotten"), "{page}");
}

#[test]
fn a_refund_is_shown_once_however_often_it_is_told() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.delivered());
    let refund = story.event("shopify_refunds_create");
    stack.deliver(&[refund.clone(), refund.clone(), refund]);
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    let refunds = facts["refunds"].as_array().unwrap_or_else(|| panic!("{facts}"));
    assert_eq!(refunds.len(), 1, "{facts}");
}
