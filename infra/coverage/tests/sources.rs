//! What holds of every source in the tables, the page about them included: a new one is held to it by having its row.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a test's report")]

use carriers::{CarrierParsed, CarrierSource, reread};
use coverage::{
    Source,
    fixtures::{self, Fixture},
    page, seeds,
};
use domain::status::{SUB_STATUSES, Status};
use signatures::{answered, kept};
use std::collections::BTreeSet;
use storefronts::Parsed;

#[test]
fn the_page_is_what_the_code_says() {
    page::check().unwrap();
}

#[test]
fn every_source_has_a_fixture_a_proof_and_a_topic() {
    let fixtures = fixtures::all().unwrap();
    for source in Source::all() {
        let is_there = fixtures.iter().any(|fixture| fixture.source == source);
        assert!(is_there, "{source}: there is no events/{}_webhook/{}_….json", source.kind(), source.name());
        assert!(!source.proof().is_empty() && !source.topics().is_empty(), "{source}");
        let names: BTreeSet<_> = source.topics().iter().map(|topic| topic.name).collect();
        assert_eq!(names.len(), source.topics().len(), "{source} names a topic twice");
        for header in source.headers_read() {
            assert_eq!(*header, header.to_ascii_lowercase(), "{source}: headers are looked up in lower case");
        }
    }
}

#[test]
fn every_fixture_is_read() {
    for fixture in fixtures::all().unwrap() {
        let Fixture { name, source, body, is_answer, .. } = &fixture;
        let headers = fixture.headers();
        let proved = if *is_answer { answered(body, fixture.sent_at()) } else { kept(&headers, body, fixture.sent_at()) };
        let says = match (source, is_answer) {
            (Source::Carrier(source), false) => source.parse(&proved).map(|parsed| of_carrier(name, parsed)),
            (Source::Carrier(source), true) => source.parse_answer(&proved).map(|parsed| of_carrier(name, parsed)),
            (Source::Storefront(source), false) => source.parse(&proved).map(of_storefront),
            (Source::Storefront(source), true) => source.parse_answer(&proved).map(of_storefront),
        };
        // What a source answers instead of an order or a parcel is there to be refused.
        let is_refusal = name.ends_with("_error");
        assert_eq!(says.as_ref().is_ok_and(|says| *says), !is_refusal, "{name}: {:?}", says.err());
    }
}

/// Whether it says something, every word of which is known unless its name says otherwise.
fn of_carrier(name: &str, parsed: CarrierParsed) -> bool {
    match parsed {
        CarrierParsed::Reports(reports) => {
            name.contains("unknown") || reports.iter().all(|report| report.unknown_codes.is_empty())
        }
        CarrierParsed::Handshake { subscription, .. } => !subscription.is_empty(),
        CarrierParsed::Unknown { topic } => !topic.is_empty(),
    }
}

fn of_storefront(parsed: Parsed) -> bool {
    match parsed {
        Parsed::Reports(_) => true,
        Parsed::Thin { id } => !id.is_empty(),
        Parsed::Unknown { topic } => !topic.is_empty(),
    }
}

#[test]
fn every_documented_code_is_told_once_in_words_of_ours_and_read_again() {
    for source in CarrierSource::ALL {
        let codes = source.codes();
        assert!(!codes.is_empty(), "{source} has no table of codes");
        let names: BTreeSet<_> = codes.iter().map(|row| &row.code).collect();
        assert_eq!(names.len(), codes.len(), "{source} tells a code twice");
        for row in codes {
            let (_, subs) = SUB_STATUSES.iter().find(|(status, _)| *status == row.status).unwrap();
            let is_ours = row.sub.code() == "other" || subs.contains(&row.sub.code());
            assert!(is_ours, "{source} {}: {} {} is not in the vocabulary", row.code, row.status, row.sub.code());
            match reread(source.as_str(), &row.code, "") {
                Some(meaning) => assert_eq!(meaning, (row.status, row.sub), "{source} {}", row.code),
                None => assert_eq!(row.status, Status::Pending, "{source} {} is not read again", row.code),
            }
        }
    }
}

#[test]
fn seeds_are_made_of_every_source() {
    let folder = std::env::temp_dir().join(format!("doorstep-seeds-{}", std::process::id()));
    let count = seeds::write(&folder).unwrap();
    assert!(count > 100, "{count}");
    assert!(std::fs::read_to_string(folder.join("words.txt")).unwrap().contains("\"tracking_details\"\n"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Names and versions of a lock file.
fn locked(file: &str) -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(coverage::root().join(file)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_owned());
    lines.windows(2).filter_map(|pair| Some((value(pair[0], "name = ")?, value(pair[1], "version = ")?))).collect()
}

#[test]
fn what_is_fuzzed_is_what_is_deployed() {
    let (house, fuzz) = (locked("Cargo.lock"), locked("infra/fuzz/Cargo.lock"));
    let names: BTreeSet<_> = house.iter().map(|(name, _)| name).collect();
    let others: Vec<_> = fuzz.difference(&house).filter(|(name, _)| names.contains(name)).collect();
    assert!(others.is_empty(), "infra/fuzz has other versions: `cp Cargo.lock infra/fuzz/` and build it: {others:?}");
}
