//! Whole visits: a request in, an answer out, and what was read, written and queued on the way.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod aws;
mod house;
mod scenes;

use customer_pages::ENV;
use domain::{
    answer::{CustomerAnswer, Wish},
    link::{LinkKey, Purpose, seal},
    return_::{AnsweredBy, ReturnState},
};
use house::{EPOCH, good, house, link, text};
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Response, http};
use scenes::*;
use serde_json::{Value, json};
use store::{Versioned, Write};

/// Links that open nothing: each wrong in its own way.
fn bad_links() -> Vec<String> {
    let mut unknown = order_key();
    unknown.order = domain::id::OrderId::of(&shop(), "shopify", "no such order");
    let mut elsewhere = order_key();
    elsewhere.shop = "other".parse().unwrap();
    let good = good();
    let bent = format!("{}{}", &good[..good.len() - 1], if good.ends_with('A') { 'E' } else { 'A' });
    let forged = seal(
        &LinkKey { id: 1, secret: vec![9; 32] },
        Purpose::Tracking,
        &order_key(),
        EPOCH,
        Timestamp::now() + SignedDuration::from_hours(24),
    );
    vec![
        link(&order_key(), EPOCH, -24),
        link(&order_key(), EPOCH - 1, 24),
        link(&unknown, 0, 24),
        link(&elsewhere, EPOCH, 24),
        bent,
        forged,
        "x".to_owned(),
        "%3Cscript%3E".to_owned(),
        "A".repeat(4000),
    ]
}

#[tokio::test]
async fn a_page_is_one_query_and_one_batch_of_parcels() {
    let house = house().await;
    assert_eq!(house.get(&format!("/o/{}", good())).await.status(), 200);
    assert_eq!(
        house.aws.calls(),
        ["GetSecretValue", "Query", "Query", "BatchGetItem"],
        "the secret and the settings are read once"
    );
    let page = house.get(&format!("/o/{}", good())).await;
    assert_eq!(house.aws.calls(), ["Query", "BatchGetItem"]);
    assert!(text(&page).contains("Your order has arrived"));
    assert!(!text(&page).contains("ines@doe.example"), "the page tells no mail address of the customer");
}

