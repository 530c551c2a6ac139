//! The words of the preference page: one set for each language, and no language without a word.

mod english;
mod french;
mod german;
mod spanish;

use super::draft::Problem;
use domain::{letter::Channel, locale::Locale};
use jiff::civil::Date;

/// Every word of the page. Names of shops stand in the middle of sentences, so those sentences are functions.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The big sentence, with the shop's name.
    pub title: fn(&str) -> String,
    /// Above the addresses it is about.
    pub lead: &'static str,
    /// Instead, when the shop has no address.
    pub nobody: &'static str,
    /// What a list of what went wrong with the addresses is called.
    pub trouble: &'static str,
    /// The mailbox bounced, or its owner complained.
    pub mail_refused: &'static str,
    /// And what to do.
    pub mail_refused_now: &'static str,
    /// The phone said STOP.
    pub phone_stopped: &'static str,
    /// And what to do.
    pub phone_stopped_now: &'static str,
    /// What was chosen holds.
    pub saved: &'static str,
    /// What was chosen is on its way.
    pub noted: &'static str,
    /// And what to expect.
    pub noted_until: &'static str,
    /// The link to the page as it is a moment later.
    pub look_again: &'static str,
    /// Nothing was taken from the form.
    pub not_saved: &'static str,
    /// Because something in it is wrong.
    pub see_marked: &'static str,
    /// Because it is no form of this page.
    pub foreign: &'static str,
    /// Because other choices were made meanwhile.
    pub outdated: &'static str,
    /// Where news of orders come.
    pub news: &'static str,
    /// What that is.
    pub news_hint: &'static str,
    /// A channel for it.
    pub by_email: &'static str,
    /// A channel for it.
    pub by_sms: &'static str,
    /// A channel for it.
    pub by_whatsapp: &'static str,
    /// Why mail cannot be chosen.
    pub no_email: &'static str,
    /// Why texts cannot be chosen.
    pub no_phone: &'static str,
    /// Where no news come.
    pub nowhere: &'static str,
    /// Marketing.
    pub offers: &'static str,
    /// The choice of it.
    pub offers_label: &'static str,
    /// The language.
    pub language: &'static str,
    /// Not chosen.
    pub automatic: &'static str,
    /// Quiet hours.
    pub quiet: &'static str,
    /// The choice of them.
    pub quiet_label: &'static str,
    /// Their beginning.
    pub quiet_from: &'static str,
    /// Their end.
    pub quiet_until: &'static str,
    /// Where they hold, and what they do not hold back.
    pub quiet_hint: &'static str,
    /// A pause.
    pub pause: &'static str,
    /// Its last day.
    pub pause_label: &'static str,
    /// What it may be.
    pub pause_hint: &'static str,
    /// The button.
    pub save: &'static str,
    /// What cannot be turned off.
    pub always: &'static str,
    /// What that is.
    pub always_what: &'static str,
    /// The buttons for everything.
    pub everything: &'static str,
    /// Turns everything off.
    pub all_off: &'static str,
    /// What that does.
    pub all_off_hint: &'static str,
    /// Turns the news on.
    pub all_on: &'static str,
    /// What that does.
    pub all_on_hint: &'static str,
    /// The part that ends marketing.
    pub no_offers: &'static str,
    /// What that does not do.
    pub no_offers_hint: &'static str,
    /// Its button.
    pub end_offers: &'static str,
    /// Marketing has ended.
    pub offers_ended: &'static str,
    /// From whom, with the shop's name.
    pub offers_ended_what: fn(&str) -> String,
    /// The link to the page.
    pub all_choices: &'static str,
    /// What was sent to the address for mail programs is not what they send.
    pub not_one_click: &'static str,
    /// Above the ways to reach a person.
    pub help: &'static str,
    /// When the shop names none.
    pub help_otherwise: fn(&str) -> String,
    /// Whoever has the link can choose.
    pub share_with_care: &'static str,
    /// A choice that was made.
    pub yes: &'static str,
    /// One that was not.
    pub no: &'static str,
    /// From one time to another.
    pub between: fn(&str, &str) -> String,
    /// Until the end of a day.
    pub through: fn(Date) -> String,
    /// A language that there is not.
    pub bad_language: &'static str,
    /// A time that is none.
    pub bad_time: &'static str,
    /// Quiet hours without an hour.
    pub no_hours: &'static str,
    /// A day that is none.
    pub bad_day: &'static str,
    /// A day that is over, or too far ahead.
    pub day_out_of_range: &'static str,
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &english::WORDS,
            Locale::De => &german::WORDS,
            Locale::Fr => &french::WORDS,
            Locale::Es => &spanish::WORDS,
        }
    }

    /// The choice of a channel.
    #[must_use]
    pub fn by(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.by_email,
            Channel::Sms => self.by_sms,
            Channel::Whatsapp => self.by_whatsapp,
        }
    }

    /// Why a channel cannot be chosen: there is no address for it.
    #[must_use]
    pub fn lacks(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.no_email,
            Channel::Sms | Channel::Whatsapp => self.no_phone,
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn problem(&self, problem: Problem) -> &'static str {
        match problem {
            Problem::Language => self.bad_language,
            Problem::Time => self.bad_time,
            Problem::NoHours => self.no_hours,
            Problem::Day => self.bad_day,
            Problem::DayOutOfRange => self.day_out_of_range,
        }
    }
}

#[cfg(test)]
mod tests;
