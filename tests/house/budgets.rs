//! What things cost, counted in requests to AWS, never in time (DESIGN par. 6).

use house::{http, stack::Stack, story::Story};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a function asked of one service, by operation (capacity units are counted beside them).
fn asked(requests: &Json, function: &str, service: &str) -> BTreeMap<String, u64> {
    let counts = requests[function].as_object().into_iter().flatten();
    let own =
        counts.filter_map(|(what, count)| Some((what.strip_prefix(service)?.strip_prefix(':')?.to_owned(), count.as_u64()?)));
    own.filter(|(operation, _)| !operation.contains("units")).collect()
}

#[test]
fn a_tracking_page_is_two_reads_and_no_write() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.shopify());
    stack.idle();
    let link = stack.link(&story.shopify_number());
    let _first = stack.page(&link);
    stack.forget_requests();
    let page = http::get(&link).expect(200);
    let requests = stack.requests();
    let want = [("BatchGetItem".to_owned(), 1), ("Query".to_owned(), 1)].into();
    assert_eq!(asked(&requests, "customer_pages", "dynamodb"), want, "{requests}");
    assert!(asked(&requests, "customer_pages", "sqs").is_empty(), "{requests}");
    assert!(page.body.len() < 64 * 1024, "the page has {} bytes before it is compressed", page.body.len());
}

/// Deliveries are kept by the batch, and a shop may do without: what a scan costs is counted without them.
fn keep_no_deliveries(settings: &mut toml::Table) {
    let sources = settings.entry("sources").or_insert(toml::Table::new().into()).as_table_mut().unwrap();
    sources.insert("keep_deliveries_days".to_owned(), 0.into());
}

/// Ten deliveries that share a batch are kept as one row.
#[test]
fn deliveries_are_kept_for_a_write_a_batch() {
    let stack = Stack::start();
    let story = Story::new(9);
    stack.deliver(&story.delivered()[..2]);
    stack.idle();
    let body = story.event("easypost_in_transit").body;
    let kept = |n: i64| {
        let at = jiff::Timestamp::from_second(1_800_000_000 + n).unwrap();
        let delivery = contracts::KeptDelivery::pack("easypost", at, BTreeMap::new(), body.as_bytes());
        contracts::write(&contracts::ToTracking::Kept { shop: "demo".parse().unwrap(), delivery }).unwrap()
    };
    stack.forget_requests();
    stack.put_all("tracking", &(0..10).map(kept).collect::<Vec<_>>());
    stack.idle();
    let requests = stack.requests();
    let tracking = asked(&requests, "tracking", "dynamodb");
    let puts = tracking["PutItem"];
    let units_x1000 = requests["tracking"]["dynamodb:write_units_x1000"].as_u64().unwrap();
    // Ten at once are one row; the other one says when the source was last heard, at most once in five minutes.
    assert!(puts <= 3, "{requests}");
    assert!(units_x1000 <= 6000, "ten deliveries of {} bytes take {units_x1000}: {requests}", body.len());
}

#[test]
fn a_new_scan_is_one_read_and_one_write() {
    let stack = Stack::start_with(keep_no_deliveries);
    let story = Story::new(2);
    stack.deliver(&story.delivered()[..2]);
    stack.deliver(&[story.event("easypost_in_transit")]);
    stack.idle();
    stack.forget_requests();
    stack.deliver(&[story.event("easypost_out_for_delivery")]);
    stack.idle();
    let requests = stack.requests();
    let tracking = asked(&requests, "tracking", "dynamodb");
    assert_eq!(tracking.values().sum::<u64>(), 2, "{tracking:?}");
    let units_x1000 = requests["tracking"]["dynamodb:write_units_x1000"].as_u64().unwrap();
    assert!(units_x1000 <= 2000, "{requests}");
    // A delivery that tells the same once more is looked at and written nowhere.
    stack.forget_requests();
    stack.deliver(&[story.event("easypost_out_for_delivery")]);
    stack.idle();
    let tracking = asked(&stack.requests(), "tracking", "dynamodb");
    assert_eq!(tracking.values().sum::<u64>(), 1, "{tracking:?}");
}

