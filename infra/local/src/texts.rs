//! SNS: text messages to a phone number and from one, and notices to a topic; the query protocol with XML answers.

use crate::{
    disk::Disk,
    form,
    outbox::{self, Captured},
    pulse::now_text,
    queues::Queues,
    refusal::{Refusal, xml},
    topics::{Notice, Topics, deliver},
};
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, sync::Arc};

/// Characters of one text message, all its parts together.
const TEXT_CHARS_MAX: usize = 1600;
/// A message that begins with one of these opts its sender out, whatever the receiver does with it.
const OPT_OUT: [&str; 10] = ["ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"];
/// And one that begins with these in again, on a number that was set up as infra/README.md says.
const OPT_IN: [&str; 2] = ["START", "UNSTOP"];
/// The number that texts come from and go to here.
const OWN_NUMBER: &str = "+12065550100";

/// The telephone exchange.
pub struct Texts {
    /// Where all is kept.
    pub disk: Disk,
    /// Who has to be woken.
    pub queues: Arc<Queues>,
    /// The topics.
    pub topics: Arc<Topics>,
    /// The topic that hears texts to our number, if the template has one.
    pub inbound: Option<String>,
}

/// A text that a person sends to our number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundText {
    /// Their number, E.164.
    pub from: String,
    /// What they say.
    pub text: String,
    /// Our number, E.164.
    pub to: Option<String>,
}

type Form = BTreeMap<String, String>;

/// The operation a form asks for.
pub fn operation(body: &[u8]) -> String {
    form::read(body).remove("Action").unwrap_or_default()
}

fn invalid<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new("InvalidParameter", message))
}

impl Texts {
    /// One request; the answer is XML.
    pub async fn answer(&self, operation: &str, body: &[u8]) -> Result<String, Refusal> {
        let input = form::read(body);
        let result = match operation {
            "Publish" => format!("<MessageId>{}</MessageId>", self.publish(&input).await?),
            "CheckIfPhoneNumberIsOptedOut" => {
                format!("<isOptedOut>{}</isOptedOut>", self.is_opted_out(phone_number(&input, "phoneNumber")?).await?)
            }
            "OptInPhoneNumber" => {
                self.opt_in(phone_number(&input, "phoneNumber")?).await?;
                String::new()
            }
            "SetSMSAttributes" => String::new(),
            other => return Err(Refusal::new("InvalidAction", format!("{other} is not known to the local stack"))),
        };
        Ok(format!(
            "<{operation}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{operation}Result>{result}</{operation}Result>\
             <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{operation}Response>",
            uuid::Uuid::new_v4()
        ))
    }

    /// The owner of a phone answered STOP.
    pub async fn opt_out(&self, number: String) -> Result<(), String> {
        self.disk.run(move |disk| disk.execute("INSERT OR IGNORE INTO opted_out VALUES (?1)", params![number]).map(drop)).await
    }

    async fn opt_in(&self, number: String) -> Result<(), String> {
        self.disk.run(move |disk| disk.execute("DELETE FROM opted_out WHERE number = ?1", [number]).map(drop)).await
    }

    /// A person's text arrives at our number: AWS keeps its own opt-out list and tells the topic. (Its guide promises that the
    /// topic hears STOP where opt-outs are self-managed, and then AWS keeps no list; here both happen, so that either can be
    /// seen to be enough.)
    ///
    /// # Errors
    /// When a number is none, or no topic of the template hears texts.
    pub async fn receive(&self, inbound: InboundText) -> Result<(), Refusal> {
        let form = Form::from_iter([("from".to_owned(), inbound.from)]);
        let from = phone_number(&form, "from")?;
        let Some(topic) = &self.inbound else { return Err(Refusal::new("NotFound", "no topic hears inbound texts")) };
        let said = inbound.text.trim().to_uppercase();
        let begins_with = |words: &[&'static str]| {
            let whole = |rest: &str| !rest.starts_with(char::is_alphanumeric);
            words.iter().copied().find(|word| said.strip_prefix(word).is_some_and(whole))
        };
        let keyword = match (begins_with(&OPT_OUT), begins_with(&OPT_IN)) {
            (Some(word), _) => self.opt_out(from.clone()).await.map(|()| Some(word))?,
            (None, Some(word)) => self.opt_in(from.clone()).await.map(|()| Some(word))?,
            (None, None) => None,
        };
        let payload = json!({
            "originationNumber": from,
            "destinationNumber": inbound.to.as_deref().unwrap_or(OWN_NUMBER),
            "messageKeyword": keyword.unwrap_or("KEYWORD_000000000000"),
            "messageBody": inbound.text,
            "inboundMessageId": uuid::Uuid::new_v4().to_string(),
        });
        let notice = Notice { id: uuid::Uuid::new_v4().to_string(), message: payload.to_string(), ..Notice::default() };
        self.tell(topic.clone(), notice).await.map_err(Refusal::from)
    }

