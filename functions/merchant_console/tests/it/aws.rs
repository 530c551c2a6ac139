//! AWS on one port for a test: a real DynamoDB (dynoxide, in memory), one secret, queues that keep what they are sent, and
//! SES with a list of two pieces of addresses that it writes to no more.

#![allow(dead_code, reason = "each test binary needs some of the neighbours")]

use boot::aws::Aws;
use dynoxide::Database;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use store::Vault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The table's name.
pub const TABLE: &str = "doorstep";

/// The neighbours of a function.
pub struct Neighbours {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<serde_json::Value>>>,
    read: Arc<Mutex<Vec<String>>>,
}

impl Neighbours {
    /// Starts them with this secret. They stop with the test's runtime.
    pub async fn start(secret: serde_json::Value) -> Self {
        let database = Database::memory().unwrap();
        let text = |name: &str| serde_json::json!({"AttributeName": name, "AttributeType": "S"});
        let table = serde_json::json!({
            "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [text("pk"), text("sk"), text("worklist"), text("since")],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [{"IndexName": "worklist", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "worklist", "KeyType": "HASH"}, {"AttributeName": "since", "KeyType": "RANGE"}]}],
        });
        database.create_table(serde_json::from_value(table).unwrap()).unwrap();
        let dynamodb = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dynamodb_address = dynamodb.local_addr().unwrap();
        tokio::spawn(dynoxide::server::serve_on(dynamodb, database));

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sent: Arc<Mutex<Vec<serde_json::Value>>> = Arc::default();
        let read: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, counted) = (sent.clone(), read.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, dynamodb_address, secret.to_string(), kept.clone(), counted.clone()));
            }
        });
        Self { address, sent, read }
    }

    /// A variable of a function's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        Some(match name {
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test".to_owned(),
            "AWS_ENDPOINT_URL" => format!("http://{}", self.address),
            "TABLE_NAME" => TABLE.to_owned(),
            "SECRET_ID" => "secret".to_owned(),
            "DEAD_QUEUE_URL" => format!("http://{}/1/dead", self.address),
            "ORDERS_QUEUE_URL" => format!("http://{}/1/orders", self.address),
            "LETTERS_QUEUE_URL" => format!("http://{}/1/letters", self.address),
            "FEEDBACK_QUEUE_URL" => format!("http://{}/1/feedback", self.address),
            "RETURNS_QUEUE_URL" => format!("http://{}/1/returns", self.address),
            _ => return None,
        })
    }

    /// The clients.
    pub fn aws(&self) -> Aws {
        Aws::from_env(|name: &str| self.variable(name)).unwrap()
    }

    /// The vault.
    pub fn vault(&self) -> Vault {
        Vault::new(self.aws().dynamodb(), TABLE.to_owned())
    }

    /// What DynamoDB was asked since this was asked for last, in small letters.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.read.lock().unwrap())
    }

    /// What was put on queues, as SQS was told, and what SES was asked for, as a `Path`.
    pub fn sent(&self) -> Vec<serde_json::Value> {
        self.sent.lock().unwrap().clone()
    }
}

/// Answers one request of a connection and closes it.
async fn answer(
    mut stream: TcpStream,
    dynamodb: SocketAddr,
    secret: String,
    sent: Arc<Mutex<Vec<serde_json::Value>>>,
    read: Arc<Mutex<Vec<String>>>,
) {
    let Some((head, body)) = request(&mut stream).await else { return };
    let target =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("x-amz-target: ").map(str::to_owned)).unwrap_or_default();
    let reply = if target.starts_with("dynamodb_") {
        read.lock().unwrap().push(target.rsplit('.').next().unwrap_or_default().to_owned());
        forwarded(&head, &body, dynamodb).await
    } else if target.starts_with("secretsmanager.") {
        reply(&serde_json::json!({"ARN": "secret", "Name": "secret", "SecretString": secret}))
    } else if let Some(path) = head.strip_prefix("GET ").filter(|path| path.starts_with("/v2/email/suppression/addresses")) {
        let path = path.split(' ').next().unwrap_or_default();
        sent.lock().unwrap().push(serde_json::json!({"Path": path}));
        reply(&piece(path))
    } else {
        sent.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
        reply(&serde_json::json!({"MessageId": "1", "MD5OfMessageBody": ""}))
    };
    stream.write_all(&reply).await.unwrap();
}

/// A piece of SES's list: two addresses, then one, and one that nobody could write to.
fn piece(path: &str) -> serde_json::Value {
    let entry = |address: &str, reason: &str| serde_json::json!({"EmailAddress": address, "Reason": reason, "LastUpdateTime": 1_795_000_000.5});
    if path.contains("NextToken=second%20piece") {
        serde_json::json!({"SuppressedDestinationSummaries": [entry("listed-third@example.com", "BOUNCE")]})
    } else {
        let first =
            [entry("Listed-First@example.com", "BOUNCE"), entry("listed-second@example.com", "COMPLAINT"), entry("", "BOUNCE")];
        serde_json::json!({"SuppressedDestinationSummaries": first, "NextToken": "second piece"})
    }
}

fn reply(body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Passes a request on, on a connection of its own.
async fn forwarded(head: &str, body: &[u8], to: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

/// The head and the body of the next request; `None` when the caller hangs up.
pub async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse().ok()));
        let wanted = end + 4 + length.unwrap_or(0);
        while bytes.len() < wanted {
            let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&buffer[..read]);
        }
        return Some((head, bytes[end + 4..wanted].to_vec()));
    }
}
