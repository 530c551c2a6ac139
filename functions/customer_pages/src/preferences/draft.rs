//! What somebody filled in on the preference page: read within bounds, told field by field what is wrong.

use super::chooser::Chooser;
use crate::nonce::Nonces;
use domain::{letter::Channel, locale::Locale, preference::Preferences, quiet::QuietHours};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use std::collections::{BTreeMap, BTreeSet};
use windows::form::{self, Form};

/// The longest text of a time or a day that is shown again.
const TYPED_CHARS_MAX: usize = 16;

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A language that there is not.
    Language,
    /// A time that is none.
    Time,
    /// Quiet hours that begin when they end.
    NoHours,
    /// A day that is none.
    Day,
    /// A day that is over, or more than a year ahead.
    DayOutOfRange,
}

/// The fields as they stand in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Channels for news of orders; those that the form does not show stay as they were.
    pub order_news: BTreeSet<Channel>,
    /// Whether marketing may come by mail.
    pub marketing: bool,
    /// The language; none: automatic.
    pub language: Option<Locale>,
    /// Whether there are quiet hours.
    pub has_quiet: bool,
    /// Their beginning, as typed.
    pub quiet_from: String,
    /// Their end, as typed.
    pub quiet_until: String,
    /// The last day of the pause, as typed; empty: none.
    pub pause: String,
    /// What is wrong, by the name of its field.
    pub problems: BTreeMap<&'static str, Problem>,
}

/// What became of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreferenceForm {
    /// Choices to remember.
    Chooses(Preferences),
    /// The same form once more: what it chose holds since then.
    Repeats(Preferences),
    /// No form of this page, or one of another epoch.
    Foreign,
    /// Other choices were made after the form was shown. It is shown again with what was filled in.
    Outdated(Draft),
    /// Something is wrong; the form is shown again with what was filled in.
    Lacks(Draft),
}

/// Reads the form: `nonce` and `of` (the choices it showed), then either `all` (`off` or `on`), or every field.
#[must_use]
pub fn preference_form(chooser: &Chooser, nonces: &Nonces, form: &Form) -> PreferenceForm {
    let shown: Option<u64> = form.field("of").parse().ok();
    let is_ours = |shown: &u64| nonces.of_preferences(*shown).still_current(form.field("nonce")).is_some();
    let Some(shown) = shown.filter(is_ours) else { return PreferenceForm::Foreign };
    let (now, before) = (chooser.this_millisecond(), chooser.chosen());
    match form.field("all") {
        "off" => PreferenceForm::Chooses(before.all_off(now)),
        "on" => {
            PreferenceForm::Chooses(Preferences { order_news: Channel::ALL.into(), paused_until: None, chosen_at: now, ..before })
        }
        "" => {
            let chosen = match Draft::read(chooser, form).chosen(chooser) {
                Ok(chosen) => chosen,
                Err(draft) => return PreferenceForm::Lacks(*draft),
            };
            if shown == chooser.chosen_at_ms() {
                PreferenceForm::Chooses(chosen)
            } else if (Preferences { chosen_at: before.chosen_at, ..chosen.clone() }) == before {
                PreferenceForm::Repeats(before)
            } else {
                PreferenceForm::Outdated(Draft::of(chooser, &chosen))
            }
        }
        _ => PreferenceForm::Foreign,
    }
}

impl Draft {
    /// The form of these choices.
    #[must_use]
    pub fn of(chooser: &Chooser, chosen: &Preferences) -> Self {
        let quiet = chosen.quiet.unwrap_or(chooser.settings.letters.quiet);
        // The pause ends with its last day.
        let last_day = |until: &Timestamp| chooser.zone().date_of(*until - SignedDuration::from_secs(1)).to_string();
        Self {
            order_news: chosen.order_news.clone(),
            marketing: chosen.marketing,
            language: chosen.language,
            has_quiet: chosen.quiet.is_some(),
            quiet_from: time(quiet.from),
            quiet_until: time(quiet.until),
            pause: chosen.paused_until.as_ref().filter(|until| **until > chooser.now).map(last_day).unwrap_or_default(),
            problems: BTreeMap::new(),
        }
    }

