//! The rules of the house, held as tests: who may depend on whom, who may touch what, and what may never be written.

use house::repository::{self, Crates, Room, rust_files, without_comments, words};
use std::collections::{BTreeMap, BTreeSet};

/// What each shared crate may depend on; `domain` is the centre and depends on none.
const SHARED: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("signatures", &["domain"]),
    ("contracts", &["domain"]),
    ("letters", &["domain"]),
    ("storefronts", &["domain", "signatures"]),
    ("carriers", &["domain", "signatures"]),
    ("inquiries", &["domain", "storefronts"]),
    ("store", &["boot", "contracts", "domain"]), // boot: the name of an SDK error for a log line
    ("partners", &["contracts", "domain", "signatures"]),
    ("boot", &["domain"]),
    ("doors", &["boot", "contracts", "domain", "signatures", "store"]),
    ("windows", &["domain"]),
];

fn of_wing<'a>(rooms: &'a BTreeMap<String, Room>, wing: &'a str) -> impl Iterator<Item = &'a Room> {
    rooms.values().filter(move |room| room.wing == wing)
}

fn own<'a>(room: &'a Room, rooms: &'a BTreeMap<String, Room>) -> BTreeSet<&'a str> {
    room.needs.iter().filter(|name| rooms.contains_key(*name)).map(String::as_str).collect()
}

#[test]
fn arrows_point_inwards() {
    let rooms = Crates::read().rooms();
    let shared: BTreeSet<&str> = of_wing(&rooms, "shared").map(|room| room.name.as_str()).collect();
    assert_eq!(shared, SHARED.iter().map(|(name, _)| *name).collect(), "shared/ has other crates than this test knows");
    for (name, may) in SHARED {
        let needs = own(&rooms[name], &rooms);
        let beyond: Vec<_> = needs.iter().filter(|need| !may.contains(need)).collect();
        assert!(beyond.is_empty(), "{name} must not depend on {beyond:?}");
    }
    for function in of_wing(&rooms, "functions") {
        let beyond: Vec<_> = own(function, &rooms).into_iter().filter(|need| !shared.contains(need)).collect();
        assert!(beyond.is_empty(), "the function {} must not depend on {beyond:?}", function.name);
    }
}

#[test]
fn no_function_depends_on_or_calls_another() {
    let rooms = Crates::read().rooms();
    let functions: BTreeSet<&str> = of_wing(&rooms, "functions").map(|room| room.name.as_str()).collect();
    assert!(functions.len() >= 12, "{functions:?}");
    for room in rooms.values() {
        let needs: Vec<_> = room.needs.iter().filter(|need| functions.contains(need.as_str())).collect();
        assert!(needs.is_empty(), "{} depends on the functions {needs:?}", room.name);
        assert!(!room.needs.contains("aws-sdk-lambda"), "{} could call a function", room.name);
    }
}

#[test]
fn the_domain_knows_no_aws_no_http_no_async_and_no_clock() {
    const OUTSIDE: [&str; 20] = [
        "tokio",
        "async",
        "futures",
        "hyper",
        "http",
        "reqwest",
        "ureq",
        "axum",
        "tower",
        "aws",
        "lambda",
        "rusqlite",
        "rustls",
        "mio",
        "socket2",
        "chrono",
        "time",
        "rand",
        "uuid",
        "getrandom",
    ];
    let below = Crates::read().below("domain");
    let outside: Vec<_> =
        below.iter().filter(|name| OUTSIDE.contains(&name.split(['-', '_']).next().unwrap_or_default())).collect();
    assert!(outside.is_empty(), "domain stands on {outside:?}");
    for (path, text) in rust_files("shared/domain/src") {
        let code = without_comments(&text);
        for clock in [
            "::now(",
            "SystemTime",
            "Instant",
            "Zoned::now",
            "thread::sleep",
            "async fn",
            ".await",
            "std::env",
            "std::net",
            "std::fs",
        ] {
            assert!(!code.contains(clock), "{path} has {clock}: time and the world are arguments");
        }
    }
}

