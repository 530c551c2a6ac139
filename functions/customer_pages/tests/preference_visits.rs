//! Whole visits to the preference page: who may open it, what is put on the queue, and what never is.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod aws;
mod house;
mod scenes;

use domain::{link::Purpose, preference::Preferences};
use house::{EPOCH, House, good, house, link_for, text};
use jiff::Timestamp;
use lambda_http::{Body, Response, http};
use scenes::*;
use serde_json::json;

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const FORM: &str = "application/x-www-form-urlencoded";

fn own() -> String {
    format!("/p/{}", link_for(Purpose::Preferences, &order_key(), EPOCH, 24))
}

/// The first value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The form as it is sent, with these fields.
async fn filled(house: &House, path: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = text(&house.get(path).await);
    let hidden = ["nonce", "of"].map(|name| (name.to_owned(), hidden(&page, name)));
    hidden.into_iter().chain(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

async fn sent(house: &House, path: &str, fields: &[(String, String)]) -> Response<Body> {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    house.post(path, &fields).await
}

async fn clicked(house: &House, path: &str, content_type: &'static str, body: &str) -> Response<Body> {
    house.visit(http::Request::post(path).header("content-type", content_type), Body::Text(body.to_owned())).await
}

fn whole(response: Response<Body>) -> String {
    format!("{:?}", response.into_parts())
}

async fn choose(house: &House, preferences: &Preferences) {
    let vault = house.vault.with_find_key(boot::secrets::Keyring::parse(&aws::secret()).unwrap().find_key());
    let email = "ines@doe.example".parse().unwrap();
    vault.choose(&shop(), Some(&email), None, preferences).await.unwrap();
    house.aws.calls();
}

#[tokio::test]
async fn a_page_is_one_query_and_one_batch_of_addresses() {
    let house = house().await;
    let own = own();
    assert_eq!(house.get(&own).await.status(), 200);
    house.aws.calls();
    let page = house.get(&own).await;
    assert_eq!(house.aws.calls(), ["Query", "BatchGetItem"]);
    assert!(text(&page).contains("i…@d….example") && !text(&page).contains("ines@doe"));
}

#[tokio::test]
async fn a_link_opens_what_it_is_for_and_nothing_else() {
    let house = house().await;
    let nowhere = whole(house.get("/o/nothing").await);
    let tracking = good();
    let preferences = own().trim_start_matches("/p/").to_owned();
    let last = preferences.len() - 1;
    let bent = format!("{}{}", &preferences[..last], if preferences.ends_with('A') { 'E' } else { 'A' });
    let old_epoch = link_for(Purpose::Preferences, &order_key(), EPOCH - 1, 24);
    let expired = link_for(Purpose::Preferences, &order_key(), EPOCH, -24);
    let mut unknown = order_key();
    unknown.order = domain::id::OrderId::of(&shop(), "shopify", "no such order");
    let unknown = link_for(Purpose::Preferences, &unknown, 0, 24);
    for path in [format!("/o/{preferences}"), format!("/o/{preferences}?answered=aaaaaaaaa")] {
        assert_eq!(whole(house.get(&path).await), nowhere, "{path}");
    }
    for token in [tracking.as_str(), &bent, &old_epoch, &expired, &unknown, "x", "", "%3Cscript%3E"] {
        assert_eq!(whole(house.get(&format!("/p/{token}")).await), nowhere, "{token}");
        assert_eq!(whole(house.get(&format!("/p/{token}/unsubscribe")).await), nowhere, "{token}");
        assert_eq!(whole(house.post(&format!("/p/{token}"), &[("all", "off")]).await), nowhere, "{token}");
        let one_click = clicked(&house, &format!("/p/{token}/unsubscribe"), FORM, ONE_CLICK).await;
        assert_eq!(whole(one_click), nowhere, "{token}");
    }
    let returned = house.post(&format!("/o/{preferences}/returns"), &[("nonce", "raaaaaaaaaaaaaaaa")]).await;
    assert_eq!(whole(returned), nowhere);
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn looking_changes_nothing() {
    let house = house().await;
    let own = own();
    for path in [
        own.clone(),
        format!("{own}/unsubscribe"),
        format!("{own}/unsubscribe?{ONE_CLICK}"),
        format!("{own}?all=off&marketing=1&saved=1"),
    ] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let looked = http::Request::builder().method(method).uri(&path).header("purpose", "prefetch");
            let answer = house.visit(looked, Body::Text(ONE_CLICK.to_owned())).await;
            assert!(answer.status().as_u16() < 500, "{method} {path}");
            assert!(method != "HEAD" || text(&answer).is_empty(), "{path}");
        }
    }
    assert!(house.aws.messages().is_empty());
    assert!(house.aws.calls().iter().all(|call| ["GetSecretValue", "Query", "BatchGetItem"].contains(&call.as_str())));
}

#[tokio::test]
async fn what_is_chosen_is_sent_noted_and_then_shown() {
    let house = house().await;
    let own = own();
    let fields = [("news.email", "1"), ("language", "de"), ("quiet", "1"), ("quiet_from", "22:00"), ("quiet_until", "07:30")];
    let form = filled(&house, &own, &fields).await;
    let answer = sent(&house, &own, &form).await;
    assert_eq!(answer.status(), 303);
    let (queue, message) = house.aws.messages().remove(0);
    let chosen: Preferences = serde_json::from_value(message["preferences"].clone()).unwrap();
    assert_eq!(queue, "feedback");
    assert_eq!(
        message,
        json!({
            "type": "preferences.chosen.v1", "order": order_key(),
            "preferences": {
                "order_news": ["email", "sms", "whatsapp"], "marketing": false, "language": "de",
                "quiet": { "from": "22:00:00", "until": "07:30:00" }, "chosen_at": chosen.chosen_at
            }
        })
    );

    // Nothing is written yet: the page tells what was sent, and does not offer the form with what held before.
    let seen = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        seen.starts_with(&format!("{own}?saved={}&", chosen.chosen_at.as_millisecond())) && seen.ends_with("#said"),
        "{seen}"
    );
    let path = seen.trim_end_matches("#said").to_owned();
    let page = text(&house.get(&path).await);
    assert!(page.contains("Wir haben Ihre Auswahl notiert.") && page.contains("22:00 bis 07:30 Uhr"), "{page}");
    assert!(!page.contains("<form") && page.contains("Noch einmal nachsehen"));
    assert!(house.aws.messages().is_empty());

    // It is written. The address says so as long as it is the last choice; the same form once more is the same choice.
    choose(&house, &chosen).await;
    let page = text(&house.get(&path).await);
    assert!(page.contains("Gespeichert.") && page.contains("<option selected>22:00</option>"), "{page}");
    let again = sent(&house, &own, &form).await;
    assert_eq!((again.status().as_u16(), again.headers()["location"].to_str().unwrap()), (303, seen.as_str()));
    let mut other = form.clone();
    other.push(("marketing".to_owned(), "1".to_owned()));
    let outdated = sent(&house, &own, &other).await;
    assert_eq!(outdated.status(), 409);
    assert!(text(&outdated).contains("name=\"marketing\" value=\"1\" checked"), "it is shown to be looked at");
    assert!(house.aws.messages().is_empty());
    let later = Preferences { chosen_at: Timestamp::now(), language: None, ..chosen };
    choose(&house, &later).await;
    assert!(!text(&house.get(&path).await).contains("id=\"said\""));
}

