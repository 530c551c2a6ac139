//! What an order was before: a fingerprint of each content that was ever told, so that a change is told once.

use super::{Order, OrderReport};
use crate::address::Address;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// Contents remembered of one order; the changes after that many are not told.
pub const CONTENTS_MAX: usize = 20;

impl OrderReport {
    /// What was ordered, for how much and where it goes, as a short text that is another one when any of it is.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.as_bytes());
            hash.update([0]);
        };
        for line in &self.lines {
            add(line.id.as_str());
            add(&line.quantity.to_string());
        }
        add(&self.totals.total.to_string());
        for line in self.ship_to.iter().flat_map(Address::lines) {
            add(&line);
        }
        URL_SAFE_NO_PAD.encode(&hash.finalize()[..6])
    }
}

impl Order {
    /// Remembers what a report says was ordered, by the earliest report of it.
    pub(super) fn remember_content(&mut self, report: &OrderReport) {
        if self.is_redacted() {
            return;
        }
        let fingerprint = report.fingerprint();
        if self.contents.contains_key(&fingerprint) || self.contents.len() < CONTENTS_MAX {
            let first = self.contents.entry(fingerprint).or_insert(report.reported_at);
            *first = (*first).min(report.reported_at);
        }
    }

    /// Remembers that the kept version says this, instead of what was read in it before.
    pub(super) fn reread_content(&mut self, report: &OrderReport) {
        let before = self.report.as_ref().map(OrderReport::fingerprint);
        if let Some(at) = before.and_then(|before| self.contents.remove(&before)) {
            let first = self.contents.entry(report.fingerprint()).or_insert(at);
            *first = (*first).min(at);
        }
    }

    /// When it became another order than was first confirmed: each of its later contents, by the earliest report of it.
    #[must_use]
    pub fn changes(&self) -> Vec<(&str, Timestamp)> {
        let mut contents: Vec<(&str, Timestamp)> = self.contents.iter().map(|(print, at)| (print.as_str(), *at)).collect();
        contents.sort_unstable_by_key(|(print, at)| (*at, *print));
        contents.split_off(contents.len().min(1))
    }
}
