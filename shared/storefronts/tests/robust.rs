//! What no body may do: recorded events with a byte, a value or a field changed are read or refused by name, and never panic.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use storefronts::Storefront;
use support::{answer, event, events, read, read_as, topic};

fn files() -> impl Strategy<Value = String> {
    prop::sample::select(events().into_iter().map(|(name, _)| name).collect::<Vec<_>>())
}

/// How many values a tree has.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Replaces the `at`-th value in a JSON tree.
fn replaced(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replaced(item, at, new)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replaced(field, at, new)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn no_bytes_break_a_parser(
        storefront in prop::sample::select(Storefront::ALL.to_vec()), file in files(), body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = (read(storefront, topic(&file), &body), answer(storefront, &body));
    }

    #[test]
    fn no_cut_or_changed_byte_breaks_a_parser(file in files(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut body = event(&file);
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] = byte }
        let _ = read_as(&file, &body);
    }

    #[test]
    fn no_value_of_another_kind_breaks_a_parser(
        file in files(),
        at: prop::sample::Index,
        new in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!(1e300), json!(""), json!("é\u{0}𝄞"), json!([]), json!([[1]]), json!({}), json!({ "a": { "b": [] } }),
            json!("99999999999999999999999999.99"), json!("-0"), json!("2026-99-99T00:00:00Z"), json!("9999-12-31T23:59:59Z"), json!("1.5"),
            json!(4_294_967_295_u32), json!(i64::MAX), json!(i64::MIN), json!("Sat, 31 Dec 9999 23:59:59 +0000"), json!("92233720368547758.07"),
        ]),
    ) {
        let mut body: Value = serde_json::from_slice(&event(&file)).unwrap();
        let at = at.index(count(&body));
        replaced(&mut body, &mut at.clone(), &new);
        let _ = read_as(&file, body.to_string().as_bytes());
    }

    /// Of an answer and of a delivery of any other source.
    #[test]
    fn no_body_of_another_source_breaks_a_parser(file in files(), storefront in prop::sample::select(Storefront::ALL.to_vec())) {
        let body = event(&file);
        let _ = (read(storefront, topic(&file), &body), answer(storefront, &body));
    }
}
