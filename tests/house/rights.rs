//! Least privilege, seen from outside: what functions ask of AWS while the house works is what the template lets them ask.

use house::{
    company::{Company, Said},
    http, page, repository,
    stack::Stack,
    story::Story,
    yaml,
};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

type Rights = BTreeMap<String, BTreeSet<String>>;

fn list(value: &Json) -> Vec<&Json> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// The actions of every function's policies, by program.
fn granted() -> Rights {
    let template = yaml::read(&repository::text("template.yaml"));
    let functions =
        template["Resources"].as_object().unwrap().values().filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    functions
        .map(|function| {
            let statements = list(&function["Properties"]["Policies"]).into_iter().flat_map(|policy| list(&policy["Statement"]));
            let actions =
                statements.flat_map(|statement| list(&statement["Action"])).map(|action| action.as_str().unwrap().to_owned());
            (function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned(), actions.collect())
        })
        .collect()
}

/// The actions AWS would have asked rights for. A transaction needs those of the writes in it, which are told apart nowhere.
fn used(requests: &Json) -> Rights {
    let action = |what: &str| match what {
        "sqs:SendMessageBatch" => Some("sqs:SendMessage".to_owned()),
        "dynamodb:TransactWriteItems" => Some("dynamodb:PutItem".to_owned()),
        what => (what.contains(':') && !what.contains("units")).then(|| what.to_owned()),
    };
    let functions = requests.as_object().unwrap().iter().filter(|(name, _)| *name != "outside");
    functions
        .map(|(name, counts)| (name.clone(), counts.as_object().unwrap().keys().filter_map(|what| action(what)).collect()))
        .collect()
}

#[test]
fn no_function_asks_for_more_than_it_may_and_none_may_more_than_it_asks() {
    // Two companies that are asked: one for parcels, one for orders.
    let tracker = Company::open(|_| Said::json(&json!({"id": "trk_1", "object": "Tracker"})));
    let missed: Json = serde_json::from_str(&Story::new(3).event("shopify_orders_paid").body).unwrap();
    let storefront = Company::open(move |_| Said::json(&json!({"orders": [missed], "webhooks": []})));
    let mut stack = Stack::start_with(|settings| {
        let sources = format!(
            "trackers = [{{ source = \"easypost\", url = \"{}\" }}]\nstorefronts = {{ shopify = {{ url = \"{}\" }} }}",
            tracker.url, storefront.url
        );
        settings.insert("sources".to_owned(), sources.parse::<toml::Table>().unwrap().into());
    });
    let (story, late) = (Story::new(1), Story::ending_days_ago(2, 10));
    // A day in the life of the house: both storefronts, both aggregators, a return held and answered, a link asked for,
    // something nobody reads, something nobody can read, a timer.
    stack.deliver(&story.shopify());
    stack.deliver(&story.woocommerce());
    stack.deliver(&["shopify_orders_paid", "shopify_fulfillments_create"].map(|file| late.event(file)));
    let mut unread = story.event("shopify_orders_paid");
    unread.topic = "products/update".to_owned();
    let odd = story.event("easypost_in_transit").with("departed_facility", "teleported");
    let aside = story.event("easypost_in_transit").with("tracker.updated", "batch.created");
    stack.deliver(&[unread, odd, aside]);
    for queue in ["orders", "tracking", "returns", "letters", "feedback", "errands", "sources"] {
        stack.put(queue, "unreadable");
        stack.leaves_dead(queue, 1);
    }
    stack.idle();
    stack.fire_all_due();
    let html = stack.page(&stack.link(&story.shopify_number()));
    let form = page::forms(&html).into_iter().find(|form| form.action.ends_with("/returns")).unwrap();
    let form = form.set("q.7829015736205160449", "1").set("r.7829015736205160449", "damaged").set("outcome", "refund");
    let _asked = http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields).expect(303);
    let fields =
        [("number", story.shopify_number()), ("email", story.shopify_email())].map(|(name, value)| (name.to_owned(), value));
    let _asked = http::post_form(&format!("{}/demo/track", stack.url), &[], &fields).expect(200);
    stack.idle();
    let console = http::send("GET", &format!("{}/console/demo", stack.url), &stack.staff(), &[]).expect(200).text();
    let approve = page::forms(&console)
        .into_iter()
        .find(|form| form.buttons.iter().any(|(_, value)| value == "approve"))
        .unwrap()
        .forced("answer", "approve");
    let _answered = http::post_form(&format!("{}{}", stack.url, approve.action), &stack.staff(), &approve.fields);
    let bounce = json!({"Message": json!({
        "eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": story.woo_email()}]},
        "mail": {"messageId": "m-1", "timestamp": "2026-11-19T08:00:00Z", "tags": {"shop": ["demo"]}},
    }).to_string()});
    stack.put("feedback", &bounce.to_string());
    // Doors whose sources sign with private keys look for the public ones.
    for (door, source) in [("carrier", "shipengine"), ("storefront", "saleor")] {
        let headers = [("saleor-signature".to_owned(), "none".to_owned())];
        let _refused = http::send("POST", &format!("{}/webhooks/demo/{door}/{source}", stack.url), &headers, b"{}");
    }
    // The daily comparison with SES's own list, and the hourly one with the storefront's orders.
    stack.strike("MailEvents");
    stack.strike("Sources");
    stack.idle();
    let (granted, used) = (granted(), used(&stack.requests()));
    let mut wrong = Vec::new();
    for (function, may) in &granted {
        let asked = used.get(function).cloned().unwrap_or_default();
        let beyond: Vec<_> = asked.difference(may).collect();
        let idle: Vec<_> = may.difference(&asked).filter(|right| !is_known_idle(function, right)).collect();
        if !beyond.is_empty() || !idle.is_empty() {
            wrong.push(format!("{function} asks beyond its rights for {beyond:?} and never uses {idle:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rights whose use this day does not bring about, each with its reason.
fn is_known_idle(function: &str, right: &str) -> bool {
    match (function, right) {
        // The demo shop has no webhook of its own, so errands has nothing to do but to bury.
        ("errands", right) => right != "sqs:SendMessage",
        _ => false,
    }
}

#[test]
fn an_address_that_bounced_gets_no_more_mail_but_still_its_texts() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.delivered()[..1]);
    stack.idle();
    let mail = stack.messages_to(&story.shopify_email()).remove(0);
    let tags: Json =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect::<serde_json::Map<_, _>>().into();
    let event = json!({"Message": json!({
        "eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": story.shopify_email().to_uppercase()}]},
        "mail": {"messageId": "m-1", "timestamp": jiff::Timestamp::now().to_string(), "tags": tags},
    }).to_string()});
    stack.put("feedback", &event.to_string());
    stack.idle();
    stack.deliver(&story.delivered()[1..]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed"]);
    assert_eq!(stack.messages_to(&story.shopify_phone()).len(), 4, "a dead mailbox is no dead phone");
}
