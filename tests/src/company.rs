//! An outside company's API as a local receiver: a real HTTP server that remembers what it was asked and answers by a contract.

use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

impl Asked {
    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What the company answers.
#[derive(Debug, Clone)]
pub struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Said {
    /// An answer without more.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// 200 with JSON.
    #[must_use]
    pub fn json(body: &Json) -> Self {
        Self { body: body.to_string(), ..Self::status(200) }
    }

    /// The same with a header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// The company.
pub struct Company {
    /// Its address, without a slash at the end.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Company {
    /// Opens it; it answers by `contract`, several callers at once, and closes with the test's process.
    #[must_use]
    pub fn open(contract: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, contract) = (Arc::new(Mutex::new(Vec::new())), Arc::new(contract));
        let kept = asked.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (kept, contract) = (kept.clone(), contract.clone());
                thread::spawn(move || {
                    let connection = connection.unwrap();
                    let Some(request) = read(&connection) else { return };
                    kept.lock().unwrap().push(request.clone());
                    answer(&connection, &contract(&request));
                });
            }
        });
        Self { url, asked }
    }

    /// What it was asked so far, in the order of arrival.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What it was asked of this method at paths that begin so.
    #[must_use]
    pub fn asked_of(&self, method: &str, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method == method && asked.path.starts_with(path)).collect()
    }
}

/// A whole request; a caller who was killed before its end has asked nothing.
fn read(connection: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(connection);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) && line != "\r\n" {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if line != "\r\n" || reader.read_exact(&mut body).is_err() {
        return None;
    }
    Some(Asked { method, path, headers, body: String::from_utf8(body).ok()? })
}

fn answer(mut connection: &TcpStream, said: &Said) {
    let headers: String = said.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {} X\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", said.status, said.body.len());
    let _caller_may_be_dead = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(said.body.as_bytes()));
}