#[tokio::test]
async fn a_link_that_opens_nothing_gets_the_same_bytes_whatever_is_wrong() {
    let house = house().await;
    let whole = |response: Response<Body>| format!("{:?}", response.into_parts());
    let page = whole(house.get("/o/nothing").await);
    let facts = whole(house.get("/o/nothing.json").await);
    for token in bad_links() {
        assert_eq!(whole(house.get(&format!("/o/{token}")).await), page, "{token}");
        assert_eq!(whole(house.get(&format!("/o/{token}.json")).await), facts, "{token}");
        let posted = house.post(&format!("/o/{token}/returns"), &[("nonce", "raaaaaaaaaaaaaaaa"), ("q.12", "1")]).await;
        assert_eq!(whole(posted), page, "{token}");
        let answered =
            house.post(&format!("/o/{token}/answers"), &[("nonce", "aaaaaaaaaaaaaaaa"), ("wish", "not_received")]).await;
        assert_eq!(whole(answered), page, "{token}");
    }
    assert_eq!(whole(house.get("/nobody/track").await), page);
    assert_eq!(whole(house.get("/nobody/returns").await), page);
    assert_eq!(whole(house.post("/nobody/track", &[("number", "1"), ("email", "a@b.example")]).await), page);
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn every_answer_carries_every_header() {
    let house = house().await;
    let nonce = house.nonce().await;
    let own = format!("/o/{}", good());
    let returns = format!("{own}/returns");
    let (answers, answer_nonce) = (format!("{own}/answers"), house.answer_nonce().await);
    let fill = [("nonce", nonce.as_str()), ("q.12", "1"), ("r.12", "too_large"), ("outcome", "refund")];
    let mut answers = vec![
        ("page", house.get(&own).await),
        ("page that lacks something", house.post(&returns, &[("nonce", &nonce)]).await),
        ("return asked for", house.post(&returns, &fill).await),
        ("foreign form", house.post(&returns, &[("nonce", "raaaaaaaaaaaaaaaa")]).await),
        ("answer given", house.post(&answers, &[("nonce", &answer_nonce), ("wish", "not_received")]).await),
        ("answer that lacks something", house.post(&answers, &[("nonce", &answer_nonce)]).await),
        ("foreign answer", house.post(&answers, &[("nonce", "aaaaaaaaaaaaaaaa")]).await),
        (
            "answer that is not offered",
            house.post(&answers, &[("nonce", &answer_nonce), ("wish", "neighbour"), ("neighbour", "x")]).await,
        ),
        ("facts", house.get(&format!("{own}.json")).await),
        ("nowhere", house.get("/o/x").await),
        ("nowhere as json", house.get("/o/x.json").await),
        ("track", house.get("/demo/track").await),
        ("track with a bad address", house.post("/demo/track", &[("number", "1"), ("email", "x")]).await),
        ("link asked for", house.post("/demo/track", &[("number", "1"), ("email", "x@y.example")]).await),
        ("returns", house.get("/demo/returns").await),
        ("not allowed", house.visit(http::Request::delete(&own), Body::Empty).await),
        ("too large", house.visit(http::Request::post(&returns), Body::Text("x".repeat(17 * 1024))).await),
        ("head", house.visit(http::Request::head(&own), Body::Empty).await),
    ];
    house.aws.goes_down();
    answers.push(("later", house.get(&own).await));
    let mut listed = String::new();
    for (name, answer) in &answers {
        let mut headers: Vec<String> = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                format!(
                    "  {name}: {}",
                    value.to_str().unwrap().replace(&good(), "TOKEN").replace(&nonce, "NONCE").replace(&answer_nonce, "ANSWER")
                )
            })
            .map(|line| {
                line.split_once("'sha256-")
                    .map_or(line.clone(), |(head, rest)| format!("{head}'sha256-…'{}", rest.split_once('\'').unwrap().1))
            })
            .collect();
        headers.sort();
        listed += &format!("{name}: {}\n{}\n", answer.status(), headers.join("\n"));
        for header in [
            "content-security-policy",
            "referrer-policy",
            "x-content-type-options",
            "cache-control",
            "strict-transport-security",
            "x-robots-tag",
        ] {
            assert!(answer.headers().contains_key(header), "{header} of {name}");
        }
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{name}");
        if let Some((_, rest)) = text(answer).split_once("<style>") {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            use sha2::Digest as _;
            let style = rest.split("</style>").next().unwrap();
            let hash = STANDARD.encode(sha2::Sha256::digest(style.as_bytes()));
            assert!(policy.contains(&format!("style-src 'sha256-{hash}'")), "{name}");
        }
    }
    insta::assert_snapshot!("headers", listed);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let house = house().await;
    let own = format!("/o/{}", good());
    for path in [
        own.clone(),
        format!("{own}.json"),
        format!("{own}?asked=raaaaaaaa"),
        format!("{own}?answered=aaaaaaaaa"),
        format!("{own}/returns"),
        format!("{own}/answers?wish=not_received"),
        "/demo/track".into(),
        "/demo/returns".into(),
    ] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let answer =
                house.visit(http::Request::builder().method(method).uri(&path).header("purpose", "prefetch"), Body::Empty).await;
            assert!(answer.status().as_u16() < 500, "{method} {path}");
            assert!(method != "HEAD" || text(&answer).is_empty(), "{path}");
        }
    }
    assert!(house.aws.messages().is_empty());
    assert!(house.aws.calls().iter().all(|call| ["GetSecretValue", "Query", "BatchGetItem"].contains(&call.as_str())));
}

#[tokio::test]
async fn a_return_is_asked_for_once_however_often_the_form_is_sent() {
    let house = house().await;
    let returns = format!("/o/{}/returns", good());
    let nonce = house.nonce().await;
    let fill = [
        ("nonce", nonce.as_str()),
        ("q.11", "0"),
        ("r.11", ""),
        ("q.12", "2"),
        ("r.12", "too_large"),
        ("outcome", "exchange"),
        ("note", " Too big. "),
        ("more", "?"),
    ];
    for _ in 0..2 {
        let answer = house.post(&returns, &fill).await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], format!("/o/{}?asked={nonce}#returns", good()));
    }
    let mut messages = house.aws.messages();
    for (_, message) in &mut messages {
        assert!(message["request"]["requested_at"].take().is_string());
    }
    let asked = json!({
        "type": "return.requested.v1", "shop": "demo", "order": order_key().order,
        "request": { "id": nonce, "lines": [{ "line": "12", "quantity": 2, "reason": "too_large" }], "outcome": "exchange", "note": "Too big.", "requested_at": null }
    });
    assert_eq!(
        messages,
        vec![("returns".to_owned(), asked.clone()), ("returns".to_owned(), asked)],
        "both carry the same id: the desk makes one return"
    );

    // The desk has answered. The same form once more is a repeat, another content is told as such, a new form is another return.
    let mut made = asked_again(&nonce, &[("12", 2)]);
    made.request.outcome = domain::policy::Outcome::Exchange;
    house.vault.commit(vec![Write::Return(Versioned { value: made, version: 0 })]).await.unwrap();
    assert_eq!(house.post(&returns, &fill).await.status(), 303);
    let mut other = fill;
    other[3] = ("q.12", "1");
    assert_eq!(house.post(&returns, &other).await.status(), 409);
    assert!(house.aws.messages().is_empty());
    assert_ne!(house.nonce().await, nonce);
}

