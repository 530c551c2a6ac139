//! What fuzzing begins with: an input for each target from each fixture and each code, and the words that sources use.

use crate::{
    Source,
    fixtures::{self, Fixture, RECEIVED_AT},
    knock::{knock, reading},
};
use carriers::CarrierSource;
use serde_json::Value;
use signatures::Delivery;
use std::{collections::BTreeSet, path::Path};

/// Secrets that no target holds for right, so that nothing that is signed with them may be let in. Of the forms that sources
/// want: a text, the base64 of Standard Webhooks, a client and its secret.
const WRONG_SECRETS: [&str; 3] =
    ["not-the-secret-of-this-door", "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBkb29y", "client:not-its-secret"];
/// The longest seed: as long as the longest input of a target.
const SEED_BYTES_MAX: usize = 32 * 1024;
/// The longest word of the dictionary: a longer one is copied whole from a seed as easily.
const WORD_BYTES_MAX: usize = 40;

/// Numbers as people and systems write them, each with a carrier.
const NUMBERS: [&str; 12] = [
    "1Z999AA10123456784\nUPS",
    "1z 999 aa1 01 2345 6784\nUPS®",
    "9205590164917312751089\nUSPS",
    "420100019405511899223197428490\nUS Postal Service",
    "399368623212\nFedEx",
    "61299998820821171811\nfedex_ground",
    "1234567890\nDHLExpress",
    "00340434161094042557\ndhl_paket",
    "RN482130751GB\nRoyal Mail",
    "LX123456785US\n",
    "JJD000390007827272001\nLa Poste – Colissimo",
    "快递\nZippy Parcels Ltd.",
];

/// What the primitives of `signatures` are given: a byte for which one, and its text.
const PRIMITIVES: [&str; 13] = [
    "\u{0}5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "\u{0}R0dFoyEIG65buZh4OupgTASu+Gf8Pr66vfNLRreG8qE=",
    "\u{1}a=1&token=a%2Bb%20c",
    "\u{2}msg_1\n1794849124\nv1,R0dFoyEIG65buZh4OupgTASu+Gf8Pr66vfNLRreG8qE= v1a,AAAA\n{}",
    "\u{3}\"2026-11-16T10:00:00-08:00\"",
    "\u{3}\"2026-11-16 10:00:00\"",
    "\u{3}9007199254740993",
    "\u{3}\"caf\\u00e9 \\ud83d\"",
    "\u{4}{\"field\":\"a\",\"part\":{\"field\":1},\"list\":[\"a\",null,{}],\"rows\":{\"1\":{\"field\":true}}}",
    "\u{4}{\"part\":[],\"rows\":[{\"rows\":[{\"field\":\"deep\"}]}]}",
    "\u{5}{\"type\":\"parcel.reported\",\"timestamp\":\"2026-11-16T10:00:00Z\",\"data\":{\"field\":1}}",
    "\u{6}12.50\nEUR",
    "\u{6}1e3\nJPY",
];

/// Writes a folder of seeds for each target, and the dictionary beside them; answers how many seeds there are.
///
/// # Errors
/// When a fixture cannot be read or a file cannot be written.
pub fn write(folder: &Path) -> Result<usize, String> {
    let fixtures = fixtures::all()?;
    let put = |target: &str, name: &str, bytes: &[u8]| put(&folder.join(target), name, bytes);
    let mut count = 0;
    for fixture in &fixtures {
        let (kind, name) = (fixture.source.kind(), fixture.name.as_str());
        let input = reading(fixture.source, &fixture.topic, &fixture.body);
        if !fixture.is_answer {
            count += put(&format!("{kind}_parse"), name, &input)?;
            for (n, knock) in knocks(fixture).iter().enumerate() {
                count += put(&format!("{kind}_verify"), &format!("{name}_{n}"), knock)?;
            }
        }
        // What is pushed and what is answered look alike, so that each is worth a try as the other.
        count += put(&format!("{kind}_answer"), name, &input)?;
    }
    for source in CarrierSource::ALL {
        for (n, row) in source.codes().iter().enumerate() {
            let input = reading(Source::Carrier(*source), "", format!("{}\nIt was said so", row.code).as_bytes());
            count += put("carrier_reread", &format!("{source}_{n}"), &input)?;
        }
    }
    for (n, number) in NUMBERS.iter().enumerate() {
        count += put("tracking_number", &n.to_string(), number.as_bytes())?;
    }
    for (n, text) in PRIMITIVES.iter().enumerate() {
        count += put("primitives", &n.to_string(), text.as_bytes())?;
    }
    let dictionary: String = words(&fixtures).iter().map(|word| format!("\"{}\"\n", escaped(word))).collect();
    std::fs::write(folder.join("words.txt"), dictionary).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(count)
}

/// A delivery as it would come from somebody who does not know the secret: unsigned, and signed with another one.
fn knocks(fixture: &Fixture) -> Vec<Vec<u8>> {
    let nothing: [(&str, &str); 0] = [];
    let path = crate::page::path("demo", fixture.source);
    let delivery = Delivery { method: "POST", path: &path, query: "", headers: &nothing, body: &fixture.body, now: RECEIVED_AT };
    let mut out = vec![knock(fixture.source, "token=wrong&key=wrong", &fixture.headers(), &fixture.body)];
    for secret in WRONG_SECRETS {
        let signed = fixture.source.sign(&delivery, "msg_1", secret);
        if !signed.is_empty() {
            out.push(knock(fixture.source, "", &[signed, fixture.headers()].concat(), &fixture.body));
        }
    }
    out
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<usize, String> {
    if bytes.len() > SEED_BYTES_MAX {
        return Ok(0);
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let file = folder.join(name);
    std::fs::write(&file, bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(1)
}

/// Names of fields, short texts, topics, headers and codes.
fn words(fixtures: &[Fixture]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for fixture in fixtures {
        if let Ok(body) = serde_json::from_slice(&fixture.body) {
            gather(&body, &mut out);
        }
    }
    for source in Source::all() {
        out.extend(source.topics().iter().map(|topic| topic.name.to_owned()));
        out.extend(source.headers_read().iter().map(|name| (*name).to_owned()));
    }
    for source in CarrierSource::ALL {
        out.extend(source.codes().into_iter().flat_map(|row| row.code.split('/').map(str::to_owned).collect::<Vec<_>>()));
    }
    out.retain(|word| (1..=WORD_BYTES_MAX).contains(&word.len()));
    out
}

fn gather(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            out.insert(name.clone());
            gather(value, out);
        }),
        Value::Array(items) => items.iter().for_each(|item| gather(item, out)),
        Value::String(text) => {
            out.insert(text.clone());
        }
        _ => {}
    }
}

/// As libFuzzer reads a word: quotes, backslashes and everything that cannot be printed as its bytes.
fn escaped(word: &str) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    word.bytes().map(one).collect()
}
