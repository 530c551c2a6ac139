//! Who chooses: the customer of an order as the shop knows them, and what they chose before.

use domain::{
    address::Customer,
    calendar::Zone,
    dispatch::Recipient,
    letter::{Channel, LetterKind, Purpose},
    locale::Locale,
    order::Order,
    preference::Preferences,
    quiet,
    settings::ShopSettings,
};
use jiff::{Timestamp, civil::Date};

/// Everything the preference page is made from, at one moment.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// The order whose link it is.
    pub order: Order,
    /// The shop's settings.
    pub settings: ShopSettings,
    /// What is known of the customer's addresses, and what they chose.
    pub recipient: Recipient,
    /// The moment of looking.
    pub now: Timestamp,
}

/// A channel the shop sends order news on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub channel: Channel,
    /// Whether the order has an address for it.
    pub has_address: bool,
}

impl Chooser {
    /// Who bought, when it is known.
    #[must_use]
    pub fn customer(&self) -> Option<&Customer> {
        self.order.report.as_ref().map(|report| &report.customer)
    }

    /// Whether there is a mailbox to write to.
    #[must_use]
    pub fn has_email(&self) -> bool {
        self.customer().is_some_and(|customer| customer.email.is_some())
    }

    /// Whether there is a phone to write to.
    #[must_use]
    pub fn has_phone(&self) -> bool {
        self.customer().is_some_and(|customer| customer.phone.is_some())
    }

    /// What holds now.
    #[must_use]
    pub fn chosen(&self) -> Preferences {
        self.recipient.preferences.clone().unwrap_or_else(Preferences::untouched)
    }

    /// The millisecond of the choices that hold now, as the form names what it shows.
    #[must_use]
    pub fn chosen_at_ms(&self) -> u64 {
        u64::try_from(self.chosen().chosen_at.as_millisecond()).unwrap_or(0)
    }

    /// The moment of choices made now: to the millisecond, which is what the vault compares.
    #[must_use]
    pub fn this_millisecond(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now.as_millisecond()).unwrap_or(self.now)
    }

    /// The channels on which any news of orders are sent.
    #[must_use]
    pub fn offered(&self) -> Vec<Offered> {
        let news = || LetterKind::ALL.iter().filter(|kind| kind.purpose() == Purpose::OrderNews);
        let is_used = |channel: &Channel| news().any(|kind| self.settings.channels(*kind).contains(channel));
        let has_address = |channel| match channel {
            Channel::Email => self.has_email(),
            Channel::Sms | Channel::Whatsapp => self.has_phone(),
        };
        let used = Channel::ALL.into_iter().filter(is_used);
        used.map(|channel| Offered { channel, has_address: has_address(channel) }).collect()
    }

    /// The language they are written to in.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale_of(self.chosen().language)
    }

    /// The language they would be written to in, had they chosen this one.
    #[must_use]
    pub fn locale_of(&self, chosen: Option<Locale>) -> Locale {
        let bought_in = self.customer().and_then(|customer| customer.locale.as_deref());
        Locale::of(chosen, bought_in, self.settings.brand.language)
    }

    /// Where their days begin and end.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let shop = &self.settings.calendar.zone;
        quiet::zones_of(&self.order, shop).into_iter().next().unwrap_or_else(|| shop.clone())
    }

    /// Their day.
    #[must_use]
    pub fn today(&self) -> Date {
        self.zone().date_of(self.now)
    }
}
