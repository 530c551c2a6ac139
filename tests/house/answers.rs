//! What customers answer to trouble: asked on the page, seen to by a person in the console, told on the page again.

use house::{
    http::{self, Answer},
    page,
    page::Form,
    stack::Stack,
    story::Story,
};
use serde_json::{Value as Json, json};

/// A parcel that nobody was there to take.
fn attempted(story: &Story) -> Stack {
    let stack = Stack::start();
    let files = [
        "shopify_orders_paid",
        "shopify_fulfillments_create_second",
        "shopify_fulfillments_update",
        "shippo_in_transit",
        "shippo_delivery_attempted",
    ];
    stack.deliver(&files.map(|file| story.event(file)));
    stack.idle();
    stack
}

/// The forms of an order's page that answer something.
fn forms(stack: &Stack, number: &str) -> Vec<Form> {
    let html = stack.page(&stack.link(number));
    page::forms(&html).into_iter().filter(|form| form.action.ends_with("/answers") && form.method == "post").collect()
}

#[track_caller]
fn form(stack: &Stack, number: &str) -> Form {
    let mut forms = forms(stack, number);
    assert_eq!(forms.len(), 1, "{forms:#?}");
    forms.remove(0)
}

fn post(stack: &Stack, form: &Form) -> Answer {
    http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields)
}

/// Sends a form and looks where it leads.
#[track_caller]
fn send(stack: &Stack, form: &Form) -> String {
    let answer = post(stack, form).expect(303);
    let location = answer.header("location");
    assert!(location.contains("?answered=") && location.ends_with("#answers"), "{location}");
    stack.page(&format!("{}{}", stack.url, location.split('#').next().unwrap()))
}

fn shown(stack: &Stack, number: &str) -> String {
    page::read(&stack.page(&stack.link(number)))
}

fn answers(stack: &Stack, number: &str) -> Vec<Json> {
    stack.facts(number)["answers"].as_array().cloned().unwrap()
}

fn console(stack: &Stack) -> String {
    http::send("GET", &format!("{}/console/demo", stack.url), &stack.staff(), &[]).expect(200).text()
}

/// The button "Done" of every answer on the console.
fn dones(html: &str) -> Vec<Form> {
    page::forms(html).into_iter().filter(|form| form.action == "/console/demo/answers").collect()
}

#[track_caller]
fn done(stack: &Stack) {
    let mut dones = dones(&console(stack));
    assert_eq!(dones.len(), 1);
    let form = dones.remove(0);
    let url = format!("{}{}", stack.url, form.action);
    // The button was pressed twice.
    for _ in 0..2 {
        let answer = http::post_form(&url, &stack.staff(), &form.fields).expect(303);
        assert_eq!(answer.header("location"), "/console/demo?done=answer#orders");
    }
    stack.idle();
}

/// The ready texts of the console.
fn ready_texts(html: &str) -> Vec<String> {
    page::tags(html)
        .into_iter()
        .filter(|tag| tag.name == "textarea" && tag.get("readonly").is_some())
        .map(|tag| tag.text)
        .collect()
}

