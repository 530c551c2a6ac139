//! SES v2: takes mail, keeps what the recipient would have seen, and tells the house what became of it.

use crate::{
    disk::Disk,
    mail_events::{self, Fate, Posted},
    mime,
    outbox::{self, Captured},
    plan::MailRoutes,
    pulse::{now_ms, now_text},
    queues::Queues,
    refusal::Refusal,
    topics::{Notice, Topics, deliver},
};
use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashSet, sync::Arc};

/// To, cc and bcc together.
const RECIPIENTS_MAX: usize = 50;

/// The post office.
pub struct Mail {
    /// Where all is kept.
    pub disk: Disk,
    /// Who has to be woken.
    pub queues: Arc<Queues>,
    /// Who hears events.
    pub topics: Arc<Topics>,
    /// The configuration sets.
    pub sets: Vec<MailRoutes>,
}

/// The operation that a method and a path stand for.
pub fn operation(method: &Method, path: &str) -> Option<&'static str> {
    let rest = path.strip_prefix("/v2/email/")?;
    let address = rest.strip_prefix("suppression/addresses/").is_some_and(|address| !address.is_empty());
    Some(match (method.as_str(), rest) {
        ("POST", "outbound-emails") => "SendEmail",
        ("GET", "account") => "GetAccount",
        ("PUT", "suppression/addresses") => "PutSuppressedDestination",
        ("GET", "suppression/addresses") => "ListSuppressedDestinations",
        ("GET", _) if address => "GetSuppressedDestination",
        ("DELETE", _) if address => "DeleteSuppressedDestination",
        _ => return None,
    })
}

impl Mail {
    /// One request; `subject` is what the path names.
    pub async fn answer(&self, operation: &str, subject: &str, caller: &str, body: &[u8]) -> Result<Json, Refusal> {
        let input: Json = match body {
            [] => json!({}),
            body => serde_json::from_slice(body).map_err(|e| Refusal::new("BadRequestException", e.to_string()))?,
        };
        match operation {
            "SendEmail" => self.send(input, caller).await,
            "GetAccount" => Ok(account()),
            "PutSuppressedDestination" => {
                let (address, reason) = (
                    input["EmailAddress"].as_str().unwrap_or_default().to_lowercase(),
                    input["Reason"].as_str().unwrap_or_default().to_owned(),
                );
                if !["BOUNCE", "COMPLAINT"].contains(&reason.as_str()) {
                    return bad(format!("Invalid reason <{reason}>."));
                }
                bare(&address)?;
                self.disk
                    .run(move |disk| {
                        disk.execute(
                            "INSERT OR REPLACE INTO suppression VALUES (?1, ?2, ?3)",
                            params![address, reason, now_ms() / 1000],
                        )
                    })
                    .await?;
                Ok(json!({}))
            }
            "ListSuppressedDestinations" => {
                let list = self
                    .disk
                    .run(|disk| {
                        disk.prepare_cached("SELECT address, reason, at_s FROM suppression ORDER BY address")?
                            .query_map([], suppressed)?
                            .collect()
                    })
                    .await?;
                Ok(json!({"SuppressedDestinationSummaries": Json::Array(list)}))
            }
            "GetSuppressedDestination" => {
                let address = subject.to_lowercase();
                let found = self
                    .disk
                    .run(move |disk| {
                        disk.query_row("SELECT address, reason, at_s FROM suppression WHERE address = ?1", [address], suppressed)
                            .optional()
                    })
                    .await?;
                match found {
                    Some(entry) => Ok(json!({"SuppressedDestination": entry})),
                    None => not_suppressed(),
                }
            }
            "DeleteSuppressedDestination" => {
                let address = subject.to_lowercase();
                let gone =
                    self.disk.run(move |disk| disk.execute("DELETE FROM suppression WHERE address = ?1", [address])).await?;
                if gone == 0 { not_suppressed() } else { Ok(json!({})) }
            }
            other => bad(format!("{other} is not known to the local stack")),
        }
    }