#[tokio::test]
async fn an_answer_is_given_once_however_often_the_form_is_sent() {
    let house = house().await;
    let answers = format!("/o/{}/answers", good());
    let nonce = house.answer_nonce().await;
    let fill = [("nonce", nonce.as_str()), ("wish", "not_received"), ("note", " Asked all.\r\nTwice.\u{202e} "), ("street", "?")];
    for _ in 0..2 {
        let answer = house.post(&answers, &fill).await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], format!("/o/{}?answered={nonce}#answers", good()));
    }
    let mut messages = house.aws.messages();
    for (_, message) in &mut messages {
        assert!(message["answer"]["answered_at"].take().is_string());
    }
    let given = json!({
        "type": "customer.answered.v1", "order": order_key(),
        "answer": {
            "id": nonce, "parcel": { "shop": "demo", "carrier": "ups", "number": "1Z999AA10123456784" },
            "wish": { "wish": "not_received", "note": "Asked all.\nTwice." }, "answered_at": null
        }
    });
    assert_eq!(messages, vec![("orders".to_owned(), given.clone()), ("orders".to_owned(), given)]);

    // The desk has taken it. The same form once more is a repeat, another content is told as such.
    let key = arrived().parcels[0].key.clone();
    let wish = Wish::NotReceived { note: "Asked all.\nTwice.".into() };
    let taken =
        CustomerAnswer { id: nonce.parse().unwrap(), parcel: Some(key), wish, answered_at: Timestamp::now(), done_at: None };
    let mut order = house.vault.folder(&order_key()).await.unwrap().unwrap().order;
    order.value.answers.push(taken);
    house.vault.commit(vec![Write::Order(order)]).await.unwrap();
    assert_eq!(house.post(&answers, &fill).await.status(), 303);
    assert_eq!(house.post(&answers, &[("nonce", &nonce), ("wish", "not_received"), ("note", "Else.")]).await.status(), 409);
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn an_answer_of_somebody_else_or_to_something_else_is_refused() {
    let house = house().await;
    let answers = format!("/o/{}/answers", good());
    let (nonce, return_nonce) = (house.answer_nonce().await, house.nonce().await);
    let body = format!("nonce={nonce}&wish=not_received");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let answer = house.visit(http::Request::post(&answers).header(name, value), Body::Text(body.clone())).await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
    for wrong in ["", "aaaaaaaaaaaaaaaa", &nonce[1..], &nonce.to_uppercase(), &return_nonce] {
        let answer = house.post(&answers, &[("nonce", wrong), ("wish", "not_received")]).await;
        assert_eq!(answer.status(), 403, "{wrong}");
        assert!(text(&answer).contains("#answers\">Back to your order"));
    }
    let returned = house
        .post(&format!("/o/{}/returns", good()), &[("nonce", &nonce), ("q.12", "1"), ("r.12", "other"), ("outcome", "refund")])
        .await;
    assert_eq!(returned.status(), 403, "an answer's nonce asks for no return");
    for (fields, status) in [
        (vec![("wish", "another_day"), ("day", "2030-01-01")], 409),
        (vec![("wish", "neighbour"), ("neighbour", "x")], 409),
        (vec![("wish", "")], 422),
        (vec![("wish", "everything")], 422),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("nonce", nonce.as_str())]).collect();
        assert_eq!(house.post(&answers, &fields).await.status(), status, "{fields:?}");
    }
    let long = format!("\u{202e}<b>{}", "long ".repeat(2000));
    let kept = house.post(&answers, &[("nonce", &nonce), ("wish", "not_received"), ("note", &long)]).await;
    assert_eq!(kept.status(), 422);
    assert!(text(&kept).contains("Please shorten this to 500 characters.") && !text(&kept).contains("<b>long"));
    assert!(house.aws.messages().is_empty());
}

fn asked_again(id: &str, lines: &[(&str, u32)]) -> domain::return_::Return {
    asked(id, lines, ReturnState::Approved { at: Timestamp::now(), by: AnsweredBy::Policy }, None)
}