#[test]
fn another_day_is_asked_for_seen_to_and_told() {
    let story = Story::new(1);
    let number = story.shopify_number();
    let stack = attempted(&story);
    let offered = form(&stack, &number);
    let wishes = ["another_day", "corrected_address", "neighbour", "pickup_point"].map(str::to_owned).to_vec();
    assert!(offered.choices.contains(&("wish".to_owned(), wishes)), "{:?}", offered.choices);
    let days = &offered.choices.iter().find(|(name, _)| name == "day").unwrap().1;
    assert_eq!(days.len(), 15, "an empty one and two weeks: {days:?}");
    let day = days[3].clone();
    let filled = offered.set("wish", "another_day").set("day", &day);
    let waiting = page::read(&send(&stack, &filled));
    assert!(waiting.contains("We have your answer."), "{waiting}");
    // Sent once more: while the desk works, and after.
    let _again = send(&stack, &filled);
    stack.idle();
    let told = page::read(&send(&stack, &filled));
    assert!(told.contains("A person sees to it."), "{told}");
    stack.idle();
    let made = answers(&stack, &number);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!((made[0]["wish"].clone(), made[0]["parcel"]["number"].clone()), (json!("another_day"), json!(story.usps())));
    assert!(made[0]["done_at"].is_null() && made[0]["id"].as_str().unwrap().starts_with('a'));
    let page_says = shown(&stack, &number);
    assert!(page_says.contains("You asked for another delivery day on"), "{page_says}");
    assert!(page_says.contains("Demo Outdoor has not seen to it yet."), "{page_says}");
    assert!(page_says.contains("Who must act: Demo Outdoor."), "{page_says}");
    // The same form with another choice is not taken for it.
    assert_eq!(post(&stack, &filled.forced("wish", "neighbour").forced("neighbour", "Ms Lee")).status, 409);

    let html = console(&stack);
    let staff_read = page::read(&html);
    for part in ["Orders to see to", "Another delivery day", &number, &story.usps()] {
        assert!(staff_read.contains(part), "{part}: {staff_read}");
    }
    let texts = ready_texts(&html);
    assert!(texts.len() == 1 && texts[0].contains(&story.usps()) && texts[0].contains("Please deliver"), "{texts:?}");
    assert!(html.contains(&format!("https://tools.usps.com/go/TrackConfirmAction?tLabels={}", story.usps())));
    done(&stack);
    assert!(dones(&console(&stack)).is_empty(), "{}", page::read(&console(&stack)));
    let page_says = shown(&stack, &number);
    assert!(page_says.contains("Demo Outdoor has seen to it on"), "{page_says}");
    assert!(page_says.contains("Demo Outdoor has seen to it: another delivery day"), "the history has it too: {page_says}");
    assert!(answers(&stack, &number)[0]["done_at"].is_string());
    // Something else may be asked for, with a form of its own.
    let next = form(&stack, &number).set("wish", "neighbour").set("neighbour", "Ms Lee, flat 4");
    let _sent = send(&stack, &next);
    stack.idle();
    assert_eq!(answers(&stack, &number).len(), 2);
    assert!(!shown(&stack, &number).contains("Ms Lee") && !stack.facts(&number).to_string().contains("Ms Lee"));
    assert!(page::read(&console(&stack)).contains("Ms Lee, flat 4"));
}

#[test]
fn a_parcel_that_is_said_to_be_delivered_and_is_not_there_is_in_dispute_until_a_person_settles_it() {
    let story = Story::new(2);
    let number = story.shopify_number();
    let stack = Stack::start();
    stack.deliver(&story.delivered());
    stack.idle();
    let html = stack.page(&stack.link(&number));
    let (before, _) = html.split_once("value=\"not_received\"").unwrap();
    let (_, folded) = before.rsplit_once("<details").unwrap();
    assert!(folded.contains("Please try this first") && !folded.starts_with(" open"), "the checklist comes first: {folded}");
    let _sent = send(&stack, &form(&stack, &number).set("note", "Asked both neighbours."));
    stack.idle();
    let problem = stack.facts(&number)["parcels"][0]["problem"].clone();
    assert_eq!((problem["code"].clone(), problem["actor"].clone()), (json!("disputed"), json!("merchant")), "{problem}");
    let page_says = shown(&stack, &number);
    assert!(page_says.contains("Who must act: Demo Outdoor") && page_says.contains("UPS says: Delivered"), "{page_says}");
    assert!(forms(&stack, &number).is_empty(), "it is being looked for");
    let staff_read = page::read(&console(&stack));
    for part in ["Its customer says that it did not arrive", "The customer says that it did not arrive", "Asked both neighbours."]
    {
        assert!(staff_read.contains(part), "{part}: {staff_read}");
    }
    assert!(ready_texts(&console(&stack))[0].contains("proof of delivery"));
    done(&stack);
    let facts = stack.facts(&number);
    assert!(facts["parcels"][0]["problem"].is_null(), "{facts}");
    let episodes = facts["parcels"][0]["episodes"].as_array().unwrap();
    assert!(episodes.iter().any(|one| one["code"] == "disputed" && one["closed_at"].is_string()), "{episodes:?}");
    assert!(shown(&stack, &number).contains("Missed by you from"));
    assert!(!page::read(&console(&stack)).contains("did not arrive"));
    // It may turn out to be missing after all.
    assert_eq!(forms(&stack, &number).len(), 1);
}

