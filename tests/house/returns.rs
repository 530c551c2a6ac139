//! Returns: asked for in the page's own form, judged by policy or by a person, told by page and mail.

use house::{
    http, page,
    page::Form,
    repository,
    stack::Stack,
    story::{Story, Webhook},
};
use serde_json::{Value as Json, json};

/// The lines of the recorded Shopify order.
const BOOTS: &str = "7829015736205160449";
const CAP: &str = "7829015736205225987";
const SOCKS: &str = "7829015736205193219";

/// The return form of an order's page, if the page offers one.
fn form(stack: &Stack, number: &str) -> Option<Form> {
    let html = stack.page(&stack.link(number));
    page::forms(&html).into_iter().find(|form| form.action.ends_with("/returns") && form.method == "post")
}

fn fill(form: Form, line: &str, reason: &str, outcome: &str) -> Form {
    form.set(&format!("q.{line}"), "1").set(&format!("r.{line}"), reason).set("outcome", outcome)
}

/// Sends a form and looks where it leads.
fn send(stack: &Stack, form: &Form) -> String {
    let answer = http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields).expect(303);
    stack.page(&format!("{}{}", stack.url, answer.header("location").split('#').next().unwrap()))
}

fn returns(stack: &Stack, number: &str) -> Vec<Json> {
    stack.facts(number)["returns"].as_array().cloned().unwrap_or_default()
}

/// A story whose boots are delivered, with the cap sold as final by the demo shop's own policy.
fn delivered(story: &Story) -> Vec<Webhook> {
    let policy: toml::Table = repository::text("infra/shops/demo.toml").parse().unwrap();
    let final_sale = policy["returns"]["final_sale_skus"][0].as_str().unwrap().to_owned();
    let mut webhooks = story.delivered();
    webhooks[0] = webhooks[0].clone().with("CAP-FALL-FS", &final_sale);
    webhooks
}

fn started(story: &Story) -> Stack {
    let stack = Stack::start();
    stack.deliver(&delivered(story));
    stack.idle();
    stack
}

#[test]
fn a_return_within_the_policy_is_approved_at_once_and_its_pieces_are_reserved() {
    let story = Story::new(1);
    let number = story.shopify_number();
    let stack = started(&story);
    let form = form(&stack, &number).unwrap();
    let filled = fill(form.clone(), BOOTS, "too_small", "refund").set("note", "They pinch.");
    let shown = page::read(&send(&stack, &filled));
    assert!(shown.contains("return") || shown.contains("request"), "{shown}");
    stack.idle();
    let made = returns(&stack, &number);
    assert_eq!(made.len(), 1);
    assert_eq!((made[0]["state"].clone(), made[0]["outcome"].clone()), (json!("approved"), json!("refund")));
    assert!(stack.kinds_to(&story.shopify_email()).contains(&"return_approved".to_owned()));
    let mail = stack.messages_to(&story.shopify_email()).into_iter().find(|mail| mail.kind() == "return_approved").unwrap();
    assert!(mail.words().contains("Ridge Walker Boots") && mail.words().contains("12 Harbour Road"), "{}", mail.words());
    let shown = page::read(&stack.page(&stack.link(&number)));
    assert!(shown.contains("They pinch.") && shown.contains("12 Harbour Road"), "the page says what happens next: {shown}");
    // The same form once more is the same return, and the boots cannot be sent back twice.
    let _again = send(&stack, &filled);
    stack.idle();
    assert_eq!(returns(&stack, &number).len(), 1);
    let offers = self::form(&stack, &number);
    assert!(
        offers.is_none_or(|form| !form.choices.iter().any(|(name, _)| name == &format!("q.{BOOTS}"))),
        "the boots are not offered again"
    );
}

#[test]
fn what_is_sold_as_final_is_declined_even_if_the_form_is_forged() {
    let story = Story::new(2);
    let number = story.shopify_number();
    let stack = started(&story);
    let form = form(&stack, &number).unwrap();
    assert!(!form.choices.iter().any(|(name, _)| name == &format!("q.{CAP}")), "the page does not offer it");
    let forged = form.forced(&format!("q.{CAP}"), "1").forced(&format!("r.{CAP}"), "changed_mind").set("outcome", "refund");
    let _shown = send(&stack, &forged);
    stack.idle();
    let made = returns(&stack, &number);
    assert_eq!(made[0]["state"], "declined");
    assert!(made[0]["reasons"][0].as_str().is_some_and(|why| why.contains("Trail Cap")), "the reason is in words: {made:?}");
    let mail = stack.messages_to(&story.shopify_email()).into_iter().find(|mail| mail.kind() == "return_declined").unwrap();
    assert!(mail.words().contains("Trail Cap"), "{}", mail.words());
    assert!(self::form(&stack, &number).is_some(), "nothing is reserved: the boots can still be returned");
}