#[test]
fn only_the_store_names_a_key() {
    const KEYS: [&str; 17] = [
        "\"pk\"",
        "\"sk\"",
        "ORDER#",
        "PARCEL#",
        "RETURN#",
        "LETTER#",
        "ERRAND#",
        "CUSTOMER#",
        "TIMER#",
        "SHOP#",
        "FIND#",
        "SETTINGS#",
        "PARKED#",
        "DELIVERY#",
        "INQUIRY",
        "PRIVACY#",
        "SOURCE#",
    ];
    let mut files = rust_files("functions");
    files.extend(rust_files("shared"));
    // A crate's own tests may fake a table.
    files.retain(|path, _| !path.starts_with("shared/store/") && !path.contains("/tests/"));
    assert!(files.len() > 60, "only {} files were read", files.len());
    for (path, text) in files {
        let code = without_comments(&text);
        for key in KEYS {
            assert!(!code.contains(key), "{path} names the key {key}; only shared/store may");
        }
    }
}

#[test]
fn only_postmen_touch_the_outside() {
    const POSTMEN: [(&str, &[&str]); 5] = [
        // mail_events sends nothing: it reads SES's own list of addresses, and its policy allows no more.
        ("aws-sdk-sesv2", &["boot", "mail_events", "notify"]),
        ("aws-sdk-sns", &["boot", "notify"]),
        ("reqwest", &["errands", "partners"]),
        // boot carries what the AWS clients say, and only to AWS.
        ("hyper", &["boot", "partners"]),
        ("hyper-util", &["boot", "partners"]),
    ];
    let rooms = Crates::read().rooms();
    for room in rooms.values().filter(|room| room.wing == "functions" || room.wing == "shared") {
        for (outside, may) in POSTMEN {
            assert!(
                !room.needs.contains(outside) || may.contains(&room.name.as_str()),
                "{} must not depend on {outside}",
                room.name
            );
        }
        let reaches = room.needs.contains("partners");
        let is_postman = ["errands", "notify", "sources"].contains(&room.name.as_str());
        assert!(!reaches || is_postman, "{} must not depend on partners: only postmen go outside", room.name);
    }
}

#[test]
fn no_float_holds_money() {
    for folder in ["domain", "store", "contracts", "storefronts", "carriers", "letters"] {
        for (path, text) in rust_files(&format!("shared/{folder}/src")) {
            let code = without_comments(&text);
            let float =
                words(&code).find(|word| matches!(*word, "f32" | "f64") || word.ends_with("_f64") || word.ends_with("_f32"));
            assert!(float.is_none(), "{path} has {float:?}: money and counts are whole numbers");
        }
    }
}

/// Names of fields, variables and methods that hold something of a person or a secret.
const PERSONAL: [&str; 26] = [
    "email",
    "emails",
    "phone",
    "phones",
    "name",
    "first_name",
    "last_name",
    "address",
    "addresses",
    "ship_to",
    "street",
    "body",
    "token",
    "customer",
    "recipient",
    "recipients",
    "to",
    "note",
    "html",
    "text",
    "subject",
    "link",
    "secret",
    "password",
    "payload",
    "request",
];

#[test]
fn nothing_personal_is_in_a_log_field() {
    let mut files = rust_files("functions");
    files.extend(rust_files("shared"));
    let mut lines = 0;
    for (path, text) in files {
        let code = without_comments(&text);
        for arguments in log_arguments(&code) {
            lines += 1;
            let (fields, sentences) = fields_and_sentences(&arguments);
            let captured = sentences.iter().flat_map(|sentence| captured(sentence));
            let named = fields.iter().flat_map(|field| words(field));
            let personal: Vec<_> = named.chain(captured).filter(|word| PERSONAL.contains(word)).collect();
            assert!(personal.is_empty(), "{path} logs {personal:?} in ({arguments})");
        }
    }
    assert!(lines > 10, "only {lines} log lines were found: the search is broken");
}