    /// Reads the fields: `news.CHANNEL`, `marketing`, `language`, `quiet` with `quiet_from` and `quiet_until`, `pause`.
    #[must_use]
    pub fn read(chooser: &Chooser, form: &Form) -> Self {
        let before = chooser.chosen();
        let is_checked = |name: &str| !form.field(name).is_empty();
        let typed = |name: &str| form.field(name).chars().filter(|c| !c.is_control()).take(TYPED_CHARS_MAX).collect();
        let mut order_news = before.order_news;
        let offered = chooser.offered();
        for offered in offered.iter().filter(|offered| offered.has_address) {
            if is_checked(&format!("news.{}", offered.channel.code())) {
                order_news.insert(offered.channel);
            } else {
                order_news.remove(&offered.channel);
            }
        }
        // Who turns off all there is does not mean another channel that the shop may use one day.
        if !offered.iter().any(|offered| order_news.contains(&offered.channel)) {
            order_news.clear();
        }
        let mut problems = BTreeMap::new();
        let language = form.field("language");
        let known = Locale::ALL.into_iter().find(|locale| locale.code() == language);
        if known.is_none() && !language.is_empty() {
            problems.insert("language", Problem::Language);
        }
        Self {
            order_news,
            marketing: if chooser.has_email() { is_checked("marketing") } else { before.marketing },
            language: known,
            has_quiet: is_checked("quiet"),
            quiet_from: typed("quiet_from"),
            quiet_until: typed("quiet_until"),
            pause: typed("pause"),
            problems,
        }
    }

    /// What is chosen with it, or the draft with what is wrong in it.
    ///
    /// # Errors
    /// When a field cannot be what somebody means.
    pub fn chosen(mut self, chooser: &Chooser) -> Result<Preferences, Box<Self>> {
        let quiet = if self.has_quiet { self.quiet() } else { None };
        let paused_until = self.paused_until(chooser);
        if !self.problems.is_empty() {
            return Err(Box::new(self));
        }
        Ok(Preferences {
            order_news: self.order_news,
            marketing: self.marketing,
            language: self.language,
            quiet,
            paused_until,
            chosen_at: chooser.this_millisecond(),
        })
    }

    fn quiet(&mut self) -> Option<QuietHours> {
        let (from, until) = (read_time(&self.quiet_from), read_time(&self.quiet_until));
        for (field, time) in [("quiet_from", from), ("quiet_until", until)] {
            if time.is_none() {
                self.problems.insert(field, Problem::Time);
            }
        }
        let hours = QuietHours { from: from?, until: until? };
        if hours.from == hours.until {
            self.problems.insert("quiet_until", Problem::NoHours);
        }
        Some(hours)
    }

    fn paused_until(&mut self, chooser: &Chooser) -> Option<Timestamp> {
        if self.pause.is_empty() {
            return None;
        }
        let Some(day) = read_day(&self.pause) else {
            self.problems.insert("pause", Problem::Day);
            return None;
        };
        if day < chooser.today() || day > last_pause(chooser.today()) {
            self.problems.insert("pause", Problem::DayOutOfRange);
        }
        Some(chooser.zone().end_of(day))
    }

    /// The fields as an address has them: so the page that comes after saving can say what was chosen before it is written.
    #[must_use]
    pub fn query(&self) -> String {
        let news = self.order_news.iter().map(|channel| (format!("news.{}", channel.code()), "1"));
        let flags = [(self.marketing, "marketing"), (self.has_quiet, "quiet")];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| (name.to_owned(), "1"));
        let mut fields: Vec<(String, &str)> = news.chain(flags).collect();
        fields.extend(self.language.map(|language| ("language".to_owned(), language.code())));
        if self.has_quiet {
            fields.push(("quiet_from".to_owned(), &self.quiet_from));
            fields.push(("quiet_until".to_owned(), &self.quiet_until));
        }
        if !self.pause.is_empty() {
            fields.push(("pause".to_owned(), &self.pause));
        }
        form::encoded(fields.iter().map(|(name, value)| (name.as_str(), *value)))
    }
}

/// The last day a pause may have: a year from today.
#[must_use]
pub fn last_pause(today: Date) -> Date {
    today.checked_add(1.year()).unwrap_or(today)
}

/// A time as the form has it: `21:00`.
#[must_use]
pub fn time(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// `21:00`, also `9:30`, as people write it where a browser does not offer a list.
fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str, longest: usize| -> Option<i8> {
        let is_number = (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_number { text.parse().ok() } else { None }
    };
    Time::new(digits(hour, 2)?, digits(minute, 2)?, 0, 0).ok()
}

/// `2026-12-24`, also `24.12.2026`, which cannot be mistaken.
fn read_day(text: &str) -> Option<Date> {
    let is_iso = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_iso {
        return text.parse().ok();
    }
    let mut parts = text.split('.').map(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests;
