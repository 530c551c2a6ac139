//! Who may be written to: mailboxes that refuse, people who choose, and a shop whose mail nobody wants.

use house::{
    http,
    page::{self, Form},
    stack::{Message, Stack},
    story::{Story, Webhook},
};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// The order of a story in our own format, in one parcel.
fn order(story: &Story, number: &str) -> [Webhook; 2] {
    let sent = story.event("standard_fulfilment_reported").edited(|json| {
        json["data"]["parcels"] = json!([{"carrier": "Royal Mail", "number": number}]);
        json["data"]["lines"] = json!([]);
    });
    // Nothing was promised, so that nothing is late when the clock moves.
    let described = story.event("standard_order_reported").edited(|json| json["data"]["promised"] = Json::Null);
    [described, sent]
}

/// What the ledger says of a kind on a channel, with its reason.
fn decided(stack: &Stack, kind: &str, channel: &str) -> Vec<(String, String)> {
    let is_it = |row: &Json| row["letter"]["kind"] == kind && row["channel"] == channel;
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let rows = stack.ledger().into_iter().filter(is_it);
    rows.map(|row| (text(&row["state"]["state"]), text(&row["state"]["why"]))).collect()
}

fn console(stack: &Stack, path: &str) -> String {
    page::read(&http::send("GET", &format!("{}/console/demo{path}", stack.url), &stack.staff(), &[]).expect(200).text())
}

/// Only by mail, as a shop that sends no texts.
fn mail_only(settings: &mut toml::Table) {
    settings["letters"]["kinds"].as_table_mut().unwrap().clear();
    settings.remove("whatsapp");
}

#[test]
fn a_bounced_confirmation_goes_by_text_and_onto_the_merchants_list_until_the_address_is_corrected() {
    let stack = Stack::start_with(mail_only);
    let story = Story::new(1);
    stack.deliver(&order(&story, "RN482130901GB"));
    stack.idle();
    let mail = stack.messages_to(&story.standard_email()).remove(0);
    assert!(stack.messages_to(&story.standard_phone()).is_empty(), "the shop sends no texts");
    stack.bounce(&mail.id, "Permanent");
    stack.idle();
    let texts = stack.messages_to(&story.standard_phone());
    assert_eq!(texts.len(), 1, "{texts:#?}");
    assert!(texts[0].words().contains("confirmed"), "{}", texts[0].words());
    let listed = console(&stack, "");
    assert!(listed.contains(&story.standard_number()) && listed.contains("could not be delivered"), "{listed}");
    // The same bounce once more changes nothing.
    stack.bounce(&mail.id, "Permanent");
    stack.deliver(&[stack.scanned("RN482130901GB", "in_transit", "accepted")]);
    stack.idle();
    assert_eq!(stack.messages_to(&story.standard_phone()).len(), 1);
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed"], "nothing more to a dead mailbox");
    assert_eq!(decided(&stack, "shipped", "email"), [("suppressed".to_owned(), "address_refuses".to_owned())]);
    let why = console(&stack, &format!("/letters?order={}", story.standard_number()));
    assert!(why.contains("bounced for good"), "{why}");

    // A second order from the same mailbox: nobody has to wait for a bounce that cannot come.
    let again = story.event("standard_order_reported").edited(|json| {
        json["data"]["id"] = "d-again".into();
        json["data"]["promised"] = Json::Null;
    });
    stack.deliver(&[again]);
    stack.idle();
    assert_eq!(stack.messages_to(&story.standard_phone()).len(), 2);

    let new_address = "tomos.new@example.net";
    let corrected = story.event("standard_order_reported").edited(|json| {
        json["data"]["customer"]["email"] = new_address.into();
        json["data"]["updated_at"] = stack.now().to_string().into();
    });
    let second = corrected.clone().edited(|json| json["data"]["id"] = "d-again".into());
    stack.deliver(&[corrected, second]);
    stack.deliver(&[stack.scanned("RN482130901GB", "out_for_delivery", "on_vehicle")]);
    stack.idle();
    assert!(!console(&stack, "").contains("could not be delivered"));
    assert_eq!(stack.kinds_to(new_address), ["out_for_delivery"]);
}

#[test]
fn an_address_that_only_ses_knows_to_be_dead_is_found_the_next_day() {
    let stack = Stack::start_with(mail_only);
    let story = Story::new(2);
    // The event was lost on its way to us; the account's own list has it.
    stack.suppress(&story.standard_email(), "COMPLAINT");
    stack.strike("MailEvents");
    stack.idle();
    stack.deliver(&order(&story, "RN482130902GB"));
    stack.idle();
    assert!(stack.messages_to(&story.standard_email()).is_empty());
    assert_eq!(decided(&stack, "order_confirmed", "email"), [("suppressed".to_owned(), "address_refuses".to_owned())]);
    assert_eq!(stack.messages_to(&story.standard_phone()).len(), 1, "the confirmation goes by text");
}

