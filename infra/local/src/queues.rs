//! The queues themselves: messages with visibility, delays, receive counts and dead letters, durable when accepted.

use crate::{
    disk::Disk,
    intrinsics::{ACCOUNT, REGION},
    plan::Queue,
    pulse::{Pulse, now_ms},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use md5::{Digest, Md5};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value as Json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// All queues of the template.
pub struct Queues {
    disk: Disk,
    pulse: Pulse,
    queues: HashMap<String, (Queue, Notify)>,
}

/// What a sender hands in.
#[derive(Clone, Debug, Default)]
pub struct NewMessage {
    /// The text.
    pub body: String,
    /// SQS message attributes, as the wire has them.
    pub attributes: Map<String, Json>,
    /// Seconds to wait, if not the queue's own.
    pub delay_s: Option<i64>,
    /// Who sent it.
    pub sender: String,
}

/// What a sender is told.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The message's id.
    pub message_id: String,
    /// MD5 of the body.
    pub md5_body: String,
    /// MD5 of the attributes, if there are any.
    pub md5_attributes: Option<String>,
}

/// What a receiver gets.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub message_id: String,
    /// The handle of this one receive.
    pub receipt: String,
    /// The text.
    pub body: String,
    /// SQS message attributes.
    pub attributes: Map<String, Json>,
    /// MD5 of the body.
    pub md5_body: String,
    /// `SentTimestamp` and its siblings, all texts.
    pub system: BTreeMap<&'static str, String>,
}

/// How full a queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Can be received now.
    pub visible: i64,
    /// Received and neither deleted nor visible again.
    pub in_flight: i64,
    /// Not yet to be received for the first time.
    pub delayed: i64,
}

/// What a receipt handle stands for.
pub enum Receipt {
    /// A receive of this queue: row and how many receives there had been.
    Of(i64, i64),
    /// No handle of this queue.
    Invalid,
}

impl Queues {
    /// The template's queues on this disk.
    pub fn new(disk: Disk, pulse: Pulse, plan: &[Queue]) -> Arc<Self> {
        let queues = plan.iter().map(|queue| (queue.name.clone(), (queue.clone(), Notify::new()))).collect();
        Arc::new(Self { disk, pulse, queues })
    }

    /// A queue's settings.
    pub fn get(&self, name: &str) -> Option<&Queue> {
        self.queues.get(name).map(|(queue, _)| queue)
    }

