//! What SES tells a configuration set about a mail: sent, delivered, bounced, complained about.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// What becomes of a mail for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is delivered.
    Arrives,
    /// The mailbox does not exist.
    Bounces,
    /// It is delivered, and the recipient calls it spam.
    Complains,
    /// It is not even tried: the address is on the account's suppression list.
    Suppressed,
    /// It is not even tried: the address is on SES's own list.
    SuppressedEverywhere,
}

impl Fate {
    /// Whether the mail stays where it is.
    pub fn is_suppressed(self) -> bool {
        matches!(self, Self::Suppressed | Self::SuppressedEverywhere)
    }
}

/// How a mail comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Comeback {
    /// There is no such mailbox.
    Permanent,
    /// The mailbox takes nothing now, and SES has stopped trying.
    Transient,
    /// The recipient called it spam.
    Complaint,
}

impl Comeback {
    /// Why the address is put on the suppression list, if it is.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Permanent => Some("BOUNCE"),
            Self::Transient => None,
            Self::Complaint => Some("COMPLAINT"),
        }
    }
}

/// A mail that was accepted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// SES's id for it.
    pub message_id: String,
    /// When.
    pub at: String,
    /// The sender as given.
    pub from: String,
    /// The `To` addresses as given.
    pub to: Vec<String>,
    /// All recipients, bare.
    pub recipients: Vec<String>,
    /// The subject.
    pub subject: Option<String>,
    /// All headers.
    pub headers: Vec<(String, String)>,
    /// The sender's tags.
    pub tags: Vec<(String, Json)>,
    /// The configuration set.
    pub configuration_set: Option<String>,
    /// Who called.
    pub caller: String,
}

/// Every event of a mail, in the order in which they come.
pub fn all(posted: &Posted, fates: &[(String, Fate)]) -> Vec<Json> {
    let with = |wanted: &[Fate]| -> Vec<&str> {
        fates.iter().filter(|(_, fate)| wanted.contains(fate)).map(|(address, _)| address.as_str()).collect()
    };
    let mut events = vec![event("Send", posted, "send", json!({}))];
    let arrived = with(&[Fate::Arrives, Fate::Complains]);
    if !arrived.is_empty() {
        let delivery = json!({
            "timestamp": posted.at, "processingTimeMillis": 1, "recipients": arrived, "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "a0-1.smtp-out.amazonses.com",
        });
        events.push(event("Delivery", posted, "delivery", delivery));
    }
    for (fate, bounce) in [
        (Fate::Bounces, UNKNOWN_USER),
        (
            Fate::Suppressed,
            Bounce {
                sub_type: "OnAccountSuppressionList",
                diagnosis: "Amazon SES did not send the message to this address because it is on the suppression list for your account.",
                ..UNKNOWN_USER
            },
        ),
        (
            Fate::SuppressedEverywhere,
            Bounce {
                sub_type: "Suppressed",
                diagnosis: "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.",
                ..UNKNOWN_USER
            },
        ),
    ] {
        let bounced = with(&[fate]);
        if !bounced.is_empty() {
            events.push(bounced_event(posted, &bounced, bounce, &posted.at));
        }
    }
    let complained = with(&[Fate::Complains]);
    if !complained.is_empty() {
        events.push(comeback(posted, &complained, Comeback::Complaint, &posted.at));
    }
    events
}

/// The event of a mail that comes back from these addresses at this moment.
pub fn comeback(posted: &Posted, addresses: &[&str], how: Comeback, at: &str) -> Json {
    match how {
        Comeback::Permanent => bounced_event(posted, addresses, UNKNOWN_USER, at),
        Comeback::Transient => bounced_event(posted, addresses, EXPIRED, at),
        Comeback::Complaint => {
            let recipients: Vec<_> = addresses.iter().map(|address| json!({"emailAddress": address})).collect();
            let complaint = json!({
                "complainedRecipients": recipients, "timestamp": at, "feedbackId": feedback_id(), "complaintSubType": null,
                "complaintFeedbackType": "abuse", "userAgent": "Amazon SES Mailbox Simulator", "arrivalDate": at,
            });
            event("Complaint", posted, "complaint", complaint)
        }
    }
}

/// The words of a bounce.
#[derive(Clone, Copy)]
struct Bounce {
    kind: &'static str,
    sub_type: &'static str,
    status: &'static str,
    diagnosis: &'static str,
}

const UNKNOWN_USER: Bounce =
    Bounce { kind: "Permanent", sub_type: "General", status: "5.1.1", diagnosis: "smtp; 550 5.1.1 user unknown" };
const EXPIRED: Bounce = Bounce {
    kind: "Transient",
    sub_type: "General",
    status: "4.4.7",
    diagnosis: "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS>",
};

fn bounced_event(posted: &Posted, addresses: &[&str], bounce: Bounce, at: &str) -> Json {
    let recipient = |address: &&str| json!({"emailAddress": address, "action": "failed", "status": bounce.status, "diagnosticCode": bounce.diagnosis});
    let detail = json!({
        "bounceType": bounce.kind, "bounceSubType": bounce.sub_type,
        "bouncedRecipients": addresses.iter().map(recipient).collect::<Vec<_>>(), "timestamp": at,
        "feedbackId": feedback_id(), "reportingMTA": "dns; amazonses.com",
    });
    event("Bounce", posted, "bounce", detail)
}

fn feedback_id() -> String {
    format!("0100{}-000000", uuid::Uuid::new_v4())
}

fn event(kind: &str, posted: &Posted, key: &str, detail: Json) -> Json {
    let mut event = Map::new();
    event.insert("eventType".into(), json!(kind));
    event.insert("mail".into(), mail(posted));
    event.insert(key.into(), detail);
    Json::Object(event)
}

fn mail(posted: &Posted) -> Json {
    let domain = posted.from.trim_end_matches('>').rsplit('@').next().unwrap_or_default();
    let mut tags = Map::from_iter([
        ("ses:source-ip".to_owned(), json!(["127.0.0.1"])),
        ("ses:from-domain".to_owned(), json!([domain])),
        ("ses:caller-identity".to_owned(), json!([posted.caller])),
    ]);
    if let Some(set) = &posted.configuration_set {
        tags.insert("ses:configuration-set".into(), json!([set]));
    }
    for (name, value) in &posted.tags {
        tags.insert(name.clone(), json!([value]));
    }
    let headers: Vec<_> = posted.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({
        "timestamp": posted.at,
        "source": posted.from,
        "sendingAccountId": crate::intrinsics::ACCOUNT,
        "messageId": posted.message_id,
        "destination": posted.recipients,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": {"from": [posted.from], "to": posted.to, "messageId": posted.message_id, "subject": posted.subject},
        "tags": tags,
    })
}
