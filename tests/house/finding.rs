//! Find my order: the link goes to the address on file, and the answer tells nobody whether there is such an order.

use house::{
    http::{self, Answer},
    page,
    stack::Stack,
    story::Story,
};

fn ask(stack: &Stack, number: &str, email: &str) -> Answer {
    let url = format!("{}/demo/track", stack.url);
    let form = page::forms(&stack.page(&url)).into_iter().find(|form| form.action.ends_with("/track")).unwrap();
    assert_eq!(form.method, "post");
    let form = form.set("number", number).set("email", email);
    http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields)
}

#[test]
fn the_link_goes_to_the_address_on_file_and_the_answer_is_always_the_same() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    let (number, email) = (story.shopify_number(), story.shopify_email());
    let known = ask(&stack, &number, &email);
    let unknown = ask(&stack, "#999999", "nobody@example.com");
    let guessed = ask(&stack, &number, "thief@example.com");
    for other in [&unknown, &guessed] {
        assert_eq!((known.status, known.text()), (other.status, other.text()));
        for header in ["content-type", "content-security-policy", "cache-control", "set-cookie", "location"] {
            assert_eq!(known.header(header), other.header(header), "{header}");
        }
    }
    assert!(
        !known.text().contains(&email) && !known.text().contains(number.trim_start_matches('#')),
        "it does not even repeat what was typed"
    );
    stack.idle();
    assert_eq!(stack.kinds_to(&email), ["order_confirmed", "order_link"]);
    for nobody in ["nobody@example.com", "thief@example.com"] {
        assert!(stack.messages_to(nobody).is_empty(), "{nobody} got something");
    }
    let mail = stack.messages_to(&email).into_iter().find(|mail| mail.kind() == "order_link").unwrap();
    let link = mail.words().split_whitespace().find(|word| word.contains("/o/")).unwrap().to_owned();
    assert!(page::read(&stack.page(&stack.here(&link))).contains(&number), "the mailed link opens the page");
}

#[test]
fn people_type_numbers_and_addresses_in_their_own_way() {
    let stack = Stack::start();
    let story = Story::new(2);
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    let (number, email) = (story.shopify_number(), story.shopify_email());
    for (n, (number, email)) in
        [(format!(" {} ", number.trim_start_matches('#')), email.clone()), (number.clone(), email.to_uppercase())]
            .into_iter()
            .enumerate()
    {
        let _said = ask(&stack, &number, &email).expect(200);
        stack.idle();
        let links = stack.kinds_to(&story.shopify_email()).iter().filter(|kind| *kind == "order_link").count();
        assert_eq!(links, n + 1, "asked with {number:?} and {email:?}");
    }
}

#[test]
fn nobodys_mailbox_is_flooded_with_links() {
    let stack = Stack::start();
    let story = Story::new(3);
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    for _ in 0..6 {
        let _said = ask(&stack, &story.shopify_number(), &story.shopify_email()).expect(200);
    }
    stack.idle();
    let links = stack.kinds_to(&story.shopify_email()).iter().filter(|kind| *kind == "order_link").count();
    assert_eq!(links, 3, "three in an hour");
}

#[test]
fn a_bent_link_opens_nothing_and_says_nothing() {
    let stack = Stack::start();
    let story = Story::new(4);
    stack.deliver(&[story.event("shopify_orders_paid")]);
    stack.idle();
    let link = stack.link(&story.shopify_number());
    let (base, token) = link.rsplit_once('/').unwrap();
    let bent = format!("{}{}", &token[..token.len() - 2], if token.ends_with("AA") { "BB" } else { "AA" });
    let nothing = http::get(&format!("{base}/AQEBZGVtbw"));
    let answer = http::get(&format!("{base}/{bent}"));
    assert_eq!((answer.status, answer.text()), (404, nothing.text()));
    assert_eq!(http::get(&format!("{base}/{bent}.json")).status, 404);
    assert_eq!(http::send("POST", &format!("{base}/{bent}/returns"), &[], b"nonce=x").status, 404);
    let page = http::get(&link).expect(200);
    assert!(
        page.header("cache-control").contains("no-store")
            && page.header("content-security-policy").contains("default-src 'none'")
    );
}