#[test]
fn an_address_is_corrected_before_dispatch_and_shown() {
    let story = Story::new(3);
    let number = story.shopify_number();
    let stack = Stack::start();
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    let offered = form(&stack, &number);
    let before = stack.facts(&number)["address"].clone();
    assert_eq!(offered.value("street"), before["street"].as_str(), "what is known is filled in");
    // Wrong in two fields: said at each, and nothing typed is lost.
    let wrong = offered.clone().set("street", "").set("country", "USA").set("city", "Santa Cruz");
    let answer = post(&stack, &wrong).expect(422).text();
    let again = page::forms(&answer).into_iter().find(|form| form.action.ends_with("/answers")).unwrap();
    assert_eq!((again.value("city"), again.value("street"), again.value("country")), (Some("Santa Cruz"), Some(""), Some("USA")));
    let marked = page::tags(&answer).iter().filter(|tag| tag.get("aria-invalid").is_some()).count();
    assert!(marked == 2 && answer.contains("role=\"alert\""), "{marked}");
    let corrected = again.set("street", "7 Pier Lane").set("country", "us");
    let _sent = send(&stack, &corrected);
    stack.idle();
    let after = stack.facts(&number)["address"].clone();
    assert_eq!((after["street"].clone(), after["city"].clone()), (json!("7 Pier Lane"), json!("Santa Cruz")));
    let page_says = shown(&stack, &number);
    assert!(page_says.contains("7 Pier Lane") && page_says.contains("You asked for delivery to a corrected address on"));
    let texts = ready_texts(&console(&stack));
    assert!(texts.len() == 1 && texts[0].contains("7 Pier Lane") && texts[0].contains(&number), "{texts:?}");
    done(&stack);
    // Once it is packed it is too late for this form.
    let late = form(&stack, &number).set("street", "8 Pier Lane");
    stack.deliver(&[story.event("shopify_fulfillments_create"), story.event("shopify_fulfillments_create_second")]);
    stack.idle();
    assert_eq!(post(&stack, &late).status, 409);
    stack.idle();
    assert_eq!(answers(&stack, &number).len(), 1);
}

#[test]
fn looking_asks_for_nothing() {
    let story = Story::new(4);
    let number = story.shopify_number();
    let stack = attempted(&story);
    let filled = form(&stack, &number).set("wish", "neighbour").set("neighbour", "Ms Lee");
    let query: Vec<String> = filled.fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let link = stack.link(&number);
    for method in ["GET", "HEAD"] {
        for url in [format!("{link}/answers?{}", query.join("&")), format!("{link}?answered={}", filled.value("nonce").unwrap())]
        {
            let looked = http::send(method, &url, &[], &[]);
            assert!(looked.status < 500, "{method} {url}: {}", looked.status);
        }
    }
    stack.idle();
    assert!(answers(&stack, &number).is_empty() && dones(&console(&stack)).is_empty());
}

