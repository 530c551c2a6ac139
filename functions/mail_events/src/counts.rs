//! What the mails of a batch came to, by shop and day: the breaker judges by it.
//!
//! Counting is best effort. Consent is written first and each event is answered for by itself; what a batch came to is added
//! once, after all of them. A sum that cannot be written is lost and said so: to let its events come again would count them
//! twice elsewhere and hold bounces up. An event that is delivered twice is counted twice; of a thousand mails that is nothing.

use crate::heard::{Became, MailEvent};
use domain::{
    breaker::{self, MailCount},
    calendar::Zone,
    id::ShopId,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use store::Vault;

/// Sums of a batch.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sums(BTreeMap<(ShopId, Date), MailCount>);

impl Sums {
    /// Adds one event to the day on which it happened (UTC). What says nothing about a shop's name as a sender is not counted.
    pub fn add(&mut self, event: &MailEvent) {
        let Some(shop) = event.mail.shop() else { return };
        let (sent, bounced, complained) = match event.became() {
            Became::Taken => (1, 0, 0),
            Became::Bounced(bounce) if bounce.was_tried() => (0, 1, 0),
            Became::Complained(complaint) if complaint.was_tried() => (0, 0, 1),
            Became::Bounced(_) | Became::Complained(_) | Became::Rejected | Became::Nothing => return,
        };
        let sum = self.0.entry((shop, day_of(event))).or_default();
        sum.sent += sent;
        sum.bounced += bounced;
        sum.complained += complained;
    }

    /// Adds them to the vault, and tells an operator of every shop whose mail is held back.
    pub async fn keep(self, vault: &Vault) {
        let mut shops = BTreeSet::new();
        for ((shop, day), sum) in self.0 {
            if let Err(error) = vault.add_mail_count(&shop, day, sum).await {
                tracing::warn!(shop = shop.as_str(), %error, "what became of a shop's mails was not counted");
            }
            shops.insert(shop);
        }
        for shop in shops {
            match vault.mail_counts(&shop).await {
                Ok(days) if breaker::is_open(&days) => {
                    tracing::error!(
                        shop = shop.as_str(),
                        "the mail of a shop is held back: too much of it bounces or is complained of"
                    );
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(shop = shop.as_str(), %error, "nobody knows whether a shop's mail is held back"),
            }
        }
    }
}

/// The day on which it happened (UTC).
#[must_use]
pub fn day_of(event: &MailEvent) -> Date {
    Zone::utc().date_of(event.at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(shop: &str, kind: &str, at: &str, sub_type: &str) -> MailEvent {
        let detail = json!({"bounceType": "Permanent", "bounceSubType": sub_type, "complaintSubType": sub_type, "timestamp": at});
        let mail = json!({"messageId": "m", "timestamp": at, "tags": {"shop": [shop]}});
        let event = json!({"eventType": kind, "mail": mail, "bounce": detail, "complaint": detail});
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_batch_comes_to_one_sum_for_each_shop_and_day() {
        let mut sums = Sums::default();
        for event in [
            event("demo", "Send", "2026-11-19T23:59:59Z", "General"),
            event("demo", "Send", "2026-11-20T00:00:00Z", "General"),
            event("demo", "Send", "2026-11-20T00:00:01Z", "General"),
            event("demo", "Bounce", "2026-11-20T00:00:02Z", "General"),
            event("demo", "Delivery", "2026-11-20T00:00:02Z", "General"),
            event("other", "Complaint", "2026-11-20T00:00:02Z", "General"),
            event("No Shop!", "Bounce", "2026-11-20T00:00:02Z", "General"),
            // Never tried: our own list kept it back, and no mail server was bothered.
            event("demo", "Bounce", "2026-11-20T00:00:02Z", "OnAccountSuppressionList"),
            event("demo", "Complaint", "2026-11-20T00:00:02Z", "OnAccountSuppressionList"),
        ] {
            sums.add(&event);
        }
        let sum = |shop: &str, day: &str, sent, bounced, complained| {
            ((shop.parse().unwrap(), day.parse().unwrap()), MailCount { sent, bounced, complained })
        };
        let want = [sum("demo", "2026-11-19", 1, 0, 0), sum("demo", "2026-11-20", 2, 1, 0), sum("other", "2026-11-20", 0, 0, 1)];
        assert_eq!(sums, Sums(want.into()));
    }
}
