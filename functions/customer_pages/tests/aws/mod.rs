//! Just enough of AWS for one function: a table that keeps rows, a secret, and queues that remember what was put on them.

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// What was asked of it, and what it keeps.
#[derive(Default)]
struct Kept {
    rows: Vec<Value>,
    calls: Vec<String>,
    messages: Vec<(String, Value)>,
    is_down: bool,
}

/// One AWS for one test.
pub struct Aws {
    pub endpoint: String,
    kept: Arc<Mutex<Kept>>,
}

impl Aws {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = shared.clone();
                std::thread::spawn(move || talk(&stream, &kept));
            }
        });
        Self { endpoint, kept }
    }

    /// The environment of the function.
    pub fn env(&self, name: &str) -> Option<String> {
        Some(match name {
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test".to_owned(),
            "AWS_ENDPOINT_URL" => self.endpoint.clone(),
            "TABLE_NAME" => "table".to_owned(),
            "SECRET_ID" => "secret".to_owned(),
            "ORDERS_QUEUE_URL" => "http://queues/orders".to_owned(),
            "FEEDBACK_QUEUE_URL" => "http://queues/feedback".to_owned(),
            "RETURNS_QUEUE_URL" => "http://queues/returns".to_owned(),
            _ => return None,
        })
    }

    /// The calls made since this was asked last.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.kept.lock().unwrap().calls)
    }

    /// The messages put on queues since this was asked last.
    pub fn messages(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.kept.lock().unwrap().messages)
    }

    /// From now on the table and the queues do not answer well.
    pub fn goes_down(&self) {
        self.kept.lock().unwrap().is_down = true;
    }
}

/// The secret's root key.
pub const ROOT_KEY: &str = "root-key-root-key-root-key-root-key-root-key";

/// The secret as a whole.
pub fn secret() -> String {
    json!({ "root_key": ROOT_KEY, "shops": { "demo": {} } }).to_string()
}

fn talk(stream: &TcpStream, kept: &Mutex<Kept>) {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let (mut target, mut length) = (String::new(), 0);
        let mut first = true;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim().to_owned();
            if line.is_empty() && !first {
                break;
            }
            first = false;
            if let Some((name, value)) = line.split_once(':') {
                match name.to_lowercase().as_str() {
                    "x-amz-target" => target = value.trim().rsplit('.').next().unwrap().to_owned(),
                    "content-length" => length = value.trim().parse().unwrap(),
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let (status, answer) = answer(kept, &target, &serde_json::from_slice(&body).unwrap());
        let text = answer.to_string();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n", text.len());
        if writer.write_all((head + &text).as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(kept: &Mutex<Kept>, call: &str, body: &Value) -> (&'static str, Value) {
    let mut kept = kept.lock().unwrap();
    kept.calls.push(call.to_owned());
    if kept.is_down && call != "GetSecretValue" {
        return (
            "400 Bad Request",
            json!({ "__type": "com.amazonaws.dynamodb.v20120810#AccessDeniedException", "message": "down" }),
        );
    }
    let same = |row: &Value, key: &Value| row["pk"] == key["pk"] && row["sk"] == key["sk"];
    let answer = match call {
        "GetSecretValue" => json!({ "SecretString": secret() }),
        "SendMessage" => {
            let queue = body["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            kept.messages.push((queue, serde_json::from_str(body["MessageBody"].as_str().unwrap()).unwrap()));
            json!({ "MessageId": "1", "MD5OfMessageBody": "" })
        }
        "PutItem" => {
            kept.rows.retain(|row| !same(row, &body["Item"]));
            kept.rows.push(body["Item"].clone());
            json!({})
        }
        "UpdateItem" => {
            update(&mut kept.rows, body);
            json!({})
        }
        "Query" => {
            let values = &body["ExpressionAttributeValues"];
            let of = |name: &str| values[name]["S"].as_str().unwrap_or_default().to_owned();
            let mut rows: Vec<Value> = kept
                .rows
                .iter()
                .filter(|row| row["pk"] == values[":pk"])
                .filter(|row| row["sk"]["S"].as_str().unwrap() >= of(":order").as_str())
                .filter(|row| row["sk"]["S"].as_str().unwrap().starts_with(&of(":settings")))
                .cloned()
                .collect();
            rows.sort_by_key(|row| row["sk"]["S"].as_str().unwrap().to_owned());
            json!({ "Items": rows })
        }
        "BatchGetItem" => {
            let keys = body["RequestItems"]["table"]["Keys"].as_array().unwrap().clone();
            let rows: Vec<&Value> = kept.rows.iter().filter(|row| keys.iter().any(|key| same(row, key))).collect();
            json!({ "Responses": { "table": rows } })
        }
        other => panic!("{other} is not a call of these pages"),
    };
    ("200 OK", answer)
}

/// `SET a = :x, #b = if_not_exists(#b, :y)`: what tests write of customers. Conditions hold, nobody races.
fn update(rows: &mut Vec<Value>, body: &Value) {
    let same = |row: &Value| row["pk"] == body["Key"]["pk"] && row["sk"] == body["Key"]["sk"];
    let mut row = rows.iter().find(|row| same(row)).unwrap_or(&body["Key"]).clone();
    let expression = body["UpdateExpression"].as_str().unwrap().strip_prefix("SET ").unwrap();
    for set in expression.split(" = ").collect::<Vec<_>>().windows(2) {
        let name = set[0].rsplit(' ').next().unwrap();
        let name = body["ExpressionAttributeNames"][name].as_str().unwrap_or(name);
        let value: String =
            set[1].split(':').nth(1).unwrap().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        row[name] = body["ExpressionAttributeValues"][format!(":{value}")].clone();
    }
    rows.retain(|row| !same(row));
    rows.push(row);
}
