//! Everything known of an order when somebody asks about its letters.

use domain::{
    announce::{Announcement, Change, announce},
    dispatch::{Recipient, Standing},
    id::{LetterId, OrderKey},
    letter::{Channel, Letter, LetterRecord},
    link::OrderLinks,
    locale::Locale,
    order::Order,
    parcel::Parcel,
    return_::Return,
    settings::ShopSettings,
};
use jiff::Timestamp;
use letters::Facts;
use std::collections::BTreeMap;
use store::LedgerRow;

/// Everything known of an order.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The order.
    pub order: Order,
    /// What its shop decided.
    pub settings: ShopSettings,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
    /// Its returns.
    pub returns: Vec<Return>,
    /// What became of its letters.
    pub ledger: Vec<LedgerRow>,
    /// Who is written to.
    pub recipient: Recipient,
    /// Whether the shop's mail is held back.
    pub breaker_is_open: bool,
}

impl Dossier {
    /// Which order.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        self.order.key()
    }

    /// The number people say, fit for a terminal.
    #[must_use]
    pub fn number(&self) -> String {
        let number = self.order.report.as_ref().map(|report| report.number.as_str());
        number.map_or_else(|| self.order.id.to_string(), crate::masked::on_one_line)
    }

    /// Every letter that the state of things calls for, whether the shop sends its kind or not: what `announce` would say if
    /// all of it were new.
    #[must_use]
    pub fn called_for(&self) -> Vec<Letter> {
        let order = Change::Order { before: None, after: self.order.clone() };
        let parcels = self.parcels.iter().map(|parcel| Change::Parcel { before: None, after: parcel.clone() });
        let returns = self.returns.iter().map(|return_| Change::Return { before: None, after: return_.clone() });
        let mut letters: BTreeMap<LetterId, Letter> = BTreeMap::new();
        for announcement in std::iter::once(order).chain(parcels).chain(returns).flat_map(|change| announce(&change)) {
            // A parcel that several orders share is told of to one of them.
            if let Announcement::Letter(letter) = announcement
                && letter.order == self.key()
            {
                letters.entry(letter.id.clone()).or_insert(letter);
            }
        }
        letters.into_values().collect()
    }

    /// What decides about a letter of this order.
    #[must_use]
    pub fn standing<'a>(&'a self, letter: &'a Letter, channel: Channel) -> Standing<'a> {
        Standing {
            letter,
            channel,
            settings: &self.settings,
            order: &self.order,
            parcels: &self.parcels,
            recipient: &self.recipient,
            breaker_is_open: self.breaker_is_open,
        }
    }

    /// Held letters that the message of this one would tell of as well.
    #[must_use]
    pub fn company(&self, letter: &Letter, channel: Channel, now: Timestamp) -> Vec<Letter> {
        let records: Vec<LetterRecord> =
            self.ledger.iter().filter(|row| row.record.channel == channel).map(|row| row.record.clone()).collect();
        let company = self.standing(letter, channel).company(&records, now);
        records.into_iter().map(|record| record.letter).filter(|other| company.contains(&other.id)).collect()
    }

    /// What a letter is rendered from, as the function `notify` does it; in another language if one is named.
    #[must_use]
    pub fn facts<'a>(
        &'a self,
        letter: &'a Letter,
        carries: &'a [Letter],
        links: &'a OrderLinks,
        locale: Option<Locale>,
    ) -> Facts<'a> {
        // Of the words of a letter, nothing depends on the channel.
        let facts = Facts::of(&self.standing(letter, Channel::Email), &self.returns, carries, links);
        Facts { locale: locale.unwrap_or(facts.locale), ..facts }
    }
}
