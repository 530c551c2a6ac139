//! The console: locked, and the place where a person answers a held return.

use house::{
    http, page,
    page::Form,
    stack::{Message, Stack},
    story::Story,
};

const BOOTS: &str = "7829015736205160449";

/// A house in which the return of a damaged pair of boots waits for a person.
fn held(story: &Story) -> Stack {
    let stack = Stack::start();
    stack.deliver(&story.delivered());
    stack.idle();
    let html = stack.page(&stack.link(&story.shopify_number()));
    let form = page::forms(&html).into_iter().find(|form| form.action.ends_with("/returns")).unwrap();
    let form = form.set(&format!("q.{BOOTS}"), "1").set(&format!("r.{BOOTS}"), "damaged").set("outcome", "exchange");
    let _asked = http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields).expect(303);
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["returns"][0]["state"], "held");
    assert!(stack.kinds_to(&story.shopify_email()).contains(&"return_received".to_owned()));
    stack
}

fn console(stack: &Stack) -> String {
    http::send("GET", &format!("{}/console/demo", stack.url), &stack.staff(), &[]).expect(200).text()
}

fn form(html: &str, answer: &str) -> Form {
    let forms = page::forms(html).into_iter();
    let mut forms = forms.filter(|form| form.action.ends_with("/returns"));
    forms
        .find(|form| form.buttons.iter().any(|(name, value)| name == "answer" && value == answer))
        .unwrap()
        .forced("answer", answer)
}

fn mail(stack: &Stack, story: &Story, kind: &str) -> Option<Message> {
    stack.messages_to(&story.shopify_email()).into_iter().find(|mail| mail.kind() == kind)
}

#[test]
fn a_held_return_is_approved_by_a_person() {
    let story = Story::new(1);
    let stack = held(&story);
    let html = console(&stack);
    let shown = page::read(&html);
    assert!(shown.contains(&story.shopify_number()) && shown.contains("Ridge Walker Boots"), "{shown}");
    let approve = form(&html, "approve");
    let url = format!("{}{}", stack.url, approve.action);
    let answer = http::post_form(&url, &stack.staff(), &approve.fields);
    assert!([200, 303].contains(&answer.status), "{}: {}", answer.status, answer.text());
    // The button was pressed twice.
    let _again = http::post_form(&url, &stack.staff(), &approve.fields);
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["returns"][0]["state"], "approved");
    assert!(mail(&stack, &story, "return_approved").is_some());
    assert_eq!(stack.kinds_to(&story.shopify_email()).iter().filter(|kind| *kind == "return_approved").count(), 1);
    assert!(!page::read(&console(&stack)).contains(&story.shopify_number()), "it left the list");
}

#[test]
fn a_held_return_is_declined_in_a_persons_words() {
    let story = Story::new(2);
    let stack = held(&story);
    let decline = form(&console(&stack), "decline").set("why", "The soles are worn <b>through</b>.");
    let _done = http::post_form(&format!("{}{}", stack.url, decline.action), &stack.staff(), &decline.fields);
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["returns"][0]["state"], "declined");
    let mail = mail(&stack, &story, "return_declined").unwrap();
    assert!(mail.words().contains("The soles are worn"), "{}", mail.words());
    assert!(!mail.html.as_deref().unwrap().contains("<b>through</b>"), "words of people are never markup");
    let html = stack.page(&stack.link(&story.shopify_number()));
    assert!(page::read(&html).contains("The soles are worn") && !html.contains("<b>through</b>"));
    // What was reserved is free again.
    assert!(page::forms(&html).iter().any(|form| form.choices.iter().any(|(name, _)| name == &format!("q.{BOOTS}"))));
}

#[test]
fn the_console_is_locked() {
    let story = Story::new(3);
    let stack = held(&story);
    let approve = form(&console(&stack), "approve");
    let (list, answers) = (format!("{}/console/demo", stack.url), format!("{}{}", stack.url, approve.action));
    let wrong = vec![("authorization".to_owned(), "Basic c3RhZmY6d3Jvbmc=".to_owned())];
    for headers in [Vec::new(), wrong] {
        let answer = http::send("GET", &list, &headers, &[]).expect(401);
        assert!(answer.header("www-authenticate").starts_with("Basic") && !answer.text().contains("Ridge Walker"));
        assert_eq!(http::post_form(&answers, &headers, &approve.fields).status, 401);
    }
    let other_shop = http::send("GET", &format!("{}/console/other", stack.url), &stack.staff(), &[]);
    assert!([401, 403, 404].contains(&other_shop.status), "a key opens its own shop only: {}", other_shop.status);
    let foreign: Vec<_> = stack.staff().into_iter().chain([("sec-fetch-site".to_owned(), "cross-site".to_owned())]).collect();
    assert!(http::post_form(&answers, &foreign, &approve.fields).status >= 400, "another site cannot answer in a person's name");
    let forged = approve.forced("nonce", "x");
    assert!(http::post_form(&answers, &stack.staff(), &forged.fields).status >= 400);
    stack.idle();
    assert_eq!(stack.facts(&story.shopify_number())["returns"][0]["state"], "held");
}
