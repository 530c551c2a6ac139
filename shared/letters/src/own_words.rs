//! A shop's own words: small templates over the facts of one order, bounded in size, steps and output.
//!
//! A template may name the values of [`NAMES`], ask `{% if %}` and go through a list with `{% for %}`. It cannot set, join or
//! multiply: what it writes grows with its own length and its steps only, so that no shop can fill a function's memory.

mod lint;

pub use lint::{Complaint, Weight, lint};

use crate::{
    clean,
    draft::{Block, Draft},
    gsm, kinds,
    scene::Scene,
};
use domain::{parcel::Parcel, settings::OwnWords, status::Status};
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::BTreeMap;

/// The longest template, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 8 * 1024;
/// The longest text that may come out, in bytes.
pub const OUTPUT_BYTES_MAX: usize = 20 * 1024;
/// Steps of the template engine; a mail of 30 items takes about 500.
const FUEL: u64 = 20_000;
/// The longest text message.
const SMS_CHARS_MAX: usize = 600;

/// What a template may name.
///
/// `shop`, `order_number` (may be empty), `customer_first_name` (a polite word where it is not known), `carrier`,
/// `tracking_number` and `expected_day` (empty where not known), `tracking_numbers` (a list), `link`, `items` (a list of
/// `title`, `variant`, `quantity`, `paid`), `total`, `status`, `support_contact`, `locale` (`en`).
pub const NAMES: [&str; 13] = [
    "shop",
    "order_number",
    "customer_first_name",
    "carrier",
    "tracking_number",
    "tracking_numbers",
    "expected_day",
    "link",
    "items",
    "total",
    "status",
    "support_contact",
    "locale",
];

/// Why a template gives no words.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// From 1, where it is known.
    pub(crate) line: Option<usize>,
    /// In words for the person who wrote it.
    pub(crate) what: String,
}

impl Wrong {
    fn whole(what: &str) -> Self {
        Self { line: None, what: what.to_owned() }
    }
}

/// The template filled with values.
pub(crate) fn render(template: &str, values: &Value) -> Result<String, Wrong> {
    if template.len() > TEMPLATE_BYTES_MAX {
        return Err(Wrong::whole("it is longer than 8 KB"));
    }
    harmless(template)?;
    let environment = environment();
    let wrong = |error: &minijinja::Error| Wrong {
        line: error.line(),
        what: error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind())),
    };
    let template = environment.template_from_str(template).map_err(|error| wrong(&error))?;
    let mut out = Bounded(Vec::new());
    template.render_captured_to(values.clone(), &mut out).map_err(|error| wrong(&error))?;
    String::from_utf8(out.0).map_err(|_| Wrong::whole("it writes something that is not text"))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(16);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

/// A text that refuses to grow too long.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES_MAX {
            return Err(std::io::Error::other("it writes more than 20 KB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a template may not do: `{% set x = x ~ x %}` thirty times over is a gigabyte within any number of steps.
fn harmless(template: &str) -> Result<(), Wrong> {
    let mut rest = template;
    let mut line = 1;
    while let Some(at) = rest.find(['{']) {
        line += rest[..at].matches('\n').count();
        rest = &rest[at..];
        let end = match rest.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => {
                rest = &rest[1..];
                continue;
            }
        };
        let tag = rest.find(end).map_or(rest, |end| &rest[..end]);
        if let Some(sign) = tag[2..].chars().find(|c| "~*+|(".contains(*c)) {
            return Err(Wrong { line: Some(line), what: format!("{sign} is not allowed: only names, if and for are") });
        }
        // A tag that ends within a text in quotes would end elsewhere for the engine, and hide what follows.
        if ['"', '\''].iter().any(|quote| tag.matches(*quote).count() % 2 == 1) {
            return Err(Wrong { line: Some(line), what: "a text in quotes does not end within its tag".to_owned() });
        }
        let word = tag[2..].trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        if end == "%}" && !["if", "elif", "else", "endif", "for", "endfor"].contains(&word) {
            return Err(Wrong { line: Some(line), what: format!("{word} is not allowed: only names, if and for are") });
        }
        line += tag.matches('\n').count();
        rest = &rest[tag.len()..];
    }
    Ok(())
}

/// What the shop wrote for this kind in this language, if anything.
fn of<'a>(scene: &Scene<'a>) -> Option<&'a OwnWords> {
    scene.settings.letters.kinds.get(&scene.facts.letter.kind)?.words.get(&scene.facts.locale)
}

