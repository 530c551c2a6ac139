//! The words of every language: Fluent messages, a topic of which is read when a process first wants one of them.
//!
//! A key is `message` or `message.attribute`. Fluent brings the plural rules of CLDR. Days and amounts are messages too, and
//! not ICU4X at run time: its data of all languages makes a function 33 kB (digits) to 170 kB (days) larger as a zip, and
//! `notify` has 290 kB left for everything. A test holds them against ICU4X instead, for every day of a year.

use domain::locale::Locale;
use fluent_bundle::{FluentArgs, FluentResource, bundle::FluentBundle};
use fluent_syntax::ast::{Pattern, PatternElement};
use intl_memoizer::concurrent::IntlLangMemoizer;
use std::sync::{LazyLock, OnceLock};

type Bundle = FluentBundle<FluentResource, IntlLangMemoizer>;

/// The words of one language.
pub(crate) struct Catalogue {
    pub(crate) locale: Locale,
    topics: [Topic; 7],
}

/// One file. To read them all takes half a millisecond, and a page needs the words of a day.
struct Topic {
    locale: Locale,
    source: &'static str,
    bundle: OnceLock<Bundle>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalogue({})", self.locale.code())
    }
}

/// The files of a language, by topic.
macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../words/", $language, "/frame.ftl")),
            include_str!(concat!("../words/", $language, "/statuses.ftl")),
            include_str!(concat!("../words/", $language, "/orders.ftl")),
            include_str!(concat!("../words/", $language, "/parcels.ftl")),
            include_str!(concat!("../words/", $language, "/troubles.ftl")),
            include_str!(concat!("../words/", $language, "/returns.ftl")),
            include_str!(concat!("../words/", $language, "/after.ftl")),
        ]
    };
}

/// What the catalogue of a language is read from.
pub(crate) fn sources(locale: Locale) -> [&'static str; 7] {
    match locale {
        Locale::En => files!("en"),
        Locale::De => files!("de"),
        Locale::Fr => files!("fr"),
        Locale::Es => files!("es"),
    }
}

/// The catalogue of a language.
pub(crate) fn of(locale: Locale) -> &'static Catalogue {
    static EN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Locale::En));
    static DE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Locale::De));
    static FR: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Locale::Fr));
    static ES: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Locale::Es));
    match locale {
        Locale::En => &EN,
        Locale::De => &DE,
        Locale::Fr => &FR,
        Locale::Es => &ES,
    }
}

impl Topic {
    fn read(&self) -> &Bundle {
        self.bundle.get_or_init(|| {
            let mut bundle = FluentBundle::new_concurrent(self.locale.code().parse().into_iter().collect());
            // The marks of direction would stand in subjects and text messages; all four languages run one way.
            bundle.set_use_isolating(false);
            // What can be read of a broken file is better than nothing; a test reads all files without an error.
            let resource = FluentResource::try_new(self.source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }
}

/// Whether a file has a message of this name: it stands at the beginning of a line.
pub(crate) fn names(source: &str, message: &str) -> bool {
    source.lines().any(|line| line.strip_prefix(message).is_some_and(|rest| rest.starts_with(" =")))
}

impl Catalogue {
    fn new(locale: Locale) -> Self {
        Self { locale, topics: sources(locale).map(|source| Topic { locale, source, bundle: OnceLock::new() }) }
    }

    /// The message in words; English where this language lacks it, empty where English does, too.
    pub(crate) fn say(&self, key: &str, args: &FluentArgs) -> String {
        #[cfg(test)]
        assert!(self.has(key), "{key} is missing in {}", self.locale.code());
        self.own(key, args).or_else(|| of(Locale::En).own(key, args)).unwrap_or_default()
    }

    /// A message without variables, for as long as the process lives.
    pub(crate) fn label(&'static self, key: &str) -> &'static str {
        #[cfg(test)]
        assert!(self.has(key), "{key} is missing in {}", self.locale.code());
        self.text(key).or_else(|| of(Locale::En).text(key)).unwrap_or_default()
    }

    /// Whether there is such a message.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.pattern(key).is_some()
    }

    fn own(&self, key: &str, args: &FluentArgs) -> Option<String> {
        let (bundle, pattern) = self.pattern(key)?;
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        #[cfg(test)]
        assert!(errors.is_empty(), "{key} in {}: {errors:?}", self.locale.code());
        Some(said)
    }

    fn text(&'static self, key: &str) -> Option<&'static str> {
        match self.pattern(key)?.1.elements.as_slice() {
            [PatternElement::TextElement { value }] => Some(value),
            _ => None,
        }
    }

    fn pattern(&self, key: &str) -> Option<(&Bundle, &Pattern<&str>)> {
        let (message, attribute) = key.split_once('.').map_or((key, None), |(message, attribute)| (message, Some(attribute)));
        // Those that are read answer at once; of the others only the one that has the message is read.
        let known = self.topics.iter().filter_map(|topic| topic.bundle.get()).find(|bundle| bundle.has_message(message));
        let bundle = known.or_else(|| Some(self.topics.iter().find(|topic| names(topic.source, message))?.read()))?;
        let message = bundle.get_message(message)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(attribute) => message.get_attribute(attribute)?.value(),
        };
        Some((bundle, pattern))
    }
}
