//! House time: what it is, and how a test lets it be later.

use crate::{http, stack::Stack, story::Webhook};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use std::{sync::atomic::Ordering, time::Duration};

impl Stack {
    /// What time it is in the house: the machine's clock, and what the test moved it by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.shift_s.load(Ordering::SeqCst))
    }

    /// Lets it be so much later, in whole seconds. What came due meanwhile is under way when this returns, so that
    /// [`Stack::idle`] waits for it.
    #[track_caller]
    pub fn advance(&self, by: Duration) {
        let seconds = by.as_secs() + u64::from(by.subsec_nanos() > 0);
        self.move_clock(&json!({ "advance_s": seconds }));
    }

    /// Lets it be this moment, or at most a second later. It has to be still to come.
    #[track_caller]
    pub fn set_clock(&self, at: Timestamp) {
        self.move_clock(&json!({ "at": at.to_string() }));
    }

    /// A scan of this very moment of a Royal Mail parcel, in our own format.
    #[must_use]
    pub fn scanned(&self, number: &str, status: &str, sub: &str) -> Webhook {
        let now = self.now().to_string();
        let text = format!("{status} {sub}");
        let scans = json!([{"at": now, "status": status, "sub": sub, "text": text, "place": "Cardiff, GB"}]);
        let data = json!({"carrier": "Royal Mail", "number": number, "updated_at": now, "scans": scans});
        let body = json!({"type": "parcel.reported", "timestamp": now, "data": data});
        Webhook { door: "carrier", source: "standard", topic: String::new(), body: body.to_string() }
    }

    #[track_caller]
    fn move_clock(&self, wish: &Json) {
        let answer = http::send("POST", &format!("{}/_local/clock", self.url), &[], wish.to_string().as_bytes());
        let shift_s = answer.expect(200).json()["shift_s"].as_i64().unwrap();
        self.shift_s.store(shift_s, Ordering::SeqCst);
    }
}
