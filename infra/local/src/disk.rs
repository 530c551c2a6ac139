//! One SQLite file for everything but the table, with one writer: who waits together is committed together.

use crate::trouble::Trouble;
use rusqlite::Connection;
use std::{path::Path, sync::mpsc, thread};
use tokio::sync::oneshot;

/// Jobs in one commit: enough to share the disk's flush, few enough to answer soon.
const COMMIT_MAX: usize = 256;

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, md5_body TEXT NOT NULL, md5_attributes TEXT, sender TEXT NOT NULL, sent_at_ms INTEGER NOT NULL,
    visible_at_ms INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, receives INTEGER NOT NULL DEFAULT 0,
    first_received_at_ms INTEGER, dead_source TEXT);
CREATE INDEX IF NOT EXISTS messages_due ON messages (queue, visible_at_ms, id);
CREATE TABLE IF NOT EXISTS outbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL,
    subject TEXT, text TEXT, html TEXT, headers TEXT NOT NULL, tags TEXT NOT NULL, sent_at TEXT NOT NULL, request TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS suppression (address TEXT PRIMARY KEY, reason TEXT NOT NULL, at_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS opted_out (number TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS secrets (arn TEXT PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, version TEXT NOT NULL, at_s INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS positions (function TEXT PRIMARY KEY, sequence TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, body TEXT NOT NULL);
";

type Job = Box<dyn FnOnce(&Connection) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;

/// The file. What a job wrote is on disk when `run` returns.
#[derive(Clone)]
pub struct Disk {
    jobs: mpsc::Sender<Job>,
}

impl Disk {
    /// Opens or makes the file.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let connection = Connection::open(path).map_err(|e| Trouble::Database(e.to_string()))?;
        connection.execute_batch(SCHEMA).map_err(|e| Trouble::Database(e.to_string()))?;
        connection.set_prepared_statement_cache_capacity(64);
        let (jobs, inbox) = mpsc::channel();
        thread::Builder::new()
            .name("disk".into())
            .spawn(move || write_until_closed(&connection, &inbox))
            .map_err(|source| Trouble::file(path, source))?;
        Ok(Self { jobs })
    }

    /// Runs one piece of work and answers once it is durable.
    pub async fn run<T, F>(&self, work: F) -> Result<T, String>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = in_savepoint(connection, work);
            Box::new(move |committed| {
                // Nobody waits any more: the request was given up, its work stays.
                let _unheard = tell.send(committed.and(result));
            })
        });
        self.jobs.send(job).map_err(|_| "the disk is closed".to_owned())?;
        told.await.unwrap_or_else(|_| Err("the disk is closed".to_owned()))
    }
}

fn in_savepoint<T>(connection: &Connection, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, String> {
    let step = || {
        connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        match work(connection) {
            Ok(value) => {
                connection.prepare_cached("RELEASE job")?.execute([])?;
                Ok(value)
            }
            Err(e) => {
                connection.execute_batch("ROLLBACK TO job; RELEASE job")?;
                Err(e)
            }
        }
    };
    step().map_err(|e: rusqlite::Error| e.to_string())
}

fn write_until_closed(connection: &Connection, inbox: &mpsc::Receiver<Job>) {
    while let Ok(first) = inbox.recv() {
        let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| e.to_string());
        let mut answers = vec![first(connection)];
        while answers.len() < COMMIT_MAX
            && let Ok(job) = inbox.try_recv()
        {
            answers.push(job(connection));
        }
        let committed = begun.and_then(|()| connection.execute_batch("COMMIT").map_err(|e| e.to_string()));
        if committed.is_err() {
            let _already_closed = connection.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.clone());
        }
    }
}