/// The address of the preference page in a mail.
fn preferences_link(mail: &Message) -> String {
    let link = mail.words().split_whitespace().find(|word| word.contains("/p/"));
    link.unwrap_or_else(|| panic!("no link in\n{}", mail.words())).to_owned()
}

/// The form of the page with all fields.
#[track_caller]
fn form(stack: &Stack, link: &str) -> Form {
    let html = stack.page(&stack.here(link));
    let mut forms = page::forms(&html);
    forms.retain(|form| form.choices.iter().any(|(name, _)| name == "language"));
    assert_eq!(forms.len(), 1, "{html}");
    forms.remove(0)
}

#[track_caller]
fn send(stack: &Stack, form: &Form) -> String {
    let answer = http::post_form(&format!("{}{}", stack.url, form.action), &[], &form.fields).expect(303);
    let location = format!("{}{}", stack.url, answer.header("location").split('#').next().unwrap());
    stack.idle();
    page::read(&stack.page(&location))
}

#[test]
fn what_a_customer_chooses_holds_for_the_next_message() {
    let stack = Stack::start();
    let story = Story::new(3);
    let number = "RN482130903GB";
    stack.deliver(&order(&story, number));
    stack.idle();
    let mail = stack.messages_to(&story.standard_email()).remove(0);
    let link = preferences_link(&mail);

    // German, and no more texts.
    let shown = form(&stack, &link);
    let without_texts = {
        let mut form = shown.set("language", "de");
        form.fields.retain(|(name, _)| name != "news.sms");
        form
    };
    let saved = send(&stack, &without_texts);
    assert!(saved.contains("Gespeichert"), "{saved}");
    let texts = stack.messages_to(&story.standard_phone()).len();
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    let mails = stack.messages_to(&story.standard_email());
    let kinds: Vec<&str> = mails.iter().map(Message::kind).collect();
    assert_eq!(kinds, ["order_confirmed", "preferences_changed", "shipped"]);
    let html = mails[2].html.as_deref().unwrap_or_default();
    assert!(html.contains("lang=\"de\""), "{html}");
    assert_eq!(stack.messages_to(&story.standard_phone()).len(), texts, "no text any more");
    assert_eq!(decided(&stack, "shipped", "sms"), [("suppressed".to_owned(), "turned_off".to_owned())]);

    // Everything off, but what they ask for themselves.
    let html = stack.page(&stack.here(&link));
    let off = page::forms(&html).into_iter().find(|form| form.value("all") == Some("off")).unwrap();
    let _noted = send(&stack, &off);
    stack.deliver(&[stack.scanned(number, "out_for_delivery", "on_vehicle")]);
    stack.idle();
    assert_eq!(decided(&stack, "out_for_delivery", "email"), [("suppressed".to_owned(), "turned_off".to_owned())]);
    let asked = [("number".to_owned(), story.standard_number()), ("email".to_owned(), story.standard_email())];
    let _same_for_everybody = http::post_form(&format!("{}/demo/track", stack.url), &[], &asked);
    stack.idle();
    assert!(stack.kinds_to(&story.standard_email()).contains(&"order_link".to_owned()));
}