#[test]
fn the_fifteenth_scan_is_two_write_units_at_most() {
    let stack = Stack::start_with(keep_no_deliveries);
    let story = Story::new(4);
    stack.deliver(&story.delivered()[..2]);
    let history = |count: usize| {
        story.event("easypost_in_transit").edited(|json| {
            let details = json["result"]["tracking_details"].as_array_mut().unwrap();
            let last = details.last().unwrap().clone();
            let start: jiff::Timestamp = last["datetime"].as_str().unwrap().parse().unwrap();
            for n in details.len()..count {
                let mut detail = last.clone();
                let at = start + jiff::SignedDuration::from_mins(20 * i64::try_from(n).unwrap());
                detail["datetime"] = at.to_string().into();
                detail["message"] = format!("Arrived at regional facility number {n}, in transit to the next one").into();
                detail["tracking_location"]["city"] = format!("SPRINGFIELD {n}").into();
                details.push(detail);
            }
            json["result"]["updated_at"] = (start + jiff::SignedDuration::from_hours(20)).to_string().into();
        })
    };
    stack.deliver(&[history(14)]);
    stack.idle();
    stack.forget_requests();
    stack.deliver(&[history(15)]);
    stack.idle();
    let requests = stack.requests();
    assert_eq!(asked(&requests, "tracking", "dynamodb").values().sum::<u64>(), 2, "{requests}");
    let units_x1000 = requests["tracking"]["dynamodb:write_units_x1000"].as_u64().unwrap();
    assert!(units_x1000 <= 2000, "{requests}");
    assert_eq!(stack.facts(&story.shopify_number())["parcels"][0]["scans"].as_array().map(Vec::len), Some(15));
}

#[test]
fn a_door_asks_for_one_thing_between_knock_and_answer() {
    let stack = Stack::start();
    let story = Story::new(3);
    stack.deliver(&[story.event("shopify_orders_create"), story.event("easypost_in_transit")]);
    stack.idle();
    stack.forget_requests();
    stack.deliver(&[story.event("shopify_orders_paid"), story.event("easypost_delivered")]);
    let requests = stack.requests();
    for door in ["storefront_webhook", "carrier_webhook"] {
        let all: u64 = requests[door]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(what, _)| what.contains(':') && !what.contains("units"))
            .filter_map(|(_, count)| count.as_u64())
            .sum();
        assert_eq!(all, 1, "{door}: {requests}");
        assert_eq!(asked(&requests, door, "sqs").values().sum::<u64>(), 1, "{door}: {requests}");
    }
    stack.idle();
}

#[test]
fn functions_stay_small() {
    let stack = Stack::start();
    for n in 0..5 {
        stack.deliver(&Story::new(n).delivered());
    }
    stack.idle();
    let functions = stack.local("functions");
    for (name, function) in functions.as_object().unwrap() {
        // The budget is 16 MB for what is deployed; a build for debugging may be three times as large.
        let rss_kb = function["max_rss_kb"].as_u64().unwrap_or(0);
        assert!(rss_kb < 48 * 1024, "{name} holds {rss_kb} KB");
        assert_eq!(function["errors"], 0, "{name}: {function}");
        assert_eq!(function["restarts"], 0, "{name}: {function}");
    }
}

#[test]
fn a_letter_is_two_write_units_and_its_send_event_a_read_and_two_counts() {
    let stack = Stack::start_with(|settings| {
        // One channel, so that every write is one mail's.
        settings["letters"]["kinds"].as_table_mut().unwrap().clear();
    });
    let story = Story::new(5);
    stack.deliver(&story.delivered()[..2]);
    stack.deliver(&[story.event("easypost_in_transit")]);
    stack.idle();
    stack.forget_requests();
    stack.deliver(&[story.event("easypost_out_for_delivery")]);
    stack.idle();
    let requests = stack.requests();
    let notify = asked(&requests, "notify", "dynamodb");
    assert_eq!(notify.get("PutItem"), Some(&2), "a claim and its settlement: {notify:?}");
    assert_eq!(requests["notify"]["dynamodb:write_units_x1000"], 2000, "{requests}");
    // SES's own word reads the row, finds it settled, and counts: for the day's limit and for the breaker.
    let heard = asked(&requests, "mail_events", "dynamodb");
    assert_eq!(heard.get("GetItem"), Some(&1), "{heard:?}");
    // One more where it is quicker than notify's own settlement.
    assert!((2..=3).contains(&heard["UpdateItem"]), "{heard:?}");
}
