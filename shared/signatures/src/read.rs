//! Reading a proved body without trusting its shape: every field may be missing, null, empty, or of another kind.

use domain::money::{Currency, Money};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;
use std::{fmt, marker::PhantomData, str::FromStr};

/// Why a proved delivery cannot be read. It names what and where, and never quotes what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDelivery {
    /// Not JSON.
    #[error("the body is not JSON at line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A field that we cannot do without is not there.
    #[error("`{field}` is missing")]
    Missing {
        /// Its path: `line_items[0].id`.
        field: String,
    },
    /// A field is there and is not what it should be.
    #[error("`{field}` {problem}")]
    Bad {
        /// Its path.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl BadDelivery {
    /// A missing field.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::Missing { field: field.into() }
    }

    /// A wrong field.
    pub fn bad(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Bad { field: field.into(), problem: problem.into() }
    }
}

/// A text, number or truth value as exact text: ids beyond 2^53 and amounts keep every digit. Everything else, and what is
/// blank, is absent. Control characters are spaces, so that no name can start a new line of a mail header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field(Option<String>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<Lossy>(raw).ok().map(|text| text.0),
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => Some(raw.to_owned()),
            _ => None,
        };
        Ok(Self::of(&text.unwrap_or_default()))
    }
}

impl Field {
    /// A field from a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let clean = text.replace(char::is_control, " ");
        let clean = clean.trim();
        Self((!clean.is_empty()).then(|| clean.to_owned()))
    }

    /// The text, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, cut after so many characters.
    #[must_use]
    pub fn cut(&self, chars_max: usize) -> Option<String> {
        self.text().map(|text| text.chars().take(chars_max).collect())
    }

    /// Whether it says `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.text() == Some("true")
    }

    /// This field, or another one when this is absent.
    #[must_use]
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.0.is_some() { self } else { other }
    }

    /// The text.
    ///
    /// # Errors
    /// When there is none.
    pub fn required(&self, path: &str) -> Result<&str, BadDelivery> {
        self.text().ok_or_else(|| BadDelivery::missing(path))
    }

    /// A value that the house has a rule for. Its error must not quote; those of `domain` do not.
    ///
    /// # Errors
    /// When it is missing or breaks the rule.
    pub fn read<T: FromStr<Err: fmt::Display>>(&self, path: &str) -> Result<T, BadDelivery> {
        self.required(path)?.parse().map_err(|error| BadDelivery::bad(path, format!("is not readable: {error}")))
    }

    /// A moment with its offset.
    ///
    /// # Errors
    /// When it is there and is not one.
    pub fn time(&self, path: &str) -> Result<Option<Timestamp>, BadDelivery> {
        let read = |text: &str| text.parse().map_err(|_| BadDelivery::bad(path, "is not a time with an offset (RFC 3339)"));
        self.text().map(read).transpose()
    }

    /// A moment with its offset.
    ///
    /// # Errors
    /// When it is missing or is not one.
    pub fn required_time(&self, path: &str) -> Result<Timestamp, BadDelivery> {
        self.time(path)?.ok_or_else(|| BadDelivery::missing(path))
    }

    /// A moment, and whether its offset was said; without one it is taken for UTC. A date alone is its midnight.
    #[must_use]
    pub fn lenient_time(&self) -> Option<(Timestamp, bool)> {
        let text = self.text()?;
        let told = text.parse().ok().map(|at| (at, true));
        let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| (at.timestamp(), false));
        told.or_else(civil)
    }

    /// The calendar day at the start of a date or time, as written.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.text()?.get(..10)?.parse().ok()
    }

    /// An amount in major units.
    ///
    /// # Errors
    /// When it is there and is not one of this currency.
    pub fn money(&self, path: &str, currency: Currency) -> Result<Option<Money>, BadDelivery> {
        let read = |text| {
            Money::parse_major(text, currency).map_err(|error| BadDelivery::bad(path, format!("is not readable: {error}")))
        };
        self.text().map(read).transpose()
    }

    /// An amount in major units.
    ///
    /// # Errors
    /// When it is missing or is not one of this currency.
    pub fn required_money(&self, path: &str, currency: Currency) -> Result<Money, BadDelivery> {
        self.money(path, currency)?.ok_or_else(|| BadDelivery::missing(path))
    }
}

/// A string of which even broken Unicode is kept readable: storefronts cut titles in the middle of an emoji.
struct Lossy(String);

impl<'de> Deserialize<'de> for Lossy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Lossy;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Lossy, E> {
                Ok(Lossy(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Values that are neither list nor object.
macro_rules! scalars_are {
    ($value:expr) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}

/// An object, or nothing when something else stands in its place (PHP writes an empty object as `[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T>(Option<T>);

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Part<T> {
    /// Nothing.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// The object, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The object itself, if there is one.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        self.0
    }

    /// The object.
    ///
    /// # Errors
    /// When there is none.
    pub fn required(&self, path: &str) -> Result<&T, BadDelivery> {
        self.get().ok_or_else(|| BadDelivery::missing(path))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Part<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|part| Part(Some(part)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Part<T>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Part(None))
            }
            scalars_are!(Part(None));
        }
        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// A value that a source writes as a text in one version and as an object in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Either<T> {
    /// The text, when it is one.
    pub field: Field,
    /// The object, when it is one.
    pub part: Part<T>,
}

impl<T> Default for Either<T> {
    fn default() -> Self {
        Self { field: Field::default(), part: Part::none() }
    }
}

impl<T> Either<T> {
    /// Its name, as the object or the bare text says it.
    pub fn id<'a>(&'a self, of_object: impl Fn(&'a T) -> &'a Field) -> Option<&'a Field> {
        Some(self.part.get().map_or(&self.field, of_object)).filter(|id| id.text().is_some())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Either<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let read = |error| serde::de::Error::custom(error);
        Ok(Self { field: serde_json::from_str(raw).map_err(read)?, part: serde_json::from_str(raw).map_err(read)? })
    }
}

