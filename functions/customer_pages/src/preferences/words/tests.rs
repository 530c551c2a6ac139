//! Nothing is left out, and nothing was left in another language.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Every text of a set, by its field, as its `Debug` form lists them: a field that is added is looked at without being told.
fn texts(words: &Words) -> BTreeMap<String, String> {
    let debug = format!("{words:#?}");
    let fields = debug.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(": "));
    let mut texts: BTreeMap<String, String> = fields
        .filter_map(|(field, text)| Some((field.to_owned(), text.strip_prefix('"')?.strip_suffix('"')?.to_owned())))
        .collect();
    let day = jiff::civil::date(2026, 12, 9);
    for (field, text) in [
        ("title", (words.title)("Aster & Oak")),
        ("offers_ended_what", (words.offers_ended_what)("Aster & Oak")),
        ("help_otherwise", (words.help_otherwise)("Aster & Oak")),
    ] {
        assert!(text.contains("Aster & Oak"), "{text}");
        texts.insert(field.to_owned(), text);
    }
    for (field, text) in [("between", (words.between)("21:00", "08:00")), ("through", (words.through)(day))] {
        texts.insert(field.to_owned(), text);
    }
    texts
}

#[test]
fn every_word_is_there_in_every_language_and_is_another_one_in_each() {
    let all = Locale::ALL.map(|locale| texts(Words::of(locale)));
    let n_fields = format!("{:#?}", Words::of(Locale::En)).lines().count() - 2;
    for texts in &all {
        assert_eq!(texts.len(), n_fields);
        assert!(texts.values().all(|text| !text.trim().is_empty() && text.trim() == text), "{texts:?}");
    }
    for field in all[0].keys() {
        let said: BTreeSet<_> = all.iter().map(|texts| &texts[field]).collect();
        // "No" is the same word in English and Spanish, "Pause" in English and German.
        let n_same = usize::from(["no", "pause"].contains(&field.as_str()));
        assert_eq!(said.len(), all.len() - n_same, "{field}: {said:?}");
    }
}

#[test]
fn nothing_in_one_set_says_the_same_twice() {
    for locale in Locale::ALL {
        let texts = texts(Words::of(locale));
        let said: BTreeSet<_> = texts.values().collect();
        assert_eq!(said.len(), texts.len(), "{locale:?}");
    }
}
