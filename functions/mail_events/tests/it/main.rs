//! What the world answers, from the queue to the vault and to other queues, over a real DynamoDB.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

#[path = "../../../merchant_console/tests/it/aws.rs"]
mod aws;
mod consent;
mod said;

use aws::Neighbours;
use boot::batch::{BatchAnswer, SqsAttributes, SqsEvent, SqsRecord};
use domain::{
    address::{Customer, EmailAddress, Phone},
    breaker::MailCount,
    dispatch::Recipient,
    id::{LetterId, OrderId, OrderKey, ShopId},
    letter::{About, Channel, Letter, LetterKind, LetterRecord, LetterState},
    money::Money,
    order::{OrderReport, Payment, Totals},
    preference::Preferences,
};
use jiff::{Timestamp, civil::Date};
use lambda_runtime::{Context, LambdaEvent};
use mail_events::{Call, Room, handle};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use store::{LetterAt, Vault, Versioned, Write};

const ROOT_KEY: &str = "0123456789012345678901234567890123456789";
const EMAIL: &str = "ada@example.com";
const PHONE: &str = "+14155550132";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A house with one order.
struct House {
    neighbours: Neighbours,
    room: Arc<Room>,
    vault: Vault,
    order: OrderKey,
}

impl House {
    async fn new() -> Self {
        let neighbours = Neighbours::start(json!({"root_key": ROOT_KEY, "shops": {}})).await;
        let room = Arc::new(Room::open(|name: &str| neighbours.variable(name)).unwrap());
        let secrets = boot::secrets::Secrets::new(neighbours.aws().secrets(), "secret".to_owned());
        let vault = neighbours.vault().with_find_key(secrets.keyring().await.unwrap().find_key());
        let house =
            Self { neighbours, room, vault, order: OrderKey { shop: shop(), order: OrderId::of(&shop(), "standard", "1") } };
        house.describe(customer(Some(EMAIL), Some(PHONE)), "2026-11-01T10:00:00Z").await;
        house
    }

    /// The storefront describes the order, for the first time or anew.
    async fn describe(&self, customer: Customer, reported_at: &str) {
        let known = self.vault.order(&self.order).await.unwrap();
        let value = known.value.told(report(customer, at(reported_at))).unwrap();
        self.vault.commit(vec![Write::Order(Versioned { value, version: known.version })]).await.unwrap();
    }

    /// A row of the ledger in this state.
    async fn letter(&self, kind: LetterKind, state: LetterState) -> LetterAt {
        let letter = Letter {
            id: LetterId::of("test", kind.code(), ""),
            kind,
            order: self.order.clone(),
            about: About::Order,
            occurred_at: at("2026-11-19T07:00:00Z"),
        };
        let id = letter.id.clone();
        self.vault.write_letter(&LetterRecord { letter, channel: Channel::Email, state }, 0).await.unwrap();
        LetterAt { order: self.order.clone(), id, channel: Channel::Email }
    }

    /// An event of SES about a mail of this kind.
    fn event(&self, kind: &str, letter: LetterKind, at: &str) -> String {
        let recipients = json!([{"emailAddress": EMAIL.to_uppercase()}]);
        let tags = json!({
            "letter": [LetterId::of("test", letter.code(), "")], "kind": [letter.code()], "shop": ["demo"], "order": [self.order.order],
        });
        let event = json!({
            "eventType": kind,
            "mail": {"messageId": "ses-1", "timestamp": at, "destination": [EMAIL], "tags": tags},
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at, "bouncedRecipients": recipients},
            "complaint": {"timestamp": at, "complainedRecipients": recipients},
        });
        json!({"Type": "Notification", "Message": event.to_string(), "Timestamp": at}).to_string()
    }

    /// Hands a batch over.
    async fn hears(&self, bodies: &[String]) -> BatchAnswer {
        let record = |(n, body): (usize, &String)| SqsRecord {
            message_id: format!("m{n}"),
            body: body.clone(),
            attributes: SqsAttributes::default(),
        };
        let records = bodies.iter().enumerate().map(record).collect();
        self.called(Call::Messages(SqsEvent { records })).await
    }

    async fn called(&self, call: Call) -> BatchAnswer {
        let mut context = Context::default();
        let deadline = SystemTime::now() + Duration::from_secs(20);
        context.deadline = u64::try_from(deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap();
        handle(&self.room, LambdaEvent::new(call, context)).await.unwrap()
    }

    /// The messages that were put on this queue.
    fn queued(&self, queue: &str) -> Vec<Value> {
        let on = |message: &Value| message["QueueUrl"].as_str().is_some_and(|url| url.ends_with(&format!("/{queue}")));
        let sent = self.neighbours.sent().into_iter().filter(on);
        sent.map(|message| serde_json::from_str(message["MessageBody"].as_str().unwrap()).unwrap_or(Value::Null)).collect()
    }

    async fn recipient(&self, today: &str) -> Recipient {
        let (email, phone): (EmailAddress, Phone) = (EMAIL.parse().unwrap(), PHONE.parse().unwrap());
        self.vault.recipient(&shop(), Some(&email), Some(&phone), day(today)).await.unwrap()
    }
}

fn customer(email: Option<&str>, phone: Option<&str>) -> Customer {
    Customer { email: email.map(|it| it.parse().unwrap()), phone: phone.map(|it| it.parse().unwrap()), ..Customer::default() }
}

fn report(customer: Customer, reported_at: Timestamp) -> OrderReport {
    OrderReport {
        source: "standard".into(),
        source_id: "1".into(),
        reported_at,
        placed_at: at("2026-11-01T10:00:00Z"),
        number: "#1001".into(),
        payment: Payment::Paid,
        cancelled_at: None,
        customer,
        ship_to: None,
        lines: Vec::new(),
        totals: Totals { total: Money::of(9800, "EUR".parse().unwrap()), shipping: None, tax: None, discount: None },
        shipping_method: None,
        promised: None,
    }
}

/// A text to our number.
fn text(says: &str, at: &str) -> String {
    let text = json!({"originationNumber": PHONE, "messageBody": says, "inboundMessageId": "i-1"}).to_string();
    json!({"Type": "Notification", "Message": text, "Timestamp": at}).to_string()
}
