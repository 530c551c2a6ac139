//! What SES tells a configuration set about a mail: sent, delivered, bounced, complained about.

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
    /// It is not even tried: the address is on the suppression list.
    Suppressed,
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
    let suppressed =
        "Amazon SES did not send the message to this address because it is on the suppression list for your account.";
    for (fate, kind, diagnosis) in
        [(Fate::Bounces, "General", "smtp; 550 5.1.1 user unknown"), (Fate::Suppressed, "OnAccountSuppressionList", suppressed)]
    {
        let bounced = with(&[fate]);
        if !bounced.is_empty() {
            let recipients: Vec<_> = bounced
                .iter()
                .map(|address| json!({"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": diagnosis}))
                .collect();
            let bounce = json!({
                "bounceType": "Permanent", "bounceSubType": kind, "bouncedRecipients": recipients, "timestamp": posted.at,
                "feedbackId": feedback_id(), "reportingMTA": "dns; amazonses.com",
            });
            events.push(event("Bounce", posted, "bounce", bounce));
        }
    }
    let complained = with(&[Fate::Complains]);
    if !complained.is_empty() {
        let recipients: Vec<_> = complained.iter().map(|address| json!({"emailAddress": address})).collect();
        let complaint = json!({
            "complainedRecipients": recipients, "timestamp": posted.at, "feedbackId": feedback_id(), "complaintSubType": null,
            "complaintFeedbackType": "abuse", "userAgent": "Amazon SES Mailbox Simulator", "arrivalDate": posted.at,
        });
        events.push(event("Complaint", posted, "complaint", complaint));
    }
    events
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
