//! Bends JSON as JSON: bytes turned at random are hardly ever an object any more, and then no reader looks at them.

use serde_json::Value;

/// How often bytes are turned all the same, of so many times.
const BYTES_OF: u64 = 4;
/// The most that is changed at once.
const CHANGES_MAX: u64 = 4;
/// The most copies of an item at once: seldom more than a list holds, since long inputs are slow.
const COPIES_MAX: u64 = 300;
const COPIES: u64 = 3;

/// Texts that readers may stumble over.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "0",
    "-1",
    "null",
    "true",
    "1e300",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
    "-009999-01-02T01:59:59Z",
    "2026-11-16T10:00:00-99:00",
    "2026-11-16T10:00:00",
    "2026-11-16",
    "20261116",
    "1794849124",
    "09:14 AM",
    "\u{202e}وصل\u{2066}",
    "👩‍👩‍👧",
    "ﬁŉǰΐ",
    "a\r\nb: c",
    "a/b+c d",
    "US",
    "/",
    "+",
];

/// A new input in the place of the old one, whose first `head` bytes are no JSON and stay.
pub fn bend(data: &mut [u8], size: usize, max_size: usize, seed: u32, head: usize) -> usize {
    let mut dice = Dice(u64::from(seed) | 1 << 40);
    let value = data.get(head..size).and_then(|body| serde_json::from_slice::<Value>(body).ok());
    if let Some(mut value) = value.filter(|_| dice.below(BYTES_OF) > 0) {
        for _ in 0..=dice.below(CHANGES_MAX) {
            change(&mut value, &mut dice);
        }
        let text = value.to_string();
        let end = head + text.len();
        if end <= max_size
            && let Some(room) = data.get_mut(head..end)
        {
            room.copy_from_slice(text.as_bytes());
            return end;
        }
    }
    libfuzzer_sys::fuzzer_mutate(data, size, max_size)
}

fn change(root: &mut Value, dice: &mut Dice) {
    let count = count(root);
    let other = nth(root, &mut dice.below(count)).cloned().unwrap_or_default();
    let Some(value) = nth(root, &mut dice.below(count)) else { return };
    match (dice.below(8), &mut *value) {
        (0, Value::Array(items)) if !items.is_empty() => {
            let item = items[dice.index(items.len())].clone();
            let copies = if dice.below(16) == 0 { dice.below(COPIES_MAX) } else { dice.below(COPIES) };
            items.extend((0..copies).map(|_| item.clone()));
        }
        (0 | 1, Value::Array(items)) if !items.is_empty() => {
            let at = dice.index(items.len());
            items.swap_remove(at);
        }
        (2, Value::Array(items)) => items.reverse(),
        (3, Value::Array(items)) => items.push(other),
        (0 | 1, Value::Object(fields)) if !fields.is_empty() => {
            let name = fields.keys().nth(dice.index(fields.len())).cloned().unwrap_or_default();
            fields.remove(&name);
        }
        (2 | 3, Value::Object(fields)) if !fields.is_empty() => {
            let name = fields.keys().nth(dice.index(fields.len())).cloned().unwrap_or_default();
            fields.insert(name, other);
        }
        (0..=3, Value::String(text)) => *text = turned(text, dice),
        (4, _) => *value = other,
        (5, _) => *value = text(dice).into(),
        (6, _) => *value = scalar(dice),
        _ => *value = Value::Array(vec![std::mem::take(value)]),
    }
}

fn turned(text: &str, dice: &mut Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let size = bytes.len();
    bytes.resize(size * 2 + 8, 0);
    let max_size = bytes.len();
    let size = if dice.below(8) == 0 { 0 } else { libfuzzer_sys::fuzzer_mutate(&mut bytes, size, max_size) };
    bytes.truncate(size);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn text(dice: &mut Dice) -> String {
    let text = TEXTS[dice.index(TEXTS.len())];
    if dice.below(3) == 0 { text.repeat(dice.index(400)) } else { text.to_owned() }
}

fn scalar(dice: &mut Dice) -> Value {
    match dice.below(7) {
        0 => Value::Null,
        1 => true.into(),
        2 => 0.into(),
        3 => (-1).into(),
        4 => 9_007_199_254_740_993_u64.into(),
        5 => u64::MAX.into(),
        _ => 1e300.into(),
    }
}

/// Values of a tree.
fn count(value: &Value) -> u64 {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a place of a tree, counted down on the way.
fn nth<'v>(value: &'v mut Value, left: &mut u64) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, left)),
        _ => None,
    }
}

/// Chance that libFuzzer can repeat.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length.max(1) as u64)).unwrap_or_default()
    }
}
