//! The laws that hold whatever is sent, and how JSON is bent: what all fuzz targets share.
//!
//! How to run them is told in `README.md` beside this.

pub mod bend;
pub mod carrier;
pub mod proof;
pub mod storefront;

use coverage::{Source, fixtures, knock::Reading};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use signatures::{BadDelivery, Verified, answered, kept};
use std::fmt::Debug;

/// When everything comes.
pub const NOW: Timestamp = fixtures::RECEIVED_AT;

/// Reads a body as one that was proved when it came, twice, and holds that both say the same.
pub fn read_twice<T: PartialEq + Debug>(
    source: Source,
    reading: &Reading<'_>,
    parse: impl Fn(&Verified<'_>) -> Result<T, BadDelivery>,
) -> Option<T> {
    let headers = fixtures::headers(source, reading.topic(source));
    twice(parse, &kept(&headers, reading.body, NOW))
}

/// Reads a body as an answer to a question of ours, twice, and holds that both say the same.
pub fn read_answer_twice<T: PartialEq + Debug>(
    reading: &Reading<'_>,
    parse: impl Fn(&Verified<'_>) -> Result<T, BadDelivery>,
) -> Option<T> {
    twice(parse, &answered(reading.body, NOW))
}

fn twice<T: PartialEq + Debug>(parse: impl Fn(&Verified<'_>) -> Result<T, BadDelivery>, proved: &Verified<'_>) -> Option<T> {
    let (first, second) = (parse(proved), parse(proved));
    assert_eq!(first, second);
    first.map_err(|error| is_a_sentence(&error)).ok()
}

/// What is wrong is said in a line, however long and hostile the input was.
fn is_a_sentence(error: &BadDelivery) {
    let sentence = error.to_string();
    assert!(sentence.len() <= 300 && !sentence.contains(char::is_control), "{sentence}");
}

/// A text that is kept: bounded, without anything that could end a line or a header.
pub fn is_clean(text: &str, chars_max: usize, what: &str) {
    assert!(text.chars().count() <= chars_max, "{what} has {} characters", text.chars().count());
    assert!(!text.contains(char::is_control), "{what} has a control character: {text:?}");
}

/// What goes over a queue is read there as it was written.
pub fn survives_the_queue<T: Serialize + DeserializeOwned + PartialEq + Debug>(told: &T, bytes_max: usize) {
    let text = serde_json::to_string(told).expect("a report is JSON");
    assert!(text.len() <= bytes_max, "a report of {} bytes", text.len());
    assert_eq!(&serde_json::from_str::<T>(&text).expect("what was written is read"), told);
}
