//! The table: dynoxide on a file, behind the one port, with its rows swept by time to live.

use crate::{counts::Counts, disk::Disk, plan::Table, pulse::Pulse, refusal::Refusal, trouble::Trouble};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request, Response, header},
};
use dynoxide::Database;
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, client::legacy::connect::HttpConnector, rt::TokioExecutor};
use rusqlite::OptionalExtension;
use serde_json::{Value as Json, json};
use std::{net::SocketAddr, path::Path, thread, time::Duration};
use tokio::sync::watch;

/// The file in the data folder.
pub const FILE: &str = "dynamodb.db";
/// How often rows past their time are removed; AWS takes hours, nobody wants to wait for that here.
const SWEEP: Duration = Duration::from_secs(5);

/// Rows looked at under one lock of the database.
const SWEPT_AT_ONCE: usize = 100;

const WITH_CAPACITY: [&str; 10] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];
const READS: [&str; 5] = ["BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"];

/// DynamoDB.
pub struct Tables {
    /// The database, for those who need no HTTP.
    pub database: Database,
    /// Changes after every write.
    pub written: watch::Sender<()>,
    pulse: Pulse,
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
}

impl Tables {
    /// Opens the file, makes missing tables, and serves the database on a port of its own behind ours.
    pub async fn open(data: &Path, disk: &Disk, plan: &[Table], pulse: Pulse) -> Result<Self, Trouble> {
        let path = data.join(FILE);
        let database = Database::new(&path.to_string_lossy()).map_err(|e| Trouble::Database(e.to_string()))?;
        for table in plan {
            make(&database, disk, table, data).await?;
        }
        index_stream(&path).map_err(|e| Trouble::Database(e.to_string()))?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(Trouble::Listen)?;
        listener.set_nonblocking(true).map_err(Trouble::Listen)?;
        let address = listener.local_addr().map_err(Trouble::Listen)?;
        serve(listener, database.clone())?;
        let written = watch::Sender::new(());
        let dated = plan.iter().filter_map(Dated::of).collect();
        sweep(database.clone(), dated, written.clone(), pulse.clone())?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { database, written, pulse, client, address })
    }

    /// One request, passed on as it came; what it consumed is counted for the caller.
    pub async fn answer(
        &self,
        operation: &str,
        caller: &str,
        headers: &HeaderMap,
        body: Bytes,
        counts: &Counts,
    ) -> Result<Response<Body>, Refusal> {
        let measured = WITH_CAPACITY.contains(&operation).then(|| ask_capacity(&body)).flatten();
        let asked_here = measured.is_some();
        let mut request = Request::post(format!("http://{}/", self.address));
        for (name, value) in headers {
            if ![header::HOST, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING].contains(name) {
                request = request.header(name, value);
            }
        }
        let failed = |why: String| Refusal { status: Some(500), ..Refusal::new("InternalServerError", why) };
        let request = request.body(Full::new(measured.unwrap_or(body))).map_err(|e| failed(e.to_string()))?;
        let response = self.client.request(request).await.map_err(|e| failed(e.to_string()))?;
        if !READS.contains(&operation) {
            self.pulse.beat();
            self.written.send_replace(());
        }
        let (mut parts, body) = response.into_parts();
        let mut body = body.collect().await.map_err(|e| failed(e.to_string()))?.to_bytes();
        if parts.status.is_success()
            && WITH_CAPACITY.contains(&operation)
            && let Ok(mut json) = serde_json::from_slice::<Json>(&body)
        {
            count_capacity(&json["ConsumedCapacity"], operation, caller, counts);
            if asked_here && let Some(map) = json.as_object_mut() {
                map.remove("ConsumedCapacity");
                body = Bytes::from(json.to_string());
                parts.headers.remove("x-amz-crc32");
                parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
            }
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

/// The same request, also asking what it consumes; nothing if the caller asks that anyway.
fn ask_capacity(body: &Bytes) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok()?;
    let rest = text.trim_start().strip_prefix('{')?.trim_start();
    if rest.starts_with('}') || text.contains("\"ReturnConsumedCapacity\"") {
        return None;
    }
    Some(Bytes::from(format!("{{\"ReturnConsumedCapacity\":\"TOTAL\",{rest}")))
}

/// Half units exist, so thousandths are counted: 500 is half a unit.
fn count_capacity(capacity: &Json, operation: &str, caller: &str, counts: &Counts) {
    let what = if READS.contains(&operation) { "dynamodb:read_units_x1000" } else { "dynamodb:write_units_x1000" };
    let one = std::slice::from_ref(capacity);
    let all = capacity.as_array().map_or(one, Vec::as_slice);
    let thousandths: u64 = all.iter().filter_map(|c| thousandths(&c["CapacityUnits"])).sum();
    if thousandths > 0 {
        counts.add(caller, what, thousandths);
    }
}

/// `1.5` as 1500, without counting in floats.
fn thousandths(number: &Json) -> Option<u64> {
    let text = number.as_number()?.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    Some(whole.parse::<u64>().ok()? * 1000 + part.parse::<u64>().ok()?)
}

async fn make(database: &Database, disk: &Disk, table: &Table, data: &Path) -> Result<(), Trouble> {
    let trouble = |e: String| Trouble::Database(e);
    let (name, body) = (table.name.clone(), table.create.to_string());
    let kept: Option<String> = disk
        .run(move |disk| disk.query_row("SELECT body FROM made WHERE name = ?1", [name], |row| row.get(0)).optional())
        .await
        .map_err(trouble)?;
    let exists = database.get_table_metadata(&table.name).map_err(|e| trouble(e.to_string()))?.is_some();
    match (exists, kept) {
        (true, Some(kept)) if kept != body => return Err(Trouble::OtherTable(data.to_owned())),
        (true, _) => {}
        (false, _) => {
            let request = serde_json::from_value(table.create.clone()).map_err(|e| trouble(e.to_string()))?;
            database.create_table(request).map_err(|e| trouble(e.to_string()))?;
        }
    }
    if let Some(attribute) = &table.ttl_attribute {
        let described = database.get_table_metadata(&table.name).map_err(|e| trouble(e.to_string()))?;
        if !described.is_some_and(|meta| meta.ttl_enabled) {
            let request =
                json!({"TableName": table.name, "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true}});
            let request = serde_json::from_value(request).map_err(|e| trouble(e.to_string()))?;
            database.update_time_to_live(request).map_err(|e| trouble(e.to_string()))?;
        }
    }
    let name = table.name.clone();
    disk.run(move |disk| disk.execute("INSERT OR REPLACE INTO made VALUES (?1, ?2)", [name, body])).await.map_err(trouble)?;
    Ok(())
}

/// Every write looks for the last sequence number; without an index that is a walk through the whole stream.
fn index_stream(path: &Path) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS local_stream ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}

/// One thread of its own: the database has one lock anyway, and a long scan then stalls nobody else.
fn serve(listener: std::net::TcpListener, database: Database) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Trouble::Listen)?;
    let work = move || {
        runtime.block_on(async move {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                dynoxide::server::serve_on(listener, database).await;
            }
        });
    };
    thread::Builder::new().name("dynamodb".into()).spawn(work).map_err(Trouble::Listen)?;
    Ok(())
}

