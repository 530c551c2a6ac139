//! WhatsApp: the template of each kind as Meta approves it, and what fills it for one letter.
//!
//! A body is a message of the catalogue; its variables become `{{1}}`, `{{2}}` … in the order in which the language needs
//! them, so that template and letter cannot disagree. Meta's rules: a body neither begins nor ends with a parameter, and a
//! parameter has no line breaks, no tabs and no more than four spaces in a row (developers.facebook.com, message templates).

use crate::{CannotRender, clean, kinds, scene::Scene, words::Tongue};
use domain::{
    letter::{Channel, LetterKind},
    locale::Locale,
};
use fluent_bundle::FluentArgs;
use serde::Serialize;

/// The longest value of a parameter.
const PARAMETER_CHARS_MAX: usize = 60;
/// What stands around the name of a variable while a body is taken apart; no catalogue and no fact has it.
const MARK: char = '\u{1}';
/// Every variable that a body may name, with an example for the people who approve it.
const VARIABLES: [(&str, &str); 16] = [
    ("shop", "Demo Shop"),
    ("shop-start", "Demo Shop"),
    ("shop-object", "Demo Shop"),
    ("shop-at", "Demo Shop"),
    ("shop-of", "Demo Shop"),
    ("shop-to", "Demo Shop"),
    ("order", "order-named"),
    ("order-start", "order-named.start"),
    ("order-of", "order-named.of"),
    ("parcels", "parcels-counted"),
    ("headline", "exception_delayed_carrier"),
    ("day", "date-day"),
    ("carrier", "UPS"),
    ("carrier-start", "UPS"),
    ("contact", "help@demo.example"),
    ("amount", "29"),
];

/// A WhatsApp message by template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whatsapp {
    /// `doorstep_shipped`.
    pub template: String,
    /// Meta's code is [`Locale::code`].
    pub locale: Locale,
    /// The values of `{{1}}`, `{{2}}` … of the body: one line each, 1 to 60 characters.
    pub parameters: Vec<String>,
    /// What follows the base address in the button's link.
    pub button: String,
}

/// A template as it is POSTed to `/{waba-id}/message_templates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateDefinition {
    /// `doorstep_shipped`.
    pub name: String,
    /// `en`.
    pub language: &'static str,
    /// `UTILITY`: news of what they bought, nothing else.
    pub category: &'static str,
    /// The body and the button.
    pub components: Vec<Component>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
pub enum Component {
    /// The text.
    Body {
        /// With `{{1}}`.
        text: String,
        /// What it looks like filled; absent where nothing is to fill.
        #[serde(skip_serializing_if = "Option::is_none")]
        example: Option<BodyExample>,
    },
    /// What can be pressed.
    Buttons {
        /// One.
        buttons: Vec<Button>,
    },
}

/// Sample values of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BodyExample {
    /// One row of values.
    pub body_text: Vec<Vec<String>>,
}

/// A button that opens an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "URL")]
pub struct Button {
    /// At most 25 characters.
    pub text: String,
    /// Ends in `{{1}}`.
    pub url: String,
    /// A whole address.
    pub example: Vec<String>,
}

/// The WhatsApp message of a letter.
///
/// # Errors
/// When the facts are not those of this kind of letter, or the kind is not sent by WhatsApp.
pub(crate) fn message(scene: &Scene) -> Result<Whatsapp, CannotRender> {
    let kind = scene.facts.letter.kind;
    if !kind.channels().contains(&Channel::Whatsapp) {
        return Err(CannotRender::NotOnThisChannel);
    }
    let short = kinds::short(scene)?;
    let mut args = scene.args_with(&[]);
    for (name, value) in short.values {
        args.set(name, value);
    }
    let (_, names) = body(scene.tongue, short.message);
    let value = |name: &&str| {
        let said = match args.get(*name) {
            Some(fluent_bundle::FluentValue::String(text)) => clean::line(text, PARAMETER_CHARS_MAX),
            _ => String::new(),
        };
        if said.is_empty() { "-".to_owned() } else { said }
    };
    Ok(Whatsapp {
        template: template_name(kind),
        locale: scene.facts.locale,
        parameters: names.iter().map(value).collect(),
        button: path(scene).to_owned(),
    })
}

/// The link without the base address.
fn path<'a>(scene: &Scene<'a>) -> &'a str {
    let link = scene.facts.link;
    let of_shop = scene.settings.brand.public_url.as_deref().and_then(|base| link.strip_prefix(base));
    let path = of_shop.or_else(|| {
        let (_, rest) = link.split_once("://")?;
        rest.find('/').map(|at| &rest[at..])
    });
    path.unwrap_or_default().trim_start_matches('/')
}

/// The template of a kind in a language, for a shop whose pages are at this address (without a slash at the end); `None`
/// where the kind is not sent by WhatsApp.
#[must_use]
pub fn whatsapp_template(kind: LetterKind, locale: Locale, public_url: &str) -> Option<TemplateDefinition> {
    if !kind.channels().contains(&Channel::Whatsapp) {
        return None;
    }
    let tongue = Tongue::of(locale);
    let message = match kind {
        kind if kind.is_trouble() => "trouble",
        kind => kind.code(),
    };
    let (text, names) = body(tongue, message);
    let examples: Vec<String> = names.iter().map(|name| example(tongue, name)).collect();
    let example = (!examples.is_empty()).then(|| BodyExample { body_text: vec![examples] });
    let button = Button {
        text: tongue.label("whatsapp-button").to_owned(),
        url: format!("{public_url}/{{{{1}}}}"),
        example: vec![format!("{public_url}/o/AQEBZGVtb0mJmQ0f")],
    };
    Some(TemplateDefinition {
        name: template_name(kind),
        language: locale.code(),
        category: "UTILITY",
        components: vec![Component::Body { text, example }, Component::Buttons { buttons: vec![button] }],
    })
}

fn template_name(kind: LetterKind) -> String {
    format!("doorstep_{}", kind.code())
}

/// A body with `{{1}}` …, and the variables those stand for.
fn body(tongue: Tongue, message: &str) -> (String, Vec<&'static str>) {
    let marked: FluentArgs = VARIABLES.iter().map(|(name, _)| (*name, format!("{MARK}{name}{MARK}"))).collect();
    let said = tongue.tell(&format!("{message}.whatsapp"), &marked);
    let mut text = String::new();
    let mut names: Vec<&'static str> = Vec::new();
    for (part, at) in said.split(MARK).zip(0_usize..) {
        let variable = VARIABLES.iter().map(|(name, _)| *name).find(|name| at % 2 == 1 && *name == part);
        let Some(name) = variable else {
            text.push_str(part);
            continue;
        };
        let known = names.iter().position(|known| *known == name);
        let number = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        text.push_str(&format!("{{{{{}}}}}", number + 1));
    }
    (text, names)
}

fn example(tongue: Tongue, name: &str) -> String {
    let sample = VARIABLES.iter().find(|(variable, _)| *variable == name).map_or("", |(_, sample)| *sample);
    match name {
        "day" => tongue.day(jiff::civil::date(2026, 11, 28)),
        "parcels" => tongue.say(sample, &[("n", 2.into())]),
        "headline" => tongue.label(sample).to_owned(),
        _ if name.starts_with("order") => tongue.say(sample, &[("number", "#1001".into())]),
        _ => sample.to_owned(),
    }
}
