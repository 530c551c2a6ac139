//! The preference page: what holds, the form that changes it, and what became of the form that was just sent.

use super::{
    chooser::Chooser,
    draft::{Draft, last_pause, time},
    masked, one_click,
    words::Words,
};
use crate::{
    frame::{Frame, Help},
    nonce::Nonces,
};
use askama::Template;
use domain::{letter::Channel, locale::Locale, preference::Preferences, settings::ShopSettings};
use jiff::civil;
use std::collections::BTreeSet;
use windows::text::{NAME_CHARS_MAX, shown};

/// The preference page, ready to be written.
#[derive(Debug, Clone, Template)]
#[template(path = "preferences.html")]
pub struct PreferencePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Its words.
    pub words: &'static Words,
    /// The big sentence.
    pub title: String,
    /// The addresses it is about, masked.
    pub addresses: Vec<String>,
    /// Whether mail cannot be sent to the mailbox.
    pub is_mail_refused: bool,
    /// Whether texts must not be sent to the phone.
    pub is_phone_stopped: bool,
    /// What became of what was just sent.
    pub said: Said,
    /// Where the form of one click is sent; none: there are no offers to end.
    pub end_offers_at: Option<String>,
    /// Whether that is what the page was opened for.
    pub is_unsubscribing: bool,
    /// The form; none while what was sent is on its way, or when there is nobody to write to.
    pub form: Option<FormView>,
    /// How to reach a person.
    pub help: Help,
}