/// A table whose rows say when they may go.
struct Dated {
    table: String,
    attribute: String,
    keys: Vec<String>,
}

impl Dated {
    fn of(table: &Table) -> Option<Self> {
        let keys = table.create["KeySchema"].as_array()?.iter().filter_map(|key| key["AttributeName"].as_str());
        let keys = keys.map(str::to_owned).collect();
        Some(Self { table: table.name.clone(), attribute: table.ttl_attribute.clone()?, keys })
    }
}

fn sweep(database: Database, dated: Vec<Dated>, written: watch::Sender<()>, pulse: Pulse) -> Result<(), Trouble> {
    let work = move || {
        loop {
            thread::sleep(SWEEP);
            let mut gone = database.sweep_ttl().unwrap_or(0);
            // The database goes by the machine's clock: what only house time is past goes here.
            let (real_s, house_s) = (jiff::Timestamp::now().as_second(), boot::clock::now().as_second());
            if house_s > real_s {
                gone += dated.iter().map(|table| expire(&database, table, house_s)).sum::<usize>();
            }
            if gone > 0 {
                pulse.beat();
                written.send_replace(());
            }
        }
    };
    thread::Builder::new().name("ttl".into()).spawn(work).map_err(Trouble::Listen)?;
    Ok(())
}

/// Deletes the rows that may go at this time; says how many. A row that is given more time meanwhile stays.
fn expire(database: &Database, Dated { table, attribute, keys }: &Dated, now_s: i64) -> usize {
    let names = json!({"#at": attribute});
    let values = json!({":now": {"N": now_s.to_string()}});
    let (mut gone, mut start) = (0, Json::Null);
    loop {
        let mut request = json!({
            "TableName": table, "FilterExpression": "#at < :now", "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values, "Limit": SWEPT_AT_ONCE,
        });
        if !start.is_null() {
            request["ExclusiveStartKey"] = start;
        }
        let page = serde_json::from_value(request).ok().and_then(|request| database.scan(request).ok());
        let Some(Ok(page)) = page.map(serde_json::to_value) else { return gone };
        for row in page["Items"].as_array().into_iter().flatten() {
            let key: Json = keys.iter().map(|key| (key.clone(), row[key].clone())).collect();
            let request = json!({
                "TableName": table, "Key": key, "ConditionExpression": "#at < :now",
                "ExpressionAttributeNames": names, "ExpressionAttributeValues": values,
            });
            let deleted = serde_json::from_value(request).ok().and_then(|request| database.delete_item(request).ok());
            gone += usize::from(deleted.is_some());
        }
        start = page["LastEvaluatedKey"].clone();
        if start.is_null() {
            return gone;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_units_are_counted_without_floats() {
        assert_eq!(
            (thousandths(&json!(0.5)), thousandths(&json!(2)), thousandths(&json!(1.5))),
            (Some(500), Some(2000), Some(1500))
        );
    }

    #[test]
    fn a_request_that_asks_already_is_left_alone() {
        assert_eq!(ask_capacity(&Bytes::from_static(b"{}")), None);
        assert_eq!(ask_capacity(&Bytes::from_static(b"{\"ReturnConsumedCapacity\":\"NONE\"}")), None);
        assert_eq!(ask_capacity(&Bytes::from_static(b"{ \"A\":1}")).unwrap(), "{\"ReturnConsumedCapacity\":\"TOTAL\",\"A\":1}");
    }
}
