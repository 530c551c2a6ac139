//! The truth about a parcel, on the whole house: contradicted, silent, late, handed on, and told by two sources.

use house::{
    http, page,
    stack::Stack,
    story::{Story, Webhook},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::{Value as Json, json};

fn ago(hours: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(hours)
}

/// One scan, so many hours ago.
fn scan(hours_ago: i64, status: &str, sub: &str) -> Json {
    json!({"at": ago(hours_ago).to_string(), "status": status, "sub": sub, "text": format!("{status} {sub}"), "place": "Cardiff, GB"})
}

/// A report in our own format about one number, told so many hours ago.
fn report(number: &str, hours_ago: i64, scans: &[Json], more: &Json) -> Webhook {
    let mut data = json!({"carrier": "Royal Mail", "number": number, "updated_at": ago(hours_ago).to_string(), "scans": scans});
    for (name, value) in more.as_object().into_iter().flatten() {
        data[name] = value.clone();
    }
    let body = json!({"type": "parcel.reported", "timestamp": Timestamp::now().to_string(), "data": data});
    Webhook { door: "carrier", source: "standard", topic: String::new(), body: body.to_string() }
}

/// The order of a story in our own format, sent in one parcel whose label was made so many hours ago.
fn order(story: &Story, number: &str, label_hours_ago: i64, promised: Option<Date>) -> [Webhook; 2] {
    let placed = ago(label_hours_ago + 20).to_string();
    let described = story.event("standard_order_reported").edited(|json| {
        json["data"]["placed_at"] = placed.clone().into();
        json["data"]["updated_at"] = placed.clone().into();
        json["data"]["promised"] = promised.map_or(Json::Null, |day| day.to_string().into());
    });
    let sent = story.event("standard_fulfilment_reported").edited(|json| {
        json["data"]["created_at"] = ago(label_hours_ago).to_string().into();
        json["data"]["parcels"] = json!([{"carrier": "Royal Mail", "number": number}]);
    });
    [described, sent]
}

fn parcel(stack: &Stack, story: &Story) -> Json {
    let facts = stack.facts(&story.standard_number());
    assert_eq!(facts["parcels"].as_array().map(Vec::len), Some(1), "{facts}");
    facts["parcels"][0].clone()
}

/// Kinds of mail to the customer, one of each channel's pair.
fn kinds(stack: &Stack, story: &Story) -> Vec<String> {
    stack.kinds_to(&story.standard_email())
}

fn worklist(stack: &Stack) -> String {
    page::read(&http::send("GET", &format!("{}/console/demo", stack.url), &stack.staff(), &[]).expect(200).text())
}

#[test]
fn a_parcel_that_stands_still_is_told_once_and_closed_by_the_next_scan() {
    let stack = Stack::start();
    let story = Story::new(1);
    let number = "RN482130701GB";
    let moving = scan(24 * 25, "in_transit", "accepted");
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let promised = today.checked_add(jiff::Span::new().days(9)).ok();
    stack.deliver(&order(&story, number, 24 * 26, promised));
    stack.deliver(&[report(number, 24 * 25, std::slice::from_ref(&moving), &json!({}))]);
    stack.idle();
    stack.fire_all_due();
    stack.idle();
    // Abroad, 25 days without a scan: stuck after a week, and after twenty days likely lost, which is the graver word.
    assert_eq!(parcel(&stack, &story)["problem"]["code"], "presumed_lost");
    assert_eq!(parcel(&stack, &story)["problem"]["actor"], "merchant");
    assert!(worklist(&stack).contains(number));
    let told = kinds(&stack, &story);
    for trouble in ["stalled", "lost"] {
        assert_eq!(told.iter().filter(|kind| *kind == trouble).count(), 1, "once each: {told:?}");
    }
    stack.fire_all_due();
    stack.idle();
    assert_eq!(kinds(&stack, &story), told, "looked at twice, told once");
    let again = scan(2, "in_transit", "arrived");
    stack.deliver(&[report(number, 1, &[moving, again], &json!({}))]);
    stack.idle();
    assert!(parcel(&stack, &story)["problem"].is_null(), "{}", parcel(&stack, &story));
    assert!(!worklist(&stack).contains(number));
    let solved = kinds(&stack, &story);
    assert_eq!(solved.len() - told.len(), solved.iter().filter(|kind| *kind == "problem_solved").count(), "{solved:?}");
    assert!(solved.contains(&"problem_solved".to_owned()));
}

#[test]
fn a_delivery_that_is_taken_back_is_said_honestly() {
    let stack = Stack::start();
    let story = Story::new(2);
    let number = "RN482130702GB";
    let full = json!({"full_history": true});
    let (moving, arrived) = (scan(30, "in_transit", "arrived"), scan(10, "delivered", "at_door"));
    stack.deliver(&order(&story, number, 40, None));
    stack.deliver(&[report(number, 9, &[moving.clone(), arrived.clone()], &full)]);
    stack.idle();
    assert_eq!(parcel(&stack, &story)["status"], "delivered");
    stack.deliver(&[report(number, 5, std::slice::from_ref(&moving), &full)]);
    stack.idle();
    let now = parcel(&stack, &story);
    assert_eq!((now["status"].clone(), now["problem"]["code"].clone()), ("in_transit".into(), "delivery_retracted".into()));
    // The first message once more, late, does not bring the delivery back.
    stack.deliver(&[report(number, 9, &[moving.clone(), arrived.clone()], &full)]);
    stack.idle();
    assert_eq!(parcel(&stack, &story)["status"], "in_transit");
    stack.deliver(&[report(number, 1, &[moving, arrived], &full)]);
    stack.idle();
    let now = parcel(&stack, &story);
    assert_eq!((now["status"].clone(), now["problem"].clone()), ("delivered".into(), Json::Null));
    let told = kinds(&stack, &story);
    for kind in ["delivered", "delivery_problem", "problem_solved"] {
        assert_eq!(told.iter().filter(|told| *told == kind).count(), 1, "{told:?}");
    }
}

#[test]
fn a_new_day_is_told_once_with_its_reason() {
    let stack = Stack::start();
    let story = Story::new(3);
    let number = "RN482130703GB";
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |ahead: i64| today.checked_add(jiff::Span::new().days(ahead)).unwrap();
    stack.deliver(&order(&story, number, 40, Some(day(1))));
    let mut scans = vec![scan(30, "in_transit", "accepted")];
    stack.deliver(&[report(number, 29, &scans, &json!({"expected": day(1)}))]);
    stack.idle();
    assert_eq!(parcel(&stack, &story)["expected"], day(1).to_string());
    scans.push(scan(20, "exception", "delayed_weather"));
    stack.deliver(&[report(number, 19, &scans, &json!({"expected": day(3)}))]);
    stack.idle();
    assert!(parcel(&stack, &story)["expected"].is_null(), "in trouble, no day is honest");
    assert!(!kinds(&stack, &story).contains(&"new_day".to_owned()));
    scans.push(scan(10, "in_transit", "departed"));
    let moved = report(number, 9, &scans, &json!({"expected": day(3)}));
    stack.deliver(&[moved.clone(), moved]);
    stack.idle();
    let now = parcel(&stack, &story);
    assert_eq!((now["expected"].clone(), now["expected_first"].clone()), (day(3).to_string().into(), day(1).to_string().into()));
    let told = kinds(&stack, &story);
    assert_eq!(told.iter().filter(|kind| *kind == "new_day").count(), 1, "{told:?}");
    let letters = stack.messages_to(&story.standard_email());
    let letter = letters.iter().find(|message| message.kind() == "new_day").unwrap();
    assert!(letter.words().contains("weather"), "it says why: {}", letter.words());
}

#[test]
fn a_parcel_that_is_handed_on_stays_one_parcel() {
    for leg_first in [false, true] {
        let stack = Stack::start();
        let story = Story::new(4);
        let (number, leg) = ("RN482130704GB", "9205590164917312751104");
        let handed = scan(30, "in_transit", "handed_to_partner");
        let main = report(number, 29, &[handed], &json!({"full_history": true, "last_mile": {"carrier": "USPS", "number": leg}}));
        let mut last = report(leg, 4, &[scan(20, "out_for_delivery", "on_vehicle")], &json!({"full_history": true}));
        last = last.edited(|json| json["data"]["carrier"] = "USPS".into());
        stack.deliver(&order(&story, number, 40, None));
        let reports = if leg_first { [last.clone(), main] } else { [main, last.clone()] };
        for one in reports {
            stack.deliver(&[one]);
            stack.idle();
        }
        let now = parcel(&stack, &story);
        assert_eq!((now["status"].clone(), now["number"].clone()), ("out_for_delivery".into(), number.into()));
        assert_eq!(now["last_mile"]["number"], leg);
        let arrived = last.edited(|json| {
            json["data"]["updated_at"] = ago(1).to_string().into();
            json["data"]["scans"].as_array_mut().unwrap().push(scan(2, "delivered", "at_door"));
        });
        stack.deliver(&[arrived]);
        stack.idle();
        assert_eq!(parcel(&stack, &story)["status"], "delivered");
        assert_eq!(kinds(&stack, &story), ["delivered", "order_confirmed", "out_for_delivery", "shipped"]);
    }
}

#[test]
fn a_lane_that_is_known_says_when_to_expect_what_its_carrier_does_not() {
    let stack = Stack::start();
    let number = |n: u32| format!("RN4821400{n:02}GB");
    let orders = (0..30).flat_map(|n| order(&Story::new(40 + n), &number(n), 24 * 6, None));
    stack.deliver(&orders.collect::<Vec<_>>());
    stack.idle();
    let mut webhooks = Vec::new();
    // Thirty parcels that took three days each.
    for n in 0..30 {
        let scans = [scan(24 * 5, "in_transit", "accepted"), scan(24 * 2, "delivered", "at_door")];
        webhooks.push(report(&number(n), 24 * 2, &scans[..1], &json!({})));
        webhooks.push(report(&number(n), 24 * 2, &scans, &json!({})));
    }
    stack.deliver(&webhooks);
    stack.idle();
    // Processes know a lane for an hour; new ones read it again.
    stack.kill_function("tracking");
    let story = Story::new(80);
    stack.deliver(&order(&story, &number(80), 30, None));
    stack.deliver(&[report(&number(80), 3, &[scan(4, "in_transit", "accepted")], &json!({}))]);
    stack.idle();
    let now = parcel(&stack, &story);
    assert_eq!(now["expected_by"], "lane", "{now}");
    assert!(!kinds(&stack, &story).contains(&"new_day".to_owned()), "nobody is written to because of a guess");
}

#[test]
fn two_sources_of_one_parcel_tell_its_customer_once() {
    let stack = Stack::start();
    let story = Story::new(5);
    stack.deliver(&[story.event("shopify_orders_paid"), story.event("shopify_fulfillments_create")]);
    stack.deliver(&["easypost_in_transit", "easypost_out_for_delivery", "easypost_delivered"].map(|file| story.event(file)));
    stack.idle();
    let before = stack.facts(&story.shopify_number())["parcels"][0]["scans"].as_array().map(Vec::len);
    let told = stack.kinds_to(&story.shopify_email());
    // The same scans by another aggregator, each a few minutes off.
    let facts = stack.facts(&story.shopify_number());
    let scans: Vec<Json> = facts["parcels"][0]["scans"].as_array().unwrap().iter().map(|scan| {
        let at: Timestamp = scan["at"].as_str().unwrap().parse().unwrap();
        json!({"at": (at + SignedDuration::from_mins(7)).to_string(), "status": scan["status"], "sub": scan["sub"], "place": scan["place"]})
    }).collect();
    let second = report(&story.ups(), 1, &scans, &json!({"carrier": "UPS"}));
    stack.deliver(&[second]);
    stack.idle();
    let facts = stack.facts(&story.shopify_number());
    assert_eq!(facts["parcels"][0]["scans"].as_array().map(Vec::len), before, "each scan is shown once: {facts}");
    assert_eq!(stack.kinds_to(&story.shopify_email()), told);
}

#[test]
fn an_order_that_is_not_packed_in_time_is_on_the_shops_list_until_it_is() {
    let stack = Stack::start();
    let story = Story::new(6);
    let [described, sent] = order(&story, "RN482130706GB", 24 * 9, None);
    stack.deliver(&[described]);
    stack.idle();
    assert!(!worklist(&stack).contains(&story.standard_number()));
    stack.fire_all_due();
    stack.idle();
    assert!(worklist(&stack).contains(&story.standard_number()), "{}", worklist(&stack));
    assert_eq!(kinds(&stack, &story), ["order_confirmed"], "its customer hears nothing of it");
    stack.deliver(&[sent]);
    stack.idle();
    assert!(!worklist(&stack).contains(&story.standard_number()), "{}", worklist(&stack));
    stack.fire_all_due();
    stack.idle();
}

#[test]
fn bad_input_ends_somewhere_and_stops_nothing() {
    let stack = Stack::start();
    let story = Story::new(7);
    let number = "RN482130707GB";
    stack.deliver(&order(&story, number, 40, None));
    let bad = |edit: &dyn Fn(&mut Json)| {
        report(number, 5, &[scan(6, "in_transit", "arrived")], &json!({})).edited(|json| edit(&mut json["data"]))
    };
    let status = |webhook: &Webhook| stack.knock(webhook).status;
    let refused: [&dyn Fn(&mut Json); 4] = [
        &|data| data["scans"][0]["at"] = Json::Null,
        &|data| data["scans"][0]["at"] = "2026-13-45T99:00:00Z".into(),
        &|data| data["scans"][0]["status"] = "teleported".into(),
        &|data| data["number"] = "#".into(),
    ];
    for edit in refused {
        assert_eq!(status(&bad(edit)), 422);
    }
    let taken: [&dyn Fn(&mut Json); 3] = [
        &|data| data["scans"][0]["text"] = "x".repeat(100_000).into(),
        &|data| data["scans"][0]["at"] = (Timestamp::now() + SignedDuration::from_hours(24 * 40)).to_string().into(),
        &|data| data["carrier"] = "Nobody Ever Heard Of Express".into(),
    ];
    for edit in taken {
        assert_eq!(status(&bad(edit)), 200);
    }
    stack.idle();
    let now = parcel(&stack, &story);
    assert_eq!(now["status"], "in_transit", "{now}");
    assert!(now["scans"].as_array().unwrap().iter().all(|scan| scan["text"].as_str().unwrap_or_default().len() <= 200));
    // A parcel that a second order names too stays with the first; both pages show it.
    let other = Story::new(8);
    stack.deliver(&order(&other, number, 30, None));
    stack.idle();
    assert_eq!(parcel(&stack, &other)["status"], "in_transit");
    stack.deliver(&[report(number, 1, &[scan(2, "out_for_delivery", "on_vehicle")], &json!({}))]);
    stack.idle();
    assert!(kinds(&stack, &story).contains(&"out_for_delivery".to_owned()));
    assert_eq!(kinds(&stack, &other), ["order_confirmed"], "one parcel, one set of messages");
}

/// Recorded histories of real parcels, from the folder beside the repository when it is there: each goes through door, queue
/// and page, and the page says what its source says.
#[test]
fn recorded_histories_of_real_parcels_reach_the_page() {
    let folder = house::repository::root().join("../shared/payloads");
    let stack = Stack::start();
    let mut played = 0;
    for (n, (source, file, number_at, status)) in [
        ("easypost", "tracker_updated_in_transit.signed.json", "/result/tracking_code", "in_transit"),
        ("easypost", "tracker_delivered_signed.derived.json", "/result/tracking_code", "delivered"),
        ("easypost", "tracker_return_to_sender.derived.json", "/result/tracking_code", "returning"),
        ("easypost", "tracker_cancelled.derived.json", "/result/tracking_code", "cancelled"),
        ("shippo", "track_updated_docs.json", "/data/tracking_number", ""),
        ("shippo", "track_updated_pickup_available.derived.json", "/data/tracking_number", "available_for_pickup"),
        ("shippo", "track_updated_returned.derived.json", "/data/tracking_number", "returning"),
    ]
    .into_iter()
    .enumerate()
    {
        let Ok(body) = std::fs::read_to_string(folder.join(source).join(file)) else { continue };
        let mut json: Json = serde_json::from_str(&body).unwrap();
        // A number of its own for each file: several tell of the same one.
        let own = format!("79483016{n:04}");
        *json.pointer_mut(number_at).unwrap_or_else(|| panic!("{file} has no number")) = own.clone().into();
        let carrier =
            json.pointer("/result/carrier").or(json.pointer("/data/carrier")).and_then(Json::as_str).unwrap_or("ups").to_owned();
        let oldest = oldest_scan(&json).unwrap_or_else(Timestamp::now);
        let story = Story::new(20 + u32::try_from(n).unwrap());
        let [described, sent] = order(&story, &own, 40, None);
        let sent = sent.edited(|json| {
            json["data"]["created_at"] = oldest.to_string().into();
            json["data"]["parcels"][0]["carrier"] = carrier.into();
        });
        stack.deliver(&[described, sent]);
        let webhook = Webhook { door: "carrier", source, topic: String::new(), body: json.to_string() };
        stack.deliver(&[webhook.clone(), webhook]);
        stack.idle();
        let now = parcel(&stack, &story);
        assert!(status.is_empty() || now["status"] == status, "{source}/{file}: {now}");
        assert!(!now["scans"].as_array().unwrap().is_empty(), "{source}/{file}: {now}");
        let _page = stack.page(&stack.link(&story.standard_number()));
        played += 1;
    }
    assert!(played == 7 || !folder.exists(), "{played} of 7 histories were played");
}

fn oldest_scan(json: &Json) -> Option<Timestamp> {
    let history = json.pointer("/result/tracking_details").or(json.pointer("/data/tracking_history"))?.as_array()?;
    let at = |scan: &Json| {
        let text = scan.get("datetime").or(scan.get("status_date"))?.as_str()?.to_owned();
        text.parse::<Timestamp>().ok()
    };
    history.iter().filter_map(at).min()
}