#[test]
fn one_click_of_a_mail_program_ends_marketing_and_nothing_else() {
    let stack = Stack::start_with(|settings| {
        mail_only(settings);
        settings.insert(
            "promotion".to_owned(),
            "text = \"New boots are in\"\nurl = \"https://shop.demo.example/new\"".parse::<toml::Table>().unwrap().into(),
        );
    });
    let story = Story::new(4);
    let number = "RN482130904GB";
    stack.deliver(&order(&story, number));
    stack.idle();
    let first = stack.messages_to(&story.standard_email()).remove(0);
    assert!(!first.words().contains("New boots"), "nobody agreed to it");
    assert_eq!(first.header("List-Unsubscribe"), "");
    let agreed = form(&stack, &preferences_link(&first)).set("marketing", "1");
    let _saved = send(&stack, &agreed);
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    let with_promotion = stack.messages_to(&story.standard_email()).pop().unwrap();
    assert!(with_promotion.words().contains("New boots"), "{}", with_promotion.words());
    assert_eq!(with_promotion.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let unsubscribe = with_promotion.header("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
    let here = stack.here(&unsubscribe);

    // A look changes nothing, and neither does a post that is not the one click.
    let _page = stack.page(&here);
    let plain = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    assert_eq!(http::send("POST", &here, &plain, b"List-Unsubscribe=Two-Clicks").status, 400);
    stack.idle();
    stack.deliver(&[stack.scanned(number, "out_for_delivery", "on_vehicle")]);
    stack.idle();
    assert!(stack.messages_to(&story.standard_email()).pop().unwrap().words().contains("New boots"));

    let _gone = http::send("POST", &here, &plain, b"List-Unsubscribe=One-Click").expect(200);
    stack.idle();
    stack.deliver(&[stack.scanned(number, "delivered", "at_door")]);
    stack.idle();
    let last = stack.messages_to(&story.standard_email()).pop().unwrap();
    assert_eq!(last.kind(), "delivered", "order news go on");
    assert!(!last.words().contains("New boots") && last.header("List-Unsubscribe").is_empty(), "{}", last.words());
}

#[test]
fn a_shop_whose_mail_bounces_too_much_holds_back_what_is_not_urgent() {
    let stack = Stack::start_with(mail_only);
    let story = Story::new(5);
    let number = "RN482130905GB";
    let today = stack.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let count = |value: u64| json!({"N": value.to_string()});
    let _put = stack.table(
        "PutItem",
        &json!({"TableName": "doorstep-Table", "Item": {
            "pk": {"S": "SHOP#demo"}, "sk": {"S": format!("MAILS#{today}")}, "sent": count(1000), "bounced": count(50), "complained": count(0),
        }}),
    );
    stack.deliver(&order(&story, number));
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed"], "the confirmation is urgent");
    assert_eq!(decided(&stack, "shipped", "email"), [("held".to_owned(), "breaker".to_owned())]);
    assert!(stack.whole_logs().contains("the mail of a shop is held back"));
    // The next days are better.
    let _put = stack.table(
        "PutItem",
        &json!({"TableName": "doorstep-Table", "Item": {
            "pk": {"S": "SHOP#demo"}, "sk": {"S": format!("MAILS#{}", today.tomorrow().unwrap())},
            "sent": count(2000), "bounced": count(0), "complained": count(0),
        }}),
    );
    // What is known of the breaker is a minute old at most, by the machine's clock.
    let _ended = stack.kill_function("notify");
    stack.advance(Duration::from_mins(61));
    stack.idle();
    stack.advance(Duration::from_mins(10));
    stack.idle();
    assert_eq!(stack.kinds_to(&story.standard_email()), ["order_confirmed", "shipped"]);
}

#[test]
fn whatsapp_brings_order_news_by_an_approved_template_and_refusals_are_final() {
    let stack = Stack::start_with(|settings| {
        let kinds = settings["letters"]["kinds"].as_table_mut().unwrap();
        kinds.clear();
        for kind in ["shipped", "out_for_delivery"] {
            kinds.insert(kind.to_owned(), "channels = [\"whatsapp\"]".parse::<toml::Table>().unwrap().into());
        }
    });
    let story = Story::new(6);
    let number = "RN482130906GB";
    stack.deliver(&order(&story, number));
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    let messages: Vec<Message> =
        stack.messages_to(&story.standard_phone()).into_iter().filter(|message| message.channel == "whatsapp").collect();
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert!(messages[0].words().starts_with("doorstep_shipped en"), "{}", messages[0].words());
    assert_eq!(decided(&stack, "shipped", "whatsapp")[0].0, "sent");
    // Meta says that this person cannot be reached: final, and no dead letter.
    stack.faults(&json!([{"service": "whatsapp", "code": "131026"}]));
    stack.deliver(&[stack.scanned(number, "out_for_delivery", "on_vehicle")]);
    stack.idle();
    stack.faults(&json!([]));
    assert_eq!(decided(&stack, "out_for_delivery", "whatsapp"), [("failed".to_owned(), "131026".to_owned())]);
}

#[test]
fn a_mail_is_a_whole_message_that_threads_by_its_order() {
    let stack = Stack::start();
    let story = Story::new(7);
    let number = "RN482130907GB";
    stack.deliver(&order(&story, number));
    stack.deliver(&[stack.scanned(number, "in_transit", "accepted")]);
    stack.idle();
    let mails = stack.messages_to(&story.standard_email());
    assert_eq!(mails.len(), 2);
    let root = mails[0].header("References").to_owned();
    assert!(root.starts_with('<') && root.ends_with("@demo.example>"), "{root}");
    assert!(mails.iter().all(|mail| mail.header("References") == root && mail.header("In-Reply-To") == root));
    for mail in &mails {
        let source = stack.eml(&mail.id);
        let parsed = mail_parser::MessageParser::default().parse(&source).unwrap();
        assert_eq!(parsed.subject(), mail.subject.as_deref());
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n").trim(), mail.words().trim());
        assert!(parsed.body_html(0).unwrap().contains("application/ld+json"));
        assert!(source.len() <= 100 * 1024, "{} bytes", source.len());
        assert!(mail.sent_at <= stack.now() + SignedDuration::from_secs(5));
    }
}
