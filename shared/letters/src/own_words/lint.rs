//! What is wrong with a shop's own words, found before a customer is written to.

use super::{NAMES, environment, object, render, sms_of};
use crate::{gsm, words::Tongue};
use domain::{letter::LetterKind, locale::Locale, money::Money, settings::OwnWords};
use minijinja::Value;

/// The link of the sample: as long as a real one at a short address of a shop.
const LINK: &str = "https://post.demo.example/o/AQEBZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y";

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The house's words would be sent instead, or a customer could not do what the letter is for.
    Error,
    /// It works, and may cost more than meant.
    Warning,
}

/// Something that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// `subject`, `mail` or `sms`.
    pub field: &'static str,
    /// From 1, where it is known.
    pub line: Option<usize>,
    /// How much it matters.
    pub weight: Weight,
    /// In words for the person who wrote it.
    pub what: String,
}

/// Everything that is wrong with the words of a shop for a kind in a language.
#[must_use]
pub fn lint(kind: LetterKind, locale: Locale, own: &OwnWords) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (field, template) in [("subject", &own.subject), ("mail", &own.mail), ("sms", &own.sms)] {
        if let Some(template) = template {
            complaints.extend(of_field(kind, locale, field, template));
        }
    }
    complaints
}

fn of_field(kind: LetterKind, locale: Locale, field: &'static str, template: &str) -> Vec<Complaint> {
    let error = |line, what| Complaint { field, line, weight: Weight::Error, what };
    // The names first: they are all told at once, and rendering stops at the first.
    if let Ok(parsed) = environment().template_from_str(template) {
        let mut unknown: Vec<String> = parsed.undeclared_variables(false).into_iter().filter(|name| !is_known(name)).collect();
        unknown.sort();
        if !unknown.is_empty() {
            return unknown.into_iter().map(|name| error(line_of(template, &name), format!("{name} is not known"))).collect();
        }
    }
    let mut complaints = Vec::new();
    let mut texts = Vec::new();
    for is_bare in [false, true] {
        match render(template, &sample(locale, is_bare)) {
            Ok(text) => texts.push(text),
            Err(wrong) => return vec![error(wrong.line, wrong.what)],
        }
    }
    if texts.iter().any(|text| text.trim().is_empty()) {
        complaints.push(error(None, "it says nothing".to_owned()));
    }
    if field != "subject" && is_about_a_way(kind) && texts.iter().any(|text| !text.contains(LINK)) {
        complaints.push(error(None, "a letter about a parcel needs {{ link }}".to_owned()));
    }
    let segments = |text: &String| {
        let sent = sms_of(text, LINK);
        (crate::segments(&sent), gsm::plain(&sent).is_some())
    };
    let costs = texts.iter().map(segments).max_by_key(|(n, _)| *n);
    if let Some((n, goes_in)) = costs.filter(|(n, _)| field == "sms" && *n > 1) {
        let why = if goes_in { "" } else { "; letters outside of the GSM alphabet leave room for 70 instead of 160" };
        let what = format!("it is {n} messages long with sample data{why}");
        complaints.push(Complaint { field, line: None, weight: Weight::Warning, what });
    }
    complaints
}

/// The engine knows `loop` by itself.
fn is_known(name: &str) -> bool {
    name == "loop" || NAMES.contains(&name)
}

/// Kinds whose reader wants to see where the parcel is.
fn is_about_a_way(kind: LetterKind) -> bool {
    kind.stage().is_some() || kind.is_trouble()
}

fn line_of(template: &str, name: &str) -> Option<usize> {
    template.lines().position(|line| line.contains(name)).map(|at| at + 1)
}

/// Values as a real letter has them; bare: as one of which nothing optional is known.
fn sample(locale: Locale, is_bare: bool) -> Value {
    let tongue = Tongue::of(locale);
    let known = |text: &str| Value::from(if is_bare { "" } else { text });
    let amount = |minor| "EUR".parse().map(|currency| tongue.amount(Money::of(minor, currency))).unwrap_or_default();
    let item = |title: &str, variant: &str, quantity: u32, minor| {
        object([
            ("title", title.into()),
            ("variant", known(variant)),
            ("quantity", quantity.into()),
            ("paid", amount(minor).into()),
        ])
    };
    let items: Value = [item("Wool socks", "Forest green / M", 2, 2400), item("Enamel mug", "", 1, 1450)].into_iter().collect();
    let number = "1Z999AA10123456784";
    let numbers: Value = if is_bare { Vec::<String>::new().into_iter().collect() } else { [number].into_iter().collect() };
    object([
        ("shop", "Demo Shop".into()),
        ("order_number", known("#1001")),
        ("customer_first_name", if is_bare { tongue.label("customer-nameless").into() } else { "Jon".into() }),
        ("carrier", if is_bare { tongue.label("carrier-unknown").into() } else { "UPS".into() }),
        ("tracking_number", known(number)),
        ("tracking_numbers", numbers),
        ("expected_day", known(&tongue.day(jiff::civil::date(2026, 9, 30)))),
        ("link", LINK.into()),
        ("items", items),
        ("total", amount(3850).into()),
        ("status", known(tongue.label("status_in_transit"))),
        ("support_contact", tongue.say("contact-mail", &[("email", "help@demo.example".into())]).into()),
        ("locale", locale.code().into()),
    ])
}
