//! Any kept code and text, read again by the table of any source of tracking.
#![no_main]

use carriers::{CarrierSource, reread};
use coverage::knock::{self, Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(reading) = Reading::of(data) else { return };
    let Ok(words) = std::str::from_utf8(reading.body) else { return };
    let source = knock::carrier(reading.choice);
    let (code, text) = words.split_once('\n').unwrap_or((words, ""));
    let meaning = reread(source.as_str(), code, text);
    assert_eq!(reread(&format!("{source}/1Z999AA10123456784"), code, text), meaning);
    if let Some(meaning) = meaning.filter(|_| source != CarrierSource::Standard) {
        fuzz::carrier::is_a_word_of_ours(&meaning);
    }
    assert_eq!(reread(text, code, text), reread(text, code, text));
});
