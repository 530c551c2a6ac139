//! What a replay comes to: of every aggregate that would differ, what it was, what it would be, and the reports that do it.
//!
//! Only those are remembered, so that a replay of a year costs memory for what changes and not for what is there.

use crate::{
    difference,
    told::{Aggregate, Key, Told},
};
use domain::{
    announce::{Announcement, Change, announce},
    id::OrderId,
    parcel::Destination,
    settings::ShopSettings,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher as _},
};

/// What the line of a letter begins with.
pub const LETTER: &str = "  letter that would be sent: ";
/// Notes that are remembered.
const NOTES_MAX: usize = 1_000;

/// An aggregate that would differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As it is kept; none: it is not.
    pub before: Option<Aggregate>,
    /// As it would be.
    pub after: Aggregate,
    /// The reports that make it so. Others were told too, and changed nothing.
    pub reports: Vec<Told>,
}

/// What is counted beside the differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reports told.
    pub reports: u64,
    /// Aggregates that are there and would change.
    pub changed: u64,
    /// Aggregates that are not there and would be.
    pub new: u64,
    /// Aggregates told of, whether they would differ or not.
    pub told_of: u64,
}

/// By which rules it is said which letters a change would send.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    /// The shop's, if it has any.
    pub settings: Option<&'a ShopSettings>,
    /// What is news is counted from here.
    pub now: Timestamp,
    /// Parcels that their orders will gain, and the desk `orders` will tie to them.
    pub ties: &'a BTreeMap<Key, Tie>,
}

/// What ties a parcel to its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// Which order.
    pub order: OrderId,
    /// When its label was made.
    pub label_at: Timestamp,
    /// Where it goes.
    pub destination: Destination,
}

/// What a replay comes to so far.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: BTreeMap<Key, Entry>,
    told_of: BTreeSet<u64>,
    counts: Counts,
    /// What a person has to know beside the differences.
    pub notes: Vec<String>,
}

impl Ledger {
    /// What is told of an aggregate whose row is this; `kept` is looked at for the first report of it only.
    pub fn tell(&mut self, key: &Key, kept: Option<&Aggregate>, new: impl FnOnce() -> Aggregate, told: Told) {
        self.counts.reports += 1;
        if self.told_of.insert(short(key)) {
            self.counts.told_of += 1;
        }
        let known = self.entries.get(key);
        let now = known.map(|entry| entry.after.clone()).or_else(|| kept.cloned()).unwrap_or_else(new);
        let after = match now.told(&told) {
            Ok(after) => after,
            Err(refusal) => return self.note(format!("{}: {refusal}", now.name())),
        };
        if after.outlives(&told) {
            let what = if matches!(told, Told::Refund(_)) { "a refund" } else { "a fulfilment" };
            self.note(format!(
                "{}: {what} reads otherwise today, and of one version the kept reading stays: repair it with the storefront's next \
                 update",
                after.name()
            ));
        }
        if after == now {
            return;
        }
        match self.entries.get_mut(key) {
            Some(entry) => {
                entry.after = after;
                entry.reports.push(told);
            }
            None => {
                let entry = Entry { before: kept.cloned(), after, reports: vec![told] };
                self.entries.insert(key.clone(), entry);
            }
        }
    }

