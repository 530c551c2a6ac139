//! The main job: from a paid order to the doorstep, through HTTP to captured messages and the page.

use house::{page, stack::Stack, story::Story};
use serde_json::Value as Json;

/// The state of every step of the page, in order.
fn steps(facts: &Json) -> Vec<(String, String)> {
    let steps = facts["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["step"].as_str().unwrap().to_owned(), step["state"].as_str().unwrap().to_owned())).collect()
}

#[track_caller]
fn check_steps(stack: &Stack, number: &str, want: [&str; 6]) {
    const NAMES: [&str; 6] = ["placed", "confirmed", "packed", "on_its_way", "out_for_delivery", "delivered"];
    let want: Vec<_> = NAMES.into_iter().zip(want).map(|(name, state)| (name.to_owned(), state.to_owned())).collect();
    assert_eq!(steps(&stack.facts(number)), want);
}

#[test]
fn a_shopify_order_in_two_parcels_is_told_from_payment_to_doorstep() {
    let stack = Stack::start();
    let story = Story::new(1);
    let (number, email, phone) = (story.shopify_number(), story.shopify_email(), story.shopify_phone());
    let tell = |files: &[&str]| {
        stack.deliver(&files.iter().map(|file| story.event(file)).collect::<Vec<_>>());
        stack.idle();
    };
    let told = |kinds: &[&str]| {
        assert_eq!(stack.kinds_to(&email), kinds);
        let texts = stack.messages_to(&phone);
        assert_eq!(texts.len(), kinds.len(), "each is also a text message: {texts:#?}");
    };

    tell(&["shopify_orders_create", "shopify_orders_paid"]);
    told(&["order_confirmed"]);
    check_steps(&stack, &number, ["done", "done", "ahead", "ahead", "ahead", "ahead"]);
    let mail = stack.messages_to(&email).remove(0);
    assert_eq!(mail.from, "Demo Outdoor <orders@demo.example>");
    for words in [
        number.as_str(),
        "Maya",
        "Ridge Walker Boots",
        "Merino Hiking Socks",
        "227.63",
        "48 Larkspur Terrace",
        "San Francisco",
        "/o/",
    ] {
        assert!(mail.words().contains(words), "the confirmation lacks {words}:\n{}", mail.words());
    }
    assert!(mail.html.as_deref().is_some_and(|html| page::read(html).contains("Ridge Walker Boots")), "it has an HTML part");
    assert!(mail.subject.as_deref().is_some_and(|subject| subject.contains(&number)), "{:?}", mail.subject);
    let text = stack.messages_to(&phone).remove(0);
    assert!(text.words().contains("/o/") && text.channel == "sms", "{text:?}");

    tell(&["easypost_pre_transit", "shopify_fulfillments_create"]);
    told(&["order_confirmed"]);
    check_steps(&stack, &number, ["done", "done", "partly", "ahead", "ahead", "ahead"]);

    tell(&["shopify_fulfillments_create_second", "easypost_in_transit"]);
    told(&["order_confirmed", "shipped"]);
    check_steps(&stack, &number, ["done", "done", "done", "partly", "ahead", "ahead"]);

    tell(&["shopify_fulfillments_update", "shopify_orders_updated", "shippo_pre_transit", "shippo_in_transit"]);
    told(&["order_confirmed", "shipped", "shipped"]);
    check_steps(&stack, &number, ["done", "done", "done", "done", "ahead", "ahead"]);

    tell(&["easypost_out_for_delivery", "easypost_delivered"]);
    told(&["delivered", "order_confirmed", "out_for_delivery", "shipped", "shipped"]);
    check_steps(&stack, &number, ["done", "done", "done", "done", "partly", "partly"]);

    tell(&["shippo_address_issue"]);
    told(&["address_problem", "delivered", "order_confirmed", "out_for_delivery", "shipped", "shipped"]);
    let facts = stack.facts(&number);
    let usps = facts["parcels"].as_array().unwrap().iter().find(|parcel| parcel["number"] == story.usps()).unwrap();
    let problem = &usps["problem"];
    assert!(
        ["headline", "explanation", "what_now"].iter().all(|part| problem[part].as_str().is_some_and(|text| !text.is_empty())),
        "{problem}"
    );
    let shown = page::read(&stack.page(&stack.link(&number)));
    assert!(shown.contains(problem["what_now"].as_str().unwrap()), "the page says what to do now: {shown}");

    tell(&["shippo_out_for_delivery", "shippo_delivery_attempted"]);
    let shown = page::read(&stack.page(&stack.link(&number)));
    assert!(shown.contains("What now"), "{shown}");

    tell(&["shippo_delivered"]);
    told(&[
        "address_problem",
        "attempt_failed",
        "delivered",
        "delivered",
        "order_confirmed",
        "out_for_delivery",
        "out_for_delivery",
        "shipped",
        "shipped",
    ]);
    check_steps(&stack, &number, ["done"; 6]);
    let facts = stack.facts(&number);
    assert_eq!(facts["status"], "delivered");
    let mut numbers: Vec<_> =
        facts["parcels"].as_array().unwrap().iter().map(|parcel| parcel["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    assert_eq!(numbers, [story.ups(), story.usps()]);
    let shown = page::read(&stack.page(&stack.link(&number)));
    assert!(!shown.contains("What now"), "nothing is wrong any more: {shown}");
    for words in [
        number.as_str(),
        "Ridge Walker Boots",
        "48 Larkspur Terrace",
        "Return something",
        "help@demo.example",
        "Reno",
        &story.ups(),
        &story.usps(),
    ] {
        assert!(shown.contains(words), "the page lacks {words}: {shown}");
    }
}

#[test]
fn a_woocommerce_order_is_told_until_its_parcel_is_damaged() {
    let stack = Stack::start();
    let story = Story::new(2);
    stack.deliver(&story.woocommerce()[..1]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.woo_email()), ["order_confirmed"]);
    let mail = stack.messages_to(&story.woo_email()).remove(0);
    for words in ["Priya", &story.woo_number(), "Fell Jacket", "Tom & Ana’s Enamel Mug", "174.58", "210 Alder Street"] {
        assert!(mail.words().contains(words), "the confirmation lacks {words}:\n{}", mail.words());
    }
    stack.deliver(&story.woocommerce()[1..]);
    stack.idle();
    let kinds = stack.kinds_to(&story.woo_email());
    // The recorded history tells a delay by weather and then the damage: two different troubles, one message for each.
    assert_eq!(kinds, ["damaged", "delayed", "order_confirmed", "shipped"]);
    assert_eq!(stack.messages_to(&story.woo_phone()).len(), kinds.len());
    let facts = stack.facts(&story.woo_number());
    assert_eq!(facts["parcels"][0]["status"], "exception");
    assert_eq!(facts["parcels"][0]["sub"], "damaged");
    let shown = page::read(&stack.page(&stack.link(&story.woo_number())));
    assert!(shown.contains("What now") && shown.contains(&story.fedex()), "{shown}");
}

#[test]
fn an_order_in_our_own_format_is_told_too() {
    let stack = Stack::start();
    let story = Story::new(3);
    stack.deliver(
        &["standard_order_reported", "standard_fulfilment_reported", "standard_parcel_reported", "easypost_return_to_sender"]
            .map(|file| story.event(file)),
    );
    stack.idle();
    let kinds = stack.kinds_to(&story.standard_email());
    for kind in ["order_confirmed", "shipped", "out_for_delivery", "delivered_to_neighbour", "returning"] {
        assert!(kinds.iter().any(|told| told == kind), "{kind} is not among {kinds:?}");
    }
    let facts = stack.facts(&story.standard_number());
    let statuses: Vec<_> =
        facts["parcels"].as_array().unwrap().iter().map(|parcel| parcel["status"].as_str().unwrap().to_owned()).collect();
    assert!(statuses.contains(&"delivered".to_owned()) && statuses.contains(&"returning".to_owned()), "{statuses:?}");
}

#[test]
fn a_cancelled_order_is_not_confirmed_and_its_page_says_so() {
    let stack = Stack::start();
    let story = Story::new(4);
    let cancelled = story.event("shopify_orders_cancelled");
    stack.deliver(&[cancelled]);
    stack.idle();
    assert_eq!(stack.kinds_to("jonah.brandt@example.com"), ["order_cancelled"]);
    let number = format!("#2{:03}", 104);
    let facts = stack.facts(&number);
    assert_eq!(facts["status"], "cancelled");
    assert!(page::read(&stack.page(&stack.link(&number))).to_lowercase().contains("cancelled"));
}

#[test]
fn a_repeated_scan_costs_no_write_and_tells_nobody() {
    let stack = Stack::start_with(|settings| {
        let sources: toml::Table = [("keep_deliveries_days".to_owned(), 0.into())].into_iter().collect();
        settings.insert("sources".to_owned(), sources.into());
    });
    let story = Story::new(5);
    stack.deliver(&story.delivered());
    stack.idle();
    let told = stack.messages().len();
    stack.forget_requests();
    stack.deliver(&vec![story.event("easypost_delivered"); 3]);
    stack.idle();
    let requests = stack.requests();
    let writes: u64 = requests["tracking"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(what, _)| {
            ["PutItem", "UpdateItem", "WriteItems", "WriteItem", "DeleteItem"].iter().any(|write| what.ends_with(write))
        })
        .map(|(_, count)| count.as_u64().unwrap())
        .sum();
    // A process that had not heard EasyPost yet notes that it did, at most once in five minutes.
    assert!(writes <= 1, "{requests}");
    assert!(requests["announce"].is_null() && requests["notify"].is_null(), "nothing downstream: {requests}");
    assert_eq!(stack.messages().len(), told);
}

#[test]
fn logs_name_no_person() {
    let stack = Stack::start();
    let story = Story::new(6);
    stack.deliver(&story.delivered());
    stack.deliver(&story.woocommerce());
    stack.idle();
    let _shown = stack.page(&stack.link(&story.shopify_number()));
    let logs = stack.whole_logs();
    assert!(logs.contains("order_confirmed"), "the logs tell what was done: {logs}");
    let token = stack.link(&story.shopify_number()).rsplit('/').next().unwrap().to_owned();
    for personal in [
        &story.shopify_email(),
        &story.shopify_phone(),
        "Okafor",
        "Larkspur",
        "Raman",
        "Alder Street",
        &story.woo_email(),
        &token,
        "doorstep-demo-",
    ] {
        let line = logs.lines().find(|line| line.contains(personal));
        assert!(line.is_none(), "a log names {personal}: {line:?}");
    }
}