#[tokio::test]
async fn a_form_of_somebody_else_is_refused() {
    let house = house().await;
    let returns = format!("/o/{}/returns", good());
    let nonce = house.nonce().await;
    let body = format!("nonce={nonce}&q.12=1&r.12=too_large&outcome=refund");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let answer = house.visit(http::Request::post(&returns).header(name, value), Body::Text(body.clone())).await;
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
    for wrong in ["", "raaaaaaaaaaaaaaaa", &nonce[1..], &nonce.to_uppercase()] {
        let answer = house.post(&returns, &[("nonce", wrong), ("q.12", "1"), ("r.12", "too_large"), ("outcome", "refund")]).await;
        assert_eq!(answer.status(), 403, "{wrong}");
        assert!(text(&answer).contains("Back to your order"));
    }
    assert!(house.aws.messages().is_empty());
    let ours = house
        .visit(http::Request::post(&returns).header("origin", "null").header("sec-fetch-site", "same-origin"), Body::Text(body))
        .await;
    assert_eq!(ours.status(), 303);
}

#[tokio::test]
async fn what_is_missing_in_a_form_is_said_and_nothing_is_sent() {
    let house = house().await;
    let returns = format!("/o/{}/returns", good());
    let nonce = house.nonce().await;
    for (fields, said) in [
        (vec![("outcome", "refund")], "at least one thing"),
        (vec![("q.12", "1"), ("r.12", ""), ("outcome", "refund")], "a reason for everything"),
        (vec![("q.12", "1"), ("r.12", "because"), ("outcome", "refund")], "a reason for everything"),
        (vec![("q.12", "1"), ("r.12", "other")], "what you would like"),
        (vec![("q.12", "-1"), ("outcome", "refund")], "at least one thing"),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("nonce", nonce.as_str())]).collect();
        let answer = house.post(&returns, &fields).await;
        assert_eq!(answer.status(), 422, "{fields:?}");
        assert!(text(&answer).contains(said), "{fields:?}");
    }
    assert!(house.aws.messages().is_empty());
}

#[tokio::test]
async fn asking_for_a_link_tells_nothing_about_orders() {
    let house = house().await;
    let right = house.post("/demo/track", &[("number", "#1001"), ("email", "ines@doe.example")]).await;
    let wrong = house.post("/demo/track", &[("number", "999999"), ("email", "nobody@doe.example")]).await;
    assert_eq!(format!("{:?}", right.into_parts()), format!("{:?}", wrong.into_parts()));
    let messages = house.aws.messages();
    assert_eq!(messages.len(), 2);
    let (queue, first) = &messages[0];
    assert_eq!(
        (queue.as_str(), &first["type"], &first["number"], &first["email"]),
        ("orders", &json!("link.requested.v1"), &json!("#1001"), &json!("ines@doe.example"))
    );
    assert!(!house.aws.calls().iter().any(|call| call == "BatchGetItem"), "nobody looks for the order while the visitor waits");
}

#[tokio::test]
async fn a_queue_that_does_not_answer_is_not_called_success() {
    let house = house().await;
    let nonce = house.nonce().await;
    house.get("/demo/track").await;
    house.aws.goes_down();
    let asked = house
        .post(&format!("/o/{}/returns", good()), &[("nonce", &nonce), ("q.12", "1"), ("r.12", "other"), ("outcome", "refund")])
        .await;
    let mailed = house.post("/demo/track", &[("number", "1"), ("email", "x@y.example")]).await;
    let answered = house.post(&format!("/o/{}/answers", good()), &[("nonce", &nonce), ("wish", "not_received")]).await;
    assert_eq!([&asked, &mailed, &answered].map(|answer| answer.status().as_u16()), [503; 3]);
    assert_eq!(asked.headers()["retry-after"], "30");
}

#[tokio::test]
async fn the_facts_of_an_order_are_told_to_machines() {
    let house = house().await;
    let facts: Value = serde_json::from_str(&text(&house.get(&format!("/o/{}.json", good())).await)).unwrap();
    assert_eq!(
        (&facts["number"], &facts["status"], &facts["parcels"][0]["status"]),
        (&json!("#1001"), &json!("delivered"), &json!("delivered"))
    );
}

#[test]
fn the_environment_is_that_of_the_template() {
    let template = include_str!("../../../template.yaml");
    let (_, rest) = template.split_once("Binary: customer_pages").unwrap();
    let (_, rest) = rest.split_once("Variables:").unwrap();
    let (variables, _) = rest.split_once("Policies:").unwrap();
    let names: Vec<&str> = variables.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(names, ENV);
}
