//! What the staff may ask about letters on the local page: why, a preview, once more, and a test to themselves.

use house::{http, page, stack::Stack, story::Story};

#[test]
fn the_staff_sees_why_previews_sends_once_more_and_tests() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.delivered()[..2]);
    stack.deliver(&[story.event("easypost_in_transit")]);
    stack.idle();
    let number = story.shopify_number().trim_start_matches('#').to_owned();
    let here = |path: &str| format!("{}/_local/letters{path}", stack.url);
    let shown = page::read(&stack.page(&here(&format!("?shop=demo&order={number}"))));
    assert!(shown.contains("order_confirmed") && shown.contains("sent"), "{shown}");
    assert!(!shown.contains(&story.shopify_email()), "addresses are masked: {shown}");

    let preview = stack.page(&here(&format!("/preview?shop=demo&order={number}&kind=shipped&locale=de&channel=email")));
    assert!(preview.contains("lang=\"de\"") && preview.contains(&story.ups()), "{preview}");
    let text = stack.page(&here(&format!("/preview?shop=demo&order={number}&kind=shipped&channel=sms")));
    assert!(text.contains("segment") && text.contains("/o/"), "{text}");
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "shipped"], "nothing was sent");

    let letter = stack.ledger().into_iter().find(|row| row["letter"]["kind"] == "shipped").unwrap();
    let letter = letter["letter"]["id"].as_str().unwrap().to_owned();
    let fields = |more: &[(&str, &str)]| {
        let base = [("shop", "demo"), ("order", number.as_str())];
        base.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let said = http::post_form(&here("/resend"), &[], &fields(&[("letter", &letter)])).expect(200).text();
    assert!(said.contains("once more"), "{said}");
    stack.idle();
    assert_eq!(stack.kinds_to(&story.shopify_email()), ["order_confirmed", "shipped", "shipped"]);

    let test = fields(&[("kind", "order_confirmed"), ("to", "staff@demo.example")]);
    let said = http::post_form(&here("/test"), &[], &test).expect(200).text();
    assert!(said.contains("SES took it"), "{said}");
    let tests = stack.messages_to("staff@demo.example");
    assert_eq!(tests.len(), 1);
    assert!(tests[0].subject.as_deref().unwrap().starts_with("[Test] ") && tests[0].tags.is_empty(), "{tests:#?}");
    let unknown = stack.page(&here("?shop=demo&order=nobody"));
    assert!(unknown.contains("has no order nobody"), "{unknown}");
}
