//! What a message on the queue of feedback is: a word of SES or of a phone in the envelope of SNS, or a message of ours.

use contracts::ToMailEvents;
use domain::{
    id::{LetterId, OrderId, OrderKey, ShopId},
    letter::{Channel, LetterKind},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::LetterAt;

/// What was heard.
#[derive(Debug)]
pub enum Heard {
    /// SES tells what became of a mail.
    Mail(Box<MailEvent>),
    /// A person texted to our number.
    Text(InboundText, Option<Timestamp>),
    /// A room of this house asks for something.
    Ours(Box<ToMailEvents>),
    /// AWS tries the topic when it is set up.
    Greeting,
}

/// A message as far as its kind is told by it.
#[derive(Deserialize)]
struct Outside {
    /// Ours alone have it in small letters.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
    /// When SNS published it. SES tells its own moments inside; a text does not.
    #[serde(rename = "Timestamp")]
    published_at: Option<Timestamp>,
}

/// What SES says once to a topic that its events are to go to; the second is the dialect of identities.
const GREETINGS: [&str; 2] = ["Successfully validated SNS topic", "{\"notificationType\":\"AmazonSnsSubscriptionSucceeded\""];

/// A text to our number, as AWS End User Messaging publishes it, as far as it is read.
#[derive(Debug, Deserialize)]
pub struct InboundText {
    /// Who texted.
    #[serde(rename = "originationNumber")]
    pub from: String,
    /// What.
    #[serde(rename = "messageBody")]
    pub body: String,
    /// AWS's name for it.
    #[serde(rename = "inboundMessageId")]
    pub id: String,
}

/// One SES event, as far as it is read.
#[derive(Debug, Deserialize)]
pub struct MailEvent {
    /// `Send`, `Bounce`, … `eventType` is the dialect of configuration sets, `notificationType` that of identities.
    #[serde(alias = "notificationType", rename = "eventType")]
    pub kind: String,
    /// The mail it is about.
    pub mail: Mail,
    /// Of a bounce.
    pub bounce: Option<Bounce>,
    /// Of a complaint.
    pub complaint: Option<Complaint>,
}

/// A mail.
#[derive(Debug, Deserialize)]
pub struct Mail {
    /// SES's name for it.
    #[serde(rename = "messageId")]
    pub message_id: String,
    /// When SES took it.
    pub timestamp: Timestamp,
    /// To whom it went.
    #[serde(default)]
    pub destination: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

/// A bounce.
#[derive(Debug, Deserialize)]
pub struct Bounce {
    #[serde(rename = "bounceType")]
    bounce_type: String,
    #[serde(rename = "bounceSubType")]
    sub_type: Option<String>,
    timestamp: Option<Timestamp>,
    /// Who bounced.
    #[serde(rename = "bouncedRecipients", default)]
    pub recipients: Vec<Recipient>,
}

/// A complaint.
#[derive(Debug, Deserialize)]
pub struct Complaint {
    #[serde(rename = "complaintSubType")]
    sub_type: Option<String>,
    timestamp: Option<Timestamp>,
    /// Who complained.
    #[serde(rename = "complainedRecipients", default)]
    pub recipients: Vec<Recipient>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub struct Recipient {
    /// Their address.
    #[serde(rename = "emailAddress")]
    pub email: String,
}

/// What a mail's event means to this room.
#[derive(Debug)]
pub enum Became<'a> {
    /// SES took it.
    Taken,
    /// The mailbox does not exist or will never take anything.
    Bounced(&'a Bounce),
    /// Its reader calls it spam.
    Complained(&'a Complaint),
    /// SES took it and then would not send it.
    Rejected,
    /// Nothing is to be done: it was delivered, or a full mailbox will be tried again by SES itself.
    Nothing,
}

/// SES did not even try, because the address is on the account's own list. That does not count against a sender's name.
const NOT_TRIED: &str = "OnAccountSuppressionList";

impl Heard {
    /// Reads a message.
    ///
    /// # Errors
    /// Says in what way it is neither an envelope of SNS nor a message of ours, without quoting it.
    pub fn read(body: &str) -> Result<Self, String> {
        let outside: Outside = contracts::read(body).map_err(|unreadable| format!("neither SNS's nor ours: {unreadable}"))?;
        match outside {
            Outside { kind: Some(_), .. } => {
                let ours =
                    contracts::read(body).map_err(|unreadable| format!("a message of ours of no known kind: {unreadable}"))?;
                Ok(Self::Ours(Box::new(ours)))
            }
            Outside { message: Some(message), published_at, .. } => Self::in_envelope(&message, published_at),
            Outside { .. } => Err("neither an envelope of SNS nor a message of ours: it has no type and no Message".to_owned()),
        }
    }

    /// Tells the topics apart by what their messages hold: neither has what the other must have.
    fn in_envelope(message: &str, published_at: Option<Timestamp>) -> Result<Self, String> {
        if GREETINGS.iter().any(|greeting| message.starts_with(greeting)) {
            return Ok(Self::Greeting);
        }
        match contracts::read(message) {
            Ok(mail) => Ok(Self::Mail(Box::new(mail))),
            Err(unreadable) => match contracts::read(message) {
                Ok(text) => Ok(Self::Text(text, published_at)),
                Err(_) => Err(format!("SNS brought neither an event of SES nor a text: {unreadable}")),
            },
        }
    }
}

impl MailEvent {
    /// What it means.
    #[must_use]
    pub fn became(&self) -> Became<'_> {
        match (self.kind.as_str(), &self.bounce, &self.complaint) {
            ("Send", ..) => Became::Taken,
            ("Bounce", Some(bounce), _) if bounce.bounce_type == "Permanent" => Became::Bounced(bounce),
            ("Complaint", _, Some(complaint)) => Became::Complained(complaint),
            ("Reject", ..) => Became::Rejected,
            _ => Became::Nothing,
        }
    }

    /// When it happened, as SES says.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        let own = match self.became() {
            Became::Bounced(bounce) => bounce.timestamp,
            Became::Complained(complaint) => complaint.timestamp,
            Became::Taken | Became::Rejected | Became::Nothing => None,
        };
        own.unwrap_or(self.mail.timestamp)
    }
}

impl Bounce {
    /// Whether a mail server was asked at all.
    #[must_use]
    pub fn was_tried(&self) -> bool {
        self.sub_type.as_deref() != Some(NOT_TRIED)
    }
}

impl Complaint {
    /// Whether the mail was delivered at all.
    #[must_use]
    pub fn was_tried(&self) -> bool {
        self.sub_type.as_deref() != Some(NOT_TRIED)
    }
}

impl Mail {
    fn tag(&self, name: &str) -> Option<&str> {
        self.tags.get(name).and_then(|values| values.first()).map(String::as_str)
    }

    /// Whose it is.
    #[must_use]
    pub fn shop(&self) -> Option<ShopId> {
        self.tag("shop")?.parse().ok()
    }

    /// What it was for.
    #[must_use]
    pub fn letter_kind(&self) -> Option<LetterKind> {
        let tag = self.tag("kind")?;
        LetterKind::ALL.iter().copied().find(|kind| kind.code() == tag)
    }

    /// The ledger's row a message of ours names in its tags.
    #[must_use]
    pub fn letter(&self) -> Option<LetterAt> {
        let id: LetterId = self.tag("letter")?.parse().ok()?;
        let order: OrderId = self.tag("order")?.parse().ok()?;
        Some(LetterAt { order: OrderKey { shop: self.shop()?, order }, id, channel: Channel::Email })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn order() -> OrderKey {
        let shop: ShopId = "demo".parse().unwrap();
        OrderKey { order: OrderId::of(&shop, "standard", "1"), shop }
    }

    fn letter() -> LetterId {
        LetterId::of("test", "shipped", "")
    }

    fn event(dialect: &str, kind: &str, more: &serde_json::Value) -> serde_json::Value {
        let mut event = json!({
            dialect: kind,
            "mail": {"messageId": "m-1", "timestamp": "2026-11-19T08:00:00Z", "destination": ["ada@example.com"],
                "tags": {"shop": ["demo"], "kind": ["shipped"], "letter": [letter()], "order": [order().order]}},
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    }

    fn heard(event: &serde_json::Value) -> MailEvent {
        match Heard::read(&json!({"Type": "Notification", "Message": event.to_string()}).to_string()).unwrap() {
            Heard::Mail(event) => *event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_dialects_of_ses_are_read() {
        for dialect in ["eventType", "notificationType"] {
            let bounce = json!({"bounce": {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-11-19T09:00:00Z",
                "bouncedRecipients": [{"emailAddress": "ada@example.com"}]}});
            let event = heard(&event(dialect, "Bounce", &bounce));
            assert!(matches!(event.became(), Became::Bounced(bounce) if bounce.was_tried() && bounce.recipients.len() == 1));
            assert_eq!(event.at().to_string(), "2026-11-19T09:00:00Z");
            assert_eq!(event.mail.letter_kind(), Some(LetterKind::Shipped));
            assert_eq!(event.mail.letter(), Some(LetterAt { order: order(), id: letter(), channel: Channel::Email }));
        }
    }

    #[test]
    fn only_a_bounce_for_good_is_one() {
        for (kind, more) in [
            ("Bounce", json!({"bounce": {"bounceType": "Transient"}})),
            ("Bounce", json!({"bounce": {"bounceType": "Undetermined"}})),
            ("Bounce", json!({})),
            ("Complaint", json!({})),
            ("Delivery", json!({})),
            ("Open", json!({})),
        ] {
            assert!(matches!(heard(&event("eventType", kind, &more)).became(), Became::Nothing), "{kind}");
        }
        assert!(matches!(heard(&event("eventType", "Reject", &json!({}))).became(), Became::Rejected));
        let known = json!({"bounce": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}});
        assert!(matches!(heard(&event("eventType", "Bounce", &known)).became(), Became::Bounced(bounce) if !bounce.was_tried()));
    }

    #[test]
    fn messages_of_ours_are_told_from_envelopes() {
        let ours = r#"{"type":"suppression.reconcile_due.v1"}"#;
        assert!(matches!(Heard::read(ours), Ok(Heard::Ours(_))));
        let text = json!({"originationNumber": "+14155550132", "messageBody": "STOP", "inboundMessageId": "i"}).to_string();
        let envelope = json!({"Type": "Notification", "Message": text, "Timestamp": "2026-11-19T18:04:11.516Z"}).to_string();
        assert!(matches!(Heard::read(&envelope), Ok(Heard::Text(_, Some(_)))));
    }

    #[test]
    fn ses_greets_a_topic_and_nobody_minds() {
        for greeting in [
            "Successfully validated SNS topic for Amazon SES event publishing.",
            r#"{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed"}"#,
        ] {
            assert!(matches!(Heard::read(&json!({"Message": greeting}).to_string()), Ok(Heard::Greeting)), "{greeting}");
        }
    }

    #[test]
    fn what_is_of_neither_kind_says_in_what_way() {
        for (body, says) in [
            ("unreadable", "neither SNS's nor ours"),
            ("[]", "neither SNS's nor ours"),
            ("{}", "no type and no Message"),
            (r#"{"type":"preferences.chosen.v9"}"#, "of no known kind"),
            (r#"{"type":"letter.due.v1"}"#, "of no known kind"),
            (r#"{"Message":"ada@example.com said hello"}"#, "neither an event of SES nor a text"),
            (r#"{"Message":"{}"}"#, "neither an event of SES nor a text"),
        ] {
            let why = Heard::read(body).unwrap_err();
            assert!(why.contains(says) && !why.contains("ada@"), "{body}: {why}");
        }
    }
}