    /// All queues' settings, by name.
    pub fn all(&self) -> Vec<&Queue> {
        let mut all: Vec<_> = self.queues.values().map(|(queue, _)| queue).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The queues whose dead letters come here.
    pub fn sources_of<'a>(&'a self, dead_queue: &'a str) -> impl Iterator<Item = &'a Queue> {
        self.all().into_iter().filter(move |queue| queue.redrive.as_ref().is_some_and(|r| r.dead_queue == dead_queue))
    }

    /// Says that messages may have come or become visible.
    pub fn wake(&self, name: &str) {
        self.pulse.beat();
        if let Some((_, notify)) = self.queues.get(name) {
            notify.notify_waiters();
        }
    }

    /// Says so of every queue: the clock was moved, and what was to be seen later may be seen now.
    pub fn wake_all(&self) {
        self.queues.keys().for_each(|name| self.wake(name));
    }

    /// Accepts messages, all or none.
    pub async fn send(&self, name: &str, messages: Vec<NewMessage>) -> Result<Vec<Sent>, String> {
        let Some(queue) = self.get(name).cloned() else { return Err(format!("no queue {name}")) };
        let sent = self.disk.run(move |disk| messages.iter().map(|message| insert(disk, &queue, message)).collect()).await?;
        self.wake(name);
        Ok(sent)
    }

    /// Receives, waiting up to `wait` for the first message.
    pub async fn receive(
        &self,
        name: &str,
        max: usize,
        visibility_s: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Message>, String> {
        let Some((queue, notify)) = self.queues.get(name) else { return Ok(Vec::new()) };
        let until = Instant::now() + wait;
        loop {
            let mut woken = std::pin::pin!(notify.notified());
            woken.as_mut().enable();
            let plan = queue.clone();
            let (taken, died, next_ms) = self.disk.run(move |disk| take(disk, &plan, max, visibility_s)).await?;
            if !taken.is_empty() || died {
                self.pulse.beat();
            }
            if let (true, Some(redrive)) = (died, &queue.redrive) {
                self.wake(&redrive.dead_queue);
            }
            if !taken.is_empty() || Instant::now() >= until {
                return Ok(taken);
            }
            let due =
                next_ms.and_then(|at| u64::try_from(at - now_ms()).ok()).map(|ms| Instant::now() + Duration::from_millis(ms + 1));
            tokio::select! {
                () = &mut woken => {}
                () = tokio::time::sleep_until(due.unwrap_or(until).min(until)) => {}
            }
        }
    }

    /// Deletes what was received; a handle that a later receive made stale deletes nothing.
    pub async fn delete(&self, receipts: Vec<(i64, i64)>) -> Result<(), String> {
        self.disk
            .run(move |disk| {
                let mut statement = disk.prepare_cached("DELETE FROM messages WHERE id = ?1 AND receives = ?2")?;
                receipts.iter().try_for_each(|(id, receives)| statement.execute(params![id, receives]).map(drop))
            })
            .await?;
        self.pulse.beat();
        Ok(())
    }

    /// Hides a message for so long from now; says whether it was in flight.
    pub async fn hide(&self, name: &str, (id, receives): (i64, i64), seconds: i64) -> Result<bool, String> {
        let changed = self
            .disk
            .run(move |disk| {
                let now = now_ms();
                disk.prepare_cached(
                    "UPDATE messages SET visible_at_ms = ?3, held = ?5 WHERE id = ?1 AND receives = ?2 AND held = 1 AND visible_at_ms > ?4",
                )?
                .execute(params![id, receives, now + seconds * 1000, now, i64::from(seconds > 0)])
            })
            .await?;
        self.wake(name);
        Ok(changed > 0)
    }

    /// Deletes everything in a queue.
    pub async fn purge(&self, name: &str) -> Result<(), String> {
        let queue = name.to_owned();
        self.disk.run(move |disk| disk.execute("DELETE FROM messages WHERE queue = ?1", [queue])).await?;
        self.pulse.beat();
        Ok(())
    }

    /// Moves dead letters back to where they came from; says how many.
    pub async fn redrive(&self, name: &str) -> Result<usize, String> {
        let Some(dead) = self.get(name).and_then(|queue| queue.redrive.clone()) else { return Ok(0) };
        let (queue, source) = (name.to_owned(), arn(name));
        let moved = self
            .disk
            .run(move |disk| {
                disk.execute(
                    "UPDATE messages SET queue = ?1, visible_at_ms = ?2, held = 0, receives = 0, first_received_at_ms = NULL, dead_source = NULL
                     WHERE queue = ?3 AND coalesce(dead_source, ?4) = ?4",
                    params![queue, now_ms(), dead.dead_queue, source],
                )
            })
            .await?;
        self.wake(name);
        Ok(moved)
    }

    /// How full every queue is, in one look.
    pub async fn depths(&self) -> Result<BTreeMap<String, Depth>, String> {
        let names: Vec<_> = self.queues.keys().cloned().collect();
        self.disk
            .run(move |disk| {
                let mut depths: BTreeMap<String, Depth> = names.into_iter().map(|name| (name, Depth::default())).collect();
                let mut statement = disk.prepare_cached(
                    "SELECT queue, sum(visible_at_ms <= ?1), sum(visible_at_ms > ?1 AND held = 1), sum(visible_at_ms > ?1 AND held = 0)
                     FROM messages GROUP BY queue",
                )?;
                let mut rows = statement.query([now_ms()])?;
                while let Some(row) = rows.next()? {
                    let depth = Depth { visible: row.get(1)?, in_flight: row.get(2)?, delayed: row.get(3)? };
                    depths.insert(row.get(0)?, depth);
                }
                Ok(depths)
            })
            .await
    }

    /// Forgets what was kept longer than its queue keeps messages, if it could be received before `seen_by_ms`: a message that
    /// was still delayed when the clock was moved ahead would have been read meanwhile, and is given the time for it.
    pub async fn sweep(&self, seen_by_ms: i64) -> Result<(), String> {
        let kept: Vec<_> = self.queues.values().map(|(queue, _)| (queue.name.clone(), queue.retention_s)).collect();
        self.disk
            .run(move |disk| {
                kept.iter().try_for_each(|(queue, retention_s)| {
                    disk.prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent_at_ms < ?2 AND visible_at_ms < ?3")?
                        .execute(params![queue, now_ms() - retention_s * 1000, seen_by_ms])
                        .map(drop)
                })
            })
            .await
    }
}

/// The ARN of a queue.
pub fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// Reads a receipt handle of this queue.
pub fn read_receipt(queue: &str, receipt: &str) -> Receipt {
    let read = || {
        let text = String::from_utf8(BASE64.decode(receipt).ok()?).ok()?;
        let (of, rest) = text.split_once('|')?;
        let (id, receives) = rest.split_once('|')?;
        (of == queue).then_some((id.parse().ok()?, receives.parse().ok()?))
    };
    read().map_or(Receipt::Invalid, |(id, receives)| Receipt::Of(id, receives))
}

/// Writes one message; also used where a message must be committed together with something else.
pub fn insert(disk: &Connection, queue: &Queue, message: &NewMessage) -> rusqlite::Result<Sent> {
    let sent = Sent {
        message_id: uuid::Uuid::new_v4().to_string(),
        md5_body: hex(&Md5::digest(&message.body)),
        md5_attributes: (!message.attributes.is_empty()).then(|| md5_of_attributes(&message.attributes)),
    };
    let now = now_ms();
    disk.prepare_cached(
        "INSERT INTO messages (queue, message_id, body, attributes, md5_body, md5_attributes, sender, sent_at_ms, visible_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        queue.name,
        sent.message_id,
        message.body,
        Json::Object(message.attributes.clone()).to_string(),
        sent.md5_body,
        sent.md5_attributes,
        message.sender,
        now,
        now + message.delay_s.unwrap_or(queue.delay_s) * 1000,
    ])?;
    Ok(sent)
}

/// Takes due messages; says also whether some died of too many receives, and when the next one is due.
fn take(
    disk: &Connection,
    queue: &Queue,
    max: usize,
    visibility_s: Option<i64>,
) -> rusqlite::Result<(Vec<Message>, bool, Option<i64>)> {
    let now = now_ms();
    let hidden_until = now + visibility_s.unwrap_or(queue.visibility_s) * 1000;
    let (mut taken, mut died) = (Vec::new(), false);
    while taken.len() < max {
        let due: Vec<(i64, i64)> = disk
            .prepare_cached(
                "SELECT id, receives FROM messages WHERE queue = ?1 AND visible_at_ms <= ?2 ORDER BY visible_at_ms, id LIMIT ?3",
            )?
            .query_map(params![queue.name, now, i64::try_from(max - taken.len()).unwrap_or(10)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        if due.is_empty() {
            break;
        }
        for (id, receives) in due {
            match &queue.redrive {
                Some(redrive) if receives >= redrive.receives_max => {
                    died = true;
                    disk.prepare_cached("UPDATE messages SET queue = ?2, held = 0, dead_source = ?3 WHERE id = ?1")?
                        .execute(params![id, redrive.dead_queue, arn(&queue.name)])?;
                }
                _ => {
                    disk.prepare_cached(
                        "UPDATE messages SET receives = receives + 1, held = 1, visible_at_ms = ?2,
                         first_received_at_ms = coalesce(first_received_at_ms, ?3) WHERE id = ?1",
                    )?
                    .execute(params![id, hidden_until, now])?;
                    taken.push(
                        disk.prepare_cached(
                            "SELECT id, message_id, body, attributes, md5_body, sender, sent_at_ms, receives, first_received_at_ms, dead_source
                             FROM messages WHERE id = ?1",
                        )?
                        .query_row([id], |row| message(queue, row))?,
                    );
                }
            }
        }
        if hidden_until <= now {
            break; // a visibility of zero would hand out the same messages again
        }
    }
    let next = disk
        .prepare_cached(
            "SELECT visible_at_ms FROM messages WHERE queue = ?1 AND visible_at_ms > ?2 ORDER BY visible_at_ms LIMIT 1",
        )?
        .query_row(params![queue.name, now], |row| row.get(0))
        .optional()?;
    Ok((taken, died, next))
}

fn message(queue: &Queue, row: &Row<'_>) -> rusqlite::Result<Message> {
    let (id, receives): (i64, i64) = (row.get(0)?, row.get(7)?);
    let mut system = BTreeMap::from([
        ("SenderId", row.get(5)?),
        ("SentTimestamp", row.get::<_, i64>(6)?.to_string()),
        ("ApproximateReceiveCount", receives.to_string()),
        ("ApproximateFirstReceiveTimestamp", row.get::<_, i64>(8)?.to_string()),
    ]);
    if let Some(source) = row.get(9)? {
        system.insert("DeadLetterQueueSourceArn", source);
    }
    Ok(Message {
        message_id: row.get(1)?,
        receipt: BASE64.encode(format!("{}|{id}|{receives}", queue.name)),
        body: row.get(2)?,
        attributes: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
        md5_body: row.get(4)?,
        system,
    })
}

/// SQS's digest: names sorted, each part with its length before it, and one byte for the kind of value.
pub fn md5_of_attributes(attributes: &Map<String, Json>) -> String {
    fn part(all: &mut Vec<u8>, bytes: &[u8]) {
        all.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        all.extend(bytes);
    }
    let mut all = Vec::new();
    for (name, value) in attributes.iter().collect::<BTreeMap<_, _>>() {
        part(&mut all, name.as_bytes());
        part(&mut all, value["DataType"].as_str().unwrap_or_default().as_bytes());
        match value["BinaryValue"].as_str().and_then(|text| BASE64.decode(text).ok()) {
            Some(bytes) => {
                all.push(2);
                part(&mut all, &bytes);
            }
            None => {
                all.push(1);
                part(&mut all, value["StringValue"].as_str().unwrap_or_default().as_bytes());
            }
        }
    }
    hex(&Md5::digest(&all))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
