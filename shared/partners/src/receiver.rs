//! The first half of every receiver of the tests: a request as it came over the wire.

use tokio::{io::AsyncReadExt, net::TcpStream};

/// A request as it arrived: its head, and its body.
pub(crate) struct Arrived {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// Reads one request.
pub(crate) async fn arrived(stream: &mut TcpStream) -> Arrived {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let request = Arrived { head: head.to_owned(), body: body.to_owned() };
            if body.len() >= request.header("content-length").parse().unwrap_or(0) {
                return request;
            }
        }
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the sender hung up");
        bytes.extend_from_slice(&buffer[..read]);
    }
}
