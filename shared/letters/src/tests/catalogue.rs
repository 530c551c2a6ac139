//! The catalogues agree: the same messages with the same variables in every language, none unused, none left in English.

use crate::catalogue;
use domain::{letter::LetterKind, locale::Locale, parcel::EpisodeKind, status::SUB_STATUSES};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

/// Messages and attributes, each with its pattern as written.
fn messages(locale: Locale) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut out = BTreeMap::new();
    for source in catalogue::sources(locale) {
        let resource = fluent_syntax::parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{locale:?}: {errors:?}"));
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    let mut add = |key: String, pattern: &Pattern<&str>| {
                        let known = out.insert(key.clone(), (format!("{pattern:?}"), variables(pattern)));
                        assert!(known.is_none(), "{key} stands twice in {locale:?}");
                    };
                    if let Some(value) = &message.value {
                        add(message.id.name.to_owned(), value);
                    }
                    for attribute in &message.attributes {
                        add(format!("{}.{}", message.id.name, attribute.id.name), &attribute.value);
                    }
                }
                Entry::Junk { content } => panic!("{locale:?}: {content}"),
                _ => {}
            }
        }
    }
    out
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    fn inline(expression: &InlineExpression<&str>, out: &mut BTreeSet<String>) {
        match expression {
            InlineExpression::VariableReference { id } => {
                // The form of a name is the language's own business.
                out.insert(id.name.split('-').next().unwrap().to_owned());
            }
            InlineExpression::Placeable { expression } => walk(expression, out),
            _ => {}
        }
    }
    fn walk(expression: &Expression<&str>, out: &mut BTreeSet<String>) {
        match expression {
            Expression::Inline(expression) => inline(expression, out),
            Expression::Select { selector, variants } => {
                inline(selector, out);
                variants.iter().for_each(|variant| out.extend(variables(&variant.value)));
            }
        }
    }
    let mut out = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            walk(expression, &mut out);
        }
    }
    out
}

#[test]
fn every_language_says_the_same_of_the_same() {
    let english = messages(Locale::En);
    for locale in [Locale::De, Locale::Fr, Locale::Es] {
        let other = messages(locale);
        let keys = |all: &BTreeMap<String, _>| all.keys().cloned().collect::<BTreeSet<String>>();
        let missing: Vec<_> = keys(&english).symmetric_difference(&keys(&other)).cloned().collect();
        assert!(missing.is_empty(), "{locale:?} and English differ in {missing:?}");
        // The explanation of one language may be the advice of another: what counts is that nothing is left out of a message.
        let of_message = |all: &BTreeMap<String, (String, BTreeSet<String>)>| {
            let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (key, (_, variables)) in all {
                let message = if is_trouble(key) { key.split('.').next().unwrap() } else { key };
                out.entry(message.to_owned()).or_default().extend(variables.clone());
            }
            out
        };
        let (english, other) = (of_message(&english), of_message(&other));
        for (key, variables) in &english {
            assert!(same(key, variables, &other[key]), "{key} in {locale:?}: {variables:?}, {:?}", other[key]);
        }
    }
}

fn is_trouble(key: &str) -> bool {
    ["exception", "attempt", "returning", "returned", "episode", "expired"].iter().any(|family| key.starts_with(family))
}

/// Names that a language may leave out where it says "the carrier" or "the shop" or "der Zusteller" instead.
fn same(key: &str, english: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let left_out: Vec<_> = english.difference(other).map(String::as_str).collect();
    let added: Vec<_> = other.difference(english).map(String::as_str).collect();
    left_out.is_empty() && added.is_empty()
        || added.is_empty() && is_trouble(key) && left_out.iter().all(|name| ["carrier", "shop"].contains(name))
}

