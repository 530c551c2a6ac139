//! The words of a letter on a channel, as its reader would get them.

use crate::Dossier;
use domain::{
    letter::{Channel, Letter},
    link::OrderLinks,
    locale::Locale,
};
use jiff::Timestamp;
use letters::{CannotRender, Email, Facts};

/// What to say of words in which something of the shop's own is missing.
pub const FELL_BACK: &str = "(words of the shop's own could not be used: `cargo shop check FILE` tells why)";

/// The mail of a letter.
///
/// # Errors
/// Says why there are no words, and what to name beside the kind.
pub fn mail(
    dossier: &Dossier,
    letter: &Letter,
    links: &OrderLinks,
    locale: Option<Locale>,
    now: Timestamp,
) -> Result<Email, String> {
    let company = dossier.company(letter, Channel::Email, now);
    letters::email(&dossier.facts(letter, &company, links, locale)).map_err(|error| in_words(&error))
}

/// The text of a letter on a short channel: a text message, or what fills the template of a WhatsApp message.
///
/// # Errors
/// See [`mail`]; a mail is none.
pub fn brief(
    dossier: &Dossier,
    letter: &Letter,
    channel: Channel,
    links: &OrderLinks,
    locale: Option<Locale>,
    now: Timestamp,
) -> Result<String, String> {
    let company = dossier.company(letter, channel, now);
    let facts = dossier.facts(letter, &company, links, locale);
    match channel {
        Channel::Sms => text_message(&facts),
        Channel::Whatsapp => whatsapp(&facts),
        Channel::Email => Err("a mail is not brief".to_owned()),
    }
}

fn text_message(facts: &Facts) -> Result<String, String> {
    let letters::Sms { text, fell_back } = letters::sms(facts).map_err(|error| in_words(&error))?;
    let count = letters::segments(&text);
    let own = if fell_back { format!("\n{FELL_BACK}") } else { String::new() };
    Ok(format!("{text}\n({count} segment{}){own}", if count == 1 { "" } else { "s" }))
}

fn whatsapp(facts: &Facts) -> Result<String, String> {
    let message = letters::whatsapp(facts).map_err(|error| in_words(&error))?;
    let parameters: Vec<String> = message.parameters.iter().zip(1..).map(|(text, n)| format!("{{{{{n}}}}} {text}\n")).collect();
    Ok(format!("template {} in {}\n{}button {}", message.template, message.locale.code(), parameters.concat(), message.button))
}

fn in_words(error: &CannotRender) -> String {
    match error {
        CannotRender::NoParcel => format!("{error}: say --parcel NUMBER"),
        CannotRender::NoReturn => format!("{error}: say --return ID"),
        error => error.to_string(),
    }
}
