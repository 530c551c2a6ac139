//! Any bytes as a proved delivery of any storefront.
#![no_main]

use coverage::{
    Source,
    knock::{self, Reading},
};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|data: &[u8]| {
    let Some(reading) = Reading::of(data) else { return };
    let source = knock::storefront(reading.choice);
    if let Some(parsed) = fuzz::read_twice(Source::Storefront(source), &reading, |proved| source.parse(proved)) {
        fuzz::storefront::check(source, parsed);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { fuzz::bend::bend(data, size, max_size, seed, 2) });
