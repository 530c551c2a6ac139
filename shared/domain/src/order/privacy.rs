//! Erasure: what of an order tells who its customer is, and that it never comes back.

use super::{LINKS_PER_DAY_MAX, LINKS_PER_HOUR_MAX, Order, OrderReport, earliest};
use crate::address::{Address, Customer};
use jiff::Timestamp;

impl OrderReport {
    /// The report without anything that tells who the customer is. The country stays: it is where a parcel goes, and no person.
    #[must_use]
    pub fn without_person(&self) -> Self {
        let country = self.ship_to.as_ref().and_then(|to| to.country.clone());
        let ship_to = country.map(|country| Address { country: Some(country), ..Address::default() });
        Self { customer: Customer::default(), ship_to, ..self.clone() }
    }
}

impl Order {
    /// The order without anything that tells who its customer is. What was bought, what was paid and where its parcels are
    /// stays. It is final: whatever comes later, and whatever comes again, brings nothing of a person back.
    #[must_use]
    pub fn redacted(mut self, at: Timestamp) -> Self {
        // Links in old mails open nothing any more; a second request does not change that.
        if self.redacted_at.is_none() {
            self.link_epoch = self.link_epoch.saturating_add(1);
        }
        self.redacted_at = earliest(self.redacted_at, at);
        self.report = self.report.map(|report| report.without_person());
        self.answers.clear();
        self.links_sent_at.clear();
        self.mail_bounced_at = None;
        // A fingerprint of an address tells it to who tries addresses, and there is nobody to tell of a change any more.
        self.contents.clear();
        self
    }

    /// Whether its customer is to be forgotten.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.redacted_at.is_some()
    }

    /// The order after its customer's mailbox refused its confirmation.
    #[must_use]
    pub fn bounced(mut self, bounced_at: Timestamp) -> Self {
        if !self.is_redacted() {
            self.mail_bounced_at = earliest(self.mail_bounced_at, bounced_at);
        }
        self
    }

    /// The order after somebody who knows its number and address asked for its link at this moment, or `None` when enough
    /// were sent, this very request was granted before, or its customer is forgotten.
    #[must_use]
    pub fn link_asked(mut self, now: Timestamp) -> Option<Self> {
        if self.is_redacted() || self.links_sent_at.contains(&now) {
            return None;
        }
        let within = |hours: i64| {
            let from = now.as_second() - hours * 3600;
            self.links_sent_at.iter().filter(|at| at.as_second() > from).count()
        };
        if within(1) >= LINKS_PER_HOUR_MAX || within(24) >= LINKS_PER_DAY_MAX {
            return None;
        }
        self.links_sent_at.push(now);
        if self.links_sent_at.len() > LINKS_PER_DAY_MAX {
            self.links_sent_at.remove(0);
        }
        Some(self)
    }
}
