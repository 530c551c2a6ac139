//! Feeds the changes of a table to a function, in order, at least once, from where it stopped.

use crate::{
    disk::Disk,
    filter,
    functions::Pool,
    intrinsics::{ACCOUNT, REGION},
    plan::Stream,
    pulse::now_text,
    queues::{NewMessage, Queues},
    sources::failed_items,
};
use axum::body::Bytes;
use dynoxide::Database;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value as Json, json};
use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// The longest pause between two tries of a failing batch.
const PAUSE_MAX: Duration = Duration::from_secs(2);
const PAUSE_FIRST: Duration = Duration::from_millis(100);
/// Even unasked, the stream is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What dynoxide adds to its row numbers to make sequence numbers as long as DynamoDB's.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

/// One reader of one table's stream.
pub struct Reader {
    /// What the template says.
    pub plan: Stream,
    /// The function.
    pub pool: Arc<Pool>,
    /// The table's database.
    pub database: Database,
    /// The table's file, for throwing away what was delivered.
    pub file: PathBuf,
    /// Where the position is kept.
    pub disk: Disk,
    /// Where a batch that was given up is reported.
    pub queues: Arc<Queues>,
    /// Up to where everything was delivered.
    pub position: Mutex<String>,
}

/// Some records that belong into one call, and how often that was tried.
struct Batch {
    records: Vec<Json>,
    tries: u32,
}

impl Reader {
    /// Reads the position of the last life.
    pub async fn resume(&self) -> Result<(), String> {
        let function = self.pool.plan().binary.clone();
        let kept: Option<String> = self
            .disk
            .run(move |disk| {
                disk.query_row("SELECT sequence FROM positions WHERE function = ?1", [function], |row| row.get(0)).optional()
            })
            .await?;
        let position = match kept {
            Some(kept) => kept,
            None if self.plan.from_oldest => String::new(),
            None => self.latest(),
        };
        self.set_position(position);
        Ok(())
    }

    /// The end of the stream as it is now.
    fn latest(&self) -> String {
        let mut position = String::new();
        while let Some(last) = self.read(1000, &position).and_then(|records| records.last().map(sequence)) {
            position = last;
        }
        position
    }

    /// Whether everything was delivered.
    pub fn is_done(&self) -> bool {
        self.read(1, &self.position()).is_some_and(|records| records.is_empty())
    }

    /// Delivers, for ever.
    pub async fn run(self: Arc<Self>, mut written: watch::Receiver<()>) {
        loop {
            written.mark_unchanged();
            let records = self.read(self.plan.batch_max, &self.position()).unwrap_or_default();
            let Some(last) = records.last().map(sequence) else {
                let _looked_long_enough = tokio::time::timeout(LOOK_EVERY, written.changed()).await;
                continue;
            };
            let wanted: Vec<_> = records.into_iter().filter(|record| self.wants(record)).collect();
            if !wanted.is_empty() {
                self.deliver(wanted).await;
            }
            self.keep(last).await;
        }
    }

    fn wants(&self, record: &Json) -> bool {
        self.plan.filters.is_empty() || self.plan.filters.iter().any(|pattern| filter::matches(pattern, record))
    }

    /// Ends when each record was taken or given up; on the way a batch may be cut, at the failure or in the middle.
    async fn deliver(&self, records: Vec<Json>) {
        let mut batches = VecDeque::from([Batch { records, tries: 0 }]);
        while let Some(mut batch) = batches.pop_front() {
            let Some(place) = self.pool.place().await else { return };
            let event = Bytes::from(json!({"Records": batch.records}).to_string());
            let answer = self.pool.invoke(place, event).await;
            match answer.ok().and_then(|answer| self.first_failed(&answer, &batch.records)) {
                Some(first) if first == batch.records.len() => {
                    if let Some(last) = batch.records.last() {
                        self.keep(sequence(last)).await;
                    }
                    continue;
                }
                Some(first) if first > 0 => {
                    // What came before the failure is done; the rest begins anew.
                    self.keep(sequence(&batch.records[first - 1])).await;
                    batches.push_front(Batch { records: batch.records.split_off(first), tries: 0 });
                }
                Some(_) => self.again(batch, &mut batches).await,
                None if self.plan.bisects && batch.records.len() > 1 => {
                    let second = batch.records.split_off(batch.records.len() / 2);
                    batches.push_front(Batch { records: second, tries: batch.tries });
                    batches.push_front(batch);
                }
                None => self.again(batch, &mut batches).await,
            }
        }
    }

    /// Tries a batch again after a pause, or gives it up.
    async fn again(&self, mut batch: Batch, batches: &mut VecDeque<Batch>) {
        if self.plan.retries_max.is_some_and(|max| batch.tries >= max) {
            self.give_up(&batch).await;
            if let Some(last) = batch.records.last() {
                self.keep(sequence(last)).await;
            }
            return;
        }
        tokio::time::sleep(PAUSE_FIRST.saturating_mul(1 << batch.tries.min(10)).min(PAUSE_MAX)).await;
        batch.tries += 1;
        batches.push_front(batch);
    }