    /// Puts a notice into the queues that hear a topic.
    async fn tell(&self, topic: String, notice: Notice) -> Result<(), String> {
        let listeners = self.topics.listeners(&topic);
        let names: Vec<_> = listeners.iter().map(|(queue, _)| queue.name.clone()).collect();
        self.disk.run(move |disk| deliver(disk, &topic, &listeners, &notice)).await?;
        names.iter().for_each(|name| self.queues.wake(name));
        Ok(())
    }

    async fn is_opted_out(&self, number: String) -> Result<bool, String> {
        self.disk.run(move |disk| disk.prepare_cached("SELECT 1 FROM opted_out WHERE number = ?1")?.exists([number])).await
    }

    async fn publish(&self, input: &Form) -> Result<String, Refusal> {
        let message = input.get("Message").cloned().unwrap_or_default();
        if message.is_empty() {
            return invalid("Invalid parameter: Empty message");
        }
        let id = uuid::Uuid::new_v4().to_string();
        let attributes = attributes(input);
        if let Some(topic) = input.get("TopicArn").or_else(|| input.get("TargetArn")) {
            if !self.topics.exists(topic) {
                return Err(Refusal::new("NotFound", "Topic does not exist"));
            }
            let notice = Notice { id: id.clone(), message, subject: input.get("Subject").cloned(), attributes };
            self.tell(topic.clone(), notice).await?;
            return Ok(id);
        }
        let number = phone_number(input, "PhoneNumber")?;
        if message.chars().count() > TEXT_CHARS_MAX {
            return invalid("Invalid parameter: Message too long");
        }
        if self.is_opted_out(number.clone()).await? {
            return Ok(id); // accepted and never delivered, as the real one does
        }
        let text = |name: &str| attributes.get(name).and_then(|value| value["StringValue"].as_str()).map(str::to_owned);
        let captured = Captured {
            id: id.clone(),
            channel: "sms".into(),
            to: number,
            from: text("AWS.SNS.SMS.SenderID").or(text("AWS.MM.SMS.OriginationNumber")).unwrap_or_else(|| "SMS".into()),
            text: Some(message),
            tags: attributes.iter().map(|(name, value)| (name.clone(), value["StringValue"].clone())).collect(),
            sent_at: now_text(),
            ..Captured::default()
        };
        let request = json!(input).to_string();
        self.disk.run(move |disk| outbox::keep(disk, &captured, &request)).await?;
        Ok(id)
    }
}

fn phone_number(input: &Form, key: &str) -> Result<String, Refusal> {
    let number = input.get(key).map(String::as_str).unwrap_or_default();
    let digits = number.strip_prefix('+').unwrap_or_default();
    match (8..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(number.to_owned()),
        false => invalid(format!("Invalid parameter: PhoneNumber Reason: {} is not valid to publish to", xml(number))),
    }
}

/// `MessageAttributes.entry.1.Name` and its siblings.
fn attributes(input: &Form) -> Map<String, Json> {
    let mut out = Map::new();
    for n in 1..=10 {
        let Some(name) = input.get(&format!("MessageAttributes.entry.{n}.Name")) else { break };
        let part = |part: &str| input.get(&format!("MessageAttributes.entry.{n}.Value.{part}")).cloned();
        let mut value = json!({"DataType": part("DataType")});
        for key in ["StringValue", "BinaryValue"] {
            if let Some(text) = part(key) {
                value[key] = json!(text);
            }
        }
        out.insert(name.clone(), value);
    }
    out
}