#[test]
fn a_form_of_another_page_or_site_is_refused() {
    let (story, other) = (Story::new(5), Story::new(6));
    let stack = attempted(&story);
    stack.deliver(&other.delivered());
    stack.idle();
    let mine = form(&stack, &story.shopify_number()).set("wish", "another_day");
    let day = mine.choices.iter().find(|(name, _)| name == "day").unwrap().1[1].clone();
    let mine = mine.set("day", &day);
    let theirs = form(&stack, &other.shopify_number());
    let post_with = |form: &Form, header: (&str, &str)| {
        let headers = [(header.0.to_owned(), header.1.to_owned())];
        http::post_form(&format!("{}{}", stack.url, form.action), &headers, &form.fields).status
    };
    assert_eq!(post_with(&mine, ("sec-fetch-site", "cross-site")), 403);
    assert_eq!(post_with(&mine, ("origin", "https://evil.example")), 403);
    let foreign = mine.clone().forced("nonce", theirs.value("nonce").unwrap());
    assert_eq!(post(&stack, &foreign).status, 403, "a nonce of another order");
    // The nonce of an answer asks for no return, and the other way round.
    let html = stack.page(&stack.link(&other.shopify_number()));
    let return_form = page::forms(&html).into_iter().find(|form| form.action.ends_with("/returns")).unwrap();
    assert_eq!(post(&stack, &theirs.clone().forced("nonce", return_form.value("nonce").unwrap())).status, 403);
    assert_eq!(post(&stack, &return_form.forced("nonce", theirs.value("nonce").unwrap())).status, 403);
    // Nor can one be seen to without the console's key, or from elsewhere.
    let _sent = send(&stack, &mine);
    stack.idle();
    let seen = dones(&console(&stack)).remove(0);
    let url = format!("{}{}", stack.url, seen.action);
    let elsewhere: Vec<_> = stack.staff().into_iter().chain([("sec-fetch-site".to_owned(), "cross-site".to_owned())]).collect();
    assert_eq!(http::post_form(&url, &[], &seen.fields).status, 401);
    assert_eq!(http::post_form(&url, &elsewhere, &seen.fields).status, 403);
    assert_eq!(http::post_form(&url, &stack.staff(), &seen.forced("nonce", "x").fields).status, 403);
    stack.idle();
    assert_eq!(dones(&console(&stack)).len(), 1);
    assert!(answers(&stack, &other.shopify_number()).is_empty());
}

#[test]
fn a_hostile_note_is_harmless() {
    let story = Story::new(7);
    let number = story.shopify_number();
    let stack = attempted(&story);
    let offered = form(&stack, &number).set("wish", "pickup_point");
    // Ten thousand characters are too many; they are given back to be shortened.
    let long = offered.clone().set("pickup_point", &"<i>x</i>\u{202e} ".repeat(1000)[..9000]);
    let answer = post(&stack, &long);
    assert!([413, 422].contains(&answer.status), "{}", answer.status);
    let plain = offered.clone().set("pickup_point", &"long ".repeat(2000));
    let answer = post(&stack, &plain).expect(422).text();
    let again = page::forms(&answer).into_iter().find(|form| form.action.ends_with("/answers")).unwrap();
    assert!(again.value("pickup_point").unwrap().chars().count() > 9000, "nothing typed is lost");

    let note =
        "</textarea><script>alert(1)</script>\r\nBcc: everybody@example.com\r\n\u{202e}ecroF\u{0} <img src=x onerror=alert(1)>";
    let _sent = send(&stack, &offered.set("pickup_point", note));
    stack.idle();
    let html = console(&stack);
    for harm in ["<script", "<img", "\u{202e}", "\u{0}", "\r"] {
        assert!(!html.contains(harm), "{harm:?} is in {html}");
    }
    let texts = ready_texts(&html);
    assert!(texts[0].contains("</textarea><script>alert(1)</script>\nBcc: everybody@example.com\necroF"), "{texts:?}");
    let whole = format!("{}{}", stack.page(&stack.link(&number)), stack.facts(&number));
    for private in ["alert(1)", "everybody@example.com", "ecroF"] {
        assert!(!whole.contains(private), "{private} is in {whole}");
        assert!(!stack.whole_logs().contains(private), "a log has {private}");
        let told = stack.messages().iter().any(|message| format!("{message:?}").contains(private));
        assert!(!told, "a message tells {private}");
    }
}
