//! Parcels that do not go by the book: scanned too early, renamed, in part, or never scanned at all.

use house::{http, page, stack::Stack, story::Story};

/// The console's list of the demo shop.
fn worklist(stack: &Stack) -> String {
    page::read(&http::send("GET", &format!("{}/console/demo", stack.url), &stack.staff(), &[]).expect(200).text())
}

#[test]
fn a_parcel_scanned_before_its_order_is_known_is_linked_later() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&["easypost_in_transit", "easypost_delivered"].map(|file| story.event(file)));
    stack.idle();
    assert!(stack.messages().is_empty(), "nobody is known yet");
    stack.deliver(&["shopify_orders_paid", "shopify_fulfillments_create"].map(|file| story.event(file)));
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["delivered", "order_confirmed", "out_for_delivery", "shipped"]);
    let facts = stack.facts(&story.shopify_number());
    assert_eq!(facts["parcels"][0]["status"], "delivered");
    assert!(facts["parcels"][0]["scans"].as_array().unwrap().len() >= 5);
}

#[test]
fn a_changed_tracking_number_takes_the_place_of_the_old_one() {
    let stack = Stack::start();
    let story = Story::new(2);
    stack.deliver(&["shopify_orders_paid", "shopify_fulfillments_create_second"].map(|file| story.event(file)));
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["parcels"][0]["number"], story.usps_before());
    stack.deliver(&[story.event("shopify_fulfillments_update")]);
    // The old version once more, late: it must not come back.
    stack.deliver(&[story.event("shopify_fulfillments_create_second")]);
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    assert_eq!(facts["parcels"].as_array().unwrap().len(), 1);
    assert_eq!(facts["parcels"][0]["number"], story.usps());
    // The old number is somebody else's business now: its scans tell this customer nothing.
    stack.deliver(&[story.event("shippo_in_transit").with(&story.usps(), &story.usps_before())]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed"]);
    stack.deliver(&[story.event("shippo_in_transit")]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "shipped"]);
}

#[test]
fn what_is_packed_in_part_is_shown_in_part() {
    let stack = Stack::start();
    let story = Story::new(3);
    stack.deliver(&story.delivered());
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    let state =
        |name: &str| facts["steps"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap()["state"].clone();
    assert_eq!((state("packed"), state("delivered")), ("partly".into(), "partly".into()), "the socks are still to come: {facts}");
    assert_ne!(facts["status"], "delivered");
}

#[test]
fn a_label_without_a_scan_becomes_a_problem_and_the_next_scan_clears_it() {
    let stack = Stack::start();
    // Ten days and more than three business days ago.
    let story = Story::ending_days_ago(4, 10);
    stack.deliver(&["shopify_orders_paid", "shopify_fulfillments_create", "easypost_pre_transit"].map(|file| story.event(file)));
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    let problem = &facts["parcels"][0]["problem"];
    assert!(problem["what_now"].as_str().is_some_and(|text| !text.is_empty()), "a label without a scan is a problem: {facts}");
    assert!(page::read(&stack.page(&stack.link(&story.shopify_number()))).contains("What now"));
    assert!(worklist(&stack).contains(&story.ups()), "and a person of the shop sees it: {}", worklist(&stack));
    // Striking again changes nothing.
    stack.fire_all_due();
    stack.idle();
    stack.deliver(&[story.event("easypost_in_transit")]);
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    // It clears by itself; that it is late as well, which nobody can help, stays true.
    assert_eq!(facts["parcels"][0]["problem"]["code"], "overdue_promise", "{facts}");
    assert_eq!(facts["parcels"][0]["problem"]["actor"], "nobody", "{facts}");
    let episodes = facts["parcels"][0]["episodes"].as_array().unwrap();
    let label = episodes.iter().find(|episode| episode["code"] == "label_without_scan").unwrap();
    assert!(label["closed_at"].is_string(), "{facts}");
    assert!(!worklist(&stack).contains(&story.ups()), "{}", worklist(&stack));
}

#[test]
fn a_young_label_is_given_its_time() {
    let stack = Stack::start();
    let story = Story::new(5);
    let now = jiff::Timestamp::now().to_string();
    let fresh = |name: &str| {
        story.event(name).edited(|json| {
            json["created_at"] = now.clone().into();
            json["updated_at"] = now.clone().into();
        })
    };
    stack.deliver(&[story.event("shopify_orders_paid"), fresh("shopify_fulfillments_create")]);
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    assert!(stack.facts(&story.shopify_number())["parcels"][0]["problem"].is_null());
}

#[test]
fn a_damaged_parcel_is_on_the_shops_list_until_it_moves_on() {
    let stack = Stack::start();
    let story = Story::new(6);
    stack.deliver(&story.woocommerce());
    stack.idle();
    assert!(worklist(&stack).contains(&story.fedex()), "{}", worklist(&stack));
}
