//! Reads the template into JSON; CloudFormation's short tags are written out (`!Ref X` becomes `{"Ref": "X"}`).

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value as Json, json};

/// Reads one document.
#[must_use]
pub fn read(text: &str) -> Json {
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().unwrap() {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            first => return value(first, &mut events),
        }
    }
}

fn value<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Json {
    let (inner, tag) = match event {
        Event::Scalar(text, style, _, tag) => {
            let plain = style == ScalarStyle::Plain && tag.is_none();
            (if plain { scalar(&text) } else { json!(text) }, tag)
        }
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => break (Json::Array(items), tag),
                    event => items.push(value(event, events)),
                }
            }
        }
        Event::MappingStart(_, tag) => {
            let mut map = Map::new();
            loop {
                match events.next().unwrap() {
                    Event::MappingEnd => break (Json::Object(map), tag),
                    Event::Scalar(key, ..) => {
                        let event = events.next().unwrap();
                        assert!(map.insert(key.to_string(), value(event, events)).is_none(), "the key {key} is there twice");
                    }
                    other => panic!("a key must be a text, not {other:?}"),
                }
            }
        }
        other => panic!("not used in templates: {other:?}"),
    };
    match tag.as_deref().and_then(written_out) {
        Some(name) => json!({ name: inner }),
        None => inner,
    }
}

fn written_out(tag: &Tag) -> Option<String> {
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("!", "Ref") => Some("Ref".to_owned()),
        ("!", name) if !name.is_empty() => Some(format!("Fn::{name}")),
        _ => None,
    }
}

fn scalar(text: &str) -> Json {
    match text {
        "" | "~" | "null" => Json::Null,
        "true" => json!(true),
        "false" => json!(false),
        _ => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
    }
}