#[test]
fn more_than_was_bought_and_what_has_not_arrived_are_declined() {
    let story = Story::new(3);
    let number = story.shopify_number();
    let stack = started(&story);
    let forged = form(&stack, &number).unwrap().forced(&format!("q.{BOOTS}"), "2").forced(&format!("r.{BOOTS}"), "other");
    let forged = forged.forced(&format!("q.{SOCKS}"), "1").forced(&format!("r.{SOCKS}"), "other").set("outcome", "exchange");
    let _shown = send(&stack, &forged);
    stack.idle();
    let made = returns(&stack, &number);
    assert_eq!(made[0]["state"], "declined");
    assert_eq!(made[0]["reasons"].as_array().unwrap().len(), 2, "everything wrong is named: {made:?}");
}

#[test]
fn a_window_that_is_over_is_declined_with_its_last_day() {
    let story = Story::ending_days_ago(4, 60);
    let number = story.shopify_number();
    let stack = started(&story);
    let offered = form(&stack, &number).is_some_and(|form| form.choices.iter().any(|(name, _)| name == &format!("q.{BOOTS}")));
    assert!(!offered, "the page does not offer what the policy will not take");
    let shown = page::read(&stack.page(&stack.link(&number)));
    assert!(shown.contains("Ridge Walker Boots"), "{shown}");
    // Somebody with an old tab: the desk judges for itself.
    let order = stack.messages_to(&story.shopify_email())[0].tag("order").to_owned();
    let asked = json!({
        "type": "return.requested.v1", "shop": "demo", "order": order,
        "request": {
            "id": "abcdefgh", "lines": [{"line": BOOTS, "quantity": 1, "reason": "changed_mind"}], "outcome": "refund",
            "requested_at": jiff::Timestamp::now().to_string(),
        },
    });
    stack.put("returns", &asked.to_string());
    stack.idle();
    let made = returns(&stack, &number);
    assert_eq!(made[0]["state"], "declined");
    let why = made[0]["reasons"][0].as_str().unwrap();
    assert!(why.chars().any(|c| c.is_ascii_digit()), "it names the last day: {why}");
    assert!(stack.kinds_to(&story.shopify_email()).contains(&"return_declined".to_owned()));
}

#[test]
fn an_incomplete_form_is_shown_again_and_asks_nobody() {
    let story = Story::new(5);
    let number = story.shopify_number();
    let stack = started(&story);
    let form =
        form(&stack, &number).unwrap().set(&format!("q.{BOOTS}"), "1").set("outcome", "refund").set("note", "kept as typed");
    let answer = http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields).expect(422);
    assert!(answer.text().contains("kept as typed") && answer.text().contains("role=\"alert\""), "{}", answer.text());
    stack.idle();
    assert!(returns(&stack, &number).is_empty());
}

#[test]
fn a_form_of_another_page_or_site_is_refused() {
    let (story, other) = (Story::new(6), Story::new(7));
    let stack = started(&story);
    stack.deliver(&delivered(&other));
    stack.idle();
    let mine = fill(form(&stack, &story.shopify_number()).unwrap(), BOOTS, "other", "refund");
    let theirs = fill(form(&stack, &other.shopify_number()).unwrap(), BOOTS, "other", "refund");
    let post = |action: &str, headers: &[(&str, &str)], fields: &[(String, String)]| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        http::post_form(&format!("{}{action}", stack.url), &headers, fields).status
    };
    assert!(post(&mine.action, &[], &theirs.fields) >= 400, "a nonce of another order");
    assert!(post(&mine.action, &[("sec-fetch-site", "cross-site")], &mine.fields) >= 400, "a form of another site");
    stack.idle();
    assert!(returns(&stack, &story.shopify_number()).is_empty() && returns(&stack, &other.shopify_number()).is_empty());
}

#[test]
fn two_tabs_cannot_send_back_one_pair_of_boots_twice() {
    let story = Story::new(8);
    let number = story.shopify_number();
    let stack = started(&story);
    let order = stack.messages_to(&story.shopify_email())[0].tag("order").to_owned();
    for id in ["aaaaaaaa", "bbbbbbbb", "cccccccc"] {
        let asked = json!({
            "type": "return.requested.v1", "shop": "demo", "order": order,
            "request": {
                "id": id, "lines": [{"line": BOOTS, "quantity": 1, "reason": "other"}], "outcome": "refund",
                "requested_at": jiff::Timestamp::now().to_string(),
            },
        });
        // Each twice: a queue delivers at least once.
        stack.put("returns", &asked.to_string());
        stack.put("returns", &asked.to_string());
    }
    stack.idle();
    let made = returns(&stack, &number);
    let states: Vec<_> = made.iter().map(|made| made["state"].as_str().unwrap()).collect();
    assert_eq!(states.len(), 3, "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == "approved").count(), 1, "{states:?}");
    let kinds = stack.kinds_to(&story.shopify_email());
    assert_eq!(kinds.iter().filter(|kind| *kind == "return_declined").count(), 2, "{kinds:?}");
}
