//! Works out `Ref`, `Fn::GetAtt`, `Fn::Sub` and their few relatives, and finds references to nothing.

use crate::yaml::{Node, Value};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// The account everything here belongs to.
pub const ACCOUNT: &str = "000000000000";
/// The region everything here is in.
pub const REGION: &str = "us-east-1";

/// What a template's names stand for on this machine.
#[derive(Default)]
pub struct Names {
    /// Parameters and pseudo parameters.
    pub parameters: HashMap<String, String>,
    /// What `Ref` of a resource gives.
    pub refs: HashMap<String, String>,
    /// What `GetAtt` of a resource gives, by `Resource.Attribute`.
    pub attributes: HashMap<String, String>,
    /// The template's conditions.
    pub conditions: HashMap<String, Node>,
}

/// What is wrong, and on which path of keys.
#[derive(Debug)]
pub struct Wrong {
    /// The path of keys.
    pub place: String,
    /// The sentence.
    pub why: String,
}

fn wrong<T>(place: &str, why: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { place: place.to_owned(), why: why.into() })
}

impl Names {
    /// Turns a tree into plain JSON; `None` is `AWS::NoValue`.
    pub fn resolve(&self, node: &Node, place: &str) -> Result<Option<Json>, Wrong> {
        Ok(Some(match &node.value {
            Value::Null => Json::Null,
            Value::Bool(yes) => Json::Bool(*yes),
            Value::Int(number) => Json::from(*number),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (n, item) in items.iter().enumerate() {
                    list.extend(self.resolve(item, &format!("{place}[{n}]"))?);
                }
                Json::Array(list)
            }
            Value::Map(entries) => {
                if let [(name, argument)] = entries.as_slice()
                    && (name == "Ref" || name.starts_with("Fn::"))
                {
                    return self.call(name, argument, place);
                }
                let mut map = Map::new();
                for (key, value) in entries {
                    if let Some(value) = self.resolve(value, &format!("{place}.{key}"))? {
                        map.insert(key.clone(), value);
                    }
                }
                Json::Object(map)
            }
        }))
    }

    /// A condition of the template, by name.
    pub fn holds(&self, name: &str, place: &str) -> Result<bool, Wrong> {
        match self.conditions.get(name) {
            Some(node) => self.test(node, &format!("Conditions.{name}")),
            None => wrong(place, format!("there is no condition {name}")),
        }
    }

    fn call(&self, name: &str, argument: &Node, place: &str) -> Result<Option<Json>, Wrong> {
        match (name, &argument.value) {
            ("Ref", Value::Text(target)) if target == "AWS::NoValue" => Ok(None),
            ("Ref", Value::Text(target)) => self.reference(target, place).map(Some),
            ("Fn::GetAtt", Value::Text(target)) => self.attribute(target, place).map(Some),
            ("Fn::GetAtt", Value::List(parts)) => {
                let target: Vec<_> = parts.iter().filter_map(Node::text).collect();
                self.attribute(&target.join("."), place).map(Some)
            }
            ("Fn::Sub", Value::Text(text)) => self.substitute(text, &HashMap::new(), place).map(Some),
            ("Fn::Sub", Value::List(parts)) => match parts.as_slice() {
                [text, own] if text.text().is_some() => {
                    let mut locals = HashMap::new();
                    for (key, value) in own.entries() {
                        locals.insert(key.as_str(), self.resolve(value, place)?.map(|v| plain(&v)).unwrap_or_default());
                    }
                    self.substitute(text.text().unwrap_or_default(), &locals, place).map(Some)
                }
                _ => wrong(place, "Fn::Sub takes a text, or a text and its own names"),
            },
            ("Fn::Join", Value::List(parts)) => match parts.as_slice() {
                [separator, list] => {
                    let items = self.resolve(list, place)?.unwrap_or_default();
                    let words: Vec<_> = items.as_array().into_iter().flatten().map(plain).collect();
                    Ok(Some(Json::String(words.join(separator.text().unwrap_or_default()))))
                }
                _ => wrong(place, "Fn::Join takes a separator and a list"),
            },
            ("Fn::If", Value::List(parts)) => match parts.as_slice() {
                [condition, yes, no] => {
                    let holds = self.holds(condition.text().unwrap_or_default(), place)?;
                    self.resolve(if holds { yes } else { no }, place)
                }
                _ => wrong(place, "Fn::If takes a condition and two values"),
            },
            ("Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or", _) => {
                let whole = Node { value: Value::Map(vec![(name.to_owned(), argument.clone())]), line: argument.line };
                self.test(&whole, place).map(|holds| Some(Json::Bool(holds)))
            }
            _ => wrong(place, format!("{name} is not known to the local stack in this form")),
        }
    }

    fn test(&self, node: &Node, place: &str) -> Result<bool, Wrong> {
        let [(name, argument)] = node.entries() else { return wrong(place, "a condition is one function") };
        let parts = match &argument.value {
            Value::List(parts) => parts.as_slice(),
            _ => &[],
        };
        match (name.as_str(), parts) {
            ("Condition", _) => self.holds(argument.text().unwrap_or_default(), place),
            ("Fn::Equals", [left, right]) => {
                let (left, right) = (self.resolve(left, place)?, self.resolve(right, place)?);
                Ok(left.as_ref().map(plain) == right.as_ref().map(plain))
            }
            ("Fn::Not", [inner]) => Ok(!self.test(inner, place)?),
            ("Fn::And", parts) => parts.iter().try_fold(true, |all, part| Ok(self.test(part, place)? && all)),
            ("Fn::Or", parts) => parts.iter().try_fold(false, |any, part| Ok(self.test(part, place)? || any)),
            _ => wrong(place, format!("{name} is not a condition the local stack knows")),
        }
    }

    fn reference(&self, target: &str, place: &str) -> Result<Json, Wrong> {
        match self.parameters.get(target).or_else(|| self.refs.get(target)) {
            Some(value) => Ok(Json::String(value.clone())),
            None => wrong(place, format!("{target} is neither a parameter nor a resource of this template")),
        }
    }

    fn attribute(&self, target: &str, place: &str) -> Result<Json, Wrong> {
        if let Some(value) = self.attributes.get(target) {
            return Ok(Json::String(value.clone()));
        }
        match target.split_once('.') {
            Some((resource, attribute)) if self.refs.contains_key(resource) => {
                wrong(place, format!("{resource} has no attribute {attribute} in the local stack"))
            }
            _ => wrong(place, format!("{target} names no resource of this template")),
        }
    }

    fn substitute(&self, text: &str, locals: &HashMap<&str, String>, place: &str) -> Result<Json, Wrong> {
        let mut out = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => match locals.get(name) {
                    Some(value) => out.push_str(value),
                    None if name.contains('.') => out.push_str(&plain(&self.attribute(name, place)?)),
                    None => out.push_str(&plain(&self.reference(name, place)?)),
                },
            }
        }
        Ok(Json::String(out))
    }
}

