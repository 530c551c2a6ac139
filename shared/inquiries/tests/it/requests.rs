//! Every request to trackers.

use crate::{KEY, PAIR, about, answer, now, parcel, shown, tracker};
use domain::inquiry::Ask;
use inquiries::{About, Push, Step, TrackerSource, Verdict};
use serde_json::{Value, json};

/// A parcel that the source knows, and the text of its secret.
fn of(source: TrackerSource) -> (&'static str, &'static str, &'static str) {
    match source {
        TrackerSource::Ups => ("ups", "1Z999AA10123456784", PAIR),
        TrackerSource::FedEx => ("fedex", "794843185271", PAIR),
        TrackerSource::Usps => ("usps", "9400111899223817352218", PAIR),
        TrackerSource::Dhl => ("dhl_express", "1234567890", KEY),
        _ => ("usps", "9400111899223817352218", KEY),
    }
}

fn step(source: TrackerSource, ask: Ask, about: &About<'_>) -> Value {
    let token = source.token(&answer(200, r#"{"access_token":"fake-token","expires_in":3600}"#), now()).unwrap();
    match source.step(ask, about, Some(&token)) {
        Ok(Step::Ask(request)) => shown(&request),
        Ok(Step::Token(_)) => panic!("there is a token"),
        Err(verdict) => json!(verdict.code()),
    }
}

#[test]
fn every_request_of_every_source() {
    for source in TrackerSource::ALL {
        let (carrier, number, credentials) = of(*source);
        let parcel = parcel(carrier, number);
        let url = (*source == TrackerSource::Karrio).then_some("https://karrio.example");
        let tracker = tracker(source.as_str(), url);
        let fresh = about(&parcel, &tracker, credentials);
        let known = About { reference: Some("ref_1"), ..fresh };
        let token = match source.step(Ask::Poll, &fresh, None).unwrap() {
            Step::Token(request) => shown(&request),
            Step::Ask(_) => Value::Null,
        };
        let all = json!({
            "token": token,
            "register": step(*source, Ask::Register, &fresh),
            "poll": step(*source, Ask::Poll, &fresh),
            "poll by reference": step(*source, Ask::Poll, &known),
        });
        insta::assert_json_snapshot!(source.as_str(), all);
    }
}

#[test]
fn a_carrier_without_a_word_is_left_out_or_refused() {
    let parcel = parcel("speedy_bg", "AB123456789");
    let refused = ["shippo", "shipengine", "karrio", "ups", "fedex", "usps", "dhl"];
    for source in TrackerSource::ALL {
        let credentials = if of(*source).2 == PAIR { PAIR } else { KEY };
        let tracker = tracker(source.as_str(), Some("https://api.example"));
        let made = source.step(Ask::Poll, &about(&parcel, &tracker, credentials), None);
        if refused.contains(&source.as_str()) && *source != TrackerSource::Karrio {
            assert_eq!(made, Err(Verdict::Refused { why: "carrier_not_known_there".into() }), "{source}");
        } else {
            let Ok(Step::Ask(request)) = made else { panic!("{source}: {made:?}") };
            assert!(!format!("{:?}{}", request.body, request.url).contains("speedy"), "{source}");
        }
    }
}

#[test]
fn bad_credentials_are_seen_before_anything_is_asked() {
    for source in TrackerSource::ALL {
        let (carrier, number, credentials) = of(*source);
        let parcel = parcel(carrier, number);
        let tracker = tracker(source.as_str(), Some("https://api.example"));
        let bad: &[&str] = if credentials == PAIR { &["", "no-colon", ":secret", "a:\r\nx: y"] } else { &["", " ", "a\r\nx: y"] };
        for text in bad {
            let made = source.step(Ask::Poll, &about(&parcel, &tracker, text), None);
            assert_eq!(made, Err(Verdict::BadCredentials), "{source} {text:?}");
        }
    }
}

#[test]
fn what_a_door_could_not_let_in_is_not_ordered() {
    for (source, carrier, why) in [("usps", "usps", "no_secret_of_32_characters"), ("dhl", "dhl_express", "no_secret")] {
        let parcel = parcel(carrier, "9400111899223817352218");
        let tracker = tracker(source, None);
        let credentials = if source == "usps" { PAIR } else { KEY };
        let about =
            About { push: Push { url: "https://doorstep.example", secret: None }, ..about(&parcel, &tracker, credentials) };
        let made = source.parse::<TrackerSource>().unwrap().step(Ask::Register, &about, None);
        assert_eq!(made, Err(Verdict::Refused { why: why.into() }));
    }
}

#[test]
fn a_hello_of_dhl_is_given_back() {
    let request = TrackerSource::Dhl.confirmation("sub-123", "shhh", KEY, None).unwrap();
    insta::assert_json_snapshot!("dhl_confirmation", shown(&request));
    assert!(TrackerSource::Dhl.confirmation("../../x", "shhh", KEY, None).is_err());
    assert!(TrackerSource::Ups.confirmation("sub-123", "shhh", PAIR, None).is_err());
}

#[test]
fn a_request_is_never_printed() {
    let (parcel, tracker) = (parcel("usps", "9400111899223817352218"), tracker("easypost", None));
    let made = TrackerSource::EasyPost.step(Ask::Register, &about(&parcel, &tracker, KEY), None).unwrap();
    assert_eq!(format!("{made:?}"), "Ask(Request POST)");
}
