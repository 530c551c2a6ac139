//! Who is let in at the doors of sources with schemes of their own: keys they publish, passwords, tokens, signed parts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use carriers::{
    CarrierParsed,
    CarrierSource::{self, AfterShip, Dhl, EasyPost, FedEx, Karrio, Sendcloud, SeventeenTrack, ShipEngine, Standard, Ups, Usps},
    Delivery, Refusal,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use support::{KEY_SET, PATH, PRIVATE_KEY, SECRET, now, verify};

const BODY: &[u8] = "{\"id\":1,\"name\":\"Café \\/ socks\"}\n".as_bytes();
/// Signed are the two texts, after JSON's escapes.
const ENVELOPE: &[u8] = br#"{"payload":"{\"trackingNumber\":\"9400136207552849301762\",\"note\":\"Caf\u00e9 \\/ \ud83d\udce6\"}","timestamp":"2026-11-16T17:12:04Z","links":[]}
"#;
const CLIENT: &str = "ups-client:a secret/of ours";

struct Vector {
    source: CarrierSource,
    secret: &'static str,
    headers: Vec<(&'static str, String)>,
    body: &'static [u8],
    /// What in the headers is signed or is the proof: how many characters of each.
    proof: Vec<usize>,
}

/// Made by Python's `hmac`, `hashlib` and `cryptography`.
fn vectors() -> Vec<Vector> {
    let vector = |source, secret, headers: &[(&'static str, &str)], body, spare: usize| Vector {
        source,
        secret,
        headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        body,
        // The last digit of base64 and its padding carry bits that mean nothing.
        proof: headers.iter().enumerate().map(|(at, (_, value))| value.len() - if at == 0 { spare } else { 0 }).collect(),
    };
    let base64 = "H+ik8M0gO87RhhPwDsyp6KUOB38GTQFmxICpo7Kr3Bg=";
    vec![
        vector(AfterShip, SECRET, &[("aftership-hmac-sha256", base64)], BODY, 2),
        vector(FedEx, SECRET, &[("fdx-signature", base64)], BODY, 2),
        vector(FedEx, SECRET, &[("fdx-signature", "1fe8a4f0cd203bced18613f00ecca9e8a50e077f064d0166c480a9a3b2abdc18")], BODY, 0),
        vector(SeventeenTrack, SECRET, &[("sign", "8e2a362155a1856b7330a00704c78321cf7060b343392c75035a6acbc5dd1b8b")], BODY, 0),
        vector(
            ShipEngine,
            KEY_SET,
            &[
                (
                    "x-shipengine-rsa-sha256-signature",
                    "55w201ph8Scuo6qkzbj8zWZAOzoxBO0/uxFQZk0ihEeQUK+0cW+i3ofI5gwDalrfTu2/xbumr8V17Xbdh8EixHXoXRiii7qkkwf/V7H9Kxd8I/VSYWlsyxJlaRzhqwUUFw3uCdFZ/SlbTEVI651hHQb4Ac/fhGQ+UNOi8pNVZVN0Sw+2fAjDoZ17t1inWObznMRl4KwICLHbYwJeAVqiGFn6w/7si7CksZOq2aTnFq3GzYzKgoRq454wux9dyrpTLduvLXrSPI3MW/si7kZ0Ip32w4m2HDN1BBauYYFQ/uvm47ZwU3UeHAN+5B9wSOaE3ntcxomTLYxEA6XI5Bfg1w==",
                ),
                ("x-shipengine-timestamp", "2026-11-16T17:12:04Z"),
                ("x-shipengine-rsa-sha256-key-id", "doorstep-tests"),
            ],
            BODY,
            3,
        ),
        vector(Usps, SECRET, &[("X-HMAC", "rk6YUtnP0kbgmilvO9pKIXZjYu/Hc1E7dGFI0VO2k0E=")], ENVELOPE, 2),
        vector(Usps, SECRET, &[("hmac-header", "rk6YUtnP0kbgmilvO9pKIXZjYu/Hc1E7dGFI0VO2k0E=")], ENVELOPE, 2),
        vector(Karrio, SECRET, &[("X-Event-Id", SECRET)], BODY, 0),
        vector(
            Sendcloud,
            SECRET,
            &[("Sendcloud-Signature", "1fe8a4f0cd203bced18613f00ecca9e8a50e077f064d0166c480a9a3b2abdc18")],
            BODY,
            0,
        ),
        // The example of its documentation.
        vector(
            Sendcloud,
            "secretkey",
            &[("sendcloud-signature", "1eed4b3d41f4653ac64fd56f1bf1cbfd349e4482cbc11dff7134bd93e5da4b0a")],
            b"{\"key\": \"value\"}",
            0,
        ),
        vector(Ups, SECRET, &[("credential", SECRET)], BODY, 0),
        vector(Ups, SECRET, &[("x-api-key", SECRET)], BODY, 0),
        vector(Dhl, SECRET, &[("X-Doorstep-Token", SECRET)], BODY, 0),
    ]
}

/// Another one of the kind that the source has.
fn other(source: CarrierSource) -> &'static str {
    if source == ShipEngine { r#"{"keys":[{"kty":"RSA","kid":"other","n":"AQAB","e":"AQAB"}]}"# } else { "whsec_b3RoZXI=" }
}

fn signs_body(source: CarrierSource) -> bool {
    matches!(source, AfterShip | FedEx | Sendcloud | SeventeenTrack | ShipEngine)
}

#[test]
fn proofs_made_elsewhere_are_right_under_any_active_secret_and_no_other() {
    for Vector { source, secret, headers, body, .. } in vectors() {
        let check =
            |secrets: &[&str], want| assert_eq!(verify(source, &headers, body, now(), secrets), want, "{source} {headers:?}");
        let wrong = if source == ShipEngine { Refusal::UnknownKey } else { Refusal::BadSignature };
        check(&[secret], Ok(()));
        check(&[other(source), secret], Ok(()));
        check(&[secret, ""], Ok(()));
        check(&[other(source)], Err(wrong));
        check(&[], Err(wrong));
        check(&[""], Err(wrong));
        assert_eq!(verify(source, &[], body, now(), &[secret]), Err(Refusal::Unsigned), "{source}");
        for gone in 0..headers.len() {
            let mut headers = headers.clone();
            headers.remove(gone);
            assert_eq!(verify(source, &headers, body, now(), &[secret]), Err(Refusal::Unsigned), "{source} without {gone}");
        }
        // Two headers of one name come joined by a comma: that is neither of them.
        for at in 0..headers.len() {
            let mut headers = headers.clone();
            headers[at].1 = format!("{0},{0}", headers[at].1);
            assert!(verify(source, &headers, body, now(), &[secret]).is_err(), "{source} {headers:?}");
            headers[at].1 = format!("{},x", headers[at].1.split(',').next().unwrap());
            assert!(verify(source, &headers, body, now(), &[secret]).is_err(), "{source} {headers:?}");
            headers[at].1 = String::new();
            assert!(verify(source, &headers, body, now(), &[secret, ""]).is_err(), "{source} {headers:?}");
        }
    }
}

#[test]
fn every_flipped_bit_of_a_proof_and_of_what_it_signs_is_refused() {
    for Vector { source, secret, headers, body, proof } in vectors() {
        for bit in 0..7 {
            for (part, length) in proof.iter().enumerate() {
                for at in 0..*length {
                    let mut headers = headers.clone();
                    let before = headers[part].1.clone();
                    let mut text = before.clone().into_bytes();
                    text[at] ^= 1 << bit;
                    headers[part].1 = String::from_utf8(text).unwrap();
                    // Hexadecimal digits may be of either case.
                    if before.len() != 64 || !before.eq_ignore_ascii_case(&headers[part].1) {
                        assert!(verify(source, &headers, body, now(), &[secret]).is_err(), "{source} {headers:?}");
                    }
                }
            }
            for at in (0..body.len()).filter(|_| signs_body(source)) {
                let mut body = body.to_vec();
                body[at] ^= 1 << bit;
                assert_eq!(verify(source, &headers, &body, now(), &[secret]), Err(Refusal::BadSignature), "{source} {at}");
            }
        }
        if signs_body(source) {
            for body in [&body[..body.len() - 1], &[body, b" "].concat()] {
                assert_eq!(verify(source, &headers, body, now(), &[secret]), Err(Refusal::BadSignature), "{source}");
            }
        }
    }
}

#[test]
fn the_window_of_those_that_sign_a_time_is_exact() {
    for Vector { source, secret, headers, body, .. } in vectors() {
        let is_timed = matches!(source, ShipEngine | Usps);
        for (off, is_fresh) in [(-301, false), (-300, true), (0, true), (300, true), (301, false), (86_400, false)] {
            let got = verify(source, &headers, body, now() + SignedDuration::from_secs(off), &[secret]);
            assert_eq!(got, if is_timed && !is_fresh { Err(Refusal::Stale) } else { Ok(()) }, "{source} {off}");
        }
    }
}

#[test]
fn what_we_sign_is_let_in() {
    for source in CarrierSource::ALL.iter().copied() {
        let (private, public) = support::secrets(source);
        let body = if source == Usps { ENVELOPE } else { BODY };
        let delivery = Delivery { method: "POST", path: PATH, query: "", headers: &[("a", "b")], body, now: now() };
        let headers = source.sign(&delivery, "msg_1", private);
        assert_eq!(verify(source, &headers, body, now(), &[public]), Ok(()), "{source}");
        assert!(source.grant(&delivery, &[CLIENT.to_owned()]).is_some() == (source == Ups), "{source}");
    }
    // The public half signs nothing.
    let delivery = Delivery { method: "POST", path: PATH, query: "", headers: &[("a", "b")], body: BODY, now: now() };
    assert!(ShipEngine.sign(&delivery, "", KEY_SET).is_empty());
    assert!(Standard.sign(&delivery, "", "no base64!").is_empty());
}

#[test]
fn shipengine_is_turned_away_as_it_asks_to_be() {
    let answers = ShipEngine.answers();
    let refusals = [Refusal::Unsigned, Refusal::BadSignature, Refusal::Stale, Refusal::UnknownKey];
    assert_eq!(refusals.map(|refusal| answers.to(refusal)), [404, 401, 400, 503]);
    assert_eq!(ShipEngine.keys_url(), Some("https://api.shipengine.com/jwks"));
    assert_eq!(ShipEngine.headers_read(), ["x-shipengine-timestamp"]);
    for source in CarrierSource::ALL.iter().filter(|source| **source != ShipEngine) {
        assert_eq!(refusals.map(|refusal| source.answers().to(refusal)), [401, 401, 401, 503], "{source}");
        assert_eq!(source.keys_url(), None, "{source}");
    }
}

#[test]
fn a_key_of_shipengine_may_stand_alone_and_its_time_may_lack_the_z() {
    let set: serde_json::Value = serde_json::from_str(KEY_SET).unwrap();
    let alone = set["keys"][0].to_string();
    let at = "2026-11-16T17:12:04";
    let headers = [
        ("x-shipengine-rsa-sha256-signature", signatures::rsa_seal(PRIVATE_KEY, &[at, "."], BODY).unwrap()),
        ("x-shipengine-rsa-sha256-key-id", "doorstep-tests".to_owned()),
        ("x-shipengine-timestamp", at.to_owned()),
    ];
    assert_eq!(verify(ShipEngine, &headers, BODY, now(), &[&alone]), Ok(()));
    assert_eq!(verify(ShipEngine, &headers, BODY, now() + SignedDuration::from_secs(301), &[&alone]), Err(Refusal::Stale));
}

#[test]
fn the_envelope_of_the_us_post_is_proved_in_part_and_only_that_part_is_read() {
    let headers = [("X-HMAC", "rk6YUtnP0kbgmilvO9pKIXZjYu/Hc1E7dGFI0VO2k0E=".to_owned())];
    let text = std::str::from_utf8(ENVELOPE).unwrap();
    let check = |body: &str, want| assert_eq!(verify(Usps, &headers, body.as_bytes(), now(), &[SECRET]), want, "{body}");
    // The same texts written otherwise, and what is not signed.
    check(&text.replace("\\u00e9", "é"), Ok(()));
    check(&text.replace("\"links\":[]", "\"links\":[1],\"subscriptionId\":\"x\""), Ok(()));
    for (from, to) in [
        ("9400136207552849301762", "9400136207552849301763"),
        ("17:12:04", "17:12:05"),
        ("\"links\":[]", "\"payload\":\"{}\""),
        ("\"links\":[]", "\"timestamp\":\"2026-11-16T17:12:04Z\""),
        ("\"timestamp\":\"2026-11-16T17:12:04Z\"", "\"timestamp\":null"),
        ("\"timestamp\"", "\"time\""),
        ("\\\\/", "\\\\\\\\/"),
        ("\\ud83d\\udce6", "\\ud83d"),
    ] {
        assert!(text.contains(from));
        check(&text.replace(from, to), Err(Refusal::BadSignature));
    }
    check("", Err(Refusal::BadSignature));
    check("[]", Err(Refusal::BadSignature));
    // Time and payload are signed one after the other: what moves from one to the other is no time any more.
    let moved = text.replace("\"payload\":\"{", "\"payload\":\"").replace("12:04Z\"", "12:04Z{\"");
    check(&moved, Err(Refusal::BadSignature));
}

/// A request to the token endpoint, and what comes of it.
fn asked(headers: &[(&str, String)], body: &[u8], at: Timestamp, secrets: &[&str]) -> Result<String, Refusal> {
    let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
    let delivery = Delivery { method: "POST", path: "/token", query: "", headers: &headers, body, now: at };
    Ups.grant(&delivery, &secrets).unwrap().map(|grant| {
        assert_eq!(grant.expires_in_s, 3600);
        assert!(!format!("{grant:?}").contains(&grant.access_token));
        grant.access_token
    })
}

fn basic(text: &str) -> [(&'static str, String); 1] {
    use base64::Engine as _;
    [("Authorization", format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text)))]
}

fn bearer(token: &str) -> [(&'static str, String); 1] {
    [("authorization", format!("Bearer {token}"))]
}

#[test]
fn ups_gets_a_token_for_its_credentials_and_comes_in_with_it() {
    let form = b"grant_type=client_credentials&client_id=ups-client&client_secret=a+secret%2Fof+ours";
    let escaped = basic("ups-client:a+secret%2Fof+ours");
    for token in [
        asked(&basic(CLIENT), b"grant_type=client_credentials", now(), &["old:one", CLIENT]),
        asked(&escaped, b"", now(), &[CLIENT]),
        asked(&[], form, now(), &[SECRET, CLIENT]),
    ] {
        let token = token.unwrap();
        let check = |secrets: &[&str], off: i64, want| {
            let at = now() + SignedDuration::from_secs(off);
            assert_eq!(verify(Ups, &bearer(&token), BODY, at, secrets), want, "{secrets:?} {off}");
        };
        check(&[CLIENT], 0, Ok(()));
        check(&["old:one", CLIENT], 3600, Ok(()));
        check(&[CLIENT], 3601, Err(Refusal::Stale));
        check(&["old:one"], 0, Err(Refusal::BadSignature));
        check(&[], 0, Err(Refusal::BadSignature));
        check(&[""], 0, Err(Refusal::BadSignature));
        // Every character of a token counts; of the last one, its four higher bits.
        for at in 0..token.len() {
            let mut text = token.clone().into_bytes();
            text[at] = if text[at] == b'A' { b'w' } else { b'A' };
            let changed = String::from_utf8(text).unwrap();
            assert_eq!(verify(Ups, &bearer(&changed), BODY, now(), &[CLIENT]), Err(Refusal::BadSignature), "{at}");
        }
    }
}

#[test]
fn who_does_not_know_the_secret_gets_no_token() {
    let wrong = Err(Refusal::BadSignature);
    assert_eq!(asked(&basic("ups-client:other"), b"", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&basic("ups-client:"), b"", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&basic(":"), b"", now(), &[":", "", "a:", ":b"]), wrong);
    assert_eq!(asked(&basic(SECRET), b"", now(), &[SECRET]), wrong);
    assert_eq!(asked(&basic(CLIENT), b"", now(), &[]), wrong);
    assert_eq!(asked(&[("Authorization", "Basic".to_owned())], b"", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&[("Authorization", "Basic ???".to_owned())], b"", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&bearer("x"), b"", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&[], b"client_id=ups-client&client_secret=other", now(), &[CLIENT]), wrong);
    assert_eq!(asked(&[], b"client_id=ups-client", now(), &[CLIENT]), Err(Refusal::Unsigned));
    assert_eq!(asked(&[], b"", now(), &[CLIENT]), Err(Refusal::Unsigned));
    assert_eq!(asked(&[], &[0xff; 5000], now(), &[CLIENT]), Err(Refusal::Unsigned));
}

#[test]
fn a_token_that_is_there_must_be_right_and_a_client_id_is_no_proof() {
    let check = |headers: &[(&str, String)], want| assert_eq!(verify(Ups, headers, BODY, now(), &[CLIENT]), want, "{headers:?}");
    let with_key = |value: &str| [bearer(value)[0].clone(), ("x-api-key", CLIENT.to_owned())];
    check(&with_key("wrong"), Err(Refusal::BadSignature));
    check(&with_key(""), Err(Refusal::BadSignature));
    check(&[("x-api-key", "ups-client".to_owned())], Err(Refusal::BadSignature));
    check(&[("x-api-key", CLIENT.to_owned())], Ok(()));
    check(&[("credential", "wrong".to_owned()), ("x-api-key", CLIENT.to_owned())], Err(Refusal::BadSignature));
    check(&basic(CLIENT), Err(Refusal::BadSignature));
    check(&[("authorization", "Bearer".to_owned())], Err(Refusal::BadSignature));
    check(&[("authorization", format!("Bearer {}", "A".repeat(100_000)))], Err(Refusal::BadSignature));
}

#[test]
fn a_hello_of_dhl_may_come_without_the_token_and_nothing_else() {
    let hello = support::event("dhl_subscription_validate.json");
    let text = String::from_utf8(hello.clone()).unwrap();
    let check = |headers: &[(&str, String)], body: &str, secrets: &[&str], want| {
        assert_eq!(verify(Dhl, headers, body.as_bytes(), now(), secrets), want, "{body}");
    };
    check(&[], &text, &[SECRET], Ok(()));
    let token = |token: &str| [("X-Doorstep-Token", token.to_owned())];
    check(&token(SECRET), &text, &[SECRET], Ok(()));
    // A token that is there must be right, and a door without a secret is no door.
    check(&token("wrong"), &text, &[SECRET], Err(Refusal::BadSignature));
    check(&[], &text, &[], Err(Refusal::Unsigned));
    check(&[], &text, &[""], Err(Refusal::Unsigned));
    for (from, to) in [
        ("subscription.validate", "subscription.push"),
        ("subscription.validate", "subscription.ready"),
        ("https://api-eu.dhl.com/", "https://api-eu.dhl.com.example.org/"),
        ("7c1f0b52-40d2", "../x"),
        ("7c1f0b52-40d2", ""),
        ("\"secret\": \"q8WvX2mTz0\"", "\"secret\": \"\""),
        ("\"secret\": \"q8WvX2mTz0\"", "\"secret\": \"a\", \"shipments\": []"),
        ("\"secret\": \"q8WvX2mTz0\"", "\"proof\": \"a\""),
    ] {
        assert!(text.contains(from), "{from}");
        check(&[], &text.replace(from, to), &[SECRET], Err(Refusal::Unsigned));
    }
    check(&[], &text.replace("q8W", &"q".repeat(3000)), &[SECRET], Err(Refusal::Unsigned));
    for (source, name) in support::every_name().into_iter().filter(|(source, name)| *source == Dhl && !name.contains("validate"))
    {
        let body = support::event(&name);
        assert_eq!(verify(source, &[], &body, now(), &[SECRET]), Err(Refusal::Unsigned), "{name}");
    }
    let handshake = CarrierParsed::Handshake { subscription: "7c1f0b52-40d2".to_owned(), proof: "q8WvX2mTz0".to_owned() };
    assert_eq!(support::read(Dhl, &hello), Ok(handshake));
}

#[test]
fn recorded_proofs_are_right() {
    for (provider, source) in [
        ("aftership", AfterShip),
        ("fedex (base64 form)", FedEx),
        ("fedex (hex form, also seen in FedEx pseudo-code)", FedEx),
        ("17track", SeventeenTrack),
        ("shipengine/shipstation v2", ShipEngine),
        ("usps", Usps),
    ] {
        for (secret, headers, body) in support::recorded::vectors(provider) {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let signed_at = headers.iter().find(|(name, _)| *name == "x-shipengine-timestamp").map(|(_, at)| at.parse().unwrap());
            let at = signed_at.unwrap_or_else(|| support::sent_at(source, &body));
            assert_eq!(verify(source, &headers, &body, at, &[other(source), &secret]), Ok(()), "{provider}");
            for changed in [[&body[..], b" "].concat(), body[1..].to_vec()].into_iter().filter(|_| signs_body(source)) {
                assert_eq!(verify(source, &headers, &changed, at, &[&secret]), Err(Refusal::BadSignature), "{provider}");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_header_breaks_a_door(
        source in prop::sample::select(CarrierSource::ALL.to_vec()),
        which in 0usize..15,
        value in "\\PC{0,80}",
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let names = [
            "aftership-hmac-sha256", "fdx-signature", "sign", "x-shipengine-timestamp", "x-hmac", "x-event-id", "credential", "x-api-key",
            "authorization", "x-doorstep-token", "x-hmac-signature", "shippo-signature", "webhook-signature", "hmac-header",
            "sendcloud-signature",
        ];
        let mut headers = vectors().into_iter().flat_map(|vector| vector.headers).collect::<Vec<_>>();
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case(names[which]));
        headers.push((names[which], value));
        let _ = verify(source, &headers, &body, now(), &[other(source), "a:b"]);
        prop_assert!(source != EasyPost || verify(source, &headers, &body, now(), &[SECRET]).is_err());
    }
}