    async fn send(&self, input: Json, caller: &str) -> Result<Json, Refusal> {
        let letter = read(&input)?;
        let routes = match input["ConfigurationSetName"].as_str() {
            None => Vec::new(),
            Some(name) => match self.sets.iter().find(|set| set.name == name) {
                Some(set) => set
                    .destinations
                    .iter()
                    .map(|(types, topic)| (types.clone(), topic.clone(), self.topics.listeners(topic)))
                    .collect(),
                None => return Err(Refusal::new("NotFoundException", format!("Configuration set <{name}> does not exist."))),
            },
        };
        let posted = posted(&input, &letter, caller);
        let id = posted.message_id.clone();
        let captured = captured(&input, &letter, &id);
        let request = input.to_string();
        let hearers: HashSet<_> =
            routes.iter().flat_map(|(_, _, listeners)| listeners.iter().map(|(queue, _)| queue.name.clone())).collect();
        self.disk
            .run(move |disk| {
                let (mut fates, mut arrives) = (Vec::new(), false);
                for address in &letter.recipients {
                    let fate = fate(disk, address)?;
                    arrives |= fate != Fate::Suppressed;
                    fates.push((address.clone(), fate));
                }
                if arrives {
                    outbox::keep(disk, &captured, &request)?;
                }
                for event in mail_events::all(&posted, &fates) {
                    let kind = event["eventType"].as_str().unwrap_or_default().to_lowercase();
                    for (_, topic, listeners) in routes.iter().filter(|(types, ..)| types.contains(&kind)) {
                        let notice = Notice {
                            id: uuid::Uuid::new_v4().to_string(),
                            message: event.to_string(),
                            subject: Some("Amazon SES Email Event Notification".into()),
                            attributes: Map::new(),
                        };
                        deliver(disk, topic, listeners, &notice)?;
                    }
                }
                Ok(())
            })
            .await?;
        hearers.iter().for_each(|queue| self.queues.wake(queue));
        Ok(json!({"MessageId": id}))
    }
}

/// What is common to simple and raw mail.
struct Letter {
    from: String,
    recipients: Vec<String>,
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
    headers: Vec<(String, String)>,
}

fn bad<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new("BadRequestException", message))
}

fn not_suppressed() -> Result<Json, Refusal> {
    Err(Refusal::new("NotFoundException", "Email address does not exist on your suppression list."))
}

/// `Ana <a@example.com>` without the name; refuses what cannot be an address.
fn bare(address: &str) -> Result<String, Refusal> {
    let inner = match (address.rfind('<'), address.trim_end().ends_with('>')) {
        (Some(start), true) => address.trim_end()[start + 1..].trim_end_matches('>'),
        _ => address,
    };
    let inner = inner.trim();
    match inner.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() && !inner.contains(char::is_whitespace) => {
            Ok(inner.to_owned())
        }
        Some(("", _)) => bad("Missing local name"),
        Some(_) => bad("Illegal address"),
        None => bad("Missing final '@domain'"),
    }
}

