//! Any headers, query and body at the door of any source of tracking.
#![no_main]

use carriers::CarrierParsed;
use coverage::{
    Source,
    knock::{self, Knock},
};
use libfuzzer_sys::fuzz_target;
use signatures::{Delivery, kept};

fuzz_target!(|data: &[u8]| {
    let Some(knock) = Knock::of(data) else { return };
    let source = knock::carrier(knock.choice);
    let verify = |delivery: Delivery<'_>, secrets: &[String]| source.verify(delivery, secrets).map(|_| ());
    // A hello that nobody signs (DHL) may be answered; no parcel is told of by it.
    let is_hello = |delivery: Delivery<'_>| {
        let headers: [(&str, &str); 0] = [];
        let said = source.parse(&kept(&headers, delivery.body, delivery.now));
        matches!(said, Ok(CarrierParsed::Handshake { .. } | CarrierParsed::Unknown { .. }))
    };
    fuzz::proof::check(Source::Carrier(source), &knock, &verify, &is_hello);
});