#[test]
fn nothing_is_left_in_english() {
    // The same word in both languages, a number, or a mark around a name.
    let same_word = [
        "carrier-named",
        "shop-named",
        "parcel-carrier",
        "colon",
        "expected",
        "currency-EUR",
        "currency-GBP",
        "currency-USD",
        "money-group-from",
        "date-day",
        "date-year",
        "date-moment",
        "month-4",
        "month-8",
        "month-9",
        "month-11",
        "total",
        "row-customer-total",
    ];
    let english = messages(Locale::En);
    for locale in [Locale::De, Locale::Fr, Locale::Es] {
        for (key, (pattern, _)) in messages(locale) {
            let is_same = english[&key].0 == pattern;
            assert!(!is_same || same_word.contains(&key.split('.').next().unwrap()), "{key} in {locale:?} is English");
        }
    }
}

/// Every text between quotation marks of the crate's own code.
fn literals() -> BTreeSet<String> {
    fn read(folder: &std::path::Path, out: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().unwrap() != "tests" {
                read(&path, out);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                out.extend(text.split('"').map(str::to_owned));
            }
        }
    }
    let mut out = BTreeSet::new();
    read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut out);
    out
}

#[test]
fn no_message_is_unused() {
    let literals = literals();
    let kinds: BTreeSet<&str> = LetterKind::ALL.iter().map(|kind| kind.code()).collect();
    let codes: BTreeSet<String> = SUB_STATUSES
        .iter()
        .flat_map(|(_, codes)| codes.iter().map(|code| (*code).to_owned()))
        .chain(EpisodeKind::ALL.map(|kind| kind.code().to_owned()))
        .collect();
    let endings = ["subject", "preheader", "say", "then", "sms", "brief", "whatsapp"];
    let of_kind = ["-day", "-amount"].map(|ending| endings.map(|name| format!("{name}{ending}"))).concat();
    let used = |key: &str| {
        let (message, attribute) = key.split_once('.').unwrap_or((key, ""));
        let is_kind = kinds.contains(message) || message == "trouble";
        let short = endings.contains(&attribute) || attribute.is_empty() || of_kind.iter().any(|name| name == attribute);
        let family = ["exception", "attempt", "returning", "returned", "episode"].iter().any(|family| {
            message.strip_prefix(&format!("{family}_")).is_some_and(|code| codes.contains(code)) || message == *family
        }) || message == "expired";
        let numbered = ["weekday-", "month-"].iter().any(|name| message.starts_with(name));
        let formed = ["order-named", "order-bare", "carrier-named", "carrier-unknown", "shop-named", "shop-unknown"];
        let literal = literals.contains(key) || literals.contains(&format!(".{attribute}")) && formed.contains(&message);
        literal
            || is_kind && short
            || is_kind && (kinds.contains(message) && literals.iter().any(|text| text.ends_with(&format!(".{attribute}"))))
            || message == "person_needed"
            || message == "arriving_soon"
            || family && ["", "explanation", "what_now"].contains(&attribute)
            || message.starts_with("status_") && (attribute.is_empty() || codes.contains(attribute))
            || message.starts_with("delivered-")
            || numbered
    };
    let unused: Vec<_> = messages(Locale::En).into_keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_message_that_a_language_lacks_is_english() {
    let (english, other) = (catalogue::of(Locale::En), catalogue::of(Locale::Es));
    assert!(!other.has("no-such-message") && !english.has("greeting.no-such-attribute"));
    for locale in Locale::ALL {
        assert_eq!(catalogue::of(locale).locale, locale);
    }
}

#[test]
fn every_message_is_found_in_its_file_before_it_is_read() {
    for locale in Locale::ALL {
        let found = |key: &String| {
            let message = key.split('.').next().unwrap_or_default();
            catalogue::sources(locale).iter().any(|source| catalogue::names(source, message))
        };
        let lost: Vec<_> = messages(locale).into_keys().filter(|key| !found(key)).collect();
        assert!(lost.is_empty(), "{locale:?}: {lost:?} (a message is written `name = words`, at the beginning of a line)");
    }
}