/// A list, or the values of an object (PHP writes a list with a hole as one). It knows whether it was there at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> List<T> {
    /// What is in it.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    /// Whether it was there, even empty.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }
}

impl<T> List<Part<T>> {
    /// The objects in it, each with its place.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &T)> {
        self.iter().enumerate().filter_map(|(index, part)| part.get().map(|row| (index, row)))
    }

    /// The objects in it, each with its place.
    ///
    /// # Errors
    /// When the list is not there.
    pub fn required_rows(&self, path: &str) -> Result<impl Iterator<Item = (usize, &T)>, BadDelivery> {
        if self.is_given() { Ok(self.rows()) } else { Err(BadDelivery::missing(path)) }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut out = Vec::new();
                while let Some(item) = items.next_element()? {
                    out.push(item);
                }
                Ok(List(Some(out)))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List<T>, A::Error> {
                let mut out = Vec::new();
                while let Some((IgnoredAny, item)) = map.next_entry()? {
                    out.push(item);
                }
                Ok(List(Some(out)))
            }
            scalars_are!(List(None));
        }
        deserializer.deserialize_any(Items(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Row {
        id: Field,
        part: Part<Inner>,
        list: List<Part<Inner>>,
        words: List<Field>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Inner {
        name: Field,
    }

    fn row(json: &str) -> Row {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_digit_of_an_id_is_kept_as_number_and_as_text() {
        assert_eq!(row(r#"{"id": 820982911946154508}"#).id.text(), Some("820982911946154508"));
        assert_eq!(row(r#"{"id": "820982911946154508"}"#).id.text(), Some("820982911946154508"));
        assert_eq!(
            row(r#"{"id": 340282366920938463463374607431768211457}"#).id.text(),
            Some("340282366920938463463374607431768211457")
        );
        assert_eq!(row(r#"{"id": 10.10}"#).id.text(), Some("10.10"));
    }

    #[test]
    fn what_is_null_blank_or_of_another_kind_is_absent() {
        for json in ["{}", r#"{"id":null}"#, r#"{"id":"  "}"#, r#"{"id":[1]}"#, r#"{"id":{"a":1}}"#] {
            assert_eq!(row(json).id.text(), None, "{json}");
        }
        for json in ["null", "[]", "[1,[2]]", r#""x""#, "3", "3.5", "-1", "true"] {
            assert!(row(&format!(r#"{{"part":{json}}}"#)).part.get().is_none(), "{json}");
        }
        for json in ["null", r#""x""#, "3", "false"] {
            assert!(!row(&format!(r#"{{"list":{json}}}"#)).list.is_given(), "{json}");
        }
    }

    #[test]
    fn what_is_a_text_or_an_object_is_read_as_either() {
        let read = |json: &str| serde_json::from_str::<Either<Inner>>(json).unwrap();
        assert_eq!(read(r#""soon""#).field.text(), Some("soon"));
        assert_eq!(read(r#"{"name":"a"}"#).part.get().unwrap().name.text(), Some("a"));
        for json in ["null", "[]", "[{}]"] {
            assert!(read(json).field.text().is_none() && read(json).part.get().is_none(), "{json}");
        }
    }

    #[test]
    fn a_list_with_holes_is_still_a_list() {
        let row = row(r#"{"list":{"0":{"name":"a"},"2":{"name":"b"}},"words":["x",7,null],"part":{"name":"p"}}"#);
        let names: Vec<_> = row.list.rows().map(|(at, inner)| (at, inner.name.text().unwrap())).collect();
        assert_eq!(names, [(0, "a"), (1, "b")]);
        assert_eq!(row.words.iter().filter_map(Field::text).collect::<Vec<_>>(), ["x", "7"]);
        assert_eq!(row.part.get().unwrap().name.text(), Some("p"));
    }

    #[test]
    fn broken_unicode_and_control_characters_are_made_readable() {
        assert_eq!(row(r#"{"id":"boots \ud83d"}"#).id.text(), Some("boots \u{fffd}\u{fffd}\u{fffd}"));
        assert_eq!(row(r#"{"id":"a\r\nBcc: b"}"#).id.text(), Some("a  Bcc: b"));
    }

    #[test]
    fn times_know_whether_their_zone_was_said() {
        let check = |text: &str, want: Option<(&str, bool)>| {
            let want = want.map(|(at, known)| (at.parse().unwrap(), known));
            assert_eq!(Field::of(text).lenient_time(), want, "{text}");
        };
        check("2026-11-16T10:00:00-08:00", Some(("2026-11-16T18:00:00Z", true)));
        check("2016-05-17T04:14:36-00:00", Some(("2016-05-17T04:14:36Z", true)));
        check("2026-11-16T10:00:00.000Z", Some(("2026-11-16T10:00:00Z", true)));
        check("2026-11-16T10:00:00-0800", Some(("2026-11-16T18:00:00Z", true)));
        check("2026-11-16 10:00:00 -08:00", None);
        check("2026-11-16T10:00:00-99:00", None);
        check("2026-11-16T10:00:00", Some(("2026-11-16T10:00:00Z", false)));
        check("2026-11-16 10:00:00", Some(("2026-11-16T10:00:00Z", false)));
        check("2026-11-16", Some(("2026-11-16T00:00:00Z", false)));
        check("soon", None);
        assert!(Field::of("2026-11-16T10:00:00").time("at").is_err());
        assert_eq!(Field::of("2026-11-20T00:00:00Z").date(), Some(jiff::civil::date(2026, 11, 20)));
        assert_eq!(Field::of("tomorrow, maybe").date(), None);
    }
}