    fn note(&mut self, note: String) {
        if self.notes.len() < NOTES_MAX && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// What this aggregate would be, if it would differ by what was told so far.
    #[must_use]
    pub fn after(&self, key: &Key) -> Option<&Aggregate> {
        self.entries.get(key).map(|entry| &entry.after)
    }

    /// How many aggregates are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Gives the differences away and begins anew; what was counted stays.
    pub fn take(&mut self) -> Vec<Entry> {
        let mut out: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in std::mem::take(&mut self.entries).into_values() {
            // Told there and back again, it is what it was.
            if entry.before.as_ref() == Some(&entry.after) {
                continue;
            }
            if entry.before.is_some() {
                self.counts.changed += 1;
            } else {
                self.counts.new += 1;
            }
            out.push(entry);
        }
        out.sort_by_cached_key(|entry| entry.after.name());
        out
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// Eight bytes for a thing: a run may tell of millions, and has to know only whether it met one before.
pub(crate) fn short(thing: &impl Hash) -> u64 {
    let mut hash = DefaultHasher::new();
    thing.hash(&mut hash);
    hash.finish()
}

impl Entry {
    /// The difference in words: the name, then a line for each field, then letters. Of a new aggregate the gist, or every field.
    #[must_use]
    pub fn lines(&self, every_field: bool, news: News<'_>) -> Vec<String> {
        let mut out = vec![self.after.name()];
        let json = |aggregate: Option<&Aggregate>| aggregate.map_or_else(|| serde_json::json!({}), Aggregate::json);
        match &self.before {
            None if !every_field => out.push(format!("  new: {}", self.after.gist())),
            before => {
                let told = difference::lines(&json(before.as_ref()), &json(Some(&self.after)));
                out.extend(told.into_iter().map(|line| format!("  {line}")));
            }
        }
        out.extend(self.letters(news).into_iter().map(|code| format!("{LETTER}{code}")));
        out
    }

    /// Letters that the change implies and that are still news. Of the kinds that are off until a shop wants them, a shop that
    /// wants them thinks itself.
    fn letters(&self, news: News<'_>) -> Vec<&'static str> {
        let change = match (&self.before, &self.after) {
            (Some(Aggregate::Order(before)), Aggregate::Order(after)) => {
                Change::Order { before: Some(before.clone()), after: after.clone() }
            }
            (Some(Aggregate::Parcel(before)), Aggregate::Parcel(after)) => {
                Change::Parcel { before: Some(before.clone()), after: after.clone() }
            }
            (_, Aggregate::Order(after)) => Change::Order { before: None, after: after.clone() },
            (_, Aggregate::Parcel(after)) => Change::Parcel { before: None, after: after.clone() },
        };
        let change = match change {
            Change::Parcel { before, mut after } => {
                // The order's desk ties them, whichever of the two is told first.
                if let Some(Tie { order, label_at, destination }) = news.ties.get(&Key::Parcel(after.key.clone())) {
                    after = after.linked(order.clone(), *label_at).described(order, destination);
                }
                Change::Parcel { before, after }
            }
            change => change,
        };
        let letters = announce(&change).into_iter().filter_map(|announcement| match announcement {
            Announcement::Letter(letter) if letter.kind.is_on_by_default() => Some(letter),
            _ => None,
        });
        let is_news = |letter: &domain::letter::Letter| {
            let kind = letter.kind;
            let hours =
                news.settings.map_or_else(|| kind.max_age_hours_by_default(), |settings| settings.letters.max_age_hours(kind));
            let hours = i64::from(hours) + i64::from(kind.delay_hours_by_default().unwrap_or_default());
            news.now.duration_since(letter.occurred_at) <= SignedDuration::from_hours(hours)
        };
        letters.filter(is_news).map(|letter| letter.kind.code()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        address::Customer,
        id::{OrderKey, ShopId},
        money::Money,
        order::{Order, OrderReport, Payment, RefundReport, Totals},
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn report(total: i64, reported_at: &str) -> Told {
        let usd = |minor| Money::of(minor, "USD".parse().unwrap());
        Told::Order(OrderReport {
            source: "shopify".into(),
            source_id: "1".into(),
            reported_at: at(reported_at),
            placed_at: at("2026-11-01T10:00:00Z"),
            number: "#1".into(),
            payment: Payment::Paid,
            cancelled_at: None,
            customer: Customer::default(),
            ship_to: None,
            lines: Vec::new(),
            totals: Totals { total: usd(total), shipping: None, tax: None, discount: None },
            shipping_method: None,
            promised: None,
        })
    }

    fn refund(minor: i64) -> Told {
        Told::Refund(RefundReport {
            source: "shopify".into(),
            order_source_id: "1".into(),
            id: "r1".parse().unwrap(),
            refunded_at: at("2026-11-03T10:00:00Z"),
            amount: Money::of(minor, "USD".parse().unwrap()),
            lines: Vec::new(),
        })
    }

    fn key() -> (Key, Aggregate) {
        let shop: ShopId = "demo".parse().unwrap();
        let order = OrderId::of(&shop, "shopify", "1");
        (Key::Order(OrderKey { shop: shop.clone(), order: order.clone() }), Aggregate::Order(Order::new(shop, order)))
    }

    fn told(kept: Option<&Aggregate>, all: &[Told]) -> Ledger {
        let (key, new) = key();
        let mut ledger = Ledger::default();
        all.iter().for_each(|told| ledger.tell(&key, kept, || new.clone(), told.clone()));
        ledger
    }

    #[test]
    fn only_what_changes_something_is_remembered_and_told_again_nothing_is() {
        let all = [report(100, "2026-11-01T10:00:00Z"), report(100, "2026-11-01T10:00:00Z"), report(200, "2026-11-02T10:00:00Z")];
        let mut ledger = told(None, &all);
        let entries = ledger.take();
        assert_eq!((entries.len(), entries[0].reports.len()), (1, 2));
        assert_eq!(ledger.counts(), &Counts { reports: 3, changed: 0, new: 1, told_of: 1 });
        assert!(told(Some(&entries[0].after), &all).is_empty());
    }

    #[test]
    fn a_letter_is_told_while_it_is_news() {
        let letters = |now| {
            let entry = told(None, &[report(100, "2026-11-01T10:00:00Z")]).take().remove(0);
            let lines = entry.lines(false, News { settings: None, now: at(now), ties: &BTreeMap::new() });
            (lines[1].clone(), lines[2..].to_vec())
        };
        let gist = "  new: 0 lines, 1.00 USD, paid, placed 2026-11-01T10:00:00Z".to_owned();
        let confirmed = vec!["  letter that would be sent: order_confirmed".to_owned()];
        assert_eq!(letters("2026-11-01T11:00:00Z"), (gist.clone(), confirmed));
        assert_eq!(letters("2027-11-01T11:00:00Z"), (gist, Vec::new()));
    }

    #[test]
    fn a_reading_that_cannot_take_the_place_of_the_kept_one_is_said() {
        let kept = told(None, &[refund(500)]).take().remove(0).after;
        let ledger = told(Some(&kept), &[refund(400)]);
        assert!(ledger.is_empty());
        assert!(ledger.notes[0].contains("a refund reads otherwise today"), "{:?}", ledger.notes);
        assert!(told(Some(&kept), &[refund(500)]).notes.is_empty());
    }
}