/// What stands between the parentheses of every log macro.
fn log_arguments(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    for level in ["error!(", "warn!(", "info!(", "debug!(", "trace!(", "info_span!(", "debug_span!("] {
        for (at, _) in code.match_indices(level) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            out.push(until_closed(&code[at + level.len()..]));
        }
    }
    out
}

fn until_closed(rest: &str) -> String {
    let (mut depth, mut in_text, mut escaped) = (1, false, false);
    let mut out = String::new();
    for c in rest.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        out.push(c);
    }
    out
}

fn fields_and_sentences(arguments: &str) -> (Vec<String>, Vec<String>) {
    let (mut fields, mut sentences) = (vec![String::new()], Vec::new());
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    for c in arguments.chars() {
        match c {
            '"' if !escaped => {
                if !in_text {
                    sentences.push(String::new());
                }
                in_text = !in_text;
            }
            c if in_text => {
                escaped = c == '\\' && !escaped;
                if let Some(sentence) = sentences.last_mut() {
                    sentence.push(c);
                }
            }
            ',' if depth == 0 => fields.push(String::new()),
            c => {
                depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    (fields, sentences)
}

fn captured(sentence: &str) -> Vec<&str> {
    sentence.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next()).collect()
}

#[test]
fn a_personal_field_would_be_seen() {
    let seen = |code: &str| {
        let arguments = log_arguments(code).pop().unwrap();
        let (fields, sentences) = fields_and_sentences(&arguments);
        let in_fields = fields.iter().any(|field| words(field).any(|word| PERSONAL.contains(&word)));
        in_fields || sentences.iter().any(|sentence| captured(sentence).iter().any(|word| PERSONAL.contains(word)))
    };
    assert!(seen("tracing::info!(email = %customer.mail, \"sent\")"));
    assert!(seen("tracing::info!(%phone)"));
    assert!(seen("tracing::warn!(to = id(order), \"sent\")"));
    assert!(seen("tracing::error!(\"could not write to {email}\")"));
    assert!(!seen("tracing::info!(shop = shop.as_str(), order = order.as_str(), \"a return to the name of the body\")"));
}

#[test]
fn every_file_says_in_its_first_line_what_it_is_for() {
    let mut files = BTreeMap::new();
    for wing in ["functions", "shared", "infra", "tests"] {
        files.extend(rust_files(wing));
    }
    let silent: Vec<_> = files.iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "these files do not begin with `//! `: {silent:?}");
}

#[test]
fn no_crate_is_a_dumping_ground() {
    const DUMPS: [&str; 9] = ["common", "core", "utils", "util", "helpers", "helper", "misc", "shared", "lib"];
    for room in Crates::read().rooms().values() {
        assert!(
            !room.name.split(['-', '_']).any(|word| DUMPS.contains(&word)),
            "a crate named {} could hold anything",
            room.name
        );
    }
}

#[test]
fn there_is_one_tls_stack() {
    let built = repository::built_packages();
    let others: Vec<_> = built
        .iter()
        .filter(|package| {
            let name = package.split(' ').next().unwrap_or_default();
            name.starts_with("aws-lc") || ["native-tls", "openssl", "openssl-sys", "boring", "schannel"].contains(&name)
        })
        .collect();
    assert!(others.is_empty(), "other TLS stacks are built: {others:?}");
    for (name, major) in [("rustls", "v0.23."), ("hyper", "v1."), ("ring", "v0.17.")] {
        let versions: Vec<_> = built.iter().filter_map(|package| package.strip_prefix(name)?.strip_prefix(' ')).collect();
        assert!(versions.len() == 1 && versions[0].starts_with(major), "{name} is built as {versions:?}");
    }
}
