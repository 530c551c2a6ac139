//! The room that asks, from the message to storefronts and carriers played on this machine, over a real DynamoDB.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

#[path = "../../../merchant_console/tests/it/aws.rs"]
mod aws;
mod fetches;
mod inquiries;
mod orders;
mod world;

use aws::{Neighbours, TABLE};
use boot::batch::{BatchAnswer, SqsAttributes, SqsEvent, SqsRecord};
use contracts::ToSources;
use domain::{id::ShopId, settings::ShopSettings};
use jiff::Timestamp;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use sources::{Call, Room, handle};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The house with one shop, its settings and its secrets.
pub(crate) struct House {
    pub(crate) neighbours: Neighbours,
    pub(crate) room: Arc<Room>,
}

pub(crate) fn shop() -> ShopId {
    "demo".parse().unwrap()
}

/// Now, without what a second has behind its point: as sources write it.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

impl House {
    pub(crate) async fn new(sources: Value, secrets: Value) -> Self {
        let secret = json!({"root_key": "0123456789012345678901234567890123456789", "shops": {"demo": secrets}});
        let neighbours = Neighbours::start(secret).await;
        let settings: ShopSettings = serde_json::from_value(json!({"brand": {"name": "Demo"}, "sources": sources})).unwrap();
        settings.sources.checked().unwrap();
        neighbours.vault().put_settings(&shop(), &settings).await.unwrap();
        let queue = |name: &str| format!("{}/1/{name}", neighbours.variable("AWS_ENDPOINT_URL").unwrap());
        let get = |name: &str| match name {
            "PUBLIC_URL" => Some("https://doorstep.example/".to_owned()),
            "TRACKING_QUEUE_URL" => Some(queue("tracking")),
            "SOURCES_QUEUE_URL" => Some(queue("sources")),
            name => neighbours.variable(name),
        };
        let room = Arc::new(Room::open(get).unwrap());
        Self { neighbours, room }
    }

    /// Hands one message over, received for the so-manieth time.
    pub(crate) async fn deliver(&self, body: String, tries: u32) -> BatchAnswer {
        let mut context = Context::default();
        let deadline = SystemTime::now() + Duration::from_secs(30);
        context.deadline = u64::try_from(deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let attributes = SqsAttributes { receive_count: tries.to_string(), ..SqsAttributes::default() };
        let record = SqsRecord { message_id: "m1".to_owned(), body, attributes };
        handle(&self.room, LambdaEvent::new(Call::Messages(SqsEvent { records: vec![record] }), context)).await.unwrap()
    }

    /// Hands one message over and says whether it may be deleted.
    pub(crate) async fn says(&self, message: &ToSources) -> bool {
        self.deliver(contracts::write(message).unwrap(), 1).await.failures.is_empty()
    }

    /// What was put on a queue, as JSON.
    pub(crate) fn sent(&self, queue: &str) -> Vec<Value> {
        self.sent_whole(queue).into_iter().map(|(body, _)| body).collect()
    }

    /// The same, each with its delay in seconds.
    pub(crate) fn sent_whole(&self, queue: &str) -> Vec<(Value, i64)> {
        let mut out = Vec::new();
        for call in self.neighbours.sent() {
            if !call["QueueUrl"].as_str().unwrap_or_default().ends_with(&format!("/{queue}")) {
                continue;
            }
            let entries = call["Entries"].as_array().cloned().unwrap_or_else(|| vec![call.clone()]);
            for entry in entries {
                let body = entry["MessageBody"].as_str().unwrap();
                let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
                out.push((body, entry["DelaySeconds"].as_i64().unwrap_or_default()));
            }
        }
        out
    }

    /// How many timers are armed.
    pub(crate) async fn timers(&self) -> usize {
        let rows = self.neighbours.aws().dynamodb().scan().table_name(TABLE).send().await.unwrap();
        rows.items().iter().filter(|item| item["sk"].as_s().unwrap().contains("#inquiry#")).count()
    }
}

#[tokio::test]
async fn what_can_never_be_read_goes_to_the_dead_letter_queue() {
    let house = House::new(json!({}), json!({})).await;
    assert!(house.deliver("not json".to_owned(), 1).await.failures.is_empty());
    assert!(house.says(&ToSources::KeysDue { shop: shop(), source: "nobody".into() }).await);
    let fetch = ToSources::FetchDue { shop: shop(), source: "nobody".into(), id: "1".into(), told_at: now() };
    assert!(house.says(&fetch).await);
    assert_eq!(house.sent("dead").len(), 3);
}
