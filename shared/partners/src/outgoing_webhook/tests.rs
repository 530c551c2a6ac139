//! The sender against receivers of every temper, each a real TCP listener of one connection.

use super::*;
use crate::{
    guard::LookingUp,
    receiver::{Arrived, arrived},
};
use std::{net::SocketAddr, time::Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The name of a receiver that is not there.
struct Nowhere;

impl Names for Nowhere {
    fn look_up(&self, _: &str) -> LookingUp {
        Box::pin(async { Err(std::io::Error::other("no such name")) })
    }
}

/// A receiver that answers one request with these bytes and hangs up.
async fn receiver(answer: String) -> (SocketAddr, JoinHandle<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = arrived(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    });
    (address, task)
}

fn sender() -> OutgoingWebhooks {
    let limits = Limits { connect: Duration::from_millis(300), total: Duration::from_millis(800) };
    OutgoingWebhooks::with(Arc::new(SystemNames), Reach::LoopbackToo, limits).unwrap()
}

fn webhook() -> OutgoingWebhook<serde_json::Value> {
    OutgoingWebhook {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
        event: "order.confirmed".to_owned(),
        occurred_at: "2026-11-21T10:00:00Z".parse().unwrap(),
        data: serde_json::json!({ "order": "x" }),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn send_to(address: SocketAddr) -> Delivery {
    sender().send(&format!("http://{address}/hook"), &[SigningKey::read(KEY).unwrap()], &webhook(), at(1_614_265_330)).await
}

async fn answered_with(head: &str) -> Delivery {
    let (address, task) = receiver(format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\nok")).await;
    let delivery = send_to(address).await;
    task.await.unwrap();
    delivery
}

#[test]
fn the_signature_is_that_of_the_official_vector() {
    let keys = [SigningKey::read(KEY).unwrap()];
    let signature = signatures(&keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn each_active_key_signs() {
    let keys = [SigningKey::read(KEY).unwrap(), SigningKey::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSX").unwrap()];
    let both = signatures(&keys, "msg_1", 1, b"{}");
    let [first, second] = both.split(' ').collect::<Vec<_>>()[..] else { panic!("{both}") };
    assert!(first.starts_with("v1,") && second.starts_with("v1,") && first != second);
}

#[test]
fn what_is_no_key_does_not_sign() {
    for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not base64 at all, not at all!"] {
        assert!(SigningKey::read(text).is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_receiver_gets_the_event_signed_and_nothing_of_ours() {
    let (address, task) = receiver("HTTP/1.1 204 No Content\r\n\r\n".to_owned()).await;
    assert_eq!(send_to(address).await, Delivery::Taken { status: 204 });
    let request = task.await.unwrap();
    assert!(request.head.starts_with("POST /hook HTTP/1.1"));
    assert_eq!(request.body, r#"{"type":"order.confirmed","timestamp":"2026-11-21T10:00:00Z","data":{"order":"x"}}"#);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), webhook().id);
    assert_eq!(request.header("webhook-timestamp"), "1614265330");
    let signature = signatures(&[SigningKey::read(KEY).unwrap()], &webhook().id, 1_614_265_330, request.body.as_bytes());
    assert_eq!(request.header("webhook-signature"), signature);
    let mut names: Vec<_> =
        request.head.lines().skip(1).filter_map(|line| line.split(':').next()).map(str::to_lowercase).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "accept",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "webhook-id",
            "webhook-signature",
            "webhook-timestamp"
        ]
    );
}

#[tokio::test]
async fn a_second_attempt_has_the_same_id_and_its_own_time() {
    let key = [SigningKey::read(KEY).unwrap()];
    let mut seen = Vec::new();
    for second in [10, 70] {
        let (address, task) = receiver("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
        sender().send(&format!("http://{address}/"), &key, &webhook(), at(second)).await;
        let request = task.await.unwrap();
        seen.push((request.header("webhook-id").to_owned(), request.header("webhook-timestamp").to_owned()));
    }
    assert_eq!(seen, [(webhook().id, "10".to_owned()), (webhook().id, "70".to_owned())]);
}

#[tokio::test]
async fn an_answer_says_what_to_do_next() {
    let again = |why: &str, retry_after_s| Delivery::Again { why: why.to_owned(), retry_after_s };
    assert_eq!(answered_with("200 OK").await, Delivery::Taken { status: 200 });
    assert_eq!(answered_with("202 Accepted").await, Delivery::Taken { status: 202 });
    assert_eq!(answered_with("410 Gone").await, Delivery::Gone);
    assert_eq!(answered_with("404 Not Found").await, again("http_404", None));
    assert_eq!(answered_with("500 Internal").await, again("http_500", None));
    assert_eq!(answered_with("429 Slow\r\nretry-after: 120").await, again("http_429", Some(120)));
    assert_eq!(answered_with("503 Busy\r\nretry-after: Thu, 25 Feb 2021 15:03:10 GMT").await, again("http_503", Some(60)));
    assert_eq!(answered_with("503 Busy\r\nretry-after: 999999999").await, again("http_503", Some(86_400)));
    assert_eq!(answered_with("503 Busy\r\nretry-after: soon").await, again("http_503", None));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let next = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let head = format!("307 Elsewhere\r\nlocation: http://{}/", next.local_addr().unwrap());
    assert_eq!(answered_with(&head).await, Delivery::Again { why: "http_307".to_owned(), retry_after_s: None });
    assert!(tokio::time::timeout(Duration::from_millis(50), next.accept()).await.is_err());
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivery = send_to(listener.local_addr().unwrap()).await;
    assert_eq!(delivery, Delivery::Again { why: "timeout".to_owned(), retry_after_s: None });
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        arrived(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
    });
    assert_eq!(send_to(address).await, Delivery::Taken { status: 200 });
    task.await.unwrap(); // It ends because the connection was closed on it.
}

#[tokio::test]
async fn a_body_that_drips_does_not_hold_the_sender() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        arrived(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx").await.unwrap();
        stream.read(&mut [0; 1]).await
    });
    let begun = Instant::now();
    assert_eq!(send_to(address).await, Delivery::Taken { status: 200 });
    assert!(begun.elapsed() < Duration::from_secs(5));
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn headers_without_end_are_an_answer_we_do_not_take() {
    let many: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
    let (address, task) = receiver(format!("HTTP/1.1 200 OK\r\n{many}content-length: 0\r\n\r\n")).await;
    assert_eq!(send_to(address).await, Delivery::Again { why: "connection_lost".to_owned(), retry_after_s: None });
    task.await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_is_not_there_may_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(send_to(address).await, Delivery::Again { why: "connect".to_owned(), retry_after_s: None });
    let nowhere = OutgoingWebhooks::with(Arc::new(Nowhere), Reach::PublicOnly, Limits::default()).unwrap();
    let delivery = nowhere.send("https://hooks.example/", &[SigningKey::read(KEY).unwrap()], &webhook(), at(1)).await;
    assert_eq!(delivery, Delivery::Again { why: "name_not_found".to_owned(), retry_after_s: None });
}

#[tokio::test]
async fn what_may_never_be_sent_is_refused_without_a_connection() {
    let public = OutgoingWebhooks::new(Reach::PublicOnly).unwrap();
    let key = [SigningKey::read(KEY).unwrap()];
    for (url, why) in [
        ("https://127.0.0.1/", "address_not_public"),
        ("https://localhost/", "address_not_public"),
        ("http://hooks.example/", "not_https"),
        ("https://[::ffff:169.254.169.254]/latest", "address_not_public"),
    ] {
        assert_eq!(public.send(url, &key, &webhook(), at(1)).await, Delivery::Refused { why }, "{url}");
    }
    assert_eq!(public.send("https://8.8.8.8/", &[], &webhook(), at(1)).await, Delivery::Refused { why: "no_signing_key" });
    let large =
        OutgoingWebhook { id: "msg_1".into(), event: "e".into(), occurred_at: at(1), data: "x".repeat(PAYLOAD_BYTES_MAX) };
    assert_eq!(public.send("https://8.8.8.8/", &key, &large, at(1)).await, Delivery::Refused { why: "payload_too_large" });
}
