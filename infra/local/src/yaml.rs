//! Reads YAML into a tree that remembers the short tags of CloudFormation (`!Ref`) and every line.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

/// One value of the file, and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its first line, counted from 1.
    pub line: usize,
}

/// A value; functions of CloudFormation are single-key maps, however they were written.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, in the order of the file.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The entries of a map; nothing for anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads one document.
pub fn read(text: &str) -> Result<Node, String> {
    let mut events =
        Parser::new_from_str(text).map(|event| event.map_err(|e| format!("line {}: {}", e.marker().line(), e.info())));
    loop {
        match next(&mut events)? {
            (Event::StreamEnd, _) => return Err("the file is empty".to_owned()),
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (event, span) => return node(event, span, &mut events),
        }
    }
}

type Step<'a> = Result<(Event<'a>, Span), String>;

fn next<'a>(events: &mut impl Iterator<Item = Step<'a>>) -> Step<'a> {
    events.next().unwrap_or_else(|| Err("the file ends too early".to_owned()))
}

fn node<'a>(event: Event<'a>, span: Span, events: &mut impl Iterator<Item = Step<'a>>) -> Result<Node, String> {
    let line = span.start.line();
    let (value, tag) = match event {
        Event::Scalar(text, style, _, tag) => {
            let plain = style == ScalarStyle::Plain && tag.is_none();
            (if plain { scalar(&text) } else { Value::Text(text.into_owned()) }, tag)
        }
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                match next(events)? {
                    (Event::SequenceEnd, _) => break (Value::List(items), tag),
                    (event, span) => items.push(node(event, span, events)?),
                }
            }
        }
        Event::MappingStart(_, tag) => {
            let mut entries: Vec<(String, Node)> = Vec::new();
            loop {
                match next(events)? {
                    (Event::MappingEnd, _) => break (Value::Map(entries), tag),
                    (Event::Scalar(key, ..), at) => {
                        if entries.iter().any(|(name, _)| *name == key) {
                            return Err(format!("line {}: the key {key} is there twice", at.start.line()));
                        }
                        let (event, span) = next(events)?;
                        entries.push((key.into_owned(), node(event, span, events)?));
                    }
                    (_, at) => return Err(format!("line {}: a key must be a text", at.start.line())),
                }
            }
        }
        _ => return Err(format!("line {line}: anchors and aliases are not used in templates")),
    };
    let inner = Node { value, line };
    Ok(match tag.as_deref().and_then(short_tag) {
        Some(name) => Node { value: Value::Map(vec![(name, inner)]), line },
        None => inner,
    })
}

/// `!Sub` is written out as `Fn::Sub`, so that everything after this file knows one form only.
fn short_tag(tag: &Tag) -> Option<String> {
    match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("!", "Ref") => Some("Ref".to_owned()),
        ("!", "Condition") => Some("Condition".to_owned()),
        ("!", name) if !name.is_empty() => Some(format!("Fn::{name}")),
        _ => None,
    }
}

fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Int),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_tag_becomes_its_long_form() {
        let tree = read("a: !GetAtt Table.Arn\nb: { c: !Sub \"${X}-y\" }\nd: !Join [\"\", [1, 2]]").unwrap();
        assert_eq!(tree.get("a").unwrap().get("Fn::GetAtt").unwrap().text(), Some("Table.Arn"));
        assert_eq!(tree.get("b").unwrap().get("c").unwrap().get("Fn::Sub").unwrap().text(), Some("${X}-y"));
        assert!(matches!(tree.get("d").unwrap().get("Fn::Join").unwrap().value, Value::List(_)));
    }

    #[test]
    fn a_broken_file_is_told_by_its_line() {
        assert!(read("a: 1\nb: [1, 2\nc: 3").unwrap_err().starts_with("line "));
        assert_eq!(read("a: 1\nb: 2\na: 3").unwrap_err(), "line 3: the key a is there twice");
    }
}