fn texts(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn read(input: &Json) -> Result<Letter, Refusal> {
    let destination = &input["Destination"];
    let listed = ["ToAddresses", "CcAddresses", "BccAddresses"].iter().flat_map(|key| texts(&destination[*key]));
    let mut recipients = listed.map(bare).collect::<Result<Vec<_>, _>>()?;
    let mut from = input["FromEmailAddress"].as_str().map(str::to_owned);
    let content = &input["Content"];
    let (subject, text, html, mut headers);
    if let Some(simple) = content.get("Simple").filter(|simple| !simple.is_null()) {
        let part = |part: &Json| part["Data"].as_str().map(str::to_owned);
        (subject, text, html) = (part(&simple["Subject"]), part(&simple["Body"]["Text"]), part(&simple["Body"]["Html"]));
        if text.is_none() && html.is_none() {
            return bad("Body has neither text nor HTML.");
        }
        headers = Vec::new();
        for header in simple["Headers"].as_array().into_iter().flatten() {
            let (name, value) = (header["Name"].as_str().unwrap_or_default(), header["Value"].as_str().unwrap_or_default());
            let forbidden = [
                "from",
                "to",
                "cc",
                "bcc",
                "subject",
                "date",
                "message-id",
                "reply-to",
                "return-path",
                "content-type",
                "mime-version",
            ];
            if name.is_empty()
                || !name.chars().all(|c| c.is_ascii_graphic() && c != ':')
                || value.contains(['\r', '\n'])
                || forbidden.contains(&name.to_lowercase().as_str())
            {
                return bad(format!("Invalid header <{name}>."));
            }
            headers.push((name.to_owned(), value.to_owned()));
        }
    } else if let Some(raw) = content["Raw"]["Data"].as_str() {
        let Ok(raw) = BASE64.decode(raw) else { return bad("Raw message data is not base64.") };
        let mail = mime::read(&raw);
        if recipients.is_empty() {
            for name in ["To", "Cc", "Bcc"] {
                let listed = mail.header(name).unwrap_or_default().split(',').filter(|one| !one.trim().is_empty());
                recipients.extend(listed.map(bare).collect::<Result<Vec<_>, _>>()?);
            }
        }
        from = from.or_else(|| mail.header("From").map(str::to_owned));
        subject = mail.header("Subject").map(str::to_owned);
        (text, html, headers) = (mail.text, mail.html, mail.headers);
    } else {
        return bad("The local stack takes Simple and Raw content only.");
    }
    let Some(from) = from else { return bad("From address is required.") };
    bare(&from)?;
    if recipients.is_empty() {
        return bad("At least one recipient is required.");
    }
    if recipients.len() > RECIPIENTS_MAX {
        return bad(format!("Recipient count exceeds {RECIPIENTS_MAX}."));
    }
    for address in texts(&input["ReplyToAddresses"]) {
        bare(address)?;
    }
    for tag in input["EmailTags"].as_array().into_iter().flatten() {
        for part in [&tag["Name"], &tag["Value"]] {
            let part = part.as_str().unwrap_or_default();
            if part.is_empty()
                || part.len() > 256
                || !part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
            {
                return bad(format!(
                    "Invalid tag <{part}>: only alphanumeric ASCII characters, '_', '-', '.' and '@' are allowed."
                ));
            }
        }
    }
    Ok(Letter { from, recipients, subject, text, html, headers: std::mem::take(&mut headers) })
}

fn fate(disk: &Connection, address: &str) -> rusqlite::Result<Fate> {
    let address = address.to_lowercase();
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    if domain == "simulator.amazonses.com" {
        return Ok(match local.split('+').next().unwrap_or_default() {
            "bounce" => Fate::Bounces,
            "complaint" => Fate::Complains,
            "suppressionlist" => Fate::Suppressed,
            _ => Fate::Arrives,
        });
    }
    let listed = disk.prepare_cached("SELECT 1 FROM suppression WHERE address = ?1")?.exists([&address])?;
    Ok(if listed { Fate::Suppressed } else { Fate::Arrives })
}

fn posted(input: &Json, letter: &Letter, caller: &str) -> Posted {
    let time = format!("{:016x}", now_ms());
    let unique = uuid::Uuid::new_v4().to_string();
    let mut headers = vec![("From".to_owned(), letter.from.clone())];
    headers.extend(["ToAddresses", "CcAddresses"].iter().zip(["To", "Cc"]).filter_map(|(key, name)| {
        let all = texts(&input["Destination"][*key]).collect::<Vec<_>>().join(", ");
        (!all.is_empty()).then(|| (name.to_owned(), all))
    }));
    headers.extend(letter.subject.iter().map(|subject| ("Subject".to_owned(), subject.clone())));
    headers.extend(texts(&input["ReplyToAddresses"]).map(|address| ("Reply-To".to_owned(), address.to_owned())));
    headers.extend(
        letter.headers.iter().filter(|(name, _)| !["From", "To", "Cc", "Subject", "Reply-To"].contains(&name.as_str())).cloned(),
    );
    let tags = input["EmailTags"].as_array().into_iter().flatten();
    Posted {
        message_id: format!("0100{}-{unique}-000000", &time[4..]),
        at: now_text(),
        from: letter.from.clone(),
        to: texts(&input["Destination"]["ToAddresses"]).map(str::to_owned).collect(),
        recipients: letter.recipients.clone(),
        subject: letter.subject.clone(),
        headers,
        tags: tags.map(|tag| (tag["Name"].as_str().unwrap_or_default().to_owned(), tag["Value"].clone())).collect(),
        configuration_set: input["ConfigurationSetName"].as_str().map(str::to_owned),
        caller: caller.to_owned(),
    }
}

fn captured(input: &Json, letter: &Letter, id: &str) -> Captured {
    let mut headers: Map<String, Json> =
        posted(input, letter, "").headers.into_iter().map(|(name, value)| (name, json!(value))).collect();
    headers.insert("Message-ID".into(), json!(format!("<{id}@email.amazonses.com>")));
    let tags = input["EmailTags"].as_array().into_iter().flatten();
    Captured {
        id: id.to_owned(),
        channel: "email".into(),
        to: letter.recipients.join(", "),
        from: letter.from.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: letter.html.clone(),
        headers,
        tags: tags.map(|tag| (tag["Name"].as_str().unwrap_or_default().to_owned(), tag["Value"].clone())).collect(),
        sent_at: now_text(),
    }
}

fn suppressed(row: &rusqlite::Row<'_>) -> rusqlite::Result<Json> {
    Ok(
        json!({"EmailAddress": row.get::<_, String>(0)?, "Reason": row.get::<_, String>(1)?, "LastUpdateTime": row.get::<_, i64>(2)?}),
    )
}

fn account() -> Json {
    json!({
        "DedicatedIpAutoWarmupEnabled": false,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": true,
        "SendingEnabled": true,
        "SendQuota": {"Max24HourSend": 50000, "MaxSendRate": 14, "SentLast24Hours": 0},
        "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
    })
}