    /// The first record that failed, or as many as there are if none did; nothing if the whole batch failed.
    fn first_failed(&self, answer: &[u8], records: &[Json]) -> Option<usize> {
        if !self.plan.reports_failures {
            return Some(records.len());
        }
        let failed = failed_items(answer)?;
        let mut first = records.len();
        for id in failed {
            first = first.min(records.iter().position(|record| sequence(record) == id)?);
        }
        Some(first)
    }

    /// Reports a batch as Lambda does: where it is in the stream, not what is in it.
    async fn give_up(&self, batch: &Batch) {
        let (Some(queue), Some(first), Some(last)) = (&self.plan.on_failure, batch.records.first(), batch.records.last()) else {
            return;
        };
        let function = &self.pool.plan().name;
        let report = json!({
            "requestContext": {
                "requestId": uuid::Uuid::new_v4().to_string(),
                "functionArn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": batch.tries + 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": now_text(),
            "DDBStreamBatchInfo": {
                "shardId": shard(&self.plan.table),
                "startSequenceNumber": sequence(first),
                "endSequenceNumber": sequence(last),
                "approximateArrivalOfFirstRecord": arrival(first),
                "approximateArrivalOfLastRecord": arrival(last),
                "batchSize": batch.records.len(),
                "streamArn": stream_arn(&self.plan.table),
            },
        });
        let message = NewMessage { body: report.to_string(), sender: "lambda.amazonaws.com".into(), ..NewMessage::default() };
        while self.queues.send(queue, vec![message.clone()]).await.is_err() {
            tokio::time::sleep(PAUSE_MAX).await; // better late than lost
        }
    }

    fn read(&self, limit: usize, after: &str) -> Option<Vec<Json>> {
        let table = &self.plan.table;
        let iterator = match after {
            "" => json!({"ShardIteratorType": "TRIM_HORIZON"}),
            after => json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}),
        };
        let mut request = iterator;
        request["StreamArn"] = json!(stream_arn(table));
        request["ShardId"] = json!(shard(table));
        let iterator = self.database.get_shard_iterator(serde_json::from_value(request).ok()?).ok()?.shard_iterator?;
        let request = json!({"ShardIterator": iterator, "Limit": limit.min(1000)});
        let records = self.database.get_records(serde_json::from_value(request).ok()?).ok()?.records;
        Some(records.iter().filter_map(|record| self.lambda_record(record)).collect())
    }

    fn lambda_record(&self, record: &dynoxide::actions::get_records::Record) -> Option<Json> {
        let mut record = serde_json::to_value(record).ok()?;
        record["awsRegion"] = json!(REGION);
        record["eventSourceARN"] = json!(stream_arn(&self.plan.table));
        // The database writes down the machine's time. Records are read as soon as they are there, so the shift of now is theirs.
        let ahead_s = boot::clock::now().as_second() - jiff::Timestamp::now().as_second();
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(arrival_s(&record) + ahead_s);
        Some(record)
    }

    async fn keep(&self, sequence: String) {
        let (function, kept) = (self.pool.plan().binary.clone(), sequence.clone());
        // A position that could not be kept means that some records come again after a restart.
        let _comes_again = self
            .disk
            .run(move |disk| disk.execute("INSERT OR REPLACE INTO positions VALUES (?1, ?2)", params![function, kept]))
            .await;
        self.set_position(sequence);
    }

    fn position(&self) -> String {
        self.position.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_position(&self, position: String) {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }

    /// Throws away what was delivered in earlier lives, all but the last record, from which new ones are numbered. Only for
    /// the one reader of a table, before anybody writes.
    pub fn trim(&self) -> Result<(), String> {
        // The stored number is the public one without its leading 1 and zeros.
        let stored =
            self.position().parse::<u128>().ok().and_then(|n| n.checked_sub(SEQUENCE_OFFSET)).and_then(|n| i64::try_from(n).ok());
        let Some(stored) = stored else { return Ok(()) };
        let delete = || {
            let connection = rusqlite::Connection::open(&self.file)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.execute(
                "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
                params![self.plan.table, stored],
            )
        };
        delete().map(drop).map_err(|e: rusqlite::Error| e.to_string())
    }
}

fn sequence(record: &Json) -> String {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned()
}

fn arrival_s(record: &Json) -> i64 {
    let seconds = record["dynamodb"]["ApproximateCreationDateTime"].to_string();
    seconds.split('.').next().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn arrival(record: &Json) -> String {
    jiff::Timestamp::from_second(arrival_s(record)).map(|time| time.to_string()).unwrap_or_default()
}

fn shard(table: &str) -> String {
    format!("shardId-00000001-{table}")
}

fn stream_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/local")
}
