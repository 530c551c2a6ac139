//! The facts of a letter, checked and tamed: what every kind may rely on.

use crate::{
    CannotRender, Facts, clean,
    words::{Carrier, Tongue},
};
use domain::{
    id::LineId,
    order::{FulfilmentState, Line, OrderReport},
    parcel::Parcel,
    return_::Return,
    settings::ShopSettings,
};
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::{civil::Date, tz::TimeZone};
use std::borrow::Cow;

/// The longest order number shown.
const NUMBER_CHARS_MAX: usize = 32;

/// What a letter is rendered from.
pub(crate) struct Scene<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) settings: &'a ShopSettings,
    pub(crate) report: &'a OrderReport,
    pub(crate) tongue: Tongue,
    /// The shop's name on one line.
    pub(crate) shop: String,
    /// The order's number on one line; may be empty.
    pub(crate) number: String,
    pub(crate) zone: &'a TimeZone,
    /// The parcels this message tells of: its own first, then those of the letters it carries.
    pub(crate) told: Vec<Cow<'a, Parcel>>,
    /// What every message of the catalogue may name (words/en/frame.ftl says what is there).
    args: FluentArgs<'static>,
}

impl<'a> Scene<'a> {
    pub(crate) fn set(facts: &'a Facts<'a>) -> Result<Self, CannotRender> {
        let report = facts.order.report.as_ref().ok_or(CannotRender::NoOrder)?;
        if !is_link(facts.link) || !facts.preferences_link.is_none_or(is_link) {
            return Err(CannotRender::BadLink);
        }
        let tongue = Tongue::of(facts.locale);
        let shop = match clean::line(&facts.settings.brand.name, clean::SHOP_CHARS_MAX) {
            shop if shop.is_empty() => tongue.label("shop-unknown.start").to_owned(),
            shop => shop,
        };
        let number = clean::outside(&report.number, NUMBER_CHARS_MAX);
        let told = told(facts);
        let mut args = FluentArgs::new();
        tongue.name_shop(&mut args, &shop);
        tongue.name_order(&mut args, &number);
        tongue.name_carrier(&mut args, &Carrier::of_all(told.iter().map(AsRef::as_ref)));
        let contact = tongue.contact(facts.settings);
        args.set("contact-start", clean::capital(&contact));
        args.set("contact", contact);
        args.set("n", told.len().max(1));
        Ok(Self {
            facts,
            settings: facts.settings,
            report,
            tongue,
            shop,
            number,
            zone: facts.settings.calendar.zone.time_zone(),
            told,
            args,
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

    /// A message of the catalogue about this letter's order, shop and parcel.
    pub(crate) fn say(&self, key: &str) -> String {
        self.tongue.tell(key, &self.args)
    }

    /// The same with values that only this message has.
    pub(crate) fn say_with(&self, key: &str, more: &[(&'static str, FluentValue)]) -> String {
        self.tongue.tell(key, &self.args_with(more))
    }

    /// What every message may name, and these.
    pub(crate) fn args_with<'b>(&self, more: &[(&'static str, FluentValue<'b>)]) -> FluentArgs<'b> {
        let mut args: FluentArgs<'b> = self.args.iter().map(|(name, value)| (name.to_owned(), owned(value))).collect();
        for (name, value) in more {
            args.set(*name, value.clone());
        }
        args
    }

    /// A message without variables.
    pub(crate) fn label(&self, key: &str) -> String {
        self.tongue.label(key).to_owned()
    }

    /// A subject that begins with its meaning and names the order in brackets.
    pub(crate) fn subject(&self, meaning: &str) -> String {
        let tail = match self.number.as_str() {
            "" => String::new(),
            number => format!(" {}", self.tongue.say("subject-tail", &[("number", number.into())])),
        };
        let room = clean::SUBJECT_CHARS_MAX - tail.chars().count();
        clean::line(meaning, room) + &tail
    }

    /// "Hello Jon,", or "Hello," to somebody whose name is not known.
    pub(crate) fn greeting(&self) -> String {
        let name = self.report.customer.first_name.as_deref().and_then(clean::name);
        match name {
            Some(name) => self.tongue.say("greeting", &[("name", name.into())]),
            None => self.label("greeting-nobody"),
        }
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

/// A copy that lives by itself: of the few variables that all messages have, so that it costs little.
fn owned(value: &FluentValue) -> FluentValue<'static> {
    match value {
        FluentValue::String(text) => text.clone().into_owned().into(),
        FluentValue::Number(number) => number.clone().into(),
        _ => FluentValue::None,
    }
}

/// Whether it can stand in an attribute and be opened.
fn is_link(link: &str) -> bool {
    let is_clean = !link.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"'".contains(c));
    is_clean && (link.starts_with("https://") || link.starts_with("http://"))
}

/// The parcels a message tells of, each once. One whose row was not read is told by its key alone.
fn told<'a>(facts: &'a Facts<'a>) -> Vec<Cow<'a, Parcel>> {
    let mut told: Vec<Cow<'a, Parcel>> = facts.parcel.map(Cow::Borrowed).into_iter().collect();
    for key in facts.carries.iter().filter_map(|letter| letter.about.parcel()) {
        if told.iter().all(|parcel| parcel.key != *key) {
            let known = facts.parcels.iter().find(|parcel| parcel.key == *key);
            told.push(known.map_or_else(|| Cow::Owned(Parcel::new(key.clone())), Cow::Borrowed));
        }
    }
    told
}
