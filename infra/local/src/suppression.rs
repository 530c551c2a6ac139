//! SES's suppression list: addresses that bounced or complained, read in pages.

use crate::{disk::Disk, form, pulse::now_ms, refusal::Refusal};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value as Json, json};

/// Why an address can be on the list.
const REASONS: [&str; 2] = ["BOUNCE", "COMPLAINT"];
/// Entries of one page, if nothing is said, and at most.
const PAGE_MAX: usize = 1000;

/// One request to one of the four operations; nothing for any other. `subject` is what the path names.
pub async fn answer(disk: &Disk, operation: &str, subject: &str, query: &str, input: &Json) -> Option<Result<Json, Refusal>> {
    let address = subject.to_lowercase();
    Some(match operation {
        "PutSuppressedDestination" => put(disk, input).await,
        "ListSuppressedDestinations" => list(disk, query).await,
        "GetSuppressedDestination" => get(disk, address).await,
        "DeleteSuppressedDestination" => delete(disk, address).await,
        _ => return None,
    })
}

/// Whether SES would not even try this address.
pub fn is_listed(disk: &Connection, address: &str) -> rusqlite::Result<bool> {
    disk.prepare_cached("SELECT 1 FROM suppression WHERE address = ?1")?.exists([address.to_lowercase()])
}

/// Puts an address on the list.
pub fn add(disk: &Connection, address: &str, reason: &str) -> rusqlite::Result<()> {
    disk.prepare_cached("INSERT OR REPLACE INTO suppression VALUES (?1, ?2, ?3)")?
        .execute(params![address.to_lowercase(), reason, now_ms() / 1000])
        .map(drop)
}

fn bad<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new("BadRequestException", message))
}

async fn put(disk: &Disk, input: &Json) -> Result<Json, Refusal> {
    let text = |key: &str| input[key].as_str().unwrap_or_default().to_owned();
    let (address, reason) = (text("EmailAddress"), text("Reason"));
    if !REASONS.contains(&reason.as_str()) {
        return bad(format!("Invalid reason <{reason}>."));
    }
    crate::mail::bare(&address)?;
    disk.run(move |disk| add(disk, &address, &reason)).await?;
    Ok(json!({}))
}

/// What a page is to hold.
struct Asked {
    reasons: Vec<String>,
    after_s: i64,
    before_s: i64,
    beyond: String,
    page: usize,
}

fn asked(query: &str) -> Result<Asked, Refusal> {
    let mut asked = Asked { reasons: Vec::new(), after_s: i64::MIN, before_s: i64::MAX, beyond: String::new(), page: PAGE_MAX };
    for (name, value) in form::pairs(query) {
        match name.as_str() {
            "Reason" if REASONS.contains(&value.as_str()) => asked.reasons.push(value),
            "Reason" => return bad(format!("Invalid reason <{value}>.")),
            "StartDate" => asked.after_s = moment(&value)?,
            "EndDate" => asked.before_s = moment(&value)?,
            "PageSize" => match value.parse() {
                Ok(size) if (1..=PAGE_MAX).contains(&size) => asked.page = size,
                _ => return bad(format!("Invalid page size <{value}>: 1 to {PAGE_MAX}.")),
            },
            "NextToken" => {
                let address = BASE64.decode(&value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let invalid =
                    || Refusal::new("InvalidNextTokenException", "The specified request includes an invalid or expired token.");
                asked.beyond = address.ok_or_else(invalid)?;
            }
            other => return bad(format!("{other} is not known to the local stack")),
        }
    }
    Ok(asked)
}

/// SDKs send RFC 3339; the reference also speaks of seconds since 1970.
fn moment(text: &str) -> Result<i64, Refusal> {
    let moment = text.parse::<i64>().ok().or_else(|| text.parse::<Timestamp>().ok().map(|at| at.as_second()));
    moment.ok_or_else(|| Refusal::new("BadRequestException", format!("Invalid date <{text}>.")))
}

async fn list(disk: &Disk, query: &str) -> Result<Json, Refusal> {
    let asked = asked(query)?;
    let page = asked.page;
    // By address, so that a page can go on after the last one even when entries come and go meanwhile.
    let mut found: Vec<Json> = disk
        .run(move |disk| {
            let rows: Vec<Json> = disk
                .prepare_cached(
                    "SELECT address, reason, at_s FROM suppression WHERE address > ?1 AND at_s > ?2 AND at_s < ?3 ORDER BY address",
                )?
                .query_map(params![asked.beyond, asked.after_s, asked.before_s], entry)?
                .collect::<rusqlite::Result<_>>()?;
            let wanted = |row: &Json| asked.reasons.is_empty() || asked.reasons.iter().any(|reason| row["Reason"] == *reason);
            Ok(rows.into_iter().filter(wanted).take(page + 1).collect())
        })
        .await?;
    let more = found.len() > page;
    found.truncate(page);
    let last = found.last().and_then(|entry| entry["EmailAddress"].as_str()).map(|address| BASE64.encode(address));
    let mut answer = json!({ "SuppressedDestinationSummaries": found });
    if let (true, Some(token)) = (more, last) {
        answer["NextToken"] = json!(token);
    }
    Ok(answer)
}

async fn get(disk: &Disk, address: String) -> Result<Json, Refusal> {
    let found = disk
        .run(move |disk| {
            disk.query_row("SELECT address, reason, at_s FROM suppression WHERE address = ?1", [address], entry).optional()
        })
        .await?;
    found.map_or_else(not_listed, |entry| Ok(json!({ "SuppressedDestination": entry })))
}

async fn delete(disk: &Disk, address: String) -> Result<Json, Refusal> {
    let gone = disk.run(move |disk| disk.execute("DELETE FROM suppression WHERE address = ?1", [address])).await?;
    if gone == 0 { not_listed() } else { Ok(json!({})) }
}

fn not_listed() -> Result<Json, Refusal> {
    Err(Refusal::new("NotFoundException", "Email address does not exist on your suppression list."))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Json> {
    Ok(
        json!({"EmailAddress": row.get::<_, String>(0)?, "Reason": row.get::<_, String>(1)?, "LastUpdateTime": row.get::<_, i64>(2)?}),
    )
}
