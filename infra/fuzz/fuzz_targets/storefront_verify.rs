//! Any headers, query and body at the door of any storefront, as a hello too.
#![no_main]

use coverage::{
    Source,
    knock::{self, Knock},
};
use libfuzzer_sys::fuzz_target;
use signatures::Delivery;

fuzz_target!(|data: &[u8]| {
    let Some(knock) = Knock::of(data) else { return };
    let source = knock::storefront(knock.choice);
    let delivery =
        Delivery { method: "POST", path: "/", query: knock.query, headers: &knock.headers, body: knock.body, now: fuzz::NOW };
    assert_eq!(source.greeting(&delivery), source.greeting(&delivery));
    fuzz::proof::check(
        Source::Storefront(source),
        &knock,
        &|delivery, secrets| source.verify(delivery, secrets).map(|_| ()),
        &|_| false,
    );
});