/// Walks a tree that is not worked out here and says which of its references lead nowhere.
pub fn check(names: &Names, node: &Node, place: &str) -> Result<(), Wrong> {
    let known = |name: &str| names.parameters.contains_key(name) || names.refs.contains_key(name) || name == "AWS::NoValue";
    let miss = |name: &str| wrong(place, format!("{name} is neither a parameter nor a resource of this template"));
    match &node.value {
        Value::List(items) => items.iter().enumerate().try_for_each(|(n, item)| check(names, item, &format!("{place}[{n}]"))),
        Value::Map(entries) => {
            for (key, value) in entries {
                let first = match &value.value {
                    Value::List(parts) => parts.first().and_then(Node::text),
                    _ => value.text(),
                };
                match (key.as_str(), first) {
                    ("Ref", Some(name)) if !known(name) => return miss(name),
                    ("Fn::GetAtt", Some(target)) => {
                        let resource = target.split('.').next().unwrap_or_default();
                        if !names.refs.contains_key(resource) {
                            return miss(resource);
                        }
                    }
                    ("Fn::Sub", Some(text)) => {
                        let own: Vec<_> = match &value.value {
                            Value::List(parts) => {
                                parts.get(1).map(Node::entries).unwrap_or_default().iter().map(|(k, _)| k.as_str()).collect()
                            }
                            _ => Vec::new(),
                        };
                        for piece in pieces(text) {
                            if let Piece::Name(name) = piece
                                && !own.contains(&name)
                                && !known(name.split('.').next().unwrap_or_default())
                            {
                                return miss(name);
                            }
                        }
                    }
                    _ => {}
                }
                check(names, value, &format!("{place}.{key}"))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A value as text, as CloudFormation writes it into other texts.
pub fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Cuts `a-${B}-${!C}` into what stands as it is and what is a name; `${!C}` is the text `${C}`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        out.push(Piece::Text(&rest[..start]));
        let name = &rest[start + 2..start + length];
        match name.strip_prefix('!') {
            Some(literal) => out.extend([Piece::Text("${"), Piece::Text(literal), Piece::Text("}")]),
            None => out.push(Piece::Name(name.trim())),
        }
        rest = &rest[start + length + 1..];
    }
    out.push(Piece::Text(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.parameters.insert("AWS::StackName".into(), "doorstep".into());
        names.refs.insert("Table".into(), "doorstep-Table".into());
        names.attributes.insert("Table.Arn".into(), "arn:table".into());
        names.conditions.insert("Named".into(), crate::yaml::read("!Not [!Equals [!Ref AWS::StackName, \"\"]]").unwrap());
        names
    }

    #[track_caller]
    fn check_resolves(given: &str, then: &str) {
        let json = names().resolve(&crate::yaml::read(given).unwrap(), "Here").unwrap().unwrap();
        assert_eq!(json.to_string(), then);
    }

    #[test]
    fn functions_become_what_they_stand_for() {
        check_resolves("!Sub \"${AWS::StackName}-orders ${Table.Arn} ${!x}\"", "\"doorstep-orders arn:table ${x}\"");
        check_resolves("a: !Ref Table\nb: !Ref AWS::NoValue", "{\"a\":\"doorstep-Table\"}");
        check_resolves("!If [Named, !GetAtt Table.Arn, 0]", "\"arn:table\"");
        check_resolves("!Join [\"/\", [a, !Ref Table]]", "\"a/doorstep-Table\"");
    }

    #[test]
    fn a_reference_to_nothing_is_named_with_its_place() {
        let tree = crate::yaml::read("a: { b: [!Sub \"${Gone}\"] }").unwrap();
        let found = check(&names(), &tree, "Resources").unwrap_err();
        assert_eq!(
            (found.place.as_str(), found.why.as_str()),
            ("Resources.a.b[0]", "Gone is neither a parameter nor a resource of this template")
        );
    }
}
