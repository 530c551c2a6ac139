//! The facts of a letter, checked and tamed: what every kind may rely on.

use crate::{CannotRender, Facts, clean, words};
use domain::{
    id::LineId,
    order::{FulfilmentState, Line, OrderReport},
    parcel::Parcel,
    return_::Return,
    settings::ShopSettings,
};
use jiff::{civil::Date, tz::TimeZone};

/// The longest order number shown.
const NUMBER_CHARS_MAX: usize = 32;

/// What a letter is rendered from.
pub(crate) struct Scene<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) settings: &'a ShopSettings,
    pub(crate) report: &'a OrderReport,
    /// The shop's name on one line.
    pub(crate) shop: String,
    /// The order's number on one line; may be empty.
    pub(crate) number: String,
    pub(crate) zone: &'a TimeZone,
}

impl<'a> Scene<'a> {
    pub(crate) fn set(facts: &'a Facts<'a>) -> Result<Self, CannotRender> {
        let report = facts.order.report.as_ref().ok_or(CannotRender::NoOrder)?;
        let clean_link = !facts.link.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"'".contains(c));
        if !clean_link || !(facts.link.starts_with("https://") || facts.link.starts_with("http://")) {
            return Err(CannotRender::BadLink);
        }
        let shop = clean::line(&facts.settings.brand.name, clean::SHOP_CHARS_MAX);
        Ok(Self {
            facts,
            settings: facts.settings,
            report,
            shop: if shop.is_empty() { "The shop".to_owned() } else { shop },
            number: clean::outside(&report.number, NUMBER_CHARS_MAX),
            zone: facts.settings.calendar.zone.time_zone(),
        })
    }

    pub(crate) fn parcel(&self) -> Result<&'a Parcel, CannotRender> {
        self.facts.parcel.ok_or(CannotRender::NoParcel)
    }

    pub(crate) fn return_(&self) -> Result<&'a Return, CannotRender> {
        self.facts.return_.ok_or(CannotRender::NoReturn)
    }

    /// The day on which the thing happened, where the shop is.
    pub(crate) fn day(&self) -> Date {
        self.zone.to_datetime(self.facts.letter.occurred_at).date()
    }

    /// "order #1001", or "your order" when it has no number.
    pub(crate) fn order(&self) -> String {
        if self.number.is_empty() { "your order".to_owned() } else { format!("order {}", self.number) }
    }

    /// "Order #1001".
    pub(crate) fn the_order(&self) -> String {
        clean::capital(&self.order())
    }

    /// A subject that begins with its meaning and names the order in brackets.
    pub(crate) fn subject(&self, meaning: &str) -> String {
        let tail = if self.number.is_empty() { String::new() } else { format!(" (order {})", self.number) };
        let room = clean::SUBJECT_CHARS_MAX - tail.chars().count();
        clean::line(meaning, room) + &tail
    }

    /// "Hello Jon,", or "Hello," to somebody whose name is not known.
    pub(crate) fn greeting(&self) -> String {
        let name = self.report.customer.first_name.as_deref().and_then(clean::name);
        name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
    }

    /// "write to help@demo.example or call …".
    pub(crate) fn contact(&self) -> String {
        words::contact(self.settings)
    }

    /// How many parcels the order has now.
    pub(crate) fn n_parcels(&self) -> usize {
        self.facts.order.parcels().len()
    }

    /// What is in this parcel, when the storefront told: a fulfilment of several parcels does not say which line is where.
    pub(crate) fn lines_in(&self, parcel: &Parcel) -> Vec<(&'a Line, u32)> {
        let order = self.facts.order;
        let names_it = |f: &&domain::order::Fulfilment| {
            f.state == FulfilmentState::Open
                && f.parcels.iter().any(|name| name.carrier == parcel.key.carrier && name.number == parcel.key.number)
        };
        let fulfilments: Vec<_> = order.fulfilments.values().filter(names_it).collect();
        if fulfilments.iter().any(|f| f.lines.is_empty() || f.parcels.len() != 1) {
            return Vec::new();
        }
        let line = |id: &LineId| self.report.lines.iter().find(|line| line.id == *id);
        fulfilments.iter().flat_map(|f| &f.lines).filter_map(|(id, quantity)| Some((line(id)?, *quantity))).collect()
    }
}
