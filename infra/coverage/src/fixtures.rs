//! The recorded deliveries and answers in `events/`, each with the source and the topic that its name tells.

use crate::{Source, root};
use jiff::Timestamp;
use std::path::Path;

/// A recorded body.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its file, `easypost_delivered`.
    pub name: String,
    /// Whose it is.
    pub source: Source,
    /// Its topic, where the source writes it into a header.
    pub topic: String,
    /// Whether it is an answer to a question of ours rather than a delivery.
    pub is_answer: bool,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// When they come, unless they say so themselves: shortly after what most of them tell.
pub const RECEIVED_AT: Timestamp = Timestamp::constant(1_795_200_000, 0); // 2026-11-20

impl Fixture {
    /// When it comes: when it says that it was sent, where it does. A source may sign that time.
    #[must_use]
    pub fn sent_at(&self) -> Timestamp {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let said = body.get("timestamp").and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok());
        said.unwrap_or(RECEIVED_AT)
    }

    /// The headers with which it comes, those that prove it left out.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        headers(self.source, &self.topic)
    }
}

/// The headers that a reader looks at, each with the topic in it: most sources that have one say their topic there.
#[must_use]
pub fn headers(source: Source, topic: &str) -> Vec<(&'static str, String)> {
    source.headers_read().iter().map(|name| (*name, topic.to_owned())).collect()
}

/// Every fixture, by its name.
///
/// # Errors
/// When a file cannot be read, or its name does not begin with a source.
pub fn all() -> Result<Vec<Fixture>, String> {
    let mut out = Vec::new();
    for folder in entries(&root().join("events"))? {
        let (kind, is_answer) = match folder.as_str() {
            "carrier_webhook" => ("carrier", false),
            "carrier_answer" => ("carrier", true),
            "storefront_webhook" => ("storefront", false),
            "storefront_answer" => ("storefront", true),
            _ => continue,
        };
        let folder = root().join("events").join(folder);
        for file in entries(&folder)? {
            // The one hello that is a form and not JSON is not read.
            if let Some(name) = file.strip_suffix(".json") {
                out.push(fixture(&folder, kind, name, is_answer)?);
            }
        }
    }
    Ok(out)
}

fn fixture(folder: &Path, kind: &str, name: &str, is_answer: bool) -> Result<Fixture, String> {
    let path = folder.join(format!("{name}.json"));
    let mut sources: Vec<Source> = Source::all().into_iter().filter(|source| source.kind() == kind).collect();
    // `dhl_express_x` is of `dhl_express`, though it begins with `dhl` too.
    sources.sort_by_key(|source| std::cmp::Reverse(source.name().len()));
    let of = |source: &Source| name.strip_prefix(source.name())?.strip_prefix('_').map(|rest| (*source, rest.to_owned()));
    let (source, rest) = sources
        .iter()
        .find_map(of)
        .ok_or_else(|| format!("{}: its name does not begin with the name of a {kind} source", path.display()))?;
    let body = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let is_answer = is_answer || rest.split('_').any(|word| word == "answer");
    Ok(Fixture { name: name.to_owned(), topic: topic(source, &rest), source, is_answer, body })
}

/// The topic that a name begins with, `orders_create` for `orders/create`; the longest one.
fn topic(source: Source, rest: &str) -> String {
    let plain = |topic: &str| topic.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_ascii_lowercase();
    let topics = source.topics().iter().map(|topic| topic.name).filter(|topic| rest.starts_with(&plain(topic)));
    topics.max_by_key(|topic| topic.len()).unwrap_or_default().to_owned()
}

fn entries(folder: &Path) -> Result<Vec<String>, String> {
    let read = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let name = |entry: Result<std::fs::DirEntry, _>| entry.ok()?.file_name().into_string().ok();
    let mut names: Vec<String> = read.filter_map(name).collect();
    names.sort();
    Ok(names)
}
