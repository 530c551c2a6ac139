//! The caller against a receiver that answers in every way, and that breaks off in every way.

use super::*;
use crate::receiver::{Arrived, arrived};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

const SHORT: Limits = Limits { connect: Duration::from_millis(300), total: Duration::from_millis(500) };

/// Answers every request with these bytes and hangs up; with none, it says nothing.
async fn receiver(answer: &'static str) -> (SocketAddr, Arc<Mutex<Vec<Arrived>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen: Arc<Mutex<Vec<Arrived>>> = Arc::default();
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = arrived(&mut stream).await;
            kept.lock().unwrap().push(request);
            if answer.is_empty() {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

fn call(url: &str) -> Call<'_> {
    Call { method: "GET", url, headers: &[], body: None, body_bytes_max: BODY_BYTES_MAX, wanted: &["link", "retry-after"] }
}

#[tokio::test]
async fn what_is_asked_arrives_and_what_is_answered_comes_back() {
    let (address, seen) =
        receiver("HTTP/1.1 429 Slow\r\nLink: <x>; rel=\"next\"\r\nSet-Cookie: a=b\r\ncontent-length: 5\r\n\r\nhello").await;
    let url = format!("http://{address}/tracks/?a=1&b=2");
    let headers = [("authorization", "Bearer fake".to_owned()), ("content-type", "application/json".to_owned())];
    let call = Call { method: "POST", headers: &headers, body: Some("{}"), ..call(&url) };
    let answered = Caller::with(SHORT).unwrap().call(&call).await.unwrap();
    assert_eq!((answered.status, answered.body.as_slice()), (429, &b"hello"[..]));
    assert_eq!(answered.headers, [("link", "<x>; rel=\"next\"".to_owned())]);
    let arrived = seen.lock().unwrap().pop().unwrap();
    assert!(arrived.head.starts_with("POST /tracks/?a=1&b=2 HTTP/1.1"), "{}", arrived.head);
    assert_eq!((arrived.header("host"), arrived.header("authorization")), (address.to_string().as_str(), "Bearer fake"));
    assert_eq!(arrived.body, "{}");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    for (answer, why) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\"", "connection_lost"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n01234567890123456789", "answer_too_long"),
        ("nonsense", "connection_lost"),
        ("", "timeout"),
    ] {
        let (address, _) = receiver(answer).await;
        let url = format!("http://{address}/");
        let began = Instant::now();
        let made = Caller::with(SHORT).unwrap().call(&Call { body_bytes_max: 20, ..call(&url) }).await;
        // The half one is of a length that fits.
        let made = if why == "connection_lost" && answer.contains("half") {
            Caller::with(SHORT).unwrap().call(&call(&url)).await
        } else {
            made
        };
        assert_eq!(made, Err(NoAnswer::Broken(why)));
        assert!(began.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, seen) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let location = format!("HTTP/1.1 301 Moved\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = receiver(location.leak()).await;
    let url = format!("http://{address}/");
    assert_eq!(Caller::with(SHORT).unwrap().call(&call(&url)).await.unwrap().status, 301);
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_allowed_is_not_said() {
    let caller = Caller::with(SHORT).unwrap();
    for (url, why) in [
        ("http://example.com/", "not_https"),
        ("ftp://127.0.0.1/", "not_https"),
        ("not a url", "not_a_url"),
        ("/path", "not_a_url"),
        ("https://user:secret@127.0.0.1/", "userinfo_not_allowed"),
    ] {
        assert_eq!(caller.call(&call(url)).await, Err(NoAnswer::NotMade(why)), "{url}");
    }
    let split = [("authorization", "a\r\nx: y".to_owned())];
    let made = caller.call(&Call { headers: &split, ..call("http://127.0.0.1:1/") }).await;
    assert_eq!(made, Err(NoAnswer::NotMade("bad_request")));
    let unbound = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{unbound}/");
    assert!(matches!(caller.call(&call(&url)).await, Err(NoAnswer::Nobody(_))));
}
