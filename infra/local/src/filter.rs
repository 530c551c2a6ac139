//! Decides whether a stream record matches a filter pattern: exact values, prefixes, and whether a key exists.

use serde_json::Value as Json;

/// Refuses a pattern with an operator that is not emulated.
pub fn check(pattern: &Json) -> Result<(), String> {
    match pattern {
        Json::Object(keys) => keys.values().try_for_each(check),
        Json::Array(options) => options.iter().try_for_each(|option| match option {
            Json::Object(rule) => match rule.keys().next().map(String::as_str) {
                Some("prefix" | "exists" | "anything-but") if rule.len() == 1 => Ok(()),
                other => Err(format!("the filter rule {} is not known to the local stack", other.unwrap_or("{}"))),
            },
            _ => Ok(()),
        }),
        _ => Err("a filter pattern ends in lists of values".to_owned()),
    }
}

/// Whether a record matches: every key of the pattern must have one of its values.
pub fn matches(pattern: &Json, record: &Json) -> bool {
    match pattern {
        Json::Object(keys) => keys.iter().all(|(key, inner)| matches(inner, &record[key])),
        Json::Array(options) => options.iter().any(|option| fits(option, record)),
        _ => false,
    }
}

fn fits(option: &Json, value: &Json) -> bool {
    let Json::Object(rule) = option else { return option == value && !value.is_null() };
    if let Some(prefix) = rule.get("prefix").and_then(Json::as_str) {
        return value.as_str().is_some_and(|text| text.starts_with(prefix));
    }
    if let Some(wanted) = rule.get("exists").and_then(Json::as_bool) {
        return wanted != value.is_null();
    }
    match rule.get("anything-but") {
        Some(Json::Array(others)) => !value.is_null() && !others.contains(value),
        Some(other) => !value.is_null() && other != value,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_rows_that_can_announce_something_pass() {
        let pattern = json!({"dynamodb":{"Keys":{"sk":{"S":["ORDER","PARCEL",{"prefix":"RETURN#"}]}}}});
        check(&pattern).unwrap();
        let record = |sk: &str| json!({"dynamodb":{"Keys":{"pk":{"S":"x"},"sk":{"S":sk}}}});
        for (sk, passes) in
            [("ORDER", true), ("PARCEL", true), ("RETURN#1", true), ("RETURN", false), ("LETTER#1", false), ("ORDERS", false)]
        {
            assert_eq!(matches(&pattern, &record(sk)), passes, "{sk}");
        }
    }

    #[test]
    fn an_operator_that_is_not_emulated_is_refused() {
        assert!(check(&json!({"a":[{"numeric":["=", 1]}]})).unwrap_err().contains("numeric"));
    }
}