/// What became of what was just sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing was.
    Nothing,
    /// It holds.
    Saved,
    /// It is on its way: what it says, and where to look again.
    Noted {
        /// What was chosen.
        summary: Vec<(&'static str, String)>,
        /// The page's address.
        look_again: String,
    },
    /// Nothing was taken, and why.
    Refused(&'static str),
    /// Something is wrong: the id of each field, what it is called, and what is wrong with it.
    Wrong(Vec<(&'static str, &'static str, &'static str)>),
}

/// What was just sent, as the visit found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Just {
    /// Nothing: the page was opened.
    Opened,
    /// Opened by who wants no more offers.
    Unsubscribing,
    /// Choices that hold now.
    Saved,
    /// Choices that are not written yet, and the address that says so.
    Noted(Preferences, String),
    /// A form that is none of this page.
    Foreign,
    /// A form that showed other choices than hold now.
    Outdated(Draft),
    /// A form with something wrong.
    Lacks(Draft),
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormView {
    /// Where it is sent; the fragment brings people to what is said about it.
    pub action: String,
    /// Its nonce.
    pub nonce: String,
    /// The millisecond of the choices it shows.
    pub of: u64,
    /// The channels for news.
    pub channels: Vec<ChannelView>,
    /// Whether offers can be chosen at all: they need a mailbox.
    pub has_email: bool,
    /// What is filled in.
    pub draft: Draft,
    /// Times to choose, with those that were chosen.
    pub times: BTreeSet<String>,
    /// The first day of a pause.
    pub pause_min: String,
    /// The last one.
    pub pause_max: String,
    /// Whether anything is on that can be turned off.
    pub is_anything_on: bool,
    /// Whether news can be turned on that are off or paused.
    pub is_news_off: bool,
}

/// A channel for news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// The end of its field's name.
    pub code: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Whether news come on it.
    pub is_chosen: bool,
    /// Why it cannot be chosen.
    pub lacks: Option<&'static str>,
}

impl FormView {
    /// What is wrong with a field.
    #[must_use]
    pub fn problem(&self, field: &str, words: &Words) -> Option<&'static str> {
        self.draft.problems.get(field).map(|problem| words.problem(*problem))
    }

    /// The fields of the quiet hours: name, label, what is chosen.
    #[must_use]
    pub fn hours(&self, words: &Words) -> [(&'static str, &'static str, &String); 2] {
        let Draft { quiet_from, quiet_until, .. } = &self.draft;
        [("quiet_from", words.quiet_from, quiet_from), ("quiet_until", words.quiet_until, quiet_until)]
    }
}

impl PreferencePage {
    /// The page for this customer, after what was just sent.
    #[must_use]
    pub fn of(chooser: &Chooser, token: &str, nonces: &Nonces, just: Just) -> Self {
        let before = chooser.chosen();
        let locale = match &just {
            Just::Noted(chosen, _) => chooser.locale_of(chosen.language),
            _ => chooser.locale(),
        };
        let words = Words::of(locale);
        let is_unsubscribing = just == Just::Unsubscribing;
        let (said, draft) = match just {
            Just::Opened | Just::Unsubscribing => (Said::Nothing, Some(Draft::of(chooser, &before))),
            Just::Saved => (Said::Saved, Some(Draft::of(chooser, &before))),
            Just::Noted(chosen, look_again) => (Said::Noted { summary: summary(chooser, words, &chosen), look_again }, None),
            Just::Foreign => (Said::Refused(words.foreign), Some(Draft::of(chooser, &before))),
            Just::Outdated(draft) => (Said::Refused(words.outdated), Some(draft)),
            Just::Lacks(draft) => {
                let named = [
                    ("language", words.language),
                    ("quiet_from", words.quiet_from),
                    ("quiet_until", words.quiet_until),
                    ("pause", words.pause),
                ];
                let wrong = named.into_iter().filter_map(|(field, label)| {
                    draft.problems.get(field).map(|problem| (field, label, words.problem(*problem)))
                });
                (Said::Wrong(wrong.collect()), Some(draft))
            }
        };
        let can_be_written_to = chooser.has_email() || chooser.has_phone();
        let form = draft.filter(|_| can_be_written_to).and_then(|draft| form(chooser, token, nonces, words, draft));
        let is_noted = matches!(said, Said::Noted { .. });
        let has_offers = before.marketing && chooser.has_email() && !is_noted;
        let customer = chooser.customer();
        let email = customer.and_then(|customer| customer.email.as_ref()).map(masked::email);
        let phone = customer.and_then(|customer| customer.phone.as_ref()).map(masked::phone);
        Self {
            title: (words.title)(&shop_name(&chooser.settings)),
            frame: Frame::of(&chooser.settings).written_in(locale),
            words,
            is_mail_refused: email.is_some() && chooser.recipient.email_refuses,
            is_phone_stopped: phone.is_some() && chooser.recipient.phone_stopped,
            addresses: email.into_iter().chain(phone).collect(),
            said,
            end_offers_at: (has_offers || is_unsubscribing).then(|| format!("/p/{token}/unsubscribe")),
            is_unsubscribing,
            form,
            help: help(&chooser.settings, words),
        }
    }
}

fn shop_name(settings: &ShopSettings) -> String {
    shown(&settings.brand.name, NAME_CHARS_MAX)
}

fn help(settings: &ShopSettings, words: &Words) -> Help {
    Help { title: words.help, otherwise: (words.help_otherwise)(&shop_name(settings)), ..Help::of(settings) }
}

fn form(chooser: &Chooser, token: &str, nonces: &Nonces, words: &'static Words, draft: Draft) -> Option<FormView> {
    let of = chooser.chosen_at_ms();
    let offered = chooser.offered();
    let channels = offered.iter().map(|offered| ChannelView {
        code: offered.channel.code(),
        label: words.by(offered.channel),
        is_chosen: offered.has_address && draft.order_news.contains(&offered.channel),
        lacks: (!offered.has_address).then(|| words.lacks(offered.channel)),
    });
    let before = chooser.chosen();
    let is_on = |channel: &Channel| before.order_news.contains(channel);
    let today = chooser.today();
    // Times that were chosen elsewhere, or are mended now, are in the list as they stand.
    let half_hours = (0..24).flat_map(|hour| [civil::time(hour, 0, 0, 0), civil::time(hour, 30, 0, 0)]).map(time);
    let chosen_times = [&draft.quiet_from, &draft.quiet_until].into_iter().filter(|time| !time.is_empty()).cloned();
    let is_paused = before.paused_until.is_some_and(|until| until > chooser.now);
    Some(FormView {
        action: format!("/p/{token}#said"),
        nonce: nonces.of_preferences(of).current()?.to_string(),
        of,
        channels: channels.collect(),
        has_email: chooser.has_email(),
        times: half_hours.chain(chosen_times).collect(),
        pause_min: today.to_string(),
        pause_max: last_pause(today).to_string(),
        is_anything_on: before.marketing || offered.iter().any(|offered| is_on(&offered.channel)),
        is_news_off: is_paused || offered.iter().any(|offered| offered.has_address && !is_on(&offered.channel)),
        draft,
    })
}

/// What was chosen, in words.
fn summary(chooser: &Chooser, words: &'static Words, chosen: &Preferences) -> Vec<(&'static str, String)> {
    let draft = Draft::of(chooser, chosen);
    let is_on = |channel: &Channel| chosen.order_news.contains(channel);
    let news = chooser.offered().into_iter().filter(|offered| offered.has_address && is_on(&offered.channel));
    let news: Vec<&str> = news.map(|offered| words.by(offered.channel)).collect();
    let or_no = |is_set: bool, said: String| if is_set { said } else { words.no.to_owned() };
    let last_day = draft.pause.parse().ok().map(words.through);
    vec![
        (words.news, if news.is_empty() { words.nowhere.to_owned() } else { news.join(", ") }),
        (words.offers, or_no(chosen.marketing, words.yes.to_owned())),
        (words.language, chosen.language.map_or(words.automatic, Locale::name).to_owned()),
        (words.quiet, or_no(draft.has_quiet, (words.between)(&draft.quiet_from, &draft.quiet_until))),
        (words.pause, last_day.unwrap_or_else(|| words.no.to_owned())),
    ]
}

/// The short page after one click.
#[derive(Debug, Clone, Template)]
#[template(path = "one_click.html")]
pub struct OneClickPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Its words.
    pub words: &'static Words,
    /// The big sentence.
    pub title: &'static str,
    /// What became of it.
    pub sentence: String,
    /// The way to the whole page.
    pub back: String,
}

impl OneClickPage {
    /// Marketing has ended.
    #[must_use]
    pub fn ended(chooser: &Chooser, token: &str) -> Self {
        let words = Words::of(chooser.locale());
        Self::new(chooser, token, words.offers_ended, (words.offers_ended_what)(&shop_name(&chooser.settings)))
    }

    /// What was sent is not what mail programs send.
    #[must_use]
    pub fn refused(chooser: &Chooser, token: &str) -> Self {
        let words = Words::of(chooser.locale());
        Self::new(chooser, token, words.not_saved, words.not_one_click.to_owned())
    }

    fn new(chooser: &Chooser, token: &str, title: &'static str, sentence: String) -> Self {
        let locale = chooser.locale();
        let frame = Frame::of(&chooser.settings).written_in(locale);
        Self { frame, words: Words::of(locale), title, sentence, back: format!("/p/{token}") }
    }
}