#[tokio::test]
async fn an_address_that_claims_what_was_never_chosen_is_not_believed() {
    let house = house().await;
    let own = own();
    let now = Timestamp::now();
    for saved in ["-1", "x", "99999999999999999999", &(now.as_millisecond() + 3_600_000).to_string(), "1"] {
        let page = text(&house.get(&format!("{own}?saved={saved}&marketing=1")).await);
        assert!(page.contains("<form") && !page.contains("id=\"said\""), "{saved}");
    }
}

#[tokio::test]
async fn everything_is_turned_off_and_on_by_one_button_each() {
    let house = house().await;
    let own = own();
    let marketed = Preferences { marketing: true, chosen_at: Timestamp::now(), ..Preferences::untouched() };
    choose(&house, &marketed).await;
    for (all, news, marketing) in [("off", json!([]), false), ("on", json!(["email", "sms", "whatsapp"]), true)] {
        let form = filled(&house, &own, &[("all", all)]).await;
        assert_eq!(sent(&house, &own, &form).await.status(), 303);
        let (_, message) = house.aws.messages().remove(0);
        assert_eq!((&message["preferences"]["order_news"], &message["preferences"]["marketing"]), (&news, &json!(marketing)));
    }
}

#[tokio::test]
async fn a_form_of_somebody_else_is_refused() {
    let house = house().await;
    let own = own();
    let form = filled(&house, &own, &[("news.email", "1")]).await;
    let encoded = windows::form::encoded(form.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let answer = house.visit(http::Request::post(&own).header(name, value), Body::Text(encoded.clone())).await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
        assert!(text(&answer).contains("Not saved yet."));
    }
    let tracking_nonce = house.nonce().await;
    for wrong in ["", "paaaaaaaaaaaaaaa", &form[0].1[1..], &form[0].1.to_uppercase(), &tracking_nonce] {
        for fields in [[("nonce", wrong), ("of", "0"), ("news.email", "1")], [("nonce", wrong), ("of", "0"), ("all", "off")]] {
            assert_eq!(house.post(&own, &fields).await.status(), 403, "{wrong}");
        }
    }
    assert_eq!(house.post(&own, &[("news.email", "1"), ("news.sms", "1")]).await.status(), 403, "a form without a nonce");
    assert!(house.aws.messages().is_empty());
    let ours = http::Request::post(&own).header("origin", "null").header("sec-fetch-site", "same-origin");
    assert_eq!(house.visit(ours, Body::Text(encoded)).await.status(), 303);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_sent() {
    let house = house().await;
    let own = own();
    for (field, value, said) in [
        ("language", "tlh", "a language from the list"),
        ("quiet_from", "late", "choose a time"),
        ("quiet_until", "21:00", "two different times"),
        ("pause", "2020-01-01", "from today on"),
        ("pause", "\u{202e}<b>", "write the day"),
    ] {
        let all = [("quiet", "1"), ("quiet_from", "21:00"), ("quiet_until", "08:00"), ("news.email", "1")];
        let all: Vec<_> = all.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect();
        let form = filled(&house, &own, &all).await;
        let answer = sent(&house, &own, &form).await;
        assert_eq!(answer.status(), 422, "{field}");
        let page = text(&answer);
        assert!(page.contains(said) && page.contains(&format!("<a href=\"#{field}\">")), "{field}: {page}");
        assert!(!page.contains("<b>"));
    }
    let huge = "x".repeat(17 * 1024);
    assert_eq!(house.post(&own, &[("pause", &huge)]).await.status(), 413);
    assert_eq!(clicked(&house, &format!("{own}/unsubscribe"), FORM, &huge).await.status(), 413);
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn one_click_ends_marketing_whoever_sends_it() {
    let house = house().await;
    let own = format!("{}/unsubscribe", own());
    let parts = "--b1\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b1--\r\n";
    let click = |content_type: &'static str, body: Body| {
        // As a mail provider sends it: from another site, without anything of ours.
        let request = http::Request::post(&own).header("content-type", content_type).header("origin", "https://mail.example");
        house.visit(request, body)
    };
    let form = click(FORM, Body::Text(ONE_CLICK.into())).await;
    let multipart = click("multipart/form-data; boundary=b1", Body::Binary(parts.as_bytes().to_vec())).await;
    for answer in [&form, &multipart] {
        assert_eq!(answer.status(), 200);
        assert!(text(answer).contains("You will get no more offers"));
    }
    let messages = house.aws.messages();
    assert_eq!(messages.len(), 2);
    for (queue, mut message) in messages {
        let ended_at: Timestamp = message["ended_at"].take().as_str().unwrap().parse().unwrap();
        assert!(Timestamp::now().duration_since(ended_at).as_secs() < 60);
        assert_eq!(queue, "feedback");
        assert_eq!(message, json!({ "type": "marketing.ended.v1", "order": order_key(), "ended_at": null }));
    }
}

#[tokio::test]
async fn anything_but_one_click_ends_nothing() {
    let house = house().await;
    let own = format!("{}/unsubscribe", own());
    for (content_type, body) in [
        (FORM, ""),
        (FORM, "List-Unsubscribe=one-click"),
        (FORM, "List-Unsubscribe=One-Click&all=off"),
        ("text/plain", ONE_CLICK),
        ("multipart/form-data; boundary=b1", ONE_CLICK),
    ] {
        let answer = clicked(&house, &own, content_type, body).await;
        assert_eq!(answer.status(), 400, "{content_type}: {body}");
        assert!(text(&answer).contains("Nothing was changed."));
    }
    assert_eq!(house.visit(http::Request::delete(&own), Body::Empty).await.status(), 405);
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn the_button_on_the_page_is_the_same_one_click() {
    let house = house().await;
    let own = own();
    let marketed = Preferences { marketing: true, chosen_at: Timestamp::now(), ..Preferences::untouched() };
    choose(&house, &marketed).await;
    for path in [own.clone(), format!("{own}/unsubscribe")] {
        let page = text(&house.get(&path).await);
        assert!(page.contains(&format!("<form action=\"{own}/unsubscribe\" method=\"post\">")), "{path}");
        assert_eq!(hidden(&page, "List-Unsubscribe"), "One-Click");
    }
}

#[tokio::test]
async fn addresses_that_refuse_are_told_of() {
    let house = house().await;
    let vault = house.vault.with_find_key(boot::secrets::Keyring::parse(&aws::secret()).unwrap().find_key());
    let email = "ines@doe.example".parse().unwrap();
    vault.refuse_email(&shop(), &email, store::Refusing::Bounced, Timestamp::now()).await.unwrap();
    assert!(text(&house.get(&own()).await).contains("Mail to your address comes back"));
}

#[tokio::test]
async fn every_answer_carries_every_header_and_every_style_its_hash() {
    let house = house().await;
    let own = own();
    let form = filled(&house, &own, &[("news.email", "1")]).await;
    let mut answers = vec![
        ("page", 200, house.get(&own).await),
        ("unsubscribe", 200, house.get(&format!("{own}/unsubscribe")).await),
        ("chosen", 303, sent(&house, &own, &form).await),
        ("foreign", 403, house.post(&own, &[]).await),
        ("one click", 200, clicked(&house, &format!("{own}/unsubscribe"), FORM, ONE_CLICK).await),
        ("not one click", 400, clicked(&house, &format!("{own}/unsubscribe"), FORM, "").await),
    ];
    house.aws.goes_down();
    answers.push(("later", 503, sent(&house, &own, &form).await));
    answers.push(("one click later", 503, clicked(&house, &format!("{own}/unsubscribe"), FORM, ONE_CLICK).await));
    for (name, status, answer) in &answers {
        assert_eq!(answer.status(), *status, "{name}");
        let headers = answer.headers();
        for header in
            ["referrer-policy", "x-content-type-options", "strict-transport-security", "x-robots-tag", "x-frame-options"]
        {
            assert!(headers.contains_key(header), "{header} of {name}");
        }
        assert_eq!(headers["cache-control"], "private, no-store", "{name}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{name}");
        assert_eq!(text(answer).contains("<style>"), policy.contains("style-src 'sha256-"), "{name}");
    }
}

#[tokio::test]
async fn the_page_of_an_order_leads_here() {
    let house = house().await;
    let page = text(&house.get(&format!("/o/{}", good())).await);
    let (_, rest) = page.split_once("href=\"/p/").unwrap();
    let path = format!("/p/{}", rest.split('"').next().unwrap());
    assert_eq!(house.get(&path).await.status(), 200);
}