/// The draft with the shop's subject and paragraphs in place of the house's; link, footer and data for mail programs stay.
/// Also whether something the shop wrote could not be used.
pub(crate) fn in_draft(scene: &Scene, mut draft: Draft) -> (Draft, bool) {
    let Some(own) = of(scene) else { return (draft, false) };
    let values = values(scene);
    let mut fell_back = false;
    let mut said = |template: &Option<String>| match template.as_deref().map(|template| render(template, &values)) {
        None => None,
        Some(Ok(text)) if !clean::line(&text, 1).is_empty() => Some(text),
        Some(_) => {
            fell_back = true;
            None
        }
    };
    if let Some(subject) = said(&own.subject) {
        draft.subject = clean::line(&subject, clean::SUBJECT_CHARS_MAX);
    }
    if let Some(mail) = said(&own.mail) {
        let paragraphs = paragraphs(&mail);
        draft.preheader = clean::line(&paragraphs.join(" "), clean::SUBJECT_CHARS_MAX);
        let button = draft.blocks.into_iter().find(|block| matches!(block, Block::Button(_)));
        draft.blocks = paragraphs.into_iter().map(Block::Say).chain(button).collect();
        draft.greeting = None;
    }
    (draft, fell_back)
}

/// The shop's text message with the whole link, or nothing; also whether it could not be used.
pub(crate) fn sms(scene: &Scene) -> (Option<String>, bool) {
    let Some(template) = of(scene).and_then(|own| own.sms.as_deref()) else { return (None, false) };
    match render(template, &values(scene)) {
        Ok(text) if !clean::line(&text, 1).is_empty() => (Some(sms_of(&text, scene.facts.link)), false),
        _ => (None, true),
    }
}

/// One line, in the cheap alphabet where it goes into it, with the link.
fn sms_of(text: &str, link: &str) -> String {
    let line = clean::line(text, SMS_CHARS_MAX);
    let line = gsm::plain(&line).unwrap_or(line);
    if line.contains(link) { line } else { format!("{line} {link}") }
}

/// Paragraphs stand between empty lines.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    let mut out = vec![String::new()];
    for line in text.lines() {
        let line = clean::line(line, OUTPUT_BYTES_MAX);
        match out.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&line);
            }
            _ => out.push(String::new()),
        }
    }
    out.retain(|paragraph| !paragraph.is_empty());
    out
}

/// The values of [`NAMES`] for this letter, tamed.
fn values(scene: &Scene) -> Value {
    let name = scene.report.customer.first_name.as_deref().and_then(clean::name);
    let parcel: Option<&Parcel> = scene.told.first().map(AsRef::as_ref);
    let numbers: Value = scene.told.iter().map(|parcel| parcel.key.number.to_string()).collect();
    let status = parcel.map(Parcel::folded).filter(|now| now.status != Status::Pending);
    let items: Value = scene
        .report
        .lines
        .iter()
        .filter(|line| line.quantity > 0)
        .take(crate::draft::ITEMS_SHOWN_MAX)
        .map(|line| {
            let item = kinds::item(scene, line, line.quantity);
            object([
                ("title", item.title.into()),
                ("variant", item.detail.unwrap_or_default().into()),
                ("quantity", item.quantity.into()),
                ("paid", scene.tongue.amount(line.paid).into()),
            ])
        })
        .collect();
    object([
        ("shop", scene.shop.clone().into()),
        ("order_number", scene.number.clone().into()),
        ("customer_first_name", name.unwrap_or_else(|| scene.label("customer-nameless")).into()),
        ("carrier", scene.say("parcel-carrier").into()),
        ("tracking_number", parcel.map(|parcel| parcel.key.number.to_string()).unwrap_or_default().into()),
        ("tracking_numbers", numbers),
        (
            "expected_day",
            parcel.and_then(Parcel::expected_to_show).map(|shown| scene.tongue.day(shown.current)).unwrap_or_default().into(),
        ),
        ("link", scene.facts.link.into()),
        ("items", items),
        ("total", scene.tongue.amount(scene.report.totals.total).into()),
        ("status", status.map(|now| scene.tongue.status(now.status, &now.sub)).unwrap_or_default().into()),
        ("support_contact", scene.tongue.contact(scene.settings).into()),
        ("locale", scene.facts.locale.code().into()),
    ])
}

/// An object of a template.
pub(crate) fn object<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    Value::from(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<String, Value>>())
}
