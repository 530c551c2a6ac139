//! SES v2: takes mail, keeps what the recipient would have seen, and tells the house what became of it.

use crate::{
    counts::OUTSIDE,
    disk::Disk,
    form,
    mail_events::{self, Comeback, Fate, Posted},
    message_headers, mime,
    outbox::{self, Captured},
    plan::{MailRoutes, Queue},
    pulse::{now_ms, now_text},
    queues::Queues,
    refusal::Refusal,
    suppression,
    topics::{Notice, Topics, deliver},
};
use axum::http::{Method, Uri};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use rusqlite::Connection;
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
    /// One request.
    pub async fn answer(&self, operation: &str, uri: &Uri, caller: &str, body: &[u8]) -> Result<Json, Refusal> {
        let subject = form::decode(uri.path().rsplit('/').next().unwrap_or_default());
        let query = uri.query().unwrap_or_default();
        let input: Json = match body {
            [] => json!({}),
            body => serde_json::from_slice(body).map_err(|e| Refusal::new("BadRequestException", e.to_string()))?,
        };
        match operation {
            "SendEmail" => self.send(input, caller).await,
            "GetAccount" => Ok(account()),
            other => match suppression::answer(&self.disk, other, &subject, query, &input).await {
                Some(answer) => answer,
                None => bad(format!("{other} is not known to the local stack")),
            },
        }
    }

    async fn send(&self, input: Json, caller: &str) -> Result<Json, Refusal> {
        let letter = read(&input)?;
        let routes = self.routes(&input)?;
        let posted = posted(&input, &letter, caller);
        let id = posted.message_id.clone();
        let captured = captured(&input, &letter, &posted);
        let (request, hearers) = (input.to_string(), hearers(&routes));
        self.disk
            .run(move |disk| {
                let (mut fates, mut arrives) = (Vec::new(), false);
                for address in &letter.recipients {
                    let fate = fate(disk, address)?;
                    arrives |= !fate.is_suppressed();
                    fates.push((address.clone(), fate));
                }
                if arrives {
                    outbox::keep(disk, &captured, &request)?;
                }
                tell(disk, &routes, &mail_events::all(&posted, &fates))
            })
            .await?;
        hearers.iter().for_each(|queue| self.queues.wake(queue));
        Ok(json!({"MessageId": id}))
    }

    /// Lets a captured mail come back from all its recipients, as if from the world outside: its configuration set hears of
    /// it, and an address that will never do again is put on the suppression list, as the template's sets ask SES to.
    ///
    /// # Errors
    /// When there is no such mail.
    pub async fn come_back(&self, id: &str, how: Comeback) -> Result<Vec<String>, Refusal> {
        let Some((input, at)) = outbox::request_of_mail(&self.disk, id).await? else {
            return Err(Refusal::new("NotFoundException", format!("no mail {id} was captured")));
        };
        let letter = read(&input)?;
        let routes = self.routes(&input)?;
        let posted = Posted { message_id: id.to_owned(), at, ..posted(&input, &letter, OUTSIDE) };
        let (recipients, hearers) = (letter.recipients, hearers(&routes));
        let addresses = recipients.clone();
        self.disk
            .run(move |disk| {
                if let Some(reason) = how.reason() {
                    addresses.iter().try_for_each(|address| suppression::add(disk, address, reason))?;
                }
                let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
                tell(disk, &routes, &[mail_events::comeback(&posted, &addresses, how, &now_text())])
            })
            .await?;
        hearers.iter().for_each(|queue| self.queues.wake(queue));
        Ok(recipients)
    }

    /// Who hears what becomes of this mail.
    fn routes(&self, input: &Json) -> Result<Vec<Route>, Refusal> {
        let Some(name) = input["ConfigurationSetName"].as_str() else { return Ok(Vec::new()) };
        let Some(set) = self.sets.iter().find(|set| set.name == name) else {
            return Err(Refusal::new("NotFoundException", format!("Configuration set <{name}> does not exist.")));
        };
        let route = |(types, topic): &(Vec<String>, String)| Route {
            types: types.clone(),
            topic: topic.clone(),
            listeners: self.topics.listeners(topic),
        };
        Ok(set.destinations.iter().map(route).collect())
    }
}

/// Where events of some types go.
struct Route {
    types: Vec<String>,
    topic: String,
    listeners: Vec<(Queue, bool)>,
}

fn hearers(routes: &[Route]) -> HashSet<String> {
    routes.iter().flat_map(|route| route.listeners.iter().map(|(queue, _)| queue.name.clone())).collect()
}

fn tell(disk: &Connection, routes: &[Route], events: &[Json]) -> rusqlite::Result<()> {
    for event in events {
        let kind = event["eventType"].as_str().unwrap_or_default().to_lowercase();
        for route in routes.iter().filter(|route| route.types.contains(&kind)) {
            let notice = Notice {
                id: uuid::Uuid::new_v4().to_string(),
                message: event.to_string(),
                subject: Some("Amazon SES Email Event Notification".into()),
                attributes: Map::new(),
            };
            deliver(disk, &route.topic, &route.listeners, &notice)?;
        }
    }
    Ok(())
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

/// `Ana <a@example.com>` without the name; refuses what cannot be an address.
pub fn bare(address: &str) -> Result<String, Refusal> {
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
    let (subject, text, html, headers);
    if let Some(simple) = content.get("Simple").filter(|simple| !simple.is_null()) {
        let part = |part: &Json| part["Data"].as_str().map(str::to_owned);
        (subject, text, html) = (part(&simple["Subject"]), part(&simple["Body"]["Text"]), part(&simple["Body"]["Html"]));
        if text.is_none() && html.is_none() {
            return bad("Body has neither text nor HTML.");
        }
        let replies = texts(&input["ReplyToAddresses"]).next().is_some();
        headers = message_headers::read(&simple["Headers"], replies)?;
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
    Ok(Letter { from, recipients, subject, text, html, headers })
}

fn fate(disk: &Connection, address: &str) -> rusqlite::Result<Fate> {
    let address = address.to_lowercase();
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    if domain == "simulator.amazonses.com" {
        return Ok(match local.split('+').next().unwrap_or_default() {
            "bounce" => Fate::Bounces,
            "complaint" => Fate::Complains,
            "suppressionlist" => Fate::SuppressedEverywhere,
            _ => Fate::Arrives,
        });
    }
    Ok(if suppression::is_listed(disk, &address)? { Fate::Suppressed } else { Fate::Arrives })
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

fn captured(input: &Json, letter: &Letter, posted: &Posted) -> Captured {
    let mut headers: Map<String, Json> = posted.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    headers.insert("Message-ID".into(), json!(format!("<{}@email.amazonses.com>", posted.message_id)));
    let tags = input["EmailTags"].as_array().into_iter().flatten();
    Captured {
        id: posted.message_id.clone(),
        channel: "email".into(),
        to: letter.recipients.join(", "),
        from: letter.from.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: letter.html.clone(),
        headers,
        tags: tags.map(|tag| (tag["Name"].as_str().unwrap_or_default().to_owned(), tag["Value"].clone())).collect(),
        sent_at: posted.at.clone(),
    }
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
