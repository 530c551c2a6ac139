//! What recipients got: every mail and text message that was accepted, as it would have arrived.

use crate::disk::Disk;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// One captured message.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Captured {
    /// The id the sender was told.
    pub id: String,
    /// `email`, `sms` or `whatsapp`.
    pub channel: String,
    /// Who gets it: bare addresses, with commas between them.
    pub to: String,
    /// Who sent it.
    pub from: String,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML of a mail.
    pub html: Option<String>,
    /// Header names and values.
    pub headers: Map<String, Json>,
    /// Tag names and values.
    pub tags: Map<String, Json>,
    /// When it was accepted, RFC 3339.
    pub sent_at: String,
}

/// Keeps a message, with the whole request it came from.
pub fn keep(disk: &Connection, message: &Captured, request: &str) -> rusqlite::Result<()> {
    disk.prepare_cached(
        "INSERT INTO outbox (id, channel, recipient, sender, subject, text, html, headers, tags, sent_at, request)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        message.id,
        message.channel,
        message.to,
        message.from,
        message.subject,
        message.text,
        message.html,
        Json::Object(message.headers.clone()).to_string(),
        Json::Object(message.tags.clone()).to_string(),
        message.sent_at,
        request,
    ])
    .map(drop)
}

/// All messages, oldest first; with `to`, only those one of whose recipients is exactly that.
pub async fn list(disk: &Disk, to: Option<String>) -> Result<Vec<Captured>, String> {
    disk.run(move |disk| {
        let mut statement = disk.prepare_cached(
            "SELECT id, channel, recipient, sender, subject, text, html, headers, tags, sent_at FROM outbox ORDER BY n",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Captured {
                id: row.get(0)?,
                channel: row.get(1)?,
                to: row.get(2)?,
                from: row.get(3)?,
                subject: row.get(4)?,
                text: row.get(5)?,
                html: row.get(6)?,
                headers: serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default(),
                tags: serde_json::from_str(&row.get::<_, String>(8)?).unwrap_or_default(),
                sent_at: row.get(9)?,
            })
        })?;
        let wanted =
            |message: &Captured| to.as_ref().is_none_or(|to| message.to.split(", ").any(|one| one.eq_ignore_ascii_case(to)));
        rows.filter(|message| message.as_ref().map_or(true, wanted)).collect()
    })
    .await
}

/// What SES was asked for a captured mail, and when it took it; nothing if there is no such mail.
pub async fn request_of_mail(disk: &Disk, id: &str) -> Result<Option<(Json, String)>, String> {
    let id = id.to_owned();
    let found: Option<(String, String)> = disk
        .run(move |disk| {
            disk.prepare_cached("SELECT request, sent_at FROM outbox WHERE id = ?1 AND channel = 'email'")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .await?;
    found.map(|(request, at)| Ok((serde_json::from_str(&request).map_err(|why| why.to_string())?, at))).transpose()
}
